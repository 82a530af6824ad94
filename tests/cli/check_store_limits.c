/* The shell against a store that is locked, a disk that is full, and a list of 10,000 origins. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/lab.h"
#include "base/buf.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S   60
#define BUSY_MS     15000 /* how long the shell waits for a lock */
#define ORIGIN      "utils cuic cors allowed_origin "
#define SCRIPT_MAX  (4U << 20)
#define MANY_LINES  10
#define IN_ONE_LINE 1000

static char db_path[128];

static void set_up(void)
{
    state_set_up();
    (void)snprintf(db_path, sizeof db_path, "%s", lab_path(&lab, "state/cuicsim.db"));
}

static void tear_down(void)
{
    lab_clear(&lab);
}

static sqlite3 *open_other(void)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(sqlite3_open(db_path, &db), SQLITE_OK);
    return db;
}

static void exec(sqlite3 *db, const char *sql)
{
    char *error = NULL;
    int rc = sqlite3_exec(db, sql, NULL, NULL, &error);

    ck_assert_msg(rc == SQLITE_OK, "%s: %s", sql, error == NULL ? "?" : error);
}

static char *list(void)
{
    struct proc_result r = lab_cli(&lab, NULL, "-n", "cuicsub", ORIGIN "list", NULL);

    ck_assert_msg(r.status == 0, "%d: %s", r.status, r.err);
    free(r.err);
    return r.out;
}

/** Readers are not held up by a writer, which lasts longer than they: one that waited for it would
 *  be refused, too. A second writer gives up after its time and says so. */
START_TEST(locked_for_long)
{
    sqlite3 *db = open_other();

    exec(db, "BEGIN IMMEDIATE; UPDATE lab SET revision = revision + 1");
    free(list());
    long long start = test_now_ms();
    struct proc_result r = lab_cli(&lab, NULL, ORIGIN "add https://a.example", NULL);
    long long took = test_now_ms() - start;
    ck_assert_msg(r.status == 3 && r.out[0] == '\0', "%d: %s", r.status, r.out);
    ck_assert_msg(strstr(r.err, db_path) != NULL && strstr(r.err, "is locked; another program"),
                  "on stderr: %s", r.err);
    ck_assert_msg(took >= BUSY_MS - 1000, "gave up after %lld ms already", took);
    proc_result_clear(&r);
    exec(db, "ROLLBACK");
    (void)sqlite3_close(db);
    lab_must(&lab, ORIGIN "add https://a.example");
}
END_TEST

START_TEST(locked_for_a_moment)
{
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, ORIGIN "add https://a.example", NULL};
    sqlite3 *db = open_other();

    exec(db, "BEGIN IMMEDIATE");
    struct proc p = proc_start(argv, NULL);
    test_pause_ms(700);
    exec(db, "COMMIT");
    (void)sqlite3_close(db);
    ck_assert_int_eq(proc_wait(&p), 0);
}
END_TEST

/** How often `piece` occurs. */
static size_t count(const char *text, const char *piece)
{
    size_t n = 0;

    for (const char *p = text; (p = strstr(p, piece)) != NULL; p++)
        n++;
    return n;
}

/** A script of `n` commands that add one origin each. */
static char *script_of_adds(size_t n)
{
    struct buf script;

    buf_init(&script, SCRIPT_MAX);
    for (size_t i = 0; i < n; i++)
        (void)buf_printf(&script, ORIGIN "add https://n%zu.example\n", i);
    return buf_take(&script);
}

static void expect_sound(const char *name)
{
    sqlite3 *db = open_other();
    sqlite3_stmt *q = NULL;

    ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(q, 0);
    ck_assert_msg(text != NULL && strcmp(text, "ok") == 0, "%s: %s", name, text);
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
}

/* No file may grow over this: as on a full disk, every write behind it fails. What the shell says
 * goes into a file as well, so the smaller limits have room for few messages. */
static const struct full_row {
    const char *name;
    size_t file_size_max;
    size_t adds;
} full_rows[] = {
    {"half-a-page", 2000, 8},      {"one-page", 4096, 20},         {"before-the-shm", 32767, 20},
    {"at-the-shm", 32768, 100},    {"behind-the-shm", 40000, 100}, {"some-commits", 65536, 100},
    {"more-commits", 150000, 100}, {"many-commits", 400000, 100},
};

/** What was acknowledged is there, what was refused is not, and the file is sound. */
START_TEST(disk_full)
{
    const struct full_row *row = &full_rows[_i];
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, "-n", "cuicsub", NULL};
    struct proc_options options = {.file_size_max = row->file_size_max};
    char *script = script_of_adds(row->adds);
    struct proc_result r = proc_run(argv, script, &options);
    size_t added = count(r.out, "successfully added");

    ck_assert_msg(r.status == 3 && added < row->adds, "%s: ended with %d, %zu added", row->name,
                  r.status, added);
    ck_assert_msg(strstr(r.err, db_path) != NULL && strstr(r.err, "nothing was changed") != NULL,
                  "%s: on stderr: %.300s", row->name, r.err);
    ck_assert_msg(count(r.err, "\n") == row->adds - added, "%s: %zu added, %zu messages", row->name,
                  added, count(r.err, "\n"));
    expect_sound(row->name);
    char *all = list();
    ck_assert_msg(count(all, "https://n") == added, "%s: acknowledged %zu, listed: %s", row->name,
                  added, all);
    lab_must(&lab, ORIGIN "add https://again.example");
    free(all);
    free(script);
    proc_result_clear(&r);
}
END_TEST

/** A store that could not be made in full is no store: the next shell makes it. */
START_TEST(disk_full_at_first)
{
    const struct full_row *row = &full_rows[_i];
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, ORIGIN "list", NULL};
    struct proc_options options = {.file_size_max = row->file_size_max};
    struct lab fresh;

    lab_init(&fresh, NULL);
    argv[2] = fresh.config;
    struct proc_result r = proc_run(argv, NULL, &options);
    ck_assert_msg(r.status == 0 || (r.status == 3 && strstr(r.err, "cuicsim.db") != NULL),
                  "%s: ended with %d: %s", row->name, r.status, r.err);
    proc_result_clear(&r);
    lab_must(&fresh, ORIGIN "add https://a.example");
    lab_clear(&fresh);
}
END_TEST

/** Lines of IN_ONE_LINE origins each. */
static char *script_of_many(size_t n)
{
    struct buf script;

    buf_init(&script, SCRIPT_MAX);
    for (size_t i = 1; i <= n; i++)
        (void)buf_printf(&script, "%shttps://desk%05zu.example:8445%s",
                         i % IN_ONE_LINE == 1 ? ORIGIN "add " : ",", i,
                         i % IN_ONE_LINE == 0 ? "\n" : "");
    return buf_take(&script);
}

/** Every line of the list is "N. https://deskN.example:8445", from 1 to n. */
static void expect_list(const char *text, size_t n)
{
    char want[96];
    size_t used = 0;

    ck_assert_msg(count(text, "\n") == n + 2, "expected %zu lines, got %zu", n + 2,
                  count(text, "\n"));
    text = strchr(strchr(text, '\n') + 1, '\n') + 1;
    for (size_t i = 1; i <= n; i++, text += used) {
        used = (size_t)snprintf(want, sizeof want, "%zu. https://desk%05zu.example:8445\n", i, i);
        ck_assert_msg(strncmp(text, want, used) == 0, "expected '%s', got '%.60s'", want, text);
    }
}

/** Delete the last origin by its index, and then again, when it is one too large. */
static void delete_last(size_t n)
{
    char script[128];
    char want[128];

    (void)snprintf(script, sizeof script, ORIGIN "delete\n%zu\n" ORIGIN "delete %zu\n", n, n);
    struct proc_result r = lab_cli(&lab, script, "-n", "cuicsub", NULL);
    (void)snprintf(want, sizeof want, "[1-%zu or a,q]", n);
    ck_assert_msg(strstr(r.out, want) != NULL, "no such prompt: %s", want);
    (void)snprintf(want, sizeof want, "'%zu' is neither an index from 1 to %zu", n, n - 1);
    ck_assert_msg(r.status == 1 && strstr(r.out, want) != NULL, "%d: not said: %s", r.status, want);
    proc_result_clear(&r);
}

START_TEST(ten_thousand)
{
    size_t lines = test_scaled(MANY_LINES);
    size_t n = lines * IN_ONE_LINE;
    char *script = script_of_many(n);

    ck_assert_ptr_nonnull(script);
    lab_must(&lab, "lab reset factory");
    struct proc_result r = lab_cli(&lab, script, "-n", "cuicsub", NULL);
    ck_assert_msg(r.status == 0, "%d: %s", r.status, r.err);
    ck_assert_uint_eq(count(r.out, "successfully added"), lines);
    proc_result_clear(&r);
    char *all = list();
    expect_list(all, n);
    free(all);
    delete_last(n);
    all = list();
    expect_list(all, n - 1);
    free(all);
    r = lab_cli(&lab, NULL, "-n", "cuicsub", "--json", ORIGIN "list", NULL);
    ck_assert_msg(r.status == 0 && count(r.out, "https://desk") == 2 * (n - 1), "%zu",
                  count(r.out, "https://desk"));
    proc_result_clear(&r);
    lab_must(&lab, "-n cuicsub " ORIGIN "delete a");
    free(script);
}
END_TEST

Suite *suite_store_limits(void)
{
    Suite *s = suite_create("store-limits");
    TCase *tc = tcase_create("limits");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, locked_for_long);
    tcase_add_test(tc, locked_for_a_moment);
    tcase_add_loop_test(tc, disk_full, 0, (int)COUNT(full_rows));
    tcase_add_loop_test(tc, disk_full_at_first, 0, (int)COUNT(full_rows));
    tcase_add_test(tc, ten_thousand);
    suite_add_tcase(s, tc);
    return s;
}
