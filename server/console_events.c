#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "console_stream.h"

#define STREAMS_MAX  256
#define EVENT_MAX    262144
#define HEARTBEAT_MS 15000 /* a client that is gone is noticed by sending to it */

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
    struct console *c = s->console;

    (void)buf_puts(&s->event, "retry: 2000\n");
    say(s, "hello", json_pack("{s:I}", "run", (json_int_t)c->started_ms));
    s->is_greeted = true;
    s->seen_state = atomic_load(&c->state);
    s->seen_buckets = c->n_buckets;
}

/** The bucket before the one that is being filled. */
static void tell_counts(struct console_stream *s)
{
    struct console *c = s->console;

    s->seen_buckets = c->n_buckets;
    say(s, "counts", console_bucket_json(&c->bucket[(c->n_buckets - 2) % CONSOLE_BUCKETS]));
}

static void tell_state(struct console_stream *s)
{
    s->seen_state = atomic_load(&s->console->state);
    say(s, "state", json_pack("{s:I}", "changes", (json_int_t)s->seen_state));
}

static bool is_silent(const struct console_stream *s)
{
    return clock_monotonic_ms() - s->sent_ms >= HEARTBEAT_MS;
}

static bool has_news(const struct console_stream *s)
{
    const struct console *c = s->console;

    return c->is_stopping || !s->is_greeted || s->seen_state != atomic_load(&c->state) ||
           s->seen_buckets != c->n_buckets || is_silent(s);
}

/** Put the next event together, if there is one. */
static void compose(struct console_stream *s)
{
    const struct console *c = s->console;

    buf_reset(&s->event);
    s->sent = 0;
    if (!s->is_greeted)
        greet(s);
    else if (s->seen_state != atomic_load(&c->state))
        tell_state(s);
    else if (s->seen_buckets != c->n_buckets)
        tell_counts(s);
    else if (is_silent(s))
        (void)buf_puts(&s->event, ":\n\n");
    if (s->event.n > 0)
        s->sent_ms = clock_monotonic_ms();
}

/* ---- reading ---- */

static size_t take(struct console_stream *s, char *to, size_t max)
{
    size_t n = s->event.n - s->sent;

    n = n < max ? n : max;
    memcpy(to, buf_text(&s->event) + s->sent, n);
    s->sent += n;
    return n;
}

ssize_t console_stream_read(void *stream, uint64_t position, char *to, size_t max)
{
    struct console_stream *s = stream;
    struct console *c = s->console;
    ssize_t n = 0;

    (void)position;
    (void)pthread_mutex_lock(&c->lock);
    if (s->sent == s->event.n && !c->is_stopping)
        compose(s);
    if (c->is_stopping || s->event.state != ERR_OK) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (s->sent < s->event.n) {
        n = (ssize_t)take(s, to, max);
    } else {
        s->is_parked = true;
        MHD_suspend_connection(s->connection);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return n;
}

void console_streams_wake(struct console *c)
{
    for (struct console_stream *s = c->streams; s != NULL; s = s->next)
        if (s->is_parked && has_news(s)) {
            s->is_parked = false;
            MHD_resume_connection(s->connection);
        }
}

/* ---- life ---- */

void console_events(struct exchange *x)
{
    struct console *c = x->console;
    struct console_stream *s = calloc(1, sizeof *s);

    if (s == NULL) {
        console_refuse(x, 503, "out of memory");
        return;
    }
    s->console = c;
    buf_init(&s->event, EVENT_MAX);
    (void)pthread_mutex_lock(&c->lock);
    bool is_room = !c->is_stopping && c->n_streams < STREAMS_MAX;
    if (is_room) {
        s->next = c->streams;
        c->streams = s;
        c->n_streams++;
        (void)pthread_cond_broadcast(&c->wake); /* the clock ticks faster while somebody looks */
    }
    (void)pthread_mutex_unlock(&c->lock);
    if (!is_room) {
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
            c->n_streams--;
            break;
        }
    (void)pthread_mutex_unlock(&c->lock);
    buf_clear(&s->event);
    free(s);
}
