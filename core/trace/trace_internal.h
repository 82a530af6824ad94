#ifndef CUICSIM_TRACE_INTERNAL_H
#define CUICSIM_TRACE_INTERNAL_H

#include "store/store_internal.h"
#include "trace.h"

/** Shared by trace*.c only. */
struct trace {
    struct store file; /* the SQLite file itself */
    sqlite3_stmt *put_exchange, *put_message, *put_state;
    int64_t counted_at; /* data_version when `n` was counted; -1: never */
    int64_t n;          /* records in it */
};

#define TRACE_SCHEMA_VERSION 1
extern const struct schema trace_schema;

/** The columns of the table `exchange`, as they are bound and read. */
#define TRACE_COLUMNS                                                                              \
    "id, kind, at_us, duration_us, run, connection, pair, dropped, request_bytes, "                \
    "response_bytes, messages_in, messages_out, client_port, status, is_allowed, is_sent, cut, "   \
    "node, service, client, server, tls, sni, method, target, version, host, origin, "             \
    "request_method, request_headers, private_network, class, reason, culprit, fault, note"
#define TRACE_NUMBERS 17 /* columns before the first text */

enum trace_kind trace_kind_of(const char *name); /* trace_kind_name's reverse */

#endif
