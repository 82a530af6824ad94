/* SIGKILL for the shell or the server at random moments: the store stays whole, what was
 * acknowledged stays in it, and the server starts again. */
#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "shell.h"
#include "suites.h"

#define ROUNDS     50
#define ADDS       20 /* of one round */
#define LINES      5  /* of the output of one */
#define LATE_PAUSE 4  /* milliseconds, at most, between a line read and the kill */
#define REQUESTS   30 /* that the server has before it when it is killed */

static struct lab lab;
static unsigned seed;

static void start(void)
{
    start_article(&lab, NULL);
    seed = 20250208; /* the moments are random; the choice of them is not */
}

static void stop(void)
{
    lab_clear(&lab);
}

static unsigned below(unsigned n)
{
    return (unsigned)rand_r(&seed) % n;
}

static void print_origin(char to[64], unsigned round, unsigned i)
{
    (void)snprintf(to, 64, "https://r%u-%u.example", round, i);
}

static bool begin_adding(struct proc *shell, unsigned round)
{
    char origin[64];
    char command[128];

    for (unsigned i = 0; i < ADDS; i++) {
        print_origin(origin, round, i);
        (void)snprintf(command, sizeof command, ADD_COMMAND "%s", origin);
        if (!shell_say(shell, command))
            return false;
    }
    return true;
}

/** Read at most `lines` lines of output. @return how many edits they acknowledge */
static unsigned read_acknowledged(struct proc *shell, unsigned lines)
{
    unsigned n = 0;
    char *line;

    for (unsigned i = 0; i < lines && (line = proc_read_line(shell)) != NULL; i++) {
        n += strstr(line, SHELL_ADDED) != NULL ? 1 : 0;
        free(line);
    }
    return n;
}

static struct wire *keep_server_busy(void)
{
    struct wire *w = wire_open(lab.port[0], SUB);

    for (unsigned i = 0; i < REQUESTS; i++)
        wire_say(w, "%s", PREFLIGHT(SUB, LISTED));
    return w;
}

/** Edits while the server is busy; one of the two is killed on the way.
 * @return how many edits were acknowledged, the first ones of the round */
static unsigned edit_and_kill(unsigned round, bool is_server)
{
    struct proc shell = shell_open(&lab);
    bool is_told = begin_adding(&shell, round);
    unsigned n = read_acknowledged(&shell, below(ADDS * LINES));
    struct wire *w = keep_server_busy();

    ck_assert(is_told);
    test_pause_ms(below(LATE_PAUSE + 1));
    if (is_server) {
        ck_assert_int_eq(lab_stop_server(&lab, SIGKILL), 128 + SIGKILL);
        (void)close(shell.in);
        shell.in = -1;
    } else {
        (void)kill(shell.pid, SIGKILL);
    }
    n += read_acknowledged(&shell, UINT_MAX);
    int status = proc_wait(&shell);
    ck_assert_int_eq(status, is_server ? 0 : 128 + SIGKILL);
    ck_assert_msg(!is_server || n == ADDS, "%u of %d acknowledged", n, ADDS);
    wire_close(w);
    return n;
}

static void check_integrity(void)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;

    ck_assert_int_eq(sqlite3_open(lab_path(&lab, "state/cuicsim.db"), &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, PROC_DEADLINE_MS);
    ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(q, 0), "ok");
    (void)sqlite3_finalize(q);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static char *list(void)
{
    struct proc_result r = lab_cli(&lab, NULL, "-n", "cuicsub", "utils", "cuic", "cors",
                                   "allowed_origin", "list", NULL);

    ck_assert_msg(r.status == 0, "%d: %s", r.status, r.err);
    free(r.err);
    return r.out;
}

static void check_listed(const char *all, unsigned round, unsigned n)
{
    char origin[64];

    for (unsigned i = 0; i < n; i++) {
        print_origin(origin, round, i);
        size_t bytes = strlen(origin);
        const char *at = strstr(all, origin);
        while (at != NULL && at[bytes] != '\n')
            at = strstr(at + 1, origin);
        if (at == NULL)
            ck_abort_msg("acknowledged, but not in the list: %s", origin);
    }
}

static void check_served(unsigned round, unsigned n)
{
    char origin[64];

    if (n == 0)
        return;
    print_origin(origin, round, n - 1);
    ck_assert_uint_eq(preflight_once(&lab, SUB, origin), 200);
}

START_TEST(killed)
{
    unsigned rounds = test_scaled(ROUNDS);
    unsigned acknowledged[ROUNDS] = {0};
    unsigned total = 0;

    for (unsigned round = 0; round < rounds; round++) {
        bool is_server = round % 2 == 1;
        acknowledged[round] = edit_and_kill(round, is_server);
        total += acknowledged[round];
        check_integrity();
        if (is_server)
            lab_start_server(&lab);
        check_served(round, acknowledged[round]);
    }
    char *all = list();
    for (unsigned round = 0; round < rounds; round++)
        check_listed(all, round, acknowledged[round]);
    free(all);
    (void)printf("kills: %u rounds, %u edits acknowledged, none lost\n", rounds, total);
    (void)fflush(stdout);
}
END_TEST

/** Both at once, again and again, and the store is opened by whoever comes first afterwards. */
START_TEST(both_killed)
{
    unsigned rounds = test_scaled(ROUNDS / 2);

    for (unsigned round = 0; round < rounds; round++) {
        struct proc shell = shell_open(&lab);
        ck_assert(begin_adding(&shell, round));
        unsigned n = read_acknowledged(&shell, below(ADDS * LINES));
        (void)kill(shell.pid, SIGKILL);
        ck_assert_int_eq(lab_stop_server(&lab, SIGKILL), 128 + SIGKILL);
        n += read_acknowledged(&shell, UINT_MAX);
        ck_assert_int_eq(proc_wait(&shell), 128 + SIGKILL);
        lab_start_server(&lab);
        check_integrity();
        check_served(round, n);
        char *all = list();
        check_listed(all, round, n);
        free(all);
    }
}
END_TEST

Suite *suite_kills(void)
{
    Suite *s = suite_create("kills");
    TCase *tc = new_case(s, "at random moments");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, killed);
    tcase_add_test(tc, both_killed);
    return s;
}
