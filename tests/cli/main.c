/* The shell's tests. */
#include <check.h>
#include <stdlib.h>

#include "../support/runner.h"
#include "suites.h"

int main(void)
{
    SRunner *runner = srunner_create(suite_cmd());

    /* The shell goes by these: the tests may themselves be run by ssh. */
    (void)unsetenv("SSH_ORIGINAL_COMMAND");
    (void)unsetenv("SSH_CONNECTION");
    srunner_add_suite(runner, suite_transcripts());
    srunner_add_suite(runner, suite_program());
    srunner_add_suite(runner, suite_start());
    srunner_add_suite(runner, suite_json());
    srunner_add_suite(runner, suite_explain());
    srunner_add_suite(runner, suite_explain_console());
    srunner_add_suite(runner, suite_complete());
    srunner_add_suite(runner, suite_audit());
    srunner_add_suite(runner, suite_terminal());
    srunner_add_suite(runner, suite_typing());
    srunner_add_suite(runner, suite_history());
    srunner_add_suite(runner, suite_together());
    srunner_add_suite(runner, suite_ssh());
    srunner_add_suite(runner, suite_store_faults());
    srunner_add_suite(runner, suite_store_limits());
    srunner_add_suite(runner, suite_trace());
    return run_suites(runner);
}
