#ifndef CUICSIM_SITUATION_H
#define CUICSIM_SITUATION_H

#include <stdint.h>

#include "config/config.h"
#include "cors/policy.h"

/** What is configured, what is running, and which services are started, on all nodes at one moment:
 *  everything that a diagnosis looks at. Immutable once loaded; store_load_situation makes one. */
struct situation {
    const struct config *config;
    int64_t now_ms; /* since 1970 */
    struct policy_set *configured;
    struct policy_set *running;
    struct life *life; /* of each node, one for each row of appliance_services */
};

/** @return ERR_OK, ERR_NOMEM; no policies yet, all services started */
enum err situation_new(const struct config *c, int64_t now_ms, struct situation **ret);
void situation_free(struct situation *s); /* accepts NULL */

/** NULL when the node's product has no such service. */
const struct policy *situation_configured(const struct situation *s, size_t node, enum service of);
const struct policy *situation_running(const struct situation *s, size_t node, enum service of);

/** Where a service of the node is in its life. */
enum life_state situation_state(const struct situation *s, size_t node,
                                const struct appliance_service *service);

/** Does a start of this service, or its restart, end in its being there? False for one that is
 *  stopped, or is about to be. */
bool situation_comes_back(const struct situation *s, size_t node,
                          const struct appliance_service *service);

#endif
