#ifndef CUICSIM_TESTS_HTTP_TRACED_H
#define CUICSIM_TESTS_HTTP_TRACED_H

#include "common.h"

/** What the server has recorded, read from its trace.db by SQL. */

/** A number, 0 for no row; also while the file is not there yet. */
long long traced_number(const struct lab *l, const char *sql);

/** Bytes with a NUL behind them; NULL for none. free() them. */
char *traced_bytes(const struct lab *l, const char *sql, size_t *ret_n);

/** Wait until there are n records, gaps not among them. */
void traced_wait(const struct lab *l, long long n);

/** The last record's column as text, "(none)" for NULL; in one of a few static buffers. */
const char *traced_last(const struct lab *l, const char *column);

/** The head of one answer exactly as it came, its empty line included; its body is read and dropped
 *  unless there is none by the request's method. free() it. NULL: the connection was closed. */
char *traced_wire_head(struct wire *w, bool has_body);

/** The same head as the trace should have it: the session's id masked, in place. */
char *traced_masked(char *head);

#endif
