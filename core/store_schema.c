#include "store_internal.h"

/* "cuic" in ASCII: what `file` and other programs tell our stores by. */
#define APPLICATION_ID 1668639075

/* Migrations: entry i brings user_version i to i + 1. Never edit one that was released; add the
 * next. tests/unit/check_store.c opens a store of every older version. */
static const char *const migration[SCHEMA_VERSION] = {
    "CREATE TABLE lab ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  revision INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO lab (id, revision) VALUES (1, 1);"
    "CREATE TABLE node ("
    "  id INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL UNIQUE"
    ") STRICT;"
    "CREATE TABLE service ("
    "  id INTEGER PRIMARY KEY,"
    "  node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,"
    "  name TEXT NOT NULL CHECK (name IN ('cuic', 'live-data')),"
    "  down_until_ms INTEGER NOT NULL DEFAULT 0,"
    "  UNIQUE (node_id, name)"
    ") STRICT;"
    "CREATE TABLE policy ("
    "  service_id INTEGER NOT NULL REFERENCES service (id) ON DELETE CASCADE,"
    "  stage TEXT NOT NULL CHECK (stage IN ('configured', 'running')),"
    "  enabled INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),"
    "  private_network INTEGER NOT NULL DEFAULT 0 CHECK (private_network IN (0, 1)),"
    "  PRIMARY KEY (service_id, stage)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE allowed_origin ("
    "  service_id INTEGER NOT NULL,"
    "  stage TEXT NOT NULL,"
    "  position INTEGER NOT NULL,"
    "  origin TEXT NOT NULL,"
    "  PRIMARY KEY (service_id, stage, position),"
    "  UNIQUE (service_id, stage, origin),"
    "  FOREIGN KEY (service_id, stage) REFERENCES policy (service_id, stage) ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE custom_header ("
    "  service_id INTEGER NOT NULL,"
    "  stage TEXT NOT NULL,"
    "  list TEXT NOT NULL CHECK (list IN ('allowed', 'exposed')),"
    "  position INTEGER NOT NULL,"
    "  name TEXT NOT NULL,"
    "  PRIMARY KEY (service_id, stage, list, position),"
    "  UNIQUE (service_id, stage, list, name),"
    "  FOREIGN KEY (service_id, stage) REFERENCES policy (service_id, stage) ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA application_id = 1668639075;"
    "PRAGMA user_version = 1;",
};

static enum err read_number(struct store *s, const char *sql, int *ret, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(s, sql, &q, why);

    if (e == ERR_OK)
        e = db_row(s, q, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int(q, 0);
    return e;
}

static enum err read_version(struct store *s, int *ret, struct diag *why)
{
    return read_number(s, "PRAGMA user_version", ret, why);
}

/** Whose file is this? Anything that is not empty and not marked as ours is somebody else's. */
static enum err check_is_ours(struct store *s, int version, struct diag *why)
{
    int application = 0;
    int tables = 0;
    enum err e = read_number(s, "PRAGMA application_id", &application, why);

    if (e == ERR_OK)
        e = read_number(s, "SELECT count(*) FROM sqlite_schema", &tables, why);
    if (e != ERR_OK)
        return e;
    bool is_empty = application == 0 && version == 0 && tables == 0;
    if (!is_empty && (application != APPLICATION_ID || version < 1)) {
        diag_set(why, 0,
                 "%s: a database, but not one of cuicsim; it was left as it is: move it "
                 "away and a new one is made",
                 s->path);
        return ERR_CORRUPT;
    }
    if (version > SCHEMA_VERSION) {
        diag_set(
            why, 0,
            "%s: made by a newer version of cuicsim (store version %d, this program knows %d); "
            "it was left as it is: install the newer version, or move the file away",
            s->path, version, SCHEMA_VERSION);
        return ERR_VERSION;
    }
    return ERR_OK;
}

enum err schema_check(struct store *s, struct diag *why)
{
    int version = 0;
    enum err e = read_version(s, &version, why);

    if (e == ERR_OK)
        e = check_is_ours(s, version, why);
    if (e == ERR_OK && version < SCHEMA_VERSION) {
        diag_set(why, 0, "%s: not set up yet", s->path);
        e = ERR_NOTFOUND;
    }
    return e;
}

/** Two programs may find the same old store: look again once the write lock is ours. */
static enum err migrate(struct store *s, struct diag *why)
{
    int version = 0;
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    e = read_version(s, &version, why);
    if (e == ERR_OK)
        e = check_is_ours(s, version, why);
    for (int v = version; e == ERR_OK && v < SCHEMA_VERSION; v++)
        e = db_exec(s, migration[v], why);
    return db_end(s, e, why);
}

enum err schema_update(struct store *s, struct diag *why)
{
    int version = 0;
    enum err e = read_version(s, &version, why);

    if (e == ERR_OK)
        e = check_is_ours(s, version, why);
    if (e == ERR_OK && version < SCHEMA_VERSION)
        e = migrate(s, why);
    return e;
}
