#ifndef CUICSIM_SERVER_LIVE_INSIDE_H
#define CUICSIM_SERVER_LIVE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "centre/centre.h"
#include "cuic/shapes.h"
#include "live.h"
#include "live/engineio.h"
#include "live/tally.h"

/** What the live_*.c files share; nobody else includes it. Unless said otherwise a function is
 *  called, and a field is used, with the lock of struct live held. */

#define LIVE_SID        21          /* bytes, with the terminator */
#define LIVE_TOKENS     16384       /* kept at once; an older one is forgotten */
#define LIVE_BUCKETS    1024        /* of sessions by id; a power of two */
#define LIVE_EVERY_MS   3000        /* how often values are sent that do not change a state */
#define LIVE_SLOTS      30          /* in which those are sent in turn, not all at one moment */
#define LIVE_PROBE_MS   10000       /* for an upgrade; Engine.IO's default */
#define LIVE_ENTRY_COST 64          /* bytes that a queued packet counts beside its text */
#define LIVE_PAYLOAD    (64U << 10) /* bytes after which an answer to a poll takes no more packets */

/* ---- texts ---- */

/** One Engine.IO packet, made once and queued for many. Immutable but for the count of its users;
 *  needs no lock. */
struct live_text {
    atomic_uint users;
    size_t n;     /* bytes */
    size_t units; /* the length as a polling payload states it */
    char text[];
};

struct live_text *live_text_new(struct slice packet); /* NULL when memory is short */
struct live_text *live_text_ref(struct live_text *t);
void live_text_unref(struct live_text *t); /* accepts NULL */

/* ---- sessions ---- */

enum live_transport { LIVE_POLLING, LIVE_WEBSOCKET };

struct live_session {
    char sid[LIVE_SID];
    struct live *live;
    unsigned users;            /* the table, a waiting poll, a socket */
    struct live_session *next; /* in its bucket */
    size_t node;
    bool is_closed;    /* no longer in the table */
    bool is_connected; /* to Socket.IO's root namespace */
    bool is_upgrading; /* the probe was answered: polls do not wait any more */
    enum live_transport transport;
    struct live_wait *wait;     /* the poll that waits */
    struct live_socket *socket; /* the transport, or while polling the probe */
    int64_t deadline_ms;        /* the client must have said something until then */
    int64_t noop_ms;            /* when a waiting poll is answered with nothing */
    int64_t probe_until_ms;     /* when an upgrade has failed */
    struct live_text **queue;   /* a ring */
    size_t first, n_queued, room;
    size_t queued_bytes;              /* the entries' cost included */
    uint8_t *bits[CENTRE_KIND_COUNT]; /* what is subscribed to; NULL: nothing of the kind yet */
    uint8_t
        *pending[CENTRE_KIND_COUNT]; /* what of it has to be sent first, see live_session_take */
    size_t n_pending;
};

/** Something that can be subscribed to. */
struct live_entity {
    unsigned subscribers;
    struct live_text *last; /* the message about it that was made last */
    int64_t last_ms;
};

struct live_token {
    unsigned char secret[16];
    size_t node;
    int64_t until_ms; /* 0: used */
};

struct live {
    const struct config *config;
    struct policies *policies;
    int64_t begin_ms; /* on the monotonic clock; all other times count from here */
    pthread_mutex_t lock;
    pthread_cond_t tick; /* wakes the clock thread */
    bool is_stopping;
    pthread_t clock;
    bool has_clock;
    struct centre *centre;
    centre_change *watch_change; /* of live_watch; NULL: nobody watches */
    live_editor *watch_tick;
    void *watcher;
    struct live_entity *entity[CENTRE_KIND_COUNT];
    size_t n_entities[CENTRE_KIND_COUNT];
    size_t n_subscriptions;
    int64_t slot; /* the last one that was sent, counted from the beginning */
    int64_t checked_ms;
    size_t n_sessions;
    struct live_session *bucket[LIVE_BUCKETS];
    struct live_token *token; /* LIVE_TOKENS of them */
    uint32_t n_tokens;        /* given out so far */

    /* of live_tally.c: the clock thread's own, without the lock */
    bool is_tally_failing;
    struct tally *tally;         /* NULL: cannot be written */
    struct tally_count *told;    /* what is in it, for each node */
    struct tally_count *counted; /* room for what is now */

    /* of live_io.c, live_socket.c and live_line.c */
    pthread_t io;
    bool has_io;
    int epoll;
    int wake;        /* eventfd */
    int nothing;     /* a descriptor on which nothing ever happens */
    bool is_woken;   /* it was written to, and not read since */
    bool is_io_over; /* no socket will be taken any more */
    struct live_socket *dirty;
    size_t n_sockets;         /* begun and not over */
    pthread_mutex_t lines;    /* guards the users of lines, and MHD_upgrade_action; taken alone */
    atomic_uint n_given_back; /* connections; for live_line_settle */
};

int64_t live_now_ms(const struct live *l); /* needs no lock */
void live_lock(struct live *l);
void live_unlock(struct live *l);

/* live_token.c */
bool live_token_use(struct live *l, size_t node, struct slice token);

/* live_session.c */

/** @return a counted reference, or NULL: too many, stopping, out of memory, no random bytes */
struct live_session *live_session_new(struct live *l, size_t node, enum live_transport transport);
struct live_session *live_session_find(struct live *l, size_t node, struct slice sid);
struct live_session *live_session_ref(struct live_session *s);
void live_session_unref(struct live_session *s); /* accepts NULL */

/** Take it out of the table, end its subscriptions and its transport. Twice is once. */
void live_session_close(struct live_session *s);

/** Queue a packet. When the client reads too slowly for that, it is closed instead. */
void live_session_push(struct live_session *s, struct live_text *t);
void live_session_push_text(struct live_session *s, const char *packet);

/** Take what is to be sent next: from the queue, and when that is empty, of what was subscribed to
 *  and not sent yet. So what is new to a client never fills its queue.
 * @return a counted reference, or NULL for nothing */
struct live_text *live_session_take(struct live_session *s);
bool live_session_has_more(const struct live_session *s);

/** Tell the transport that there is something to take. */
void live_session_wake(struct live_session *s);

/** A packet of the client's. @return false when it is malformed */
bool live_session_receive(struct live_session *s, const struct engineio_packet *packet);

/** What is due: timeouts of every session; and those of a node whose service is down end. */
void live_sessions_check(struct live *l, const struct policy_set *policies);
void live_sessions_close_all(struct live *l);

/** @param ret  one for each node; counted up */
void live_sessions_count(const struct live *l, struct tally_count *ret);

/* live_tally.c: without the lock */
bool live_tally_new(struct live *l); /* false: out of memory */
void live_tally_free(struct live *l);

/** Write down how many clients each node has, if that changed. By the clock thread, or before
 *  there is one. */
void live_tally_update(struct live *l);

/* live_line.c: a line is a connection that may be taken from under the HTTP library. All of it goes
 * without the lock. */
void live_line_ref(struct live *l, struct live_line *line);

/** Take the TCP connection over. On the library's own thread. @return false: it is still its own */
bool live_line_take(struct live *l, struct live_line *line, gnutls_session_t tls, int fd);
int live_line_fd(const struct live_line *line); /* -1: not taken over */

/** Let the library close the connection, and give up the reference. */
void live_line_give_back(struct live *l, struct live_line *line, const struct live_end *end,
                         struct MHD_UpgradeResponseHandle *urh);

/* live_event.c */

/** A Socket.IO packet. @return false when it is malformed */
bool live_event_receive(struct live_session *s, struct slice text);
void live_event_unsubscribe_all(struct live_session *s);

/* live_hub.c */

/** The message about something as of now, or as it was last published. A counted reference; NULL
 *  when memory is short. */
struct live_text *live_message(struct live *l, enum centre_kind kind, size_t index);

static inline bool live_bit(const uint8_t *bits, size_t i)
{
    return bits != NULL && (bits[i / 8] & (1U << (i % 8))) != 0;
}

/* live_io.c: the thread of all WebSockets. Without the lock. */

enum err live_io_start(struct live *l); /* ERR_OK, ERR_IO (no descriptor, no thread) */
void live_io_stop(struct live *l);      /* waits until all are closed */
void live_io_free(struct live *l);      /* after live_io_stop */

/* live_socket.c; how it and live_io.c share a socket stands in live_socket.h */

/** There is something to send, or to end, on this socket. */
void live_socket_wake(struct live_socket *s);

/** End it: with a close frame behind what is queued, or (is_abrupt) without looking at the client
 *  any more. */
void live_socket_end(struct live_socket *s, bool is_abrupt);

#endif
