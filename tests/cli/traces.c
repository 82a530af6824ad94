#include "traces.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "trace/trace.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define BEGIN_US  1795305598000000 /* 2026-11-21T23:59:58Z */
#define LISTED    "https://finesses.uccelab.tac:8445"
#define UNLISTED  "https://finessep.uccelab.tac:8445"
#define PREFLIGHT "OPTIONS /cuic/ HTTP/1.1\r\nHost: cuicsub.uccelab.tac:8444\r\n"

static const struct made {
    enum trace_kind kind;
    unsigned status;
    const char *node, *service, *method, *target, *origin, *asked, *class, *reason, *note;
} made[] = {
    {TRACE_EXCHANGE, 200, "cuicpub", "cuic", "OPTIONS", "/cuic/", LISTED, "GET", "preflight",
     "preflight-allowed", NULL},
    {TRACE_EXCHANGE, 200, "cuicpub", "cuic", "GET", "/cuic/", LISTED, NULL, "actual",
     "actual-allowed", NULL},
    {TRACE_EXCHANGE, 403, "cuicsub", "cuic", "OPTIONS", "/cuic/", UNLISTED, "GET", "preflight",
     "origin-not-listed", NULL},
    {TRACE_EXCHANGE, 403, "cuicsub", "cuic", "OPTIONS", "/cuic/", LISTED, "GET", "preflight",
     "request-header-not-allowed", NULL},
    {TRACE_EXCHANGE, 502, "cuicsub", "cuic", "GET", "/cuic/rest/reports?long=0123456789012345",
     NULL, NULL, NULL, "service-down", "The service behind the proxy is stopped."},
    {TRACE_EXCHANGE, 101, "cuicsub", "live-data", "GET",
     "/socket.io/?EIO=3&transport=websocket&token=secret", LISTED, NULL, "actual", "actual-allowed",
     NULL},
    {TRACE_SOCKET_END, 0, "cuicsub", "live-data", "GET",
     "/socket.io/?EIO=3&transport=websocket&token=secret", LISTED, NULL, NULL, NULL,
     "The client closed it, with code 1000."},
    {TRACE_RESET, 0, "cuicsub", "cuic", NULL, NULL, NULL, NULL, NULL, "proxy-down",
     "Cisco Web Proxy Service does not run: the connection was reset."},
    {TRACE_GAP, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    {TRACE_EXCHANGE, 431, "cuicpub", "cuic", NULL, "/cuic/", NULL, NULL, NULL, NULL,
     "The HTTP library refused it: its head is too large or malformed."},
    {TRACE_EXCHANGE, 403, "cuicpub", "cuic", "GET", "/\x1b[2J\xff\xc2\x9b/\xe2\x82\xac",
     "\x1b]0;owned\x07", NULL, "invalid", "origin-malformed", NULL},
    {TRACE_EXCHANGE, 0, "cuicpub", "cuic", "POST", "/cuic/", "", NULL, NULL, NULL,
     "The client left before it was answered."},
};

static struct slice text_or_none(const char *text)
{
    return text == NULL ? (struct slice){NULL, 0} : slice_of(text);
}

static void set_connection(struct trace_exchange *x, size_t i)
{
    x->run = BEGIN_US;
    x->connection = (int64_t)i / 2 + 1;
    x->client_port = 50000 + (unsigned)i / 2;
    x->text[TRACE_CLIENT] = slice_of("192.0.2.7");
    x->text[TRACE_SERVER] = slice_of("127.0.0.1:8444");
    x->text[TRACE_TLS] = slice_of("TLS1.3");
    x->text[TRACE_SNI] = slice_of("cuicsub.uccelab.tac");
}

static void set_messages(struct trace_exchange *x, const struct made *m)
{
    if (m->status == 403)
        x->text[TRACE_RESPONSE_HEAD] =
            slice_of("HTTP/1.1 403 Forbidden\r\nserver: nginx\r\n"
                     "set-cookie: JSESSIONID=0123456789ABCDEF; Path=/cuic\r\n"
                     "Content-Length: 2143\r\n\r\n");
    if (m->status == 403)
        x->response_bytes = 2143;
    if (m->kind == TRACE_EXCHANGE && m->method != NULL)
        x->text[TRACE_REQUEST_HEAD] = slice_of(
            PREFLIGHT "X-Odd: \x1b[31m\xc2\x9b\xff\r\nAuthorization: Basic c2VjcmV0\r\n\r\n");
    if (m->status == 101)
        x->text[TRACE_RESPONSE_BODY] = slice_of("one\n\nthree\x1b\n");
}

static struct trace_exchange record(size_t i)
{
    const struct made *m = &made[i];
    struct trace_exchange x = {.kind = m->kind,
                               .id = (int64_t)i + 1,
                               .at_us = BEGIN_US + (int64_t)i * 700123,
                               .duration_us = 1234,
                               .status = m->status,
                               .is_allowed = m->status < 400,
                               .is_sent = m->status != 502};

    x.text[TRACE_NODE] = text_or_none(m->node);
    x.text[TRACE_SERVICE] = text_or_none(m->service);
    x.text[TRACE_METHOD] = text_or_none(m->method);
    x.text[TRACE_TARGET] = text_or_none(m->target);
    x.text[TRACE_ORIGIN] = text_or_none(m->origin);
    x.text[TRACE_REQUEST_METHOD] = text_or_none(m->asked);
    x.text[TRACE_CLASS] = text_or_none(m->class);
    x.text[TRACE_REASON] = text_or_none(m->reason);
    x.text[TRACE_NOTE] = text_or_none(m->note);
    if (m->reason != NULL && strcmp(m->reason, "request-header-not-allowed") == 0)
        x.text[TRACE_CULPRIT] = slice_of("x-\x1b[0mrequestid");
    if (m->kind == TRACE_GAP)
        x.dropped = 412;
    else
        set_connection(&x, i);
    if (m->kind == TRACE_SOCKET_END) {
        x.messages_in = 3;
        x.messages_out = 57;
    }
    set_messages(&x, m);
    return x;
}

void traces_make(const struct lab *l)
{
    char folder[256];
    struct config c = {.state_dir = folder};
    struct trace *t = NULL;
    struct diag why = {0, ""};

    (void)snprintf(folder, sizeof folder, "%s", lab_path(l, "state"));
    enum err e = trace_open(&c, 1000, &t, &why);
    for (size_t i = 0; e == ERR_OK && i < COUNT(made); i++) {
        struct trace_exchange x = record(i);
        struct trace_exchange *owned = trace_exchange_new(&x);
        e = owned == NULL ? ERR_NOMEM : trace_add(t, &owned, 1, &why);
        trace_exchange_unref(owned);
    }
    trace_close(t);
    ck_assert_msg(e == ERR_OK, "%s", why.text);
}
