#include "stores.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "fault_vfs.h"
#include "scratch.h"

#define BUSY_MS  100
#define TEXT_MAX (4U << 20)
#define AT_ONCE  8

static char pub_name[] = "pub", pub_host[] = "pub.example";
static char sub_name[] = "sub", sub_host[] = "sub.example";
static char later_name[] = "later", later_host[] = "later.example";
static char state_dir[SCRATCH_PATH];

struct node stores_nodes[STORES_NODES + 1] = {
    {pub_name, pub_host, true},
    {sub_name, sub_host, false},
    {later_name, later_host, false},
};
struct config stores_config;

void stores_set_up(void)
{
    fault_vfs_install();
    scratch_set_up();
    (void)snprintf(state_dir, sizeof state_dir, "%s", scratch_path("state"));
    stores_config = (struct config){
        .state_dir = state_dir,
        .nodes = stores_nodes,
        .n_nodes = STORES_NODES,
    };
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

struct target stores_target(size_t n)
{
    return (struct target){stores_nodes[n / SERVICE_COUNT].name, (enum service)(n % SERVICE_COUNT)};
}

static void print_settings(struct buf *to, struct store *s, struct target t, enum stage stage)
{
    struct text_list origins = {NULL, 0};
    bool enabled = false;

    MUST(store_get_enabled(s, t, stage, &enabled, &why));
    MUST(store_get_origins(s, t, stage, &origins, &why));
    (void)buf_printf(to, "%s:", enabled ? "on" : "off");
    for (size_t i = 0; i < origins.n; i++)
        (void)buf_printf(to, " %s", origins.at[i]);
    text_list_clear(&origins);
}

const char *stores_text(struct store *s, struct target t, enum stage stage)
{
    static char text[AT_ONCE][4096];
    static size_t next;
    char *to = text[next++ % AT_ONCE];
    struct buf b;

    buf_init(&b, sizeof text[0] - 1);
    print_settings(&b, s, t, stage);
    ck_assert_int_eq(b.state, ERR_OK);
    (void)snprintf(to, sizeof text[0], "%s", buf_text(&b));
    buf_clear(&b);
    return to;
}

char *stores_dump(struct store *s)
{
    struct buf b;

    buf_init(&b, TEXT_MAX);
    for (size_t i = 0; i < (size_t)2 * STORES_TARGETS; i++) {
        struct target t = stores_target(i / 2);
        enum stage stage = i % 2 == 0 ? STAGE_CONFIGURED : STAGE_RUNNING;
        (void)buf_printf(&b, "%s %s %s ", t.node, service_name(t.service),
                         stage == STAGE_CONFIGURED ? "configured" : "running");
        print_settings(&b, s, t, stage);
        (void)buf_putc(&b, '\n');
    }
    char *text = buf_take(&b);
    ck_assert_ptr_nonnull(text);
    return text;
}

void stores_sql(const char *sql)
{
    sqlite3 *db = NULL;
    char *error = NULL;

    ck_assert_int_eq(sqlite3_open(stores_path(), &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, &error);
    ck_assert_msg(rc == SQLITE_OK, "%s: %s", sql, error == NULL ? "?" : error);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

bool stores_add(struct store *s, struct target t, const char *origin, enum apply_changes apply)
{
    bool is_added = false;

    MUST(store_add_origins(s, t, &origin, 1, apply, &is_added, &why));
    return is_added;
}

bool stores_remove(struct store *s, struct target t, const char *origin, enum apply_changes apply)
{
    size_t removed = 0;

    MUST(store_remove_origins(s, t, &origin, 1, apply, &removed, &why));
    ck_assert_uint_le(removed, 1);
    return removed == 1;
}

int64_t stores_revision(struct store *s)
{
    int64_t revision = 0;

    MUST(store_revision(s, &revision, &why));
    return revision;
}
