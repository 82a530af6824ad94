#include "common.h"
#include "suites.h"

Suite *suite_traced(void)
{
    Suite *s = suite_create("trace");

    suite_trace_wire(s);
    return s;
}
