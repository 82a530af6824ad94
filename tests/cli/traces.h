#ifndef CUICSIM_TESTS_CLI_TRACES_H
#define CUICSIM_TESTS_CLI_TRACES_H

#include "../support/lab.h" /* core has another lab.h */

/** Give a lab a trace.db with a record of each kind, of 21 and 22 November 2026, ids from 1 on. One
 *  has what a client sends who wants to harm a terminal. */
void traces_make(const struct lab *l);

#endif
