/* Several shells at once on one store. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/lab.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S 60
#define SHELLS    4
#define EACH      25 /* origins that each of them adds, one command each */
#define ORIGIN    "utils cuic cors allowed_origin "

static struct proc start_shell(void)
{
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, "-n", "cuicsub", NULL};

    return proc_start(argv, NULL);
}

static void say(struct proc *p, const char *line)
{
    ck_assert_int_eq(write(p->in, line, strlen(line)), (ssize_t)strlen(line));
}

/** Read lines until one begins with `text`. */
static void expect_line(struct proc *p, const char *text)
{
    for (;;) {
        char *line = proc_read_line(p);
        ck_assert_msg(line != NULL, "the shell ended before '%s'", text);
        bool is_found = strncmp(line, text, strlen(text)) == 0;
        free(line);
        if (is_found)
            return;
    }
}

static char *list(void)
{
    struct proc_result r = lab_cli(&lab, NULL, "-n", "cuicsub", ORIGIN "list", NULL);
    char *out = strdup(r.out);

    ck_assert_msg(r.status == 0 && out != NULL, "%d: %s", r.status, r.err);
    proc_result_clear(&r);
    return out;
}

/** All of them at once, and the next one when all are done: a shell waits for three others then.
 * Who has a whole script ahead is faster to lock the store again than the others are to look; on a
 * slow disk they would give up in the end. */
static void add_in_each(struct proc *shell, unsigned n)
{
    char line[128];

    for (unsigned i = 0; i < SHELLS; i++) {
        (void)snprintf(line, sizeof line, ORIGIN "add https://n%u.shell%u.example\n", n, i);
        say(&shell[i], line);
    }
    for (unsigned i = 0; i < SHELLS; i++)
        expect_line(&shell[i], "Origin(s) successfully added.");
}

/** They wait for each other; none gives up, and nothing that was acknowledged is missing. */
START_TEST(all_add_at_once)
{
    struct proc shell[SHELLS];
    unsigned each = test_scaled(EACH);
    char line[128];

    for (unsigned i = 0; i < SHELLS; i++)
        shell[i] = start_shell();
    for (unsigned n = 0; n < each; n++)
        add_in_each(shell, n);
    for (unsigned i = 0; i < SHELLS; i++) {
        int status = proc_wait(&shell[i]);
        ck_assert_msg(status == 0, "shell %u ended with %d", i, status);
    }
    char *all = list();
    for (unsigned n = 0; n < each; n++)
        for (unsigned i = 0; i < SHELLS; i++) {
            (void)snprintf(line, sizeof line, ". https://n%u.shell%u.example\n", n, i);
            ck_assert_msg(strstr(all, line) != NULL, "missing: %s in %s", line, all);
        }
    (void)snprintf(line, sizeof line, "\n%u. ", 3 + SHELLS * each);
    ck_assert_msg(strstr(all, line) != NULL, "expected %u origins: %s", 3 + SHELLS * each, all);
    free(all);
}
END_TEST

START_TEST(edits_of_another_are_seen)
{
    struct proc p = start_shell();

    say(&p, ORIGIN "list\n");
    expect_line(&p, "3. https://finesses.uccelab.tac:8445");
    lab_must(&lab, "-n cuicsub " ORIGIN "add https://a.example");
    say(&p, ORIGIN "list\n");
    expect_line(&p, "4. https://a.example");
    lab_must(&lab, "lab reset factory");
    say(&p, "utils cuic cors status\n");
    expect_line(&p, "CUIC CORS is disabled.");
    ck_assert_int_eq(proc_wait(&p), 0);
}
END_TEST

/** What is deleted is what was shown: an index means the list on the screen. */
START_TEST(deletes_what_was_shown)
{
    struct proc p = start_shell();

    say(&p, ORIGIN "delete\n");
    expect_line(&p, "Select the index");
    lab_must(&lab, "-n cuicsub " ORIGIN "delete 1");
    say(&p, "2\n");
    expect_line(&p, "Origin(s) deleted successfully.");
    ck_assert_int_eq(proc_wait(&p), 0);
    char *all = list();
    ck_assert_msg(strstr(all, "\n1. https://finesses.uccelab.tac:8445\n") != NULL &&
                      strstr(all, "\n2. ") == NULL,
                  "%s", all);
    free(all);
}
END_TEST

START_TEST(deleted_meanwhile)
{
    struct proc p = start_shell();

    say(&p, ORIGIN "delete\n");
    expect_line(&p, "Select the index");
    lab_must(&lab, "-n cuicsub " ORIGIN "delete 2");
    say(&p, "2\n");
    expect_line(&p, "Operation failed, another shell has deleted it meanwhile.");
    expect_line(&p, "Executed command unsuccessfully");
    ck_assert_int_eq(proc_wait(&p), 1);
}
END_TEST

/** A shell that is killed in the middle of its script loses nothing that it had acknowledged. */
START_TEST(killed)
{
    struct proc p = start_shell();
    char line[128];
    unsigned n = test_scaled(EACH);

    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(line, sizeof line, ORIGIN "add https://n%u.example\n", i);
        say(&p, line);
        expect_line(&p, "Origin(s) successfully added.");
    }
    ck_assert_int_eq(kill(p.pid, SIGKILL), 0);
    ck_assert_int_eq(proc_wait(&p), 128 + SIGKILL);
    char *all = list();
    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(line, sizeof line, "%u. https://n%u.example\n", 4 + i, i);
        ck_assert_msg(strstr(all, line) != NULL, "missing: %s in %s", line, all);
    }
    free(all);
}
END_TEST

Suite *suite_together(void)
{
    Suite *s = suite_create("together");
    TCase *tc = tcase_create("together");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_test(tc, all_add_at_once);
    tcase_add_test(tc, edits_of_another_are_seen);
    tcase_add_test(tc, deletes_what_was_shown);
    tcase_add_test(tc, deleted_meanwhile);
    tcase_add_test(tc, killed);
    suite_add_tcase(s, tc);
    return s;
}
