#include "site_cuic.h"

#include <jansson.h>
#include <string.h>

#include "cuic_login.h"
#include "cuic_pages.h"
#include "cuic_rest.h"
#include "diagnose/site_path.h"
#include "filtered.h"

/* What the captured actual OPTIONS prints; the application writes it, not the filter. */
#define APP_ALLOW "GET,POST,OPTIONS,PUT,DELETE"
/* UNVERIFIED: outside the application, Tomcat's own; settled by OPTIONS on a path of no
 * application. @source tests/data/oracle-cases.jsonl: pf-options-star, pf-outside-filter */
#define SERVER_ALLOW "GET, HEAD, POST, PUT, DELETE, OPTIONS"
#define STATIC_ALLOW "OPTIONS, GET, HEAD, POST"
#define LOCATION_MAX 4096 /* bytes; the library has twice as much room for a whole head */

void cuic_server_options(struct exchange *x)
{
    if (filtered_is_method(x, "OPTIONS"))
        profile_outer(&x->profile, 200, NULL, SERVER_ALLOW, NULL, &x->reply);
    else
        profile_outer(&x->profile, 400, NULL, NULL, "Only OPTIONS may ask for '*'.", &x->reply);
}

void cuic_elsewhere(struct exchange *x)
{
    if (filtered_is_method(x, "OPTIONS"))
        profile_outer(&x->profile, 200, NULL, STATIC_ALLOW, NULL, &x->reply);
    else
        profile_outer(&x->profile, 404, NULL, NULL, "CUIC's pages are below /cuic/.", &x->reply);
}

/** What an application answers that took the request: enough to see that it arrived.
 *  UNVERIFIED: the product answers its own JSON or a login; settled by the REST guide of CUIC. */
static struct app_answer echo(struct exchange *x)
{
    return filtered_json(x, 200, REST_TYPE,
                         json_pack("{s:s, s:s, s:s, s:s}", "simulator", "cuicsim", "node",
                                   x->profile.node, "method", x->request->method, "path",
                                   x->request->path));
}

/* ---- gadgets ---- */

/** Layouts of releases before 12.6 have gadgets here.
 *  UNVERIFIED: that 12.6 serves the XML here still, and answers 404 for the .jsp that it does not
 *  support any more; settled by both on a real node.
 * @return what stands behind "/cuic/gadget/"; NULL when it is something else that is asked for */
static const char *old_gadget(const struct exchange *x)
{
    static const char below[] = "/cuic/gadget/";
    size_t n = sizeof below - 1;

    if (!filtered_is_method(x, "GET") && !filtered_is_method(x, "HEAD"))
        return NULL;
    return strncmp(x->request->path, below, n) == 0 ? x->request->path + n : NULL;
}

/* ---- the application ---- */

/** The application behind the filter.
 * @param row  of a REST call, else NULL */
static struct app_answer answer(struct exchange *x, const struct rest_row *row,
                                const struct rest_call *call)
{
    const char *gadget = old_gadget(x);

    if (filtered_is_method(x, "OPTIONS"))
        return (struct app_answer){.status = 200, .allow = APP_ALLOW};
    if (row != NULL)
        return rest_answer(x, row, call);
    if (gadget != NULL)
        return pages_gadget(x, gadget);
    if (strcmp(x->request->path, "/cuic/") != 0)
        return filtered_error(x, 404, "The simulated application has nothing at this path.");
    if (filtered_is_method(x, "GET") || filtered_is_method(x, "HEAD"))
        return (struct app_answer){.status = 200,
                                   .content_type = "text/html;charset=utf-8",
                                   .body = page_home(x->profile.node, x->reply.page)};
    if (filtered_is_method(x, "POST") || filtered_is_method(x, "PUT") ||
        filtered_is_method(x, "DELETE"))
        return echo(x);
    struct app_answer refused =
        filtered_error(x, 405, "The application does not know this method.");
    refused.allow = APP_ALLOW;
    return refused;
}

/** The query goes along as it was sent; what may not stand in a URL is escaped.
 * @return false when that is too long, or memory short */
static bool make_location(struct exchange *x)
{
    struct buf text;

    buf_init(&text, LOCATION_MAX);
    (void)buf_puts(&text, x->query == NULL ? "/cuic/" : "/cuic/?");
    for (const char *p = x->query; p != NULL && *p != '\0'; p++)
        if (*p > ' ' && *p < 0x7f)
            (void)buf_putc(&text, *p);
        else
            (void)buf_printf(&text, "%%%02X", (unsigned char)*p);
    x->text = text.state == ERR_OK ? buf_take(&text) : NULL;
    buf_clear(&text);
    return x->text != NULL;
}

/** @source Tomcat's CoyoteAdapter keeps the query of a context's redirect */
void cuic_redirect(struct exchange *x)
{
    if (filtered_view(x, SERVICE_CUIC) == NULL)
        return;
    if (make_location(x))
        profile_outer(&x->profile, 302, x->text, NULL, NULL, &x->reply);
    else
        profile_outer(&x->profile, 414, NULL, NULL, "The query is too long to be redirected.",
                      &x->reply);
}

/** The row of a REST call; NULL when it is none. */
static const struct rest_row *find_row(const struct exchange *x, struct rest_call *ret)
{
    static const char below[] = "/cuic/rest/";

    if (strncmp(x->request->path, below, sizeof below - 1) != 0)
        return NULL;
    return rest_find(x->request->path, ret);
}

/** The same table tells `lab explain` which paths are behind the login. */
static bool is_behind_login(const struct exchange *x)
{
    return site_path_effect(SERVICE_CUIC, slice_of(x->request->path)) == PATH_LOGIN;
}

void cuic_context(struct exchange *x)
{
    struct app_answer app = {.status = 200};
    struct rest_call call = {.login = ""};
    const struct rest_row *row = find_row(x, &call);
    const struct service_view *view = filtered_view(x, SERVICE_CUIC);

    if (view == NULL)
        return;
    cuic_login_recognise(x);
    if (is_behind_login(x) && !cuic_login_pass(x, call.login))
        return;
    if (filtered_ask(x, view))
        app = answer(x, row, &call);
    filtered_reply(x, view, &app);
}
