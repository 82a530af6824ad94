/* Services that are started, stopped and restarted: what is written down, which settings they read
 * when they start, and what the server sees of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_store.h"
#include "stores.h"
#include "support.h"

#define A         "https://a.example"
#define B         "https://b.example"
#define REPORTING "Intelligence Center Reporting Service"
#define PROXY     "Cisco Web Proxy Service"
#define TOMCAT    "Cisco Finesse Tomcat"

static const char lives_sql[] = "SELECT node.name, life.name, is_stopped, stopping_until_ms,"
                                " starting_until_ms FROM life JOIN node ON node.id = node_id"
                                " ORDER BY 1, 2";

static struct life get_life(struct store *s, const char *node,
                            const struct appliance_service *service)
{
    struct life l = {true, 77, 77};

    MUST(store_get_life(s, node, service, &l, &why));
    return l;
}

static void expect_life(const char *name, struct life got, struct life want)
{
    ck_assert_msg(
        got.is_stopped == want.is_stopped && got.stopping_until_ms == want.stopping_until_ms &&
            got.starting_until_ms == want.starting_until_ms,
        "%s: expected %d %lld %lld, got %d %lld %lld", name, want.is_stopped,
        (long long)want.stopping_until_ms, (long long)want.starting_until_ms, got.is_stopped,
        (long long)got.stopping_until_ms, (long long)got.starting_until_ms);
}

/** Started, or stopped for ever where it is not activated. */
START_TEST(fresh_lives)
{
    struct store *s = stores_open();
    size_t n = 0;
    size_t n_stopped = 0;
    const struct appliance_service *all = appliance_services(&n);

    for (size_t i = 0; i < n; i++) {
        bool is_off = all[i].kind == APPLIANCE_NOT_ACTIVATED;
        const char *node = all[i].platform == PLATFORM_FINESSE ? "desk" : "sub";
        expect_life(all[i].name, get_life(s, node, &all[i]), (struct life){is_off, 0, 0});
        n_stopped += is_off;
    }
    ck_assert_uint_gt(n_stopped, 0);
    struct policy_set *set = stores_policies(s);
    for (size_t i = 0; i < STORES_TARGETS; i++)
        expect_life("view", stores_view(set, i)->life, (struct life){false, 0, 0});
    policy_set_unref(set);
    store_close(s);
}
END_TEST

static const struct move_row {
    const char *name;
    enum life_action action;
    int64_t takes_ms;
    struct life want;
} move_rows[] = {
    {"start", LIFE_START, 10, {false, 0, STORES_NOW + 5}},
    {"stop", LIFE_STOP, 10, {true, STORES_NOW + 5, 0}},
    {"restart", LIFE_RESTART, 10, {false, STORES_NOW + 5, STORES_NOW + 10}},
    {"restart-odd", LIFE_RESTART, 7, {false, STORES_NOW + 3, STORES_NOW + 7}},
    {"start-at-once", LIFE_START, 0, {false, 0, 0}},
    {"stop-at-once", LIFE_STOP, 0, {true, 0, 0}},
    {"restart-at-once", LIFE_RESTART, 0, {false, 0, 0}},
};

/** The life is written as life_after has it, over whatever was there, of that service on that node
 *  alone, and is there when the store is opened again. */
START_TEST(moved)
{
    const struct move_row *row = &move_rows[_i];
    const struct appliance_service *db = appliance_find(PLATFORM_CUIC, slice_of("A Cisco DB"));
    const struct appliance_service *dirsync =
        appliance_find(PLATFORM_CUIC, slice_of("Cisco DirSync"));

    for (size_t i = 0; i < COUNT(move_rows); i++) {
        struct store *s = stores_open();
        stores_move(s, "sub", "A Cisco DB", move_rows[i].action, move_rows[i].takes_ms);
        stores_move(s, "sub", "A Cisco DB", row->action, row->takes_ms);
        stores_move(s, "sub", "Cisco DirSync", row->action, row->takes_ms);
        store_close(s);
        s = stores_open();
        expect_life(row->name, get_life(s, "sub", db), row->want);
        expect_life(row->name, get_life(s, "sub", dirsync), row->want);
        expect_life("other node", get_life(s, "pub", db), (struct life){false, 0, 0});
        expect_life("other product", get_life(s, "desk", db), (struct life){false, 0, 0});
        ck_assert_int_eq(stores_ask(s, "SELECT count(*) FROM life"), 2);
        store_close(s);
    }
}
END_TEST

/* --- which settings are read --- */

/** Every service's settings are to change: origins, headers, the mode, private network. */
static const char edit_all[] =
    "DELETE FROM list_entry;"
    "INSERT INTO list_entry SELECT id, 'running', 'allowed_origin', 1, '" A "' FROM service;"
    "INSERT INTO list_entry SELECT id, 'configured', 'allowed_origin', 2, '" B "' FROM service;"
    "INSERT INTO list_entry SELECT id, 'configured', 'allowed_headers', 1, 'x-a' FROM service;"
    "INSERT INTO list_entry SELECT id, 'configured', 'exposed_headers', 1, 'x-b' FROM service;"
    "UPDATE policy SET enabled = 1, any_origin = 0, private_network = 1"
    " WHERE stage = 'configured';";

#define LOADED "on, private network, allowed x-a, exposed x-b: " B

/** The targets, as bits, that have loaded what edit_all configured. */
static unsigned loaded(struct store *s, const char *when)
{
    unsigned bits = 0;

    for (size_t i = 0; i < STORES_TARGETS; i++) {
        struct target t = stores_target(i);
        const char *got = stores_text(s, t, STAGE_RUNNING);
        const char *old = t.service == SERVICE_FINESSE ? "all: " A : "off: " A;
        ck_assert_str_eq(stores_text(s, t, STAGE_CONFIGURED), LOADED);
        ck_assert_msg(strcmp(got, old) == 0 || strcmp(got, LOADED) == 0, "%s: %s %s: '%s'", when,
                      t.node, service_name(t.service), got);
        bits |= strcmp(got, LOADED) == 0 ? 1U << i : 0;
    }
    return bits;
}

/** What a service of a node should load, as bits of targets. */
static unsigned expected(const char *node, const struct appliance_service *service)
{
    bool is_cuic = service->platform == PLATFORM_CUIC;
    unsigned first = strcmp(node, "pub") == 0 ? 0 : 2;

    if (is_cuic && strcmp(service->name, REPORTING) == 0)
        return 1U << first;
    if (is_cuic && strcmp(service->name, PROXY) == 0)
        return 1U << (first + 1);
    return !is_cuic && strcmp(service->name, TOMCAT) == 0 ? 1U << 4 : 0;
}

/** Row: a service of the table. A start and a restart load what it reads, on that node alone; a
 * stop loads nothing. */
START_TEST(loads)
{
    static const enum life_action actions[] = {LIFE_STOP, LIFE_START, LIFE_RESTART};
    size_t n = 0;
    const struct appliance_service *service = &appliance_services(&n)[_i];
    const char *node = service->platform == PLATFORM_FINESSE ? "desk" : "sub";

    for (size_t i = 0; i < COUNT(actions); i++) {
        struct store *s = stores_open();
        stores_sql(edit_all);
        ck_assert_uint_eq(loaded(s, "before"), 0);
        stores_move(s, node, service->name, actions[i], i == 0 ? 0 : 10);
        unsigned want = actions[i] == LIFE_STOP ? 0 : expected(node, service);
        unsigned got = loaded(s, service->name);
        ck_assert_msg(got == want, "%s on %s, action %zu: expected targets %x, got %x",
                      service->name, node, i, want, got);
        store_close(s);
        ck_assert_int_eq(unlink(stores_path()), 0);
    }
}
END_TEST

/** The same on the other CUIC node. */
START_TEST(loads_on_its_node)
{
    struct store *s = stores_open();

    stores_sql(edit_all);
    stores_move(s, "pub", PROXY, LIFE_RESTART, 0);
    ck_assert_uint_eq(loaded(s, "proxy of pub"), 1U << 1);
    stores_move(s, "pub", REPORTING, LIFE_START, 0);
    ck_assert_uint_eq(loaded(s, "reporting of pub"), 3);
    stores_move(s, "sub", REPORTING, LIFE_RESTART, 0);
    ck_assert_uint_eq(loaded(s, "reporting of sub"), 7);
    store_close(s);
}
END_TEST

static const struct cycle_row {
    const char *name;
    const char *service;
    size_t target;
} cycle_rows[] = {
    {"cuic", REPORTING, 2},
    {"live-data", PROXY, 3},
    {"finesse", TOMCAT, 4},
};

/** Stopped, edited, started: read at the start. What is edited at once need not wait for it. */
START_TEST(stop_edit_start)
{
    const struct cycle_row *row = &cycle_rows[_i];
    struct store *s = stores_open();
    struct target t = stores_target(row->target);

    stores_set_mode(s, t, CORS_ENABLED, APPLY_IMMEDIATE);
    stores_move(s, t.node, row->service, LIFE_STOP, 0);
    (void)stores_add(s, t, A, APPLY_ON_RESTART);
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), "on:");
    (void)stores_add(s, t, B, APPLY_IMMEDIATE);
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), "on: " B);
    stores_move(s, t.node, row->service, LIFE_STOP, 0);
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), "on: " B);
    stores_move(s, t.node, row->service, LIFE_START, 0);
    ck_assert_str_eq(stores_text(s, t, STAGE_RUNNING), "on: " A " " B);
    store_close(s);
}
END_TEST

/* --- what the server sees --- */

static const struct view_row {
    const char *name;
    const char *node;
    const char *service;
    int target; /* whose view it is; -1: nobody's */
} view_rows[] = {
    {"reporting", "pub", REPORTING, 0},
    {"reporting-of-sub", "sub", REPORTING, 2},
    {"socket-io", "pub", "CCE Live Data Socket.IO Service", 1},
    {"live-data-web", "sub", "CCE Live Data Web Service", 3},
    {"finesse-tomcat", "desk", TOMCAT, 4},
    {"proxy", "pub", PROXY, -1}, /* it is looked at where connections are taken */
    {"tomcat", "pub", "Cisco Tomcat", -1},
    {"tomcat-of-finesse", "desk", "Cisco Tomcat", -1},
    {"finesse-notification", "desk", "Cisco Finesse Notification Service", -1},
    {"database", "sub", "A Cisco DB", -1},
    {"live-data-activemq", "sub", "CCE Live Data ActiveMQ Service", -1},
};

START_TEST(view)
{
    const struct view_row *row = &view_rows[_i];
    struct store *s = stores_open();

    for (size_t i = 0; i < COUNT(move_rows); i++) {
        stores_move(s, row->node, row->service, move_rows[i].action, move_rows[i].takes_ms);
        struct policy_set *set = stores_policies(s);
        for (size_t j = 0; j < STORES_TARGETS; j++) {
            struct life want = {false, 0, 0};
            if (row->target == (int)j)
                want = move_rows[i].want;
            expect_life(row->name, stores_view(set, j)->life, want);
        }
        policy_set_unref(set);
    }
    store_close(s);
}
END_TEST

/** Live Data answers only while both of its services run. */
START_TEST(view_of_two_services)
{
    struct store *s = stores_open();

    stores_move(s, "pub", "CCE Live Data Web Service", LIFE_RESTART, 20);
    stores_move(s, "pub", "CCE Live Data Socket.IO Service", LIFE_STOP, 4);
    struct policy_set *set = stores_policies(s);
    expect_life("one of them stopped", stores_view(set, 1)->life,
                (struct life){true, STORES_NOW + 10, STORES_NOW + 20});
    policy_set_unref(set);
    stores_move(s, "pub", "CCE Live Data Socket.IO Service", LIFE_START, 60);
    set = stores_policies(s);
    expect_life("both on their way", stores_view(set, 1)->life,
                (struct life){false, STORES_NOW + 10, STORES_NOW + 30});
    policy_set_unref(set);
    store_close(s);
}
END_TEST

/** An edit moves nothing, and a policy comes with its life. */
START_TEST(view_after_an_edit)
{
    struct store *s = stores_open();

    stores_move(s, "sub", REPORTING, LIFE_RESTART, 10);
    stores_set_mode(s, stores_target(2), CORS_ENABLED, APPLY_IMMEDIATE);
    (void)stores_add(s, stores_target(2), A, APPLY_IMMEDIATE);
    struct policy_set *set = stores_policies(s);
    expect_life("edited", stores_view(set, 2)->life,
                (struct life){false, STORES_NOW + 5, STORES_NOW + 10});
    ck_assert(stores_view(set, 2)->policy->enabled);
    ck_assert_ptr_nonnull(policy_find_origin(stores_view(set, 2)->policy, slice_of(A)));
    policy_set_unref(set);
    stores_expect_rows(s, lives_sql, "sub|" REPORTING "|0|1738978067128|1738978067133\n");
    store_close(s);
}
END_TEST

TCase *tcase_store_life(void)
{
    TCase *tc = tcase_create("life");
    size_t n = 0;

    (void)appliance_services(&n);
    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, fresh_lives);
    add_rows(tc, moved, COUNT(move_rows));
    add_rows(tc, loads, n);
    tcase_add_test(tc, loads_on_its_node);
    add_rows(tc, stop_edit_start, COUNT(cycle_rows));
    add_rows(tc, view, COUNT(view_rows));
    tcase_add_test(tc, view_of_two_services);
    tcase_add_test(tc, view_after_an_edit);
    return tc;
}
