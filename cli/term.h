#ifndef CUICSIM_CLI_TERM_H
#define CUICSIM_CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

#define TERM_LINE_MAX 65536 /* bytes of one input line */

/** Where lines come from: a person at a terminal, or a script. */
struct term {
    FILE *in;
    FILE *out;           /* where prompts go; NULL for none (JSON) */
    bool is_interactive; /* a person types: echo and line ends are the terminal's */
};

/** Ask for a line. The prompt is shown as it is; for a script its line is ended, since nothing
 *  echoes the answer.
 * @param prompt    NULL for none
 * @param ret_line  emptied, then filled without the line end. Bytes are as typed, so whoever shows
 *                  them must defuse them; NULs and tabs are replaced
 * @return ERR_OK, ERR_NOTFOUND (end of input), ERR_LIMIT (line too long, skipped), ERR_NOMEM */
enum err term_ask(struct term *t, const char *prompt, struct buf *ret_line);

#endif
