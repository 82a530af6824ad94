#include "pin.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define HASH_BYTES 32
#define FILE_MAX   (64U << 10) /* bytes of a certificate's file */

static enum err fail(struct diag *why, const char *path, const char *text)
{
    diag_set(why, 0, "%s: %s; `make certs` makes the certificates", path, text);
    return ERR_TLS;
}

static enum err read_file(const char *path, char *to, size_t *ret_n, struct diag *why)
{
    FILE *f = fopen(path, "rb");

    if (f == NULL) {
        (void)fail(why, path, strerror(errno));
        return ERR_IO;
    }
    *ret_n = fread(to, 1, FILE_MAX, f);
    bool is_read = ferror(f) == 0 && *ret_n < FILE_MAX;
    (void)fclose(f);
    return is_read ? ERR_OK : fail(why, path, "no certificate");
}

static enum err hash_key(const char *path, const gnutls_datum_t *pem,
                         unsigned char hash[HASH_BYTES], struct diag *why)
{
    gnutls_x509_crt_t crt = NULL;
    size_t n = HASH_BYTES;

    if (gnutls_x509_crt_init(&crt) != GNUTLS_E_SUCCESS)
        return ERR_NOMEM;
    int rc = gnutls_x509_crt_import(crt, pem, GNUTLS_X509_FMT_PEM);
    if (rc == GNUTLS_E_SUCCESS)
        rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, hash, &n);
    gnutls_x509_crt_deinit(crt);
    return rc == GNUTLS_E_SUCCESS ? ERR_OK : fail(why, path, gnutls_strerror(rc));
}

enum err pin_of_file(const char *path, char ret[PIN_TEXT], struct diag *why)
{
    static char text[FILE_MAX];
    unsigned char hash[HASH_BYTES];
    gnutls_datum_t base64 = {NULL, 0};
    gnutls_datum_t pem = {(unsigned char *)text, 0};
    gnutls_datum_t bytes = {hash, sizeof hash};
    size_t n = 0;

    enum err e = read_file(path, text, &n, why);
    pem.size = (unsigned)n;
    if (e == ERR_OK)
        e = hash_key(path, &pem, hash, why);
    if (e != ERR_OK)
        return e;
    if (gnutls_base64_encode2(&bytes, &base64) != GNUTLS_E_SUCCESS)
        return ERR_NOMEM;
    (void)snprintf(ret, PIN_TEXT, "%.*s", (int)base64.size, (const char *)base64.data);
    gnutls_free(base64.data);
    return ERR_OK;
}

enum err pin_random_name(char ret[PIN_NAME], struct diag *why)
{
    unsigned char bytes[(PIN_NAME - 1) / 2];

    if (gnutls_rnd(GNUTLS_RND_NONCE, bytes, sizeof bytes) != GNUTLS_E_SUCCESS) {
        diag_set(why, 0, "this machine gives no random numbers");
        return ERR_IO;
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
    return ERR_OK;
}
