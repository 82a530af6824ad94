#ifndef CUICSIM_SERVER_CERT_H
#define CUICSIM_SERVER_CERT_H

#include <gnutls/abstract.h>

#include "base/diag.h"
#include "base/err.h"

#define CERT_CHAIN_MAX 8

/** One node's certificate chain and private key. */
struct cert {
    gnutls_pcert_st chain[CERT_CHAIN_MAX];
    unsigned n_chain;
    gnutls_privkey_t key;
};

/** Read and check FOLDER/HOSTNAME.crt and FOLDER/HOSTNAME.key.
 * @param ret  zeroed storage; cert_clear frees what it holds, on failure too
 * @return ERR_OK, ERR_TLS */
enum err cert_load(const char *folder, const char *hostname, struct cert *ret, struct diag *why);
void cert_clear(struct cert *c);

#endif
