#include "diagnose_inside.h"

static bool has_mistake(const struct findings *f, enum mistake m)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].mistake == m)
            return true;
    return false;
}

/** An answer that no filter makes. */
static void add_status(struct findings *f, const struct seen *seen, enum certainty c)
{
    unsigned status = seen->status;
    bool is_login = status == 401 || (status >= 300 && status < 400);

    if (is_login && has_mistake(f, MISTAKE_LOGIN))
        return;
    struct diagnosis *d =
        findings_add(f, is_login ? MISTAKE_LOGIN : MISTAKE_SERVER_ERROR, c, false);

    d->status = status;
}

/** Does the verdict say already where this status comes from? */
static bool is_status_known(const struct findings *f, unsigned status)
{
    return (f->reason == REASON_REDIRECTED && status >= 300 && status < 400) ||
           (f->reason == REASON_SERVICE_DOWN && status == 502);
}

static bool is_outer_status(const struct seen *seen)
{
    return seen->status >= 300 && seen->status != 403;
}

void diagnose_seen_allowed(struct findings *f, const struct seen *seen)
{
    if (is_outer_status(seen)) {
        add_status(f, seen, LIKELY);
        return;
    }
    if (seen->is_preflight && f->question->is_open)
        (void)findings_add(f, MISTAKE_PREFLIGHT_UNKNOWN, LIKELY, false);
    (void)findings_add(f, MISTAKE_MENDED, f->n > 0 ? POSSIBLE : LIKELY, false);
    (void)findings_add(f, MISTAKE_HTTP_CACHE, POSSIBLE, false);
}

void diagnose_seen_refused(struct findings *f, const struct seen *seen)
{
    if (is_outer_status(seen) && !is_status_known(f, seen->status))
        add_status(f, seen, POSSIBLE);
}

/** Is it known better what the browser met? */
static bool is_explained(const struct findings *f, enum mistake blamed)
{
    bool is_silence =
        blamed == MISTAKE_NO_ANSWER || blamed == MISTAKE_CUT_OFF || blamed == MISTAKE_NO_LISTENER;

    return (is_silence && f->reason == REASON_PROXY_DOWN) ||
           (blamed == MISTAKE_LOGIN &&
            (f->reason == REASON_REDIRECTED || f->reason == REASON_LOGIN));
}

void diagnose_seen_blamed(struct findings *f, const struct seen *seen)
{
    const struct question *q = f->question;
    const struct policy *p = situation_running(f->situation, q->node, q->service);

    if (is_explained(f, seen->blames))
        return;
    if (seen->blames == MISTAKE_PRIVATE_NETWORK_OFF && !p->private_network)
        findings_add_network_off(f, seen->certainty);
    else if (seen->blames == MISTAKE_WILDCARD && p->any_origin)
        findings_add_wildcard(f, seen->certainty);
    else if (seen->blames == MISTAKE_WILDCARD)
        (void)findings_add(f, MISTAKE_HEADERS_CHANGED, LIKELY, true);
    else if (seen->blames == MISTAKE_PRIVATE_NETWORK_OFF)
        (void)findings_add(f, MISTAKE_LOCAL_NETWORK, seen->certainty, true);
    else
        findings_add(f, seen->blames, seen->certainty, true)->status = seen->status;
}
