/* The one runner of the shell's tests. Check's own variables steer it: CK_RUN_SUITE, CK_RUN_CASE,
 * CK_VERBOSITY, CK_FORK, CK_TIMEOUT_MULTIPLIER. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

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
    srunner_run_all(runner, CK_ENV);
    int run = srunner_ntests_run(runner);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (run == 0) { /* a mistyped CK_RUN_SUITE would otherwise pass */
        (void)fprintf(stderr, "no test ran: does CK_RUN_SUITE or CK_RUN_CASE name one?\n");
        return EXIT_FAILURE;
    }
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
