#include "recorder.h"

#include <stdlib.h>

#include "base/clock.h"
#include "recorder_inside.h"

#define QUEUE_BYTES  (32U << 20)
#define RECENT_BYTES (16U << 20)

/* ---- start and end ---- */

static void init_locks(struct recorder *r)
{
    pthread_condattr_t attr;

    (void)pthread_mutex_init(&r->lock, NULL);
    (void)pthread_mutex_init(&r->watching, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&r->wake, &attr);
    (void)pthread_condattr_destroy(&attr);
}

static enum err start(struct recorder *r, struct diag *why)
{
    r->room = r->config->trace_queue;
    r->queue = calloc(r->room, sizeof(struct trace_exchange *));
    r->writer.batch = calloc(r->room, sizeof(struct trace_exchange *));
    if (r->queue == NULL || r->writer.batch == NULL)
        return ERR_NOMEM;
    recorder_open(&r->writer);
    r->has_thread = pthread_create(&r->thread, NULL, recorder_run_writer, &r->writer) == 0;
    if (r->has_thread)
        return ERR_OK;
    diag_set(why, 0, "cannot start the recorder's thread");
    return ERR_IO;
}

enum err recorder_new(const struct config *c, struct recorder **ret, struct diag *why)
{
    struct recorder *r = calloc(1, sizeof *r);
    enum err e = ERR_OK;

    if (r == NULL)
        return ERR_NOMEM;
    init_locks(r);
    r->config = c;
    r->run = clock_now_us();
    r->next_id = 1;
    r->writer.recorder = r;
    if (c->trace_enabled)
        e = start(r, why);
    if (e != ERR_OK) {
        recorder_free(r);
        return e;
    }
    *ret = r;
    return ERR_OK;
}

static void stop(struct recorder *r)
{
    (void)pthread_mutex_lock(&r->lock);
    r->is_stopping = true;
    (void)pthread_cond_signal(&r->wake);
    (void)pthread_mutex_unlock(&r->lock);
    (void)pthread_join(r->thread, NULL);
}

void recorder_free(struct recorder *r)
{
    if (r == NULL)
        return;
    if (r->has_thread)
        stop(r);
    trace_close(r->writer.trace);
    for (size_t i = 0; i < RECORDER_RECENT; i++)
        trace_exchange_unref(r->recent[i]);
    free(r->queue);
    free(r->writer.batch);
    (void)pthread_cond_destroy(&r->wake);
    (void)pthread_mutex_destroy(&r->watching);
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

int64_t recorder_run(const struct recorder *r)
{
    return r->run;
}

bool recorder_keeps_bodies(const struct recorder *r)
{
    return r->config->trace_enabled && r->config->trace_bodies;
}

/* ---- records, with the lock ---- */

static bool has_room(const struct recorder *r, size_t bytes)
{
    return r->n_queued < r->room && r->queued_bytes + bytes <= QUEUE_BYTES;
}

static void note_drop(struct recorder *r)
{
    if (r->dropped.n++ == 0)
        r->dropped.at_us = clock_now_us();
    r->counts.dropped++;
}

static void forget_oldest(struct recorder *r)
{
    struct trace_exchange **oldest = &r->recent[(r->last - r->n_recent + 1) % RECORDER_RECENT];

    r->recent_bytes -= trace_exchange_bytes(*oldest);
    r->n_recent--;
    trace_exchange_unref(*oldest);
    *oldest = NULL;
}

static void keep_recent(struct recorder *r, struct trace_exchange *x)
{
    size_t bytes = trace_exchange_bytes(x);

    while (r->n_recent > 0 &&
           (r->n_recent == RECORDER_RECENT || r->recent_bytes + bytes > RECENT_BYTES))
        forget_oldest(r);
    r->last++;
    r->recent[r->last % RECORDER_RECENT] = trace_exchange_ref(x);
    r->recent_bytes += bytes;
    r->n_recent++;
}

/** The writer is woken by the first one, and at half: it waits a little for more in between. */
static void push(struct recorder *r, struct trace_exchange *x, size_t bytes)
{
    r->queue[r->n_queued++] = x;
    r->queued_bytes += bytes;
    if (r->n_queued == 1 || r->n_queued == r->room / 2)
        (void)pthread_cond_signal(&r->wake);
}

/* ---- records ---- */

bool recorder_wants(struct recorder *r)
{
    if (!r->has_thread)
        return false;
    if (!atomic_load_explicit(&r->is_full, memory_order_relaxed))
        return true;
    (void)pthread_mutex_lock(&r->lock);
    bool wants = r->n_watches > 0 || has_room(r, 0);
    if (!wants)
        note_drop(r);
    (void)pthread_mutex_unlock(&r->lock);
    return wants;
}

void recorder_add(struct recorder *r, struct trace_exchange *x)
{
    size_t bytes = trace_exchange_bytes(x);

    (void)pthread_mutex_lock(&r->lock);
    bool fits = has_room(r, bytes);
    x->id = fits ? r->next_id++ : 0;
    keep_recent(r, x);
    if (fits)
        push(r, x, bytes);
    else
        note_drop(r);
    r->counts.handed_over += fits ? 1 : 0;
    atomic_store_explicit(&r->is_full, !fits || r->n_queued == r->room, memory_order_relaxed);
    (void)pthread_mutex_unlock(&r->lock);
    if (!fits)
        trace_exchange_unref(x);
}

void recorder_get_counts(struct recorder *r, struct recorder_counts *ret)
{
    (void)pthread_mutex_lock(&r->lock);
    *ret = r->counts;
    ret->queued = r->n_queued;
    ret->queue_room = r->room;
    (void)pthread_mutex_unlock(&r->lock);
}

int64_t recorder_last_id(struct recorder *r)
{
    (void)pthread_mutex_lock(&r->lock);
    bool is_written = r->config->trace_keep > 0 && !r->counts.is_failing;
    int64_t last = is_written ? r->next_id - 1 : 0;
    (void)pthread_mutex_unlock(&r->lock);
    return last;
}

/* ---- watching ---- */

size_t recorder_since(struct recorder *r, uint64_t after, struct trace_exchange **ret, size_t max,
                      uint64_t *ret_last, uint64_t *ret_missed)
{
    size_t n = 0;

    (void)pthread_mutex_lock(&r->lock);
    uint64_t first = r->last - r->n_recent + 1;
    uint64_t next = after + 1 < first ? first : after + 1;
    *ret_missed = next - (after + 1);
    for (; next <= r->last && n < max; next++)
        ret[n++] = trace_exchange_ref(r->recent[next % RECORDER_RECENT]);
    *ret_last = n > 0 ? next - 1 : after;
    (void)pthread_mutex_unlock(&r->lock);
    return n;
}

static void count_watch(struct recorder *r, bool is_new)
{
    (void)pthread_mutex_lock(&r->lock);
    r->n_watches = is_new ? r->n_watches + 1 : r->n_watches - 1;
    (void)pthread_mutex_unlock(&r->lock);
}

void recorder_watch(struct recorder *r, struct recorder_watch *w)
{
    (void)pthread_mutex_lock(&r->watching);
    w->next = r->watches;
    r->watches = w;
    (void)pthread_mutex_unlock(&r->watching);
    count_watch(r, true);
}

void recorder_unwatch(struct recorder *r, struct recorder_watch *w)
{
    count_watch(r, false);
    (void)pthread_mutex_lock(&r->watching);
    struct recorder_watch **at = &r->watches;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    (void)pthread_mutex_unlock(&r->watching);
}
