#ifndef CUICSIM_CLI_SHELL_H
#define CUICSIM_CLI_SHELL_H

#include <jansson.h>

#include "base/diag.h"
#include "cmd.h"
#include "config.h"
#include "out.h"
#include "store.h"
#include "term.h"

/** One session of the `admin:` shell on one node. */
struct shell {
    const struct config *config;
    size_t node;
    unsigned privilege; /* 0 or 1 */
    bool is_json;
    struct term term;
    FILE *to;            /* what commands print */
    struct store *store; /* opened by the first command that needs it; see call_store */
    bool has_quit;
};

/** One command being run. */
struct call {
    struct shell *sh;
    const struct cmd *cmd;
    const struct slice *args;
    size_t n_args;
    struct slice rest; /* the arguments as one text, blanks between them as typed */
    struct out out;
    json_t *json;         /* the object that --json prints; NULL without --json */
    bool is_changed;      /* set by a handler that changed what the service must be restarted for */
    enum service service; /* which service CMD_RESTART is about */
};

/** All commands. */
const struct cmd *const *shell_table(size_t *ret_n);

/** Run one line; an empty one, and one that begins with '#', does nothing. */
enum result shell_run(struct shell *sh, const char *line);

/** Read and run lines until the input ends or `quit`. Interactive: prompt, and the result of the
 *  last command. A script: the highest result of any line, so that no failure is hidden. */
enum result shell_loop(struct shell *sh);

/** The store, opened when it is not yet. @return NULL after saying why on stderr */
struct store *call_store(struct call *c);
struct target call_target(const struct call *c);

/** Say that the store failed; always RESULT_UNUSABLE. */
enum result call_store_failed(struct call *c, enum err e, const struct diag *why);

/** End a failed command as the platform does, with its trailer; always RESULT_FAILED. */
enum result call_failed(struct call *c);

#endif
