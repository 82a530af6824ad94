#ifndef CUICSIM_TESTS_HTTP_CUIC_H
#define CUICSIM_TESTS_HTTP_CUIC_H

#include <jansson.h>

#include "live.h"

/** Clients of the CUIC site for its suites. The lab's first address is CUIC's, which has Live
 * Data's paths as well. */

#define CUIC_AGENTS  "99E6C8E210000141000000D80A0006C4" /* Live Data */
#define CUIC_HISTORY "BD9A8B7DBE714E7EB758A9D472F0E7DC" /* historical */
#define CUIC_QUEUES  "B71A630C10000144000002480A0007C5" /* Live Data */
#define CUIC_TEAMS   "C01C51A5000001410000000F5EA70001" /* its permalink needs no login */

#define CUIC_REST    "/cuic/rest/en_US/"
#define CUIC_START   CUIC_REST "reports/execute/newRest/"
#define CUIC_INITIAL CUIC_REST "initialData/?repType=REALTIMESTREAM"
#define OTHER_BASIC  "Authorization: Basic YWdlbnQxMDAyOng=\r\n" /* agent1002:x */
#define WRONG_BASIC  "Authorization: Basic bm9ib2R5Ong=\r\n"     /* nobody:x */
#define UNLISTED     "Origin: https://x.example\r\n"

/** The article's lab with 40 agents. */
void cuic_start(struct lab *l, const char *extra);

/** One call as agent1001, whose answer must be 200 and JSON; json_decref() it. */
json_t *cuic_call(struct wire *w, const char *method, const char *path, const char *body);

/** The rows of a report: by a stream's first call, or by execution and polls. `filter` is a key and
 *  a value, or NULL. json_decref() it. */
json_t *cuic_initial(struct wire *w, const char *report, const char *key, const char *value);
json_t *cuic_execute(struct wire *w, const char *report, const char *key, const char *value);

/** Begin an execution; the id of its data set. */
void cuic_begin(struct wire *w, const char *report, char id[64]);

/** The value of a cookie that an answer sets; "" for none. */
const char *cuic_cookie(const struct wire_response *r, const char *name, char to[64]);

#endif
