#include "cors/hdrlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cors/policy.h"
#include "hashset.h"
#include "suites.h"
#include "support.h"

static struct hdrlist *make_list(const char *const *names, size_t n)
{
    struct hdrlist *l = NULL;
    enum err e = hdrlist_new(names, n, &l);

    ck_assert_msg(e == ERR_OK && l != NULL, "hdrlist_new: %s", err_text(e));
    return l;
}

static void expect_text(const char *row, const char *const *names, size_t n, const char *want)
{
    struct hdrlist *l = make_list(names, n);

    ck_assert_msg(strcmp(hdrlist_text(l), want) == 0, "%s:\nexpected %s\ngot      %s", row, want,
                  hdrlist_text(l));
    hdrlist_free(l);
}

/* The two lists and the methods as captured, byte for byte. */
#define ALLOWED_BEFORE                                                                             \
    "referer,peripheralid,origin,access-control-request-method,locale,accept,authorization,"
#define ALLOWED_BEHIND                                                                             \
    "domain,x-requested-with,access-control-request-headers,content-type,"                         \
    "access-control-request-private-network,user-agent"
#define EXPOSED                                                                                    \
    "access-control-allow-origin,access-control-allow-credentials,access-control-max-age,"         \
    "access-control-allow-headers,access-control-allow-methods,"                                   \
    "access-control-allow-private-network"
#define METHODS "DELETE,POST,GET,OPTIONS,PUT"

START_TEST(captured_lists)
{
    const char *more[32];
    size_t n = 0;
    size_t n_exposed = 0;
    const char *const *allowed = policy_builtin_headers(SERVICE_CUIC, LIST_ALLOWED_HEADERS, &n);
    const char *const *exposed =
        policy_builtin_headers(SERVICE_CUIC, LIST_EXPOSED_HEADERS, &n_exposed);

    expect_text("methods", policy_methods, policy_n_methods, METHODS);
    expect_text("allowed", allowed, n, ALLOWED_BEFORE ALLOWED_BEHIND);
    expect_text("exposed", exposed, n_exposed, EXPOSED);
    for (size_t i = 0; i < n; i++)
        more[i] = allowed[i];
    more[n] = "requestid";
    expect_text("requestid added", more, n + 1, ALLOWED_BEFORE "requestid," ALLOWED_BEHIND);
}
END_TEST

/* "x-h1" to "x-h<n>", in the order in which a java.util.HashSet of Java 17 printed them: around
 * every size at which the table grows. */
static const struct java_row {
    const char *name;
    size_t n;
    const char *want;
} java_rows[] = {
    {"java-12", 12, "x-h9,x-h8,x-h11,x-h7,x-h10,x-h6,x-h5,x-h12,x-h4,x-h3,x-h2,x-h1"},
    {"java-13", 13, "x-h11,x-h10,x-h13,x-h12,x-h2,x-h1,x-h9,x-h8,x-h7,x-h6,x-h5,x-h4,x-h3"},
    {"java-24", 24,
     "x-h20,x-h11,x-h22,x-h10,x-h21,x-h13,x-h24,x-h12,x-h23,x-h15,x-h14,x-h2,x-h17,"
     "x-h1,x-h16,x-h19,x-h18,x-h9,x-h8,x-h7,x-h6,x-h5,x-h4,x-h3"},
    {"java-25", 25,
     "x-h11,x-h10,x-h13,x-h12,x-h15,x-h14,x-h2,x-h17,x-h1,x-h16,x-h19,x-h18,x-h20,"
     "x-h22,x-h21,x-h24,x-h23,x-h25,x-h9,x-h8,x-h7,x-h6,x-h5,x-h4,x-h3"},
    {"java-48", 48,
     "x-h31,x-h30,x-h11,x-h33,x-h10,x-h32,x-h13,x-h35,x-h12,x-h34,x-h15,x-h37,x-h14,"
     "x-h36,x-h2,x-h17,x-h39,x-h1,x-h16,x-h38,x-h19,x-h18,x-h20,x-h42,x-h41,x-h22,"
     "x-h44,x-h21,x-h43,x-h24,x-h46,x-h23,x-h45,x-h26,x-h48,x-h25,x-h47,x-h28,x-h27,"
     "x-h29,x-h9,x-h8,x-h7,x-h6,x-h5,x-h4,x-h3,x-h40"},
    {"java-49", 49,
     "x-h11,x-h10,x-h13,x-h12,x-h15,x-h14,x-h2,x-h17,x-h1,x-h16,x-h19,x-h18,x-h42,"
     "x-h41,x-h44,x-h43,x-h46,x-h45,x-h48,x-h47,x-h49,x-h40,x-h31,x-h30,x-h33,x-h32,"
     "x-h35,x-h34,x-h37,x-h36,x-h39,x-h38,x-h20,x-h22,x-h21,x-h24,x-h23,x-h26,x-h25,"
     "x-h28,x-h27,x-h29,x-h9,x-h8,x-h7,x-h6,x-h5,x-h4,x-h3"},
};
#define JAVA_MAX 49

static void number_names(char name[][8], const char **names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(name[i], 8, "x-h%u", (unsigned)(i + 1) % 1000);
        names[i] = name[i];
    }
}

START_TEST(java_order)
{
    const struct java_row *row = &java_rows[_i];
    char name[JAVA_MAX][8];
    const char *names[JAVA_MAX];

    number_names(name, names, row->n);
    expect_text(row->name, names, row->n, row->want);
}
END_TEST

/* "Aa", "BB" and "C#" have one hash; "D" shares a bucket with none of them. */
static const struct order_row {
    const char *name;
    const char *names[6];
    size_t n;
    const char *want;
} order_rows[] = {
    {"empty", {NULL}, 0, ""},
    {"one", {"D"}, 1, "D"},
    {"one-bucket", {"Aa", "BB", "C#"}, 3, "Aa,BB,C#"},
    {"one-bucket-turned-round", {"C#", "BB", "Aa"}, 3, "C#,BB,Aa"},
    {"one-bucket-others-between", {"BB", "D", "Aa"}, 3, "BB,Aa,D"},
    {"others-first", {"D", "BB", "Aa"}, 3, "BB,Aa,D"},
    {"duplicates", {"D", "Aa", "D", "D", "Aa"}, 5, "Aa,D"},
    {"the-first-duplicate-counts", {"Aa", "BB", "Aa", "C#", "BB"}, 5, "Aa,BB,C#"},
    {"case-makes-a-difference", {"d", "E", "D"}, 3, "d,D,E"}, /* "d" and "D": one bucket */
};

START_TEST(order)
{
    const struct order_row *row = &order_rows[_i];

    expect_text(row->name, row->names, row->n, row->want);
}
END_TEST

static void shuffle(const char **names, size_t n, uint32_t *random)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = next_random(random) % i;
        const char *kept = names[i - 1];
        names[i - 1] = names[j];
        names[j] = kept;
    }
}

/** No two of the five methods, nor of the six exposed headers, share a bucket. */
START_TEST(any_order_gives_the_captured_one)
{
    const char *methods[5];
    const char *exposed[6];
    uint32_t random = (uint32_t)_i + 1;
    size_t n = 0;
    const char *const *builtin = policy_builtin_headers(SERVICE_CUIC, LIST_EXPOSED_HEADERS, &n);

    ck_assert_uint_eq(policy_n_methods, COUNT(methods));
    ck_assert_uint_eq(n, COUNT(exposed));
    memcpy(methods, policy_methods, sizeof methods);
    memcpy(exposed, builtin, sizeof exposed);
    shuffle(methods, COUNT(methods), &random);
    shuffle(exposed, COUNT(exposed), &random);
    expect_text("methods, shuffled", methods, COUNT(methods), METHODS);
    expect_text("exposed, shuffled", exposed, COUNT(exposed), EXPOSED);
}
END_TEST

/* ---- against an independent HashSet ---- */

static void expect_like_model(const struct hashset *m, const struct hdrlist *l, int set)
{
    size_t at = 0;

    ck_assert_msg(hdrlist_count(l) == m->n, "set %d: expected %zu names, got %zu", set, m->n,
                  hdrlist_count(l));
    for (size_t b = 0; b < m->cap; b++)
        for (size_t i = 0; i < m->used[b]; i++, at++)
            ck_assert_msg(strcmp(hdrlist_at(l, at), m->bucket[b][i]) == 0,
                          "set %d, place %zu of %zu: expected '%s', got '%s'", set, at, m->n,
                          m->bucket[b][i], hdrlist_at(l, at));
}

/** Up to 8 letters out of few, so that duplicates and shared buckets are common. */
static void random_name(char name[16], uint32_t *random)
{
    static const char letters[] = "abAB-#zq09_x";
    size_t n = 1 + next_random(random) % 8;

    for (size_t i = 0; i < n; i++)
        name[i] = letters[next_random(random) % (sizeof letters - 1)];
    name[n] = '\0';
}

START_TEST(like_a_hash_set)
{
    uint32_t random = 7919U * (uint32_t)_i + 17;
    size_t n = next_random(&random) % HASHSET_NAMES;
    char name[HASHSET_NAMES][16];
    const char *names[HASHSET_NAMES];
    struct hashset *m = hashset_new();

    for (size_t i = 0; i < n; i++) {
        random_name(name[i], &random);
        names[i] = name[i];
        hashset_add(m, name[i]);
    }
    struct hdrlist *l = make_list(names, n);
    expect_like_model(m, l, _i);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(hdrlist_has(l, slice_of(names[i])), "set %d: has not '%s'", _i, names[i]);
    hdrlist_free(l);
    free(m);
}
END_TEST

static const struct has_row {
    const char *name;
    struct slice asked;
    bool has;
    bool has_nocase;
} has_rows[] = {
    {"as-listed", LIT("content-type"), true, true},
    {"other-case", LIT("Content-TYPE"), false, true},
    {"all-upper", LIT("ACCESS-CONTROL-REQUEST-PRIVATE-NETWORK"), false, true},
    {"shorter", LIT("content-typ"), false, false},
    {"longer", LIT("content-type2"), false, false},
    {"padded", LIT(" content-type"), false, false},
    {"empty", LIT(""), false, false},
    {"no-text", NO_TEXT, false, false},
    {"nul-behind", LIT("content-type\0"), false, false},
    {"joined", LIT("accept,authorization"), false, false},
    {"star", LIT("*"), false, false},
};

START_TEST(has)
{
    const struct has_row *row = &has_rows[_i];
    size_t n = 0;
    const char *const *allowed = policy_builtin_headers(SERVICE_CUIC, LIST_ALLOWED_HEADERS, &n);
    struct hdrlist *l = make_list(allowed, n);
    struct hdrlist *none = make_list(NULL, 0);
    bool got = hdrlist_has(l, row->asked);
    bool got_nocase = hdrlist_has_nocase(l, row->asked);

    ck_assert_msg(got == row->has, "%s: has: expected %d, got %d", row->name, row->has, got);
    ck_assert_msg(got_nocase == row->has_nocase, "%s: has_nocase: expected %d, got %d", row->name,
                  row->has_nocase, got_nocase);
    ck_assert_msg(!hdrlist_has(none, row->asked) && !hdrlist_has_nocase(none, row->asked),
                  "%s: the empty list has it", row->name);
    hdrlist_free(none);
    hdrlist_free(l);
}
END_TEST

START_TEST(empty_and_null)
{
    struct hdrlist *l = make_list(NULL, 0);

    ck_assert_msg(hdrlist_count(l) == 0, "expected no name, got %zu", hdrlist_count(l));
    ck_assert_str_eq(hdrlist_text(l), "");
    hdrlist_free(l);
    hdrlist_free(NULL);
}
END_TEST

START_TEST(names_are_copied)
{
    char name[] = "x-one";
    const char *names[] = {name};
    struct hdrlist *l = make_list(names, 1);

    memset(name, '#', sizeof name - 1);
    ck_assert_str_eq(hdrlist_at(l, 0), "x-one");
    ck_assert_str_eq(hdrlist_text(l), "x-one");
    hdrlist_free(l);
}
END_TEST

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct name_row {
    const char *name;
    struct slice in;
    enum err err;
    size_t offset;
    const char *says;
} name_rows[] = {
    {"plain", LIT("x-requested-with"), ERR_OK, 0, NULL},
    {"upper", LIT("RequestId"), ERR_OK, 0, NULL},
    {"every-sign-of-a-token", LIT("!#$%&'*+-.^_`|~09azAZ"), ERR_OK, 0, NULL},
    {"one-letter", LIT("x"), ERR_OK, 0, NULL},
    {"longest", LIT(A64 A64), ERR_OK, 0, NULL},
    {"too-long", LIT(A64 A64 "a"), ERR_LIMIT, 0, "128"},
    {"empty", LIT(""), ERR_SYNTAX, 0, "empty header name"},
    {"no-text", NO_TEXT, ERR_SYNTAX, 0, "empty header name"},
    {"blank-inside", LIT("auth orization"), ERR_SYNTAX, 4, "character"},
    {"blank-before", LIT(" a"), ERR_SYNTAX, 0, "character"},
    {"tab-behind", LIT("a\t"), ERR_SYNTAX, 1, "character"},
    {"comma", LIT("a,b"), ERR_SYNTAX, 1, "character"},
    {"colon", LIT("a:"), ERR_SYNTAX, 1, "character"},
    {"slash", LIT("a/b"), ERR_SYNTAX, 1, "character"},
    {"at-sign", LIT("a@b"), ERR_SYNTAX, 1, "character"},
    {"brackets", LIT("ab[c]"), ERR_SYNTAX, 2, "character"},
    {"quote", LIT("\"a\""), ERR_SYNTAX, 0, "character"},
    {"nul", LIT("a\0b"), ERR_SYNTAX, 1, "character"},
    {"line-end", LIT("a\r\nb: c"), ERR_SYNTAX, 1, "character"},
    {"delete", LIT("a\x7f"), ERR_SYNTAX, 1, "character"},
    {"not-ascii",
     LIT("b\xc3\xbc"
         "cher"),
     ERR_SYNTAX, 1, "character"},
};

START_TEST(check_name)
{
    const struct name_row *row = &name_rows[_i];
    struct diag why = {4711, ""};
    size_t offset = row->err == ERR_OK ? 4711 : row->offset;
    enum err e = hdrlist_check_name(row->in, &why);

    ck_assert_msg(e == row->err, "%s: expected %s, got %s", row->name, err_text(row->err),
                  err_text(e));
    ck_assert_msg(why.offset == offset, "%s: expected offset %zu, got %zu", row->name, offset,
                  why.offset);
    ck_assert_msg(row->says == NULL || strstr(why.text, row->says) != NULL,
                  "%s: expected '%s' in '%s'", row->name, shown_text(row->says), why.text);
    ck_assert_msg(hdrlist_check_name(row->in, NULL) == row->err, "%s: other answer without diag",
                  row->name);
}
END_TEST

Suite *suite_hdrlist(void)
{
    Suite *s = suite_create("hdrlist");
    TCase *tc_order = tcase_create("order");
    TCase *tc_names = tcase_create("names");

    tcase_add_test(tc_order, captured_lists);
    add_rows(tc_order, java_order, COUNT(java_rows));
    add_rows(tc_order, order, COUNT(order_rows));
    add_rows(tc_order, any_order_gives_the_captured_one, 100);
    add_rows(tc_order, like_a_hash_set, 300);
    add_rows(tc_names, has, COUNT(has_rows));
    tcase_add_test(tc_names, empty_and_null);
    tcase_add_test(tc_names, names_are_copied);
    add_rows(tc_names, check_name, COUNT(name_rows));
    suite_add_tcase(s, tc_order);
    suite_add_tcase(s, tc_names);
    return s;
}
