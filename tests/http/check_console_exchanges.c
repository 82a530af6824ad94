/* What the console's page is told of exchanges, and of the lines that browsers print. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    console_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- exchanges ---- */

static bool is_recorded(void *arg)
{
    json_t *o = console_json(&lab, "/api/exchanges?last=1000");
    bool is = json_array_size(json_object_get(o, "list")) >= *(const size_t *)arg;

    json_decref(o);
    return is;
}

/** The last n exchanges, once so many are in the trace. */
static json_t *recorded(size_t n)
{
    test_until(is_recorded, &n, "the exchanges are recorded");
    json_t *o = console_json(&lab, "/api/exchanges");
    json_t *list = json_incref(json_object_get(o, "list"));
    json_decref(o);
    return list;
}

static json_t *whole(json_t *of)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/api/exchange?id=%lld",
                   (long long)json_integer_value(json_object_get(of, "id")));
    return console_json(&lab, path);
}

START_TEST(refused_exchange)
{
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/?a=b", PREFLIGHT_LINES(PUB_ONLY)), 403);
    json_t *list = recorded(1);
    json_t *x = json_array_get(list, 0);
    ck_assert_str_eq(text_at(x, "node"), "cuicsub");
    ck_assert_str_eq(text_at(x, "service"), "cuic");
    ck_assert_str_eq(text_at(x, "method"), "OPTIONS");
    ck_assert_str_eq(text_at(x, "target"), "/cuic/?a=b");
    ck_assert_str_eq(text_at(x, "origin"), PUB_ONLY);
    ck_assert_str_eq(text_at(x, "class"), "preflight");
    ck_assert_str_eq(text_at(x, "reason"), "origin-not-listed");
    ck_assert_int_eq(json_integer_value(json_object_get(x, "status")), 403);
    ck_assert(json_is_false(json_object_get(x, "allowed")));
    json_t *o = whole(x);
    ck_assert_ptr_nonnull(strstr(text_at(o, "exchange.request.head"),
                                 "OPTIONS /cuic/?a=b HTTP/1.1\r\nHost: " SUB "\r\n"));
    ck_assert_ptr_nonnull(strstr(text_at(o, "exchange.response.head"),
                                 "HTTP/1.1 403 Forbidden\r\nserver: nginx\r\n"));
    ck_assert_str_eq(text_at(o, "exchange.decision.title"), "Origin not in the allowed list");
    ck_assert(json_is_null(json_object_get(o, "partner")));
    ck_assert_str_eq(text_at(o, "diagnosis.verdict"), "refused");
    ck_assert_str_eq(text_at(o, "diagnosis.diagnoses.0.commands.0.node"), "cuicsub");
    ck_assert_str_eq(text_at(o, "diagnosis.diagnoses.0.commands.0.command"),
                     "utils cuic cors allowed_origin add " PUB_ONLY);
    json_decref(o);
    json_decref(list);
}
END_TEST

/** The commands that the console shows mend it, and it then says so of the same exchange. */
START_TEST(mended)
{
    char command[256];

    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 403);
    json_t *list = recorded(1);
    json_t *o = whole(json_array_get(list, 0));
    json_t *commands = json_at(o, "diagnosis.diagnoses.0.commands");
    for (size_t i = 0; i < json_array_size(commands); i++) {
        json_t *c = json_array_get(commands, i);
        (void)snprintf(command, sizeof command, "-n %s %s", text_at(c, "node"),
                       text_at(c, "command"));
        lab_must(&lab, command);
    }
    json_decref(o);
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 200);
    o = whole(json_array_get(list, 0));
    ck_assert_str_eq(text_at(o, "diagnosis.verdict"), "allowed");
    ck_assert_str_eq(text_at(o, "exchange.decision.reason"), "origin-not-listed");
    json_decref(o);
    json_decref(list);
}
END_TEST

/** A preflight and its request know each other, whichever is asked for. */
START_TEST(joined)
{
    ck_assert_uint_eq(gadget(&lab, PUB, "OPTIONS", "/cuic/x", PREFLIGHT_LINES(LISTED)), 200);
    json_decref(recorded(1)); /* two connections: without that the second may be recorded first */
    ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/cuic/x", "Origin: " LISTED "\r\n"), 404);
    json_t *list = recorded(2);
    json_t *first = whole(json_array_get(list, 0));
    json_t *second = whole(json_array_get(list, 1));
    ck_assert_str_eq(text_at(first, "exchange.request.method"), "OPTIONS");
    ck_assert_str_eq(text_at(first, "partner.request.method"), "GET");
    ck_assert_str_eq(text_at(second, "partner.request.method"), "OPTIONS");
    ck_assert_ptr_nonnull(
        strstr(text_at(second, "partner.response.head"), "access-control-max-age"));
    json_decref(first);
    json_decref(second);
    json_decref(list);
}
END_TEST

/** One that is no matter of CORS has no diagnosis. */
START_TEST(not_cors)
{
    ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/cuic/", ""), 200);
    json_t *list = recorded(1);
    json_t *o = whole(json_array_get(list, 0));
    ck_assert(json_is_null(json_object_get(o, "diagnosis")));
    ck_assert(json_is_null(json_at(o, "exchange.request.origin")));
    json_decref(o);
    json_decref(list);
}
END_TEST

/** A connection that was reset in its handshake is told, and why. */
START_TEST(reset)
{
    const struct wire_options o = {.port = lab.port[1], .sni = PUB};

    lab_must(&lab, "utils service stop Cisco Web Proxy Service");
    ck_assert_ptr_null(wire_try(&o, NULL));
    json_t *list = recorded(1);
    json_t *x = json_array_get(list, 0);
    ck_assert_str_eq(text_at(x, "kind"), "reset");
    json_t *one = whole(x);
    ck_assert_str_eq(text_at(one, "diagnosis.verdict"), "unreached");
    ck_assert_str_eq(text_at(one, "diagnosis.diagnoses.0.commands.0.command"),
                     "utils service start Cisco Web Proxy Service");
    json_decref(one);
    json_decref(list);
}
END_TEST

START_TEST(pages_of_the_trace)
{
    char path[96];
    char target[32];

    for (int i = 0; i < 7; i++) {
        (void)snprintf(target, sizeof target, "/cuic/%d", i);
        (void)gadget(&lab, PUB, "GET", target, "");
        json_decref(recorded((size_t)i + 1)); /* in this order */
    }
    json_t *last = console_json(&lab, "/api/exchanges?last=3");
    ck_assert_uint_eq(json_array_size(json_object_get(last, "list")), 3);
    ck_assert_str_eq(text_at(last, "list.0.target"), "/cuic/4");
    ck_assert_str_eq(text_at(last, "list.2.target"), "/cuic/6");
    (void)snprintf(path, sizeof path, "/api/exchanges?last=2&before=%lld",
                   (long long)json_integer_value(json_at(last, "list.0.at")));
    json_t *before = console_json(&lab, path);
    ck_assert_uint_eq(json_array_size(json_object_get(before, "list")), 2);
    ck_assert_str_eq(text_at(before, "list.1.target"), "/cuic/3");
    json_decref(last);
    json_decref(before);
}
END_TEST

static const struct bad_row {
    const char *path;
    unsigned status;
} bad_rows[] = {
    {"/api/exchange", 400},
    {"/api/exchange?id=", 400},
    {"/api/exchange?id=0", 400},
    {"/api/exchange?id=-1", 400},
    {"/api/exchange?id=x", 400},
    {"/api/exchange?id=1&seq=1", 400},
    {"/api/exchange?id=99999999999999999999", 400},
    {"/api/exchange?id=999999999", 404},
    {"/api/exchange?seq=999999999", 404},
    {"/api/exchanges?last=0", 400},
    {"/api/exchanges?last=1001", 400},
    {"/api/exchanges?before=now", 400},
    {"/api/explain", 400},
    {"/api/explain?origin=", 400},
    {"/api/explain?origin=https://a.example&node=nosuch", 400},
    {"/api/explain?origin=https://a.example&service=finesse", 400},
    {"/api/explain?origin=https://a.example&service=CUIC", 400},
    {"/api/explain?origin=https://a.example&path=cuic", 400},
    {"/api/explain?console=hello", 400},
};

START_TEST(bad_questions)
{
    (void)gadget(&lab, PUB, "GET", "/cuic/", "");
    json_decref(recorded(1));
    for (size_t i = 0; i < COUNT(bad_rows); i++) {
        struct wire_response r = console_ask(&lab, "GET", bad_rows[i].path, "", NULL);
        ck_assert_msg(r.status == bad_rows[i].status, "%s: %u %s", bad_rows[i].path, r.status,
                      r.body);
        ck_assert_msg(strncmp(r.body, "{\"error\":\"", 10) == 0, "%s: %s", bad_rows[i].path,
                      r.body);
        wire_response_clear(&r);
    }
}
END_TEST

/* ---- what clients send ---- */

#define SECRET "s3cr3t-of-the-test"

static const struct secret_row {
    const char *method, *path, *lines;
} secret_rows[] = {
    {"GET", "/cuic/", "Authorization: Bearer " SECRET "\r\n"},
    {"GET", "/cuic/", "Authorization: Basic " SECRET "\r\nOrigin: " LISTED "\r\n"},
    {"GET", "/cuic/", "Cookie: JSESSIONID=" SECRET "; other=" SECRET "\r\n"},
    {"GET", "/cuic/?token=" SECRET "&x=1", ""},
    {"GET", "/socket.io/?EIO=3&transport=polling&token=" SECRET, "Origin: " LISTED "\r\n"},
    {"OPTIONS", "/socket.io/?EIO=3&token=" SECRET, PREFLIGHT_LINES(LISTED)},
    {"GET", "/cuic/", "Origin: https://user:" SECRET "@desk.example\r\n"},
};

static void check_no_secret(const char *text, const char *where)
{
    ck_assert_msg(strstr(text, SECRET) == NULL, "%s: %s", where, text);
}

/** No path of the console tells a secret. */
START_TEST(no_secrets)
{
    struct events *e = events_open(&lab, "");

    for (size_t i = 0; i < COUNT(secret_rows); i++)
        (void)gadget(&lab, PUB, secret_rows[i].method, secret_rows[i].path, secret_rows[i].lines);
    (void)gadget(&lab, PUB, "GET", "/the-end", "");
    json_t *list = recorded(COUNT(secret_rows) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *o = whole(json_array_get(list, i));
        char *text = json_dumps(o, 0);
        check_no_secret(text, "/api/exchange");
        free(text);
        json_decref(o);
    }
    char *text = json_dumps(list, 0);
    check_no_secret(text, "/api/exchanges");
    free(text);
    for (bool is_end = false; !is_end;) {
        json_t *data = events_await(e, "exchanges");
        text = json_dumps(data, 0);
        check_no_secret(text, "/api/events");
        is_end = strstr(text, "/the-end") != NULL;
        free(text);
        json_decref(data);
    }
    text = console_text(&lab, "/metrics");
    check_no_secret(text, "/metrics");
    free(text);
    events_close(e);
    json_decref(list);
}
END_TEST

static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "\"></td><img src=x onerror=alert(1)>",
    "\xff\xfe\x80",
    "\xc3\x28 \xe2\x80\xae reversed",
    "a\tb",
    "</script><!--",
    "'+alert(1)+'",
    "\xed\xa0\x80",
};

/** Whatever bytes a client sends: the console's answers are JSON, never markup, and whole. */
START_TEST(hostile_bytes)
{
    char lines[256];

    for (size_t i = 0; i < COUNT(hostile); i++) {
        (void)snprintf(lines, sizeof lines, "Origin: %s\r\nX-Gadget: %s\r\n", hostile[i],
                       hostile[i]);
        ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/cuic/", lines), 403);
        json_decref(recorded(i + 1)); /* in this order */
    }
    json_t *list = recorded(COUNT(hostile)); /* parsed: it is JSON */
    for (size_t i = 0; i < COUNT(hostile); i++) {
        json_t *o = whole(json_array_get(list, i));
        ck_assert_ptr_nonnull(strstr(text_at(o, "exchange.request.head"), "X-Gadget: "));
        ck_assert_str_eq(text_at(o, "diagnosis.verdict"), "refused");
        json_decref(o);
    }
    ck_assert_str_eq(text_at(json_array_get(list, 0), "origin"), hostile[0]);
    json_decref(list);
}
END_TEST

/* ---- a browser's lines ---- */

static json_t *explain_line(const char *line)
{
    char path[2048] = "/api/explain?console=";
    size_t n = strlen(path);

    for (const char *p = line; *p != '\0'; p++)
        n += (size_t)snprintf(path + n, sizeof path - n, "%%%02x", (unsigned)(unsigned char)*p);
    return console_json(&lab, path);
}

#define BLOCKED_ON_SUB                                                                             \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at https://" SUB "/cuic/. (Reason: CORS header 'Access-Control-Allow-Origin' missing). "      \
    "Status code: 403."

/** Firefox names neither origin nor method nor headers: they are those of the record. */
START_TEST(explains_a_recorded_line)
{
    json_t *o = explain_line(BLOCKED_ON_SUB);
    ck_assert_str_eq(text_at(o, "missing"), "origin");
    ck_assert(json_is_null(json_object_get(o, "recorded")));
    ck_assert_ptr_nonnull(text_at(o, "unrecorded"));
    json_decref(o);
    ck_assert_uint_eq(
        gadget(&lab, SUB, "OPTIONS", "/cuic/?a=b",
               PREFLIGHT_LINES(LISTED) "Access-Control-Request-Headers: requestid\r\n"),
        403);
    json_t *list = recorded(1);
    o = explain_line(BLOCKED_ON_SUB);
    ck_assert(json_equal(json_at(o, "recorded.id"), json_at(json_array_get(list, 0), "id")));
    ck_assert_str_eq(text_at(o, "verdict"), "refused");
    ck_assert_str_eq(text_at(o, "diagnoses.0.mistake"), "header-not-allowed");
    struct proc_result r = lab_cli(&lab, "lab explain --console " BLOCKED_ON_SUB, "--json", NULL);
    json_t *theirs = json_loads(r.out, 0, NULL);
    proc_result_clear(&r);
    ck_assert(json_equal(json_object_get(o, "recorded"), json_object_get(theirs, "recorded")));
    ck_assert(json_equal(json_object_get(o, "diagnoses"), json_object_get(theirs, "diagnoses")));
    json_decref(theirs);
    json_decref(list);
    json_decref(o);
}
END_TEST

START_TEST(explains_a_line)
{
    json_t *o = explain_line(
        "Access to fetch at 'https://" SUB "/cuic/' from origin '" PUB_ONLY
        "' has been blocked by CORS policy: Response to preflight request doesn't pass access "
        "control check: No 'Access-Control-Allow-Origin' header is present on the requested "
        "resource.");
    ck_assert_str_eq(text_at(o, "console.browser"), "Chromium");
    ck_assert_str_eq(text_at(o, "node"), "cuicsub");
    ck_assert_str_eq(text_at(o, "verdict"), "refused");
    ck_assert_str_eq(text_at(o, "diagnoses.0.commands.0.command"),
                     "utils cuic cors allowed_origin add " PUB_ONLY);
    json_decref(o);
    o = explain_line("Access to fetch at 'https://else.example/' from origin '" PUB_ONLY
                     "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header "
                     "is present on the requested resource.");
    ck_assert(json_is_null(json_object_get(o, "verdict")));
    ck_assert_str_eq(text_at(o, "missing"), "node");
    json_decref(o);
}
END_TEST

void suite_console_exchanges(Suite *s)
{
    TCase *tc = new_case(s, "exchanges");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, refused_exchange);
    tcase_add_test(tc, mended);
    tcase_add_test(tc, joined);
    tcase_add_test(tc, not_cors);
    tcase_add_test(tc, reset);
    tcase_add_test(tc, pages_of_the_trace);
    tcase_add_test(tc, bad_questions);
    tcase_add_test(tc, no_secrets);
    tcase_add_test(tc, hostile_bytes);
    tcase_add_test(tc, explains_a_line);
    tcase_add_test(tc, explains_a_recorded_line);
}
