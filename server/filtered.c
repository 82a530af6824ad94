#include "filtered.h"

#include <string.h>

#include "base/clock.h"

bool filtered_is_method(const struct exchange *x, const char *method)
{
    return strcmp(x->request->method, method) == 0;
}

void filtered_skip(struct exchange *x, enum cors_reason why)
{
    x->decision.reason = why;
    x->has_reason = true;
}

/** UNVERIFIED: 502 or 503, and the page; settled by a request during a restart. */
const struct service_view *filtered_view(struct exchange *x, enum service service)
{
    const struct service_view *view = policy_set_get(x->policies, x->request->node, service);
    enum life_state state = life_state(&view->life, clock_now_ms());

    x->service = service_name(service);
    if (state == LIFE_STARTED)
        return view;
    x->note = state == LIFE_STOPPED ? "The service behind the proxy is stopped."
                                    : "The service behind the proxy restarts.";
    filtered_skip(x, REASON_SERVICE_DOWN);
    profile_outer(&x->profile, 502, NULL, NULL, x->note, &x->reply);
    return NULL;
}

bool filtered_ask(struct exchange *x, const struct service_view *view)
{
    x->decision = cors_decide(view->policy, &x->request->cors,
                              (enum cors_disabled_answer)x->config->cors_disabled_answer);
    x->has_reason = true;
    return x->decision.is_allowed && x->decision.class != CORS_PREFLIGHT;
}

void filtered_reply(struct exchange *x, const struct service_view *view,
                    const struct app_answer *app)
{
    profile_filtered(&x->profile, view->policy, &x->decision, app, &x->reply);
}

struct app_answer filtered_error(struct exchange *x, unsigned status, const char *detail)
{
    return (struct app_answer){.status = status,
                               .content_type = "text/html;charset=utf-8",
                               .body = page_error(status, detail, x->reply.page)};
}

struct app_answer filtered_json(struct exchange *x, unsigned status, const char *type,
                                json_t *object)
{
    const char *text = x->reply.page;
    size_t n = object == NULL ? 0 : json_dumpb(object, x->reply.page, PAGE_MAX, JSON_COMPACT);

    if (n > PAGE_MAX) {
        x->text = json_dumps(object, JSON_COMPACT);
        text = x->text;
        n = text == NULL ? 0 : strlen(text);
    }
    json_decref(object);
    if (n == 0)
        return filtered_error(x, 503, "The simulator is out of memory.");
    return (struct app_answer){.status = status, .content_type = type, .body = {text, n}};
}
