#ifndef CUICSIM_SERVER_CONSOLE_INSIDE_H
#define CUICSIM_SERVER_CONSOLE_INSIDE_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "console.h"
#include "diagnose/diagnose.h"
#include "route.h"
#include "store/store.h"
#include "trace/trace_json.h"

/** What the console_*.c files and site_console.c share; nobody else includes it. */

#define CONSOLE_BUSY_MS    3000 /* how long to wait for a locked store */
#define CONSOLE_TOKEN      33   /* bytes, with the terminator */
#define CONSOLE_BUCKETS    120  /* of the counts by reason */
#define CONSOLE_BUCKET_MS  5000
#define CONSOLE_TEXT_SHOWN 512 /* bytes of a text in a list */

/** Exchanges by reason in one stretch of time. */
struct console_bucket {
    int64_t until_ms; /* since 1970; 0: not there yet */
    uint32_t count[REASON_COUNT + 1];
};

struct console {
    struct console_sources from;
    int64_t started_ms; /* since 1970 */
    char token[CONSOLE_TOKEN];
    _Atomic uint64_t state; /* moves when settings or services changed */
    struct recorder_watch watch;
    atomic_bool is_news;      /* the recorder has something new */
    _Atomic uint64_t cleared; /* number of the last exchange that was cleared from the trace */
    pthread_mutex_t lock;     /* guards what follows */
    pthread_cond_t wake;
    pthread_t clock;
    bool has_clock;
    bool is_stopping;
    uint64_t news; /* moves when there may be something to tell */
    struct console_stream *streams;
    size_t n_streams;
    uint64_t n_buckets; /* so far; the latest CONSOLE_BUCKETS are kept, in a ring */
    uint64_t counted[REASON_COUNT + 1];
    struct console_bucket bucket[CONSOLE_BUCKETS];
};

/** One page of the console. */
typedef void console_page(struct exchange *x);
console_page console_lab;       /* /api/lab: what does not change while the server runs */
console_page console_state;     /* /api/state: settings in both stages, services */
console_page console_counts;    /* /api/counts: exchanges by reason over time */
console_page console_exchanges; /* /api/exchanges: from the trace, as a list has them */
console_page console_exchange;  /* /api/exchange: one, whole, with its diagnosis */
console_page console_explain;   /* /api/explain: what `lab explain` says */
console_page console_events;    /* /api/events: the stream */
console_page console_change;    /* POST /api/change */
console_page console_metrics;   /* /metrics */
console_page console_health;    /* /healthz */

/* console_reply.c: answers. Each function sets x->reply. */

/** @param body  outlives the reply */
void console_reply(struct exchange *x, unsigned status, const char *type, struct slice body);

/** The object is taken over; NULL is answered with 500. */
void console_reply_json(struct exchange *x, unsigned status, json_t *object);

/** {"error": text}, or the text alone to who did not ask for an /api/ path. */
void console_refuse(struct exchange *x, unsigned status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* console_exchanges.c */

/** What a list shows of a record. @param seq  its number in the stream; 0: none */
json_t *console_summary(const struct trace_exchange *x, uint64_t seq);

/** The trace was cleared: who comes from now on sees nothing of before. */
void console_forget(struct console *c);

/* console_explain.c */

/** diagnose_json of a question by the present settings; NULL when they cannot be read. */
json_t *console_diagnose(const struct exchange *x, const struct question *q,
                         const struct seen *seen);

/* console_guard.c */

/** Is this a request that the console may answer? Refuses it otherwise. */
bool console_admits(struct exchange *x);

/** The same for one that changes something. */
bool console_admits_change(struct exchange *x);

/* console_counts.c: called by the clock, with the lock held. True when a bucket is full. */
bool console_count(struct console *c, int64_t now_ms);

/** One bucket, or {"until", "counts"} of it with only what is not 0. */
json_t *console_bucket_json(const struct console_bucket *b);

#endif
