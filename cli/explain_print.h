#ifndef CUICSIM_CLI_EXPLAIN_PRINT_H
#define CUICSIM_CLI_EXPLAIN_PRINT_H

#include "diagnose/explain.h"
#include "shell.h"
#include "trace/trace_join.h"

/** What is configured and running now, for situation_free; on failure it has been said. */
enum result explain_load(struct call *c, struct situation **ret);

/** What a browser's message says, in plain words. */
void explain_print_line(struct call *c, const struct console_line *line);

/** Which exchange the message is about, or why none is known. */
void explain_print_recorded(struct call *c, const struct trace_join *j);

/** The verdict, what is behind it, and the commands. */
void explain_print_findings(struct call *c, const struct findings *f);

/** A paragraph of at most 79 columns.
 * @param head    before its first line, such as "  1. "
 * @param indent  blanks before the others */
void explain_wrap(struct out *to, const char *head, unsigned indent, const char *text);

#endif
