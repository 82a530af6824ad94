#include "store_internal.h"

#include <stdio.h>

#define NOTE_MAX 128 /* bytes of what the audit log says about a service */

/** Make the configured settings of one service the running ones. */
static enum err load_settings(struct store *s, struct target t, struct diag *why)
{
    static const char *const sql[] = {
        "DELETE FROM list_entry WHERE service_id = :service AND stage = 'running'",
        "INSERT INTO list_entry (service_id, stage, list, position, value)"
        " SELECT service_id, 'running', list, position, value FROM list_entry"
        " WHERE service_id = :service AND stage = 'configured'",
        "UPDATE policy SET (enabled, any_origin, private_network) ="
        " (SELECT enabled, any_origin, private_network FROM policy AS from_row"
        "  WHERE from_row.service_id = :service AND from_row.stage = 'configured')"
        " WHERE service_id = :service AND stage = 'running'",
    };
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    return e == ERR_OK ? edit_each(s, sql, sizeof sql / sizeof sql[0], id, why) : e;
}

static enum err load_all_settings(struct store *s, const char *node,
                                  const struct appliance_service *service, struct diag *why)
{
    enum err e = ERR_OK;

    for (unsigned i = 0; e == ERR_OK && i < SERVICE_COUNT; i++)
        if ((service->loads & SERVICE_BIT(i)) != 0)
            e = load_settings(s, (struct target){node, (enum service)i}, why);
    return e;
}

/** Prepare a statement and bind :node and :name. */
static enum err prepare_life(struct store *s, const char *sql, const char *node, const char *name,
                             sqlite3_stmt **ret, struct diag *why)
{
    enum err e = db_prepare(s, sql, ret, why);

    if (e == ERR_OK)
        e = db_bind_text(s, *ret, ":node", node, why);
    return e == ERR_OK ? db_bind_text(s, *ret, ":name", name, why) : e;
}

static enum err put_life(struct store *s, const char *node, const char *name, const struct life *l,
                         struct diag *why)
{
    static const char sql[] =
        "INSERT INTO life (node_id, name, is_stopped, stopping_until_ms, starting_until_ms)"
        " SELECT id, :name, :stopped, :stopping, :starting FROM node WHERE name = :node"
        " ON CONFLICT DO UPDATE SET is_stopped = :stopped, stopping_until_ms = :stopping,"
        " starting_until_ms = :starting";
    auto_stmt *q = NULL;
    enum err e = prepare_life(s, sql, node, name, &q, why);

    if (e == ERR_OK)
        e = db_bind_int(s, q, ":stopped", l->is_stopped, why);
    if (e == ERR_OK)
        e = db_bind_int(s, q, ":stopping", l->stopping_until_ms, why);
    if (e == ERR_OK)
        e = db_bind_int(s, q, ":starting", l->starting_until_ms, why);
    if (e == ERR_OK)
        e = db_run(s, q, why);
    if (e != ERR_OK || sqlite3_changes(s->db) > 0)
        return e;
    diag_set(why, 0, "%s: no node %s", s->path, node);
    return ERR_NOTFOUND;
}

enum err store_get_life(struct store *s, const char *node, const struct appliance_service *service,
                        struct life *ret, struct diag *why)
{
    static const char sql[] =
        "SELECT is_stopped, stopping_until_ms, starting_until_ms FROM life"
        " JOIN node ON node.id = life.node_id WHERE node.name = :node AND life.name = :name";
    auto_stmt *q = NULL;
    enum err e = prepare_life(s, sql, node, service->name, &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e == ERR_OK)
        *ret = (struct life){sqlite3_column_int(q, 0) != 0, sqlite3_column_int64(q, 1),
                             sqlite3_column_int64(q, 2)};
    if (e != ERR_NOTFOUND)
        return e;
    *ret = (struct life){.is_stopped =
                             service->kind == APPLIANCE_NOT_ACTIVATED}; /* it was never moved */
    return ERR_OK;
}

static enum err move(struct store *s, const char *node, const struct appliance_service *service,
                     enum life_action action, int64_t takes_ms, const struct change *by,
                     struct diag *why)
{
    struct life next = life_after(action, by->at_ms, takes_ms);
    struct life now;
    char before[NOTE_MAX];
    char after[NOTE_MAX];
    enum err e = store_get_life(s, node, service, &now, why);

    if (e == ERR_OK)
        e = put_life(s, node, service->name, &next, why);
    if (e == ERR_OK && action != LIFE_STOP)
        e = load_all_settings(s, node, service, why);
    if (e != ERR_OK)
        return e;
    (void)snprintf(before, sizeof before, "%s[%s]", service->name,
                   life_state_name(life_state(&now, by->at_ms)));
    (void)snprintf(after, sizeof after, "%s[%s]", service->name,
                   life_state_name(next.is_stopped ? LIFE_STOPPED : LIFE_STARTED));
    return audit_add(s, node, by, before, after, "done", why);
}

enum err store_move_service(struct store *s, const char *node,
                            const struct appliance_service *service, enum life_action action,
                            int64_t takes_ms, const struct change *by, struct diag *why)
{
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    return db_end(s, move(s, node, service, action, takes_ms, by, why), why);
}

enum err store_get_cli_timeout(struct store *s, const char *node, unsigned *ret, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, "SELECT cli_timeout_s FROM node WHERE name = :node", &q, why);

    if (e == ERR_OK)
        e = db_bind_text(s, q, ":node", node, why);
    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e == ERR_NOTFOUND)
        diag_set(why, 0, "%s: no node %s", s->path, node);
    if (e == ERR_OK)
        *ret = (unsigned)sqlite3_column_int(q, 0);
    return e;
}

static enum err set_cli_timeout(struct store *s, const char *node, unsigned seconds,
                                const struct change *by, struct diag *why)
{
    char before[NOTE_MAX];
    char after[NOTE_MAX];
    unsigned now = 0;
    auto_stmt *q = NULL;
    enum err e = store_get_cli_timeout(s, node, &now, why);

    if (e == ERR_OK)
        e = db_prepare(s, "UPDATE node SET cli_timeout_s = :seconds WHERE name = :node", &q, why);
    if (e == ERR_OK)
        e = db_bind_text(s, q, ":node", node, why);
    if (e == ERR_OK)
        e = db_bind_int(s, q, ":seconds", seconds, why);
    if (e == ERR_OK)
        e = db_run(s, q, why);
    if (e != ERR_OK)
        return e;
    (void)snprintf(before, sizeof before, "%u minutes", now / 60);
    (void)snprintf(after, sizeof after, "%u minutes", seconds / 60);
    return audit_add(s, node, by, before, after, "done", why);
}

enum err store_set_cli_timeout(struct store *s, const char *node, unsigned seconds,
                               const struct change *by, struct diag *why)
{
    enum err e = db_begin(s, why);

    return e == ERR_OK ? db_end(s, set_cli_timeout(s, node, seconds, by, why), why) : e;
}
