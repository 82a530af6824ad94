#ifndef CUICSIM_DATASET_H
#define CUICSIM_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "filter.h"
#include "shapes.h"

/** Executions of reports, from the call that starts one to the rows that are fetched: a bounded
 *  table. Pure; not for two threads at once. Times are milliseconds of any clock that does not
 *  jump, but for those that are shown. */
struct datasets;

#define DATASET_ID      33 /* bytes: 32 hex digits and the terminator */
#define DATASETS_MAX    1024
#define DATASETS_BYTES  (64U << 20) /* of all their rows */
#define DATASET_IDLE_MS (10LL * 60 * 1000)

struct dataset {
    char id[DATASET_ID]; /* random */
    size_t node;
    char login[CENTRE_NAME_MAX]; /* whose it is */
    const struct shape_report *report;
    struct filter filter;
    long long start_ms, end_ms; /* since 1970, as shown */
    bool was_asked;             /* the first poll finds it running */
    char *text;                 /* its rows as JSON; NULL: not made yet */
    size_t n_text;              /* bytes */
    long long last_ms;          /* when it was used last */
    unsigned long long use;     /* the table's: counted up by each use of any of them */
};

struct datasets *datasets_new(void);    /* NULL when memory is short */
void datasets_free(struct datasets *s); /* accepts NULL */

/** Takes a copy; `text` is NULL. Those that nobody asked for in time are forgotten, and when there
 *  is no room the one that was used least lately. */
void datasets_add(struct datasets *s, const struct dataset *add);

/** That of this id, node and login, which counts as used now; NULL when there is none. It lives
 *  until the next call. */
struct dataset *datasets_find(struct datasets *s, size_t node, const char *login, struct slice id,
                              long long now_ms);

/** Give it its rows, which are the table's to free() then. Others that were used less lately are
 *  forgotten when there would be too many bytes.
 * @return ERR_OK, ERR_LIMIT (too many by itself; the rows remain the caller's) */
enum err datasets_finish(struct datasets *s, struct dataset *one, char *text, size_t n);

#endif
