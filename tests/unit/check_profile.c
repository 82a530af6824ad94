#include "cors/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "check_page.h"
#include "rows_profile.h"
#include "suites.h"
#include "support.h"

#define DATE       "Sat, 08 Feb 2025 01:27:47 GMT"
#define SESSION_ID "0123456789ABCDEF0123456789ABCDEF"
#define TEXT_LIMIT 65536

/* ---- replies as text ---- */

/** Keep what differs from answer to answer out of the comparison. */
static void add_line(struct buf *to, const char *name, const char *value)
{
    static const char cookie[] = "JSESSIONID=";
    size_t skipped = sizeof cookie - 1 + sizeof SESSION_ID - 1;

    if (strcmp(name, "date") == 0 || strcmp(name, "content-length") == 0)
        return;
    if (strncmp(value, cookie, sizeof cookie - 1) == 0 && strlen(value) > skipped)
        (void)buf_printf(to, "%s: JSESSIONID=<id>%s\n", name, value + skipped);
    else
        (void)buf_printf(to, "%s: %s\n", name, value);
}

static char *finish(struct buf *text)
{
    char *all = buf_take(text);

    ck_assert_msg(all != NULL, "no memory");
    return all;
}

/** Status, then a line for each header, in order; the caller frees. */
static char *render(const struct reply *r)
{
    struct buf text;

    buf_init(&text, TEXT_LIMIT);
    (void)buf_printf(&text, "%u\n", r->status);
    for (size_t i = 0; i < r->n_headers; i++)
        add_line(&text, r->header[i].name, r->header[i].value);
    return finish(&text);
}

/** Cut "name: value" in two; NULL when there is no such line. */
static char *split_field(char *line)
{
    char *colon = strstr(line, ": ");

    if (colon == NULL)
        return NULL;
    *colon = '\0';
    return colon + 2;
}

/** A captured answer in the form that `render` gives; the caller frees. */
static char *captured_answer(const char *file)
{
    char *all = read_data(file);
    char *rest = NULL;
    char *line = strtok_r(all, "\n", &rest);
    struct buf text;

    buf_init(&text, TEXT_LIMIT);
    ck_assert_msg(line != NULL && strncmp(line, "HTTP/1.1 ", 9) == 0, "%s: no status line", file);
    (void)buf_printf(&text, "%s\n", line + 9);
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
        char *value = split_field(line);
        ck_assert_msg(value != NULL, "%s: '%s' is no header", file, line);
        add_line(&text, line, value);
    }
    free(all);
    return finish(&text);
}

static void expect_same_text(const char *row, const char *want, const char *got)
{
    ck_assert_msg(strcmp(got, want) == 0, "%s:\n--- expected\n%s--- got\n%s", row, want, got);
}

static bool has_header(const struct reply *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (slice_is_nocase(slice_of(r->header[i].name), name))
            return true;
    return false;
}

/** What the text lines leave out. */
static void expect_masked_fields(const char *row, const struct reply *r, bool has_session)
{
    static const char cookie[] =
        "JSESSIONID=" SESSION_ID "; Path=/cuic; Secure; HttpOnly; SameSite=Strict";

    ck_assert_msg(r->n_headers > 1 && strcmp(r->header[1].name, "date") == 0,
                  "%s: expected date as the second header", row);
    ck_assert_msg(strcmp(r->header[1].value, DATE) == 0, "%s: expected date '%s', got '%s'", row,
                  DATE, r->header[1].value);
    ck_assert_msg(!has_header(r, "content-length"), "%s: content-length is the library's", row);
    ck_assert_msg(has_header(r, "set-cookie") == has_session, "%s: expected a session: %d", row,
                  has_session);
    for (size_t i = 0; i < r->n_headers; i++)
        if (strcmp(r->header[i].name, "set-cookie") == 0)
            ck_assert_msg(strcmp(r->header[i].value, cookie) == 0, "%s: expected '%s', got '%s'",
                          row, cookie, r->header[i].value);
}

static char *make_csp(void)
{
    static const char *const nodes[] = {"cuicpub.uccelab.tac", "cuicsub.uccelab.tac"};
    char *csp = NULL;

    ck_assert_int_eq(profile_csp_new(nodes, COUNT(nodes), &csp), ERR_OK);
    return csp;
}

static struct profile make_profile(const char *csp, bool sends_hsts)
{
    return (struct profile){.date = DATE,
                            .session_id = SESSION_ID,
                            .sends_hsts = sends_hsts,
                            .csp = csp,
                            .node = "cuicpub"};
}

/* ---- the two captured exchanges ---- */

static const struct captured_row {
    const char *name;
    const char *request;
    const char *response;
    const char *origins[4];
    size_t n_origins;
    size_t body_bytes;
} captured_rows[] = {
    {"options-allowed",
     "captures/cuicpub-options-allowed.request.txt",
     "captures/cuicpub-options-allowed.response.txt",
     {"https://finessep.uccelab.tac", "https://finessep.uccelab.tac:8445"},
     2,
     0},
    {"preflight-refused",
     "captures/cuicsub-preflight-refused.request.txt",
     "captures/cuicsub-preflight-refused.response.txt",
     {"https://finessep.uccelab.tac", "https://finesses.uccelab.tac",
      "https://finesses.uccelab.tac:8445"},
     3,
     PAGE_REFUSAL_BYTES},
};

static void set_field(struct cors_request *rq, const char *name, struct slice value)
{
    if (strcmp(name, "Origin") == 0)
        rq->origin = value;
    else if (strcmp(name, "Access-Control-Request-Method") == 0)
        rq->request_method = value;
    else if (strcmp(name, "Access-Control-Request-Headers") == 0)
        rq->request_headers = value;
}

/** Take a captured request apart; the result points into `all`. */
static struct cors_request captured_request(char *all)
{
    static const char scheme[] = " https://";
    char *rest = NULL;
    char *line = strtok_r(all, "\n", &rest);
    struct cors_request rq = {.is_https = true};

    ck_assert_msg(line != NULL && strstr(line, scheme) != NULL, "no request line");
    char *host = strstr(line, scheme) + sizeof scheme - 1;
    rq.method = (struct slice){line, strcspn(line, " ")};
    rq.host = (struct slice){host, strcspn(host, "/")};
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
        char *value = split_field(line);
        ck_assert_msg(value != NULL, "'%s' is no header", line);
        set_field(&rq, line, slice_of(value));
    }
    return rq;
}

static struct policy *policy_of(const struct captured_row *row)
{
    struct policy_spec spec = recorded_spec();

    spec.origins = row->origins;
    spec.n_origins = row->n_origins;
    return make_policy(&spec);
}

START_TEST(as_captured)
{
    static const struct app_answer app = {.status = 200, .allow = "GET,POST,OPTIONS,PUT,DELETE"};
    const struct captured_row *row = &captured_rows[_i];
    char *request = read_data(row->request);
    char *want = captured_answer(row->response);
    char *csp = make_csp();
    struct profile at = make_profile(csp, true);
    struct policy *p = policy_of(row);
    struct cors_request rq = captured_request(request);
    struct cors_decision d = cors_decide(p, &rq, CORS_DISABLED_REFUSE);
    struct reply r;

    profile_filtered(&at, p, &d, &app, &r);
    char *got = render(&r);
    expect_same_text(row->name, want, got);
    expect_masked_fields(row->name, &r, true);
    ck_assert_msg(r.body.n == row->body_bytes, "%s: expected %zu bytes of body, got %zu", row->name,
                  row->body_bytes, r.body.n);
    free(got);
    free(want);
    free(request);
    free(csp);
    policy_free(p);
}
END_TEST

/* ---- tables ---- */

START_TEST(filtered)
{
    const struct filtered_row *row = &filtered_rows[_i];
    char *csp = make_csp();
    struct profile at = make_profile(csp, !row->no_hsts);
    struct policy_spec spec = recorded_spec();
    struct reply r;

    if (row->change != NULL)
        row->change(&spec);
    struct policy *p = make_policy(&spec);
    struct cors_decision d = cors_decide(p, &row->rq, row->disabled);
    profile_filtered(&at, p, &d, row->app, &r);
    char *got = render(&r);
    expect_same_text(row->name, row->want, got);
    expect_masked_fields(row->name, &r, true);
    if (r.status != 403 && row->app != NULL)
        ck_assert_msg(r.body.at == row->app->body.at && r.body.n == row->app->body.n,
                      "%s: expected the application's body", row->name);
    free(got);
    free(csp);
    policy_free(p);
}
END_TEST

/** A refusal's body is the page of its reason, with the culprit on it. */
START_TEST(refusal_has_its_page)
{
    static const struct cors_request rq = {
        .method = LIT("OPTIONS"),
        .is_https = true,
        .origin = LIT("https://finesses.uccelab.tac:8445"),
        .request_method = LIT("PATCH"),
    };
    struct profile at = make_profile("unused", true);
    struct policy_spec spec = recorded_spec();
    struct policy *p = make_policy(&spec);
    struct cors_decision d = cors_decide(p, &rq, CORS_DISABLED_REFUSE);
    struct reply r;
    char page[PAGE_MAX];

    profile_filtered(&at, p, &d, NULL, &r);
    struct slice want = page_refusal(REASON_REQUEST_METHOD_NOT_ALLOWED, slice_of("PATCH"), page);
    ck_assert_msg(r.body.at == r.page, "the body is not the reply's own page");
    ck_assert_msg(r.body.n == want.n && memcmp(r.body.at, want.at, want.n) == 0,
                  "expected the page:\n%.*s\ngot:\n%.*s", (int)want.n, want.at, (int)r.body.n,
                  r.body.at);
    policy_free(p);
}
END_TEST

START_TEST(outer)
{
    const struct outer_row *row = &outer_rows[_i];
    struct profile at = make_profile("unused", !row->no_hsts);
    struct reply r;
    char page[PAGE_MAX]; /* as large as the page may become */

    profile_outer(&at, row->status, row->location, row->allow, row->detail, &r);
    char *got = render(&r);
    expect_same_text(row->name, row->want, got);
    expect_masked_fields(row->name, &r, false);
    struct slice want = {NULL, 0};
    if (row->has_page)
        want = page_error(row->status, row->detail, page);
    ck_assert_msg(r.body.n == want.n && (want.n == 0 || memcmp(r.body.at, want.at, want.n) == 0),
                  "%s: expected %zu bytes of page, got %zu", row->name, want.n, r.body.n);
    free(got);
}
END_TEST

/* ---- the login, and the application without a filter ---- */

START_TEST(login)
{
    struct profile at = make_profile("unused", true);
    struct reply r;

    profile_login(&at, "Basic realm=\"x\"", "Log in.", &r);
    char *got = render(&r);
    expect_same_text("login",
                     "401\nserver: nginx\ncontent-type: text/html;charset=utf-8\n"
                     "strict-transport-security: max-age=31536000; includeSubDomains\n"
                     "set-cookie: JSESSIONID=<id>; Path=/cuic; Secure; HttpOnly; SameSite=Strict\n"
                     "pragma: No-cache\ncache-control: no-cache\n"
                     "expires: Thu, 01 Jan 1970 00:00:00 GMT\nx-frame-options: SAMEORIGIN\n"
                     "x-xss-protection: 1; mode=block\nx-content-type-options: nosniff\n"
                     "www-authenticate: Basic realm=\"x\"\n",
                     got);
    expect_masked_fields("login", &r, true);
    ck_assert(r.body.at == r.page && strstr(r.page, "Log in.") != NULL);
    free(got);
}
END_TEST

/** A session that is known is not set again; what the application sets stands last. */
START_TEST(known_session)
{
    static const struct app_answer app = {
        .status = 200, .cookie = {"A=1", "B=2"}, .location = "/x", .allow = "GET"};
    struct profile at = make_profile("policy", true);
    struct policy_spec spec = recorded_spec();
    struct policy *p = make_policy(&spec);
    struct cors_request rq = {.is_https = true, .method = LIT("GET")};
    struct cors_decision d = cors_decide(p, &rq, CORS_DISABLED_REFUSE);
    struct reply r;

    at.session_id = NULL;
    profile_filtered(&at, p, &d, &app, &r);
    char *got = render(&r);
    ck_assert_ptr_null(strstr(got, "JSESSIONID"));
    ck_assert_ptr_nonnull(strstr(got, "\nset-cookie: A=1\nset-cookie: B=2\nlocation: /x\n"
                                      "allow: GET\n"));
    free(got);
    policy_free(p);
}
END_TEST

START_TEST(unfiltered)
{
    struct app_answer app = {.status = 302, .location = "/x", .cookie = {"A=1", "B", "C", "D"}};
    struct profile at = make_profile("unused", true);
    struct reply r;

    profile_unfiltered(&at, &app, &r);
    char *got = render(&r);
    expect_same_text("unfiltered",
                     "302\nserver: nginx\n"
                     "strict-transport-security: max-age=31536000; includeSubDomains\n"
                     "cache-control: no-cache\nx-frame-options: SAMEORIGIN\n"
                     "x-xss-protection: 1; mode=block\nx-content-type-options: nosniff\n"
                     "set-cookie: A=1\nset-cookie: B\nset-cookie: C\nset-cookie: D\n"
                     "location: /x\n",
                     got);
    free(got);
    app.may_be_framed = true;
    profile_unfiltered(&at, &app, &r);
    ck_assert(!has_header(&r, "x-frame-options"));
}
END_TEST

/** Finesse's answers, each to one request to a service of two listed origins. */
#define FINESSE_HEAD(type)                                                                         \
    "server: nginx\n" type "strict-transport-security: max-age=31536000; includeSubDomains\n"      \
    "cache-control: no-cache\nx-frame-options: SAMEORIGIN\n"                                       \
    "x-xss-protection: 1; mode=block\nx-content-type-options: nosniff\n"

static const struct finesse_row {
    const char *name, *origin; /* NULL: none */
    bool has_filter, is_any;
    const char *csp, *want;
} finesse_rows[] = {
    {"a page, without the filter", NULL, false, false, "default-src 'self'",
     "200\n" FINESSE_HEAD("content-type: text/x\n") "content-security-policy: default-src 'self'\n"
                                                    "set-cookie: A=1\n"},
    {"of another origin, without the filter", "https://x.example", false, false, NULL,
     "200\n" FINESSE_HEAD("content-type: text/x\n") "set-cookie: A=1\n"},
    {"any origin", "https://x.example", true, true, NULL,
     "200\n" FINESSE_HEAD("content-type: text/x\n") "access-control-allow-origin: *\n"
                                                    "access-control-allow-credentials: true\n"
                                                    "set-cookie: A=1\n"},
    {"refused", "https://x.example", true, false, NULL,
     "403\n" FINESSE_HEAD("content-type: text/html;charset=utf-8\n")},
};

START_TEST(finesse_answers)
{
    static const struct app_answer app = {
        .status = 200, .content_type = "text/x", .cookie = {"A=1"}, .body = LIT("body")};
    const struct finesse_row *row = &finesse_rows[_i];
    struct app_answer with_csp = app;
    struct profile at = make_profile("unused", true);
    static const char *const nothing[1];
    struct policy_spec spec = {.enabled = true,
                               .any_origin = row->is_any,
                               .credentials = true,
                               .builtin_exposed = nothing};
    struct policy *p = make_policy(&spec);
    struct cors_request rq = {.is_https = true, .method = LIT("GET")};
    struct reply r;

    if (row->origin != NULL)
        rq.origin = slice_of(row->origin);
    with_csp.csp = row->csp;
    struct cors_decision d = cors_decide(p, &rq, CORS_DISABLED_REFUSE);
    profile_finesse(&at, row->has_filter ? p : NULL, &d, &with_csp, &r);
    char *got = render(&r);
    expect_same_text(row->name, row->want, got);
    ck_assert((r.status == 200) == slice_is(r.body, "body"));
    free(got);
    policy_free(p);
}
END_TEST

/* ---- content-security-policy ---- */

#define CSP_HEAD                                                                                   \
    "default-src 'self' ; script-src 'self' data: 'unsafe-inline' 'unsafe-eval' ; "                \
    "style-src 'self' data: 'unsafe-inline' blob: ; "                                              \
    "img-src 'self' data: 'unsafe-inline' ; connect-src 'self' "

static const struct csp_row {
    const char *name;
    const char *hosts[2];
    size_t n;
    const char *want;
} csp_rows[] = {
    {"no-node", {NULL}, 0, CSP_HEAD ";"},
    {"one-node", {"cuic.example"}, 1, CSP_HEAD "https://cuic.example:443 wss://cuic.example:443 ;"},
    {"two-nodes-in-the-order-given",
     {"b.example", "a.example"},
     2,
     CSP_HEAD "https://b.example:443 wss://b.example:443 "
              "https://a.example:443 wss://a.example:443 ;"},
};

START_TEST(csp_text)
{
    const struct csp_row *row = &csp_rows[_i];
    char *got = NULL;
    enum err e = profile_csp_new(row->hosts, row->n, &got);

    ck_assert_msg(e == ERR_OK && got != NULL, "%s: %s", row->name, err_text(e));
    ck_assert_msg(strcmp(got, row->want) == 0, "%s:\nexpected %s\ngot      %s", row->name,
                  row->want, got);
    free(got);
}
END_TEST

static size_t count_of(const char *text, const char *piece)
{
    size_t n = 0;

    for (; (text = strstr(text, piece)) != NULL; text += strlen(piece))
        n++;
    return n;
}

/** A thousand nodes fit; two thousand are refused as a whole, never cut. */
START_TEST(csp_of_many)
{
    const char *hosts[2000];
    char *csp = NULL;
    static char untouched[] = "untouched";

    for (size_t i = 0; i < COUNT(hosts); i++)
        hosts[i] = "cuicsub.uccelab.tac";
    ck_assert_int_eq(profile_csp_new(hosts, 1000, &csp), ERR_OK);
    ck_assert_uint_eq(count_of(csp, " https://cuicsub.uccelab.tac:443 "), 1000);
    ck_assert_uint_eq(count_of(csp, " wss://cuicsub.uccelab.tac:443 "), 1000);
    ck_assert_str_eq(csp + strlen(csp) - 6, ":443 ;");
    free(csp);
    csp = untouched;
    enum err e = profile_csp_new(hosts, 2000, &csp);
    ck_assert_msg(e == ERR_LIMIT, "2000 nodes: expected %s, got %s", err_text(ERR_LIMIT),
                  err_text(e));
    ck_assert_msg(csp == untouched, "the result was written in spite of the failure");
}
END_TEST

Suite *suite_profile(void)
{
    Suite *s = suite_create("profile");
    TCase *replies = tcase_create("replies");
    TCase *policies = tcase_create("content-security-policy");

    add_rows(replies, as_captured, COUNT(captured_rows));
    add_rows(replies, filtered, filtered_n_rows);
    tcase_add_test(replies, refusal_has_its_page);
    add_rows(replies, outer, outer_n_rows);
    tcase_add_test(replies, login);
    tcase_add_test(replies, known_session);
    tcase_add_test(replies, unfiltered);
    tcase_add_loop_test(replies, finesse_answers, 0, (int)COUNT(finesse_rows));
    add_rows(policies, csp_text, COUNT(csp_rows));
    tcase_add_test(policies, csp_of_many);
    suite_add_tcase(s, replies);
    suite_add_tcase(s, policies);
    suite_add_tcase(s, tcase_page());
    return s;
}
