#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

int run_suites(SRunner *runner)
{
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
