#include "trace_join.h"

#include "base/buf.h"
#include "diagnose/site_path.h"
#include "mask.h"
#include "trace_json.h"
#include "trace_question.h"

#define LOOKED_AT 64   /* of those that fit path and origin, the latest */
#define TEXT_MAX  8192 /* bytes of a path or an origin */

struct search {
    const struct console_line *line;
    const struct page_request *rq;
    bool is_for_reset;
    struct trace_exchange *latest, *failed; /* references */
};

/* ---- does a record fit? ---- */

static bool is_preflight(const struct trace_exchange *x)
{
    return slice_is(x->text[TRACE_METHOD], "OPTIONS") && x->text[TRACE_REQUEST_METHOD].at != NULL;
}

/** The page's method: in a preflight it is asked for. */
static bool fits_method(const struct trace_exchange *x, struct slice method)
{
    return method.at == NULL || slice_same(x->text[TRACE_METHOD], method) ||
           slice_same(x->text[TRACE_REQUEST_METHOD], method);
}

static bool fits(const struct search *s, const struct trace_exchange *x)
{
    const struct console_line *l = s->line;

    if (s->is_for_reset)
        return x->kind == TRACE_RESET;
    return x->kind == TRACE_EXCHANGE && x->text[TRACE_ORIGIN].at != NULL &&
           (!l->is_preflight || is_preflight(x)) && (l->status == 0 || l->status == x->status) &&
           fits_method(x, s->rq->method) &&
           (l->header.at == NULL || slice_list_has(x->text[TRACE_REQUEST_HEADERS], l->header));
}

static void keep(struct trace_exchange **to, struct trace_exchange *x)
{
    trace_exchange_unref(*to);
    *to = trace_exchange_ref(x);
}

static bool look_at(void *arg, struct trace_exchange *x)
{
    struct search *s = arg;

    if (!fits(s, x))
        return true;
    keep(&s->latest, x);
    if (trace_is_refused(x))
        keep(&s->failed, x);
    return true;
}

/* ---- the search ---- */

/** As it is recorded: masked, without its query. */
static bool put_path(struct buf *to, struct slice path)
{
    struct buf masked;

    buf_init(&masked, TEXT_MAX);
    mask_url(&masked, path);
    (void)buf_add(to, site_path_only((struct slice){buf_text(&masked), masked.n}));
    bool is_whole = masked.state == ERR_OK && to->state == ERR_OK;
    buf_clear(&masked);
    return is_whole;
}

static enum err search_path(struct trace *t, const char *node, struct search *s, struct diag *why)
{
    struct trace_filter f = {.node = node, .last = LOOKED_AT};
    struct buf path;
    struct buf origin;

    buf_init(&path, TEXT_MAX);
    buf_init(&origin, TEXT_MAX);
    bool is_whole = s->rq->path.at == NULL || put_path(&path, s->rq->path);
    f.path = s->rq->path.at == NULL ? NULL : buf_text(&path);
    mask_url(&origin, s->rq->origin);
    f.origin = s->rq->origin.at == NULL ? NULL : buf_text(&origin);
    enum err e =
        is_whole && origin.state == ERR_OK ? trace_list(t, &f, false, look_at, s, why) : ERR_NOMEM;
    buf_clear(&path);
    buf_clear(&origin);
    return e;
}

/** Does the message say that nobody answered? */
static bool is_silence(enum mistake blamed)
{
    return blamed == MISTAKE_NO_ANSWER || blamed == MISTAKE_CUT_OFF;
}

static enum err search(struct trace *t, const char *node, struct search *s, struct diag *why)
{
    const struct trace_filter of_node = {.node = node, .last = LOOKED_AT};

    s->is_for_reset = is_silence(s->line->row->blames);
    return s->is_for_reset ? trace_list(t, &of_node, false, look_at, s, why)
                           : search_path(t, node, s, why);
}

static void say_why(const struct config *c, enum err e, const struct diag *failed, struct diag *why)
{
    if (e == ERR_OK)
        diag_set(why, 0, "No such exchange is recorded");
    else if (e != ERR_NOTFOUND)
        diag_set(why, 0, "The trace cannot be read (%s)",
                 failed->text[0] == '\0' ? err_text(e) : failed->text);
    else if (c->trace_enabled && c->trace_keep > 0)
        diag_set(why, 0, "Nothing was recorded yet");
    else
        diag_set(why, 0, "Nothing is recorded: the configuration's section trace says so");
}

void trace_join_line(const struct config *c, size_t node, const struct console_line *line,
                     const struct page_request *rq, unsigned busy_ms, struct trace_join *ret)
{
    struct search s = {.line = line, .rq = rq};
    struct diag failed = {0, ""};
    struct trace *t = NULL;
    enum err e = trace_open_reader(c, busy_ms, &t, &failed);

    *ret = (struct trace_join){.x = NULL};
    if (e == ERR_OK)
        e = search(t, c->nodes[node].name, &s, &failed);
    bool wants_failed = line->row->blames == MISTAKE_NONE && s.failed != NULL;
    if (e == ERR_OK && s.latest != NULL)
        ret->x = trace_exchange_ref(wants_failed ? s.failed : s.latest);
    else
        say_why(c, e, &failed, &ret->why);
    if (ret->x != NULL) /* without it the rest is still true */
        (void)trace_find_partner(t, ret->x, &ret->partner, NULL);
    trace_close(t);
    trace_exchange_unref(s.latest);
    trace_exchange_unref(s.failed);
}

void trace_join_end(struct trace_join *j)
{
    trace_exchange_unref(j->x);
    j->x = NULL;
}

bool trace_join_question(const struct config *c, const struct trace_join *j, bool has_origin,
                         struct question *ret)
{
    return j->x != NULL && (j->x->kind != TRACE_RESET || !has_origin) &&
           trace_question(c, j->x, ret);
}

void trace_join_json(const struct trace_join *j, json_t *object)
{
    json_t *x = j->x == NULL ? NULL : trace_json(j->x, j->partner, false);

    (void)json_object_set_new(object, "recorded", x == NULL ? json_null() : x);
    (void)json_object_set_new(object, "unrecorded",
                              j->x != NULL || j->why.text[0] == '\0' ? json_null()
                                                                     : json_string(j->why.text));
}
