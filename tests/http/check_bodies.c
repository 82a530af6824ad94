/* Request bodies: declared, chunked, announced with Expect, over the limit, without an end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "suites.h"

#define LIMIT      1000
#define LIMIT_LINE "limits { body_bytes = 1000 idle_seconds = 3600 }\n"
#define H          "Host: " PUB "\r\n"
#define NEXT       "OPTIONS * HTTP/1.1\r\n" H "\r\n" /* what is asked after each body */
#define HUGE       99999999

static struct lab lab;

static const struct row {
    const char *name;
    const char *method;
    const char *lines; /* of the head, besides Host and those of the body */
    size_t chunk;      /* bytes of each chunk; 0: Content-Length */
    size_t declared;   /* bytes of the body; HUGE is never sent */
    unsigned status;
    bool closes; /* the connection is of no use afterwards */
} rows[] = {
    {"empty", "POST", "", 0, 0, 200, false},
    {"one byte", "POST", "", 0, 1, 200, false},
    {"at the limit", "POST", "", 0, LIMIT, 200, false},
    {"one over", "POST", "", 0, LIMIT + 1, 413, true},
    {"far over, not sent", "POST", "", 0, HUGE, 413, true},
    {"far over, announced", "POST", "Expect: 100-continue\r\n", 0, HUGE, 413, true},
    {"PUT", "PUT", "", 0, LIMIT, 200, false},
    {"DELETE", "DELETE", "", 0, 10, 200, false},
    {"GET", "GET", "", 0, 10, 200, false},
    {"GET over", "GET", "", 0, LIMIT + 1, 413, true},
    {"OPTIONS", "OPTIONS", "", 0, 10, 200, false},
    {"preflight", "OPTIONS", PREFLIGHT_LINES(LISTED), 0, 10, 200, false},
    {"preflight, refused", "OPTIONS", PREFLIGHT_LINES("https://x.example"), 0, LIMIT, 403, false},
    {"preflight over", "OPTIONS", PREFLIGHT_LINES(LISTED), 0, LIMIT + 1, 413, true},
    {"refused before the application", "POST", "Origin: https://x.example\r\n", 0, 10, 403, false},
    {"chunk of nothing", "POST", "", 10, 0, 200, false},
    {"chunks of 1", "POST", "", 1, 100, 200, false},
    {"chunks of 7", "POST", "", 7, 700, 200, false},
    {"chunk at the limit", "POST", "", LIMIT, LIMIT, 200, false},
    {"chunk one over", "POST", "", LIMIT + 1, LIMIT + 1, 413, false},
    {"chunks one over", "POST", "", 1, LIMIT + 1, 413, false},
    {"chunks ten times over", "POST", "", 100, 10 * LIMIT, 413, false},
    {"chunked preflight", "OPTIONS", PREFLIGHT_LINES(LISTED), 10, 100, 200, false},
};

static void start(void)
{
    start_article(&lab, LIMIT_LINE);
}

static void stop(void)
{
    lab_clear(&lab);
}

static void put_chunks(FILE *to, size_t chunk, size_t total)
{
    for (size_t left = total; left > 0;) {
        size_t n = left < chunk ? left : chunk;
        (void)fprintf(to, "%zx\r\n", n);
        for (size_t i = 0; i < n; i++)
            (void)fputc('b', to);
        (void)fputs("\r\n", to);
        left -= n;
    }
    (void)fputs("0\r\n\r\n", to);
}

static char *row_text(const struct row *row)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    ck_assert_ptr_nonnull(f);
    (void)fprintf(f, "%s /cuic/ HTTP/1.1\r\n" H "%s", row->method, row->lines);
    if (row->chunk > 0) {
        (void)fputs("Transfer-Encoding: chunked\r\n\r\n", f);
        put_chunks(f, row->chunk, row->declared);
    } else {
        (void)fprintf(f, "Content-Length: %zu\r\n\r\n", row->declared);
        for (size_t i = 0; row->declared != HUGE && i < row->declared; i++)
            (void)fputc('b', f);
    }
    (void)fclose(f);
    return text;
}

static void check_answer(const struct row *row, const struct wire_response *r)
{
    ck_assert_msg(r->status == row->status, "%s: %u instead of %u", row->name, r->status,
                  row->status);
    if (row->status == 413)
        ck_assert_msg(strstr(r->body, "limits.body_bytes") != NULL, "%s: %s", row->name, r->body);
    bool has_cors = row->status == 200 && strstr(row->lines, "Origin: ") != NULL;
    ck_assert_msg((wire_count(r, "access-control-") > 0) == has_cors, "%s: CORS headers",
                  row->name);
}

/** After the body the connection answers the next request, or is closed. */
static void check_next(const struct row *row, struct wire *w)
{
    struct wire_response r;
    bool is_answered = wire_send(w, NEXT, strlen(NEXT)) && wire_read(w, &r);

    ck_assert_msg(is_answered != row->closes, "%s: the connection %s", row->name,
                  is_answered ? "goes on" : "is closed");
    if (!is_answered)
        return;
    ck_assert_msg(r.status == 200 && wire_field(&r, "allow") != NULL, "%s: then %u", row->name,
                  r.status);
    wire_response_clear(&r);
}

START_TEST(body)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wire *w = wire_open(lab.port[0], PUB);
        char *text = row_text(&rows[i]);
        struct wire_response r;
        wire_say(w, "%s", text);
        ck_assert_msg(wire_read(w, &r), "%s: no answer", rows[i].name);
        check_answer(&rows[i], &r);
        check_next(&rows[i], w);
        wire_response_clear(&r);
        free(text);
        wire_close(w);
    }
}
END_TEST

/** A chunked body that never ends is not read for ever, nor is anything of it kept. */
START_TEST(endless_chunks)
{
    static const char head[] = "POST /cuic/ HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n";
    char chunk[4096 + 8] = "1000\r\n";
    const size_t bound = 64U << 20; /* far over all buffers between the two */
    size_t sent = 0;
    struct wire *w = wire_open(lab.port[0], PUB);
    size_t n = 0;

    memset(chunk + 6, 'c', 4096);
    memcpy(chunk + 6 + 4096, "\r\n", 2);
    wire_say(w, "%s", head);
    while (sent < bound && wire_send(w, chunk, sizeof chunk))
        sent += sizeof chunk;
    ck_assert_msg(sent < bound, "%zu bytes were taken", sent);
    free(wire_read_to_end(w, &n));
    ck_assert_uint_eq(n, 0);
    wire_close(w);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

START_TEST(expect_continue)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r;

    for (unsigned i = 0; i < 3; i++) {
        wire_say(w, "POST /cuic/ HTTP/1.1\r\n" H "Expect: 100-continue\r\n"
                    "Content-Length: 5\r\n\r\n");
        ck_assert(wire_read_head(w, &r));
        ck_assert_uint_eq(r.status, 100);
        ck_assert_uint_eq(r.n_fields, 0);
        wire_response_clear(&r);
        wire_say(w, "hello");
        ck_assert(wire_read(w, &r));
        ck_assert_uint_eq(r.status, 200);
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

START_TEST(body_in_pieces)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r;

    wire_say(w, "POST /cuic/ HTTP/1.1\r\n" H "Content-Length: 100\r\n\r\n");
    for (unsigned i = 0; i < 100; i++)
        wire_say(w, "%c", 'a' + (int)(i % 26));
    ck_assert(wire_read(w, &r));
    ck_assert_uint_eq(r.status, 200);
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

static const struct broken {
    const char *name;
    const char *lines;
    const char *body;
    unsigned status;
} broken[] = {
    {"length not a number", "Content-Length: ten\r\n", "", 400},
    {"negative length", "Content-Length: -1\r\n", "", 400},
    {"length over 64 bits", "Content-Length: 99999999999999999999\r\n", "", 413},
    {"chunk size not a number", "Transfer-Encoding: chunked\r\n", "ten\r\n", 400},
    {"chunk size over 64 bits", "Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFFF\r\n", 413},
};

/** The HTTP library answers these itself. */
START_TEST(broken_length)
{
    const struct broken *row = &broken[_i];
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r;

    wire_say(w, "POST /cuic/ HTTP/1.1\r\n" H "%s\r\n%s", row->lines, row->body);
    ck_assert_msg(wire_read(w, &r), "%s: no answer", row->name);
    ck_assert_msg(r.status == row->status, "%s: %u", row->name, r.status);
    free(wire_read_to_end(w, NULL)); /* it closes */
    wire_response_clear(&r);
    wire_close(w);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
}
END_TEST

START_TEST(limit_of_nothing)
{
    struct lab none;

    start_article(&none, "limits { body_bytes = 0 }\n");
    struct wire_response r =
        ask_once(&none, "POST /cuic/ HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\n");
    ck_assert_uint_eq(r.status, 413);
    wire_response_clear(&r);
    r = ask_once(&none, "POST /cuic/ HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n");
    ck_assert_uint_eq(r.status, 200);
    wire_response_clear(&r);
    lab_clear(&none);
}
END_TEST

Suite *suite_bodies(void)
{
    Suite *s = suite_create("bodies");
    TCase *tc = new_case(s, "limited");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, body);
    tcase_add_test(tc, endless_chunks);
    tcase_add_test(tc, expect_continue);
    tcase_add_test(tc, body_in_pieces);
    tcase_add_loop_test(tc, broken_length, 0, (int)COUNT(broken));
    tcase_add_test(tc, limit_of_nothing);
    return s;
}
