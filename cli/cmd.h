#ifndef CUICSIM_CLI_CMD_H
#define CUICSIM_CLI_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/** How a command ended; also the program's exit status. */
enum result {
    RESULT_DONE = 0,
    RESULT_FAILED = 1,  /* the command failed */
    RESULT_USAGE = 2,   /* not a valid command, or bad usage */
    RESULT_UNUSABLE = 3 /* the store or the configuration cannot be used */
};

struct call;
typedef enum result cmd_handler(struct call *c);

enum cmd_flags {
    CMD_RESTART = 1, /* after a change the service must be restarted: the shell says so, once */
    CMD_LAB = 2      /* simulator only: hidden below privilege 1 */
};

/** One command. The table of these is the only truth about commands: matching, `?`, help, usage
 *  and the man page come from it. */
struct cmd {
    const char *words;   /* "utils cuic cors allowed_origin list": single blanks */
    const char *args;    /* "" or how the arguments are written */
    const char *summary; /* one sentence without a full stop */
    unsigned min_args, max_args;
    unsigned privilege; /* the level it needs: 0 read, 1 change */
    unsigned flags;
    cmd_handler *run;
};

#define CMD_WORDS_MAX 64 /* words of one line */

/** A line taken apart; the words point into it. */
struct words {
    struct slice word[CMD_WORDS_MAX];
    size_t n;
    bool is_too_many;
};

/** Split at blanks. */
void cmd_split(const char *line, struct words *ret);

/** What follows the typed words in a text of words with single blanks; "" when they are all of it,
 *  NULL when it does not begin with them. However many blanks were typed between them. */
const char *cmd_skip_words(const char *text, const struct slice *typed, size_t n);

enum cmd_match_kind {
    CMD_MATCH,      /* `cmd` is the command, the words from `n_matched` on its arguments */
    CMD_INCOMPLETE, /* every word is right so far, more are needed */
    CMD_UNKNOWN     /* word number `n_matched` fits nowhere */
};

struct cmd_match {
    enum cmd_match_kind kind;
    const struct cmd *cmd;
    size_t n_matched;
};

/** Find the command of a line. Words are whole and case-sensitive.
 *  UNVERIFIED: whether the platform takes an unambiguous prefix for a word; settled by typing one
 * @param privilege  commands hidden at this level do not match */
struct cmd_match cmd_match(const struct cmd *const *table, size_t n, const struct words *w,
                           unsigned privilege);

/** The words that may follow the first `depth` words of `w`, each once, in table order.
 * @param ret  room for `max`
 * @return how many there are, at most `max` */
size_t cmd_next_words(const struct cmd *const *table, size_t n, const struct words *w, size_t depth,
                      unsigned privilege, struct slice *ret, size_t max);

/** The word that was probably meant in place of word number `depth`; `at` NULL when none is near.
 */
struct slice cmd_suggest(const struct cmd *const *table, size_t n, const struct words *w,
                         size_t depth, unsigned privilege);

#endif
