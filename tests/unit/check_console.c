#include "diagnose/console_text.h"

#include <stdlib.h>
#include <string.h>

#include "diagnose/explain.h"
#include "rows_console.h"
#include "suites.h"
#include "support.h"

/** Read from a copy of exactly that size, so that the sanitizer sees a byte too many. */
static bool read_text(struct slice text, struct console_line *l)
{
    char *copy = malloc(text.n == 0 ? 1 : text.n);

    ck_assert_ptr_nonnull(copy);
    if (text.n > 0)
        memcpy(copy, text.at, text.n);
    bool is = console_read((struct slice){copy, text.n}, l);
    free(copy);
    return is;
}

static void expect_part(const char *name, const char *part, const struct console_line *l,
                        struct slice got, const char *want)
{
    if (want == NULL)
        ck_assert_msg(got.at == NULL, "%s: %s '%s'", name, part, shown(got));
    else
        ck_assert_msg(got.at != NULL && slice_is(got, want), "%s: %s: expected '%s', got '%s'",
                      name, part, want, shown(got));
    ck_assert_msg(got.at == NULL ||
                      (got.at >= l->text && got.at + got.n <= l->text + CONSOLE_TEXT_MAX),
                  "%s: %s is not in the text", name, part);
}

START_TEST(sample)
{
    const struct console_sample *row = &console_samples[_i];
    struct console_line l;
    bool is = read_text(slice_of(row->text), &l);

    ck_assert_msg(is == (row->code != NULL) && (l.row != NULL) == is, "%s: %s", row->name,
                  is ? l.row->code : "not recognised");
    if (is) {
        ck_assert_msg(strcmp(l.row->code, row->code) == 0, "%s: expected %s, got %s", row->name,
                      row->code, l.row->code);
        ck_assert_int_eq(l.row->browser, row->browser);
    }
    expect_part(row->name, "url", &l, l.url, row->url);
    expect_part(row->name, "redirected_from", &l, l.redirected_from, row->redirected_from);
    expect_part(row->name, "origin", &l, l.origin, row->origin);
    expect_part(row->name, "method", &l, l.method, row->method);
    expect_part(row->name, "header", &l, l.header, row->header);
    expect_part(row->name, "value", &l, l.value, row->value);
    ck_assert_msg(l.status == row->status, "%s: status %u", row->name, l.status);
    ck_assert_msg(l.is_preflight == row->is_preflight, "%s: preflight %d", row->name,
                  l.is_preflight);
    ck_assert(!l.is_cut);
}
END_TEST

/** No message without a text that a browser printed, and none hidden behind another one. */
START_TEST(every_row_has_a_sample)
{
    size_t n = 0;
    const struct console_row *row = console_rows(&n);

    for (size_t i = 0; i < n; i++) {
        bool is_found = false;
        for (size_t k = 0; k < console_n_samples && !is_found; k++) {
            struct console_line l;
            is_found = read_text(slice_of(console_samples[k].text), &l) && l.row == &row[i];
        }
        ck_assert_msg(is_found, "no sample is recognised by '%s'", row[i].find);
    }
}
END_TEST

START_TEST(row_words)
{
    size_t n = 0;
    const struct console_row *row = console_rows(&n);

    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(row[i].says);
        ck_assert_msg(length > 0 && row[i].says[length - 1] == '.', "%s: '%s'", row[i].code,
                      row[i].says);
        ck_assert_msg(row[i].code[0] != '\0' && row[i].find[0] != '\0', "row %zu", i);
        ck_assert_msg(console_browser_name(row[i].browser)[0] != '\0', "%s", row[i].code);
    }
}
END_TEST

/** The first eight kilobytes count, and the rest is told to be missing. */
START_TEST(long_text)
{
    enum { BEFORE = CONSOLE_TEXT_MAX - 10 };
    const char *message = console_samples[0].text;
    char *text = malloc(BEFORE + strlen(message) + 1);
    struct console_line l;

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', BEFORE);
    memcpy(text + BEFORE, message, strlen(message) + 1);
    ck_assert(!read_text(slice_of(text), &l));
    ck_assert(l.is_cut);
    ck_assert_uint_eq(strlen(l.text), CONSOLE_TEXT_MAX);
    memset(text, ' ', BEFORE); /* blanks are one blank */
    ck_assert(read_text(slice_of(text), &l));
    ck_assert(!l.is_cut);
    free(text);
}
END_TEST

/* ---- URLs ---- */

static const struct url_row {
    const char *name;
    const char *url;
    const char *scheme;
    const char *host;
    const char *path;
} url_rows[] = {
    {"whole", "https://a.example:8444/cuic/?x#y", "https", "a.example:8444", "/cuic/?x#y"},
    {"no-path", "https://a.example", "https", "a.example", ""},
    {"query-only", "https://a.example?x", "https", "a.example", "?x"},
    {"user", "https://u:p@a.example/x@y", "https", "a.example", "/x@y"},
    {"ipv6", "https://[::1]:8444/", "https", "[::1]:8444", "/"},
    {"no-scheme", "/cuic/", "", "", "/cuic/"},
    {"nothing", "", "", "", ""},
    {"only-scheme", "https://", "https", "", ""},
};

START_TEST(url)
{
    const struct url_row *row = &url_rows[_i];
    struct console_url u;

    console_split_url(slice_of(row->url), &u);
    ck_assert_msg(slice_is(u.scheme, row->scheme) && slice_is(u.host, row->host) &&
                      slice_is(u.path, row->path),
                  "%s: '%s' '%s' '%s'", row->name, shown(u.scheme), shown(u.host), shown(u.path));
}
END_TEST

static char pub_name[] = "pub", pub_host[] = "pub.example";
static char sub_name[] = "sub", sub_host[] = "sub.example";
static char desk_name[] = "desk", desk_host[] = "desk.example";
static char live_text[] = "127.0.0.1:13005", cuic_text[] = "127.0.0.1:8444";
static struct node place_nodes[] = {
    {pub_name, pub_host, true, PLATFORM_CUIC},
    {sub_name, sub_host, false, PLATFORM_CUIC},
    {desk_name, desk_host, true, PLATFORM_FINESSE},
};
static struct endpoint place_endpoints[] = {{.site = SITE_CUIC, .text = cuic_text},
                                            {.site = SITE_LIVE_DATA, .text = live_text}};
static const struct config place_config = {.nodes = place_nodes,
                                           .n_nodes = 2,
                                           .n_finesse = 1,
                                           .endpoints = place_endpoints,
                                           .n_endpoints = 2};

static const struct place_row {
    const char *name;
    const char *url;
    const char *node; /* NULL: none of the lab's */
    enum service service;
    const char *path;
    bool is_address;
} place_rows[] = {
    {"cuic", "https://pub.example/cuic/", "pub", SERVICE_CUIC, "/cuic/", false},
    {"port", "https://sub.example:8444/cuic/", "sub", SERVICE_CUIC, "/cuic/", false},
    {"upper-case", "https://SUB.example:8444/cuic/", "sub", SERVICE_CUIC, "/cuic/", false},
    {"short-name", "https://sub/cuic/", "sub", SERVICE_CUIC, "/cuic/", false},
    {"live-data-by-path", "https://pub.example/socket.io/?EIO=3", "pub", SERVICE_LIVE_DATA,
     "/socket.io/?EIO=3", false},
    {"live-data-by-port", "https://pub.example:12005/", "pub", SERVICE_LIVE_DATA, "/", false},
    {"live-data-by-other-port", "https://pub.example:12008/x", "pub", SERVICE_LIVE_DATA, "/x",
     false},
    {"live-data-by-the-lab's-port", "https://pub.example:13005/x", "pub", SERVICE_LIVE_DATA, "/x",
     false},
    {"finesse", "https://desk.example:8445/finesse/api/", "desk", SERVICE_FINESSE, "/finesse/api/",
     false},
    {"no-path", "https://pub.example", "pub", SERVICE_CUIC, "/", false},
    {"localhost", "https://localhost:8444/cuic/", "pub", SERVICE_CUIC, "/cuic/", true},
    {"loopback", "https://127.0.0.1:8444/cuic/", "pub", SERVICE_CUIC, "/cuic/", true},
    {"loopback-6", "https://[::1]:8444/cuic/", "pub", SERVICE_CUIC, "/cuic/", true},
    {"elsewhere", "https://cuic.customer.example/cuic/", NULL, SERVICE_CUIC, "/cuic/", false},
    {"no-url", "", NULL, SERVICE_CUIC, "", false},
};

START_TEST(place)
{
    const struct place_row *row = &place_rows[_i];
    struct place p;

    explain_place(&place_config, slice_of(row->url), &p);
    ck_assert_msg(p.is_known == (row->node != NULL), "%s: %d", row->name, p.is_known);
    ck_assert_msg(slice_is(p.path, row->path), "%s: '%s'", row->name, shown(p.path));
    if (!p.is_known)
        return;
    ck_assert_msg(strcmp(place_nodes[p.node].name, row->node) == 0, "%s: %s", row->name,
                  place_nodes[p.node].name);
    ck_assert_msg(p.service == row->service, "%s: %s", row->name, service_name(p.service));
    ck_assert_msg(p.is_address == row->is_address, "%s: %d", row->name, p.is_address);
}
END_TEST

Suite *suite_console(void)
{
    Suite *s = suite_create("console");
    TCase *tc = tcase_create("texts");
    TCase *urls = tcase_create("urls");

    add_rows(tc, sample, console_n_samples);
    tcase_add_test(tc, every_row_has_a_sample);
    tcase_add_test(tc, row_words);
    tcase_add_test(tc, long_text);
    add_rows(urls, url, COUNT(url_rows));
    add_rows(urls, place, COUNT(place_rows));
    suite_add_tcase(s, tc);
    suite_add_tcase(s, urls);
    return s;
}
