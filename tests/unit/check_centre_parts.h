#ifndef CUICSIM_TESTS_CHECK_CENTRE_PARTS_H
#define CUICSIM_TESTS_CHECK_CENTRE_PARTS_H

#include <check.h>

/* What is reported as changed. */
TCase *tcase_centre_changes(void);

/* What a visitor sees: states, ids, names, groups. */
TCase *tcase_centre_look(void);

/* What the centre is built on: chance and timers. */
TCase *tcase_centre_parts(void);

/* Agents whom people have taken over. */
TCase *tcase_centre_hold(void);

#endif
