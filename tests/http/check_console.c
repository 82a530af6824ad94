/* The console: who may ask it, what every answer carries, and its page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    /* A name of the console's own for which the tests have a certificate. */
    char text[4096];

    (void)snprintf(
        text, sizeof text,
        "listen console { addresses = {\"127.0.0.1:0\"} hostnames = {\"finessep.uccelab.tac\"} }\n"
        "listen cuic { addresses = {\"127.0.0.1:0\"} }\nlimits { body_bytes = 4096 idle_seconds = "
        "3600 }\n");
    start_article(&lab, text);
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- who may ask ---- */

/** A request, with the port of this lab's console in place of the letter P behind a colon. */
static const struct guard_row {
    const char *name;
    const char *method;
    const char *target;
    const char *host;  /* NULL: no such field */
    const char *lines; /* more fields */
    unsigned status;
} guard_rows[] = {
    {"localhost", "GET", "/api/lab", "localhost:P", "", 200},
    {"localhost-other-port", "GET", "/api/lab", "localhost:1", "", 200}, /* a forwarded one */
    {"localhost-no-port", "GET", "/api/lab", "localhost", "", 200},
    {"localhost-upper-case", "GET", "/api/lab", "LOCALHOST:P", "", 200},
    {"ipv4", "GET", "/api/lab", "127.0.0.1:P", "", 200},
    {"ipv6", "GET", "/api/lab", "[::1]:P", "", 200},
    {"own-name", "GET", "/api/lab", "finessep.uccelab.tac:P", "", 200},
    {"own-name-upper-case", "GET", "/api/lab", "FINESSEP.uccelab.tac", "", 200},
    {"node", "GET", "/api/lab", PUB ":P", "", 403},
    {"rebound", "GET", "/api/lab", "evil.example:P", "", 403},
    {"rebound-page", "GET", "/", "evil.example:P", "", 403},
    {"rebound-metrics", "GET", "/metrics", "evil.example", "", 403},
    {"rebound-health", "GET", "/healthz", "evil.example", "", 403},
    {"rebound-events", "GET", "/api/events", "evil.example", "", 403},
    {"localhost-of-evil", "GET", "/api/lab", "localhost.evil.example:P", "", 403},
    {"evil-localhost", "GET", "/api/lab", "evil.localhost:P", "", 403},
    {"localhost-dot", "GET", "/api/lab", "localhost.:P", "", 403},
    {"address-of-evil", "GET", "/api/lab", "127.0.0.1.evil.example", "", 403},
    {"other-loopback", "GET", "/api/lab", "127.0.0.2:P", "", 403},
    {"address-as-number", "GET", "/api/lab", "2130706433", "", 403},
    {"address-short", "GET", "/api/lab", "127.1", "", 403},
    {"wildcard", "GET", "/api/lab", "0.0.0.0:P", "", 403},
    {"ipv6-without-brackets", "GET", "/api/lab", "::1", "", 400},
    {"ipv6-mapped", "GET", "/api/lab", "[::ffff:127.0.0.1]", "", 403},
    {"empty-host", "GET", "/api/lab", "", "", 403},
    {"no-host", "GET", "/api/lab", NULL, "", 400},
    {"two-hosts", "GET", "/api/lab", "localhost", "Host: localhost\r\n", 400},
    {"bad-host", "GET", "/api/lab", "localhost/x", "", 400},
    {"absolute-own", "GET", "https://localhost:P/api/lab", "evil.example", "", 200},
    {"absolute-evil", "GET", "https://evil.example/api/lab", "localhost", "", 403},

    {"own-origin", "GET", "/api/lab", "localhost:P", "Origin: https://localhost:P\r\n", 200},
    {"own-origin-other-name", "GET", "/api/lab", "127.0.0.1:P", "Origin: https://127.0.0.1:P\r\n",
     200},
    {"origin-of-another-own-name", "GET", "/api/lab", "127.0.0.1:P",
     "Origin: https://localhost:P\r\n", 403},
    {"origin-http", "GET", "/api/lab", "localhost:P", "Origin: http://localhost:P\r\n", 403},
    {"origin-other-port", "GET", "/api/lab", "localhost:P", "Origin: https://localhost:1\r\n", 403},
    {"origin-no-port", "GET", "/api/lab", "localhost:P", "Origin: https://localhost\r\n", 403},
    {"origin-longer", "GET", "/api/lab", "localhost:P", "Origin: https://localhost:P1\r\n", 403},
    {"origin-with-path", "GET", "/api/lab", "localhost:P", "Origin: https://localhost:P/\r\n", 403},
    {"origin-null", "GET", "/api/lab", "localhost:P", "Origin: null\r\n", 403},
    {"origin-empty", "GET", "/api/lab", "localhost:P", "Origin: \r\n", 403},
    {"origin-of-a-gadget", "GET", "/api/lab", "localhost:P", "Origin: " LISTED "\r\n", 403},
    {"origin-on-a-file", "GET", "/main.js", "localhost:P", "Origin: " LISTED "\r\n", 403},
    {"origin-on-metrics", "GET", "/metrics", "localhost:P", "Origin: " LISTED "\r\n", 403},
    {"preflight", "OPTIONS", "/api/change", "localhost:P",
     "Origin: " LISTED "\r\nAccess-Control-Request-Method: POST\r\n", 403},
    {"own-preflight", "OPTIONS", "/api/change", "localhost:P",
     "Origin: https://localhost:P\r\nAccess-Control-Request-Method: POST\r\n", 405},

    {"fetch-same-origin", "GET", "/api/lab", "localhost", "Sec-Fetch-Site: same-origin\r\n", 200},
    {"fetch-none", "GET", "/api/lab", "localhost", "Sec-Fetch-Site: none\r\n", 200},
    {"fetch-cross-site", "GET", "/api/lab", "localhost", "Sec-Fetch-Site: cross-site\r\n", 403},
    {"fetch-same-site", "GET", "/api/lab", "localhost", "Sec-Fetch-Site: same-site\r\n", 403},
    {"fetch-unknown", "GET", "/api/lab", "localhost", "Sec-Fetch-Site: x\r\n", 403},
    {"script-tag", "GET", "/main.js", "localhost",
     "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script\r\n", 403},
    {"link-to-the-page", "GET", "/", "localhost",
     "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n", 200},
    {"link-to-data", "GET", "/api/lab", "localhost",
     "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n", 403},
    {"frame", "GET", "/", "localhost",
     "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n", 403},
    {"form", "POST", "/", "localhost",
     "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n", 403},

    {"head", "HEAD", "/api/lab", "localhost", "", 200},
    {"head-of-the-page", "HEAD", "/", "localhost", "", 200},
    {"head-of-metrics", "HEAD", "/metrics", "localhost", "", 200},
    {"post-to-the-page", "POST", "/", "localhost", "Content-Length: 0\r\n", 405},
    {"post-to-data", "POST", "/api/state", "localhost", "Content-Length: 0\r\n", 405},
    {"put-metrics", "PUT", "/metrics", "localhost", "Content-Length: 0\r\n", 405},
    {"delete-health", "DELETE", "/healthz", "localhost", "", 405},
    {"options", "OPTIONS", "/api/lab", "localhost", "", 405},
    {"options-star", "OPTIONS", "*", "localhost", "", 404},
    {"trace-method", "TRACE", "/", "localhost", "", 405},
    {"get-a-change", "GET", "/api/change", "localhost", "", 405},
    {"unknown", "GET", "/nothing", "localhost", "", 404},
    {"unknown-data", "GET", "/api/nothing", "localhost", "", 404},
    {"other-site's-path", "GET", "/cuic/", "localhost", "", 404},
    {"up", "GET", "/../console.js", "localhost", "", 404},
    {"up-in-common", "GET", "/common/../console/main.js", "localhost", "", 404},
    {"up-encoded", "GET", "/%2e%2e/main.js", "localhost", "", 404},
    {"folder", "GET", "/common/", "localhost", "", 404},
    {"other-folder", "GET", "/console/main.js", "localhost", "", 404},
    {"double-slash", "GET", "//main.js", "localhost", "", 404},
    {"body-too-large", "POST", "/api/change", "localhost", "Content-Length: 5000\r\n", 413},
};

static void with_port(char *to, size_t size, const char *text)
{
    size_t n = 0;

    for (const char *p = text; *p != '\0' && n + 8 < size; p++) {
        bool is_port = *p == 'P' && p > text && p[-1] == ':';
        n += (size_t)snprintf(to + n, size - n, is_port ? "%u" : "%c",
                              is_port ? lab.port[0] : (unsigned)(unsigned char)*p);
    }
    to[n] = '\0';
}

static struct wire_response send_row(const struct guard_row *row)
{
    char plain[1024];
    char text[1200];
    struct wire *w = wire_open(lab.port[0], "localhost");
    struct wire_response r;
    int n = snprintf(plain, sizeof plain, "%s %s HTTP/1.1\r\n", row->method, row->target);

    if (row->host != NULL)
        n += snprintf(plain + n, sizeof plain - (size_t)n, "Host: %s\r\n", row->host);
    (void)snprintf(plain + n, sizeof plain - (size_t)n, "%s\r\n", row->lines);
    with_port(text, sizeof text, plain);
    wire_say(w, "%s", text);
    bool is_head = strcmp(row->method, "HEAD") == 0;
    ck_assert_msg(is_head ? wire_read_head(w, &r) : wire_read(w, &r), "%s: no answer", row->name);
    wire_close(w);
    return r;
}

/** What no answer of the console may lack or have. */
static void check_fields(const struct wire_response *r, const char *name)
{
    static const struct {
        const char *field, *value;
    } must[] = {
        {"cache-control", "no-store"},
        {"x-content-type-options", "nosniff"},
        {"x-frame-options", "DENY"},
        {"referrer-policy", "no-referrer"},
        {"cross-origin-resource-policy", "same-origin"},
        {"cross-origin-opener-policy", "same-origin"},
    };
    static const char *const never[] = {"access-control-", "set-cookie", "strict-transport-",
                                        "server", "vary"};
    const char *csp = wire_field(r, "content-security-policy");

    for (size_t i = 0; i < COUNT(must); i++) {
        const char *value = wire_field(r, must[i].field);
        ck_assert_msg(value != NULL && strcmp(value, must[i].value) == 0, "%s: %s: %s", name,
                      must[i].field, value == NULL ? "missing" : value);
    }
    for (size_t i = 0; i < COUNT(never); i++)
        ck_assert_msg(wire_count(r, never[i]) == 0, "%s: %s", name, never[i]);
    ck_assert_msg(csp != NULL && strstr(csp, "default-src 'none'") != NULL &&
                      strstr(csp, "frame-ancestors 'none'") != NULL &&
                      strstr(csp, "unsafe") == NULL && strstr(csp, "http") == NULL,
                  "%s: %s", name, csp == NULL ? "no policy" : csp);
}

static void check_row(const struct guard_row *row)
{
    struct wire_response r = send_row(row);

    ck_assert_msg(r.status == row->status, "%s: %u %s", row->name, r.status,
                  r.body == NULL ? "" : r.body);
    check_fields(&r, row->name);
    if (r.status == 405)
        ck_assert_msg(wire_field(&r, "allow") != NULL, "%s: no allow", row->name);
    if (r.status == 403 && strncmp(row->target, "/api/", 5) == 0)
        ck_assert_msg(strncmp(r.body, "{\"error\":\"", 10) == 0, "%s: %s", row->name, r.body);
    wire_response_clear(&r);
}

/** All rows with one server. */
START_TEST(guard)
{
    for (size_t i = 0; i < COUNT(guard_rows); i++)
        check_row(&guard_rows[i]);
}
END_TEST

/** What the library itself refuses has none of our fields, and nothing else either. */
START_TEST(garbage)
{
    struct wire *w = wire_open(lab.port[0], "localhost");
    size_t n = 0;

    wire_say(w, "\x01\x02\r\n\r\n");
    char *text = wire_read_to_end(w, &n);
    ck_assert_ptr_null(strstr(text, "200 OK"));
    ck_assert_ptr_null(strstr(text, "access-control-"));
    free(text);
    wire_close(w);
}
END_TEST

/* ---- connections ---- */

/** Each name gets a certificate that is good for it, and no name that of localhost. */
static const struct cert_row {
    const char *name, *sni, *verify;
} cert_rows[] = {
    {"localhost", "localhost", "localhost"},
    {"own-name", "finessep.uccelab.tac", "finessep.uccelab.tac"},
    {"own-name-upper-case", "FINESSEP.uccelab.tac", "finessep.uccelab.tac"},
    {"no-sni", NULL, "localhost"},
    {"other-name", "evil.example", "localhost"},
    {"second-node", SUB, "localhost"},
};

START_TEST(certificate)
{
    for (size_t i = 0; i < COUNT(cert_rows); i++) {
        const struct cert_row *row = &cert_rows[i];
        const struct wire_options o = {.port = lab.port[0], .sni = row->sni, .verify = row->verify};
        int reason = 0;
        struct wire *w = wire_try(&o, &reason);
        ck_assert_msg(w != NULL, "%s: %d", row->name, reason);
        wire_close(w);
    }
}
END_TEST

/** The console is no part of the first node, whose certificate it shows. */
START_TEST(proxy_stopped)
{
    lab_must(&lab, "utils service stop Cisco Web Proxy Service");
    char *text = console_text(&lab, "/healthz");
    ck_assert_str_eq(text, "{\"ok\":true,\"problems\":[]}");
    free(text);
}
END_TEST

/* ---- the page ---- */

/** Every file that a text names behind `before` and in front of `after` is there, with a type that
 *  a browser takes. @return how many */
static size_t check_files(const char *text, const char *before, char after, const char *type)
{
    size_t n = 0;

    for (const char *p = strstr(text, before); p != NULL; p = strstr(p, before)) {
        char path[CONSOLE_PATH] = "/";
        p += strlen(before);
        size_t length = (size_t)(strchr(p, after) - p);
        ck_assert_uint_lt(length, 100);
        (void)snprintf(path, sizeof path, "/%.*s", (int)length, p);
        struct wire_response r = console_ask(&lab, "GET", path, "", NULL);
        ck_assert_msg(r.status == 200, "%s: %u", path, r.status);
        ck_assert_str_eq(wire_field(&r, "content-type"), type);
        ck_assert_msg(r.body_bytes > 100, "%s: %zu bytes", path, r.body_bytes);
        if (strncmp(before, "script", 6) == 0) /* what a module loads */
            n += check_files(r.body, "from './", '\'', type);
        wire_response_clear(&r);
        n++;
    }
    return n;
}

START_TEST(page_and_files)
{
    struct wire_response r = console_ask(&lab, "GET", "/", "", NULL);

    ck_assert_uint_eq(r.status, 200);
    ck_assert_str_eq(wire_field(&r, "content-type"), "text/html;charset=utf-8");
    ck_assert_uint_gt(check_files(r.body, "script src=\"/", '"', "text/javascript;charset=utf-8"),
                      8);
    ck_assert_uint_eq(
        check_files(r.body, "rel=\"stylesheet\" href=\"/", '"', "text/css;charset=utf-8"), 3);
    ck_assert_uint_eq(check_files(r.body, "rel=\"icon\" href=\"/", '"', "image/svg+xml"), 1);
    wire_response_clear(&r);
}
END_TEST

/** The policy forbids all of these; so the page must not try. */
START_TEST(nothing_inline)
{
    static const char *const forbidden[] = {
        "<style", " style=", " onclick=", " onload=", "javascript:", "http://", "<script>"};
    char *page = console_text(&lab, "/");

    for (size_t i = 0; i < COUNT(forbidden); i++)
        ck_assert_msg(strstr(page, forbidden[i]) == NULL, "%s", forbidden[i]);
    free(page);
}
END_TEST

/** No page of ours makes markup out of text. */
START_TEST(no_markup_from_text)
{
    static const char *const file[] = {"/main.js",      "/dom.js",     "/list.js",
                                       "/detail.js",    "/diagram.js", "/settings.js",
                                       "/explain.js",   "/counts.js",  "/diagnosis.js",
                                       "/lifecycle.js", "/model.js",   "/api.js"};
    static const char *const forbidden[] = {"innerHTML",      "outerHTML", "insertAdjacentHTML",
                                            "document.write", "eval(",     "new Function",
                                            "DOMParser",      "srcdoc"};

    for (size_t i = 0; i < COUNT(file); i++) {
        char *text = console_text(&lab, file[i]);
        for (size_t j = 0; j < COUNT(forbidden); j++)
            ck_assert_msg(strstr(text, forbidden[j]) == NULL, "%s: %s", file[i], forbidden[j]);
        free(text);
    }
}
END_TEST

Suite *suite_console(void)
{
    Suite *s = suite_create("console");
    TCase *tc = new_case(s, "guard");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, guard);
    tcase_add_test(tc, garbage);
    tcase_add_test(tc, certificate);
    tcase_add_test(tc, proxy_stopped);
    tcase_add_test(tc, page_and_files);
    tcase_add_test(tc, nothing_inline);
    tcase_add_test(tc, no_markup_from_text);
    suite_console_api(s);
    suite_console_exchanges(s);
    suite_console_change(s);
    suite_console_events(s);
    return s;
}
