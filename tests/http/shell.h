#ifndef CUICSIM_TESTS_HTTP_SHELL_H
#define CUICSIM_TESTS_HTTP_SHELL_H

#include "common.h"

#define SHELL_ADDED       "Origin(s) successfully added."
#define SHELL_DELETED     "Origin(s) deleted successfully."
#define SHELL_END_OF_EDIT "(cuicsim has applied the change already" /* the last line of both */

#define ADD_COMMAND    "utils cuic cors allowed_origin add "
#define DELETE_COMMAND "utils cuic cors allowed_origin delete "

/** A shell on the subscriber that reads commands from its input, one after the other. */
struct proc shell_open(const struct lab *l);

/** Write a command and its line end. @return false when the shell has ended */
bool shell_say(struct proc *shell, const char *command);

/** Read its output up to a line with this text; aborts the test when there is none. */
void shell_await(struct proc *shell, const char *text);

/** Close its input; it must end with 0. */
void shell_close(struct proc *shell);

#endif
