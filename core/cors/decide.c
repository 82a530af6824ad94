#include "decide.h"

#include <string.h>

#include "origin.h"

const char *cors_class_name(enum cors_class c)
{
    static const char *const name[] = {"not-cors", "preflight", "actual", "invalid"};

    return name[c];
}

static struct cors_decision refuse(enum cors_class class, enum cors_reason reason,
                                   struct slice culprit)
{
    return (struct cors_decision){.class = class, .reason = reason, .culprit = culprit};
}

static struct cors_decision pass(enum cors_reason reason, enum cors_adds adds)
{
    return (struct cors_decision){
        .class = CORS_NOT, .is_allowed = true, .reason = reason, .adds = adds};
}

static struct cors_decision allow(const struct policy *p, enum cors_class class, bool is_options,
                                  const char *listed)
{
    return (struct cors_decision){
        .class = class,
        .is_allowed = true,
        .reason = class == CORS_PREFLIGHT ? REASON_PREFLIGHT_ALLOWED : REASON_ACTUAL_ALLOWED,
        .adds = is_options ? CORS_ADDS_LISTS : CORS_ADDS_ORIGIN,
        .allow_origin = p->any_origin ? "*" : listed,
    };
}

/** An Origin that stands for itself: neither empty nor malformed. REASON_NO_ORIGIN: it is fine. */
static enum cors_reason judge_origin(struct slice origin)
{
    if (origin.n == 0)
        return REASON_ORIGIN_EMPTY;
    return origin_is_wellformed(origin) ? REASON_NO_ORIGIN : REASON_ORIGIN_MALFORMED;
}

/** The first name of the list that keeps a preflight from passing; REASON_PREFLIGHT_ALLOWED when
 *  there is none. Members are split as Java's String.split(",") does: empty ones at the end do not
 *  count, others do; an all-blank value counts as no list. */
static enum cors_reason judge_headers(const struct policy *p, struct slice list,
                                      struct slice *ret_culprit)
{
    struct slice rest = slice_trim(list);

    while (rest.n > 0 && rest.at[rest.n - 1] == ',')
        rest.n--;
    while (rest.n > 0) {
        const char *comma = memchr(rest.at, ',', rest.n);
        struct slice member = {rest.at, comma == NULL ? rest.n : (size_t)(comma - rest.at)};
        size_t used = comma == NULL ? rest.n : member.n + 1;
        rest = (struct slice){rest.at + used, rest.n - used};
        member = slice_trim(member);
        if (hdrlist_has_nocase(p->allowed_headers, member))
            continue;
        *ret_culprit = member;
        return member.n == 0 ? REASON_REQUEST_HEADER_BLANK : REASON_REQUEST_HEADER_NOT_ALLOWED;
    }
    return REASON_PREFLIGHT_ALLOWED;
}

static struct cors_decision decide_preflight(const struct policy *p, const struct cors_request *rq,
                                             const char *listed)
{
    struct slice method = slice_trim(rq->request_method);
    struct slice culprit = {NULL, 0};

    if (!hdrlist_has(p->methods, method))
        return refuse(CORS_PREFLIGHT, REASON_REQUEST_METHOD_NOT_ALLOWED, method);
    enum cors_reason reason = judge_headers(p, rq->request_headers, &culprit);
    if (reason != REASON_PREFLIGHT_ALLOWED)
        return refuse(CORS_PREFLIGHT, reason, culprit);
    struct cors_decision d = allow(p, CORS_PREFLIGHT, true, listed);
    d.adds_private_network =
        p->private_network && slice_is(slice_trim(rq->private_network), "true");
    return d;
}

/** The request is cross-origin and its Origin is well-formed. */
static struct cors_decision decide_cross_origin(const struct policy *p,
                                                const struct cors_request *rq, struct slice origin)
{
    static const struct slice none = {NULL, 0};
    bool is_options = slice_is(rq->method, "OPTIONS");
    enum cors_class class =
        is_options && rq->request_method.at != NULL ? CORS_PREFLIGHT : CORS_ACTUAL;

    if (class == CORS_PREFLIGHT && slice_trim(rq->request_method).n == 0)
        return refuse(CORS_INVALID, REASON_REQUEST_METHOD_BLANK, none);
    if (!p->enabled)
        return refuse(class, REASON_DISABLED, none);
    const char *listed = policy_find_origin(p, origin);
    if (listed == NULL && !p->any_origin)
        return refuse(
            class, slice_is(origin, "null") ? REASON_ORIGIN_NULL : REASON_ORIGIN_NOT_LISTED, none);
    if (class == CORS_PREFLIGHT)
        return decide_preflight(p, rq, listed);
    if (!hdrlist_has(p->methods, rq->method))
        return refuse(CORS_ACTUAL, REASON_METHOD_NOT_ALLOWED, rq->method);
    return allow(p, CORS_ACTUAL, is_options, listed);
}

struct cors_decision cors_decide(const struct policy *p, const struct cors_request *rq,
                                 enum cors_disabled_answer disabled)
{
    enum cors_adds vary = p->any_origin ? CORS_ADDS_NOTHING : CORS_ADDS_VARY;
    struct slice origin = slice_trim(rq->origin);

    if (!p->enabled && disabled == CORS_DISABLED_PASS)
        return pass(rq->origin.at == NULL ? REASON_NO_ORIGIN : REASON_DISABLED_PASSED,
                    CORS_ADDS_NOTHING);
    if (rq->origin.at == NULL)
        return pass(REASON_NO_ORIGIN, vary);
    enum cors_reason reason = judge_origin(origin);
    if (reason != REASON_NO_ORIGIN)
        return refuse(CORS_INVALID, reason, (struct slice){NULL, 0});
    if (origin_is_same(origin, rq->is_https, rq->host))
        return pass(REASON_SAME_ORIGIN, vary);
    return decide_cross_origin(p, rq, origin);
}
