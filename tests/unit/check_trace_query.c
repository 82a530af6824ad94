/* Which records a filter finds, in which order, and which of them belong together. */
#include <sqlite3.h>
#include <string.h>

#include "check_trace.h"
#include "support.h"
#include "traces.h"

#define S(seconds) (TRACES_NOW + (int64_t)(seconds)*1000000)

/* Eight records for the filters. */
static const struct made {
    enum trace_kind kind;
    unsigned status;
    const char *node, *service, *client, *origin, *reason, *target;
} made[] = {
    {TRACE_EXCHANGE, 200, "cuicpub", "cuic", "192.0.2.7", "https://a.example", "actual-allowed",
     "/cuic/"},
    {TRACE_EXCHANGE, 403, "cuicsub", "cuic", "192.0.2.7", "https://a.example:8445",
     "origin-not-listed", "/cuic/?a=b"},
    {TRACE_EXCHANGE, 403, "cuicsub", "live-data", "192.0.2.8", "null", "origin-null", "/cuic/x"},
    {TRACE_EXCHANGE, 404, "cuicpub", "cuic", "::1", NULL, "no-origin", "/cuic/#x"},
    {TRACE_RESET, 0, "cuicsub", "cuic", "192.0.2.7", NULL, NULL, NULL},
    {TRACE_GAP, 0, NULL, NULL, NULL, NULL, NULL, NULL},
    {TRACE_EXCHANGE, 101, "cuicsub", "live-data", "192.0.2.8", "https://b.example",
     "actual-allowed", NULL},
    {TRACE_SOCKET_END, 0, "cuicsub", "live-data", "192.0.2.8", "https://b.example", NULL, NULL},
};

static struct slice text_or_none(const char *text)
{
    return text == NULL ? (struct slice){NULL, 0} : slice_of(text);
}

static struct trace *make(void)
{
    struct trace *t = traces_open();

    for (size_t i = 0; i < COUNT(made); i++) {
        struct trace_exchange x = {.kind = made[i].kind,
                                   .id = (int64_t)i + 1,
                                   .at_us = S(i + 1),
                                   .status = made[i].status,
                                   .dropped = made[i].kind == TRACE_GAP ? 5 : 0};
        x.text[TRACE_NODE] = text_or_none(made[i].node);
        x.text[TRACE_SERVICE] = text_or_none(made[i].service);
        x.text[TRACE_CLIENT] = text_or_none(made[i].client);
        x.text[TRACE_ORIGIN] = text_or_none(made[i].origin);
        x.text[TRACE_REASON] = text_or_none(made[i].reason);
        x.text[TRACE_TARGET] = text_or_none(made[i].target);
        traces_add(t, &x);
    }
    return t;
}

#define STATUS(from, to) .status = (from), .status_to = (to), .has_status = true

static const struct row {
    const char *name;
    struct trace_filter f;
    const char *want;
} rows[] = {
    {"all", {.last = 0}, "1 2 3 4 5 6 7 8"},
    {"last", {.last = 3}, "6 7 8"},
    {"last-of-more-than-there-are", {.last = 100}, "1 2 3 4 5 6 7 8"},
    {"node", {.node = "cuicsub"}, "2 3 5 7 8"},
    {"node-last", {.node = "cuicsub", .last = 2}, "7 8"},
    {"no-such-node", {.node = "cuic"}, ""},
    {"service", {.service = "live-data"}, "3 7 8"},
    {"client", {.client = "::1"}, "4"},
    {"origin", {.origin = "https://a.example"}, "1"},
    {"origin-part", {.origin = "a.example", .is_origin_part = true}, "1 2"},
    {"origin-part-that-is-all", {.origin = "null", .is_origin_part = true}, "3"},
    {"origin-part-of-a-pattern", {.origin = "a%", .is_origin_part = true}, ""},
    {"origin-null", {.origin = "null"}, "3"},
    {"path", {.path = "/cuic/"}, "1 2 4"},
    {"path-of-nothing", {.path = "/cuic"}, ""},
    {"path-with-its-query", {.path = "/cuic/?a=b"}, "2"},
    {"path-last", {.path = "/cuic/", .last = 2}, "2 4"},
    {"reason", {.reason = "actual-allowed"}, "1 7"},
    {"status", {STATUS(403, 403)}, "2 3"},
    {"status-class", {STATUS(400, 499)}, "2 3 4"},
    {"no-answer", {STATUS(0, 0)}, "5 8"},
    {"since", {.since_us = S(6)}, "6 7 8"},
    {"until", {.until_us = S(3)}, "1 2"},
    {"between", {.since_us = S(2), .until_us = S(4)}, "2 3"},
    {"after", {.after_id = 6}, "7 8"},
    {"after-last", {.after_id = 2, .last = 3}, "6 7 8"},
    {"after-all", {.after_id = 8}, ""},
    {"several", {.node = "cuicsub", STATUS(403, 403), .service = "cuic"}, "2"},
    {"nothing-fits", {.node = "cuicpub", .client = "192.0.2.8"}, ""},
    {"quoted", {.node = "x' OR '1'='1"}, ""},
};

START_TEST(filter)
{
    struct trace *t = make();
    const char *got = traces_ids(t, &rows[_i].f);

    ck_assert_msg(strcmp(got, rows[_i].want) == 0, "%s: expected '%s', got '%s'", rows[_i].name,
                  rows[_i].want, got);
    trace_close(t);
}
END_TEST

START_TEST(total)
{
    struct trace *t = make();
    struct trace_totals totals;

    MUST(trace_get_totals(t, &totals, &why));
    ck_assert(totals.n == (int64_t)COUNT(made) && totals.last_id == 8 && totals.dropped == 5);
    trace_close(t);
}
END_TEST

/* ---- long lists ---- */

static bool count_up(void *arg, struct trace_exchange *x)
{
    int64_t *last = arg;

    ck_assert_int_eq(x->id, *last + 1);
    *last = x->id;
    return true;
}

/** Over several reads of the file, whatever their number. */
START_TEST(long_list)
{
    struct trace *t = traces_open();

    for (int64_t n = 60; n <= 200; n++) {
        int64_t last = 0;
        traces_fill(t, n == 60 ? 1 : n, n);
        MUST(trace_list(t, &(struct trace_filter){.last = 0}, true, count_up, &last, &why));
        ck_assert_int_eq(last, n);
        last = n - 50;
        MUST(trace_list(t, &(struct trace_filter){.last = 50}, false, count_up, &last, &why));
        ck_assert_int_eq(last, n);
    }
    trace_close(t);
}
END_TEST

static bool stop_at_70(void *arg, struct trace_exchange *x)
{
    *(int64_t *)arg = x->id;
    return x->id < 70;
}

START_TEST(stopped)
{
    struct trace *t = traces_open();
    int64_t last = 0;

    traces_fill(t, 1, 200);
    MUST(trace_list(t, &(struct trace_filter){.last = 0}, false, stop_at_70, &last, &why));
    ck_assert_int_eq(last, 70);
    trace_close(t);
}
END_TEST

/** While somebody looks at a record, everybody may write, and the log be emptied: a shell that
 * waits for a key must not make it grow. */
static bool write_meanwhile(void *arg, struct trace_exchange *x)
{
    struct trace *other = arg;

    if (x->id > 100)
        return true;
    traces_fill(other, 1000 + x->id, 1000 + x->id);
    ck_assert_int_eq(traces_sql("PRAGMA wal_checkpoint(TRUNCATE)"), 0);
    return true;
}

START_TEST(nothing_is_held)
{
    struct trace *t = traces_open();
    struct trace *other = traces_open();

    traces_fill(t, 1, 100);
    MUST(trace_list(t, &(struct trace_filter){.last = 0}, true, write_meanwhile, other, &why));
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange"), 200);
    trace_close(t);
    trace_close(other);
}
END_TEST

/** What is recorded while a list goes on does not make it endless. */
START_TEST(ends)
{
    struct trace *t = traces_open();

    traces_fill(t, 1, 10);
    MUST(trace_list(t, &(struct trace_filter){.last = 0}, true, write_meanwhile, t, &why));
    ck_assert_int_eq(traces_sql("SELECT max(id) FROM exchange"), 1010);
    trace_close(t);
}
END_TEST

START_TEST(get)
{
    struct trace *t = make();
    struct trace_exchange *x = NULL;

    MUST(trace_get(t, 0, &x, &why));
    ck_assert_int_eq(x->id, 8);
    trace_exchange_unref(x);
    MUST(trace_get(t, 2, &x, &why));
    ck_assert_int_eq(x->status, 403);
    trace_exchange_unref(x);
    x = NULL;
    ck_assert_int_eq(trace_get(t, 9, &x, NULL), ERR_NOTFOUND);
    ck_assert_int_eq(trace_get(t, -1, &x, NULL), ERR_NOTFOUND);
    ck_assert_ptr_null(x);
    trace_close(t);
}
END_TEST

START_TEST(get_from_nothing)
{
    struct trace *t = traces_open();
    struct trace_exchange *x = NULL;

    ck_assert_int_eq(trace_get(t, 0, &x, NULL), ERR_NOTFOUND);
    ck_assert_str_eq(traces_all(t), "");
    ck_assert_str_eq(traces_ids(t, &(struct trace_filter){.last = 3}), "");
    trace_close(t);
}
END_TEST

/* ---- partners ---- */

/** "P" is an allowed preflight for GET, "p" a refused one, "D" an allowed one for DELETE; "A" an
 *  actual GET, "d" an actual DELETE; "o" is an actual GET of another origin, "t" to another target,
 *  "n" to another node, "c" of another client; "-" a request without an origin. */
static struct trace_exchange partner_record(char c, int64_t id)
{
    struct trace_exchange x = traces_sample(id);
    bool is_preflight = strchr("PpD", c) != NULL;

    x.is_allowed = c != 'p';
    x.text[TRACE_CLASS] = slice_of(is_preflight ? "preflight" : "actual");
    x.text[TRACE_METHOD] = slice_of(is_preflight ? "OPTIONS" : c == 'd' ? "DELETE" : "GET");
    x.text[TRACE_REQUEST_METHOD] =
        is_preflight ? slice_of(c == 'D' ? "DELETE" : "GET") : (struct slice){NULL, 0};
    if (c == 'o')
        x.text[TRACE_ORIGIN] = slice_of("https://other.example");
    if (c == 't')
        x.text[TRACE_TARGET] = slice_of("/cuic/?a=b");
    if (c == 'n')
        x.text[TRACE_NODE] = slice_of("cuicsub");
    if (c == 'c')
        x.text[TRACE_CLIENT] = slice_of("192.0.2.8");
    if (c == '-') {
        x.text[TRACE_ORIGIN] = (struct slice){NULL, 0};
        x.text[TRACE_CLASS] = slice_of("not-cors");
    }
    return x;
}

static const struct partner_row {
    const char *records;
    const char *want;  /* for each: the digit of its partner, '-' for none */
    const char *begun; /* for each: in which order they began; NULL: in that of their numbers */
} partner_rows[] = {
    {"PA", "21", NULL},       {"P", "-", NULL},         {"A", "-", NULL},
    {"pA", "--", NULL},       {"AP", "--", NULL},       {"PAA", "211", NULL}, /* kept for a while */
    {"PAPA", "2143", NULL},   {"PPA", "-32", NULL}, /* asked twice before the request */
    {"pPA", "-32", NULL},     {"Pd", "--", NULL},       {"PDAd", "3412", NULL},
    {"Po", "--", NULL},       {"Pt", "--", NULL},       {"Pn", "--", NULL},
    {"Pc", "--", NULL},       {"P-A", "3-1", NULL},     {"PoA", "3-1", NULL},
    {"-", "-", NULL},         {"AP", "21", "21"},       /* the preflight's thread was late */
    {"PAAP", "2143", "1243"}, {"PPAA", "4321", "1342"}, /* a request that lasts, and is answered
                                                           behind the next one's preflight */
    {"PA", "--", "21"}, /* as one that needed none, or whose preflight is forgotten */
};

START_TEST(partner)
{
    const struct partner_row *row = &partner_rows[_i];
    struct trace *t = traces_open();
    struct trace_exchange *x = NULL;

    for (size_t i = 0; row->records[i] != '\0'; i++) {
        struct trace_exchange made_one = partner_record(row->records[i], (int64_t)i + 1);
        if (row->begun != NULL)
            made_one.at_us = S(row->begun[i] - '0');
        traces_add(t, &made_one);
    }
    for (size_t i = 0; row->records[i] != '\0'; i++) {
        int64_t id = -1;
        int64_t want = row->want[i] == '-' ? 0 : row->want[i] - '0';
        MUST(trace_get(t, (int64_t)i + 1, &x, &why));
        MUST(trace_find_partner(t, x, &id, &why));
        ck_assert_msg(id == want, "%s: of %zu: expected %lld, got %lld", row->records, i + 1,
                      (long long)want, (long long)id);
        trace_exchange_unref(x);
    }
    trace_close(t);
}
END_TEST

/** No browser keeps a permission for longer than a day. */
START_TEST(partner_of_long_ago)
{
    static const int64_t day_us = 86400000000;
    struct trace *t = traces_open();
    struct trace_exchange x = partner_record('P', 1);
    struct trace_exchange *got = NULL;
    int64_t id = -1;

    traces_add(t, &x);
    x = partner_record('A', 2);
    x.at_us = S(1) + day_us + 1;
    traces_add(t, &x);
    MUST(trace_get(t, 2, &got, &why));
    MUST(trace_find_partner(t, got, &id, &why));
    ck_assert_int_eq(id, 0);
    trace_exchange_unref(got);
    trace_close(t);
}
END_TEST

/** Two different secrets look alike once they are masked: the number that joins records must not
 *  tell them apart either. */
START_TEST(pairs_tell_no_secret)
{
    struct trace_exchange a = traces_sample(1);
    struct trace_exchange b = traces_sample(2);

    a.text[TRACE_TARGET] = slice_of("/?token=aaaaaaaa");
    b.text[TRACE_TARGET] = slice_of("/?token=bbbbbbbb");
    struct trace_exchange *x = trace_exchange_new(&a);
    struct trace_exchange *y = trace_exchange_new(&b);
    ck_assert_int_eq(x->pair, y->pair);
    ck_assert_int_ne(x->pair, 0);
    trace_exchange_unref(x);
    trace_exchange_unref(y);
}
END_TEST

TCase *tcase_trace_query(void)
{
    TCase *tc = tcase_create("query");

    tcase_add_checked_fixture(tc, traces_set_up, traces_tear_down);
    tcase_set_timeout(tc, 30);
    add_rows(tc, filter, COUNT(rows));
    tcase_add_test(tc, total);
    tcase_add_test(tc, long_list);
    tcase_add_test(tc, stopped);
    tcase_add_test(tc, nothing_is_held);
    tcase_add_test(tc, ends);
    tcase_add_test(tc, get);
    tcase_add_test(tc, get_from_nothing);
    add_rows(tc, partner, COUNT(partner_rows));
    tcase_add_test(tc, partner_of_long_ago);
    tcase_add_test(tc, pairs_tell_no_secret);
    return tc;
}
