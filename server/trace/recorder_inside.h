#ifndef CUICSIM_SERVER_RECORDER_INSIDE_H
#define CUICSIM_SERVER_RECORDER_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "recorder.h"

/** What the recorder*.c files share; nobody else includes it. */

/** What was not recorded, until a gap in trace.db says so. */
struct loss {
    uint64_t n;
    int64_t id; /* where the gap stands */
    int64_t at_us;
};

/** The writer thread's own. */
struct writer {
    struct recorder *recorder;
    struct trace *trace; /* NULL: not open */
    struct trace_exchange **batch;
    size_t n;
    struct loss dropped; /* behind this batch */
    struct loss loss;    /* all that no gap tells of yet */
    bool is_failing;
    long long busy_since_ms; /* 0: not */
    long long retry_ms;      /* do not try before */
    uint64_t n_lost;         /* since it began to fail */
};

struct recorder {
    const struct config *config;
    int64_t run;
    pthread_t thread;
    bool has_thread;
    atomic_bool is_full;  /* and nobody watches: a look without the lock */
    pthread_mutex_t lock; /* guards what follows, up to `watching` */
    pthread_cond_t wake;
    bool is_stopping;
    int64_t next_id;
    struct trace_exchange **queue;
    size_t room, n_queued, queued_bytes;
    struct loss dropped;                            /* since the queue was last taken */
    struct trace_exchange *recent[RECORDER_RECENT]; /* number n is at n % RECORDER_RECENT */
    uint64_t last, n_recent; /* the last one's number, and how many are kept */
    size_t recent_bytes;
    size_t n_watches;
    struct recorder_counts counts;
    pthread_mutex_t watching; /* guards `watches`; held while they are called */
    struct recorder_watch *watches;
    struct writer writer;
};

/** recorder_write.c: the thread. */
void *recorder_run_writer(void *arg);

/** Open trace.db for the first time: where ids go on. What fails is told in the log. */
void recorder_open(struct writer *w);

#endif
