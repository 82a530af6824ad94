/* Edits that fail: the right error, a message that names the file, and everything as it was, the
 * audit log included. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "check_store.h"
#include "fault_vfs.h"
#include "lab.h"
#include "rows_edit.h"
#include "stores.h"
#include "support.h"

#define A "https://a.example"

/** All that may be edited and the audit log; free() it. */
static char *dump_all(struct store *s)
{
    static const char sql[] = "SELECT * FROM audit ORDER BY id";
    char *settings = stores_dump(s);
    char *audit = stores_rows(s, sql);
    size_t n = strlen(settings);
    char *all = realloc(settings, n + strlen(audit) + 1);

    ck_assert_ptr_nonnull(all);
    memcpy(all + n, audit, strlen(audit) + 1);
    free(audit);
    return all;
}

/** Let the n-th write fail, for every n until none fails: nothing of the edit may remain. */
START_TEST(full_disk)
{
    const struct edit_row *row = &edit_rows[_i];
    struct store *s = NULL;
    int n = 0;

    stores_make();
    s = stores_open();
    char *before = dump_all(s);
    for (;; n++) {
        struct diag why = {0, ""};
        fault_vfs_fail_after(n);
        enum err e = row->edit(s, "sub", &stores_now, &why);
        bool has_failed = fault_vfs_has_failed();
        fault_vfs_fail_after(-1);
        if (e == ERR_OK && !has_failed)
            break;
        ck_assert_msg(e == ERR_FULL, "%s, write %d: %s: %s", row->name, n, err_text(e), why.text);
        ck_assert_msg(strstr(why.text, stores_path()) != NULL &&
                          strstr(why.text, "nothing was changed, make room") != NULL,
                      "%s: '%s'", row->name, why.text);
        char *after = dump_all(s);
        ck_assert_msg(strcmp(before, after) == 0, "%s, write %d: %s", row->name, n, after);
        free(after);
    }
    ck_assert_msg(n > 0, "%s: no write could fail", row->name);
    MUST(store_check(s, &why));
    free(before);
    store_close(s);
}
END_TEST

/** A writer that does not let go: an edit waits for its time, fails, and has changed nothing. */
START_TEST(busy)
{
    const struct edit_row *row = &edit_rows[_i];
    sqlite3 *other = NULL;

    stores_make();
    struct store *s = stores_open();
    char *before = dump_all(s);
    ck_assert_int_eq(sqlite3_open(stores_path(), &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    EXPECT_ERR(row->edit(s, "sub", &stores_now, &why), ERR_BUSY, "another program keeps it locked");
    char *after = dump_all(s); /* readers are not held up */
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    MUST(row->edit(s, "sub", &stores_now, &why));
    (void)sqlite3_close(other);
    free(before);
    free(after);
    store_close(s);
}
END_TEST

/** A node that the store does not know, and one that has no such service. */
START_TEST(unknown_node)
{
    const struct edit_row *row = &edit_rows[_i];

    if (!row->needs_node)
        return;
    stores_make();
    struct store *s = stores_open();
    char *before = dump_all(s);
    int64_t revision = stores_revision(s);
    EXPECT_ERR(row->edit(s, "nobody", &stores_now, &why), ERR_NOTFOUND, "no node nobody");
    EXPECT_ERR(row->edit(s, "", &stores_now, &why), ERR_NOTFOUND, "no node ");
    EXPECT_ERR(row->edit(s, "SUB", &stores_now, &why), ERR_NOTFOUND, "no node SUB");
    ck_assert_int_eq(stores_revision(s), revision);
    char *after = dump_all(s);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    store_close(s);
}
END_TEST

static const struct stranger_row {
    const char *name;
    struct target t;
    const char *says;
} stranger_rows[] = {
    {"unknown-node", {"nobody", SERVICE_CUIC}, "no node nobody with cuic"},
    {"finesse-of-a-cuic-node", {"pub", SERVICE_FINESSE}, "no node pub with finesse"},
    {"cuic-of-a-finesse-node", {"desk", SERVICE_CUIC}, "no node desk with cuic"},
    {"live-data-of-a-finesse-node", {"desk", SERVICE_LIVE_DATA}, "no node desk with live-data"},
};

START_TEST(no_such_service)
{
    static const char *const entries[] = {A};
    const struct stranger_row *row = &stranger_rows[_i];
    struct store *s = stores_open();
    struct text_list list = {NULL, 0};
    struct cors_settings settings = {CORS_ENABLED, true};
    bool flag = false;
    size_t n = 0;

    EXPECT_ERR(store_get_settings(s, row->t, STAGE_RUNNING, &settings, &why), ERR_NOTFOUND,
               row->says);
    EXPECT_ERR(store_get_list(s, row->t, STAGE_RUNNING, LIST_ORIGINS, &list, &why), ERR_NOTFOUND,
               row->says);
    EXPECT_ERR(store_set_mode(s, row->t, CORS_ENABLED, &stores_now, &why), ERR_NOTFOUND, row->says);
    EXPECT_ERR(store_set_private_network(s, row->t, true, &stores_now, &why), ERR_NOTFOUND,
               row->says);
    EXPECT_ERR(store_add(s, row->t, LIST_ORIGINS, entries, 1, 0, &stores_now, &flag, &why),
               ERR_NOTFOUND, row->says);
    EXPECT_ERR(store_remove(s, row->t, LIST_ORIGINS, entries, 1, &stores_now, &n, &why),
               ERR_NOTFOUND, row->says);
    ck_assert_msg(list.n == 0 && settings.mode == CORS_ENABLED && settings.private_network,
                  "%s: a result was written in spite of the failure", row->name);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM audit"), 0);
    store_close(s);
}
END_TEST

START_TEST(reset_of_an_unknown_node)
{
    struct store *s = stores_open();
    char *before = dump_all(s);
    int64_t revision = stores_revision(s);

    stores_add_nodes();
    EXPECT_ERR(store_reset(s, &stores_config, lab_article, &stores_now, &why), ERR_NOTFOUND,
               "no node later");
    ck_assert_int_eq(stores_revision(s), revision);
    char *after = dump_all(s);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    store_close(s);
}
END_TEST

/** What reads of an unknown node answer, beside its settings. */
START_TEST(reads_of_an_unknown_node)
{
    struct store *s = stores_open();
    unsigned seconds = 77;

    EXPECT_ERR(store_get_cli_timeout(s, "nobody", &seconds, &why), ERR_NOTFOUND, "no node nobody");
    ck_assert_uint_eq(seconds, 77);
    store_close(s);
}
END_TEST

TCase *tcase_store_fault(void)
{
    TCase *tc = tcase_create("fault");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, full_disk, edit_n_rows);
    add_rows(tc, busy, edit_n_rows);
    add_rows(tc, unknown_node, edit_n_rows);
    add_rows(tc, no_such_service, COUNT(stranger_rows));
    tcase_add_test(tc, reset_of_an_unknown_node);
    tcase_add_test(tc, reads_of_an_unknown_node);
    return tc;
}
