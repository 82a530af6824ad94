#ifndef CUICSIM_SERVER_HTTPD_H
#define CUICSIM_SERVER_HTTPD_H

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"
#include "policies.h"
#include "tls.h"
#include "trace/recorder.h"

/** The listeners, one for each address. */
struct httpd;

/** Bind every address of the sites that this version serves: what can fail, before anything else
 *  is touched. Nothing is answered yet.
 * @return ERR_OK, ERR_EXISTS (address in use), ERR_IO, ERR_NOMEM, ERR_LIMIT; freed by httpd_stop */
enum err httpd_bind(const struct config *c, struct httpd **ret, struct diag *why);

/** Start answering at all addresses.
 * @param tls, policies, recorder  used until httpd_stop has returned
 * @return ERR_OK, ERR_IO; call httpd_stop in either case */
enum err httpd_start(struct httpd *h, struct tls *tls, struct policies *policies,
                     struct recorder *recorder, struct diag *why);

/** Print "listening SITE ADDRESS:PORT" for each address, the real port where 0 was asked. */
void httpd_print_addresses(const struct httpd *h);

/** Accept nothing new, let the answers that have begun end (at most `drain_ms`), close the rest and
 *  free `h`, which may be NULL. */
void httpd_stop(struct httpd *h, unsigned drain_ms);

#endif
