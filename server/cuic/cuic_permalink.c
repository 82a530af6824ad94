#include <jansson.h>
#include <string.h>

#include "cuic/report.h"
#include "cuic_login.h"
#include "cuic_pages.h"
#include "filtered.h"

/* Permalinks: a report as a page, or as XML, by a URL. */

#define LINK_MAX     (16U << 20) /* bytes of a page */
#define LIVE_SECONDS 10          /* a Live Data report's refreshRate when the URL has none */

/** What a permalink asks for. */
struct permalink {
    const struct exchange *x;
    const struct shape_report *report;
    bool is_xml;
    unsigned long refresh_s; /* 0: never */
    char login[LOGIN_MAX];
    struct filter filter;
    json_t *rows;
    enum err e;
    struct diag why;
    const struct centre *centre; /* while filters are read */
};

/* ---- what is asked for ---- */

/** Parameters that are no filters. */
static bool is_setting(struct slice name)
{
    static const char *const settings[] = {"viewId",      "linkType",     "viewType",
                                           "refreshRate", "gadgetHeight", "hideGadgetToolbar"};

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (slice_is(name, settings[i]))
            return true;
    return false;
}

static bool apply_filter(void *arg, struct slice name, struct slice value)
{
    struct permalink *p = arg;

    if (!is_setting(name))
        p->e = filter_apply(&p->filter, p->centre, p->login, name, &value, 1, &p->why);
    return p->e == ERR_OK;
}

static void read_rows(void *arg, const struct centre *c)
{
    struct permalink *p = arg;

    p->centre = c;
    filter_init(&p->filter, p->report->kind);
    request_arguments(p->x->request, apply_filter, p);
    if (p->e == ERR_OK) {
        p->rows = report_rows(c, &p->filter);
        p->e = p->rows == NULL ? ERR_NOMEM : ERR_OK;
    }
}

/** @return NULL: all is well; else what is wrong */
static const char *read_settings(struct permalink *p)
{
    const struct request *rq = p->x->request;
    struct slice type = request_argument(rq, "linkType");
    struct slice view = request_argument(rq, "viewType");
    struct slice refresh = request_argument(rq, "refreshRate");

    p->is_xml = slice_is(type, "xmlType");
    if (type.at != NULL && !p->is_xml && !slice_is(type, "htmlType"))
        return "Of the link types there are htmlType and xmlType here.";
    if (view.at != NULL && !slice_is(view, "Grid"))
        return "Of the view types there is Grid alone here.";
    if (p->is_xml && p->report->is_live)
        return "A Live Data report has an HTML permalink only.";
    p->refresh_s = p->report->is_live ? LIVE_SECONDS : 0;
    if (refresh.at != NULL && text_to_ulong(refresh, 1, 86400, &p->refresh_s) != ERR_OK)
        return "refreshRate is a number of seconds from 1 to 86400.";
    return NULL;
}

/* ---- how it is shown ---- */

static void put_value(struct buf *to, const json_t *value)
{
    if (json_is_string(value))
        (void)form_escape(to, (struct slice){json_string_value(value), json_string_length(value)});
    else
        (void)buf_printf(to, "%lld", (long long)json_integer_value(value));
}

static void put_table(const struct permalink *p, struct buf *to)
{
    const char *const *columns = shape_columns(p->report->kind);

    (void)buf_puts(to, "<thead><tr>");
    for (size_t k = 0; columns[k] != NULL; k++)
        (void)buf_printf(to, "<th scope=\"col\">%s</th>", columns[k]);
    (void)buf_puts(to, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < json_array_size(p->rows); i++) {
        const json_t *row = json_array_get(p->rows, i);
        (void)buf_puts(to, "<tr>");
        for (size_t k = 0; columns[k] != NULL; k++) {
            (void)buf_puts(to, "<td>");
            put_value(to, json_object_get(row, columns[k]));
            (void)buf_puts(to, "</td>");
        }
        (void)buf_puts(to, "</tr>\n");
    }
    (void)buf_puts(to, "</tbody>");
}

static struct app_answer show_html(struct exchange *x, const struct permalink *p)
{
    struct buf refresh;
    struct buf table;
    struct buf title;

    buf_init(&refresh, 32);
    buf_init(&table, LINK_MAX);
    buf_init(&title, 256);
    (void)buf_printf(&refresh, "%lu", p->refresh_s);
    put_table(p, &table);
    (void)buf_printf(&title, "%s - %s", p->report->name, p->report->view);
    const struct form_value values[] = {{"REFRESH", {buf_text(&refresh), refresh.n}},
                                        {"TITLE", {buf_text(&title), title.n}},
                                        {"TABLE", {buf_text(&table), table.n}},
                                        {"DATE", slice_of(x->profile.date)},
                                        {"NODE", slice_of(x->profile.node)}};
    struct app_answer a =
        table.state == ERR_OK
            ? pages_fill(x, "cuic/pages/permalink.html", values, sizeof values / sizeof values[0])
            : filtered_error(x, 503, "The simulator is out of memory.");
    a.may_be_framed = p->report->is_open;
    buf_clear(&refresh);
    buf_clear(&table);
    buf_clear(&title);
    return a;
}

/** UNVERIFIED: names of elements and attributes; public scripts that read such XML look for a
 *  report, and for index and name in what is within; settled by one XML permalink. */
static struct app_answer show_xml(struct exchange *x, const struct permalink *p)
{
    const char *const *columns = shape_columns(p->report->kind);
    struct buf text;

    buf_init(&text, LINK_MAX);
    (void)buf_puts(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<report>\n");
    for (size_t i = 0; i < json_array_size(p->rows); i++) {
        const json_t *row = json_array_get(p->rows, i);
        (void)buf_printf(&text, "<row index=\"%zu\">", i + 1);
        for (size_t k = 0; columns[k] != NULL; k++) {
            (void)buf_printf(&text, "<column index=\"%zu\" name=\"%s\">", k + 1, columns[k]);
            put_value(&text, json_object_get(row, columns[k]));
            (void)buf_puts(&text, "</column>");
        }
        (void)buf_puts(&text, "</row>\n");
    }
    (void)buf_puts(&text, "</report>\n");
    return pages_text(x, 200, "text/xml;charset=UTF-8", &text);
}

/* ---- who may see it ---- */

/** A person is sent to the login page; a program that tried to log in gets 401. */
static struct app_answer ask_for_login(struct exchange *x, enum login_state state)
{
    if (state == LOGIN_NONE)
        return pages_to_login(x);
    struct app_answer a = filtered_error(x, 401, LOGIN_HELP);
    a.authenticate = CUIC_CHALLENGE;
    return a;
}

struct app_answer pages_permalink(struct exchange *x)
{
    struct permalink p = {.x = x, .e = ERR_OK};
    struct slice view = request_argument(x->request, "viewId");

    p.report = shape_find_report(view);
    if (p.report == NULL)
        return filtered_error(x, 404,
                              view.at == NULL ? "A permalink needs a viewId in its query."
                                              : "There is no view of this viewId; those that there "
                                                "are stand on /cuicui/Main.jsp.");
    enum login_state state = cuic_login_who(x, p.login);
    if (state != LOGIN_FINE)
        p.login[0] = '\0';
    if (state != LOGIN_FINE && !p.report->is_open)
        return ask_for_login(x, state);
    const char *wrong = read_settings(&p);
    if (wrong != NULL)
        return filtered_error(x, 400, wrong);
    live_read(x->live, read_rows, &p);
    if (p.e == ERR_NOMEM)
        return filtered_error(x, 503, "The simulator is out of memory.");
    if (p.e != ERR_OK)
        return filtered_error(x, 400, p.why.text);
    struct app_answer a = p.is_xml ? show_xml(x, &p) : show_html(x, &p);
    json_decref(p.rows);
    return a;
}
