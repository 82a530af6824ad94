#ifndef CUICSIM_TESTS_HTTP_DESKTOP_H
#define CUICSIM_TESTS_HTTP_DESKTOP_H

#include <jansson.h>

#include "common.h"

/** Clients of the Finesse site for its suites. The lab's first address is Finesse's, the second
 *  CUIC's; gadgets are in "gadgets" of the lab's folder, the layout is "layout.xml". */

#define FIN         "finessep.uccelab.tac"
#define FIN2        "finesses.uccelab.tac"
#define FIN_TOMCAT  "Cisco Finesse Tomcat"
#define FIN_FILES   "/3rdpartygadget/files/"
#define FIN_SESSION "/desktop/sim/session"
#define FIN_BASIC   "Authorization: Basic MTAwMjp4\r\n" /* 1002:x */
#define FIN_JSON    "Accept: application/json\r\n"
#define FIN_BAD     "Authorization: Basic bm9ib2R5Ong=\r\n" /* nobody:x */
#define FIN_XHR     "Sec-Fetch-Mode: cors\r\n"

/** A whole gadget around a piece of HTML. */
#define FIN_GADGET(html)                                                                           \
    "<?xml version=\"1.0\"?><Module><ModulePrefs title=\"T\"/><Content "                           \
    "type=\"html\"><![CDATA[" html "]]></Content></Module>"

/** The article's lab with 40 agents, Finesse, CUIC, and an empty layout. */
void desktop_start(struct lab *l, const char *extra);

/** Write a file of the lab's folder; folders are made. */
void desktop_put(const struct lab *l, const char *name, const char *text);

/** A layout whose agents and supervisors have these gadgets in one tab: XML. */
void desktop_layout(const struct lab *l, const char *gadgets);

/** A connection to the first node. */
struct wire *desktop_open(const struct lab *l);

/** One request on it. `lines` as in ws_ask; body NULL for none. */
struct wire_response desktop_ask(struct wire *w, const char *method, const char *path,
                                 const char *lines, const char *body);

/** The same as a whole test: aborts unless the status is right and the body has the part. */
void desktop_expect(struct wire *w, const char *method, const char *path, const char *lines,
                    const char *body, unsigned status, const char *part);

/** JSON of an answer that must be 200; json_decref() it. */
json_t *desktop_json(struct wire *w, const char *path, const char *lines);

/** Sign in as an agent's id; the line "Cookie: ...\r\n". */
#define COOKIE_LINE 128
const char *desktop_sign_in(struct wire *w, const char *id, char line[COOKIE_LINE]);

/** Ask for agent 1002 to be NOT_READY, and wait for the end of a call that he has: from then on his
 *  state changes by what is asked for alone, however late it is in the simulated contact centre.
 *  `as`: his login, as a line. A call lasts minutes: cases that use it need CALLS_TIMEOUT_S. */
void desktop_take_away(struct wire *w, const char *as);

/** Poll until he is NOT_READY; aborts the test when neither he is nor a call keeps him from it. */
void desktop_await_away(struct wire *w, const char *as);

#define CALLS_TIMEOUT_S 900 /* of a test that may have to wait for the end of calls */

/** The page of a gadget's frame, for a URL as it stands in the layout. */
struct wire_response desktop_frame(struct wire *w, const char *cookie, const char *url);

#endif
