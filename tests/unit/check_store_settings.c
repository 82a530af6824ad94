/* The settings that are no lists: modes, private network, and how long an idle shell lives. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_store.h"
#include "cors/decide.h"
#include "lab.h"
#include "stores.h"
#include "support.h"

#define A "https://a.example"

static const char *const mode_name[] = {"disabled", "enabled", "enable_all"};
#define MODES 3

static void expect_settings(struct store *s, size_t target, enum stage stage, enum cors_mode mode,
                            bool private_network, const char *when)
{
    struct target t = stores_target(target);
    struct cors_settings got = {CORS_DISABLED, false};

    MUST(store_get_settings(s, t, stage, &got, &why));
    ck_assert_msg(got.mode == mode && got.private_network == private_network,
                  "%s: %s %s %s: expected %s, %d, got %s, %d", when, t.node,
                  service_name(t.service), stage == STAGE_CONFIGURED ? "configured" : "running",
                  mode_name[mode], private_network, mode_name[got.mode], got.private_network);
}

/** Row: a target, from which mode and to which; at once, and with the restart. What else is set
 *  stays, and so do the other services. */
START_TEST(every_change_of_mode)
{
    size_t target = (size_t)_i / MODES / MODES;
    enum cors_mode from = (enum cors_mode)(_i / MODES % MODES);
    enum cors_mode to = (enum cors_mode)(_i % MODES);
    struct store *s = stores_open();
    struct target t = stores_target(target);
    enum cors_mode fresh = t.service == SERVICE_FINESSE ? CORS_ENABLED_ALL : CORS_DISABLED;

    expect_settings(s, target, STAGE_CONFIGURED, fresh, false, "fresh");
    expect_settings(s, target, STAGE_RUNNING, fresh, false, "fresh");
    (void)stores_add(s, t, A, APPLY_IMMEDIATE);
    MUST(store_set_private_network(s, t, true, &stores_now, &why));
    stores_set_mode(s, t, from, APPLY_IMMEDIATE);
    expect_settings(s, target, STAGE_RUNNING, from, true, "at once");
    stores_set_mode(s, t, to, APPLY_ON_RESTART);
    expect_settings(s, target, STAGE_CONFIGURED, to, true, "later");
    expect_settings(s, target, STAGE_RUNNING, from, true, "later");
    stores_restart(s, t);
    expect_settings(s, target, STAGE_RUNNING, to, true, "restarted");
    stores_set_mode(s, t, from, APPLY_IMMEDIATE);
    expect_settings(s, target, STAGE_CONFIGURED, from, true, "back");
    expect_settings(s, target, STAGE_RUNNING, from, true, "back");
    ck_assert_str_eq(stores_list(s, t, STAGE_RUNNING, LIST_ORIGINS), A);
    for (size_t i = 0; i < STORES_TARGETS; i++)
        if (i != target)
            ck_assert_str_eq(stores_text(s, stores_target(i), STAGE_CONFIGURED),
                             i == 4 ? "all:" : "off:");
    store_close(s);
}
END_TEST

/** Row: a target. Both stages, at once and with the restart; the mode stays. */
START_TEST(private_network)
{
    struct store *s = stores_open();
    size_t target = (size_t)_i;
    struct target t = stores_target(target);

    stores_set_mode(s, t, CORS_ENABLED, APPLY_IMMEDIATE);
    MUST(store_set_private_network(s, t, true, &stores_deferred, &why));
    expect_settings(s, target, STAGE_CONFIGURED, CORS_ENABLED, true, "later");
    expect_settings(s, target, STAGE_RUNNING, CORS_ENABLED, false, "later");
    stores_restart(s, t);
    expect_settings(s, target, STAGE_RUNNING, CORS_ENABLED, true, "restarted");
    MUST(store_set_private_network(s, t, false, &stores_now, &why));
    expect_settings(s, target, STAGE_CONFIGURED, CORS_ENABLED, false, "at once");
    expect_settings(s, target, STAGE_RUNNING, CORS_ENABLED, false, "at once");
    MUST(store_set_private_network(s, t, true, &stores_now, &why));
    expect_settings(s, target, STAGE_CONFIGURED, CORS_ENABLED, true, "at once");
    expect_settings(s, target, STAGE_RUNNING, CORS_ENABLED, true, "at once");
    for (size_t i = 0; i < STORES_TARGETS; i++)
        if (i != target)
            expect_settings(s, i, STAGE_RUNNING, i == 4 ? CORS_ENABLED_ALL : CORS_DISABLED, false,
                            "others");
    store_close(s);
}
END_TEST

/* --- what the server makes of a mode --- */

static const struct policy_row {
    const char *name;
    enum cors_mode mode;
    bool is_listed_allowed;
    bool is_other_allowed;
} policy_rows[] = {
    {"disabled", CORS_DISABLED, false, false},
    {"enabled", CORS_ENABLED, true, false},
    {"enable-all", CORS_ENABLED_ALL, true, true},
};

static bool allows(const struct policy *p, const char *origin)
{
    const struct cors_request rq = {.method = slice_of("GET"),
                                    .host = slice_of("desk.example"),
                                    .is_https = true,
                                    .origin = slice_of(origin)};

    return cors_decide(p, &rq, CORS_DISABLED_REFUSE).is_allowed;
}

START_TEST(policy_of_a_mode)
{
    const struct policy_row *row = &policy_rows[_i];
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(4), A, APPLY_IMMEDIATE);
    stores_set_mode(s, stores_target(4), row->mode, APPLY_IMMEDIATE);
    struct policy_set *set = stores_policies(s);
    const struct policy *p = stores_view(set, 4)->policy;
    ck_assert_msg(p->enabled == (row->mode != CORS_DISABLED), "%s: enabled %d", row->name,
                  p->enabled);
    ck_assert_msg(p->any_origin == (row->mode == CORS_ENABLED_ALL), "%s: any origin %d", row->name,
                  p->any_origin);
    ck_assert_msg(allows(p, A) == row->is_listed_allowed, "%s: " A, row->name);
    ck_assert_msg(allows(p, "https://b.example") == row->is_other_allowed, "%s: another",
                  row->name);
    ck_assert_uint_eq(p->n_origins, 1); /* kept in every mode */
    policy_set_unref(set);
    store_close(s);
}
END_TEST

/** Each service's policy has its own product's headers, and what was listed for it. */
START_TEST(policy_headers)
{
    struct store *s = stores_open();
    struct target t = stores_target((size_t)_i);

    (void)stores_add_to(s, t, LIST_ALLOWED_HEADERS, "x-a", APPLY_IMMEDIATE);
    (void)stores_add_to(s, t, LIST_EXPOSED_HEADERS, "x-b", APPLY_IMMEDIATE);
    struct policy_set *set = stores_policies(s);
    for (size_t i = 0; i < STORES_TARGETS; i++) {
        const struct policy *p = stores_view(set, i)->policy;
        enum service service = stores_target(i).service;
        size_t n = 0;
        bool is_own = i == (size_t)_i;
        (void)policy_builtin_headers(service, LIST_ALLOWED_HEADERS, &n);
        ck_assert_uint_eq(hdrlist_count(p->allowed_headers), n + is_own);
        (void)policy_builtin_headers(service, LIST_EXPOSED_HEADERS, &n);
        ck_assert_uint_eq(hdrlist_count(p->exposed_headers), n + is_own);
        ck_assert_int_eq(hdrlist_has(p->allowed_headers, slice_of("x-a")), is_own);
        ck_assert_int_eq(hdrlist_has(p->exposed_headers, slice_of("x-b")), is_own);
        ck_assert_int_eq(hdrlist_has(p->allowed_headers, slice_of("range")),
                         service == SERVICE_FINESSE);
        ck_assert_int_eq(hdrlist_has(p->allowed_headers, slice_of("peripheralid")),
                         service != SERVICE_FINESSE);
    }
    policy_set_unref(set);
    store_close(s);
}
END_TEST

/* --- the shell's timeout --- */

static void expect_timeouts(struct store *s, unsigned pub, unsigned sub, unsigned desk)
{
    static const char *const node[STORES_NODES] = {"pub", "sub", "desk"};
    const unsigned want[STORES_NODES] = {pub, sub, desk};

    for (size_t i = 0; i < STORES_NODES; i++) {
        unsigned got = 77;
        MUST(store_get_cli_timeout(s, node[i], &got, &why));
        ck_assert_msg(got == want[i], "%s: expected %u, got %u", node[i], want[i], got);
    }
}

/** Of each node by itself, kept by the file, and back with a reset. */
START_TEST(cli_timeout)
{
    struct store *s = stores_open();

    expect_timeouts(s, 1800, 1800, 1800);
    MUST(store_set_cli_timeout(s, "sub", 60, &stores_now, &why));
    expect_timeouts(s, 1800, 60, 1800);
    MUST(store_set_cli_timeout(s, "desk", 5940, &stores_deferred, &why)); /* at once all the same */
    expect_timeouts(s, 1800, 60, 5940);
    store_close(s);
    s = stores_open();
    expect_timeouts(s, 1800, 60, 5940);
    stores_restart(s, stores_target(4));
    expect_timeouts(s, 1800, 60, 5940);
    MUST(store_reset(s, &stores_config, lab_article, &stores_now, &why));
    expect_timeouts(s, 1800, 1800, 1800);
    store_close(s);
}
END_TEST

static const unsigned timeouts[] = {0, 1, 59, 60, 1800, 86400, INT_MAX};

START_TEST(cli_timeout_values)
{
    struct store *s = stores_open();

    MUST(store_set_cli_timeout(s, "pub", timeouts[_i], &stores_now, &why));
    expect_timeouts(s, timeouts[_i], 1800, 1800);
    store_close(s);
}
END_TEST

TCase *tcase_store_settings(void)
{
    TCase *tc = tcase_create("settings");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, every_change_of_mode, (size_t)STORES_TARGETS * MODES * MODES);
    add_rows(tc, private_network, STORES_TARGETS);
    add_rows(tc, policy_of_a_mode, COUNT(policy_rows));
    add_rows(tc, policy_headers, STORES_TARGETS);
    tcase_add_test(tc, cli_timeout);
    add_rows(tc, cli_timeout_values, COUNT(timeouts));
    return tc;
}
