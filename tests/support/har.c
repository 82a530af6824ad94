#include "har.h"

#include <arpa/inet.h>
#include <check.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef void check_value(const char *path, const json_t *value);

/** A member of an object. */
struct member {
    const char *name;
    bool is_required;
    check_value *check;
};

static void check_object(const char *path, const json_t *o, const struct member *m, size_t n)
{
    const char *key = NULL;
    json_t *value = NULL;
    char below[256];

    ck_assert_msg(json_is_object(o), "%s is no object", path);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(!m[i].is_required || json_object_get(o, m[i].name) != NULL,
                      "%s.%s is missing", path, m[i].name);
    json_object_foreach((json_t *)(uintptr_t)o, key, value)
    {
        size_t i = 0;
        while (i < n && strcmp(m[i].name, key) != 0)
            i++;
        ck_assert_msg(i < n || key[0] == '_', "%s.%s is no member of HAR's", path, key);
        (void)snprintf(below, sizeof below, "%s.%s", path, key);
        if (i < n)
            m[i].check(below, value);
    }
}

static void check_each(const char *path, const json_t *list, check_value *check)
{
    char below[256];

    ck_assert_msg(json_is_array(list), "%s is no list", path);
    for (size_t i = 0; i < json_array_size(list); i++) {
        (void)snprintf(below, sizeof below, "%s[%zu]", path, i);
        check(below, json_array_get(list, i));
    }
}

static void is_text(const char *path, const json_t *v)
{
    ck_assert_msg(json_is_string(v), "%s is no text", path);
}

static void is_bool(const char *path, const json_t *v)
{
    ck_assert_msg(json_is_boolean(v), "%s is no boolean", path);
}

static void is_size(const char *path, const json_t *v)
{
    ck_assert_msg(json_is_integer(v) && json_integer_value(v) >= -1, "%s is no size", path);
}

static void is_status(const char *path, const json_t *v)
{
    ck_assert_msg(json_is_integer(v) && json_integer_value(v) >= 0 && json_integer_value(v) < 1000,
                  "%s is no status", path);
}

static void is_time(const char *path, const json_t *v)
{
    ck_assert_msg(json_is_number(v) && json_number_value(v) >= 0, "%s is no time", path);
}

static void is_timing(const char *path, const json_t *v)
{
    ck_assert_msg(json_is_number(v) && json_number_value(v) >= -1, "%s is no timing", path);
}

static void matches(const char *path, const json_t *v, const char *expression)
{
    regex_t re;

    is_text(path, v);
    ck_assert_int_eq(regcomp(&re, expression, REG_EXTENDED | REG_NOSUB), 0);
    ck_assert_msg(regexec(&re, json_string_value(v), 0, NULL, 0) == 0, "%s: %s", path,
                  json_string_value(v));
    regfree(&re);
}

static void is_date(const char *path, const json_t *v)
{
    matches(path, v, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]+Z$");
}

/** What a URL parser takes: no blank, no control, nothing that is not ASCII. */
static void is_url(const char *path, const json_t *v)
{
    matches(path, v, "^https://[A-Za-z0-9._:-]*(\\[[0-9A-Fa-f:.]*\\](:[0-9]*)?)?/[!-~]*$");
}

static void is_address(const char *path, const json_t *v)
{
    unsigned char bytes[16];

    is_text(path, v);
    ck_assert_msg(inet_pton(AF_INET, json_string_value(v), bytes) == 1 ||
                      inet_pton(AF_INET6, json_string_value(v), bytes) == 1,
                  "%s: %s", path, json_string_value(v));
}

#define CHECK(path, v, members) check_object(path, v, members, COUNT(members))

static void check_pair(const char *path, const json_t *v)
{
    static const struct member m[] = {{"name", true, is_text}, {"value", true, is_text}};

    CHECK(path, v, m);
}

static void check_cookie(const char *path, const json_t *v)
{
    static const struct member m[] = {
        {"name", true, is_text},    {"value", true, is_text},     {"path", false, is_text},
        {"domain", false, is_text}, {"httpOnly", false, is_bool}, {"secure", false, is_bool},
    };

    CHECK(path, v, m);
}

static void check_pairs(const char *path, const json_t *v)
{
    check_each(path, v, check_pair);
}

static void check_cookies(const char *path, const json_t *v)
{
    check_each(path, v, check_cookie);
}

static void check_post_data(const char *path, const json_t *v)
{
    static const struct member m[] = {{"mimeType", true, is_text}, {"text", true, is_text}};

    CHECK(path, v, m);
}

static void check_content(const char *path, const json_t *v)
{
    static const struct member m[] = {
        {"size", true, is_size}, {"mimeType", true, is_text}, {"text", false, is_text}};

    CHECK(path, v, m);
}

static void check_request(const char *path, const json_t *v)
{
    static const struct member m[] = {
        {"method", true, is_text},
        {"url", true, is_url},
        {"httpVersion", true, is_text},
        {"cookies", true, check_cookies},
        {"headers", true, check_pairs},
        {"queryString", true, check_pairs},
        {"postData", false, check_post_data},
        {"headersSize", true, is_size},
        {"bodySize", true, is_size},
    };

    CHECK(path, v, m);
}

static void check_response(const char *path, const json_t *v)
{
    static const struct member m[] = {
        {"status", true, is_status},    {"statusText", true, is_text},
        {"httpVersion", true, is_text}, {"cookies", true, check_cookies},
        {"headers", true, check_pairs}, {"content", true, check_content},
        {"redirectURL", true, is_text}, {"headersSize", true, is_size},
        {"bodySize", true, is_size},
    };

    CHECK(path, v, m);
}

static void check_cache(const char *path, const json_t *v)
{
    check_object(path, v, NULL, 0);
}

static void check_timings(const char *path, const json_t *v)
{
    static const struct member m[] = {
        {"blocked", false, is_timing}, {"dns", false, is_timing}, {"connect", false, is_timing},
        {"ssl", false, is_timing},     {"send", true, is_time},   {"wait", true, is_time},
        {"receive", true, is_time},
    };

    CHECK(path, v, m);
}

static void check_entry(const char *path, const json_t *v)
{
    static const struct member m[] = {
        {"startedDateTime", true, is_date},     {"time", true, is_time},
        {"request", true, check_request},       {"response", true, check_response},
        {"cache", true, check_cache},           {"timings", true, check_timings},
        {"serverIPAddress", false, is_address}, {"connection", false, is_text},
    };

    CHECK(path, v, m);
}

static void check_entries(const char *path, const json_t *v)
{
    check_each(path, v, check_entry);
}

static void check_creator(const char *path, const json_t *v)
{
    static const struct member m[] = {{"name", true, is_text}, {"version", true, is_text}};

    CHECK(path, v, m);
}

static void check_log(const char *path, const json_t *v)
{
    static const struct member m[] = {
        {"version", true, is_text},
        {"creator", true, check_creator},
        {"entries", true, check_entries},
        {"comment", false, is_text},
    };

    CHECK(path, v, m);
    ck_assert_str_eq(json_string_value(json_object_get(v, "version")), "1.2");
}

void har_check_entry(const json_t *entry)
{
    check_entry("entry", entry);
}

size_t har_check(const json_t *document)
{
    static const struct member m[] = {{"log", true, check_log}};

    CHECK("har", document, m);
    return json_array_size(json_object_get(json_object_get(document, "log"), "entries"));
}
