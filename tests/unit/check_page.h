#ifndef CUICSIM_TESTS_CHECK_PAGE_H
#define CUICSIM_TESTS_CHECK_PAGE_H

#include <check.h>

/** The part of the suite "profile" that is about page.h. */
TCase *tcase_page(void);

#endif
