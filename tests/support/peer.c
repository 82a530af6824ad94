#include "peer.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "proc.h"

#define HEAD_MAX 8192

struct peer {
    const struct peer_row *rows;
    SSL_CTX *tls;
    int fd;
    unsigned port;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the rest */
    unsigned n_requests, n_connections;
    char last[HEAD_MAX];
};

/* ---- certificates ---- */

static void use_files(SSL_CTX *tls, const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s.crt", TEST_CERT_DIR, name);
    ck_assert_int_eq(SSL_CTX_use_certificate_file(tls, path, SSL_FILETYPE_PEM), 1);
    (void)snprintf(path, sizeof path, "%s/%s.key", TEST_CERT_DIR, name);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(tls, path, SSL_FILETYPE_PEM), 1);
}

/** Everything about it is right but its issuer. */
static void use_own(SSL_CTX *tls)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");

    ck_assert_int_eq(X509_set_version(x, X509_VERSION_3), 1);
    ck_assert_int_eq(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
    ck_assert_ptr_nonnull(X509_gmtime_adj(X509_getm_notBefore(x), -3600));
    ck_assert_ptr_nonnull(X509_gmtime_adj(X509_getm_notAfter(x), 86400));
    ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                (const unsigned char *)"127.0.0.1", -1, -1, 0),
                     1);
    ck_assert_int_eq(X509_set_issuer_name(x, name), 1);
    ck_assert_int_eq(X509_add_ext(x, names, -1), 1);
    ck_assert_int_eq(X509_set_pubkey(x, key), 1);
    ck_assert_int_gt(X509_sign(x, key, EVP_sha256()), 0);
    ck_assert_int_eq(SSL_CTX_use_certificate(tls, x), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(tls, key), 1);
    X509_EXTENSION_free(names);
    X509_free(x);
    EVP_PKEY_free(key);
}

/* ---- one connection ---- */

/** Go on with a call that was only interrupted: with a deadline on the socket the kernel does not
 * do that by itself when the process was stopped for a while. */
#define UNINTERRUPTED(rc, call)                                                                    \
    do {                                                                                           \
        errno = 0;                                                                                 \
        ERR_clear_error();                                                                         \
        (rc) = (call);                                                                             \
    } while ((rc) <= 0 && errno == EINTR)

/** Read a request up to its empty line. @return whether there was one */
static bool read_head(SSL *ssl, char head[HEAD_MAX])
{
    size_t n = 0;

    head[0] = '\0';
    while (strstr(head, "\r\n\r\n") == NULL && n < HEAD_MAX - 1) {
        int got = 0;
        UNINTERRUPTED(got, SSL_read(ssl, head + n, (int)(HEAD_MAX - 1 - n)));
        if (got <= 0)
            return false;
        n += (size_t)got;
        head[n] = '\0';
    }
    return true;
}

static const struct peer_row *find_row(const struct peer *p, const char *head)
{
    const struct peer_row *row = p->rows;
    const char *path = strchr(head, ' ');
    size_t n = path == NULL ? 0 : strcspn(path + 1, " ?");

    while (row->path != NULL &&
           (path == NULL || strlen(row->path) != n || strncmp(row->path, path + 1, n) != 0))
        row++;
    return row;
}

static void send_row(SSL *ssl, const struct peer_row *row)
{
    char piece[4096];
    int rc = 0;

    if (row->answer == NULL) {
        UNINTERRUPTED(rc, SSL_read(ssl, piece, sizeof piece));
        return;
    }
    memset(piece, 'x', sizeof piece);
    UNINTERRUPTED(rc, SSL_write(ssl, row->answer, (int)strlen(row->answer)));
    bool goes_on = rc > 0;
    for (size_t left = row->fill; goes_on && left > 0;) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        UNINTERRUPTED(rc, SSL_write(ssl, piece, (int)n));
        goes_on = rc > 0;
        left -= n;
    }
    (void)SSL_shutdown(ssl);
}

static void serve(struct peer *p, int fd)
{
    SSL *ssl = SSL_new(p->tls);
    char head[HEAD_MAX];
    int rc = 0;

    (void)pthread_mutex_lock(&p->lock);
    p->n_connections++;
    (void)pthread_mutex_unlock(&p->lock);
    (void)SSL_set_fd(ssl, fd);
    UNINTERRUPTED(rc, SSL_accept(ssl));
    if (rc == 1 && read_head(ssl, head)) {
        (void)pthread_mutex_lock(&p->lock);
        p->n_requests++;
        memcpy(p->last, head, sizeof head);
        (void)pthread_mutex_unlock(&p->lock);
        send_row(ssl, find_row(p, head));
    }
    SSL_free(ssl);
    (void)close(fd);
}

static void *run(void *arg)
{
    struct peer *p = arg;
    const struct timeval patience = {PROC_DEADLINE_MS / 1000, 0};

    for (;;) {
        int fd = accept(p->fd, NULL, NULL);
        if (fd < 0)
            return NULL; /* peer_stop() */
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        serve(p, fd);
    }
}

/* ---- beginning and end ---- */

static void listen_here(struct peer *p)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(p->fd, 0);
    ck_assert_int_eq(bind(p->fd, (const struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(p->fd, 16), 0);
    ck_assert_int_eq(getsockname(p->fd, (struct sockaddr *)&a, &n), 0);
    p->port = ntohs(a.sin_port);
}

struct peer *peer_start(const char *certificate, const struct peer_row *rows)
{
    struct peer *p = calloc(1, sizeof *p);

    ck_assert_ptr_nonnull(p);
    p->rows = rows;
    p->tls = SSL_CTX_new(TLS_server_method());
    ck_assert_ptr_nonnull(p->tls);
    if (certificate != NULL)
        use_files(p->tls, certificate);
    else
        use_own(p->tls);
    (void)pthread_mutex_init(&p->lock, NULL);
    listen_here(p);
    ck_assert_int_eq(pthread_create(&p->thread, NULL, run, p), 0);
    return p;
}

void peer_stop(struct peer *p)
{
    if (p == NULL)
        return;
    (void)shutdown(p->fd, SHUT_RDWR);
    (void)pthread_join(p->thread, NULL);
    (void)close(p->fd);
    SSL_CTX_free(p->tls);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

unsigned peer_port(const struct peer *p)
{
    return p->port;
}

unsigned peer_requests(struct peer *p)
{
    (void)pthread_mutex_lock(&p->lock);
    unsigned n = p->n_requests;
    (void)pthread_mutex_unlock(&p->lock);
    return n;
}

unsigned peer_connections(struct peer *p)
{
    (void)pthread_mutex_lock(&p->lock);
    unsigned n = p->n_connections;
    (void)pthread_mutex_unlock(&p->lock);
    return n;
}

char *peer_last(struct peer *p)
{
    (void)pthread_mutex_lock(&p->lock);
    char *head = strdup(p->last);
    (void)pthread_mutex_unlock(&p->lock);
    return head;
}
