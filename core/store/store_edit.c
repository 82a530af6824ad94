#include "store_internal.h"

#include "base/buf.h"

/* The stages that an edit touches: :last is 'running' when the running settings change as well. As
 * a list, so that SQLite looks entries up by index instead of walking the service's whole list. */
#define STAGES "stage IN ('configured', :last)"

#define TOLD_MAX 4096 /* bytes of a list that the audit log repeats */

/** One command's edit: how to tell what was there, how to change it, and what for. */
struct edit {
    enum err (*tell)(struct store *s, sqlite3_int64 id, const struct edit *ed, struct buf *to,
                     struct diag *why);
    enum err (*run)(struct store *s, sqlite3_int64 id, const struct edit *ed, struct diag *why);
    enum cors_mode mode;
    bool private_network;
    enum list list;
    const char *const *entries;
    size_t n;
    size_t max_chars;
    bool running;
    bool *ret_added;
    size_t *ret_removed;
};

static enum err tell_and_run(struct store *s, sqlite3_int64 id, const struct edit *ed,
                             struct buf *before, struct buf *after, struct diag *why)
{
    enum err e = ed->tell(s, id, ed, before, why);

    if (e == ERR_OK)
        e = ed->run(s, id, ed, why);
    return e == ERR_OK ? ed->tell(s, id, ed, after, why) : e;
}

/** The whole transaction but its begin and end. */
static enum err edit_and_audit(struct store *s, struct target t, const struct edit *ed,
                               const struct change *by, struct diag *why)
{
    struct buf before;
    struct buf after;
    sqlite3_int64 id = 0;
    enum err e = db_service_id(s, t, &id, why);

    buf_init(&before, TOLD_MAX + 64);
    buf_init(&after, TOLD_MAX + 64);
    if (e == ERR_OK)
        e = tell_and_run(s, id, ed, &before, &after, why);
    if (e == ERR_OK)
        e = audit_add(s, t.node, by, buf_text(&before), buf_text(&after), "done", why);
    buf_clear(&before);
    buf_clear(&after);
    return e;
}

static enum err carry_out(struct store *s, struct target t, struct edit ed, const struct change *by,
                          struct diag *why)
{
    enum err e = db_begin(s, why);

    ed.running = by->apply == APPLY_IMMEDIATE;
    if (e != ERR_OK)
        return e;
    return db_end(s, edit_and_audit(s, t, &ed, by, why), why);
}

/** Prepare an edit and bind whichever of :service, :last, :list and :value it names. */
static enum err prepare_edit(struct store *s, const char *sql, sqlite3_int64 id, bool running,
                             enum list list, const char *value, sqlite3_stmt **ret,
                             struct diag *why)
{
    enum err e = db_prepare(s, sql, ret, why);

    if (e == ERR_OK)
        e = db_bind_int(s, *ret, ":service", id, why);
    if (e == ERR_OK)
        e = db_bind_text(s, *ret, ":last", running ? "running" : "configured", why);
    if (e == ERR_OK)
        e = db_bind_text(s, *ret, ":list", list_name(list), why);
    return e == ERR_OK ? db_bind_text(s, *ret, ":value", value, why) : e;
}

/* --- flags --- */

static enum err update_flag(struct store *s, sqlite3_int64 id, const char *sql, bool running,
                            int value, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = prepare_edit(s, sql, id, running, LIST_ORIGINS, NULL, &q, why);

    if (e == ERR_OK)
        e = db_bind_int(s, q, ":flag", value, why);
    return e == ERR_OK ? db_run(s, q, why) : e;
}

enum err edit_mode(struct store *s, sqlite3_int64 id, enum cors_mode mode, bool running,
                   struct diag *why)
{
    static const char *const sql[] = {
        "UPDATE policy SET enabled = :flag WHERE service_id = :service AND " STAGES,
        "UPDATE policy SET any_origin = :flag WHERE service_id = :service AND " STAGES,
    };
    enum err e = update_flag(s, id, sql[0], running, mode != CORS_DISABLED, why);

    return e == ERR_OK ? update_flag(s, id, sql[1], running, mode == CORS_ENABLED_ALL, why) : e;
}

static enum err run_mode(struct store *s, sqlite3_int64 id, const struct edit *ed, struct diag *why)
{
    return edit_mode(s, id, ed->mode, ed->running, why);
}

static enum err run_private_network(struct store *s, sqlite3_int64 id, const struct edit *ed,
                                    struct diag *why)
{
    return update_flag(
        s, id, "UPDATE policy SET private_network = :flag WHERE service_id = :service AND " STAGES,
        ed->running, ed->private_network, why);
}

/** One text that a query finds about the configured settings. */
static enum err tell_text(struct store *s, sqlite3_int64 id, const char *sql, struct buf *to,
                          struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = prepare_edit(s, sql, id, false, LIST_ORIGINS, NULL, &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e == ERR_OK)
        e = buf_puts(to, (const char *)sqlite3_column_text(q, 0));
    return e;
}

static enum err tell_mode(struct store *s, sqlite3_int64 id, const struct edit *ed, struct buf *to,
                          struct diag *why)
{
    (void)ed;
    return tell_text(s, id,
                     "SELECT CASE WHEN enabled = 0 THEN 'disabled' WHEN any_origin = 1"
                     " THEN 'enable_all' ELSE 'enabled' END"
                     " FROM policy WHERE service_id = :service AND stage = 'configured'",
                     to, why);
}

static enum err tell_private_network(struct store *s, sqlite3_int64 id, const struct edit *ed,
                                     struct buf *to, struct diag *why)
{
    (void)ed;
    return tell_text(s, id,
                     "SELECT iif(private_network, 'enabled', 'disabled')"
                     " FROM policy WHERE service_id = :service AND stage = 'configured'",
                     to, why);
}

enum err store_set_mode(struct store *s, struct target t, enum cors_mode mode,
                        const struct change *by, struct diag *why)
{
    struct edit ed = {.tell = tell_mode, .run = run_mode, .mode = mode};

    return carry_out(s, t, ed, by, why);
}

enum err store_set_private_network(struct store *s, struct target t, bool private_network,
                                   const struct change *by, struct diag *why)
{
    struct edit ed = {.tell = tell_private_network,
                      .run = run_private_network,
                      .private_network = private_network};

    return carry_out(s, t, ed, by, why);
}

/* --- lists --- */

/** The entries joined by commas, cut when there are many. */
static enum err tell_list(struct store *s, sqlite3_int64 id, const struct edit *ed, struct buf *to,
                          struct diag *why)
{
    static const char sql[] =
        "SELECT value FROM list_entry"
        " WHERE service_id = :service AND stage = 'configured' AND list = :list ORDER BY position";
    auto_stmt *q = NULL;
    enum err e = prepare_edit(s, sql, id, false, ed->list, NULL, &q, why);

    if (e == ERR_OK)
        e = buf_puts(to, "");
    while (e == ERR_OK && (e = db_row(s, q, why)) == ERR_OK) {
        const char *value = (const char *)sqlite3_column_text(q, 0);
        struct slice text = slice_of(value == NULL ? "" : value);
        if (to->n + text.n + 1 > TOLD_MAX)
            return buf_puts(to, ",...");
        e = buf_printf(to, "%s%s", to->n == 0 ? "" : ",", text.at);
    }
    return e == ERR_NOTFOUND ? ERR_OK : e; /* no more rows is the good end */
}

enum err edit_append(struct store *s, sqlite3_int64 id, enum list list, const char *value,
                     bool running, bool *ret_added, struct diag *why)
{
    static const char sql[] =
        "INSERT INTO list_entry (service_id, stage, list, position, value)"
        " SELECT service_id, stage, :list, 1 + coalesce((SELECT max(position) FROM list_entry AS o"
        "  WHERE o.service_id = policy.service_id AND o.stage = policy.stage AND o.list = :list),"
        "  0), :value"
        " FROM policy WHERE service_id = :service AND " STAGES " ON CONFLICT DO NOTHING";
    static const char is_listed[] =
        "SELECT 1 FROM list_entry WHERE service_id = :service AND stage = 'configured'"
        " AND list = :list AND value = :value";
    auto_stmt *look = NULL;
    auto_stmt *insert = NULL;
    enum err e = prepare_edit(s, is_listed, id, running, list, value, &look, why);

    if (e == ERR_OK)
        e = db_row(s, look, why);
    if (e != ERR_OK && e != ERR_NOTFOUND)
        return e;
    *ret_added = e == ERR_NOTFOUND;
    /* Also when it is listed: the running list may lack it still. */
    e = prepare_edit(s, sql, id, running, list, value, &insert, why);
    return e == ERR_OK ? db_run(s, insert, why) : e;
}

static enum err check_chars(struct store *s, sqlite3_int64 id, const struct edit *ed,
                            struct diag *why)
{
    static const char sql[] =
        "SELECT sum(length(value) + 1) - 1 FROM list_entry"
        " WHERE service_id = :service AND stage = 'configured' AND list = :list";
    auto_stmt *q = NULL;
    enum err e =
        ed->max_chars == 0 ? ERR_OK : prepare_edit(s, sql, id, false, ed->list, NULL, &q, why);

    if (e != ERR_OK || q == NULL)
        return e;
    e = db_row(s, q, why);
    int64_t chars = e == ERR_OK ? sqlite3_column_int64(q, 0) : 0;
    if (e != ERR_OK || chars <= (int64_t)ed->max_chars)
        return e;
    diag_set(why, 0, "the whole list would have %lld characters, and at most %zu are allowed",
             (long long)chars, ed->max_chars);
    return ERR_LIMIT;
}

static enum err run_add(struct store *s, sqlite3_int64 id, const struct edit *ed, struct diag *why)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < ed->n; i++)
        e = edit_append(s, id, ed->list, ed->entries[i], ed->running, &ed->ret_added[i], why);
    return e == ERR_OK ? check_chars(s, id, ed, why) : e;
}

enum err store_add(struct store *s, struct target t, enum list list, const char *const *entries,
                   size_t n, size_t max_chars, const struct change *by, bool *ret_added,
                   struct diag *why)
{
    struct edit ed = {.tell = tell_list,
                      .run = run_add,
                      .list = list,
                      .entries = entries,
                      .n = n,
                      .max_chars = max_chars,
                      .ret_added = ret_added};

    return carry_out(s, t, ed, by, why);
}

static enum err run_remove(struct store *s, sqlite3_int64 id, const struct edit *ed,
                           struct diag *why)
{
    static const char sql[] = "DELETE FROM list_entry WHERE service_id = :service"
                              " AND list = :list AND value = :value AND " STAGES;
    enum err e = ERR_OK;

    *ed->ret_removed = 0;
    for (size_t i = 0; e == ERR_OK && i < ed->n; i++) {
        auto_stmt *q = NULL;
        e = prepare_edit(s, sql, id, ed->running, ed->list, ed->entries[i], &q, why);
        if (e == ERR_OK)
            e = db_run(s, q, why);
        if (e == ERR_OK && sqlite3_changes(s->db) > 0)
            (*ed->ret_removed)++;
    }
    return e;
}

enum err store_remove(struct store *s, struct target t, enum list list, const char *const *entries,
                      size_t n, const struct change *by, size_t *ret_removed, struct diag *why)
{
    struct edit ed = {.tell = tell_list,
                      .run = run_remove,
                      .list = list,
                      .entries = entries,
                      .n = n,
                      .ret_removed = ret_removed};

    return carry_out(s, t, ed, by, why);
}

/* --- several statements --- */

enum err edit_each(struct store *s, const char *const *sql, size_t n, sqlite3_int64 service,
                   struct diag *why)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        auto_stmt *q = NULL;
        e = prepare_edit(s, sql[i], service, true, LIST_ORIGINS, NULL, &q, why);
        if (e == ERR_OK)
            e = db_run(s, q, why);
    }
    return e;
}
