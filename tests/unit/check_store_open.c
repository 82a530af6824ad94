/* Stores that cannot be used: the right error, a message that names the file, and everything as it
 * was. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_store.h"
#include "fault_vfs.h"
#include "scratch.h"
#include "stores.h"
#include "support.h"

#define NOBODY 65534

static char *read_store(size_t *ret_n)
{
    return scratch_read(stores_path(), ret_n);
}

static void write_store(const char *bytes, size_t n)
{
    scratch_write_bytes(stores_path(), bytes, n);
}

static void make_newer(void)
{
    stores_make();
    stores_sql("PRAGMA user_version = 3");
}

static void make_text(void)
{
    stores_make();
    write_store("no database at all, and long enough to be looked at", 51);
}

static void make_foreign(void)
{
    ck_assert_int_eq(mkdir(stores_config.state_dir, 0755), 0);
    stores_sql("CREATE TABLE songs (title TEXT)");
}

static void make_foreign_version(void)
{
    make_foreign();
    stores_sql("PRAGMA user_version = 1");
}

static void make_foreign_negative(void)
{
    make_foreign();
    stores_sql("PRAGMA user_version = -7");
}

static void make_cut(void)
{
    size_t n = 0;

    stores_make();
    char *bytes = read_store(&n);
    write_store(bytes, 4096);
    free(bytes);
}

static void make_folder(void)
{
    ck_assert_int_eq(mkdir(stores_config.state_dir, 0755), 0);
    ck_assert_int_eq(mkdir(stores_path(), 0755), 0);
}

static const struct open_row {
    const char *name;
    void (*make)(void);
    enum err want;
    const char *says;
} open_rows[] = {
    {"newer", make_newer, ERR_VERSION, "made by a newer version of cuicsim (store version 3,"},
    {"text", make_text, ERR_CORRUPT, "file is not a database; it was left as it is: move it away"},
    {"foreign", make_foreign, ERR_CORRUPT, "a database, but not one of cuicsim"},
    {"foreign-version", make_foreign_version, ERR_CORRUPT, "a database, but not one of cuicsim"},
    {"foreign-negative", make_foreign_negative, ERR_CORRUPT, "a database, but not one of cuicsim"},
    {"cut", make_cut, ERR_CORRUPT, "malformed; it was left as it is"},
    {"folder", make_folder, ERR_IO, "unable to open database file"},
};

static void expect_same_bytes(const char *name, const char *before, size_t n)
{
    size_t n_after = 0;
    char *after = read_store(&n_after);

    ck_assert_msg(n == n_after && memcmp(before, after, n) == 0, "%s: the file was changed", name);
    free(after);
}

START_TEST(cannot_be_opened)
{
    const struct open_row *row = &open_rows[_i];
    struct store *s = NULL;
    size_t n = 0;
    bool is_file = row->make != make_folder;

    row->make();
    char *before = is_file ? read_store(&n) : NULL;
    EXPECT_ERR(store_open(&stores_config, 100, &s, &why), row->want, row->says);
    if (is_file)
        expect_same_bytes(row->name, before, n);
    EXPECT_ERR(store_open_reader(&stores_config, 100, &s, &why), row->want, row->says);
    ck_assert_ptr_null(s);
    ck_assert_int_eq(store_open(&stores_config, 100, &s, NULL), row->want);
    if (is_file)
        expect_same_bytes(row->name, before, n);
    free(before);
}
END_TEST

/** The same while a store is made: what could not be made in full is made by the next one. */
START_TEST(full_disk_at_first)
{
    for (int n = 0;; n++) {
        struct store *s = NULL;
        struct diag said = {0, ""};
        fault_vfs_fail_after(n);
        enum err e = store_open(&stores_config, 100, &s, &said);
        bool has_failed = fault_vfs_has_failed();
        store_close(s);
        fault_vfs_fail_after(-1);
        ck_assert_msg(e == ERR_OK || e == ERR_FULL, "write %d: %s: %s", n, err_text(e), said.text);
        s = stores_open();
        MUST(store_check(s, &why));
        ck_assert_str_eq(stores_text(s, stores_target(3), STAGE_RUNNING), "off:");
        store_close(s);
        ck_assert_int_eq(unlink(stores_path()), 0);
        if (!has_failed)
            break;
    }
}
END_TEST

/** Opening needs the lock only where there is something to write. */
START_TEST(busy_at_first)
{
    sqlite3 *other = NULL;
    struct store *s = NULL;

    stores_make();
    ck_assert_int_eq(sqlite3_open(stores_path(), &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    MUST(store_open(&stores_config, 50, &s, &why));
    store_close(s);
    s = NULL;
    stores_add_nodes();
    EXPECT_ERR(store_open(&stores_config, 50, &s, &why), ERR_BUSY, "keeps it locked");
    ck_assert_ptr_null(s);
    ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    MUST(store_open(&stores_config, 50, &s, &why));
    store_close(s);
    (void)sqlite3_close(other);
}
END_TEST

/** As nobody, who may read: the store says so at once, not at the first edit. */
START_TEST(read_only)
{
    struct store *s = NULL;
    bool is_root = geteuid() == 0;

    stores_make();
    ck_assert_int_eq(chmod(stores_path(), 0444), 0);
    if (is_root)
        ck_assert_int_eq(seteuid(NOBODY), 0);
    EXPECT_ERR(store_open(&stores_config, 100, &s, &why), ERR_READONLY,
               "make the file and its folder writable");
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_ptr_null(s);
}
END_TEST

/** Every single page overwritten in turn: no crash, and store_check or the reading says it. */
START_TEST(damaged)
{
    size_t n = 0;
    size_t n_noticed = 0;

    stores_make();
    char *good = read_store(&n);
    char *bad = malloc(n);
    ck_assert_ptr_nonnull(bad);
    for (size_t page = 0; page < n / 4096; page++) {
        struct store *s = NULL;
        struct policy_set *set = NULL;
        struct diag why = {0, ""};
        memcpy(bad, good, n);
        memset(bad + page * 4096 + (page == 0 ? 100 : 0), 0xff, page == 0 ? 3996 : 4096);
        write_store(bad, n);
        enum err e = store_open_reader(&stores_config, 100, &s, &why);
        if (e == ERR_OK)
            e = store_load_policies(s, &stores_config, &set, &why);
        if (e == ERR_OK)
            e = store_check(s, &why);
        policy_set_unref(set);
        store_close(s);
        ck_assert_msg(e == ERR_CORRUPT || e == ERR_OK, "page %zu: %s: %s", page, err_text(e),
                      why.text);
        n_noticed += e == ERR_CORRUPT ? 1 : 0;
    }
    ck_assert_msg(n_noticed == n / 4096, "%zu of %zu pages", n_noticed, n / 4096);
    free(good);
    free(bad);
}
END_TEST

START_TEST(no_folder)
{
    struct store *s = NULL;
    struct diag said = {0, ""};

    (void)scratch_write("state", "");
    EXPECT_ERR(store_open(&stores_config, 100, &s, &why), ERR_IO, "");
    (void)unlink(stores_config.state_dir);
    ck_assert_int_eq(rmdir(scratch_dir()), 0);
    enum err e = store_open(&stores_config, 100, &s, &said);
    ck_assert_msg(e == ERR_IO && strstr(said.text, "cannot make the state folder: No such file"),
                  "%s: %s", err_text(e), said.text);
    ck_assert_ptr_null(s);
}
END_TEST

TCase *tcase_store_open(void)
{
    TCase *tc = tcase_create("open");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, cannot_be_opened, COUNT(open_rows));
    tcase_add_test(tc, full_disk_at_first);
    tcase_add_test(tc, busy_at_first);
    tcase_add_test(tc, read_only);
    tcase_add_test(tc, damaged);
    tcase_add_test(tc, no_folder);
    return tc;
}
