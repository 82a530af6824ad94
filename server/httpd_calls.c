#include "httpd_inside.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "request.h"
#include "route.h"

#define BODY_MAX     131072 /* bytes kept of a body that its route looks at */
#define DRAIN_FACTOR 16     /* how many times body_bytes of a body are thrown away before 413 */

/** What is kept of a connection. */
struct link {
    struct record_peer peer; /* first: exchange.c finds it as the connection's context */
    struct tls_connection *tls;
    struct live_line *line; /* NULL when memory was short: no WebSocket then */
};

static void count_request(struct httpd *h, bool begins)
{
    (void)pthread_mutex_lock(&h->lock);
    h->in_flight = begins ? h->in_flight + 1 : h->in_flight - 1;
    if (h->in_flight == 0)
        (void)pthread_cond_broadcast(&h->idle);
    (void)pthread_mutex_unlock(&h->lock);
}

static void uncount(struct upload *u)
{
    if (u->is_counted)
        count_request(u->owner, false);
    u->is_counted = false;
}

/** A request that waits must not be waited for at the end: live_stop and desk_stop resume it. */
static void park_upload(struct upload *u)
{
    uncount(u);
    MHD_suspend_connection(u->connection);
}

static void resume_upload(struct upload *u)
{
    count_request(u->owner, true);
    u->is_counted = true;
    MHD_resume_connection(u->connection);
}

#define UPLOAD_OF(at, member)                                                                      \
    ((struct upload *)(void *)((char *)(at)-offsetof(struct upload, member)))

static void park(struct live_wait *w)
{
    park_upload(UPLOAD_OF(w, wait));
}

static void resume(struct live_wait *w)
{
    resume_upload(UPLOAD_OF(w, wait));
}

static void park_fetch(struct fetch_wait *w)
{
    park_upload(UPLOAD_OF(w, fetch));
}

static void resume_fetch(struct fetch_wait *w)
{
    resume_upload(UPLOAD_OF(w, fetch));
}

static void park_news(struct desk_news *n)
{
    park_upload(UPLOAD_OF(n, news));
}

static void resume_news(struct desk_news *n)
{
    resume_upload(UPLOAD_OF(n, news));
}

static struct upload *new_upload(struct listener *l, struct MHD_Connection *connection,
                                 const char *target)
{
    size_t n = strlen(target); /* the library's memory for a connection bounds it */
    struct upload *u = calloc(1, sizeof *u + n + 1);

    if (u == NULL)
        return NULL;
    memcpy(u->target, target, n + 1);
    u->owner = l->httpd;
    u->connection = connection;
    u->site = l->site;
    u->wait.park = park;
    u->wait.resume = resume;
    u->fetch.park = park_fetch;
    u->fetch.resume = resume_fetch;
    u->news.park = park_news;
    u->news.resume = resume_news;
    u->at_us = clock_now_us();
    u->begin_us = clock_monotonic_us();
    buf_init(&u->body, 0);
    return u;
}

/** The request line has come. MHD shows the target as it was sent here only: afterwards it keeps
 * the path decoded, and of the query its arguments. */
void *httpd_on_request_line(void *cls, const char *target, struct MHD_Connection *connection)
{
    return new_upload(cls, connection, target == NULL ? "" : target);
}

static void begin_request(struct upload *u, const char *url, const char *method,
                          const char *version)
{
    struct httpd *h = u->owner;
    unsigned limit = h->cluster.config->max_body_bytes;

    u->is_begun = true;
    u->url = url;
    u->method = method;
    u->version = version;
    const char *path = request_path(url);
    u->keeps_body =
        route_takes_body(u->site, path) ||
        (recorder_keeps_bodies(h->cluster.recorder) && route_is_simulated(u->site, path));
    buf_init(&u->body, limit < BODY_MAX ? limit + 1 : BODY_MAX);
    u->is_counted = true;
    count_request(h, true);
}

static struct link *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *context =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return context == NULL ? NULL : context->socket_context;
}

/** What ended a request before its time. */
static const char *text_of(enum MHD_RequestTerminationCode code)
{
    switch (code) {
    case MHD_REQUEST_TERMINATED_COMPLETED_OK:
        return NULL;
    case MHD_REQUEST_TERMINATED_TIMEOUT_REACHED:
        return "Nothing moved on the connection for limits.idle_seconds.";
    case MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN:
        return "The server stopped.";
    case MHD_REQUEST_TERMINATED_CLIENT_ABORT:
    case MHD_REQUEST_TERMINATED_READ_ERROR:
        return "The client left before it was answered.";
    case MHD_REQUEST_TERMINATED_WITH_ERROR:
        break;
    }
    return "The connection was closed.";
}

void httpd_on_completed(void *cls, struct MHD_Connection *connection, void **request,
                        enum MHD_RequestTerminationCode code)
{
    struct upload *u = *request;
    struct link *link = link_of(connection);

    (void)cls;
    if (u == NULL)
        return;
    struct httpd *h = u->owner;
    live_wait_end(h->cluster.live, &u->wait, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    live_socket_cancel(u->socket);
    if (u->is_upgraded)
        live_line_settle(h->cluster.live);
    exchange_end(&h->cluster, u, code == MHD_REQUEST_TERMINATED_COMPLETED_OK, text_of(code));
    if (u->is_socket && link != NULL && link->line != NULL) {
        struct live_end end = live_line_end_of_socket(link->line);
        exchange_end_socket(&h->cluster, u, &end);
    }
    if (h->cluster.desk != NULL) {
        fetch_cancel(desk_fetcher(h->cluster.desk), &u->fetch);
        desk_cancel(h->cluster.desk, &u->news);
    }
    uncount(u);
    buf_clear(&u->body);
    trace_exchange_unref(u->record);
    free(u);
    *request = NULL;
}

/** The answer 101 has left, and the connection speaks another protocol. */
void httpd_on_upgrade(void *cls, struct MHD_Connection *connection, void *request,
                      const char *early, size_t n_early, MHD_socket pair,
                      struct MHD_UpgradeResponseHandle *urh)
{
    struct upload *u = request;
    const union MHD_ConnectionInfo *tls =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    struct link *link = link_of(connection);

    (void)cls;
    (void)pair; /* the library's way to the TLS session, which we use ourselves */
    uncount(u);
    struct httpd *h = u->owner;
    exchange_end(&h->cluster, u, true, NULL);
    struct live_socket *s = u->socket;
    u->socket = NULL;
    u->is_upgraded = true;
    if (link == NULL || link->line == NULL || tls == NULL) {
        live_socket_cancel(s);
        (void)MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
        return;
    }
    gnutls_session_t session = tls->tls_session;
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    live_socket_begin(s, link->line, (struct slice){early, n_early}, session, fd->connect_fd, urh);
}

static enum MHD_Result answer(struct listener *l, struct upload *u)
{
    enum MHD_Result r = exchange_answer(&l->httpd->cluster, u);

    if (u->is_stream)
        uncount(u);
    return r;
}

/** MHD calls once with the head, then with each piece of the body, then once more at its end, and
 *  again when a parked request was resumed. An answer may be queued in the first and the last of
 *  these calls only. */
enum MHD_Result httpd_on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *data_size, void **request)
{
    struct listener *l = cls;
    struct upload *u = *request;
    uint64_t limit = l->httpd->cluster.config->max_body_bytes;

    if (u == NULL) /* there was no memory for it */
        return MHD_NO;
    if (!u->is_begun) {
        begin_request(u, url, method, version);
        u->is_too_large = u->is_early = request_content_length(connection) > limit;
        return u->is_too_large ? answer(l, u) : MHD_YES;
    }
    if (*data_size > 0) {
        if (u->keeps_body)
            (void)buf_add(&u->body, (struct slice){data, *data_size});
        u->body_bytes += *data_size;
        *data_size = 0;
        return u->body_bytes > (limit + 1) * DRAIN_FACTOR ? MHD_NO : MHD_YES;
    }
    u->is_too_large = u->body_bytes > limit;
    return answer(l, u);
}

static void end_link(struct httpd *h, struct link *link)
{
    if (link == NULL)
        return;
    live_line_end(h->cluster.live, link->line);
    tls_end_connection(link->tls);
    free(link);
}

static struct link *begin_link(struct listener *l, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    struct link *link = calloc(1, sizeof *link);

    if (info == NULL || link == NULL) {
        if (info != NULL)
            gnutls_session_set_ptr(info->tls_session, NULL); /* the handshake will fail */
        free(link);
        return NULL;
    }
    link->tls = tls_begin_connection(l->httpd->tls, info->tls_session, l->site);
    link->peer.number = atomic_fetch_add(&l->httpd->n_links, 1) + 1;
    link->line = live_line_new();
    return link;
}

void httpd_on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                         enum MHD_ConnectionNotificationCode code)
{
    struct listener *l = cls;
    bool is_open = code == MHD_CONNECTION_NOTIFY_STARTED;

    metrics_count_connection(l->httpd->cluster.metrics, l->site, is_open);
    if (is_open) {
        *socket_context = begin_link(l, connection);
        return;
    }
    end_link(l->httpd, *socket_context);
    *socket_context = NULL;
}
