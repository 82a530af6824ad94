#include "typing.h"

#include <check.h>

#include "state.h"

void begin_on(struct pty *p, const struct pty_options *o)
{
    pty_start_shell(p, &lab, NULL, o);
    pty_expect_end(p, "\n\nadmin:");
}

void begin(struct pty *p)
{
    begin_on(p, &(struct pty_options){.term = "dumb"});
}

void run(struct pty *p, const char *line)
{
    pty_type(p, line);
    pty_expect_end(p, "\nadmin:");
}

void end(struct pty *p)
{
    pty_try(p, "\004", "admin:\n");
    ck_assert_int_lt(pty_wait(p), 3);
    ck_assert(pty_is_restored(p));
    pty_clear(p);
}
