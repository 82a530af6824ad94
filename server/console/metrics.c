#include "metrics.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Exchanges are counted in a hash table of label combinations that only ever grows: a slot is taken
 * once, by a compare-and-swap of its key, and never given back. What a full table cannot take is
 * counted in one sum, so that no exchange goes uncounted. */
#define SLOTS      4096 /* a power of two; a lab of ten nodes fills a tenth of it */
#define PROBES_MAX 64
#define RESULTS    3

struct slot {
    _Atomic uint64_t key; /* 0: free */
    _Atomic uint64_t count;
};

struct metrics {
    const struct config *config;
    _Atomic uint64_t opened[SITE_COUNT];
    _Atomic uint64_t closed[SITE_COUNT];
    _Atomic uint64_t handshakes[SITE_COUNT][RESULTS];
    _Atomic uint64_t reasons[REASON_COUNT + 1];
    _Atomic uint64_t uncountable;
    struct slot slot[SLOTS];
};

static void add_one(_Atomic uint64_t *to)
{
    atomic_fetch_add_explicit(to, 1, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

enum err metrics_new(const struct config *c, struct metrics **ret)
{
    struct metrics *m = calloc(1, sizeof *m);

    if (m == NULL)
        return ERR_NOMEM;
    m->config = c;
    *ret = m;
    return ERR_OK;
}

void metrics_free(struct metrics *m)
{
    free(m);
}

/* ---- counting ---- */

/** All labels in one number, which is never 0 and whose order is that of the labels. */
static uint64_t key_of(const struct metrics_exchange *x)
{
    bool is_decided = x->has_reason && x->reason < REASON_DECISIONS;
    uint64_t class = is_decided ? (uint64_t)x->class + 1 : 0;
    uint64_t reason = x->has_reason ? (uint64_t)x->reason : METRICS_NO_REASON;

    return 1ULL << 63 | (uint64_t)x->node << 32 | (uint64_t)x->service << 28 | class << 24 |
           reason << 12 | (x->status & 1023);
}

static size_t first_slot(uint64_t key)
{
    return (size_t)((key * 0x9E3779B97F4A7C15ULL) >> 40) & (SLOTS - 1);
}

/** The slot of this key, taken for it when it has none yet; NULL when there is no room. */
static struct slot *find_slot(struct metrics *m, uint64_t key)
{
    size_t at = first_slot(key);

    for (size_t i = 0; i < PROBES_MAX; i++) {
        struct slot *s = &m->slot[(at + i) & (SLOTS - 1)];
        uint64_t found = get(&s->key);
        if (found == 0 && atomic_compare_exchange_strong(&s->key, &found, key))
            return s;
        if (found == key)
            return s;
    }
    return NULL;
}

void metrics_count_exchange(struct metrics *m, const struct metrics_exchange *x)
{
    struct slot *s = find_slot(m, key_of(x));

    add_one(s == NULL ? &m->uncountable : &s->count);
    add_one(&m->reasons[x->has_reason ? (size_t)x->reason : METRICS_NO_REASON]);
}

void metrics_count_connection(struct metrics *m, enum site site, bool is_open)
{
    add_one(is_open ? &m->opened[site] : &m->closed[site]);
}

void metrics_count_handshake(struct metrics *m, enum site site, enum tls_result result)
{
    add_one(&m->handshakes[site][result]);
}

void metrics_reasons(const struct metrics *m, uint64_t ret[REASON_COUNT + 1])
{
    for (size_t i = 0; i <= REASON_COUNT; i++)
        ret[i] = get(&m->reasons[i]);
}

/* ---- printing ---- */

static void print_head(struct buf *to, const char *name, const char *type, const char *help)
{
    (void)buf_printf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/** A family of one sample without labels. */
static void print_one(struct buf *to, const char *name, const char *type, const char *help,
                      uint64_t value)
{
    print_head(to, name, type, help);
    (void)buf_printf(to, "%s %llu\n", name, (unsigned long long)value);
}

/** A combination of labels that has come up, as of now. */
struct sample {
    uint64_t key;
    uint64_t count;
};

static int compare_samples(const void *a, const void *b)
{
    const struct sample *x = a;
    const struct sample *y = b;

    return x->key < y->key ? -1 : x->key > y->key ? 1 : 0;
}

static void print_sample(const struct metrics *m, const struct sample *s, struct buf *to)
{
    size_t class = s->key >> 24 & 15;
    size_t reason = s->key >> 12 & 4095;

    (void)buf_printf(to,
                     "cuicsim_exchanges_total{node=\"%s\",service=\"%s\",class=\"%s\","
                     "reason=\"%s\",status=\"%u\"} %llu\n",
                     m->config->nodes[s->key >> 32 & 0x7FFFFFFF].name,
                     service_name((enum service)(s->key >> 28 & 15)),
                     class == 0 ? "" : cors_class_name((enum cors_class)(class - 1)),
                     reason == METRICS_NO_REASON ? "" : reason_get((enum cors_reason)reason)->code,
                     (unsigned)(s->key & 1023), (unsigned long long)s->count);
}

/* Node names are letters, digits, '-', '_' and what stands in host names: nothing to escape. */
static void print_exchanges(const struct metrics *m, struct buf *to)
{
    struct sample samples[SLOTS];
    size_t n = 0;

    for (size_t i = 0; i < SLOTS; i++) {
        struct sample s = {get(&m->slot[i].key), get(&m->slot[i].count)};
        if (s.count != 0)
            samples[n++] = s;
    }
    if (n > 1)
        qsort(samples, n, sizeof samples[0], compare_samples);
    print_head(to, "cuicsim_exchanges_total", "counter",
               "Answered requests; class is empty where no CORS filter was asked.");
    for (size_t i = 0; i < n; i++)
        print_sample(m, &samples[i], to);
    print_one(to, "cuicsim_exchanges_unlabelled_total", "counter",
              "Answered requests for whose labels there was no room.", get(&m->uncountable));
}

static bool is_served(const struct metrics *m, enum site site)
{
    for (size_t i = 0; i < m->config->n_endpoints; i++)
        if (m->config->endpoints[i].site == site)
            return true;
    return false;
}

static void print_connections(const struct metrics *m, struct buf *to)
{
    print_head(to, "cuicsim_connections", "gauge", "Open connections, handshakes included.");
    for (int s = 0; s < SITE_COUNT; s++)
        if (is_served(m, (enum site)s)) {
            /* The closed ones first: a connection that comes and goes between the two readings
             * must not make the difference negative. */
            uint64_t closed = get(&m->closed[s]);
            (void)buf_printf(to, "cuicsim_connections{site=\"%s\"} %llu\n", site_name((enum site)s),
                             (unsigned long long)(get(&m->opened[s]) - closed));
        }
    print_head(to, "cuicsim_connections_total", "counter", "Accepted connections.");
    for (int s = 0; s < SITE_COUNT; s++)
        if (is_served(m, (enum site)s))
            (void)buf_printf(to, "cuicsim_connections_total{site=\"%s\"} %llu\n",
                             site_name((enum site)s), (unsigned long long)get(&m->opened[s]));
}

static void print_handshakes(const struct metrics *m, struct buf *to)
{
    static const char *const result[RESULTS] = {"full", "resumed", "failed"};

    print_head(to, "cuicsim_tls_handshakes_total", "counter",
               "TLS handshakes by how they ended; a failed one is counted when its connection "
               "closes.");
    for (int s = 0; s < SITE_COUNT; s++)
        for (size_t r = 0; r < RESULTS && is_served(m, (enum site)s); r++)
            (void)buf_printf(to, "cuicsim_tls_handshakes_total{site=\"%s\",result=\"%s\"} %llu\n",
                             site_name((enum site)s), result[r],
                             (unsigned long long)get(&m->handshakes[s][r]));
}

static void print_trace(const struct metrics_gauges *g, struct buf *to)
{
    if (!g->has_trace)
        return;
    print_one(to, "cuicsim_trace_queue_length", "gauge",
              "Exchanges that wait to be written to trace.db.", g->trace_queued);
    print_one(to, "cuicsim_trace_queue_capacity", "gauge",
              "Exchanges for which the queue has room.", g->trace_room);
    print_one(to, "cuicsim_trace_written_total", "counter", "Exchanges written to trace.db.",
              g->trace_written);
    print_one(to, "cuicsim_trace_dropped_total", "counter",
              "Exchanges that were not recorded: the queue was full, or trace.db could not be "
              "written.",
              g->trace_dropped);
}

static void print_policies(const struct metrics_gauges *g, struct buf *to)
{
    print_one(to, "cuicsim_policy_swaps_total", "counter",
              "How often changed settings were taken over from the store.", g->policy_swaps);
    if (g->has_policies)
        print_one(to, "cuicsim_policy_revision", "gauge",
                  "Revision of the store by which requests are decided.", (uint64_t)g->revision);
}

static void print_clients(const struct metrics_gauges *g, struct buf *to)
{
    print_head(to, "cuicsim_socketio_clients", "gauge", "Socket.IO sessions by their transport.");
    (void)buf_printf(to, "cuicsim_socketio_clients{transport=\"polling\"} %zu\n",
                     g->socketio_polling);
    (void)buf_printf(to, "cuicsim_socketio_clients{transport=\"websocket\"} %zu\n",
                     g->socketio_websocket);
    print_one(to, "cuicsim_console_streams", "gauge", "Consoles that follow the exchanges.",
              g->console_streams);
}

void metrics_print(const struct metrics *m, const struct metrics_gauges *g, struct buf *to)
{
    print_head(to, "cuicsim_build_info", "gauge", "Always 1; the version is in the label.");
    (void)buf_printf(to, "cuicsim_build_info{version=\"%s\"} 1\n", CUICSIM_VERSION);
    print_head(to, "process_start_time_seconds", "gauge", "Start of the server since 1970.");
    (void)buf_printf(to, "process_start_time_seconds %lld.%03lld\n",
                     (long long)(g->started_ms / 1000), (long long)(g->started_ms % 1000));
    print_exchanges(m, to);
    print_connections(m, to);
    print_handshakes(m, to);
    print_trace(g, to);
    print_policies(g, to);
    print_clients(g, to);
}
