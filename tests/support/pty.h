#ifndef CUICSIM_TESTS_PTY_H
#define CUICSIM_TESTS_PTY_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "lab.h"
#include "screen.h"

/** How a program is started on a terminal. */
struct pty_options {
    const char *home;       /* $HOME */
    const char *term;       /* $TERM; NULL: not set */
    unsigned short rows;    /* 0: 24 */
    unsigned short columns; /* 0: 200, so that no line wraps; at most SCREEN_COLUMNS_MAX */
};

/** A program of ours on a terminal of its own, which controls it. It dies with the test's process,
 *  so that nothing is left behind. What it prints is drawn on `screen` and kept as it came. */
struct pty {
    pid_t pid;
    int fd;               /* the terminal's other side */
    struct termios found; /* the terminal's settings before the start */
    char *bytes;          /* everything that came, NUL-terminated */
    size_t n;
    size_t room;
    struct screen screen;
    size_t mark; /* the row that the cursor was in at the last typing */
};

/** Start BUILD/PROGRAM with arguments, NULL-terminated; $CUICSIM_TEST_WRAP is put in front. Aborts
 *  the test when it cannot be started. */
void pty_start(struct pty *p, const char *const *argv, const struct pty_options *options);

/** The shell of a lab, whose folder is its $HOME; `option` is one more word, or NULL. */
void pty_start_shell(struct pty *p, const struct lab *l, const char *option,
                     const struct pty_options *options);

/** Type; the screen is looked at from the cursor's row on after it. */
void pty_type(struct pty *p, const char *keys);

/** Wait until the screen shows just this, from the row on where was typed last; or ends with it; or
 *  has it somewhere. Aborts the test with what it shows when that takes over PROC_DEADLINE_MS. */
void pty_expect(struct pty *p, const char *want);
void pty_expect_end(struct pty *p, const char *want);
void pty_expect_somewhere(struct pty *p, const char *want);

/** Type, and wait for the screen to show just this, from that row on. */
void pty_try(struct pty *p, const char *keys, const char *want);

/** Another window size; the program gets a SIGWINCH. */
void pty_resize(struct pty *p, unsigned short rows, unsigned short columns);

/** Are the terminal's settings what they were before the start? */
bool pty_is_restored(const struct pty *p);

/** Wait for its end and free everything. @return exit status, or 128 + signal */
int pty_end(struct pty *p);

/** The same, keeping bytes and screen; pty_clear frees them. */
int pty_wait(struct pty *p);
void pty_clear(struct pty *p);

/** Take the terminal away, as a closed window does, and wait. */
int pty_hang_up(struct pty *p);

#endif
