/* The three lists of every service: each by itself, in the order of adding, byte for byte, and no
 * longer than it may become. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_store.h"
#include "stores.h"
#include "support.h"

/** What each list of each target has in the tests: an entry of its own. */
static const char *own_entry(size_t target, enum list list)
{
    static char text[8][64];
    static size_t next;
    struct target t = stores_target(target);
    char *to = text[next++ % COUNT(text)];

    (void)snprintf(to, sizeof text[0], "%s-%s-%s", t.node, service_name(t.service),
                   list_name(list));
    return to;
}

static void fill_all(struct store *s, const char *also)
{
    for (size_t i = 0; i < STORES_TARGETS; i++)
        for (int l = 0; l < LIST_COUNT; l++) {
            enum list list = (enum list)l;
            ck_assert(
                stores_add_to(s, stores_target(i), list, own_entry(i, list), APPLY_IMMEDIATE));
            ck_assert(stores_add_to(s, stores_target(i), list, also, APPLY_IMMEDIATE));
        }
}

/** Row: a target and a list. The same text stands in all; it is taken from this one alone. */
START_TEST(each_by_itself)
{
    static const char also[] = "x-in-all";
    const char *const entries[] = {also};
    size_t target = (size_t)_i / LIST_COUNT;
    enum list list = (enum list)(_i % LIST_COUNT);
    struct store *s = stores_open();
    size_t removed = 0;

    fill_all(s, also);
    MUST(store_remove(s, stores_target(target), list, entries, 1, &stores_now, &removed, &why));
    ck_assert_uint_eq(removed, 1);
    for (size_t i = 0; i < (size_t)2 * STORES_TARGETS * LIST_COUNT; i++) {
        size_t other = i / 2 / LIST_COUNT;
        enum list other_list = (enum list)(i / 2 % LIST_COUNT);
        enum stage stage = i % 2 == 0 ? STAGE_CONFIGURED : STAGE_RUNNING;
        bool is_cut = other == target && other_list == list;
        char want[128];
        (void)snprintf(want, sizeof want, "%s%s%s", own_entry(other, other_list), is_cut ? "" : " ",
                       is_cut ? "" : also);
        ck_assert_str_eq(stores_list(s, stores_target(other), stage, other_list), want);
    }
    store_close(s);
}
END_TEST

/* Letters as in check_store.c: a b c add, A B C remove. */
static const struct order_row {
    const char *name;
    const char *edits;
    const char *answers;
    const char *want;
} order_rows[] = {
    {"in-order-of-adding", "cab", "yyy", "x-c x-a x-b"},
    {"duplicate", "abab", "yynn", "x-a x-b"},
    {"again-goes-to-the-end", "abcAa", "yyyyy", "x-b x-c x-a"},
    {"not-there", "aB", "yn", "x-a"},
    {"until-empty", "abBA", "yyyy", ""},
    {"until-empty-and-again", "aAba", "yyyy", "x-b x-a"},
};

/** In each list of the Finesse. */
START_TEST(order)
{
    static const char *const names[] = {"x-a", "x-b", "x-c"};
    const struct order_row *row = &order_rows[_i];
    struct store *s = stores_open();
    struct target t = stores_target(4);

    for (int i = 0; i < LIST_COUNT; i++) {
        enum list list = (enum list)i;
        for (size_t j = 0; row->edits[j] != '\0'; j++) {
            bool is_add = row->edits[j] >= 'a';
            const char *name = names[row->edits[j] - (is_add ? 'a' : 'A')];
            size_t removed = 0;
            bool got = is_add && stores_add_to(s, t, list, name, APPLY_IMMEDIATE);
            if (!is_add)
                MUST(store_remove(s, t, list, &name, 1, &stores_now, &removed, &why));
            ck_assert_msg((got || removed == 1) == (row->answers[j] == 'y'),
                          "%s: %s: edit %zu answered otherwise", row->name, list_name(list), j);
        }
        ck_assert_str_eq(stores_list(s, t, STAGE_CONFIGURED, list), row->want);
        ck_assert_str_eq(stores_list(s, t, STAGE_RUNNING, list), row->want);
    }
    store_close(s);
}
END_TEST

/** Entries that differ in case alone are two. */
START_TEST(case_is_kept)
{
    static const char *const entries[] = {"X-Header", "x-header", "X-HEADER", "X-Header"};
    struct store *s = stores_open();
    bool added[COUNT(entries)];
    size_t removed = 0;

    for (int i = 0; i < LIST_COUNT; i++) {
        enum list list = (enum list)i;
        MUST(store_add(s, stores_target(1), list, entries, COUNT(entries), 0, &stores_now, added,
                       &why));
        ck_assert_msg(added[0] && added[1] && added[2] && !added[3], "%s", list_name(list));
        ck_assert_str_eq(stores_list(s, stores_target(1), STAGE_RUNNING, list),
                         "X-Header x-header X-HEADER");
        MUST(store_remove(s, stores_target(1), list, &entries[1], 1, &stores_now, &removed, &why));
        ck_assert_uint_eq(removed, 1);
        ck_assert_str_eq(stores_list(s, stores_target(1), STAGE_CONFIGURED, list),
                         "X-Header X-HEADER");
    }
    store_close(s);
}
END_TEST

/** A text that looks like a list is one entry, and bytes are kept as they are. */
START_TEST(texts_are_kept)
{
    static const char *const odd[] = {"a,b", "a, b", " a", "a ", "'", "%s", "\xc3\xbc", "\x7f"};
    struct store *s = stores_open();

    for (int i = 0; i < LIST_COUNT; i++) {
        struct text_list got = {NULL, 0};
        bool added[COUNT(odd)];
        MUST(store_add(s, stores_target(4), (enum list)i, odd, COUNT(odd), 0, &stores_now, added,
                       &why));
        MUST(store_get_list(s, stores_target(4), STAGE_RUNNING, (enum list)i, &got, &why));
        ck_assert_uint_eq(got.n, COUNT(odd));
        for (size_t j = 0; j < got.n; j++)
            ck_assert_str_eq(got.at[j], odd[j]);
        text_list_clear(&got);
    }
    store_close(s);
}
END_TEST

/* --- how long a list may become --- */

static const struct limit_row {
    const char *name;
    const char *before[3]; /* listed already, without a limit */
    const char *entries[4];
    size_t max_chars;
    const char *want; /* NULL: too long */
} limit_rows[] = {
    {"no-limit", {NULL}, {"aaaa", "bbbb"}, 0, "aaaa bbbb"},
    {"one-exactly", {NULL}, {"aaaa"}, 4, "aaaa"},
    {"one-too-long", {NULL}, {"aaaaa"}, 4, NULL},
    {"two-with-their-comma", {NULL}, {"aaaa", "bbbb"}, 9, "aaaa bbbb"},
    {"two-one-over", {NULL}, {"aaaa", "bbbb"}, 8, NULL},
    {"three-with-two-commas", {NULL}, {"a", "b", "c"}, 5, "a b c"},
    {"three-one-over", {NULL}, {"a", "b", "c"}, 4, NULL},
    {"listed-ones-count", {"aaaa"}, {"bbbb"}, 9, "aaaa bbbb"},
    {"listed-ones-count-one-over", {"aaaa"}, {"bbbb"}, 8, NULL},
    {"listed-twos-count", {"aaaa", "bbbb"}, {"c"}, 11, "aaaa bbbb c"},
    {"listed-twos-count-one-over", {"aaaa", "bbbb"}, {"c"}, 10, NULL},
    {"duplicate-counts-once", {"aaaa"}, {"aaaa", "bbbb"}, 9, "aaaa bbbb"},
    {"duplicates-in-the-call-count-once", {NULL}, {"aaaa", "aaaa", "aaaa"}, 4, "aaaa"},
    {"nothing-of-it-when-the-last-is-too-much", {"aaaa"}, {"b", "c", "ddddd"}, 12, NULL},
    {"characters-not-bytes", {NULL}, {"\xc3\xbc\xc3\xbc"}, 2, "\xc3\xbc\xc3\xbc"},
    {"characters-not-bytes-one-over", {NULL}, {"\xc3\xbc\xc3\xbc"}, 1, NULL},
    {"far-over", {"aaaa"}, {"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}, 10, NULL},
};

static size_t count_texts(const char *const *at, size_t max)
{
    size_t n = 0;

    while (n < max && at[n] != NULL)
        n++;
    return n;
}

/** Add to a list that has nothing but what the row lists: all of it, or ERR_LIMIT and everything as
 *  it was. */
static void expect_limit(const struct limit_row *row, struct store *s, struct target t,
                         enum list list)
{
    static const char sql[] = "SELECT (SELECT count(*) FROM audit), revision FROM lab";
    size_t n = count_texts(row->entries, COUNT(row->entries));
    bool added[COUNT(row->entries)];
    struct diag why = {0, ""};
    char *before = stores_dump(s);
    char *counts = stores_rows(s, sql);
    enum err e = store_add(s, t, list, row->entries, n, row->max_chars, &stores_now, added, &why);

    if (row->want != NULL) {
        ck_assert_msg(e == ERR_OK, "%s: %s: %s", row->name, err_text(e), why.text);
        ck_assert_str_eq(stores_list(s, t, STAGE_CONFIGURED, list), row->want);
        ck_assert_str_eq(stores_list(s, t, STAGE_RUNNING, list), row->want);
    } else {
        char *after = stores_dump(s);
        ck_assert_msg(e == ERR_LIMIT && strstr(why.text, "the whole list would have ") != NULL,
                      "%s: %s: %s", row->name, err_text(e), why.text);
        ck_assert_msg(strcmp(before, after) == 0, "%s: changed to %s", row->name, after);
        stores_expect_rows(s, sql, counts);
        free(after);
    }
    free(before);
    free(counts);
}

/** Row: for each list. What other lists and other services have does not count. */
START_TEST(limit)
{
    const struct limit_row *row = &limit_rows[_i];
    size_t n_before = count_texts(row->before, COUNT(row->before));
    struct store *s = stores_open();
    struct target t = stores_target(4);

    fill_all(s, "https://somewhere-else.example");
    for (int i = 0; i < LIST_COUNT; i++) {
        enum list list = (enum list)i;
        const char *const all[] = {own_entry(4, list), "https://somewhere-else.example"};
        bool added[COUNT(row->before)];
        size_t removed = 0;
        MUST(store_remove(s, t, list, all, COUNT(all), &stores_now, &removed, &why));
        MUST(store_add(s, t, list, row->before, n_before, 0, &stores_now, added, &why));
        expect_limit(row, s, t, list);
    }
    store_close(s);
}
END_TEST

/** The message has both figures. */
START_TEST(limit_says_how_long)
{
    const char *const entries[] = {"aaaa", "bbbb"};
    struct store *s = stores_open();
    struct diag said = {0, ""};
    bool added[2];
    enum err e =
        store_add(s, stores_target(4), LIST_ORIGINS, entries, 2, 8, &stores_now, added, &said);

    ck_assert_int_eq(e, ERR_LIMIT);
    ck_assert_str_eq(said.text,
                     "the whole list would have 9 characters, and at most 8 are allowed");
    ck_assert_int_eq(
        store_add(s, stores_target(4), LIST_ORIGINS, entries, 2, 8, &stores_now, added, NULL),
        ERR_LIMIT);
    store_close(s);
}
END_TEST

/** The configured list counts: what still runs may be longer. */
START_TEST(limit_is_of_the_configured_list)
{
    const char *const entries[] = {"bbbb"};
    struct store *s = stores_open();
    struct target t = stores_target(4);
    bool is_added = false;

    (void)stores_add(s, t, "aaaaaaaa", APPLY_IMMEDIATE);
    (void)stores_remove(s, t, "aaaaaaaa", APPLY_ON_RESTART);
    MUST(store_add(s, t, LIST_ORIGINS, entries, 1, 4, &stores_deferred, &is_added, &why));
    ck_assert_str_eq(stores_text(s, t, STAGE_CONFIGURED), "all: bbbb");
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), "all: aaaaaaaa");
    store_close(s);
}
END_TEST

TCase *tcase_store_lists(void)
{
    TCase *tc = tcase_create("lists");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, each_by_itself, (size_t)STORES_TARGETS * LIST_COUNT);
    add_rows(tc, order, COUNT(order_rows));
    tcase_add_test(tc, case_is_kept);
    tcase_add_test(tc, texts_are_kept);
    add_rows(tc, limit, COUNT(limit_rows));
    tcase_add_test(tc, limit_says_how_long);
    tcase_add_test(tc, limit_is_of_the_configured_list);
    return tc;
}
