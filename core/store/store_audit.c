#include "store_internal.h"

enum err audit_add(struct store *s, const char *node, const struct change *by, const char *before,
                   const char *after, const char *result, struct diag *why)
{
    static const char sql[] =
        "INSERT INTO audit (at_ms, node, user, from_host, command, before, after, result)"
        " VALUES (:at, :node, :user, :from, :command, :before, :after, :result)";
    const char *const text[][2] = {
        {":node", node},     {":user", by->user}, {":from", by->from}, {":command", by->command},
        {":before", before}, {":after", after},   {":result", result},
    };
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, sql, &q, why);

    if (e == ERR_OK)
        e = db_bind_int(s, q, ":at", by->at_ms, why);
    for (size_t i = 0; e == ERR_OK && i < sizeof text / sizeof text[0]; i++)
        e = db_bind_text(s, q, text[i][0], text[i][1], why);
    return e == ERR_OK ? db_run(s, q, why) : e;
}

enum err store_audit_failure(struct store *s, const char *node, const struct change *by,
                             struct diag *why)
{
    enum err e = db_begin(s, why);

    return e == ERR_OK ? db_end(s, audit_add(s, node, by, NULL, NULL, "failed", why), why) : e;
}

static const char *text_at(sqlite3_stmt *q, int column)
{
    return (const char *)sqlite3_column_text(q, column);
}

enum err store_audit_list(struct store *s, unsigned long n,
                          bool (*each)(void *arg, const struct audit_entry *e), void *arg,
                          struct diag *why)
{
    static const char sql[] =
        "SELECT * FROM (SELECT id, at_ms, node, user, from_host, command, before, after, result"
        " FROM audit ORDER BY id DESC LIMIT :n) ORDER BY id";
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, sql, &q, why);
    bool goes_on = true;

    if (e == ERR_OK)
        e = db_bind_int(s, q, ":n", n == 0 ? -1 : (int64_t)n, why);
    while (e == ERR_OK && goes_on && (e = db_row(s, q, why)) == ERR_OK) {
        struct audit_entry entry = {sqlite3_column_int64(q, 0),
                                    sqlite3_column_int64(q, 1),
                                    text_at(q, 2),
                                    text_at(q, 3),
                                    text_at(q, 4),
                                    text_at(q, 5),
                                    text_at(q, 6),
                                    text_at(q, 7),
                                    text_at(q, 8)};
        goes_on = each(arg, &entry);
    }
    return e == ERR_NOTFOUND ? ERR_OK : e; /* no more rows is the good end */
}
