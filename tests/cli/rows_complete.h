#ifndef CUICSIM_TESTS_CLI_ROWS_COMPLETE_H
#define CUICSIM_TESTS_CLI_ROWS_COMPLETE_H

#include "cmd.h"

/** What Tab makes of a line of the shell's own table. */
struct complete_row {
    const char *name;
    const char *typed;
    unsigned privilege;
    enum platform platform;
    const char *insert;
    const char *listed; /* words joined by blanks, or names by commas; '*' behind what goes on */
};
extern const struct complete_row complete_rows[];
extern const size_t complete_n_rows;

#endif
