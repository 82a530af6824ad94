#include "cmds_trace.h"

#include "base/clock.h"
#include "cmds.h"
#include "diagnose/diagnose_json.h"
#include "explain_print.h"
#include "shell.h"
#include "trace/trace_json.h"
#include "trace/trace_question.h"
#include "trace_options.h"
#include "trace_print.h"

#define BUSY_MS    15000 /* as for the store */
#define LIST_SHOWN 20    /* exchanges, unless told */
#define FOLLOW_MS  200   /* between two looks at the file */

/* ---- opening ---- */

struct trace *trace_cmd_open(struct call *c, enum result *ret)
{
    struct diag why = {0, ""};
    struct trace *t = NULL;
    enum err e = trace_open_reader(c->sh->config, BUSY_MS, &t, &why);

    *ret = RESULT_DONE;
    if (e == ERR_NOTFOUND)
        out_printf(&c->out, "%s\n",
                   c->sh->config->trace_enabled && c->sh->config->trace_keep > 0
                       ? "Nothing was recorded yet."
                       : "Nothing is recorded: the configuration's section trace says so.");
    else if (e != ERR_OK)
        *ret = call_store_failed(c, e, &why);
    return e == ERR_OK ? t : NULL;
}

static enum result end(struct call *c, struct trace *t, enum err e, const struct diag *why)
{
    trace_close(t);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, why);
}

/* ---- list and follow ---- */

struct listing {
    struct call *call;
    struct trace *trace;
    struct trace_lines lines;
    json_t *list;       /* --json: they are collected; NULL for text */
    bool is_stream;     /* they are printed as JSON lines */
    unsigned long left; /* how many more; 0: no limit */
    int64_t last_id;
};

int64_t trace_cmd_partner(struct trace *t, const struct trace_exchange *x)
{
    int64_t id = 0;

    (void)trace_find_partner(t, x, &id, NULL); /* without it the rest is still true */
    return id;
}

static bool list_one(void *arg, struct trace_exchange *x)
{
    struct listing *l = arg;

    l->last_id = x->id;
    if (l->is_stream)
        (void)out_json_line(l->call->sh->to, trace_json(x, trace_cmd_partner(l->trace, x), true),
                            0);
    else if (l->list != NULL)
        (void)json_array_append_new(l->list, trace_json(x, trace_cmd_partner(l->trace, x), true));
    if (!l->is_stream)
        trace_print_line(&l->lines, x);
    if (l->left > 0 && --l->left == 0)
        return false;
    return !l->call->out.is_cut;
}

/** What could not be recorded is told with every list. */
static enum err print_totals(struct call *c, struct trace *t, unsigned long n, struct diag *why)
{
    struct trace_totals totals;
    enum err e = trace_get_totals(t, &totals, why);

    if (e != ERR_OK)
        return e;
    if (n == 0)
        out_printf(&c->out, "%s\n",
                   totals.n == 0 ? "Nothing was recorded yet."
                                 : "No recorded exchange is such a one.");
    if (totals.dropped > 0)
        out_printf(&c->out, "\n%llu exchanges could not be recorded since the trace was begun.\n",
                   (unsigned long long)totals.dropped);
    call_json(c, "recorded", json_integer(totals.n));
    call_json(c, "dropped", json_integer((json_int_t)totals.dropped));
    return ERR_OK;
}

static enum result trace_show_list(struct call *c)
{
    struct trace_options o;
    struct diag why = {0, ""};
    enum result r =
        trace_options_read(c, TRACE_TAKES_FILTER | TRACE_TAKES_JSON, clock_now_us(), &o);

    if (r != RESULT_DONE)
        return r;
    o.filter.last = o.filter.last == 0 ? LIST_SHOWN : o.filter.last;
    struct listing l = {.call = c, .lines = {&c->out, 0, 0}};
    l.list = c->json == NULL ? NULL : json_array();
    l.is_stream = o.is_json && c->json == NULL;
    l.trace = trace_cmd_open(c, &r);
    enum err e = ERR_OK;
    if (l.trace != NULL)
        e = trace_list(l.trace, &o.filter, c->json != NULL || o.is_json, list_one, &l, &why);
    call_json(c, "recorded", json_integer(0));
    call_json(c, "dropped", json_integer(0));
    if (e == ERR_OK && l.trace != NULL && !l.is_stream)
        e = print_totals(c, l.trace, l.lines.n, &why);
    call_json(c, "exchanges", l.list);
    return l.trace == NULL ? r : end(c, l.trace, e, &why);
}

/** The file may be made, removed and made again meanwhile. */
static enum err look(struct listing *l, const struct trace_options *o, struct diag *why)
{
    int64_t version = 0;
    struct trace_filter f = o->filter;
    enum err e = l->trace == NULL ? ERR_NOTFOUND : trace_data_version(l->trace, &version, why);

    f.after_id = l->last_id;
    f.last = 0;
    if (e == ERR_NOTFOUND) {
        trace_close(l->trace);
        l->trace = NULL;
        e = trace_open_reader(l->call->sh->config, BUSY_MS, &l->trace, why);
    }
    if (e == ERR_OK)
        e = trace_list(l->trace, &f, l->is_stream, list_one, l, why);
    return e == ERR_NOTFOUND ? ERR_OK : e;
}

/** From where on: what is there already is shown only when it was asked for. */
static enum err find_start(struct listing *l, const struct trace_options *o, struct diag *why)
{
    struct trace_totals totals = {0, 0, 0};
    enum err e = trace_open_reader(l->call->sh->config, BUSY_MS, &l->trace, why);

    if (e == ERR_OK)
        e = trace_get_totals(l->trace, &totals, why);
    if (e == ERR_OK && o->filter.since_us == 0)
        l->last_id = totals.last_id;
    return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum result follow(struct call *c)
{
    struct trace_options o;
    struct diag why = {0, ""};
    enum result r = trace_options_read(c, TRACE_TAKES_FILTER | TRACE_TAKES_JSON | TRACE_TAKES_FOR,
                                       clock_now_us(), &o);

    if (r != RESULT_DONE)
        return r;
    struct listing l = {.call = c, .lines = {&c->out, 0, 0}, .left = o.filter.last};
    l.is_stream = o.is_json || c->json != NULL;
    c->out.pager = NULL; /* nobody wants to press a key for what is to come */
    long long until = clock_monotonic_ms() + o.for_ms;
    bool goes_on = true;
    enum err e = find_start(&l, &o, &why);
    while (e == ERR_OK && goes_on) {
        e = look(&l, &o, &why);
        (void)fflush(c->sh->to);
        goes_on = (o.filter.last == 0 || l.left > 0) && ferror(c->sh->to) == 0 &&
                  (o.for_ms < 0 || clock_monotonic_ms() < until) &&
                  term_wait(&c->sh->term, FOLLOW_MS);
    }
    if (term_is_interrupted(&c->sh->term)) /* its end as a rule: nothing failed */
        out_printf(&c->out, "Control-C pressed\n");
    return end(c, l.trace, e, &why);
}

/* ---- show ---- */

/** What is behind a refusal, and what mends it, by the settings as they are now.
 * @param ret  NULL: the record is of nothing that could be explained */
static enum result explain_recorded(struct call *c, const struct trace_exchange *x, bool is_json,
                                    json_t **ret)
{
    const struct seen seen = {MISTAKE_NONE, POSSIBLE, x->status, false};
    struct situation *s = NULL;
    struct question q;
    struct findings f;

    *ret = NULL;
    if (!trace_is_refused(x) || !trace_question(c->sh->config, x, &q))
        return RESULT_DONE;
    enum result r = explain_load(c, &s);
    if (r != RESULT_DONE)
        return r;
    diagnose(s, &q, &seen, &f);
    bool is_mended = x->kind == TRACE_RESET && f.verdict != VERDICT_UNREACHED;
    if (!is_mended)
        *ret = diagnose_json(&f);
    if (!is_mended && !is_json) {
        out_printf(&c->out, "\nAs the settings are now:\n\n");
        explain_print_findings(c, &f);
    }
    situation_free(s);
    return RESULT_DONE;
}

static json_t *whole_json(const struct trace_exchange *x, int64_t partner, json_t *diagnosis)
{
    json_t *object = trace_json(x, partner, true);

    if (object != NULL && diagnosis != NULL)
        (void)json_object_set(object, "diagnosis", diagnosis);
    return object;
}

static enum result show_one(struct call *c, struct trace *t, const struct trace_options *o,
                            unsigned long id)
{
    struct diag why = {0, ""};
    struct trace_exchange *x = NULL;
    enum err e = trace_get(t, (int64_t)id, &x, &why);

    if (e == ERR_NOTFOUND && id == 0)
        return call_fail(c, "Nothing was recorded yet.");
    if (e == ERR_NOTFOUND)
        return call_fail(c,
                         "There is no exchange %lu, or it is not kept any more; 'lab trace "
                         "list' has the latest.",
                         id);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    int64_t partner = trace_cmd_partner(t, x);
    bool is_line = o->is_json && c->json == NULL;
    json_t *diagnosis = NULL;
    if (!is_line)
        trace_print_whole(&c->out, x, partner);
    enum result r = explain_recorded(c, x, is_line, &diagnosis);
    if (is_line)
        (void)out_json_line(c->sh->to, whole_json(x, partner, diagnosis), 0);
    call_json(c, "exchange", whole_json(x, partner, diagnosis));
    json_decref(diagnosis);
    trace_exchange_unref(x);
    return r;
}

static enum result trace_show(struct call *c)
{
    struct trace_options o;
    unsigned long id = 0;
    enum result r = trace_options_read(c, TRACE_TAKES_NAME | TRACE_TAKES_JSON, clock_now_us(), &o);

    if (r != RESULT_DONE)
        return r;
    if (o.name.at == NULL ||
        (!slice_is(o.name, "last") && text_to_ulong(o.name, 1, INT64_MAX, &id) != ERR_OK))
        return call_misuse(c, "Which exchange? its number in 'lab trace list', or 'last'");
    struct trace *t = trace_cmd_open(c, &r);
    if (t == NULL)
        return r == RESULT_DONE ? call_fail(c, "There is no exchange to show.") : r;
    r = show_one(c, t, &o, id);
    trace_close(t);
    return r;
}

/* ---- clear ---- */

static enum result clear(struct call *c)
{
    struct diag why = {0, ""};
    int64_t n = 0;
    enum result r = RESULT_DONE;
    struct trace *t = trace_cmd_open(c, &r);

    call_json(c, "cleared", json_integer(0));
    if (t == NULL)
        return r;
    enum err e = trace_clear(t, &n, &why);
    if (e == ERR_OK)
        out_printf(&c->out, "%lld record%s removed.\n", (long long)n, n == 1 ? " was" : "s were");
    call_json(c, "cleared", json_integer(n));
    return end(c, t, e, &why);
}

/* ---- the table ---- */

#define FILTERS                                                                                    \
    "--node, --service, --client, --origin, --status, --reason, --since, --until, --limit"

static const struct cmd_param list_options = {"OPTION...", CMD_MAYBE_REST,
                                              "which ones: " FILTERS "; --json: as JSON lines",
                                              "--status 403 --since 10m", NULL};
static const struct cmd_param follow_options = {
    "OPTION...", CMD_MAYBE_REST, "which ones: " FILTERS "; --for: how long; --json: as JSON lines",
    "--node cuicsub --for 1s", NULL};
static const struct cmd_param which = {
    "ID", CMD_REST, "the exchange's number, or 'last'; --json behind it: as JSON", "last", NULL};
static const struct cmd_param export_options = {
    "FILE|OPTION...", CMD_MAYBE_REST,
    "a new file, standard output when left out; which ones: " FILTERS, "--status 4xx --since 10m",
    NULL};

static const struct cmd rows[] = {
    {"lab trace list", "List the latest recorded exchanges, the last one last", &list_options, 0,
     CMD_LAB, trace_show_list, NULL},
    {"lab trace show", "Show all that is recorded of one exchange", &which, 0, CMD_LAB, trace_show,
     NULL},
    {"lab trace follow", "Print exchanges as they happen, until Ctrl-C", &follow_options, 0,
     CMD_LAB, follow, NULL},
    {"lab trace clear", "Remove all recorded exchanges", NULL, 1, CMD_LAB, clear, NULL},
    {"lab trace export har", "Export exchanges as HAR 1.2, for a browser's developer tools",
     &export_options, 0, CMD_LAB, trace_cmd_export_har, NULL},
    {"lab trace export jsonl", "Export exchanges as JSON lines", &export_options, 0, CMD_LAB,
     trace_cmd_export_lines, NULL},
};

size_t cmds_trace(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
