#include "diagnose/question.h"

#include <stdio.h>
#include <string.h>

#include "diagnose/site_path.h"
#include "suites.h"
#include "support.h"

#define LISTED "https://desk.example:8445"

static char pub_name[] = "pub", pub_host[] = "pub.example";
static char sub_name[] = "sub", sub_host[] = "sub.example";
static struct node nodes[] = {
    {pub_name, pub_host, true, PLATFORM_CUIC},
    {sub_name, sub_host, false, PLATFORM_CUIC},
};
enum { PUB, SUB };
static const struct config config = {.nodes = nodes, .n_nodes = 2};

/* ---- what a browser sends ---- */

static const struct page_row {
    const char *name;
    const char *method;  /* NULL: left out */
    const char *headers; /* NULL: left out */
    bool is_preflighted; /* as is known */
    const char *want;    /* the steps: METHOD, or OPTIONS(method asked for;headers asked for) */
} page_rows[] = {
    {"get", NULL, NULL, false, "GET"},
    {"get-told", "GET", NULL, false, "GET"},
    {"get-in-lower-case", "get", NULL, false, "GET"},
    {"head", "head", NULL, false, "HEAD"},
    {"post", "POST", NULL, false, "POST"},
    {"put", "put", NULL, false, "OPTIONS(PUT;-) PUT"},
    {"quick-check", "OPTIONS", NULL, false, "OPTIONS(OPTIONS;-) OPTIONS"},
    {"patch-keeps-its-case", "patch", NULL, false, "OPTIONS(patch;-) patch"},
    {"blank", "", NULL, false, "OPTIONS(;-)"},
    {"blanks-around", "  put ", NULL, false, "OPTIONS(PUT;-) PUT"},
    {"safe-headers", NULL, "Accept, Accept-Language,content-language", false, "GET"},
    {"header", NULL, "X-A", false, "OPTIONS(GET;X-A) GET"},
    {"json", "POST", "content-type", false, "OPTIONS(POST;content-type) POST"},
    {"some-safe", NULL, "accept,x-a,cookie, x-b ,sec-fetch-mode,proxy-x", false,
     "OPTIONS(GET;x-a,x-b) GET"},
    {"no-headers", NULL, "", false, "GET"},
    {"empty-member", NULL, "x-a,,x-b", false, "OPTIONS(GET;x-a,,x-b) GET"},
    {"empty-member-first", NULL, ",x-a", false, "OPTIONS(GET;,x-a) GET"},
    {"known-preflight", NULL, NULL, true, "OPTIONS(GET;-) GET"},
};

static void put_step(char to[256], const struct cors_request *rq)
{
    size_t n = strlen(to);

    n += (size_t)snprintf(to + n, 256 - n, "%s%.*s", n == 0 ? "" : " ", (int)rq->method.n,
                          rq->method.at);
    if (rq->request_method.at != NULL)
        (void)snprintf(to + n, 256 - n, "(%.*s;%.*s)", (int)rq->request_method.n,
                       rq->request_method.at,
                       rq->request_headers.at == NULL ? 1 : (int)rq->request_headers.n,
                       rq->request_headers.at == NULL ? "-" : rq->request_headers.at);
}

START_TEST(page)
{
    const struct page_row *row = &page_rows[_i];
    struct page_request rq = {.origin = slice_of(LISTED), .is_preflighted = row->is_preflighted};
    struct question q;
    char steps[256] = "";

    if (row->method != NULL)
        rq.method = slice_of(row->method);
    if (row->headers != NULL)
        rq.headers = slice_of(row->headers);
    ck_assert_int_eq(question_of_page(&config, SUB, SERVICE_LIVE_DATA, &rq, &q, NULL), ERR_OK);
    for (size_t i = 0; i < q.n_steps; i++) {
        put_step(steps, &q.step[i]);
        ck_assert(slice_is(q.step[i].host, sub_host) && q.step[i].is_https);
    }
    ck_assert_msg(strcmp(steps, row->want) == 0, "%s: expected %s, got %s", row->name, row->want,
                  steps);
}
END_TEST

START_TEST(page_limits)
{
    static char names[QUESTION_HEADERS_MAX + 64];
    struct page_request rq = {.origin = slice_of(LISTED)};
    struct question q;
    struct diag why = {0, ""};

    memset(names, 'x', sizeof names);
    rq.headers = (struct slice){names, QUESTION_HEADERS_MAX - 1};
    ck_assert_int_eq(question_of_page(&config, PUB, SERVICE_CUIC, &rq, &q, &why), ERR_OK);
    rq.headers.n = QUESTION_HEADERS_MAX;
    ck_assert_int_eq(question_of_page(&config, PUB, SERVICE_CUIC, &rq, &q, &why), ERR_LIMIT);
    ck_assert_ptr_nonnull(strstr(why.text, "4096"));
    rq.headers = (struct slice){NULL, 0};
    rq.method = (struct slice){names, QUESTION_METHOD_MAX};
    ck_assert_int_eq(question_of_page(&config, PUB, SERVICE_CUIC, &rq, &q, &why), ERR_OK);
    rq.method.n++;
    ck_assert_int_eq(question_of_page(&config, PUB, SERVICE_CUIC, &rq, &q, &why), ERR_LIMIT);
}
END_TEST

/* ---- paths ---- */

static const struct path_row {
    const char *path;
    enum service service; /* at CUIC's addresses */
    enum path_effect effect;
} path_rows[] = {
    {"/cuic/", SERVICE_CUIC, PATH_FILTERED},
    {"/cuic/rest/about", SERVICE_CUIC, PATH_LOGIN},
    {"/cuic/rest/", SERVICE_CUIC, PATH_LOGIN},
    {"/cuic/rest", SERVICE_CUIC, PATH_FILTERED},
    {"/cuic/rest/status", SERVICE_CUIC, PATH_FILTERED},
    {"/cuic/rest/status/x", SERVICE_CUIC, PATH_FILTERED},
    {"/cuic/rest/statusx", SERVICE_CUIC, PATH_LOGIN},
    {"/cuic/rest/genericservices/drf/x", SERVICE_CUIC, PATH_FILTERED},
    {"/cuic/rest/genericservices/", SERVICE_CUIC, PATH_LOGIN},
    {"/cuic/?x", SERVICE_CUIC, PATH_FILTERED},
    {"/cuic", SERVICE_CUIC, PATH_REDIRECTED},
    {"/cuic?x", SERVICE_CUIC, PATH_REDIRECTED},
    {"/cuic#x", SERVICE_CUIC, PATH_REDIRECTED},
    {"/cuicx", SERVICE_CUIC, PATH_OUTSIDE},
    {"/CUIC/", SERVICE_CUIC, PATH_OUTSIDE},
    {"/", SERVICE_CUIC, PATH_OUTSIDE},
    {"*", SERVICE_CUIC, PATH_OUTSIDE},
    {"", SERVICE_CUIC, PATH_OUTSIDE},
    {"/cuicui", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/cuicui/Main.jsp", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/cuicui/permalink/?viewId=1", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/cuicui/js/grid.js", SERVICE_CUIC, PATH_OUTSIDE},
    {"/oampui/", SERVICE_CUIC, PATH_OUTSIDE},
    {"/livedata/token/new", SERVICE_LIVE_DATA, PATH_FILTERED},
    {"/livedata", SERVICE_CUIC, PATH_OUTSIDE},
    {"/security", SERVICE_LIVE_DATA, PATH_FILTERED},
    {"/socket.io/?EIO=3", SERVICE_LIVE_DATA, PATH_FILTERED},
    {"/socket.io", SERVICE_CUIC, PATH_OUTSIDE},
};

START_TEST(path)
{
    const struct path_row *row = &path_rows[_i];
    struct slice p = slice_of(row->path);
    enum service s = site_path_service(PLATFORM_CUIC, p);

    ck_assert_msg(s == row->service, "%s: %s", row->path, service_name(s));
    ck_assert_msg(site_path_effect(s, p) == row->effect, "%s: effect %d", row->path,
                  (int)site_path_effect(s, p));
    ck_assert_int_eq(site_path_service(PLATFORM_FINESSE, p), SERVICE_FINESSE);
    ck_assert_int_eq(site_path_effect(SERVICE_LIVE_DATA, p), PATH_FILTERED);
}
END_TEST

/** Finesse's filter is that of its REST services. */
START_TEST(path_finesse)
{
    static const char *const outside[] = {"/",     "", "/finesse", "/desktop/", "/gadgets/ifr",
                                          "/cuic/"};

    for (size_t i = 0; i < COUNT(outside); i++)
        ck_assert_msg(site_path_effect(SERVICE_FINESSE, slice_of(outside[i])) == PATH_OUTSIDE, "%s",
                      outside[i]);
    ck_assert_int_eq(site_path_effect(SERVICE_FINESSE, slice_of("/finesse/api/User/1001?x")),
                     PATH_FILTERED);
}
END_TEST

START_TEST(path_usual)
{
    for (int s = 0; s < SERVICE_COUNT; s++) {
        struct slice p = slice_of(site_path_usual((enum service)s));
        ck_assert_int_eq(site_path_effect((enum service)s, p), PATH_FILTERED);
        struct slice begin = slice_of(site_path_guarded((enum service)s));
        ck_assert_int_eq(memcmp(p.at, begin.at, begin.n), 0);
        ck_assert_int_eq(site_path_effect((enum service)s, (struct slice){NULL, 0}), PATH_FILTERED);
    }
}
END_TEST

/* ---- entries ---- */

START_TEST(entries_in_order)
{
    static const char *const entry[] = {"https://c.example", "https://a.example", "b",
                                        "https://a.example", ""};
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);
    size_t n = 0;

    spec.origins = entry;
    spec.n_origins = COUNT(entry);
    struct policy *p = make_policy(&spec);
    static const size_t want[] = {0, 1, 2, 4}; /* twice is once */
    for (const char *e = policy_next_origin(p, NULL); e != NULL; e = policy_next_origin(p, e)) {
        ck_assert_uint_lt(n, COUNT(want));
        ck_assert_str_eq(e, entry[want[n++]]);
    }
    ck_assert_uint_eq(n, COUNT(want));
    policy_free(p);
    spec.n_origins = 0;
    p = make_policy(&spec);
    ck_assert_ptr_null(policy_next_origin(p, NULL));
    policy_free(p);
}
END_TEST

Suite *suite_question(void)
{
    Suite *s = suite_create("question");
    TCase *tc = tcase_create("asked");

    add_rows(tc, page, COUNT(page_rows));
    tcase_add_test(tc, page_limits);
    add_rows(tc, path, COUNT(path_rows));
    tcase_add_test(tc, path_finesse);
    tcase_add_test(tc, path_usual);
    tcase_add_test(tc, entries_in_order);
    suite_add_tcase(s, tc);
    return s;
}
