/* The trace under load, and when it cannot be written: answers do not depend on it, and what is
 * missing is counted. */
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"
#include "traced.h"

#define DB      "state/trace.db"
#define CLIENTS 8
#define EACH    200

/* Of glibc, hidden by POSIX. */
int prlimit(pid_t pid, int resource, const struct rlimit *fresh, struct rlimit *old);

static struct lab lab;
static long long n_asked; /* by `ask` alone */

static void stop(void)
{
    lab_clear(&lab);
}

static long long n_exchanges(void)
{
    return traced_number(&lab, "SELECT count(*) FROM exchange WHERE kind = 'exchange'");
}

static long long n_dropped(void)
{
    return traced_number(&lab, "SELECT dropped FROM state");
}

/** Preflights on one connection, each of which must be answered. */
static void ask(unsigned n)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (unsigned i = 0; i < n; i++)
        ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    n_asked += n;
    wire_close(w);
}

struct total {
    long long want;
};

/** Everything is either in the file, or told of there as missing. */
static bool adds_up(void *arg)
{
    const struct total *t = arg;

    return n_exchanges() + n_dropped() >= t->want;
}

static void wait_for_total(long long want)
{
    struct total t = {want};

    test_until(adds_up, &t, "all exchanges, recorded or counted");
    ck_assert_int_eq(n_exchanges() + n_dropped(), want);
}

static void check_integrity(void)
{
    ck_assert_int_eq(traced_number(&lab, "SELECT count(*) FROM pragma_integrity_check"
                                         " WHERE integrity_check = 'ok'"),
                     1);
}

static size_t times_logged(const char *text)
{
    char *log = proc_stderr(&lab.server);
    size_t n = 0;

    for (const char *p = strstr(log, text); p != NULL; p = strstr(p + 1, text))
        n++;
    free(log);
    return n;
}

/* ---- many at once ---- */

static void *run_client(void *arg)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    (void)arg;
    for (unsigned i = 0; i < EACH; i++)
        ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    wire_close(w);
    return NULL;
}

/** As many records as requests, each on its own connection with as many. */
START_TEST(clients)
{
    pthread_t thread[CLIENTS];
    char sql[128];

    start_article(&lab, "trace { queue = 100000 }\n");
    for (size_t i = 0; i < CLIENTS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, run_client, NULL), 0);
    for (size_t i = 0; i < CLIENTS; i++)
        (void)pthread_join(thread[i], NULL);
    traced_wait(&lab, (long long)CLIENTS * EACH);
    ck_assert_int_eq(n_dropped(), 0);
    ck_assert_int_eq(traced_number(&lab, "SELECT max(id) FROM exchange"),
                     (long long)CLIENTS * EACH);
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM (SELECT connection FROM exchange GROUP BY connection"
                   " HAVING count(*) = %d)",
                   EACH);
    ck_assert_int_eq(traced_number(&lab, sql), CLIENTS);
    check_integrity();
}
END_TEST

/** Only the latest are kept. */
START_TEST(keep)
{
    start_article(&lab, "trace { keep = 30 }\n");
    ask(100);
    test_pause_ms(50);
    ask(100);
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    ck_assert_int_eq(n_exchanges(), 30);
    ck_assert_int_eq(traced_number(&lab, "SELECT max(id) FROM exchange"), 200);
}
END_TEST

/* ---- a writer that is held up ---- */

static sqlite3 *locker;

static void lock(void)
{
    ck_assert_int_eq(sqlite3_open(lab_path(&lab, DB), &locker), SQLITE_OK);
    /* What is committed is seen a moment before the writer lets go. */
    (void)sqlite3_busy_timeout(locker, PROC_DEADLINE_MS);
    ck_assert_int_eq(sqlite3_exec(locker, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static void unlock(void)
{
    ck_assert_int_eq(sqlite3_exec(locker, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(locker), SQLITE_OK);
}

static void expect_shown(const char *command, const char *text)
{
    struct proc_result r = lab_cli(&lab, NULL, "lab", "trace", command, "--limit=10000", NULL);

    ck_assert_msg(r.status == 0 && strstr(r.out, text) != NULL, "%s: no '%s' in %s%s", command,
                  text, r.out, r.err);
    proc_result_clear(&r);
}

/** No answer waits; the queue keeps what it holds; the rest is counted and shown. */
START_TEST(stalled)
{
    char text[64];

    start_article(&lab, "trace { queue = 16 }\nlog_level = info\n");
    ask(1);
    traced_wait(&lab, 1);
    lock();
    ask(500);
    ck_assert_int_eq(n_exchanges(), 1); /* reading is not held up either */
    unlock();
    wait_for_total(501);
    ck_assert_msg(n_dropped() >= 500 - 2 * 16 - 1 && n_dropped() < 500, "%lld dropped",
                  n_dropped());
    ask(1);
    wait_for_total(502);
    (void)snprintf(text, sizeof text, "%lld exchanges could not be recorded", n_dropped());
    expect_shown("list", text);
    expect_shown("list", "exchanges are missing here");
    wait_for_log(&lab,
                 "were not recorded"); /* a warning, or, after a long time, a word of the end */
}
END_TEST

/** A server that is told to stop does not wait for the lock for long. */
START_TEST(stalled_at_the_end)
{
    start_article(&lab, NULL);
    ask(1);
    traced_wait(&lab, 1);
    lock();
    ask(10);
    long long begin = test_now_ms();
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    ck_assert_int_lt(test_now_ms() - begin, PROC_DEADLINE_MS / 2);
    unlock();
    ck_assert_int_eq(n_exchanges(), 1);
}
END_TEST

/* ---- files that cannot be written ---- */

static void limit_files(size_t bytes)
{
    struct rlimit limit;

    ck_assert_int_eq(prlimit(lab.server.pid, RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = bytes;
    ck_assert_int_eq(prlimit(lab.server.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

/** Is the latest exchange in the file? */
static bool records_again(void *arg)
{
    long long n = n_exchanges();

    (void)arg;
    ask(1);
    test_pause_ms(100);
    return n_exchanges() == n + 1;
}

/** A disk that is full, as far as this process is concerned, and has room again. (Its log is a file
 *  as well, but a short one.) */
START_TEST(full_disk)
{
    static const struct proc_options options = {.file_size_max = (size_t)1 << 30};

    lab_init(&lab, NULL);
    lab_must(&lab, "lab reset article");
    lab.options = &options; /* SIGXFSZ is ignored */
    lab_start_server(&lab);
    ask(5);
    traced_wait(&lab, 5);
    limit_files(150000);
    for (unsigned i = 0; i < 10; i++) {
        ask(200);
        test_pause_ms(30);
    }
    wait_for_log(&lab, "until then requests are answered, but not recorded");
    limit_files((size_t)1 << 30);
    test_until(records_again, NULL, "it goes on");
    ask(1);
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    ck_assert_int_eq(n_exchanges() + n_dropped(), n_asked);
    ck_assert_int_gt(n_dropped(), 0);
    ck_assert_int_ge(traced_number(&lab, "SELECT count(*) FROM exchange WHERE kind = 'gap'"), 1);
    check_integrity();
}
END_TEST

static const struct proc_options as_nobody = {.unprivileged = true};

/** The file may not be written to, from the start; and then may. */
START_TEST(read_only)
{
    lab_init(&lab, "cert_dir = \"certs\"\n");
    copy_certs(&lab);
    if (!can_be_unprivileged())
        return;
    lab.options = &as_nobody;
    lab_must(&lab, "lab reset article");
    test_write_file(lab_path(&lab, DB), "", 0);
    ck_assert_int_eq(chmod(lab_path(&lab, DB), 0444), 0);
    lab_start_server(&lab);
    ask(50);
    wait_for_log(&lab, "make the file and its folder writable; until then requests are answered");
    ck_assert_int_eq(chmod(lab_path(&lab, DB), 0644), 0);
    test_until(records_again, NULL, "it goes on");
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    ck_assert_int_eq(n_exchanges() + n_dropped(), n_asked);
}
END_TEST

static void put_garbage(void)
{
    char text[5000];

    memset(text, 'g', sizeof text);
    test_write_file(lab_path(&lab, DB), text, sizeof text);
}

static void put_newer(void)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(sqlite3_open(lab_path(&lab, DB), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "CREATE TABLE t (a); PRAGMA application_id = 1668639060;"
                                  "PRAGMA user_version = 99",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static void put_folder(void)
{
    ck_assert_int_eq(mkdir(lab_path(&lab, DB), 0755), 0);
}

static const struct bad_row {
    const char *name;
    void (*put)(void);
    const char *says;
} bad_rows[] = {
    {"garbage", put_garbage, "file is not a database"},
    {"newer", put_newer, "made by a newer version of cuicsim (trace version 99"},
    {"folder", put_folder, "unable to open database file"},
};

/** The server starts, answers, says so once, and leaves the file alone; the shell says so too. */
START_TEST(unusable)
{
    const struct bad_row *row = &bad_rows[_i];
    char path[256];
    size_t n_before = 0;
    size_t n_after = 0;

    lab_init(&lab, NULL);
    lab_must(&lab, "lab reset article");
    row->put();
    char *before = row->put == put_folder ? NULL : test_read_file(lab_path(&lab, DB), &n_before);
    lab_start_server(&lab);
    ask(20);
    wait_for_log(&lab, row->says);
    ck_assert_uint_eq(times_logged("but not recorded"), 1);
    struct proc_result r = lab_cli(&lab, NULL, "lab", "trace", "list", NULL);
    ck_assert_msg(r.status == 3 && strstr(r.err, row->says) != NULL, "%d: %s%s", r.status, r.out,
                  r.err);
    proc_result_clear(&r);
    char *after = before == NULL ? NULL : test_read_file(lab_path(&lab, DB), &n_after);
    ck_assert(n_before == n_after && (before == NULL || memcmp(before, after, n_before) == 0));
    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, "state/moved"));
    ck_assert_int_eq(rename(lab_path(&lab, DB), path), 0);
    test_until(records_again, NULL, "it goes on");
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    ck_assert_int_eq(n_exchanges() + n_dropped(), n_asked);
    free(before);
    free(after);
}
END_TEST

/* ---- files that come and go ---- */

START_TEST(removed)
{
    start_article(&lab, NULL);
    ask(3);
    traced_wait(&lab, 3);
    ck_assert_int_eq(unlink(lab_path(&lab, DB)), 0);
    (void)unlink(lab_path(&lab, DB "-wal"));
    (void)unlink(lab_path(&lab, DB "-shm"));
    ask(2);
    traced_wait(&lab, 2);
    ck_assert_int_eq(traced_number(&lab, "SELECT min(id) FROM exchange"), 4);
}
END_TEST

START_TEST(cleared)
{
    start_article(&lab, NULL);
    ask(3);
    traced_wait(&lab, 3);
    lab_must(&lab, "lab trace clear");
    traced_wait(&lab, 0);
    ask(2);
    traced_wait(&lab, 2);
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    lab_must(&lab, "lab trace clear");
    lab_start_server(&lab);
    ask(1);
    traced_wait(&lab, 1);
    ck_assert_int_eq(traced_number(&lab, "SELECT id FROM exchange"), 6);
}
END_TEST

static const char *const off[] = {"trace { enabled = no }\n", "trace { keep = 0 }\n"};

START_TEST(switched_off)
{
    struct stat st;

    start_article(&lab, off[_i]);
    ask(20);
    struct proc_result r = lab_cli(&lab, NULL, "lab", "trace", "list", NULL);
    ck_assert_int_eq(r.status, 0);
    ck_assert_msg(strstr(r.out, "the configuration's section trace says so") != NULL, "%s", r.out);
    proc_result_clear(&r);
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    ck_assert_int_ne(stat(lab_path(&lab, DB), &st), 0);
}
END_TEST

/* ---- ends ---- */

#define KILLS 20

static bool has_more(void *arg)
{
    return n_exchanges() > *(const long long *)arg;
}

/** One more exchange, and it is in the file. */
static void ask_and_wait(void)
{
    long long had = n_exchanges();

    ask(1);
    test_until(has_more, &had, "it is recorded");
}

/** The trace of a killed server is whole, readable, and goes on with the next start. */
START_TEST(killed)
{
    unsigned seed = 20261122;

    start_article(&lab, NULL);
    ask_and_wait();
    for (unsigned i = 0; i < test_scaled(KILLS); i++) {
        long long had = n_exchanges();
        struct wire *w = wire_open(lab.port[0], PUB);
        for (unsigned k = 0; k < 50; k++)
            wire_say(w, "%s", PREFLIGHT(PUB, LISTED));
        test_pause_ms((unsigned)rand_r(&seed) % 40);
        ck_assert_int_eq(lab_stop_server(&lab, SIGKILL), 128 + SIGKILL);
        wire_close(w);
        check_integrity();
        ck_assert_int_ge(n_exchanges(), had);
        expect_shown("list", "preflight-allowed");
        lab_start_server(&lab);
        ask_and_wait();
    }
    ck_assert_int_eq(traced_number(&lab, "SELECT count(DISTINCT id) = count(*) FROM exchange"), 1);
    ck_assert_int_eq(traced_number(&lab, "SELECT count(DISTINCT run) FROM exchange"),
                     (long long)test_scaled(KILLS) + 1);
}
END_TEST

void suite_trace_load(Suite *s)
{
    TCase *tc = new_case(s, "load");

    tcase_add_checked_fixture(tc, NULL, stop);
    tcase_add_test(tc, clients);
    tcase_add_test(tc, keep);
    tcase_add_test(tc, stalled);
    tcase_add_test(tc, stalled_at_the_end);
    tcase_add_test(tc, full_disk);
    tcase_add_test(tc, read_only);
    tcase_add_loop_test(tc, unusable, 0, (int)COUNT(bad_rows));
    tcase_add_test(tc, removed);
    tcase_add_test(tc, cleared);
    tcase_add_loop_test(tc, switched_off, 0, (int)COUNT(off));
    tcase_add_test(tc, killed);
}
