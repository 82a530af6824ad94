/* What `lab explain` says against what the running server does: each misconfiguration of the long
 * table is refused over TLS as foretold, the commands are run by the real shell, and then a
 * browser's preflight and request pass over TLS. */
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/rows_explain.h"
#include "common.h"
#include "suites.h"
#include "traced.h"

#define LINE_BYTES 4096

static struct lab lab;
static char *config_text; /* the lab's own */

static void start(void)
{
    start_article(&lab, "listen cuic { addresses = {\"127.0.0.1:0\"} }\n");
    config_text = test_read_file(lab.config, NULL);
}

static void stop(void)
{
    free(config_text);
    config_text = NULL;
    lab_clear(&lab);
}

/* ---- the state ---- */

static void run_sql(sqlite3 *db, const char *sql, const char *value, int position)
{
    sqlite3_stmt *q = NULL;

    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    if (value != NULL) {
        ck_assert_int_eq(sqlite3_bind_text(q, 1, value, -1, SQLITE_TRANSIENT), SQLITE_OK);
        ck_assert_int_eq(sqlite3_bind_int(q, 2, position), SQLITE_OK);
    }
    ck_assert_int_eq(sqlite3_step(q), SQLITE_DONE);
    ck_assert_int_eq(sqlite3_finalize(q), SQLITE_OK);
}

/** Put entries of any bytes into all lists, which the shell would refuse. */
static void set_lists(const char *list)
{
    sqlite3 *db = NULL;
    char *copy = strdup(list);
    int position = 0;

    ck_assert_ptr_nonnull(copy);
    ck_assert_int_eq(sqlite3_open(lab_path(&lab, "state/cuicsim.db"), &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, PROC_DEADLINE_MS);
    run_sql(db, "BEGIN IMMEDIATE", NULL, 0);
    run_sql(db, "DELETE FROM list_entry WHERE list = 'allowed_origin'", NULL, 0);
    for (char *at = copy; *at != '\0';) {
        size_t n = strcspn(at, "|");
        bool is_last = at[n] == '\0';
        at[n] = '\0';
        run_sql(db,
                "INSERT INTO list_entry (service_id, stage, list, position, value)"
                " SELECT service_id, stage, 'allowed_origin', ?2, ?1 FROM policy",
                at, ++position);
        at += n + (is_last ? 0 : 1);
    }
    run_sql(db, "UPDATE lab SET revision = revision + 1", NULL, 0);
    run_sql(db, "COMMIT", NULL, 0);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    free(copy);
}

/** Give the lines for one node to the shell; "NODE: COMMAND" each. */
static void type_lines(const struct explain_row *row, const char *const *line)
{
    char words[LINE_BYTES];

    for (size_t i = 0; i < EXPLAIN_LINES_MAX && line[i] != NULL; i++) {
        const char *colon = strstr(line[i], ": ");
        ck_assert_msg(colon != NULL, "%s: '%s'", row->name, line[i]);
        (void)snprintf(words, sizeof words, "-n %.*s %s", (int)(colon - line[i]), line[i],
                       colon + 2);
        lab_must(&lab, words);
    }
}

static void set_up_row(const struct explain_row *row)
{
    char text[16384];

    lab_must(&lab, "lab reset article");
    (void)snprintf(text, sizeof text, "%s%s\n", config_text, row->conf == NULL ? "" : row->conf);
    lab_write_config(&lab, text); /* the shell reads it, the server goes on as it is */
    if (row->list != NULL)
        set_lists(row->list);
    type_lines(row, row->set_up);
}

/* ---- over TLS ---- */

static const char *path_of(const struct explain_row *row)
{
    if (row->path != NULL)
        return row->path;
    return row->service != NULL && strcmp(row->service, "live-data") == 0 ? "/socket.io/"
                                                                          : "/cuic/";
}

/** Send a preflight, or the request itself; false when nobody answers. */
static bool send_one(const struct explain_row *row, bool is_preflight, struct wire_response *ret)
{
    char host[64];
    const char *method = row->method == NULL ? "GET" : row->method;
    int reason = 0;

    (void)snprintf(host, sizeof host, "%s.uccelab.tac", row->node);
    size_t site = strncmp(row->node, "finesse", 7) == 0 ? 1 : 0;
    struct wire_options o = {.port = lab.port[site], .sni = host};
    struct wire *w = wire_try(&o, &reason);
    if (w == NULL)
        return false;
    wire_say(w, "%s %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\n", is_preflight ? "OPTIONS" : method,
             path_of(row), host, row->origin);
    if (is_preflight)
        wire_say(w, "Access-Control-Request-Method: %s\r\n", method);
    if (is_preflight && row->headers != NULL)
        wire_say(w, "Access-Control-Request-Headers: %s\r\n", row->headers);
    if (!is_preflight && row->headers != NULL && strstr(row->headers, "authorization") != NULL)
        wire_say(w, "Authorization: Basic YWdlbnQxMDAxOng=\r\n");
    wire_say(w, "Content-Length: 0\r\n\r\n");
    bool is = wire_read(w, ret);
    wire_close(w);
    return is;
}

/** Does a browser get to read the answer? */
static bool passes(const struct explain_row *row, bool is_preflight)
{
    struct wire_response r;

    if (!send_one(row, is_preflight, &r))
        return false;
    const char *allowed = wire_field(&r, "access-control-allow-origin");
    bool is = allowed != NULL && strcmp(allowed, row->origin) == 0 && r.status != 403 &&
              (!is_preflight || r.status == 200);
    wire_response_clear(&r);
    return is;
}

/* ---- the shell's word ---- */

static json_t *ask(const struct explain_row *row)
{
    char line[LINE_BYTES];
    explain_row_line(row, line, sizeof line);
    struct proc_result r = lab_cli(&lab, line, "--json", NULL);
    json_t *object = json_loads(r.out, 0, NULL);
    ck_assert_msg(r.status == 0 && object != NULL, "%s: ended with %d: %s%s", row->name, r.status,
                  r.out, r.err);
    proc_result_clear(&r);
    return object;
}

static void run_commands(const struct explain_row *row, const json_t *answer)
{
    const json_t *first = json_array_get(json_object_get(answer, "diagnoses"), 0);
    const json_t *commands = json_object_get(first, "commands");
    char words[LINE_BYTES];
    size_t i = 0;
    json_t *c = NULL;

    ck_assert_msg(json_array_size(commands) > 0, "%s: no commands", row->name);
    json_array_foreach(commands, i, c)
    {
        (void)snprintf(words, sizeof words, "-n %s %s",
                       json_string_value(json_object_get(c, "node")),
                       json_string_value(json_object_get(c, "command")));
        lab_must(&lab, words);
    }
}

/** Rows about what this server does not serve, or not with this configuration, or that take an
 *  hour, are left to tests/cli. */
static bool is_for_the_wire(const struct explain_row *row)
{
    return row->commands[0] != NULL && row->verdict == NULL && row->action == 0 &&
           strncmp(row->node, "cuic", 4) == 0 &&
           (row->conf == NULL || strstr(row->conf, "cors_disabled_answer") == NULL);
}

static void try_row(const struct explain_row *row)
{
    set_up_row(row);
    bool needs_preflight = row->headers != NULL;
    ck_assert_msg(!passes(row, true) && (needs_preflight || !passes(row, false)),
                  "%s: passes already", row->name);
    json_t *answer = ask(row);
    ck_assert_msg(strcmp(json_string_value(json_object_get(answer, "verdict")), "refused") == 0,
                  "%s", row->name);
    run_commands(row, answer);
    json_decref(answer);
    ck_assert_msg(passes(row, true), "%s: the preflight is still refused", row->name);
    ck_assert_msg(passes(row, false), "%s: the request is still refused", row->name);
}

/* Every third row, so that each run is short and all of them are run. */
#define SLICES 3

START_TEST(mended)
{
    size_t n = 0;
    size_t n_run = 0;

    for (size_t i = 0; i < explain_n_rows; i++)
        if (is_for_the_wire(&explain_rows[i]) && n++ % SLICES == (size_t)_i &&
            n_run++ < test_scaled(1000)) /* instrumented runs take some */
            try_row(&explain_rows[i]);
    ck_assert_uint_gt(n, 60);
}
END_TEST

/* ---- stopped services ---- */

/** Nobody answers, or the proxy does, until the commands were run. */
START_TEST(unreached)
{
    size_t n = 0;

    for (size_t i = 0; i < explain_n_rows; i++) {
        const struct explain_row *row = &explain_rows[i];
        if (row->commands[0] == NULL || row->verdict == NULL || row->action != 0 ||
            strcmp(row->verdict, "unreached") != 0 || strncmp(row->node, "cuic", 4) != 0)
            continue;
        n++;
        set_up_row(row);
        struct wire_response r;
        bool is_answered = send_one(row, true, &r);
        ck_assert_msg(!is_answered || r.status == 502, "%s: status %u", row->name, r.status);
        if (is_answered)
            wire_response_clear(&r);
        json_t *answer = ask(row);
        run_commands(row, answer);
        json_decref(answer);
        ck_assert_msg(passes(row, true) && passes(row, false), "%s: still down", row->name);
    }
    ck_assert_uint_gt(n, 5);
}
END_TEST

/* ---- paths ---- */

/* Allowed, or why not: for an origin that is listed, and one that is not. */
#define FILTERED(path, node)                                                                       \
    {                                                                                              \
        node, path, "allowed", "origin-not-listed"                                                 \
    }
#define ALWAYS(path, node, reason)                                                                 \
    {                                                                                              \
        node, path, reason, reason                                                                 \
    }

/** The core's table of paths against what the server does with them. */
static const struct path_row {
    const char *node;
    const char *path;
    const char *listed, *unlisted;
} path_rows[] = {
    FILTERED("/cuic/", "cuicpub"),
    FILTERED("/cuic/rest", "cuicpub"),
    FILTERED("/cuic/nothing", "cuicpub"),
    FILTERED("/cuic/gadget/LiveData/LiveDataGadget.xml", "cuicpub"),
    FILTERED("/cuic/rest/status", "cuicpub"),
    FILTERED("/cuic/rest/status/x", "cuicpub"),
    FILTERED("/cuic/rest/locales/", "cuicpub"),
    FILTERED("/cuic/rest/usersessiondetail/x", "cuicpub"),
    FILTERED("/cuic/rest/genericservices/drf/x", "cuicpub"),
    ALWAYS("/cuic/rest/about", "cuicpub", "login-required"),
    ALWAYS("/cuic/rest/crossdomain", "cuicpub", "login-required"),
    ALWAYS("/cuic/rest/statusx", "cuicpub", "login-required"),
    ALWAYS("/cuic/rest/genericservices/", "cuicpub", "login-required"),
    ALWAYS("/cuic/rest/en_US/views/1", "cuicpub", "login-required"),
    ALWAYS("/cuic/rest/", "cuicpub", "login-required"),
    ALWAYS("/cuic", "cuicpub", "redirected"),
    ALWAYS("/cuicx", "cuicpub", "outside-filter"),
    ALWAYS("/CUIC/", "cuicpub", "outside-filter"),
    ALWAYS("/", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/Main.jsp", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/Login.jsp", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/permalink/", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/gadget/LiveData/LiveDataGadget.xml", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/js/grid.js", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/api/locales/", "cuicpub", "outside-filter"),
    ALWAYS("/cuicui/nothing", "cuicpub", "outside-filter"),
    ALWAYS("/oampui", "cuicpub", "outside-filter"),
    ALWAYS("/oampui/", "cuicpub", "outside-filter"),
    FILTERED("/livedata/security", "cuicpub"),
    FILTERED("/livedata/token/new", "cuicpub"),
    FILTERED("/livedata/elsewhere", "cuicpub"),
    ALWAYS("/livedata", "cuicpub", "outside-filter"),
    FILTERED("/security", "cuicpub"),
    FILTERED("/socket.io/", "cuicpub"),
    FILTERED("/socket.io/x", "cuicpub"),
    ALWAYS("/socket.io", "cuicpub", "outside-filter"),
    FILTERED("/finesse/api/SystemInfo", "finessep"),
    FILTERED("/finesse/api/User/1001", "finessep"), /* its 401 comes from behind the filter */
    FILTERED("/finesse/", "finessep"),
    ALWAYS("/finesse", "finessep", "outside-filter"),
    ALWAYS("/desktop/", "finessep", "outside-filter"),
    ALWAYS("/desktop/logon", "finessep", "outside-filter"),
    ALWAYS("/desktop/assets/js/finesse.js", "finessep", "outside-filter"),
    ALWAYS("/gadgets/ifr", "finessep", "outside-filter"),
    ALWAYS("/gadgets/makeRequest", "finessep", "outside-filter"),
    ALWAYS("/3rdpartygadget/files/x.xml", "finessep", "outside-filter"),
    ALWAYS("/", "finessep", "outside-filter"),
};

/** "/cuic" of "/cuic" and "Location: /cuic/". */
static bool is_slash_added(const struct wire_response *r, const char *path)
{
    const char *location = wire_field(r, "location");
    size_t n = strlen(path);

    return location != NULL && strncmp(location, path, n) == 0 && strcmp(location + n, "/") == 0;
}

/** What a browser makes of an answer: "allowed", or what explain calls it. */
static const char *seen_of(const struct explain_row *row, const struct wire_response *r)
{
    const char *allowed = wire_field(r, "access-control-allow-origin");

    if (allowed != NULL) {
        ck_assert_msg(strcmp(allowed, row->origin) == 0, "%s: %s", row->path, allowed);
        return "allowed";
    }
    if (r->status == 403)
        return "origin-not-listed";
    if (r->status == 401 && strncmp(row->path, "/cuic/", 6) == 0)
        return "login-required";
    return is_slash_added(r, row->path) && strncmp(row->path, "/cuic", 6) == 0 ? "redirected"
                                                                               : "outside-filter";
}

static long long sent; /* and recorded, of one lab */

/** The trace has the reason that the answer shows. */
static void check_recorded(const struct explain_row *row, const char *seen)
{
    traced_wait(&lab, sent);
    const char *reason = traced_last(&lab, "reason");
    ck_assert_msg(strcmp(seen, "allowed") == 0 ? strstr(reason, "-allowed") != NULL
                                               : strcmp(seen, reason) == 0,
                  "%s from %s: '%s' seen, '%s' recorded", row->path, row->origin, seen, reason);
}

/** As a browser goes on: behind a preflight that passed comes the request. */
static const char *ask_wire(const struct explain_row *row)
{
    const char *seen = "allowed";

    for (int step = row->headers != NULL ? 0 : 1; step < 2 && strcmp(seen, "allowed") == 0;
         step++) {
        struct wire_response r;
        ck_assert_msg(send_one(row, step == 0, &r), "%s: no answer", row->path);
        seen = seen_of(row, &r);
        wire_response_clear(&r);
        sent++;
        check_recorded(row, seen);
    }
    return seen;
}

static void try_path(const struct path_row *p, const char *origin, const char *headers,
                     const char *wanted)
{
    const struct explain_row row = {
        .name = p->path, .node = p->node, .origin = origin, .headers = headers, .path = p->path};
    const char *seen = ask_wire(&row);
    json_t *answer = ask(&row);
    const char *verdict = json_string_value(json_object_get(answer, "verdict"));
    const char *said = strcmp(verdict, "allowed") == 0
                           ? verdict
                           : json_string_value(json_object_get(answer, "reason"));

    ck_assert_msg(strcmp(seen, said) == 0, "%s%s from %s: '%s' foretold, '%s' seen", p->node,
                  p->path, origin, said, seen);
    ck_assert_msg(wanted == NULL || strcmp(seen, wanted) == 0, "%s%s from %s: %s", p->node, p->path,
                  origin, seen);
    json_decref(answer);
}

static void start_both(void)
{
    sent = 0;
    start_article(&lab, "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"
                        "listen finesse { addresses = {\"127.0.0.1:0\"}"
                        " hostnames = {\"finessep.uccelab.tac\", \"finesses.uccelab.tac\"} }\n");
    lab_must(&lab, "-n finessep utils finesse cors enable");
    lab_must(&lab, "-n finessep utils finesse cors allowed_origin add " LISTED);
}

/* Half of them each. */
START_TEST(paths)
{
    for (size_t i = (size_t)_i; i < COUNT(path_rows); i += 2) {
        const struct path_row *p = &path_rows[i];
        try_path(p, LISTED, NULL, p->listed);
        try_path(p, "https://never.example", NULL, p->unlisted);
        try_path(p, LISTED, "content-type", NULL); /* with a preflight */
        try_path(p, "https://never.example", "content-type", NULL);
    }
}
END_TEST

Suite *suite_explain(void)
{
    Suite *s = suite_create("explain");
    TCase *tc = new_case(s, "explain");

    tcase_set_tags(tc, LONG);
    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, mended, 0, SLICES);
    tcase_add_test(tc, unreached);
    tc = new_case(s, "paths");
    tcase_add_checked_fixture(tc, start_both, stop);
    tcase_add_loop_test(tc, paths, 0, 2);
    return s;
}
