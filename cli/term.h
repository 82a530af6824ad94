#ifndef CUICSIM_CLI_TERM_H
#define CUICSIM_CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

#define TERM_LINE_MAX 65536 /* bytes of one input line */

/** What Tab makes of the text left of the cursor. Both empty: the line is shown again. */
struct completion {
    struct buf insert;  /* put in at the cursor */
    struct buf listing; /* lines shown below; the prompt and the line follow once more */
};
typedef void term_completer(void *arg, const char *typed, struct completion *ret);

struct term_edit; /* line editing: term_edit*.c, the only files that know libedit */

/** Where lines come from: a person at a terminal, or a script. */
struct term {
    FILE *in;
    FILE *out;              /* where prompts go; NULL for none (JSON) */
    bool is_interactive;    /* a person types: echo and line ends are the terminal's */
    struct term_edit *edit; /* NULL: plain reading, as for a script */
    unsigned idle_s;        /* a person who types nothing for so long: ERR_TIMEOUT; 0: never */
    term_completer *complete;
    void *complete_arg;
};

/** Edit lines from now on, if input and output are a terminal; otherwise nothing changes.
 *  Catches SIGINT, SIGTERM, SIGHUP and SIGWINCH.
 * @param history  the file of earlier lines, mode 0600, made when missing; NULL for none
 * @return ERR_OK, ERR_NOMEM */
enum err term_open_edit(struct term *t, const char *history);
void term_close(struct term *t); /* writes the history; the terminal is as it was found */

/** Read a command line: editing, completion, history. The prompt is shown as it is; for a script
 *  its line is ended, since nothing echoes the answer.
 * @param prompt    NULL for none
 * @param ret_line  emptied, then filled without the line end. Bytes are as typed, so whoever shows
 *                  them must defuse them; NULs and tabs are replaced
 * @return ERR_OK, ERR_NOTFOUND (end of input, or told to end), ERR_LIMIT (line too long, skipped),
 *         ERR_INTERRUPTED (Ctrl-C), ERR_TIMEOUT (nobody typed for idle_s), ERR_NOMEM */
enum err term_read(struct term *t, const char *prompt, struct buf *ret_line);

/** Ask within a command: the same without completion, and without a place in the history. */
enum err term_ask(struct term *t, const char *prompt, struct buf *ret_line);

/** Wait for one key, without echo; the prompt is wiped away after it. Only with `edit`.
 * @return the byte, or -1: end of input, Ctrl-C, idle for too long, told to end */
int term_key(struct term *t, const char *prompt);

/** Size of the screen in characters; 24 by 80 when it does not say. */
void term_size(const struct term *t, unsigned *ret_rows, unsigned *ret_columns);

/** Sleep. @return false when Ctrl-C (SIGINT), or a signal to end, came meanwhile */
bool term_wait(struct term *t, long long ms);

/** Has Ctrl-C been pressed since the last command line was read? */
bool term_is_interrupted(const struct term *t);

#endif
