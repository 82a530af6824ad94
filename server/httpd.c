#include "httpd.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cors/profile.h"
#include "exchange.h"
#include "listen.h"
#include "request.h"
#include "route.h"

#define POOL_EXTRA_BYTES                                                                           \
    8192                    /* of a connection's memory, beside the request's head: our answer     \
                             */
#define BODY_MAX     131072 /* bytes kept of a body that its route looks at */
#define DRAIN_FACTOR 16     /* how many times body_bytes of a body are thrown away before 413 */

/** One address. */
struct listener {
    struct httpd *httpd;
    enum site site;
    int fd;
    struct MHD_Daemon *daemon;
};

struct httpd {
    struct cluster cluster;
    struct tls *tls;
    char *csp;
    pthread_mutex_t lock; /* guards in_flight */
    pthread_cond_t idle;
    atomic_llong n_links; /* connections so far */
    unsigned in_flight;   /* requests whose head has arrived and whose answer has not all left */
    size_t n_listeners;
    struct listener listener[];
};

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
static void *on_request_line(void *cls, const char *target, struct MHD_Connection *connection)
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
    u->keeps_body = route_takes_body(u->site, path) ||
                    (recorder_keeps_bodies(h->cluster.recorder) && route_is_traced(u->site, path));
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

static void on_completed(void *cls, struct MHD_Connection *connection, void **request,
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
static void on_upgrade(void *cls, struct MHD_Connection *connection, void *request,
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
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
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

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
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

__attribute__((format(printf, 2, 0))) static void on_log(void *cls, const char *fmt, va_list ap)
{
    char text[512];

    (void)cls;
    (void)vsnprintf(text, sizeof text, fmt, ap);
    log_debug("libmicrohttpd: %s", text);
}

/** One thread a core, but never more than connections. */
static unsigned thread_count(const struct config *c)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = cores < 1 ? 1 : (unsigned)cores;

    return n < c->max_connections ? n : c->max_connections;
}

static enum err start_listener(struct listener *l, struct diag *why)
{
    const struct config *c = l->httpd->cluster.config;
    unsigned threads = thread_count(c);
    /* Poll threads only: with epoll, libmicrohttpd 0.9.75 spins at 100 % of a core as long as one
     * client has stopped within its TLS handshake. */
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ITC | MHD_USE_ERROR_LOG |
                     MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE;
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (threads < 2) /* a pool of one is not a pool to MHD */
        pool[0] = pool[1];
    l->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_UNESCAPE_CALLBACK, request_unescape, NULL, MHD_OPTION_ARRAY, pool,
        MHD_OPTION_LISTEN_SOCKET, l->fd, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        on_request_line, l, MHD_OPTION_HTTPS_CERT_CALLBACK, tls_pick_certificate,
        MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES, MHD_OPTION_CONNECTION_LIMIT,
        c->max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, c->max_per_ip,
        MHD_OPTION_CONNECTION_TIMEOUT, c->idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)c->max_header_bytes + POOL_EXTRA_BYTES, MHD_OPTION_END);
    if (l->daemon != NULL)
        return ERR_OK;
    diag_set(why, 0, "cannot start the HTTP server at an address of the %s site",
             site_name(l->site));
    return ERR_IO;
}

static enum err open_sockets(struct httpd *h, const struct config *c, struct diag *why)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < c->n_endpoints; i++) {
        struct listener *l = &h->listener[h->n_listeners];
        *l = (struct listener){.httpd = h, .site = c->endpoints[i].site, .fd = -1};
        e = listen_open(&c->endpoints[i], &l->fd, why);
        if (e == ERR_OK)
            h->n_listeners++;
    }
    return e;
}

static enum err make_csp(const struct config *c, char **ret)
{
    const char **hostnames = calloc(c->n_nodes, sizeof *hostnames);

    if (hostnames == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < c->n_nodes; i++)
        hostnames[i] = c->nodes[i].hostname;
    enum err e = profile_csp_new(hostnames, c->n_nodes, ret);
    free(hostnames);
    return e;
}

static void init_idle(struct httpd *h)
{
    pthread_condattr_t attr;

    (void)pthread_mutex_init(&h->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&h->idle, &attr);
    (void)pthread_condattr_destroy(&attr);
}

enum err httpd_bind(const struct config *c, struct httpd **ret, struct diag *why)
{
    struct httpd *h = calloc(1, sizeof *h + c->n_endpoints * sizeof h->listener[0]);

    if (h == NULL)
        return ERR_NOMEM;
    init_idle(h);
    enum err e = make_csp(c, &h->csp);
    h->cluster = (struct cluster){.config = c, .csp = h->csp, .on_upgrade = on_upgrade};
    if (e == ERR_LIMIT)
        diag_set(why, 0, "too many nodes for one content-security-policy");
    if (e == ERR_OK)
        e = open_sockets(h, c, why);
    if (e != ERR_OK) {
        httpd_stop(h, 0);
        return e;
    }
    *ret = h;
    return ERR_OK;
}

static void count_handshake(void *arg, enum site site, enum tls_result result)
{
    metrics_count_handshake(arg, site, result);
}

static bool has_site(const struct httpd *h, enum site site)
{
    for (size_t i = 0; i < h->n_listeners; i++)
        if (h->listener[i].site == site)
            return true;
    return false;
}

static enum err start_console(struct httpd *h, struct diag *why)
{
    struct cluster *c = &h->cluster;
    const struct console_sources from = {c->config, c->policies, c->live, c->recorder, c->metrics};

    return has_site(h, SITE_CONSOLE) ? console_new(&from, &c->console, why) : ERR_OK;
}

/** The Finesse site, if there is one, has to know where all sites really listen. */
static enum err start_desk(struct httpd *h, struct diag *why)
{
    struct fetch_address *addresses = calloc(h->n_listeners + 1, sizeof *addresses);

    if (addresses == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < h->n_listeners; i++) {
        addresses[i].site = h->listener[i].site;
        listen_address(h->listener[i].fd, &addresses[i].addr);
    }
    enum err e = desk_new(h->cluster.config, h->cluster.live, addresses, h->n_listeners,
                          &h->cluster.desk, why);
    free(addresses);
    return e;
}

enum err httpd_start(struct httpd *h, struct tls *tls, struct policies *policies,
                     struct recorder *recorder, struct diag *why)
{
    enum err e = metrics_new(h->cluster.config, &h->cluster.metrics);

    if (e != ERR_OK)
        return e;
    h->tls = tls;
    tls_watch(tls, policies, recorder);
    tls_count(tls, count_handshake, h->cluster.metrics);
    h->cluster.policies = policies;
    h->cluster.recorder = recorder;
    e = live_new(h->cluster.config, policies, &h->cluster.live, why);
    if (e == ERR_OK)
        e = cuic_new(&h->cluster.cuic);
    if (e == ERR_OK)
        e = start_console(h, why);
    if (e == ERR_OK && h->cluster.config->n_finesse > 0)
        e = start_desk(h, why);
    for (size_t i = 0; e == ERR_OK && i < h->n_listeners; i++)
        e = start_listener(&h->listener[i], why);
    return e;
}

/** What opens the console with the right to change settings: the token stands where no server and
 *  no log gets to see it. */
static void print_console_url(const struct httpd *h, const char *address)
{
    const struct config *c = h->cluster.config;
    const char *port = strrchr(address, ':');

    (void)printf("console https://%s%s/#token=%s\n",
                 c->n_console_names > 0 ? c->console_names[0] : "localhost",
                 port == NULL ? "" : port, console_token(h->cluster.console));
}

void httpd_print_addresses(const struct httpd *h)
{
    char text[LISTEN_TEXT];

    for (size_t i = 0; i < h->n_listeners; i++) {
        listen_text(h->listener[i].fd, text);
        (void)printf("listening %s %s\n", site_name(h->listener[i].site), text);
        if (h->listener[i].site == SITE_CONSOLE && console_token(h->cluster.console) != NULL)
            print_console_url(h, text);
    }
}

static void wait_until_idle(struct httpd *h, unsigned drain_ms)
{
    struct timespec until;
    int rc = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += drain_ms / 1000;
    until.tv_nsec += (long)(drain_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&h->lock);
    while (h->in_flight > 0 && rc == 0)
        rc = pthread_cond_timedwait(&h->idle, &h->lock, &until);
    if (h->in_flight > 0)
        log_warning("%u requests were cut off", h->in_flight);
    (void)pthread_mutex_unlock(&h->lock);
}

void httpd_stop(struct httpd *h, unsigned drain_ms)
{
    if (h == NULL)
        return;
    for (size_t i = 0; i < h->n_listeners; i++)
        if (h->listener[i].daemon != NULL)
            (void)MHD_quiesce_daemon(h->listener[i].daemon);
    if (h->cluster.console != NULL)
        console_stop(h->cluster.console);
    if (h->cluster.live != NULL)
        live_stop(h->cluster.live);
    if (h->cluster.desk != NULL)
        desk_stop(h->cluster.desk);
    wait_until_idle(h, drain_ms);
    for (size_t i = 0; i < h->n_listeners; i++) {
        if (h->listener[i].daemon != NULL)
            MHD_stop_daemon(h->listener[i].daemon);
        (void)close(h->listener[i].fd);
    }
    console_free(h->cluster.console);
    live_free(h->cluster.live);
    desk_free(h->cluster.desk);
    cuic_free(h->cluster.cuic);
    metrics_free(h->cluster.metrics);
    (void)pthread_cond_destroy(&h->idle);
    (void)pthread_mutex_destroy(&h->lock);
    free(h->csp);
    free(h);
}
