/* Stores of version 1: everything is carried over, or nothing is changed. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check_store.h"
#include "old_store.h"
#include "scratch.h"
#include "store/store_internal.h"
#include "stores.h"
#include "support.h"

/* What each query finds in the migrated store. */
static const struct migrated_row {
    const char *name;
    const char *sql;
    const char *want;
} migrated_rows[] = {
    {"version", "PRAGMA user_version", "2\n"},
    {"application-id", "PRAGMA application_id", "1668639075\n"},
    {"wal", "PRAGMA journal_mode", "wal\n"},
    {"foreign-keys-hold", "PRAGMA foreign_key_check", ""},
    {"foreign-keys-on", "PRAGMA foreign_keys", "1\n"},
    {"integrity", "PRAGMA integrity_check", "ok\n"},
    /* one commit for the migration, and one for the Finesse, which version 1 did not know */
    {"revision", "SELECT revision FROM lab", "43\n"},
    {"nodes", "SELECT id, name, cli_timeout_s FROM node ORDER BY id",
     "1|pub|1800\n4|sub|1800\n7|gone|1800\n8|desk|1800\n"},
    {"services", "SELECT id, node_id, name FROM service ORDER BY id",
     "1|1|cuic\n2|1|live-data\n5|4|cuic\n6|4|live-data\n9|7|cuic\n10|7|live-data\n11|8|finesse\n"},
    {"policies",
     "SELECT service_id, stage, enabled, any_origin, private_network FROM policy ORDER BY 1, 2",
     "1|configured|1|0|0\n1|running|0|0|1\n2|configured|0|0|1\n2|running|1|0|0\n"
     "5|configured|1|0|1\n5|running|1|0|1\n6|configured|0|0|0\n6|running|0|0|0\n"
     "9|configured|1|0|0\n9|running|1|0|0\n10|configured|0|0|0\n10|running|0|0|0\n"
     "11|configured|1|1|0\n11|running|1|1|0\n"},
    {"origins",
     "SELECT service_id, stage, position, value FROM list_entry WHERE list = 'allowed_origin'"
     " ORDER BY 1, 2, 3",
     "1|configured|2|https://z.example\n1|configured|3|https://a.example:8445\n"
     "1|configured|7|https://M.example\n1|running|1|https://a.example:8445\n"
     "1|running|2|https://z.example\n5|running|9|https://only-running.example\n"
     "6|configured|1|https://only-configured.example\n9|configured|1|https://gone.example\n"
     "9|running|1|https://gone.example\n"},
    {"headers",
     "SELECT service_id, stage, list, position, value FROM list_entry"
     " WHERE list <> 'allowed_origin' ORDER BY 1, 2, 3, 4",
     "1|configured|allowed_headers|1|x-z\n1|configured|allowed_headers|2|X-A\n"
     "1|configured|exposed_headers|1|x-z\n1|running|exposed_headers|4|x-e\n"
     "6|running|allowed_headers|3|x-b\n6|running|allowed_headers|5|x-a\n"},
    {"old-tables-are-gone",
     "SELECT name FROM sqlite_schema WHERE name IN ('allowed_origin', 'custom_header', "
     "'service_2')",
     ""},
    {"no-down-until", "SELECT name FROM pragma_table_info('service') WHERE name LIKE 'down%'", ""},
    {"nothing-was-moved", "SELECT * FROM life", ""},
    {"empty-audit-log", "SELECT * FROM audit", ""},
};

START_TEST(migrated)
{
    const struct migrated_row *row = &migrated_rows[(size_t)_i / OLD_STORE_JOURNALS];

    old_store_make(old_store_journals[(size_t)_i % OLD_STORE_JOURNALS]);
    struct store *s = stores_open();
    stores_expect_rows(s, row->sql, row->want);
    store_close(s);
    s = stores_open(); /* and again */
    stores_expect_rows(s, row->sql, row->want);
    store_close(s);
}
END_TEST

START_TEST(usable)
{
    old_store_make("WAL");
    old_store_expect_carried("first");
    struct store *s = stores_open();
    ck_assert(!stores_add(s, stores_target(0), "https://M.example", APPLY_IMMEDIATE));
    ck_assert(stores_add(s, stores_target(0), "https://b.example", APPLY_IMMEDIATE));
    ck_assert_str_eq(
        stores_list(s, stores_target(0), STAGE_CONFIGURED, LIST_ORIGINS),
        "https://z.example https://a.example:8445 https://M.example https://b.example");
    ck_assert_str_eq(
        stores_list(s, stores_target(0), STAGE_RUNNING, LIST_ORIGINS),
        "https://a.example:8445 https://z.example https://M.example https://b.example");
    stores_restart(s, stores_target(3));
    ck_assert_str_eq(stores_text(s, stores_target(3), STAGE_RUNNING),
                     "off: https://only-configured.example");
    store_close(s);
}
END_TEST

/** A migrated store has the same schema as a fresh one: no released migration was edited. */
START_TEST(same_schema)
{
    static const char sql[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2";

    store_close(stores_open());
    char *fresh = stores_rows(NULL, sql);
    old_store_remove();
    old_store_make("WAL");
    store_close(stores_open());
    stores_expect_rows(NULL, sql, fresh);
    free(fresh);
}
END_TEST

/** References lead to the table that was made anew: a node takes all with it. */
START_TEST(references)
{
    old_store_make("WAL");
    struct store *s = stores_open();

    ck_assert_int_eq(sqlite3_exec(s->db, "DELETE FROM node WHERE name = 'gone'", NULL, NULL, NULL),
                     SQLITE_OK);
    stores_expect_rows(s, "SELECT count(*) FROM service WHERE node_id = 7", "0\n");
    stores_expect_rows(s, "SELECT count(*) FROM policy WHERE service_id IN (9, 10)", "0\n");
    stores_expect_rows(s, "SELECT count(*) FROM list_entry WHERE service_id = 9", "0\n");
    stores_expect_rows(s, "SELECT count(*) FROM list_entry", "13\n");
    store_close(s);
}
END_TEST

static int enforce_references(sqlite3 *db, char **ret_error, const struct sqlite3_api_routines *api)
{
    (void)ret_error;
    (void)api;
    return sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
}

/** SQLite may be built to enforce references from the start: making a table anew must not take with
 *  it what refers to the old one. */
START_TEST(references_enforced_by_default)
{
    void (*extension)(void) = (void (*)(void))enforce_references;

    ck_assert_int_eq(sqlite3_auto_extension(extension), SQLITE_OK);
    old_store_make("WAL");
    stores_expect_rows(NULL, "PRAGMA foreign_keys", "1\n");
    old_store_expect_carried("references enforced");
    ck_assert_int_eq(sqlite3_cancel_auto_extension(extension), 1);
}
END_TEST

START_TEST(empty)
{
    (void)mkdir(stores_config.state_dir, 0755);
    stores_sql(old_store_schema);
    struct store *s = stores_open();
    char *got = stores_dump(s);
    old_store_remove();
    store_close(s);
    s = stores_open();
    char *fresh = stores_dump(s);
    ck_assert_str_eq(got, fresh);
    free(got);
    free(fresh);
    store_close(s);
}
END_TEST

/** A reader migrates nothing, and says what the matter is. */
START_TEST(reader)
{
    struct store *s = NULL;
    size_t n = 0;
    size_t n_after = 0;

    old_store_make(old_store_journals[_i]);
    char *before = scratch_read(stores_path(), &n);
    EXPECT_ERR(store_open_reader(&stores_config, 100, &s, &why), ERR_NOTFOUND, "not set up yet");
    ck_assert_ptr_null(s);
    char *after = scratch_read(stores_path(), &n_after);
    ck_assert(n == n_after && memcmp(before, after, n) == 0);
    old_store_expect_carried("behind the reader");
    MUST(store_open_reader(&stores_config, 100, &s, &why));
    store_close(s);
    free(before);
    free(after);
}
END_TEST

TCase *tcase_store_migrate(void)
{
    TCase *tc = tcase_create("migrate");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, migrated, COUNT(migrated_rows) * OLD_STORE_JOURNALS);
    tcase_add_test(tc, usable);
    tcase_add_test(tc, same_schema);
    tcase_add_test(tc, references);
    tcase_add_test(tc, references_enforced_by_default);
    tcase_add_test(tc, empty);
    add_rows(tc, reader, OLD_STORE_JOURNALS);
    return tc;
}
