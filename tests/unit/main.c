/* The one runner of the unit tests. Check's own variables steer it: CK_RUN_SUITE, CK_RUN_CASE,
 * CK_VERBOSITY, CK_FORK (set it to "no" under valgrind), CK_DEFAULT_TIMEOUT. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

int main(void)
{
    SRunner *runner = srunner_create(suite_base());

    srunner_add_suite(runner, suite_origin());
    srunner_add_suite(runner, suite_hdrlist());
    srunner_add_suite(runner, suite_policy());
    srunner_add_suite(runner, suite_decide());
    srunner_add_suite(runner, suite_profile());
    srunner_add_suite(runner, suite_oracle());
    srunner_add_suite(runner, suite_config());
    srunner_add_suite(runner, suite_store());
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
