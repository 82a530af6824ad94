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

/** Bind a parameter of this name; a statement that has none takes no notice. A NULL text is NULL.
 */
enum err db_bind_int(struct store *s, sqlite3_stmt *q, const char *name, int64_t value,
                     struct diag *why);
enum err db_bind_text(struct store *s, sqlite3_stmt *q, const char *name, const char *value,
                      struct diag *why);

/** Write transaction. db_end commits when `e` is ERR_OK, else rolls back; returns the outcome. */
enum err db_begin(struct store *s, struct diag *why);
enum err db_end(struct store *s, enum err e, struct diag *why);

/** The n-th pair of a node of the configuration and a service, of config_all_nodes * SERVICE_COUNT;
 *  false when the node's product has no such service. */
bool nth_target(const struct config *c, size_t n, struct target *ret);

/** Row id of a service, ERR_NOTFOUND with a message when the node is unknown to the store. */
enum err db_service_id(struct store *s, struct target t, sqlite3_int64 *ret, struct diag *why);

/** "configured" or "running". */
const char *stage_name(enum stage stage);

/** Add a line to the audit log, within the transaction of what it tells of. */
enum err audit_add(struct store *s, const char *node, const struct change *by, const char *before,
                   const char *after, const char *result, struct diag *why);

/** Edits of one service within a transaction: shared by the commands and by store_reset.
 * @param running  the running stage as well */
enum err edit_mode(struct store *s, sqlite3_int64 id, enum cors_mode mode, bool running,
                   struct diag *why);
enum err edit_append(struct store *s, sqlite3_int64 id, enum list list, const char *value,
                     bool running, bool *ret_added, struct diag *why);

/** Run statements one after the other, each with :service bound. */
enum err edit_each(struct store *s, const char *const *sql, size_t n, sqlite3_int64 service,
                   struct diag *why);

/** store_schema.c: create or migrate, and check that the version is one we know. */
enum err schema_update(struct store *s, struct diag *why);
enum err schema_check(struct store *s, struct diag *why);
#define SCHEMA_VERSION 2

#endif
