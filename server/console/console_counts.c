/* Exchanges by reason over the last minutes, for the console's chart. */
#include <string.h>

#include "base/clock.h"
#include "console_inside.h"

static void begin_bucket(struct console *c, int64_t until_ms)
{
    struct console_bucket *b = &c->bucket[c->n_buckets++ % CONSOLE_BUCKETS];

    memset(b, 0, sizeof *b);
    b->until_ms = until_ms;
}

static void fill_bucket(struct console *c)
{
    struct console_bucket *b = &c->bucket[(c->n_buckets - 1) % CONSOLE_BUCKETS];
    uint64_t now[REASON_COUNT + 1];

    metrics_reasons(c->from.metrics, now);
    for (size_t i = 0; i <= REASON_COUNT; i++) {
        b->count[i] += (uint32_t)(now[i] - c->counted[i]);
        c->counted[i] = now[i];
    }
}

/** Buckets end at whole multiples of their length; one in which nobody looked (the machine slept,
 *  or its clock was set) is just not there. */
bool console_count(struct console *c, int64_t now_ms)
{
    int64_t until_ms = (now_ms / CONSOLE_BUCKET_MS + 1) * CONSOLE_BUCKET_MS;

    if (c->n_buckets > 0)
        fill_bucket(c);
    if (c->n_buckets > 0 && c->bucket[(c->n_buckets - 1) % CONSOLE_BUCKETS].until_ms == until_ms)
        return false;
    begin_bucket(c, until_ms);
    return true;
}

static const char *reason_code(size_t i)
{
    return i == METRICS_NO_REASON ? "none" : reason_get((enum cors_reason)i)->code;
}

json_t *console_bucket_json(const struct console_bucket *b)
{
    json_t *counts = json_object();

    for (size_t i = 0; i <= REASON_COUNT; i++)
        if (b->count[i] != 0)
            (void)json_object_set_new(counts, reason_code(i), json_integer(b->count[i]));
    return json_pack("{s:I, s:o}", "until", (json_int_t)b->until_ms, "counts", counts);
}

/** The bucket that is not over yet comes last. */
void console_counts(struct exchange *x)
{
    struct console *c = x->console;
    json_t *list = json_array();

    (void)pthread_mutex_lock(&c->lock);
    uint64_t first = c->n_buckets > CONSOLE_BUCKETS ? c->n_buckets - CONSOLE_BUCKETS : 0;
    for (uint64_t i = first; i < c->n_buckets; i++)
        (void)json_array_append_new(list, console_bucket_json(&c->bucket[i % CONSOLE_BUCKETS]));
    (void)pthread_mutex_unlock(&c->lock);
    console_reply_json(x, 200,
                       json_pack("{s:I, s:i, s:o}", "now", (json_int_t)clock_now_ms(), "bucket_ms",
                                 CONSOLE_BUCKET_MS, "buckets", list));
}
