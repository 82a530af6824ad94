#ifndef CUICSIM_TESTS_TYPING_H
#define CUICSIM_TESTS_TYPING_H

#include "../support/pty.h"

#define TYPING_TIMEOUT_S 120
#define REPORTING        "Intelligence Center Reporting Service"
#define DELETE           "utils cuic cors allowed_origin delete"
#define QUESTION         "Select the index of origin to be deleted [1-4 or a,q]"
#define PAGE_END         "Press <enter> for 1 line, <space> for one page, or <q> to quit"

/** A session of the test's lab, at its first prompt; begin() is on a dumb terminal. */
void begin(struct pty *p);
void begin_on(struct pty *p, const struct pty_options *o);

/** Type a line, and wait for the next prompt. */
void run(struct pty *p, const char *line);

/** End the session at an empty prompt; the terminal must be as it was. */
void end(struct pty *p);

#endif
