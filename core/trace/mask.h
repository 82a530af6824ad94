#ifndef CUICSIM_MASK_H
#define CUICSIM_MASK_H

#include <stdbool.h>

#include "base/buf.h"

/** What is written down about an exchange goes through here first: secrets are replaced by
 *  "[masked ~24]", whose number is their length in bytes, rounded up to a multiple of eight. Names,
 *  schemes and attributes stay, so that one sees what was sent. All functions append to `to`, are
 *  pure otherwise, and take any bytes. A secret that the end of the text cuts off is masked as far
 * as it goes, except user information, which only the '@' behind it tells from a host. */

/** What stands for a secret of n bytes; nothing for an empty one. */
void mask_put(struct buf *to, size_t n);

/** Is this the name of a parameter, cookie or JSON member whose value is a secret? In any case;
 *  percent-encoded as in a query. */
bool mask_is_secret_name(struct slice name);

/** A request target, a URL or an origin: user information before '@', and the values of such names
 *  in the query, the fragment and path parameters (";jsessionid="). */
void mask_url(struct buf *to, struct slice url);

/** A whole head: a request or status line and header lines, each ended by CR LF. */
void mask_head(struct buf *to, struct slice head);

/** A body, whatever it is: JSON (also within JSON strings), form data, XML elements. */
void mask_body(struct buf *to, struct slice body);

#endif
