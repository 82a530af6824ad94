#ifndef CUICSIM_SERVER_ROUTE_H
#define CUICSIM_SERVER_ROUTE_H

#include "config.h"
#include "policy.h"
#include "profile.h"
#include "request.h"

/** One exchange on its way through a site. */
struct exchange {
    const struct config *config;
    const struct request *request;
    struct policy_set *policies; /* NULL: none could be loaded yet */
    struct profile profile;
    struct cors_decision decision; /* set by a handler that asked the filter */
    bool is_decided;
    struct reply reply; /* what the handler answers */
};

typedef void route_handler(struct exchange *x);

/** Does this version have pages for the site? */
bool route_serves(enum site site);

/** Answer a request: the first row of the table whose site and path fit. */
void route(enum site site, struct exchange *x);

#endif
