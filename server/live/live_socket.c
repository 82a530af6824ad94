#include "live_socket.h"

#include <stdlib.h>
#include <sys/socket.h>

/* One WebSocket, on a connection that live_line.c took over. */

#define CLOSING_MS       3000 /* for the client's close frame */
#define CLOSE_GOING_AWAY 1001 /* RFC 6455 section 7.4.1 */

/* ---- what others ask of it ---- */

void live_socket_wake(struct live_socket *s)
{
    if (s->is_begun)
        live_io_wake(s);
}

void live_socket_end(struct live_socket *s, bool is_abrupt)
{
    enum live_end_order end = is_abrupt ? LIVE_END_ABRUPT : LIVE_END_GRACEFUL;

    if (s->end < end)
        s->end = end;
    live_socket_wake(s);
}

/* ---- handshakes ---- */

static enum live_refusal pick_session(struct live *l, size_t node, struct slice token,
                                      struct slice sid, struct live_session **ret)
{
    if (sid.n == 0) {
        if (!live_token_use(l, node, token))
            return LIVE_BAD_TOKEN;
        *ret = live_session_new(l, node, LIVE_WEBSOCKET);
        return *ret == NULL ? LIVE_FULL : LIVE_FINE;
    }
    struct live_session *s = live_session_find(l, node, sid);
    if (s == NULL)
        return LIVE_UNKNOWN_SESSION;
    if (s->socket != NULL) /* there is one, or the same is being tried already */
        return LIVE_BAD_REQUEST;
    *ret = live_session_ref(s);
    s->probe_until_ms = live_now_ms(l) + LIVE_PROBE_MS;
    return LIVE_FINE;
}

enum live_refusal live_socket_open(struct live *l, size_t node, struct slice token,
                                   struct slice sid, struct live_socket **ret)
{
    struct live_socket *s = calloc(1, sizeof *s);

    if (s == NULL)
        return LIVE_FULL;
    s->live = l;
    s->fd = -1;
    live_lock(l);
    enum live_refusal r = pick_session(l, node, token, sid, &s->session);
    if (r == LIVE_FINE)
        s->session->socket = s;
    live_unlock(l);
    if (r != LIVE_FINE) {
        free(s);
        return r;
    }
    *ret = s;
    return LIVE_FINE;
}

/** It is over: its session falls back to polling, or ends with it. */
static void detach(struct live_socket *s)
{
    struct live_session *session = s->session;

    if (session == NULL)
        return;
    s->session = NULL;
    if (session->socket == s) {
        session->socket = NULL;
        session->is_upgrading = false;
        if (session->transport == LIVE_WEBSOCKET)
            live_session_close(session);
    }
    live_session_unref(session);
    live_text_unref(s->probe_answer);
    s->probe_answer = NULL;
}

void live_socket_cancel(struct live_socket *s)
{
    if (s == NULL)
        return;
    live_lock(s->live);
    detach(s);
    live_unlock(s->live);
    free(s);
}

void live_socket_begin(struct live_socket *s, struct live_line *line, struct slice early,
                       gnutls_session_t tls, int fd, struct MHD_UpgradeResponseHandle *urh)
{
    struct live *l = s->live;
    bool is_taken = live_frames_keep_early(&s->frames, early) && live_line_take(l, line, tls, fd);

    s->fd = live_line_fd(line);
    s->tls = tls;
    s->urh = urh;
    s->line = line;
    live_line_ref(l, line);
    live_lock(l);
    is_taken = is_taken && !l->is_io_over;
    if (is_taken) {
        l->n_sockets++;
        s->is_begun = true;
        live_socket_wake(s);
    }
    live_unlock(l);
    if (is_taken)
        return;
    (void)MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE); /* this is the library's own thread */
    live_line_end(l, line);
    live_frames_clear(&s->frames);
    live_socket_cancel(s);
}

/* ---- what the client sends ---- */

/** @source the upgrade of Engine.IO 3: "2probe", "3probe", then "5" and the transport is this one
 */
static bool receive_probe(struct live_socket *s, const struct engineio_packet *packet)
{
    struct live_session *session = s->session;

    if (packet->type == ENGINEIO_PING && slice_is(packet->data, "probe") &&
        !session->is_upgrading) {
        s->probe_answer = live_text_new(slice_of("3probe"));
        session->is_upgrading = true;
        live_session_wake(
            session); /* a poll that waits must not keep the client from the upgrade */
        return s->probe_answer != NULL;
    }
    if (packet->type != ENGINEIO_UPGRADE || !session->is_upgrading)
        return false;
    session->is_upgrading = false;
    session->transport = LIVE_WEBSOCKET;
    live_session_wake(session);
    return true;
}

static bool receive(void *arg, struct slice text)
{
    struct live_socket *s = arg;
    struct engineio_packet packet;
    bool is_good = false;

    s->messages_in++;
    live_lock(s->live);
    if (engineio_packet_read(text, &packet) == ERR_OK)
        is_good = s->session->transport == LIVE_WEBSOCKET
                      ? live_session_receive(s->session, &packet)
                      : receive_probe(s, &packet);
    live_unlock(s->live);
    return is_good;
}

static void read_all(struct live_socket *s)
{
    if (!live_frames_read(&s->frames))
        return;
    live_lock(s->live); /* TLS may hold more, of which epoll does not know */
    live_socket_wake(s);
    live_unlock(s->live);
}

/* ---- what it is sent ---- */

/** With the lock. */
static struct live_text *next_text(struct live_socket *s)
{
    struct live_text *t = s->probe_answer;

    s->probe_answer = NULL;
    if (t == NULL && s->session->transport == LIVE_WEBSOCKET)
        t = live_session_take(s->session);
    return t;
}

/** Turn what is queued into frames, a few at a time. A session that has ended is followed by a
 * close frame: once all before it is sent, since control frames overtake. */
static void fill(struct live_socket *s)
{
    struct live_text *t = NULL;
    bool has_text = true;

    live_lock(s->live);
    while (has_text && live_frames_has_room(&s->frames)) {
        t = next_text(s);
        has_text = t != NULL;
        if (has_text) {
            live_frames_queue(&s->frames, (struct slice){t->text, t->n});
            s->messages_out++;
        }
        live_text_unref(t);
    }
    bool is_end = !has_text && s->end == LIVE_END_GRACEFUL && live_frames_is_sent(&s->frames);
    live_unlock(s->live);
    if (is_end)
        live_frames_close(&s->frames, CLOSE_GOING_AWAY);
}

static void write_all(struct live_socket *s)
{
    do
        fill(s);
    while (live_frames_send(&s->frames));
}

/* ---- for the I/O thread ---- */

bool live_socket_set_up(struct live_socket *s)
{
    return live_frames_begin(&s->frames, s->tls, receive, s);
}

bool live_socket_talk(struct live_socket *s)
{
    read_all(s);
    if (!s->frames.is_eof)
        write_all(s);
    if (s->frames.is_closing && s->closing_ms == 0)
        s->closing_ms = live_now_ms(s->live) + CLOSING_MS;
    return !live_frames_is_over(&s->frames);
}

static struct live_end end_of(const struct live_socket *s, bool is_abrupt)
{
    struct live_end end = {LIVE_CLIENT_LEFT, 0, s->messages_in, s->messages_out};

    if (s->frames.is_broken)
        end.how = LIVE_BROKEN;
    else if (s->frames.is_closing) /* whether the client has answered that or not */
        end.how = LIVE_SERVER_CLOSED;
    else if (is_abrupt)
        end.how = LIVE_CUT_OFF;
    else if (live_frames_was_closed(&s->frames))
        end.how = LIVE_CLIENT_CLOSED;
    if (end.how == LIVE_SERVER_CLOSED || end.how == LIVE_CLIENT_CLOSED)
        end.code = live_frames_close_code(&s->frames, end.how == LIVE_SERVER_CLOSED);
    return end;
}

void live_socket_close(struct live_socket *s, bool is_abrupt)
{
    struct live *l = s->live;
    struct live_end end = end_of(s, is_abrupt);

    if (is_abrupt)
        (void)shutdown(s->fd, SHUT_RDWR);
    live_line_give_back(l, s->line, &end, s->urh);
    live_frames_clear(&s->frames);
    live_lock(l);
    detach(s);
    l->n_sockets--;
    live_unlock(l);
}
