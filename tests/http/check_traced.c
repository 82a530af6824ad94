#include "common.h"
#include "suites.h"

Suite *suite_traced(void)
{
    Suite *s = suite_create("trace");

    suite_trace_wire(s);
    suite_trace_live(s);
    suite_trace_secrets(s);
    suite_trace_load(s);
    return s;
}
