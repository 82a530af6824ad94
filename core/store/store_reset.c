#include "store_internal.h"

static enum err reset_service(struct store *s, struct target t, struct lab_settings to,
                              struct diag *why)
{
    static const char *const sql[] = {
        "DELETE FROM list_entry WHERE service_id = :service",
        "UPDATE policy SET private_network = 0 WHERE service_id = :service",
        "DELETE FROM life WHERE node_id = (SELECT node_id FROM service WHERE id = :service)",
        ("UPDATE node SET cli_timeout_s = 1800"
         " WHERE id = (SELECT node_id FROM service WHERE id = :service)"),
    };
    sqlite3_int64 id = 0;
    bool is_new = false;
    enum err e = db_service_id(s, t, &id, why);

    if (e == ERR_OK)
        e = edit_each(s, sql, sizeof sql / sizeof sql[0], id, why);
    if (e == ERR_OK)
        e = edit_mode(s, id, to.mode, true, why);
    for (size_t i = 0; e == ERR_OK && i < to.n_origins; i++)
        e = edit_append(s, id, LIST_ORIGINS, to.origins[i], true, &is_new, why);
    return e;
}

static enum err reset_all(struct store *s, const struct config *c,
                          struct lab_settings (*pick)(const struct node *n, enum service service),
                          const struct change *by, struct diag *why)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(c) * SERVICE_COUNT; i++) {
        struct target t;
        if (nth_target(c, i, &t))
            e = reset_service(s, t, pick(&c->nodes[i / SERVICE_COUNT], t.service), why);
    }
    return e == ERR_OK ? audit_add(s, "*", by, NULL, NULL, "done", why) : e;
}

enum err store_reset(struct store *s, const struct config *c,
                     struct lab_settings (*pick)(const struct node *n, enum service service),
                     const struct change *by, struct diag *why)
{
    enum err e = db_begin(s, why);

    return e == ERR_OK ? db_end(s, reset_all(s, c, pick, by, why), why) : e;
}
