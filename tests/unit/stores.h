#ifndef CUICSIM_TESTS_STORES_H
#define CUICSIM_TESTS_STORES_H

#include <check.h>

#include "store.h"

/** A store in a folder of its own, with the nodes "pub" and "sub": the fixture of one test. The
 *  fault_vfs is in use. */
void stores_set_up(void);
void stores_tear_down(void);

/** The configuration: its state folder is the test's own. */
extern struct config stores_config;
#define STORES_NODES 2
extern struct node stores_nodes[STORES_NODES + 1]; /* the last one is for tests to add */

const char *stores_path(void); /* of the database */

/** Opens or fails the test; closed by the test. */
struct store *stores_open(void);

/** The n-th of the targets: pub cuic, pub live-data, sub cuic, sub live-data. */
#define STORES_TARGETS (STORES_NODES * SERVICE_COUNT)
struct target stores_target(size_t n);

/** The settings of a target in one stage as one text: "on: https://a https://b". In one of a few
 *  static buffers; fails the test when they cannot be read. */
const char *stores_text(struct store *s, struct target t, enum stage stage);

/** All targets in both stages, one line each; free() it. */
char *stores_dump(struct store *s);

/** Run SQL on the file, not through a store. */
void stores_sql(const char *sql);

/** store_add_origins, store_remove_origins of one origin, which must not fail. */
bool stores_add(struct store *s, struct target t, const char *origin, enum apply_changes apply);
bool stores_remove(struct store *s, struct target t, const char *origin, enum apply_changes apply);

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
