/* What is recorded is what was sent and received: both heads byte for byte, and what is known about
 * the connection. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../support/har.h"
#include "live.h"
#include "suites.h"
#include "traced.h"

#define H    "Host: " PUB "\r\n"
#define O    "Origin: " LISTED "\r\n"
#define BAD  "Origin: https://nobody.example\r\n"
#define ASKS "Access-Control-Request-Method: GET\r\n"
#define EXTRA                                                                                      \
    "limits { body_bytes = 1000 header_bytes = 2048 idle_seconds = 3600 }\nhsts = no\n" LIVE_LINES
#define X100                                                                                       \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
    "xxxxxxxx"
#define X1000  X100 X100 X100 X100 X100 X100 X100 X100 X100 X100
#define CHUNK_ "3e8\r\n" X1000 "\r\n"

static struct lab lab;

static void start(void)
{
    start_article(&lab, EXTRA);
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- heads ---- */

/* A request on a connection of its own at CUIC's address. The body, if any, begins behind the
 * head's empty line. */
static const struct row {
    const char *name;
    const char *request;
    unsigned status;
    const char *class;
    const char *reason;
    const char *recorded; /* the request's head; NULL: as it was sent */
} rows[] = {
    {"preflight", "OPTIONS /cuic/ HTTP/1.1\r\n" H O ASKS "\r\n", 200, "preflight",
     "preflight-allowed", NULL},
    {"preflight refused", "OPTIONS /cuic/ HTTP/1.1\r\n" H BAD ASKS "\r\n", 403, "preflight",
     "origin-not-listed", NULL},
    {"header refused",
     "OPTIONS /cuic/ HTTP/1.1\r\n" H O ASKS "Access-Control-Request-Headers: x-a\r\n\r\n", 403,
     "preflight", "request-header-not-allowed", NULL},
    {"actual", "GET /cuic/ HTTP/1.1\r\n" H O "\r\n", 200, "actual", "actual-allowed", NULL},
    {"actual options", "OPTIONS /cuic/ HTTP/1.1\r\n" H O "\r\n", 200, "actual", "actual-allowed",
     NULL},
    {"actual refused", "GET /cuic/ HTTP/1.1\r\n" H BAD "\r\n", 403, "actual", "origin-not-listed",
     NULL},
    {"null", "GET /cuic/ HTTP/1.1\r\n" H "Origin: null\r\n\r\n", 403, "actual", "origin-null",
     NULL},
    {"blank method", "OPTIONS /cuic/ HTTP/1.1\r\n" H O "Access-Control-Request-Method: \r\n\r\n",
     403, "invalid", "request-method-blank", NULL},
    {"no cors", "GET /cuic/?a=b&c HTTP/1.1\r\n" H "\r\n", 200, "not-cors", "no-origin", NULL},
    {"head", "HEAD /cuic/ HTTP/1.1\r\n" H "\r\n", 200, "not-cors", "no-origin", NULL},
    {"post", "POST /cuic/ HTTP/1.1\r\n" H O "Content-Length: 3\r\n\r\nabc", 200, "actual",
     "actual-allowed", NULL},
    {"chunked",
     "POST /cuic/ HTTP/1.1\r\n" H O "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 200,
     "actual", "actual-allowed", NULL},
    {"method not known", "PATCH /cuic/ HTTP/1.1\r\n" H "\r\n", 405, "not-cors", "no-origin", NULL},
    {"redirect", "GET /cuic HTTP/1.1\r\n" H "\r\n", 302, NULL, "redirected", NULL},
    {"no page", "GET /cuic/none HTTP/1.1\r\n" H "\r\n", 404, "not-cors", "no-origin", NULL},
    {"outside", "GET /elsewhere HTTP/1.1\r\n" H "\r\n", 404, NULL, "outside-filter", NULL},
    {"outside options", "OPTIONS /elsewhere HTTP/1.1\r\n" H O ASKS "\r\n", 200, NULL,
     "outside-filter", NULL},
    {"login", "GET /cuic/rest/about HTTP/1.1\r\n" H O "\r\n", 401, NULL, "login-required", NULL},
    {"star", "OPTIONS * HTTP/1.1\r\n" H "\r\n", 200, NULL, "outside-filter", NULL},
    {"absolute form", "GET https://" PUB "/cuic/ HTTP/1.1\r\nHost: x\r\n\r\n", 200, "not-cors",
     "no-origin", NULL},
    {"bad target", "GET ftp:cuic HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL, NULL},
    {"connect", "CONNECT " PUB ":443 HTTP/1.1\r\n" H "\r\n", 400, NULL, NULL, NULL},
    {"two hosts", "GET /cuic/ HTTP/1.1\r\n" H H "\r\n", 400, NULL, NULL, NULL},
    {"no host", "GET /cuic/ HTTP/1.1\r\n\r\n", 400, NULL, NULL, NULL},
    {"bad host", "GET /cuic/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400, NULL, NULL, NULL},
    {"large head", "GET /cuic/ HTTP/1.1\r\n" H "X: " X1000 X1000 X100 "\r\n\r\n", 400, NULL, NULL,
     NULL},
    {"large body", "POST /cuic/ HTTP/1.1\r\n" H "Content-Length: 1001\r\n\r\n" X1000 "x", 413, NULL,
     NULL, NULL},
    {"large chunked body",
     "POST /cuic/ HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n" CHUNK_ CHUNK_ "0\r\n\r\n",
     413, NULL, NULL, NULL},
    {"close", "GET /cuic/ HTTP/1.1\r\n" H "Connection: close\r\n\r\n", 200, "not-cors", "no-origin",
     NULL},
    {"close among others",
     "GET /cuic/ HTTP/1.1\r\n" H "Connection: a\r\nConnection: b , CLOSE\r\n\r\n", 200, "not-cors",
     "no-origin", NULL},
    {"keep-alive", "GET /cuic/ HTTP/1.1\r\n" H "Connection: keep-alive\r\n\r\n", 200, "not-cors",
     "no-origin", NULL},
    {"http 1.0", "GET /cuic/ HTTP/1.0\r\n" H "\r\n", 200, "not-cors", "no-origin", NULL},
    {"http 1.0 keep-alive", "GET /cuic/ HTTP/1.0\r\n" H "Connection: Keep-Alive\r\n\r\n", 200,
     "not-cors", "no-origin", NULL},
    {"http 1.0 both", "GET /cuic/ HTTP/1.0\r\n" H "Connection: keep-alive, close\r\n\r\n", 200,
     "not-cors", "no-origin", NULL},
    {"http 1.2", "GET /cuic/ HTTP/1.2\r\n" H "\r\n", 200, "not-cors", "no-origin", NULL},
    {"duplicates", "GET /cuic/ HTTP/1.1\r\n" H "a: 1\r\nA: 2\r\na: 1\r\nB:\r\n\r\n", 200,
     "not-cors", "no-origin", "GET /cuic/ HTTP/1.1\r\n" H "a: 1\r\nA: 2\r\na: 1\r\nB: \r\n\r\n"},
    {"blanks", "GET /cuic/ HTTP/1.1\r\n" H "a:1\r\nb: \t 2 \r\nd : 5\r\n\r\n", 200, "not-cors",
     "no-origin", "GET /cuic/ HTTP/1.1\r\n" H "a: 1\r\nb: 2 \r\nd : 5\r\n\r\n"},
    {"bytes", "GET /cuic/\xff%00 HTTP/1.1\r\n" H "x: \x01\xff\x7f\r\n\r\n", 404, "not-cors",
     "no-origin", NULL},
    {"blank in the target", "GET /cuic/a b HTTP/1.1\r\n" H "\r\n", 404, "not-cors", "no-origin",
     NULL},
    {"live data page", "GET /livedata/security HTTP/1.1\r\n" H O "\r\n", 200, "actual",
     "actual-allowed", NULL},
    {"no login", "GET /livedata/token/new HTTP/1.1\r\n" H O "\r\n", 401, "actual", "actual-allowed",
     NULL},
    {"no transport", "GET /socket.io/?EIO=3 HTTP/1.1\r\n" H O "\r\n", 400, "actual",
     "actual-allowed", NULL},
};

/** Each with a name that tells what differs. */
static void expect_head(const char *name, const char *what, const char *want, const char *sql)
{
    size_t n = 0;
    char *got = traced_bytes(&lab, sql, &n);

    ck_assert_msg(got != NULL && n == strlen(want) && memcmp(got, want, n) == 0,
                  "%s: %s: expected '%s', got '%s'", name, what, want, got);
    free(got);
}

static void expect_text(const char *name, const char *column, const char *want)
{
    const char *got = traced_last(&lab, column);

    ck_assert_msg(strcmp(got, want == NULL ? "(none)" : want) == 0,
                  "%s: %s: expected '%s', got '%s'", name, column, want == NULL ? "(none)" : want,
                  got);
}

static void expect_number(const char *name, const char *column, long long want)
{
    long long got = strtoll(traced_last(&lab, column), NULL, 10);

    ck_assert_msg(got == want, "%s: %s: expected %lld, got %lld", name, column, want, got);
}

#define REQUEST_SQL  "SELECT request_head FROM message ORDER BY id DESC LIMIT 1"
#define RESPONSE_SQL "SELECT response_head FROM message ORDER BY id DESC LIMIT 1"

static void check_row(const struct row *row, long long n)
{
    struct wire *w = wire_open(lab.port[1], PUB);
    bool is_head = strncmp(row->request, "HEAD", 4) == 0;

    ck_assert(wire_send(w, row->request, strlen(row->request)));
    char *head = traced_wire_head(w, !is_head);
    ck_assert_msg(head != NULL, "%s: no answer", row->name);
    traced_wait(&lab, n);
    expect_head(row->name, "response", traced_masked(head), RESPONSE_SQL);
    size_t n_request = (size_t)(strstr(row->request, "\r\n\r\n") - row->request) + 4;
    char *sent = strndup(row->request, n_request);
    expect_head(row->name, "request", row->recorded == NULL ? sent : row->recorded, REQUEST_SQL);
    expect_number(row->name, "status", row->status);
    expect_text(row->name, "class", row->class);
    expect_text(row->name, "reason", row->reason);
    expect_number(row->name, "is_sent", 1);
    free(sent);
    free(head);
    wire_close(w);
}

/** What all of them are exported as is good, and has all of them. */
static void check_har(size_t n)
{
    struct proc_result r = lab_cli(&lab, NULL, "lab trace export har", NULL);
    json_error_t error;
    json_t *har = json_loads(r.out, JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(r.status == 0 && har != NULL, "%d: %s%s at %d", r.status, r.err, error.text,
                  error.position);
    ck_assert_uint_eq(har_check(har), n);
    json_decref(har);
    proc_result_clear(&r);
}

/** All on one server: a record more each time. */
START_TEST(heads)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(&rows[i], (long long)i + 1);
    ck_assert_int_eq(traced_number(&lab, "SELECT max(id) FROM exchange"), (long long)COUNT(rows));
    check_har(COUNT(rows));
}
END_TEST

/** Requests on one connection, in one piece: a record for each, in their order. */
START_TEST(pipelined)
{
    struct wire *w = wire_open(lab.port[1], PUB);

    wire_say(w, "%s",
             "GET /cuic/?1 HTTP/1.1\r\n" H "\r\nGET /cuic/?2 HTTP/1.1\r\n" H
             "\r\nGET /cuic/?3 HTTP/1.1\r\n" H "\r\n");
    for (size_t i = 0; i < 3; i++)
        free(traced_wire_head(w, true));
    traced_wait(&lab, 3);
    ck_assert_int_eq(traced_number(&lab, "SELECT count(*) FROM exchange"
                                         " WHERE target = '/cuic/?' || id"),
                     3);
    ck_assert_int_eq(traced_number(&lab, "SELECT count(DISTINCT connection) FROM exchange"), 1);
    wire_close(w);
}
END_TEST

/** A client that ends its side behind its request: the library answers before it looks any further,
 *  so that the answer does not say that the connection will be closed. */
START_TEST(half_closed)
{
    for (long long i = 1; i <= 20; i++) {
        struct wire *w = wire_open(lab.port[1], PUB);
        wire_say(w, "%s", "GET /cuic/ HTTP/1.1\r\n" H "\r\n");
        wire_shut(w, false);
        char *head = traced_wire_head(w, true);
        traced_wait(&lab, i);
        expect_head("half closed", "response", traced_masked(head), RESPONSE_SQL);
        free(head);
        wire_close(w);
    }
}
END_TEST

/** The service behind the proxy is stopped. */
START_TEST(service_stopped)
{
    struct wire *w = wire_open(lab.port[1], PUB);

    lab_must(&lab, "utils service stop " CORS_SERVICE);
    wire_say(w, "%s", PREFLIGHT(PUB, LISTED));
    char *head = traced_wire_head(w, true);
    traced_wait(&lab, 1);
    expect_head("stopped", "response", traced_masked(head), RESPONSE_SQL);
    expect_number("stopped", "status", 502);
    expect_text("stopped", "class", NULL);
    expect_text("stopped", "reason", "service-down");
    expect_text("stopped", "origin", LISTED);
    expect_text("stopped", "note", "The service behind the proxy is stopped.");
    free(head);
    wire_close(w);
}
END_TEST

/* ---- connections ---- */

static const struct tls_row {
    const char *name;
    int version;
    const char *sni;
    const char *host;
    const char *tls, *node;
} tls_rows[] = {
    {"tls 1.3", TLS1_3_VERSION, PUB, PUB, "TLS1.3", "cuicpub"},
    {"tls 1.2", TLS1_2_VERSION, PUB, PUB, "TLS1.2", "cuicpub"},
    {"other name", TLS1_3_VERSION, PUB, SUB, "TLS1.3", "cuicsub"},
    {"other node", TLS1_3_VERSION, SUB, SUB, "TLS1.3", "cuicsub"},
};

START_TEST(connections)
{
    for (size_t i = 0; i < COUNT(tls_rows); i++) {
        const struct tls_row *row = &tls_rows[i];
        struct wire_options o = {.port = lab.port[1],
                                 .sni = row->sni,
                                 .min_version = row->version,
                                 .max_version = row->version};
        struct wire *w = wire_try(&o, NULL);
        char server[64];
        ck_assert_ptr_nonnull(w);
        ck_assert_uint_eq(preflight(w, row->host, LISTED), 200);
        traced_wait(&lab, (long long)i + 1);
        expect_text(row->name, "tls", row->tls);
        expect_text(row->name, "sni", row->sni);
        expect_text(row->name, "node", row->node);
        expect_text(row->name, "host", row->host);
        expect_text(row->name, "service", "cuic");
        expect_text(row->name, "client", "127.0.0.1");
        (void)snprintf(server, sizeof server, "127.0.0.1:%u", lab.port[1]);
        expect_text(row->name, "server", server);
        expect_number(row->name, "connection", (long long)i + 1);
        ck_assert_int_gt(strtol(traced_last(&lab, "client_port"), NULL, 10), 1023);
        wire_close(w);
    }
}
END_TEST

START_TEST(no_name)
{
    struct wire_options o = {.port = lab.port[1], .verify = PUB};
    struct wire *w = wire_try(&o, NULL);

    ck_assert_ptr_nonnull(w);
    ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    traced_wait(&lab, 1);
    expect_text("no name", "sni", NULL);
    wire_close(w);
}
END_TEST

/** A resumed session has its name all the same. */
START_TEST(resumed)
{
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct wire_options o = {
            .port = lab.port[1], .sni = SUB, .min_version = version, .max_version = version};
        struct wire *first = wire_try(&o, NULL);
        ck_assert_uint_eq(preflight(first, SUB, LISTED), 200);
        o.session = SSL_get1_session(wire_ssl(first));
        wire_close(first);
        struct wire *w = wire_try(&o, NULL);
        ck_assert_int_eq(SSL_session_reused(wire_ssl(w)), 1);
        ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
        SSL_SESSION_free(o.session);
        wire_close(w);
        traced_wait(&lab, 2 * (version - TLS1_2_VERSION + 1));
        expect_text("resumed", "sni", SUB);
    }
}
END_TEST

START_TEST(ipv6)
{
    struct lab six;

    start_article(&six, "listen cuic { addresses = {\"[::1]:0\"} }\n");
    struct wire_options o = {.port = six.port[0], .sni = PUB, .is_ipv6 = true};
    struct wire *w = wire_try(&o, NULL);
    ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    traced_wait(&six, 1);
    ck_assert_str_eq(traced_last(&six, "client"), "::1");
    ck_assert_ptr_nonnull(strstr(traced_last(&six, "server"), "[::1]:"));
    wire_close(w);
    lab_clear(&six);
}
END_TEST

/* ---- what the library refuses by itself ---- */

START_TEST(refused_by_the_library)
{
    struct wire *w = wire_open(lab.port[1], PUB);
    char line[64];
    size_t n = 0;

    wire_say(w, "GET /cuic/?token=abc HTTP/1.1\r\n" H);
    for (unsigned i = 0; i < 1000 && n < 20000; i++) {
        n += (size_t)snprintf(line, sizeof line, "X-%u: 0123456789012345678901234567890\r\n", i);
        if (!wire_send(w, line, strlen(line)))
            break;
    }
    free(wire_read_to_end(w, NULL));
    wire_close(w);
    traced_wait(&lab, 1);
    expect_number("library", "status", 431);
    expect_text("library", "method", NULL);
    expect_text("library", "target", "/cuic/?token=[masked ~8]");
    expect_text("library", "sni", PUB);
    expect_text("library", "node", "cuicpub");
    expect_text("library", "response_head", NULL);
}
END_TEST

/** End a connection so that what was sent arrives: a reset could overtake it. */
static void leave(struct wire *w)
{
    wire_shut(w, false);
    free(wire_read_to_end(w, NULL));
    wire_close(w);
}

/** A client that leaves within a request: its line is known, or its whole head. */
START_TEST(left_early)
{
    struct wire *w = wire_open(lab.port[1], SUB);

    wire_say(w, "GET /cuic/ HTTP/1.1\r\nHost: " SUB "\r\n");
    leave(w);
    traced_wait(&lab, 1);
    expect_number("in the head", "status", 0);
    expect_text("in the head", "target", "/cuic/");
    expect_text("in the head", "node", "cuicsub");
    expect_number("in the head", "is_sent", 0);
    w = wire_open(lab.port[1], SUB);
    wire_say(w, "POST /cuic/ HTTP/1.1\r\nHost: " SUB "\r\n" O "Content-Length: 10\r\n\r\nabc");
    leave(w);
    traced_wait(&lab, 2);
    expect_number("in the body", "status", 0);
    expect_text("in the body", "method", "POST");
    expect_text("in the body", "origin", LISTED);
    expect_text("in the body", "class", NULL);
    expect_text("in the body", "note", "The client left before it was answered.");
}
END_TEST

/** Bodies far over the limit end the connection. */
START_TEST(far_too_large)
{
    struct wire *w = wire_open(lab.port[1], PUB);

    wire_say(w, "POST /cuic/ HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    for (unsigned i = 0; i < 1000; i++)
        if (!wire_send(w, CHUNK_, strlen(CHUNK_)))
            break;
    free(wire_read_to_end(w, NULL));
    wire_close(w);
    traced_wait(&lab, 1);
    expect_number("far too large", "status", 0);
    expect_text("far too large", "note", "The connection was closed.");
    ck_assert_int_gt(strtol(traced_last(&lab, "request_bytes"), NULL, 10), 16000);
}
END_TEST

/* ---- the web proxy ---- */

START_TEST(proxy_stopped)
{
    struct wire_response r;
    struct wire *w = wire_open(lab.port[1], PUB);
    struct wire_options o = {.port = lab.port[1], .sni = PUB};

    ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    lab_must(&lab, "utils service stop Cisco Web Proxy Service");
    ck_assert_ptr_null(wire_try(&o, NULL));
    traced_wait(&lab, 2);
    expect_text("reset", "kind", "reset");
    expect_text("reset", "node", "cuicpub");
    expect_text("reset", "sni", PUB);
    expect_text("reset", "client", "127.0.0.1");
    expect_text("reset", "method", NULL);
    expect_text("reset", "reason", "proxy-down");
    ck_assert(wire_send(w, PREFLIGHT(PUB, LISTED), strlen(PREFLIGHT(PUB, LISTED))));
    ck_assert(!wire_read(w, &r));
    traced_wait(&lab, 3);
    expect_text("cut off", "kind", "exchange");
    expect_number("cut off", "status", 0);
    expect_text("cut off", "reason", "proxy-down");
    expect_text("cut off", "origin", LISTED);
    expect_text("cut off", "note",
                "Cisco Web Proxy Service does not run: the connection was closed.");
    wire_close(w);
}
END_TEST

/* ---- times, bodies ---- */

/** In microseconds, of UTC. */
START_TEST(times)
{
    struct timespec before;
    struct timespec after;

    (void)clock_gettime(CLOCK_REALTIME, &before);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    traced_wait(&lab,
                1); /* its time ends when the answer is sent, which may be after it has come */
    (void)clock_gettime(CLOCK_REALTIME, &after);
    long long at = traced_number(&lab, "SELECT at_us FROM exchange");
    long long took = traced_number(&lab, "SELECT duration_us FROM exchange");
    ck_assert_msg(at >= (long long)before.tv_sec * 1000000 && took > 0 &&
                      at + took <= ((long long)after.tv_sec + 1) * 1000000,
                  "at %lld for %lld", at, took);
}
END_TEST

static const char body_text[] = "{\"password\":\"cAnArY\",\"other\":\"kept\"}";

/** With and without trace.bodies. */
START_TEST(bodies)
{
    struct lab l;
    char request[512];
    bool are_kept = _i == 1;

    start_article(&l, are_kept ? "trace { bodies = yes }\n" : "");
    (void)snprintf(request, sizeof request,
                   "POST /cuic/ HTTP/1.1\r\n" H "Content-Type: application/json\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   strlen(body_text), body_text);
    struct wire_response r = ask_once(&l, request);
    ck_assert_uint_eq(r.status, 200);
    traced_wait(&l, 1);
    ck_assert_str_eq(traced_last(&l, "request_body"),
                     are_kept ? "{\"password\":\"[masked ~8]\",\"other\":\"kept\"}" : "(none)");
    ck_assert_str_eq(traced_last(&l, "response_body"), are_kept ? r.body : "(none)");
    ck_assert_int_eq(traced_number(&l, "SELECT request_bytes FROM exchange"),
                     (long long)strlen(body_text));
    ck_assert_int_eq(traced_number(&l, "SELECT response_bytes FROM exchange"),
                     (long long)r.body_bytes);
    wire_response_clear(&r);
    lab_clear(&l);
}
END_TEST

void suite_trace_wire(Suite *s)
{
    TCase *tc = new_case(s, "wire");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, heads);
    tcase_add_test(tc, pipelined);
    tcase_add_test(tc, half_closed);
    tcase_add_test(tc, service_stopped);
    tcase_add_test(tc, connections);
    tcase_add_test(tc, no_name);
    tcase_add_test(tc, resumed);
    tcase_add_test(tc, refused_by_the_library);
    tcase_add_test(tc, left_early);
    tcase_add_test(tc, far_too_large);
    tcase_add_test(tc, proxy_stopped);
    tcase_add_test(tc, times);
    TCase *own = new_case(s, "own labs");
    tcase_add_test(own, ipv6);
    tcase_add_loop_test(own, bodies, 0, 2);
}
