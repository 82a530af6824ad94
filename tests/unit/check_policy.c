#include "cors/policy.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_policy_builtin.h"
#include "suites.h"
#include "support.h"

START_TEST(flags_are_kept)
{
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);

    spec.enabled = true;
    spec.private_network = true;
    spec.any_origin = true;
    spec.credentials = false;
    struct policy *p = make_policy(&spec);
    ck_assert(p->enabled);
    ck_assert(p->private_network);
    ck_assert(p->any_origin);
    ck_assert(!p->credentials);
    policy_free(p);
}
END_TEST

static const struct age_row {
    const char *name;
    unsigned max_age_s;
    const char *want;
} age_rows[] = {
    {"not-sent", 0, ""},
    {"one", 1, "1"},
    {"a-day", 86400, "86400"},
    {"largest", UINT_MAX, "4294967295"},
};

START_TEST(max_age)
{
    const struct age_row *row = &age_rows[_i];
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);

    spec.max_age_s = row->max_age_s;
    struct policy *p = make_policy(&spec);
    ck_assert_msg(strcmp(p->max_age_text, row->want) == 0, "%s: expected '%s', got '%s'", row->name,
                  row->want, p->max_age_text);
    policy_free(p);
}
END_TEST

static const struct find_row {
    const char *name;
    struct slice origin;
    const char *want; /* NULL: not listed */
} find_rows[] = {
    {"listed", LIT("https://finesses.uccelab.tac:8445"), "https://finesses.uccelab.tac:8445"},
    {"listed-no-port", LIT("https://finessep.uccelab.tac"), "https://finessep.uccelab.tac"},
    {"port-not-listed", LIT("https://finessep.uccelab.tac:8445"), NULL},
    {"default-port", LIT("https://finessep.uccelab.tac:443"), NULL},
    {"upper-host", LIT("https://FINESSEP.uccelab.tac"), NULL},
    {"upper-scheme", LIT("HTTPS://finessep.uccelab.tac"), NULL},
    {"other-scheme", LIT("http://finessep.uccelab.tac"), NULL},
    {"slash", LIT("https://finessep.uccelab.tac/"), NULL},
    {"one-byte-short", LIT("https://finessep.uccelab.ta"), NULL},
    {"nul-behind", LIT("https://finessep.uccelab.tac\0"), NULL},
    {"star", LIT("*"), NULL},
    {"null", LIT("null"), NULL},
    {"empty", LIT(""), NULL},
    {"no-text", NO_TEXT, NULL},
};

START_TEST(find)
{
    const struct find_row *row = &find_rows[_i];
    struct policy_spec spec = recorded_spec();
    struct policy *p = make_policy(&spec);
    const char *got = policy_find_origin(p, row->origin);

    ck_assert_msg(row->want == NULL ? got == NULL : got != NULL && strcmp(got, row->want) == 0,
                  "%s: expected '%s', got '%s'", row->name, shown_text(row->want), shown_text(got));
    ck_assert_msg(got == NULL || got != row->origin.at, "%s: expected the list's copy", row->name);
    policy_free(p);
}
END_TEST

struct origins {
    size_t n;
    char (*text)[48];
    const char **at;
};

static struct origins number_origins(size_t n)
{
    struct origins o = {n, calloc(n + 1, sizeof *o.text), calloc(n + 1, sizeof *o.at)};

    ck_assert(o.text != NULL && o.at != NULL);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(o.text[i], sizeof o.text[i], "https://host%zu.example:8445", i);
        o.at[i] = o.text[i];
    }
    return o;
}

static void free_origins(struct origins *o)
{
    free(o->text);
    free(o->at);
}

static void expect_found(const struct policy *p, const struct origins *o)
{
    for (size_t i = 0; i < o->n; i++) {
        char miss[48];
        const char *got = policy_find_origin(p, slice_of(o->at[i]));
        ck_assert_msg(got != NULL && strcmp(got, o->at[i]) == 0, "of %zu: %s not found", o->n,
                      o->at[i]);
        struct slice shorter = {o->at[i], strlen(o->at[i]) - 1};
        ck_assert_msg(policy_find_origin(p, shorter) == NULL, "of %zu: found %s", o->n,
                      shown(shorter));
        (void)snprintf(miss, sizeof miss, "%s0", o->at[i]);
        ck_assert_msg(policy_find_origin(p, slice_of(miss)) == NULL, "of %zu: found %s", o->n,
                      miss);
    }
}

static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 100, 10000};

START_TEST(lists_of_any_size)
{
    struct origins o = number_origins(sizes[_i]);
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);

    spec.origins = o.at;
    spec.n_origins = o.n;
    struct policy *p = make_policy(&spec);
    ck_assert_msg(p->n_origins == o.n, "expected %zu origins, got %zu", o.n, p->n_origins);
    expect_found(p, &o);
    ck_assert_ptr_null(policy_find_origin(p, slice_of("https://host.example:8445")));
    policy_free(p);
    free_origins(&o);
}
END_TEST

START_TEST(duplicates)
{
    static const char *const twice[] = {"https://a.example", "https://b.example",
                                        "https://a.example", "https://a.example"};
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);

    spec.origins = twice;
    spec.n_origins = COUNT(twice);
    struct policy *p = make_policy(&spec);
    ck_assert_msg(p->n_origins == 2, "expected 2 origins, got %zu", p->n_origins);
    ck_assert_ptr_nonnull(policy_find_origin(p, slice_of("https://a.example")));
    ck_assert_ptr_nonnull(policy_find_origin(p, slice_of("https://b.example")));
    policy_free(p);
}
END_TEST

START_TEST(service_names)
{
    ck_assert_str_eq(service_name(SERVICE_CUIC), "cuic");
    ck_assert_str_eq(service_name(SERVICE_LIVE_DATA), "live-data");
    ck_assert_str_eq(service_name(SERVICE_FINESSE), "finesse");
}
END_TEST

START_TEST(list_names)
{
    ck_assert_str_eq(list_name(LIST_ORIGINS), "allowed_origin");
    ck_assert_str_eq(list_name(LIST_ALLOWED_HEADERS), "allowed_headers");
    ck_assert_str_eq(list_name(LIST_EXPOSED_HEADERS), "exposed_headers");
}
END_TEST

#define NODES 3

/** A set whose policies can be told apart by their max age: node * 10 + service + 1. */
static struct policy_set *make_set(void)
{
    struct policy_set *set = NULL;

    ck_assert_int_eq(policy_set_new(NODES, &set), ERR_OK);
    for (unsigned i = 0; i < NODES * SERVICE_COUNT; i++) {
        struct policy_spec spec = policy_spec_default(SERVICE_CUIC);
        spec.max_age_s = i / SERVICE_COUNT * 10 + i % SERVICE_COUNT + 1;
        set->view[i].policy = make_policy(&spec);
    }
    return set;
}

static void expect_set_usable(const struct policy_set *set, const char *step)
{
    for (size_t node = 0; node < NODES; node++)
        for (int s = 0; s < SERVICE_COUNT; s++) {
            const struct policy *p = policy_set_get(set, node, (enum service)s)->policy;
            long want = (long)node * 10 + s + 1;
            ck_assert_msg(p != NULL && strtol(p->max_age_text, NULL, 10) == want,
                          "%s: node %zu, service %d: another policy", step, node, s);
        }
}

/** The last user frees; a leak or a use after free is for the sanitizers and valgrind to find. */
START_TEST(set_counts_its_users)
{
    struct policy_set *set = make_set();

    ck_assert_uint_eq(atomic_load(&set->users), 1);
    ck_assert_ptr_eq(policy_set_ref(set), set);
    ck_assert_ptr_eq(policy_set_ref(set), set);
    ck_assert_uint_eq(atomic_load(&set->users), 3);
    policy_set_unref(set);
    expect_set_usable(set, "two users left");
    policy_set_unref(set);
    expect_set_usable(set, "one user left");
    ck_assert_uint_eq(atomic_load(&set->users), 1);
    policy_set_unref(set);
    policy_set_unref(NULL);
}
END_TEST

START_TEST(new_set_is_empty)
{
    struct policy_set *set = NULL;

    ck_assert_int_eq(policy_set_new(NODES, &set), ERR_OK);
    for (size_t node = 0; node < NODES; node++)
        for (int s = 0; s < SERVICE_COUNT; s++) {
            const struct service_view *view = policy_set_get(set, node, (enum service)s);
            ck_assert_msg(view->policy == NULL && !view->life.is_stopped &&
                              view->life.stopping_until_ms == 0 &&
                              view->life.starting_until_ms == 0,
                          "node %zu, service %d: expected nothing", node, s);
        }
    policy_set_unref(set);
    ck_assert_int_eq(policy_set_new(0, &set), ERR_OK);
    policy_set_unref(set);
}
END_TEST

Suite *suite_policy(void)
{
    Suite *s = suite_create("policy");
    TCase *settings = tcase_create("settings");
    TCase *origins = tcase_create("origins");
    TCase *set = tcase_create("set");

    tcase_add_test(settings, flags_are_kept);
    add_rows(settings, max_age, COUNT(age_rows));
    tcase_add_test(settings, service_names);
    tcase_add_test(settings, list_names);
    add_rows(origins, find, COUNT(find_rows));
    add_rows(origins, lists_of_any_size, COUNT(sizes));
    tcase_add_test(origins, duplicates);
    tcase_add_test(set, set_counts_its_users);
    tcase_add_test(set, new_set_is_empty);
    suite_add_tcase(s, tcase_policy_builtin());
    suite_add_tcase(s, settings);
    suite_add_tcase(s, origins);
    suite_add_tcase(s, set);
    return s;
}
