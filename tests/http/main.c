/* The one runner of the end-to-end tests: the real programs, TLS on, loopback only. Check's own
 * variables steer it (CK_RUN_SUITE, CK_RUN_CASE, CK_VERBOSITY, CK_TIMEOUT_MULTIPLIER), and
 * CUICSIM_TEST_SCALE and CUICSIM_TEST_WRAP (tests/support/proc.h). */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

int main(void)
{
    SRunner *runner = srunner_create(suite_captures());

    (void)signal(SIGPIPE, SIG_IGN); /* TLS writes to connections that the server has closed */
    srunner_add_suite(runner, suite_oracle());
    srunner_add_suite(runner, suite_requests());
    srunner_add_suite(runner, suite_bodies());
    srunner_add_suite(runner, suite_wire());
    srunner_add_suite(runner, suite_nodes());
    srunner_add_suite(runner, suite_tls());
    srunner_add_suite(runner, suite_startup());
    srunner_add_suite(runner, suite_certs());
    srunner_add_suite(runner, suite_stop());
    srunner_add_suite(runner, suite_halfopen());
    srunner_add_suite(runner, suite_store());
    srunner_add_suite(runner, suite_edits());
    srunner_add_suite(runner, suite_kills());
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
