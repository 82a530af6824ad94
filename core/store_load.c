#include "store_internal.h"

#include <stdlib.h>

static const char *stage_name(enum stage stage)
{
    return stage == STAGE_CONFIGURED ? "configured" : "running";
}

/** All texts of a query whose single column is text. */
static enum err collect(struct store *s, sqlite3_stmt *q, struct text_list *ret, struct diag *why)
{
    struct text_list list = {NULL, 0};
    enum err e;

    while ((e = db_row(s, q, why)) == ERR_OK) {
        const char *text = (const char *)sqlite3_column_text(q, 0);
        e = text == NULL ? ERR_NOMEM : text_list_add(&list, text);
        if (e != ERR_OK)
            break;
    }
    if (e != ERR_NOTFOUND) { /* no more rows is the good end */
        text_list_clear(&list);
        if (e == ERR_NOMEM)
            diag_set(why, 0, "out of memory");
        return e;
    }
    *ret = list;
    return ERR_OK;
}

/** Prepare a query of one service (?1) in one stage (?2). */
static enum err prepare_for(struct store *s, const char *sql, sqlite3_int64 id, enum stage stage,
                            sqlite3_stmt **ret, struct diag *why)
{
    enum err e = db_prepare(s, sql, ret, why);

    if (e != ERR_OK)
        return e;
    if (sqlite3_bind_int64(*ret, 1, id) == SQLITE_OK &&
        sqlite3_bind_text(*ret, 2, stage_name(stage), -1, SQLITE_STATIC) == SQLITE_OK)
        return ERR_OK;
    return db_fail(s, SQLITE_NOMEM, why);
}

static enum err load_origins(struct store *s, sqlite3_int64 id, enum stage stage,
                             struct text_list *ret, struct diag *why)
{
    static const char sql[] = "SELECT origin FROM allowed_origin"
                              " WHERE service_id = ?1 AND stage = ?2 ORDER BY position";
    auto_stmt *q = NULL;
    enum err e = prepare_for(s, sql, id, stage, &q, why);

    return e == ERR_OK ? collect(s, q, ret, why) : e;
}

static enum err load_headers(struct store *s, sqlite3_int64 id, enum stage stage, const char *list,
                             struct text_list *ret, struct diag *why)
{
    static const char sql[] = "SELECT name FROM custom_header"
                              " WHERE service_id = ?1 AND stage = ?2 AND list = ?3"
                              " ORDER BY position";
    auto_stmt *q = NULL;
    enum err e = prepare_for(s, sql, id, stage, &q, why);

    if (e == ERR_OK && sqlite3_bind_text(q, 3, list, -1, SQLITE_STATIC) != SQLITE_OK)
        e = db_fail(s, SQLITE_NOMEM, why);
    return e == ERR_OK ? collect(s, q, ret, why) : e;
}

static enum err load_flags(struct store *s, sqlite3_int64 id, enum stage stage, bool *ret_enabled,
                           bool *ret_private_network, struct diag *why)
{
    static const char sql[] = "SELECT enabled, private_network FROM policy"
                              " WHERE service_id = ?1 AND stage = ?2";
    auto_stmt *q = NULL;
    enum err e = prepare_for(s, sql, id, stage, &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e != ERR_OK)
        return e;
    *ret_enabled = sqlite3_column_int(q, 0) != 0;
    *ret_private_network = sqlite3_column_int(q, 1) != 0;
    return ERR_OK;
}

static enum err load_down_until(struct store *s, sqlite3_int64 id, int64_t *ret, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, "SELECT down_until_ms FROM service WHERE id = ?1", &q, why);

    if (e == ERR_OK && sqlite3_bind_int64(q, 1, id) != SQLITE_OK)
        e = db_fail(s, SQLITE_NOMEM, why);
    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int64(q, 0);
    return e;
}

static enum err load_view(struct store *s, struct target t, struct service_view *ret,
                          struct diag *why)
{
    struct policy_spec spec = policy_spec_default();
    struct text_list origins = {NULL, 0};
    struct text_list allowed = {NULL, 0};
    struct text_list exposed = {NULL, 0};
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    if (e == ERR_OK)
        e = load_down_until(s, id, &ret->down_until_ms, why);
    if (e == ERR_OK)
        e = load_flags(s, id, STAGE_RUNNING, &spec.enabled, &spec.private_network, why);
    if (e == ERR_OK)
        e = load_origins(s, id, STAGE_RUNNING, &origins, why);
    if (e == ERR_OK)
        e = load_headers(s, id, STAGE_RUNNING, "allowed", &allowed, why);
    if (e == ERR_OK)
        e = load_headers(s, id, STAGE_RUNNING, "exposed", &exposed, why);
    if (e == ERR_OK) {
        spec.origins = (const char *const *)origins.at;
        spec.n_origins = origins.n;
        spec.custom_allowed = (const char *const *)allowed.at;
        spec.n_custom_allowed = allowed.n;
        spec.custom_exposed = (const char *const *)exposed.at;
        spec.n_custom_exposed = exposed.n;
        e = policy_new(&spec, &ret->policy);
    }
    text_list_clear(&origins);
    text_list_clear(&allowed);
    text_list_clear(&exposed);
    return e;
}

/** A node that was added to the configuration after the store was set up is answered as a fresh
 *  one until the next shell, or a restart of the server, writes it down. */
static enum err load_or_default(struct store *s, struct target t, struct service_view *ret,
                                struct diag *why)
{
    struct policy_spec fresh = policy_spec_default();
    enum err e = load_view(s, t, ret, why);

    return e == ERR_NOTFOUND ? policy_new(&fresh, &ret->policy) : e;
}

enum err store_revision(struct store *s, int64_t *ret, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, "SELECT revision FROM lab", &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int64(q, 0);
    return e;
}

static enum err load_all(struct store *s, const struct config *c, struct policy_set *set,
                         struct diag *why)
{
    enum err e = store_revision(s, &set->revision, why);

    for (size_t i = 0; e == ERR_OK && i < c->n_nodes * SERVICE_COUNT; i++) {
        struct target t = {c->nodes[i / SERVICE_COUNT].name, (enum service)(i % SERVICE_COUNT)};
        e = load_or_default(s, t, &set->view[i], why);
    }
    return e;
}

enum err store_load_policies(struct store *s, const struct config *c, struct policy_set **ret,
                             struct diag *why)
{
    struct policy_set *set = NULL;
    enum err e = policy_set_new(c->n_nodes, &set);

    if (e == ERR_OK)
        e = db_exec(s, "BEGIN", why); /* one snapshot for all the queries */
    if (e == ERR_OK) {
        e = load_all(s, c, set, why);
        (void)db_exec(s, "ROLLBACK", NULL); /* nothing was written */
    }
    if (e == ERR_NOMEM)
        diag_set(why, 0, "out of memory");
    if (e != ERR_OK) {
        policy_set_unref(set);
        return e;
    }
    *ret = set;
    return ERR_OK;
}

enum err store_get_enabled(struct store *s, struct target t, enum stage stage, bool *ret,
                           struct diag *why)
{
    bool private_network = false;
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    return e == ERR_OK ? load_flags(s, id, stage, ret, &private_network, why) : e;
}

enum err store_get_origins(struct store *s, struct target t, enum stage stage,
                           struct text_list *ret, struct diag *why)
{
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    return e == ERR_OK ? load_origins(s, id, stage, ret, why) : e;
}
