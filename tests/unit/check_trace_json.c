/* Records as JSON. */
#include <stdlib.h>
#include <string.h>

#include "check_trace.h"
#include "support.h"
#include "trace/trace_json.h"
#include "traces.h"

static json_t *json_of(const struct trace_exchange *from, int64_t partner, bool is_whole)
{
    struct trace_exchange *x = trace_exchange_new(from);
    json_t *o = trace_json(x, partner, is_whole);
    char *text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_t *again = text == NULL ? NULL : json_loads(text, JSON_ALLOW_NUL, NULL);

    ck_assert_msg(again != NULL && json_equal(o, again) == 1, "%s", text);
    free(text);
    json_decref(again);
    trace_exchange_unref(x);
    return o;
}

/** The value at a path such as "request.origin". */
static json_t *at(json_t *o, const char *path)
{
    char key[64];

    while (o != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        memcpy(key, path, n);
        key[n] = '\0';
        o = json_object_get(o, key);
        path += n + (path[n] == '.' ? 1 : 0);
    }
    return o;
}

static void expect_text(json_t *o, const char *path, const char *want)
{
    const char *got = json_string_value(at(o, path));

    ck_assert_msg(got != NULL && strcmp(got, want) == 0, "%s: expected '%s', got '%s'", path, want,
                  got == NULL ? "(none)" : got);
}

static void expect_number(json_t *o, const char *path, long long want)
{
    json_t *value = at(o, path);

    ck_assert_msg(json_is_integer(value) && json_integer_value(value) == want,
                  "%s: expected %lld, got %lld", path, want, (long long)json_integer_value(value));
}

START_TEST(exchange)
{
    struct trace_exchange x = traces_sample(3);
    json_t *o = json_of(&x, 4, true);

    expect_number(o, "id", 3);
    expect_text(o, "kind", "exchange");
    expect_text(o, "time", "2026-11-22T06:00:03.000000Z");
    expect_number(o, "duration_us", 250);
    expect_text(o, "node", "cuicpub");
    expect_text(o, "service", "cuic");
    expect_text(o, "server", "127.0.0.1:8444");
    expect_text(o, "client.address", "192.0.2.7");
    expect_number(o, "client.port", 50000);
    expect_number(o, "client.connection", 7);
    expect_text(o, "tls.version", "TLS1.3");
    expect_text(o, "tls.name", "cuicpub.uccelab.tac");
    expect_text(o, "request.method", "OPTIONS");
    expect_text(o, "request.target", "/cuic/");
    expect_text(o, "request.origin", "https://finessep.uccelab.tac:8445");
    expect_text(o, "request.request_method", "GET");
    ck_assert(json_is_null(at(o, "request.request_headers")));
    expect_text(o, "decision.class", "preflight");
    ck_assert(json_is_true(at(o, "decision.allowed")));
    expect_text(o, "decision.reason", "preflight-allowed");
    expect_text(o, "decision.title", reason_get(REASON_PREFLIGHT_ALLOWED)->title);
    expect_number(o, "response.status", 200);
    ck_assert(json_is_true(at(o, "response.sent")));
    expect_text(o, "request.head",
                "OPTIONS /cuic/ HTTP/1.1\r\nHost: cuicpub.uccelab.tac:8444\r\n"
                "Cookie: a=[masked ~8]; c=[masked ~8]\r\n\r\n");
    ck_assert(json_is_null(at(o, "request.body")));
    expect_number(o, "partner", 4);
    ck_assert_uint_eq(json_array_size(at(o, "cut")), 0);
    json_decref(o);
}
END_TEST

START_TEST(without_heads)
{
    struct trace_exchange x = traces_sample(3);
    json_t *o = json_of(&x, 0, false);

    ck_assert(json_is_null(at(o, "partner")));
    ck_assert(at(o, "request.head") == NULL && at(o, "response.body") == NULL);
    json_decref(o);
}
END_TEST

START_TEST(other_kinds)
{
    struct trace_exchange x = traces_sample(3);

    x.kind = TRACE_GAP;
    x.dropped = 9;
    json_t *o = json_of(&x, 0, true);
    expect_text(o, "kind", "gap");
    expect_number(o, "dropped", 9);
    ck_assert_ptr_null(at(o, "request"));
    json_decref(o);
    x.kind = TRACE_RESET;
    o = json_of(&x, 0, true);
    ck_assert(json_is_null(at(o, "request")) && json_is_null(at(o, "response")));
    json_decref(o);
    x.kind = TRACE_SOCKET_END;
    x.messages_out = UINT64_MAX;
    o = json_of(&x, 0, true);
    expect_number(o, "messages_out", INT64_MAX);
    ck_assert(json_is_null(at(o, "response")));
    json_decref(o);
    x.kind = TRACE_EXCHANGE;
    x.status = 0;
    x.id = 0;
    x.text[TRACE_CLASS].at = NULL;
    x.text[TRACE_REASON] = slice_of("service-down");
    o = json_of(&x, 0, true);
    ck_assert(json_is_null(at(o, "response")) && json_is_null(at(o, "id")));
    ck_assert(json_is_null(at(o, "decision.class")) && json_is_null(at(o, "decision.allowed")));
    expect_text(o, "decision.reason", "service-down");
    expect_text(o, "decision.title", "The service does not run");
    json_decref(o);
    x.text[TRACE_REASON].at = NULL;
    o = json_of(&x, 0, true);
    ck_assert(json_is_null(at(o, "decision")));
    json_decref(o);
}
END_TEST

START_TEST(cut_texts)
{
    static char text[20000];
    struct trace_exchange x = traces_sample(3);

    memset(text, '/', sizeof text);
    x.text[TRACE_TARGET] = (struct slice){text, sizeof text};
    json_t *o = json_of(&x, 0, true);
    ck_assert_uint_eq(json_array_size(at(o, "cut")), 1);
    ck_assert_str_eq(json_string_value(json_array_get(at(o, "cut"), 0)), "target");
    json_decref(o);
}
END_TEST

static const struct row {
    const char *name;
    struct slice in;
    struct slice want; /* UTF-8 */
} rows[] = {
    {"ascii", LIT("a\"b"), LIT("a\"b")},
    {"empty", LIT(""), LIT("")},
    {"utf-8", LIT("\xc3\xa4\xe2\x82\xac"), LIT("\xc3\xa4\xe2\x82\xac")},
    {"latin-1", LIT("\xe4"), LIT("\xc3\xa4")},
    {"mixed", LIT("\xc3\xa4\xe4"), LIT("\xc3\x83\xc2\xa4\xc3\xa4")},
    {"surrogate", LIT("\xed\xa0\x80"), LIT("\xc3\xad\xc2\xa0\xc2\x80")},
    {"overlong", LIT("\xc0\x80"), LIT("\xc3\x80\xc2\x80")},
    {"nul", LIT("a\0b"), LIT("a\0b")},
    {"controls", LIT("\x01\x1b\x7f\r\n"), LIT("\x01\x1b\x7f\r\n")},
};

START_TEST(bytes)
{
    const struct row *row = &rows[_i];
    json_t *got = trace_json_text(row->in);

    ck_assert_msg(
        json_is_string(got) &&
            slice_same((struct slice){json_string_value(got), json_string_length(got)}, row->want),
        "%s: %s", row->name, shown_text(json_string_value(got)));
    json_decref(got);
}
END_TEST

START_TEST(no_text)
{
    json_t *got = trace_json_text((struct slice){NULL, 0});

    ck_assert(json_is_null(got));
    json_decref(got);
}
END_TEST

START_TEST(fields)
{
    struct slice rest = slice_of("A: b\r\nC:d \r\nE\r\n: f\r\nlf: g\n\r\nX: y\r\n");
    static const char *const want[][2] = {
        {"A", "b"}, {"C", "d"}, {"E", ""}, {"", "f"}, {"lf", "g"}};
    struct slice name;
    struct slice value;

    for (size_t i = 0; i < COUNT(want); i++) {
        ck_assert(trace_head_field(&rest, &name, &value));
        ck_assert_msg(slice_is(name, want[i][0]) && slice_is(value, want[i][1]), "%zu: %s: %s", i,
                      shown(name), shown(value));
    }
    ck_assert(!trace_head_field(&rest, &name, &value));
    rest = (struct slice){NULL, 0};
    ck_assert(!trace_head_field(&rest, &name, &value));
}
END_TEST

TCase *tcase_trace_json(void)
{
    TCase *tc = tcase_create("json");

    tcase_add_test(tc, exchange);
    tcase_add_test(tc, without_heads);
    tcase_add_test(tc, other_kinds);
    tcase_add_test(tc, cut_texts);
    add_rows(tc, bytes, COUNT(rows));
    tcase_add_test(tc, no_text);
    tcase_add_test(tc, fields);
    return tc;
}
