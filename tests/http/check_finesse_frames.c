/* The gadget container: frames of local and of remote gadgets, why there is none, requests that
 * gadgets have made, and what waits. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desktop.h"
#include "peer.h"
#include "suites.h"

static struct lab lab;
static struct peer *peer;
static struct wire *w;
static char cookie[COOKIE_LINE];

static void start(void)
{
    desktop_start(&lab, "");
    w = desktop_open(&lab);
    desktop_sign_in(w, "1002", cookie);
}

static void stop(void)
{
    wire_close(w);
    peer_stop(peer);
    peer = NULL;
    lab_clear(&lab);
}

/** The frame of a URL: its status, and a part of its page. `url` and `part` are printf's. */
static void expect_frame(const char *url, unsigned status, const char *part)
{
    struct wire_response r = desktop_frame(w, cookie, url);

    ck_assert_msg(r.status == status, "%s: %u %.2000s", url, r.status, r.body);
    ck_assert_msg(strstr(r.body, part) != NULL, "%s, which lacks '%s': %.3000s", url, part, r.body);
    ck_assert_str_eq(wire_field(&r, "content-type"), "text/html;charset=utf-8");
    ck_assert_ptr_nonnull(
        strstr(wire_field(&r, "content-security-policy"), "frame-ancestors 'self'"));
    wire_response_clear(&r);
}

/* ---- gadgets of the folder ---- */

#define HEAD        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define PREFS       "<ModulePrefs title=\"T\"/>"
#define CONTENT     "<Content type=\"html\"><![CDATA[<p>x</p>]]></Content>"
#define WITH(prefs) HEAD "<Module>" prefs CONTENT "</Module>"

static const struct {
    const char *name, *text;
    unsigned status;
    const char *part;
} gadgets[] = {
    {"plain", FIN_GADGET("<p>hello &amp; welcome</p>"), 200, "<p>hello &amp; welcome</p>"},
    {"with features",
     WITH("<ModulePrefs title=\"T\"><Require feature=\"settitle\"/><Optional "
          "feature=\"never-heard-of\"/></ModulePrefs>"),
     200, "<p>x</p>"},
    {"unknown feature",
     WITH("<ModulePrefs title=\"T\"><Require feature=\"never-heard-of\"/></ModulePrefs>"), 500,
     "never-heard-of"},
    {"empty", "", 500, "XML"},
    {"no XML", "hello", 500, "line 1"},
    {"not closed", HEAD "<Module>" PREFS CONTENT, 500, "line 1"},
    {"another document", HEAD "<finesseLayout/>", 500, "Module"},
    {"without prefs", HEAD "<Module>" CONTENT "</Module>", 500, "ModulePrefs"},
    {"without content", HEAD "<Module>" PREFS "</Module>", 500, "Content"},
    {"page elsewhere, http",
     HEAD "<Module>" PREFS "<Content type=\"url\" href=\"http://x.example/\"/></Module>", 500,
     "https://"},
    {"bomb",
     HEAD "<!DOCTYPE Module [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
          "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><Module>" PREFS
          "<Content type=\"html\">&c;</Content></Module>",
     500, "DOCTYPE"},
    {"a file of the server's",
     HEAD "<!DOCTYPE Module [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><Module>" PREFS
          "<Content type=\"html\">&f;</Content></Module>",
     500, "DOCTYPE"},
    {"an outer definition", HEAD "<!DOCTYPE Module SYSTEM \"https://x.example/a.dtd\"><Module/>",
     500, "DOCTYPE"},
    {"undefined entity", HEAD "<Module>" PREFS "<Content type=\"html\">&nbsp;</Content></Module>",
     500, "line 1"},
    {"a control character", HEAD "<Module>\x01</Module>", 500, "line 1"},
    {"script in the title",
     WITH("<ModulePrefs title=\"&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"/>"), 200,
     "<p>x</p>"},
};

START_TEST(local)
{
    for (size_t i = 0; i < COUNT(gadgets); i++) {
        desktop_put(&lab, "gadgets/g/g.xml", gadgets[i].text);
        struct wire_response r = desktop_frame(w, cookie, FIN_FILES "g/g.xml");
        ck_assert_msg(r.status == gadgets[i].status, "%s: %u %.2000s", gadgets[i].name, r.status,
                      r.body);
        ck_assert_msg(strstr(r.body, gadgets[i].part) != NULL, "%s: %.2000s", gadgets[i].name,
                      r.body);
        ck_assert_msg(strstr(r.body, "root:") == NULL, "%s", gadgets[i].name);
        ck_assert_msg(strstr(r.body, "<script>alert") == NULL, "%s", gadgets[i].name);
        wire_response_clear(&r);
    }
}
END_TEST

/** The shape of a gadget's page: relative URLs count from the XML's folder, our scripts come before
 *  the gadget's own. */
START_TEST(page)
{
    desktop_put(&lab, "gadgets/a b/g.xml",
                HEAD "<Module><ModulePrefs title=\"T\"/><UserPref name=\"colour\" "
                     "default_value=\"red\"/><Content type=\"html\" view=\"default\"><![CDATA[<b>"
                     "__UP_colour__ of __UP_id__</b><script src=\"g.js\"></script>]]></Content>"
                     "<Content type=\"html\" view=\"canvas\"><![CDATA[large]]></Content></Module>");
    struct wire_response r = desktop_frame(w, cookie, FIN_FILES "a b/g.xml");

    ck_assert_msg(r.status == 200, "%u %s", r.status, r.body);
    const char *base =
        strstr(r.body, "<base href=\"https://" FIN ":8445" FIN_FILES "a%20b/g.xml\"");
    const char *scripts = strstr(r.body, "/gadgets/js/gadgets.js");
    const char *own = strstr(r.body, "<b>red of ");
    ck_assert_msg(base != NULL && scripts != NULL && own != NULL, "%s", r.body);
    ck_assert(scripts < base && base < own); /* the scripts are Finesse's, wherever the base is */
    ck_assert_ptr_nonnull(strstr(r.body, "agent1002")); /* in the preferences */
    wire_response_clear(&r);
    r = desktop_ask(w, "GET", "/gadgets/ifr?view=canvas&url=" FIN_FILES "a%20b/g.xml", cookie,
                    NULL);
    ck_assert_ptr_nonnull(strstr(r.body, "large"));
    wire_response_clear(&r);
}
END_TEST

/** A layout has no blanks in its URLs: a folder's name is written with escapes there, which come
 *  here as they are. */
START_TEST(escaped)
{
    desktop_put(&lab, "gadgets/a b/g.xml", WITH("<ModulePrefs title=\"T\"/>"));
    expect_frame(FIN_FILES "a%20b/g.xml", 200,
                 "<base href=\"https://" FIN ":8445" FIN_FILES "a%20b/g.xml\"");
    expect_frame(FIN_FILES "a%zz/g.xml", 404, "no such file");
    expect_frame(FIN_FILES "a%2520b/g.xml", 404, "no such file");
    expect_frame(FIN_FILES "%2e%2e/layout.xml", 404, "no such file");
    expect_frame(FIN_FILES "a%20b/g.xml%00", 404, "no such file");
}
END_TEST

START_TEST(sizes)
{
    const char *path = lab_path(&lab, "gadgets/big.xml");

    desktop_put(&lab, "gadgets/big.xml", FIN_GADGET("x"));
    expect_frame(FIN_FILES "big.xml", 200, "x");
    ck_assert_int_eq(truncate(path, (2 << 20) + 2), 0);
    expect_frame(FIN_FILES "big.xml", 500, "larger than");
    ck_assert_int_eq(truncate(path, 2 << 20), 0);
    expect_frame(FIN_FILES "big.xml", 500, "line 1"); /* NULs, which are no XML */
}
END_TEST

static const struct {
    const char *name, *url;
    unsigned status;
    const char *part;
} missing[] = {
    {"no file", FIN_FILES "none.xml", 404, "Unable to retrieve spec for https://" FIN},
    {"nothing", "", 403, "No gadget of the layout"},
    {"a component", "/desktop/scripts/js/queueStatistics.js", 200, "component of Finesse"},
    {"a path of Finesse", "/cuicui/gadget/LiveData/LiveDataGadget.xml", 403, "No gadget of the"},
    {"another host", "https://x.example/g.xml", 403, "No gadget of the layout"},
    {"a file", "file:///etc/passwd", 403, "No gadget of the layout"},
    {"markup", "https://x.example/<script>alert(1)</script>", 403, "&lt;script&gt;alert(1)"},
};

/** Nothing is fetched but what the layout names, whoever asks. */
START_TEST(not_in_layout)
{
    static const struct peer_row rows[] = {{NULL, "HTTP/1.0 200 OK\r\n\r\n", 0}};
    char url[128];

    for (size_t i = 0; i < COUNT(missing); i++)
        expect_frame(missing[i].url, missing[i].status, missing[i].part);
    peer = peer_start(PUB, rows);
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/g.xml", peer_port(peer));
    expect_frame(url, 403, "No gadget of the layout");
    ck_assert_uint_eq(peer_connections(peer), 0);
    struct wire_response r = desktop_frame(w, "", FIN_FILES "hello.xml");
    ck_assert_uint_eq(r.status, 401);
    ck_assert_ptr_nonnull(strstr(r.body, "Nobody has signed in"));
    wire_response_clear(&r);
}
END_TEST

/* ---- gadgets from other servers ---- */

#define CUIC_GADGET "/cuicui/gadget/LiveData/LiveDataGadget.xml"

/** From our own CUIC, at the product's port and at the real one. */
START_TEST(from_cuic)
{
    char url[256];
    char layout[1024];
    char base[300];

    (void)snprintf(url, sizeof url, "https://" SUB ":%u" CUIC_GADGET "?viewId_1=1", lab.port[1]);
    (void)snprintf(layout, sizeof layout,
                   "<gadget>https://" PUB ":8444" CUIC_GADGET "</gadget><gadget>%s</gadget>", url);
    desktop_layout(&lab, layout);
    expect_frame("https://" PUB ":8444" CUIC_GADGET, 200,
                 "<base href=\"https://" PUB ":8444" CUIC_GADGET "\"");
    (void)snprintf(base, sizeof base, "<base href=\"%s\"", url);
    expect_frame(url, 200, base);
    lab_must(&lab, "-n cuicpub utils service stop " CORS_SERVICE);
    expect_frame("https://" PUB ":8444" CUIC_GADGET, 502, "HTTP error 502");
    lab_must(&lab, "-n cuicpub utils service stop Cisco Web Proxy Service");
    expect_frame("https://" PUB ":8444" CUIC_GADGET, 504, "Nobody answered");
    expect_frame(url, 200, base);
}
END_TEST

static const struct peer_row answers[] = {
    {"/good.xml", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" FIN_GADGET("<p>good</p>"), 0},
    {"/text.xml", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", 0},
    {"/large.xml", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 1U << 30},
    {"/claims.xml", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", 1U << 30},
    {"/short.xml", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfew", 0},
    {"/moved.xml", "HTTP/1.1 302 Found\r\nLocation: /good.xml\r\nContent-Length: 0\r\n\r\n", 0},
    {"/head.xml", "HTTP/1.1 200 OK\r\nX: ", 1U << 30},
    {"/nothing.xml", "", 0},
    {"/garbage.xml", "hello\r\n\r\n", 0},
    {"/silent.xml", NULL, 0},
    {"/denied.xml",
     "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
     "Content-Length: 0\r\n\r\n",
     0},
    {"/down.xml", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", 0},
    {NULL, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0},
};

static const struct {
    const char *path;
    unsigned status;
    const char *part;
} fetches[] = {
    {"/good.xml", 200, "<p>good</p>"},           {"/text.xml", 500, "XML cannot be used"},
    {"/large.xml", 500, "larger than a gadget"}, {"/claims.xml", 500, "larger than a gadget"},
    {"/short.xml", 500, "could not fetch"},      {"/moved.xml", 500, "not with the gadget"},
    {"/head.xml", 500, "could not fetch"},       {"/nothing.xml", 504, "Nobody answered"},
    {"/garbage.xml", 500, "could not fetch"},    {"/denied.xml", 401, "HTTP error 401"},
    {"/denied.xml", 401, "which anybody may"},   {"/down.xml", 502, "HTTP error 502"},
    {"/down.xml", 502, "service list"},          {"/none.xml", 404, "HTTP error 404"},
    {"/none.xml", 404, "Mend the path"},
};

/** A layout with one gadget of the peer; its URL. */
static const char *peer_url(const char *path, const char *attributes)
{
    static char url[128];
    char layout[512];

    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u%s", peer_port(peer), path);
    (void)snprintf(layout, sizeof layout, "<gadget%s>%s</gadget>", attributes, url);
    desktop_layout(&lab, layout);
    return url;
}

START_TEST(bad_servers)
{
    char want[128];

    peer = peer_start(PUB, answers);
    for (size_t i = 0; i < COUNT(fetches); i++) {
        expect_frame(peer_url(fetches[i].path, ""), fetches[i].status, fetches[i].part);
        ck_assert_uint_eq(peer_requests(peer), i + 1); /* nothing is asked twice */
    }
    (void)snprintf(want, sizeof want,
                   "\r\nHost: 127.0.0.1:%u\r\nUser-Agent: cuicsim\r\nAccept: */*\r\n\r\n",
                   peer_port(peer));
    char *head = peer_last(peer);
    ck_assert_str_eq(strstr(head, "\r\n"), want); /* nothing of the agent's */
    free(head);
}
END_TEST

/** The certificate comes before any request: one of our CA, for the host of the URL. */
START_TEST(certificates)
{
    static const struct {
        const char *name, *certificate;
    } row[] = {{"of another host", SUB}, {"signed by itself", NULL}};

    for (size_t i = 0; i < COUNT(row); i++) {
        peer = peer_start(row[i].certificate, answers);
        expect_frame(peer_url("/good.xml", ""), 500, "does not trust the certificate");
        ck_assert_msg(peer_connections(peer) == 1, "%s", row[i].name);
        ck_assert_msg(peer_requests(peer) == 0, "%s", row[i].name);
        peer_stop(peer);
        peer = NULL;
    }
}
END_TEST

/** In turn, until one answers with the gadget. */
START_TEST(alternate_hosts)
{
    char attributes[256];
    char base[128];
    char url[128];
    char layout[512];

    peer = peer_start(PUB, answers);
    unsigned port = peer_port(peer);
    /* Nobody listens at port 1; a host may bring its own port, spaces do not count. */
    (void)snprintf(url, sizeof url, "https://127.0.0.1:1/good.xml");
    (void)snprintf(layout, sizeof layout,
                   "<gadget alternateHosts=\"cuicsub.uccelab.tac:2, 127.0.0.1:%u ,x.invalid\">%s"
                   "</gadget>",
                   port, url);
    desktop_layout(&lab, layout);
    (void)snprintf(base, sizeof base, "<base href=\"https://127.0.0.1:%u/good.xml\"", port);
    expect_frame(url, 200, base);
    ck_assert_uint_eq(peer_requests(peer), 1);

    /* The first one that answers well is the last one that is asked. */
    (void)snprintf(attributes, sizeof attributes, " alternateHosts=\"127.0.0.1:%u\"", port);
    expect_frame(peer_url("/good.xml", attributes), 200, "good");
    ck_assert_uint_eq(peer_requests(peer), 2);
    expect_frame(peer_url("/none.xml", attributes), 404, "That is the last of 2 hosts");
    ck_assert_uint_eq(peer_requests(peer), 4);
    (void)snprintf(layout, sizeof layout, "<gadget%s>/cuicui/gadget/x.xml</gadget>", attributes);
    desktop_layout(&lab, layout);
    expect_frame("/cuicui/gadget/x.xml", 404, "alternateHosts counts for URLs with a host only");
    ck_assert_uint_eq(peer_requests(peer), 4);
}
END_TEST

/* ---- requests of gadgets ---- */

#define REQUEST "/gadgets/makeRequest"

static const struct {
    const char *name, *lines, *body;
    unsigned status;
    const char *part;
} requests[] = {
    {"get", "", "{\"url\":\"https://" PUB ":8444/cuic/\"}", 200, "\"rc\":200,\"body\":\"<"},
    {"with a login", "",
     "{\"url\":\"https://" PUB ":8444/cuic/rest/about\",\"headers\":{\"Authorization\":\"Basic "
     "YWdlbnQxMDAxOng=\",\"Host\":\"x.example\",\"Content-Length\":\"7\"}}",
     200, "\\\"version\\\""},
    {"without", "", "{\"url\":\"https://" PUB ":8444/cuic/rest/about\"}", 200, "\"rc\":401"},
    {"headers of the answer", "", "{\"url\":\"https://" PUB ":8444/cuic/\"}", 200, "\"headers\":{"},
    {"ourselves", "", "{\"url\":\"https://" FIN ":8445/finesse/api/SystemInfo\"}", 200,
     "IN_SERVICE"},
    {"post", "",
     "{\"url\":\"https://" FIN ":8445/finesse/api/User/1002\",\"method\":\"PUT\","
     "\"headers\":{\"Authorization\":\"Basic MTAwMjp4\"},\"body\":"
     "\"<User><state>LOGIN</state></User>\"}",
     200, "\"rc\":202"},
    {"head", "", "{\"url\":\"https://" PUB ":8444/cuic/\",\"method\":\"HEAD\"}", 200,
     "\"rc\":200,\"body\":\"\""},
    {"another host", "", "{\"url\":\"https://x.example/\"}", 200, "\"rc\":403"},
    {"an address", "", "{\"url\":\"https://127.0.0.1:8444/\"}", 200, "hosts of this lab only"},
    {"a user in front", "", "{\"url\":\"https://" PUB "@127.0.0.1/\"}", 200, "\"rc\":403"},
    {"plain http", "", "{\"url\":\"http://" PUB "/\"}", 200, "\"rc\":504"},
    {"a file", "", "{\"url\":\"file:///etc/passwd\"}", 200, "\"rc\":504"},
    {"a closed port", "", "{\"url\":\"https://" PUB ":1/\"}", 200, "Nobody answered"},
    {"bad method", "", "{\"url\":\"https://" PUB "/\",\"method\":\"GET /x\"}", 400, "body is to"},
    {"bad header", "", "{\"url\":\"https://" PUB "/\",\"headers\":{\"X\":\"a\\r\\nY: b\"}}", 400,
     "body is to be"},
    {"bad header name", "", "{\"url\":\"https://" PUB "/\",\"headers\":{\"X: a\":\"b\"}}", 400,
     "body is to be"},
    {"bad URL", "", "{\"url\":\"https://" PUB "/\\r\\nX: y\"}", 400, "body is to be"},
    {"no URL", "", "{}", 400, "body is to be"},
    {"no JSON", "", "url", 400, "body is to be"},
    {"another site", "Origin: https://x.example\r\n", "{\"url\":\"https://" PUB "/\"}", 403,
     "Only gadgets of this desktop"},
};

START_TEST(make_request)
{
    char lines[256];

    for (size_t i = 0; i < COUNT(requests); i++) {
        (void)snprintf(lines, sizeof lines, "%s%s", cookie, requests[i].lines);
        desktop_expect(w, "POST", REQUEST, lines, requests[i].body, requests[i].status,
                       requests[i].part);
    }
    desktop_expect(w, "POST", REQUEST, "", requests[0].body, 401, "Nobody has signed in");
    desktop_expect(w, "GET", REQUEST, cookie, NULL, 405, "");
}
END_TEST

/* ---- news ---- */

#define LOGOUT "<User><state>LOGOUT</state></User>"
#define LOGIN  "<User><state>LOGIN</state></User>"

static void send_news(struct wire *to, json_int_t since)
{
    wire_say(to, "GET /desktop/sim/news?since=%lld HTTP/1.1\r\nHost: " FIN ":8445\r\n%s\r\n",
             (long long)since, cookie);
}

/** What is answered to who knows all of `since`. One that has waited for long is answered without
 *  news, and asks again. */
static json_t *read_answer(struct wire *from, json_int_t since)
{
    for (;;) {
        struct wire_response r;
        ck_assert(wire_read(from, &r));
        ck_assert_uint_eq(r.status, 200);
        json_t *j = json_loads(r.body, 0, NULL);
        wire_response_clear(&r);
        if (json_array_size(json_object_get(j, "users")) > 0)
            return j;
        json_decref(j);
        send_news(from, since);
    }
}

/** The state that the news tell of the agent; `known` is what was known, and what is known then. */
static void read_news(struct wire *from, const char *state, json_int_t *known)
{
    json_t *j = read_answer(from, *known);
    const json_t *user = json_object_get(json_array_get(json_object_get(j, "users"), 0), "User");
    ck_assert_str_eq(json_string_value(json_object_get(user, "loginId")), "1002");
    ck_assert_str_eq(json_string_value(json_object_get(user, "state")), state);
    ck_assert(json_is_object(json_object_get(json_object_get(j, "dialogs"), "1002")));
    *known = json_integer_value(json_object_get(j, "changes"));
    json_decref(j);
}

/** A request that knows all waits until the agent changes; one that does not is answered. */
START_TEST(news)
{
    struct wire *waiting = desktop_open(&lab);
    json_int_t changes = 0;

    desktop_take_away(w, cookie);
    desktop_expect(w, "PUT", "/finesse/api/User/1002", cookie, LOGOUT, 202, "");
    send_news(waiting, 0);
    read_news(waiting, "LOGOUT", &changes);
    for (unsigned i = 0; i < 3; i++) {
        send_news(waiting, changes);
        desktop_expect(w, "PUT", "/finesse/api/User/1002", cookie, LOGIN, 202, "");
        read_news(waiting, "NOT_READY", &changes);
        send_news(waiting, changes);
        desktop_expect(w, "PUT", "/finesse/api/User/1002", cookie, LOGOUT, 202, "");
        read_news(waiting, "LOGOUT", &changes);
    }
    desktop_expect(w, "GET", "/desktop/sim/news", "", NULL, 401, "Nobody");
    send_news(waiting, changes);
    wire_close(waiting); /* who does not wait any more harms nobody */
    desktop_expect(w, "PUT", "/finesse/api/User/1002", cookie, LOGIN, 202, "");
}
END_TEST

/* ---- the end ---- */

static bool is_asked(void *arg)
{
    return peer_requests(arg) > 0;
}

/** What waits is answered when the server stops: it does not stop late, nor with a failure. */
START_TEST(stop_while_waiting)
{
    struct wire *frame = desktop_open(&lab);
    struct wire *gone = desktop_open(&lab);
    struct wire *waiting = desktop_open(&lab);
    json_int_t changes = 0;
    struct wire_response r;
    char path[160];

    desktop_take_away(w, cookie);
    send_news(waiting, 0);
    read_news(waiting, "NOT_READY", &changes);
    send_news(waiting, changes);
    peer = peer_start(PUB, answers);
    (void)snprintf(path, sizeof path, "/gadgets/ifr?url=%s", peer_url("/silent.xml", ""));
    wire_say(frame, "GET %s HTTP/1.1\r\nHost: " FIN ":8445\r\n%s\r\n", path, cookie);
    wire_say(gone, "GET %s HTTP/1.1\r\nHost: " FIN ":8445\r\n%s\r\n", path, cookie);
    wire_close(gone); /* while its fetch is under way, or not yet */
    test_until(is_asked, peer, "the fetch");
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    if (wire_read(frame, &r)) {
        ck_assert_uint_eq(r.status, 503);
        wire_response_clear(&r);
    }
    if (wire_read(waiting, &r)) {
        ck_assert_uint_eq(r.status, 200);
        wire_response_clear(&r);
    }
    wire_close(frame);
    wire_close(waiting);
}
END_TEST

void suite_finesse_frames(Suite *s)
{
    TCase *tc = new_case(s, "frames");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, local);
    tcase_add_test(tc, page);
    tcase_add_test(tc, escaped);
    tcase_add_test(tc, sizes);
    tcase_add_test(tc, not_in_layout);
    tcase_add_test(tc, from_cuic);
    tcase_add_test(tc, bad_servers);
    tcase_add_test(tc, certificates);
    tcase_add_test(tc, alternate_hosts);
    tcase_add_test(tc, make_request);
    tc = new_case(s, "news");
    tcase_add_checked_fixture(tc, start, stop);
    tcase_set_timeout(tc, CALLS_TIMEOUT_S);
    tcase_add_test(tc, news);
    tcase_add_test(tc, stop_while_waiting);
}
