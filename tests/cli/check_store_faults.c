/* The shell against a store that cannot be used: exit 3, one line on stderr that names the file and
 * says what to do, nothing acknowledged, and the file left as it was. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/lab.h"
#include "suites.h"

#define TIMEOUT_S 60
#define ORIGIN    "utils cuic cors allowed_origin "

static struct lab lab;
static char db_path[128];
static char state_path[128];

static void set_up(void)
{
    lab_init(&lab, NULL);
    (void)snprintf(state_path, sizeof state_path, "%s", lab_path(&lab, "state"));
    (void)snprintf(db_path, sizeof db_path, "%s", lab_path(&lab, "state/cuicsim.db"));
}

static void tear_down(void)
{
    (void)chmod(lab.dir, 0755);
    (void)chmod(state_path, 0755);
    lab_clear(&lab);
}

/** Shells run as nobody here, so that permissions mean something; root reads whatever it wants. */
static struct proc_result run(const char *script)
{
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, "-n", "cuicsub", NULL};

    return proc_run(argv, script, &(struct proc_options){.unprivileged = true});
}

static void must(const char *script)
{
    struct proc_result r = run(script);

    ck_assert_msg(r.status == 0, "'%s' ended with %d: %s%s", script, r.status, r.out, r.err);
    proc_result_clear(&r);
}

static void make_state_dir(void)
{
    ck_assert_int_eq(mkdir(state_path, 0755), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(state_path, 65534, 65534), 0);
}

/** Run SQL on the file from outside. */
static void run_sql(const char *sql)
{
    sqlite3 *db = NULL;
    char *error = NULL;

    ck_assert_int_eq(sqlite3_open(db_path, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, &error);
    ck_assert_msg(rc == SQLITE_OK, "%s: %s", sql, error == NULL ? "?" : error);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(db_path, 65534, 65534), 0);
}

static void make_article(void)
{
    must("lab reset article\n");
}

static void make_newer(void)
{
    make_article();
    run_sql("PRAGMA user_version = 99");
}

static void make_text(void)
{
    static const char text[] = "Dear diary, this is no database, and it must not become one.\n";

    make_state_dir();
    test_write_file(db_path, text, sizeof text - 1);
}

static void make_zeros(void)
{
    static const char zeros[8192];

    make_state_dir();
    test_write_file(db_path, zeros, sizeof zeros);
}

static void make_foreign(void)
{
    make_state_dir();
    run_sql("CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('Help!')");
}

/** Many programs count their versions from 1, as ours does. */
static void make_foreign_version_1(void)
{
    make_foreign();
    run_sql("PRAGMA user_version = 1");
}

static void make_foreign_negative(void)
{
    make_foreign();
    run_sql("PRAGMA user_version = -1");
}

static void make_cut(void)
{
    make_article();
    ck_assert_int_eq(truncate(db_path, 8192), 0);
}

/** Everything but the first page is overwritten. */
static void make_damaged(void)
{
    size_t n = 0;

    make_article();
    char *bytes = test_read_file(db_path, &n);
    ck_assert(bytes != NULL && n > 8192);
    memset(bytes + 4096, 0x5a, n - 4096);
    test_write_file(db_path, bytes, n);
    free(bytes);
}

static void make_read_only(void)
{
    make_article();
    ck_assert_int_eq(chmod(db_path, 0444), 0);
}

static void make_unreadable(void)
{
    make_article();
    ck_assert_int_eq(chmod(db_path, 0), 0);
}

static void make_read_only_folder(void)
{
    make_article();
    ck_assert_int_eq(chmod(state_path, 0555), 0);
}

static void make_read_only_all(void)
{
    make_article();
    ck_assert_int_eq(chmod(db_path, 0444), 0);
    ck_assert_int_eq(chmod(state_path, 0555), 0);
}

static void make_empty_read_only_folder(void)
{
    make_state_dir();
    ck_assert_int_eq(chmod(state_path, 0555), 0);
}

static void make_no_folder(void)
{
    ck_assert_int_eq(chmod(lab.dir, 0555), 0);
}

static void make_file_for_folder(void)
{
    test_write_file(state_path, "", 0);
}

static void make_folder_for_file(void)
{
    make_state_dir();
    ck_assert_int_eq(mkdir(db_path, 0755), 0);
}

static const struct fault_row {
    const char *name;
    void (*make)(void);
    const char *says;
} fault_rows[] = {
    {"newer-version", make_newer, "made by a newer version of cuicsim (store version 99"},
    {"a-text", make_text, "file is not a database"},
    {"zeros", make_zeros, "file is not a database"},
    {"foreign", make_foreign, "a database, but not one of cuicsim"},
    {"foreign-version-1", make_foreign_version_1, "a database, but not one of cuicsim"},
    {"foreign-negative", make_foreign_negative, "a database, but not one of cuicsim"},
    {"cut", make_cut, "malformed"},
    {"damaged", make_damaged, "malformed"},
    {"read-only-file", make_read_only, "make the file and its folder writable"},
    {"read-only-folder", make_read_only_folder, "writable"},
    {"read-only-file-and-folder", make_read_only_all, "make the file and its folder writable"},
    {"unreadable", make_unreadable, "check the folder, its permissions"},
    {"empty-read-only-folder", make_empty_read_only_folder, "check the folder, its permissions"},
    {"no-folder", make_no_folder, "cannot make the state folder: Permission denied"},
    {"file-for-folder", make_file_for_folder, "cuicsim.db"},
    {"folder-for-file", make_folder_for_file, "unable to open database file"},
};

static void expect_refused(const struct fault_row *row, const char *script)
{
    struct proc_result r = run(script);
    const char *end = strchr(r.err, '\n');

    ck_assert_msg(r.status == 3, "%s: '%s' ended with %d: %s%s", row->name, script, r.status, r.out,
                  r.err);
    ck_assert_msg(r.out[0] == '\0', "%s: on stdout: %s", row->name, r.out);
    ck_assert_msg(strncmp(r.err, "cuicsim-cli: ", 13) == 0 && end != NULL && end[1] == '\0',
                  "%s: expected one line on stderr, got '%s'", row->name, r.err);
    ck_assert_msg(strstr(r.err, state_path) != NULL, "%s: no file is named: %s", row->name, r.err);
    ck_assert_msg(strstr(r.err, row->says) != NULL, "%s: expected '%s', got '%s'", row->name,
                  row->says, r.err);
    proc_result_clear(&r);
}

START_TEST(fault)
{
    static const char *const scripts[] = {
        ORIGIN "list\n",
        ORIGIN "add https://a.example\n",
        "utils service restart Intelligence Center Reporting Service\n",
        ORIGIN "add https://bad.example/\n", /* wrong anyway, which could not be written down */
        "utils cuic cors allowed_headers list\n",
        "utils live-data cors status\n",
        "utils cuic cors private-network-access enable\n",
        "utils service list\n",
        "show live-data failover\n",
        "show socketio status\n",
        "show cli session timeout\n",
        "set cli session timeout 5\n",
        "lab audit list\n",
        "lab reset factory\n",
    };
    const struct fault_row *row = &fault_rows[_i];
    size_t n_before = 0;
    size_t n_after = 0;

    row->make();
    char *before = test_read_file(db_path, &n_before);
    for (size_t i = 0; i < COUNT(scripts); i++)
        expect_refused(row, scripts[i]);
    char *after = test_read_file(db_path, &n_after);
    ck_assert_msg((before == NULL) == (after == NULL), "%s: the file came or went", row->name);
    ck_assert_msg(before == NULL || (n_before == n_after && memcmp(before, after, n_before) == 0),
                  "%s: the file was changed", row->name);
    free(before);
    free(after);
}
END_TEST

static void make_nothing(void)
{
}

static void make_empty_file(void)
{
    make_state_dir();
    test_write_file(db_path, "", 0);
}

static const struct new_row {
    const char *name;
    void (*make)(void);
} new_rows[] = {
    {"no-folder", make_nothing},
    {"empty-folder", make_state_dir},
    {"empty-file", make_empty_file},
};

/** A missing store is made, in a fresh node's state; reading is enough. */
START_TEST(is_made)
{
    const struct new_row *row = &new_rows[_i];

    row->make();
    struct proc_result r = run("utils cuic cors status\n" ORIGIN "list\n");
    ck_assert_msg(r.status == 0 && r.err[0] == '\0', "%s: %d: %s", row->name, r.status, r.err);
    ck_assert_str_eq(r.out, "CUIC CORS is disabled.\ncors_allowedorigins\n"
                            "===========================\n"
                            "Currently no origins are configured in allowed origins.\n");
    proc_result_clear(&r);
}
END_TEST

/** Commands that need no store work without one, and make none. */
START_TEST(without_a_store)
{
    struct proc_result r =
        run("help\nlab hosts\n?\nutils\nxyzzy\nshow version active\nshow status\n"
            "show network cluster\nutils cuic cluster show\n"
            "utils network ping cuicpub\nset cli pagination off\n"
            "show cli pagination\nquit\n");

    ck_assert_int_eq(r.status, 2);
    ck_assert_msg(access(state_path, F_OK) != 0, "a store was made");
    proc_result_clear(&r);
}
END_TEST

/** A shell that has the store open must not acknowledge what goes into a removed file. */
START_TEST(removed_under_a_shell)
{
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, "-n", "cuicsub", NULL};
    static const char add[] = ORIGIN "add https://a.example\nquit\n";

    make_article();
    struct proc p = proc_start(argv, &(struct proc_options){.unprivileged = true});
    ck_assert_int_gt(write(p.in, "utils cuic cors status\n", 23), 0);
    free(proc_read_line(&p));
    ck_assert_int_eq(rename(db_path, lab_path(&lab, "state/moved.db")), 0);
    ck_assert_int_gt(write(p.in, add, sizeof add - 1), 0);
    char *line = proc_read_line(&p);
    int status = proc_wait(&p);
    struct proc_result r = run(ORIGIN "list\n");
    ck_assert_msg(status != 0 || strstr(r.out, "https://a.example") != NULL,
                  "'%s', but the list is: %s%s", line == NULL ? "" : line, r.out, r.err);
    proc_result_clear(&r);
    free(line);
}
END_TEST

/** Read lines until one begins with `text`. */
static void expect_line(struct proc *p, const char *text)
{
    for (bool is_found = false; !is_found;) {
        char *line = proc_read_line(p);
        ck_assert_msg(line != NULL, "the shell ended before '%s'", text);
        is_found = strncmp(line, text, strlen(text)) == 0;
        free(line);
    }
}

/** Nor while the delete dialogue waits for its answer. */
START_TEST(removed_during_the_question)
{
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, "-n", "cuicsub", NULL};

    make_article();
    struct proc p = proc_start(argv, NULL);
    ck_assert_int_gt(write(p.in, ORIGIN "delete\n", strlen(ORIGIN "delete\n")), 0);
    expect_line(&p, "Select the index");
    ck_assert_int_eq(rename(db_path, lab_path(&lab, "state/moved.db")), 0);
    ck_assert_int_gt(write(p.in, "1\n", 2), 0);
    char *line = proc_read_line(&p);
    ck_assert_msg(line == NULL || strstr(line, "successfully") == NULL, "'%s'", line);
    ck_assert_int_ne(proc_wait(&p), 0);
    free(line);
}
END_TEST

Suite *suite_store_faults(void)
{
    Suite *s = suite_create("store-faults");
    TCase *tc = tcase_create("unusable");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, fault, 0, (int)COUNT(fault_rows));
    tcase_add_loop_test(tc, is_made, 0, (int)COUNT(new_rows));
    tcase_add_test(tc, without_a_store);
    tcase_add_test(tc, removed_under_a_shell);
    tcase_add_test(tc, removed_during_the_question);
    suite_add_tcase(s, tc);
    return s;
}
