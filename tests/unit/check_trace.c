#include "suites.h"
Suite *suite_trace(void){ Suite *s=suite_create("trace"); return s;}
