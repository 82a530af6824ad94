#include "site_cuic.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"

/* What the captured actual OPTIONS prints; the application writes it, not the filter. */
#define APP_ALLOW "GET,POST,OPTIONS,PUT,DELETE"
/* UNVERIFIED: outside the application, Tomcat's own; settled by OPTIONS on a path of no
 * application. @source tests/data/oracle-cases.jsonl: pf-options-star, pf-outside-filter */
#define SERVER_ALLOW "GET, HEAD, POST, PUT, DELETE, OPTIONS"
#define STATIC_ALLOW "OPTIONS, GET, HEAD, POST"

static bool is_method(const struct exchange *x, const char *method)
{
    return strcmp(x->request->method, method) == 0;
}

void cuic_server_options(struct exchange *x)
{
    if (is_method(x, "OPTIONS"))
        profile_outer(&x->profile, 200, NULL, SERVER_ALLOW, NULL, &x->reply);
    else
        profile_outer(&x->profile, 400, NULL, NULL, "Only OPTIONS may ask for '*'.", &x->reply);
}

void cuic_elsewhere(struct exchange *x)
{
    if (is_method(x, "OPTIONS"))
        profile_outer(&x->profile, 200, NULL, STATIC_ALLOW, NULL, &x->reply);
    else
        profile_outer(&x->profile, 404, NULL, NULL, "CUIC's pages are below /cuic/.", &x->reply);
}

/** What an application answers that took the request: enough to see that it arrived.
 *  UNVERIFIED: the product answers its own JSON or a login; settled by the REST guide of CUIC. */
static struct slice echo(const struct exchange *x, char to[PAGE_MAX])
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s}", "simulator", "cuicsim", "node", x->profile.node, "method",
                  x->request->method, "path", x->request->path);
    size_t n = object == NULL ? 0 : json_dumpb(object, to, PAGE_MAX, JSON_COMPACT);

    json_decref(object);
    return (struct slice){to, n <= PAGE_MAX ? n : 0};
}

static struct app_answer app_error(unsigned status, const char *detail, char to[PAGE_MAX])
{
    return (struct app_answer){.status = status,
                               .content_type = "text/html;charset=utf-8",
                               .body = page_error(status, detail, to)};
}

/** The application behind the filter. */
static struct app_answer answer(const struct exchange *x, char to[PAGE_MAX])
{
    if (is_method(x, "OPTIONS"))
        return (struct app_answer){.status = 200, .allow = APP_ALLOW};
    if (strcmp(x->request->path, "/cuic/") != 0)
        return app_error(404, "The simulated application has nothing at this path.", to);
    if (is_method(x, "GET") || is_method(x, "HEAD"))
        return (struct app_answer){.status = 200,
                                   .content_type = "text/html;charset=utf-8",
                                   .body = page_home(x->profile.node, to)};
    if (is_method(x, "POST") || is_method(x, "PUT") || is_method(x, "DELETE"))
        return (struct app_answer){
            .status = 200, .content_type = "application/json;charset=UTF-8", .body = echo(x, to)};
    struct app_answer refused = app_error(405, "The application does not know this method.", to);
    refused.allow = APP_ALLOW;
    return refused;
}

/** While the service does not run, the proxy in front answers; *ret_view is what runs otherwise.
 *  UNVERIFIED: 502 or 503, and the page; settled by a request during a restart. */
static bool is_down(struct exchange *x, const struct service_view **ret_view)
{
    const struct service_view *view = policy_set_get(x->policies, x->request->node, SERVICE_CUIC);

    *ret_view = view;
    enum life_state state = life_state(&view->life, clock_now_ms());
    if (state == LIFE_STARTED)
        return false;
    profile_outer(&x->profile, 502, NULL, NULL,
                  state == LIFE_STOPPED ? "The service behind the proxy is stopped."
                                        : "The service behind the proxy restarts.",
                  &x->reply);
    return true;
}

void cuic_redirect(struct exchange *x)
{
    const struct service_view *view = NULL;

    if (!is_down(x, &view))
        profile_outer(&x->profile, 302, "/cuic/", NULL, NULL, &x->reply);
}

void cuic_context(struct exchange *x)
{
    struct app_answer app = {.status = 200};
    const struct service_view *view = NULL;

    if (is_down(x, &view))
        return;
    x->decision = cors_decide(view->policy, &x->request->cors,
                              (enum cors_disabled_answer)x->config->cors_disabled_answer);
    x->is_decided = true;
    if (x->decision.is_allowed && x->decision.class != CORS_PREFLIGHT)
        app = answer(x, x->reply.page);
    profile_filtered(&x->profile, view->policy, &x->decision, &app, &x->reply);
}
