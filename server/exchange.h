#ifndef CUICSIM_SERVER_EXCHANGE_H
#define CUICSIM_SERVER_EXCHANGE_H

#include <microhttpd.h>

#include "config.h"
#include "policies.h"

/** What every exchange of one cluster needs. Read by all request threads, written by none. */
struct cluster {
    const struct config *config;
    struct policies *policies;
    const char *csp; /* profile_csp_new */
};

/** Answer one request whose body has been read: request, route, decision, reply.
 * @param body_too_large  the body was over limits.body_bytes (the rest was thrown away) */
enum MHD_Result exchange_answer(const struct cluster *c, enum site site,
                                struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, bool body_too_large);

#endif
