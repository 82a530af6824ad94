/* Writing that fails or is cut off: all of a batch is there or nothing, and what was there before
 * stays readable. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_trace.h"
#include "fault_vfs.h"
#include "scratch.h"
#include "support.h"
#include "traces.h"

#define BATCH 20

static struct trace_exchange *batch[BATCH];

static void make_batch(int64_t first)
{
    for (size_t i = 0; i < BATCH; i++) {
        struct trace_exchange x = traces_sample(first + (int64_t)i);
        batch[i] = trace_exchange_new(&x);
    }
}

static void drop_batch(void)
{
    for (size_t i = 0; i < BATCH; i++)
        trace_exchange_unref(batch[i]);
}

static enum err add(struct trace *t, struct diag *why)
{
    return trace_add(t, batch, BATCH, why);
}

static enum err prune(struct trace *t, struct diag *why)
{
    return trace_prune(t, 10, why);
}

static enum err clear(struct trace *t, struct diag *why)
{
    int64_t n = 0;

    return trace_clear(t, &n, why);
}

static const struct row {
    const char *name;
    enum err (*run)(struct trace *t, struct diag *why);
} rows[] = {{"add", add}, {"prune", prune}, {"clear", clear}};

static void check_file(const char *name, int n)
{
    ck_assert_msg(traces_sql("SELECT count(*) FROM pragma_integrity_check"
                             " WHERE integrity_check = 'ok'") == 1,
                  "%s, write %d: damaged", name, n);
    ck_assert_msg(traces_sql("SELECT count(*) FROM exchange") ==
                      traces_sql("SELECT count(*) FROM message"),
                  "%s, write %d: heads and records differ", name, n);
}

/** Let the n-th write fail, for every n until none fails. */
START_TEST(full_disk)
{
    const struct row *row = &rows[_i];
    struct trace *t = traces_open();
    bool has_failed = true;
    int n = 0;

    make_batch(101);
    traces_fill(t, 1, 60);
    for (; has_failed; n++) {
        struct diag why = {0, ""};
        char before[4096];
        (void)snprintf(before, sizeof before, "%s", traces_all(t));
        fault_vfs_fail_after(n);
        enum err e = row->run(t, &why);
        has_failed = fault_vfs_has_failed();
        fault_vfs_fail_after(-1);
        ck_assert_msg(e == ERR_OK || e == ERR_FULL, "%s, write %d: %s: %s", row->name, n,
                      err_text(e), why.text);
        if (e == ERR_FULL)
            ck_assert_msg(strcmp(before, traces_all(t)) == 0 &&
                              strstr(why.text, traces_path()) != NULL,
                          "%s, write %d: '%s', %s", row->name, n, traces_all(t), why.text);
        check_file(row->name, n);
        if (e == ERR_OK && has_failed) /* what failed came after it: giving room back */
            break;
    }
    ck_assert_int_gt(n, 1);
    traces_fill(t, 201, 201);
    drop_batch();
    trace_close(t);
}
END_TEST

/** In a process of its own: batches until it is killed at its n-th write. Each one that was written
 *  is acknowledged by a longer file. @return how many were */
static int add_and_be_killed(int n)
{
    pid_t pid = fork();
    int status = 0;
    size_t bytes = 0;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        char done[64] = "";
        struct trace *t = NULL;
        fault_vfs_kill_after(n);
        enum err e = trace_open(&traces_config, 100, &t, NULL);
        for (size_t i = 0; e == ERR_OK && i < 8; i++) {
            make_batch(1 + (int64_t)i * BATCH);
            e = trace_add(t, batch, BATCH, NULL);
            if (e == ERR_OK)
                e = trace_prune(t, 3 * BATCH, NULL);
            done[i] = '.';
            scratch_write_bytes(scratch_path("done"), done, i + 1);
            drop_batch();
        }
        (void)raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    free(scratch_read(scratch_path("done"), &bytes));
    return (int)bytes;
}

static void expect_readable(int n, int batches)
{
    struct trace *t = traces_open();
    struct trace_totals totals;

    MUST(trace_get_totals(t, &totals, &why));
    ck_assert_msg(totals.last_id == batches * BATCH || totals.last_id == (batches + 1) * BATCH,
                  "write %d: %d batches were acknowledged, the last id is %lld", n, batches,
                  (long long)totals.last_id);
    ck_assert_msg(totals.n >= (batches < 3 ? batches : 3) * BATCH, "write %d: %lld records", n,
                  (long long)totals.n);
    trace_close(t);
    check_file("killed", n);
}

START_TEST(killed)
{
    int batches = 0;

    for (int n = 0; batches < 8; n += 3) {
        (void)scratch_write("done", "");
        batches = add_and_be_killed(n);
        expect_readable(n, batches);
        (void)unlink(traces_path());
        (void)unlink(scratch_path("state/" TRACE_FILE "-wal"));
        (void)unlink(scratch_path("state/" TRACE_FILE "-shm"));
    }
}
END_TEST

TCase *tcase_trace_fault(void)
{
    TCase *tc = tcase_create("fault");

    tcase_add_checked_fixture(tc, traces_set_up, traces_tear_down);
    tcase_set_timeout(tc, 120);
    add_rows(tc, full_disk, COUNT(rows));
    tcase_add_test(tc, killed);
    return tc;
}
