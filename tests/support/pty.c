#include "pty.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"

#define ARGS_MAX   64
#define PATH_BYTES 4096
#define SHOWN_MAX  2000

/** A program as execvp wants it: what CUICSIM_TEST_WRAP says, its path, its arguments. */
struct command {
    char wrap[512];
    char path[PATH_BYTES];
    const char *args[ARGS_MAX];
};

static void fill_command(struct command *c, const char *const *argv)
{
    const char *wrap = getenv("CUICSIM_TEST_WRAP");
    char *save = NULL;
    size_t n = 0;

    (void)snprintf(c->wrap, sizeof c->wrap, "%s", wrap == NULL ? "" : wrap);
    (void)snprintf(c->path, sizeof c->path, "%s/%s", TEST_BUILD_DIR, argv[0]);
    for (char *w = strtok_r(c->wrap, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
        c->args[n++] = w;
    c->args[n++] = c->path;
    for (size_t i = 1; argv[i] != NULL; i++) {
        ck_assert_uint_lt(n, ARGS_MAX - 1);
        c->args[n++] = argv[i];
    }
    c->args[n] = NULL;
}

static void set_environment(const struct pty_options *o)
{
    if (o->home != NULL)
        (void)setenv("HOME", o->home, 1);
    if (o->term == NULL)
        (void)unsetenv("TERM");
    else
        (void)setenv("TERM", o->term, 1);
}

/** Whatever the tests were started with. */
static void reset_signals(void)
{
    static const int numbers[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGTSTP, SIGPIPE, SIGWINCH};
    sigset_t none;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)signal(numbers[i], SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(const char *terminal, struct command *c, const struct pty_options *o)
{
    reset_signals();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setsid(); /* the terminal opened next becomes the controlling one */
    int fd = open(terminal, O_RDWR);
    if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(126);
    if (fd > 2)
        (void)close(fd);
    set_environment(o);
    union {
        const char **in;
        char *const *out;
    } args = {c->args};
    (void)execvp(c->args[0], args.out);
    _exit(127);
}

static void set_up_terminal(struct pty *p, const struct pty_options *o)
{
    unsigned short columns = o->columns == 0 ? 200 : o->columns;

    ck_assert_int_eq(tcgetattr(p->fd, &p->found), 0);
    screen_init(&p->screen, columns);
    struct winsize size = {.ws_row = o->rows == 0 ? 24 : o->rows, .ws_col = columns};
    ck_assert_int_eq(ioctl(p->fd, TIOCSWINSZ, &size), 0);
}

void pty_start(struct pty *p, const char *const *argv, const struct pty_options *options)
{
    struct command c;
    char terminal[128];

    *p = (struct pty){.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    ck_assert_int_ge(p->fd, 0);
    ck_assert(grantpt(p->fd) == 0 && unlockpt(p->fd) == 0);
    (void)snprintf(terminal, sizeof terminal, "%s", ptsname(p->fd));
    int held = open(terminal, O_RDWR | O_NOCTTY | O_CLOEXEC); /* settings last while it is open */
    ck_assert_int_ge(held, 0);
    set_up_terminal(p, options);
    fill_command(&c, argv);
    p->pid = fork();
    ck_assert_int_ge(p->pid, 0);
    if (p->pid == 0)
        run_child(terminal, &c, options);
    (void)close(held);
    (void)fcntl(p->fd, F_SETFL, O_NONBLOCK);
}

void pty_start_shell(struct pty *p, const struct lab *l, const char *option,
                     const struct pty_options *options)
{
    const char *argv[] = {"cuicsim-cli", "-c", l->config, option, NULL};
    struct pty_options o = *options;

    o.home = l->dir;
    pty_start(p, argv, &o);
}

static void keep(struct pty *p, const char *bytes, size_t n)
{
    while (p->n + n + 1 > p->room) {
        p->room = p->room == 0 ? 4096 : p->room * 2;
        p->bytes = realloc(p->bytes, p->room);
        ck_assert_ptr_nonnull(p->bytes);
    }
    memcpy(p->bytes + p->n, bytes, n);
    p->n += n;
    p->bytes[p->n] = '\0';
}

/** Nothing hangs for ever: say what was seen last. libcheck takes no very long messages. */
static void fail_late(struct pty *p, const char *missing)
{
    char *text = screen_text(&p->screen, p->mark);
    size_t n = strlen(text);

    (void)kill(p->pid, SIGKILL);
    ck_abort_msg("%s; the screen shows:\n%s", missing, n > SHOWN_MAX ? text + n - SHOWN_MAX : text);
}

/** Wait for output, or for the terminal to take input; take what there is.
 * @return false when the program has closed its side */
static bool take_output(struct pty *p, short events, long long end_ms, const char *missing)
{
    struct pollfd ready = {p->fd, (short)(POLLIN | events), 0};
    char bytes[4096];
    long long left = end_ms - test_now_ms();

    if (left <= 0)
        fail_late(p, missing);
    if (poll(&ready, 1, (int)left) <= 0 || (ready.revents & (POLLIN | POLLHUP | POLLERR)) == 0)
        return true;
    ssize_t got = read(p->fd, bytes, sizeof bytes);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    keep(p, bytes, (size_t)got);
    screen_feed(&p->screen, bytes, (size_t)got);
    return true;
}

void pty_type(struct pty *p, const char *keys)
{
    long long end_ms = test_now_ms() + PROC_DEADLINE_MS;
    size_t left = strlen(keys);

    p->mark = p->screen.row;
    while (left > 0) {
        ssize_t sent = write(p->fd, keys, left);
        ck_assert_msg(sent >= 0 || errno == EAGAIN || errno == EINTR, "no input is taken");
        keys += sent > 0 ? sent : 0;
        left -= sent > 0 ? (size_t)sent : 0;
        if (left > 0 && !take_output(p, POLLOUT, end_ms, "input is not taken"))
            fail_late(p, "it ended while something was typed");
    }
}

enum place { ALL, END, SOMEWHERE };

static bool shows(const struct pty *p, const char *want, enum place place)
{
    char *text = screen_text(&p->screen, p->mark);
    size_t n = strlen(text);
    size_t n_want = strlen(want);
    bool is_shown = false;

    if (place == ALL)
        is_shown = strcmp(text, want) == 0;
    else if (place == END)
        is_shown = n >= n_want && strcmp(text + n - n_want, want) == 0;
    else
        is_shown = strstr(text, want) != NULL;
    free(text);
    return is_shown;
}

static void expect(struct pty *p, const char *want, enum place place)
{
    long long end_ms = test_now_ms() + PROC_DEADLINE_MS;
    char missing[4096];

    (void)snprintf(missing, sizeof missing, "missing: %s", want);
    while (!shows(p, want, place)) {
        if (!take_output(p, 0, end_ms, missing))
            fail_late(p, missing);
    }
}

void pty_expect(struct pty *p, const char *want)
{
    expect(p, want, ALL);
}

void pty_expect_end(struct pty *p, const char *want)
{
    expect(p, want, END);
}

void pty_expect_somewhere(struct pty *p, const char *want)
{
    expect(p, want, SOMEWHERE);
}

void pty_try(struct pty *p, const char *keys, const char *want)
{
    pty_type(p, keys);
    pty_expect(p, want);
}

void pty_resize(struct pty *p, unsigned short rows, unsigned short columns)
{
    struct winsize size = {.ws_row = rows, .ws_col = columns};

    ck_assert_uint_le(columns, SCREEN_COLUMNS_MAX);
    p->screen.columns = columns;
    ck_assert_int_eq(ioctl(p->fd, TIOCSWINSZ, &size), 0);
}

bool pty_is_restored(const struct pty *p)
{
    struct termios now;

    ck_assert_int_eq(tcgetattr(p->fd, &now), 0);
    return now.c_iflag == p->found.c_iflag && now.c_oflag == p->found.c_oflag &&
           now.c_cflag == p->found.c_cflag && now.c_lflag == p->found.c_lflag &&
           memcmp(now.c_cc, p->found.c_cc, sizeof now.c_cc) == 0;
}

static int wait_status(struct pty *p, long long end_ms)
{
    int status = 0;

    while (waitpid(p->pid, &status, WNOHANG) == 0) {
        if (test_now_ms() > end_ms)
            fail_late(p, "it does not end");
        test_pause_ms(2);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int pty_wait(struct pty *p)
{
    long long end_ms = test_now_ms() + PROC_DEADLINE_MS;

    while (take_output(p, 0, end_ms, "it does not end")) {
        /* until it has closed its side */
    }
    return wait_status(p, end_ms);
}

void pty_clear(struct pty *p)
{
    if (p->fd >= 0)
        (void)close(p->fd);
    free(p->bytes);
    screen_clear(&p->screen);
    *p = (struct pty){.pid = -1, .fd = -1};
}

int pty_end(struct pty *p)
{
    int status = pty_wait(p);

    pty_clear(p);
    return status;
}

int pty_hang_up(struct pty *p)
{
    (void)close(p->fd);
    p->fd = -1;
    int status = wait_status(p, test_now_ms() + PROC_DEADLINE_MS);
    pty_clear(p);
    return status;
}
