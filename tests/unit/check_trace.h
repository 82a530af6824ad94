#ifndef CUICSIM_TESTS_CHECK_TRACE_H
#define CUICSIM_TESTS_CHECK_TRACE_H

#include <check.h>

/* The parts of the suite "trace"; each lives in check_trace_<part>.c. */
TCase *tcase_trace_query(void);
TCase *tcase_trace_join(void);
TCase *tcase_trace_prune(void);
TCase *tcase_trace_open(void);
TCase *tcase_trace_fault(void);
TCase *tcase_trace_json(void);
TCase *tcase_trace_har(void);

#endif
