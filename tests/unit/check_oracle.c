/* Every recorded exchange of tests/data/oracle-cases.jsonl, run through the core. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cors/profile.h"
#include "suites.h"
#include "support.h"

#define ROWS       130 /* in the file */
#define TEXT_LIMIT 200000

enum compared { VERDICT = 1, VARY = 2, ACCESS_CONTROL = 4, IN_FULL = 7 };

/* Rows that another layer than the filter decided, in whole or in part. */
static const struct exception {
    const char *name;
    const char *why;
    unsigned compared; /* what is equal all the same */
} exceptions[] = {
    {"pf-long-origin-70k", "400 by the connector, over its limit", VARY | ACCESS_CONTROL},
    {"pf-options-star", "OPTIONS * does not reach the filter", VERDICT},
    {"options-star-no-origin", "OPTIONS * does not reach the filter", VERDICT | ACCESS_CONTROL},
    {"pf-no-trailing-slash-context", "302 before the filter", VERDICT},
    {"pf-outside-filter", "unknown context, without the filter", VERDICT},
    {"get-404-context", "unknown context, without the filter", VERDICT},
    {"get-app-vary", "the application overwrites Vary", VERDICT | ACCESS_CONTROL},
    {"authnever-preflight", "401 by the login valve", VERDICT},
    {"authnever-options-actual", "401 by the login valve", VERDICT},
    {"authfilter-get", "401 by the login valve", VERDICT},
};

/* ---- the file, loaded anew for each test ---- */

static json_t *rows;

static void load_rows(void)
{
    char *all = read_data("oracle-cases.jsonl");
    char *rest = NULL;

    rows = json_array();
    for (char *line = strtok_r(all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        json_error_t error;
        json_t *row = json_loads(line, 0, &error);
        ck_assert_msg(row != NULL, "row %zu: %s", json_array_size(rows) + 1, error.text);
        ck_assert(json_array_append_new(rows, row) == 0);
    }
    free(all);
    ck_assert_msg(json_array_size(rows) == ROWS, "expected %d rows, got %zu", ROWS,
                  json_array_size(rows));
}

static void drop_rows(void)
{
    json_decref(rows);
    rows = NULL;
}

static const char *row_text(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    ck_assert_msg(text != NULL, "a row without '%s'", key);
    return text;
}

static const char *pair_at(const json_t *pairs, size_t i, size_t which)
{
    const char *text = json_string_value(json_array_get(json_array_get(pairs, i), which));

    ck_assert_msg(text != NULL, "header %zu is no pair", i);
    return text;
}

/** The first header line of this name, NULL for none: what the server hands to the core. */
static const char *first_line(const json_t *pairs, const char *name)
{
    for (size_t i = 0; i < json_array_size(pairs); i++)
        if (slice_is_nocase(slice_of(pair_at(pairs, i, 0)), name))
            return pair_at(pairs, i, 1);
    return NULL;
}

static const struct exception *exception_of(const char *name)
{
    for (size_t i = 0; i < COUNT(exceptions); i++)
        if (strcmp(exceptions[i].name, name) == 0)
            return &exceptions[i];
    return NULL;
}

/* ---- a row as a request ---- */

/** Texts that a request points to. */
struct request_texts {
    char *origin;
};

/** Write "{a*60000}" out; the caller frees. NULL stays NULL. */
static char *expand(const char *text)
{
    struct buf all;

    if (text == NULL)
        return NULL;
    buf_init(&all, TEXT_LIMIT);
    const char *at = strstr(text, "{a*");
    if (at != NULL) {
        char *end = NULL;
        unsigned long n = strtoul(at + 3, &end, 10);
        (void)buf_add(&all, (struct slice){text, (size_t)(at - text)});
        for (unsigned long i = 0; i < n; i++)
            (void)buf_putc(&all, 'a');
        ck_assert_msg(*end == '}', "not closed: %s", text);
        text = end + 1;
    }
    (void)buf_puts(&all, text);
    char *expanded = buf_take(&all);
    ck_assert_ptr_nonnull(expanded);
    return expanded;
}

/** The Host field, or the authority of an absolute-form target. */
static struct slice host_of(const json_t *request)
{
    static const char scheme[] = "https://";
    const char *path = row_text(request, "path");

    if (strncmp(path, scheme, sizeof scheme - 1) != 0)
        return slice_of(first_line(json_object_get(request, "headers"), "host"));
    path += sizeof scheme - 1;
    return (struct slice){path, strcspn(path, "/")};
}

static struct cors_request request_of(const json_t *row, struct request_texts *texts)
{
    const json_t *request = json_object_get(row, "request");
    const json_t *headers = json_object_get(request, "headers");

    texts->origin = expand(first_line(headers, "origin"));
    return (struct cors_request){
        .method = slice_of(row_text(request, "method")),
        .host = host_of(request),
        .is_https = true,
        .origin = slice_of(texts->origin),
        .request_method = slice_of(first_line(headers, "access-control-request-method")),
        .request_headers = slice_of(first_line(headers, "access-control-request-headers")),
        .private_network = slice_of(first_line(headers, "access-control-request-private-network")),
    };
}

/** The filter that was configured for the path: /any has another than the other contexts. */
static struct policy *policy_for(const json_t *row)
{
    const char *path = row_text(json_object_get(row, "request"), "path");
    struct policy_spec spec = recorded_spec();

    if (strncmp(path, "/any/", 5) == 0) {
        spec.any_origin = true;
        spec.n_origins = 0;
        spec.credentials = false;
        spec.max_age_s = 0;
        spec.n_builtin_exposed = 0; /* the list itself is not NULL, which would mean the default */
    }
    return make_policy(&spec);
}

/* ---- comparing ---- */

static bool is_compared(const char *name, unsigned compared)
{
    static const char *const access_control[] = {
        "access-control-allow-origin",          "access-control-allow-credentials",
        "access-control-expose-headers",        "access-control-max-age",
        "access-control-allow-methods",         "access-control-allow-headers",
        "access-control-allow-private-network",
    };

    if (slice_is_nocase(slice_of(name), "vary"))
        return (compared & VARY) != 0;
    for (size_t i = 0; i < COUNT(access_control); i++)
        if (slice_is_nocase(slice_of(name), access_control[i]))
            return (compared & ACCESS_CONTROL) != 0;
    return false;
}

static void add_line(struct buf *to, const char *name, const char *value)
{
    for (; *name != '\0'; name++)
        (void)buf_putc(to, (char)ascii_lower((unsigned char)*name));
    (void)buf_printf(to, ": %s\n", value);
}

/** The compared headers in their order, names in lower case; the caller frees. */
static char *recorded_lines(const json_t *row, unsigned compared)
{
    const json_t *pairs = json_object_get(row, "headers");
    struct buf text;

    buf_init(&text, TEXT_LIMIT);
    for (size_t i = 0; i < json_array_size(pairs); i++)
        if (is_compared(pair_at(pairs, i, 0), compared))
            add_line(&text, pair_at(pairs, i, 0), pair_at(pairs, i, 1));
    return buf_take(&text);
}

static char *replied_lines(const struct reply *r, unsigned compared)
{
    struct buf text;

    buf_init(&text, TEXT_LIMIT);
    for (size_t i = 0; i < r->n_headers; i++)
        if (is_compared(r->header[i].name, compared))
            add_line(&text, r->header[i].name, r->header[i].value);
    return buf_take(&text);
}

/** How a row's record and the core's answer differ; "" when they do not. The caller frees. */
static char *difference(const json_t *row, const struct cors_decision *d, const struct reply *r,
                        unsigned compared)
{
    bool was_refused = json_integer_value(json_object_get(row, "status")) == 403;
    char *want = recorded_lines(row, compared);
    char *got = replied_lines(r, compared);
    struct buf text;

    ck_assert(want != NULL && got != NULL);
    buf_init(&text, TEXT_LIMIT);
    if ((compared & VERDICT) != 0 && was_refused == d->is_allowed)
        (void)buf_printf(&text, "expected %s, got %s (%s)\n", was_refused ? "refused" : "passed",
                         d->is_allowed ? "passed" : "refused", reason_get(d->reason)->code);
    if (strcmp(want, got) != 0)
        (void)buf_printf(&text, "--- expected headers\n%s--- got\n%s", want, got);
    free(want);
    free(got);
    char *all = buf_take(&text);
    ck_assert_ptr_nonnull(all);
    return all;
}

/** Decide and answer as the recorded server did, then compare. The caller frees. */
static char *run_row(const json_t *row, unsigned compared)
{
    static const struct profile at = {.date = "", .session_id = "", .csp = "", .node = ""};
    struct app_answer app = {.status = 200};
    struct request_texts texts;
    struct cors_request rq = request_of(row, &texts);
    struct policy *p = policy_for(row);
    struct cors_decision d = cors_decide(p, &rq, CORS_DISABLED_REFUSE);
    struct reply r;

    profile_filtered(&at, p, &d, &app, &r);
    ck_assert_msg((r.status == 403) == !d.is_allowed, "%s: status %u", row_text(row, "name"),
                  r.status);
    char *text = difference(row, &d, &r, compared);
    policy_free(p);
    free(texts.origin);
    return text;
}

START_TEST(oracle_row)
{
    const json_t *row = json_array_get(rows, (size_t)_i);
    const char *name = row_text(row, "name");
    const struct exception *x = exception_of(name);
    char *text = run_row(row, x == NULL ? (unsigned)IN_FULL : x->compared);

    ck_assert_msg(text[0] == '\0', "%s: %s", name, text);
    free(text);
}
END_TEST

static const json_t *find_row(const char *name)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (strcmp(row_text(json_array_get(rows, i), "name"), name) == 0)
            return json_array_get(rows, i);
    return NULL;
}

/** An exception must name a row, and the row must still differ when it is compared in full. */
START_TEST(exception_is_needed)
{
    const struct exception *x = &exceptions[_i];
    const json_t *row = find_row(x->name);

    ck_assert_msg(row != NULL, "%s: no such row", x->name);
    ck_assert_msg(x->compared != IN_FULL, "%s: compared in full already", x->name);
    char *text = run_row(row, IN_FULL);
    ck_assert_msg(text[0] != '\0', "%s: no longer differs; was: %s", x->name, x->why);
    free(text);
}
END_TEST

START_TEST(rows_are_named_once)
{
    size_t in_full = 0;

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *name = row_text(row, "name");
        ck_assert_msg(find_row(name) == row, "two rows are named %s", name);
        in_full += exception_of(name) == NULL;
    }
    ck_assert_msg(in_full + COUNT(exceptions) == ROWS, "an exception stands twice");
    (void)printf("oracle: %zu of %d rows compared in full\n", in_full, ROWS);
    (void)fflush(stdout);
}
END_TEST

Suite *suite_oracle(void)
{
    Suite *s = suite_create("oracle");
    TCase *tc = tcase_create("recorded");

    tcase_add_checked_fixture(tc, load_rows, drop_rows);
    add_rows(tc, oracle_row, ROWS);
    add_rows(tc, exception_is_needed, COUNT(exceptions));
    tcase_add_test(tc, rows_are_named_once);
    suite_add_tcase(s, tc);
    return s;
}
