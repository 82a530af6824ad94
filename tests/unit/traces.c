#include "traces.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fault_vfs.h"
#include "scratch.h"
#include "support.h"

#define BUSY_MS 100

struct config traces_config;
static char state_dir[SCRATCH_PATH];

void traces_set_up(void)
{
    fault_vfs_install();
    scratch_set_up();
    (void)snprintf(state_dir, sizeof state_dir, "%s", scratch_path("state"));
    traces_config = (struct config){
        .state_dir = state_dir, .trace_enabled = true, .trace_keep = 1000, .trace_queue = 100};
}

void traces_tear_down(void)
{
    (void)chmod(state_dir, 0755);
    scratch_tear_down();
    fault_vfs_remove();
}

const char *traces_path(void)
{
    return scratch_path("state/" TRACE_FILE);
}

struct trace *traces_open(void)
{
    struct trace *t = NULL;

    MUST(trace_open(&traces_config, BUSY_MS, &t, &why));
    return t;
}

struct trace_exchange traces_sample(int64_t id)
{
    struct trace_exchange x = {.kind = TRACE_EXCHANGE,
                               .id = id,
                               .at_us = TRACES_NOW + id * 1000000,
                               .duration_us = 250,
                               .run = TRACES_NOW,
                               .connection = 7,
                               .client_port = 50000,
                               .status = 200,
                               .is_allowed = true,
                               .is_sent = true};

    x.text[TRACE_NODE] = slice_of("cuicpub");
    x.text[TRACE_SERVICE] = slice_of("cuic");
    x.text[TRACE_CLIENT] = slice_of("192.0.2.7");
    x.text[TRACE_SERVER] = slice_of("127.0.0.1:8444");
    x.text[TRACE_TLS] = slice_of("TLS1.3");
    x.text[TRACE_SNI] = slice_of("cuicpub.uccelab.tac");
    x.text[TRACE_METHOD] = slice_of("OPTIONS");
    x.text[TRACE_TARGET] = slice_of("/cuic/");
    x.text[TRACE_VERSION] = slice_of("HTTP/1.1");
    x.text[TRACE_HOST] = slice_of("cuicpub.uccelab.tac:8444");
    x.text[TRACE_ORIGIN] = slice_of("https://finessep.uccelab.tac:8445");
    x.text[TRACE_REQUEST_METHOD] = slice_of("GET");
    x.text[TRACE_CLASS] = slice_of("preflight");
    x.text[TRACE_REASON] = slice_of("preflight-allowed");
    x.text[TRACE_REQUEST_HEAD] = slice_of("OPTIONS /cuic/ HTTP/1.1\r\n"
                                          "Host: cuicpub.uccelab.tac:8444\r\n"
                                          "Cookie: a=b; c=d\r\n\r\n");
    x.text[TRACE_RESPONSE_HEAD] = slice_of("HTTP/1.1 200 OK\r\nserver: nginx\r\n"
                                           "set-cookie: JSESSIONID=X; Path=/cuic; Secure\r\n"
                                           "Content-Length: 0\r\n\r\n");
    return x;
}

void traces_add(struct trace *t, const struct trace_exchange *x)
{
    struct trace_exchange *made = trace_exchange_new(x);

    ck_assert_ptr_nonnull(made);
    MUST(trace_add(t, &made, 1, &why));
    trace_exchange_unref(made);
}

void traces_fill(struct trace *t, int64_t from, int64_t to)
{
    struct trace_exchange *batch[64];
    size_t n = 0;

    for (int64_t id = from; id <= to; id++) {
        struct trace_exchange x = traces_sample(id);
        batch[n++] = trace_exchange_new(&x);
        if (n < COUNT(batch) && id < to)
            continue;
        MUST(trace_add(t, batch, n, &why));
        while (n > 0)
            trace_exchange_unref(batch[--n]);
    }
}

struct ids {
    char *to;
    size_t n;
    size_t size;
};

static bool put_id(void *arg, struct trace_exchange *x)
{
    struct ids *ids = arg;

    ids->n += (size_t)snprintf(ids->to + ids->n, ids->size - ids->n, "%s%lld",
                               ids->n == 0 ? "" : " ", (long long)x->id);
    return ids->n < ids->size - 32;
}

const char *traces_ids(struct trace *t, const struct trace_filter *f)
{
    static char text[65536];
    struct ids ids = {text, 0, sizeof text};

    text[0] = '\0';
    MUST(trace_list(t, f, false, put_id, &ids, &why));
    return text;
}

const char *traces_all(struct trace *t)
{
    return traces_ids(t, &(struct trace_filter){.last = 0});
}

long long traces_sql(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    long long value = 0;

    ck_assert_int_eq(sqlite3_open(traces_path(), &db), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW)
        value = sqlite3_column_int64(q, 0);
    ck_assert_msg(rc == SQLITE_ROW || rc == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(db));
    (void)sqlite3_finalize(q);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return value;
}
