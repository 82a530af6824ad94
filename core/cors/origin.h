#ifndef CUICSIM_ORIGIN_H
#define CUICSIM_ORIGIN_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"
#include "host.h"

#define ORIGIN_MAX 267 /* bytes: "https://", the longest host, ":65535" */

/** One entry of an allowed-origin list, taken apart. `text` is the entry as it was typed: the
 *  filter compares that, byte by byte, and never the parts. */
struct origin {
    char text[ORIGIN_MAX + 1];
    bool is_https;
    char host[HOST_MAX + 1]; /* as typed; an IPv6 literal with its brackets */
    unsigned port;           /* as written, or the scheme's default */
    bool has_port;           /* a port was written */
};

enum origin_mode {
    ORIGIN_LAX,   /* whatever fits http[s]://<hostname>[:port] is kept as typed */
    ORIGIN_STRICT /* only the form a browser sends: lower case, no default port written out */
};

/** Parse one allowed-origin entry, `http[s]://<hostname>[:port]` and nothing else.
 * @param why  set on failure: offset of the first offending byte, and what to write instead
 * @return ERR_OK, ERR_SYNTAX, ERR_LIMIT (longer than ORIGIN_MAX)
 * @source the syntax of `utils cuic cors allowed_origin add`; RFC 6454 section 6.2 for the strict
 *         form. UNVERIFIED: which of the lax spellings the product's shell itself refuses */
enum err origin_parse(struct slice text, enum origin_mode mode, struct origin *ret_o,
                      struct diag *why);

/** Would the filter take this Origin field value (trimmed) for an origin at all? `null` and
 *  `file://` are taken; a value with '%', without scheme, or with bytes no URI holds is not.
 * @source Tomcat RequestUtil/CorsFilter isValidOrigin, as recorded in tests/data/oracle-cases */
bool origin_is_wellformed(struct slice value);

/** Is this Origin that of the request itself? Exact and case-sensitive: scheme "://" host, where
 *  the default port may be written or left out.
 * @param host  the Host field as sent, with its port if it has one; `at` NULL gives false
 * @source Tomcat RequestUtil.isSameOrigin */
bool origin_is_same(struct slice value, bool is_https, struct slice host);

#endif
