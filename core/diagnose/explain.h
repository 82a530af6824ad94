#ifndef CUICSIM_EXPLAIN_H
#define CUICSIM_EXPLAIN_H

#include "console_text.h"
#include "diagnose.h"

/** Which node and service of the lab a URL is about. */
struct place {
    bool is_known; /* the host is a node's name, or this machine, where the first node answers */
    bool is_address;
    size_t node;
    enum service service;
    struct slice host; /* with its port */
    struct slice path;
};

/** @param url  as a browser prints it */
void explain_place(const struct config *c, struct slice url, struct place *ret);

/** The place of a message: of its URL, or of the one that redirected there. */
void explain_console_place(const struct config *c, const struct console_line *line,
                           struct place *ret);

/** What a message says beside the request: for diagnose.
 * @param running  of the service that it is about */
struct seen explain_seen(const struct console_line *line, const struct policy *running);

#define CONSOLE_CODE_MAX 64
/** The name of the error: Chromium's own has "Preflight" in it when it was the preflight's answer.
 *  Returns `to`. */
char *explain_console_code(const struct console_line *line, char to[CONSOLE_CODE_MAX]);

#endif
