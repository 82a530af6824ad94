#ifndef CUICSIM_SESSION_H
#define CUICSIM_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "centre/centre.h"

/** Who has logged in to CUIC: a bounded table. Pure; not for two threads at once. Times are
 *  milliseconds of any clock that does not jump. */
struct sessions;

#define SESSION_ID      33 /* bytes: 32 hex digits and the terminator */
#define SESSION_IDLE_MS (30LL * 60 * 1000)
#define SESSIONS_MAX    4096

struct session {
    char id[SESSION_ID]; /* random */
    bool is_sso;         /* a JSESSIONIDSSO, which stands beside a JSESSIONID */
    size_t node;
    char login[CENTRE_NAME_MAX];
    long long begin_ms, last_ms; /* last_ms: when it was used last */
};

struct sessions *sessions_new(void);    /* NULL when memory is short */
void sessions_free(struct sessions *s); /* accepts NULL */

/** Takes a copy. When there is no room one of those that were used least lately is forgotten. */
void sessions_add(struct sessions *s, const struct session *add);

/** The session of this id on this node, which counts as used now; NULL when there is none, or it
 *  was idle for too long. It lives until the next call. */
const struct session *sessions_find(struct sessions *s, size_t node, struct slice id,
                                    long long now_ms);

/** Forget the session of this id on this node. */
void sessions_remove(struct sessions *s, size_t node, struct slice id);

/** Call for each that is not over, in no order. */
void sessions_each(const struct sessions *s, long long now_ms,
                   void (*each)(void *arg, const struct session *one), void *arg);

#endif
