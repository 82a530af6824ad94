#ifndef CUICSIM_SERVER_RECORD_H
#define CUICSIM_SERVER_RECORD_H

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include "listen.h"
#include "live/live.h"
#include "recorder.h"
#include "route.h"

/** The client's end of a connection, and ours. Found out once, by the first request on it. */
struct record_peer {
    bool is_known;
    int64_t number; /* of the connection; set by who accepts it */
    unsigned port;
    const char *tls; /* "TLS1.3" */
    char address[INET6_ADDRSTRLEN];
    char server[LISTEN_TEXT];
    char sni[256];
};
void record_find_peer(struct record_peer *p, struct MHD_Connection *connection);

/** What the record of a request is made of, beside the exchange. */
struct record_request {
    const struct record_peer *peer; /* NULL: not known */
    int64_t at_us;
    struct slice target; /* of the request line, as it came */
    uint64_t body_bytes;
    bool is_early; /* answered before its body was read */
};

/** The record of an exchange whose answer is about to be queued, or that gets none (reply.status is
 *  0): everything but duration and outcome. NULL when memory is short. */
struct trace_exchange *record_exchange(struct recorder *r, const struct exchange *x,
                                       const struct record_request *rq);

/** The record of a request that the HTTP library has answered by itself, or that never got whole:
 *  its line is all that is known.
 * @param status  0: none was sent */
struct trace_exchange *record_refused(struct recorder *r, const char *service, const char *node,
                                      const struct record_request *rq, unsigned status);

/** The record of a WebSocket's end, from that of its begin. */
struct trace_exchange *record_socket_end(struct recorder *r, const struct trace_exchange *begin,
                                         const struct live_end *end);

/** Record that a connection is being reset in its handshake. */
void record_reset(struct recorder *r, const char *node, gnutls_session_t session);

#endif
