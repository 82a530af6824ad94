#ifndef CUICSIM_STORE_H
#define CUICSIM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"
#include "config.h"
#include "policy.h"

#define STORE_FILE "cuicsim.db"

/** The lab's state: one SQLite file (WAL), the only thing that the two programs share. A store
 *  handle belongs to one thread. Every function that can fail sets `why` (may be NULL) to a message
 *  that names the file. */
struct store;

/** Settings exist twice: what the shell edits, and what the service loaded at its last restart. */
enum stage { STAGE_CONFIGURED, STAGE_RUNNING };

/** Which service's settings: the unit of everything the shell edits. */
struct target {
    const char *node; /* its name */
    enum service service;
};

/** A list of texts in the order in which they were added. */
struct text_list {
    char **at;
    size_t n;
};
void text_list_clear(struct text_list *l);
enum err text_list_add(struct text_list *l, const char *text);

/** Open the store, create it when missing, migrate it from older versions, and give every
 *  configured node that it does not know the settings of a fresh node (CORS disabled, no origin).
 *  Anything that cannot be opened is left exactly as it is.
 * @param busy_ms  how long to wait for other writers before ERR_BUSY
 * @return ERR_OK, ERR_CORRUPT (not a database), ERR_VERSION (made by a newer version),
 * ERR_READONLY, ERR_BUSY, ERR_FULL, ERR_IO, ERR_DB, ERR_NOMEM */
enum err store_open(const struct config *c, unsigned busy_ms, struct store **ret, struct diag *why);

/** Open for reading policies only: creates, migrates and writes nothing.
 * @return also ERR_NOTFOUND when there is no store */
enum err store_open_reader(const struct config *c, unsigned busy_ms, struct store **ret,
                           struct diag *why);
void store_close(struct store *s); /* accepts NULL */

/** Which file a store is: differs after the file was replaced, while the old one is still open. */
struct store_file {
    uint64_t device;
    uint64_t inode;
};
struct store_file store_file_of(const struct store *s);

/** Moves with the next call after any other connection's commit. Costs about two microseconds.
 *  Also ERR_NOTFOUND when the file was replaced or removed: close, and open again. */
enum err store_data_version(struct store *s, int64_t *ret, struct diag *why);

/** Counts commits since the store was made; a policy set carries the one it was loaded at. */
enum err store_revision(struct store *s, int64_t *ret, struct diag *why);

/** Load what is running on every node of the configuration, in its order, as of one moment. */
enum err store_load_policies(struct store *s, const struct config *c, struct policy_set **ret,
                             struct diag *why);

/** Whether CORS is enabled. ERR_NOTFOUND: the store has no such node. */
enum err store_get_enabled(struct store *s, struct target t, enum stage stage, bool *ret,
                           struct diag *why);
enum err store_get_origins(struct store *s, struct target t, enum stage stage,
                           struct text_list *ret, struct diag *why);

/** Edits. Each is one transaction: all of it or nothing, and durable when the call returns. With
 *  APPLY_IMMEDIATE it changes both stages, otherwise the configured one alone. */
enum err store_set_enabled(struct store *s, struct target t, bool enabled, enum apply_changes apply,
                           struct diag *why);

/** Append origins; those listed already are left alone.
 * @param ret_added  n booleans: whether this entry was new */
enum err store_add_origins(struct store *s, struct target t, const char *const *origins, size_t n,
                           enum apply_changes apply, bool *ret_added, struct diag *why);

/** Remove origins. @param ret_removed  how many were there */
enum err store_remove_origins(struct store *s, struct target t, const char *const *origins,
                              size_t n, enum apply_changes apply, size_t *ret_removed,
                              struct diag *why);

/** Restart the service: the configured settings become the running ones, and until `down_until_ms`
 *  (since 1970; 0: not at all) it does not answer. */
enum err store_restart(struct store *s, struct target t, int64_t down_until_ms, struct diag *why);

/** The lists of one service in a named state of the lab. */
struct lab_settings {
    bool enabled;
    const char *const *origins;
    size_t n_origins;
};

/** Put every service of every node into the state that `pick` names for it, in both stages and in
 *  one transaction. Custom headers and all else return to a fresh node's. */
enum err store_reset(struct store *s, const struct config *c,
                     struct lab_settings (*pick)(const struct node *n, enum service service),
                     struct diag *why);

/** PRAGMA integrity_check; ERR_CORRUPT with SQLite's first complaint in `why`. */
enum err store_check(struct store *s, struct diag *why);

#endif
