#ifndef CUICSIM_TRACE_QUESTION_H
#define CUICSIM_TRACE_QUESTION_H

#include "diagnose/question.h"
#include "trace.h"

/** A recorded request as a question, so that it can be diagnosed as things are now.
 * @param x  outlives the question
 * @return false for what is no matter of CORS: it has no Origin, or this lab has no such node or
 *         service (any more) */
bool trace_question(const struct config *c, const struct trace_exchange *x, struct question *ret);

/** Has something kept the page from its answer, as far as the record tells? */
bool trace_is_refused(const struct trace_exchange *x);

#endif
