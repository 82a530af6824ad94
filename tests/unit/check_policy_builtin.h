#ifndef CUICSIM_TESTS_CHECK_POLICY_BUILTIN_H
#define CUICSIM_TESTS_CHECK_POLICY_BUILTIN_H

#include <check.h>

/* Part of the suite "policy": what a service has without being told. */
TCase *tcase_policy_builtin(void);

#endif
