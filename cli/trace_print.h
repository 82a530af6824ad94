#ifndef CUICSIM_CLI_TRACE_PRINT_H
#define CUICSIM_CLI_TRACE_PRINT_H

#include "out.h"
#include "trace/trace.h"

/** Records as people read them, 80 columns wide. Whatever a client sent is made harmless. */

/** A list as it goes on: which day the last line was of. */
struct trace_lines {
    struct out *to;
    int64_t day; /* 0: none yet */
    unsigned long n;
};

/** Two lines of a list, with a heading when the day changes. */
void trace_print_line(struct trace_lines *l, const struct trace_exchange *x);

/** All of one record.
 * @param partner  0: none */
void trace_print_whole(struct out *to, const struct trace_exchange *x, int64_t partner);

#endif
