#ifndef CUICSIM_TESTS_HTTP_COMMON_H
#define CUICSIM_TESTS_HTTP_COMMON_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

#include "../support/lab.h" /* core has another lab.h */
#include "wire.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define TIMEOUT_S 300 /* of one test; the longest takes a minute, a busy machine four */

#define PUB          "cuicpub.uccelab.tac"
#define SUB          "cuicsub.uccelab.tac"
#define LISTED       "https://finesses.uccelab.tac:8445" /* in the article's lists of both nodes */
#define PUB_ONLY     "https://finessep.uccelab.tac:8445" /* the one that the subscriber's lacks */
#define CORS_SERVICE "Intelligence Center Reporting Service"

/** A whole preflight from an origin, as text. */
#define PREFLIGHT_LINES(origin) "Origin: " origin "\r\nAccess-Control-Request-Method: GET\r\n"
#define PREFLIGHT(host, origin)                                                                    \
    "OPTIONS /cuic/ HTTP/1.1\r\nHost: " host "\r\n" PREFLIGHT_LINES(origin) "\r\n"

/** Tag of the cases that take long: `make check` runs them beside the others. */
#define LONG "long"

/** A test case with the suite's timeout. */
TCase *new_case(Suite *s, const char *name);

/** A lab in the article's state, with a running server. */
void start_article(struct lab *l, const char *extra);

/** Preflight for GET on a connection that is kept: the status, 0 when it was closed. What is no
 *  plain 200 with the origin echoed, nor a plain 403 without CORS headers, aborts the test, except
 *  502 and 503. */
unsigned preflight(struct wire *w, const char *host, const char *origin);

/** The same to the lab's first address, on a connection of its own. */
unsigned preflight_once(const struct lab *l, const char *host, const char *origin);

/** Send a text and read the answer, on a connection of its own with SNI `PUB`. */
struct wire_response ask_once(const struct lab *l, const char *text);

/** Has the server's log this text by now? Waits for it. */
void wait_for_log(struct lab *l, const char *text);

/** Run a program of the system (found in $PATH), which must succeed; its output is dropped. */
void run_tool(const char *const *argv);

/** Can a program of ours run as nobody? Says so if not (a build below a closed home folder). Always
 *  when the test does not run as root. */
bool can_be_unprivileged(void);

/** Copy a file; it is then the lab's own, as all it writes. */
void copy_file(const char *from, const char *to);

/** Copy the test certificates into the lab's folder "certs". */
void copy_certs(const struct lab *l);

/** Names, modes, sizes and contents of all files below a folder, as text; free() it. */
char *folder_text(const char *path);

#endif
