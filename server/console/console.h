#ifndef CUICSIM_SERVER_CONSOLE_H
#define CUICSIM_SERVER_CONSOLE_H

#include <microhttpd.h>

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"
#include "live/live.h"
#include "metrics.h"
#include "policies.h"
#include "trace/recorder.h"

/** What the console's pages share: its token, the counts of the last minutes, and the streams of
 *  those who follow the exchanges. */
struct console;

/** What the console shows. All of it outlives the console. */
struct console_sources {
    const struct config *config;
    struct policies *policies;
    struct live *live;
    struct recorder *recorder;
    struct metrics *metrics;
};

/** @return ERR_OK, ERR_IO (no thread, no random bytes), ERR_NOMEM */
enum err console_new(const struct console_sources *from, struct console **ret, struct diag *why);

/** Take no new stream and end all. When it returns, none is suspended, or will be. */
void console_stop(struct console *c);
void console_free(struct console *c); /* after console_stop; accepts NULL */

/** What a changing request has to show; NULL when the console is read-only. */
const char *console_token(const struct console *c);

/* ---- streams: Server-Sent Events ---- */

/** One answer that goes on as long as its client listens. */
struct console_stream;

/** Its next bytes, as MHD's content reader; and its end, which frees it. The connection must be
 *  known before the first call. */
ssize_t console_stream_read(void *stream, uint64_t position, char *to, size_t max);
void console_stream_end(void *stream);
void console_stream_begin(struct console_stream *s, struct MHD_Connection *connection);

#endif
