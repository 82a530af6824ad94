#include "exchange.h"

#include <gnutls/crypto.h>

#include "base/clock.h"
#include "base/log.h"
#include "reply.h"
#include "request.h"
#include "route.h"

#define SHOWN_MAX 128 /* bytes of untrusted text in a log line */

/** The date of this second; each thread writes it anew when the second changed. */
static const char *current_date(void)
{
    static _Thread_local time_t second;
    static _Thread_local char text[CLOCK_HTTP_DATE];
    time_t now = clock_now();

    if (now != second || text[0] == '\0') {
        clock_http_date(now, text);
        second = now;
    }
    return text;
}

/** 32 upper-case hex digits, as Tomcat writes its session ids. */
static bool make_session_id(char to[PROFILE_SESSION_ID])
{
    static const char digit[] = "0123456789ABCDEF";
    unsigned char bytes[16];

    if (gnutls_rnd(GNUTLS_RND_NONCE, bytes, sizeof bytes) != 0)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++) {
        to[2 * i] = digit[bytes[i] >> 4];
        to[2 * i + 1] = digit[bytes[i] & 15];
    }
    to[PROFILE_SESSION_ID - 1] = '\0';
    return true;
}

static void log_exchange(const struct exchange *x, enum site site)
{
    const struct request *rq = x->request;
    const struct reason *reason = reason_get(x->decision.reason);
    char origin[SHOWN_MAX];
    char path[SHOWN_MAX];

    if (log_get_level() < LOG_LEVEL_INFO)
        return;
    log_info("%s %s %.16s %s origin=%s -> %u %s%s%s", x->profile.node, site_name(site), rq->method,
             text_copy_defused(path, sizeof path, slice_of(rq->path)),
             rq->cors.origin.at == NULL ? "-"
                                        : text_copy_defused(origin, sizeof origin, rq->cors.origin),
             x->reply.status, x->is_decided ? cors_class_name(x->decision.class) : "",
             x->is_decided ? " " : "", x->is_decided ? reason->code : "");
}

/** A connection that was open already when the node's web proxy stopped is cut off. */
static bool is_cut_off(const struct exchange *x)
{
    const struct service_view *view =
        x->policies == NULL ? NULL : policy_set_get(x->policies, x->request->node, SERVICE_CUIC);

    return view != NULL && life_state(&view->proxy, clock_now_ms()) != LIFE_STARTED;
}

static void fill_reply(struct exchange *x, enum site site)
{
    enum request_fault fault = x->request->fault;

    if (fault != REQUEST_FINE)
        profile_outer(&x->profile, request_fault_status(fault), NULL, NULL,
                      request_fault_text(fault), &x->reply);
    else if (x->policies == NULL)
        profile_outer(&x->profile, 503, NULL, NULL,
                      "The simulator's store cannot be read; its log says why.", &x->reply);
    else
        route(site, x);
}

enum MHD_Result exchange_answer(const struct cluster *c, enum site site,
                                struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, bool body_too_large)
{
    struct request rq;
    struct exchange x; /* not zeroed: the page is four kilobytes */
    char session_id[PROFILE_SESSION_ID];

    if (!make_session_id(session_id))
        return MHD_NO;
    request_read(connection, c->config, url, method, version, &rq);
    if (body_too_large && rq.fault == REQUEST_FINE)
        rq.fault = REQUEST_BODY_TOO_LARGE;
    x.config = c->config;
    x.request = &rq;
    x.policies = policies_get(c->policies);
    x.profile = (struct profile){.date = current_date(),
                                 .session_id = session_id,
                                 .sends_hsts = c->config->hsts && !rq.is_localhost,
                                 .csp = c->csp,
                                 .node = c->config->nodes[rq.node].name};
    x.decision = (struct cors_decision){.class = CORS_NOT};
    x.is_decided = false;
    x.reply.status = 0;
    if (is_cut_off(&x)) {
        policy_set_unref(x.policies);
        return MHD_NO;
    }
    fill_reply(&x, site);
    log_exchange(&x, site);
    enum MHD_Result result = reply_send(connection, &x.reply);
    /* The reply pointed into the policies; MHD has copied it now. */
    policy_set_unref(x.policies);
    return result;
}
