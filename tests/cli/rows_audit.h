#ifndef CUICSIM_TESTS_CLI_ROWS_AUDIT_H
#define CUICSIM_TESTS_CLI_ROWS_AUDIT_H

#include <stddef.h>

#define CUIC    "utils cuic cors "
#define LIVE    "utils live-data cors "
#define FINESSE "utils finesse cors "
#define TWO     "https://finessep.uccelab.tac,https://finesses.uccelab.tac"
#define THREE   TWO ",https://finesses.uccelab.tac:8445"
#define A       "https://a.example"

/** One edit in the article's state. */
struct edit_row {
    const char *node;
    const char *first; /* a command before it; "" for none */
    const char *line;
    const char *answers;
    const char *before;
    const char *after;
};
extern const struct edit_row edit_rows[];
extern const size_t edit_n_rows;

#endif
