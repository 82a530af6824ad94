#include "store_internal.h"

#include <stdlib.h>
#include <string.h>

static enum err classify(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return ERR_READONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        return ERR_IO;
    default:
        return ERR_DB;
    }
}

static const char *remedy(enum err e)
{
    if (e == ERR_BUSY)
        return "; another program keeps it locked, close that one and try again";
    if (e == ERR_FULL)
        return "; nothing was changed, make room on the disk and try again";
    if (e == ERR_READONLY)
        return "; make the file and its folder writable";
    if (e == ERR_CORRUPT)
        return "; it was left as it is: move it away and a new one is made";
    if (e == ERR_IO)
        return "; nothing was changed, check the folder, its permissions and the room on the disk";
    return "";
}

enum err db_fail(const struct store *s, int rc, struct diag *why)
{
    enum err e = classify(rc);
    bool is_sqlites = s->db != NULL && sqlite3_errcode(s->db) != SQLITE_OK;
    const char *text = is_sqlites ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc);

    diag_set(why, 0, "%s: %s%s", s->path, text, remedy(e));
    return e;
}

enum err db_exec(struct store *s, const char *sql, struct diag *why)
{
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? ERR_OK : db_fail(s, rc, why);
}

enum err db_prepare(struct store *s, const char *sql, sqlite3_stmt **ret, struct diag *why)
{
    int rc = sqlite3_prepare_v2(s->db, sql, -1, ret, NULL);

    return rc == SQLITE_OK ? ERR_OK : db_fail(s, rc, why);
}

enum err db_run(struct store *s, sqlite3_stmt *q, struct diag *why)
{
    int rc;

    do
        rc = sqlite3_step(q);
    while (rc == SQLITE_ROW);
    enum err e = rc == SQLITE_DONE ? ERR_OK : db_fail(s, rc, why);
    (void)sqlite3_reset(q);
    return e;
}

enum err db_row(struct store *s, sqlite3_stmt *q, struct diag *why)
{
    int rc = sqlite3_step(q);

    if (rc == SQLITE_ROW)
        return ERR_OK;
    return rc == SQLITE_DONE ? ERR_NOTFOUND : db_fail(s, rc, why);
}

enum err db_bind_int(struct store *s, sqlite3_stmt *q, const char *name, int64_t value,
                     struct diag *why)
{
    int i = sqlite3_bind_parameter_index(q, name);

    return i == 0 || sqlite3_bind_int64(q, i, value) == SQLITE_OK ? ERR_OK
                                                                  : db_fail(s, SQLITE_NOMEM, why);
}

enum err db_bind_text(struct store *s, sqlite3_stmt *q, const char *name, const char *value,
                      struct diag *why)
{
    int i = sqlite3_bind_parameter_index(q, name);

    return i == 0 || sqlite3_bind_text(q, i, value, -1, SQLITE_STATIC) == SQLITE_OK
               ? ERR_OK
               : db_fail(s, SQLITE_NOMEM, why);
}

enum err db_begin(struct store *s, struct diag *why)
{
    return db_exec(s, "BEGIN IMMEDIATE", why);
}

enum err db_end(struct store *s, enum err e, struct diag *why)
{
    if (e == ERR_OK)
        e = db_exec(s, "UPDATE lab SET revision = revision + 1", why);
    return db_commit(s, e, why);
}

enum err db_commit(struct store *s, enum err e, struct diag *why)
{
    if (e == ERR_OK)
        e = db_exec(s, "COMMIT", why);
    if (e != ERR_OK && sqlite3_get_autocommit(s->db) == 0)
        (void)db_exec(s, "ROLLBACK", NULL);
    return e;
}

bool nth_target(const struct config *c, size_t n, struct target *ret)
{
    const struct node *node = &c->nodes[n / SERVICE_COUNT];
    enum service service = (enum service)(n % SERVICE_COUNT);

    *ret = (struct target){node->name, service};
    return platform_has(node->platform, service);
}

enum err db_service_id(struct store *s, struct target t, sqlite3_int64 *ret, struct diag *why)
{
    static const char sql[] =
        "SELECT service.id FROM service JOIN node ON node.id = service.node_id"
        " WHERE node.name = :node AND service.name = :service";
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, sql, &q, why);

    if (e == ERR_OK)
        e = db_bind_text(s, q, ":node", t.node, why);
    if (e == ERR_OK)
        e = db_bind_text(s, q, ":service", service_name(t.service), why);
    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int64(q, 0);
    if (e == ERR_NOTFOUND)
        diag_set(why, 0, "%s: no node %s with %s", s->path, t.node, service_name(t.service));
    return e;
}

void text_list_clear(struct text_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->at[i]);
    free(l->at);
    *l = (struct text_list){NULL, 0};
}

enum err text_list_add(struct text_list *l, const char *text)
{
    bool is_full = (l->n & (l->n - 1)) == 0; /* room doubles at every power of two */

    if (is_full) {
        char **grown = realloc(l->at, (l->n == 0 ? 1 : l->n * 2) * sizeof *grown);
        if (grown == NULL)
            return ERR_NOMEM;
        l->at = grown;
    }
    l->at[l->n] = strdup(text);
    if (l->at[l->n] == NULL)
        return ERR_NOMEM;
    l->n++;
    return ERR_OK;
}
