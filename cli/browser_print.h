#ifndef CUICSIM_CLI_BROWSER_PRINT_H
#define CUICSIM_CLI_BROWSER_PRINT_H

#include <jansson.h>

#include "shell.h"

/** What is to be run: the programs before it, its environment, its words. */
struct browser_line {
    json_t *setup;       /* array of arrays of words */
    json_t *environment; /* object */
    json_t *words;       /* array; the program first, the URL last */
    char *profile;
};

#define BROWSER_LINE_MAX ((size_t)64 << 10) /* bytes of the whole command line */

/** The line as a shell reads it, to be pasted. */
void browser_print_line(struct call *c, const struct browser_line *l);

/** The same as fields of the JSON object; nothing without --json. */
void browser_print_json(struct call *c, const struct browser_line *l);

#endif
