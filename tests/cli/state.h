#ifndef CUICSIM_TESTS_CLI_STATE_H
#define CUICSIM_TESTS_CLI_STATE_H

#include "../support/lab.h"

/** Put a lab's store into the article's state: `lab reset article` without starting a program,
 * which takes long under valgrind. */
void state_article(const struct lab *l);

/** The lab of the test that runs, in the article's state: a checked fixture for most cases. */
extern struct lab lab;
void state_set_up(void);
void state_tear_down(void);

#endif
