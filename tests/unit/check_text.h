#ifndef CUICSIM_TESTS_CHECK_TEXT_H
#define CUICSIM_TESTS_CHECK_TEXT_H

#include <check.h>

/** The part of the suite "base" that is about base/text.h. */
TCase *tcase_text(void);

#endif
