#ifndef CUICSIM_TESTS_CLI_STATE_H
#define CUICSIM_TESTS_CLI_STATE_H

#include "../support/lab.h"

/** Put a lab's store into the article's state: `lab reset article` without starting a program,
 * which takes long under valgrind. */
void state_article(const struct lab *l);

#endif
