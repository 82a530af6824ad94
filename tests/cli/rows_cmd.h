#ifndef CUICSIM_TESTS_CLI_ROWS_CMD_H
#define CUICSIM_TESTS_CLI_ROWS_CMD_H

#include "cmd.h"

#define SPLIT_WORDS_MAX 8 /* words that a row looks at */

/** A table that has what the shell's has not: a command that begins another one, and commands of
 *  one product beside others. */
extern const struct cmd *const small_table[];
extern const size_t small_n;

struct split_row {
    const char *name;
    const char *line;
    size_t n;
    bool is_too_many;
    const char *word[SPLIT_WORDS_MAX]; /* the first ones; NULL: not looked at */
};
extern const struct split_row split_rows[];
extern const size_t split_n_rows;

/** The typed words taken off the front of a text. */
struct skip_row {
    const char *name;
    const char *text;
    const char *typed;
    const char *want; /* NULL: it does not begin with them */
};
extern const struct skip_row skip_rows[];
extern const size_t skip_n_rows;

/** How many words a parameter takes, and how usage shows it behind "utils add". */
struct takes_row {
    const char *name;
    const struct cmd_param *param;
    const char *usage;
    size_t min;
    size_t max;
};
extern const struct takes_row takes_rows[];
extern const size_t takes_n_rows;

struct match_row {
    const char *name;
    const char *line;
    unsigned privilege;
    enum platform platform;
    enum cmd_match_kind kind;
    int cmd; /* index in small_table, -1 for none */
    size_t n_matched;
};
extern const struct match_row match_rows[];
extern const size_t match_n_rows;

struct next_row {
    const char *name;
    const char *line;
    unsigned privilege;
    enum platform platform;
    size_t max;
    const char *want; /* the words, joined by blanks; '*' behind one that goes on */
};
extern const struct next_row next_rows[];
extern const size_t next_n_rows;

struct suggest_row {
    const char *name;
    const char *line;
    size_t depth;
    unsigned privilege;
    enum platform platform;
    const char *want; /* NULL: none */
};
extern const struct suggest_row suggest_rows[];
extern const size_t suggest_n_rows;

#endif
