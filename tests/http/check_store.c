/* The store is harmed while the server runs: the last settings that could be read go on deciding,
 * and what is edited after the store was mended is seen. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"

#define STATE        "state"
#define DB           "state/cuicsim.db"
#define SAID_FAILING "requests are decided by the last settings that could be read"
#define SAID_WELL    "the store can be read again"

static struct lab lab;
static sqlite3 *locker;

/* As nobody where the test runs as root, so that permissions count; hence its own certificates. */
static const struct proc_options as_nobody = {.unprivileged = true};

static void start(void)
{
    lab_init(&lab, "cert_dir = \"certs\"\nlog_level = info\n");
    copy_certs(&lab);
    if (can_be_unprivileged())
        lab.options = &as_nobody;
    lab_must(&lab, "lab reset article");
    lab_start_server(&lab);
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- harm, and mending it ---- */

static void move(const char *from, const char *to)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, from));
    ck_assert_int_eq(rename(path, lab_path(&lab, to)), 0);
}

static void drop_files(void)
{
    (void)unlink(lab_path(&lab, DB));
    (void)unlink(lab_path(&lab, DB "-wal"));
    (void)unlink(lab_path(&lab, DB "-shm"));
}

/** Put another file in its place: a new inode. */
static void replace_by(const char *text, size_t n)
{
    test_write_file(lab_path(&lab, "other"), text, n);
    drop_files();
    move("other", DB);
}

static sqlite3 *open_db(const char *name)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(sqlite3_open(lab_path(&lab, name), &db), SQLITE_OK);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(lab_path(&lab, name), 65534, 65534), 0);
    return db;
}

static void run_sql(sqlite3 *db, const char *sql)
{
    char *why = NULL;

    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK, "%s: %s", sql, why);
}

static void replace_by_database(const char *sql)
{
    sqlite3 *db = open_db("other");

    run_sql(db, sql);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    drop_files();
    move("other", DB);
}

static void overwrite(const char *text, size_t n)
{
    FILE *f = fopen(lab_path(&lab, DB), "r+b");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static void remove_folder(void)
{
    move(STATE, "gone");
}

static void put_garbage(void)
{
    char text[50000];

    memset(text, 'g', sizeof text);
    replace_by(text, sizeof text);
}

static void put_nothing(void)
{
    replace_by("", 0);
}

static void put_folder(void)
{
    drop_files();
    ck_assert_int_eq(mkdir(lab_path(&lab, DB), 0755), 0);
}

static void put_newer_version(void)
{
    replace_by_database("CREATE TABLE lab (id); PRAGMA user_version = 99");
}

static void put_other_program(void)
{
    replace_by_database("CREATE TABLE music (title)");
}

/** A store that knows other nodes than the configuration has. */
static void put_empty_schema(void)
{
    replace_by_database("PRAGMA user_version = 1");
}

static void overwrite_all(void)
{
    char text[50000];

    memset(text, 'o', sizeof text);
    overwrite(text, sizeof text);
}

static void overwrite_header(void)
{
    overwrite("not a database", 14);
}

static void cut_short(void)
{
    ck_assert_int_eq(truncate(lab_path(&lab, DB), 0), 0);
}

static void lock(void)
{
    locker = open_db(DB);
    run_sql(locker, "BEGIN EXCLUSIVE; UPDATE lab SET revision = revision + 1");
}

static void make_read_only(void)
{
    ck_assert_int_eq(chmod(lab_path(&lab, DB), 0444), 0);
    ck_assert_int_eq(chmod(lab_path(&lab, STATE), 0555), 0);
}

static void mend_by_removing(void)
{
    drop_files();
    (void)rmdir(lab_path(&lab, DB));
    lab_must(&lab, "lab reset article");
}

static void mend_by_reset(void)
{
    lab_must(&lab, "lab reset article");
}

static void unlock(void)
{
    run_sql(locker, "ROLLBACK");
    ck_assert_int_eq(sqlite3_close(locker), SQLITE_OK);
}

/** SQLite gives the files beside the store the store's own mode. */
static void make_writable(void)
{
    ck_assert_int_eq(chmod(lab_path(&lab, STATE), 0755), 0);
    ck_assert_int_eq(chmod(lab_path(&lab, DB), 0644), 0);
    ck_assert_int_eq(chmod(lab_path(&lab, DB "-wal"), 0644), 0);
    ck_assert_int_eq(chmod(lab_path(&lab, DB "-shm"), 0644), 0);
}

static const struct row {
    const char *name;
    void (*harm)(void);
    void (*mend)(void);
    bool is_noticed; /* the log says so, once; else connections that are open may not see it */
} rows[] = {
    {"removed", drop_files, mend_by_reset, true},
    {"folder removed", remove_folder, mend_by_reset, true},
    {"replaced by garbage", put_garbage, mend_by_removing, true},
    {"replaced by an empty file", put_nothing, mend_by_reset, true},
    {"replaced by a folder", put_folder, mend_by_removing, true},
    {"replaced by a newer version's", put_newer_version, mend_by_removing, true},
    {"replaced by another program's", put_other_program, mend_by_removing, true},
    {"replaced by one without tables", put_empty_schema, mend_by_removing, true},
    {"overwritten", overwrite_all, mend_by_removing, false},
    {"header overwritten", overwrite_header, mend_by_removing, false},
    {"cut short", cut_short, mend_by_removing, false},
    {"locked", lock, unlock, false},
    {"read-only", make_read_only, make_writable, false},
};

/* ---- what is answered meanwhile ---- */

static void check_article(struct wire *w)
{
    ck_assert_uint_eq(preflight(w, PUB, PUB_ONLY), 200);
    ck_assert_uint_eq(preflight(w, SUB, PUB_ONLY), 403);
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
}

/** On an open connection, and on several new ones so that every thread of the server is asked. */
static void check_article_all(struct wire *open_one)
{
    for (unsigned i = 0; i < 8; i++) {
        struct wire *w = wire_open(lab.port[0], PUB);
        check_article(w);
        check_article(open_one);
        wire_close(w);
    }
}

static size_t times_logged(const char *text)
{
    char *log = proc_stderr(&lab.server);
    size_t n = 0;

    for (const char *p = strstr(log, text); p != NULL; p = strstr(p + 1, text))
        n++;
    free(log);
    return n;
}

static bool sub_is_mended(void *arg)
{
    (void)arg;
    return preflight_once(&lab, SUB, PUB_ONLY) == 200;
}

/** A thread of the server that failed says so, once it is asked again. */
static bool has_said_well(void *arg)
{
    (void)arg;
    (void)preflight_once(&lab, SUB, LISTED);
    return times_logged(SAID_WELL) > 0;
}

START_TEST(harmed)
{
    const struct row *row = &rows[_i];
    struct wire *w = wire_open(lab.port[0], PUB);

    check_article(w);
    row->harm();
    check_article_all(w);
    size_t said = times_logged(SAID_FAILING);
    ck_assert_msg(said == 1 || (said == 0 && !row->is_noticed), "%s: said %zu times", row->name,
                  said);
    row->mend();
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin add " PUB_ONLY);
    test_until(sub_is_mended, NULL, row->name);
    if (row->is_noticed)
        test_until(has_said_well, NULL, SAID_WELL);
    wire_close(w);
}
END_TEST

/** A whole other store takes its place: what that one says, decides. */
START_TEST(replaced_by_a_good_one)
{
    struct lab other;
    char path[256];
    struct wire *w = wire_open(lab.port[0], PUB);

    lab_init(&other, NULL);
    lab_must(&other, "-n cuicsub utils cuic cors enable");
    lab_must(&other, "-n cuicsub utils cuic cors allowed_origin add " PUB_ONLY);
    check_article(w);
    (void)snprintf(path, sizeof path, "%s", lab_path(&other, DB));
    copy_file(path, lab_path(&lab, "other"));
    /* There is a store at any moment: the server's clock may look at any moment, too. */
    (void)unlink(lab_path(&lab, DB "-wal"));
    (void)unlink(lab_path(&lab, DB "-shm"));
    move("other", DB);
    ck_assert_uint_eq(preflight(w, SUB, PUB_ONLY), 200);
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 403);
    ck_assert_uint_eq(preflight(w, PUB, PUB_ONLY), 403);
    ck_assert_uint_eq(times_logged(SAID_FAILING), 0);
    wire_close(w);
    lab_clear(&other);
}
END_TEST

/** The old file comes back after another one was in its place. */
START_TEST(put_back)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    check_article(w);
    move(STATE, "kept");
    lab_must(&lab, "lab reset factory");
    ck_assert_uint_eq(preflight(w, PUB, PUB_ONLY), 403);
    move(STATE, "other");
    move("kept", STATE);
    check_article(w);
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin add " PUB_ONLY);
    ck_assert_uint_eq(preflight(w, SUB, PUB_ONLY), 200);
    wire_close(w);
}
END_TEST

Suite *suite_store(void)
{
    Suite *s = suite_create("store");
    TCase *tc = new_case(s, "while running");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, harmed, 0, (int)COUNT(rows));
    tcase_add_test(tc, replaced_by_a_good_one);
    tcase_add_test(tc, put_back);
    suite_store_at_start(s);
    return s;
}
