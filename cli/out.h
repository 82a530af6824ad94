#ifndef CUICSIM_CLI_OUT_H
#define CUICSIM_CLI_OUT_H

#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"
#include "term.h"

/** Where a command writes: straight to a stream, page by page to a person, or, for JSON, into a
 *  buffer. */
struct out {
    FILE *to;
    bool is_captured;
    struct buf captured;
    struct term *pager; /* NULL: no pages */
    unsigned rows_left; /* lines that still fit on the screen */
    unsigned columns;
    unsigned column;
    bool is_cut; /* the person at the pager wants no more of it */
};

/** @param pager  stop after each screenful; NULL not to */
void out_init(struct out *o, FILE *to, bool is_captured, struct term *pager);
void out_clear(struct out *o);
void out_printf(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Print a value of JSON on one line, in ASCII without any byte that a terminal obeys: what a
 * client sent may be in it. Gives up the reference.
 * @param flags  further ones of jansson's
 * @return whether it was written */
bool out_json_line(FILE *to, json_t *value, size_t flags);

#endif
