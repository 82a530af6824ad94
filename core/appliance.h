#ifndef CUICSIM_APPLIANCE_H
#define CUICSIM_APPLIANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "cors/policy.h"

/** Which product an appliance is: it has that product's services and commands. */
enum platform { PLATFORM_CUIC, PLATFORM_FINESSE };
#define PLATFORM_COUNT 2

/** Does this service with CORS settings of its own run on that platform? */
bool platform_has(enum platform p, enum service s);

/** The one of them that has this name: "live-data". */
bool platform_find_service(enum platform p, struct slice name, enum service *ret);

enum appliance_kind {
    APPLIANCE_PLAIN,
    APPLIANCE_PROXY,        /* stands in front of all that a browser reaches on the node */
    APPLIANCE_SYSTEM,       /* in the first block of the list, which the system itself reports */
    APPLIANCE_NOT_ACTIVATED /* stopped, and nobody starts it from the shell */
};

/** One service as `utils service list` knows it. */
struct appliance_service {
    const char *name;
    enum platform platform;
    enum appliance_kind kind;
    unsigned loads;   /* bits of enum service: it reads these settings when it starts */
    unsigned carries; /* bits of enum service: these answer only while it runs */
};
#define SERVICE_BIT(s) (1U << (unsigned)(s))

/** All services of all platforms, those of one platform in the order of its list.
 *  @source docs/fidelity.md#services */
const struct appliance_service *appliance_services(size_t *ret_n);

/** The service of this name, which is case-sensitive, or NULL. */
const struct appliance_service *appliance_find(enum platform p, struct slice name);

/** The services that have to be restarted after an edit of these settings: the first is the one
 *  that reads them, the second one follows in Finesse's own advice only.
 * @return how many, 1 or 2 */
size_t appliance_restarts(enum service s, const struct appliance_service *ret[2]);

enum life_state { LIFE_STARTED, LIFE_STOPPING, LIFE_STOPPED, LIFE_STARTING };
enum life_state life_state(const struct life *l, int64_t now_ms);
const char *life_state_name(enum life_state s); /* "STARTED" */

/** Two services that are both needed, seen as one: down while either is.
 * @param l  changed to the joint life; all zero is started */
void life_join(struct life *l, const struct life *other);

/** What an administrator may do to a service. */
enum life_action { LIFE_START, LIFE_STOP, LIFE_RESTART };

/** The life of a service to which this is done.
 * @param takes_ms  how long a restart takes; a start and a stop take half of it */
struct life life_after(enum life_action a, int64_t now_ms, int64_t takes_ms);

#endif
