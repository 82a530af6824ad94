#ifndef CUICSIM_PAGE_H
#define CUICSIM_PAGE_H

#include <stddef.h>

#include "base/text.h"
#include "reason.h"

#define PAGE_MAX           4096 /* bytes of a page, with the terminator */
#define PAGE_REFUSAL_BYTES 2143 /* content-length of the captured 403 */

/** The page of a refusal: valid HTML of our own words, always PAGE_REFUSAL_BYTES long.
 * @param culprit  untrusted text, shown escaped and shortened; `at` NULL for none
 * @return the page, within `to`
 * UNVERIFIED: the product's own text; only its length and type are captured */
struct slice page_refusal(enum cors_reason reason, struct slice culprit, char to[PAGE_MAX]);

/** The page of any other error: "404 Not Found" and the detail, which may be NULL. */
struct slice page_error(unsigned status, const char *detail, char to[PAGE_MAX]);

/** What `/cuic/` shows: that this is a simulation, and of which node. */
struct slice page_home(const char *node, char to[PAGE_MAX]);

/** Where a browser is sent to accept a node's certificate before a gadget needs it. */
struct slice page_security(const char *node, char to[PAGE_MAX]);

/** The reason phrase of the statuses that the simulator sends, "" for others. */
const char *page_status_text(unsigned status);

#endif
