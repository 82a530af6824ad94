#ifndef CUICSIM_SERVER_ROUTE_H
#define CUICSIM_SERVER_ROUTE_H

#include "config/config.h"
#include "console/console.h"
#include "cors/policy.h"
#include "cors/profile.h"
#include "cuic/cuic.h"
#include "desktop/desk.h"
#include "live/live.h"
#include "request.h"

#define COOKIE_MAX 320 /* bytes of a set-cookie value, with the terminator */

/** One exchange on its way through a site. */
struct exchange {
    const struct config *config;
    const struct request *request;
    struct policy_set *policies; /* NULL: none could be loaded yet */
    struct profile profile;
    struct cors_decision decision; /* set by a handler that asked the filter */
    bool has_reason;     /* decision.reason is set: the filter's, or why it was not asked */
    const char *service; /* which one answered, for the trace */
    const char *note;    /* for the trace: one sentence on what the status does not tell; or NULL */
    struct live *live;
    const char *query; /* as sent, behind the '?'; NULL: none */
    struct cuic *cuic;
    struct console *console; /* NULL: this lab has none */
    struct recorder *recorder;
    struct slice body;        /* of a request whose route takes one */
    bool is_body_cut;         /* it was larger than such bodies may be */
    struct live_wait *wait;   /* of this request */
    struct desk *desk;        /* NULL: there is no Finesse site */
    struct fetch_wait *fetch; /* of this request */
    struct desk_news *news;

    /* What the handler answers: the reply, unless the request is parked. */
    struct reply reply;
    char *text; /* where the reply points with what is too large for a page; malloc */
    size_t n_cookies;
    char cookie[APP_COOKIES][COOKIE_MAX];
    bool is_parked;
    struct console_stream *stream; /* the body, which goes on; NULL: that of the reply */
    struct live_socket *socket;    /* the reply is 101, and the connection its */
    char accept[32];               /* the proof of a WebSocket handshake */
};

/** Was the filter asked? */
static inline bool exchange_is_decided(const struct exchange *x)
{
    return x->has_reason && x->decision.reason < REASON_DECISIONS;
}

typedef void route_handler(struct exchange *x);

/** Is it the product that answers at this path? Such exchanges are recorded and counted; those of
 * the simulator's own pages, the console and what the desktop asks for itself, are not: they would
 * watch themselves watching. */
bool route_is_simulated(enum site site, const char *path);

/** What stands for the '*' at a pattern's end, which any path fits that begins so; the end of the
 *  path for a pattern without ("*" alone is a target of its own); NULL when the path does not fit.
 */
const char *route_rest(const char *pattern, const char *path);

/** Does the handler of this path look at the body? Others' bodies are thrown away. */
bool route_takes_body(enum site site, const char *path);

/** Answer a request: the first row of the table whose site and path fit. */
void route(enum site site, struct exchange *x);

#endif
