#include "exchange.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "hexid.h"
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

/** All of an exchange that is not its reply; that is not zeroed, for its page is four kilobytes. */
static void begin(struct exchange *x, const struct cluster *c, const struct request *rq,
                  const char *session_id, struct upload *u)
{
    x->config = c->config;
    x->request = rq;
    x->policies = policies_get(c->policies);
    x->profile = (struct profile){.date = current_date(),
                                  .session_id = session_id,
                                  .sends_hsts = c->config->hsts && !rq->is_localhost,
                                  .csp = c->csp,
                                  .node = c->config->nodes[rq->node].name};
    x->decision = (struct cors_decision){.class = CORS_NOT};
    x->is_decided = false;
    x->live = c->live;
    x->query = u->query;
    x->cuic = c->cuic;
    x->body = (struct slice){buf_text(&u->body), u->body.n};
    x->is_body_cut = u->body.state != ERR_OK;
    x->wait = &u->wait;
    x->text = NULL;
    x->n_cookies = 0;
    x->is_parked = false;
    x->socket = NULL;
    x->reply.status = 0;
}

static enum MHD_Result send_reply(struct exchange *x, const struct cluster *c, struct upload *u)
{
    if (x->socket == NULL)
        return reply_send(u->connection, &x->reply);
    u->socket = x->socket;
    return reply_upgrade(u->connection, &x->reply, c->on_upgrade);
}

enum MHD_Result exchange_answer(const struct cluster *c, enum site site, struct upload *u,
                                const char *url, const char *method, const char *version)
{
    struct request rq;
    struct exchange x;
    char session_id[HEXID];
    enum MHD_Result result = MHD_NO;

    if (!hexid_new(session_id))
        return MHD_NO;
    request_read(u->connection, c->config, url, method, version, &rq);
    if (u->is_too_large && rq.fault == REQUEST_FINE)
        rq.fault = REQUEST_BODY_TOO_LARGE;
    begin(&x, c, &rq, session_id, u);
    if (!is_cut_off(&x)) {
        fill_reply(&x, site);
        result = MHD_YES;
    }
    if (result == MHD_YES && !x.is_parked) {
        log_exchange(&x, site);
        result = send_reply(&x, c, u);
    }
    /* The reply pointed into the policies; MHD has copied it now. */
    policy_set_unref(x.policies);
    free(x.text);
    return result;
}
