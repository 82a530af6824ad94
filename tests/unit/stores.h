#ifndef CUICSIM_TESTS_STORES_H
#define CUICSIM_TESTS_STORES_H

#include <check.h>

#include "store/store.h"

/** A store in a folder of its own, with the CUIC nodes "pub" and "sub" and the Finesse "desk": the
 *  fixture of one test. The fault_vfs is in use. */
void stores_set_up(void);
void stores_tear_down(void);

/** The configuration: its state folder is the test's own. */
extern struct config stores_config;
#define STORES_NODES 3

/** From now on the configuration also has the CUIC node "later" and the Finesse "desk2". */
void stores_add_nodes(void);

const char *stores_path(void); /* of the database */

/** Opens or fails the test; closed by the test. */
struct store *stores_open(void);

/** A store in the article's state, closed. */
void stores_make(void);

/** The n-th of the targets: pub cuic, pub live-data, sub cuic, sub live-data, desk finesse; those
 *  from STORES_LATER on are of the added nodes: later cuic, later live-data, desk2 finesse. */
#define STORES_TARGETS     5
#define STORES_LATER       5
#define STORES_ALL_TARGETS 8
struct target stores_target(size_t n);

/** What a policy set has for the n-th target, wherever its node stands in stores_config. */
const struct service_view *stores_view(const struct policy_set *set, size_t target);

/** Who edits in the tests: "tester" from "10.0.0.9" with the command "test", at STORES_NOW. */
#define STORES_NOW 1738978067123
extern const struct change stores_now;      /* APPLY_IMMEDIATE */
extern const struct change stores_deferred; /* APPLY_ON_RESTART */
const struct change *stores_by(enum apply_changes apply);

/** The settings of a target in one stage as one text: the mode, "off", "on" or "all", whatever else
 *  is not a fresh service's, and the origins: "on: https://a https://b". In one of a few static
 *  buffers; fails the test when they cannot be read. */
const char *stores_text(struct store *s, struct target t, enum stage stage);

/** One list of a target, its entries joined by blanks; as stores_text does. */
const char *stores_list(struct store *s, struct target t, enum stage stage, enum list list);

/** All targets of the first three nodes in both stages, one line each, and what the nodes have
 *  besides that is not a fresh node's: everything that may be edited, but for the audit log. free()
 *  it. */
char *stores_dump(struct store *s);

/** Run SQL on the file, not through a store. */
void stores_sql(const char *sql);

/** The rows that a query finds, each a line of columns joined by '|'; free() it. Without a store
 *  the file is asked on a connection of its own. */
char *stores_rows(struct store *s, const char *sql);
long long stores_ask(struct store *s, const char *sql); /* one number, through a store */
void stores_expect_rows(struct store *s, const char *sql, const char *want);

/** store_add, store_remove of one origin, and the others of the same names: must not fail. */
bool stores_add(struct store *s, struct target t, const char *origin, enum apply_changes apply);
bool stores_remove(struct store *s, struct target t, const char *origin, enum apply_changes apply);
bool stores_add_to(struct store *s, struct target t, enum list list, const char *entry,
                   enum apply_changes apply);
void stores_set_mode(struct store *s, struct target t, enum cors_mode mode,
                     enum apply_changes apply);

/** Restart the service that loads the target's settings, in no time. */
void stores_restart(struct store *s, struct target t);

/** Do something to a service of a node at STORES_NOW. */
void stores_move(struct store *s, const char *node, const char *service, enum life_action action,
                 int64_t takes_ms);

struct policy_set *stores_policies(struct store *s); /* of stores_config */
int64_t stores_revision(struct store *s);

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct diag why = {0, ""};                                                                 \
        enum err must_e = (call);                                                                  \
        ck_assert_msg(must_e == ERR_OK, "%s: %s: %s", #call, err_text(must_e), why.text);          \
    } while (0)

/** A failure of this kind with a message that names the file and says something. */
#define EXPECT_ERR(call, want, says)                                                               \
    do {                                                                                           \
        struct diag why = {0, ""};                                                                 \
        enum err got_e = (call);                                                                   \
        ck_assert_msg(got_e == (want), "%s: expected %s, got %s: %s", #call, err_text(want),       \
                      err_text(got_e), why.text);                                                  \
        ck_assert_msg(strstr(why.text, stores_path()) != NULL, "%s: no file is named: %s", #call,  \
                      why.text);                                                                   \
        ck_assert_msg(strstr(why.text, (says)) != NULL, "%s: expected '%s', got '%s'", #call,      \
                      (says), why.text);                                                           \
    } while (0)

#endif
