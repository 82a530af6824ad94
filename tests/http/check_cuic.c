/* The CUIC site: who gets in, what the filter lets through, and who set what cookie. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuic.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    cuic_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- every path ---- */

#define AGENT_BODY "{\"reportId\":\"" CUIC_AGENTS "\"}"

static const struct path_row {
    const char *name;
    const char *method, *path, *body;
    bool is_open;
    unsigned status; /* for who is let in */
    const char *part;
} paths[] = {
    {"home", "GET", "/cuic/", NULL, true, 200, "node cuicpub"},
    {"nothing", "GET", "/cuic/nothing", NULL, true, 404, ""},
    {"about", "GET", "/cuic/rest/about", NULL, false, 200, "\"version\":\"12.6.2\""},
    {"about, slash", "GET", "/cuic/rest/about/", NULL, false, 200, "\"node\":\"cuicpub\""},
    {"about, POST", "POST", "/cuic/rest/about", "", false, 405, "method-not-allowed"},
    {"crossdomain", "GET", "/cuic/rest/crossdomain", NULL, false, 200, "{\"userName\":\""},
    {"status", "GET", "/cuic/rest/status/", NULL, true, 200, "\"status\":\"ONLINE\""},
    {"status of something", "GET", "/cuic/rest/status/a/b", NULL, true, 200, "ONLINE"},
    {"locales", "GET", "/cuic/rest/locales/", NULL, true, 200, "en_US"},
    {"sessions", "GET", "/cuic/rest/usersessiondetail/", NULL, true, 200, "{\"sessions\":["},
    {"schedules", "GET", "/cuic/rest/genericservices/drf/", NULL, true, 200, "{\"schedules\":[]}"},
    {"view", "GET", CUIC_REST "views/" CUIC_AGENTS, NULL, false, 200, "\"reportName\":\"Agent\""},
    {"view in small letters", "GET", CUIC_REST "views/99e6c8e210000141000000d80a0006c4", NULL,
     false, 200, "\"viewId\":\"" CUIC_AGENTS "\""},
    {"unknown view", "GET", CUIC_REST "views/x", NULL, false, 404, "unknown-view"},
    {"start", "POST", CUIC_START, AGENT_BODY, false, 200, "\"dataSetId\":\""},
    {"start, no slash", "POST", CUIC_REST "reports/execute/newRest", AGENT_BODY, false, 200,
     "\"dataSetId\":\""},
    {"start, another locale", "POST", "/cuic/rest/es_ES/reports/execute/newRest/", AGENT_BODY,
     false, 200, "\"dataSetId\":\""},
    {"start, no locale", "POST", "/cuic/rest/english/reports/execute/newRest/", AGENT_BODY, false,
     404, "not-found"},
    {"start, GET", "GET", CUIC_START, NULL, false, 405, ""},
    {"poll of nothing", "GET", CUIC_REST "reports/execute/0", NULL, false, 404, "unknown-data-set"},
    {"poll, DELETE", "DELETE", CUIC_REST "reports/execute/0", NULL, false, 405, ""},
    {"first rows", "POST", CUIC_INITIAL, AGENT_BODY, false, 200, "{\"data\":\"[{"},
    {"first rows, PUT", "PUT", CUIC_INITIAL, AGENT_BODY, false, 405, ""},
    {"no such call", "GET", "/cuic/rest/x", NULL, false, 404, "{\"error\":{\"code\":\"not-found\""},
    {"rest alone", "GET", "/cuic/rest/", NULL, false, 404, "not-found"},
    {"empty part", "GET", "/cuic/rest/en_US//views/x", NULL, false, 404, "not-found"},
    {"old gadget", "GET", "/cuic/gadget/LiveData/LiveDataGadget.xml", NULL, true, 200, "<Module>"},
    {"old historical gadget", "GET", "/cuic/gadget/Historical/HistoricalGadget.xml", NULL, true,
     200, "<Module>"},
    {"jsp gadget", "GET", "/cuic/gadget/LiveData/LiveDataGadget.jsp?viewId=x", NULL, true, 404,
     "does not support .jsp gadgets"},
    {"no gadget", "GET", "/cuic/gadget/x.xml", NULL, true, 404, "HistoricalGadget.xml"},
};

/** What one answer must be like. */
enum kind { PLAIN, WITH_CORS, REFUSED, LOGIN };

static void check_answer(const struct path_row *row, const char *lines, enum kind kind,
                         struct wire *w)
{
    struct wire_response r = live_ask(w, row->method, row->path, lines, row->body);
    unsigned want = kind == LOGIN ? 401 : kind == REFUSED ? 403 : row->status;
    const char *origin = wire_field(&r, "access-control-allow-origin");

    ck_assert_msg(r.status == want, "%s [%s]: %u %s", row->name, lines, r.status, r.body);
    if (kind == PLAIN || kind == WITH_CORS)
        ck_assert_msg(strstr(r.body, row->part) != NULL, "%s [%s]: %s", row->name, lines, r.body);
    if (kind == WITH_CORS) {
        ck_assert_msg(origin != NULL && strcmp(origin, LISTED) == 0, "%s: no CORS", row->name);
        ck_assert_str_eq(wire_field(&r, "access-control-allow-credentials"), "true");
    } else {
        ck_assert_msg(wire_count(&r, "access-control-") == 0, "%s [%s]: CORS", row->name, lines);
    }
    ck_assert_msg((wire_field(&r, "vary") != NULL) == (kind == PLAIN || kind == WITH_CORS),
                  "%s [%s]: vary", row->name, lines);
    ck_assert_msg((wire_field(&r, "www-authenticate") != NULL) == (kind == LOGIN),
                  "%s [%s]: www-authenticate", row->name, lines);
    ck_assert_msg((wire_field(&r, "content-security-policy") != NULL) ==
                      (kind == PLAIN || kind == WITH_CORS),
                  "%s [%s]: CSP", row->name, lines);
    ck_assert_ptr_nonnull(wire_field(&r, "set-cookie"));
    wire_response_clear(&r);
}

/** The login stands in front of the filter: without one there is no CORS header, for any origin. */
START_TEST(login_then_filter)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(paths); i++) {
        const struct path_row *row = &paths[i];
        check_answer(row, "", row->is_open ? PLAIN : LOGIN, w);
        check_answer(row, LIVE_ORIGIN, row->is_open ? WITH_CORS : LOGIN, w);
        check_answer(row, UNLISTED, row->is_open ? REFUSED : LOGIN, w);
        check_answer(row, BASIC, PLAIN, w);
        check_answer(row, BASIC LIVE_ORIGIN, WITH_CORS, w);
        check_answer(row, BASIC UNLISTED, REFUSED, w);
        check_answer(row, WRONG_BASIC, row->is_open ? PLAIN : LOGIN, w);
        check_answer(row, "Authorization: Bearer abc\r\n" LIVE_ORIGIN, WITH_CORS, w);
    }
    wire_close(w);
}
END_TEST

static void check_options(const char *path, const char *lines, unsigned status, bool has_lists,
                          struct wire *w)
{
    struct wire_response r = live_ask(w, "OPTIONS", path, lines, NULL);

    ck_assert_msg(r.status == status, "%s [%s]: %u", path, lines, r.status);
    ck_assert_msg((wire_field(&r, "access-control-allow-methods") != NULL) == has_lists,
                  "%s [%s]: lists", path, lines);
    ck_assert_uint_eq(wire_count(&r, "www-authenticate"), 0);
    wire_response_clear(&r);
}

/** Neither a preflight nor an actual OPTIONS needs a login, anywhere below /cuic/. */
START_TEST(options_need_no_login)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(paths); i++) {
        const char *path = paths[i].path;
        check_options(path, PREFLIGHT_LINES(LISTED), 200, true, w);
        check_options(path,
                      "Origin: " LISTED "\r\nAccess-Control-Request-Method: POST\r\n"
                      "Access-Control-Request-Headers: authorization,content-type\r\n",
                      200, true, w);
        check_options(path, PREFLIGHT_LINES("https://x.example"), 403, false, w);
        check_options(path, LIVE_ORIGIN, 200, true, w);
        check_options(path, "", 200, false, w);
    }
    wire_close(w);
}
END_TEST

/** /cuicui/ and /oampui are other applications, in front of which no filter stands. */
START_TEST(unfiltered)
{
    static const struct page_row {
        const char *path;
        unsigned status;
        const char *part;
    } pages[] = {
        {"/cuicui", 302, ""},
        {"/cuicui/", 302, ""},
        {"/cuicui/Main.jsp", 302, ""},
        {"/cuicui/Login.jsp", 200, "j_security_check"},
        {"/cuicui/j_security_check", 405, ""},
        {"/cuicui/js/gadget.js", 200, "CuicGadget"},
        {"/cuicui/scripts/gadget.js", 200, "CuicGadget"},
        {"/cuicui/css/gadget.css", 200, "cuic-table"},
        {"/cuicui/images/cuic.svg", 200, "<svg"},
        {"/cuicui/js/nothing.js", 404, "no such file"},
        {"/cuicui/js/", 404, "no such file"},
        {"/cuicui/js/../gadget/LiveDataGadget.xml", 404, "no such file"},
        {"/cuicui/pages/login.html", 404, "no page"},
        {"/cuicui/api/status/", 200, "ONLINE"},
        {"/cuicui/api/locales/", 200, "en_US"},
        {"/cuicui/api/i18n/en_US", 200, "after repeated attempts. Retrying"},
        {"/cuicui/api/i18n/xx_XX", 404, ""},
        {"/cuicui/gadget/LiveData/LiveDataGadget.xml", 200, "<Module>"},
        {"/cuicui/gadget/Historical/HistoricalGadget.xml", 200, "<Module>"},
        {"/cuicui/gadget/LiveData/LiveDataGadget.jsp", 404, "does not support .jsp gadgets"},
        {"/cuicui/gadget/x", 404, "LiveDataGadget.xml"},
        {"/cuicui/permalink/?viewId=" CUIC_TEAMS, 200, "Sales Team"},
        {"/cuicui/nothing", 404, "no page"},
        {"/oampui", 302, ""},
        {"/oampui/", 200, "not simulated"},
        {"/oampui/x", 404, "not simulated"},
    };
    static const char *const lines[] = {"", LIVE_ORIGIN, UNLISTED};
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(pages); i++)
        for (size_t k = 0; k < COUNT(lines); k++) {
            struct wire_response r = live_ask(w, "GET", pages[i].path, lines[k], NULL);
            ck_assert_msg(r.status == pages[i].status, "%s: %u", pages[i].path, r.status);
            ck_assert_msg(strstr(r.body, pages[i].part) != NULL, "%s: %s", pages[i].path, r.body);
            ck_assert_msg(wire_count(&r, "access-control-") == 0 && wire_field(&r, "vary") == NULL,
                          "%s: CORS", pages[i].path);
            wire_response_clear(&r);
            check_options(pages[i].path, lines[k], 200, false, w);
            check_options(pages[i].path, PREFLIGHT_LINES(LISTED), 200, false, w);
        }
    wire_close(w);
}
END_TEST

/** Types that a browser insists on, since nosniff is set. */
START_TEST(types)
{
    static const char *const rows[][2] = {
        {"/cuicui/js/engine.js", "text/javascript;charset=utf-8"},
        {"/cuicui/js/gadget.html", "text/html;charset=utf-8"},
        {"/cuicui/css/pages.css", "text/css;charset=utf-8"},
        {"/cuicui/images/cuic.svg", "image/svg+xml"},
        {"/cuicui/gadget/LiveData/LiveDataGadget.xml", "application/xml;charset=utf-8"},
        {"/cuicui/api/status/x", "application/json;charset=UTF-8"},
    };
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wire_response r = live_ask(w, "GET", rows[i][0], "", NULL);
        ck_assert_uint_eq(r.status, 200);
        ck_assert_str_eq(wire_field(&r, "content-type"), rows[i][1]);
        ck_assert_str_eq(wire_field(&r, "x-content-type-options"), "nosniff");
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/* ---- sessions ---- */

static unsigned ask_with(struct wire *w, const char *host, const char *path, const char *cookie,
                         unsigned *ret_cookies)
{
    struct wire_response r;

    wire_say(w, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", path, host, cookie);
    ck_assert(wire_read(w, &r));
    unsigned status = r.status;
    if (ret_cookies != NULL)
        *ret_cookies = (unsigned)wire_count(&r, "set-cookie");
    wire_response_clear(&r);
    return status;
}

#define ABOUT "/cuic/rest/about"

START_TEST(crossdomain)
{
    static const char *const names[] = {"JSESSIONID", "JSESSIONIDSSO"};
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r = live_ask(w, "GET", "/cuic/rest/crossdomain", BASIC, NULL);
    char value[64];
    char cookie[256];
    unsigned n_set = 0;

    ck_assert_uint_eq(wire_count(&r, "set-cookie"), 4);
    ck_assert_uint_eq(strspn(cuic_cookie(&r, "XSRF-TOKEN", value), "0123456789abcdef-"), 36);
    ck_assert_str_eq(cuic_cookie(&r, "cc_domain", value), ".uccelab.tac");
    for (size_t i = 0; i < COUNT(names); i++) {
        ck_assert_uint_eq(strlen(cuic_cookie(&r, names[i], value)), 32);
        (void)snprintf(cookie, sizeof cookie, "a=b; %s=%s; c=d", names[i], value);
        ck_assert_uint_eq(ask_with(w, PUB, ABOUT, cookie, &n_set), 200);
        ck_assert_uint_eq(n_set, i); /* a JSESSIONID that is known is not set again */
        ck_assert_uint_eq(ask_with(w, PUB, "/cuic/", cookie, &n_set), 200);
        ck_assert_uint_eq(n_set, i);
        ck_assert_uint_eq(ask_with(w, SUB, ABOUT, cookie, &n_set), 401); /* the other node */
        ck_assert_uint_eq(n_set, 1);
        value[31] = value[31] == '0' ? '1' : '0';
        (void)snprintf(cookie, sizeof cookie, "%s=%s", names[i], value);
        ck_assert_uint_eq(ask_with(w, PUB, ABOUT, cookie, NULL), 401);
    }
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

/** A login for one request begins no session. */
START_TEST(basic_is_for_one_request)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r = live_ask(w, "GET", ABOUT, BASIC, NULL);
    char value[64];
    char cookie[128];

    (void)snprintf(cookie, sizeof cookie, "JSESSIONID=%s", cuic_cookie(&r, "JSESSIONID", value));
    ck_assert_uint_eq(strlen(value), 32);
    ck_assert_uint_eq(ask_with(w, PUB, ABOUT, cookie, NULL), 401);
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

START_TEST(bad_cookies)
{
    static const char *const rows[] = {
        "",
        "JSESSIONID",
        "JSESSIONID=",
        "JSESSIONID=; JSESSIONIDSSO=",
        "JSESSIONID=00000000000000000000000000000000",
        "JSESSIONID=000000000000000000000000000000000000000000000000000000000000000000000",
        ";;;=;JSESSIONID==;",
        "JSESSIONID=\"x\"",
    };
    struct wire *w = wire_open(lab.port[0], PUB);
    unsigned n_set = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        ck_assert_msg(ask_with(w, PUB, ABOUT, rows[i], &n_set) == 401, "%s", rows[i]);
        ck_assert_uint_eq(n_set, 1);
    }
    wire_close(w);
}
END_TEST

START_TEST(session_list)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    json_t *j = cuic_call(w, "GET", "/cuic/rest/usersessiondetail/", NULL);

    ck_assert_uint_eq(json_array_size(json_object_get(j, "sessions")), 0);
    json_decref(j);
    for (size_t i = 0; i < 3; i++)
        json_decref(cuic_call(w, "GET", "/cuic/rest/crossdomain", NULL));
    j = cuic_call(w, "GET", "/cuic/rest/usersessiondetail/", NULL);
    const json_t *list = json_object_get(j, "sessions");
    ck_assert_uint_eq(json_array_size(list), 3);
    const json_t *one = json_array_get(list, 0);
    ck_assert_str_eq(json_string_value(json_object_get(one, "userName")), "agent1001");
    ck_assert_uint_eq(json_object_size(one), 3); /* and nothing that could be used to log in */
    ck_assert_int_gt(json_integer_value(json_object_get(one, "loginTime")), 1500000000000LL);
    json_decref(j);
    wire_close(w);
}
END_TEST

/* ---- life cycle ---- */

/** While the service is down, the proxy answers for both applications; the administration goes on.
 */
START_TEST(service_down)
{
    static const char *const down[] = {"/cuic/rest/about", "/cuic/rest/status/",
                                       "/cuicui/Login.jsp", "/cuicui/js/gadget.js",
                                       "/cuicui/gadget/LiveData/LiveDataGadget.xml"};
    struct wire *w = wire_open(lab.port[0], PUB);

    lab_must(&lab, "-n cuicpub utils service stop " CORS_SERVICE);
    for (size_t i = 0; i < COUNT(down); i++) {
        struct wire_response r = live_ask(w, "GET", down[i], BASIC LIVE_ORIGIN, NULL);
        ck_assert_msg(r.status == 502 && wire_count(&r, "access-control-") == 0, "%s: %u", down[i],
                      r.status);
        wire_response_clear(&r);
    }
    ck_assert_uint_eq(live_status(&lab, "GET", "/oampui/", "", NULL), 200);
    ck_assert_uint_eq(live_status(&lab, "GET", "/livedata/token/new", BASIC, NULL), 200);
    lab_must(&lab, "-n cuicpub utils service start " CORS_SERVICE);
    ck_assert_uint_eq(live_status(&lab, "GET", "/cuicui/Login.jsp", "", NULL), 200);
    wire_close(w);
}
END_TEST

Suite *suite_cuic(void)
{
    Suite *s = suite_create("cuic");
    TCase *tc = new_case(s, "site");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, login_then_filter);
    tcase_add_test(tc, options_need_no_login);
    tcase_add_test(tc, unfiltered);
    tcase_add_test(tc, types);
    tcase_add_test(tc, crossdomain);
    tcase_add_test(tc, basic_is_for_one_request);
    tcase_add_test(tc, bad_cookies);
    tcase_add_test(tc, session_list);
    tcase_add_test(tc, service_down);
    suite_cuic_reports(s);
    suite_cuic_pages(s);
    return s;
}
