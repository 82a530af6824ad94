#ifndef CUICSIM_TESTS_HTTP_LIVE_H
#define CUICSIM_TESTS_HTTP_LIVE_H

#include "common.h"
#include "ws.h"

/** Clients of Live Data for its suites. The lab's first address is Live Data's, the second CUIC's.
 */

#define LIVE_LINES                                                                                 \
    "listen live-data { addresses = {\"127.0.0.1:0\"} }\n"                                         \
    "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"
#define LIVE_ORIGIN "Origin: " LISTED "\r\n"
#define BASIC       "Authorization: Basic YWdlbnQxMDAxOng=\r\n" /* agent1001:x */
#define EIO         "/socket.io/?EIO=3"
#define SID_MAX     32

/** The article's lab with Live Data. `extra` ends with a line end, or is "". */
void live_start(struct lab *l, const char *extra);

/** One request on a kept connection. `lines` as in ws_ask; body NULL for none. */
struct wire_response live_ask(struct wire *w, const char *method, const char *path,
                              const char *lines, const char *body);

/** The same on a connection of its own; the status alone. */
unsigned live_status(const struct lab *l, const char *method, const char *path, const char *lines,
                     const char *body);

/** A fresh token of node `host`. */
const char *live_token(const struct lab *l, const char *host, char to[64]);

/** A session by polling: connects and checks the handshake. */
struct wire *live_poll(const struct lab *l, char sid[SID_MAX]);

/** Poll, and give the payload; aborts unless it is 200. free() it. */
char *live_get(struct wire *w, const char *sid);
void live_send_get(struct wire *w, const char *sid);
char *live_read_get(struct wire *w);

/** Post a payload; the status. */
unsigned live_post(struct wire *w, const char *sid, const char *payload);

/** Take the first packet off a payload (ASCII). NULL at its end. free() it. */
char *live_next(const char **payload);

/** A session by WebSocket: connects and reads both greetings. */
struct wire *live_ws(const struct lab *l);

/** Subscribe by WebSocket and read the confirmation. */
void live_ws_subscribe(struct wire *w, const char *topic);

/** The next message of a topic, as text; free() it. */
char *live_ws_message(struct wire *w);

#endif
