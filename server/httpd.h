#ifndef CUICSIM_SERVER_HTTPD_H
#define CUICSIM_SERVER_HTTPD_H

#include "base/diag.h"
#include "base/err.h"
#include "config.h"
#include "policies.h"
#include "tls.h"

/** The running listeners, one for each address. */
struct httpd;

/** Bind every address of the sites that this version serves, then start answering on all.
 * @param tls, policies  used until httpd_stop has returned
 * @return ERR_OK, ERR_EXISTS (address in use), ERR_IO, ERR_NOMEM; nothing is left open on failure
 */
enum err httpd_start(const struct config *c, struct tls *tls, struct policies *policies,
                     struct httpd **ret, struct diag *why);

/** Print "listening SITE ADDRESS:PORT" for each address, the real port where 0 was asked. */
void httpd_print_addresses(const struct httpd *h);

/** Accept nothing new, let the answers that have begun end (at most `drain_ms`), close the rest. */
void httpd_stop(struct httpd *h, unsigned drain_ms);

#endif
