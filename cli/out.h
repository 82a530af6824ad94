#ifndef CUICSIM_CLI_OUT_H
#define CUICSIM_CLI_OUT_H

#include <stdio.h>

#include "base/buf.h"

/** Where a command writes: straight to a stream, or, for JSON, into a buffer. */
struct out {
    FILE *to;
    bool is_captured;
    struct buf captured;
};

void out_init(struct out *o, FILE *to, bool is_captured);
void out_clear(struct out *o);
void out_printf(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
