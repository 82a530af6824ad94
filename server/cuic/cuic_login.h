#ifndef CUICSIM_SERVER_CUIC_LOGIN_H
#define CUICSIM_SERVER_CUIC_LOGIN_H

#include "login.h"
#include "route.h"

/** CUIC's logins: by Authorization for one request, by session for the next ones. */

/** If the request brings a session that is known, its answer sets no new one. For every request
 *  below /cuic/. */
void cuic_login_recognise(struct exchange *x);

/** Who asks.
 * @param ret  the login; "" when a Bearer token does not say
 * @return LOGIN_FINE also for a session; else as login_of */
enum login_state cuic_login_who(struct exchange *x, char ret[LOGIN_MAX]);

/** The login that stands in front of the filter: lets a request through, or has answered it with
 *  401. OPTIONS need none.
 * @source docs/fidelity.md, rows U */
bool cuic_login_pass(struct exchange *x, char ret[LOGIN_MAX]);

/** The challenge of a 401. */
#define CUIC_CHALLENGE "Basic realm=\"Cisco Unified Intelligence Center\""

/** Begin a session, and put its cookies into the answer, all but JSESSIONID when `path` is NULL:
 *  that is the one that every answer below /cuic/ sets.
 * @return false when there are no random bytes */
bool cuic_login_begin(struct exchange *x, const char *login, const char *path,
                      struct app_answer *to);

#endif
