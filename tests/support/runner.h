#ifndef CUICSIM_TESTS_RUNNER_H
#define CUICSIM_TESTS_RUNNER_H

#include <check.h>

/** Run all suites of a runner and free it. Check's own variables steer it: CK_RUN_SUITE,
 *  CK_RUN_CASE, CK_VERBOSITY, CK_FORK, CK_TIMEOUT_MULTIPLIER.
 * @return the program's exit status; also a failure when no test ran */
int run_suites(SRunner *runner);

#endif
