#ifndef CUICSIM_TESTS_PROC_H
#define CUICSIM_TESTS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** A program of ours that runs beside the test, with pipes to its input and output. It dies with
 *  the test's process, so that nothing is left behind. */
struct proc {
    pid_t pid;
    int in;  /* write here; -1 when closed */
    int out; /* its stdout */
    int err; /* its stderr: a file that is read after it ended, or on demand */
};

/** What a finished program said. */
struct proc_result {
    int status; /* exit status, or 128 + signal */
    char *out;  /* NUL-terminated, free with proc_result_clear */
    char *err;
};

/** How to start a program. */
struct proc_options {
    const char *const *env; /* "NAME=value" added to the environment, NULL-terminated; or NULL */
    bool unprivileged;      /* when the test runs as root: become nobody first */
    size_t file_size_max;   /* RLIMIT_FSIZE in bytes, SIGXFSZ ignored; 0: none */
    size_t input_bytes;     /* of proc_run's input, which may hold NUL; 0: up to its first one */
    const char *output;     /* where stdout goes instead, such as "/dev/full"; NULL: the pipe */
};

/** Start BUILD/PROGRAM with arguments. argv[0] is the program's name, or a whole path that begins
 *  with '/'; the list ends with NULL.
 *  $CUICSIM_TEST_WRAP, if set, is put in front (words split at blanks): valgrind, for one.
 *  Aborts the test (ck_abort) when it cannot be started. */
struct proc proc_start(const char *const *argv, const struct proc_options *options);

/** Start, send `input` (may be NULL), close the input, read everything until it ends. Aborts the
 *  test when nothing moves for PROC_DEADLINE_MS. */
struct proc_result proc_run(const char *const *argv, const char *input,
                            const struct proc_options *options);

/** The second half of proc_run, for a program that was started already. */
struct proc_result proc_finish(struct proc *p, const char *input);
void proc_result_clear(struct proc_result *r);

/** Read one line of its output, without the line end; NULL at the end of output. free() it. */
char *proc_read_line(struct proc *p);

/** Wait for its end and close all pipes. @return exit status, or 128 + signal */
int proc_wait(struct proc *p);

/** Everything on its stderr so far; free() it. */
char *proc_stderr(const struct proc *p);

#define PROC_DEADLINE_MS 120000 /* there to end what hangs: wide, for slow machines */

/** Milliseconds of a clock that never jumps; sleep for a moment within a polling loop. */
long long test_now_ms(void);
void test_pause_ms(unsigned ms);

/** How often to repeat something that is repeated n times in a plain run: $CUICSIM_TEST_SCALE
 *  percent of it (at least once), so that valgrind and the sanitizers end in time. */
unsigned test_scaled(unsigned n);

/** Poll until `what(arg)` is true, at most PROC_DEADLINE_MS; aborts the test with `name` then. */
void test_until(bool (*what)(void *arg), void *arg, const char *name);

#endif
