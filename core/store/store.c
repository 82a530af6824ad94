#include "store_internal.h"

#include <stdlib.h>
#include <string.h>

static enum err new_store(const struct config *c, struct store **ret)
{
    struct store *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ERR_NOMEM;
    s->path = config_state_path(c, STORE_FILE);
    if (s->path == NULL) {
        free(s);
        return ERR_NOMEM;
    }
    *ret = s;
    return ERR_OK;
}

/** Give the node one service in both stages, as a fresh node has it.
 *  @source a fresh Finesse 12.6 is at enable_all; CUIC's and Live Data's state is UNVERIFIED */
static enum err add_service(struct store *s, struct target t, struct diag *why)
{
    static const char *const sql[] = {
        "INSERT INTO node (name) VALUES (:node) ON CONFLICT DO NOTHING",
        "INSERT INTO service (node_id, name) SELECT id, :name FROM node WHERE name = :node"
        " ON CONFLICT DO NOTHING",
        "INSERT INTO policy (service_id, stage, enabled, any_origin)"
        " SELECT service.id, stage.column1, :any, :any"
        " FROM service JOIN node ON node.id = service.node_id,"
        " (VALUES ('configured'), ('running')) AS stage"
        " WHERE node.name = :node AND service.name = :name ON CONFLICT DO NOTHING",
    };
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < sizeof sql / sizeof sql[0]; i++) {
        auto_stmt *q = NULL;
        e = db_prepare(s, sql[i], &q, why);
        if (e == ERR_OK)
            e = db_bind_text(s, q, ":node", t.node, why);
        if (e == ERR_OK)
            e = db_bind_text(s, q, ":name", service_name(t.service), why);
        if (e == ERR_OK)
            e = db_bind_int(s, q, ":any", t.service == SERVICE_FINESSE, why);
        if (e == ERR_OK)
            e = db_run(s, q, why);
    }
    return e;
}

static enum err count_missing(struct store *s, const struct config *c, size_t *ret,
                              struct diag *why)
{
    sqlite3_int64 id = 0;
    enum err e = ERR_OK;

    *ret = 0;
    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(c) * SERVICE_COUNT; i++) {
        struct target t;
        if (!nth_target(c, i, &t))
            continue;
        e = db_service_id(s, t, &id, why);
        if (e == ERR_NOTFOUND) {
            (*ret)++;
            e = ERR_OK;
        }
    }
    return e;
}

/** Reads first: opening a store that has all nodes writes nothing. */
static enum err add_missing(struct store *s, const struct config *c, struct diag *why)
{
    size_t missing = 0;
    enum err e = count_missing(s, c, &missing, why);

    if (e != ERR_OK || missing == 0)
        return e;
    e = db_begin(s, why);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(c) * SERVICE_COUNT; i++) {
        struct target t;
        if (nth_target(c, i, &t))
            e = add_service(s, t, why);
    }
    return db_end(s, e, why);
}

static enum err open_writer(struct store *s, const struct config *c, unsigned busy_ms,
                            struct diag *why)
{
    enum err e = db_open_writer(s, c, busy_ms, why);

    if (e == ERR_OK) /* a migration may have to make a table anew */
        e = db_exec(s, "PRAGMA foreign_keys = OFF", why);
    if (e == ERR_OK)
        e = schema_update(s, &store_schema, why);
    if (e == ERR_OK)
        e = db_use_wal(s, true, why);
    if (e == ERR_OK)
        e = db_exec(s, "PRAGMA foreign_keys = ON", why);
    if (e == ERR_OK)
        e = add_missing(s, c, why);
    return e == ERR_OK ? db_note_file(s, why) : e;
}

static enum err open_reader(struct store *s, const struct config *c, unsigned busy_ms,
                            struct diag *why)
{
    (void)c;
    return db_open_reader(s, &store_schema, busy_ms, why);
}

static enum err
open_with(const struct config *c, unsigned busy_ms, struct store **ret, struct diag *why,
          enum err (*how)(struct store *, const struct config *, unsigned, struct diag *))
{
    struct store *s = NULL;
    enum err e = new_store(c, &s);

    if (e != ERR_OK) {
        diag_set(why, 0, "out of memory");
        return e;
    }
    e = how(s, c, busy_ms, why);
    if (e == ERR_OK)
        e = db_prepare(s, "PRAGMA data_version", &s->data_version, why);
    if (e != ERR_OK) {
        store_close(s);
        return e;
    }
    *ret = s;
    return ERR_OK;
}

enum err store_open(const struct config *c, unsigned busy_ms, struct store **ret, struct diag *why)
{
    return open_with(c, busy_ms, ret, why, open_writer);
}

enum err store_open_reader(const struct config *c, unsigned busy_ms, struct store **ret,
                           struct diag *why)
{
    return open_with(c, busy_ms, ret, why, open_reader);
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    db_close(s);
    free(s);
}

struct store_file store_file_of(const struct store *s)
{
    return s->file;
}

enum err store_data_version(struct store *s, int64_t *ret, struct diag *why)
{
    enum err e = db_check_same_file(s, why);

    if (e == ERR_OK)
        e = db_row(s, s->data_version, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int64(s->data_version, 0);
    (void)sqlite3_reset(s->data_version);
    return e;
}

enum err store_check(struct store *s, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, "PRAGMA integrity_check(1)", &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e != ERR_OK)
        return e;
    const char *text = (const char *)sqlite3_column_text(q, 0);
    if (text != NULL && strcmp(text, "ok") == 0)
        return ERR_OK;
    diag_set(why, 0, "%s: damaged: %s; it was left as it is: move it away and a new one is made",
             s->path, text == NULL ? "?" : text);
    return ERR_CORRUPT;
}
