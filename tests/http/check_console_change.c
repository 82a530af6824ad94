/* Changes by the console: who may make them, what they do, and what the audit log says of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "suites.h"

#define ORDER(action, more) "{\"action\":\"" action "\"" more "}"
#define ON_SUB              ",\"node\":\"cuicsub\",\"service\":\"cuic\""
#define ADD_NEW             ORDER("add-origin", ON_SUB ",\"value\":\"https://new.example\"")

static struct lab lab;

static void start(void)
{
    console_start(&lab, WRITABLE);
}

static void stop(void)
{
    lab_clear(&lab);
}

static char *shell_text(const char *node, const char *a, const char *b, const char *c,
                        const char *d, const char *e)
{
    struct proc_result r = lab_cli(&lab, NULL, "-n", node, a, b, c, d, e, NULL);

    ck_assert_msg(r.status == 0, "%s %s %s: %s", a, b, c, r.err);
    char *text = strdup(r.out);
    proc_result_clear(&r);
    return text;
}

static char *origins(const char *node)
{
    return shell_text(node, "utils", "cuic", "cors", "allowed_origin", "list");
}

/* ---- who may ---- */

static const char *token(void)
{
    const char *at = strstr(lab.console, "#token=");

    ck_assert_msg(at != NULL, "%s", lab.console);
    return at + 7;
}

/** What stands in the token's field: a part of the lab's own, and what is put behind it. */
struct shown_token {
    int n; /* characters; -1: there is no such field */
    const char *more;
};
#define OWN_TOKEN                                                                                  \
    {                                                                                              \
        32, ""                                                                                     \
    }

static const struct may_row {
    const char *name;
    const char *origin; /* "": the console's own; NULL: none is sent */
    struct shown_token token;
    const char *type;
    const char *lines;
    unsigned status;
} may_rows[] = {
    {"all-right", "", OWN_TOKEN, "application/json", "", 200},
    {"as-a-browser", "", OWN_TOKEN, "application/json", "Sec-Fetch-Site: same-origin\r\n", 200},
    {"no-token", "", {-1, ""}, "application/json", "", 403},
    {"other-token", "", {0, "0123456789abcdef0123456789abcdef"}, "application/json", "", 403},
    {"short-token", "", {31, ""}, "application/json", "", 403},
    {"long-token", "", {32, "0"}, "application/json", "", 403},
    {"empty-token", "", {0, ""}, "application/json", "", 403},
    {"no-origin", NULL, OWN_TOKEN, "application/json", "", 403},
    {"other-origin", LISTED, OWN_TOKEN, "application/json", "", 403},
    {"null-origin", "null", OWN_TOKEN, "application/json", "", 403},
    {"cross-site", "", OWN_TOKEN, "application/json", "Sec-Fetch-Site: cross-site\r\n", 403},
    {"same-site", "", OWN_TOKEN, "application/json", "Sec-Fetch-Site: same-site\r\n", 403},
    {"form-type", "", OWN_TOKEN, "application/x-www-form-urlencoded", "", 415},
    {"text-type", "", OWN_TOKEN, "text/plain", "", 415},
};

static struct wire_response try_row(const struct may_row *row)
{
    char lines[1024];
    int n = snprintf(lines, sizeof lines, "Content-Type: %s\r\n%s", row->type, row->lines);

    if (row->origin != NULL)
        n += snprintf(lines + n, sizeof lines - (size_t)n, "Origin: %s\r\n",
                      row->origin[0] == '\0' ? console_origin(&lab) : row->origin);
    if (row->token.n >= 0)
        (void)snprintf(lines + n, sizeof lines - (size_t)n, "X-Console-Token: %.*s%s\r\n",
                       row->token.n, token(), row->token.more);
    return console_ask(&lab, "POST", "/api/change", lines, ADD_NEW);
}

START_TEST(who_may)
{
    for (size_t i = 0; i < COUNT(may_rows); i++) {
        struct wire_response r = try_row(&may_rows[i]);
        ck_assert_msg(r.status == may_rows[i].status, "%s: %u %s", may_rows[i].name, r.status,
                      r.body);
        char *list = origins("cuicsub");
        bool is_done = strstr(list, "https://new.example") != NULL;
        ck_assert_msg(is_done == (r.status == 200), "%s: %s", may_rows[i].name, list);
        if (is_done)
            lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin delete https://new.example");
        free(list);
        wire_response_clear(&r);
    }
}
END_TEST

/** Without console_write nothing helps, and no token is made known. */
START_TEST(read_only)
{
    struct lab other;
    char lines[512];

    console_start(&other, "");
    (void)snprintf(lines, sizeof lines,
                   "Origin: %s\r\nX-Console-Token: %s\r\nContent-Type: application/json\r\n",
                   console_origin(&other), "");
    struct wire_response r = console_ask(&other, "POST", "/api/change", lines, ADD_NEW);
    ck_assert_uint_eq(r.status, 403);
    ck_assert_ptr_nonnull(strstr(r.body, "read-only"));
    wire_response_clear(&r);
    ck_assert_str_eq(other.console, "");
    lab_clear(&other);
}
END_TEST

/** Each start has a token of its own, and no answer tells it. */
START_TEST(token_is_secret)
{
    static const char *const path[] = {"/", "/api/lab", "/api/state", "/metrics", "/healthz"};
    char first[64];

    (void)snprintf(first, sizeof first, "%s", token());
    ck_assert_uint_eq(strlen(first), 32);
    for (size_t i = 0; i < COUNT(path); i++) {
        char *text = console_text(&lab, path[i]);
        ck_assert_msg(strstr(text, first) == NULL, "%s", path[i]);
        free(text);
    }
    char *log = proc_stderr(&lab.server);
    ck_assert_ptr_null(strstr(log, first));
    free(log);
    ck_assert_int_eq(lab_stop_server(&lab, 15), 0);
    lab_start_server(&lab);
    ck_assert_str_ne(token(), first);
}
END_TEST

/* ---- what changes do ---- */

static const struct change_row {
    const char *order;
    const char *command; /* as the audit log has it */
    const char *node;
    const char *family; /* the list or state that is looked at */
    const char *what;
    const char *has;   /* what it then has */
    const char *lacks; /* NULL: nothing to look for */
} change_rows[] = {
    {ADD_NEW, "utils cuic cors allowed_origin add https://new.example", "cuicsub", "cuic",
     "allowed_origin", "https://new.example\n", NULL},
    {ORDER("delete-origin", ON_SUB ",\"value\":\"https://finesses.uccelab.tac\""),
     "utils cuic cors allowed_origin delete https://finesses.uccelab.tac", "cuicsub", "cuic",
     "allowed_origin", "https://finesses.uccelab.tac:8445\n", "https://finesses.uccelab.tac\n"},
    {ORDER("add-origin",
           ",\"node\":\"cuicpub\",\"service\":\"live-data\",\"value\":\"http://x:1\""),
     "utils live-data cors allowed_origin add http://x:1", "cuicpub", "live-data", "allowed_origin",
     "http://x:1\n", NULL},
    {ORDER("disable", ON_SUB), "utils cuic cors disable", "cuicsub", "cuic", "status",
     "CUIC CORS is disabled.", NULL},
    {ORDER("enable", ON_SUB), "utils cuic cors enable", "cuicsub", "cuic", "status",
     "CUIC CORS is enabled.", NULL},
};

static char *look(const struct change_row *row)
{
    bool is_list = strcmp(row->what, "allowed_origin") == 0;

    return shell_text(row->node, "utils", row->family, "cors", row->what, is_list ? "list" : NULL);
}

static void check_audit(const char *node, const char *command, const char *result)
{
    char want[512];
    char *log = shell_text("cuicpub", "lab", "audit", "list", "1", NULL);

    (void)snprintf(want, sizeof want, " %s console (127.0.0.1) %s: %s\n", node, result, command);
    ck_assert_msg(strstr(log, want) != NULL, "'%s' is not in %s", want, log);
    free(log);
}

START_TEST(changes)
{
    for (size_t i = 0; i < COUNT(change_rows); i++) {
        const struct change_row *row = &change_rows[i];
        json_t *o = NULL;
        unsigned status = console_change(&lab, row->order, &o);
        ck_assert_msg(status == 200, "%s: %u", row->order, status);
        ck_assert(json_is_true(json_object_get(o, "changed")));
        ck_assert_str_eq(json_string_value(json_object_get(o, "command")), row->command);
        ck_assert_uint_eq(json_array_size(json_object_get(o, "restart")), 0); /* immediate */
        json_decref(o);
        char *text = look(row);
        ck_assert_msg(strstr(text, row->has) != NULL, "%s: %s", row->command, text);
        ck_assert_msg(row->lacks == NULL || strstr(text, row->lacks) == NULL, "%s: %s",
                      row->command, text);
        free(text);
        check_audit(row->node, row->command, "done");
    }
}
END_TEST

/** The very next request is decided by it. */
START_TEST(takes_effect)
{
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 403);
    ck_assert_uint_eq(
        console_change(&lab, ORDER("add-origin", ON_SUB ",\"value\":\"" PUB_ONLY "\""), NULL), 200);
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 200);
    ck_assert_uint_eq(console_change(&lab, ORDER("reset", ",\"value\":\"article\""), NULL), 200);
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 403);
    check_audit("*", "lab reset article", "done");
    ck_assert_uint_eq(console_change(&lab, ORDER("reset", ",\"value\":\"factory\""), NULL), 200);
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(LISTED)), 403);
}
END_TEST

/** As in the product, an edit waits for the restart, and the console says for which. */
START_TEST(on_restart)
{
    struct lab other;
    json_t *o = NULL;

    console_start(&other, WRITABLE "apply_changes = on-restart\n");
    ck_assert_uint_eq(
        console_change(&other, ORDER("add-origin", ON_SUB ",\"value\":\"" PUB_ONLY "\""), &o), 200);
    ck_assert_str_eq(json_string_value(json_at(o, "restart.0")), CORS_SERVICE);
    json_decref(o);
    ck_assert_uint_eq(gadget(&other, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 403);
    ck_assert_uint_eq(
        console_change(
            &other, ORDER("restart", ",\"node\":\"cuicsub\",\"value\":\"" CORS_SERVICE "\""), NULL),
        200);
    ck_assert_uint_eq(gadget(&other, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 200);
    lab_clear(&other);
}
END_TEST

/** What is there already, or is not, is no failure: nothing changes. */
START_TEST(nothing_to_change)
{
    static const char *const order[] = {
        ORDER("add-origin", ON_SUB ",\"value\":\"https://finesses.uccelab.tac\""),
        ORDER("delete-origin", ON_SUB ",\"value\":\"https://nobody.example\""),
    };
    char *before = origins("cuicsub");

    for (size_t i = 0; i < COUNT(order); i++) {
        json_t *o = NULL;
        ck_assert_uint_eq(console_change(&lab, order[i], &o), 200);
        ck_assert(json_is_false(json_object_get(o, "changed")));
        json_decref(o);
    }
    char *after = origins("cuicsub");
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

static const struct refusal_row {
    const char *order;
    unsigned status;
    const char *says;
    const char *audited; /* the command that is written down as failed; NULL: none is */
} refusal_rows[] = {
    {"", 400, "no JSON object", NULL},
    {"{", 400, "no JSON object", NULL},
    {"[]", 400, "no JSON object", NULL},
    {"\"x\"", 400, "no JSON object", NULL},
    {"{}", 400, "no such action", NULL},
    {"{\"action\":5}", 400, "no such action", NULL},
    {ORDER("format", ""), 400, "no such action", NULL},
    {ORDER("enable", ""), 404, "no node", NULL},
    {ORDER("enable", ",\"node\":\"nosuch\""), 404, "no node", NULL},
    {ORDER("enable", ",\"node\":\"cuicsub\""), 404, "no such service", NULL},
    {ORDER("enable", ",\"node\":\"cuicsub\",\"service\":\"finesse\""), 404, "no such service",
     NULL},
    {ORDER("add-origin", ON_SUB), 400, "needs a value", NULL},
    {ORDER("add-origin", ON_SUB ",\"value\":\"https://a.example/\""), 400,
     "At character 18: a slash at the end",
     "utils cuic cors allowed_origin add https://a.example/"},
    {ORDER("add-origin", ON_SUB ",\"value\":\"https://a.example,https://b.example\""), 400,
     "At character 25", "utils cuic cors allowed_origin add https://a.example,https://b.example"},
    {ORDER("add-origin", ON_SUB ",\"value\":\"*\""), 400, "At character 1",
     "utils cuic cors allowed_origin add *"},
    {ORDER("add-origin", ON_SUB ",\"value\":\"a\\nb\""), 400, "At character",
     "utils cuic cors allowed_origin add a?b"},
    {ORDER("enable-all", ON_SUB), 400, "Only Finesse", "utils cuic cors enable_all"},
    {ORDER("restart", ",\"node\":\"cuicsub\",\"value\":\"Nothing\""), 404,
     "no service of that name", "utils service restart Nothing"},
    {ORDER("restart", ",\"node\":\"cuicsub\""), 400, "needs a value", NULL},
    {ORDER("reset", ",\"value\":\"everything\""), 400, "article and factory",
     "lab reset everything"},
};

START_TEST(refusals)
{
    char *before = origins("cuicsub");

    for (size_t i = 0; i < COUNT(refusal_rows); i++) {
        const struct refusal_row *row = &refusal_rows[i];
        json_t *o = NULL;
        unsigned status = console_change(&lab, row->order, &o);
        const char *error = json_string_value(json_object_get(o, "error"));
        ck_assert_msg(status == row->status, "%s: %u %s", row->order, status, error);
        ck_assert_msg(error != NULL && strstr(error, row->says) != NULL, "%s: %s", row->order,
                      error);
        if (row->audited != NULL)
            check_audit(strncmp(row->audited, "lab", 3) == 0 ? "cuicpub" : "cuicsub", row->audited,
                        "failed");
        json_decref(o);
    }
    char *after = origins("cuicsub");
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

START_TEST(strict_urls)
{
    struct lab other;
    json_t *o = NULL;

    console_start(&other, WRITABLE "strict_urls = yes\n");
    ck_assert_uint_eq(
        console_change(&other, ORDER("add-origin", ON_SUB ",\"value\":\"https://A.example\""), &o),
        400);
    json_decref(o);
    lab_clear(&other);
}
END_TEST

/** A body that is larger than any order. */
START_TEST(large_body)
{
    size_t n = 200000;
    char *body = calloc(1, n + 1);

    ck_assert_ptr_nonnull(body);
    memset(body, ' ', n);
    ck_assert_uint_eq(console_change(&lab, body, NULL), 400);
    free(body);
}
END_TEST

static bool is_cleared(void *arg)
{
    json_t *o = console_json(&lab, "/api/exchanges");
    bool is = json_array_size(json_object_get(o, "list")) == *(const size_t *)arg;

    json_decref(o);
    return is;
}

/** What is cleared is gone for who comes later, too. */
START_TEST(clear_trace)
{
    size_t two = 2;
    size_t none = 0;

    (void)gadget(&lab, PUB, "GET", "/before-1", "");
    (void)gadget(&lab, PUB, "GET", "/before-2", "");
    test_until(is_cleared, &two, "two exchanges are recorded");
    ck_assert_uint_eq(console_change(&lab, ORDER("clear-trace", ""), NULL), 200);
    test_until(is_cleared, &none, "the trace is empty");
    struct events *e = events_open(&lab, "");
    (void)gadget(&lab, PUB, "GET", "/after", "");
    json_t *data = events_await(e, "exchanges");
    ck_assert_str_eq(json_string_value(json_at(data, "list.0.target")), "/after");
    json_decref(data);
    events_close(e);
}
END_TEST

/** A store that cannot be written: the reason is told, and nothing else breaks. */
START_TEST(store_is_gone)
{
    json_t *o = NULL;

    test_write_file(lab_path(&lab, "state/cuicsim.db"), "no database at all, but long enough", 35);
    ck_assert_uint_eq(console_change(&lab, ADD_NEW, &o), 503);
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(o, "error")), "cuicsim.db"));
    json_decref(o);
}
END_TEST

void suite_console_change(Suite *s)
{
    TCase *tc = new_case(s, "change");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, who_may);
    tcase_add_test(tc, read_only);
    tcase_add_test(tc, token_is_secret);
    tcase_add_test(tc, changes);
    tcase_add_test(tc, takes_effect);
    tcase_add_test(tc, on_restart);
    tcase_add_test(tc, nothing_to_change);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, strict_urls);
    tcase_add_test(tc, large_body);
    tcase_add_test(tc, clear_trace);
    tcase_add_test(tc, store_is_gone);
}
