/* The store as the server finds it at its start. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"

#define STATE "state"
#define DB    "state/cuicsim.db"

static struct lab lab;
static const struct proc_options as_nobody = {.unprivileged = true};

static void start(void)
{
    lab_init(&lab, "cert_dir = \"certs\"\n");
    copy_certs(&lab);
}

static void stop(void)
{
    lab_clear(&lab);
}

static sqlite3 *open_db(void)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(sqlite3_open(lab_path(&lab, DB), &db), SQLITE_OK);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(lab_path(&lab, DB), 65534, 65534), 0);
    return db;
}

static void run_sql(sqlite3 *db, const char *sql)
{
    char *why = NULL;

    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK, "%s: %s", sql, why);
}

/* ---- stores that cannot be used ---- */

static void make_state_folder(void)
{
    ck_assert_int_eq(mkdir(lab_path(&lab, STATE), 0755), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(lab_path(&lab, STATE), 65534, 65534), 0);
}

static void run_sql_once(const char *sql)
{
    sqlite3 *db = open_db();

    run_sql(db, sql);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static void newer_version(void)
{
    lab_must(&lab, "lab reset article");
    run_sql_once("PRAGMA user_version = 99");
}

static void other_program(void)
{
    make_state_folder();
    run_sql_once("CREATE TABLE music (title)");
}

static void garbage(void)
{
    static const char text[] = "This is no database, but somebody's notes.\n";

    make_state_folder();
    test_write_file(lab_path(&lab, DB), text, sizeof text - 1);
}

static void damaged(void)
{
    lab_must(&lab, "lab reset article");
    FILE *f = fopen(lab_path(&lab, DB), "r+b");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, 100, SEEK_SET), 0); /* behind the header: the page of the schema */
    for (unsigned i = 0; i < 3000; i++)
        ck_assert_int_eq(fputc('x', f), 'x');
    ck_assert_int_eq(fclose(f), 0);
}

static void cut_short(void)
{
    lab_must(&lab, "lab reset article");
    ck_assert_int_eq(truncate(lab_path(&lab, DB), 5000), 0);
}

static void folder_as_store(void)
{
    make_state_folder();
    ck_assert_int_eq(mkdir(lab_path(&lab, DB), 0755), 0);
}

static void file_as_folder(void)
{
    test_write_file(lab_path(&lab, STATE), "", 0);
}

static void no_parent(void)
{
    lab_write_config(&lab, "state_dir = \"no/where\"\ncert_dir = \"certs\"\n"
                           "node cuicpub { hostname = \"" PUB "\" }\n"
                           "listen cuic { addresses = {\"127.0.0.1:0\"} }\n");
}

static void folder_unwritable(void)
{
    make_state_folder();
    ck_assert_int_eq(chmod(lab_path(&lab, STATE), 0555), 0);
}

static void parent_unwritable(void)
{
    ck_assert_int_eq(chmod(lab.dir, 0555), 0);
}

static void file_read_only(void)
{
    lab_must(&lab, "lab reset article");
    ck_assert_int_eq(chmod(lab_path(&lab, DB), 0444), 0);
}

static void file_unreadable(void)
{
    lab_must(&lab, "lab reset article");
    ck_assert_int_eq(chmod(lab_path(&lab, DB), 0), 0);
}

static const struct row {
    const char *name;
    void (*prepare)(void);
    const char *path; /* named in the message */
    const char *said;
    bool unprivileged; /* only nobody is kept out by permissions */
} rows[] = {
    {"newer version", newer_version, DB, "made by a newer version of cuicsim", false},
    {"another program's", other_program, DB, "not one of cuicsim", false},
    {"garbage", garbage, DB, "not a database", false},
    {"damaged", damaged, DB, "malformed", false},
    {"cut short", cut_short, DB, "malformed", false},
    {"folder as store", folder_as_store, DB, "unable to open", false},
    {"file as folder", file_as_folder, STATE, "", false},
    {"no parent", no_parent, "no/where", "cannot make the state folder", false},
    {"folder unwritable", folder_unwritable, DB, "permissions", true},
    {"parent unwritable", parent_unwritable, STATE, "Permission denied", true},
    {"file read-only", file_read_only, DB, "writable", true},
    {"file unreadable", file_unreadable, DB, "permissions", true},
};

START_TEST(unusable)
{
    const struct row *row = &rows[_i];
    const char *argv[] = {"cuicsim-server", "-c", lab.config, NULL};

    if (can_be_unprivileged())
        lab.options = &as_nobody;
    else if (row->unprivileged)
        return;
    row->prepare();
    char *before = folder_text(lab.dir);
    struct proc_result r = proc_run(argv, NULL, lab.options);
    char *after = folder_text(lab.dir);
    (void)chmod(lab.dir, 0755);
    ck_assert_msg(r.status == 3, "%s: exit status %d %s", row->name, r.status, r.err);
    ck_assert_msg(strstr(r.err, lab_path(&lab, row->path)) != NULL, "%s: %s", row->name, r.err);
    ck_assert_msg(strstr(r.err, row->said) != NULL, "%s: %s", row->name, r.err);
    ck_assert_str_eq(r.out, "");
    ck_assert_msg(strcmp(before, after) == 0, "%s: before\n%safter\n%s", row->name, before, after);
    free(before);
    free(after);
    proc_result_clear(&r);
}
END_TEST

/** The room ends while the store is made: nothing that is half a store is left. */
START_TEST(disk_full)
{
    const char *argv[] = {"cuicsim-server", "-c", lab.config, NULL};
    struct proc_options options = {.file_size_max = (size_t)(8192 * (_i + 1))};

    struct proc_result r = proc_run(argv, NULL, &options);
    ck_assert_int_eq(r.status, 3);
    ck_assert_msg(strstr(r.err, lab_path(&lab, DB)) != NULL, "%s", r.err);
    proc_result_clear(&r);
    lab_start_server(&lab);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 403);
}
END_TEST

/* ---- stores that can ---- */

START_TEST(made_when_missing)
{
    struct stat st;

    lab_start_server(&lab);
    ck_assert_int_eq(stat(lab_path(&lab, DB), &st), 0);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 403); /* a fresh node: CORS disabled */
    lab_must(&lab, "lab reset article");
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

START_TEST(empty_file)
{
    make_state_folder();
    test_write_file(lab_path(&lab, DB), "", 0);
    lab_start_server(&lab);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 403);
}
END_TEST

/** A node that the store does not know joins as a fresh one. */
START_TEST(new_node)
{
    lab_must(&lab, "lab reset article");
    lab_write_config(&lab, "state_dir = \"state\"\ncert_dir = \"certs\"\n"
                           "node cuicpub { hostname = \"" PUB "\" }\n"
                           "node third { hostname = \"" SUB "\" }\n"
                           "listen cuic { addresses = {\"127.0.0.1:0\"} }\n");
    lab_start_server(&lab);
    ck_assert_uint_eq(preflight_once(&lab, PUB, PUB_ONLY), 200);
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 403);
    lab_must(&lab, "-n third utils cuic cors enable");
    lab_must(&lab, "-n third utils cuic cors allowed_origin add " LISTED);
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 200);
}
END_TEST

static bool is_served(void *arg)
{
    (void)arg;
    return preflight_once(&lab, PUB, PUB_ONLY) == 200;
}

/** Locked by another program: the server starts all the same, says 503, and serves once it can. */
START_TEST(locked)
{
    lab_must(&lab, "lab reset article");
    sqlite3 *db = open_db();
    run_sql(db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE lab SET revision = 50");
    lab_start_server(&lab);
    wait_for_log(&lab, "until then every answer is 503");
    ck_assert_uint_eq(preflight_once(&lab, PUB, PUB_ONLY), 503); /* which looks for CORS headers */
    ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 503);
    run_sql(db, "ROLLBACK");
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    test_until(is_served, NULL, "the store is unlocked");
    ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 403);
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin add " PUB_ONLY);
    ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 200);
}
END_TEST

void suite_store_at_start(Suite *s)
{
    TCase *tc = new_case(s, "at start");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, unusable, 0, (int)COUNT(rows));
    tcase_add_loop_test(tc, disk_full, 0, 4);
    tcase_add_test(tc, made_when_missing);
    tcase_add_test(tc, empty_file);
    tcase_add_test(tc, new_node);
    tcase_add_test(tc, locked);
}
