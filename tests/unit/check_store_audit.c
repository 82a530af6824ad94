/* The audit log: a line for every edit, within its transaction, and never changed. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "check_store.h"
#include "lab.h"
#include "rows_edit.h"
#include "store/store_internal.h"
#include "stores.h"
#include "support.h"

#define A "https://a.example"

/** Collects lines as text, and stops behind `left` of them. */
struct listing {
    struct buf text;
    size_t n;
    size_t left;
    int64_t last_id;
};

static bool add_line(void *arg, const struct audit_entry *e)
{
    struct listing *l = arg;

    ck_assert_msg(e->id > l->last_id, "line %lld behind %lld", (long long)e->id,
                  (long long)l->last_id);
    l->last_id = e->id;
    l->n++;
    (void)buf_printf(&l->text, "%lld|%s|%s|%s|%s|%s|%s|%s\n", (long long)e->at_ms, e->node, e->user,
                     e->from, e->command, e->before == NULL ? "NULL" : e->before,
                     e->after == NULL ? "NULL" : e->after, e->result);
    return --l->left > 0;
}

/** The last `n` lines, read until `stop_behind` of them were taken; buf_clear the text. */
static struct listing list(struct store *s, unsigned long n, size_t stop_behind)
{
    struct listing l = {.left = stop_behind};

    buf_init(&l.text, 1U << 20);
    MUST(store_audit_list(s, n, add_line, &l, &why));
    ck_assert_int_eq(l.text.state, ERR_OK);
    return l;
}

static void expect_lines(struct store *s, unsigned long n, size_t stop_behind, const char *want)
{
    struct listing l = list(s, n, stop_behind);

    ck_assert_str_eq(buf_text(&l.text), want);
    buf_clear(&l.text);
}

static const enum apply_changes applies[] = {APPLY_IMMEDIATE, APPLY_ON_RESTART};

/** Row: an edit, at once or with the restart. One line with everything, in one commit. */
START_TEST(every_edit)
{
    const struct edit_row *row = &edit_rows[(size_t)_i / COUNT(applies)];
    const struct change by = {.user = "O'Hara \xc3\xbc|%s",
                              .from = "2001:db8::1",
                              .command = "utils 'cuic' cors; --",
                              .at_ms = 1234567890123,
                              .apply = applies[(size_t)_i % COUNT(applies)]};
    char want[1024];

    stores_make();
    struct store *s = stores_open();
    int64_t revision = stores_revision(s);
    struct listing before = list(s, 0, 1000);
    MUST(row->edit(s, "sub", &by, &why));
    ck_assert_int_eq(stores_revision(s), revision + 1);
    (void)snprintf(want, sizeof want,
                   "%s1234567890123|%s|O'Hara \xc3\xbc|%%s|2001:db8::1|utils 'cuic' cors; --"
                   "|%s|%s|%s\n",
                   buf_text(&before.text), row->is_of_all ? "*" : "sub",
                   row->before == NULL ? "NULL" : row->before,
                   row->after == NULL ? "NULL" : row->after, row->has_failed ? "failed" : "done");
    expect_lines(s, 0, 1000, want);
    buf_clear(&before.text);
    store_close(s);
}
END_TEST

/* What refuses one of the writes of an edit's transaction, so that the others must go as well. */
static const char *const refusals[] = {
    "CREATE TRIGGER refused BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'refused'); END",
    "CREATE TRIGGER refused BEFORE UPDATE ON lab BEGIN SELECT raise(ABORT, 'refused'); END",
};

START_TEST(all_or_nothing)
{
    const struct edit_row *row = &edit_rows[(size_t)_i / COUNT(refusals)];

    stores_make();
    stores_sql(refusals[(size_t)_i % COUNT(refusals)]);
    struct store *s = stores_open();
    char *before = stores_dump(s);
    struct diag said = {0, ""};
    enum err e = row->edit(s, "sub", &stores_now, &said);
    ck_assert_msg(e == ERR_DB && strstr(said.text, "refused") != NULL, "%s: %s: %s", row->name,
                  err_text(e), said.text);
    char *after = stores_dump(s);
    ck_assert_msg(strcmp(before, after) == 0, "%s: changed to %s", row->name, after);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM audit"), 1);
    stores_sql("DROP TRIGGER refused");
    MUST(row->edit(s, "sub", &stores_now, &why)); /* the handle still works */
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM audit"), 2);
    free(before);
    free(after);
    store_close(s);
}
END_TEST

/** And the other way round: what cannot be changed is not logged. */
START_TEST(failing_edit_is_not_logged)
{
    const struct edit_row *row = &edit_rows[_i];

    if (!row->needs_node)
        return;
    stores_make();
    stores_sql(
        "CREATE TRIGGER r1 BEFORE UPDATE ON policy BEGIN SELECT raise(ABORT, 'refused'); END;"
        "CREATE TRIGGER r2 BEFORE INSERT ON list_entry"
        " BEGIN SELECT raise(ABORT, 'refused'); END;"
        "CREATE TRIGGER r3 BEFORE DELETE ON list_entry"
        " BEGIN SELECT raise(ABORT, 'refused'); END;"
        "CREATE TRIGGER r4 BEFORE INSERT ON life BEGIN SELECT raise(ABORT, 'refused'); END;"
        "CREATE TRIGGER r5 BEFORE UPDATE ON node BEGIN SELECT raise(ABORT, 'refused'); END;");
    struct store *s = stores_open();
    int64_t revision = stores_revision(s);
    ck_assert_msg(row->edit(s, "sub", &stores_now, NULL) == ERR_DB, "%s", row->name);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM audit"), 1);
    ck_assert_int_eq(stores_revision(s), revision);
    store_close(s);
}
END_TEST

/** A failure is logged of any node, even one that there is not: it may be why. */
START_TEST(failures)
{
    struct store *s = stores_open();

    MUST(store_audit_failure(s, "nobody", &stores_now, &why));
    MUST(store_audit_failure(s, "pub", &stores_deferred, &why));
    expect_lines(s, 0, 1000,
                 "1738978067123|nobody|tester|10.0.0.9|test|NULL|NULL|failed\n"
                 "1738978067123|pub|tester|10.0.0.9|test|NULL|NULL|failed\n");
    store_close(s);
}
END_TEST

/* --- how much of a list is repeated --- */

#define CUT_AT 4096

static const struct cut_row {
    const char *name;
    size_t first; /* bytes of the entries listed first, commas included */
    size_t last;  /* bytes of one further entry */
    bool is_cut;
} cut_rows[] = {
    {"short", 63, 64, false},
    {"exactly", 4031, 64, false},
    {"one-over", 4031, 65, true},
    {"far-over", 4031, 255, true},
    {"the-last-fits-no-more", 4095, 1, true},
};

/** Entries of 63 bytes each, joined by commas: `n` bytes in all. */
static void add_entries(struct store *s, size_t n)
{
    for (size_t i = 0; i < (n + 1) / 64; i++) {
        char entry[64];
        (void)snprintf(entry, sizeof entry, "%063zu", i);
        (void)stores_add(s, stores_target(0), entry, APPLY_IMMEDIATE);
    }
}

static bool keep_last(void *arg, const struct audit_entry *e)
{
    char **text = arg;

    free(text[0]);
    free(text[1]);
    text[0] = strdup(e->before);
    text[1] = strdup(e->after);
    ck_assert(text[0] != NULL && text[1] != NULL);
    return true;
}

START_TEST(long_lists_are_cut)
{
    const struct cut_row *row = &cut_rows[_i];
    struct store *s = stores_open();
    char entry[256];
    char *text[2] = {NULL, NULL}; /* before, after */

    add_entries(s, row->first);
    memset(entry, 'x', row->last);
    entry[row->last] = '\0';
    (void)stores_add(s, stores_target(0), entry, APPLY_IMMEDIATE);
    MUST(store_audit_list(s, 1, keep_last, text, &why));
    ck_assert_uint_eq(strlen(text[0]), row->first);
    ck_assert_msg(strncmp(text[1], text[0], row->first) == 0, "%s: %s", row->name, text[1]);
    const char *rest = text[1] + row->first;
    ck_assert_msg(rest[0] == ',' && strcmp(rest + 1, row->is_cut ? "..." : entry) == 0,
                  "%s: ends with %s", row->name, rest);
    ck_assert_msg(strlen(text[1]) <= CUT_AT + (row->is_cut ? 4 : 0), "%s: %zu bytes", row->name,
                  strlen(text[1]));
    free(text[0]);
    free(text[1]);
    store_close(s);
}
END_TEST

/** Of a list that is far too long both texts are cut, and are well-formed. */
START_TEST(both_are_cut)
{
    struct store *s = stores_open();
    char *text[2] = {NULL, NULL};

    add_entries(s, 20000);
    (void)stores_remove(s, stores_target(0), "not there", APPLY_IMMEDIATE);
    MUST(store_audit_list(s, 1, keep_last, text, &why));
    ck_assert_uint_eq(strlen(text[0]), 4095 + 4);
    ck_assert_str_eq(text[0] + 4095, ",...");
    ck_assert_str_eq(text[0], text[1]);
    free(text[0]);
    free(text[1]);
    store_close(s);
}
END_TEST

/* --- reading --- */

#define LINE(n) "1000000" #n "|pub|tester|10.0.0.9|test|NULL|NULL|failed\n"

static const struct list_row {
    const char *name;
    unsigned long n;
    size_t stop_behind;
    const char *want;
} list_rows[] = {
    {"all", 0, 1000, LINE(1) LINE(2) LINE(3) LINE(4) LINE(5)},
    {"last", 1, 1000, LINE(5)},
    {"last-two-oldest-first", 2, 1000, LINE(4) LINE(5)},
    {"exactly-all", 5, 1000, LINE(1) LINE(2) LINE(3) LINE(4) LINE(5)},
    {"more-than-there-are", 6, 1000, LINE(1) LINE(2) LINE(3) LINE(4) LINE(5)},
    {"as-many-as-there-can-be", (unsigned long)-1, 1000, LINE(1) LINE(2) LINE(3) LINE(4) LINE(5)},
    {"stopped-at-the-first", 0, 1, LINE(1)},
    {"stopped-at-the-third", 0, 3, LINE(1) LINE(2) LINE(3)},
    {"stopped-within-the-last-ones", 3, 2, LINE(3) LINE(4)},
};

/** Oldest first by the order of writing, whatever the clock said. */
START_TEST(listed)
{
    const struct list_row *row = &list_rows[_i];
    struct store *s = stores_open();
    struct store *reader = NULL;

    expect_lines(s, row->n, row->stop_behind, "");
    for (int i = 1; i <= 5; i++) {
        struct change by = stores_now;
        by.at_ms = 10000000 + i;
        MUST(store_audit_failure(s, "pub", &by, &why));
    }
    expect_lines(s, row->n, row->stop_behind, row->want);
    MUST(store_open_reader(&stores_config, 100, &reader, &why));
    expect_lines(reader, row->n, row->stop_behind, row->want);
    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE); /* an early stop holds no lock */
    store_close(reader);
    store_close(s);
}
END_TEST

/** Written in another order than the clock's: the log does not sort by time. */
START_TEST(clock_set_back)
{
    struct store *s = stores_open();
    struct change by = stores_now;

    by.at_ms = 10000002;
    MUST(store_audit_failure(s, "pub", &by, &why));
    by.at_ms = 10000001;
    MUST(store_audit_failure(s, "pub", &by, &why));
    expect_lines(s, 0, 1000, LINE(2) LINE(1));
    store_close(s);
}
END_TEST

/* --- never changed --- */

static const struct never_row {
    const char *name;
    const char *sql;
} never_rows[] = {
    {"update", "UPDATE audit SET user = 'somebody'"},
    {"update-one", "UPDATE audit SET result = 'failed' WHERE id = 1"},
    {"update-to-the-same", "UPDATE audit SET user = user"},
    {"update-id", "UPDATE audit SET id = id + 100"},
    {"delete", "DELETE FROM audit"},
    {"delete-one", "DELETE FROM audit WHERE id = 2"},
    {"delete-the-first", "DELETE FROM audit WHERE id = 1"},
    {"delete-with-an-edit", "BEGIN; DELETE FROM life; DELETE FROM audit; COMMIT"},
    {"replaced", "INSERT OR REPLACE INTO audit (id, at_ms, node, user, from_host, command, result)"
                 " VALUES (1, 0, 'pub', 'x', 'x', 'x', 'done')"},
};

START_TEST(never_changed)
{
    const struct never_row *row = &never_rows[_i];
    char *error = NULL;

    stores_make();
    struct store *s = stores_open();
    MUST(store_audit_failure(s, "pub", &stores_now, &why));
    struct listing before = list(s, 0, 1000);
    int rc = sqlite3_exec(s->db, row->sql, NULL, NULL, &error);
    ck_assert_msg((rc & 0xff) == SQLITE_CONSTRAINT && error != NULL &&
                      strcmp(error, "the audit log is append-only") == 0,
                  "%s: %d: %s", row->name, rc, error == NULL ? "?" : error);
    sqlite3_free(error);
    if (sqlite3_get_autocommit(s->db) == 0)
        ck_assert_int_eq(sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    expect_lines(s, 0, 1000, buf_text(&before.text));
    buf_clear(&before.text);
    store_close(s);
}
END_TEST

/** A reset is logged, and takes nothing from the log; so does a node that goes. */
START_TEST(outlives_all)
{
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    MUST(store_reset(s, &stores_config, lab_factory, &stores_now, &why));
    MUST(store_reset(s, &stores_config, lab_article, &stores_now, &why));
    stores_sql("PRAGMA foreign_keys = ON; DELETE FROM node");
    store_close(s);
    s = stores_open();
    expect_lines(s, 0, 1000,
                 "1738978067123|pub|tester|10.0.0.9|test||" A "|done\n"
                 "1738978067123|*|tester|10.0.0.9|test|NULL|NULL|done\n"
                 "1738978067123|*|tester|10.0.0.9|test|NULL|NULL|done\n");
    ck_assert_str_eq(stores_text(s, stores_target(0), STAGE_RUNNING), "off:"); /* made anew */
    store_close(s);
}
END_TEST

TCase *tcase_store_audit(void)
{
    TCase *tc = tcase_create("audit");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, every_edit, edit_n_rows * COUNT(applies));
    add_rows(tc, all_or_nothing, edit_n_rows * COUNT(refusals));
    add_rows(tc, failing_edit_is_not_logged, edit_n_rows);
    tcase_add_test(tc, failures);
    add_rows(tc, long_lists_are_cut, COUNT(cut_rows));
    tcase_add_test(tc, both_are_cut);
    add_rows(tc, listed, COUNT(list_rows));
    tcase_add_test(tc, clock_set_back);
    add_rows(tc, never_changed, COUNT(never_rows));
    tcase_add_test(tc, outlives_all);
    return tc;
}
