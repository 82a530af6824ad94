#ifndef CUICSIM_FINESSE_H
#define CUICSIM_FINESSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "centre/centre.h"

/** The objects of Finesse's REST services, made of the simulated centre: trees that xml_write and
 *  jansson print. A function that makes one returns NULL only when memory is short; the caller has
 *  the one reference. The first agent of each team is its supervisor.
 * @source Cisco Finesse Web Services Developer Guide: User, Dialog, Team, Queue, ReasonCode,
 *         SystemInfo; docs/fidelity.md#desktop */

/** The centre's time, and what it is called outside. */
struct finesse_clock {
    int64_t wall_ms;   /* since 1970 */
    int64_t centre_ms; /* of the same moment */
};

#define FINESSE_TIME 32 /* bytes of "2012-03-01T17:58:21.234Z", with the terminator */
void finesse_time(const struct finesse_clock *now, int64_t centre_ms, char ret[FINESSE_TIME]);

/** Does this agent supervise a team, and which? */
bool finesse_is_supervisor(const struct centre *c, size_t agent);

/** The agent whom an id names: "1001" or the login name, in any case. */
bool finesse_find_user(const struct centre *c, struct slice id, size_t *ret);

json_t *finesse_user(const struct centre *c, size_t agent, const struct finesse_clock *now);
json_t *finesse_dialogs(const struct centre *c, size_t agent, const struct finesse_clock *now);
json_t *finesse_team(const struct centre *c, size_t team, const struct finesse_clock *now);
json_t *finesse_queues(const struct centre *c, size_t agent, const struct finesse_clock *now);

/** The call that an agent has: of the id that a dialog's has; NULL (too) when there is no such
 *  call. */
json_t *finesse_dialog(const struct centre *c, unsigned long id, const struct finesse_clock *now,
                       size_t *ret_agent);

/** @param category  AGENT_NOT_READY or AGENT_LOGGED_OUT */
json_t *finesse_reason_codes(enum agent_state category);

/** A lookup of one; NULL (too) when there is no such code. */
json_t *finesse_reason_code(unsigned long id);

struct finesse_node {
    const char *host;
    unsigned port;
};

/** @param secondary  NULL: the cluster has one node */
json_t *finesse_system_info(const struct finesse_node *primary,
                            const struct finesse_node *secondary, int64_t wall_ms);

/** @param data  NULL: none */
json_t *finesse_error(const char *type, const char *data, const char *message);

/** A change of a user that a client asks for: <User><state>READY</state></User>. */
struct finesse_change {
    enum agent_state state;
    unsigned reason; /* 0: none */
    bool is_login;   /* state LOGIN */
};

/** @param ret_error  on failure what to answer, as finesse_error; NULL when memory is short
 * @return ERR_OK, ERR_SYNTAX */
enum err finesse_read_change(struct slice body, struct finesse_change *ret, json_t **ret_error);

#endif
