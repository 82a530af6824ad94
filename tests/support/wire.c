#include "wire.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "proc.h"

#define HEAD_MAX 65536 /* bytes of an answer's head */

struct wire {
    int fd;
    SSL_CTX *ctx;
    SSL *ssl;    /* NULL: plain TCP */
    char *bytes; /* received and not yet read */
    size_t n;
    size_t room;
};

/* ---- connecting ---- */

static int connect_to(unsigned port, bool is_ipv6)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    struct timeval deadline = {PROC_DEADLINE_MS / 1000, 0};
    int on = 1;
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

    ck_assert_int_ge(fd, 0);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC); /* a shell that is started must not keep it open */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const struct sockaddr *to = is_ipv6 ? (const void *)&v6 : (const void *)&v4;
    int rc = -1;
    do
        rc = connect(fd, to, is_ipv6 ? sizeof v6 : sizeof v4);
    while (rc != 0 && errno == EINTR);
    if (rc != 0 && errno != EISCONN) /* after an interruption it is, perhaps */
        ck_abort_msg("cannot connect to port %u: %s", port, strerror(errno));
    return fd;
}

/** Was what failed only interrupted? With a deadline on the socket the kernel does not go on by
 *  itself when the process was stopped for a while, or frozen. */
static bool is_interrupted(void)
{
    return errno == EINTR;
}

static void set_up_context(SSL_CTX *ctx, const struct wire_options *o)
{
    const char *ca = o->ca == NULL ? TEST_CERT_DIR "/ca.crt" : o->ca;

    ck_assert_ptr_nonnull(ctx);
    ck_assert_msg(SSL_CTX_load_verify_locations(ctx, ca, NULL) == 1, "%s cannot be read", ca);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    (void)SSL_CTX_set_min_proto_version(ctx, o->min_version);
    (void)SSL_CTX_set_max_proto_version(ctx, o->max_version);
    if (o->max_version != 0 && o->max_version < TLS1_2_VERSION) /* else it would not offer that */
        (void)SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
}

static struct wire *new_wire(int fd)
{
    struct wire *w = calloc(1, sizeof *w);

    ck_assert_ptr_nonnull(w);
    w->fd = fd;
    return w;
}

struct wire *wire_open_plain(unsigned port)
{
    return new_wire(connect_to(port, false));
}

/** What the macro SSL_set_tlsext_host_name does, without its cast. */
static void send_sni(SSL *ssl, const char *name)
{
    union {
        const char *in;
        void *out;
    } sni = {name};

    ck_assert_int_eq(
        (int)SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, sni.out), 1);
}

struct wire *wire_try(const struct wire_options *o, int *ret_reason)
{
    struct wire *w = new_wire(connect_to(o->port, o->is_ipv6));
    const char *verify = o->verify == NULL ? o->sni : o->verify;

    w->ctx = SSL_CTX_new(TLS_client_method());
    set_up_context(w->ctx, o);
    w->ssl = SSL_new(w->ctx);
    ck_assert_ptr_nonnull(w->ssl);
    ck_assert_int_eq(SSL_set_fd(w->ssl, w->fd), 1);
    if (o->sni != NULL)
        send_sni(w->ssl, o->sni);
    ck_assert_int_eq(SSL_set1_host(w->ssl, verify), 1);
    if (o->session != NULL)
        ck_assert_int_eq(SSL_set_session(w->ssl, o->session), 1);
    int rc = 0;
    do {
        ERR_clear_error();
        errno = 0;
        rc = SSL_connect(w->ssl);
    } while (rc != 1 && is_interrupted());
    if (rc == 1)
        return w;
    if (ret_reason != NULL)
        *ret_reason = ERR_GET_REASON(ERR_peek_error());
    wire_close(w);
    return NULL;
}

struct wire *wire_open(unsigned port, const char *sni)
{
    struct wire_options o = {.port = port, .sni = sni};
    int reason = 0;
    struct wire *w = wire_try(&o, &reason);

    if (w == NULL)
        ck_abort_msg("no TLS with %s: %s", sni, ERR_reason_error_string(ERR_peek_last_error()));
    return w;
}

void wire_close(struct wire *w)
{
    if (w == NULL)
        return;
    if (w->ssl != NULL && SSL_is_init_finished(w->ssl))
        (void)SSL_shutdown(w->ssl);
    SSL_free(w->ssl);
    SSL_CTX_free(w->ctx);
    ERR_clear_error();
    (void)close(w->fd);
    free(w->bytes);
    free(w);
}

SSL *wire_ssl(struct wire *w)
{
    return w->ssl;
}

/* ---- sending ---- */

bool wire_send(struct wire *w, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        size_t sent = 0;
        ERR_clear_error();
        errno = 0;
        if (w->ssl == NULL) {
            ssize_t rc = send(w->fd, at, n, MSG_NOSIGNAL);
            sent = rc > 0 ? (size_t)rc : 0;
        } else if (SSL_write_ex(w->ssl, at, n, &sent) != 1) {
            sent = 0;
        }
        if (sent == 0 && is_interrupted())
            continue; /* with the same bytes, as SSL_write wants it */
        if (sent == 0 && errno == EAGAIN)
            ck_abort_msg("the server takes no more bytes, and does not close either");
        if (sent == 0)
            return false;
        at += sent;
        n -= sent;
    }
    return true;
}

void wire_say(struct wire *w, const char *fmt, ...)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    va_list ap;

    ck_assert_ptr_nonnull(f);
    va_start(ap, fmt);
    (void)vfprintf(f, fmt, ap);
    va_end(ap);
    (void)fclose(f);
    if (!wire_send(w, text, n))
        ck_abort_msg("the server closed while it was told: %.60s", text);
    free(text);
}

void wire_notify(struct wire *w)
{
    (void)SSL_shutdown(w->ssl);
}

void wire_shut(struct wire *w, bool is_abrupt)
{
    if (w->ssl != NULL && !is_abrupt)
        wire_notify(w);
    (void)shutdown(w->fd, SHUT_WR);
}

/* ---- receiving ---- */

/** Wait for more bytes. @return false at the end of the connection */
static bool receive(struct wire *w)
{
    size_t got = 0;

    if (w->room - w->n < 4096) {
        w->room = w->room == 0 ? 16384 : w->room * 2;
        w->bytes = realloc(w->bytes, w->room);
        if (w->bytes == NULL)
            ck_abort_msg("out of memory");
    }
    do {
        ERR_clear_error();
        errno = 0;
        if (w->ssl == NULL) {
            ssize_t rc = recv(w->fd, w->bytes + w->n, w->room - w->n, 0);
            got = rc > 0 ? (size_t)rc : 0;
        } else if (SSL_read_ex(w->ssl, w->bytes + w->n, w->room - w->n, &got) != 1) {
            got = 0;
        }
    } while (got == 0 && is_interrupted());
    if (got == 0 && errno == EAGAIN)
        ck_abort_msg("the server neither answers nor closes");
    w->n += got;
    return got > 0;
}

/** Take the first n bytes out of what was received; NUL-terminated. */
static char *take(struct wire *w, size_t n)
{
    char *text = malloc(n + 1);

    if (text == NULL)
        ck_abort_msg("out of memory");
    if (n > 0)
        memcpy(text, w->bytes, n);
    text[n] = '\0';
    w->n -= n;
    if (w->n > 0)
        memmove(w->bytes, w->bytes + n, w->n);
    return text;
}

/** Bytes of the head that has been received, with the empty line; 0 when it is not whole. */
static size_t head_bytes(const struct wire *w)
{
    for (size_t i = 4; i <= w->n; i++)
        if (memcmp(w->bytes + i - 4, "\r\n\r\n", 4) == 0)
            return i;
    return 0;
}

static void parse_status_line(const char *line, struct wire_response *r)
{
    char *end = NULL;
    size_t n = strcspn(line, " ");

    if (strncmp(line, "HTTP/1.", 7) != 0 || n >= sizeof r->version || line[n] != ' ')
        ck_abort_msg("not a status line: '%.80s'", line);
    memcpy(r->version, line, n);
    r->version[n] = '\0';
    r->status = (unsigned)strtoul(line + n + 1, &end, 10);
    if (end != line + n + 4 || (*end != ' ' && *end != '\0'))
        ck_abort_msg("not a status line: '%.80s'", line);
}

static void parse_head(char *text, struct wire_response *r)
{
    char *line = text;
    bool is_first = true;

    for (;;) {
        char *end = strstr(line, "\r\n");
        if (end == NULL || end == line)
            return;
        *end = '\0';
        char *colon = strstr(line, ": ");
        if (is_first) {
            parse_status_line(line, r);
        } else if (colon == NULL || r->n_fields == WIRE_FIELDS_MAX) {
            ck_abort_msg("not a header line: '%.80s'", line);
        } else {
            *colon = '\0';
            r->field[r->n_fields].name = line;
            r->field[r->n_fields++].value = colon + 2;
        }
        is_first = false;
        line = end + 2;
    }
}

enum body { BODY_NONE, BODY_ALWAYS, BODY_NOT_101 };

static bool read_answer(struct wire *w, enum body body, struct wire_response *ret)
{
    size_t head = 0;

    *ret = (struct wire_response){.status = 0};
    while ((head = head_bytes(w)) == 0)
        if (w->n > HEAD_MAX || !receive(w))
            return false;
    char *text = take(w, head);
    parse_head(text, ret);
    const char *length = wire_field(ret, "content-length");
    bool has_body = body == BODY_ALWAYS || (body == BODY_NOT_101 && ret->status != 101);
    if (has_body && length == NULL)
        ck_abort_msg("an answer %u without Content-Length", ret->status);
    ret->body_bytes = has_body ? strtoul(length, NULL, 10) : 0;
    while (w->n < ret->body_bytes)
        if (!receive(w)) {
            free(text);
            *ret = (struct wire_response){.status = 0};
            return false;
        }
    ret->body = take(w, ret->body_bytes);
    ret->text = text;
    return true;
}

bool wire_read(struct wire *w, struct wire_response *ret)
{
    return read_answer(w, BODY_ALWAYS, ret);
}

bool wire_read_head(struct wire *w, struct wire_response *ret)
{
    return read_answer(w, BODY_NONE, ret);
}

bool wire_read_upgrade(struct wire *w, struct wire_response *ret)
{
    return read_answer(w, BODY_NOT_101, ret);
}

void wire_response_clear(struct wire_response *r)
{
    free(r->text);
    free(r->body);
    *r = (struct wire_response){.status = 0};
}

const char *wire_field(const struct wire_response *r, const char *name)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (strcasecmp(r->field[i].name, name) == 0)
            return r->field[i].value;
    return NULL;
}

size_t wire_count(const struct wire_response *r, const char *prefix)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_fields; i++)
        n += strncasecmp(r->field[i].name, prefix, strlen(prefix)) == 0 ? 1 : 0;
    return n;
}

char *wire_read_bytes(struct wire *w, size_t n)
{
    while (w->n < n)
        if (!receive(w))
            return NULL;
    return take(w, n);
}

char *wire_take_rest(struct wire *w, size_t *ret_n)
{
    *ret_n = w->n;
    return take(w, w->n);
}

char *wire_read_to_end(struct wire *w, size_t *ret_n)
{
    while (receive(w)) {
        /* until it closes */
    }
    if (ret_n != NULL)
        *ret_n = w->n;
    return take(w, w->n);
}

void wire_await_fin(struct wire *w)
{
    char bytes[256];
    ssize_t n;

    do
        n = recv(w->fd, bytes, sizeof bytes, 0);
    while (n > 0 || (n < 0 && is_interrupted()));
    if (n < 0 && errno == EAGAIN)
        ck_abort_msg("the server does not close the TCP connection");
}
