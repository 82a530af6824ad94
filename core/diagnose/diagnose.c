#include "diagnose.h"

#include "diagnose_inside.h"
#include "site_path.h"

struct diagnosis *findings_add(struct findings *f, enum mistake m, enum certainty c, bool is_needed)
{
    struct diagnosis *d = &f->at[f->n < DIAGNOSES_MAX ? f->n++ : DIAGNOSES_MAX - 1];

    *d = (struct diagnosis){.mistake = m, .certainty = c, .is_needed = is_needed};
    return d;
}

const struct policy *policy_of(const struct findings *f)
{
    return situation_configured(f->situation, f->question->node, f->question->service);
}

/* ---- on the way to the filter ---- */

static void add_life(struct findings *f, const struct appliance_service *service)
{
    size_t node = f->question->node;
    bool is_proxy = service->kind == APPLIANCE_PROXY;
    bool comes_back = situation_comes_back(f->situation, node, service);
    enum mistake m = is_proxy ? MISTAKE_PROXY_STOPPED : MISTAKE_SERVICE_STOPPED;

    if (comes_back)
        m = is_proxy ? MISTAKE_PROXY_RESTARTING : MISTAKE_SERVICE_RESTARTING;
    struct diagnosis *d = findings_add(f, m, CERTAIN, true);
    d->appliance = service;
    if (!comes_back)
        step_add(d, (struct step){.kind = STEP_START,
                                  .node = node,
                                  .service = f->question->service,
                                  .appliance = service});
}

static void add_lives(struct findings *f, bool of_proxy)
{
    const struct question *q = f->question;
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);

    for (size_t i = 0; i < n; i++)
        if (service[i].platform == f->situation->config->nodes[q->node].platform &&
            (service[i].carries & SERVICE_BIT(q->service)) != 0 &&
            (service[i].kind == APPLIANCE_PROXY) == of_proxy &&
            situation_state(f->situation, q->node, &service[i]) != LIFE_STARTED)
            add_life(f, &service[i]);
}

/** The login that the request met. */
static void add_login(struct findings *f, const struct seen *seen)
{
    bool is_seen = seen != NULL && seen->status == 401;

    if (f->reason == REASON_LOGIN)
        findings_add(f, MISTAKE_LOGIN, is_seen ? CERTAIN : LIKELY, true)->status = 401;
}

/** The one that it may meet once nothing else is against it. */
static void add_later_login(struct findings *f)
{
    const struct question *q = f->question;
    bool is_behind = site_path_effect(q->service, q->path) == PATH_LOGIN;

    if (is_behind && f->reason != REASON_LOGIN && !q->has_login &&
        !slice_is(q->step[q->n_steps - 1].method, "OPTIONS"))
        findings_add(f, MISTAKE_LOGIN, POSSIBLE, false)->status = 401;
}

/** @return whether the filter has a say at all once the path is right */
static bool add_path(struct findings *f, const struct seen *seen)
{
    switch (site_path_effect(f->question->service, f->question->path)) {
    case PATH_FILTERED:
        return true;
    case PATH_LOGIN:
        add_login(f, seen);
        return true;
    case PATH_REDIRECTED:
        (void)findings_add(f, MISTAKE_PATH_NO_SLASH, CERTAIN, true);
        return true;
    case PATH_OUTSIDE:
        (void)findings_add(f, MISTAKE_PATH_OUTSIDE, CERTAIN, true);
        return false;
    case PATH_OUTSIDE_LOGIN:
        (void)findings_add(f, MISTAKE_PATH_OUTSIDE, CERTAIN, true);
        (void)findings_add(f, MISTAKE_LOGIN, LIKELY, true);
        return false;
    }
    return true;
}

/* ---- what the filter has against it ---- */

static struct step step_here(const struct findings *f, enum step_kind kind)
{
    return (struct step){.kind = kind, .node = f->question->node, .service = f->question->service};
}

static void add_method(struct findings *f, const struct aspects *a, const struct policy *p)
{
    char upper[QUESTION_METHOD_MAX];
    size_t n = a->method.n < sizeof upper ? a->method.n : 0;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)a->method.at[i];
        upper[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    bool is_case = hdrlist_has(p->methods, (struct slice){upper, n});
    (void)findings_add(f, is_case ? MISTAKE_METHOD_CASE : MISTAKE_METHOD, CERTAIN, true);
}

/** @return whether a name is among them that no list holds */
static bool has_unlistable(const struct policy *p, const struct cors_request *rq, bool *ret_other)
{
    struct slice from = rq->request_headers;
    struct slice name = {NULL, 0};
    bool is = false;

    while (next_refused_header(p, rq, &from, &name)) {
        bool is_listable = header_is_listable(name, NULL);
        is = is || !is_listable;
        *ret_other = *ret_other || is_listable;
    }
    return is;
}

static void add_headers(struct findings *f, const struct aspects *a, const struct policy *p)
{
    bool is_some_listable = false;

    if (a->headers == NULL)
        return;
    if (has_unlistable(p, a->headers, &is_some_listable))
        (void)findings_add(f, MISTAKE_HEADER_UNLISTABLE, CERTAIN, true);
    if (!is_some_listable)
        return;
    struct diagnosis *d = findings_add(f, MISTAKE_HEADER, CERTAIN, true);
    step_add(d, step_here(f, STEP_HEADERS));
    step_add_restart(f, d);
}

/** What is configured would refuse. */
static void add_aspects(struct findings *f, const struct aspects *a)
{
    const struct policy *p = policy_of(f);

    if (a->is_disabled) {
        struct diagnosis *d = findings_add(f, MISTAKE_DISABLED, CERTAIN, true);
        step_add(d, step_here(f, STEP_ENABLE));
        step_add_restart(f, d);
    }
    if (a->is_origin)
        diagnose_origin(f, a->origin);
    if (a->is_method_blank)
        (void)findings_add(f, MISTAKE_METHOD_BLANK, CERTAIN, true);
    if (a->is_method)
        add_method(f, a, p);
    if (a->is_header_blank)
        (void)findings_add(f, MISTAKE_HEADER_BLANK, CERTAIN, true);
    add_headers(f, a, p);
}

/** Does the running policy refuse a header that the configured one allows? */
static bool has_new_header(const struct findings *f, const struct aspects *running)
{
    const struct question *q = f->question;
    const struct policy *is = situation_running(f->situation, q->node, q->service);
    const struct policy *will = policy_of(f);
    struct slice from =
        running->headers == NULL ? (struct slice){NULL, 0} : running->headers->request_headers;
    struct slice name = {NULL, 0};

    while (from.n > 0 && next_refused_header(is, running->headers, &from, &name))
        if (hdrlist_has_nocase(will->allowed_headers, name))
            return true;
    return false;
}

/** Would a restart alone take something away that refuses now? */
static bool is_restart_due(const struct findings *f, const struct aspects *running,
                           const struct aspects *configured)
{
    return (running->is_disabled && !configured->is_disabled) ||
           (running->is_origin && !configured->is_origin) || has_new_header(f, running);
}

static bool is_loader_up(const struct findings *f)
{
    const struct appliance_service *loader[2];

    (void)appliance_restarts(f->question->service, loader);
    return situation_comes_back(f->situation, f->question->node, loader[0]);
}

static void add_restart_due(struct findings *f)
{
    const struct appliance_service *loader[2];

    if (!is_loader_up(f)) /* it is started anyway, and reads all then */
        return;
    (void)appliance_restarts(f->question->service, loader);
    struct diagnosis *d = findings_add(f, MISTAKE_NOT_RESTARTED, CERTAIN, true);
    d->appliance = loader[0];
    step_add_restart(f, d);
}

/* ---- allowed, but ---- */

/** It passes only because the service has not been restarted: what keeps it so. */
static void add_restart_breaks(struct findings *f, const struct aspects *configured)
{
    struct findings *parts = f; /* told as one */
    size_t before = f->n;

    add_aspects(parts, configured);
    struct diagnosis whole = {
        .mistake = MISTAKE_RESTART_BREAKS, .certainty = CERTAIN, .n_steps = 0};
    for (size_t i = before; i < f->n; i++)
        for (size_t k = 0; f->at[i].is_needed && k < f->at[i].n_steps; k++)
            if (f->at[i].step[k].kind < STEP_START && f->at[i].step[k].kind != STEP_DELETE)
                step_add(&whole, f->at[i].step[k]);
    f->n = before;
    *findings_add(f, MISTAKE_RESTART_BREAKS, CERTAIN, false) = whole;
}

void findings_add_network_off(struct findings *f, enum certainty c)
{
    const struct question *q = f->question;
    const struct policy *p = policy_of(f);
    struct diagnosis *d = findings_add(
        f, q->service == SERVICE_CUIC ? MISTAKE_PRIVATE_NETWORK_OFF : MISTAKE_LOCAL_NETWORK, c,
        false);

    if (q->service != SERVICE_CUIC)
        return;
    if (!p->private_network)
        step_add(d, step_here(f, STEP_NETWORK));
    step_add_restart(f, d);
}

void findings_add_wildcard(struct findings *f, enum certainty c)
{
    const struct policy *p = policy_of(f);
    struct diagnosis *d = findings_add(f, MISTAKE_WILDCARD, c, false);

    step_add(d, step_here(f, STEP_ENABLE));
    if (policy_find_origin(p, origin_of(f)) == NULL)
        step_add(d, step_here(f, STEP_ADD));
    step_add_restart(f, d);
}

static void add_other_nodes(struct findings *f)
{
    if (next_node_refusing(f, NODE_FIRST) < config_all_nodes(f->situation->config))
        (void)findings_add(f, MISTAKE_OTHER_NODE_REFUSES, CERTAIN, false);
}

/** What a browser may stumble over all the same. */
static void add_checks(struct findings *f)
{
    static const enum mistake check[] = {MISTAKE_CERTIFICATE,   MISTAKE_NAME,
                                         MISTAKE_HTTP_CACHE,    MISTAKE_PREFLIGHT_CACHE,
                                         MISTAKE_MIXED_CONTENT, MISTAKE_LOCAL_NETWORK};

    (void)findings_add(f, MISTAKE_NOTHING, CERTAIN, false);
    for (size_t i = 0; i < sizeof check / sizeof check[0]; i++)
        (void)findings_add(f, check[i], POSSIBLE, false);
}

/* ---- all of it ---- */

/** What no command mends first: as long as it is there, nothing else helps. */
static void put_first(struct findings *f)
{
    size_t place = 0;

    for (size_t i = 0; i < f->n; i++) {
        struct diagnosis d = f->at[i];
        if (!d.is_needed || mistake_get(d.mistake)->mend != MEND_ELSEWHERE)
            continue;
        for (size_t k = i; k > place; k--)
            f->at[k] = f->at[k - 1];
        f->at[place++] = d;
    }
}

/** Those that are needed before those that may be true as well. */
static void put_needed_before(struct findings *f)
{
    size_t place = 0;

    for (size_t i = 0; i < f->n; i++) {
        struct diagnosis d = f->at[i];
        if (!d.is_needed)
            continue;
        for (size_t k = i; k > place; k--)
            f->at[k] = f->at[k - 1];
        f->at[place++] = d;
    }
}

static void diagnose_refused(struct findings *f, const struct seen *seen,
                             const struct aspects *running, const struct aspects *configured)
{
    add_lives(f, true); /* the first that a request meets */
    add_lives(f, false);
    if (add_path(f, seen)) {
        add_aspects(f, configured);
        if (is_restart_due(f, running, configured))
            add_restart_due(f);
        add_later_login(f);
    }
    put_needed_before(f);
    put_first(f);
    steps_unite(f);
    if (f->at[0].n_steps > 0)
        add_other_nodes(f);
}

static void diagnose_allowed(struct findings *f, const struct seen *seen,
                             const struct aspects *running, const struct aspects *configured,
                             bool lacks_network)
{
    const struct question *q = f->question;
    bool is_blamed = seen != NULL && seen->blames != MISTAKE_NONE;
    if (running->is_not_cors)
        return;
    if (lacks_network && !is_blamed)
        findings_add_network_off(f, LIKELY);
    if (seen != NULL && !is_blamed)
        diagnose_seen_allowed(f, seen);
    if (aspects_any(configured))
        add_restart_breaks(f, configured);
    add_other_nodes(f);
    if (situation_running(f->situation, q->node, q->service)->any_origin && seen == NULL)
        findings_add_wildcard(f, POSSIBLE);
    if (seen == NULL)
        add_checks(f);
}

void diagnose(const struct situation *s, const struct question *q, const struct seen *seen,
              struct findings *ret)
{
    struct outcome o = outcome_find(s, q, q->node, (struct slice){NULL, 0});
    struct aspects running;
    struct aspects configured;

    aspects_find(situation_running(s, q->node, q->service), q, &running);
    aspects_find(situation_configured(s, q->node, q->service), q, &configured);
    ret->situation = s;
    ret->question = q;
    ret->verdict = o.verdict;
    ret->reason = o.reason;
    ret->class = o.class;
    ret->n = 0;
    if (seen != NULL && seen->blames != MISTAKE_NONE)
        diagnose_seen_blamed(ret, seen);
    if (o.verdict == VERDICT_ALLOWED)
        diagnose_allowed(ret, seen, &running, &configured, o.lacks_network);
    else
        diagnose_refused(ret, seen, &running, &configured);
    if (o.verdict != VERDICT_ALLOWED && seen != NULL && seen->blames == MISTAKE_NONE)
        diagnose_seen_refused(ret, seen);
}
