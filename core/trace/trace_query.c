#include <stdlib.h>

#include "base/buf.h"
#include "trace_internal.h"

#define ROW_MAX (1U << 20) /* bytes of texts; over what is ever written */
#define CHUNK   64         /* records held in memory while they are given out */

/* ---- rows ---- */

static void read_numbers(sqlite3_stmt *q, struct trace_exchange *x)
{
    x->id = sqlite3_column_int64(q, 0);
    x->kind = trace_kind_of((const char *)sqlite3_column_text(q, 1));
    x->at_us = sqlite3_column_int64(q, 2);
    x->duration_us = sqlite3_column_int64(q, 3);
    x->run = sqlite3_column_int64(q, 4);
    x->connection = sqlite3_column_int64(q, 5);
    x->pair = sqlite3_column_int64(q, 6);
    x->dropped = (uint64_t)sqlite3_column_int64(q, 7);
    x->request_bytes = (uint64_t)sqlite3_column_int64(q, 8);
    x->response_bytes = (uint64_t)sqlite3_column_int64(q, 9);
    x->messages_in = (uint64_t)sqlite3_column_int64(q, 10);
    x->messages_out = (uint64_t)sqlite3_column_int64(q, 11);
    x->client_port = (unsigned)sqlite3_column_int(q, 12);
    x->status = (unsigned)sqlite3_column_int(q, 13);
    x->is_allowed = sqlite3_column_int(q, 14) != 0;
    x->is_sent = sqlite3_column_int(q, 15) != 0;
    x->cut = (uint32_t)sqlite3_column_int64(q, 16);
}

/** Texts are bytes to us, whatever their column: none is converted. */
static struct slice text_at(sqlite3_stmt *q, int column)
{
    const char *at = sqlite3_column_blob(q, column);
    int n = sqlite3_column_bytes(q, column);

    if (sqlite3_column_type(q, column) == SQLITE_NULL)
        return (struct slice){NULL, 0};
    return (struct slice){at == NULL ? "" : at, n < 0 ? 0 : (size_t)n};
}

/** Build a record from a row of TRACE_COLUMNS, followed by the large texts with `is_whole`. */
static enum err read_row(sqlite3_stmt *q, bool is_whole, struct trace_exchange **ret)
{
    struct trace_exchange *x = calloc(1, sizeof *x);
    size_t n_texts = is_whole ? TRACE_TEXTS : TRACE_FIRST_LARGE;
    struct buf texts;
    size_t begin[TRACE_TEXTS] = {0};

    if (x == NULL)
        return ERR_NOMEM;
    read_numbers(q, x);
    buf_init(&texts, ROW_MAX);
    for (size_t i = 0; i < n_texts; i++) {
        begin[i] = texts.n;
        x->text[i] = text_at(q, TRACE_NUMBERS + (int)i);
        (void)buf_add(&texts, x->text[i]);
    }
    x->texts_bytes = texts.room;
    x->texts = buf_take(&texts);
    if (x->texts == NULL) {
        free(x);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < n_texts; i++)
        if (x->text[i].at != NULL)
            x->text[i].at = x->texts + begin[i];
    atomic_init(&x->users, 1);
    *ret = x;
    return ERR_OK;
}

/* ---- lists ---- */

#define WHERE                                                                                      \
    " WHERE id > :after AND id <= :to AND at_us >= :since AND at_us < :until"                      \
    " AND (:node IS NULL OR node = :node)"                                                         \
    " AND (:service IS NULL OR service = :service)"                                                \
    " AND (:client IS NULL OR client = :client)"                                                   \
    " AND (:reason IS NULL OR reason = :reason)"                                                   \
    " AND (:origin IS NULL OR origin = :origin OR (:part AND instr(origin, :origin) > 0))"         \
    " AND (:path IS NULL OR target = :path OR (substr(target, 1, length(:path)) = :path"           \
    "  AND substr(target, length(:path) + 1, 1) IN ('?', '#')))"                                   \
    " AND (:status IS NULL OR status BETWEEN :status AND :status_to)"                              \
    " AND (kind <> 'gap' OR :gaps)"

static bool shows_gaps(const struct trace_filter *f)
{
    return f->node == NULL && f->service == NULL && f->client == NULL && f->reason == NULL &&
           f->origin == NULL && f->path == NULL && !f->has_status;
}

/** @param after, to  ids, which differ from those of the filter as a list goes on */
static enum err bind_filter(struct trace *t, sqlite3_stmt *q, const struct trace_filter *f,
                            int64_t after, int64_t to, struct diag *why)
{
    const struct {
        const char *name;
        const char *text;
    } texts[] = {{":node", f->node},     {":service", f->service}, {":client", f->client},
                 {":reason", f->reason}, {":origin", f->origin},   {":path", f->path}};
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {{":after", after},
                   {":to", to},
                   {":since", f->since_us},
                   {":until", f->until_us == 0 ? INT64_MAX : f->until_us},
                   {":part", f->is_origin_part},
                   {":gaps", shows_gaps(f)},
                   {":status_to", f->status_to},
                   {":chunk", CHUNK}};
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < sizeof texts / sizeof texts[0]; i++)
        e = db_bind_text(&t->file, q, texts[i].name, texts[i].text, why);
    for (size_t i = 0; e == ERR_OK && i < sizeof numbers / sizeof numbers[0]; i++)
        e = db_bind_int(&t->file, q, numbers[i].name, numbers[i].value, why);
    if (e == ERR_OK && f->has_status)
        e = db_bind_int(&t->file, q, ":status", f->status, why);
    return e;
}

/** The id before the first of the latest `last`. */
static enum err find_first(struct trace *t, const struct trace_filter *f, int64_t to, int64_t *ret,
                           struct diag *why)
{
    static const char sql[] = "SELECT id FROM exchange" WHERE " ORDER BY id DESC LIMIT 1"
                              " OFFSET :last - 1";
    auto_stmt *q = NULL;
    enum err e = db_prepare(&t->file, sql, &q, why);

    if (e == ERR_OK)
        e = bind_filter(t, q, f, f->after_id, to, why);
    if (e == ERR_OK)
        e = db_bind_int(&t->file, q, ":last", (int64_t)f->last, why);
    if (e == ERR_OK)
        e = db_row(&t->file, q, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int64(q, 0) - 1;
    return e == ERR_NOTFOUND ? ERR_OK : e; /* there are fewer */
}

static enum err find_last(struct trace *t, int64_t *ret, struct diag *why)
{
    auto_stmt *q = NULL;
    enum err e = db_prepare(&t->file, "SELECT coalesce(max(id), 0) FROM exchange", &q, why);

    if (e == ERR_OK)
        e = db_row(&t->file, q, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int64(q, 0);
    return e;
}

/** Read the next few records, and let go of the file. */
static enum err read_chunk(struct trace *t, sqlite3_stmt *q, bool is_whole,
                           struct trace_exchange *chunk[CHUNK], size_t *ret_n, struct diag *why)
{
    enum err e = ERR_OK;

    *ret_n = 0;
    while (*ret_n < CHUNK && (e = db_row(&t->file, q, why)) == ERR_OK) {
        e = read_row(q, is_whole, &chunk[*ret_n]);
        if (e != ERR_OK)
            break;
        (*ret_n)++;
    }
    (void)sqlite3_reset(q);
    return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err each_from(struct trace *t, sqlite3_stmt *q, const struct trace_filter *f,
                          bool is_whole, int64_t after, int64_t to,
                          bool (*each)(void *arg, struct trace_exchange *x), void *arg,
                          struct diag *why)
{
    struct trace_exchange *chunk[CHUNK];
    size_t n = CHUNK;
    bool goes_on = true;
    enum err e = ERR_OK;

    while (e == ERR_OK && goes_on && n == CHUNK) {
        n = 0;
        e = bind_filter(t, q, f, after, to, why);
        if (e == ERR_OK)
            e = read_chunk(t, q, is_whole, chunk, &n, why);
        for (size_t i = 0; i < n; i++) {
            after = chunk[i]->id;
            goes_on = goes_on && e == ERR_OK && each(arg, chunk[i]);
            trace_exchange_unref(chunk[i]);
        }
    }
    return e;
}

enum err trace_list(struct trace *t, const struct trace_filter *f, bool is_whole,
                    bool (*each)(void *arg, struct trace_exchange *x), void *arg, struct diag *why)
{
    static const char small[] =
        "SELECT " TRACE_COLUMNS " FROM exchange" WHERE " ORDER BY id LIMIT :chunk";
    static const char whole[] =
        "SELECT " TRACE_COLUMNS ", request_head, response_head, request_body, response_body"
        " FROM exchange LEFT JOIN message USING (id)" WHERE " ORDER BY id LIMIT :chunk";
    auto_stmt *q = NULL;
    int64_t after = f->after_id;
    int64_t to = 0;
    enum err e = find_last(t, &to, why);

    if (e == ERR_OK && f->last > 0)
        e = find_first(t, f, to, &after, why);
    if (e == ERR_OK)
        e = db_prepare(&t->file, is_whole ? whole : small, &q, why);
    return e == ERR_OK ? each_from(t, q, f, is_whole, after, to, each, arg, why) : e;
}

/* ---- one ---- */

enum err trace_get(struct trace *t, int64_t id, struct trace_exchange **ret, struct diag *why)
{
    static const char sql[] =
        "SELECT " TRACE_COLUMNS ", request_head, response_head, request_body, response_body"
        " FROM exchange LEFT JOIN message USING (id)"
        " WHERE id = :id OR (:id = 0 AND id = (SELECT max(id) FROM exchange))";
    auto_stmt *q = NULL;
    enum err e = db_prepare(&t->file, sql, &q, why);

    if (e == ERR_OK)
        e = db_bind_int(&t->file, q, ":id", id, why);
    if (e == ERR_OK)
        e = db_row(&t->file, q, why);
    return e == ERR_OK ? read_row(q, true, ret) : e;
}

/* The preflight asks for the method of what follows; the latest one before it is the one that
 * counts, for a browser keeps its permission for a while and asks anew then. Before means: it began
 * before. Records are numbered when their answers have been sent, so a request that was answered
 * late stands behind a preflight that it does not belong to; and a thread that is late itself
 * numbers a preflight, which is answered at once, at most a few records too high. */
#define LATE "64"
static const char behind_preflight[] =
    "SELECT id FROM exchange AS x WHERE pair = :pair AND id > :id - " LATE
    " AND (at_us, id) > (:at, :id) AND class = 'actual' AND method = :method"
    " AND :id = (SELECT id FROM exchange AS p WHERE p.pair = :pair AND p.id < x.id + " LATE
    "  AND (p.at_us, p.id) < (x.at_us, x.id) AND p.class = 'preflight' AND p.is_allowed"
    "  AND p.request_method = :method ORDER BY p.id DESC LIMIT 1)"
    " ORDER BY id LIMIT 1";
static const char before_actual[] =
    "SELECT id FROM exchange WHERE pair = :pair AND id < :id + " LATE
    " AND (at_us, id) < (:at, :id) AND at_us > :since AND class = 'preflight' AND is_allowed"
    " AND request_method = :method ORDER BY id DESC LIMIT 1";

#define CACHED_US 86400000000 /* no browser keeps a preflight's permission for longer */

enum err trace_find_partner(struct trace *t, const struct trace_exchange *x, int64_t *ret,
                            struct diag *why)
{
    bool is_preflight = slice_is(x->text[TRACE_CLASS], "preflight");
    struct slice method = x->text[is_preflight ? TRACE_REQUEST_METHOD : TRACE_METHOD];
    auto_stmt *q = NULL;

    *ret = 0;
    if (x->pair == 0 || method.at == NULL || (is_preflight && !x->is_allowed) ||
        (!is_preflight && !slice_is(x->text[TRACE_CLASS], "actual")))
        return ERR_OK;
    enum err e = db_prepare(&t->file, is_preflight ? behind_preflight : before_actual, &q, why);
    if (e == ERR_OK)
        e = db_bind_int(&t->file, q, ":pair", x->pair, why);
    if (e == ERR_OK)
        e = db_bind_int(&t->file, q, ":id", x->id, why);
    if (e == ERR_OK)
        e = db_bind_int(&t->file, q, ":at", x->at_us, why);
    if (e == ERR_OK)
        e = db_bind_int(&t->file, q, ":since", x->at_us - CACHED_US, why);
    int i = e == ERR_OK ? sqlite3_bind_parameter_index(q, ":method") : 0;
    if (i > 0 && sqlite3_bind_text(q, i, method.at, (int)method.n, SQLITE_STATIC) != SQLITE_OK)
        e = db_fail(&t->file, SQLITE_NOMEM, why);
    if (e == ERR_OK)
        e = db_row(&t->file, q, why);
    if (e == ERR_OK)
        *ret = sqlite3_column_int64(q, 0);
    return e == ERR_NOTFOUND ? ERR_OK : e;
}
