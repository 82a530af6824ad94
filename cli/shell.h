#ifndef CUICSIM_CLI_SHELL_H
#define CUICSIM_CLI_SHELL_H

#include <jansson.h>

#include "base/diag.h"
#include "cmd.h"
#include "config/config.h"
#include "out.h"
#include "store/store.h"
#include "term.h"

/** One session of the `admin:` shell on one node. */
struct shell {
    const struct config *config;
    const struct node *node;
    unsigned privilege; /* 0 or 1 */
    bool is_json;
    bool never_asks;  /* one command from a terminal: nobody was told that there may be questions */
    bool is_paging;   /* long output stops at each screenful, if a person reads it */
    const char *user; /* who is to answer for the changes, and from where */
    const char *from;
    const char *invoked; /* how the program was called, options that matter to others included:
                            "build/cuicsim-cli -c FILE"; NULL in a session */
    struct term term;
    FILE *to;            /* what commands print */
    struct store *store; /* opened by the first command that needs it; see call_store */
    bool has_quit;
};

#define CALL_LINE_MAX 1024

/** One command being run. */
struct call {
    struct shell *sh;
    char line[CALL_LINE_MAX]; /* as typed, harmless, and cut: for the audit log */
    const struct cmd *cmd;
    const struct slice *args;
    size_t n_args;
    struct slice rest; /* the arguments as one text, blanks between them as typed */
    struct out out;
    json_t *json;         /* the object that --json prints; NULL without --json */
    bool is_changed;      /* set by a handler that changed what the service must be restarted for */
    bool is_audited;      /* set by a handler that may fail after its change was written down */
    enum service service; /* which service CMD_RESTART is about */
};

/** All commands. */
const struct cmd *const *shell_table(size_t *ret_n);

/** The commands as this session sees them. */
struct cmd_view shell_view(const struct shell *sh);

/** Run one line; an empty one, and one that begins with '#', does nothing. */
enum result shell_run(struct shell *sh, const char *line);

/** Read and run lines until the input ends or `quit`. Interactive: prompt, and the result of the
 *  last command. A script: the highest result of any line, so that no failure is hidden. */
enum result shell_loop(struct shell *sh);

/* --- what commands use --- */

/** The store, opened when it is not yet. @return NULL after saying why on stderr */
struct store *call_store(struct call *c);
struct target call_target(const struct call *c);

/** What the audit log is to say about this command's change; texts live as long as the call. */
struct change call_change(const struct call *c);

/** Ask the person, or take the next line of the script. An end is said, with its result.
 * @param ret_answer  freed by the caller with buf_clear; without blanks around it
 * @return RESULT_DONE with an answer */
enum result call_ask(struct call *c, const char *prompt, struct buf *ret_answer);

/** Ask a person for y or n, which one key answers; a script's next line. */
enum result call_confirm(struct call *c, const char *prompt, bool *ret_yes);

/** Put a value into the JSON object, if there is one; takes over `value`. */
void call_json(struct call *c, const char *key, json_t *value);

/** Say what went wrong, also as the "error" of the JSON object, with the platform's trailer; always
 *  RESULT_FAILED. */
enum result call_fail(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Say that the user stopped it, as the platform does, without its trailer; RESULT_FAILED. */
enum result call_interrupted(struct call *c);

/** Say that a line is no valid command; always RESULT_USAGE. */
enum result call_misuse(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Say that the store failed; always RESULT_UNUSABLE. */
enum result call_store_failed(struct call *c, enum err e, const struct diag *why);

#endif
