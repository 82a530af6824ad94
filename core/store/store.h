#ifndef CUICSIM_STORE_H
#define CUICSIM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "appliance.h"
#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"
#include "cors/policy.h"
#include "diagnose/situation.h"

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

/** Load what is configured, what is running and what is started on every node, as of one moment.
 * @param now_ms  the moment by which services are started or not, since 1970
 * @param ret     freed with situation_free; points to `c` */
enum err store_load_situation(struct store *s, const struct config *c, int64_t now_ms,
                              struct situation **ret, struct diag *why);

/** Whether a service takes part in CORS, and for whom. */
enum cors_mode {
    CORS_DISABLED,
    CORS_ENABLED,
    CORS_ENABLED_ALL /* any origin, whatever is listed: Finesse only */
};

/** The settings of a service that are not lists. */
struct cors_settings {
    enum cors_mode mode;
    bool private_network;
};

/** ERR_NOTFOUND: the store has no such node, or no such service on it. */
enum err store_get_settings(struct store *s, struct target t, enum stage stage,
                            struct cors_settings *ret, struct diag *why);

/** What an administrator listed; built-in headers are not among it. */
enum err store_get_list(struct store *s, struct target t, enum stage stage, enum list list,
                        struct text_list *ret, struct diag *why);

/** Who changes something: what the audit log says about it. */
struct change {
    const char *user;
    const char *from;    /* where the user sits: an address, or "local" */
    const char *command; /* as typed */
    int64_t at_ms;       /* since 1970 */
    enum apply_changes apply;
};

/** Edits. Each is one transaction: all of it, its line in the audit log included, or nothing, and
 *  durable when the call returns. With APPLY_IMMEDIATE it changes both stages, otherwise the
 *  configured one alone. */
enum err store_set_mode(struct store *s, struct target t, enum cors_mode mode,
                        const struct change *by, struct diag *why);
enum err store_set_private_network(struct store *s, struct target t, bool private_network,
                                   const struct change *by, struct diag *why);

/** Append to a list; entries listed already are left alone.
 * @param max_chars  ERR_LIMIT (no file is to blame, and none named) when the whole list would be
 *                   longer, commas included; 0: no limit
 * @param ret_added  n booleans: whether this entry was new */
enum err store_add(struct store *s, struct target t, enum list list, const char *const *entries,
                   size_t n, size_t max_chars, const struct change *by, bool *ret_added,
                   struct diag *why);

/** Remove from a list. @param ret_removed  how many were there */
enum err store_remove(struct store *s, struct target t, enum list list, const char *const *entries,
                      size_t n, const struct change *by, size_t *ret_removed, struct diag *why);

/** Start, stop or restart a service of a node. When it starts, the configured settings of what it
 *  loads become the running ones.
 * @param takes_ms  how long a restart takes */
enum err store_move_service(struct store *s, const char *node,
                            const struct appliance_service *service, enum life_action action,
                            int64_t takes_ms, const struct change *by, struct diag *why);

/** Where a service of a node is in its life: a fresh one's until it was moved. */
enum err store_get_life(struct store *s, const char *node, const struct appliance_service *service,
                        struct life *ret, struct diag *why);

/** After how many idle seconds a shell on this node ends. */
enum err store_get_cli_timeout(struct store *s, const char *node, unsigned *ret, struct diag *why);
enum err store_set_cli_timeout(struct store *s, const char *node, unsigned seconds,
                               const struct change *by, struct diag *why);

/** The settings of one service in a named state of the lab. */
struct lab_settings {
    enum cors_mode mode;
    const char *const *origins;
    size_t n_origins;
};

/** Put every service of every node into the state that `pick` names for it, in both stages and in
 *  one transaction. All else returns to a fresh node's; the audit log stays. */
enum err store_reset(struct store *s, const struct config *c,
                     struct lab_settings (*pick)(const struct node *n, enum service service),
                     const struct change *by, struct diag *why);

/** One line of the audit log. Texts live as long as the callback. */
struct audit_entry {
    int64_t id; /* counts up from 1 */
    int64_t at_ms;
    const char *node;
    const char *user;
    const char *from;
    const char *command;
    const char *before; /* NULL when nothing was changed */
    const char *after;
    const char *result; /* "done" or "failed" */
};

/** Write down a change that was tried and failed. */
enum err store_audit_failure(struct store *s, const char *node, const struct change *by,
                             struct diag *why);

/** The last `n` lines (0: all), oldest first. `each` returns false to stop. */
enum err store_audit_list(struct store *s, unsigned long n,
                          bool (*each)(void *arg, const struct audit_entry *e), void *arg,
                          struct diag *why);

/** PRAGMA integrity_check; ERR_CORRUPT with SQLite's first complaint in `why`. */
enum err store_check(struct store *s, struct diag *why);

#endif
