/* The recorder's thread: everything that was handed over is written in its order, what cannot be is
 * counted and told of in the file, and who watches sees it all the same. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../server/trace/recorder.h"
#include "base/clock.h"
#include "fault_vfs.h"
#include "scratch.h"
#include "suites.h"
#include "support.h"
#include "traces.h"

#define DEADLINE_MS 100000

static struct recorder *recorder;
static sqlite3 *locker;

static void start(void)
{
    MUST(recorder_new(&traces_config, &recorder, &why));
}

static void stop(void)
{
    recorder_free(recorder);
    recorder = NULL;
}

static void set_up(void)
{
    traces_set_up();
    log_set_level(LOG_LEVEL_ERROR);
}

static void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&t, NULL);
}

/** Hand over a record as a request thread does. @return whether it was wanted */
static bool hand_over(void)
{
    struct trace_exchange x = traces_sample(0);

    if (!recorder_wants(recorder))
        return false;
    struct trace_exchange *made = trace_exchange_new(&x);
    ck_assert_ptr_nonnull(made);
    recorder_add(recorder, made);
    return true;
}

static void hand_over_many(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        (void)hand_over();
}

static struct recorder_counts counts(void)
{
    struct recorder_counts c;

    recorder_get_counts(recorder, &c);
    return c;
}

/** Wait until so many are written or dropped, and none is queued. */
static void settle(uint64_t n)
{
    long long end = clock_monotonic_ms() + DEADLINE_MS;
    struct recorder_counts c = counts();

    while ((c.recorded + c.dropped < n || c.queued > 0) && clock_monotonic_ms() < end) {
        pause_ms(5);
        c = counts();
    }
    ck_assert_msg(c.recorded + c.dropped == n && c.queued == 0,
                  "of %llu: %llu recorded, %llu dropped, %zu queued", (unsigned long long)n,
                  (unsigned long long)c.recorded, (unsigned long long)c.dropped, c.queued);
}

static void lock(void)
{
    ck_assert_int_eq(sqlite3_open(traces_path(), &locker), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(locker, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static void unlock(void)
{
    ck_assert_int_eq(sqlite3_exec(locker, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(locker);
}

/* ---- as a rule ---- */

START_TEST(writes_all)
{
    start();
    for (unsigned i = 0; i < 300; i++) {
        ck_assert(hand_over());
        if (i % 50 == 49)
            settle(i + 1);
    }
    struct recorder_counts c = counts();
    ck_assert(c.recorded == 300 && c.dropped == 0 && c.handed_over == 300 && !c.is_failing);
    ck_assert_int_eq(recorder_last_id(recorder), 300);
    ck_assert_uint_eq(c.queue_room, traces_config.trace_queue);
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange WHERE id BETWEEN 1 AND 300"), 300);
    stop();
}
END_TEST

/** The end writes what is queued. */
START_TEST(end_writes_all)
{
    start();
    hand_over_many(80);
    stop();
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange"), 80);
}
END_TEST

START_TEST(next_start_goes_on)
{
    start();
    int64_t run = recorder_run(recorder);
    hand_over_many(3);
    stop();
    start();
    ck_assert_int_gt(recorder_run(recorder), run);
    hand_over_many(2);
    stop();
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange WHERE id BETWEEN 1 AND 5"), 5);
}
END_TEST

START_TEST(keeps_so_many)
{
    traces_config.trace_keep = 50;
    start();
    for (unsigned i = 0; i < 10; i++) {
        hand_over_many(20);
        settle(20 * (i + 1));
    }
    stop();
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange"), 50);
    ck_assert_int_eq(traces_sql("SELECT min(id) FROM exchange"), 151);
}
END_TEST

START_TEST(disabled)
{
    struct stat st;

    traces_config.trace_enabled = false;
    start();
    ck_assert(!hand_over());
    ck_assert(!recorder_keeps_bodies(recorder));
    ck_assert_uint_eq(counts().dropped, 0);
    stop();
    ck_assert_int_ne(stat(traces_config.state_dir, &st), 0);
}
END_TEST

/** Nothing is written, but who watches sees it. */
START_TEST(keep_none)
{
    struct trace_exchange *got[4];
    uint64_t last = 0;
    uint64_t missed = 0;
    struct stat st;

    traces_config.trace_keep = 0;
    start();
    hand_over_many(2);
    ck_assert_uint_eq(recorder_since(recorder, 0, got, 4, &last, &missed), 2);
    ck_assert_int_eq(recorder_last_id(recorder), 0);
    trace_exchange_unref(got[0]);
    trace_exchange_unref(got[1]);
    stop();
    ck_assert_int_ne(stat(traces_path(), &st), 0);
}
END_TEST

/* ---- too many ---- */

/** A locked file stalls the writer: nobody waits for it, the queue holds what it holds, the rest is
 *  counted, and the file says so in the right place. */
START_TEST(overload)
{
    start();
    ck_assert(hand_over());
    settle(1);
    lock();
    long long begin = clock_monotonic_ms();
    unsigned taken = 0;
    for (unsigned i = 0; i < 5000; i++)
        taken += hand_over() ? 1 : 0;
    ck_assert_msg(clock_monotonic_ms() - begin < DEADLINE_MS, "somebody waited");
    uint64_t dropped = counts().dropped;
    /* What the writer has in its hands, and what the queue holds. */
    ck_assert_msg(taken + dropped == 5000 && taken <= 2 * traces_config.trace_queue &&
                      taken >= traces_config.trace_queue,
                  "%u taken, %llu dropped", taken, (unsigned long long)dropped);
    unlock();
    settle(5001);
    hand_over_many(3);
    settle(5004);
    stop();
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange WHERE kind = 'exchange'"),
                     taken + 4);
    ck_assert_int_eq(traces_sql("SELECT sum(dropped) FROM exchange"), (long long)dropped);
    ck_assert_int_eq(traces_sql("SELECT dropped FROM state"), (long long)dropped);
    /* The last gap stands behind what had come before, and before what came later. */
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange WHERE kind = 'exchange' AND id >"
                                " (SELECT max(id) FROM exchange WHERE kind = 'gap')"),
                     3);
}
END_TEST

#define CLIENTS 8
#define EACH    500

static void *run_client(void *arg)
{
    atomic_uint *taken = arg;

    for (unsigned i = 0; i < EACH; i++)
        if (hand_over())
            (void)atomic_fetch_add(taken, 1);
    return NULL;
}

/** Every record of several threads is either in the file or counted. */
START_TEST(threads)
{
    pthread_t thread[CLIENTS];
    atomic_uint taken = 0;

    start();
    for (size_t i = 0; i < CLIENTS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, run_client, &taken), 0);
    for (size_t i = 0; i < CLIENTS; i++)
        (void)pthread_join(thread[i], NULL);
    stop();
    long long written = traces_sql("SELECT count(*) FROM exchange WHERE kind = 'exchange'");
    long long dropped = traces_sql("SELECT dropped FROM state");
    ck_assert_msg(written + dropped == (long long)CLIENTS * EACH && written <= taken,
                  "%lld written, %lld dropped", written, dropped);
    ck_assert_int_eq(traces_sql("SELECT count(DISTINCT id) FROM exchange"),
                     traces_sql("SELECT count(*) FROM exchange"));
}
END_TEST

/* ---- files that fail ---- */

START_TEST(full_disk)
{
    start();
    hand_over_many(5);
    settle(5);
    fault_vfs_fail_after(0);
    hand_over_many(40);
    settle(45);
    ck_assert(counts().is_failing && counts().dropped == 40);
    ck_assert_int_eq(recorder_last_id(recorder), 0);
    hand_over_many(10); /* not tried again at once */
    settle(55);
    ck_assert_uint_eq(counts().dropped, 50);
    fault_vfs_fail_after(-1);
    long long end = clock_monotonic_ms() + DEADLINE_MS;
    uint64_t n = 55;
    while (counts().is_failing && clock_monotonic_ms() < end) {
        hand_over_many(1);
        settle(++n);
        pause_ms(50);
    }
    ck_assert(!counts().is_failing);
    stop();
    ck_assert_int_eq(traces_sql("SELECT dropped FROM state"),
                     traces_sql("SELECT dropped FROM exchange WHERE kind = 'gap'"));
    ck_assert_int_eq(traces_sql("SELECT count(*) + (SELECT dropped FROM state) FROM exchange"
                                " WHERE kind = 'exchange'"),
                     (long long)n);
    ck_assert_int_eq(traces_sql("SELECT id FROM exchange WHERE kind = 'gap'"), 6);
}
END_TEST

static void make_garbage(void)
{
    ck_assert_int_eq(mkdir(traces_config.state_dir, 0755), 0);
    scratch_write_bytes(traces_path(), "not a database, but long enough for one", 39);
}

/** A file that cannot be used stays as it is; once it is moved away, records are written. */
START_TEST(unusable_at_start)
{
    size_t n = 0;

    make_garbage();
    start();
    hand_over_many(5);
    settle(5);
    ck_assert(counts().is_failing && counts().dropped == 5);
    char *bytes = scratch_read(traces_path(), &n);
    ck_assert_uint_eq(n, 39);
    free(bytes);
    ck_assert_int_eq(rename(traces_path(), scratch_path("moved")), 0);
    long long end = clock_monotonic_ms() + DEADLINE_MS;
    uint64_t handed = 5;
    while (counts().is_failing && clock_monotonic_ms() < end) {
        hand_over_many(1);
        settle(++handed);
        pause_ms(50);
    }
    stop();
    ck_assert_int_eq(traces_sql("SELECT count(*) + (SELECT dropped FROM state) FROM exchange"
                                " WHERE kind = 'exchange'"),
                     (long long)handed);
}
END_TEST

/** Ids that were given while the file could not be looked at fit behind those that are in it. */
START_TEST(locked_at_start)
{
    start();
    hand_over_many(3);
    stop();
    ck_assert_int_eq(sqlite3_open(traces_path(), &locker), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(locker,
                                  "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE;"
                                  "BEGIN EXCLUSIVE; UPDATE state SET last_id = last_id",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    start();
    hand_over_many(2);
    unlock();
    long long end = clock_monotonic_ms() + DEADLINE_MS;
    while (counts().recorded + counts().dropped < 2 && clock_monotonic_ms() < end)
        pause_ms(10);
    hand_over_many(1);
    stop();
    ck_assert_int_eq(traces_sql("SELECT count(*) + (SELECT dropped FROM state) FROM exchange"
                                " WHERE kind = 'exchange'"),
                     6);
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange WHERE id <= 3"), 3);
}
END_TEST

START_TEST(removed)
{
    start();
    hand_over_many(5);
    settle(5);
    ck_assert_int_eq(unlink(traces_path()), 0);
    (void)unlink(scratch_path("state/" TRACE_FILE "-wal"));
    (void)unlink(scratch_path("state/" TRACE_FILE "-shm"));
    hand_over_many(2);
    settle(7);
    ck_assert(counts().recorded == 7 && !counts().is_failing);
    stop();
    ck_assert_int_eq(traces_sql("SELECT min(id) FROM exchange"), 6); /* ids go on */
}
END_TEST

/** Another server's records are in the file that was put in place: both go on. */
START_TEST(replaced)
{
    struct trace *other = NULL;

    start();
    hand_over_many(5);
    settle(5);
    ck_assert_int_eq(rename(traces_config.state_dir, scratch_path("old")), 0);
    other = traces_open();
    traces_fill(other, 1, 100);
    trace_close(other);
    hand_over_many(2);
    settle(7);
    hand_over_many(2);
    settle(9);
    stop();
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange"), 104);
}
END_TEST

START_TEST(cleared)
{
    int64_t n = 0;

    start();
    hand_over_many(5);
    settle(5);
    struct trace *shell = traces_open();
    MUST(trace_clear(shell, &n, &why));
    trace_close(shell);
    hand_over_many(2);
    settle(7);
    stop();
    ck_assert_int_eq(n, 5);
    ck_assert_int_eq(traces_sql("SELECT count(*) FROM exchange WHERE id IN (6, 7)"), 2);
}
END_TEST

/* ---- watching ---- */

static void drop_all(struct trace_exchange **x, size_t n)
{
    while (n > 0)
        trace_exchange_unref(x[--n]);
}

START_TEST(since)
{
    struct trace_exchange *got[10];
    uint64_t last = 0;
    uint64_t missed = 7;

    start();
    ck_assert_uint_eq(recorder_since(recorder, 0, got, 10, &last, &missed), 0);
    ck_assert(last == 0 && missed == 0);
    hand_over_many(5);
    size_t n = recorder_since(recorder, 0, got, 3, &last, &missed);
    ck_assert(n == 3 && last == 3 && missed == 0 && got[0]->id == 1 && got[2]->id == 3);
    drop_all(got, n);
    n = recorder_since(recorder, last, got, 10, &last, &missed);
    ck_assert(n == 2 && last == 5 && missed == 0 && got[0]->id == 4);
    drop_all(got, n);
    ck_assert_uint_eq(recorder_since(recorder, 5, got, 10, &last, &missed), 0);
    for (unsigned i = 0; i < RECORDER_RECENT / 50 + 1; i++) {
        hand_over_many(50);
        settle(5 + 50 * (i + 1));
    }
    uint64_t all = 5 + 50 * (RECORDER_RECENT / 50 + 1);
    n = recorder_since(recorder, 5, got, 1, &last, &missed);
    ck_assert_msg(n == 1 && missed == all - RECORDER_RECENT - 5 &&
                      last == all - RECORDER_RECENT + 1 && got[0]->id == (int64_t)last,
                  "missed %llu, last %llu", (unsigned long long)missed, (unsigned long long)last);
    drop_all(got, n);
    stop();
}
END_TEST

struct watcher {
    struct recorder_watch watch;
    atomic_uint wakes;
};

static void on_wake(void *arg)
{
    struct watcher *w = arg;

    (void)atomic_fetch_add(&w->wakes, 1);
}

static void begin_watching(struct watcher *w)
{
    w->watch = (struct recorder_watch){on_wake, w, NULL};
    atomic_init(&w->wakes, 0);
    recorder_watch(recorder, &w->watch);
}

static void expect_wake(struct watcher *w, unsigned more_than)
{
    long long end = clock_monotonic_ms() + DEADLINE_MS;

    while (atomic_load(&w->wakes) <= more_than && clock_monotonic_ms() < end)
        pause_ms(2);
    ck_assert_msg(atomic_load(&w->wakes) > more_than, "nobody woke it");
}

START_TEST(wakes)
{
    struct watcher a;
    struct watcher b;

    start();
    begin_watching(&a);
    begin_watching(&b);
    (void)hand_over();
    expect_wake(&a, 0);
    expect_wake(&b, 0);
    recorder_unwatch(recorder, &a.watch);
    unsigned a_was = atomic_load(&a.wakes);
    unsigned b_was = atomic_load(&b.wakes);
    (void)hand_over();
    expect_wake(&b, b_was);
    ck_assert_uint_eq(atomic_load(&a.wakes), a_was);
    recorder_unwatch(recorder, &b.watch);
    stop();
}
END_TEST

/** The file is locked: a record that the writer has taken from the queue, and cannot write, keeps
 * it from taking more. */
static void stall(void)
{
    long long end = clock_monotonic_ms() + DEADLINE_MS;

    ck_assert(hand_over());
    while (counts().queued > 0 && clock_monotonic_ms() < end)
        pause_ms(2);
    ck_assert_uint_eq(counts().queued, 0);
}

/** Also while the file is locked, and of what the queue has no room for. */
START_TEST(wakes_while_stalled)
{
    struct trace_exchange *got[10];
    uint64_t last = 0;
    uint64_t missed = 0;
    struct watcher w;

    start();
    (void)hand_over();
    settle(1);
    lock();
    begin_watching(&w);
    stall();
    hand_over_many(3 * traces_config.trace_queue);
    unsigned was = atomic_load(&w.wakes);
    ck_assert_int_eq(recorder_last_id(recorder), 2 + traces_config.trace_queue);
    ck_assert(hand_over()); /* wanted, although there is no room in the queue */
    expect_wake(&w, was);
    uint64_t all = 3 + 3 * traces_config.trace_queue;
    size_t n = recorder_since(recorder, all - 1, got, 10, &last, &missed);
    ck_assert(n == 1 && last == all);
    ck_assert_int_eq(got[0]->id, 0); /* it will not be in the file */
    drop_all(got, n);
    recorder_unwatch(recorder, &w.watch);
    unlock();
    settle(all);
    stop();
}
END_TEST

Suite *suite_recorder(void)
{
    Suite *s = suite_create("recorder");
    TCase *tc = tcase_create("recorder");

    tcase_add_checked_fixture(tc, set_up, traces_tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, writes_all);
    tcase_add_test(tc, end_writes_all);
    tcase_add_test(tc, next_start_goes_on);
    tcase_add_test(tc, keeps_so_many);
    tcase_add_test(tc, disabled);
    tcase_add_test(tc, keep_none);
    tcase_add_test(tc, overload);
    tcase_add_test(tc, threads);
    tcase_add_test(tc, full_disk);
    tcase_add_test(tc, unusable_at_start);
    tcase_add_test(tc, locked_at_start);
    tcase_add_test(tc, removed);
    tcase_add_test(tc, replaced);
    tcase_add_test(tc, cleared);
    tcase_add_test(tc, since);
    tcase_add_test(tc, wakes);
    tcase_add_test(tc, wakes_while_stalled);
    suite_add_tcase(s, tc);
    return s;
}
