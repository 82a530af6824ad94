/* The end-to-end tests: the real programs, TLS on, loopback only. CUICSIM_TEST_SCALE and
 * CUICSIM_TEST_WRAP: tests/support/proc.h. */
#include <check.h>
#include <signal.h>

#include "../support/runner.h"
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
    srunner_add_suite(runner, suite_settings());
    srunner_add_suite(runner, suite_proxy());
    srunner_add_suite(runner, suite_orders());
    srunner_add_suite(runner, suite_explain());
    srunner_add_suite(runner, suite_edits());
    srunner_add_suite(runner, suite_shared());
    srunner_add_suite(runner, suite_livedata());
    srunner_add_suite(runner, suite_cuic());
    srunner_add_suite(runner, suite_traced());
    srunner_add_suite(runner, suite_console());
    srunner_add_suite(runner, suite_metrics());
    srunner_add_suite(runner, suite_finesse());
    srunner_add_suite(runner, suite_desk_lab());
    srunner_add_suite(runner, suite_kills());
    return run_suites(runner);
}
