/* A trace.db that cannot be used: the right error, a message that names the file, and everything as
 * it was. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_trace.h"
#include "fault_vfs.h"
#include "scratch.h"
#include "support.h"
#include "traces.h"

#define NOBODY 65534

static void make(void)
{
    struct trace *t = traces_open();

    traces_fill(t, 1, 40);
    trace_close(t);
}

static void make_newer(void)
{
    make();
    (void)traces_sql("PRAGMA user_version = 2");
}

static void make_text(void)
{
    static const char text[] = "no database at all, and long enough to be looked at";

    make();
    scratch_write_bytes(traces_path(), text, strlen(text));
}

static void make_foreign(void)
{
    ck_assert_int_eq(mkdir(traces_config.state_dir, 0755), 0);
    (void)traces_sql("CREATE TABLE songs (title TEXT)");
}

/** The store in the trace's place. */
static void make_store(void)
{
    make_foreign();
    (void)traces_sql("PRAGMA application_id = 1668639075");
    (void)traces_sql("PRAGMA user_version = 1");
}

static void make_cut(void)
{
    size_t n = 0;

    make();
    char *bytes = scratch_read(traces_path(), &n);
    scratch_write_bytes(traces_path(), bytes, 8192);
    free(bytes);
}

static void make_folder(void)
{
    ck_assert_int_eq(mkdir(traces_config.state_dir, 0755), 0);
    ck_assert_int_eq(mkdir(traces_path(), 0755), 0);
}

static const struct row {
    const char *name;
    void (*make)(void);
    enum err want;
    const char *says;
} rows[] = {
    {"newer", make_newer, ERR_VERSION, "made by a newer version of cuicsim (trace version 2,"},
    {"text", make_text, ERR_CORRUPT, "file is not a database; it was left as it is: move it away"},
    {"foreign", make_foreign, ERR_CORRUPT, "a database, but not one of cuicsim"},
    {"store", make_store, ERR_CORRUPT, "a database, but not one of cuicsim"},
    {"cut", make_cut, ERR_CORRUPT, "malformed; it was left as it is"},
    {"folder", make_folder, ERR_IO, "unable to open database file"},
};

static void expect_same_bytes(const char *name, const char *before, size_t n)
{
    size_t n_after = 0;
    char *after = scratch_read(traces_path(), &n_after);

    ck_assert_msg(n == n_after && memcmp(before, after, n) == 0, "%s: the file was changed", name);
    free(after);
}

START_TEST(cannot_be_opened)
{
    const struct row *row = &rows[_i];
    struct trace *t = NULL;
    size_t n = 0;
    bool is_file = row->make != make_folder;

    row->make();
    char *before = is_file ? scratch_read(traces_path(), &n) : NULL;
    EXPECT_ERR(trace_open(&traces_config, 100, &t, &why), row->want, row->says);
    if (is_file)
        expect_same_bytes(row->name, before, n);
    EXPECT_ERR(trace_open_reader(&traces_config, 100, &t, &why), row->want, row->says);
    ck_assert_ptr_null(t);
    ck_assert_int_eq(trace_open(&traces_config, 100, &t, NULL), row->want);
    if (is_file)
        expect_same_bytes(row->name, before, n);
    free(before);
}
END_TEST

/** A reader makes nothing: neither the folder nor the file, nor what a file lacks. */
START_TEST(reader_makes_nothing)
{
    struct trace *t = NULL;
    struct stat st;

    EXPECT_ERR(trace_open_reader(&traces_config, 100, &t, &why), ERR_NOTFOUND, "No such file");
    ck_assert_int_ne(stat(traces_config.state_dir, &st), 0);
    ck_assert_int_eq(mkdir(traces_config.state_dir, 0755), 0);
    EXPECT_ERR(trace_open_reader(&traces_config, 100, &t, &why), ERR_NOTFOUND, "No such file");
    ck_assert_int_ne(stat(traces_path(), &st), 0);
    scratch_write_bytes(traces_path(), "", 0);
    EXPECT_ERR(trace_open_reader(&traces_config, 100, &t, &why), ERR_NOTFOUND, "not set up yet");
    ck_assert_int_eq(stat(traces_path(), &st), 0);
    ck_assert_int_eq(st.st_size, 0);
    ck_assert_ptr_null(t);
}
END_TEST

/** As nobody, who may read: reading works, writing is refused at once. */
START_TEST(read_only)
{
    struct trace *t = NULL;
    bool is_root = geteuid() == 0;

    make();
    ck_assert_int_eq(chmod(traces_path(), 0444), 0);
    if (is_root)
        ck_assert_int_eq(seteuid(NOBODY), 0);
    EXPECT_ERR(trace_open(&traces_config, 100, &t, &why), ERR_READONLY,
               "make the file and its folder writable");
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_ptr_null(t);
}
END_TEST

START_TEST(no_folder)
{
    struct trace *t = NULL;

    (void)scratch_write("state", "");
    EXPECT_ERR(trace_open(&traces_config, 100, &t, &why), ERR_IO, "");
    ck_assert_ptr_null(t);
}
END_TEST

/** What could not be made in full is made by the next one. */
START_TEST(full_disk_at_first)
{
    bool has_failed = true;

    for (int n = 0; has_failed; n++) {
        struct trace *t = NULL;
        struct diag said = {0, ""};
        fault_vfs_fail_after(n);
        enum err e = trace_open(&traces_config, 100, &t, &said);
        has_failed = fault_vfs_has_failed();
        trace_close(t);
        fault_vfs_fail_after(-1);
        ck_assert_msg(e == ERR_OK || e == ERR_FULL, "write %d: %s: %s", n, err_text(e), said.text);
        t = traces_open();
        traces_fill(t, 1, 3);
        ck_assert_str_eq(traces_all(t), "1 2 3");
        trace_close(t);
        ck_assert_int_eq(unlink(traces_path()), 0);
    }
}
END_TEST

/** Opening a trace that is there needs no lock; making one does. */
START_TEST(busy)
{
    sqlite3 *other = NULL;
    struct trace *t = NULL;

    make();
    ck_assert_int_eq(sqlite3_open(traces_path(), &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    MUST(trace_open(&traces_config, 50, &t, &why));
    struct trace_exchange x = traces_sample(41);
    struct trace_exchange *made = trace_exchange_new(&x);
    EXPECT_ERR(trace_add(t, &made, 1, &why), ERR_BUSY, "another program keeps it locked");
    ck_assert_int_eq((int)strlen(traces_ids(t, &(struct trace_filter){.last = 1})), 2);
    ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    MUST(trace_add(t, &made, 1, &why));
    trace_exchange_unref(made);
    trace_close(t);
    (void)sqlite3_close(other);
}
END_TEST

/** Every single page overwritten in turn: no crash, and either an error or what there was. */
START_TEST(damaged)
{
    size_t n = 0;
    size_t n_noticed = 0;

    make();
    char *good = scratch_read(traces_path(), &n);
    char *bad = malloc(n);
    ck_assert_ptr_nonnull(bad);
    for (size_t page = 0; page < n / 8192; page++) {
        struct trace *t = NULL;
        struct trace_exchange *x = NULL;
        struct diag why = {0, ""};
        memcpy(bad, good, n);
        memset(bad + page * 8192 + (page == 0 ? 100 : 0), 0xff, page == 0 ? 8092 : 8192);
        scratch_write_bytes(traces_path(), bad, n);
        enum err e = trace_open_reader(&traces_config, 100, &t, &why);
        for (int64_t id = 1; e == ERR_OK && id <= 40; id++) {
            e = trace_get(t, id, &x, &why);
            if (e == ERR_OK)
                trace_exchange_unref(x);
        }
        trace_close(t);
        ck_assert_msg(e == ERR_OK || e == ERR_CORRUPT || e == ERR_NOTFOUND, "page %zu: %s: %s",
                      page, err_text(e), why.text);
        n_noticed += e == ERR_CORRUPT ? 1 : 0;
    }
    ck_assert_uint_gt(n_noticed, n / 8192 / 2);
    free(good);
    free(bad);
}
END_TEST

START_TEST(replaced)
{
    struct trace *t = traces_open();
    int64_t before = 0;
    int64_t after = 0;

    MUST(trace_data_version(t, &before, &why));
    traces_fill(t, 1, 1);
    MUST(trace_data_version(t, &after, &why));
    ck_assert_int_eq(before, after); /* its own commits do not count */
    (void)traces_sql("UPDATE state SET last_id = 7");
    MUST(trace_data_version(t, &after, &why));
    ck_assert_int_ne(before, after);
    ck_assert_int_eq(unlink(traces_path()), 0);
    EXPECT_ERR(trace_data_version(t, &after, &why), ERR_NOTFOUND, "replaced or removed");
    trace_close(t);
}
END_TEST

TCase *tcase_trace_open(void)
{
    TCase *tc = tcase_create("open");

    tcase_add_checked_fixture(tc, traces_set_up, traces_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, cannot_be_opened, COUNT(rows));
    tcase_add_test(tc, reader_makes_nothing);
    tcase_add_test(tc, read_only);
    tcase_add_test(tc, no_folder);
    tcase_add_test(tc, full_disk_at_first);
    tcase_add_test(tc, busy);
    tcase_add_test(tc, damaged);
    tcase_add_test(tc, replaced);
    return tc;
}
