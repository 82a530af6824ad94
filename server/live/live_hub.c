#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "live_inside.h"

#define MESSAGE_MAX   4096 /* bytes */
#define IDLE_TICK_MS  1000 /* while nobody is subscribed to anything */
#define LEAST_TICK_MS 10   /* changes that are closer than that go out together */
#define SLOT_MS       (LIVE_EVERY_MS / LIVE_SLOTS)

void live_lock(struct live *l)
{
    (void)pthread_mutex_lock(&l->lock);
}

void live_unlock(struct live *l)
{
    (void)pthread_mutex_unlock(&l->lock);
}

int64_t live_now_ms(const struct live *l)
{
    return clock_monotonic_ms() - l->begin_ms;
}

/* ---- texts ---- */

struct live_text *live_text_new(struct slice packet)
{
    size_t units = 0;

    if (engineio_length(packet, &units) != ERR_OK)
        return NULL;
    struct live_text *t = malloc(sizeof *t + packet.n + 1);
    if (t == NULL)
        return NULL;
    atomic_init(&t->users, 1);
    t->n = packet.n;
    t->units = units;
    memcpy(t->text, packet.at, packet.n);
    t->text[packet.n] = '\0';
    return t;
}

struct live_text *live_text_ref(struct live_text *t)
{
    atomic_fetch_add(&t->users, 1);
    return t;
}

void live_text_unref(struct live_text *t)
{
    if (t != NULL && atomic_fetch_sub(&t->users, 1) == 1)
        free(t);
}

/* ---- publishing ---- */

static struct live_text *make_message(const struct live *l, enum centre_kind kind, size_t index)
{
    json_t *args = json_pack("[s, o]", "message", shape_message(l->centre, kind, index));
    struct live_text *t = NULL;
    struct buf text;

    buf_init(&text, MESSAGE_MAX);
    if (args != NULL && socketio_packet_write(&text, SOCKETIO_EVENT, NULL, NULL, args) == ERR_OK)
        t = live_text_new((struct slice){buf_text(&text), text.n});
    buf_clear(&text);
    json_decref(args);
    return t;
}

/** Make the message of something anew. False when memory is short. */
static bool renew(struct live *l, enum centre_kind kind, size_t index)
{
    struct live_entity *e = &l->entity[kind][index];
    struct live_text *t = make_message(l, kind, index);

    if (t == NULL) {
        log_error("out of memory: a Live Data message is lost");
        return false;
    }
    live_text_unref(e->last);
    e->last = t;
    e->last_ms = live_now_ms(l);
    return true;
}

struct live_text *live_message(struct live *l, enum centre_kind kind, size_t index)
{
    struct live_entity *e = &l->entity[kind][index];
    bool is_old = e->last == NULL || live_now_ms(l) - e->last_ms > LIVE_EVERY_MS;

    if (is_old && !renew(l, kind, index))
        return NULL;
    return live_text_ref(e->last);
}

static void publish(struct live *l, enum centre_kind kind, size_t index)
{
    if (l->entity[kind][index].subscribers == 0 || !renew(l, kind, index))
        return;
    struct live_text *t = live_text_ref(l->entity[kind][index].last);
    for (size_t b = 0; b < LIVE_BUCKETS; b++) {
        struct live_session *next = NULL;
        for (struct live_session *s = l->bucket[b]; s != NULL; s = next) {
            next = s->next; /* it may be closed, and freed, for its queue is full */
            if (!live_bit(s->bits[kind], index))
                continue;
            if (live_bit(s->pending[kind], index)) {
                s->pending[kind][index / 8] ^= (uint8_t)(1U << (index % 8));
                s->n_pending--;
            }
            live_session_push(s, t);
        }
    }
    live_text_unref(t);
}

static void on_change(void *arg, enum centre_kind kind, size_t index)
{
    struct live *l = arg;

    publish(l, kind, index);
    if (l->watch_change != NULL)
        l->watch_change(l->watcher, kind, index);
}

/** Send what is in the slots whose time has come since the last call. */
static void publish_slots(struct live *l, int64_t now_ms)
{
    int64_t until = now_ms / SLOT_MS;

    if (until - l->slot > LIVE_SLOTS)
        l->slot = until - LIVE_SLOTS; /* late by a round: once is enough */
    for (; l->slot < until; l->slot++) {
        size_t slot = (size_t)(l->slot % LIVE_SLOTS);
        for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++)
            for (size_t i = slot; i < l->n_entities[kind]; i += LIVE_SLOTS)
                if (l->entity[kind][i].last_ms <= now_ms - SLOT_MS) /* not just changed */
                    publish(l, (enum centre_kind)kind, i);
    }
}

void live_read(struct live *l, live_reader *read, void *arg)
{
    live_lock(l);
    centre_advance(l->centre, live_now_ms(l), on_change, l);
    read(arg, l->centre);
    live_unlock(l);
}

void live_edit(struct live *l, live_editor *edit, void *arg)
{
    live_lock(l);
    centre_advance(l->centre, live_now_ms(l), on_change, l);
    edit(arg, l->centre);
    centre_advance(l->centre, centre_now_ms(l->centre), on_change, l);
    live_unlock(l);
}

void live_watch(struct live *l, centre_change *change, live_editor *tick, void *arg)
{
    live_lock(l);
    l->watch_change = change;
    l->watch_tick = tick;
    l->watcher = arg;
    live_unlock(l);
}

/* ---- the clock ---- */

static int64_t next_tick(const struct live *l, int64_t now_ms)
{
    int64_t tick = now_ms + IDLE_TICK_MS;

    if (l->n_subscriptions > 0) {
        tick = (now_ms / SLOT_MS + 1) * SLOT_MS;
        if (centre_next_ms(l->centre) < tick)
            tick = centre_next_ms(l->centre);
        if (tick < now_ms + LEAST_TICK_MS)
            tick = now_ms + LEAST_TICK_MS;
    }
    return tick;
}

static void wait_until(struct live *l, int64_t tick_ms)
{
    int64_t at = l->begin_ms + tick_ms;
    struct timespec ts = {at / 1000, (long)(at % 1000) * 1000000};

    (void)pthread_cond_timedwait(&l->tick, &l->lock, &ts);
}

/** The settings are looked at, and the clients' number is written down, without the lock: files may
 *  be slow. */
static void check_sessions(struct live *l)
{
    live_unlock(l);
    live_tally_update(l);
    struct policy_set *policies = policies_get(l->policies);
    live_lock(l);
    live_sessions_check(l, policies);
    policy_set_unref(policies);
}

static void *run_clock(void *arg)
{
    struct live *l = arg;

    live_lock(l);
    while (!l->is_stopping) {
        int64_t now = live_now_ms(l);
        centre_advance(l->centre, now, on_change, l);
        publish_slots(l, now);
        if (l->watch_tick != NULL)
            l->watch_tick(l->watcher, l->centre);
        if (now - l->checked_ms >= IDLE_TICK_MS) {
            l->checked_ms = now;
            check_sessions(l);
        }
        if (!l->is_stopping)
            wait_until(l, next_tick(l, now));
    }
    live_unlock(l);
    return NULL;
}

/* ---- beginning and end ---- */

static void init_locks(struct live *l)
{
    pthread_condattr_t attr;

    (void)pthread_mutex_init(&l->lock, NULL);
    (void)pthread_mutex_init(&l->lines, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&l->tick, &attr);
    (void)pthread_condattr_destroy(&attr);
}

static enum err make_entities(struct live *l)
{
    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++) {
        size_t n = centre_count(l->centre, (enum centre_kind)kind);
        l->entity[kind] = calloc(n + 1, sizeof *l->entity[kind]);
        if (l->entity[kind] == NULL)
            return ERR_NOMEM;
        l->n_entities[kind] = n;
    }
    l->token = calloc(LIVE_TOKENS, sizeof *l->token);
    return l->token == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err start_threads(struct live *l, struct diag *why)
{
    enum err e = live_io_start(l);

    if (e == ERR_OK) {
        l->has_clock = pthread_create(&l->clock, NULL, run_clock, l) == 0;
        e = l->has_clock ? ERR_OK : ERR_IO;
    }
    if (e == ERR_IO)
        diag_set(why, 0, "cannot start a thread of Live Data: %s", strerror(errno));
    return e;
}

enum err live_new(const struct config *c, struct policies *policies, struct live **ret,
                  struct diag *why)
{
    struct live *l = calloc(1, sizeof *l);

    if (l == NULL)
        return ERR_NOMEM;
    l->config = c;
    l->policies = policies;
    l->begin_ms = clock_monotonic_ms();
    l->epoll = -1;
    l->wake = -1;
    l->nothing = -1;
    init_locks(l);
    enum err e = centre_new(c->simulation_seed, c->simulation_agents, &l->centre);
    if (e == ERR_OK)
        e = make_entities(l);
    if (e == ERR_OK && !live_tally_new(l))
        e = ERR_NOMEM;
    if (e == ERR_OK) {
        live_tally_update(l); /* from the beginning: nobody */
        e = start_threads(l, why);
    }
    if (e != ERR_OK) {
        live_stop(l);
        live_free(l);
        return e;
    }
    *ret = l;
    return ERR_OK;
}

void live_stop(struct live *l)
{
    live_lock(l);
    l->is_stopping = true;
    live_sessions_close_all(l);
    (void)pthread_cond_broadcast(&l->tick);
    live_unlock(l);
    if (l->has_clock)
        (void)pthread_join(l->clock, NULL);
    l->has_clock = false;
    live_io_stop(l);
}

void live_free(struct live *l)
{
    if (l == NULL)
        return;
    live_io_free(l);
    live_tally_free(l);
    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++) {
        for (size_t i = 0; i < l->n_entities[kind]; i++)
            live_text_unref(l->entity[kind][i].last);
        free(l->entity[kind]);
    }
    free(l->token);
    centre_free(l->centre);
    (void)pthread_cond_destroy(&l->tick);
    (void)pthread_mutex_destroy(&l->lines);
    (void)pthread_mutex_destroy(&l->lock);
    free(l);
}
