#ifndef CUICSIM_TRACE_H
#define CUICSIM_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"
#include "config/config.h"
#include "cors/decide.h"

/** What was asked and answered: a record of every exchange, kept in an SQLite file of its own
 * beside the store. The server's recorder writes it, the shell and the console read it. */

#define TRACE_FILE "trace.db"

/* ---- one record ---- */

enum trace_kind {
    TRACE_EXCHANGE,   /* a request, with its answer or without one */
    TRACE_SOCKET_END, /* a WebSocket has ended; its begin is an exchange with status 101 */
    TRACE_RESET,      /* a connection was reset in its TLS handshake: there is no request */
    TRACE_GAP         /* `dropped` records are missing here */
};
const char *trace_kind_name(enum trace_kind k); /* "exchange", "websocket-end", "reset", "gap" */

/** The texts of a record. Each has a bound (trace_text_max); what is longer is cut. */
enum trace_text {
    TRACE_NODE,    /* its name */
    TRACE_SERVICE, /* "cuic", "live-data", "finesse", "console" */
    TRACE_CLIENT,  /* address, without the port */
    TRACE_SERVER,  /* our address and port: "127.0.0.1:8444" */
    TRACE_TLS,     /* "TLS1.3" */
    TRACE_SNI,     /* the server name of the TLS handshake */
    TRACE_METHOD,
    TRACE_TARGET,  /* as in the request line, masked */
    TRACE_VERSION, /* "HTTP/1.1" */
    TRACE_HOST,    /* the Host field, or the authority of an absolute-form target */
    TRACE_ORIGIN,
    TRACE_REQUEST_METHOD,  /* Access-Control-Request-Method */
    TRACE_REQUEST_HEADERS, /* Access-Control-Request-Headers */
    TRACE_PRIVATE_NETWORK, /* Access-Control-Request-Private-Network */
    TRACE_CLASS,           /* cors_class_name; none when the filter was not asked */
    TRACE_REASON,          /* the code of a struct reason: of the decision, or why none fell */
    TRACE_CULPRIT,         /* the method or header that was refused */
    TRACE_FAULT,           /* what was provoked; none yet */
    TRACE_NOTE,            /* one sentence, where the status alone does not tell */
    TRACE_REQUEST_HEAD,    /* request line and fields as received, with CR LF, masked */
    TRACE_RESPONSE_HEAD,   /* status line and fields as sent, likewise */
    TRACE_REQUEST_BODY,    /* only with trace.bodies */
    TRACE_RESPONSE_BODY
};
#define TRACE_TEXTS       23
#define TRACE_FIRST_LARGE TRACE_REQUEST_HEAD /* from here on they are not read unless asked for */

const char *trace_text_name(enum trace_text t); /* "request_head": the column's */
size_t trace_text_max(enum trace_text t);       /* bytes */

/** One record. A text whose `at` is NULL is not there. */
struct trace_exchange {
    atomic_uint users;
    enum trace_kind kind;
    int64_t id;          /* counts up; 0: not known yet */
    int64_t at_us;       /* when it began, since 1970 */
    int64_t duration_us; /* until its answer had left, or it ended without one */
    int64_t run;         /* which start of the server: its time in microseconds since 1970 */
    int64_t connection;  /* counts up within the run */
    int64_t pair;        /* the same for a preflight and what follows it; 0: no Origin */
    uint64_t dropped;    /* TRACE_GAP: how many records are missing */
    uint64_t request_bytes, response_bytes; /* of the bodies, whether kept or not */
    uint64_t messages_in, messages_out;     /* TRACE_SOCKET_END */
    unsigned client_port;
    unsigned status; /* 0: no answer */
    bool is_allowed; /* by the filter; only with TRACE_CLASS */
    bool is_sent;    /* the answer has left as a whole */
    uint32_t cut;    /* bit 1 << enum trace_text: the text was longer than its bound */
    struct slice text[TRACE_TEXTS];
    char *texts; /* what they point into */
    size_t texts_bytes;
};

/** A copy that owns its texts, with secrets masked and bounds kept: nothing is recorded that did
 * not come through here. `pair` is computed.
 * @param from  texts may point anywhere; users, cut and texts are not looked at
 * @return one reference; NULL when memory is short */
struct trace_exchange *trace_exchange_new(const struct trace_exchange *from);
struct trace_exchange *trace_exchange_ref(struct trace_exchange *x);
void trace_exchange_unref(struct trace_exchange *x);         /* the last one frees; accepts NULL */
size_t trace_exchange_bytes(const struct trace_exchange *x); /* memory */

/** What of it counts for CORS, to decide or diagnose it anew; points into `x`. */
struct cors_request trace_cors_request(const struct trace_exchange *x);

/** The reason that was recorded; NULL: none, or of another version. */
const struct reason *trace_reason(const struct trace_exchange *x);

/* ---- the file ---- */

/** An open trace.db; belongs to one thread. Failures set `why` (may be NULL) as the store's do. */
struct trace;

/** Open for writing: made when missing, migrated from older versions. Anything that cannot be
 * opened is left exactly as it is.
 * @return as store_open */
enum err trace_open(const struct config *c, unsigned busy_ms, struct trace **ret, struct diag *why);

/** Open what is there: ERR_NOTFOUND when nothing was recorded yet. */
enum err trace_open_reader(const struct config *c, unsigned busy_ms, struct trace **ret,
                           struct diag *why);
void trace_close(struct trace *t); /* accepts NULL */

/** As store_data_version: moves with another connection's commit; ERR_NOTFOUND when the file was
 *  replaced. */
enum err trace_data_version(struct trace *t, int64_t *ret, struct diag *why);

/** Write records, all of them or none. One whose id is taken (by another server on the same file)
 *  gets another one in the file. */
enum err trace_add(struct trace *t, struct trace_exchange *const *x, size_t n, struct diag *why);

/** Delete the oldest records over `keep`, a few at a time: to be called after each trace_add. Up to
 *  a hundredth more than `keep` stay, so that it is seldom done. */
enum err trace_prune(struct trace *t, unsigned long keep, struct diag *why);

/** Delete everything, and give the room back. Ids go on counting.
 * @param ret_n  how many records there were */
enum err trace_clear(struct trace *t, int64_t *ret_n, struct diag *why);

struct trace_totals {
    int64_t n;        /* records in the file */
    int64_t last_id;  /* the highest ever given */
    uint64_t dropped; /* how many could not be recorded since the file was made or cleared */
};
enum err trace_get_totals(struct trace *t, struct trace_totals *ret, struct diag *why);

/** Which records; what is NULL or 0 does not count. Gaps are among them only when nothing but ids,
 *  times and `last` is asked for. */
struct trace_filter {
    const char *node;
    const char *service;
    const char *client;
    const char *reason;
    const char *origin;
    const char *path;           /* of the target: all of it before its query */
    bool is_origin_part;        /* `origin` stands somewhere in it, instead of being it */
    unsigned status, status_to; /* from, to; `has_status` */
    bool has_status;
    int64_t since_us, until_us; /* begun at or after, before */
    int64_t after_id;
    unsigned long last; /* the latest so many */
};

/** Give records to `each`, the oldest first, until it returns false. No lock is held while `each`
 *  runs. What is recorded meanwhile may be among them.
 * @param is_whole  with heads and bodies */
enum err trace_list(struct trace *t, const struct trace_filter *f, bool is_whole,
                    bool (*each)(void *arg, struct trace_exchange *x), void *arg, struct diag *why);

/** One record, whole; ERR_NOTFOUND. @param id  0: the latest */
enum err trace_get(struct trace *t, int64_t id, struct trace_exchange **ret, struct diag *why);

/** Join a preflight and the request that it was made for: of an allowed preflight the first request
 *  of the method it names that followed it, of a request the preflight that let it through. Both
 * are by one client address and origin, to one node and target.
 * @param ret  0: none is known */
enum err trace_find_partner(struct trace *t, const struct trace_exchange *x, int64_t *ret,
                            struct diag *why);

#endif
