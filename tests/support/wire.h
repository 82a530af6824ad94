#ifndef CUICSIM_TESTS_WIRE_H
#define CUICSIM_TESTS_WIRE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

/** A client that says exactly the bytes it is told, over TLS (OpenSSL, not the server's library) or
 *  plain TCP, on loopback. Everything waits at most PROC_DEADLINE_MS and then aborts the test. */
struct wire;

/** How to connect. Zeroed fields are the defaults. */
struct wire_options {
    unsigned port;
    bool is_ipv6;       /* [::1] instead of 127.0.0.1 */
    const char *sni;    /* NULL: none is sent */
    const char *verify; /* the host name the certificate must be of; NULL: that of `sni` */
    const char *ca;     /* NULL: ca.crt of TEST_CERT_DIR */
    int min_version;    /* such as TLS1_2_VERSION; 0: OpenSSL's own */
    int max_version;
    SSL_SESSION *session; /* to resume */
};

/** Connect with SNI, the certificate verified against the lab's CA; aborts the test if that fails.
 */
struct wire *wire_open(unsigned port, const char *sni);

/** The same with options; NULL when the handshake failed, with OpenSSL's reason code in
 *  `ret_reason` (may be NULL). */
struct wire *wire_try(const struct wire_options *o, int *ret_reason);

/** TCP without TLS. */
struct wire *wire_open_plain(unsigned port);

void wire_close(struct wire *w); /* accepts NULL */
SSL *wire_ssl(struct wire *w);

/** Send all of it. @return false when the server has closed the connection */
bool wire_send(struct wire *w, const void *bytes, size_t n);

/** Send a text of printf's, which must get through. */
void wire_say(struct wire *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Send no more, but go on reading: TLS's close_notify, or (`is_abrupt`) only TCP's FIN. */
void wire_shut(struct wire *w, bool is_abrupt);

/** Send TLS's close_notify, and keep the connection open for both sides. */
void wire_notify(struct wire *w);

#define WIRE_FIELDS_MAX 40

/** One answer, taken apart. */
struct wire_response {
    unsigned status; /* 0: the connection ended before a whole answer */
    char version[16];
    size_t n_fields;
    struct {
        const char *name; /* case kept, in wire order */
        const char *value;
    } field[WIRE_FIELDS_MAX];
    char *body; /* NUL-terminated */
    size_t body_bytes;
    char *text; /* what `field` points into */
};

/** Read one HTTP/1.1 answer, its body by its Content-Length. Aborts the test when the head cannot
 *  be understood. @return whether there was one */
bool wire_read(struct wire *w, struct wire_response *ret);

/** The same for an answer that has no body: to HEAD, or an interim one. */
bool wire_read_head(struct wire *w, struct wire_response *ret);

/** The same for one that has a body unless its status is 101. */
bool wire_read_upgrade(struct wire *w, struct wire_response *ret);
void wire_response_clear(struct wire_response *r);

/** Value of the first header of this name (any case); NULL for none. */
const char *wire_field(const struct wire_response *r, const char *name);

/** How many header names begin so (any case). */
size_t wire_count(const struct wire_response *r, const char *prefix);

/** The next n bytes, NUL-terminated; free() them. NULL when the server closed before. */
char *wire_read_bytes(struct wire *w, size_t n);

/** What was received already and is not read yet; free() it. For who goes on with wire_ssl alone.
 */
char *wire_take_rest(struct wire *w, size_t *ret_n);

/** Everything until the server closes; free() it. */
char *wire_read_to_end(struct wire *w, size_t *ret_n);

/** Wait until the TCP connection below is over too. */
void wire_await_fin(struct wire *w);

#endif
