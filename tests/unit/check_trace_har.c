/* Records as entries of an HAR, whatever a client sent. */
#include <stdlib.h>
#include <string.h>

#include "../support/har.h"
#include "check_trace.h"
#include "support.h"
#include "trace/trace_json.h"
#include "traces.h"

static json_t *entry_of(const struct trace_exchange *from)
{
    struct trace_exchange *x = trace_exchange_new(from);
    json_t *entry = trace_har_entry(x, 12);

    har_check_entry(entry);
    trace_exchange_unref(x);
    return entry;
}

static const char *text_of(json_t *o, const char *a, const char *b)
{
    const char *text = json_string_value(json_object_get(json_object_get(o, a), b));

    ck_assert_msg(text != NULL, "no %s.%s", a, b);
    return text;
}

START_TEST(entry)
{
    struct trace_exchange x = traces_sample(3);
    json_t *o = entry_of(&x);
    json_t *request = json_object_get(o, "request");
    json_t *response = json_object_get(o, "response");

    ck_assert_str_eq(json_string_value(json_object_get(o, "startedDateTime")),
                     "2026-11-22T06:00:03.000000Z");
    ck_assert_str_eq(text_of(o, "request", "url"), "https://cuicpub.uccelab.tac:8444/cuic/");
    ck_assert_str_eq(text_of(o, "request", "method"), "OPTIONS");
    ck_assert_uint_eq(json_array_size(json_object_get(request, "headers")), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(request, "cookies")), 2);
    ck_assert_str_eq(text_of(o, "response", "statusText"), "OK");
    ck_assert_str_eq(text_of(o, "response", "httpVersion"), "HTTP/1.1");
    ck_assert_uint_eq(json_array_size(json_object_get(response, "headers")), 3);
    json_t *cookie = json_array_get(json_object_get(response, "cookies"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(cookie, "name")), "JSESSIONID");
    ck_assert_str_eq(json_string_value(json_object_get(cookie, "value")), "[masked ~8]");
    ck_assert_str_eq(json_string_value(json_object_get(cookie, "path")), "/cuic");
    ck_assert(json_is_true(json_object_get(cookie, "secure")));
    ck_assert_ptr_null(json_object_get(cookie, "httpOnly"));
    ck_assert_str_eq(json_string_value(json_object_get(o, "serverIPAddress")), "127.0.0.1");
    ck_assert_str_eq(json_string_value(json_object_get(o, "_resourceType")), "preflight");
    ck_assert_str_eq(text_of(o, "_cuicsim", "node"), "cuicpub");
    json_t *own = json_object_get(o, "_cuicsim");
    ck_assert_int_eq(json_integer_value(json_object_get(own, "partner")), 12);
    ck_assert_ptr_null(json_object_get(own, "request"));
    json_decref(o);
}
END_TEST

static const struct url_row {
    const char *name;
    struct slice host, target;
    const char *want;
} url_rows[] = {
    {"plain", LIT("h.example"), LIT("/a?b=c"), "https://h.example/a?b=c"},
    {"star", LIT("h.example"), LIT("*"), "https://h.example/*"},
    {"empty", LIT("h.example"), LIT(""), "https://h.example/"},
    {"absolute", LIT("h.example"), LIT("https://h.example/a"), "https://h.example/a"},
    {"absolute-without-path", LIT("h.example"), LIT("https://h.example"), "https://h.example/"},
    {"blanks", LIT("h.example"), LIT("/a b\t\"<>"), "https://h.example/a%20b%09%22%3C%3E"},
    {"bytes", LIT("h.example"), LIT("/\xff\x00\xc3\xa4"), "https://h.example/%FF%00%C3%A4"},
    {"masked", LIT("h.example"), LIT("/?token=a"), "https://h.example/?token=[masked%20~8]"},
    {"ipv6", LIT("[::1]:8444"), LIT("/"), "https://[::1]:8444/"},
    {"bad-host", LIT("a b/c"), LIT("/"), "https://cuicpub.uccelab.tac/"},
    {"no-host", NO_TEXT, LIT("/"), "https://cuicpub.uccelab.tac/"},
};

START_TEST(urls)
{
    const struct url_row *row = &url_rows[_i];
    struct trace_exchange x = traces_sample(3);

    x.text[TRACE_HOST] = row->host;
    x.text[TRACE_TARGET] = row->target;
    json_t *o = entry_of(&x);
    ck_assert_msg(strcmp(text_of(o, "request", "url"), row->want) == 0, "%s: %s", row->name,
                  text_of(o, "request", "url"));
    json_decref(o);
}
END_TEST

START_TEST(query)
{
    static const char *const want[][2] = {
        {"a", "b c"}, {"d\xc3\xa4", "e=f"}, {"token", "[masked ~8]"}, {"g", ""}};
    struct trace_exchange x = traces_sample(3);

    x.text[TRACE_TARGET] = slice_of("/?a=b+c&d%C3%a4=e=f&token=x&g");
    json_t *o = entry_of(&x);
    json_t *list = json_object_get(json_object_get(o, "request"), "queryString");
    ck_assert_uint_eq(json_array_size(list), COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        json_t *pair = json_array_get(list, i);
        ck_assert_str_eq(json_string_value(json_object_get(pair, "name")), want[i][0]);
        ck_assert_str_eq(json_string_value(json_object_get(pair, "value")), want[i][1]);
    }
    json_decref(o);
}
END_TEST

START_TEST(bodies)
{
    struct trace_exchange x = traces_sample(3);

    x.text[TRACE_REQUEST_HEAD] = slice_of("POST / HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n");
    x.text[TRACE_REQUEST_BODY] = slice_of("a\xff");
    x.text[TRACE_RESPONSE_BODY] = slice_of("{\"token\":\"abc\"}");
    x.text[TRACE_CLASS] = slice_of("actual");
    json_t *o = entry_of(&x);
    json_t *data = json_object_get(json_object_get(o, "request"), "postData");
    ck_assert_str_eq(json_string_value(json_object_get(data, "mimeType")), "text/plain");
    ck_assert_str_eq(json_string_value(json_object_get(data, "text")), "a\xc3\xbf");
    json_t *content = json_object_get(json_object_get(o, "response"), "content");
    ck_assert_str_eq(json_string_value(json_object_get(content, "text")),
                     "{\"token\":\"[masked ~8]\"}");
    ck_assert_str_eq(json_string_value(json_object_get(o, "_resourceType")), "fetch");
    json_decref(o);
}
END_TEST

/** Without an answer, without a head, and with nothing at all. */
START_TEST(little)
{
    struct trace_exchange x = traces_sample(3);

    x.status = 0;
    x.text[TRACE_RESPONSE_HEAD].at = NULL;
    json_decref(entry_of(&x));
    x.text[TRACE_REQUEST_HEAD].at = NULL;
    x.text[TRACE_METHOD].at = NULL;
    json_decref(entry_of(&x));
    x = (struct trace_exchange){.kind = TRACE_EXCHANGE};
    json_decref(entry_of(&x));
}
END_TEST

/** Random bytes in every text: the entry is good all the same. */
START_TEST(noise)
{
    static char bytes[4096];
    uint32_t state = (uint32_t)_i + 1;

    for (size_t round = 0; round < 50; round++) {
        struct trace_exchange x = {.kind = TRACE_EXCHANGE, .status = next_random(&state) % 1000};
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (char)(next_random(&state) % 3 == 0 ? "\r\n:;=&?/ "[next_random(&state) % 9]
                                                           : (int)(next_random(&state) & 0xff));
        for (size_t i = 0; i < TRACE_TEXTS; i++)
            x.text[i] =
                (struct slice){bytes + next_random(&state) % 2048, next_random(&state) % 2048};
        x.text[TRACE_SERVER] = slice_of("[::1]:8444");
        json_t *o = entry_of(&x);
        char *text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
        json_t *again = text == NULL ? NULL : json_loads(text, JSON_ALLOW_NUL, NULL);
        ck_assert_msg(again != NULL, "%s", shown_text(text));
        free(text);
        json_decref(again);
        json_decref(o);
    }
}
END_TEST

/** The empty list of entries is the last thing in it: that is where the shell puts them. */
START_TEST(document)
{
    json_t *har = trace_har(0);
    char *text = json_dumps(har, JSON_COMPACT | JSON_ENSURE_ASCII);

    ck_assert_uint_eq(har_check(har), 0);
    ck_assert_msg(strcmp(text + strlen(text) - 14, "\"entries\":[]}}") == 0, "%s", text);
    free(text);
    json_decref(har);
    har = trace_har(7);
    ck_assert_uint_eq(har_check(har), 0);
    ck_assert_str_eq(text_of(har, "log", "comment"), "7 exchanges could not be recorded");
    text = json_dumps(har, JSON_COMPACT | JSON_ENSURE_ASCII);
    ck_assert_msg(strcmp(text + strlen(text) - 14, "\"entries\":[]}}") == 0, "%s", text);
    free(text);
    json_decref(har);
}
END_TEST

TCase *tcase_trace_har(void)
{
    TCase *tc = tcase_create("har");

    tcase_add_test(tc, entry);
    add_rows(tc, urls, COUNT(url_rows));
    tcase_add_test(tc, query);
    tcase_add_test(tc, bodies);
    tcase_add_test(tc, little);
    add_rows(tc, noise, 10);
    tcase_add_test(tc, document);
    return tc;
}
