/* What the simulator shows gadgets of their own requests: the exchanges as recorded. */
#include <microhttpd.h>
#include <string.h>

#include "desk_pages.h"
#include "diagnose/explain.h"
#include "filtered.h"
#include "trace/record.h"
#include "trace/recorder.h"
#include "trace/trace.h"
#include "trace/trace_json.h"

#define READ_BUSY_MS 2000
#define LOOKED_AT    200 /* records of the same page and node, the latest ones */

/** The address that the client has for us, and in its records; "" when it is not known. */
static const char *client_of(const struct exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->request->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct record_peer *peer = info == NULL ? NULL : info->socket_context;

    if (peer == NULL)
        return "";
    record_find_peer(peer, x->request->connection);
    return peer->address;
}

/** A record as this page's requests to that place have it: its `pair` is theirs. */
static struct trace_exchange *sample(const struct exchange *x, const struct place *p,
                                     struct slice origin)
{
    struct trace_exchange like = {.kind = TRACE_EXCHANGE};

    like.text[TRACE_NODE] = slice_of(x->config->nodes[p->node].name);
    like.text[TRACE_CLIENT] = slice_of(client_of(x));
    like.text[TRACE_ORIGIN] = origin;
    like.text[TRACE_TARGET] = p->path;
    return trace_exchange_new(&like);
}

/** The latest preflight and the latest other request. */
struct latest {
    int64_t pair;
    struct trace_exchange *preflight, *request; /* references */
    bool is_remembered;                         /* the preflight was made before */
};

static bool take(void *arg, struct trace_exchange *x)
{
    struct latest *l = arg;

    if (x->kind != TRACE_EXCHANGE || x->pair != l->pair)
        return true;
    bool is_preflight = slice_is(x->text[TRACE_CLASS], "preflight");
    struct trace_exchange **to = is_preflight ? &l->preflight : &l->request;
    trace_exchange_unref(*to);
    *to = trace_exchange_ref(x);
    return true;
}

/** A request whose preflight the browser had the answer of already. */
static enum err find_remembered(struct trace *t, struct latest *l, struct diag *why)
{
    int64_t id = 0;

    if (l->preflight != NULL || l->request == NULL)
        return ERR_OK;
    enum err e = trace_find_partner(t, l->request, &id, why);
    if (e == ERR_OK && id != 0)
        e = trace_get(t, id, &l->preflight, why);
    l->is_remembered = e == ERR_OK && l->preflight != NULL;
    return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err find(struct exchange *x, struct trace *t, const struct place *p,
                     struct slice origin, int64_t after, struct latest *ret, struct diag *why)
{
    struct trace_exchange *like = sample(x, p, origin);

    if (like == NULL)
        return ERR_NOMEM;
    ret->pair = like->pair;
    struct trace_filter f = {.node = x->config->nodes[p->node].name,
                             .client = client_of(x),
                             .after_id = after,
                             .last = LOOKED_AT};
    enum err e = trace_list(t, &f, true, take, ret, why);
    trace_exchange_unref(like);
    return e == ERR_OK ? find_remembered(t, ret, why) : e;
}

/* ---- JSON ---- */

static json_t *exchange_json(const struct trace_exchange *x)
{
    if (x == NULL)
        return json_null();
    return json_pack("{s:I, s:i, s:o, s:o, s:o}", "id", (json_int_t)x->id, "status", (int)x->status,
                     "reason", trace_json_text(x->text[TRACE_REASON]), "request",
                     trace_json_text(x->text[TRACE_REQUEST_HEAD]), "response",
                     trace_json_text(x->text[TRACE_RESPONSE_HEAD]));
}

static struct app_answer failed(struct exchange *x, enum err e, const struct diag *why)
{
    return desk_error(x, 503, why->text[0] == '\0' ? err_text(e) : why->text);
}

/** @param t  NULL: nothing was recorded yet */
static struct app_answer recorded(struct exchange *x, struct trace *t, const struct place *p,
                                  struct slice origin, int64_t after)
{
    struct latest l = {0};
    struct trace_totals totals = {0};
    struct diag why = {0, ""};

    enum err e = t == NULL ? ERR_OK : trace_get_totals(t, &totals, &why);
    if (e == ERR_OK && t != NULL && p->is_known)
        e = find(x, t, p, origin, after, &l, &why);
    json_t *object = json_pack("{s:I, s:I, s:o, s:o, s:b}", "last", (json_int_t)totals.last_id,
                               "coming", (json_int_t)recorder_last_id(x->recorder), "preflight",
                               exchange_json(l.preflight), "request", exchange_json(l.request),
                               "remembered", l.is_remembered ? 1 : 0);
    trace_exchange_unref(l.preflight);
    trace_exchange_unref(l.request);
    if (e == ERR_OK)
        return filtered_json(x, 200, DESK_JSON, object);
    json_decref(object);
    return failed(x, e, &why);
}

/** ?url=U&origin=O&after=ID: the last preflight and the last request of this client and page to
 *  that URL behind this record; without a url only the number of the last record. `coming`: as
 *  recorder_last_id; it is `last` once all is written. */
struct app_answer desk_exchanges(struct exchange *x)
{
    struct slice url = slice_trim(request_argument(x->request, "url"));
    struct slice origin = slice_trim(request_argument(x->request, "origin"));
    struct slice number = request_argument(x->request, "after");
    unsigned long after = 0;
    struct diag why = {0, ""};
    struct trace *t = NULL;
    struct place p = {.is_known = false};

    if (!desk_may_ask(x))
        return desk_error(x, 403, "Only gadgets of this desktop may ask for that.");
    if (number.n > 0 && text_to_ulong(number, 0, INT64_MAX, &after) != ERR_OK)
        return desk_error(x, 400, "after is the number of a record.");
    if (url.n > 0)
        explain_place(x->config, url, &p);
    enum err e = trace_open_reader(x->config, READ_BUSY_MS, &t, &why);
    if (e != ERR_OK && e != ERR_NOTFOUND)
        return failed(x, e, &why);
    struct app_answer a = recorded(x, t, &p, origin, (int64_t)after);
    trace_close(t);
    return a;
}
