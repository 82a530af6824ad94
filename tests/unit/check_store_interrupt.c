/* The way from version 1 to 2, cut off and with others about: everything is carried over, or
 * nothing is changed. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_store.h"
#include "fault_vfs.h"
#include "old_store.h"
#include "scratch.h"
#include "stores.h"
#include "support.h"

/* --- interrupted --- */

/** Version 1 with all that was in it, or version 2; and the next one finds or makes the latter. */
static void expect_intact(const char *before, int n)
{
    char when[32];

    (void)snprintf(when, sizeof when, "write %d", n);
    if (old_store_version() == 1)
        stores_expect_rows(NULL, old_store_all, before);
    else
        ck_assert_msg(old_store_version() == 2, "%s: version %d", when, old_store_version());
    old_store_expect_carried(when);
}

/** Let the n-th write fail, for every n until none fails. */
START_TEST(full_disk)
{
    const char *journal = old_store_journals[_i];
    int n_old = 0;
    bool has_failed = true;

    for (int n = 0; has_failed; n++) {
        struct store *s = NULL;
        struct diag said = {0, ""};
        old_store_make(journal);
        char *before = stores_rows(NULL, old_store_all);
        fault_vfs_fail_after(n);
        enum err e = store_open(&stores_config, 100, &s, &said);
        has_failed = fault_vfs_has_failed();
        fault_vfs_fail_after(-1);
        store_close(s);
        ck_assert_msg(e == ERR_OK || (e == ERR_FULL && strstr(said.text, stores_path()) != NULL),
                      "write %d: %s: %s", n, err_text(e), said.text);
        n_old += old_store_version() == 1;
        expect_intact(before, n);
        free(before);
        old_store_remove();
    }
    ck_assert_msg(n_old > 3, "%d writes only", n_old);
}
END_TEST

/** Open the store in a process that is killed at its n-th write; whether it came to the end. */
static bool open_and_be_killed(int n)
{
    pid_t pid = fork();
    int status = 0;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct store *s = NULL;
        fault_vfs_kill_after(n);
        if (store_open(&stores_config, 100, &s, NULL) == ERR_OK)
            (void)scratch_write("opened", "");
        (void)raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return unlink(scratch_path("opened")) == 0;
}

START_TEST(killed)
{
    const char *journal = old_store_journals[_i];
    int n_old = 0;
    bool is_opened = false;

    for (int n = 0; !is_opened; n++) {
        old_store_make(journal);
        char *before = stores_rows(NULL, old_store_all);
        is_opened = open_and_be_killed(n);
        n_old += old_store_version() == 1;
        expect_intact(before, n);
        free(before);
        old_store_remove();
    }
    ck_assert_msg(n_old > 3, "%d writes only", n_old);
}
END_TEST

/* --- with others about --- */

/** Where an opener leaves its word. */
static const char *word_path(int which)
{
    char name[32];

    (void)snprintf(name, sizeof name, "word-%d", which);
    return scratch_path(name);
}

/** Open the store as soon as the pipe is closed, and leave word how it went. */
static void open_when_told(const int gate[2], int which)
{
    char byte;
    struct store *s = NULL;
    struct diag said = {0, ""};

    (void)close(gate[1]);
    (void)!read(gate[0], &byte, 1);
    enum err e = store_open(&stores_config, 10000, &s, &said);
    if (e == ERR_OK)
        e = store_check(s, &said);
    store_close(s);
    const char *word = e == ERR_OK ? "good" : said.text;
    scratch_write_bytes(word_path(which), word, strlen(word));
    (void)raise(SIGKILL);
}

#define OPENERS 2

static void open_together(void)
{
    pid_t pid[OPENERS];
    int gate[2];

    ck_assert_int_eq(pipe(gate), 0);
    for (int i = 0; i < OPENERS; i++) {
        pid[i] = fork();
        ck_assert_int_ge(pid[i], 0);
        if (pid[i] == 0)
            open_when_told(gate, i);
    }
    (void)close(gate[0]);
    (void)close(gate[1]);
    for (int i = 0; i < OPENERS; i++) {
        size_t n = 0;
        ck_assert_int_eq(waitpid(pid[i], NULL, 0), pid[i]);
        char *said = scratch_read(word_path(i), &n);
        ck_assert_str_eq(said, "good");
        free(said);
        ck_assert_int_eq(unlink(word_path(i)), 0);
    }
}

/** Two programs find the same old store: one migrates it, the other one waits. */
START_TEST(two_at_once)
{
    for (int round = 0; round < 20; round++) {
        old_store_make("WAL");
        open_together();
        old_store_expect_carried("two at once");
        old_store_remove();
    }
}
END_TEST

/** Somebody writes: the store waits for its time, fails and is still old. */
START_TEST(busy)
{
    sqlite3 *other = NULL;
    struct store *s = NULL;

    old_store_make("WAL");
    char *before = stores_rows(NULL, old_store_all);
    ck_assert_int_eq(sqlite3_open(stores_path(), &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    EXPECT_ERR(store_open(&stores_config, 50, &s, &why), ERR_BUSY, "another program keeps it");
    ck_assert_ptr_null(s);
    stores_expect_rows(NULL, old_store_all, before);
    ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(other);
    old_store_expect_carried("no longer busy");
    free(before);
}
END_TEST

/** Somebody of the old version still reads: that holds up nobody. */
START_TEST(while_another_reads)
{
    sqlite3 *other = NULL;
    const char *const sql = "BEGIN; SELECT count(*) FROM allowed_origin";

    old_store_make("WAL");
    ck_assert_int_eq(sqlite3_open(stores_path(), &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
    old_store_expect_carried("while another reads");
    ck_assert_int_eq(
        sqlite3_exec(other, "SELECT origin FROM allowed_origin; COMMIT", NULL, NULL, NULL),
        SQLITE_OK);
    (void)sqlite3_close(other);
}
END_TEST

TCase *tcase_store_interrupt(void)
{
    TCase *tc = tcase_create("interrupt");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 60);
    add_rows(tc, full_disk, OLD_STORE_JOURNALS);
    add_rows(tc, killed, OLD_STORE_JOURNALS);
    tcase_add_test(tc, two_at_once);
    tcase_add_test(tc, busy);
    tcase_add_test(tc, while_another_reads);
    return tc;
}
