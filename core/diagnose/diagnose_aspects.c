#include <string.h>
#include <strings.h>

#include "diagnose_inside.h"

/** A request and a policy of which more and more is taken away. */
struct masked {
    struct policy policy; /* a shallow copy: its lists are the real ones */
    struct cors_request rq;
};

/** The headers behind the culprit. */
static struct slice behind(struct slice list, struct slice culprit)
{
    const char *end = list.at + list.n;
    const char *at = culprit.at == NULL ? end : culprit.at + culprit.n;
    const char *comma = at >= end ? NULL : memchr(at, ',', (size_t)(end - at));

    if (comma == NULL || comma + 1 >= end)
        return (struct slice){NULL, 0};
    return (struct slice){comma + 1, (size_t)(end - comma) - 1};
}

/** Note one thing that was refused, and take it away. @return false when nothing is left to do */
static bool note(struct masked *m, const struct cors_decision *d, const struct cors_request *rq,
                 struct aspects *a)
{
    switch (d->reason) {
    case REASON_DISABLED:
    case REASON_DISABLED_PASSED:
        a->is_disabled = true;
        m->policy.enabled = true;
        return true;
    case REASON_ORIGIN_EMPTY:
    case REASON_ORIGIN_MALFORMED:
        m->rq.origin = slice_of("https://origin.invalid");
        /* fall through */
    case REASON_ORIGIN_NULL:
    case REASON_ORIGIN_NOT_LISTED:
        a->is_origin = true;
        a->origin = d->reason;
        m->policy.any_origin = true;
        return true;
    case REASON_REQUEST_METHOD_BLANK:
        a->is_method_blank = true;
        m->rq.request_method = slice_of("GET");
        return true;
    case REASON_REQUEST_METHOD_NOT_ALLOWED:
    case REASON_METHOD_NOT_ALLOWED:
        if (slice_is(d->culprit, "GET")) /* such a policy allows nothing */
            return false;
        a->is_method = true;
        a->method = d->culprit;
        m->rq.request_method = d->class == CORS_PREFLIGHT ? slice_of("GET") : m->rq.request_method;
        m->rq.method = d->class == CORS_PREFLIGHT ? m->rq.method : slice_of("GET");
        return true;
    case REASON_REQUEST_HEADER_BLANK:
        a->is_header_blank = true;
        m->rq.request_headers = behind(m->rq.request_headers, d->culprit);
        return true;
    case REASON_REQUEST_HEADER_NOT_ALLOWED:
        a->headers = rq;
        m->rq.request_headers = behind(m->rq.request_headers, d->culprit);
        return true;
    case REASON_NO_ORIGIN:
    case REASON_SAME_ORIGIN:
        a->is_not_cors = true;
        return false;
    case REASON_PREFLIGHT_ALLOWED:
    case REASON_ACTUAL_ALLOWED:
    case REASON_PROXY_DOWN:
    case REASON_SERVICE_DOWN:
    case REASON_REDIRECTED:
    case REASON_LOGIN:
    case REASON_OUTSIDE:
        break;
    }
    return false;
}

void aspects_find(const struct policy *p, const struct question *q, struct aspects *ret)
{
    *ret = (struct aspects){.is_disabled = false};
    for (size_t i = 0; i < q->n_steps; i++) {
        struct masked m = {*p, q->step[i]};
        struct cors_decision d;
        do /* each turn takes one thing away, or some of the headers */
            d = cors_decide(&m.policy, &m.rq, CORS_DISABLED_REFUSE);
        while (note(&m, &d, &q->step[i], ret));
    }
    if (ret->is_origin || ret->is_disabled)
        ret->is_not_cors = false;
}

bool aspects_any(const struct aspects *a)
{
    return a->is_disabled || a->is_origin || a->is_method_blank || a->is_method ||
           a->is_header_blank || a->headers != NULL;
}

bool next_refused_header(const struct policy *p, const struct cors_request *rq, struct slice *from,
                         struct slice *ret)
{
    struct masked m = {*p, *rq};

    m.policy.enabled = true;
    m.policy.any_origin = true;
    m.rq.method = slice_of("OPTIONS");
    m.rq.request_method = slice_of("GET");
    m.rq.origin = slice_of("https://origin.invalid");
    m.rq.host = (struct slice){NULL, 0};
    while (from->n > 0) {
        m.rq.request_headers = *from;
        struct cors_decision d = cors_decide(&m.policy, &m.rq, CORS_DISABLED_REFUSE);
        if (d.is_allowed)
            return false;
        *from = behind(*from, d.culprit);
        if (d.reason == REASON_REQUEST_HEADER_NOT_ALLOWED) {
            *ret = d.culprit;
            return true;
        }
    }
    return false;
}

bool list_has_name(struct slice list, struct slice name)
{
    while (list.n > 0) {
        const char *comma = memchr(list.at, ',', list.n);
        struct slice member = {list.at, comma == NULL ? list.n : (size_t)(comma - list.at)};
        size_t used = comma == NULL ? list.n : member.n + 1;
        if (member.n == name.n && strncasecmp(member.at, name.at, name.n) == 0)
            return true;
        list = (struct slice){list.at + used, list.n - used};
    }
    return false;
}

bool header_is_listable(struct slice name, struct diag *why)
{
    enum err e = hdrlist_check_name(name, why);

    if (e == ERR_OK && slice_is(name, "*"))
        diag_set(why, 0, "a wildcard is not supported");
    return e == ERR_OK && !slice_is(name, "*");
}
