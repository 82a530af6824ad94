#include "store_internal.h"

/* "cuic" in ASCII: what `file` and other programs tell our stores by. */
#define APPLICATION_ID 1668639075

/* Migrations: entry i brings user_version i to i + 1. Never edit one that was released; add the
 * next. tests/unit/check_store_migrate.c opens a store of every older version. Foreign keys are not
 * enforced meanwhile, so that a table may be made anew. */
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
    /* 2: Finesse nodes, one table for all lists, the services' lives, sessions, the audit log. */
    "CREATE TABLE service_2 ("
    "  id INTEGER PRIMARY KEY,"
    "  node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,"
    "  name TEXT NOT NULL CHECK (name IN ('cuic', 'live-data', 'finesse')),"
    "  UNIQUE (node_id, name)"
    ") STRICT;"
    "INSERT INTO service_2 (id, node_id, name) SELECT id, node_id, name FROM service;"
    "DROP TABLE service;"
    "ALTER TABLE service_2 RENAME TO service;"
    "ALTER TABLE policy ADD COLUMN any_origin INTEGER NOT NULL DEFAULT 0"
    "  CHECK (any_origin IN (0, 1));"
    "ALTER TABLE node ADD COLUMN cli_timeout_s INTEGER NOT NULL DEFAULT 1800;"
    "CREATE TABLE list_entry ("
    "  service_id INTEGER NOT NULL,"
    "  stage TEXT NOT NULL,"
    "  list TEXT NOT NULL"
    "    CHECK (list IN ('allowed_origin', 'allowed_headers', 'exposed_headers')),"
    "  position INTEGER NOT NULL,"
    "  value TEXT NOT NULL,"
    "  PRIMARY KEY (service_id, stage, list, position),"
    "  UNIQUE (service_id, stage, list, value),"
    "  FOREIGN KEY (service_id, stage) REFERENCES policy (service_id, stage) ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO list_entry (service_id, stage, list, position, value)"
    " SELECT service_id, stage, 'allowed_origin', position, origin FROM allowed_origin;"
    "INSERT INTO list_entry (service_id, stage, list, position, value)"
    " SELECT service_id, stage, list || '_headers', position, name FROM custom_header;"
    "DROP TABLE allowed_origin;"
    "DROP TABLE custom_header;"
    "CREATE TABLE life ("
    "  node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,"
    "  name TEXT NOT NULL," /* the appliance's name of the service */
    "  is_stopped INTEGER NOT NULL CHECK (is_stopped IN (0, 1)),"
    "  stopping_until_ms INTEGER NOT NULL,"
    "  starting_until_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (node_id, name)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE audit ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at_ms INTEGER NOT NULL,"
    "  node TEXT NOT NULL," /* by name: the log outlives the node */
    "  user TEXT NOT NULL,"
    "  from_host TEXT NOT NULL,"
    "  command TEXT NOT NULL,"
    "  before TEXT,"
    "  after TEXT,"
    "  result TEXT NOT NULL CHECK (result IN ('done', 'failed'))"
    ") STRICT;"
    "CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit"
    " BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;"
    "CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit"
    " BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;"
    "CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit"
    " WHEN new.id IN (SELECT id FROM audit)"
    " BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;"
    "PRAGMA user_version = 2;",
};

const struct schema store_schema = {
    .what = "store",
    .application_id = APPLICATION_ID,
    .version = SCHEMA_VERSION,
    .migration = migration,
    .at_end = "UPDATE lab SET revision = revision + 1",
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
static enum err check_is_ours(struct store *s, const struct schema *schema, int version,
                              struct diag *why)
{
    int application = 0;
    int tables = 0;
    enum err e = read_number(s, "PRAGMA application_id", &application, why);

    if (e == ERR_OK)
        e = read_number(s, "SELECT count(*) FROM sqlite_schema", &tables, why);
    if (e != ERR_OK)
        return e;
    bool is_empty = application == 0 && version == 0 && tables == 0;
    if (!is_empty && (application != schema->application_id || version < 1)) {
        diag_set(why, 0,
                 "%s: a database, but not one of cuicsim; it was left as it is: move it "
                 "away and a new one is made",
                 s->path);
        return ERR_CORRUPT;
    }
    if (version > schema->version) {
        diag_set(why, 0,
                 "%s: made by a newer version of cuicsim (%s version %d, this program knows %d); "
                 "it was left as it is: install the newer version, or move the file away",
                 s->path, schema->what, version, schema->version);
        return ERR_VERSION;
    }
    return ERR_OK;
}

enum err schema_check(struct store *s, const struct schema *schema, struct diag *why)
{
    int version = 0;
    enum err e = read_version(s, &version, why);

    if (e == ERR_OK)
        e = check_is_ours(s, schema, version, why);
    if (e == ERR_OK && version < schema->version) {
        diag_set(why, 0, "%s: not set up yet", s->path);
        e = ERR_NOTFOUND;
    }
    return e;
}

/** Two programs may find the same old store: look again once the write lock is ours. */
static enum err migrate(struct store *s, const struct schema *schema, struct diag *why)
{
    int version = 0;
    enum err e = db_begin(s, why);

    if (e != ERR_OK)
        return e;
    e = read_version(s, &version, why);
    if (e == ERR_OK)
        e = check_is_ours(s, schema, version, why);
    for (int v = version; e == ERR_OK && v < schema->version; v++)
        e = db_exec(s, schema->migration[v], why);
    if (e == ERR_OK)
        e = db_exec(s, schema->at_end, why);
    return db_commit(s, e, why);
}

enum err schema_update(struct store *s, const struct schema *schema, struct diag *why)
{
    int version = 0;
    enum err e = read_version(s, &version, why);

    if (e == ERR_OK)
        e = check_is_ours(s, schema, version, why);
    if (e == ERR_OK && version < schema->version)
        e = migrate(s, schema, why);
    return e;
}
