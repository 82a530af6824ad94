#ifndef CUICSIM_TESTS_SUITES_H
#define CUICSIM_TESTS_SUITES_H

#include <check.h>

/* One per module under test; each lives in check_<module>.c. */
Suite *suite_base(void);
Suite *suite_origin(void);
Suite *suite_origin_diff(void);
Suite *suite_console(void);
Suite *suite_question(void);
Suite *suite_diagnose(void);
Suite *suite_hdrlist(void);
Suite *suite_policy(void);
Suite *suite_decide(void);
Suite *suite_profile(void);
Suite *suite_oracle(void);
Suite *suite_config(void);
Suite *suite_appliance(void);
Suite *suite_store(void);
Suite *suite_centre(void);
Suite *suite_shapes(void);
Suite *suite_engineio(void);
Suite *suite_tally(void);
Suite *suite_filter(void);
Suite *suite_report(void);
Suite *suite_session(void);
Suite *suite_form(void);
Suite *suite_mask(void);
Suite *suite_trace(void);
Suite *suite_recorder(void);
Suite *suite_xml(void);
Suite *suite_layout(void);
Suite *suite_gadget(void);
Suite *suite_finesse(void);

#endif
