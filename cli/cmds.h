#ifndef CUICSIM_CLI_CMDS_H
#define CUICSIM_CLI_CMDS_H

#include "cmd.h"
#include "cors/policy.h"

#define CMDS_MAX 128 /* commands in all */

/** Each subject appends its rows to the table behind the first `n`; returns the new count. */
size_t cmds_cors(const struct cmd **table, size_t n);
size_t cmds_service(const struct cmd **table, size_t n);
size_t cmds_show(const struct cmd **table, size_t n);
size_t cmds_session(const struct cmd **table, size_t n);
size_t cmds_lab(const struct cmd **table, size_t n);
size_t cmds_explain(const struct cmd **table, size_t n);
size_t cmds_trace(const struct cmd **table, size_t n);
size_t cmds_browser(const struct cmd **table, size_t n);

#endif
