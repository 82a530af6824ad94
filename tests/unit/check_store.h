#ifndef CUICSIM_TESTS_CHECK_STORE_H
#define CUICSIM_TESTS_CHECK_STORE_H

#include <check.h>

/* Parts of the suite "store", beside its basics. */
TCase *tcase_store_apply(void); /* both stages, in every order of edits and restarts */
TCase *tcase_store_load(void);  /* what the server reads: policies, versions, resets */
TCase *tcase_store_fault(void); /* what goes wrong */

#endif
