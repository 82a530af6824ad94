#ifndef CUICSIM_STORE_INTERNAL_H
#define CUICSIM_STORE_INTERNAL_H

#include <sqlite3.h>

#include "store.h"

struct schema;

/** Shared by store*.c and trace*.c only. What is named db_ or schema_ knows no table: it serves
 *  trace.db as well. */
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

/** store_file.c. Opened for writing the folder is made when missing, and the file; its schema is
 *  the caller's next step, and db_note_file, by which it is known from another one put in its
 *  place, the last. A reader finds all of it there (ERR_NOTFOUND: no file). */
enum err db_open_writer(struct store *s, const struct config *c, unsigned busy_ms,
                        struct diag *why);
enum err db_open_reader(struct store *s, const struct schema *wanted, unsigned busy_ms,
                        struct diag *why);
enum err db_note_file(struct store *s, struct diag *why);
enum err db_check_same_file(const struct store *s, struct diag *why); /* ERR_NOTFOUND: it is not */
void db_close(struct store *s); /* what the struct has; not the struct */

/** WAL mode. With `is_durable` a commit is on the disk when it returns; without, a crash of the
 *  machine, not of the program, may lose the last ones. */
enum err db_use_wal(struct store *s, bool is_durable, struct diag *why);

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

/** Write transaction. db_end commits when `e` is ERR_OK, else rolls back; returns the outcome.
 *  db_commit does without the store's revision. */
enum err db_begin(struct store *s, struct diag *why);
enum err db_end(struct store *s, enum err e, struct diag *why);
enum err db_commit(struct store *s, enum err e, struct diag *why);

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

/** What a file of ours looks like. */
struct schema {
    const char *what; /* "store": in messages */
    int application_id;
    int version;
    const char *const *migration; /* `version` of them: entry i brings version i to i + 1 */
    const char *at_end;           /* SQL within the same transaction, "" for none */
};
extern const struct schema store_schema;
#define SCHEMA_VERSION 2

/** store_schema.c: create or migrate, and check that the version is one we know. */
enum err schema_update(struct store *s, const struct schema *schema, struct diag *why);
enum err schema_check(struct store *s, const struct schema *schema, struct diag *why);

#endif
