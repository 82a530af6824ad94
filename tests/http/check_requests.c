/* One request, one answer: targets, methods, versions, Host fields, odd header lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "suites.h"

#define H           "Host: " PUB "\r\n"
#define END         "Connection: close\r\n\r\n"
#define GET(target) "GET " target " HTTP/1.1\r\n" H END
#define METHOD(m)   m " /cuic/ HTTP/1.1\r\n" H END
#define HOST(line)  "GET /cuic/ HTTP/1.1\r\n" line END
#define PREFLIGHT_WITH(line)                                                                       \
    "OPTIONS /cuic/ HTTP/1.1\r\n" H line "Access-Control-Request-Method: GET\r\n" END
#define APP_ALLOW "allow: GET,POST,OPTIONS,PUT,DELETE"

static struct lab lab;

/** Who answered, by the headers that only this one writes. */
enum who {
    LIBRARY,     /* the HTTP library itself: no "server: nginx" */
    PROXY,       /* outside the application: no cookie */
    FILTER,      /* a refusal: cookie, but no content-security-policy */
    APPLICATION, /* vary: Origin, and no other CORS header */
    CORS         /* access-control-allow-origin is there */
};

static const struct row {
    const char *name;
    const char *request;
    unsigned status;
    enum who who;
    const char *line; /* a header line of the answer; NULL: none looked at */
    const char *body; /* text within the body; NULL: none looked at */
} rows[] = {
    {"home", GET("/cuic/"), 200, APPLICATION, "content-type: text/html;charset=utf-8",
     "node cuicpub"},
    {"query", GET("/cuic/?x=1&y"), 200, APPLICATION, NULL, "node cuicpub"},
    {"unknown page", GET("/cuic/nothing"), 404, APPLICATION, NULL, "404 Not Found"},
    {"dots are no folders", GET("/cuic/../x"), 404, APPLICATION, NULL, NULL},
    {"context without slash", GET("/cuic"), 302, PROXY, "location: /cuic/", ""},
    {"context without slash, preflight", "OPTIONS /cuic HTTP/1.1\r\n" H PREFLIGHT_LINES(LISTED) END,
     302, PROXY, "location: /cuic/", ""},
    {"context without slash, query", GET("/cuic?x=1&y=%20+a?/;%zz"), 302, PROXY,
     "location: /cuic/?x=1&y=%20+a?/;%zz", ""},
    {"context without slash, empty query", GET("/cuic?"), 302, PROXY, "location: /cuic/?", ""},
    {"context without slash, escaped mark", GET("/cuic%3fx=1"), 404, PROXY, NULL, NULL},
    {"context without slash, absolute form", GET("https://" PUB "/cuic?x=1"), 302, PROXY,
     "location: /cuic/?x=1", ""},
    {"context without slash, bytes of no URL",
     GET("/cuic?a\tb\x01"
         "c\x7f\xc3\xbc"),
     302, PROXY, "location: /cuic/?a%09b%01c%7F%C3%BC", ""},
    {"root", GET("/"), 404, PROXY, "content-type: text/html;charset=utf-8", "below /cuic/"},
    {"name that only begins so", GET("/cuicx"), 404, PROXY, NULL, NULL},
    {"two slashes", GET("//cuic/"), 404, PROXY, NULL, NULL},
    {"upper-case path", GET("/CUIC/"), 404, PROXY, NULL, NULL},
    {"escaped letter", GET("/%63uic/"), 200, APPLICATION, NULL, "node cuicpub"},
    {"escaped slash", GET("/cuic%2f"), 200, APPLICATION, NULL, "node cuicpub"},
    {"bad escape", GET("/cuic/%zz"), 404, APPLICATION, NULL, NULL},
    {"escaped NUL", GET("/cuic/%00x"), 404, APPLICATION, NULL, NULL},
    {"blank in target", GET("/cuic/a b"), 404, APPLICATION, NULL, NULL},
    {"absolute form", GET("https://" PUB "/cuic/"), 200, APPLICATION, NULL, "node cuicpub"},
    {"absolute form, scheme in capitals", GET("HTTPS://" PUB "/cuic/"), 200, APPLICATION, NULL,
     "node cuicpub"},
    {"absolute form, http", GET("http://" PUB "/cuic/"), 200, APPLICATION, NULL, "node cuicpub"},
    {"absolute form beats Host", GET("https://" SUB "/cuic/"), 200, APPLICATION, NULL,
     "node cuicsub"},
    {"absolute form without path", GET("https://" PUB), 404, PROXY, NULL, NULL},
    {"absolute form without host", GET("https:///cuic/"), 400, PROXY, NULL, "target"},
    {"absolute form with a user", GET("https://u@" PUB "/cuic/"), 400, PROXY, NULL, "Host"},
    {"absolute form, other scheme", GET("ftp://" PUB "/cuic/"), 400, PROXY, NULL, "target"},
    {"relative target", GET("cuic/"), 400, PROXY, NULL, "target"},
    {"star", "OPTIONS * HTTP/1.1\r\n" H END, 200, PROXY,
     "allow: GET, HEAD, POST, PUT, DELETE, OPTIONS", ""},
    {"star, preflight", "OPTIONS * HTTP/1.1\r\n" H PREFLIGHT_LINES(LISTED) END, 200, PROXY, NULL,
     ""},
    {"star, not OPTIONS", GET("*"), 400, PROXY, NULL, "OPTIONS"},
    {"options elsewhere", "OPTIONS /x HTTP/1.1\r\n" H END, 200, PROXY,
     "allow: OPTIONS, GET, HEAD, POST", ""},

    {"OPTIONS", METHOD("OPTIONS"), 200, APPLICATION, APP_ALLOW, ""},
    {"POST without body", METHOD("POST"), 200, APPLICATION,
     "content-type: application/json;charset=UTF-8", "\"method\":\"POST\""},
    {"PUT", METHOD("PUT"), 200, APPLICATION, NULL, "\"method\":\"PUT\""},
    {"DELETE", METHOD("DELETE"), 200, APPLICATION, NULL, "\"method\":\"DELETE\""},
    {"PATCH", METHOD("PATCH"), 405, APPLICATION, APP_ALLOW, "405 Method Not Allowed"},
    {"TRACE", METHOD("TRACE"), 405, APPLICATION, APP_ALLOW, NULL},
    {"CONNECT", METHOD("CONNECT"), 405, APPLICATION, APP_ALLOW, NULL},
    {"unknown method", METHOD("FOO"), 405, APPLICATION, APP_ALLOW, NULL},
    {"no token as method", METHOD("G@T"), 405, APPLICATION, APP_ALLOW, NULL},
    {"lower-case method", METHOD("get"), 405, APPLICATION, APP_ALLOW, NULL},
    {"unknown method from a listed origin",
     "FOO /cuic/ HTTP/1.1\r\n" H "Origin: " LISTED "\r\n" END, 403, FILTER, NULL,
     "method-not-allowed"},
    {"unknown method elsewhere", "FOO /x HTTP/1.1\r\n" H END, 404, PROXY, NULL, NULL},

    {"HTTP/1.0", "GET /cuic/ HTTP/1.0\r\n" H "\r\n", 200, APPLICATION, "Connection: close", NULL},
    {"HTTP/1.0 without Host", "GET /cuic/ HTTP/1.0\r\n\r\n", 200, APPLICATION, NULL,
     "node cuicpub"},
    {"HTTP/2.0", "GET /cuic/ HTTP/2.0\r\n" H END, 505, LIBRARY, NULL, NULL},
    {"HTTP/0.9", "GET /cuic/ HTTP/0.9\r\n" H END, 505, LIBRARY, NULL, NULL},
    {"no version", "GET /cuic/\r\n" H END, 400, LIBRARY, NULL, NULL},
    {"lower-case version", "GET /cuic/ http/1.1\r\n" H END, 400, LIBRARY, NULL, NULL},

    {"no Host", HOST(""), 400, PROXY, NULL, "has no Host"},
    {"two Hosts", HOST(H H), 400, PROXY, NULL, "more than one Host"},
    {"two Hosts, the second in capitals", HOST(H "HOST: " SUB "\r\n"), 400, PROXY, NULL,
     "more than one Host"},
    {"empty Host", HOST("Host: \r\n"), 200, APPLICATION, NULL, "node cuicpub"},
    {"blank in Host", HOST("Host: a b\r\n"), 400, PROXY, NULL, "Host is not"},
    {"slash in Host", HOST("Host: " PUB "/\r\n"), 400, PROXY, NULL, "Host is not"},
    {"user in Host", HOST("Host: u@" PUB "\r\n"), 400, PROXY, NULL, "Host is not"},
    {"letters as port", HOST("Host: " PUB ":https\r\n"), 400, PROXY, NULL, "Host is not"},
    {"not ASCII in Host",
     HOST("Host: b\xc3\xbc"
          "cher.example\r\n"),
     400, PROXY, NULL, "Host is not"},
    {"tags in Host", HOST("Host: <b>\r\n"), 400, PROXY, NULL, "Host is not"},

    {"odd case, no blank", PREFLIGHT_WITH("oRIGIN:" LISTED "\r\n"), 200, CORS,
     "access-control-allow-origin: " LISTED, ""},
    {"tabs around", PREFLIGHT_WITH("Origin: \t" LISTED " \t \r\n"), 200, CORS,
     "access-control-allow-origin: " LISTED, ""},
    {"blank before the colon is another name", PREFLIGHT_WITH("Origin : " LISTED "\r\n"), 200,
     APPLICATION, APP_ALLOW, ""},
    {"line ends of LF alone", "GET /cuic/ HTTP/1.1\nHost: " PUB "\nConnection: close\n\n", 200,
     APPLICATION, NULL, NULL},
    {"empty lines in front", "\r\n\r\n" GET("/cuic/"), 200, APPLICATION, NULL, NULL},
    {"no colon", "GET /cuic/ HTTP/1.1\r\n" H "what is this\r\n" END, 400, LIBRARY, NULL, NULL},
    {"refused, answered on a page", PREFLIGHT_WITH("Origin: https://<b>.example\r\n"), 403, FILTER,
     NULL, "origin-malformed"},
};

static void start(void)
{
    start_article(&lab, NULL);
}

static void stop(void)
{
    lab_clear(&lab);
}

static bool has_line(const struct wire_response *r, const char *line)
{
    char text[512];

    for (size_t i = 0; i < r->n_fields; i++) {
        (void)snprintf(text, sizeof text, "%s: %s", r->field[i].name, r->field[i].value);
        if (strcmp(text, line) == 0)
            return true;
    }
    return false;
}

static enum who who_answered(const struct wire_response *r)
{
    const char *vary = wire_field(r, "vary");

    if (wire_field(r, "server") == NULL)
        return LIBRARY;
    if (wire_field(r, "set-cookie") == NULL)
        return PROXY;
    if (wire_field(r, "content-security-policy") == NULL)
        return FILTER;
    return wire_field(r, "access-control-allow-origin") != NULL ? CORS
           : vary != NULL && strcmp(vary, "Origin") == 0        ? APPLICATION
                                                                : LIBRARY;
}

static void check_row(const struct row *row, const struct wire_response *r)
{
    ck_assert_msg(r->status == row->status, "%s: %u instead of %u", row->name, r->status,
                  row->status);
    ck_assert_msg(who_answered(r) == row->who, "%s: answered by %d instead of %d", row->name,
                  (int)who_answered(r), (int)row->who);
    ck_assert_msg(row->who == CORS || wire_count(r, "access-control-") == 0, "%s: CORS headers",
                  row->name);
    ck_assert_msg(row->who >= APPLICATION || wire_field(r, "vary") == NULL, "%s: vary", row->name);
    ck_assert_msg(row->line == NULL || has_line(r, row->line), "%s: no '%s'", row->name, row->line);
    if (row->body != NULL && row->body[0] == '\0')
        ck_assert_msg(r->body_bytes == 0, "%s: a body", row->name);
    else if (row->body != NULL)
        ck_assert_msg(strstr(r->body, row->body) != NULL, "%s: the body is %s", row->name, r->body);
}

/** One server for all rows: each has a connection of its own, which the server must close. */
START_TEST(one_answer)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wire *w = wire_open(lab.port[0], PUB);
        struct wire_response r;
        size_t left = 0;
        wire_say(w, "%s", rows[i].request);
        ck_assert_msg(wire_read(w, &r), "%s: no answer", rows[i].name);
        check_row(&rows[i], &r);
        free(wire_read_to_end(w, &left));
        ck_assert_msg(left == 0, "%s: bytes after the answer", rows[i].name);
        wire_response_clear(&r);
        wire_close(w);
    }
}
END_TEST

/** HEAD: the head of GET, no body, and the next answer follows at once. */
START_TEST(head_has_no_body)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response head;
    struct wire_response get;

    wire_say(w, "HEAD /cuic/ HTTP/1.1\r\n" H "\r\nGET /cuic/ HTTP/1.1\r\n" H "\r\n");
    ck_assert(wire_read_head(w, &head));
    ck_assert(wire_read(w, &get));
    ck_assert_uint_eq(head.status, 200);
    ck_assert_uint_eq(get.status, 200);
    ck_assert_uint_gt(get.body_bytes, 0);
    ck_assert_uint_eq(head.n_fields, get.n_fields);
    for (size_t i = 0; i < head.n_fields; i++) {
        ck_assert_str_eq(head.field[i].name, get.field[i].name);
        if (strcmp(head.field[i].name, "set-cookie") != 0 &&
            strcmp(head.field[i].name, "date") != 0)
            ck_assert_str_eq(head.field[i].value, get.field[i].value);
    }
    wire_response_clear(&head);
    wire_response_clear(&get);
    wire_close(w);
}
END_TEST

/** A query that does not fit into the redirect's head is refused, and not left away. */
START_TEST(long_query)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    char query[8001];
    struct wire_response r;

    memset(query, 'q', sizeof query);
    for (size_t n = 4000; n <= 8000; n += 4000) {
        query[n] = '\0';
        wire_say(w, "GET /cuic?%s HTTP/1.1\r\n" H "\r\n", query);
        query[n] = 'q';
        ck_assert(wire_read(w, &r));
        ck_assert_uint_eq(r.status, n == 4000 ? 302 : 414);
        const char *location = wire_field(&r, "location");
        ck_assert(n == 4000 ? location != NULL && strlen(location) == n + 7 : location == NULL);
        wire_response_clear(&r);
        ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    }
    wire_close(w);
}
END_TEST

START_TEST(keep_alive)
{
    struct wire *w = wire_open(lab.port[0], SUB);

    for (unsigned i = 0; i < 100; i++) {
        ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
        ck_assert_uint_eq(preflight(w, SUB, PUB_ONLY), 403);
    }
    wire_close(w);
}
END_TEST

Suite *suite_requests(void)
{
    Suite *s = suite_create("requests");
    TCase *tc = new_case(s, "answers");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, one_answer);
    tcase_add_test(tc, head_has_no_body);
    tcase_add_test(tc, long_query);
    tcase_add_test(tc, keep_alive);
    return s;
}
