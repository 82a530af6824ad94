#ifndef CUICSIM_TESTS_HTTP_CONSOLE_H
#define CUICSIM_TESTS_HTTP_CONSOLE_H

#include <jansson.h>

#include "common.h"

/** Clients of the console for its suites. The lab's first address is the console's, then CUIC's,
 *  then Live Data's. */

#define CONSOLE_LINES                                                                              \
    "listen console { addresses = {\"127.0.0.1:0\"} }\n"                                           \
    "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"                                              \
    "listen live-data { addresses = {\"127.0.0.1:0\"} }\n"
#define WRITABLE       "console_write = yes\n"
#define CONSOLE_PATH   512
#define CONSOLE_ORIGIN 64

/** The article's lab with a console. `extra` ends with a line end, or is "". */
void console_start(struct lab *l, const char *extra);

/** One request on a connection of its own, with "Host: localhost:PORT". `lines` are more fields,
 *  each with CR LF; body NULL for none. */
struct wire_response console_ask(const struct lab *l, const char *method, const char *path,
                                 const char *lines, const char *body);

/** GET; the answer must be 200 and JSON. json_decref it. */
json_t *console_json(const struct lab *l, const char *path);

/** GET; the answer must be 200. free() it. */
char *console_text(const struct lab *l, const char *path);

/** "https://localhost:PORT" */
const char *console_origin(const struct lab *l);

/** POST /api/change with the lab's token, from the console's own page. `ret` may be NULL; else
 *  json_decref it. @return the status */
unsigned console_change(const struct lab *l, const char *order, json_t **ret);

/** One preflight or request of a gadget to a node, on a connection of its own. `lines` as above. */
unsigned gadget(const struct lab *l, const char *host, const char *method, const char *path,
                const char *lines);

/** What a path of JSON members leads to: "nodes.0.name"; NULL when there is none. */
json_t *json_at(json_t *from, const char *path);

/** The text that it leads to; "(none)" when it leads to none. */
const char *text_at(json_t *from, const char *path);

/* ---- the stream ---- */

struct events;

/** Open /api/events. `lines` are more fields. */
struct events *events_open(const struct lab *l, const char *lines);
void events_close(struct events *e);

/** The next event: its name, and its data to be json_decref'd. Comments are passed over. Aborts the
 *  test at the stream's end. */
const char *events_next(struct events *e, json_t **ret);

/** The id of the last event that had one. */
const char *events_id(const struct events *e);

/** Skip events until one of this name comes. */
json_t *events_await(struct events *e, const char *name);

/** Skip to the exchange with this target; aborts the test when the stream ends before. */
json_t *events_await_target(struct events *e, const char *target);

/** Did the stream end by itself, as it should when the server stops? Reads until then. */
bool events_ended_well(struct events *e);

struct wire *events_wire(struct events *e);

#endif
