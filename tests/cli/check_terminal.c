/* A session at a terminal: banner and prompt, the exit status of the last command, and the ways
 * that it ends. */
#include <signal.h>
#include <string.h>

#include "config/config.h"
#include "state.h"
#include "store/store.h"
#include "suites.h"
#include "typing.h"

#define BUSY_MS 5000

static const char banner[] =
    "Command Line Interface is starting up, please wait ...\n\n"
    "   Welcome to the Platform Command Line Interface\n\n"
    "cuicsim " CUICSIM_VERSION ": simulated node cuicpub (cuicpub.uccelab.tac, publisher)\n\n"
    "admin:";

/** "emacs" edits lines itself; libedit knows neither of the last ones. */
static const char *const terms[] = {"dumb", "xterm", "emacs", "", NULL, "no-such-terminal"};

START_TEST(banner_and_prompt)
{
    struct pty p;

    pty_start_shell(&p, &lab, NULL, &(struct pty_options){.term = terms[_i]});
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
    struct pty p;

    begin(&p);
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, "a: all\nq: quit\n" QUESTION);
    run(&p, "2\r");
    pty_type(&p, "utils cuic cors allowed_origin list\r");
    pty_expect_end(&p, "1. https://finessep.uccelab.tac\n2. https://finesses.uccelab.tac\n"
                       "3. https://finesses.uccelab.tac:8445\nadmin:");
    end(&p);
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
    {"interrupted-line", {"xyzzy\r", "\003"}, "\004", 2},
    {"interrupted-words", {"xyzzy\r", "utils cu\003"}, "\004", 2},
    {"empty-line", {"xyzzy\r", "\r"}, "\004", 2},
    {"blanks", {"xyzzy\r", "  \r"}, "\004", 2},
    {"comment", {"xyzzy\r", "# utils\r"}, "\004", 2},
    {"interrupted-after-success", {"utils cuic cors status\r", "\003"}, "\004", 0},
};

/** A session's status is that of its last command; what is no command leaves it as it is. */
START_TEST(status_of_the_last)
{
    const struct end_row *row = &end_rows[_i];
    struct pty p;

    begin(&p);
    for (size_t i = 0; i < COUNT(row->lines) && row->lines[i] != NULL; i++)
        run(&p, row->lines[i]);
    pty_type(&p, row->end);
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
        pty_start_shell(&p, &lab, "--json", &(struct pty_options){.term = "xterm"});
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

static const struct ending_row {
    const char *name;
    const char *keys;
    const char *until; /* the screen's end before it goes on */
    const char *more;
} ending_rows[] = {
    {"at-the-prompt", "", "\nadmin:", ""},
    {"editing", "utils cu", "\nadmin:utils cu", ""},
    {"quoting", "utils", "\nadmin:utils", "\026"},
    {"in-a-sequence", "utils", "\nadmin:utils", "\033["},
    {"in-a-dialogue", DELETE "\r", QUESTION, ""},
    {"at-the-end-of-a-page", "help\r", PAGE_END, ""},
    {"in-a-command", "utils service restart " REPORTING "\r", "[STOPPING]\n", ""},
    {"stopped", "utils", "\nadmin:utils", "\023"},
};

static void begin_ending(struct pty *p, const struct ending_row *row)
{
    begin(p);
    pty_type(p, row->keys);
    p->mark = 0;
    pty_expect_end(p, row->until);
    pty_type(p, row->more);
}

/** Told to end, the shell does, and leaves the terminal as it was. */
START_TEST(told_to_end)
{
    const struct ending_row *row = &ending_rows[_i];
    static const int signals[] = {SIGTERM, SIGHUP};
    struct pty p;

    for (size_t i = 0; i < COUNT(signals); i++) {
        begin_ending(&p, row);
        ck_assert_int_eq(kill(p.pid, signals[i]), 0);
        ck_assert_int_lt(pty_wait(&p), 4);
        ck_assert_msg(pty_is_restored(&p), "%s", row->name);
        pty_clear(&p);
    }
}
END_TEST

/** A closed window leaves no shell behind, whatever it was doing. */
START_TEST(hang_up)
{
    const struct ending_row *row = &ending_rows[_i];
    struct pty p;

    begin_ending(&p, row);
    ck_assert_int_lt(pty_hang_up(&p), 4);
}
END_TEST

static void set_timeout(unsigned seconds)
{
    struct change by = {"test", "local", "test", 0, APPLY_ON_RESTART};
    struct config *c = NULL;
    struct store *s = NULL;
    struct diag why = {0, ""};

    ck_assert_msg(config_load(lab.config, &c, &why) == ERR_OK, "%s", why.text);
    ck_assert_msg(store_open(c, BUSY_MS, &s, &why) == ERR_OK, "%s", why.text);
    ck_assert_msg(store_set_cli_timeout(s, "cuicpub", seconds, &by, &why) == ERR_OK, "%s",
                  why.text);
    store_close(s);
    config_free(c);
}

static const struct idle_row {
    const char *keys;
    const char *end; /* of the screen */
} idle_rows[] = {
    {"", "admin:\nThe session was idle for too long and is closed\n"},
    {"utils cu", "admin:utils cu\nThe session was idle for too long and is closed\n"},
    {"help\r", "\nThe session was idle for too long and is closed\n"},
    {DELETE "\r", "\nThe session was idle for too long and is closed\n"},
};

/** Nobody types: the session ends by itself, wherever it was. The keys are typed ahead of the first
 *  prompt: behind it the time to type would run out on a slow machine. */
START_TEST(idle)
{
    const struct idle_row *row = &idle_rows[_i];
    struct pty p;

    set_timeout(1);
    pty_start_shell(&p, &lab, NULL, &(struct pty_options){.term = "dumb"});
    pty_type(&p, row->keys);
    ck_assert_int_lt(pty_wait(&p), 4);
    pty_expect_end(&p, row->end);
    ck_assert(pty_is_restored(&p));
    pty_clear(&p);
}
END_TEST

static void set_up_slow(void)
{
    lab_init(&lab, "restart_seconds = 600\n");
    state_article(&lab);
}

static TCase *case_ends(void)
{
    TCase *tc = tcase_create("ends");

    tcase_set_timeout(tc, TYPING_TIMEOUT_S);
    tcase_add_checked_fixture(tc, set_up_slow, state_tear_down);
    tcase_add_loop_test(tc, told_to_end, 0, (int)COUNT(ending_rows));
    tcase_add_loop_test(tc, hang_up, 0, (int)COUNT(ending_rows));
    tcase_add_loop_test(tc, idle, 0, (int)COUNT(idle_rows));
    return tc;
}

Suite *suite_terminal(void)
{
    Suite *s = suite_create("terminal");
    TCase *tc = tcase_create("terminal");

    tcase_set_timeout(tc, TYPING_TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_loop_test(tc, banner_and_prompt, 0, (int)COUNT(terms));
    tcase_add_test(tc, delete_dialogue);
    tcase_add_loop_test(tc, status_of_the_last, 0, (int)COUNT(end_rows));
    tcase_add_test(tc, json);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, case_ends());
    return s;
}
