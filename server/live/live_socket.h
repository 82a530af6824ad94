#ifndef CUICSIM_SERVER_LIVE_SOCKET_H
#define CUICSIM_SERVER_LIVE_SOCKET_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>

#include "live_frames.h"
#include "live_inside.h"

/** What live_socket.c (one WebSocket: its handshake, what it receives and is sent, its end) and
 *  live_io.c (the thread that serves all of them: epoll, who has something to do, times) share;
 *  nobody else includes it.
 *
 *  Who opens a socket owns it until live_socket_begin or _cancel. Cancelled, or not to be begun, it
 *  is freed there. Once begun it is the I/O thread's, which frees it after its end, when neither an
 *  event nor the list of dirty ones can name it. Others reach it by its session alone, with the
 *  lock; the session loses it at the end. */

enum live_end_order { LIVE_END_NOT, LIVE_END_GRACEFUL, LIVE_END_ABRUPT };

struct live_socket {
    struct live *live;

    /* With the lock. */
    struct live_session *session; /* NULL when over */
    struct live_socket *next_dirty;
    bool is_dirty;
    bool is_begun;
    enum live_end_order end;
    struct live_text *probe_answer;

    /* Set before it is begun, then the I/O thread's own. */
    struct live_line *line;
    int fd; /* the line's */
    gnutls_session_t tls;
    struct MHD_UpgradeResponseHandle *urh;
    struct live_frames frames;
    int64_t closing_ms; /* until when the client's close frame is waited for; 0: not yet */
    uint64_t messages_in, messages_out;

    /* The I/O thread's own as well, and of live_io.c alone. */
    struct live_socket *prev;
    struct live_socket *next;
    uint32_t events; /* what epoll waits for */
    bool is_over;    /* waits in the graveyard */
};

/* live_socket.c: called by the I/O thread, without the lock, which they take where they need it. */

/** The first of all. @return false when memory is short: close it then */
bool live_socket_set_up(struct live_socket *s);

/** Let both sides say what they have to. @return whether there will be more */
bool live_socket_talk(struct live_socket *s);

/** Give the connection back, which epoll must not watch any more, and part from the session. Who is
 *  cut off does not get what is on the way. What is left is memory for the caller to free. */
void live_socket_close(struct live_socket *s, bool is_abrupt);

/* live_io.c */

/** Let the I/O thread serve a socket that is begun, soon. Twice is once. With the lock held, by any
 *  thread. */
void live_io_wake(struct live_socket *s);

#endif
