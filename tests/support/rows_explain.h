#ifndef CUICSIM_TESTS_ROWS_EXPLAIN_H
#define CUICSIM_TESTS_ROWS_EXPLAIN_H

#include <stddef.h>

#define EXPLAIN_LINES_MAX 8

/** One misconfiguration: how it comes about, what a page asks for, and what `lab explain` is to
 * say. The lab has the CUIC nodes cuicpub and cuicsub, and the Finesse nodes finessep and finesses.
 * It begins in the article's state, or with one list everywhere. A line is "NODE: COMMAND". */
struct explain_row {
    const char *name;
    const char *conf;                      /* further lines of the configuration; NULL: none */
    const char *list;                      /* all lists of CUIC and Live Data, configured and
                                              running, in place of the article's: entries of any
                                              bytes, joined by '|'; NULL: the article's */
    const char *set_up[EXPLAIN_LINES_MAX]; /* commands that are typed before */
    const char *moves;                     /* the node that does that ... */
    const char *service_moved;             /* ... with this service: */
    int action;                            /* 'r' restarts, 's' stops; it takes an hour. 0: none */

    const char *node;
    const char *service; /* NULL: that of the path */
    const char *origin;
    const char *method;  /* NULL: left out */
    const char *headers; /* NULL: left out */
    const char *path;    /* NULL: left out */

    const char *verdict; /* NULL: refused */
    const char *mistake; /* named first */
    const char *certainty;
    const char *also;                        /* named behind it, in this order, joined by blanks */
    const char *commands[EXPLAIN_LINES_MAX]; /* of the first one; none: no command mends it */
};
extern const struct explain_row explain_rows[];
extern const size_t explain_n_rows;

/** The shell's command that asks about a row's request. */
void explain_row_line(const struct explain_row *row, char *line, size_t max);

#endif
