#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "diagnose/site_path.h"
#include "filtered.h"
#include "hexid.h"
#include "reply.h"
#include "request.h"
#include "route.h"
#include "trace/mask.h"

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

/** A path or an origin without its secrets. */
static const char *shown(char to[SHOWN_MAX], struct slice text)
{
    struct buf masked;

    if (text.n >= SHOWN_MAX)
        text.n = SHOWN_MAX - 1;
    buf_init(&masked, (size_t)16 * SHOWN_MAX);
    mask_url(&masked, text);
    (void)text_copy_defused(to, SHOWN_MAX, (struct slice){buf_text(&masked), masked.n});
    buf_clear(&masked);
    return to;
}

static void log_exchange(const struct exchange *x, enum site site)
{
    const struct request *rq = x->request;
    const struct reason *reason = reason_get(x->decision.reason);
    bool is_decided = exchange_is_decided(x);
    char origin[SHOWN_MAX];
    char path[SHOWN_MAX];

    if (site == SITE_CONSOLE || log_get_level() < LOG_LEVEL_INFO)
        return;
    log_info("%s %s %.16s %s origin=%s -> %u %s%s%s", x->profile.node, site_name(site), rq->method,
             shown(path, slice_of(rq->path)),
             rq->cors.origin.at == NULL ? "-" : shown(origin, rq->cors.origin), x->reply.status,
             is_decided ? cors_class_name(x->decision.class) : "", is_decided ? " " : "",
             x->has_reason ? reason->code : "");
}

static enum service service_by_name(const char *name)
{
    int s = 0;

    while (s < SERVICE_COUNT - 1 && strcmp(service_name((enum service)s), name) != 0)
        s++;
    return (enum service)s;
}

static void count_exchange(const struct exchange *x, enum site site, struct metrics *m)
{
    struct metrics_exchange counted = {.node = x->request->node,
                                       .service = service_by_name(x->service),
                                       .has_reason = x->has_reason,
                                       .class = x->decision.class,
                                       .reason = x->decision.reason,
                                       .status = x->reply.status};

    if (route_is_simulated(site, x->request->path))
        metrics_count_exchange(m, &counted);
}

/** A connection that was open already when the node's web proxy stopped is cut off. */
static bool is_cut_off(const struct exchange *x, enum site site)
{
    enum service service = site == SITE_FINESSE ? SERVICE_FINESSE : SERVICE_CUIC;
    const struct service_view *view =
        x->policies == NULL ? NULL : policy_set_get(x->policies, x->request->node, service);

    return view != NULL && life_state(&view->proxy, clock_now_ms()) != LIFE_STARTED;
}

/** By the table that the explanation goes by as well. */
static void find_reason(struct exchange *x)
{
    enum path_effect effect =
        site_path_effect(service_by_name(x->service), slice_of(x->request->path));

    if (effect != PATH_FILTERED)
        filtered_skip(x, site_path_reason(effect));
}

static void fill_reply(struct exchange *x, enum site site)
{
    enum request_fault fault = x->request->fault;

    if (site == SITE_CONSOLE) { /* its pages say themselves what is wrong */
        route(site, x);
    } else if (fault != REQUEST_FINE) {
        x->note = request_fault_text(fault);
        profile_outer(&x->profile, request_fault_status(fault), NULL, NULL, x->note, &x->reply);
    } else if (x->policies == NULL) {
        x->note = "The simulator's store cannot be read; its log says why.";
        profile_outer(&x->profile, 503, NULL, NULL, x->note, &x->reply);
    } else {
        route(site, x);
        if (!x->has_reason)
            find_reason(x);
    }
}

static const char *query_of(const char *target)
{
    const char *mark = strchr(target, '?');

    return mark == NULL ? NULL : mark + 1;
}

/** All of an exchange that is not its reply; that is not zeroed, for its page is four kilobytes. */
static void begin(struct exchange *x, const struct cluster *c, const struct request *rq,
                  const char *session_id, struct upload *u)
{
    x->service = site_name(u->site);
    x->note = NULL;
    x->config = c->config;
    x->request = rq;
    x->policies = policies_get(c->policies);
    x->profile = (struct profile){.date = current_date(),
                                  .session_id = session_id,
                                  .sends_hsts = c->config->hsts && !rq->is_localhost,
                                  .csp = c->csp,
                                  .node = c->config->nodes[rq->node].name};
    x->decision = (struct cors_decision){.class = CORS_NOT};
    x->has_reason = false;
    x->live = c->live;
    x->query = query_of(u->target);
    x->cuic = c->cuic;
    x->console = c->console;
    x->recorder = c->recorder;
    x->stream = NULL;
    x->body = (struct slice){buf_text(&u->body), u->body.n};
    x->is_body_cut = u->body.state != ERR_OK;
    x->wait = &u->wait;
    x->desk = c->desk;
    x->fetch = &u->fetch;
    x->news = &u->news;
    x->text = NULL;
    x->n_cookies = 0;
    x->is_parked = false;
    x->socket = NULL;
    x->reply.status = 0;
}

/* ---- records ---- */

static const struct record_peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct record_peer *peer = info == NULL ? NULL : info->socket_context;

    if (peer != NULL)
        record_find_peer(peer, connection);
    return peer;
}

static struct record_request record_of(const struct upload *u)
{
    return (struct record_request){.peer = peer_of(u->connection),
                                   .at_us = u->at_us,
                                   .target = slice_of(u->target),
                                   .body_bytes = u->body_bytes,
                                   .is_early = u->is_early};
}

/** Make the record while everything that it is made of is at hand. */
static void make_record(const struct cluster *c, struct upload *u, const struct exchange *x)
{
    u->is_recorded = true;
    if (!route_is_simulated(u->site, x->request->path) || !recorder_wants(c->recorder))
        return;
    struct record_request rq = record_of(u);
    u->record = record_exchange(c->recorder, x, &rq);
}

/** One that was never answered. */
static void make_unanswered(const struct cluster *c, struct upload *u, const char *why)
{
    struct request rq;
    struct exchange x = {.config = c->config, .request = &rq, .note = why};

    request_read(u->connection, c->config, u->site, u->url, u->method, u->version, &rq);
    x.profile.node = c->config->nodes[rq.node].name;
    x.service = site_name(u->site);
    x.body = (struct slice){buf_text(&u->body), u->body.n};
    make_record(c, u, &x);
}

/** One whose head never came to us as a whole. */
static void make_refused(const struct cluster *c, struct upload *u)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(u->connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    struct record_request rq = record_of(u);
    size_t node = rq.peer == NULL ? 0 : config_node_by_name(c->config, slice_of(rq.peer->sni));

    if (route_is_simulated(u->site, u->target) && recorder_wants(c->recorder))
        u->record = record_refused(c->recorder, site_name(u->site), c->config->nodes[node].name,
                                   &rq, info == NULL ? 0 : info->http_status);
}

void exchange_end(const struct cluster *c, struct upload *u, bool is_whole, const char *why)
{
    if (u->is_socket)
        return;
    if (!u->is_begun)
        make_refused(c, u);
    else if (!u->is_recorded)
        make_unanswered(c, u, why);
    struct trace_exchange *x = u->record;
    if (x == NULL)
        return;
    x->duration_us = clock_monotonic_us() - u->begin_us;
    x->is_sent = x->status != 0 && (is_whole || !u->is_begun);
    u->is_socket = x->status == MHD_HTTP_SWITCHING_PROTOCOLS && is_whole;
    if (u->is_socket)
        u->record = trace_exchange_ref(x); /* its end will look at it */
    else
        u->record = NULL;
    recorder_add(c->recorder, x);
}

void exchange_end_socket(const struct cluster *c, struct upload *u, const struct live_end *end)
{
    if (!u->is_socket || !recorder_wants(c->recorder))
        return;
    struct trace_exchange *x = record_socket_end(c->recorder, u->record, end);
    if (x == NULL)
        return;
    x->duration_us = clock_monotonic_us() - u->begin_us;
    recorder_add(c->recorder, x);
}

/* ---- answers ---- */

static enum MHD_Result send_reply(struct exchange *x, const struct cluster *c, struct upload *u)
{
    if (x->stream != NULL) {
        u->is_stream = true;
        console_stream_begin(x->stream, u->connection);
        return reply_stream(u->connection, &x->reply, console_stream_read, console_stream_end,
                            x->stream);
    }
    if (x->socket == NULL)
        return reply_send(u->connection, &x->reply);
    u->socket = x->socket;
    return reply_upgrade(u->connection, &x->reply, c->on_upgrade);
}

enum MHD_Result exchange_answer(const struct cluster *c, struct upload *u)
{
    struct request rq;
    struct exchange x;
    char session_id[HEXID];
    enum MHD_Result result = MHD_NO;

    if (!hexid_new(session_id))
        return MHD_NO;
    request_read(u->connection, c->config, u->site, u->url, u->method, u->version, &rq);
    if (u->is_too_large && rq.fault == REQUEST_FINE)
        rq.fault = REQUEST_BODY_TOO_LARGE;
    begin(&x, c, &rq, session_id, u);
    if (u->site != SITE_CONSOLE && is_cut_off(&x, u->site)) {
        x.note = "Cisco Web Proxy Service does not run: the connection was closed.";
        filtered_skip(&x, REASON_PROXY_DOWN);
    } else {
        fill_reply(&x, u->site);
        result = MHD_YES;
    }
    if (!x.is_parked)
        make_record(c, u, &x);
    if (result == MHD_YES && !x.is_parked) {
        log_exchange(&x, u->site);
        count_exchange(&x, u->site, c->metrics);
        result = send_reply(&x, c, u);
    }
    /* The reply pointed into the policies; MHD has copied it now. */
    policy_set_unref(x.policies);
    free(x.text);
    return result;
}
