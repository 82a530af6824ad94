#ifndef CUICSIM_TESTS_TRACES_H
#define CUICSIM_TESTS_TRACES_H

#include <check.h>

#include "trace/trace.h"

/** A trace in a folder of its own: the fixture of one test. The fault_vfs is in use. */
void traces_set_up(void);
void traces_tear_down(void);
extern struct config traces_config;

const char *traces_path(void); /* of the database */
struct trace *traces_open(void);

#define TRACES_NOW 1795327200000000 /* 2026-11-22T06:00:00Z */

/** A record with this id, begun `id` seconds after TRACES_NOW: a preflight that cuicpub allowed. */
struct trace_exchange traces_sample(int64_t id);

/** Add one, through trace_exchange_new. */
void traces_add(struct trace *t, const struct trace_exchange *x);

/** Add samples with ids from..to. */
void traces_fill(struct trace *t, int64_t from, int64_t to);

/** The ids of a list, joined by blanks, in a static buffer. */
const char *traces_ids(struct trace *t, const struct trace_filter *f);
const char *traces_all(struct trace *t);

/** Run SQL on the file on a connection of its own; a number that it gives, 0 for none. */
long long traces_sql(const char *sql);

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
        ck_assert_msg(strstr(why.text, traces_path()) != NULL, "%s: no file is named: %s", #call,  \
                      why.text);                                                                   \
        ck_assert_msg(strstr(why.text, (says)) != NULL, "%s: expected '%s', got '%s'", #call,      \
                      (says), why.text);                                                           \
    } while (0)

#endif
