#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "appliance.h"
#include "base/clock.h"
#include "base/log.h"
#include "live_inside.h"

#define FIRST_ROOM 8 /* entries of a queue; doubled when full */

/* ---- the table ---- */

static size_t bucket_of(struct slice sid)
{
    size_t hash = 5381;

    for (size_t i = 0; i < sid.n; i++)
        hash = hash * 33 + (unsigned char)sid.at[i];
    return hash & (LIVE_BUCKETS - 1);
}

/** Twenty characters of 64: nobody can guess another's. */
static bool make_sid(char to[LIVE_SID])
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[LIVE_SID - 1];

    if (gnutls_rnd(GNUTLS_RND_KEY, bytes, sizeof bytes) != 0)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        to[i] = set[bytes[i] & 63];
    to[LIVE_SID - 1] = '\0';
    return true;
}

static int64_t silence_ms(const struct config *c)
{
    return ((int64_t)c->ping_seconds + c->ping_timeout_seconds) * 1000;
}

/** The Engine.IO and the Socket.IO handshake. */
static void greet(struct live_session *s)
{
    const struct config *c = s->live->config;
    json_t *open =
        json_pack("{s:s, s:[s*], s:i, s:i}", "sid", s->sid, "upgrades",
                  s->transport == LIVE_POLLING ? "websocket" : NULL, "pingInterval",
                  (int)c->ping_seconds * 1000, "pingTimeout", (int)c->ping_timeout_seconds * 1000);
    char text[256] = "0";
    size_t n = open == NULL ? 0 : json_dumpb(open, text + 1, sizeof text - 2, JSON_COMPACT);

    json_decref(open);
    text[n < sizeof text - 1 ? n + 1 : 0] = '\0';
    live_session_push_text(s, text);
    live_session_push_text(s, "40");
    s->is_connected = true;
}

struct live_session *live_session_new(struct live *l, size_t node, enum live_transport transport)
{
    if (l->is_stopping || l->n_sessions >= l->config->max_connections)
        return NULL;
    struct live_session *s = calloc(1, sizeof *s);
    if (s == NULL || !make_sid(s->sid)) {
        free(s);
        return NULL;
    }
    s->live = l;
    s->users = 2; /* the table and the caller */
    s->node = node;
    s->transport = transport;
    s->deadline_ms = live_now_ms(l) + silence_ms(l->config);
    struct live_session **bucket = &l->bucket[bucket_of(slice_of(s->sid))];
    s->next = *bucket;
    *bucket = s;
    l->n_sessions++;
    greet(s);
    return s;
}

void live_count(struct live *l, size_t *ret_polling, size_t *ret_websocket)
{
    size_t n[2] = {0, 0};

    live_lock(l);
    for (size_t b = 0; b < LIVE_BUCKETS; b++)
        for (const struct live_session *s = l->bucket[b]; s != NULL; s = s->next)
            n[s->transport == LIVE_WEBSOCKET]++;
    live_unlock(l);
    *ret_polling = n[0];
    *ret_websocket = n[1];
}

struct live_session *live_session_find(struct live *l, size_t node, struct slice sid)
{
    for (struct live_session *s = l->bucket[bucket_of(sid)]; s != NULL; s = s->next)
        if (s->node == node && slice_is(sid, s->sid))
            return s;
    return NULL;
}

struct live_session *live_session_ref(struct live_session *s)
{
    s->users++;
    return s;
}

static void empty_queue(struct live_session *s)
{
    for (; s->n_queued > 0; s->n_queued--) {
        live_text_unref(s->queue[s->first]);
        s->first = (s->first + 1) % s->room;
    }
    s->queued_bytes = 0;
}

void live_session_unref(struct live_session *s)
{
    if (s == NULL || --s->users > 0)
        return;
    empty_queue(s);
    free(s->queue);
    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++) {
        free(s->bits[kind]);
        free(s->pending[kind]);
    }
    free(s);
}

static void leave_table(struct live_session *s)
{
    struct live_session **at = &s->live->bucket[bucket_of(slice_of(s->sid))];

    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    s->live->n_sessions--;
}

static void close_session(struct live_session *s, bool is_abrupt)
{
    if (s->is_closed)
        return;
    s->is_closed = true;
    live_event_unsubscribe_all(s);
    leave_table(s);
    if (s->socket != NULL)
        live_socket_end(s->socket, is_abrupt);
    live_session_wake(s);
    live_session_unref(s);
}

void live_session_close(struct live_session *s)
{
    close_session(s, false);
}

/* ---- the queue ---- */

static bool grow(struct live_session *s)
{
    size_t room = s->room == 0 ? FIRST_ROOM : s->room * 2;
    struct live_text **queue = calloc(room, sizeof(struct live_text *));

    if (queue == NULL)
        return false;
    for (size_t i = 0; i < s->n_queued; i++)
        queue[i] = s->queue[(s->first + i) % s->room];
    free(s->queue);
    s->queue = queue;
    s->first = 0;
    s->room = room;
    return true;
}

void live_session_push(struct live_session *s, struct live_text *t)
{
    size_t cost = t->n + LIVE_ENTRY_COST;

    if (s->is_closed)
        return;
    if (s->queued_bytes + cost > s->live->config->queue_bytes ||
        (s->n_queued == s->room && !grow(s))) {
        log_warning("a Live Data client does not read what it subscribed to; it is cut off");
        empty_queue(s);
        close_session(s, true);
        return;
    }
    s->queue[(s->first + s->n_queued++) % s->room] = live_text_ref(t);
    s->queued_bytes += cost;
    live_session_wake(s);
}

void live_session_push_text(struct live_session *s, const char *packet)
{
    struct live_text *t = live_text_new(slice_of(packet));

    if (t == NULL)
        live_session_close(s);
    else
        live_session_push(s, t);
    live_text_unref(t);
}

/** The first thing that is subscribed to and was never sent. */
static struct live_text *take_pending(struct live_session *s)
{
    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++) {
        size_t n = (s->live->n_entities[kind] + 7) / 8;
        for (size_t i = 0; s->pending[kind] != NULL && i < n; i++) {
            unsigned bits = s->pending[kind][i];
            if (bits == 0)
                continue;
            size_t bit = 0;
            while ((bits >> bit & 1U) == 0)
                bit++;
            s->pending[kind][i] = (uint8_t)(bits & (bits - 1));
            s->n_pending--;
            return live_message(s->live, (enum centre_kind)kind, i * 8 + bit);
        }
    }
    return NULL;
}

struct live_text *live_session_take(struct live_session *s)
{
    if (s->n_queued == 0)
        return s->n_pending == 0 ? NULL : take_pending(s);
    struct live_text *t = s->queue[s->first];
    s->first = (s->first + 1) % s->room;
    s->n_queued--;
    s->queued_bytes -= t->n + LIVE_ENTRY_COST;
    return t;
}

bool live_session_has_more(const struct live_session *s)
{
    return s->n_queued > 0 || s->n_pending > 0;
}

void live_session_wake(struct live_session *s)
{
    if (s->wait != NULL) {
        struct live_wait *w = s->wait;
        s->wait = NULL; /* once; the request knows whose it is */
        w->resume(w);
    }
    if (s->socket != NULL)
        live_socket_wake(s->socket);
}

/* ---- what the client says ---- */

bool live_session_receive(struct live_session *s, const struct engineio_packet *packet)
{
    if (s->is_closed)
        return true;
    s->deadline_ms = live_now_ms(s->live) + silence_ms(s->live->config);
    switch (packet->type) {
    case ENGINEIO_CLOSE:
        live_session_close(s);
        return true;
    case ENGINEIO_PING: {
        struct buf pong;
        buf_init(&pong, ENGINEIO_PACKET_MAX + 1);
        (void)buf_putc(&pong, '3');
        if (buf_add(&pong, packet->data) == ERR_OK)
            live_session_push_text(s, buf_text(&pong));
        buf_clear(&pong);
        return true;
    }
    case ENGINEIO_MESSAGE:
        return live_event_receive(s, packet->data);
    case ENGINEIO_PONG:
    case ENGINEIO_NOOP:
        return true;
    case ENGINEIO_OPEN:
    case ENGINEIO_UPGRADE: /* the probe's is taken before */
        break;
    }
    return false;
}

/* ---- time ---- */

static bool is_node_down(const struct policy_set *policies, size_t node, int64_t now_ms)
{
    const struct service_view *view =
        policies == NULL ? NULL : policy_set_get(policies, node, SERVICE_LIVE_DATA);

    return view != NULL && (life_state(&view->life, now_ms) != LIFE_STARTED ||
                            life_state(&view->proxy, now_ms) != LIFE_STARTED);
}

static void check(struct live_session *s, const struct policy_set *policies, int64_t now_ms)
{
    int64_t clock_ms = clock_now_ms(); /* lives are told in the time of the calendar */

    if (now_ms >= s->deadline_ms || is_node_down(policies, s->node, clock_ms)) {
        close_session(s, true);
        return;
    }
    if (s->transport == LIVE_POLLING && s->socket != NULL && now_ms >= s->probe_until_ms)
        live_socket_end(s->socket, true);
    if (s->wait != NULL && now_ms >= s->noop_ms)
        live_session_wake(s);
}

/** Call something for every session; it may close that one. */
static void for_each(struct live *l,
                     void (*each)(struct live_session *, const struct policy_set *, int64_t now_ms),
                     const struct policy_set *policies)
{
    int64_t now = live_now_ms(l);

    for (size_t b = 0; b < LIVE_BUCKETS; b++) {
        struct live_session *next = NULL;
        for (struct live_session *s = l->bucket[b]; s != NULL; s = next) {
            next = s->next;
            each(s, policies, now);
        }
    }
}

void live_sessions_check(struct live *l, const struct policy_set *policies)
{
    for_each(l, check, policies);
}

static void close_one(struct live_session *s, const struct policy_set *policies, int64_t now_ms)
{
    (void)policies;
    (void)now_ms;
    live_session_close(s);
}

void live_sessions_close_all(struct live *l)
{
    for_each(l, close_one, NULL);
}

void live_sessions_count(const struct live *l, struct tally_count *ret)
{
    for (size_t b = 0; b < LIVE_BUCKETS; b++)
        for (const struct live_session *s = l->bucket[b]; s != NULL; s = s->next) {
            ret[s->node].clients++;
            ret[s->node].polling += s->transport == LIVE_POLLING ? 1 : 0;
        }
}
