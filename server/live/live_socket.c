#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "live_frames.h"
#include "live_inside.h"

/* One thread reads and writes all WebSockets, on connections that live_line.c took over. */

#define EVENTS_MAX       64
#define CLOSING_MS       3000 /* for the client's close frame */
#define CLOSE_GOING_AWAY 1001 /* RFC 6455 section 7.4.1 */
#define CHECK_EVERY_MS   500  /* whether that is over, while there is one */

enum end { END_NOT, END_GRACEFUL, END_ABRUPT };

struct live_socket {
    struct live *live;

    /* With the lock. */
    struct live_session *session; /* NULL when over */
    struct live_socket *next_dirty;
    bool is_dirty;
    bool is_begun;
    enum end end;
    struct live_text *probe_answer;

    /* Set before it is begun, then the I/O thread's own. */
    struct live_socket *prev;
    struct live_socket *next;
    struct live_line *line;
    int fd; /* the line's */
    gnutls_session_t tls;
    struct MHD_UpgradeResponseHandle *urh;
    struct live_frames frames;
    uint32_t events;    /* what epoll waits for */
    int64_t closing_ms; /* until when the client's close frame is waited for; 0: not yet */
    bool is_over;       /* waits in the graveyard */
    uint64_t messages_in, messages_out;
};

/** What the I/O thread has for itself. */
struct io {
    struct live *live;
    struct live_socket *sockets;
    struct live_socket *graveyard; /* until no event of theirs can be at hand */
    int64_t checked_ms;
};

/* ---- waking the I/O thread ---- */

static void wake_io(struct live *l)
{
    uint64_t one = 1;

    if (l->is_woken)
        return;
    l->is_woken = true;
    if (write(l->wake, &one, sizeof one) < 0)
        log_error("eventfd: %s", strerror(errno));
}

void live_socket_wake(struct live_socket *s)
{
    if (s->is_dirty || !s->is_begun)
        return;
    s->is_dirty = true;
    s->next_dirty = s->live->dirty;
    s->live->dirty = s;
    wake_io(s->live);
}

void live_socket_end(struct live_socket *s, bool is_abrupt)
{
    enum end end = is_abrupt ? END_ABRUPT : END_GRACEFUL;

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
    bool is_end = !has_text && s->end == END_GRACEFUL && live_frames_is_sent(&s->frames);
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

/* ---- one socket ---- */

static int watch(struct live_socket *s, int op, uint32_t events)
{
    struct epoll_event e = {.events = events};

    e.data.ptr = s;
    return epoll_ctl(s->live->epoll, op, s->fd, &e);
}

static bool set_up(struct io *io, struct live_socket *s)
{
    if (!live_frames_begin(&s->frames, s->tls, receive, s))
        return false;
    s->next = io->sockets;
    if (s->next != NULL)
        s->next->prev = s;
    io->sockets = s;
    s->events = EPOLLIN | EPOLLRDHUP;
    return watch(s, EPOLL_CTL_ADD, s->events) == 0;
}

static void leave_list(struct io *io, struct live_socket *s)
{
    if (io->sockets == s)
        io->sockets = s->next;
    if (s->prev != NULL)
        s->prev->next = s->next;
    if (s->next != NULL)
        s->next->prev = s->prev;
    s->prev = NULL;
    s->next = io->graveyard;
    io->graveyard = s;
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

/** Give the connection back; who is cut off does not get what is on the way. */
static void close_line(struct live_socket *s, bool is_abrupt)
{
    struct live *l = s->live;
    struct live_end end = end_of(s, is_abrupt);

    (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, s->fd, NULL);
    if (is_abrupt)
        (void)shutdown(s->fd, SHUT_RDWR);
    live_line_give_back(l, s->line, &end, s->urh);
}

static void finish(struct io *io, struct live_socket *s, bool is_abrupt)
{
    s->is_over = true;
    leave_list(io, s);
    close_line(s, is_abrupt);
    live_frames_clear(&s->frames);
    live_lock(io->live);
    detach(s);
    io->live->n_sockets--;
    live_unlock(io->live);
}

/** @return whether the thread will hear of it again */
static bool update_events(struct live_socket *s)
{
    uint32_t events = EPOLLRDHUP | (live_frames_wants_input(&s->frames) ? EPOLLIN : 0U) |
                      (s->frames.is_blocked ? EPOLLOUT : 0U);

    if (events == s->events)
        return true;
    s->events = events;
    return watch(s, EPOLL_CTL_MOD, events) == 0;
}

/** Let both sides say what they have to. @return whether there will be more */
static bool talk(struct live_socket *s)
{
    read_all(s);
    if (!s->frames.is_eof)
        write_all(s);
    if (s->frames.is_closing && s->closing_ms == 0)
        s->closing_ms = live_now_ms(s->live) + CLOSING_MS;
    return !live_frames_is_over(&s->frames) && update_events(s);
}

/** @param is_hup  the client sends no more than what is there already */
static void serve(struct io *io, struct live_socket *s, bool is_hup)
{
    if (s->is_over)
        return;
    live_lock(io->live);
    bool is_abrupt = s->end == END_ABRUPT;
    live_unlock(io->live);
    if (s->frames.ctx == NULL && !set_up(io, s))
        is_abrupt = true;
    if (is_abrupt || !talk(s) || is_hup)
        finish(io, s, is_abrupt);
}

/* ---- the thread ---- */

static void serve_dirty(struct io *io)
{
    live_lock(io->live);
    struct live_socket *s = io->live->dirty;
    io->live->dirty = NULL;
    while (s != NULL) {
        struct live_socket *next = s->next_dirty;
        s->is_dirty = false; /* and may be linked anew from now on */
        live_unlock(io->live);
        serve(io, s, false);
        s = next;
        live_lock(io->live);
    }
    live_unlock(io->live);
}

static void take_event(struct io *io, const struct epoll_event *e)
{
    uint64_t count = 0;

    if (e->data.ptr != NULL) {
        serve(io, e->data.ptr, (e->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
        return;
    }
    if (read(io->live->wake, &count, sizeof count) < 0 && errno != EAGAIN)
        log_error("eventfd: %s", strerror(errno));
    live_lock(io->live); /* behind the reading: who finds it woken is served after this */
    io->live->is_woken = false;
    live_unlock(io->live);
}

static void bury(struct io *io)
{
    struct live_socket **at = &io->graveyard;

    live_lock(io->live);
    while (*at != NULL) {
        struct live_socket *s = *at;
        if (s->is_dirty) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        free(s);
    }
    live_unlock(io->live);
}

static void check_times(struct io *io)
{
    int64_t now = live_now_ms(io->live);
    struct live_socket *next = NULL;

    if (now - io->checked_ms < CHECK_EVERY_MS)
        return;
    io->checked_ms = now;
    for (struct live_socket *s = io->sockets; s != NULL; s = next) {
        next = s->next;
        if (s->closing_ms != 0 && now >= s->closing_ms)
            finish(io, s, true);
    }
}

static bool is_finished(struct live *l)
{
    live_lock(l);
    bool is_over = l->is_stopping && l->n_sockets == 0 && l->dirty == NULL;
    l->is_io_over = is_over;
    live_unlock(l);
    return is_over;
}

static void *run_io(void *arg)
{
    struct epoll_event event[EVENTS_MAX];
    struct io io = {.live = arg};

    while (!is_finished(arg)) {
        int n =
            epoll_wait(io.live->epoll, event, EVENTS_MAX, io.sockets != NULL ? CHECK_EVERY_MS : -1);
        for (int i = 0; i < n; i++)
            take_event(&io, &event[i]);
        serve_dirty(&io);
        check_times(&io);
        bury(&io);
    }
    bury(&io);
    return NULL;
}

enum err live_io_start(struct live *l)
{
    struct epoll_event e = {.events = EPOLLIN};

    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    l->nothing = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->epoll < 0 || l->wake < 0 || l->nothing < 0 ||
        epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->wake, &e) != 0)
        return ERR_IO;
    l->has_io = pthread_create(&l->io, NULL, run_io, l) == 0;
    return l->has_io ? ERR_OK : ERR_IO;
}

void live_io_stop(struct live *l)
{
    if (!l->has_io)
        return;
    live_lock(l);
    wake_io(l);
    live_unlock(l);
    (void)pthread_join(l->io, NULL);
    l->has_io = false;
}

void live_io_free(struct live *l)
{
    if (l->epoll >= 0)
        (void)close(l->epoll);
    if (l->wake >= 0)
        (void)close(l->wake);
    if (l->nothing >= 0)
        (void)close(l->nothing);
}
