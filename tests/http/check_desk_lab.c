/* What the simulator tells gadgets beyond the product: where the sites are, why a request fails,
 * and which exchanges there were. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "desktop.h"
#include "suites.h"
#include "traced.h"

#define ORIGIN    "https://" FIN ":8445"
#define SUB       "cuicsub.uccelab.tac"
#define PUB       "cuicpub.uccelab.tac"
#define EXPLAIN   "/desktop/sim/explain?"
#define EXCHANGES "/desktop/sim/exchanges?"
#define FROM      "&origin=" ORIGIN
#define REFUSED   "Only gadgets of this desktop"

static struct lab lab;

static void start(void)
{
    desktop_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- who may ask, and how ---- */

static const struct {
    const char *name, *path, *lines;
    unsigned status;
    const char *part;
} rows[] = {
    {"refused", EXPLAIN "url=https://" SUB "/cuic/" FROM "&method=OPTIONS", "", 200,
     "\"verdict\":\"refused\",\"reason\":\"origin-not-listed\""},
    {"titles", EXPLAIN "url=https://" SUB "/cuic/" FROM, "", 200,
     "\"title\":\"Listed only on another node\""},
    {"whom it is about", EXPLAIN "url=https://" SUB ":12005/livedata/token/new" FROM, "", 200,
     "\"node\":\"cuicsub\",\"service\":\"Live Data\",\"waits_for_restart\":false"},
    {"allowed", EXPLAIN "url=https://" PUB "/cuic/" FROM, "", 200, "\"verdict\":\"allowed\""},
    {"a header", EXPLAIN "url=https://" PUB "/cuic/" FROM "&headers=requestid", "", 200,
     "\"reason\":\"request-header-not-allowed\""},
    {"a method", EXPLAIN "url=https://" PUB "/cuic/" FROM "&method=PATCH", "", 200,
     "\"reason\":\"request-method-not-allowed\""},
    {"by address", EXPLAIN "url=https://127.0.0.1:8444/cuic/" FROM, "", 200,
     "\"node\":\"cuicpub\""},
    {"the other Finesse", EXPLAIN "url=https://" FIN2 ":8445/finesse/api/SystemInfo" FROM, "", 200,
     "\"node\":\"finesses\",\"service\":\"Finesse\""},
    {"no node", EXPLAIN "url=https://example.com/" FROM, "", 200, "{\"known\":false}"},
    {"no URL at all", EXPLAIN "url=%00%ff" FROM, "", 200, "{\"known\":false}"},
    {"no url", EXPLAIN "x=1" FROM, "", 400, "are needed"},
    {"no origin", EXPLAIN "url=https://" SUB "/cuic/", "", 400, "are needed"},
    {"nothing", "/desktop/sim/explain", "", 400, "are needed"},
    {"own page", EXPLAIN "url=https://" SUB "/cuic/" FROM, "Origin: " ORIGIN "\r\n", 200,
     "verdict"},
    {"another page", EXPLAIN "url=https://" SUB "/cuic/" FROM, "Origin: https://x.example\r\n", 403,
     REFUSED},
    {"the other node's page", "/desktop/sim/places", "Origin: https://" FIN2 ":8445\r\n", 403,
     REFUSED},
    {"a page without origin", "/desktop/sim/exchanges", "Origin: null\r\n", 403, REFUSED},
    {"no number", EXCHANGES "after=x", "", 400, "number of a record"},
    {"a number too large", EXCHANGES "after=99999999999999999999", "", 400, "number of a record"},
    {"only the last number", "/desktop/sim/exchanges", "", 200, "\"preflight\":null"},
};

START_TEST(answers)
{
    struct wire *w = desktop_open(&lab);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wire_response r = desktop_ask(w, "GET", rows[i].path, rows[i].lines, NULL);
        ck_assert_msg(r.status == rows[i].status, "%s: %u %s", rows[i].name, r.status, r.body);
        ck_assert_msg(strstr(r.body, rows[i].part) != NULL, "%s: %s", rows[i].name, r.body);
        ck_assert_msg(wire_count(&r, "access-control-") == 0, "%s: for other origins",
                      rows[i].name);
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/** A page whose name was pointed at us is no page of ours. */
START_TEST(names)
{
    static const struct {
        const char *host;
        unsigned status;
    } hosts[] = {
        {FIN ":8445", 200},     {FIN, 200},         {"FINESSES.uccelab.tac:8445", 200},
        {"localhost", 200},     {"127.0.0.1", 200}, {"[::1]:8445", 200},
        {"evil.example", 403},  {PUB, 403},         {"localhost.evil.example", 403},
        {"127.0.0.1.nip", 403}, {"10.0.0.1", 403},
    };
    static const char *const paths[] = {"places", "exchanges",
                                        "explain?url=https://" SUB "/cuic/" FROM};
    struct wire *w = desktop_open(&lab);

    for (size_t i = 0; i < COUNT(hosts); i++)
        for (size_t k = 0; k < COUNT(paths); k++) {
            struct wire_response r;
            wire_say(w, "GET /desktop/sim/%s HTTP/1.1\r\nHost: %s\r\n\r\n", paths[k],
                     hosts[i].host);
            ck_assert(wire_read(w, &r));
            ck_assert_msg(r.status == hosts[i].status, "%s, %s: %u", hosts[i].host, paths[k],
                          r.status);
            wire_response_clear(&r);
        }
    wire_close(w);
}
END_TEST

/* ---- where ---- */

START_TEST(places)
{
    struct wire *w = desktop_open(&lab);
    json_t *j = desktop_json(w, "/desktop/sim/places", "");
    char *got = json_dumps(j, JSON_COMPACT);

    /* The lab's ports are whatever was free: those of the product are what a browser maps. There is
     * no address of Live Data's own, and the page's own node is no other origin. */
    ck_assert_str_eq(got,
                     "{\"places\":["
                     "{\"node\":\"cuicpub\",\"title\":\"CUIC\",\"url\":\"https://" PUB "/cuic/\"},"
                     "{\"node\":\"cuicsub\",\"title\":\"CUIC\",\"url\":\"https://" SUB "/cuic/\"},"
                     "{\"node\":\"finesses\",\"title\":\"Finesse\",\"url\":\"https://" FIN2
                     ":8445/finesse/api/SystemInfo\"}]}");
    free(got);
    json_decref(j);
    wire_close(w);
}
END_TEST

/* ---- the same words as the shell's ---- */

static json_t *by_shell(const char *node, const char *method, const char *path)
{
    struct proc_result r = lab_cli(&lab, NULL, "--json", "lab", "explain", "--node", node,
                                   "--origin", ORIGIN, "--method", method, "--path", path, NULL);
    json_t *j = json_loads(r.out, 0, NULL);

    ck_assert_msg(j != NULL, "%s%s", r.out, r.err);
    proc_result_clear(&r);
    return j;
}

static void expect_same(struct wire *w, const char *node, const char *method, const char *path)
{
    char query[512];
    size_t i = 0;
    json_t *one = NULL;

    (void)snprintf(query, sizeof query, EXPLAIN "url=https://%s.uccelab.tac%s" FROM "&method=%s",
                   node, path, method);
    json_t *got = desktop_json(w, query, "");
    json_t *want = by_shell(node, method, path);
    json_array_foreach(json_object_get(got, "diagnoses"), i, one)
    {
        ck_assert_ptr_nonnull(json_string_value(json_object_get(one, "title")));
        (void)json_object_del(one, "title");
    }
    for (size_t k = 0; k < 3; k++) {
        static const char *const key[] = {"verdict", "reason", "diagnoses"};
        ck_assert_msg(json_equal(json_object_get(got, key[k]), json_object_get(want, key[k])),
                      "%s of %s %s on %s", key[k], method, path, node);
    }
    json_decref(got);
    json_decref(want);
}

START_TEST(as_the_shell)
{
    struct wire *w = desktop_open(&lab);

    for (int round = 0; round < 2; round++) {
        expect_same(w, "cuicpub", "OPTIONS", "/cuic/");
        expect_same(w, "cuicsub", "OPTIONS", "/cuic/");
        expect_same(w, "cuicsub", "GET", "/livedata/token/new");
        expect_same(w, "cuicsub", "PATCH", "/cuic/");
        expect_same(w, "cuicpub", "GET", "/elsewhere");
        lab_must(&lab, "utils cuic cors disable"); /* of the first node: told at once */
    }
    wire_close(w);
}
END_TEST

/* ---- exchanges ---- */

/** One request to CUIC; the answer's status. */
static unsigned ask_cuic(const char *host, const char *lines)
{
    struct wire *w = wire_open(lab.port[1], host);
    struct wire_response r;

    wire_say(w,
             "OPTIONS /cuic/ HTTP/1.1\r\nHost: %s\r\nCookie: JSESSIONID=0123456789\r\n"
             "Authorization: Basic c2VjcmV0OnNlY3JldA==\r\n%s\r\n",
             host, lines);
    ck_assert(wire_read(w, &r));
    unsigned status = r.status;
    wire_response_clear(&r);
    wire_close(w);
    return status;
}

/** Ask until there is an exchange of that kind; the whole answer. */
static json_t *await_exchange(struct wire *w, const char *host, json_int_t after, const char *kind)
{
    char path[512];
    json_t *j = NULL;

    (void)snprintf(path, sizeof path, EXCHANGES "url=https://%s/cuic/" FROM "&after=%lld", host,
                   (long long)after);
    for (time_t end = time(NULL) + PROC_DEADLINE_MS / 1000; time(NULL) < end; json_decref(j)) {
        j = desktop_json(w, path, "");
        if (json_is_object(json_object_get(j, kind)))
            return j;
    }
    ck_abort_msg("no %s on %s", kind, host);
    return NULL;
}

static const char *text_of(const json_t *j, const char *kind, const char *key)
{
    const char *text = json_string_value(json_object_get(json_object_get(j, kind), key));

    ck_assert_msg(text != NULL, "%s.%s", kind, key);
    return text;
}

static json_int_t number_of(const json_t *j, const char *kind, const char *key)
{
    return json_integer_value(json_object_get(kind == NULL ? j : json_object_get(j, kind), key));
}

START_TEST(pairs)
{
    static const char preflight[] =
        "Origin: " ORIGIN "\r\nAccess-Control-Request-Method: OPTIONS\r\n";
    struct wire *w = desktop_open(&lab);

    /* Each on a connection of its own: they are recorded in this order when nobody hurries. */
    ck_assert_uint_eq(ask_cuic(PUB, preflight), 200);
    traced_wait(&lab, 1);
    ck_assert_uint_eq(ask_cuic(PUB, "Origin: " ORIGIN "\r\n"), 200);
    traced_wait(&lab, 2);
    ck_assert_uint_eq(ask_cuic(SUB, preflight), 403);
    traced_wait(&lab, 3);
    ck_assert_uint_eq(ask_cuic(PUB, "Origin: https://" FIN2 ":8445\r\n"), 200); /* not this page */
    traced_wait(&lab, 4);

    json_t *j = await_exchange(w, PUB, 0, "request");
    ck_assert_ptr_nonnull(
        strstr(text_of(j, "preflight", "request"), "Request-Method: OPTIONS\r\n"));
    ck_assert_ptr_null(strstr(text_of(j, "request", "request"), "Access-Control-Request-Method"));
    ck_assert_ptr_nonnull(strstr(text_of(j, "request", "request"), "Origin: " ORIGIN "\r\n"));
    ck_assert_ptr_nonnull(strstr(text_of(j, "request", "response"), "\r\nallow: GET"));
    ck_assert_int_eq(number_of(j, "preflight", "status"), 200);
    ck_assert(json_is_false(json_object_get(j, "remembered")));
    char *all = json_dumps(j, 0);
    ck_assert_ptr_null(strstr(all, "c2VjcmV0"));
    ck_assert_ptr_null(strstr(all, "0123456789"));
    free(all);
    json_int_t first = number_of(j, "request", "id");
    json_decref(j);

    j = await_exchange(w, SUB, first, "preflight");
    ck_assert(json_is_null(json_object_get(j, "request")));
    ck_assert_int_eq(number_of(j, "preflight", "status"), 403);
    ck_assert_str_eq(text_of(j, "preflight", "reason"), "origin-not-listed");
    json_int_t last = number_of(j, NULL, "last");
    json_decref(j);

    /* The browser remembers: the request alone is new. */
    ck_assert_uint_eq(ask_cuic(PUB, "Origin: " ORIGIN "\r\n"), 200);
    j = await_exchange(w, PUB, last, "request");
    ck_assert(json_is_true(json_object_get(j, "remembered")));
    ck_assert_int_lt(number_of(j, "preflight", "id"), first);
    ck_assert_int_gt(number_of(j, "request", "id"), last);
    json_decref(j);
    wire_close(w);
}
END_TEST

/** A file that somebody has locked is written late: `coming` tells that there is more. */
START_TEST(written_late)
{
    struct wire *w = desktop_open(&lab);
    sqlite3 *locker = NULL;
    json_int_t last = 0;
    json_int_t coming = 0;

    ck_assert_uint_eq(ask_cuic(PUB, "Origin: " ORIGIN "\r\n"), 200);
    json_decref(await_exchange(w, PUB, 0, "request"));
    ck_assert_int_eq(sqlite3_open(lab_path(&lab, "state/trace.db"), &locker), SQLITE_OK);
    (void)sqlite3_busy_timeout(locker, 60000);
    ck_assert_int_eq(sqlite3_exec(locker, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_uint_eq(ask_cuic(PUB, "Origin: " ORIGIN "\r\n"), 200);
    for (time_t end = time(NULL) + 60; coming <= last && time(NULL) < end;) {
        json_t *j = desktop_json(w, EXCHANGES, "");
        last = number_of(j, NULL, "last");
        coming = number_of(j, NULL, "coming");
        json_decref(j);
    }
    ck_assert_int_eq(coming, last + 1);
    ck_assert_int_eq(sqlite3_exec(locker, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(locker);
    json_decref(await_exchange(w, PUB, last, "request")); /* whose `last` may be of before */
    json_t *j = desktop_json(w, EXCHANGES, "");
    ck_assert_int_eq(number_of(j, NULL, "last"), coming);
    ck_assert_int_eq(number_of(j, NULL, "coming"), coming);
    json_decref(j);
    wire_close(w);
}
END_TEST

static json_int_t last_record(struct wire *w)
{
    json_t *j = desktop_json(w, "/desktop/sim/exchanges", "");
    json_int_t last = number_of(j, NULL, "last");

    json_decref(j);
    return last;
}

/** What the simulator's own pages ask for is not recorded; the product's part of the site is. */
START_TEST(own_requests)
{
    struct wire *w = desktop_open(&lab);

    desktop_expect(w, "GET", "/desktop/sim/places", "", NULL, 200, "");
    desktop_expect(w, "GET", "/desktop/sim/nothing", "", NULL, 404, "");
    desktop_expect(w, "GET", "/desktop/logon", "", NULL, 200, "");
    for (time_t end = time(NULL) + PROC_DEADLINE_MS / 1000;
         last_record(w) == 0 && time(NULL) < end;)
        ;
    desktop_expect(w, "GET", "/desktop/sim/places", "", NULL, 200, "");
    desktop_expect(w, "GET", "/finesse/api/SystemInfo", FIN_BASIC, NULL, 200, "");
    for (time_t end = time(NULL) + PROC_DEADLINE_MS / 1000;
         last_record(w) == 1 && time(NULL) < end;)
        ;
    ck_assert_int_eq(last_record(w), 2);
    wire_close(w);
}
END_TEST

/** While the store cannot be read there is no explanation, and a word on why. */
START_TEST(no_store)
{
    struct wire *w = desktop_open(&lab);
    char path[256];

    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, "state/cuicsim.db"));
    test_write_file(path, "no database", 11);
    desktop_expect(w, "GET", EXPLAIN "url=https://" SUB "/cuic/" FROM, "", NULL, 503, "cuicsim.db");
    wire_close(w);
}
END_TEST

Suite *suite_desk_lab(void)
{
    Suite *s = suite_create("desk_lab");
    TCase *c = new_case(s, "desk_lab");

    tcase_add_checked_fixture(c, start, stop);
    tcase_add_test(c, answers);
    tcase_add_test(c, names);
    tcase_add_test(c, places);
    tcase_add_test(c, as_the_shell);
    tcase_add_test(c, pairs);
    tcase_add_test(c, written_late);
    tcase_add_test(c, own_requests);
    tcase_add_test(c, no_store);
    return s;
}
