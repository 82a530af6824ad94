#include <stdlib.h>

#include "console_inside.h"

#define METRICS_MAX (4U << 20) /* bytes: more than all label combinations take */

static void ask_others(struct exchange *x, struct metrics_gauges *g)
{
    struct console *c = x->console;

    *g = (struct metrics_gauges){.started_ms = c->started_ms,
                                 .has_policies = x->policies != NULL,
                                 .revision = x->policies == NULL ? 0 : x->policies->revision,
                                 .policy_swaps = policies_swaps(c->from.policies)};
    live_count(c->from.live, &g->socketio_polling, &g->socketio_websocket);
    struct recorder_counts trace;
    recorder_get_counts(c->from.recorder, &trace);
    g->has_trace = x->config->trace_enabled;
    g->trace_queued = trace.queued;
    g->trace_room = trace.queue_room;
    g->trace_written = trace.recorded;
    g->trace_dropped = trace.dropped;
    (void)pthread_mutex_lock(&c->lock);
    g->console_streams = c->n_streams;
    (void)pthread_mutex_unlock(&c->lock);
}

void console_metrics(struct exchange *x)
{
    struct metrics_gauges g;
    struct buf text;

    ask_others(x, &g);
    buf_init(&text, METRICS_MAX);
    metrics_print(x->console->from.metrics, &g, &text);
    size_t n = text.n;
    x->text = buf_take(&text);
    if (x->text == NULL)
        console_refuse(x, 500, "out of memory");
    else
        console_reply(x, 200, "text/plain; version=0.0.4; charset=utf-8",
                      (struct slice){x->text, n});
}

static void add(json_t *problems, const char *text)
{
    (void)json_array_append_new(problems, json_string(text));
}

void console_health(struct exchange *x)
{
    struct recorder_counts trace;
    json_t *problems = json_array();

    recorder_get_counts(x->console->from.recorder, &trace);
    if (x->policies == NULL)
        add(problems, "the store cannot be read: every answer is 503; the log says why");
    else if (!policies_are_current(x->console->from.policies))
        add(problems, "the store cannot be read: requests are decided by the settings read last; "
                      "the log says why");
    if (trace.is_failing)
        add(problems, "trace.db cannot be written: exchanges are answered and not recorded; the "
                      "log says why");
    bool is_well = json_array_size(problems) == 0;
    console_reply_json(x, is_well ? 200 : 503,
                       json_pack("{s:b, s:o}", "ok", (int)is_well, "problems", problems));
}
