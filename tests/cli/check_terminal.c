/* A person at a terminal: banner, prompt, and the exit status of the last command. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../support/lab.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S 60
#define TEXT_MAX  65536

/** The shell on a terminal of its own, without echo; everything it has printed so far. */
struct session {
    pid_t pid;
    int fd;
    char text[TEXT_MAX];
    size_t n;
};

static void run_child(const char *terminal, const char *option)
{
    const char *argv[] = {TEST_BUILD_DIR "/cuicsim-cli", "-c", lab.config, option, NULL};
    struct termios t;
    int fd;

    (void)signal(SIGINT, SIG_DFL); /* whatever the tests were started with */
    (void)signal(SIGHUP, SIG_DFL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing is left behind by a test that fails */
    (void)setsid(); /* the terminal opened next becomes the controlling one */
    fd = open(terminal, O_RDWR);
    if (fd < 0 || tcgetattr(fd, &t) != 0)
        _exit(126);
    t.c_lflag &= (tcflag_t)~ECHO;
    t.c_oflag &= (tcflag_t)~OPOST; /* line ends as the shell writes them */
    if (tcsetattr(fd, TCSANOW, &t) != 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(126);
    union {
        const char *const *in;
        char *const *out;
    } args = {argv};
    (void)execv(argv[0], args.out);
    _exit(127);
}

static void session_start(struct session *s, const char *option)
{
    char terminal[128];

    s->n = 0;
    s->text[0] = '\0';
    s->fd = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(s->fd, 0);
    (void)fcntl(s->fd, F_SETFD, FD_CLOEXEC); /* or the terminal would never go away */
    ck_assert(grantpt(s->fd) == 0 && unlockpt(s->fd) == 0);
    (void)snprintf(terminal, sizeof terminal, "%s", ptsname(s->fd));
    s->pid = fork();
    ck_assert_int_ge(s->pid, 0);
    if (s->pid == 0)
        run_child(terminal, option);
}

/** Read what there is; false at the end: the shell has closed its side. */
static bool session_read(struct session *s)
{
    struct pollfd ready = {s->fd, POLLIN, 0};

    ck_assert_msg(poll(&ready, 1, PROC_DEADLINE_MS) == 1, "nothing came in time: %s", s->text);
    ssize_t got = read(s->fd, s->text + s->n, sizeof s->text - 1 - s->n);
    if (got <= 0)
        return false;
    s->n += (size_t)got;
    s->text[s->n] = '\0';
    return true;
}

/** Wait until the text ends with this, then type an answer, and forget the text. */
static void session_answer(struct session *s, const char *want, const char *answer)
{
    size_t n = strlen(want);

    while (s->n < n || strcmp(s->text + s->n - n, want) != 0)
        ck_assert_msg(session_read(s), "ended before '%s': %s", want, s->text);
    s->n = 0;
    ck_assert_int_eq(write(s->fd, answer, strlen(answer)), (ssize_t)strlen(answer));
}

/** Wait for the end. @return the exit status */
static int session_end(struct session *s)
{
    int status = 0;

    while (session_read(s)) {
        /* until it has closed */
    }
    ck_assert_int_eq(waitpid(s->pid, &status, 0), s->pid);
    (void)close(s->fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char banner[] =
    "Command Line Interface is starting up, please wait ...\n\n"
    "   Welcome to the Platform Command Line Interface\n\n"
    "cuicsim " CUICSIM_VERSION ": simulated node cuicpub (cuicpub.uccelab.tac, publisher)\n\n"
    "admin:";

START_TEST(banner_and_prompt)
{
    struct session s;

    session_start(&s, NULL);
    while (strstr(s.text, "admin:") == NULL)
        ck_assert_msg(session_read(&s), "ended: %s", s.text);
    ck_assert_str_eq(s.text, banner);
    session_answer(&s, "admin:", "utils cuic cors status\n");
    session_answer(&s, "CUIC CORS is enabled.\nadmin:", "\n");
    session_answer(&s, "admin:", "quit\n");
    ck_assert_int_eq(session_end(&s), 0);
}
END_TEST

/** The answer is typed behind the question: no line end is added to it. */
START_TEST(delete_dialogue)
{
    struct session s;

    session_start(&s, NULL);
    session_answer(&s, "admin:", "utils cuic cors allowed_origin delete\n");
    session_answer(&s, "a: all\nq: quit\nSelect the index of origin to be deleted [1-4 or a,q]",
                   "2\n");
    session_answer(&s, "admin:", "quit\n");
    ck_assert_int_eq(session_end(&s), 0);
}
END_TEST

static const struct end_row {
    const char *name;
    const char *lines[3];
    const char *end; /* how the session is ended: \004 is Ctrl-D */
    int status;
} end_rows[] = {
    {"nothing-done", {NULL}, "quit\n", 0},
    {"exit", {NULL}, "exit\n", 0},
    {"end-of-input", {NULL}, "\004", 0},
    {"last-failed", {"utils cuic cors status\n", "xyzzy\n"}, "\004", 2},
    {"last-worked", {"xyzzy\n", "utils cuic cors status\n"}, "\004", 0},
    {"quit-works", {"xyzzy\n"}, "quit\n", 0},
    {"refused", {"utils cuic cors allowed_origin add *\n"}, "\004", 1},
};

/** A session's status is that of its last command. */
START_TEST(status_of_the_last)
{
    const struct end_row *row = &end_rows[_i];
    struct session s;

    session_start(&s, NULL);
    for (size_t i = 0; i < COUNT(row->lines) && row->lines[i] != NULL; i++)
        session_answer(&s, "admin:", row->lines[i]);
    session_answer(&s, "admin:", row->end);
    int got = session_end(&s);
    ck_assert_msg(got == row->status, "%s: expected %d, got %d", row->name, row->status, got);
}
END_TEST

/** With --json there is neither banner nor prompt. */
START_TEST(json)
{
    static const char line[] = "utils cuic cors status\n";
    struct session s;

    session_start(&s, "--json");
    ck_assert_int_gt(write(s.fd, line, sizeof line - 1), 0);
    while (strstr(s.text, "}\n") == NULL) /* the line may be echoed before echo is off */
        ck_assert_msg(session_read(&s), "ended: %s", s.text);
    ck_assert_msg(strstr(s.text, "{\"command\":") != NULL && strstr(s.text, "admin") == NULL, "%s",
                  s.text);
    ck_assert_int_eq(write(s.fd, "\004", 1), 1);
    ck_assert_int_eq(session_end(&s), 0);
}
END_TEST

/** Ctrl-C, and a terminal that goes away, end the shell; neither leaves it behind. */
START_TEST(interrupted)
{
    struct session s;

    session_start(&s, NULL);
    session_answer(&s, "admin:", "\003");
    int status = session_end(&s);
    ck_assert_msg(status == 128 + SIGINT || status < 4, "Ctrl-C: %d", status);
    session_start(&s, NULL);
    session_answer(&s, "admin:", "utils cuic cors status\n");
    (void)close(s.fd);
    ck_assert_int_eq(waitpid(s.pid, &status, 0), s.pid);
}
END_TEST

Suite *suite_terminal(void)
{
    Suite *s = suite_create("terminal");
    TCase *tc = tcase_create("terminal");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_test(tc, banner_and_prompt);
    tcase_add_test(tc, delete_dialogue);
    tcase_add_loop_test(tc, status_of_the_last, 0, (int)COUNT(end_rows));
    tcase_add_test(tc, json);
    tcase_add_test(tc, interrupted);
    suite_add_tcase(s, tc);
    return s;
}
