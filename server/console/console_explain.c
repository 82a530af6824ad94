/* What `lab explain` says, for the console. */
#include <string.h>

#include "base/clock.h"
#include "console_inside.h"
#include "diagnose/diagnose_json.h"
#include "diagnose/explain.h"
#include "diagnose/site_path.h"
#include "trace/trace_join.h"

static enum err load(const struct config *c, struct situation **ret, struct diag *why)
{
    struct store *s = NULL;
    enum err e = store_open_reader(c, CONSOLE_BUSY_MS, &s, why);

    if (e == ERR_OK)
        e = store_load_situation(s, c, clock_now_ms(), ret, why);
    store_close(s);
    return e;
}

json_t *console_diagnose(const struct exchange *x, const struct question *q,
                         const struct seen *seen)
{
    struct situation *s = NULL;
    struct findings f;

    if (load(x->config, &s, NULL) != ERR_OK)
        return NULL;
    diagnose(s, q, seen, &f);
    json_t *object = diagnose_json(&f);
    situation_free(s);
    return object;
}

/* ---- a request that is described ---- */

/** A field of the form; `at` NULL when it is empty. */
static struct slice field(const struct exchange *x, const char *name)
{
    struct slice value = slice_trim(request_argument(x->request, name));

    return value.n == 0 ? (struct slice){NULL, 0} : value;
}

/** The node that is named, or the first one. NULL: there is no such node. */
static const struct node *pick_node(const struct exchange *x)
{
    struct slice name = field(x, "node");

    return name.at == NULL ? &x->config->nodes[0] : config_find_node(x->config, name);
}

/** What a page would send, and where. */
struct asked {
    const struct node *node;
    enum service service;
    struct page_request rq;
    bool is_open;
    const struct console_line *line; /* what its browser said; NULL for nothing */
};

/** What cannot be compared with any settings. */
static void answer_missing(struct exchange *x, const char *missing, json_t *more)
{
    json_t *object =
        json_pack("{s:n, s:n, s:[], s:s}", "verdict", "reason", "diagnoses", "missing", missing);

    if (object != NULL)
        (void)json_object_update(object, more);
    console_reply_json(x, 200, object);
}

/** Whatever is asked, diagnosed as the settings are now.
 * @param recorded  the exchange that is asked about; NULL: none that is known
 * @param more      further members; NULL for none */
static void answer_question(struct exchange *x, const struct question *q,
                            const struct console_line *line, const struct trace_exchange *recorded,
                            json_t *more)
{
    struct diag why = {0, ""};
    struct situation *s = NULL;
    struct findings f;
    struct seen seen = {MISTAKE_NONE, POSSIBLE, 0, false};

    enum err e = load(x->config, &s, &why);
    if (e != ERR_OK) {
        console_refuse(x, 503, "%s", why.text[0] == '\0' ? err_text(e) : why.text);
        return;
    }
    if (line != NULL)
        seen = explain_seen(line, situation_running(s, q->node, q->service));
    if (recorded != NULL && seen.status == 0)
        seen.status = recorded->status;
    diagnose(s, q, line == NULL ? NULL : &seen, &f);
    bool is_over = recorded != NULL && recorded->kind == TRACE_RESET &&
                   f.verdict != VERDICT_UNREACHED; /* nothing else is known of it */
    json_t *object = is_over ? NULL : diagnose_json(&f);
    situation_free(s);
    if (is_over) {
        answer_missing(x, "origin", more);
        return;
    }
    if (object != NULL) {
        (void)json_object_set_new(object, "node", json_string(x->config->nodes[q->node].name));
        (void)json_object_set_new(object, "service", json_string(service_name(q->service)));
        (void)json_object_set_new(object, "console", json_null());
        (void)json_object_update(object, more);
    }
    console_reply_json(x, 200, object);
}

static void answer(struct exchange *x, const struct asked *a, json_t *more)
{
    struct diag why = {0, ""};
    struct question q;
    size_t node = (size_t)(a->node - x->config->nodes);

    if (question_of_page(x->config, node, a->service, &a->rq, &q, &why) != ERR_OK) {
        console_refuse(x, 400, "%s", why.text);
        return;
    }
    q.is_open = a->is_open;
    q.has_login =
        q.has_login || (a->line != NULL && a->line->status != 0 && a->line->status != 401);
    answer_question(x, &q, a->line, NULL, more);
}

static void explain_request(struct exchange *x)
{
    struct asked a = {.node = pick_node(x),
                      .rq = {.origin = field(x, "origin"),
                             .method = field(x, "method"),
                             .headers = field(x, "headers"),
                             .path = field(x, "path")}};
    struct slice service = field(x, "service");

    if (a.node == NULL)
        console_refuse(x, 400, "The lab has no node of that name.");
    else if (a.rq.origin.at == NULL)
        console_refuse(x, 400, "The page's origin is needed.");
    else if (a.rq.path.at != NULL && a.rq.path.at[0] != '/')
        console_refuse(x, 400, "A path begins with a slash.");
    else if (service.at != NULL && !platform_find_service(a.node->platform, service, &a.service))
        console_refuse(x, 400, "This node has no such service.");
    else {
        enum service of_path = site_path_service(a.node->platform, a.rq.path);
        if (service.at == NULL || (a.rq.path.at != NULL && of_path == SERVICE_LIVE_DATA))
            a.service = of_path;
        answer(x, &a, NULL);
    }
}

/* ---- a message of a browser's console ---- */

static json_t *line_json(const struct console_line *l)
{
    char code[CONSOLE_CODE_MAX];

    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "browser",
                     console_browser_name(l->row->browser), "code", explain_console_code(l, code),
                     "says", l->row->says, "url", trace_json_text(l->url), "origin",
                     trace_json_text(l->origin), "method", trace_json_text(l->method));
}

/** What the line leaves open, the form may say. */
static struct asked asked_of(const struct exchange *x, const struct console_line *l,
                             const struct place *place)
{
    const struct place p = *place;
    struct asked a = {.line = l};
    struct slice named = field(x, "node");

    a.node = p.is_known ? &x->config->nodes[p.node] : named.at == NULL ? NULL : pick_node(x);
    a.service = p.service;
    a.rq = (struct page_request){.origin = l->origin.at == NULL ? field(x, "origin") : l->origin,
                                 .method = l->method.at == NULL ? field(x, "method") : l->method,
                                 .headers = l->header.at == NULL ? field(x, "headers") : l->header,
                                 .is_preflighted = l->is_preflight};
    if (p.is_known)
        a.rq.path = p.path;
    if (p.is_known && !p.is_address)
        a.rq.host = p.host;
    if (!p.is_known && a.node != NULL)
        a.service = site_path_service(a.node->platform, a.rq.path);
    a.is_open = a.rq.method.at == NULL || a.rq.headers.at == NULL;
    return a;
}

/** Join the line with the trace, as `lab explain` does, unless the form has headers of its own. */
static void explain_line(struct exchange *x, const struct console_line *l, json_t *more)
{
    struct trace_join j = {.x = NULL};
    struct question q;
    struct place p;

    explain_console_place(x->config, l, &p);
    struct asked a = asked_of(x, l, &p);
    if (p.is_known && field(x, "headers").at == NULL)
        trace_join_line(x->config, p.node, l, &a.rq, CONSOLE_BUSY_MS, &j);
    trace_join_json(&j, more);
    if (j.x != NULL && trace_join_question(x->config, &j, a.rq.origin.at != NULL, &q))
        answer_question(x, &q, l, j.x, more);
    else if (a.node == NULL || a.rq.origin.at == NULL)
        answer_missing(x, a.node == NULL ? "node" : "origin", more);
    else
        answer(x, &a, more);
    trace_join_end(&j);
}

static void explain_console(struct exchange *x, struct slice text)
{
    struct console_line line;

    if (!console_read(text, &line)) {
        console_refuse(x, 400,
                       "This is no message that is known here; paste the browser's whole "
                       "line.");
        return;
    }
    json_t *more = json_pack("{s:o}", "console", line_json(&line));
    explain_line(x, &line, more);
    json_decref(more);
}

void console_explain(struct exchange *x)
{
    struct slice text = field(x, "console");

    if (text.at != NULL)
        explain_console(x, text);
    else
        explain_request(x);
}
