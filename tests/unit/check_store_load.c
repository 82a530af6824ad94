/* What the server reads of a store: policies, versions, and what a reset leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_store.h"
#include "lab.h"
#include "scratch.h"
#include "stores.h"
#include "support.h"

#define A "https://a.example"
#define B "https://b.example"

static void expect_policy(const char *name, const struct policy *p, bool enabled, bool has_a,
                          bool has_b)
{
    ck_assert_msg(p->enabled == enabled, "%s: enabled is %d", name, p->enabled);
    ck_assert_msg((policy_find_origin(p, slice_of(A)) != NULL) == has_a, "%s: " A, name);
    ck_assert_msg((policy_find_origin(p, slice_of(B)) != NULL) == has_b, "%s: " B, name);
    ck_assert_msg(p->n_origins == (size_t)has_a + (size_t)has_b, "%s: %zu origins", name,
                  p->n_origins);
}

/** The running settings, each where it belongs. */
START_TEST(policies)
{
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    (void)stores_add(s, stores_target(0), B, APPLY_ON_RESTART);
    (void)stores_add(s, stores_target(1), B, APPLY_IMMEDIATE);
    stores_set_mode(s, stores_target(2), CORS_ENABLED, APPLY_IMMEDIATE);
    stores_set_mode(s, stores_target(3), CORS_ENABLED, APPLY_ON_RESTART);
    struct policy_set *set = stores_policies(s);
    ck_assert_uint_eq(set->n_nodes, STORES_NODES);
    ck_assert_int_eq(set->revision, stores_revision(s));
    expect_policy("pub cuic", stores_view(set, 0)->policy, false, true, false);
    expect_policy("pub live-data", stores_view(set, 1)->policy, false, false, true);
    expect_policy("sub cuic", stores_view(set, 2)->policy, true, false, false);
    expect_policy("sub live-data", stores_view(set, 3)->policy, false, false, false);
    expect_policy("desk finesse", stores_view(set, 4)->policy, true, false, false);
    policy_set_unref(set);
    stores_restart(s, stores_target(0));
    stores_restart(s, stores_target(3));
    set = stores_policies(s);
    expect_policy("pub cuic, restarted", stores_view(set, 0)->policy, false, true, true);
    expect_policy("sub live-data, restarted", stores_view(set, 3)->policy, true, false, false);
    policy_set_unref(set);
    store_close(s);
}
END_TEST

/** Each node has its product's services and no other. */
START_TEST(services_of_each_product)
{
    struct store *s = stores_open();
    struct policy_set *set = stores_policies(s);

    for (size_t node = 0; node < STORES_NODES; node++)
        for (int i = 0; i < SERVICE_COUNT; i++) {
            bool is_finesse = node == STORES_NODES - 1;
            bool want = is_finesse == (i == SERVICE_FINESSE);
            bool got = policy_set_get(set, node, (enum service)i)->policy != NULL;
            ck_assert_msg(got == want, "node %zu, %s: %d", node, service_name((enum service)i),
                          got);
        }
    policy_set_unref(set);
    store_close(s);
}
END_TEST

static const char custom_sql[] =
    "UPDATE policy SET private_network = 1 WHERE stage = 'configured';"
    "INSERT INTO list_entry SELECT id, 'configured', 'allowed_headers', 1, 'x-a' FROM service"
    " WHERE node_id = 1 AND name = 'cuic';"
    "INSERT INTO list_entry SELECT id, 'configured', 'exposed_headers', 1, 'x-b' FROM service"
    " WHERE node_id = 1 AND name = 'cuic';";

/** Whether the first service has what custom_sql adds, and the others have not. */
static void expect_custom(const struct policy_set *set, bool want)
{
    for (size_t i = 0; i < STORES_TARGETS; i++) {
        const struct policy *p = stores_view(set, i)->policy;
        bool is_here = want && i == 0;
        size_t n = 0;
        (void)policy_builtin_headers(stores_target(i).service, LIST_ALLOWED_HEADERS, &n);
        ck_assert_int_eq(p->private_network, is_here);
        ck_assert_int_eq(hdrlist_has(p->allowed_headers, slice_of("x-a")), is_here);
        ck_assert_int_eq(hdrlist_has(p->exposed_headers, slice_of("x-b")), is_here);
        ck_assert_uint_eq(hdrlist_count(p->allowed_headers), n + (is_here ? 1 : 0));
    }
}

/** Custom headers and the private-network flag come with the restart, and go with a reset. */
START_TEST(all_settings_are_restarted)
{
    struct store *s = stores_open();

    stores_sql(custom_sql);
    struct policy_set *set = stores_policies(s);
    expect_custom(set, false);
    policy_set_unref(set);
    stores_restart(s, stores_target(0));
    set = stores_policies(s);
    expect_custom(set, true);
    policy_set_unref(set);
    MUST(store_reset(s, &stores_config, lab_factory, &stores_now, &why));
    set = stores_policies(s);
    expect_custom(set, false);
    policy_set_unref(set);
    stores_restart(s, stores_target(0));
    set = stores_policies(s);
    expect_custom(set, false);
    policy_set_unref(set);
    store_close(s);
}
END_TEST

#define P "https://finessep.uccelab.tac"
#define S "https://finesses.uccelab.tac"

#define PUB "on: " P " " P ":8445 " S " " S ":8445\n"
#define SUB "on: " P " " S " " S ":8445\n"
static const char article[] =
    "pub cuic configured " PUB "pub cuic running " PUB "pub live-data configured " PUB
    "pub live-data running " PUB "sub cuic configured " SUB "sub cuic running " SUB
    "sub live-data configured " SUB "sub live-data running " SUB
    "desk finesse configured all:\ndesk finesse running all:\n";

/** The article's state, whatever was there before: as the captured list prints it. */
START_TEST(reset_article)
{
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    (void)stores_add(s, stores_target(3), B, APPLY_ON_RESTART);
    stores_move(s, "pub", "Cisco Web Proxy Service", LIFE_STOP, 5);
    stores_move(s, "sub", "CCE Live Data Web Service", LIFE_RESTART, 5);
    MUST(store_set_cli_timeout(s, "desk", 60, &stores_now, &why));
    for (int again = 0; again < 2; again++) {
        MUST(store_reset(s, &stores_config, lab_article, &stores_now, &why));
        char *got = stores_dump(s);
        ck_assert_str_eq(got, article);
        free(got);
    }
    store_close(s);
}
END_TEST

START_TEST(reset_factory)
{
    struct store *s = stores_open();
    char *fresh = stores_dump(s);

    MUST(store_reset(s, &stores_config, lab_article, &stores_now, &why));
    (void)stores_add(s, stores_target(3), B, APPLY_ON_RESTART);
    (void)stores_add_to(s, stores_target(4), LIST_EXPOSED_HEADERS, "x-a", APPLY_IMMEDIATE);
    MUST(store_set_private_network(s, stores_target(2), true, &stores_now, &why));
    stores_set_mode(s, stores_target(4), CORS_ENABLED, APPLY_ON_RESTART);
    stores_move(s, "desk", "Cisco Finesse Tomcat", LIFE_STOP, 9);
    MUST(store_reset(s, &stores_config, lab_factory, &stores_now, &why));
    char *got = stores_dump(s);
    ck_assert_str_eq(got, fresh);
    free(fresh);
    free(got);
    store_close(s);
}
END_TEST

/** Any other connection's commit moves data_version; every commit counts one revision. */
START_TEST(versions)
{
    struct store *s = stores_open();
    struct store *other = stores_open();
    int64_t first = 0;
    int64_t second = 0;

    int64_t revision = stores_revision(s);
    MUST(store_data_version(s, &first, &why));
    MUST(store_data_version(s, &second, &why));
    ck_assert_int_eq(first, second);
    char *dump = stores_dump(other); /* a reader moves nothing */
    free(dump);
    MUST(store_data_version(s, &second, &why));
    ck_assert_int_eq(first, second);
    (void)stores_add(other, stores_target(0), A, APPLY_IMMEDIATE);
    MUST(store_data_version(s, &second, &why));
    ck_assert_int_ne(first, second);
    ck_assert_int_eq(stores_revision(s), revision + 1);
    first = second;
    stores_set_mode(other, stores_target(0), CORS_ENABLED, APPLY_ON_RESTART);
    stores_restart(other, stores_target(0));
    MUST(store_reset(other, &stores_config, lab_factory, &stores_now, &why));
    MUST(store_data_version(s, &second, &why));
    ck_assert_int_ne(first, second);
    ck_assert_int_eq(stores_revision(s), revision + 4);
    store_close(other);
    store_close(s);
}
END_TEST

static void expect_later(const char *name, const struct policy_set *set, bool has_b)
{
    expect_policy(name, stores_view(set, STORES_LATER)->policy, false, false, has_b);
    expect_policy(name, stores_view(set, STORES_LATER + 1)->policy, false, false, false);
    expect_policy(name, stores_view(set, STORES_LATER + 2)->policy, true, false, false);
    ck_assert_msg(stores_view(set, STORES_LATER + 2)->policy->any_origin,
                  "%s: a fresh Finesse is at enable_all", name);
}

/** A node that joins the configuration later is a fresh one, before and behind its being written
 *  down; the others keep what they have. */
START_TEST(node_added_later)
{
    struct store *s = stores_open();
    struct store *reader = NULL;

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    char *before = stores_dump(s);
    stores_add_nodes();
    MUST(store_open_reader(&stores_config, 100, &reader, &why));
    struct policy_set *set = stores_policies(reader); /* not written down yet */
    expect_later("before", set, false);
    policy_set_unref(set);
    store_close(s);
    s = stores_open();
    (void)stores_add(s, stores_target(STORES_LATER), B, APPLY_IMMEDIATE);
    set = stores_policies(reader);
    expect_later("behind", set, true);
    expect_policy("others", stores_view(set, 0)->policy, false, true, false);
    policy_set_unref(set);
    char *after = stores_dump(s);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    store_close(s);
    store_close(reader);
}
END_TEST

/** One that leaves the configuration is remembered. */
START_TEST(node_that_left)
{
    stores_add_nodes();
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(STORES_LATER), B, APPLY_IMMEDIATE);
    store_close(s);
    stores_config.n_nodes = 1;
    stores_config.n_finesse = 0;
    s = stores_open();
    ck_assert_str_eq(stores_text(s, stores_target(STORES_LATER), STAGE_RUNNING), "off: " B);
    ck_assert_str_eq(stores_text(s, stores_target(4), STAGE_RUNNING), "all:");
    store_close(s);
}
END_TEST

/** The order of the policies is that of the configuration, not of the store. */
START_TEST(order_of_the_configuration)
{
    struct store *s = stores_open();
    struct node turned[] = {stores_config.nodes[1], stores_config.nodes[0], stores_config.nodes[2]};
    struct config config = stores_config;

    (void)stores_add(s, (struct target){"sub", SERVICE_LIVE_DATA}, A, APPLY_IMMEDIATE);
    config.nodes = turned;
    struct policy_set *set = NULL;
    MUST(store_load_policies(s, &config, &set, &why));
    expect_policy("sub", policy_set_get(set, 0, SERVICE_LIVE_DATA)->policy, false, true, false);
    expect_policy("pub", policy_set_get(set, 1, SERVICE_LIVE_DATA)->policy, false, false, false);
    policy_set_unref(set);
    store_close(s);
}
END_TEST

/** A reader makes nothing: not the folder, not the file, not the tables. */
START_TEST(reader_of_nothing)
{
    struct store *s = NULL;

    EXPECT_ERR(store_open_reader(&stores_config, 100, &s, &why), ERR_NOTFOUND, "No such file");
    ck_assert_ptr_null(s);
    ck_assert_int_ne(access(stores_config.state_dir, F_OK), 0);
    store_close(stores_open());
    (void)unlink(stores_path());
    (void)scratch_write("state/" STORE_FILE, "");
    EXPECT_ERR(store_open_reader(&stores_config, 100, &s, &why), ERR_NOTFOUND, "not set up yet");
    ck_assert_ptr_null(s);
}
END_TEST

START_TEST(replaced)
{
    struct store *s = stores_open();
    struct store_file before = store_file_of(s);
    int64_t version = 0;

    ck_assert_int_eq(rename(stores_path(), scratch_path("old.db")), 0);
    EXPECT_ERR(store_data_version(s, &version, &why), ERR_NOTFOUND, "replaced or removed");
    struct store *fresh = stores_open();
    struct store_file after = store_file_of(fresh);
    EXPECT_ERR(store_data_version(s, &version, &why), ERR_NOTFOUND, "replaced or removed");
    MUST(store_data_version(fresh, &version, &why));
    ck_assert(before.inode != after.inode || before.device != after.device);
    store_close(fresh);
    store_close(s);
}
END_TEST

TCase *tcase_store_load(void)
{
    TCase *tc = tcase_create("load");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, policies);
    tcase_add_test(tc, services_of_each_product);
    tcase_add_test(tc, all_settings_are_restarted);
    tcase_add_test(tc, reset_article);
    tcase_add_test(tc, reset_factory);
    tcase_add_test(tc, versions);
    tcase_add_test(tc, node_added_later);
    tcase_add_test(tc, node_that_left);
    tcase_add_test(tc, order_of_the_configuration);
    tcase_add_test(tc, reader_of_nothing);
    tcase_add_test(tc, replaced);
    return tc;
}
