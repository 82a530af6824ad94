#ifndef CUICSIM_SERVER_EXCHANGE_H
#define CUICSIM_SERVER_EXCHANGE_H

#include <microhttpd.h>

#include "base/buf.h"
#include "config/config.h"
#include "console/console.h"
#include "console/metrics.h"
#include "cuic/cuic.h"
#include "desktop/desk.h"
#include "live/live.h"
#include "policies.h"
#include "trace/record.h"

/** What every exchange of one cluster needs. Read by all request threads, written by none. */
struct cluster {
    const struct config *config;
    struct policies *policies;
    const char *csp; /* profile_csp_new */
    struct live *live;
    struct cuic *cuic;
    struct recorder *recorder;
    struct metrics *metrics;
    struct console *console;       /* NULL: not configured */
    struct desk *desk;             /* NULL: there is no Finesse site */
    MHD_UpgradeHandler on_upgrade; /* gets the struct upload as the request's context */
};

/** What is kept of one request, from its request line to the end of its answer. */
struct upload {
    void *owner;
    struct MHD_Connection *connection;
    enum site site;
    bool is_begun;                      /* its head has arrived */
    const char *url, *method, *version; /* from then on; the library's */
    uint64_t body_bytes;                /* that have arrived */
    bool keeps_body;
    struct buf body;            /* what was kept of them */
    bool is_too_large;          /* over limits.body_bytes: the rest was thrown away */
    bool is_early;              /* answered before the body was read */
    bool is_stream;             /* its answer goes on; nobody waits for its end */
    bool is_counted;            /* among those whose answer is waited for at the end */
    struct live_wait wait;      /* of a poll */
    struct fetch_wait fetch;    /* of a gadget that is fetched */
    struct desk_news news;      /* of a desktop */
    struct live_socket *socket; /* 101 was answered: it is to get the connection */
    bool is_upgraded;           /* it has got it */

    /* The record, which is handed over when the exchange has ended. */
    long long at_us, begin_us;     /* the wall's clock, and the one that never jumps */
    bool is_recorded;              /* it was made, or could not be */
    struct trace_exchange *record; /* NULL: none is made yet, or wanted */
    bool is_socket; /* it is that of the 101, and handed over: its end is to follow */
    char target[];  /* of the request line, as it came */
};

/** Answer one request whose body has been read: request, route, decision, reply. A poll may be
 * parked instead; it comes here again when it was resumed. */
enum MHD_Result exchange_answer(const struct cluster *c, struct upload *u);

/** An exchange is over: hand its record to the recorder. The only place that does.
 * @param is_whole  the answer has left as a whole
 * @param why       what ended it otherwise; NULL: nothing did */
void exchange_end(const struct cluster *c, struct upload *u, bool is_whole, const char *why);

/** The WebSocket that an exchange began is over as well. */
void exchange_end_socket(const struct cluster *c, struct upload *u, const struct live_end *end);

#endif
