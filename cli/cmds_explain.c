#include <string.h>

#include "base/clock.h"
#include "cmds.h"
#include "diagnose/diagnose_json.h"
#include "diagnose/site_path.h"
#include "explain_options.h"
#include "explain_print.h"
#include "trace/trace_join.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define SHOWN_MAX 128

#define NODES_OFFERED 32   /* by Tab */
#define BUSY_MS       3000 /* the trace is no more than a help */

/* ---- what is meant ---- */

/** "cuicpub, cuicsub" */
static void put_nodes(const struct config *c, struct buf *to)
{
    for (size_t i = 0; i < config_all_nodes(c); i++)
        (void)buf_printf(to, "%s%s", i == 0 ? "" : ", ", c->nodes[i].name);
}

static enum result say_no_node(struct call *c, struct slice name)
{
    char shown[SHOWN_MAX];
    struct buf nodes;

    buf_init(&nodes, TERM_LINE_MAX);
    put_nodes(c->sh->config, &nodes);
    enum result r = call_misuse(c, "%s is no node of this lab; it has %s",
                                text_copy_defused(shown, sizeof shown, name), buf_text(&nodes));
    buf_clear(&nodes);
    return r;
}

/** The node that is meant: the one that is named, else this shell's. */
static enum result pick_node(struct call *c, struct slice name, size_t *ret)
{
    const struct config *config = c->sh->config;
    const struct node *n = name.at == NULL ? c->sh->node : config_find_node(config, name);

    if (n == NULL)
        return say_no_node(c, name);
    *ret = (size_t)(n - config->nodes);
    return RESULT_DONE;
}

/** The service that is meant: the one that is named, else that of the path. */
static enum result pick_service(struct call *c, size_t node, struct slice name, struct slice path,
                                enum service *ret)
{
    const struct node *n = &c->sh->config->nodes[node];
    enum service of_path = site_path_service(n->platform, path);

    if (name.at == NULL) {
        *ret = of_path;
        return RESULT_DONE;
    }
    for (int s = 0; s < SERVICE_COUNT; s++) {
        if (!slice_is(name, service_name((enum service)s)) ||
            !platform_has(n->platform, (enum service)s))
            continue;
        if (path.n > 0 && s == SERVICE_CUIC && of_path == SERVICE_LIVE_DATA)
            return call_misuse(c, "That path is Live Data's; leave --service away");
        *ret = (enum service)s;
        return RESULT_DONE;
    }
    return call_misuse(c, "%s has the %s; --service is one of these", n->name,
                       n->platform == PLATFORM_FINESSE ? "service finesse"
                                                       : "services cuic and live-data");
}

/* ---- answers ---- */

/** Put the verdict, the reason and the diagnoses into the JSON object. */
static void say_json(struct call *c, const struct findings *f)
{
    json_t *object = c->json == NULL ? NULL : diagnose_json(f);

    if (object != NULL)
        (void)json_object_update(c->json, object);
    json_decref(object);
}

static enum result answer(struct call *c, const struct findings *f)
{
    explain_print_findings(c, f);
    say_json(c, f);
    return RESULT_DONE;
}

/** Why a message cannot be compared with the settings. */
static enum result say_not_joined(struct call *c, const char *text)
{
    explain_wrap(&c->out, "", 0, text);
    call_json(c, "verdict", json_null());
    call_json(c, "reason", json_null());
    call_json(c, "diagnoses", json_array());
    return RESULT_DONE;
}

/** Diagnose what was recorded, as the settings are now. */
static enum result answer_recorded(struct call *c, const struct question *q,
                                   const struct console_line *line, const struct trace_exchange *x)
{
    struct situation *s = NULL;
    struct findings f;
    enum result r = explain_load(c, &s);

    if (r != RESULT_DONE)
        return r;
    struct seen seen = explain_seen(line, situation_running(s, q->node, q->service));
    seen.status = seen.status == 0 ? x->status : seen.status;
    diagnose(s, q, &seen, &f);
    if (x->kind == TRACE_RESET && f.verdict != VERDICT_UNREACHED)
        r = say_not_joined(c, "It would not be reset now: the web proxy runs. With --origin the "
                              "rest is compared with the settings.");
    else
        r = answer(c, &f);
    situation_free(s);
    return r;
}

/** Diagnose what a page would send.
 * @param line  what its browser said; NULL for nothing */
static enum result answer_page(struct call *c, size_t node, enum service service,
                               const struct page_request *rq, bool is_open,
                               const struct console_line *line)
{
    struct situation *s = NULL;
    struct diag why = {0, ""};
    struct question q;
    struct findings f;
    struct seen seen = {MISTAKE_NONE, POSSIBLE, 0, false};

    if (question_of_page(c->sh->config, node, service, rq, &q, &why) != ERR_OK)
        return call_fail(c, "Operation failed, %s", why.text);
    q.is_open = is_open;
    q.has_login = q.has_login || (line != NULL && line->status != 0 && line->status != 401);
    enum result r = explain_load(c, &s);
    if (r != RESULT_DONE)
        return r;
    if (line != NULL)
        seen = explain_seen(line, situation_running(s, node, service));
    diagnose(s, &q, line == NULL ? NULL : &seen, &f);
    r = answer(c, &f);
    situation_free(s);
    return r;
}

static enum result explain_request(struct call *c, const struct explain_options *t)
{
    struct page_request rq = {.origin = t->value[OPTION_ORIGIN],
                              .method = t->value[OPTION_METHOD],
                              .headers = t->value[OPTION_HEADERS],
                              .path = t->value[OPTION_PATH]};
    enum service service = SERVICE_CUIC;
    size_t node = 0;
    enum result r = pick_node(c, t->value[OPTION_NODE], &node);

    if (r == RESULT_DONE && rq.path.at != NULL && (rq.path.n == 0 || rq.path.at[0] != '/'))
        r = call_misuse(c, "--path begins with a slash, as in --path /cuic/");
    if (r == RESULT_DONE)
        r = pick_service(c, node, t->value[OPTION_SERVICE], rq.path, &service);
    return r == RESULT_DONE ? answer_page(c, node, service, &rq, false, NULL) : r;
}

/* ---- --console ---- */

static json_t *json_or_null(struct slice s)
{
    char shown[2048];

    return s.at == NULL ? json_null() : json_string(text_copy_defused(shown, sizeof shown, s));
}

static void say_line_json(struct call *c, const struct console_line *l)
{
    char code[CONSOLE_CODE_MAX];

    call_json(c, "console",
              json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:i}", "browser",
                        console_browser_name(l->row->browser), "code",
                        explain_console_code(l, code), "says", l->row->says, "url",
                        json_or_null(l->url), "origin", json_or_null(l->origin), "method",
                        json_or_null(l->method), "header", json_or_null(l->header), "status",
                        (int)l->status));
}

/** The messages of one browser, joined by semicolons. */
static void list_messages(struct call *c, enum console_browser browser)
{
    size_t n = 0;
    const struct console_row *row = console_rows(&n);
    struct buf text;

    buf_init(&text, (size_t)64 << 10);
    for (size_t i = 0; i < n; i++)
        if (row[i].browser == browser)
            (void)buf_printf(&text, "%s%s%s%s", text.n == 0 ? "" : "; ", row[i].find,
                             row[i].also == NULL ? "" : " ... ",
                             row[i].also == NULL ? "" : row[i].also);
    out_printf(&c->out, "%s:\n", console_browser_name(browser));
    explain_wrap(&c->out, "  ", 2, buf_text(&text));
    buf_clear(&text);
}

static enum result say_unrecognised(struct call *c)
{
    static const char error[] =
        "This is no message that is known here; paste the browser's whole line";

    out_printf(&c->out, "%s.\nThese are recognised, by any part of them:\n", error);
    list_messages(c, CONSOLE_CHROMIUM);
    list_messages(c, CONSOLE_FIREFOX);
    list_messages(c, CONSOLE_ANY);
    call_json(c, "error", json_string(error));
    out_printf(&c->out, "Executed command unsuccessfully\n");
    return RESULT_FAILED;
}

/** What the line leaves open and the options say, and the other way round. */
static struct page_request request_of(const struct explain_options *t, const struct console_line *l,
                                      const struct place *p)
{
    struct page_request rq = {.origin = t->value[OPTION_ORIGIN],
                              .method = t->value[OPTION_METHOD],
                              .headers = t->value[OPTION_HEADERS],
                              .path = t->value[OPTION_PATH],
                              .is_preflighted = l->is_preflight};

    if (rq.origin.at == NULL)
        rq.origin = l->origin;
    if (rq.method.at == NULL)
        rq.method = l->method;
    if (rq.headers.at == NULL)
        rq.headers = l->header;
    if (rq.path.at == NULL && p->is_known)
        rq.path = p->path;
    if (p->is_known && !p->is_address)
        rq.host = p->host;
    return rq;
}

/** Diagnose what the text and the options say of a request. */
static enum result answer_line(struct call *c, const struct explain_options *t,
                               const struct console_line *l, const struct place *p)
{
    struct page_request rq = request_of(t, l, p);
    enum service service = p->service;
    size_t node = p->node;
    enum result r = RESULT_DONE;

    if (!p->is_known && t->value[OPTION_NODE].at == NULL)
        return say_not_joined(c, l->url.at == NULL
                                     ? "The text names no URL; with --node it is compared with "
                                       "that node's settings."
                                     : "The URL's host is no node of this lab; with --node it is "
                                       "compared with that node's settings.");
    if (rq.origin.at == NULL)
        return say_not_joined(c, "The text does not tell the page's origin; with --origin it is "
                                 "compared with the settings.");
    if (t->value[OPTION_NODE].at != NULL)
        r = pick_node(c, t->value[OPTION_NODE], &node);
    if (r == RESULT_DONE &&
        (t->value[OPTION_SERVICE].at != NULL || !p->is_known || t->value[OPTION_NODE].at != NULL))
        r = pick_service(c, node, t->value[OPTION_SERVICE], rq.path, &service);
    bool is_open = rq.method.at == NULL || rq.headers.at == NULL;
    return r == RESULT_DONE ? answer_page(c, node, service, &rq, is_open, l) : r;
}

/** Do the options describe a request of their own? */
static bool has_own_request(const struct explain_options *t)
{
    return t->value[OPTION_HEADERS].at != NULL || t->value[OPTION_PATH].at != NULL ||
           t->value[OPTION_SERVICE].at != NULL || t->value[OPTION_NODE].at != NULL;
}

/** Join the message with the trace, and what it is about with the present settings. */
static enum result join(struct call *c, const struct explain_options *t,
                        const struct console_line *l)
{
    struct trace_join j = {.x = NULL};
    struct question q;
    struct place p;

    explain_console_place(c->sh->config, l, &p);
    struct page_request rq = request_of(t, l, &p);
    bool is_searched = p.is_known && !has_own_request(t);
    if (is_searched)
        trace_join_line(c->sh->config, p.node, l, &rq, BUSY_MS, &j);
    if (is_searched)
        explain_print_recorded(c, &j);
    if (c->json != NULL)
        trace_join_json(&j, c->json);
    bool is_recorded =
        j.x != NULL && trace_join_question(c->sh->config, &j, rq.origin.at != NULL, &q);
    enum result r = is_recorded ? answer_recorded(c, &q, l, j.x) : answer_line(c, t, l, &p);
    trace_join_end(&j);
    return r;
}

static enum result explain_console(struct call *c, const struct explain_options *t,
                                   struct slice text)
{
    struct console_line line;

    if (!console_read(text, &line))
        return say_unrecognised(c);
    explain_print_line(c, &line);
    say_line_json(c, &line);
    return join(c, t, &line);
}

/** What is pasted at the prompt may have many lines: an empty one ends it. */
static enum result read_and_explain(struct call *c, const struct explain_options *t)
{
    const char *prompt = c->sh->term.is_interactive
                             ? "Paste what the console says, and an empty line behind it:\n"
                             : "Paste what the console says, and an empty line behind it:";
    struct buf all;
    struct buf line;
    enum err e = ERR_OK;

    if (c->sh->never_asks)
        return call_misuse(c, "--console needs what the browser says, in quotes");
    buf_init(&all, TERM_LINE_MAX);
    buf_init(&line, TERM_LINE_MAX);
    do {
        e = term_ask(&c->sh->term, prompt, &line);
        prompt = NULL;
        (void)buf_printf(&all, "%s\n", buf_text(&line));
    } while (e == ERR_OK && line.n > 0);
    enum result r = e == ERR_INTERRUPTED
                        ? call_interrupted(c)
                        : explain_console(c, t, (struct slice){buf_text(&all), all.n});
    buf_clear(&line);
    buf_clear(&all);
    return r;
}

static enum result lab_explain(struct call *c)
{
    struct explain_options t;
    enum result r = explain_options_read(c, &t);

    if (r != RESULT_DONE)
        return r;
    if (t.value[OPTION_CONSOLE].at == NULL)
        return explain_request(c, &t);
    return t.is_to_be_read ? read_and_explain(c, &t)
                           : explain_console(c, &t, t.value[OPTION_CONSOLE]);
}

/* ---- the table ---- */

/** Options for Tab, those of few values with their values. */
static const char *nth_option(const void *context, size_t i)
{
    static const char *const choice[] = {
        "--origin",          "--service cuic",  "--service live-data",
        "--service finesse", "--method GET",    "--method POST",
        "--method PUT",      "--method DELETE", "--method OPTIONS",
        "--headers",         "--path",          "--console",
    };
    static _Thread_local char node[NODES_OFFERED][SHOWN_MAX]; /* all are listed at once */
    const struct shell *sh = context;

    if (i < COUNT(choice))
        return choice[i];
    i -= COUNT(choice);
    if (sh->config == NULL) /* for bash, whose nodes are not known yet */
        return i == 0 ? "--node" : NULL;
    if (i >= config_all_nodes(sh->config) || i >= NODES_OFFERED)
        return NULL;
    (void)snprintf(node[i], sizeof node[i], "--node %s", sh->config->nodes[i].name);
    return node[i];
}

static const struct cmd_param options = {
    "--origin O [--node N] [--service S] [--method M] [--headers H,H] [--path P] | --console TEXT",
    CMD_OPTIONS,
    "the page's origin and its request, or what the browser's console says; the node is this one, "
    "the service that of the path, unless told; --method= is a blank one",
    "--node cuicsub --origin https://finessep.uccelab.tac:8445",
    nth_option,
};

static const struct cmd rows[] = {
    {"lab explain",
     "Say whether a request across origins would pass, what is wrong if not, and the commands that "
     "mend it",
     &options, 0, CMD_LAB, lab_explain, NULL},
};

size_t cmds_explain(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        table[n++] = &rows[i];
    return n;
}
