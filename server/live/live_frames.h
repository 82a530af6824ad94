#ifndef CUICSIM_SERVER_LIVE_FRAMES_H
#define CUICSIM_SERVER_LIVE_FRAMES_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wslay/wslay.h>

#include "base/text.h"

/** The frames of one WebSocket on its TLS session: reading, writing, refusing what is no frame or
 *  too large. Knows nothing of Engine.IO. All of it is one thread's own, and never waits. */

/** Where in the client's frames the bytes are that have come. */
struct live_scan {
    unsigned char head[10]; /* up to the mask */
    size_t n_head;
    uint64_t left;    /* bytes to come of the frame, the mask included */
    uint64_t message; /* bytes announced of the message */
    bool is_too_large;
};

struct live_frames {
    gnutls_session_t tls;
    wslay_event_context_ptr ctx; /* NULL before it is begun */
    bool (*on_text)(void *arg, struct slice text);
    void *arg;
    char *early; /* bytes that came with the handshake */
    size_t n_early, early_read;
    size_t read_left; /* of one turn */
    struct live_scan scan;

    /* For everybody to read. */
    bool is_eof;     /* the client is gone */
    bool is_blocked; /* the connection takes no more */
    bool is_broken;  /* it sends what is no WebSocket's */
    bool is_closing; /* our close frame is queued */
};

/** Keep bytes that came before it is begun, copied. @return false when memory is short */
bool live_frames_keep_early(struct live_frames *f, struct slice early);

/** @param on_text  gets each message that is text; false: it is no good, and the WebSocket is
 *                  closed with 1002. Other messages are closed with 1003
 * @return false when memory is short */
bool live_frames_begin(struct live_frames *f, gnutls_session_t tls,
                       bool (*on_text)(void *arg, struct slice text), void *arg);
void live_frames_clear(struct live_frames *f);

/** Read what is there, but no more than one client's turn.
 * @return whether there may be more, of which a poll for input does not know */
bool live_frames_read(struct live_frames *f);

/** Is it worth to wait for input? Nothing is read from who does not read our answers. */
bool live_frames_wants_input(const struct live_frames *f);

/** Is there so little queued that more may be? */
bool live_frames_has_room(const struct live_frames *f);
void live_frames_queue(struct live_frames *f, struct slice text);
bool live_frames_is_sent(const struct live_frames *f); /* nothing is queued */

/** Queue a close frame; whatever else comes from the client is ignored then. Twice is once. */
void live_frames_close(struct live_frames *f, uint16_t code);

/** Send what is queued. @return true when all of it, and some, has left: there is room for more */
bool live_frames_send(struct live_frames *f);

/** Neither side has anything to say any more. */
bool live_frames_is_over(const struct live_frames *f);

/** Has the client's close frame come? */
bool live_frames_was_closed(const struct live_frames *f);

/** The code of our close frame, or of the client's; 0 when it had none. */
unsigned live_frames_close_code(const struct live_frames *f, bool is_ours);

#endif
