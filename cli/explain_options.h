#ifndef CUICSIM_CLI_EXPLAIN_OPTIONS_H
#define CUICSIM_CLI_EXPLAIN_OPTIONS_H

#include "shell.h"

/** The options of `lab explain`. */
enum explain_option {
    OPTION_NODE,
    OPTION_SERVICE,
    OPTION_ORIGIN,
    OPTION_METHOD,
    OPTION_HEADERS,
    OPTION_PATH,
    OPTION_CONSOLE
};
#define EXPLAIN_OPTIONS 7

/** What was typed: `at` NULL where the option was left out. Points into the command. */
struct explain_options {
    struct slice value[EXPLAIN_OPTIONS];
    bool is_to_be_read; /* --console without a text */
};

/** Read them; what is wrong with them has been said. */
enum result explain_options_read(struct call *c, struct explain_options *ret);

#endif
