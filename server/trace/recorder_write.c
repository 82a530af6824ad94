#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "recorder_inside.h"

#define GATHER_MS    10L /* for more to be written together */
#define CHUNK        512 /* records of one transaction */
#define BUSY_MS      100 /* that SQLite waits for another writer */
#define OPEN_BUSY_MS 1000
#define RETRY_MS     1000 /* before a file that failed is tried again */
#define SAY_BUSY_MS  5000 /* that a lock lasts before the log tells of it */
#define LAST_TRY_MS  1000 /* for a locked file at the end */
#define NICENESS     10   /* answers come first where there are too few cores */

/* ---- losses ---- */

static void add_loss(struct loss *to, const struct loss *more)
{
    if (more->n == 0)
        return;
    if (to->n == 0)
        *to = *more;
    else
        to->n += more->n;
}

/** A batch that cannot be written is given up, so that the queue does not stay full. */
static void lose(struct writer *w, size_t from)
{
    struct recorder *r = w->recorder;
    size_t n = w->n - from;

    if (n == 0)
        return;
    add_loss(&w->loss, &(struct loss){n, w->batch[from]->id, w->batch[from]->at_us});
    w->n_lost += n;
    (void)pthread_mutex_lock(&r->lock);
    r->counts.dropped += n;
    (void)pthread_mutex_unlock(&r->lock);
}

/* ---- what the log says ---- */

static void set_failing(struct writer *w, bool is_failing)
{
    w->is_failing = is_failing;
    (void)pthread_mutex_lock(&w->recorder->lock);
    w->recorder->counts.is_failing = is_failing;
    (void)pthread_mutex_unlock(&w->recorder->lock);
}

/** Once when it begins, and once when it is over. */
static void say_failing(struct writer *w, const struct diag *why)
{
    if (!w->is_failing)
        log_warning("%s; until then requests are answered, but not recorded", why->text);
    set_failing(w, true);
}

static void say_well(struct writer *w)
{
    if (!w->is_failing)
        return;
    log_info("the trace is written again; %llu exchanges were not recorded",
             (unsigned long long)w->n_lost);
    w->n_lost = 0;
    set_failing(w, false);
}

/* ---- the file ---- */

static enum err try_open(struct writer *w, unsigned busy_ms, struct diag *why)
{
    struct trace_totals totals = {0, 0, 0};
    struct recorder *r = w->recorder;
    enum err e = trace_open(r->config, busy_ms, &w->trace, why);

    if (e == ERR_OK)
        e = trace_get_totals(w->trace, &totals, why);
    if (e != ERR_OK) {
        trace_close(w->trace);
        w->trace = NULL;
        return e;
    }
    (void)pthread_mutex_lock(&r->lock);
    if (r->next_id <= totals.last_id)
        r->next_id = totals.last_id + 1;
    (void)pthread_mutex_unlock(&r->lock);
    return ERR_OK;
}

/** Ids are given while the file is not known: they begin where no file's will be. */
void recorder_open(struct writer *w)
{
    struct diag why = {0, ""};

    if (w->recorder->config->trace_keep == 0 || try_open(w, OPEN_BUSY_MS, &why) == ERR_OK)
        return;
    w->recorder->next_id = clock_now_ms();
    say_failing(w, &why);
}

static enum err ensure_open(struct writer *w, struct diag *why)
{
    int64_t version = 0;
    enum err e = w->trace == NULL ? ERR_NOTFOUND : trace_data_version(w->trace, &version, why);

    if (e != ERR_NOTFOUND)
        return e;
    trace_close(w->trace); /* removed or replaced: that one is nobody's any more */
    w->trace = NULL;
    return try_open(w, BUSY_MS, why);
}

/** Tell of what is missing, where it is missing. */
static enum err write_gap(struct writer *w, struct diag *why)
{
    struct trace_exchange gap = {.kind = TRACE_GAP,
                                 .id = w->loss.id,
                                 .at_us = w->loss.at_us,
                                 .run = w->recorder->run,
                                 .dropped = w->loss.n};

    if (w->loss.n == 0)
        return ERR_OK;
    struct trace_exchange *x = trace_exchange_new(&gap);
    enum err e = x == NULL ? ERR_NOMEM : trace_add(w->trace, &x, 1, why);
    trace_exchange_unref(x);
    if (e == ERR_OK)
        w->loss.n = 0;
    return e;
}

/** @param done  records of the batch that are written, counted up */
static enum err write_some(struct writer *w, size_t *done, struct diag *why)
{
    struct recorder *r = w->recorder;
    size_t n = w->n - *done < CHUNK ? w->n - *done : CHUNK;
    enum err e = ensure_open(w, why);

    if (e == ERR_OK)
        e = write_gap(w, why);
    if (e == ERR_OK && n > 0)
        e = trace_add(w->trace, w->batch + *done, n, why);
    if (e != ERR_OK)
        return e;
    *done += n;
    (void)pthread_mutex_lock(&r->lock);
    r->counts.recorded += n;
    (void)pthread_mutex_unlock(&r->lock);
    /* What was recorded is; it can be pruned later. */
    (void)trace_prune(w->trace, r->config->trace_keep, why);
    return ERR_OK;
}

/* ---- batches ---- */

static bool is_stopping(struct recorder *r)
{
    (void)pthread_mutex_lock(&r->lock);
    bool is = r->is_stopping;
    (void)pthread_mutex_unlock(&r->lock);
    return is;
}

static void call_watches(struct recorder *r)
{
    (void)pthread_mutex_lock(&r->watching);
    for (struct recorder_watch *w = r->watches; w != NULL; w = w->next)
        w->wake(w->arg);
    (void)pthread_mutex_unlock(&r->watching);
}

/** Somebody keeps the file locked: wait, and go on. False: it is time to end. */
static bool wait_for_lock(struct writer *w, const struct diag *why)
{
    long long now = clock_monotonic_ms();

    if (w->busy_since_ms == 0)
        w->busy_since_ms = now;
    if (now - w->busy_since_ms > SAY_BUSY_MS)
        say_failing(w, why);
    call_watches(w->recorder);
    return !is_stopping(w->recorder) || now - w->busy_since_ms < LAST_TRY_MS;
}

static void give_up(struct writer *w, size_t done, enum err e, const struct diag *why)
{
    say_failing(w, why);
    lose(w, done);
    w->retry_ms = clock_monotonic_ms() + RETRY_MS;
    if (e == ERR_FULL || e == ERR_NOMEM || e == ERR_BUSY)
        return;
    trace_close(w->trace);
    w->trace = NULL;
}

/** What the queue had no room for came behind the batch. */
static void merge_dropped(struct writer *w)
{
    w->n_lost += w->is_failing ? w->dropped.n : 0;
    add_loss(&w->loss, &w->dropped);
    w->dropped.n = 0;
}

static void write_batch(struct writer *w)
{
    struct diag why = {0, ""};
    size_t done = 0;
    enum err e = ERR_OK;
    bool goes_on = true;

    if (w->retry_ms > clock_monotonic_ms() && !is_stopping(w->recorder)) {
        lose(w, 0);
        return;
    }
    while (goes_on && (done < w->n || w->loss.n > 0 || w->dropped.n > 0)) {
        if (done == w->n)
            merge_dropped(w);
        e = write_some(w, &done, &why);
        goes_on = e == ERR_OK || (e == ERR_BUSY && wait_for_lock(w, &why));
    }
    w->busy_since_ms = 0;
    if (e == ERR_OK)
        say_well(w);
    else
        give_up(w, done, e, &why);
}

static void keep_or_write(struct writer *w)
{
    if (w->recorder->config->trace_keep > 0) {
        write_batch(w);
        merge_dropped(w);
    }
    for (size_t i = 0; i < w->n; i++)
        trace_exchange_unref(w->batch[i]);
    w->n = 0;
}

/* ---- the thread ---- */

static bool has_work(const struct recorder *r)
{
    return r->n_queued > 0 || r->dropped.n > 0;
}

/** With the lock: gather a little more, unless there is much already. */
static void gather(struct recorder *r)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += GATHER_MS * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!r->is_stopping && r->n_queued < r->room / 2 &&
           pthread_cond_timedwait(&r->wake, &r->lock, &until) == 0) {
        /* it was not the time that ended the wait */
    }
}

/** Wait for something to write, and take all of it. False: there is none, and will be none. */
static bool take_batch(struct writer *w)
{
    struct recorder *r = w->recorder;

    (void)pthread_mutex_lock(&r->lock);
    while (!r->is_stopping && !has_work(r))
        (void)pthread_cond_wait(&r->wake, &r->lock);
    gather(r);
    struct trace_exchange **batch = r->queue;
    r->queue = w->batch;
    w->batch = batch;
    w->n = r->n_queued;
    w->dropped = r->dropped;
    if (w->dropped.n > 0)
        w->dropped.id = r->next_id++;
    r->n_queued = 0;
    r->queued_bytes = 0;
    r->dropped.n = 0;
    atomic_store_explicit(&r->is_full, false, memory_order_relaxed);
    (void)pthread_mutex_unlock(&r->lock);
    return w->n > 0 || w->dropped.n > 0;
}

void *recorder_run_writer(void *arg)
{
    struct writer *w = arg;

    /* On Linux that is this thread alone. */
    (void)setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICENESS);
    while (take_batch(w)) {
        if (w->dropped.n > 0 && w->loss.n == 0 && !w->is_failing)
            log_warning("exchanges come faster than the trace is written: %llu were not recorded",
                        (unsigned long long)w->dropped.n);
        keep_or_write(w);
        call_watches(w->recorder);
    }
    if (w->loss.n > 0)
        log_warning("%llu exchanges could not be recorded", (unsigned long long)w->loss.n);
    return NULL;
}
