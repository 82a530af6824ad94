#include "trace.h"

#include <stdlib.h>

#include "trace_internal.h"

/* "cuiT" in ASCII. */
#define APPLICATION_ID 1668639060

/* As for the store: never edit an entry that was released. Small and large are apart, so that
 * looking for a record does not read the heads of all others. */
static const char *const migration[TRACE_SCHEMA_VERSION] = {
    "CREATE TABLE state ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  last_id INTEGER NOT NULL," /* the highest ever given */
    "  dropped INTEGER NOT NULL"  /* records that were not written, since the last clearing */
    ") STRICT;"
    "INSERT INTO state (id, last_id, dropped) VALUES (1, 0, 0);"
    "CREATE TABLE exchange ("
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL CHECK (kind IN ('exchange', 'websocket-end', 'reset', 'gap')),"
    "  at_us INTEGER NOT NULL,"
    "  duration_us INTEGER NOT NULL,"
    "  run INTEGER NOT NULL,"
    "  connection INTEGER NOT NULL,"
    "  pair INTEGER,"
    "  dropped INTEGER NOT NULL,"
    "  request_bytes INTEGER NOT NULL,"
    "  response_bytes INTEGER NOT NULL,"
    "  messages_in INTEGER NOT NULL,"
    "  messages_out INTEGER NOT NULL,"
    "  client_port INTEGER NOT NULL,"
    "  status INTEGER NOT NULL,"
    "  is_allowed INTEGER NOT NULL,"
    "  is_sent INTEGER NOT NULL,"
    "  cut INTEGER NOT NULL,"
    "  node TEXT, service TEXT, client TEXT, server TEXT, tls TEXT, sni TEXT, method TEXT,"
    "  target TEXT, version TEXT, host TEXT, origin TEXT, request_method TEXT,"
    "  request_headers TEXT, private_network TEXT, class TEXT, reason TEXT, culprit TEXT,"
    "  fault TEXT, note TEXT"
    ") STRICT;"
    "CREATE INDEX exchange_pair ON exchange (pair, id) WHERE pair IS NOT NULL;"
    "CREATE TABLE message ("
    "  id INTEGER PRIMARY KEY," /* the exchange's */
    "  request_head BLOB, response_head BLOB, request_body BLOB, response_body BLOB"
    ") STRICT;"
    "PRAGMA application_id = 1668639060;"
    "PRAGMA user_version = 1;",
};

const struct schema trace_schema = {
    .what = "trace",
    .application_id = APPLICATION_ID,
    .version = TRACE_SCHEMA_VERSION,
    .migration = migration,
    .at_end = "",
};

/** Both count only before the first table is made: a record fits on a page, and what a clearing
 *  frees can be given back. Somebody else's file must not be touched. */
static enum err set_up_new(struct store *s, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, "PRAGMA page_count", &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e != ERR_OK || sqlite3_column_int64(q, 0) > 0)
        return e;
    (void)sqlite3_reset(q);
    e = db_exec(s, "PRAGMA page_size = 8192", why);
    return e == ERR_OK ? db_exec(s, "PRAGMA auto_vacuum = INCREMENTAL", why) : e;
}

static enum err open_writer(struct store *s, const struct config *c, unsigned busy_ms,
                            struct diag *why)
{
    enum err e = db_open_writer(s, c, busy_ms, why);

    if (e == ERR_OK)
        e = set_up_new(s, why);
    if (e == ERR_OK)
        e = schema_update(s, &trace_schema, why);
    if (e == ERR_OK)
        e = db_use_wal(s, false, why);
    return e == ERR_OK ? db_note_file(s, why) : e;
}

static enum err open_reader(struct store *s, const struct config *c, unsigned busy_ms,
                            struct diag *why)
{
    (void)c;
    return db_open_reader(s, &trace_schema, busy_ms, why);
}

static enum err
open_with(const struct config *c, unsigned busy_ms, struct trace **ret, struct diag *why,
          enum err (*how)(struct store *, const struct config *, unsigned, struct diag *))
{
    struct trace *t = calloc(1, sizeof *t);

    if (t != NULL)
        t->file.path = config_state_path(c, TRACE_FILE);
    if (t == NULL || t->file.path == NULL) {
        free(t);
        diag_set(why, 0, "out of memory");
        return ERR_NOMEM;
    }
    t->counted_at = -1;
    enum err e = how(&t->file, c, busy_ms, why);
    if (e == ERR_OK)
        e = db_prepare(&t->file, "PRAGMA data_version", &t->file.data_version, why);
    if (e != ERR_OK) {
        trace_close(t);
        return e;
    }
    *ret = t;
    return ERR_OK;
}

enum err trace_open(const struct config *c, unsigned busy_ms, struct trace **ret, struct diag *why)
{
    return open_with(c, busy_ms, ret, why, open_writer);
}

enum err trace_open_reader(const struct config *c, unsigned busy_ms, struct trace **ret,
                           struct diag *why)
{
    return open_with(c, busy_ms, ret, why, open_reader);
}

void trace_close(struct trace *t)
{
    if (t == NULL)
        return;
    (void)sqlite3_finalize(t->put_exchange);
    (void)sqlite3_finalize(t->put_message);
    (void)sqlite3_finalize(t->put_state);
    db_close(&t->file);
    free(t);
}

enum err trace_data_version(struct trace *t, int64_t *ret, struct diag *why)
{
    return store_data_version(&t->file, ret, why);
}

enum err trace_get_totals(struct trace *t, struct trace_totals *ret, struct diag *why)
{
    static const char sql[] = "SELECT (SELECT count(*) FROM exchange), last_id, dropped FROM state";
    auto_stmt *q = NULL;
    enum err e = db_prepare(&t->file, sql, &q, why);

    if (e == ERR_OK)
        e = db_row(&t->file, q, why);
    if (e != ERR_OK)
        return e;
    *ret = (struct trace_totals){sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1),
                                 (uint64_t)sqlite3_column_int64(q, 2)};
    return ERR_OK;
}
