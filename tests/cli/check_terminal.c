/* A person at a terminal: banner, prompt, and the exit status of the last command. */
#include <signal.h>
#include <string.h>

#include "../support/lab.h"
#include "../support/pty.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S 60

static const char banner[] =
    "Command Line Interface is starting up, please wait ...\n\n"
    "   Welcome to the Platform Command Line Interface\n\n"
    "cuicsim " CUICSIM_VERSION ": simulated node cuicpub (cuicpub.uccelab.tac, publisher)\n\n"
    "admin:";

static void begin(struct pty *p, const char *option, const char *term)
{
    pty_start_shell(p, &lab, option, &(struct pty_options){.term = term});
}

/** Type a line at the prompt and wait for the next one. */
static void run(struct pty *p, const char *line)
{
    pty_expect_end(p, "\nadmin:");
    pty_type(p, line);
}

/** "emacs" edits lines itself; libedit knows neither of the last ones. */
static const char *const terms[] = {"dumb", "xterm", "emacs", "", NULL, "no-such-terminal"};

START_TEST(banner_and_prompt)
{
    struct pty p;

    begin(&p, NULL, terms[_i]);
    pty_expect(&p, banner);
    pty_try(&p, "utils cuic cors status\r",
            "admin:utils cuic cors status\nCUIC CORS is enabled.\nadmin:");
    pty_try(&p, "\r", "admin:\nadmin:");
    pty_try(&p, "quit\r", "admin:quit\n");
    ck_assert_int_eq(pty_wait(&p), 0);
    ck_assert(pty_is_restored(&p));
    pty_clear(&p);
}
END_TEST

/** The answer is typed behind the question: no line end is added to it. */
START_TEST(delete_dialogue)
{
    static const char question[] =
        "a: all\nq: quit\nSelect the index of origin to be deleted [1-4 or a,q]";
    struct pty p;

    begin(&p, NULL, "dumb");
    run(&p, "utils cuic cors allowed_origin delete\r");
    pty_expect_end(&p, question);
    pty_type(&p, "2\r");
    run(&p, "utils cuic cors allowed_origin list\r");
    pty_expect_end(&p, "1. https://finessep.uccelab.tac\n2. https://finesses.uccelab.tac\n"
                       "3. https://finesses.uccelab.tac:8445\nadmin:");
    run(&p, "quit\r");
    ck_assert_int_eq(pty_end(&p), 0);
}
END_TEST

static const struct end_row {
    const char *name;
    const char *lines[3];
    const char *end; /* how the session is ended: \004 is Ctrl-D */
    int status;
} end_rows[] = {
    {"nothing-done", {NULL}, "quit\r", 0},
    {"exit", {NULL}, "exit\r", 0},
    {"end-of-input", {NULL}, "\004", 0},
    {"last-failed", {"utils cuic cors status\r", "xyzzy\r"}, "\004", 2},
    {"last-worked", {"xyzzy\r", "utils cuic cors status\r"}, "\004", 0},
    {"quit-works", {"xyzzy\r"}, "quit\r", 0},
    {"refused", {"utils cuic cors allowed_origin add *\r"}, "\004", 1},
};

/** A session's status is that of its last command. */
START_TEST(status_of_the_last)
{
    const struct end_row *row = &end_rows[_i];
    struct pty p;

    begin(&p, NULL, "dumb");
    for (size_t i = 0; i < COUNT(row->lines) && row->lines[i] != NULL; i++)
        run(&p, row->lines[i]);
    run(&p, row->end);
    int got = pty_end(&p);
    ck_assert_msg(got == row->status, "%s: expected %d, got %d", row->name, row->status, got);
}
END_TEST

/** With --json there is neither banner nor prompt, nor editing: the terminal echoes what is typed,
 *  and Ctrl-C ends the program. */
START_TEST(json)
{
    struct pty p;

    for (int i = 0; i < 2; i++) {
        begin(&p, "--json", "xterm");
        pty_type(&p, "utils cuic cors status\r");
        pty_expect_somewhere(&p, "\"}\n");
        ck_assert_msg(strstr(p.bytes, "{\"command\":") != NULL, "%s", p.bytes);
        ck_assert_msg(strstr(p.bytes, "admin") == NULL, "%s", p.bytes);
        ck_assert_msg(strchr(p.bytes, '\x1b') == NULL, "%s", p.bytes);
        pty_type(&p, i == 0 ? "\004" : "\003");
        ck_assert_int_eq(pty_end(&p), i == 0 ? 0 : 128 + SIGINT);
    }
}
END_TEST

/** A closed window leaves no shell behind, whatever it was doing. */
START_TEST(hang_up)
{
    static const char *const doing[] = {"", "utils cuic cors st",
                                        "utils cuic cors allowed_origin delete\r", "help\r"};
    struct pty p;

    for (size_t i = 0; i < COUNT(doing); i++) {
        begin(&p, NULL, "dumb");
        run(&p, doing[i]);
        ck_assert_int_lt(pty_hang_up(&p), 4);
    }
}
END_TEST

Suite *suite_terminal(void)
{
    Suite *s = suite_create("terminal");
    TCase *tc = tcase_create("terminal");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_loop_test(tc, banner_and_prompt, 0, (int)COUNT(terms));
    tcase_add_test(tc, delete_dialogue);
    tcase_add_loop_test(tc, status_of_the_last, 0, (int)COUNT(end_rows));
    tcase_add_test(tc, json);
    tcase_add_test(tc, hang_up);
    suite_add_tcase(s, tc);
    return s;
}
