#include "old_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "stores.h"

const char old_store_schema[] =
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
    "PRAGMA user_version = 1;";

/* Positions have gaps, as deleting leaves them; no list is in the order of its texts. The node
 * "gone" is no longer configured. */
const char old_store_rows[] =
    "UPDATE lab SET revision = 41;"
    "INSERT INTO node (id, name) VALUES (1, 'pub'), (4, 'sub'), (7, 'gone');"
    "INSERT INTO service (id, node_id, name, down_until_ms) VALUES"
    " (1, 1, 'cuic', 0), (2, 1, 'live-data', 1738978067123),"
    " (5, 4, 'cuic', 0), (6, 4, 'live-data', 0), (9, 7, 'cuic', 0), (10, 7, 'live-data', 0);"
    "INSERT INTO policy (service_id, stage, enabled, private_network) VALUES"
    " (1, 'configured', 1, 0), (1, 'running', 0, 1), (2, 'configured', 0, 1), (2, 'running', 1, 0),"
    " (5, 'configured', 1, 1), (5, 'running', 1, 1), (6, 'configured', 0, 0), (6, 'running', 0, 0),"
    " (9, 'configured', 1, 0), (9, 'running', 1, 0), (10, 'configured', 0, 0),"
    " (10, 'running', 0, 0);"
    "INSERT INTO allowed_origin (service_id, stage, position, origin) VALUES"
    " (1, 'configured', 2, 'https://z.example'), (1, 'configured', 3, 'https://a.example:8445'),"
    " (1, 'configured', 7, 'https://M.example'), (1, 'running', 1, 'https://a.example:8445'),"
    " (1, 'running', 2, 'https://z.example'), (5, 'running', 9, 'https://only-running.example'),"
    " (6, 'configured', 1, 'https://only-configured.example'),"
    " (9, 'configured', 1, 'https://gone.example'), (9, 'running', 1, 'https://gone.example');"
    "INSERT INTO custom_header (service_id, stage, list, position, name) VALUES"
    " (1, 'configured', 'allowed', 1, 'x-z'), (1, 'configured', 'allowed', 2, 'X-A'),"
    " (1, 'configured', 'exposed', 1, 'x-z'), (1, 'running', 'exposed', 4, 'x-e'),"
    " (6, 'running', 'allowed', 3, 'x-b'), (6, 'running', 'allowed', 5, 'x-a');";

const char old_store_all[] =
    "SELECT 'version', user_version, '', '', '' FROM pragma_user_version"
    " UNION ALL SELECT 'lab', revision, '', '', '' FROM lab"
    " UNION ALL SELECT 'node', id, name, '', '' FROM node"
    " UNION ALL SELECT 'service', id, node_id, name, down_until_ms FROM service"
    " UNION ALL SELECT 'policy', service_id, stage, enabled, private_network FROM policy"
    " UNION ALL SELECT 'origin', service_id, stage, position, origin FROM allowed_origin"
    " UNION ALL SELECT 'header', service_id, stage, list || position, name FROM custom_header"
    " UNION ALL SELECT 'schema', type, name, sql, '' FROM sqlite_schema"
    " ORDER BY 1, 2, 3, 4, 5";

const char *const old_store_journals[OLD_STORE_JOURNALS] = {"WAL", "DELETE"};

void old_store_make(const char *journal)
{
    char pragma[64];

    (void)mkdir(stores_config.state_dir, 0755);
    (void)snprintf(pragma, sizeof pragma, "PRAGMA journal_mode = %s", journal);
    stores_sql(pragma);
    stores_sql(old_store_schema);
    stores_sql(old_store_rows);
}

void old_store_remove(void)
{
    (void)unlink(stores_path());
    (void)unlink(scratch_path("state/" STORE_FILE "-wal"));
    (void)unlink(scratch_path("state/" STORE_FILE "-shm"));
    (void)unlink(scratch_path("state/" STORE_FILE "-journal"));
}

int old_store_version(void)
{
    char *text = stores_rows(NULL, "PRAGMA user_version");
    int version = (int)strtol(text, NULL, 10);

    free(text);
    return version;
}

/** What the shell and the server see of it. */
static const char whole[] =
    "pub cuic configured on, allowed x-z X-A, exposed x-z: https://z.example https://a.example:8445"
    " https://M.example\n"
    "pub cuic running off, private network, exposed x-e: https://a.example:8445 https://z.example\n"
    "pub live-data configured off, private network:\npub live-data running on:\n"
    "sub cuic configured on, private network:\n"
    "sub cuic running on, private network: https://only-running.example\n"
    "sub live-data configured off: https://only-configured.example\n"
    "sub live-data running off, allowed x-b x-a:\n"
    "desk finesse configured all:\ndesk finesse running all:\n";

void old_store_expect_carried(const char *when)
{
    struct store *s = stores_open();
    char *got = stores_dump(s);

    ck_assert_msg(strcmp(got, whole) == 0, "%s: got %s", when, got);
    MUST(store_check(s, &why));
    stores_expect_rows(s, "PRAGMA foreign_key_check", "");
    free(got);
    store_close(s);
}
