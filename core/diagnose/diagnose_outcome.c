#include "diagnose_inside.h"
#include "site_path.h"

const char *verdict_name(enum verdict v)
{
    static const char *const name[] = {"allowed", "refused", "unreached"};

    return name[v];
}

/** Does a service of this node that carries the question's answers not run? */
static bool is_down(const struct situation *s, size_t node, enum service of, bool is_proxy)
{
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);

    for (size_t i = 0; i < n; i++)
        if (service[i].platform == s->config->nodes[node].platform &&
            (service[i].carries & SERVICE_BIT(of)) != 0 &&
            (service[i].kind == APPLIANCE_PROXY) == is_proxy &&
            situation_state(s, node, &service[i]) != LIFE_STARTED)
            return true;
    return false;
}

/** Is this step stopped by a login in front of the filter? Of a message that leaves open what was
 *  sent, what the filter says comes first.
 *  @param d  what the filter would say */
static bool meets_login(const struct question *q, const struct cors_request *rq,
                        const struct cors_decision *d, bool passes)
{
    bool is_cors = d->reason != REASON_NO_ORIGIN && d->reason != REASON_SAME_ORIGIN;

    return is_cors && !q->has_login && (passes || !q->is_open) &&
           !slice_is(rq->method, "OPTIONS") && site_path_effect(q->service, q->path) == PATH_LOGIN;
}

/** What the filter says to the steps, one after the other, as far as a browser goes on. */
static struct outcome ask_filter(const struct policy *p, const struct question *q,
                                 struct slice host, enum cors_disabled_answer disabled)
{
    struct outcome o = {.verdict = VERDICT_ALLOWED, .reason = REASON_NO_ORIGIN};

    for (size_t i = 0; i < q->n_steps && o.verdict == VERDICT_ALLOWED; i++) {
        struct cors_request rq = q->step[i];
        rq.host = host.at == NULL ? rq.host : host;
        struct cors_decision d = cors_decide(p, &rq, disabled);
        bool passes = d.is_allowed;
        if (d.reason ==
            REASON_DISABLED_PASSED) /* the browser refuses, unless it is no CORS at all */
            passes = cors_decide(p, &rq, CORS_DISABLED_REFUSE).is_allowed;
        if (i == 0 || !passes) {
            o.reason = d.reason;
            o.class = d.class;
        }
        if (meets_login(q, &rq, &d, passes))
            return (struct outcome){
                .verdict = VERDICT_UNREACHED, .reason = REASON_LOGIN, .class = d.class};
        o.verdict = passes ? VERDICT_ALLOWED : VERDICT_REFUSED;
        o.lacks_network =
            o.lacks_network || (passes && d.class == CORS_PREFLIGHT && !d.adds_private_network &&
                                slice_is(slice_trim(rq.private_network), "true"));
    }
    return o;
}

struct outcome outcome_find(const struct situation *s, const struct question *q, size_t node,
                            struct slice host)
{
    enum path_effect path = site_path_effect(q->service, q->path);
    struct outcome o = {.verdict = VERDICT_UNREACHED};

    if (is_down(s, node, q->service, true))
        o.reason = REASON_PROXY_DOWN;
    else if (path == PATH_OUTSIDE || path == PATH_OUTSIDE_LOGIN)
        o.reason = site_path_reason(path);
    else if (is_down(s, node, q->service, false))
        o.reason = REASON_SERVICE_DOWN;
    else if (path == PATH_REDIRECTED)
        o.reason = site_path_reason(path);
    else
        o = ask_filter(situation_running(s, node, q->service), q, host,
                       (enum cors_disabled_answer)s->config->cors_disabled_answer);
    return o;
}

size_t next_node_refusing(const struct findings *f, size_t after)
{
    const struct situation *s = f->situation;
    const struct question *q = f->question;
    size_t n = config_all_nodes(s->config);

    for (size_t i = after + 1; i < n; i++) {
        if (i == q->node || s->config->nodes[i].platform != s->config->nodes[q->node].platform)
            continue;
        struct slice host = slice_of(s->config->nodes[i].hostname);
        struct outcome o = outcome_find(s, q, i, host);
        if (o.verdict != VERDICT_ALLOWED && o.reason != REASON_LOGIN) /* that one all nodes ask */
            return i;
    }
    return n;
}
