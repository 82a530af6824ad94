#include "cors/decide.h"

#include <string.h>

#include "rows_decide.h"
#include "suites.h"
#include "support.h"

_Static_assert(REASON_COUNT == REASON_OUTSIDE + 1, "reasons are not counted");

static const char *code_of(enum cors_reason r)
{
    return reason_get(r)->code;
}

static bool is_within(const char *at, struct slice s)
{
    return s.at != NULL && at >= s.at && at <= s.at + s.n;
}

/** The culprit is what the request holds, not a copy, and nothing else has one. */
static void expect_culprit(const struct decide_row *row, const struct cors_decision *d)
{
    struct slice got = d->culprit;

    ck_assert_msg((got.at == NULL) == (row->culprit.at == NULL),
                  "%s: expected culprit '%s', got '%s'", row->name, shown(row->culprit),
                  shown(got));
    if (got.at == NULL)
        return;
    ck_assert_msg(got.n == row->culprit.n && memcmp(got.at, row->culprit.at, got.n) == 0,
                  "%s: expected culprit '%s', got '%s'", row->name, shown(row->culprit),
                  shown(got));
    ck_assert_msg(is_within(got.at, row->rq.method) || is_within(got.at, row->rq.request_method) ||
                      is_within(got.at, row->rq.request_headers),
                  "%s: the culprit does not point into the request", row->name);
}

static void expect_allow_origin(const struct decide_row *row, const struct policy *p,
                                const struct cors_decision *d)
{
    const char *want = row->allow_origin;
    const char *got = d->allow_origin;

    ck_assert_msg(want == NULL ? got == NULL : got != NULL && strcmp(got, want) == 0,
                  "%s: expected allow-origin '%s', got '%s'", row->name, shown_text(want),
                  shown_text(got));
    ck_assert_msg(got == NULL || p->any_origin || got == policy_find_origin(p, slice_of(want)),
                  "%s: allow-origin is not the list's copy", row->name);
}

START_TEST(decide)
{
    const struct decide_row *row = &decide_rows[_i];
    struct policy *p = make_policy_kind(row->policy);
    struct cors_decision d = cors_decide(p, &row->rq, row->disabled);

    ck_assert_msg(d.reason == row->reason, "%s: expected %s, got %s", row->name,
                  code_of(row->reason), code_of(d.reason));
    ck_assert_msg(d.class == row->class, "%s: expected class %s, got %s", row->name,
                  cors_class_name(row->class), cors_class_name(d.class));
    ck_assert_msg(d.is_allowed == row->is_allowed, "%s: expected allowed %d, got %d", row->name,
                  row->is_allowed, d.is_allowed);
    ck_assert_msg(d.adds == row->adds, "%s: expected adds %d, got %d", row->name, (int)row->adds,
                  (int)d.adds);
    ck_assert_msg(d.adds_private_network == row->adds_private_network,
                  "%s: expected private network %d, got %d", row->name, row->adds_private_network,
                  d.adds_private_network);
    expect_allow_origin(row, p, &d);
    expect_culprit(row, &d);
    policy_free(p);
}
END_TEST

/** What the table's rows are really answered, so that no reason is left untested. */
START_TEST(every_reason_has_a_row)
{
    struct policy *policies[POLICY_KINDS];
    size_t seen[REASON_DECISIONS] = {0};

    for (int kind = 0; kind < POLICY_KINDS; kind++)
        policies[kind] = make_policy_kind((enum policy_kind)kind);
    for (size_t i = 0; i < decide_n_rows; i++) {
        const struct decide_row *row = &decide_rows[i];
        struct cors_decision d = cors_decide(policies[row->policy], &row->rq, row->disabled);
        ck_assert_msg((unsigned)d.reason < REASON_DECISIONS, "%s: reason %u", row->name,
                      (unsigned)d.reason);
        seen[d.reason]++;
    }
    for (unsigned r = 0; r < REASON_DECISIONS; r++)
        ck_assert_msg(seen[r] > 0, "no row is answered with %s", code_of((enum cors_reason)r));
    for (int kind = 0; kind < POLICY_KINDS; kind++)
        policy_free(policies[kind]);
}
END_TEST

START_TEST(row_names_are_unique)
{
    for (size_t i = 0; i < decide_n_rows; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(strcmp(decide_rows[i].name, decide_rows[j].name) != 0,
                          "two rows are named %s", decide_rows[i].name);
}
END_TEST

/** A bare request, with nothing but its method, must not confuse the decision. */
START_TEST(bare_request)
{
    static const struct cors_request nothing = {.is_https = true};
    struct policy *p = make_policy_kind(POLICY_RECORDED);
    struct cors_decision d = cors_decide(p, &nothing, CORS_DISABLED_REFUSE);

    ck_assert_msg(d.reason == REASON_NO_ORIGIN && d.is_allowed, "expected no-origin, got %s",
                  code_of(d.reason));
    policy_free(p);
}
END_TEST

START_TEST(class_names)
{
    ck_assert_str_eq(cors_class_name(CORS_NOT), "not-cors");
    ck_assert_str_eq(cors_class_name(CORS_PREFLIGHT), "preflight");
    ck_assert_str_eq(cors_class_name(CORS_ACTUAL), "actual");
    ck_assert_str_eq(cors_class_name(CORS_INVALID), "invalid");
}
END_TEST

static bool refuses(enum cors_reason r)
{
    return r != REASON_NO_ORIGIN && r != REASON_SAME_ORIGIN && r != REASON_DISABLED_PASSED &&
           r != REASON_PREFLIGHT_ALLOWED && r != REASON_ACTUAL_ALLOWED;
}

static void expect_sentence(const char *code, const char *what, const char *text)
{
    size_t n = strlen(text);

    ck_assert_msg(n > 0, "%s: no %s", code, what);
    ck_assert_msg(text[0] >= 'A' && text[0] <= 'Z', "%s: %s does not begin with a capital", code,
                  what);
    ck_assert_msg(text[n - 1] == '.', "%s: %s does not end with a full stop", code, what);
}

START_TEST(reason_words)
{
    enum cors_reason r = (enum cors_reason)_i;
    const struct reason *row = reason_get(r);
    size_t n = strlen(row->title);

    ck_assert_msg(n > 0 && row->title[n - 1] != '.', "%s: title '%s'", row->code, row->title);
    ck_assert_msg(row->title[0] >= 'A' && row->title[0] <= 'Z', "%s: title '%s'", row->code,
                  row->title);
    expect_sentence(row->code, "why", row->why);
    if (refuses(r) || row->remedy[0] != '\0')
        expect_sentence(row->code, "remedy", row->remedy);
}
END_TEST

START_TEST(reason_codes)
{
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const char *code = code_of((enum cors_reason)i);
        ck_assert_msg(code != NULL && code[0] != '\0', "reason %u has no code", i);
        ck_assert_msg(strspn(code, "abcdefghijklmnopqrstuvwxyz-") == strlen(code),
                      "'%s': not lower case and hyphens", code);
        for (unsigned j = 0; j < i; j++)
            ck_assert_msg(strcmp(code, code_of((enum cors_reason)j)) != 0, "'%s' stands twice",
                          code);
    }
}
END_TEST

Suite *suite_decide(void)
{
    Suite *s = suite_create("decide");
    TCase *table = tcase_create("table");
    TCase *words = tcase_create("words");

    add_rows(table, decide, decide_n_rows);
    tcase_add_test(table, every_reason_has_a_row);
    tcase_add_test(table, row_names_are_unique);
    tcase_add_test(table, bare_request);
    tcase_add_test(words, class_names);
    add_rows(words, reason_words, REASON_COUNT);
    tcase_add_test(words, reason_codes);
    suite_add_tcase(s, table);
    suite_add_tcase(s, words);
    return s;
}
