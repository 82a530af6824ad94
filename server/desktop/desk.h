#ifndef CUICSIM_SERVER_DESK_H
#define CUICSIM_SERVER_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"
#include "cuic/session.h"
#include "fetch.h"
#include "live/live.h"

/** What the Finesse site keeps between requests: who has signed in, who waits for news of an agent,
 *  and the fetcher of gadgets. All functions may be called by any thread. */
struct desk;

/** @param addresses  where our sites listen: n of them
 * @return ERR_OK, ERR_IO, ERR_NOMEM */
enum err desk_new(const struct config *c, struct live *live, const struct fetch_address *addresses,
                  size_t n, struct desk **ret, struct diag *why);

/** Answer everything that waits; nothing waits any more afterwards. */
void desk_stop(struct desk *d);
void desk_free(struct desk *d); /* after desk_stop and live_stop; accepts NULL */

struct fetcher *desk_fetcher(struct desk *d);

/* ---- who has signed in ---- */

/** An agent of the centre, as far as a desktop needs it. */
struct desk_user {
    size_t agent; /* index in the centre */
    unsigned id, extension, team_id;
    char login[CENTRE_NAME_MAX];
    char first_name[CENTRE_NAME_MAX], last_name[CENTRE_NAME_MAX];
    char team[CENTRE_NAME_MAX];
    bool is_supervisor;
    size_t team_first, team_n; /* the agents of that team */
};

/** The agent of an id or a login name. */
bool desk_find_user(struct desk *d, struct slice id, struct desk_user *ret);

/** Sign in: the agent is this person's from now on (centre_hold). False when there are no random
 *  bytes. @param ret_id  of the session */
bool desk_sign_in(struct desk *d, size_t node, const struct desk_user *user,
                  char ret_id[SESSION_ID]);

/** The user of a session on this node. */
bool desk_who(struct desk *d, size_t node, struct slice session, struct desk_user *ret);
void desk_sign_out(struct desk *d, size_t node, struct slice session);

/* ---- news ---- */

/** The waiting of one request for a change of some agents; lives within what is kept of that
 *  request. */
struct desk_news {
    /* Set by the owner; called with the desk's lock held. */
    void (*park)(struct desk_news *n);
    void (*resume)(struct desk_news *n);
    bool is_parked;  /* waits */
    bool was_parked; /* has waited: it is answered now, with news or without */
    size_t first, n; /* the agents */
    int64_t until_ms;
    struct desk_news *next;
};

/** How many changes there were so far. */
uint64_t desk_changes(struct desk *d);

/** Has this agent changed since there were so many? */
bool desk_has_changed(struct desk *d, size_t agent, uint64_t since);

/** Park the request until one of the agents changes, or some time has passed. False, and not
 *  parked: one has changed since, or the desk is stopping. */
bool desk_wait(struct desk *d, size_t first, size_t n, uint64_t since, struct desk_news *news);

/** The request is over. */
void desk_cancel(struct desk *d, struct desk_news *news);

#endif
