/* The shell's tests. */
#include <check.h>

#include "../support/runner.h"
#include "suites.h"

int main(void)
{
    SRunner *runner = srunner_create(suite_cmd());

    srunner_add_suite(runner, suite_transcripts());
    srunner_add_suite(runner, suite_program());
    srunner_add_suite(runner, suite_start());
    srunner_add_suite(runner, suite_json());
    srunner_add_suite(runner, suite_terminal());
    srunner_add_suite(runner, suite_together());
    srunner_add_suite(runner, suite_store_faults());
    srunner_add_suite(runner, suite_store_limits());
    return run_suites(runner);
}
