#include "cert.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define FILE_MAX       65536 /* bytes of a certificate or key file */
#define PATH_MAX_BYTES 4096
#define REMEDY         "; run 'make certs'"

/** One file being read, and where to say that it is not good. */
struct source {
    char path[PATH_MAX_BYTES];
    struct diag *why;
};

static enum err bad(const struct source *s, const char *what)
{
    diag_set(s->why, 0, "%s: %s" REMEDY, s->path, what);
    return ERR_TLS;
}

static enum err bad_gnutls(const struct source *s, const char *what, int rc)
{
    diag_set(s->why, 0, "%s: %s: %s" REMEDY, s->path, what, gnutls_strerror(rc));
    return ERR_TLS;
}

/** Read a whole file into `to`; the result is within it. */
static enum err read_file(const struct source *s, unsigned char to[FILE_MAX], gnutls_datum_t *ret)
{
    int fd = open(s->path, O_RDONLY | O_CLOEXEC);
    size_t n = 0;
    ssize_t got = 0;

    if (fd < 0)
        return bad(s, errno == ENOENT ? "there is no such file" : strerror(errno));
    while (n < FILE_MAX && (got = read(fd, to + n, FILE_MAX - n)) > 0)
        n += (size_t)got;
    int saved = errno;
    (void)close(fd);
    if (got < 0)
        return bad(s, strerror(saved));
    if (n == FILE_MAX)
        return bad(s, "too large for a certificate or key");
    *ret = (gnutls_datum_t){to, (unsigned)n};
    return ERR_OK;
}

static enum err check_dates(const struct source *s, gnutls_x509_crt_t crt)
{
    time_t now = clock_now();
    char date[CLOCK_HTTP_DATE];
    char what[80];
    time_t begin = gnutls_x509_crt_get_activation_time(crt);
    time_t end = gnutls_x509_crt_get_expiration_time(crt);

    if (now >= begin && now <= end)
        return ERR_OK;
    clock_http_date(now > end ? end : begin, date);
    (void)snprintf(what, sizeof what, now > end ? "expired on %s" : "not valid before %s", date);
    return bad(s, what);
}

static enum err check_leaf(const struct source *s, gnutls_x509_crt_t crt, const char *hostname)
{
    enum err e = check_dates(s, crt);

    if (e == ERR_OK && gnutls_x509_crt_check_hostname(crt, hostname) == 0)
        e = bad(s, "the certificate is not for this host name");
    return e;
}

static enum err load_chain(const struct source *s, const char *hostname, struct cert *ret,
                           gnutls_x509_crt_t *ret_leaf)
{
    unsigned char text[FILE_MAX];
    gnutls_datum_t data;
    unsigned n = CERT_CHAIN_MAX;
    enum err e = read_file(s, text, &data);

    if (e != ERR_OK)
        return e;
    int rc = gnutls_pcert_list_import_x509_raw(ret->chain, &n, &data, GNUTLS_X509_FMT_PEM, 0);
    if (rc < 0)
        return bad_gnutls(s, "not a PEM certificate", rc);
    ret->n_chain = n;
    rc = gnutls_pcert_export_x509(&ret->chain[0], ret_leaf);
    if (rc < 0)
        return bad_gnutls(s, "cannot read the certificate", rc);
    return check_leaf(s, *ret_leaf, hostname);
}

/** Does the key belong to the certificate? Signs with one and verifies with the other: comparing
 *  public halves alone would not notice a damaged private one. */
static enum err check_match(const struct source *s, gnutls_x509_crt_t leaf, gnutls_privkey_t key)
{
    gnutls_datum_t text = {(unsigned char *)(void *)&(char[]){"cuicsim"}, 7};
    gnutls_datum_t signature = {NULL, 0};
    gnutls_pubkey_t public_key = NULL;

    int rc = gnutls_pubkey_init(&public_key);
    if (rc == GNUTLS_E_SUCCESS)
        rc = gnutls_pubkey_import_x509(public_key, leaf, 0);
    if (rc == GNUTLS_E_SUCCESS)
        rc = gnutls_privkey_sign_data(key, GNUTLS_DIG_SHA256, 0, &text, &signature);
    if (rc == GNUTLS_E_SUCCESS) {
        int kind = gnutls_pubkey_get_pk_algorithm(public_key, NULL);
        gnutls_sign_algorithm_t algorithm =
            gnutls_pk_to_sign((gnutls_pk_algorithm_t)kind, GNUTLS_DIG_SHA256);
        rc = gnutls_pubkey_verify_data2(public_key, algorithm, 0, &text, &signature);
    }
    gnutls_free(signature.data);
    gnutls_pubkey_deinit(public_key);
    return rc < 0 ? bad(s, "the key does not belong to the certificate") : ERR_OK;
}

static enum err load_key(const struct source *s, gnutls_x509_crt_t leaf, struct cert *ret)
{
    unsigned char text[FILE_MAX];
    gnutls_datum_t data;
    enum err e = read_file(s, text, &data);

    if (e != ERR_OK)
        return e;
    int rc = gnutls_privkey_init(&ret->key);
    if (rc == GNUTLS_E_SUCCESS)
        rc = gnutls_privkey_import_x509_raw(ret->key, &data, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_memset(text, 0, sizeof text);
    return rc < 0 ? bad_gnutls(s, "not a PEM private key", rc) : check_match(s, leaf, ret->key);
}

static void name_file(struct source *s, const char *folder, const char *hostname, const char *end)
{
    (void)snprintf(s->path, sizeof s->path, "%s/%s%s", folder, hostname, end);
}

enum err cert_load(const char *folder, const char *hostname, struct cert *ret, struct diag *why)
{
    struct source s = {.why = why};
    gnutls_x509_crt_t leaf = NULL;

    name_file(&s, folder, hostname, ".crt");
    enum err e = load_chain(&s, hostname, ret, &leaf);
    if (e == ERR_OK) {
        name_file(&s, folder, hostname, ".key");
        e = load_key(&s, leaf, ret);
    }
    if (leaf != NULL)
        gnutls_x509_crt_deinit(leaf);
    return e;
}

void cert_clear(struct cert *c)
{
    for (unsigned i = 0; i < c->n_chain; i++)
        gnutls_pcert_deinit(&c->chain[i]);
    if (c->key != NULL)
        gnutls_privkey_deinit(c->key);
    *c = (struct cert){.n_chain = 0};
}
