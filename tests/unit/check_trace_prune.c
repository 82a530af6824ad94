/* The trace keeps its size: the oldest go, and clearing gives the room back. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "check_trace.h"
#include "support.h"
#include "traces.h"

static long long n_records(void)
{
    long long n = traces_sql("SELECT count(*) FROM exchange");

    ck_assert_int_eq(traces_sql("SELECT count(*) FROM message"), n);
    return n;
}

static const struct row {
    const char *name;
    unsigned long keep;
    int64_t n; /* records that come one by one */
    long long want;
} rows[] = {
    {"fewer", 10, 9, 9},
    {"just-as-many", 10, 10, 10},
    {"one-more", 10, 11, 10},
    {"many-more", 10, 60, 10},
    {"one-is-kept", 1, 5, 1},
    {"a-hundredth-more", 200, 202, 202},
    {"over-a-hundredth", 200, 203, 200},
};

START_TEST(one_by_one)
{
    const struct row *row = &rows[_i];
    struct trace *t = traces_open();

    for (int64_t id = 1; id <= row->n; id++) {
        traces_fill(t, id, id);
        MUST(trace_prune(t, row->keep, &why));
    }
    ck_assert_msg(n_records() == row->want, "%s: expected %lld, got %lld", row->name, row->want,
                  n_records());
    ck_assert_int_eq(traces_sql("SELECT max(id) FROM exchange"), row->n);
    ck_assert_int_eq(traces_sql("SELECT min(id) FROM exchange"), row->n - row->want + 1);
    trace_close(t);
}
END_TEST

/** Less is to be kept than before: it goes in steps, so that the writer is never held up for long.
 */
START_TEST(steps)
{
    struct trace *t = traces_open();
    unsigned n_steps = 0;

    traces_fill(t, 1, 4500);
    for (; n_records() > 100; n_steps++)
        MUST(trace_prune(t, 100, &why));
    ck_assert_uint_eq(n_steps, 3);
    ck_assert_int_eq(n_records(), 100);
    ck_assert_int_eq(traces_sql("SELECT min(id) FROM exchange"), 4401);
    trace_close(t);
}
END_TEST

/** Somebody else has cleared the file, or written to it: what is there counts, not what was. */
START_TEST(others)
{
    struct trace *t = traces_open();
    struct trace *other = traces_open();
    int64_t n = 0;

    traces_fill(t, 1, 20);
    MUST(trace_prune(t, 20, &why));
    MUST(trace_clear(other, &n, &why));
    traces_fill(t, 21, 25);
    MUST(trace_prune(t, 20, &why));
    ck_assert_int_eq(n_records(), 5);
    traces_fill(other, 26, 60);
    traces_fill(t, 61, 61);
    MUST(trace_prune(t, 20, &why));
    ck_assert_int_eq(n_records(), 20);
    trace_close(t);
    trace_close(other);
}
END_TEST

/** Ids have gaps, and the last ones may be much higher: the number counts, not they. */
START_TEST(high_ids)
{
    struct trace *t = traces_open();

    traces_fill(t, 1, 10);
    traces_fill(t, 1795327200000, 1795327200004);
    MUST(trace_prune(t, 12, &why));
    ck_assert_str_eq(traces_all(t), "4 5 6 7 8 9 10 1795327200000 1795327200001 1795327200002 "
                                    "1795327200003 1795327200004");
    trace_close(t);
}
END_TEST

static long long bytes_of(const char *suffix)
{
    char path[512];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s%s", traces_path(), suffix);
    return stat(path, &st) == 0 ? (long long)st.st_size : 0;
}

START_TEST(clearing_gives_room_back)
{
    struct trace *t = traces_open();
    int64_t n = 0;

    traces_fill(t, 1, 3000);
    (void)traces_sql("PRAGMA wal_checkpoint(TRUNCATE)");
    ck_assert_int_gt(bytes_of(""), 1000000);
    MUST(trace_clear(t, &n, &why));
    ck_assert_int_eq(n, 3000);
    ck_assert_msg(bytes_of("") + bytes_of("-wal") < 200000, "%lld and %lld bytes", bytes_of(""),
                  bytes_of("-wal"));
    trace_close(t);
}
END_TEST

/** A long run within a bound does not make the file larger and larger. */
START_TEST(size_is_bounded)
{
    struct trace *t = traces_open();
    long long early = 0;

    for (int64_t id = 1; id <= 20000; id += 100) {
        traces_fill(t, id, id + 99);
        MUST(trace_prune(t, 500, &why));
        if (id == 5001)
            early = bytes_of("");
    }
    ck_assert_int_gt(early, 100000);
    ck_assert_msg(bytes_of("") <= early + early / 4, "%lld, then %lld bytes", early, bytes_of(""));
    trace_close(t);
}
END_TEST

TCase *tcase_trace_prune(void)
{
    TCase *tc = tcase_create("prune");

    tcase_add_checked_fixture(tc, traces_set_up, traces_tear_down);
    tcase_set_timeout(tc, 60);
    add_rows(tc, one_by_one, COUNT(rows));
    tcase_add_test(tc, steps);
    tcase_add_test(tc, others);
    tcase_add_test(tc, high_ids);
    tcase_add_test(tc, clearing_gives_room_back);
    tcase_add_test(tc, size_is_bounded);
    return tc;
}
