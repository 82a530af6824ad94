#ifndef CUICSIM_TESTS_CHECK_STORE_H
#define CUICSIM_TESTS_CHECK_STORE_H

#include <check.h>

/* Parts of the suite "store", beside its basics. */
TCase *tcase_store_lists(void);     /* three lists of each service */
TCase *tcase_store_settings(void);  /* modes, private network, the shell's timeout */
TCase *tcase_store_apply(void);     /* both stages, in every order of edits and restarts */
TCase *tcase_store_life(void);      /* services that are started, stopped and restarted */
TCase *tcase_store_audit(void);     /* what the log says of every edit */
TCase *tcase_store_load(void);      /* what the server reads: policies, versions, resets */
TCase *tcase_store_migrate(void);   /* stores of older versions */
TCase *tcase_store_interrupt(void); /* a migration cut off */
TCase *tcase_store_open(void);      /* stores that cannot be opened */
TCase *tcase_store_fault(void);     /* edits that fail */

#endif
