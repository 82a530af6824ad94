/* Exchanges: those that the recorder still has in memory, and those in the trace. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "console_inside.h"
#include "diagnose/diagnose_json.h"
#include "trace/trace_json.h"
#include "trace/trace_question.h"

#define LAST_MAX     1000
#define LAST_DEFAULT 200

/* ---- as a list has it ---- */

static void set_text(json_t *object, const char *key, const struct trace_exchange *x,
                     enum trace_text t)
{
    struct slice text = x->text[t];

    text.n = text.n < CONSOLE_TEXT_SHOWN ? text.n : CONSOLE_TEXT_SHOWN;
    if (text.at != NULL)
        (void)json_object_set_new(object, key, trace_json_text(text));
}

json_t *console_summary(const struct trace_exchange *x, uint64_t seq)
{
    json_t *o = json_pack("{s:s, s:I, s:I}", "kind", trace_kind_name(x->kind), "at",
                          (json_int_t)x->at_us, "us", (json_int_t)x->duration_us);

    if (o == NULL)
        return NULL;
    if (x->id != 0)
        (void)json_object_set_new(o, "id", json_integer(x->id));
    if (seq != 0)
        (void)json_object_set_new(o, "seq", json_integer((json_int_t)seq));
    set_text(o, "node", x, TRACE_NODE);
    set_text(o, "service", x, TRACE_SERVICE);
    set_text(o, "client", x, TRACE_CLIENT);
    set_text(o, "method", x, TRACE_METHOD);
    set_text(o, "target", x, TRACE_TARGET);
    set_text(o, "origin", x, TRACE_ORIGIN);
    set_text(o, "asks", x, TRACE_REQUEST_METHOD);
    set_text(o, "class", x, TRACE_CLASS);
    set_text(o, "reason", x, TRACE_REASON);
    set_text(o, "note", x, TRACE_NOTE);
    (void)json_object_set_new(o, "status", json_integer(x->status));
    (void)json_object_set_new(o, "allowed", json_boolean(x->is_allowed));
    if (x->kind == TRACE_GAP)
        (void)json_object_set_new(o, "dropped", json_integer((json_int_t)x->dropped));
    return o;
}

static void refuse_trace(struct exchange *x, enum err e, const struct diag *why)
{
    console_refuse(x, e == ERR_NOTFOUND ? 404 : 503, "%s",
                   why->text[0] == '\0' ? err_text(e) : why->text);
}

static bool append(void *list, struct trace_exchange *x)
{
    return json_array_append_new(list, console_summary(x, 0)) == 0;
}

/** A number of the query, or what stands for it when there is none; false when it is none. */
static bool number(const struct exchange *x, const char *name, unsigned long max,
                   unsigned long otherwise, unsigned long *ret)
{
    struct slice text = request_argument(x->request, name);

    *ret = otherwise;
    return text.n == 0 || text_to_ulong(text, 1, max, ret) == ERR_OK;
}

/** The last ones, or those before a moment: ?before=MICROSECONDS&last=N. Nothing was recorded yet:
 *  that is an empty list. */
void console_exchanges(struct exchange *x)
{
    struct trace_filter f = {.last = LAST_DEFAULT};
    struct trace *t = NULL;
    struct diag why = {0, ""};
    unsigned long before = 0;

    if (!number(x, "before", INT64_MAX, 0, &before) ||
        !number(x, "last", LAST_MAX, LAST_DEFAULT, &f.last)) {
        console_refuse(x, 400, "before is a time in microseconds, last a number up to %d",
                       LAST_MAX);
        return;
    }
    f.until_us = (int64_t)before;
    json_t *list = json_array();
    enum err e = trace_open_reader(x->config, CONSOLE_BUSY_MS, &t, &why);
    if (e == ERR_OK)
        e = trace_list(t, &f, false, append, list, &why);
    trace_close(t);
    if (e == ERR_OK || e == ERR_NOTFOUND) {
        console_reply_json(x, 200, json_pack("{s:o}", "list", list));
        return;
    }
    json_decref(list);
    refuse_trace(x, e, &why);
}

/* ---- one, whole ---- */

/** The one with this number of the stream's, or this id, as long as it is in memory. */
static struct trace_exchange *find_recent(struct recorder *r, unsigned long seq, unsigned long id)
{
    struct trace_exchange **recent = calloc(RECORDER_RECENT, sizeof(struct trace_exchange *));
    struct trace_exchange *found = NULL;
    uint64_t last = 0;
    uint64_t missed = 0;

    if (recent == NULL)
        return NULL;
    size_t n = recorder_since(r, seq == 0 ? 0 : seq - 1, recent, seq == 0 ? RECORDER_RECENT : 1,
                              &last, &missed);
    for (size_t i = 0; i < n; i++) {
        bool is_it = seq != 0 ? missed == 0 : recent[i]->id == (int64_t)id;
        if (is_it && found == NULL)
            found = trace_exchange_ref(recent[i]);
        trace_exchange_unref(recent[i]);
    }
    free(recent);
    return found;
}

void console_forget(struct console *c)
{
    struct trace_exchange *x = NULL;
    uint64_t last = atomic_load(&c->cleared);
    uint64_t missed = 0;

    while (recorder_since(c->from.recorder, last, &x, 1, &last, &missed) == 1)
        trace_exchange_unref(x);
    atomic_store(&c->cleared, last);
}

/** A record and the one that belongs to it: from the trace, or while it is not written yet, alone
 *  and from memory. */
struct found {
    struct trace_exchange *it, *partner; /* references */
};

static enum err read_partner(struct trace *t, struct found *ret, struct diag *why)
{
    int64_t id = 0;
    enum err e = trace_find_partner(t, ret->it, &id, why);

    if (e == ERR_OK && id != 0)
        e = trace_get(t, id, &ret->partner, why);
    return e == ERR_NOTFOUND ? ERR_OK : e; /* it was pruned meanwhile */
}

static enum err read_found(const struct exchange *x, unsigned long seq, unsigned long id,
                           struct found *ret, struct diag *why)
{
    struct trace *t = NULL;

    ret->it = find_recent(x->console->from.recorder, seq, id);
    if (ret->it != NULL)
        id = (unsigned long)ret->it->id;
    if (id == 0)
        return ret->it == NULL ? ERR_NOTFOUND : ERR_OK;
    enum err e = trace_open_reader(x->config, CONSOLE_BUSY_MS, &t, why);
    if (e == ERR_OK && ret->it == NULL)
        e = trace_get(t, (int64_t)id, &ret->it, why);
    if (e == ERR_OK)
        e = read_partner(t, ret, why);
    trace_close(t);
    return ret->it != NULL ? ERR_OK : e; /* alone is better than not at all */
}

/** Would it pass now, and what is wrong if not? NULL for what is no matter of CORS. */
static json_t *diagnosis(struct exchange *x, const struct trace_exchange *it)
{
    const struct seen seen = {MISTAKE_NONE, POSSIBLE, it->status, false};
    struct question q;

    if (!trace_question(x->config, it, &q))
        return NULL;
    return console_diagnose(x, &q, &seen);
}

static json_t *partner_json(const struct found *f)
{
    return f->partner == NULL ? NULL : trace_json(f->partner, f->it->id, true);
}

/** ?id=N, the trace's, or ?seq=N, the stream's. */
void console_exchange(struct exchange *x)
{
    struct found f = {NULL, NULL};
    struct diag why = {0, ""};
    unsigned long seq = 0;
    unsigned long id = 0;

    if (!number(x, "id", INT64_MAX, 0, &id) || !number(x, "seq", INT64_MAX, 0, &seq) ||
        (id == 0) == (seq == 0)) {
        console_refuse(x, 400, "id or seq is the number of an exchange");
        return;
    }
    enum err e = read_found(x, seq, id, &f, &why);
    if (e == ERR_OK)
        console_reply_json(x, 200,
                           json_pack("{s:o, s:o?, s:o?}", "exchange",
                                     trace_json(f.it, f.partner == NULL ? 0 : f.partner->id, true),
                                     "partner", partner_json(&f), "diagnosis", diagnosis(x, f.it)));
    else if (e == ERR_NOTFOUND)
        console_refuse(x, 404, "There is no such exchange any more.");
    else
        refuse_trace(x, e, &why);
    trace_exchange_unref(f.it);
    trace_exchange_unref(f.partner);
}
