#include "trace_internal.h"

#define PRUNE_STEP  2000 /* records deleted in one transaction */
#define SLACK_MAX   1000
#define SLACK_SHARE 100 /* of what is kept */

/* ---- adding ---- */

static bool bind_number(sqlite3_stmt *q, int i, int64_t value)
{
    return sqlite3_bind_int64(q, i, value) == SQLITE_OK;
}

/** Numbers come from a client as well (the length it declares); SQLite's are signed. */
static int64_t number_of(uint64_t n)
{
    return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static bool bind_numbers(sqlite3_stmt *q, const struct trace_exchange *x)
{
    const int64_t number[TRACE_NUMBERS - 2] = {x->at_us,
                                               x->duration_us,
                                               x->run,
                                               x->connection,
                                               x->pair,
                                               number_of(x->dropped),
                                               number_of(x->request_bytes),
                                               number_of(x->response_bytes),
                                               number_of(x->messages_in),
                                               number_of(x->messages_out),
                                               x->client_port,
                                               x->status,
                                               x->is_allowed,
                                               x->is_sent,
                                               x->cut};
    bool is_good = bind_number(q, 1, x->id) && sqlite3_bind_text(q, 2, trace_kind_name(x->kind), -1,
                                                                 SQLITE_STATIC) == SQLITE_OK;

    for (int i = 0; is_good && i < TRACE_NUMBERS - 2; i++)
        is_good = bind_number(q, i + 3, number[i]);
    return is_good;
}

static bool bind_texts(sqlite3_stmt *q, const struct trace_exchange *x)
{
    bool is_good = true;

    for (int i = 0; is_good && i < (int)TRACE_FIRST_LARGE; i++)
        is_good = sqlite3_bind_text(q, TRACE_NUMBERS + 1 + i, x->text[i].at, (int)x->text[i].n,
                                    SQLITE_STATIC) == SQLITE_OK;
    return is_good;
}

static enum err put_message(struct trace *t, const struct trace_exchange *x, int64_t id,
                            struct diag *why)
{
    sqlite3_stmt *q = t->put_message;
    bool has_any = false;
    bool is_good = bind_number(q, 1, id);

    for (int i = 0; is_good && i < TRACE_TEXTS - (int)TRACE_FIRST_LARGE; i++) {
        const struct slice *text = &x->text[i + (int)TRACE_FIRST_LARGE];
        has_any = has_any || text->at != NULL;
        is_good = sqlite3_bind_blob(q, i + 2, text->at, (int)text->n, SQLITE_STATIC) == SQLITE_OK;
    }
    if (!is_good)
        return db_fail(&t->file, SQLITE_NOMEM, why);
    return has_any ? db_run(&t->file, q, why) : ERR_OK;
}

static enum err put_one(struct trace *t, const struct trace_exchange *x, struct diag *why)
{
    sqlite3_stmt *q = t->put_exchange;

    if (!bind_numbers(q, x) || !bind_texts(q, x))
        return db_fail(&t->file, SQLITE_NOMEM, why);
    enum err e = db_run(&t->file, q, why);
    return e == ERR_OK ? put_message(t, x, sqlite3_last_insert_rowid(t->file.db), why) : e;
}

static enum err prepare(struct trace *t, struct diag *why)
{
    /* An id that is taken becomes the next one that is free. */
    static const char exchange[] =
        "INSERT INTO exchange (" TRACE_COLUMNS
        ") VALUES (iif(EXISTS (SELECT 1 FROM exchange WHERE id = ?1), NULL, ?1), ?2, ?3, ?4, ?5,"
        " ?6, nullif(?7, 0), ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,"
        " ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36)";
    static const char message[] =
        "INSERT OR REPLACE INTO message"
        " (id, request_head, response_head, request_body, response_body) VALUES"
        " (?1, ?2, ?3, ?4, ?5)";
    static const char state[] =
        "UPDATE state SET last_id = max(last_id, ?1), dropped = dropped + ?2";

    if (t->put_state != NULL)
        return ERR_OK;
    enum err e = db_prepare(&t->file, exchange, &t->put_exchange, why);
    if (e == ERR_OK)
        e = db_prepare(&t->file, message, &t->put_message, why);
    return e == ERR_OK ? db_prepare(&t->file, state, &t->put_state, why) : e;
}

static enum err put_state(struct trace *t, int64_t last_id, int64_t dropped, struct diag *why)
{
    if (!bind_number(t->put_state, 1, last_id) || !bind_number(t->put_state, 2, dropped))
        return db_fail(&t->file, SQLITE_NOMEM, why);
    return db_run(&t->file, t->put_state, why);
}

enum err trace_add(struct trace *t, struct trace_exchange *const *x, size_t n, struct diag *why)
{
    int64_t last_id = 0;
    int64_t dropped = 0;
    enum err e = prepare(t, why);

    if (e == ERR_OK)
        e = db_begin(&t->file, why);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        e = put_one(t, x[i], why);
        int64_t id = sqlite3_last_insert_rowid(t->file.db);
        last_id = id > last_id ? id : last_id;
        dropped += number_of(x[i]->dropped);
    }
    if (e == ERR_OK)
        e = put_state(t, last_id, dropped, why);
    e = db_commit(&t->file, e, why);
    t->n += e == ERR_OK ? (int64_t)n : 0;
    return e;
}

/* ---- deleting ---- */

/** Counted again only when somebody else has changed the file. */
static enum err count(struct trace *t, struct diag *why)
{
    struct trace_totals totals;
    int64_t version = 0;
    enum err e = trace_data_version(t, &version, why);

    if (e != ERR_OK || version == t->counted_at)
        return e;
    e = trace_get_totals(t, &totals, why);
    if (e == ERR_OK) {
        t->n = totals.n;
        t->counted_at = version;
    }
    return e;
}

/** Run a statement that has the number of an oldest record to be kept. */
static enum err run_with(struct trace *t, const char *sql, int64_t value, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(&t->file, sql, &q, why);

    if (e == ERR_OK)
        e = db_bind_int(&t->file, q, ":n", value, why);
    return e == ERR_OK ? db_run(&t->file, q, why) : e;
}

static enum err delete_oldest(struct trace *t, int64_t n, struct diag *why)
{
    static const char *const sql[] = {
        "DELETE FROM exchange WHERE id <="
        " (SELECT id FROM exchange ORDER BY id LIMIT 1 OFFSET :n - 1)",
        "DELETE FROM message WHERE id <"
        " coalesce((SELECT min(id) FROM exchange), 9223372036854775807)",
    };
    enum err e = db_begin(&t->file, why);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; e == ERR_OK && i < sizeof sql / sizeof sql[0]; i++)
        e = run_with(t, sql[i], n, why);
    e = db_commit(&t->file, e, why);
    t->n -= e == ERR_OK ? n : 0;
    return e;
}

enum err trace_prune(struct trace *t, unsigned long keep, struct diag *why)
{
    unsigned long slack = keep / SLACK_SHARE < SLACK_MAX ? keep / SLACK_SHARE : SLACK_MAX;
    enum err e = count(t, why);

    if (e != ERR_OK || t->n <= (int64_t)(keep + slack))
        return e;
    int64_t over = t->n - (int64_t)keep;
    return delete_oldest(t, over < PRUNE_STEP ? over : PRUNE_STEP, why);
}

enum err trace_clear(struct trace *t, int64_t *ret_n, struct diag *why)
{
    struct trace_totals totals = {0, 0, 0};
    enum err e = db_begin(&t->file, why);

    if (e != ERR_OK)
        return e;
    e = trace_get_totals(t, &totals, why);
    if (e == ERR_OK)
        e = db_exec(&t->file,
                    "DELETE FROM exchange; DELETE FROM message; UPDATE state SET dropped = 0", why);
    e = db_commit(&t->file, e, why);
    if (e != ERR_OK)
        return e;
    t->counted_at = -1;
    *ret_n = totals.n;
    /* What follows only makes the file smaller; a reader may be in the way of it. */
    (void)db_exec(&t->file, "PRAGMA incremental_vacuum", NULL);
    (void)db_exec(&t->file, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
    return ERR_OK;
}
