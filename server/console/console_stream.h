#ifndef CUICSIM_SERVER_CONSOLE_STREAM_H
#define CUICSIM_SERVER_CONSOLE_STREAM_H

#include "console_inside.h"

/** A stream: what its client has seen already, and the event that is being sent. There is no queue:
 *  whoever reads slowly is told later, and what is gone by then is told as a gap. */
struct console_stream {
    struct console *console;
    struct MHD_Connection *connection;
    struct console_stream *next;
    bool is_parked; /* suspended: console_streams_wake resumes it. With the console's lock */
    uint64_t news;  /* as of the console's when it was parked */

    /* of the connection's own thread */
    bool is_greeted;
    uint64_t seen; /* number of the last exchange, as recorder_since counts */
    uint64_t seen_state;
    uint64_t seen_buckets;
    long long sent_ms; /* of the monotonic clock */
    struct buf event;
    size_t sent; /* bytes of `event` */
};

/** Resume those for whom there is something: news, or nothing for too long. With the console's lock
 * held. */
void console_streams_wake(struct console *c);

#endif
