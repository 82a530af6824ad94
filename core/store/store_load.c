#include "store_internal.h"

const char *stage_name(enum stage stage)
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

/** Prepare a query of one service (:service) in one stage (:stage). */
static enum err prepare_for(struct store *s, const char *sql, sqlite3_int64 id, enum stage stage,
                            sqlite3_stmt **ret, struct diag *why)
{
    enum err e = db_prepare(s, sql, ret, why);

    if (e == ERR_OK)
        e = db_bind_int(s, *ret, ":service", id, why);
    return e == ERR_OK ? db_bind_text(s, *ret, ":stage", stage_name(stage), why) : e;
}

static enum err load_list(struct store *s, sqlite3_int64 id, enum stage stage, enum list list,
                          struct text_list *ret, struct diag *why)
{
    static const char sql[] = "SELECT value FROM list_entry"
                              " WHERE service_id = :service AND stage = :stage AND list = :list"
                              " ORDER BY position";
    auto_stmt *q = NULL;
    enum err e = prepare_for(s, sql, id, stage, &q, why);

    if (e == ERR_OK)
        e = db_bind_text(s, q, ":list", list_name(list), why);
    return e == ERR_OK ? collect(s, q, ret, why) : e;
}

static enum err load_settings(struct store *s, sqlite3_int64 id, enum stage stage,
                              struct cors_settings *ret, struct diag *why)
{
    static const char sql[] = "SELECT enabled, any_origin, private_network FROM policy"
                              " WHERE service_id = :service AND stage = :stage";
    auto_stmt *q = NULL;
    enum err e = prepare_for(s, sql, id, stage, &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e != ERR_OK)
        return e;
    ret->mode = sqlite3_column_int(q, 1) != 0 ? CORS_ENABLED_ALL : CORS_ENABLED;
    if (sqlite3_column_int(q, 0) == 0)
        ret->mode = CORS_DISABLED;
    ret->private_network = sqlite3_column_int(q, 2) != 0;
    return ERR_OK;
}

static void fill_spec(struct policy_spec *spec, struct cors_settings settings,
                      const struct text_list lists[LIST_COUNT])
{
    spec->enabled = settings.mode != CORS_DISABLED;
    spec->any_origin = settings.mode == CORS_ENABLED_ALL;
    spec->private_network = settings.private_network;
    spec->origins = (const char *const *)lists[LIST_ORIGINS].at;
    spec->n_origins = lists[LIST_ORIGINS].n;
    spec->custom_allowed = (const char *const *)lists[LIST_ALLOWED_HEADERS].at;
    spec->n_custom_allowed = lists[LIST_ALLOWED_HEADERS].n;
    spec->custom_exposed = (const char *const *)lists[LIST_EXPOSED_HEADERS].at;
    spec->n_custom_exposed = lists[LIST_EXPOSED_HEADERS].n;
}

static enum err load_policy(struct store *s, struct target t, enum stage stage, struct policy **ret,
                            struct diag *why)
{
    struct policy_spec spec = policy_spec_default(t.service);
    struct text_list lists[LIST_COUNT] = {{NULL, 0}};
    struct cors_settings settings = {CORS_DISABLED, false};
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    if (e == ERR_OK)
        e = load_settings(s, id, stage, &settings, why);
    for (int l = 0; e == ERR_OK && l < LIST_COUNT; l++)
        e = load_list(s, id, stage, (enum list)l, &lists[l], why);
    fill_spec(&spec, settings, lists);
    if (e == ERR_OK)
        e = policy_new(&spec, ret);
    for (int l = 0; l < LIST_COUNT; l++)
        text_list_clear(&lists[l]);
    return e;
}

/** The lives of what answers by these settings, the proxy's apart. Of several services behind the
 *  proxy the one that is furthest from being started counts. */
static enum err load_lives(struct store *s, struct target t, struct service_view *ret,
                           struct diag *why)
{
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        struct life l = {false, 0, 0};
        if ((service[i].carries & SERVICE_BIT(t.service)) == 0)
            continue;
        e = store_get_life(s, t.node, &service[i], &l, why);
        life_join(service[i].kind == APPLIANCE_PROXY ? &ret->proxy : &ret->life, &l);
    }
    return e;
}

/** A node that was added to the configuration after the store was set up is answered as a fresh
 *  one until the next shell, or a restart of the server, writes it down. */
static enum err load_view(struct store *s, struct target t, enum stage stage,
                          struct service_view *ret, struct diag *why)
{
    struct policy_spec fresh = policy_spec_default(t.service);
    enum err e = load_policy(s, t, stage, &ret->policy, why);

    fresh.enabled = t.service == SERVICE_FINESSE; /* as store_open writes it down */
    fresh.any_origin = fresh.enabled;
    if (e == ERR_NOTFOUND)
        return policy_new(&fresh, &ret->policy);
    return e == ERR_OK ? load_lives(s, t, ret, why) : e;
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

static enum err load_all(struct store *s, const struct config *c, enum stage stage,
                         struct policy_set *set, struct diag *why)
{
    enum err e = store_revision(s, &set->revision, why);

    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(c) * SERVICE_COUNT; i++) {
        struct target t;
        if (nth_target(c, i, &t))
            e = load_view(s, t, stage, &set->view[i], why);
    }
    return e;
}

/** One stage of all nodes, within the caller's transaction. */
static enum err load_stage(struct store *s, const struct config *c, enum stage stage,
                           struct policy_set **ret, struct diag *why)
{
    struct policy_set *set = NULL;
    enum err e = policy_set_new(config_all_nodes(c), &set);

    if (e == ERR_OK)
        e = load_all(s, c, stage, set, why);
    if (e == ERR_NOMEM)
        diag_set(why, 0, "out of memory");
    if (e != ERR_OK) {
        policy_set_unref(set);
        return e;
    }
    *ret = set;
    return ERR_OK;
}

enum err store_load_policies(struct store *s, const struct config *c, struct policy_set **ret,
                             struct diag *why)
{
    enum err e = db_exec(s, "BEGIN", why); /* one snapshot for all the queries */

    if (e != ERR_OK)
        return e;
    e = load_stage(s, c, STAGE_RUNNING, ret, why);
    (void)db_exec(s, "ROLLBACK", NULL); /* nothing was written */
    return e;
}

/** The lives of all services of one node. @param ret  one for each row of appliance_services */
static enum err load_node_lives(struct store *s, const struct node *node, struct life *ret,
                                struct diag *why)
{
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < n; i++)
        if (service[i].platform == node->platform)
            e = store_get_life(s, node->name, &service[i], &ret[i], why);
    return e;
}

static enum err load_situation(struct store *s, struct situation *to, struct diag *why)
{
    const struct config *c = to->config;
    size_t n = 0;
    enum err e = load_stage(s, c, STAGE_CONFIGURED, &to->configured, why);

    (void)appliance_services(&n);
    if (e == ERR_OK)
        e = load_stage(s, c, STAGE_RUNNING, &to->running, why);
    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(c); i++)
        e = load_node_lives(s, &c->nodes[i], to->life + i * n, why);
    return e;
}

enum err store_load_situation(struct store *s, const struct config *c, int64_t now_ms,
                              struct situation **ret, struct diag *why)
{
    struct situation *to = NULL;
    enum err e = situation_new(c, now_ms, &to);

    if (e == ERR_NOMEM)
        diag_set(why, 0, "out of memory");
    if (e == ERR_OK)
        e = db_exec(s, "BEGIN", why);
    if (e == ERR_OK) {
        e = load_situation(s, to, why);
        (void)db_exec(s, "ROLLBACK", NULL);
    }
    if (e != ERR_OK) {
        situation_free(to);
        return e;
    }
    *ret = to;
    return ERR_OK;
}

enum err store_get_settings(struct store *s, struct target t, enum stage stage,
                            struct cors_settings *ret, struct diag *why)
{
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    return e == ERR_OK ? load_settings(s, id, stage, ret, why) : e;
}

enum err store_get_list(struct store *s, struct target t, enum stage stage, enum list list,
                        struct text_list *ret, struct diag *why)
{
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    return e == ERR_OK ? load_list(s, id, stage, list, ret, why) : e;
}
