#include "stores.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "fault_vfs.h"
#include "lab.h"
#include "scratch.h"
#include "store/store_internal.h"
#include "support.h"

#define BUSY_MS  100
#define TEXT_MAX (4U << 20)
#define AT_ONCE  8

static char pub_name[] = "pub", pub_host[] = "pub.example";
static char sub_name[] = "sub", sub_host[] = "sub.example";
static char later_name[] = "later", later_host[] = "later.example";
static char desk_name[] = "desk", desk_host[] = "desk.example";
static char desk2_name[] = "desk2", desk2_host[] = "desk2.example";
static char state_dir[SCRATCH_PATH];

static struct node first_nodes[STORES_NODES] = {
    {pub_name, pub_host, true, PLATFORM_CUIC},
    {sub_name, sub_host, false, PLATFORM_CUIC},
    {desk_name, desk_host, true, PLATFORM_FINESSE},
};
static struct node all_nodes[STORES_NODES + 2] = {
    {pub_name, pub_host, true, PLATFORM_CUIC},
    {sub_name, sub_host, false, PLATFORM_CUIC},
    {later_name, later_host, false, PLATFORM_CUIC},
    {desk_name, desk_host, true, PLATFORM_FINESSE},
    {desk2_name, desk2_host, false, PLATFORM_FINESSE},
};
struct config stores_config;

#define TESTER .user = "tester", .from = "10.0.0.9", .command = "test", .at_ms = STORES_NOW
const struct change stores_now = {TESTER, .apply = APPLY_IMMEDIATE};
const struct change stores_deferred = {TESTER, .apply = APPLY_ON_RESTART};

void stores_set_up(void)
{
    fault_vfs_install();
    scratch_set_up();
    (void)snprintf(state_dir, sizeof state_dir, "%s", scratch_path("state"));
    stores_config = (struct config){
        .state_dir = state_dir,
        .nodes = first_nodes,
        .n_nodes = 2,
        .n_finesse = 1,
    };
}

void stores_add_nodes(void)
{
    stores_config.nodes = all_nodes;
    stores_config.n_nodes = 3;
    stores_config.n_finesse = 2;
}

void stores_tear_down(void)
{
    (void)chmod(state_dir, 0755);
    scratch_tear_down();
    fault_vfs_remove();
}

const char *stores_path(void)
{
    return scratch_path("state/" STORE_FILE);
}

struct store *stores_open(void)
{
    struct store *s = NULL;

    MUST(store_open(&stores_config, BUSY_MS, &s, &why));
    return s;
}

void stores_make(void)
{
    struct store *s = stores_open();

    MUST(store_reset(s, &stores_config, lab_article, &stores_now, &why));
    store_close(s);
}

struct target stores_target(size_t n)
{
    static const struct target targets[STORES_ALL_TARGETS] = {
        {"pub", SERVICE_CUIC},        {"pub", SERVICE_LIVE_DATA}, {"sub", SERVICE_CUIC},
        {"sub", SERVICE_LIVE_DATA},   {"desk", SERVICE_FINESSE},  {"later", SERVICE_CUIC},
        {"later", SERVICE_LIVE_DATA}, {"desk2", SERVICE_FINESSE},
    };

    ck_assert_uint_lt(n, STORES_ALL_TARGETS);
    return targets[n];
}

const struct service_view *stores_view(const struct policy_set *set, size_t target)
{
    struct target t = stores_target(target);

    for (size_t i = 0; i < config_all_nodes(&stores_config); i++)
        if (strcmp(stores_config.nodes[i].name, t.node) == 0)
            return policy_set_get(set, i, t.service);
    ck_abort_msg("%s is not configured", t.node);
    return NULL;
}

const struct change *stores_by(enum apply_changes apply)
{
    return apply == APPLY_IMMEDIATE ? &stores_now : &stores_deferred;
}

/* --- a store as text --- */

static void print_list(struct buf *to, struct store *s, struct target t, enum stage stage,
                       enum list list, const char *head)
{
    struct text_list l = {NULL, 0};

    MUST(store_get_list(s, t, stage, list, &l, &why));
    if (l.n > 0)
        (void)buf_puts(to, head);
    for (size_t i = 0; i < l.n; i++)
        (void)buf_printf(to, "%s%s", i == 0 ? "" : " ", l.at[i]);
    text_list_clear(&l);
}

static void print_settings(struct buf *to, struct store *s, struct target t, enum stage stage)
{
    static const char *const mode[] = {"off", "on", "all"};
    struct cors_settings settings = {CORS_DISABLED, false};

    MUST(store_get_settings(s, t, stage, &settings, &why));
    (void)buf_puts(to, mode[settings.mode]);
    (void)buf_puts(to, settings.private_network ? ", private network" : "");
    print_list(to, s, t, stage, LIST_ALLOWED_HEADERS, ", allowed ");
    print_list(to, s, t, stage, LIST_EXPOSED_HEADERS, ", exposed ");
    (void)buf_putc(to, ':');
    print_list(to, s, t, stage, LIST_ORIGINS, " ");
}

/** Hand a text over to one of a few static buffers. */
static const char *keep(struct buf *b)
{
    static char text[AT_ONCE][4096];
    static size_t next;
    char *to = text[next++ % AT_ONCE];

    ck_assert_int_eq(b->state, ERR_OK);
    (void)snprintf(to, sizeof text[0], "%s", buf_text(b));
    buf_clear(b);
    return to;
}

const char *stores_text(struct store *s, struct target t, enum stage stage)
{
    struct buf b;

    buf_init(&b, 4095);
    print_settings(&b, s, t, stage);
    return keep(&b);
}

const char *stores_list(struct store *s, struct target t, enum stage stage, enum list list)
{
    struct buf b;

    buf_init(&b, 4095);
    print_list(&b, s, t, stage, list, "");
    return keep(&b);
}

char *stores_dump(struct store *s)
{
    static const char besides[] =
        "SELECT name, 'cli timeout', cli_timeout_s, '', '' FROM node WHERE cli_timeout_s <> 1800"
        " UNION ALL SELECT node.name, life.name, is_stopped, stopping_until_ms, starting_until_ms"
        " FROM life JOIN node ON node.id = life.node_id ORDER BY 1, 2";
    struct buf b;

    buf_init(&b, TEXT_MAX);
    for (size_t i = 0; i < (size_t)2 * STORES_TARGETS; i++) {
        struct target t = stores_target(i / 2);
        enum stage stage = i % 2 == 0 ? STAGE_CONFIGURED : STAGE_RUNNING;
        (void)buf_printf(&b, "%s %s %s ", t.node, service_name(t.service), stage_name(stage));
        print_settings(&b, s, t, stage);
        (void)buf_putc(&b, '\n');
    }
    char *rest = stores_rows(s, besides);
    (void)buf_puts(&b, rest);
    free(rest);
    char *text = buf_take(&b);
    ck_assert_ptr_nonnull(text);
    return text;
}

/* --- SQL --- */

void stores_sql(const char *sql)
{
    sqlite3 *db = NULL;
    char *error = NULL;

    ck_assert_int_eq(sqlite3_open(stores_path(), &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, &error);
    ck_assert_msg(rc == SQLITE_OK, "%s: %s", sql, error == NULL ? "?" : error);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static int print_row(void *to, int n, char **value, char **name)
{
    (void)name;
    for (int i = 0; i < n; i++)
        (void)buf_printf(to, "%s%s", i == 0 ? "" : "|", value[i] == NULL ? "NULL" : value[i]);
    (void)buf_putc(to, '\n');
    return 0;
}

char *stores_rows(struct store *s, const char *sql)
{
    sqlite3 *db = s == NULL ? NULL : s->db;
    char *error = NULL;
    struct buf b;

    buf_init(&b, TEXT_MAX);
    (void)buf_puts(&b, "");
    if (s == NULL)
        ck_assert_int_eq(sqlite3_open(stores_path(), &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, print_row, &b, &error);
    ck_assert_msg(rc == SQLITE_OK, "%s: %s", sql, error == NULL ? "?" : error);
    if (s == NULL)
        ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    char *text = buf_take(&b);
    ck_assert_ptr_nonnull(text);
    return text;
}

long long stores_ask(struct store *s, const char *sql)
{
    char *row = stores_rows(s, sql);
    char *end = NULL;
    long long value = strtoll(row, &end, 10);

    ck_assert_msg(end != row && strcmp(end, "\n") == 0, "%s: no number: %s", sql, row);
    free(row);
    return value;
}

void stores_expect_rows(struct store *s, const char *sql, const char *want)
{
    char *got = stores_rows(s, sql);

    ck_assert_msg(strcmp(got, want) == 0, "%s:\nexpected %s\ngot %s", sql, want, got);
    free(got);
}

/* --- edits --- */

bool stores_add_to(struct store *s, struct target t, enum list list, const char *entry,
                   enum apply_changes apply)
{
    bool is_added = false;

    MUST(store_add(s, t, list, &entry, 1, 0, stores_by(apply), &is_added, &why));
    return is_added;
}

bool stores_add(struct store *s, struct target t, const char *origin, enum apply_changes apply)
{
    return stores_add_to(s, t, LIST_ORIGINS, origin, apply);
}

bool stores_remove(struct store *s, struct target t, const char *origin, enum apply_changes apply)
{
    size_t removed = 0;

    MUST(store_remove(s, t, LIST_ORIGINS, &origin, 1, stores_by(apply), &removed, &why));
    ck_assert_uint_le(removed, 1);
    return removed == 1;
}

void stores_set_mode(struct store *s, struct target t, enum cors_mode mode,
                     enum apply_changes apply)
{
    MUST(store_set_mode(s, t, mode, stores_by(apply), &why));
}

void stores_restart(struct store *s, struct target t)
{
    const struct appliance_service *service[2] = {NULL, NULL};

    (void)appliance_restarts(t.service, service);
    MUST(store_move_service(s, t.node, service[0], LIFE_RESTART, 0, &stores_now, &why));
}

void stores_move(struct store *s, const char *node, const char *service, enum life_action action,
                 int64_t takes_ms)
{
    const struct node *n = config_find_node(&stores_config, slice_of(node));

    ck_assert_msg(n != NULL, "%s is not configured", node);
    const struct appliance_service *found = appliance_find(n->platform, slice_of(service));
    ck_assert_msg(found != NULL, "%s has no %s", node, service);
    MUST(store_move_service(s, node, found, action, takes_ms, &stores_now, &why));
}

struct policy_set *stores_policies(struct store *s)
{
    struct policy_set *set = NULL;

    MUST(store_load_policies(s, &stores_config, &set, &why));
    return set;
}

int64_t stores_revision(struct store *s)
{
    int64_t revision = 0;

    MUST(store_revision(s, &revision, &why));
    return revision;
}
