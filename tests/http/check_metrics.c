/* /metrics and /healthz. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "desktop.h"
#include "live.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    console_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- the format ---- */

static bool is_name(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!((s[i] >= 'a' && s[i] <= 'z') || s[i] == '_' || (i > 0 && s[i] >= '0' && s[i] <= '9')))
            return false;
    return n > 0;
}

/** {name="value",...}: NULL when it is not, else what follows. */
static const char *skip_labels(const char *p)
{
    if (*p != '{')
        return p;
    do {
        size_t n = strcspn(++p, "=");
        if (!is_name(p, n) || p[n + 1] != '"')
            return NULL;
        p += n + 2;
        n = strcspn(p, "\"\\\n");
        if (p[n] != '"')
            return NULL;
        p += n + 1;
    } while (*p == ',');
    return *p == '}' ? p + 1 : NULL;
}

/** "NAME{LABELS} VALUE" of the family that was announced last. */
static void check_sample(const char *line, const char *family)
{
    size_t n = strcspn(line, "{ ");
    const char *rest = skip_labels(line + n);
    char *end = NULL;

    ck_assert_msg(strlen(family) == n && strncmp(line, family, n) == 0, "'%s' is of %s", line,
                  family);
    ck_assert_msg(rest != NULL && *rest == ' ', "labels of '%s'", line);
    double value = strtod(rest + 1, &end);
    ck_assert_msg(*end == '\0' && value >= 0, "value of '%s'", line);
}

/** The text format 0.0.4: HELP and TYPE once for each family, in front of its samples. Counters are
 *  called *_total, and nothing else is. @source
 * https://prometheus.io/docs/instrumenting/exposition_formats/ */
static void check_format(const char *text)
{
    char family[128] = "";
    char type[32] = "";
    char seen[16384] = "\n";
    char *copy = strdup(text);
    char *save = NULL;
    size_t samples = 0;

    ck_assert_msg(text[strlen(text) - 1] == '\n', "no line end at the end");
    for (char *line = strtok_r(copy, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        char mark[160];
        if (strncmp(line, "# HELP ", 7) == 0) {
            (void)snprintf(family, sizeof family, "%.*s", (int)strcspn(line + 7, " "), line + 7);
            (void)snprintf(mark, sizeof mark, "\n%s\n", family);
            ck_assert_msg(strstr(seen, mark) == NULL, "%s twice", family);
            ck_assert_uint_lt(strlen(seen) + strlen(mark), sizeof seen);
            (void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s\n", family);
            ck_assert_msg(is_name(family, strlen(family)), "%s", line);
        } else if (strncmp(line, "# TYPE ", 7) == 0) {
            ck_assert_msg(sscanf(line, "# TYPE %*s %31s", type) == 1, "%s", line);
            bool is_total =
                strlen(family) > 6 && strcmp(family + strlen(family) - 6, "_total") == 0;
            ck_assert_msg(is_total == (strcmp(type, "counter") == 0), "%s", line);
            ck_assert_msg(is_total || strcmp(type, "gauge") == 0, "%s", line);
        } else {
            check_sample(line, family);
            samples++;
        }
    }
    ck_assert_uint_gt(samples, 15);
    free(copy);
}

/** No series is there twice. */
static void check_series(const char *text)
{
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        char series[512];
        size_t n = strcspn(line, "\n");
        while (n > 0 && line[n] != ' ')
            n--;
        (void)snprintf(series, sizeof series, "\n%.*s ", (int)n, line);
        const char *first = strstr(text, series);
        ck_assert_msg(line[0] == '#' || first == NULL || strstr(first + 1, series) == NULL, "%s",
                      series);
    }
}

/** Debian's promtool, where somebody has installed it. */
static void ask_promtool(const char *text)
{
    char path[128];
    const char *const argv[] = {"/bin/sh", "-c", "exec promtool check metrics <\"$0\"", path, NULL};

    if (access("/usr/bin/promtool", X_OK) != 0) {
        (void)printf("not tested: promtool is not installed\n");
        return;
    }
    (void)snprintf(path, sizeof path, "%s/metrics", lab.dir);
    test_write_file(path, text, strlen(text));
    struct proc_result r = proc_run(argv, NULL, NULL);
    ck_assert_msg(r.status == 0 && r.out[0] == '\0' && r.err[0] == '\0', "promtool: %s%s", r.out,
                  r.err);
    proc_result_clear(&r);
}

/* ---- values ---- */

/** The value of a series, written as it stands there; -1: there is none. */
static double value_in(const char *text, const char *series)
{
    char start[320];

    (void)snprintf(start, sizeof start, "\n%s ", series);
    const char *at = strstr(text, start);
    return at == NULL ? -1 : strtod(at + strlen(start), NULL);
}

static double metric(const char *series)
{
    char *text = console_text(&lab, "/metrics");
    double value = value_in(text, series);

    free(text);
    return value;
}

struct expectation {
    const char *series;
    double value;
};

static bool is_as_expected(void *arg)
{
    const struct expectation *x = arg;

    return metric(x->series) == x->value;
}

static void await(const char *series, double value)
{
    struct expectation x = {series, value};

    test_until(is_as_expected, &x, series);
}

#define EXCHANGES(node, service, class, reason, status)                                            \
    "cuicsim_exchanges_total{node=\"" node "\",service=\"" service                                 \
    "\",class=\"" class "\",reason=\"" reason "\",status=\"" status "\"}"

/** One request, and the series that it counts in. */
static const struct count_row {
    const char *host, *method, *path, *lines;
    const char *series;
} count_rows[] = {
    {SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY),
     EXCHANGES("cuicsub", "cuic", "preflight", "origin-not-listed", "403")},
    {PUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY),
     EXCHANGES("cuicpub", "cuic", "preflight", "preflight-allowed", "200")},
    {PUB, "GET", "/cuic/", "Origin: " LISTED "\r\n",
     EXCHANGES("cuicpub", "cuic", "actual", "actual-allowed", "200")},
    {PUB, "GET", "/cuic/x", "Origin: " LISTED "\r\n",
     EXCHANGES("cuicpub", "cuic", "actual", "actual-allowed", "404")},
    {PUB, "GET", "/cuic/", "", EXCHANGES("cuicpub", "cuic", "not-cors", "no-origin", "200")},
    {PUB, "PATCH", "/cuic/", "Origin: " LISTED "\r\n",
     EXCHANGES("cuicpub", "cuic", "actual", "method-not-allowed", "403")},
    {PUB, "GET", "/cuic", "", EXCHANGES("cuicpub", "cuic", "", "redirected", "302")},
    {PUB, "GET", "/nowhere", "", EXCHANGES("cuicpub", "cuic", "", "outside-filter", "404")},
    {PUB, "GET", "ftp:cuic", "", EXCHANGES("cuicpub", "cuic", "", "", "400")},
    {PUB, "GET", "/cuic/rest/about", "", EXCHANGES("cuicpub", "cuic", "", "login-required", "401")},
    {SUB, "OPTIONS", "/socket.io/", PREFLIGHT_LINES(LISTED),
     EXCHANGES("cuicsub", "live-data", "preflight", "preflight-allowed", "200")},
};

START_TEST(exchanges)
{
    for (size_t i = 0; i < COUNT(count_rows); i++) {
        const struct count_row *row = &count_rows[i];
        double before = metric(row->series);
        ck_assert_msg(before == -1, "%s: %g before", row->series, before);
        for (size_t n = 0; n <= i % 3; n++)
            (void)gadget(&lab, row->host, row->method, row->path, row->lines);
        double after = metric(row->series);
        ck_assert_msg(after == (double)(i % 3 + 1), "%s: %g", row->series, after);
    }
    ck_assert_msg(metric("cuicsim_exchanges_unlabelled_total") == 0, "some have no labels");
}
END_TEST

/** What the list of exchanges shows is what is counted: not what the desktop asks for itself. */
START_TEST(the_simulators_own)
{
    static const char counted[] = EXCHANGES("finessep", "finesse", "", "outside-filter", "200");
    static const char *const own[] = {"people", "places", "icon.svg"};
    struct lab desk;

    desktop_start(&desk, "listen console { addresses = {\"127.0.0.1:0\"} }\n");
    struct lab console = {.port = {desk.port[2]}};
    struct wire *w = desktop_open(&desk);
    for (size_t i = 0; i < COUNT(own); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "/desktop/sim/%s", own[i]);
        desktop_expect(w, "GET", path, "", NULL, 200, "");
    }
    char *before = console_text(&console, "/metrics");
    ck_assert_msg(strstr(before, "cuicsim_exchanges_total{") == NULL, "%s", before);
    free(before);
    desktop_expect(w, "GET", "/desktop/logon", "", NULL, 200, "");
    char *after = console_text(&console, "/metrics");
    ck_assert_msg(value_in(after, counted) == 1, "%s", after);
    free(after);
    wire_close(w);
    lab_clear(&desk);
}
END_TEST

START_TEST(format)
{
    for (size_t i = 0; i < COUNT(count_rows); i++)
        (void)gadget(&lab, count_rows[i].host, count_rows[i].method, count_rows[i].path,
                     count_rows[i].lines);
    struct wire_response r = console_ask(&lab, "GET", "/metrics", "", NULL);
    ck_assert_str_eq(wire_field(&r, "content-type"), "text/plain; version=0.0.4; charset=utf-8");
    check_format(r.body);
    check_series(r.body);
    ask_promtool(r.body);
    wire_response_clear(&r);
}
END_TEST

/** Both kinds of handshake, and one that fails; connections while they are open. */
START_TEST(connections)
{
    struct wire *first = wire_open(lab.port[1], PUB);
    double before = metric("cuicsim_connections{site=\"cuic\"}");

    ck_assert_uint_eq(preflight(first, PUB, LISTED), 200); /* tickets come with the answer */
    SSL_SESSION *session = SSL_get1_session(wire_ssl(first));
    const struct wire_options o = {.port = lab.port[1], .sni = PUB, .session = session};
    struct wire *second = wire_try(&o, NULL);
    ck_assert_ptr_nonnull(second);
    ck_assert_int_eq(SSL_session_reused(wire_ssl(second)), 1);
    ck_assert_uint_eq(preflight(second, PUB, LISTED), 200);
    ck_assert(before == 1);
    ck_assert(metric("cuicsim_connections{site=\"cuic\"}") == 2);
    ck_assert(metric("cuicsim_tls_handshakes_total{site=\"cuic\",result=\"full\"}") == 1);
    ck_assert(metric("cuicsim_tls_handshakes_total{site=\"cuic\",result=\"resumed\"}") == 1);
    SSL_SESSION_free(session);
    wire_close(first);
    wire_close(second);
    struct wire *plain = wire_open_plain(lab.port[1]);
    wire_say(plain, "GET / HTTP/1.1\r\n\r\n");
    free(wire_read_to_end(plain, NULL));
    wire_close(plain);
    await("cuicsim_connections{site=\"cuic\"}", 0);
    await("cuicsim_tls_handshakes_total{site=\"cuic\",result=\"failed\"}", 1);
    ck_assert(metric("cuicsim_connections_total{site=\"cuic\"}") == 3);
    ck_assert(metric("cuicsim_tls_handshakes_total{site=\"cuic\",result=\"full\"}") == 1);
}
END_TEST

/** TLS 1.2 counts in the same way. */
START_TEST(connections_of_tls_1_2)
{
    struct wire_options o = {.port = lab.port[1], .sni = PUB, .max_version = TLS1_2_VERSION};
    struct wire *w = wire_try(&o, NULL);

    ck_assert_ptr_nonnull(w);
    ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    o.session = SSL_get1_session(wire_ssl(w));
    struct wire *again = wire_try(&o, NULL);
    ck_assert_ptr_nonnull(again);
    ck_assert_uint_eq(preflight(again, PUB, LISTED), 200);
    bool is_resumed = SSL_session_reused(wire_ssl(again)) == 1;
    ck_assert(metric("cuicsim_tls_handshakes_total{site=\"cuic\",result=\"full\"}") ==
              (is_resumed ? 1 : 2));
    ck_assert(metric("cuicsim_tls_handshakes_total{site=\"cuic\",result=\"resumed\"}") ==
              (is_resumed ? 1 : 0));
    SSL_SESSION_free(o.session);
    wire_close(w);
    wire_close(again);
}
END_TEST

/** Each change of settings is taken over once, however many threads see it. */
START_TEST(policy_swaps)
{
    double before = metric("cuicsim_policy_swaps_total");
    double revision = metric("cuicsim_policy_revision");

    lab_must(&lab, "utils cuic cors disable");
    ck_assert_uint_eq(preflight_once(&(struct lab){.port = {lab.port[1]}}, PUB, LISTED), 403);
    ck_assert(metric("cuicsim_policy_revision") == revision + 1);
    ck_assert(metric("cuicsim_policy_swaps_total") == before + 1);
}
END_TEST

START_TEST(trace)
{
    ck_assert(metric("cuicsim_trace_dropped_total") == 0);
    ck_assert(metric("cuicsim_trace_queue_capacity") > 0);
    double before = metric("cuicsim_trace_written_total");
    for (int i = 0; i < 5; i++)
        (void)gadget(&lab, PUB, "GET", "/cuic/", "");
    await("cuicsim_trace_written_total", before + 5);
    await("cuicsim_trace_queue_length", 0);
}
END_TEST

START_TEST(consoles)
{
    struct events *e = events_open(&lab, "");

    ck_assert(metric("cuicsim_console_streams") == 1);
    events_close(e);
}
END_TEST

START_TEST(socketio_clients)
{
    struct lab other;
    char sid[SID_MAX];

    lab_init(&other, "listen live-data { addresses = {\"127.0.0.1:0\"} }\n"
                     "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"
                     "listen console { addresses = {\"127.0.0.1:0\"} }\n");
    lab_must(&other, "lab reset article");
    lab_start_server(&other);
    struct wire *poll = live_poll(&other, sid);
    struct wire *ws = live_ws(&other);
    struct lab console = {.port = {other.port[2]}};
    char *text = console_text(&console, "/metrics");
    ck_assert(value_in(text, "cuicsim_socketio_clients{transport=\"polling\"}") == 1);
    ck_assert(value_in(text, "cuicsim_socketio_clients{transport=\"websocket\"}") == 1);
    free(text);
    wire_close(poll);
    wire_close(ws);
    lab_clear(&other);
}
END_TEST

/** No trace: nothing is said about one. */
START_TEST(without_a_trace)
{
    struct lab other;

    console_start(&other, "trace { enabled = no }\n");
    (void)gadget(&other, PUB, "GET", "/cuic/", "");
    char *text = console_text(&other, "/metrics");
    check_format(text);
    ck_assert_ptr_null(strstr(text, "cuicsim_trace_"));
    ck_assert(value_in(text, count_rows[4].series) == 1);
    free(text);
    json_t *o = console_json(&other, "/api/lab");
    ck_assert(json_is_false(json_at(o, "trace.enabled")));
    json_decref(o);
    o = console_json(&other, "/api/exchanges");
    ck_assert_uint_eq(json_array_size(json_object_get(o, "list")), 0);
    json_decref(o);
    lab_clear(&other);
}
END_TEST

START_TEST(start_and_version)
{
    char *text = console_text(&lab, "/metrics");
    const char *version = strstr(text, "\ncuicsim_build_info{version=\"");

    ck_assert_ptr_nonnull(version);
    ck_assert(value_in(text, "process_start_time_seconds") > 1.7e9);
    free(text);
}
END_TEST

/* ---- health ---- */

START_TEST(well)
{
    struct wire_response r = console_ask(&lab, "GET", "/healthz", "", NULL);

    ck_assert_uint_eq(r.status, 200);
    ck_assert_str_eq(r.body, "{\"ok\":true,\"problems\":[]}");
    wire_response_clear(&r);
}
END_TEST

static bool is_unwell(void *arg)
{
    struct wire_response r = console_ask(&lab, "GET", "/healthz", "", NULL);
    bool is = r.status == 503 && strstr(r.body, arg) != NULL;

    wire_response_clear(&r);
    return is;
}

static bool is_well(void *arg)
{
    struct wire_response r = console_ask(&lab, "GET", "/healthz", "", NULL);
    bool is = r.status == 200;

    (void)arg;
    wire_response_clear(&r);
    return is;
}

/** A store that cannot be read: exchanges go on, health does not; and it comes back. */
START_TEST(store_lost)
{
    size_t n = 0;
    char *good = test_read_file(lab_path(&lab, "state/cuicsim.db"), &n);
    char text[] = "the store cannot be read";
    char garbage[4096];

    ck_assert_ptr_nonnull(good);
    memset(garbage, 'g', sizeof garbage);
    ck_assert_int_eq(unlink(lab_path(&lab, "state/cuicsim.db")), 0);
    test_write_file(lab_path(&lab, "state/cuicsim.db"), garbage, sizeof garbage);
    test_until(is_unwell, text, "health tells of the store");
    ck_assert_uint_eq(gadget(&lab, PUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(LISTED)), 200);
    struct wire_response r = console_ask(&lab, "GET", "/api/state", "", NULL);
    ck_assert_uint_eq(r.status, 503);
    ck_assert_ptr_nonnull(strstr(r.body, "cuicsim.db"));
    wire_response_clear(&r);
    free(good);
    ck_assert_int_eq(unlink(lab_path(&lab, "state/cuicsim.db")), 0);
    (void)unlink(lab_path(&lab, "state/cuicsim.db-wal"));
    (void)unlink(lab_path(&lab, "state/cuicsim.db-shm"));
    lab_must(&lab, "lab reset article");
    test_until(is_well, NULL, "health comes back");
}
END_TEST

Suite *suite_metrics(void)
{
    Suite *s = suite_create("metrics");
    TCase *tc = new_case(s, "metrics");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, exchanges);
    tcase_add_test(tc, the_simulators_own);
    tcase_add_test(tc, format);
    tcase_add_test(tc, connections);
    tcase_add_test(tc, connections_of_tls_1_2);
    tcase_add_test(tc, policy_swaps);
    tcase_add_test(tc, trace);
    tcase_add_test(tc, consoles);
    tcase_add_test(tc, socketio_clients);
    tcase_add_test(tc, without_a_trace);
    tcase_add_test(tc, start_and_version);
    tcase_add_test(tc, well);
    tcase_add_test(tc, store_lost);
    return s;
}
