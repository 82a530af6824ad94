#ifndef CUICSIM_FORM_H
#define CUICSIM_FORM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/** Text within URLs and forms, and within HTML and XML. Pure. */

/** The value of a field of an application/x-www-form-urlencoded body, decoded; the first of that
 *  name.
 * @param to  gets it; its maximum is the longest value that is taken
 * @return false when there is no such field, or it is malformed, too long, or holds a NUL */
bool form_find(struct slice body, const char *name, struct buf *to);

/** Append what is percent-encoded, decoded: a URL's path, where '+' is itself.
 * @return false when it is malformed, too long, or holds a NUL */
bool form_decode(struct slice text, struct buf *to);

/** Append percent-encoded, so that it may stand in a query. @source RFC 3986 section 2.3 */
enum err form_encode(struct buf *to, struct slice text);

/** What a character is written as in HTML and XML text and attributes; NULL: as itself. */
const char *form_entity(char c);

/** Append escaped for HTML and XML text and attributes. Control characters that XML does not allow
 *  become '?'. */
enum err form_escape(struct buf *to, struct slice text);

/** Append a text with each "{{NAME}}" replaced by the value of that name; what is none of the names
 *  stays as it is. */
struct form_value {
    const char *name;
    struct slice value; /* put in as it is */
};
enum err form_fill(struct buf *to, struct slice text, const struct form_value *values, size_t n);

#endif
