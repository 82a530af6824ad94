#ifndef CUICSIM_TESTS_ROWS_ORIGIN_H
#define CUICSIM_TESTS_ROWS_ORIGIN_H

#include "cors/origin.h"

#define ANY_OFFSET ((size_t)-1)
#define BUECHER                                                                                    \
    "b\xc3\xbc"                                                                                    \
    "cher" /* a name with a letter outside ASCII */

/** What origin_parse must answer in one mode. */
struct origin_verdict {
    enum err err;
    size_t offset;    /* of the first offending byte, or of the part that is wrong as a whole */
    const char *says; /* a piece of the message */
};

struct origin_row {
    const char *name;
    struct slice text;
    struct origin_verdict lax;
    struct origin_verdict strict;
    const char *host; /* this and what follows: where it is accepted */
    unsigned port;
    bool has_port;
    bool is_https;
};

extern const struct origin_row origin_rows[];
extern const size_t origin_n_rows;

#endif
