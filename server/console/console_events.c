#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "console_stream.h"

#define STREAMS_MAX  256
#define BATCH        32         /* exchanges of one event */
#define EVENT_MAX    (4U << 20) /* bytes: over the largest batch */
#define HEARTBEAT_MS 15000      /* a client that is gone is noticed by sending to it */

/* ---- what is next ---- */

/** "event: NAME", and the object on a line; frees it. */
static void say(struct console_stream *s, const char *name, json_t *data)
{
    char *text = data == NULL ? NULL : json_dumps(data, JSON_COMPACT);

    json_decref(data);
    if (text != NULL)
        (void)buf_printf(&s->event, "event: %s\ndata: %s\n\n", name, text);
    free(text);
}

/** The client learns which run of the server this is, and comes back two seconds after a break. */
static void greet(struct console_stream *s)
{
    const struct console *c = s->console;

    (void)buf_puts(&s->event, "retry: 2000\n");
    say(s, "hello", json_pack("{s:I}", "run", (json_int_t)recorder_run(c->from.recorder)));
    s->is_greeted = true;
}

static bool tell_state(struct console_stream *s)
{
    uint64_t state = atomic_load(&s->console->state);

    if (state == s->seen_state)
        return false;
    s->seen_state = state;
    say(s, "state", json_pack("{s:I}", "changes", (json_int_t)state));
    return true;
}

/** The bucket before the one that is being filled. */
static bool tell_counts(struct console_stream *s)
{
    struct console *c = s->console;
    struct console_bucket bucket;

    (void)pthread_mutex_lock(&c->lock);
    bool is_new = s->seen_buckets != c->n_buckets && c->n_buckets > 1;
    if (is_new)
        bucket = c->bucket[(c->n_buckets - 2) % CONSOLE_BUCKETS];
    s->seen_buckets = c->n_buckets;
    (void)pthread_mutex_unlock(&c->lock);
    if (is_new)
        say(s, "counts", console_bucket_json(&bucket));
    return is_new;
}

/** The next few exchanges. */
static void tell_exchanges(struct console_stream *s)
{
    struct trace_exchange *batch[BATCH];
    struct recorder *r = s->console->from.recorder;
    json_t *list = json_array();
    uint64_t missed = 0;
    uint64_t last = 0;
    size_t n = recorder_since(r, s->seen, batch, BATCH, &last, &missed);

    for (size_t i = 0; i < n; i++) {
        (void)json_array_append_new(list, console_summary(batch[i], last - n + i + 1));
        trace_exchange_unref(batch[i]);
    }
    if (n == 0) {
        json_decref(list);
        return;
    }
    s->seen = last;
    (void)buf_printf(&s->event, "id: %lld-%llu\n", (long long)recorder_run(r),
                     (unsigned long long)last);
    say(s, "exchanges", json_pack("{s:I, s:o}", "missed", (json_int_t)missed, "list", list));
}

static bool is_silent(const struct console_stream *s)
{
    return clock_monotonic_ms() - s->sent_ms >= HEARTBEAT_MS;
}

/** Put the next event together, if there is one. */
static void compose(struct console_stream *s)
{
    buf_clear(&s->event);
    s->sent = 0;
    if (!s->is_greeted)
        greet(s);
    else if (!tell_state(s) && !tell_counts(s))
        tell_exchanges(s);
    if (s->event.n == 0 && is_silent(s))
        (void)buf_puts(&s->event, ":\n\n");
    if (s->event.n > 0)
        s->sent_ms = clock_monotonic_ms();
}

/* ---- reading: by the HTTP library's thread of the connection ---- */

static size_t take(struct console_stream *s, char *to, size_t max)
{
    size_t n = s->event.n - s->sent;

    n = n < max ? n : max;
    memcpy(to, buf_text(&s->event) + s->sent, n);
    s->sent += n;
    return n;
}

/** Wait, unless something has happened since `news` was read. False: it has. */
static bool park(struct console_stream *s, uint64_t news)
{
    struct console *c = s->console;

    (void)pthread_mutex_lock(&c->lock);
    bool waits = c->news == news && !c->is_stopping;
    if (waits) {
        s->is_parked = true;
        s->news = news;
        MHD_suspend_connection(s->connection);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return waits;
}

/** @return false when the console stops */
static bool read_news(struct console *c, uint64_t *ret)
{
    (void)pthread_mutex_lock(&c->lock);
    bool goes_on = !c->is_stopping;
    *ret = c->news;
    (void)pthread_mutex_unlock(&c->lock);
    return goes_on;
}

ssize_t console_stream_read(void *stream, uint64_t position, char *to, size_t max)
{
    struct console_stream *s = stream;
    uint64_t news = 0;

    (void)position;
    while (s->sent == s->event.n) {
        if (!read_news(s->console, &news))
            return MHD_CONTENT_READER_END_OF_STREAM;
        compose(s);
        if (s->event.state != ERR_OK)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (s->event.n == 0 && park(s, news))
            return 0;
    }
    return (ssize_t)take(s, to, max);
}

void console_streams_wake(struct console *c)
{
    for (struct console_stream *s = c->streams; s != NULL; s = s->next)
        if (s->is_parked && (c->is_stopping || s->news != c->news || is_silent(s))) {
            s->is_parked = false;
            MHD_resume_connection(s->connection);
        }
}

/* ---- life ---- */

/** Number of the last exchange that is the past for who comes now: none of memory's, but all that
 *  were cleared from the trace. */
static uint64_t past(struct console *c)
{
    uint64_t cleared = atomic_load(&c->cleared);
    struct trace_exchange *first = NULL;
    uint64_t last = 0;
    uint64_t gone = 0;

    if (recorder_since(c->from.recorder, 0, &first, 1, &last, &gone) == 1)
        trace_exchange_unref(first);
    return cleared > gone ? cleared : gone;
}

/** Where the client left off: "RUN-NUMBER", of an event's id. False: it comes for the first time,
 * or from another run of the server. */
static bool seen_before(const struct exchange *x, uint64_t *ret)
{
    struct slice id = request_header(x->request, "Last-Event-ID");
    unsigned long run = 0;

    if (id.n == 0)
        id = request_argument(x->request, "after");
    const char *dash = id.n == 0 ? NULL : memchr(id.at, '-', id.n);
    if (dash == NULL)
        return false;
    struct slice first = {id.at, (size_t)(dash - id.at)};
    struct slice second = {dash + 1, id.n - first.n - 1};
    return text_to_ulong(first, 0, INT64_MAX, &run) == ERR_OK &&
           text_to_ulong(second, 0, INT64_MAX, ret) == ERR_OK &&
           (int64_t)run == recorder_run(x->console->from.recorder);
}

/** Among those that are woken, unless there are too many or the server stops. */
static bool join(struct console *c, struct console_stream *s)
{
    (void)pthread_mutex_lock(&c->lock);
    bool is_room = !c->is_stopping && c->n_streams < STREAMS_MAX;
    if (is_room) {
        s->next = c->streams;
        c->streams = s;
        s->seen_buckets = c->n_buckets;
        if (c->n_streams++ == 0)
            recorder_watch(c->from.recorder, &c->watch);
        (void)pthread_cond_signal(&c->wake); /* the clock ticks faster while somebody looks */
    }
    (void)pthread_mutex_unlock(&c->lock);
    return is_room;
}

void console_events(struct exchange *x)
{
    struct console *c = x->console;
    struct console_stream *s = calloc(1, sizeof *s);

    if (s == NULL) {
        console_refuse(x, 503, "out of memory");
        return;
    }
    s->console = c;
    if (!seen_before(x, &s->seen))
        s->seen = past(c);
    s->seen_state = atomic_load(&c->state);
    buf_init(&s->event, EVENT_MAX);
    if (!join(c, s)) {
        free(s);
        console_refuse(x, 503, "Too many consoles are open, or the server stops.");
        return;
    }
    console_reply(x, 200, "text/event-stream", slice_of(""));
    x->stream = s;
}

void console_stream_begin(struct console_stream *s, struct MHD_Connection *connection)
{
    s->connection = connection;
}

void console_stream_end(void *stream)
{
    struct console_stream *s = stream;
    struct console *c = s->console;

    (void)pthread_mutex_lock(&c->lock);
    for (struct console_stream **at = &c->streams; *at != NULL; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            if (--c->n_streams == 0)
                recorder_unwatch(c->from.recorder, &c->watch);
            (void)pthread_cond_broadcast(&c->wake); /* console_stop may wait for it */
            break;
        }
    (void)pthread_mutex_unlock(&c->lock);
    buf_clear(&s->event);
    free(s);
}
