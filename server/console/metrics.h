#ifndef CUICSIM_SERVER_METRICS_H
#define CUICSIM_SERVER_METRICS_H

#include <stdint.h>

#include "base/buf.h"
#include "config/config.h"
#include "cors/decide.h"
#include "tls.h"

/** What is counted while the server runs. Counting takes no lock: a few relaxed atomic additions,
 *  by any thread. */
struct metrics;

/** One answered request. */
struct metrics_exchange {
    size_t node; /* index in the configuration, of either product */
    enum service service;
    bool has_reason;       /* `reason` means something: the filter's, or why it was not asked */
    enum cors_class class; /* of a reason that is a decision */
    enum cors_reason reason;
    unsigned status; /* below 1024 */
};

/** @return ERR_OK, ERR_NOMEM */
enum err metrics_new(const struct config *c, struct metrics **ret);
void metrics_free(struct metrics *m); /* accepts NULL */

void metrics_count_exchange(struct metrics *m, const struct metrics_exchange *x);
void metrics_count_connection(struct metrics *m, enum site site, bool is_open);
void metrics_count_handshake(struct metrics *m, enum site site, enum tls_result result);

#define METRICS_NO_REASON REASON_COUNT /* index of what has none */

/** How many exchanges there were by reason so far. */
void metrics_reasons(const struct metrics *m, uint64_t ret[REASON_COUNT + 1]);

/** What others know when the metrics are asked for. */
struct metrics_gauges {
    int64_t started_ms; /* since 1970 */
    bool has_policies;
    int64_t revision; /* of the policies in use */
    uint64_t policy_swaps;
    bool has_trace;
    uint64_t trace_queued, trace_room, trace_written, trace_dropped;
    size_t socketio_polling, socketio_websocket;
    size_t console_streams;
};

/** All of it in Prometheus' text format 0.0.4, appended. */
void metrics_print(const struct metrics *m, const struct metrics_gauges *g, struct buf *to);

#endif
