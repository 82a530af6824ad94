/* The Finesse site: who signs in, what is served, and which files of the gadget folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desktop.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    desktop_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- signing in ---- */

static const struct {
    const char *name, *method, *lines, *body;
    unsigned status;
    const char *part;
} sign_ins[] = {
    {"id", "POST", "", "{\"id\":\"1001\"}", 200, "{\"login\":\"agent1001\"}"},
    {"login", "POST", "", "{\"id\":\"agent1002\"}", 200, "{\"login\":\"agent1002\"}"},
    {"own origin", "POST", "Origin: https://" FIN ":8445\r\n", "{\"id\":\"1001\"}", 200, "agent"},
    {"unknown", "POST", "", "{\"id\":\"999\"}", 404, "no simulated agent"},
    {"number", "POST", "", "{\"id\":1001}", 400, "The body is to be"},
    {"empty object", "POST", "", "{}", 400, "The body is to be"},
    {"no JSON", "POST", "", "id=1001", 400, "The body is to be"},
    {"empty", "POST", "", "", 400, "The body is to be"},
    {"another site's page", "POST", "Origin: https://x.example\r\n", "{\"id\":\"1001\"}", 403,
     "own page"},
    {"the other node's page", "POST", "Origin: https://" FIN2 ":8445\r\n", "{\"id\":\"1001\"}", 403,
     "own page"},
    {"another port's page", "POST", "Origin: https://" FIN ":8444\r\n", "{\"id\":\"1001\"}", 403,
     "own page"},
    {"a page without origin", "POST", "Origin: null\r\n", "{\"id\":\"1001\"}", 403, "own page"},
    {"sign out from elsewhere", "DELETE", "Origin: https://x.example\r\n", NULL, 403, "own page"},
    {"GET", "GET", "", NULL, 405, ""},
    {"PUT", "PUT", "", "{\"id\":\"1001\"}", 405, ""},
};

static bool is_session_cookie(const char *value)
{
    static const char name[] = "cuicsim-desktop=";

    return value != NULL && strncmp(value, name, strlen(name)) == 0 &&
           strspn(value + strlen(name), "0123456789ABCDEFabcdef") == 32 &&
           strcmp(value + strlen(name) + 32, "; Path=/; Secure; HttpOnly; SameSite=Lax") == 0;
}

START_TEST(sign_in)
{
    struct wire *w = desktop_open(&lab);

    for (size_t i = 0; i < COUNT(sign_ins); i++) {
        struct wire_response r =
            desktop_ask(w, sign_ins[i].method, FIN_SESSION, sign_ins[i].lines, sign_ins[i].body);
        const char *cookie = wire_field(&r, "set-cookie");
        ck_assert_msg(r.status == sign_ins[i].status, "%s: %u %s", sign_ins[i].name, r.status,
                      r.body);
        ck_assert_msg(strstr(r.body, sign_ins[i].part) != NULL, "%s: %s", sign_ins[i].name, r.body);
        ck_assert_msg(is_session_cookie(cookie) == (r.status == 200), "%s: cookie %s",
                      sign_ins[i].name, cookie);
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/** Is the agent some person's? */
static bool is_here(struct wire *w, const char *id)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/desktop/sim/people?search=%s", id);
    json_t *j = desktop_json(w, path, "");
    const json_t *one = json_array_get(json_object_get(j, "people"), 0);
    ck_assert_msg(json_integer_value(json_object_get(j, "found")) == 1, "%s", id);
    bool is = json_is_true(json_object_get(one, "isHere"));
    json_decref(j);
    return is;
}

/** A session is one node's, opens the desktop, takes the agent over, and ends. */
START_TEST(session)
{
    struct wire *w = desktop_open(&lab);
    struct wire *other = wire_open(lab.port[0], FIN2);
    struct wire_response r;
    char cookie[COOKIE_LINE];

    desktop_expect(w, "GET", "/desktop/", "", NULL, 302, "");
    ck_assert(!is_here(w, "1005"));
    desktop_sign_in(w, "1005", cookie);
    desktop_expect(w, "GET", "/desktop/", cookie, NULL, 200, "Simulated");
    desktop_expect(w, "GET", "/desktop/sim/state", cookie, NULL, 200, "\"login\":\"agent1005\"");
    ck_assert(is_here(w, "1005"));
    ck_assert(!is_here(w, "1006"));

    wire_say(other, "GET /desktop/ HTTP/1.1\r\nHost: " FIN2 "\r\n%s\r\n", cookie);
    ck_assert(wire_read(other, &r));
    ck_assert_uint_eq(r.status, 302);
    ck_assert_str_eq(wire_field(&r, "location"), "/desktop/logon");
    wire_response_clear(&r);

    r = desktop_ask(w, "DELETE", FIN_SESSION, cookie, NULL);
    ck_assert_uint_eq(r.status, 200);
    ck_assert_ptr_nonnull(strstr(wire_field(&r, "set-cookie"), "Max-Age=0"));
    wire_response_clear(&r);
    desktop_expect(w, "GET", "/desktop/", cookie, NULL, 302, "");
    desktop_expect(w, "GET", "/desktop/sim/state", cookie, NULL, 401, "Nobody");
    ck_assert(!is_here(w, "1005"));
    wire_close(other);
    wire_close(w);
}
END_TEST

/** Two people as one agent: it is held until the last of them goes. */
START_TEST(two_sessions)
{
    struct wire *w = desktop_open(&lab);
    char first[COOKIE_LINE];
    char second[COOKIE_LINE];

    desktop_sign_in(w, "1007", first);
    desktop_sign_in(w, "agent1007", second);
    ck_assert_str_ne(first, second);
    desktop_expect(w, "DELETE", FIN_SESSION, first, NULL, 200, "");
    ck_assert(is_here(w, "1007"));
    desktop_expect(w, "GET", "/desktop/", second, NULL, 200, "");
    desktop_expect(w, "DELETE", FIN_SESSION, second, NULL, 200, "");
    ck_assert(!is_here(w, "1007"));
    wire_close(w);
}
END_TEST

static const struct {
    const char *search;
    int found;
} searches[] = {
    {"", 40}, {"agent10", 40}, {"AGENT1003", 1}, {"1003", 1}, {"nobody", 0}, {"%20", 40},
};

START_TEST(people)
{
    struct wire *w = desktop_open(&lab);
    char path[64];

    for (size_t i = 0; i < COUNT(searches); i++) {
        (void)snprintf(path, sizeof path, "/desktop/sim/people?search=%s", searches[i].search);
        json_t *j = desktop_json(w, path, "");
        ck_assert_msg(json_integer_value(json_object_get(j, "found")) == searches[i].found, "'%s'",
                      searches[i].search);
        ck_assert_str_eq(json_string_value(json_object_get(j, "hostname")), FIN);
        json_decref(j);
    }
    wire_close(w);
}
END_TEST

/* ---- what is built in ---- */

#define JS  "text/javascript;charset=utf-8"
#define CSS "text/css;charset=utf-8"

static const struct {
    const char *method, *path;
    unsigned status;
    const char *type, *part;
} builtin[] = {
    {"GET", "/", 302, NULL, ""},
    {"GET", "/desktop", 302, NULL, ""},
    {"GET", "/desktop/container/", 302, NULL, ""},
    {"GET", "/desktop/logon", 200, "text/html;charset=utf-8", "<title>"},
    {"GET", "/desktop/sim/desktop.css", 200, CSS, ""},
    {"GET", "/desktop/sim/desktop.js", 200, JS, ""},
    {"GET", "/desktop/sim/nothing.js", 404, NULL, ""},
    {"GET", "/desktop/sim/../gadget/finesse.js", 404, NULL, ""},
    {"GET", "/desktop/assets/js/finesse.js", 200, JS, "ClientServices"},
    {"GET", "/desktop/assets/js/finesse.min.js", 200, JS, "ClientServices"},
    {"GET", "/desktop/assets/js/jquery.min.js", 200, JS, "jQuery"},
    {"GET", "/desktop/assets/js/nothing.js", 404, NULL, ""},
    {"GET", "/desktop/thirdparty/bootstrap/css/bootstrap.min.css", 200, CSS, "Bootstrap v3."},
    {"GET", "/desktop/thirdparty/bootstrap/js/bootstrap.min.js", 200, JS, "Bootstrap's JavaScript"},
    {"GET", "/desktop/thirdparty/bootstrap/3.3.7/css/bootstrap.min.css", 200, CSS, "Bootstrap v3."},
    {"GET", "/desktop/thirdparty/bootstrap/5.3.1/css/bootstrap.min.css", 200, CSS, "v5."},
    {"GET", "/desktop/thirdparty/bootstrap/x/css/bootstrap.min.css", 404, NULL, ""},
    {"GET", "/desktop/thirdparty/jquery/js/jquery-1.5.min.js", 200, JS, "jQuery"},
    {"GET", "/desktop/thirdparty/jquery/js/jquery-ui-1.8.9.custom.min.js", 200, JS, "jQuery UI"},
    {"GET", "/desktop/thirdparty/jquery/js/x.js", 404, NULL, ""},
    {"GET", "/desktop/js/utilities/MessageDisplay.js", 200, JS, "MessageDisplay"},
    {"GET", "/gadgets/js/core:pubsub-2.js?container=default", 200, JS, "gadgets"},
    {"GET", "/favicon.ico", 200, "image/svg+xml", "<svg"},
    {"GET", "/nothing", 404, NULL, ""},
    {"GET", "/cuic/", 404, NULL, ""},
    {"HEAD", "/desktop/logon", 200, "text/html;charset=utf-8", ""},
    {"POST", "/desktop/logon", 405, NULL, ""},
    {"PUT", FIN_FILES "hello.xml", 405, NULL, ""},
    {"DELETE", FIN_FILES "hello.xml", 405, NULL, ""},
};

/** No page of another origin gets to read any of it, and none is framed by one. */
static void check_headers(const struct wire_response *r, const char *path)
{
    const char *type = wire_field(r, "content-type");
    const char *csp = wire_field(r, "content-security-policy");

    ck_assert_msg(wire_count(r, "access-control-") == 0, "%s: CORS", path);
    ck_assert_msg(wire_field(r, "x-content-type-options") != NULL, "%s: nosniff", path);
    if (r->status == 200 && type != NULL && strncmp(type, "text/html", 9) == 0)
        ck_assert_msg(csp != NULL && strstr(csp, "frame-ancestors 'self'") != NULL, "%s: CSP %s",
                      path, csp);
}

START_TEST(built_in)
{
    struct wire *w = desktop_open(&lab);

    for (size_t i = 0; i < COUNT(builtin); i++) {
        const char *path = builtin[i].path;
        struct wire_response r =
            desktop_ask(w, builtin[i].method, path, "Origin: https://x.example\r\n", NULL);
        const char *type = wire_field(&r, "content-type");
        ck_assert_msg(r.status == builtin[i].status, "%s: %u", path, r.status);
        if (builtin[i].type != NULL)
            ck_assert_msg(type != NULL && strcmp(type, builtin[i].type) == 0, "%s: %s", path, type);
        if (builtin[i].part[0] != '\0')
            ck_assert_msg(strstr(r.body, builtin[i].part) != NULL, "%s: %.200s", path, r.body);
        check_headers(&r, path);
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/* ---- the gadget folder ---- */

#define SECRET "what nobody may read"

/** What must not lead out of the folder, nor to what is hidden in it. */
static const char *const outside[] = {
    "../secret.txt",
    "x/../../secret.txt",
    "%2e%2e/secret.txt",
    ".%2e/secret.txt",
    "..%2fsecret.txt",
    "..%2Fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "%252e%252e/secret.txt",
    "..%252fsecret.txt",
    "..%c0%afsecret.txt",
    "%c0%ae%c0%ae/secret.txt",
    "..\\secret.txt",
    "..%5csecret.txt",
    "x%5c..%5c..%5csecret.txt",
    "..;/secret.txt",
    "./secret.txt",
    "%2f%2e%2e%2fsecret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "/../secret.txt",
    "link.txt",       /* a symbolic link to the secret */
    "out/secret.txt", /* a folder that is one */
    "x/in.txt",       /* one to a file that may be read */
    ".hidden",
    "x/.git/config",
    "hello.xml%00.txt",
    "hello.xml%00",
    "hello.xml/",
    "hello.xml%2f",
    "hello.xml%0a",
    "hello.xml%20",
    "x//a.txt",
    "x/",
    "x",
    "",
    "pipe",
    "socket.txt",
    "nothing.txt",
    "HELLO.XML",
};

static void make_folder(void)
{
    desktop_put(&lab, "secret.txt", SECRET);
    desktop_put(&lab, "gadgets/.hidden", SECRET);
    desktop_put(&lab, "gadgets/x/.git/config", SECRET);
    desktop_put(&lab, "gadgets/x/a.txt", "a");
    ck_assert_int_eq(symlink("../secret.txt", lab_path(&lab, "gadgets/link.txt")), 0);
    ck_assert_int_eq(symlink("..", lab_path(&lab, "gadgets/out")), 0);
    ck_assert_int_eq(symlink("a.txt", lab_path(&lab, "gadgets/x/in.txt")), 0);
    ck_assert_int_eq(mkfifo(lab_path(&lab, "gadgets/pipe"), 0666), 0);
    ck_assert_int_eq(symlink("/dev/zero", lab_path(&lab, "gadgets/socket.txt")), 0);
}

static void check_kept(const struct wire_response *r, const char *what)
{
    ck_assert_msg(r->status == 404 || r->status == 400, "%s: %u %.200s", what, r->status, r->body);
    ck_assert_msg(strstr(r->body, SECRET) == NULL && strstr(r->body, "root:") == NULL &&
                      strstr(r->body, "a.txt</a>") == NULL,
                  "%s: %.300s", what, r->body);
}

/** As a file, and as a gadget of a frame, once encoded by the test and once as it stands. */
START_TEST(nothing_outside)
{
    struct wire *w = desktop_open(&lab);
    char cookie[COOKIE_LINE];
    char path[256];

    make_folder();
    desktop_sign_in(w, "1001", cookie);
    for (size_t i = 0; i < COUNT(outside); i++) {
        (void)snprintf(path, sizeof path, FIN_FILES "%s", outside[i]);
        struct wire_response r = desktop_ask(w, "GET", path, "", NULL);
        check_kept(&r, path);
        wire_response_clear(&r);
        r = desktop_frame(w, cookie, path);
        check_kept(&r, path);
        wire_response_clear(&r);
        (void)snprintf(path, sizeof path, "/gadgets/ifr?url=" FIN_FILES "%s", outside[i]);
        r = desktop_ask(w, "GET", path, cookie, NULL);
        check_kept(&r, path);
        wire_response_clear(&r);
    }
    desktop_expect(w, "GET", FIN_FILES "x/a.txt", "", NULL, 200, "a");
    wire_close(w);
}
END_TEST

static const struct {
    const char *name, *type;
} types[] = {
    {"a.xml", "application/xml;charset=utf-8"},
    {"a.js", JS},
    {"a.css", CSS},
    {"a.html", "text/html;charset=utf-8"},
    {"a.JSON", "application/json"},
    {"a.png", "image/png"},
    {"a.svg", "image/svg+xml"},
    {"a.woff2", "font/woff2"},
    {"a.exe", "application/octet-stream"},
    {"a", "application/octet-stream"},
    {"b c/d e.txt", "text/plain;charset=utf-8"},
};

START_TEST(file_types)
{
    struct wire *w = desktop_open(&lab);
    char path[128];

    for (size_t i = 0; i < COUNT(types); i++) {
        (void)snprintf(path, sizeof path, "gadgets/types/%s", types[i].name);
        desktop_put(&lab, path, "body");
        size_t n = (size_t)snprintf(path, sizeof path, FIN_FILES "types/");
        for (const char *p = types[i].name; *p != '\0'; p++)
            n += (size_t)snprintf(path + n, 4, *p == ' ' ? "%%20" : "%c", *p);
        struct wire_response r = desktop_ask(w, "GET", path, "", NULL);
        ck_assert_msg(r.status == 200, "%s: %u", path, r.status);
        ck_assert_str_eq(wire_field(&r, "content-type"), types[i].type);
        ck_assert_str_eq(wire_field(&r, "x-content-type-options"), "nosniff");
        ck_assert_str_eq(r.body, "body");
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/** A file is served up to 8 MiB, in whole, and as it is at that moment. */
START_TEST(file_sizes)
{
    struct wire *w = desktop_open(&lab);
    const char *path = lab_path(&lab, "gadgets/big.bin");

    desktop_put(&lab, "gadgets/big.bin", "");
    desktop_expect(w, "GET", FIN_FILES "big.bin", "", NULL, 200, "");
    ck_assert_int_eq(truncate(path, 8 << 20), 0);
    struct wire_response r = desktop_ask(w, "GET", FIN_FILES "big.bin", "", NULL);
    ck_assert_uint_eq(r.status, 200);
    ck_assert_uint_eq(r.body_bytes, 8 << 20);
    wire_response_clear(&r);
    ck_assert_int_eq(truncate(path, (8 << 20) + 1), 0);
    desktop_expect(w, "GET", FIN_FILES "big.bin", "", NULL, 403, "larger than");
    ck_assert_int_eq(unlink(path), 0);
    desktop_expect(w, "GET", FIN_FILES "big.bin", "", NULL, 404, "no such file");
    wire_close(w);
}
END_TEST

/* ---- nodes and services ---- */

START_TEST(which_node)
{
    static const char *const host[] = {FIN, FIN2};

    for (size_t i = 0; i < COUNT(host); i++) {
        struct wire *w = wire_open(lab.port[0], host[i]); /* verifies the certificate's name */
        struct wire_response r;
        wire_say(w, "GET /desktop/sim/people HTTP/1.1\r\nHost: %s:8445\r\n\r\n", host[i]);
        ck_assert(wire_read(w, &r));
        ck_assert_uint_eq(r.status, 200);
        ck_assert_msg(strstr(r.body, host[i]) != NULL, "%s: %.200s", host[i], r.body);
        wire_response_clear(&r);
        wire_close(w);
    }
}
END_TEST

/** Finesse's Tomcat of one node: everything of that node is down, and nothing else is. */
START_TEST(tomcat_stops)
{
    static const char *const path[] = {
        "/desktop/",    "/desktop/logon",      "/finesse/api/SystemInfo",      "/nothing",
        "/gadgets/ifr", FIN_FILES "hello.xml", "/desktop/assets/js/finesse.js"};
    struct wire *w = desktop_open(&lab);
    struct wire *other = wire_open(lab.port[0], FIN2);
    struct wire_response r;

    lab_must(&lab, "-n finessep utils service stop " FIN_TOMCAT);
    for (size_t i = 0; i < COUNT(path); i++)
        desktop_expect(w, "GET", path[i], "", NULL, 502, "is stopped");
    desktop_expect(w, "POST", FIN_SESSION, "", "{\"id\":\"1001\"}", 502, "is stopped");
    wire_say(other, "GET /desktop/logon HTTP/1.1\r\nHost: " FIN2 "\r\n\r\n");
    ck_assert(wire_read(other, &r));
    ck_assert_uint_eq(r.status, 200);
    wire_response_clear(&r);
    lab_must(&lab, "-n finessep utils service start " FIN_TOMCAT);
    desktop_expect(w, "GET", "/desktop/logon", "", NULL, 200, "");
    wire_close(other);
    wire_close(w);
}
END_TEST

/** A node whose web proxy is stopped has nobody who listens. */
START_TEST(proxy_stops)
{
    const struct wire_options o = {.port = lab.port[0], .sni = FIN};

    lab_must(&lab, "-n finessep utils service stop Cisco Web Proxy Service");
    ck_assert_ptr_null(wire_try(&o, NULL));
    wire_close(wire_open(lab.port[0], FIN2));
    lab_must(&lab, "-n finessep utils service start Cisco Web Proxy Service");
    wire_close(desktop_open(&lab));
}
END_TEST

/* ---- the layout ---- */

static const struct {
    const char *name, *text; /* NULL: there is no file */
    const char *said;
} layouts[] = {
    {"missing", NULL, "there is no layout, or it cannot be read"},
    {"no XML", "hello", "layout.xml: line 1"},
    {"another document", "<Module/>", "finesseLayout"},
    {"a bomb", "<!DOCTYPE x [<!ENTITY a \"b\">]><finesseLayout>&a;</finesseLayout>", "DOCTYPE"},
};

/** Said at the start, at a check, and to who signs in; mended without a restart. */
START_TEST(bad_layout)
{
    struct lab own;
    char cookie[COOKIE_LINE];

    desktop_start(&own, "");
    struct wire *w = desktop_open(&own);
    desktop_sign_in(w, "1002", cookie);
    if (layouts[_i].text == NULL)
        ck_assert_int_eq(unlink(lab_path(&own, "layout.xml")), 0);
    else
        desktop_put(&own, "layout.xml", layouts[_i].text);
    desktop_expect(w, "GET", "/desktop/sim/state", cookie, NULL, 200, layouts[_i].said);
    struct wire_response r = desktop_frame(w, cookie, "https://" PUB "/x.xml");
    ck_assert_uint_eq(r.status, 500);
    ck_assert_msg(strstr(r.body, layouts[_i].said) != NULL, "%.2000s", r.body);
    wire_response_clear(&r);
    const char *argv[] = {"cuicsim-server", "-c", own.config, "-t", NULL};
    struct proc_result check = proc_run(argv, NULL, NULL);
    ck_assert_int_eq(check.status, 0);
    ck_assert_msg(strstr(check.err, layouts[_i].said) != NULL, "%s", check.err);
    ck_assert_ptr_nonnull(strstr(check.err, "desktops stay empty"));
    proc_result_clear(&check);
    desktop_layout(&own, "<gadget>" FIN_FILES "hello.xml</gadget>");
    desktop_expect(w, "GET", "/desktop/sim/state", cookie, NULL, 200, FIN_FILES "hello.xml");
    wire_close(w);
    lab_clear(&own);
}
END_TEST

Suite *suite_finesse(void)
{
    Suite *s = suite_create("finesse");
    TCase *tc = new_case(s, "site");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, sign_in);
    tcase_add_test(tc, session);
    tcase_add_test(tc, two_sessions);
    tcase_add_test(tc, people);
    tcase_add_test(tc, built_in);
    tcase_add_test(tc, nothing_outside);
    tcase_add_test(tc, file_types);
    tcase_add_test(tc, file_sizes);
    tcase_add_test(tc, which_node);
    tcase_add_test(tc, tomcat_stops);
    tcase_add_test(tc, proxy_stops);
    tc = new_case(s, "layout");
    tcase_add_loop_test(tc, bad_layout, 0, (int)COUNT(layouts));
    suite_finesse_api(s);
    suite_finesse_frames(s);
    return s;
}
