#include "record.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "reply.h"

#define HEAD_BYTES 2048 /* that most heads do with */
#define HEAD_MORE                                                                                  \
    (1024U << 10) /* over what limits.header_bytes lets in: our own lists are as long              \
                     as an administrator makes them */

/* ---- the connection ---- */

static void print_address(const struct sockaddr_storage *a, char to[INET6_ADDRSTRLEN],
                          unsigned *ret_port)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)a;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)a;
    bool is_v6 = a->ss_family == AF_INET6;

    *ret_port = ntohs(is_v6 ? v6->sin6_port : v4->sin_port);
    if (inet_ntop(a->ss_family, is_v6 ? (const void *)&v6->sin6_addr : &v4->sin_addr, to,
                  INET6_ADDRSTRLEN) == NULL)
        to[0] = '\0';
}

static void find_addresses(struct record_peer *p, int fd)
{
    struct sockaddr_storage client;
    socklen_t n = sizeof client;

    if (getpeername(fd, (struct sockaddr *)&client, &n) == 0)
        print_address(&client, p->address, &p->port);
    listen_text(fd, p->server);
}

static void find_name(struct record_peer *p, gnutls_session_t tls)
{
    size_t n = sizeof p->sni;
    unsigned type = 0;

    if (gnutls_server_name_get(tls, p->sni, &n, &type, 0) != GNUTLS_E_SUCCESS ||
        type != GNUTLS_NAME_DNS)
        p->sni[0] = '\0';
}

void record_find_peer(struct record_peer *p, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *tls =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

    if (p->is_known)
        return;
    p->is_known = true;
    if (fd != NULL)
        find_addresses(p, fd->connect_fd);
    if (tls == NULL)
        return;
    p->tls = gnutls_protocol_get_name(gnutls_protocol_get_version(tls->tls_session));
    find_name(p, tls->tls_session);
}

/* ---- records ---- */

static struct slice text_or_none(const char *text)
{
    return text == NULL || text[0] == '\0' ? (struct slice){NULL, 0} : slice_of(text);
}

static void set_peer(struct trace_exchange *x, const struct record_peer *p)
{
    if (p == NULL)
        return;
    x->connection = p->number;
    x->client_port = p->port;
    x->text[TRACE_CLIENT] = text_or_none(p->address);
    x->text[TRACE_SERVER] = text_or_none(p->server);
    x->text[TRACE_TLS] = text_or_none(p->tls);
    x->text[TRACE_SNI] = text_or_none(p->sni);
}

static void set_decision(struct trace_exchange *to, const struct exchange *x)
{
    if (x->has_reason)
        to->text[TRACE_REASON] = slice_of(reason_get(x->decision.reason)->code);
    if (!exchange_is_decided(x))
        return;
    to->is_allowed = x->decision.is_allowed;
    to->text[TRACE_CLASS] = slice_of(cors_class_name(x->decision.class));
    to->text[TRACE_CULPRIT] = x->decision.culprit;
}

static void set_request(struct trace_exchange *to, const struct request *rq, struct slice target)
{
    to->text[TRACE_METHOD] = slice_of(rq->method);
    to->text[TRACE_TARGET] = target;
    to->text[TRACE_VERSION] = slice_of(rq->version);
    to->text[TRACE_HOST] = rq->cors.host;
    to->text[TRACE_ORIGIN] = rq->cors.origin;
    to->text[TRACE_REQUEST_METHOD] = rq->cors.request_method;
    to->text[TRACE_REQUEST_HEADERS] = rq->cors.request_headers;
    to->text[TRACE_PRIVATE_NETWORK] = rq->cors.private_network;
}

static struct slice written(const struct buf *b)
{
    return b->n == 0 ? (struct slice){NULL, 0} : (struct slice){b->text, b->n};
}

/** A HEAD has no body, whatever its answer's length says. */
static struct slice sent_body(const struct exchange *x)
{
    return strcmp(x->request->method, MHD_HTTP_METHOD_HEAD) == 0 ? (struct slice){NULL, 0}
                                                                 : x->reply.body;
}

/** With room for all of it, so that the record sees what it has to cut. */
static void begin_head(struct buf *head, const struct config *c)
{
    buf_init(head, (size_t)c->max_header_bytes + HEAD_MORE);
    (void)buf_reserve(head, HEAD_BYTES);
}

struct trace_exchange *record_exchange(struct recorder *r, const struct exchange *x,
                                       const struct record_request *rq)
{
    struct trace_exchange t = {.kind = TRACE_EXCHANGE, .run = recorder_run(r), .at_us = rq->at_us};
    struct buf asked;
    struct buf answered;

    begin_head(&asked, x->config);
    begin_head(&answered, x->config);
    request_write_head(x->request, rq->target, &asked);
    if (x->reply.status != 0)
        reply_write_head(x->request, &x->reply, rq->is_early, &answered);
    set_peer(&t, rq->peer);
    set_request(&t, x->request, rq->target);
    set_decision(&t, x);
    t.status = x->reply.status;
    t.request_bytes = rq->body_bytes;
    t.response_bytes = x->reply.status == 0 ? 0 : sent_body(x).n;
    t.text[TRACE_NODE] = slice_of(x->profile.node);
    t.text[TRACE_SERVICE] = slice_of(x->service);
    t.text[TRACE_NOTE] = text_or_none(x->note);
    t.text[TRACE_REQUEST_HEAD] = written(&asked);
    t.text[TRACE_RESPONSE_HEAD] = written(&answered);
    if (recorder_keeps_bodies(r)) {
        t.text[TRACE_REQUEST_BODY] = x->body;
        t.text[TRACE_RESPONSE_BODY] = x->reply.status == 0 ? (struct slice){NULL, 0} : sent_body(x);
    }
    struct trace_exchange *made = trace_exchange_new(&t);
    buf_clear(&asked);
    buf_clear(&answered);
    return made;
}

struct trace_exchange *record_refused(struct recorder *r, const char *service, const char *node,
                                      const struct record_request *rq, unsigned status)
{
    struct trace_exchange t = {
        .kind = TRACE_EXCHANGE, .run = recorder_run(r), .at_us = rq->at_us, .status = status};

    set_peer(&t, rq->peer);
    t.text[TRACE_NODE] = slice_of(node);
    t.text[TRACE_SERVICE] = slice_of(service);
    t.text[TRACE_TARGET] = rq->target;
    t.text[TRACE_NOTE] =
        slice_of(status == 0 ? "The connection ended before the whole head had come."
                             : "The HTTP library refused it: its head is too large or malformed.");
    return trace_exchange_new(&t);
}

struct trace_exchange *record_socket_end(struct recorder *r, const struct trace_exchange *begin,
                                         const struct live_end *end)
{
    static const enum trace_text kept[] = {TRACE_NODE,    TRACE_SERVICE, TRACE_CLIENT, TRACE_SERVER,
                                           TRACE_TLS,     TRACE_SNI,     TRACE_METHOD, TRACE_TARGET,
                                           TRACE_VERSION, TRACE_HOST,    TRACE_ORIGIN};
    struct trace_exchange t = {.kind = TRACE_SOCKET_END,
                               .run = recorder_run(r),
                               .at_us = clock_now_us(),
                               .connection = begin->connection,
                               .client_port = begin->client_port,
                               .messages_in = end->messages_in,
                               .messages_out = end->messages_out};
    char note[96];

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        t.text[kept[i]] = begin->text[kept[i]];
    if (end->code == 0)
        (void)snprintf(note, sizeof note, "%s.", live_ending_text(end->how));
    else
        (void)snprintf(note, sizeof note, "%s, with code %u.", live_ending_text(end->how),
                       end->code);
    t.text[TRACE_NOTE] = slice_of(note);
    return trace_exchange_new(&t);
}

void record_reset(struct recorder *r, const char *node, gnutls_session_t session)
{
    struct record_peer peer = {.is_known = true};
    struct trace_exchange t = {
        .kind = TRACE_RESET, .run = recorder_run(r), .at_us = clock_now_us()};

    if (!recorder_wants(r))
        return;
    find_addresses(&peer, gnutls_transport_get_int(session));
    find_name(&peer, session);
    set_peer(&t, &peer);
    t.text[TRACE_NODE] = slice_of(node);
    t.text[TRACE_SERVICE] = slice_of(site_name(SITE_CUIC));
    t.text[TRACE_REASON] = slice_of(reason_get(REASON_PROXY_DOWN)->code);
    t.text[TRACE_NOTE] =
        slice_of("Cisco Web Proxy Service does not run: the connection was reset.");
    struct trace_exchange *x = trace_exchange_new(&t);
    if (x != NULL)
        recorder_add(r, x);
}
