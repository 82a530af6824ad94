#ifndef CUICSIM_SERVER_LOGIN_H
#define CUICSIM_SERVER_LOGIN_H

#include "centre/centre.h"
#include "live/live.h"
#include "request.h"

/** Who asks, by the Authorization header: what CUIC and Live Data have in common. */

#define LOGIN_MAX CENTRE_NAME_MAX /* bytes, with the terminator */

enum login_state {
    LOGIN_NONE,  /* no such header */
    LOGIN_WRONG, /* one that nobody is let in with */
    LOGIN_FINE
};

/** Basic with the login of a simulated agent and any password, since the simulation keeps none; a
 *  domain before it, as in "UCCE\login", does not count. Bearer with any token, which does not tell
 *  whose it is.
 * @param ret  the agent's login; "" for a token's */
enum login_state login_of(const struct request *rq, struct live *live, char ret[LOGIN_MAX]);

/** The same for a login that was typed. */
bool login_check(struct slice login, struct live *live, char ret[LOGIN_MAX]);

/** A sentence for who was not let in. */
#define LOGIN_HELP                                                                                 \
    "Basic needs the login of a simulated agent, with any password; Bearer takes any token."

#endif
