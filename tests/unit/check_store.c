#include "store/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check_store.h"
#include "store/store_internal.h"
#include "stores.h"
#include "suites.h"
#include "support.h"

#define A "https://a.example"
#define B "https://b.example"
#define C "https://c.example"

/** Made with its folder; all services as on a fresh node; the same when it is opened again. */
START_TEST(created)
{
    struct store *s = stores_open();
    struct stat st;

    ck_assert_int_eq(stat(stores_path(), &st), 0);
    char *first = stores_dump(s);
    ck_assert_str_eq(first, "pub cuic configured off:\npub cuic running off:\n"
                            "pub live-data configured off:\npub live-data running off:\n"
                            "sub cuic configured off:\nsub cuic running off:\n"
                            "sub live-data configured off:\nsub live-data running off:\n"
                            "desk finesse configured all:\ndesk finesse running all:\n");
    MUST(store_check(s, &why));
    store_close(s);
    store_close(NULL);
    s = stores_open();
    char *second = stores_dump(s);
    ck_assert_str_eq(first, second);
    free(first);
    free(second);
    store_close(s);
}
END_TEST

START_TEST(reopened_unchanged)
{
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(2), A, APPLY_IMMEDIATE);
    (void)stores_add(s, stores_target(2), B, APPLY_ON_RESTART);
    int64_t revision = stores_revision(s);
    store_close(s);
    s = stores_open();
    ck_assert_int_eq(stores_revision(s), revision); /* opening writes nothing */
    ck_assert_str_eq(stores_text(s, stores_target(2), STAGE_CONFIGURED), "off: " A " " B);
    ck_assert_str_eq(stores_text(s, stores_target(2), STAGE_RUNNING), "off: " A);
    store_close(s);
}
END_TEST

static const struct schema_row {
    const char *name;
    const char *sql; /* one number */
    long long want;
} schema_rows[] = {
    {"version", "PRAGMA user_version", 2},
    {"application-id", "PRAGMA application_id", 0x63756963}, /* "cuic" */
    {"wal", "SELECT journal_mode = 'wal' FROM pragma_journal_mode", 1},
    {"synchronous-full", "PRAGMA synchronous", 2},
    {"foreign-keys-on", "PRAGMA foreign_keys", 1},
    {"tables",
     "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
     " AND name NOT LIKE 'sqlite_%'",
     7},
    {"all-strict",
     "SELECT count(*) FROM pragma_table_list WHERE schema = 'main'"
     " AND type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT strict",
     0},
    {"one-lab", "SELECT count(*) FROM lab", 1},
    {"nodes", "SELECT count(*) FROM node", 3},
    {"services", "SELECT count(*) FROM service", 5},
    {"policies", "SELECT count(*) FROM policy", 10},
    {"no-list-entry", "SELECT count(*) FROM list_entry", 0},
    {"nothing-was-moved", "SELECT count(*) FROM life", 0},
    {"empty-audit-log", "SELECT count(*) FROM audit", 0},
    {"foreign-keys-hold", "SELECT count(*) FROM pragma_foreign_key_check", 0},
};

START_TEST(schema)
{
    const struct schema_row *row = &schema_rows[_i];
    struct store *s = stores_open();
    long long got = stores_ask(s, row->sql);

    ck_assert_msg(got == row->want, "%s: expected %lld, got %lld", row->name, row->want, got);
    store_close(s);
}
END_TEST

/* What the schema itself must refuse, whoever writes. */
static const struct constraint_row {
    const char *name;
    const char *sql;
} constraint_rows[] = {
    {"second-lab", "INSERT INTO lab (id, revision) VALUES (2, 1)"},
    {"revision-is-no-text", "UPDATE lab SET revision = 'x'"},
    {"node-twice", "INSERT INTO node (name) VALUES ('pub')"},
    {"node-without-a-name", "INSERT INTO node (name) VALUES (NULL)"},
    {"unknown-service", "INSERT INTO service (node_id, name) VALUES (1, 'tomcat')"},
    {"service-twice", "INSERT INTO service (node_id, name) VALUES (1, 'cuic')"},
    {"service-of-no-node", "INSERT INTO service (node_id, name) VALUES (99, 'cuic')"},
    {"unknown-stage", "INSERT INTO policy (service_id, stage) VALUES (1, 'planned')"},
    {"policy-of-no-service", "INSERT INTO policy (service_id, stage) VALUES (99, 'running')"},
    {"enabled-2", "UPDATE policy SET enabled = 2"},
    {"private-network-2", "UPDATE policy SET private_network = 2"},
    {"any-origin-2", "UPDATE policy SET any_origin = 2"},
    {"cli-timeout-text", "UPDATE node SET cli_timeout_s = 'long'"},
    {"cli-timeout-null", "UPDATE node SET cli_timeout_s = NULL"},
    {"entry-of-no-policy",
     "INSERT INTO list_entry VALUES (99, 'running', 'allowed_origin', 1, 'https://x')"},
    {"entry-of-no-stage",
     "INSERT INTO list_entry VALUES (1, 'planned', 'allowed_origin', 1, 'https://x')"},
    {"entry-of-no-list", "INSERT INTO list_entry VALUES (1, 'running', 'allowed', 1, 'x')"},
    {"entry-twice",
     "INSERT INTO list_entry VALUES (1, 'running', 'allowed_origin', 2, 'https://a.example')"},
    {"position-twice",
     "INSERT INTO list_entry VALUES (1, 'running', 'allowed_origin', 1, 'https://x')"},
    {"entry-null", "INSERT INTO list_entry VALUES (1, 'running', 'allowed_origin', 2, NULL)"},
    {"header-of-no-policy",
     "INSERT INTO list_entry VALUES (99, 'running', 'allowed_headers', 1, 'x')"},
    {"life-of-no-node", "INSERT INTO life VALUES (99, 'Cisco Tomcat', 0, 0, 0)"},
    {"life-twice", "INSERT INTO life VALUES (1, 'Cisco Tomcat', 0, 0, 0),"
                   " (1, 'Cisco Tomcat', 1, 0, 0)"},
    {"life-stopped-2", "INSERT INTO life VALUES (1, 'Cisco Tomcat', 2, 0, 0)"},
    {"life-until-text", "INSERT INTO life VALUES (1, 'Cisco Tomcat', 0, 'soon', 0)"},
    {"audit-result", "INSERT INTO audit (at_ms, node, user, from_host, command, result)"
                     " VALUES (1, 'pub', 'u', 'local', 'c', 'perhaps')"},
    {"audit-of-nobody", "INSERT INTO audit (at_ms, node, user, from_host, command, result)"
                        " VALUES (1, 'pub', NULL, 'local', 'c', 'done')"},
    {"audit-without-a-time", "INSERT INTO audit (node, user, from_host, command, result)"
                             " VALUES ('pub', 'u', 'local', 'c', 'done')"},
};

START_TEST(constraint)
{
    const struct constraint_row *row = &constraint_rows[_i];
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    int rc = sqlite3_exec(s->db, row->sql, NULL, NULL, NULL);
    ck_assert_msg((rc & 0xff) == SQLITE_CONSTRAINT, "%s: expected a refusal, got %d: %s", row->name,
                  rc, sqlite3_errmsg(s->db));
    store_close(s);
}
END_TEST

START_TEST(node_takes_all_with_it)
{
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    stores_move(s, "pub", "Cisco Tomcat", LIFE_STOP, 0);
    ck_assert_int_eq(sqlite3_exec(s->db, "DELETE FROM node WHERE name = 'pub'", NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM service"), 3);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM policy"), 6);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM list_entry"), 0);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM life"), 0);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM audit"), 2); /* it outlives the node */
    store_close(s);
}
END_TEST

/* A list of edits in one letter each: a b c add, A B C remove; the list and what each answered. */
static const struct order_row {
    const char *name;
    const char *edits;
    const char *answers; /* one letter each: y it was new, or there; n it was not */
    const char *want;
} order_rows[] = {
    {"in-order-of-adding", "cba", "yyy", "off: " C " " B " " A},
    {"duplicate", "aba", "yyn", "off: " A " " B},
    {"first-deleted", "abcA", "yyyy", "off: " B " " C},
    {"middle-deleted", "abcB", "yyyy", "off: " A " " C},
    {"last-deleted", "abcC", "yyyy", "off: " A " " B},
    {"again-goes-to-the-end", "abcAa", "yyyyy", "off: " B " " C " " A},
    {"last-again", "abcCc", "yyyyy", "off: " A " " B " " C},
    {"behind-a-gap", "abBc", "yyyy", "off: " A " " C},
    {"not-there", "aB", "yn", "off: " A},
    {"deleted-twice", "abAA", "yyyn", "off: " B},
    {"from-an-empty-list", "A", "n", "off:"},
    {"until-empty-and-again", "abABba", "yyyyyy", "off: " B " " A},
};

START_TEST(order)
{
    static const char *const origins[] = {A, B, C};
    const struct order_row *row = &order_rows[_i];
    struct store *s = stores_open();
    struct target t = stores_target(1);

    for (size_t i = 0; row->edits[i] != '\0'; i++) {
        bool is_add = row->edits[i] >= 'a';
        const char *origin = origins[row->edits[i] - (is_add ? 'a' : 'A')];
        bool got = is_add ? stores_add(s, t, origin, APPLY_IMMEDIATE)
                          : stores_remove(s, t, origin, APPLY_IMMEDIATE);
        ck_assert_msg(got == (row->answers[i] == 'y'), "%s: edit %zu answered %d", row->name, i,
                      got);
    }
    const char *got = stores_text(s, t, STAGE_CONFIGURED);
    ck_assert_msg(strcmp(got, row->want) == 0, "%s: expected '%s', got '%s'", row->name, row->want,
                  got);
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), row->want);
    store_close(s);
}
END_TEST

START_TEST(several_in_one_call)
{
    static const char *const first[] = {B, A, B};
    static const char *const second[] = {A, C, C, "https://A.example"};
    struct store *s = stores_open();
    struct target t = stores_target(0);
    bool added[4] = {false, false, false, false};
    size_t removed = 99;

    int64_t revision = stores_revision(s);
    MUST(store_add(s, t, LIST_ORIGINS, first, 3, 0, &stores_now, added, &why));
    ck_assert(added[0] && added[1] && !added[2]);
    ck_assert_int_eq(stores_revision(s), revision + 1); /* one transaction */
    MUST(store_add(s, t, LIST_ORIGINS, second, 4, 0, &stores_now, added, &why));
    ck_assert(!added[0] && added[1] && !added[2] && added[3]);
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), "off: " B " " A " " C " https://A.example");
    MUST(store_remove(s, t, LIST_ORIGINS, second, 4, &stores_now, &removed, &why));
    ck_assert_uint_eq(removed, 3);
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), "off: " B);
    MUST(store_remove(s, t, LIST_ORIGINS, NULL, 0, &stores_now, &removed, &why));
    ck_assert_uint_eq(removed, 0);
    store_close(s);
}
END_TEST

/** Texts are bound, never built into SQL, and kept byte by byte. */
START_TEST(texts_are_kept)
{
    static const char *const odd[] = {
        "'; DROP TABLE node; --", "https://\xc3\xbc", "%s%n", "\"x\"", ":origin", "a b", "\x01"};
    struct store *s = stores_open();
    struct text_list got = {NULL, 0};
    bool added[COUNT(odd)];

    MUST(
        store_add(s, stores_target(3), LIST_ORIGINS, odd, COUNT(odd), 0, &stores_now, added, &why));
    MUST(store_get_list(s, stores_target(3), STAGE_RUNNING, LIST_ORIGINS, &got, &why));
    ck_assert_uint_eq(got.n, COUNT(odd));
    for (size_t i = 0; i < got.n; i++)
        ck_assert_str_eq(got.at[i], odd[i]);
    text_list_clear(&got);
    ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM node"), STORES_NODES);
    store_close(s);
}
END_TEST

/** `n` origins named by their number; free() the array's texts with text_list_clear. */
static struct text_list many(size_t n)
{
    struct text_list l = {NULL, 0};
    char text[64];

    for (size_t i = 0; i < n; i++) {
        (void)snprintf(text, sizeof text, "https://desk%zu.example:8445", i);
        ck_assert_int_eq(text_list_add(&l, text), ERR_OK);
    }
    return l;
}

START_TEST(ten_thousand)
{
    enum { N = 10000 };
    struct store *s = stores_open();
    struct text_list all = many(N);
    struct text_list got = {NULL, 0};
    bool *added = calloc(N, sizeof *added);

    ck_assert_ptr_nonnull(added);
    MUST(store_add(s, stores_target(0), LIST_ORIGINS, (const char *const *)all.at, N, 0,
                   &stores_now, added, &why));
    (void)stores_remove(s, stores_target(0), all.at[N - 1], APPLY_IMMEDIATE);
    MUST(store_get_list(s, stores_target(0), STAGE_RUNNING, LIST_ORIGINS, &got, &why));
    ck_assert_uint_eq(got.n, N - 1);
    for (size_t i = 0; i < got.n; i++)
        ck_assert_msg(added[i] && strcmp(got.at[i], all.at[i]) == 0, "%zu: '%s'", i, got.at[i]);
    free(added);
    text_list_clear(&all);
    text_list_clear(&got);
    store_close(s);
}
END_TEST

static int count_step(void *steps)
{
    ++*(size_t *)steps;
    return 0;
}

/** Steps of SQLite's machine, in hundreds, to add and to remove the same few origins beside `n`. */
static void count_steps(size_t n, size_t *ret_add, size_t *ret_remove)
{
    enum { FEW = 20 };
    struct store *s = stores_open();
    struct text_list l = many(n + FEW);
    const char *const *few = (const char *const *)l.at + n;
    bool *added = calloc(n + FEW, sizeof *added);
    size_t removed = 0;

    ck_assert_ptr_nonnull(added);
    *ret_add = *ret_remove = 0;
    MUST(store_add(s, stores_target(0), LIST_ORIGINS, (const char *const *)l.at, n, 0, &stores_now,
                   added, &why));
    sqlite3_progress_handler(s->db, 100, count_step, ret_add);
    MUST(store_add(s, stores_target(0), LIST_ORIGINS, few, FEW, 0, &stores_now, added, &why));
    sqlite3_progress_handler(s->db, 100, count_step, ret_remove);
    MUST(store_remove(s, stores_target(0), LIST_ORIGINS, few, FEW, &stores_now, &removed, &why));
    sqlite3_progress_handler(s->db, 0, NULL, NULL);
    ck_assert_uint_eq(removed, FEW);
    free(added);
    text_list_clear(&l);
    store_close(s);
}

/** An edit costs about the same whatever the length of the list. */
START_TEST(edits_do_not_slow_down)
{
    size_t add[2];
    size_t removal[2];

    count_steps(100, &add[0], &removal[0]);
    count_steps(4000, &add[1], &removal[1]);
    ck_assert_msg(add[1] <= 2 * add[0] + 10, "adding: %zu steps, then %zu", add[0], add[1]);
    ck_assert_msg(removal[1] <= 2 * removal[0] + 10, "removing: %zu steps, then %zu", removal[0],
                  removal[1]);
}
END_TEST

Suite *suite_store(void)
{
    Suite *s = suite_create("store");
    TCase *tc = tcase_create("edit");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, created);
    tcase_add_test(tc, reopened_unchanged);
    add_rows(tc, schema, COUNT(schema_rows));
    add_rows(tc, constraint, COUNT(constraint_rows));
    tcase_add_test(tc, node_takes_all_with_it);
    add_rows(tc, order, COUNT(order_rows));
    tcase_add_test(tc, several_in_one_call);
    tcase_add_test(tc, texts_are_kept);
    tcase_add_test(tc, ten_thousand);
    tcase_add_test(tc, edits_do_not_slow_down);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, tcase_store_lists());
    suite_add_tcase(s, tcase_store_settings());
    suite_add_tcase(s, tcase_store_apply());
    suite_add_tcase(s, tcase_store_life());
    suite_add_tcase(s, tcase_store_audit());
    suite_add_tcase(s, tcase_store_load());
    suite_add_tcase(s, tcase_store_migrate());
    suite_add_tcase(s, tcase_store_interrupt());
    suite_add_tcase(s, tcase_store_open());
    suite_add_tcase(s, tcase_store_fault());
    return s;
}
