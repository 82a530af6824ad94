/* The unit tests; under valgrind set CK_FORK=no. */
#include <check.h>

#include "../support/runner.h"
#include "suites.h"

int main(void)
{
    SRunner *runner = srunner_create(suite_base());

    srunner_add_suite(runner, suite_origin());
    srunner_add_suite(runner, suite_origin_diff());
    srunner_add_suite(runner, suite_console());
    srunner_add_suite(runner, suite_question());
    srunner_add_suite(runner, suite_diagnose());
    srunner_add_suite(runner, suite_hdrlist());
    srunner_add_suite(runner, suite_policy());
    srunner_add_suite(runner, suite_decide());
    srunner_add_suite(runner, suite_profile());
    srunner_add_suite(runner, suite_oracle());
    srunner_add_suite(runner, suite_config());
    srunner_add_suite(runner, suite_appliance());
    srunner_add_suite(runner, suite_store());
    srunner_add_suite(runner, suite_centre());
    srunner_add_suite(runner, suite_shapes());
    srunner_add_suite(runner, suite_engineio());
    srunner_add_suite(runner, suite_tally());
    srunner_add_suite(runner, suite_filter());
    srunner_add_suite(runner, suite_report());
    srunner_add_suite(runner, suite_session());
    srunner_add_suite(runner, suite_form());
    srunner_add_suite(runner, suite_mask());
    srunner_add_suite(runner, suite_trace());
    srunner_add_suite(runner, suite_recorder());
    srunner_add_suite(runner, suite_xml());
    srunner_add_suite(runner, suite_layout());
    srunner_add_suite(runner, suite_gadget());
    srunner_add_suite(runner, suite_finesse());
    return run_suites(runner);
}
