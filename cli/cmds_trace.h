#ifndef CUICSIM_CLI_CMDS_TRACE_H
#define CUICSIM_CLI_CMDS_TRACE_H

#include "shell.h"
#include "trace/trace.h"

/* What the cmds_trace*.c files share; nobody else includes this. */

/** The trace; NULL after saying that there is none, which is no failure.
 * @param ret  RESULT_DONE, or what opening it failed with, which has been said */
struct trace *trace_cmd_open(struct call *c, enum result *ret);

/** The exchange that belongs to this one, as a preflight to its request; 0: none is known. */
int64_t trace_cmd_partner(struct trace *t, const struct trace_exchange *x);

/** Handlers of `lab trace export`. */
cmd_handler trace_cmd_export_har;
cmd_handler trace_cmd_export_lines;

#endif
