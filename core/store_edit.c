#include "store_internal.h"

/* The stages that an edit touches: :last is 'running' when the running settings change as well. As
 * a list, so that SQLite looks entries up by index instead of walking the service's whole list. */
#define STAGES "stage IN ('configured', :last)"

/** Bind a parameter of this name if the statement has one. */
static int bind_int(sqlite3_stmt *q, const char *name, sqlite3_int64 value)
{
    int i = sqlite3_bind_parameter_index(q, name);

    return i == 0 ? SQLITE_OK : sqlite3_bind_int64(q, i, value);
}

static int bind_text(sqlite3_stmt *q, const char *name, const char *value)
{
    int i = sqlite3_bind_parameter_index(q, name);

    return i == 0 ? SQLITE_OK : sqlite3_bind_text(q, i, value, -1, SQLITE_STATIC);
}

/** Prepare, and bind whichever of :service, :last and :origin the statement names. */
static enum err prepare_edit(struct store *s, const char *sql, sqlite3_int64 id, bool running,
                             const char *origin, sqlite3_stmt **ret, struct diag *why)
{
    enum err e = db_prepare(s, sql, ret, why);

    if (e != ERR_OK)
        return e;
    if (bind_int(*ret, ":service", id) != SQLITE_OK ||
        bind_text(*ret, ":last", running ? "running" : "configured") != SQLITE_OK ||
        bind_text(*ret, ":origin", origin) != SQLITE_OK)
        return db_fail(s, SQLITE_NOMEM, why);
    return ERR_OK;
}

/** One statement that touches the stages of one service. @param ret_changes  rows, or NULL */
static enum err edit(struct store *s, const char *sql, sqlite3_int64 id, bool running,
                     const char *origin, int *ret_changes, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = prepare_edit(s, sql, id, running, origin, &q, why);

    if (e == ERR_OK)
        e = db_run(s, q, why);
    if (e == ERR_OK && ret_changes != NULL)
        *ret_changes = sqlite3_changes(s->db);
    return e;
}

static enum err set_enabled(struct store *s, struct target t, bool enabled, bool running,
                            struct diag *why)
{
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    if (e != ERR_OK)
        return e;
    return edit(s,
                enabled ? "UPDATE policy SET enabled = 1 WHERE service_id = :service AND " STAGES
                        : "UPDATE policy SET enabled = 0 WHERE service_id = :service AND " STAGES,
                id, running, NULL, NULL, why);
}

enum err store_set_enabled(struct store *s, struct target t, bool enabled, enum apply_changes apply,
                           struct diag *why)
{
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    return db_end(s, set_enabled(s, t, enabled, apply == APPLY_IMMEDIATE, why), why);
}

static enum err add_origin(struct store *s, sqlite3_int64 id, const char *origin, bool running,
                           bool *ret_added, struct diag *why)
{
    static const char sql[] =
        "INSERT INTO allowed_origin (service_id, stage, position, origin)"
        " SELECT service_id, stage, 1 + coalesce((SELECT max(position) FROM allowed_origin AS o"
        "  WHERE o.service_id = policy.service_id AND o.stage = policy.stage), 0), :origin"
        " FROM policy WHERE service_id = :service AND " STAGES " ON CONFLICT DO NOTHING";
    static const char is_listed[] =
        "SELECT 1 FROM allowed_origin WHERE service_id = :service AND stage = 'configured'"
        " AND origin = :origin";
    auto_stmt *q = NULL;
    enum err e = prepare_edit(s, is_listed, id, running, origin, &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e != ERR_OK && e != ERR_NOTFOUND)
        return e;
    *ret_added = e == ERR_NOTFOUND;
    /* Also when it is listed: the running list may lack it still. */
    return edit(s, sql, id, running, origin, NULL, why);
}

static enum err add_origins(struct store *s, struct target t, const char *const *origins, size_t n,
                            bool running, bool *ret_added, struct diag *why)
{
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    for (size_t i = 0; e == ERR_OK && i < n; i++)
        e = add_origin(s, id, origins[i], running, &ret_added[i], why);
    return e;
}

enum err store_add_origins(struct store *s, struct target t, const char *const *origins, size_t n,
                           enum apply_changes apply, bool *ret_added, struct diag *why)
{
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    return db_end(s, add_origins(s, t, origins, n, apply == APPLY_IMMEDIATE, ret_added, why), why);
}

static enum err remove_origins(struct store *s, struct target t, const char *const *origins,
                               size_t n, bool running, size_t *ret_removed, struct diag *why)
{
    static const char sql[] = "DELETE FROM allowed_origin"
                              " WHERE service_id = :service AND origin = :origin AND " STAGES;
    sqlite3_int64 id = 0;
    size_t removed = 0;
    enum err e = db_service_id(s, t, &id, why);

    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        int changes = 0;
        e = edit(s, sql, id, running, origins[i], &changes, why);
        removed += changes > 0 ? 1 : 0;
    }
    *ret_removed = removed;
    return e;
}

enum err store_remove_origins(struct store *s, struct target t, const char *const *origins,
                              size_t n, enum apply_changes apply, size_t *ret_removed,
                              struct diag *why)
{
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    return db_end(s, remove_origins(s, t, origins, n, apply == APPLY_IMMEDIATE, ret_removed, why),
                  why);
}

/** Run statements that take only the service (:service). */
static enum err edit_each(struct store *s, const char *const *sql, size_t n, sqlite3_int64 id,
                          struct diag *why)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < n; i++)
        e = edit(s, sql[i], id, true, NULL, NULL, why);
    return e;
}

static enum err set_down_until(struct store *s, sqlite3_int64 id, int64_t down_until_ms,
                               struct diag *why)
{
    static const char sql[] = "UPDATE service SET down_until_ms = :until WHERE id = :service";
    auto_stmt *q = NULL;
    enum err e = prepare_edit(s, sql, id, true, NULL, &q, why);

    if (e == ERR_OK && bind_int(q, ":until", down_until_ms) != SQLITE_OK)
        e = db_fail(s, SQLITE_NOMEM, why);
    return e == ERR_OK ? db_run(s, q, why) : e;
}

static enum err restart(struct store *s, struct target t, int64_t down_until_ms, struct diag *why)
{
    static const char *const sql[] = {
        "DELETE FROM allowed_origin WHERE service_id = :service AND stage = 'running'",
        "DELETE FROM custom_header WHERE service_id = :service AND stage = 'running'",
        "INSERT INTO allowed_origin (service_id, stage, position, origin)"
        " SELECT service_id, 'running', position, origin FROM allowed_origin"
        " WHERE service_id = :service AND stage = 'configured'",
        "INSERT INTO custom_header (service_id, stage, list, position, name)"
        " SELECT service_id, 'running', list, position, name FROM custom_header"
        " WHERE service_id = :service AND stage = 'configured'",
        "UPDATE policy SET (enabled, private_network) = (SELECT enabled, private_network"
        "  FROM policy AS from_row WHERE from_row.service_id = :service AND from_row.stage = "
        "'configured')"
        " WHERE service_id = :service AND stage = 'running'",
    };
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    if (e == ERR_OK)
        e = edit_each(s, sql, sizeof sql / sizeof sql[0], id, why);
    return e == ERR_OK ? set_down_until(s, id, down_until_ms, why) : e;
}

enum err store_restart(struct store *s, struct target t, int64_t down_until_ms, struct diag *why)
{
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    return db_end(s, restart(s, t, down_until_ms, why), why);
}

static enum err reset_service(struct store *s, struct target t, struct lab_settings to,
                              struct diag *why)
{
    static const char *const sql[] = {
        "DELETE FROM allowed_origin WHERE service_id = :service",
        "DELETE FROM custom_header WHERE service_id = :service",
        "UPDATE policy SET private_network = 0 WHERE service_id = :service",
        "UPDATE service SET down_until_ms = 0 WHERE id = :service",
    };
    sqlite3_int64 id = 0;
    bool is_new = false;
    enum err e = db_service_id(s, t, &id, why);

    if (e == ERR_OK)
        e = edit_each(s, sql, sizeof sql / sizeof sql[0], id, why);
    if (e == ERR_OK)
        e = set_enabled(s, t, to.enabled, true, why);
    for (size_t i = 0; e == ERR_OK && i < to.n_origins; i++)
        e = add_origin(s, id, to.origins[i], true, &is_new, why);
    return e;
}

static enum err reset_all(struct store *s, const struct config *c,
                          struct lab_settings (*pick)(const struct node *n, enum service service),
                          struct diag *why)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < c->n_nodes * SERVICE_COUNT; i++) {
        const struct node *node = &c->nodes[i / SERVICE_COUNT];
        enum service service = (enum service)(i % SERVICE_COUNT);
        e = reset_service(s, (struct target){node->name, service}, pick(node, service), why);
    }
    return e;
}

enum err store_reset(struct store *s, const struct config *c,
                     struct lab_settings (*pick)(const struct node *n, enum service service),
                     struct diag *why)
{
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    return db_end(s, reset_all(s, c, pick, why), why);
}
