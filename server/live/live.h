#ifndef CUICSIM_SERVER_LIVE_H
#define CUICSIM_SERVER_LIVE_H

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"
#include "centre/centre.h"
#include "config/config.h"
#include "policies.h"

/** Live Data of the whole cluster: the simulated contact centre, a clock that lets it go on and
 *  publishes what happens, the tokens that were given out, and the Engine.IO sessions with both of
 *  their transports. All functions may be called by any thread. */
struct live;

/** @return ERR_OK, ERR_IO (no thread), ERR_NOMEM */
enum err live_new(const struct config *c, struct policies *policies, struct live **ret,
                  struct diag *why);

/** Take no new client, answer every waiting poll, close every WebSocket. When it returns, no
 *  connection is suspended, upgraded and open, or will be. */
void live_stop(struct live *l);
void live_free(struct live *l); /* after live_stop; accepts NULL */

/** How many sessions there are, by transport. */
void live_count(struct live *l, size_t *ret_polling, size_t *ret_websocket);

/* ---- tokens ---- */

#define LIVE_TOKEN 41 /* bytes, with the terminator */

/** A token that opens one session on this node within live_data.token_seconds. False when there are
 *  no random bytes. */
bool live_token_new(struct live *l, size_t node, char ret[LIVE_TOKEN]);

/** The agent of this login, in any case of letters, or of this id. False when there is none.
 * @param ret  the login as the centre writes it */
bool live_find_agent(struct live *l, struct slice login, char ret[CENTRE_NAME_MAX]);

/* ---- the centre ---- */

/** Look at the centre as it is now. What a reader sees is what messages that are sent at the same
 *  moment say; it must not wait for anything. */
typedef void live_reader(void *arg, const struct centre *c);
void live_read(struct live *l, live_reader *read, void *arg);

/** Do something in the centre, now; who is subscribed to what it changes is told. */
typedef void live_editor(void *arg, struct centre *c);
void live_edit(struct live *l, live_editor *edit, void *arg);

/** Tell somebody of every change of the centre, and each time that its clock ticks: once a second,
 *  or oftener. There is one such watcher. Both are called with the lock of `l` held. */
void live_watch(struct live *l, centre_change *on_change, live_editor *on_tick, void *arg);

/* ---- sessions ---- */

/** Why a request of Engine.IO is refused. */
enum live_refusal {
    LIVE_FINE,
    LIVE_UNKNOWN_TRANSPORT,
    LIVE_UNKNOWN_SESSION,
    LIVE_BAD_METHOD,
    LIVE_BAD_REQUEST,
    LIVE_BAD_TOKEN,
    LIVE_BAD_VERSION,
    LIVE_OVERLAP, /* a second poll while one waits: ends the session */
    LIVE_FULL     /* too many sessions, stopping, or out of memory */
};

struct live_session;

/** The waiting of one polling request; lives within what is kept of that request. */
struct live_wait {
    /* Set by the owner; both are called with the lock of `live` held. After `park` nothing of the
     * request is touched until `resume` was called, after which it is answered from the start. */
    void (*park)(struct live_wait *w);
    void (*resume)(struct live_wait *w);
    struct live_session *session; /* whose poll this is, while it waits */
    struct live_session *sent_to; /* whose packets its answer holds */
};

/** Open a session by polling.
 * @param to  gets the payload */
enum live_refusal live_poll_open(struct live *l, size_t node, struct slice token, struct buf *to);

/** Poll: what is queued as a payload in `to`, or parked, and `to` empty. */
enum live_refusal live_poll_get(struct live *l, size_t node, struct slice sid, struct live_wait *w,
                                struct buf *to);

/** Packets from the client. A malformed one ends the session. */
enum live_refusal live_poll_post(struct live *l, size_t node, struct slice sid, struct slice body);

/** The request is over. What its answer held is lost with `is_sent` false, and the session with it.
 */
void live_wait_end(struct live *l, struct live_wait *w, bool is_sent);

/* ---- WebSockets ---- */

/** A WebSocket, from the answered handshake to its end. */
struct live_socket;

/** The TCP connection below it, once it is ours. Belongs to the HTTP library's connection and to
 * the socket; the last one closes it. */
struct live_line;
/** How a WebSocket ended. */
enum live_ending {
    LIVE_CLIENT_LEFT, /* without a word */
    LIVE_CLIENT_CLOSED,
    LIVE_SERVER_CLOSED,
    LIVE_CUT_OFF, /* it did not read, or the server stopped */
    LIVE_BROKEN   /* what it sent was no WebSocket's */
};
struct live_end {
    enum live_ending how;
    unsigned code; /* of the close frame; 0: none */
    uint64_t messages_in, messages_out;
};

/** A sentence without its full stop. */
const char *live_ending_text(enum live_ending e);

/** How the WebSocket on this line ended; to be asked once the library has the connection back. */
struct live_end live_line_end_of_socket(const struct live_line *line);

struct live_line *live_line_new(void);                      /* NULL when memory is short */
void live_line_end(struct live *l, struct live_line *line); /* accepts NULL */

/** See all that the I/O thread did with connections that it has given back: the library notices
 *  that they were without a lock. To be called before it ends the TLS session. */
void live_line_settle(struct live *l);

/** A handshake that is answered with 101. With a `sid` the session goes over from polling once the
 *  client says so, without (n == 0) the token opens one. Then live_socket_begin or _cancel. */
enum live_refusal live_socket_open(struct live *l, size_t node, struct slice token,
                                   struct slice sid, struct live_socket **ret);
void live_socket_cancel(struct live_socket *s); /* accepts NULL */

/** The connection is ours from now on, or is closed at once. Called by the library's own thread.
 * @param early  bytes that came behind the handshake, copied
 * @param fd     the TCP connection's, under which the library then finds nothing any more */
void live_socket_begin(struct live_socket *s, struct live_line *line, struct slice early,
                       gnutls_session_t tls, int fd, struct MHD_UpgradeResponseHandle *urh);

#endif
