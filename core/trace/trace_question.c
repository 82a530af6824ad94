#include "trace_question.h"

#include "cors/origin.h"
#include "diagnose/site_path.h"

bool trace_question(const struct config *c, const struct trace_exchange *x, struct question *ret)
{
    const struct node *node = config_find_node(c, x->text[TRACE_NODE]);
    enum service service = SERVICE_CUIC;
    struct cors_request rq = trace_cors_request(x);
    struct slice target = x->text[TRACE_TARGET];

    if (node == NULL || !platform_find_service(node->platform, x->text[TRACE_SERVICE], &service) ||
        (rq.origin.at == NULL && x->kind != TRACE_RESET))
        return false;
    question_of_request((size_t)(node - c->nodes), service,
                        target.at == NULL ? target : site_path_only(target), &rq, ret);
    ret->has_login = x->text[TRACE_CLASS].at != NULL; /* the filter was asked */
    return true;
}

/** Does a page of another origin ask where no filter adds the headers that it needs? */
static bool is_unguarded(const struct trace_exchange *x)
{
    struct cors_request rq = trace_cors_request(x);

    return x->text[TRACE_CLASS].at == NULL && rq.origin.n > 0 &&
           !origin_is_same(slice_trim(rq.origin), rq.is_https, rq.host);
}

bool trace_is_refused(const struct trace_exchange *x)
{
    bool is_decided = x->text[TRACE_CLASS].at != NULL;

    return x->kind == TRACE_RESET ||
           (x->kind == TRACE_EXCHANGE &&
            (x->status >= 300 || (is_decided && !x->is_allowed) || is_unguarded(x)));
}
