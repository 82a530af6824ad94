#ifndef CUICSIM_STORE_INTERNAL_H
#define CUICSIM_STORE_INTERNAL_H

#include <sqlite3.h>

#include "store.h"

/** Shared by store*.c only. */
struct store {
    sqlite3 *db;
    char *path;
    struct store_file file; /* the one that was opened */
    sqlite3_stmt *data_version;
};

static inline void auto_finalize(sqlite3_stmt **q)
{
    (void)sqlite3_finalize(*q);
}
#define auto_stmt __attribute__((cleanup(auto_finalize))) sqlite3_stmt

/** Turn SQLite's last complaint into ours. `rc` SQLITE_OK is never passed. */
enum err db_fail(const struct store *s, int rc, struct diag *why);

enum err db_exec(struct store *s, const char *sql, struct diag *why);
enum err db_prepare(struct store *s, const char *sql, sqlite3_stmt **ret, struct diag *why);

/** Run a statement to its end and reset it; rows are passed over. */
enum err db_run(struct store *s, sqlite3_stmt *q, struct diag *why);

/** Step once: ERR_OK with a row, ERR_NOTFOUND without. */
enum err db_row(struct store *s, sqlite3_stmt *q, struct diag *why);

/** Write transaction. db_end commits when `e` is ERR_OK, else rolls back; returns the outcome. */
enum err db_begin(struct store *s, struct diag *why);
enum err db_end(struct store *s, enum err e, struct diag *why);

/** Row id of a service, ERR_NOTFOUND with a message when the node is unknown to the store. */
enum err db_service_id(struct store *s, struct target t, sqlite3_int64 *ret, struct diag *why);

/** store_schema.c: create or migrate, and check that the version is one we know. */
enum err schema_update(struct store *s, struct diag *why);
enum err schema_check(struct store *s, struct diag *why);
#define SCHEMA_VERSION 1

#endif
