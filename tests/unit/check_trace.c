/* Records: what becomes of them on the way into the file and out of it again. */
#include "check_trace.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "support.h"
#include "traces.h"

/* ---- records in memory ---- */

/** A text of each kind that is as long as may be, and one that is longer. */
START_TEST(bounds)
{
    enum trace_text t = (enum trace_text)_i;
    size_t max = trace_text_max(t);
    struct trace_exchange from = {.kind = TRACE_EXCHANGE};
    char *text = malloc(max + 100);

    ck_assert_ptr_nonnull(text);
    memset(text, 'a', max + 100);
    for (size_t i = 99; i < max + 100; i += 100) /* heads are cut at a line's end */
        text[i] = '\n';
    text[0] = '/'; /* not a host that goes on */
    from.text[t] = (struct slice){text, max};
    struct trace_exchange *whole = trace_exchange_new(&from);
    from.text[t].n = max + 100;
    struct trace_exchange *cut = trace_exchange_new(&from);
    ck_assert_msg(whole->text[t].n == max && whole->cut == 0 &&
                      memcmp(whole->text[t].at, text, max) == 0,
                  "%s: %zu bytes, cut %x", trace_text_name(t), whole->text[t].n, whole->cut);
    ck_assert_msg(cut->text[t].n <= max && cut->text[t].n + 100 > max && cut->cut == 1U << t &&
                      memcmp(cut->text[t].at, text, cut->text[t].n) == 0,
                  "%s: %zu bytes, cut %x", trace_text_name(t), cut->text[t].n, cut->cut);
    trace_exchange_unref(whole);
    trace_exchange_unref(cut);
    free(text);
}
END_TEST

/** Masks may make a text longer than it was: it is cut again. */
START_TEST(masks_are_bounded)
{
    struct trace_exchange from = {.kind = TRACE_EXCHANGE};
    size_t max = trace_text_max(TRACE_TARGET);
    char *text = malloc(max);

    ck_assert_ptr_nonnull(text);
    memcpy(text, "/?", 2);
    for (size_t i = 2; i < max; i++)
        text[i] = "sid=s&"[(i - 2) % 6];
    from.text[TRACE_TARGET] = (struct slice){text, max};
    struct trace_exchange *x = trace_exchange_new(&from);
    ck_assert_uint_eq(x->text[TRACE_TARGET].n, max);
    ck_assert_uint_eq(x->cut, 1U << TRACE_TARGET);
    ck_assert_msg(strncmp(x->text[TRACE_TARGET].at, "/?sid=[masked ~8]&sid=[masked", 29) == 0, "%s",
                  shown(x->text[TRACE_TARGET]));
    trace_exchange_unref(x);
    free(text);
}
END_TEST

/** The end of a host may be cut off, and with it the '@' that tells of a password. */
START_TEST(cut_user)
{
    struct trace_exchange from = {.kind = TRACE_EXCHANGE};
    char text[1000] = "https://user:cAnArY";

    memset(text + strlen(text), 'p', sizeof text - strlen(text));
    from.text[TRACE_ORIGIN] = (struct slice){text, sizeof text};
    struct trace_exchange *x = trace_exchange_new(&from);
    ck_assert_uint_eq(x->text[TRACE_ORIGIN].n, 0);
    ck_assert_uint_eq(x->cut, 1U << TRACE_ORIGIN);
    trace_exchange_unref(x);
}
END_TEST

static bool holds(struct slice s, const char *text)
{
    for (size_t i = 0; i + strlen(text) <= s.n; i++)
        if (memcmp(s.at + i, text, strlen(text)) == 0)
            return true;
    return false;
}

START_TEST(every_text_is_masked)
{
    static const struct row {
        enum trace_text t;
        const char *in;
    } rows[] = {
        {TRACE_TARGET, "/?token=cAnArY"},
        {TRACE_HOST, "u:cAnArY@h"},
        {TRACE_ORIGIN, "https://u:cAnArY@h"},
        {TRACE_REQUEST_HEAD, "GET /?token=cAnArY HTTP/1.1\r\nAuthorization: cAnArY\r\n\r\n"},
        {TRACE_RESPONSE_HEAD, "HTTP/1.1 200 OK\r\nset-cookie: a=cAnArY\r\n\r\n"},
        {TRACE_REQUEST_BODY, "{\"password\":\"cAnArY\"}"},
        {TRACE_RESPONSE_BODY, "{\"token\":\"cAnArY\"}"},
    };
    struct trace_exchange from = {.kind = TRACE_EXCHANGE};

    for (size_t i = 0; i < COUNT(rows); i++)
        from.text[rows[i].t] = slice_of(rows[i].in);
    struct trace_exchange *x = trace_exchange_new(&from);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice got = x->text[rows[i].t];
        ck_assert_msg(got.n > 0 && !holds(got, "cAnArY") && holds(got, "[masked ~8]"), "%s: %s",
                      trace_text_name(rows[i].t), shown(got));
    }
    trace_exchange_unref(x);
}
END_TEST

START_TEST(references)
{
    struct trace_exchange from = traces_sample(1);
    struct trace_exchange *x = trace_exchange_new(&from);

    ck_assert_uint_gt(trace_exchange_bytes(x), sizeof *x + from.text[TRACE_RESPONSE_HEAD].n);
    ck_assert_ptr_eq(trace_exchange_ref(x), x);
    trace_exchange_unref(x);
    ck_assert_str_eq(shown(x->text[TRACE_NODE]), "cuicpub");
    trace_exchange_unref(x);
    trace_exchange_unref(NULL);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(trace_kind_name(TRACE_EXCHANGE), "exchange");
    ck_assert_str_eq(trace_kind_name(TRACE_SOCKET_END), "websocket-end");
    ck_assert_str_eq(trace_kind_name(TRACE_RESET), "reset");
    ck_assert_str_eq(trace_kind_name(TRACE_GAP), "gap");
    for (size_t i = 0; i < TRACE_TEXTS; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(trace_text_name((enum trace_text)i),
                             trace_text_name((enum trace_text)k));
}
END_TEST

/** The decision can be taken anew from the record. */
START_TEST(cors_request)
{
    struct trace_exchange from = traces_sample(1);
    struct policy_spec spec = recorded_spec();
    struct policy *p = make_policy(&spec);

    from.text[TRACE_ORIGIN] = slice_of("https://nobody.example");
    struct trace_exchange *x = trace_exchange_new(&from);
    struct cors_request rq = trace_cors_request(x);
    struct cors_decision d = cors_decide(p, &rq, CORS_DISABLED_REFUSE);
    ck_assert_int_eq(d.class, CORS_PREFLIGHT);
    ck_assert_int_eq(d.reason, REASON_ORIGIN_NOT_LISTED);
    ck_assert_ptr_null(rq.request_headers.at);
    ck_assert_ptr_eq(trace_reason(x), reason_get(REASON_PREFLIGHT_ALLOWED));
    trace_exchange_unref(x);
    policy_free(p);
}
END_TEST

/* ---- into the file and back ---- */

/** Every field, each with a value of its own; empty and missing texts are told apart. */
static struct trace_exchange odd_record(enum trace_kind kind)
{
    static const char bytes[] = "x\xff\x00\x01\xc3\xa4";
    struct trace_exchange x = {.kind = kind,
                               .id = 11,
                               .at_us = 12,
                               .duration_us = 13,
                               .run = 14,
                               .connection = 15,
                               .dropped = 16,
                               .request_bytes = UINT64_MAX,
                               .response_bytes = 18,
                               .messages_in = 19,
                               .messages_out = 20,
                               .client_port = 65535,
                               .status = 999,
                               .is_allowed = true,
                               .is_sent = false};

    for (size_t i = 0; i < TRACE_TEXTS; i++)
        x.text[i] = i % 3 == 0   ? (struct slice){bytes, sizeof bytes - 1}
                    : i % 3 == 1 ? slice_of("")
                                 : (struct slice){NULL, 0};
    return x;
}

static void expect_same(const struct trace_exchange *a, const struct trace_exchange *b)
{
    ck_assert(a->kind == b->kind && a->id == b->id && a->at_us == b->at_us);
    ck_assert(a->duration_us == b->duration_us && a->run == b->run);
    ck_assert(a->connection == b->connection && a->pair == b->pair && a->dropped == b->dropped);
    ck_assert(b->request_bytes == INT64_MAX && a->response_bytes == b->response_bytes);
    ck_assert(a->messages_in == b->messages_in && a->messages_out == b->messages_out);
    ck_assert(a->client_port == b->client_port && a->status == b->status && a->cut == b->cut);
    ck_assert(a->is_allowed == b->is_allowed && a->is_sent == b->is_sent);
    for (size_t i = 0; i < TRACE_TEXTS; i++)
        ck_assert_msg(slice_same(a->text[i], b->text[i]) &&
                          (a->text[i].at == NULL) == (b->text[i].at == NULL),
                      "%s: %s, %s", trace_text_name((enum trace_text)i), shown(a->text[i]),
                      shown(b->text[i]));
}

START_TEST(round_trip)
{
    struct trace *t = traces_open();
    struct trace_exchange from = odd_record((enum trace_kind)_i);
    struct trace_exchange *in = trace_exchange_new(&from);
    struct trace_exchange *out = NULL;

    MUST(trace_add(t, &in, 1, &why));
    MUST(trace_get(t, 11, &out, &why));
    expect_same(in, out);
    trace_exchange_unref(in);
    trace_exchange_unref(out);
    trace_close(t);
}
END_TEST

static bool keep_one(void *arg, struct trace_exchange *x)
{
    *(struct trace_exchange **)arg = trace_exchange_ref(x);
    return true;
}

/** A list reads heads and bodies only when it is told to. */
START_TEST(whole_or_not)
{
    struct trace *t = traces_open();
    struct trace_filter all = {.last = 0};
    struct trace_exchange *x = NULL;

    traces_fill(t, 1, 1);
    MUST(trace_list(t, &all, false, keep_one, &x, &why));
    ck_assert(x->text[TRACE_REQUEST_HEAD].at == NULL && x->text[TRACE_NODE].n == 7);
    trace_exchange_unref(x);
    MUST(trace_list(t, &all, true, keep_one, &x, &why));
    ck_assert_uint_gt(x->text[TRACE_REQUEST_HEAD].n, 0);
    trace_exchange_unref(x);
    trace_close(t);
}
END_TEST

/* ---- ids ---- */

START_TEST(taken_ids)
{
    struct trace *a = traces_open();
    struct trace *b = traces_open();
    struct trace_totals totals;

    traces_fill(a, 1, 3);
    traces_fill(b, 1, 2); /* another server that began when the file was empty */
    traces_fill(a, 4, 4);
    traces_fill(b, 10, 10);
    ck_assert_str_eq(traces_all(a), "1 2 3 4 5 6 10");
    MUST(trace_get_totals(b, &totals, &why));
    ck_assert(totals.n == 7 && totals.last_id == 10 && totals.dropped == 0);
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM message JOIN exchange USING (id)"), 7);
    trace_close(a);
    trace_close(b);
}
END_TEST

START_TEST(ids_after_clearing)
{
    struct trace *t = traces_open();
    struct trace_totals totals;
    int64_t n = 0;

    traces_fill(t, 1, 5);
    MUST(trace_clear(t, &n, &why));
    ck_assert_int_eq(n, 5);
    trace_close(t);
    t = traces_open();
    MUST(trace_get_totals(t, &totals, &why));
    ck_assert(totals.n == 0 && totals.last_id == 5);
    MUST(trace_clear(t, &n, &why));
    ck_assert_int_eq(n, 0);
    trace_close(t);
}
END_TEST

START_TEST(all_or_nothing)
{
    struct trace *t = traces_open();
    struct trace_exchange x = traces_sample(1);
    struct trace_exchange *batch[2] = {trace_exchange_new(&x), NULL};

    x = traces_sample(2);
    x.kind = (enum trace_kind)TRACE_GAP;
    batch[1] = trace_exchange_new(&x);
    (void)traces_sql("CREATE TRIGGER no BEFORE INSERT ON exchange WHEN new.kind = 'gap'"
                     " BEGIN SELECT raise(ABORT, 'no gaps'); END");
    EXPECT_ERR(trace_add(t, batch, 2, &why), ERR_DB, "no gaps");
    ck_assert_str_eq(traces_all(t), "");
    MUST(trace_add(t, batch, 1, &why));
    ck_assert_str_eq(traces_all(t), "1");
    trace_exchange_unref(batch[0]);
    trace_exchange_unref(batch[1]);
    trace_close(t);
}
END_TEST

Suite *suite_trace(void)
{
    Suite *s = suite_create("trace");
    TCase *memory = tcase_create("memory");
    TCase *file = tcase_create("file");

    tcase_add_loop_test(memory, bounds, 0, TRACE_TEXTS);
    tcase_add_test(memory, masks_are_bounded);
    tcase_add_test(memory, cut_user);
    tcase_add_test(memory, every_text_is_masked);
    tcase_add_test(memory, references);
    tcase_add_test(memory, names);
    tcase_add_test(memory, cors_request);
    tcase_add_checked_fixture(file, traces_set_up, traces_tear_down);
    tcase_add_loop_test(file, round_trip, TRACE_EXCHANGE, TRACE_GAP + 1);
    tcase_add_test(file, whole_or_not);
    tcase_add_test(file, taken_ids);
    tcase_add_test(file, ids_after_clearing);
    tcase_add_test(file, all_or_nothing);
    suite_add_tcase(s, memory);
    suite_add_tcase(s, file);
    suite_add_tcase(s, tcase_trace_query());
    suite_add_tcase(s, tcase_trace_join());
    suite_add_tcase(s, tcase_trace_prune());
    suite_add_tcase(s, tcase_trace_open());
    suite_add_tcase(s, tcase_trace_fault());
    suite_add_tcase(s, tcase_trace_json());
    suite_add_tcase(s, tcase_trace_har());
    return s;
}
