#ifndef CUICSIM_TESTS_CLI_SUITES_H
#define CUICSIM_TESTS_CLI_SUITES_H

#include <check.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One per subject; each lives in check_<subject>.c. */
Suite *suite_cmd(void);
Suite *suite_transcripts(void);
Suite *suite_program(void);
Suite *suite_start(void);
Suite *suite_json(void);
Suite *suite_explain(void);
Suite *suite_explain_console(void);
Suite *suite_complete(void);
Suite *suite_audit(void);
Suite *suite_terminal(void);
Suite *suite_typing(void);
Suite *suite_history(void);
Suite *suite_together(void);
Suite *suite_ssh(void);
Suite *suite_store_faults(void);
Suite *suite_store_limits(void);
Suite *suite_trace(void);

#endif
