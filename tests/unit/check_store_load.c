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

static struct policy_set *load(struct store *s, const struct config *c)
{
    struct policy_set *set = NULL;

    MUST(store_load_policies(s, c, &set, &why));
    return set;
}

static const struct policy *policy_at(const struct policy_set *set, size_t target)
{
    return policy_set_get(set, target / SERVICE_COUNT, (enum service)(target % SERVICE_COUNT))
        ->policy;
}

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
    MUST(store_set_enabled(s, stores_target(2), true, APPLY_IMMEDIATE, &why));
    MUST(store_set_enabled(s, stores_target(3), true, APPLY_ON_RESTART, &why));
    struct policy_set *set = load(s, &stores_config);
    ck_assert_uint_eq(set->n_nodes, 2);
    ck_assert_int_eq(set->revision, stores_revision(s));
    expect_policy("pub cuic", policy_at(set, 0), false, true, false);
    expect_policy("pub live-data", policy_at(set, 1), false, false, true);
    expect_policy("sub cuic", policy_at(set, 2), true, false, false);
    expect_policy("sub live-data", policy_at(set, 3), false, false, false);
    policy_set_unref(set);
    MUST(store_restart(s, stores_target(0), 0, &why));
    MUST(store_restart(s, stores_target(3), 0, &why));
    set = load(s, &stores_config);
    expect_policy("pub cuic, restarted", policy_at(set, 0), false, true, true);
    expect_policy("sub live-data, restarted", policy_at(set, 3), true, false, false);
    policy_set_unref(set);
    store_close(s);
}
END_TEST

START_TEST(down_until)
{
    struct store *s = stores_open();
    const int64_t until = 1738978067123;

    MUST(store_restart(s, stores_target(2), until, &why));
    struct policy_set *set = load(s, &stores_config);
    for (size_t i = 0; i < STORES_TARGETS; i++)
        ck_assert_int_eq(set->view[i].down_until_ms, i == 2 ? until : 0);
    policy_set_unref(set);
    MUST(store_set_enabled(s, stores_target(2), true, APPLY_IMMEDIATE, &why)); /* no restart */
    set = load(s, &stores_config);
    ck_assert_int_eq(set->view[2].down_until_ms, until);
    policy_set_unref(set);
    MUST(store_restart(s, stores_target(2), 0, &why));
    set = load(s, &stores_config);
    ck_assert_int_eq(set->view[2].down_until_ms, 0);
    policy_set_unref(set);
    store_close(s);
}
END_TEST

static const char custom_sql[] =
    "UPDATE policy SET private_network = 1 WHERE stage = 'configured';"
    "INSERT INTO custom_header SELECT id, 'configured', 'allowed', 1, 'requestid' FROM service"
    " WHERE node_id = 1 AND name = 'cuic';"
    "INSERT INTO custom_header SELECT id, 'configured', 'exposed', 1, 'x-b' FROM service"
    " WHERE node_id = 1 AND name = 'cuic';";

/** Whether the first service has what custom_sql adds, and the others have not. */
static void expect_custom(const struct policy_set *set, bool want)
{
    for (size_t i = 0; i < STORES_TARGETS; i++) {
        const struct policy *p = policy_at(set, i);
        bool is_here = want && i == 0;
        ck_assert_int_eq(p->private_network, is_here);
        ck_assert_int_eq(hdrlist_has(p->allowed_headers, slice_of("requestid")), is_here);
        ck_assert_int_eq(hdrlist_has(p->exposed_headers, slice_of("x-b")), is_here);
        ck_assert_uint_eq(hdrlist_count(p->allowed_headers),
                          policy_n_allowed_headers + (is_here ? 1 : 0));
    }
}

/** Custom headers and the private-network flag come with the restart, and go with a reset. */
START_TEST(all_settings_are_restarted)
{
    struct store *s = stores_open();

    stores_sql(custom_sql);
    struct policy_set *set = load(s, &stores_config);
    expect_custom(set, false);
    policy_set_unref(set);
    MUST(store_restart(s, stores_target(0), 0, &why));
    set = load(s, &stores_config);
    expect_custom(set, true);
    policy_set_unref(set);
    MUST(store_reset(s, &stores_config, lab_factory, &why));
    set = load(s, &stores_config);
    expect_custom(set, false);
    policy_set_unref(set);
    MUST(store_restart(s, stores_target(0), 0, &why));
    set = load(s, &stores_config);
    expect_custom(set, false);
    policy_set_unref(set);
    store_close(s);
}
END_TEST

#define P "https://finessep.uccelab.tac"
#define S "https://finesses.uccelab.tac"

/** The article's state, whatever was there before: as the captured list prints it. */
START_TEST(reset_article)
{
    struct store *s = stores_open();

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    (void)stores_add(s, stores_target(3), B, APPLY_ON_RESTART);
    MUST(store_restart(s, stores_target(1), 5, &why));
    for (int again = 0; again < 2; again++) {
        MUST(store_reset(s, &stores_config, lab_article, &why));
        for (size_t i = 0; i < (size_t)2 * STORES_TARGETS; i++) {
            bool is_pub = i / 2 < SERVICE_COUNT;
            const char *got =
                stores_text(s, stores_target(i / 2), i % 2 == 0 ? STAGE_CONFIGURED : STAGE_RUNNING);
            ck_assert_str_eq(got, is_pub ? "on: " P " " P ":8445 " S " " S ":8445"
                                         : "on: " P " " S " " S ":8445");
        }
    }
    struct policy_set *set = load(s, &stores_config);
    ck_assert_int_eq(set->view[1].down_until_ms, 0);
    policy_set_unref(set);
    store_close(s);
}
END_TEST

START_TEST(reset_factory)
{
    struct store *s = stores_open();
    char *fresh = stores_dump(s);

    MUST(store_reset(s, &stores_config, lab_article, &why));
    (void)stores_add(s, stores_target(3), B, APPLY_ON_RESTART);
    MUST(store_reset(s, &stores_config, lab_factory, &why));
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
    MUST(store_set_enabled(other, stores_target(0), true, APPLY_ON_RESTART, &why));
    MUST(store_restart(other, stores_target(0), 0, &why));
    MUST(store_reset(other, &stores_config, lab_factory, &why));
    MUST(store_data_version(s, &second, &why));
    ck_assert_int_ne(first, second);
    ck_assert_int_eq(stores_revision(s), revision + 4);
    store_close(other);
    store_close(s);
}
END_TEST

/** A node that joins the configuration later is a fresh one; the others keep what they have, and
 *  one that leaves is remembered. */
START_TEST(node_added_later)
{
    struct store *s = stores_open();
    struct store *reader = NULL;

    (void)stores_add(s, stores_target(0), A, APPLY_IMMEDIATE);
    char *before = stores_dump(s);
    stores_config.n_nodes = STORES_NODES + 1;
    MUST(store_open_reader(&stores_config, 100, &reader, &why));
    struct policy_set *set = load(reader, &stores_config); /* not written down yet */
    expect_policy("before", policy_at(set, STORES_TARGETS), false, false, false);
    policy_set_unref(set);
    store_close(s);
    s = stores_open();
    (void)stores_add(s, stores_target(STORES_TARGETS), B, APPLY_IMMEDIATE);
    set = load(reader, &stores_config);
    expect_policy("behind", policy_at(set, STORES_TARGETS), false, false, true);
    expect_policy("others", policy_at(set, 0), false, true, false);
    policy_set_unref(set);
    char *after = stores_dump(s);
    ck_assert_str_eq(before, after);
    store_close(s);
    stores_config.n_nodes = 1;
    s = stores_open();
    ck_assert_str_eq(stores_text(s, stores_target(STORES_TARGETS), STAGE_RUNNING), "off: " B);
    free(before);
    free(after);
    store_close(s);
    store_close(reader);
}
END_TEST

/** The order of the policies is that of the configuration, not of the store. */
START_TEST(order_of_the_configuration)
{
    struct store *s = stores_open();
    struct node turned[] = {stores_nodes[1], stores_nodes[0]};
    struct config config = stores_config;

    (void)stores_add(s, (struct target){"sub", SERVICE_LIVE_DATA}, A, APPLY_IMMEDIATE);
    config.nodes = turned;
    struct policy_set *set = load(s, &config);
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
    tcase_add_test(tc, down_until);
    tcase_add_test(tc, all_settings_are_restarted);
    tcase_add_test(tc, reset_article);
    tcase_add_test(tc, reset_factory);
    tcase_add_test(tc, versions);
    tcase_add_test(tc, node_added_later);
    tcase_add_test(tc, order_of_the_configuration);
    tcase_add_test(tc, reader_of_nothing);
    tcase_add_test(tc, replaced);
    return tc;
}
