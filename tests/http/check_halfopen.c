/* One client that stops half-way must cost the server nothing, and be closed in the end. */
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"

#define HELLO_MAX    4096
#define SETTLE_MS    200  /* for what the arrival itself costs */
#define MEASURE_MS   1000 /* of wall clock */
#define MEASURES     15
#define BUSY_PERCENT 20 /* of one core; a spinning thread takes 100, an idle server 0 */

static struct lab lab;

static void stop(void)
{
    lab_clear(&lab);
}

/** The bytes of a ClientHello. */
static size_t client_hello(unsigned char to[HELLO_MAX])
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());

    ck_assert(ctx != NULL && ssl != NULL && in != NULL && out != NULL);
    SSL_set_bio(ssl, in, out);
    ck_assert_int_eq(SSL_connect(ssl), -1); /* it waits for the server's answer */
    int n = BIO_read(out, to, HELLO_MAX);
    ck_assert_int_gt(n, 200);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return (size_t)n;
}

/* ---- where a client can stop ---- */

static struct wire *after_connect(void)
{
    return wire_open_plain(lab.port[0]);
}

static struct wire *within_hello(void)
{
    unsigned char hello[HELLO_MAX];
    struct wire *w = wire_open_plain(lab.port[0]);

    (void)client_hello(hello);
    ck_assert(wire_send(w, hello, 100));
    return w;
}

static struct wire *after_hello(void)
{
    unsigned char hello[HELLO_MAX];
    struct wire *w = wire_open_plain(lab.port[0]);

    ck_assert(wire_send(w, hello, client_hello(hello)));
    return w;
}

static struct wire *after_handshake(void)
{
    return wire_open(lab.port[0], PUB);
}

static struct wire *within_head(void)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    wire_say(w, "OPTIONS /cuic/ HTTP/1.1\r\nHost: " PUB "\r\nOrigin: https");
    return w;
}

static struct wire *within_body(void)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    wire_say(w, "POST /cuic/ HTTP/1.1\r\nHost: " PUB "\r\nContent-Length: 10\r\n\r\n012");
    return w;
}

static struct wire *after_an_answer(void)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    return w;
}

/** It has asked for far more than it reads. */
static struct wire *not_reading(void)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (unsigned i = 0; i < 1000; i++)
        wire_say(w, "%s", PREFLIGHT(PUB, "https://x.example"));
    return w;
}

static const struct row {
    const char *name;
    struct wire *(*stop_there)(void);
} rows[] = {
    {"after connect", after_connect},       {"within the ClientHello", within_hello},
    {"after the ClientHello", after_hello}, {"after the handshake", after_handshake},
    {"within the head", within_head},       {"within the body", within_body},
    {"after an answer", after_an_answer},   {"not reading", not_reading},
};

/* ---- CPU ---- */

/** Clock ticks that the server has used, in user mode and in the kernel. */
static unsigned long cpu_ticks(void)
{
    char path[64];
    char text[1024] = "";
    unsigned long user = 0;
    unsigned long kernel = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)lab.server.pid);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    const char *after_name = strrchr(text, ')'); /* the name may hold anything */
    ck_assert_ptr_nonnull(after_name);
    ck_assert_int_eq(
        sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel),
        2);
    return user + kernel;
}

/** Percent of a core that the server takes for a while. */
static unsigned long measure_percent(void)
{
    unsigned long ticks = cpu_ticks();
    long long begin = test_now_ms();

    test_pause_ms(MEASURE_MS);
    ticks = cpu_ticks() - ticks;
    long long ms = test_now_ms() - begin;
    return ticks * 100000 / (unsigned long)sysconf(_SC_CLK_TCK) / (unsigned long)ms;
}

/** What has arrived may take its time (valgrind), a thread that spins does so to the end. */
START_TEST(costs_nothing)
{
    start_article(&lab, NULL);
    struct wire *w = rows[_i].stop_there();
    test_pause_ms(SETTLE_MS);
    unsigned long percent = measure_percent();
    for (unsigned i = 0; i < MEASURES && percent >= BUSY_PERCENT; i++)
        percent = measure_percent();
    ck_assert_msg(percent < BUSY_PERCENT, "%s: %lu %% of a core", rows[_i].name, percent);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200); /* and others are served */
    wire_close(w);
}
END_TEST

#define IDLE_LINE "limits { idle_seconds = 8 }\n" /* far more than any step here takes */
#define PIECES    8
#define PIECE_MS  1500

/** Send a request in pieces, for longer than a connection may be idle. */
static struct wire *send_slowly(void)
{
    static const char text[] = PREFLIGHT(PUB, LISTED);
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < PIECES; i++) {
        size_t from = (sizeof text - 1) * i / PIECES;
        size_t to = (sizeof text - 1) * (i + 1) / PIECES;
        test_pause_ms(PIECE_MS);
        ck_assert(wire_send(w, text + from, to - from));
    }
    return w;
}

/** The server closes all of them by itself, but not a client that moves on slowly: each byte starts
 *  the time anew. */
START_TEST(idle)
{
    struct wire *w[COUNT(rows)];
    struct wire_response r;

    start_article(&lab, IDLE_LINE);
    for (size_t i = 0; i < COUNT(rows); i++)
        w[i] = rows[i].stop_there();
    struct wire *slow = send_slowly();
    ck_assert(wire_read(slow, &r));
    ck_assert_uint_eq(r.status, 200);
    wire_response_clear(&r);
    wire_close(slow);
    for (size_t i = 0; i < COUNT(rows); i++) {
        free(wire_read_to_end(w[i], NULL));
        wire_close(w[i]);
    }
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

/* ---- limits of connections ---- */

/** Over limits.per_ip a connection is closed at once, and one that ends makes room. */
START_TEST(connections_limited)
{
    struct wire *w[4];

    start_article(&lab, "limits { per_ip = 4 idle_seconds = 3600 }\n");
    for (size_t i = 0; i < COUNT(w); i++) {
        w[i] = wire_open(lab.port[0], PUB);
        ck_assert_uint_eq(preflight(w[i], PUB, LISTED), 200);
    }
    struct wire_options o = {.port = lab.port[0], .sni = PUB};
    ck_assert_ptr_null(wire_try(&o, NULL));
    for (size_t i = 0; i < COUNT(w); i++)
        ck_assert_uint_eq(preflight(w[i], PUB, LISTED), 200);
    wire_close(w[0]);
    while ((w[0] = wire_try(&o, NULL)) == NULL)
        test_pause_ms(5); /* until the server has noticed; the test's timeout ends it */
    ck_assert_uint_eq(preflight(w[0], PUB, LISTED), 200);
    for (size_t i = 0; i < COUNT(w); i++)
        wire_close(w[i]);
}
END_TEST

Suite *suite_halfopen(void)
{
    Suite *s = suite_create("halfopen");
    TCase *tc = new_case(s, "stopped");

    tcase_add_checked_fixture(tc, NULL, stop);
    tcase_add_loop_test(tc, costs_nothing, 0, (int)COUNT(rows));
    tcase_add_test(tc, idle);
    tcase_add_test(tc, connections_limited);
    return s;
}
