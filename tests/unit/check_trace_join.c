/* Which record a browser's message is about. */
#include <jansson.h>
#include <string.h>

#include "check_trace.h"
#include "scratch.h"
#include "support.h"
#include "trace/trace_join.h"
#include "trace/trace_question.h"
#include "traces.h"

#define A "https://a.example"
#define B "https://b.example"

/* All to cuicpub but one; ids from 1 on. */
static const struct made {
    enum trace_kind kind;
    unsigned status;
    const char *node, *method, *target, *origin, *asked, *headers, *class;
} made[] = {
    {TRACE_EXCHANGE, 403, "cuicpub", "OPTIONS", "/cuic/", A, "GET", "x-one", "preflight"},
    {TRACE_EXCHANGE, 403, "cuicpub", "OPTIONS", "/cuic/", A, "PUT", "X-Two, x-three", "preflight"},
    {TRACE_EXCHANGE, 200, "cuicpub", "OPTIONS", "/cuic/", A, "GET", NULL, "preflight"},
    {TRACE_EXCHANGE, 403, "cuicpub", "GET", "/cuic/?token=secretsecret", B, NULL, NULL, "actual"},
    {TRACE_EXCHANGE, 403, "cuicsub", "GET", "/cuic/", A, NULL, NULL, "actual"},
    {TRACE_EXCHANGE, 200, "cuicpub", "GET", "/cuic/ok", A, NULL, NULL, "actual"},
    {TRACE_EXCHANGE, 502, "cuicpub", "GET", "/cuic/", NULL, NULL, NULL, NULL},
    {TRACE_EXCHANGE, 502, "cuicpub", "GET", "/cuic/down", A, NULL, NULL, NULL},
    {TRACE_EXCHANGE, 403, "cuicpub", "GET", "/cuic/down", A, NULL, NULL, "actual"},
    {TRACE_RESET, 0, "cuicpub", NULL, NULL, NULL, NULL, NULL, NULL},
    {TRACE_EXCHANGE, 401, "cuicpub", "GET", "/cuic/rest/about", A, NULL, NULL, NULL},
    {TRACE_EXCHANGE, 403, "cuicpub", "GET", "/cuic/rest/about", B, NULL, NULL, "actual"},
};

static struct slice text_or_none(const char *text)
{
    return text == NULL ? (struct slice){NULL, 0} : slice_of(text);
}

static void make(struct trace *t)
{
    for (size_t i = 0; i < COUNT(made); i++) {
        const struct made *m = &made[i];
        struct trace_exchange x = {.kind = m->kind,
                                   .id = (int64_t)i + 1,
                                   .at_us = TRACES_NOW + (int64_t)i,
                                   .status = m->status,
                                   .is_allowed = m->status == 200};
        x.text[TRACE_NODE] = slice_of(m->node);
        x.text[TRACE_SERVICE] = slice_of("cuic");
        x.text[TRACE_METHOD] = text_or_none(m->method);
        x.text[TRACE_TARGET] = text_or_none(m->target);
        x.text[TRACE_ORIGIN] = text_or_none(m->origin);
        x.text[TRACE_REQUEST_METHOD] = text_or_none(m->asked);
        x.text[TRACE_REQUEST_HEADERS] = text_or_none(m->headers);
        x.text[TRACE_CLASS] = text_or_none(m->class);
        traces_add(t, &x);
    }
}

#define ACCESS                                                                                     \
    "Access to fetch at 'https://cuicpub/cuic/' from origin '" A                                   \
    "' has been blocked by CORS policy: "
#define PREFLIGHT "Response to preflight request doesn't pass access control check: "
#define MISSING   "No 'Access-Control-Allow-Origin' header is present on the requested resource."
#define NETWORK                                                                                    \
    "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for "  \
    "this private network request targeting the `local` address space."
#define FIREFOX(status)                                                                            \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at https://cuicpub/cuic/. (Reason: CORS header 'Access-Control-Allow-Origin' missing). "      \
    "Status code: " status "."

static const struct row {
    const char *name;
    const char *text;
    const char *path, *origin, *method; /* as the message or a person has them; NULL: unknown */
    int64_t want;                       /* id; 0: none */
} rows[] = {
    {"failed-before-allowed", ACCESS MISSING, "/cuic/", A, NULL, 2},
    {"preflight", ACCESS PREFLIGHT MISSING, "/cuic/", A, NULL, 2},
    {"method-asked-for", ACCESS PREFLIGHT MISSING, "/cuic/", A, "GET", 1},
    {"no-such-method", ACCESS PREFLIGHT MISSING, "/cuic/", A, "DELETE", 0},
    {"header",
     ACCESS "Request header field x-one is not allowed by Access-Control-Allow-Headers in "
            "preflight response.",
     "/cuic/", A, NULL, 1},
    {"header-in-any-case",
     ACCESS "Request header field x-two is not allowed by Access-Control-Allow-Headers in "
            "preflight response.",
     "/cuic/", A, NULL, 2},
    {"named-by-the-message-itself", ACCESS PREFLIGHT NETWORK, "/cuic/", A, NULL, 3},
    {"origin-unknown", FIREFOX("403"), "/cuic/", NULL, NULL, 4},
    {"preflight-of-that-origin-only", ACCESS PREFLIGHT MISSING, "/cuic/", B, NULL, 0},
    {"status", FIREFOX("200"), "/cuic/", NULL, NULL, 3},
    {"status-of-another", FIREFOX("502"), "/cuic/", NULL, NULL, 0},
    {"masked-query", FIREFOX("403"), "/cuic/?token=othersecret", B, NULL, 4},
    {"only-allowed-ones", ACCESS MISSING, "/cuic/ok?x", A, NULL, 6},
    {"status-of-an-earlier", FIREFOX("502"), "/cuic/down", A, NULL, 8},
    {"latest", ACCESS MISSING, "/cuic/down", A, NULL, 9},
    {"other-path", ACCESS MISSING, "/cuic", A, NULL, 0},
    {"other-origin", ACCESS MISSING, "/cuic/", "https://c.example", NULL, 0},
    {"reset", "GET https://cuicpub/cuic/ net::ERR_CONNECTION_RESET", "/cuic/", NULL, "GET", 10},
    {"login", FIREFOX("401"), "/cuic/rest/about", NULL, NULL, 11},
};

static void join(const struct row *row, struct trace_join *ret)
{
    struct console_line line;
    struct page_request rq = {.path = text_or_none(row->path),
                              .origin = text_or_none(row->origin),
                              .method = text_or_none(row->method)};

    ck_assert_msg(console_read(slice_of(row->text), &line), "%s is no message", row->name);
    trace_join_line(&traces_config, 0, &line, &rq, 1000, ret);
}

static void name_nodes(void)
{
    static char name[] = "cuicpub";
    static char hostname[] = "cuicpub.uccelab.tac";
    static struct node node = {.name = name, .hostname = hostname};

    traces_config.nodes = &node;
    traces_config.n_nodes = 1;
}

START_TEST(found)
{
    struct trace *t = traces_open();
    struct trace_join j;

    name_nodes();
    make(t);
    trace_close(t);
    join(&rows[_i], &j);
    ck_assert_msg((j.x == NULL ? 0 : j.x->id) == rows[_i].want, "%s: expected %lld, got %lld",
                  rows[_i].name, (long long)rows[_i].want, j.x == NULL ? 0LL : (long long)j.x->id);
    ck_assert((j.x == NULL) == (j.why.text[0] != '\0'));
    json_t *o = json_object();
    trace_join_json(&j, o);
    ck_assert_int_eq(json_is_object(json_object_get(o, "recorded")), j.x != NULL);
    ck_assert_int_eq(json_is_string(json_object_get(o, "unrecorded")), j.x == NULL);
    json_decref(o);
    trace_join_end(&j);
}
END_TEST

/** What was recorded is asked about again: its headers, and whether a login let it through. */
START_TEST(question)
{
    struct trace *t = traces_open();
    struct trace_join j;
    struct question q;

    name_nodes();
    make(t);
    trace_close(t);
    join(&rows[0], &j);
    ck_assert(trace_join_question(&traces_config, &j, true, &q));
    ck_assert(slice_is(q.step[0].request_headers, "X-Two, x-three") && q.n_steps == 1);
    trace_join_end(&j);
    join(&(struct row){"401", FIREFOX("401"), "/cuic/rest/about", A, NULL, 0}, &j);
    ck_assert(trace_join_question(&traces_config, &j, true, &q) && !q.has_login);
    trace_join_end(&j);
    join(&(struct row){"403", FIREFOX("403"), "/cuic/rest/about", B, NULL, 0}, &j);
    ck_assert(trace_join_question(&traces_config, &j, true, &q) && q.has_login);
    trace_join_end(&j);
    join(&(struct row){"reset", "GET https://cuicpub/cuic/ net::ERR_CONNECTION_RESET", "/cuic/", A,
                       NULL, 0},
         &j);
    ck_assert(!trace_join_question(&traces_config, &j, true, &q));
    ck_assert(trace_join_question(&traces_config, &j, false, &q));
    trace_join_end(&j);
}
END_TEST

static const struct refused_row {
    const char *name;
    struct made x;
    const char *host;
    bool is;
} refused_rows[] = {
    {"refused", {TRACE_EXCHANGE, 403, .origin = A, .class = "actual"}, "h", true},
    {"allowed", {TRACE_EXCHANGE, 200, .origin = A, .class = "actual"}, "h", false},
    {"not-found", {TRACE_EXCHANGE, 404, .origin = A, .class = "actual"}, "h", true},
    {"no-filter", {TRACE_EXCHANGE, 200, .origin = A}, "h", true},
    {"no-filter-own-page", {TRACE_EXCHANGE, 200, .origin = A}, "a.example", false},
    {"no-filter-no-page", {.kind = TRACE_EXCHANGE, .status = 200}, "h", false},
    {"redirect", {.kind = TRACE_EXCHANGE, .status = 302}, "h", true},
    {"reset", {.kind = TRACE_RESET}, NULL, true},
    {"end", {TRACE_SOCKET_END, 0, .origin = A}, "h", false},
};

START_TEST(refused)
{
    const struct refused_row *row = &refused_rows[_i];
    struct trace_exchange x = {
        .kind = row->x.kind, .status = row->x.status, .is_allowed = row->x.status < 400};

    x.text[TRACE_ORIGIN] = text_or_none(row->x.origin);
    x.text[TRACE_CLASS] = text_or_none(row->x.class);
    x.text[TRACE_HOST] = text_or_none(row->host);
    ck_assert_msg(trace_is_refused(&x) == row->is, "%s", row->name);
}
END_TEST

static void expect_why(const char *says)
{
    struct trace_join j;

    join(&rows[0], &j);
    ck_assert_msg(j.x == NULL && strstr(j.why.text, says) != NULL, "expected '%s', got '%s'", says,
                  j.why.text);
    trace_join_end(&j);
}

START_TEST(nothing_to_join)
{
    name_nodes();
    traces_config.trace_enabled = true;
    traces_config.trace_keep = 10;
    expect_why("Nothing was recorded yet");
    traces_config.trace_enabled = false;
    expect_why("section trace");
    traces_config.trace_enabled = true;
    trace_close(traces_open());
    scratch_write_bytes(traces_path(), "this is no database", 19);
    expect_why("The trace cannot be read (");
}
END_TEST

TCase *tcase_trace_join(void)
{
    TCase *tc = tcase_create("join");

    tcase_add_checked_fixture(tc, traces_set_up, traces_tear_down);
    add_rows(tc, found, COUNT(rows));
    tcase_add_test(tc, question);
    add_rows(tc, refused, COUNT(refused_rows));
    tcase_add_test(tc, nothing_to_join);
    return tc;
}
