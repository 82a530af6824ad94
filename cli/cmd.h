#ifndef CUICSIM_CLI_CMD_H
#define CUICSIM_CLI_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "appliance.h"
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
    CMD_RESTART = 1,  /* after a change the service must be restarted: the shell says so, once */
    CMD_LAB = 2,      /* simulator only: hidden below privilege 1 */
    CMD_EDIT = 4,     /* changes the lab: the audit log tells of it, also when it fails */
    CMD_CUIC = 8,     /* of CUIC nodes only */
    CMD_FINESSE = 16, /* of Finesse nodes only */
    CMD_HELP = 32     /* what follows it is a command's words, and completed as such */
};

enum cmd_arity {
    CMD_ONE,          /* one word */
    CMD_MAYBE,        /* one word or none */
    CMD_REST,         /* the rest of the line, blanks included */
    CMD_MAYBE_REST,   /* that, or nothing */
    CMD_OPTIONS,      /* "--name value" in any order; a value may be a text of many words */
    CMD_MAYBE_OPTIONS /* that, or nothing */
};

/** The i-th thing that may stand for a parameter, or NULL behind the last. */
typedef const char *cmd_choices(const void *context, size_t i);

/** What follows a command's own words. */
struct cmd_param {
    const char *name; /* as usage shows it: "URL1,URL2,URL3" */
    enum cmd_arity arity;
    const char *help;
    const char *example;
    cmd_choices *choices; /* for Tab; NULL when anything may stand there */
};

/** One command. The table of these is the only truth about commands: matching, `?`, help, Tab,
 *  usage, the manual page and bash completion come from it. */
struct cmd {
    const char *words;             /* "utils cuic cors allowed_origin list": single blanks */
    const char *summary;           /* one sentence without a full stop */
    const struct cmd_param *param; /* NULL: takes none */
    unsigned privilege;            /* the level it needs: 0 read, 1 change */
    unsigned flags;
    cmd_handler *run;
    const void *about; /* what `run` shares with the commands beside it; its own business */
};

/** The commands, as somebody with this privilege on a node of this product sees them. */
struct cmd_view {
    const struct cmd *const *table;
    size_t n;
    unsigned privilege;
    enum platform platform;
};

bool cmd_is_visible(const struct cmd_view *v, const struct cmd *cmd);

/** Whether a command takes so many words behind its own. */
bool cmd_takes(const struct cmd *cmd, size_t n_args);

bool cmd_is_optional(const struct cmd_param *p);

#define CMD_USAGE_MAX 160
/** "utils cuic cors allowed_origin delete [INDEX|URL|a]"; returns `to`. */
char *cmd_usage(const struct cmd *cmd, char to[CMD_USAGE_MAX]);

#define CMD_WORDS_MAX 64 /* words of one line */
#define CMD_NEXT_MAX  64 /* different words at one place, and choices of one parameter */

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
 */
struct cmd_match cmd_match(const struct cmd_view *v, const struct words *w);

/** A word that may come next. */
struct cmd_next {
    struct slice word;
    bool has_more; /* it has sub-commands: shown with a '*' */
};

/** The words that may follow the first `depth` words of `w`, each once, in table order.
 * @param ret  room for `max`
 * @return how many there are, at most `max` */
size_t cmd_next_words(const struct cmd_view *v, const struct words *w, size_t depth,
                      struct cmd_next *ret, size_t max);

/** The word that was probably meant in place of word number `depth`; `at` NULL when none is near.
 */
struct slice cmd_suggest(const struct cmd_view *v, const struct words *w, size_t depth);

/** What Tab makes of the text left of the cursor. */
struct cmd_completion {
    char insert[128]; /* goes in at the cursor; "" for nothing */
    struct cmd_next next[CMD_NEXT_MAX];
    size_t n; /* what may stand there, to be listed; 0: nothing to list */
};

/** A unique beginning is completed; a common one is extended; otherwise all that may stand there is
 *  listed. A whole word that has sub-commands lists them.
 * @param context  for the choices of parameters
 * @source the platform's CLI guide, "Tab" */
void cmd_complete(const struct cmd_view *v, const char *typed, const void *context,
                  struct cmd_completion *ret);

#endif
