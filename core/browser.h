#ifndef CUICSIM_BROWSER_H
#define CUICSIM_BROWSER_H

#include "base/buf.h"
#include "base/diag.h"
#include "config/config.h"

/** How a browser that maps names itself finds the lab at the product's addresses. */

/** Append Chromium's rules for --host-resolver-rules, "MAP cuicpub.uccelab.tac:443 127.0.0.1:8444,
 *  MAP ...": the product's ports to where their site listens, all other ports of the lab's names to
 *  the same port there. The first rule that fits counts.
 * @param address  where the lab is, as the browser's machine names it; NULL: where it listens, the
 *                 loopback for a wildcard
 * @param why      set on ERR_LIMIT
 * @return ERR_OK, ERR_LIMIT (a site listens at port 0, which says nothing), ERR_NOMEM
 * @source Chromium, net/base/host_mapping_rules.h */
enum err browser_rules(const struct config *c, const char *address, struct buf *to,
                       struct diag *why);

/** Append what to open first: the desktop where the lab has one, else CUIC, at the port that the
 *  product uses. */
void browser_start_url(const struct config *c, struct buf *to);

#endif
