#ifndef CUICSIM_TRACE_JOIN_H
#define CUICSIM_TRACE_JOIN_H

#include <jansson.h>

#include "diagnose/console_text.h"
#include "diagnose/question.h"
#include "trace.h"

/** The record of what a browser complained of. */
struct trace_join {
    struct trace_exchange *x; /* a reference; NULL: none was found */
    int64_t partner;          /* from trace_find_partner */
    struct diag why;          /* when there is no record: one sentence why */
};

/** Look the exchange of a message up: to this node and path, by this origin, and what else the
 *  message tells; the latest one that failed, or where the message itself names the mistake, the
 *  latest of all. Of a message that there was no answer also a connection that was reset. Never
 *  fails: a trace that is off, missing or cannot be read is a reason to have found none.
 * @param rq       what the message or a person says of it; `at` NULL fits anything
 * @param busy_ms  how long to wait for a locked file */
void trace_join_line(const struct config *c, size_t node, const struct console_line *line,
                     const struct page_request *rq, unsigned busy_ms, struct trace_join *ret);

/** Let the record go. */
void trace_join_end(struct trace_join *j);

/** Is the question to be the recorded one? Not a reset's, when a page is known: of a reset there is
 *  nothing more to ask than whether there would be one now.
 * @param ret  set when it is; x outlives it */
bool trace_join_question(const struct config *c, const struct trace_join *j, bool has_origin,
                         struct question *ret);

/** Set "recorded", the record or null, and "unrecorded", why there is none or null. */
void trace_join_json(const struct trace_join *j, json_t *object);

#endif
