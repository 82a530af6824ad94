#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "live_socket.h"

/* One thread reads and writes all WebSockets. */

#define EVENTS_MAX     64
#define CHECK_EVERY_MS 500 /* whether a close frame is overdue, while there is a socket */

/** What the I/O thread has for itself. */
struct io {
    struct live *live;
    struct live_socket *sockets;
    struct live_socket *graveyard; /* until no event of theirs can be at hand */
    int64_t checked_ms;
};

/* ---- waking the thread ---- */

static void wake_io(struct live *l)
{
    uint64_t one = 1;

    if (l->is_woken)
        return;
    l->is_woken = true;
    if (write(l->wake, &one, sizeof one) < 0)
        log_error("eventfd: %s", strerror(errno));
}

void live_io_wake(struct live_socket *s)
{
    if (s->is_dirty)
        return;
    s->is_dirty = true;
    s->next_dirty = s->live->dirty;
    s->live->dirty = s;
    wake_io(s->live);
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
    if (!live_socket_set_up(s))
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

static void finish(struct io *io, struct live_socket *s, bool is_abrupt)
{
    s->is_over = true;
    leave_list(io, s);
    (void)epoll_ctl(io->live->epoll, EPOLL_CTL_DEL, s->fd, NULL);
    live_socket_close(s, is_abrupt);
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

/** @param is_hup  the client sends no more than what is there already */
static void serve(struct io *io, struct live_socket *s, bool is_hup)
{
    if (s->is_over)
        return;
    live_lock(io->live);
    bool is_abrupt = s->end == LIVE_END_ABRUPT;
    live_unlock(io->live);
    if (s->frames.ctx == NULL && !set_up(io, s))
        is_abrupt = true;
    if (is_abrupt || !live_socket_talk(s) || !update_events(s) || is_hup)
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
