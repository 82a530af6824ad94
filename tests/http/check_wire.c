/* Requests that arrive oddly: many at once, in pieces, half-closed, over-long, as garbage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "suites.h"

#define H   "Host: " PUB "\r\n"
#define END "Connection: close\r\n\r\n"

static struct lab lab;

static void start(void)
{
    start_article(&lab, NULL);
}

static void stop(void)
{
    lab_clear(&lab);
}

static void expect(struct wire *w, unsigned status, const char *field)
{
    struct wire_response r;

    ck_assert_msg(wire_read(w, &r), "no answer instead of %u", status);
    ck_assert_uint_eq(r.status, status);
    ck_assert_msg(field == NULL || wire_field(&r, field) != NULL, "%u without %s", status, field);
    wire_response_clear(&r);
}

START_TEST(pipelined)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (unsigned i = 0; i < 20; i++) {
        wire_say(w, "GET /cuic HTTP/1.1\r\n" H "\r\n"
                    "POST /cuic/ HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"
                    "OPTIONS /cuic/ HTTP/1.1\r\n" H PREFLIGHT_LINES(LISTED) "\r\n");
        expect(w, 302, "location");
        expect(w, 200, "vary");
        expect(w, 200, "access-control-allow-methods");
    }
    wire_close(w);
}
END_TEST

/** The head in pieces of 1 to 7 bytes, each a TLS record of its own. */
START_TEST(slow_sender)
{
    static const char text[] = PREFLIGHT(PUB, LISTED);
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t piece = 1; piece <= 7; piece++) {
        for (size_t at = 0; at < sizeof text - 1; at += piece) {
            size_t left = sizeof text - 1 - at;
            ck_assert(wire_send(w, text + at, left < piece ? left : piece));
        }
        expect(w, 200, "access-control-allow-origin");
    }
    wire_close(w);
}
END_TEST

/** A client that has said all it will, and still reads, gets its answer. */
START_TEST(half_closed)
{
    bool is_abrupt = _i == 1;
    struct wire *w = wire_open(lab.port[0], PUB);
    size_t left = 0;

    wire_say(w, "%s", PREFLIGHT(PUB, LISTED));
    wire_shut(w, is_abrupt);
    expect(w, 200, "access-control-allow-origin");
    free(wire_read_to_end(w, &left));
    ck_assert_uint_eq(left, 0);
    wire_close(w);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

static const char *const unfinished[] = {
    "",
    "OPTIONS /cuic/ HT",
    "OPTIONS /cuic/ HTTP/1.1\r\nHost: " PUB "\r\n",
    "POST /cuic/ HTTP/1.1\r\nHost: " PUB "\r\nContent-Length: 10\r\n\r\n01234",
    "POST /cuic/ HTTP/1.1\r\nHost: " PUB "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n012",
};

/** A request that ends in its middle is not answered, and the connection is closed. */
START_TEST(half_closed_within)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    size_t n = 0;

    wire_say(w, "%s", unfinished[_i / 2]);
    wire_shut(w, _i % 2 == 1);
    free(wire_read_to_end(w, &n));
    ck_assert_uint_eq(n, 0);
    wire_close(w);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

/* ---- sizes ---- */

static const struct size {
    const char *name;
    const char *before;
    size_t n; /* letters in the middle */
    const char *after;
    unsigned status; /* limits.header_bytes is 8192 */
    unsigned roomy;  /* with limits.header_bytes = 65536 */
} sizes[] = {
    {"under", "GET /cuic/ HTTP/1.1\r\n" H "X: ", 7900, "\r\n" END, 200, 200},
    {"just over", "GET /cuic/ HTTP/1.1\r\n" H "X: ", 8192, "\r\n" END, 400, 200},
    {"over", "GET /cuic/ HTTP/1.1\r\n" H "X: ", 12000, "\r\n" END, 400, 200},
    {"far over", "GET /cuic/ HTTP/1.1\r\n" H "X: ", 60000, "\r\n" END, 431, 200},
    {"far over either", "GET /cuic/ HTTP/1.1\r\n" H "X: ", 200000, "\r\n" END, 431, 431},
    {"target over", "GET /cuic/?", 60000, " HTTP/1.1\r\n" H END, 414, 200},
    {"target far over", "GET /cuic/?", 200000, " HTTP/1.1\r\n" H END, 414, 414},
    {"method over", "", 200000, " /cuic/ HTTP/1.1\r\n" H END, 414, 414},
    {"origin of 60 kB", "OPTIONS /cuic/ HTTP/1.1\r\n" H "Origin: https://", 60000,
     ".example\r\nAccess-Control-Request-Method: GET\r\n" END, 431, 403},
    {"requested header of 60 kB",
     "OPTIONS /cuic/ HTTP/1.1\r\n" H PREFLIGHT_LINES(LISTED) "Access-Control-Request-Headers: ",
     60000, "\r\n" END, 431, 403},
};

static void send_size(struct wire *w, const struct size *s)
{
    char *middle = malloc(s->n);

    ck_assert_ptr_nonnull(middle);
    memset(middle, 'a', s->n);
    wire_say(w, "%s", s->before);
    /* The server may have answered and closed before all of it was sent. */
    (void)(wire_send(w, middle, s->n) && wire_send(w, s->after, strlen(s->after)));
    free(middle);
}

static void ask_sizes(const struct lab *l, bool is_roomy)
{
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct wire *w = wire_open(l->port[0], PUB);
        struct wire_response r;
        unsigned want = is_roomy ? sizes[i].roomy : sizes[i].status;
        send_size(w, &sizes[i]);
        bool is_answered = wire_read(w, &r);
        wire_close(w);
        /* Bytes that arrive after the close may destroy an answer on its way. */
        if (!is_answered && want >= 414)
            continue;
        ck_assert_msg(r.status == want, "%s: %u instead of %u", sizes[i].name, r.status, want);
        ck_assert_msg(want == 200 || wire_count(&r, "access-control-") == 0, "%s", sizes[i].name);
        wire_response_clear(&r);
    }
    ck_assert_uint_eq(preflight_once(l, PUB, LISTED), 200);
}

START_TEST(head_over_the_limit)
{
    ask_sizes(&lab, false);
}
END_TEST

START_TEST(head_under_a_higher_limit)
{
    struct lab roomy;

    start_article(&roomy, "limits { header_bytes = 65536 idle_seconds = 3600 }\n");
    ask_sizes(&roomy, true);
    lab_clear(&roomy);
}
END_TEST

START_TEST(many_lines)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    wire_say(w, "GET /cuic/ HTTP/1.1\r\n" H);
    for (unsigned i = 0; i < 100; i++)
        wire_say(w, "X-%u: %u\r\n", i, i);
    wire_say(w, "%s", END);
    expect(w, 200, "vary");
    wire_close(w);
}
END_TEST

/* ---- bytes that are no text ---- */

#define BYTES(text) text, sizeof(text) - 1

static const struct odd {
    const char *name;
    const char *bytes;
    size_t n;
    unsigned status;     /* 0: closed without an answer */
    const char *allowed; /* access-control-allow-origin, or NULL */
} odd[] = {
    /* The HTTP library ends a value at its first NUL, before the server sees it. */
    {"NUL behind a listed origin",
     BYTES("OPTIONS /cuic/ HTTP/1.1\r\n" H "Origin: " LISTED "\0.evil.example\r\n"
           "Access-Control-Request-Method: GET\r\n" END),
     200, LISTED},
    {"NUL within a listed origin",
     BYTES("OPTIONS /cuic/ HTTP/1.1\r\n" H "Origin: https://finesses\0.uccelab.tac:8445\r\n"
           "Access-Control-Request-Method: GET\r\n" END),
     403, NULL},
    {"NUL in front of a listed origin",
     BYTES("OPTIONS /cuic/ HTTP/1.1\r\n" H "Origin: \0" LISTED "\r\n"
           "Access-Control-Request-Method: GET\r\n" END),
     403, NULL},
    {"NUL in another value", BYTES("GET /cuic/ HTTP/1.1\r\n" H "X: a\0b\r\n" END), 200, NULL},
    {"NUL in a name", BYTES("GET /cuic/ HTTP/1.1\r\n" H "X\0Y: a\r\n" END), 400, NULL},
    {"NUL in the target", BYTES("GET /cu\0ic/ HTTP/1.1\r\n" H END), 404, NULL},
    {"control bytes in an origin",
     BYTES("OPTIONS /cuic/ HTTP/1.1\r\n" H "Origin: https://\x01\x1b[31m\x7f\r\n"
           "Access-Control-Request-Method: GET\r\n" END),
     403, NULL},
    {"bytes over 127 in an origin",
     BYTES("OPTIONS /cuic/ HTTP/1.1\r\n" H "Origin: \xff\xfe\x80\r\n"
           "Access-Control-Request-Method: GET\r\n" END),
     403, NULL},
    {"no request at all", BYTES("\x80\x81\x82 \x83 \x84\r\n\x85\r\n\r\n"), 400, NULL},
    {"a word", BYTES("GET\r\n\r\n"), 0, NULL},
    {"TLS within TLS", BYTES("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\r\n\r\n"), 0, NULL},
    {"NULs", BYTES("\0\0\0\0\0\0\0\0\r\n\r\n"), 0, NULL},
    {"empty lines", BYTES("\r\n\r\n\r\n\r\n\r\n\r\n"), 0, NULL},
    {"HTTP/2 preface", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, NULL},
};

START_TEST(odd_bytes)
{
    for (size_t i = 0; i < COUNT(odd); i++) {
        struct wire *w = wire_open(lab.port[0], PUB);
        struct wire_response r;
        ck_assert(wire_send(w, odd[i].bytes, odd[i].n));
        wire_shut(w, false);
        (void)wire_read(w, &r);
        ck_assert_msg(r.status == odd[i].status, "%s: %u", odd[i].name, r.status);
        const char *allowed = wire_field(&r, "access-control-allow-origin");
        ck_assert_msg((allowed != NULL) == (odd[i].allowed != NULL), "%s: CORS", odd[i].name);
        if (allowed != NULL)
            ck_assert_str_eq(allowed, odd[i].allowed);
        wire_response_clear(&r);
        wire_close(w);
    }
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

/** Whatever a client sends, the log is lines of text. */
START_TEST(odd_bytes_in_the_log)
{
    struct lab talkative;

    start_article(&talkative, "log_level = debug\n");
    for (size_t i = 0; i < COUNT(odd); i++) {
        struct wire *w = wire_open(talkative.port[0], PUB);
        ck_assert(wire_send(w, odd[i].bytes, odd[i].n));
        wire_shut(w, false);
        free(wire_read_to_end(w, NULL));
        wire_close(w);
    }
    char *log = proc_stderr(&talkative.server);
    ck_assert_ptr_nonnull(strstr(log, "origin-malformed"));
    for (const char *p = log; *p != '\0'; p++)
        ck_assert_msg(*p == '\n' || ((unsigned char)*p >= 0x20 && *p != 0x7f),
                      "byte %#x in: %.200s", (unsigned)(unsigned char)*p, p);
    free(log);
    lab_clear(&talkative);
}
END_TEST

/** On the port of TLS, bytes that are none are answered by closing. */
START_TEST(not_tls)
{
    static const struct {
        const char *bytes;
        size_t n;
    } texts[] = {
        {BYTES("GET /cuic/ HTTP/1.1\r\nHost: " PUB "\r\n\r\n")},
        {BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
        {BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")},
        {BYTES("\x16\x03\x01\x00\x04\x01\x00\x00\x00")},
        {BYTES("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10")},
    };

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct wire *w = wire_open_plain(lab.port[0]);
        size_t n = 0;
        (void)wire_send(w, texts[i].bytes, texts[i].n);
        wire_shut(w, true);
        char *text = wire_read_to_end(w, &n);
        ck_assert_msg(n < 5 || memcmp(text, "HTTP/", 5) != 0, "answered in the clear: %s", text);
        free(text);
        wire_close(w);
    }
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

Suite *suite_wire(void)
{
    Suite *s = suite_create("wire");
    TCase *tc = new_case(s, "arrival");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, pipelined);
    tcase_add_test(tc, slow_sender);
    tcase_add_loop_test(tc, half_closed, 0, 2);
    tcase_add_loop_test(tc, half_closed_within, 0, 2 * (int)COUNT(unfinished));
    tcase_add_test(tc, head_over_the_limit);
    tcase_add_test(tc, head_under_a_higher_limit);
    tcase_add_test(tc, many_lines);
    tcase_add_test(tc, odd_bytes);
    tcase_add_test(tc, odd_bytes_in_the_log);
    tcase_add_test(tc, not_tls);
    return s;
}
