#ifndef CUICSIM_SERVER_EXCHANGE_H
#define CUICSIM_SERVER_EXCHANGE_H

#include <microhttpd.h>

#include "base/buf.h"
#include "config.h"
#include "cuic.h"
#include "live.h"
#include "policies.h"

/** What every exchange of one cluster needs. Read by all request threads, written by none. */
struct cluster {
    const struct config *config;
    struct policies *policies;
    const char *csp; /* profile_csp_new */
    struct live *live;
    struct cuic *cuic;
    MHD_UpgradeHandler on_upgrade; /* gets the struct upload as the request's context */
};

/** What is kept of one request between the calls of the access handler. */
struct upload {
    void *owner;
    struct MHD_Connection *connection;
    char *query;         /* of the target, as sent; NULL: none */
    bool has_head;       /* all of the head has arrived */
    uint64_t body_bytes; /* that have arrived */
    bool takes_body;
    struct buf body;            /* what was kept of them */
    bool is_too_large;          /* over limits.body_bytes: the rest was thrown away */
    bool is_counted;            /* among those whose answer is waited for at the end */
    struct live_wait wait;      /* of a poll */
    struct live_socket *socket; /* 101 was answered: it is to get the connection */
    bool is_upgraded;           /* it has got it */
};

/** Answer one request whose body has been read: request, route, decision, reply. A poll may be
 * parked instead; it comes here again when it was resumed. */
enum MHD_Result exchange_answer(const struct cluster *c, enum site site, struct upload *u,
                                const char *url, const char *method, const char *version);

#endif
