#ifndef CUICSIM_SERVER_TLS_H
#define CUICSIM_SERVER_TLS_H

#include <gnutls/abstract.h>

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"
#include "policies.h"
#include "trace/recorder.h"

/** What the server offers: TLS 1.2 and 1.3, AES-128-GCM first (a resumed handshake costs a third
 *  less than with SHA-384). Groups are restricted and ordered because %SERVER_PRECEDENCE applies to
 *  them too and would otherwise cost X25519 clients a HelloRetryRequest. */
#define TLS_PRIORITIES                                                                             \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:"            \
    "+CHACHA20-POLY1305:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:"               \
    "%SERVER_PRECEDENCE"

/** Certificates and keys of all nodes, read at one moment. Shared by threads, counted. */
struct cert_set;

/** The certificates in use, and the key of session tickets. */
struct tls;

/** One connection's part of it. */
struct tls_connection;

/** What is counted of the handshakes. */
enum tls_result { TLS_FULL, TLS_RESUMED, TLS_FAILED };
typedef void tls_counter(void *arg, enum site site, enum tls_result result);

/** Read HOSTNAME.crt and HOSTNAME.key of every node, and of every name of the console, from
 *  cert_dir and check them: readable, not expired or future, of this hostname, key matching.
 * @return ERR_OK, ERR_TLS, ERR_NOMEM; `why` names file and remedy */
enum err tls_new(const struct config *c, struct tls **ret, struct diag *why);
void tls_free(struct tls *t); /* accepts NULL; no connection may be open */

/** Where to look whether a node's proxy runs, from now on, and who records the connections that are
 *  reset; both must outlive all connections. */
void tls_watch(struct tls *t, struct policies *policies, struct recorder *recorder);

/** Whom to tell how each handshake ended, from now on; called by any thread. */
void tls_count(struct tls *t, tls_counter *counter, void *arg);

/** Read all certificates again. New handshakes use them; open connections are not touched. On
 *  failure the old ones stay. */
enum err tls_reload(struct tls *t, struct diag *why);

/** A connection to a site begins: session tickets on, certificates chosen from the present set.
 * @return for tls_end_connection; NULL when memory is short: then the handshake will fail */
struct tls_connection *tls_begin_connection(struct tls *t, gnutls_session_t session,
                                            enum site site);
void tls_end_connection(struct tls_connection *c); /* accepts NULL */

/** GnuTLS asks which certificate to show: the node that SNI names, else the first. A node whose web
 *  proxy does not run has nobody who listens: the connection is reset. At the console, the name of
 *  its own that SNI names, else the first node's, which is good for localhost as well. */
int tls_pick_certificate(gnutls_session_t session, const gnutls_datum_t *req_ca, int n_req_ca,
                         const gnutls_pk_algorithm_t *algorithms, int n_algorithms,
                         gnutls_pcert_st **ret_chain, unsigned *ret_n, gnutls_privkey_t *ret_key);

#endif
