#include "httpd_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cors/profile.h"
#include "listen.h"
#include "request.h"

#define POOL_EXTRA_BYTES 8192 /* of a connection, beside the request's head: our answer */

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
        flags, 0, NULL, NULL, httpd_on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_UNESCAPE_CALLBACK, request_unescape, NULL, MHD_OPTION_ARRAY, pool,
        MHD_OPTION_LISTEN_SOCKET, l->fd, MHD_OPTION_NOTIFY_CONNECTION, httpd_on_connection, l,
        MHD_OPTION_NOTIFY_COMPLETED, httpd_on_completed, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        httpd_on_request_line, l, MHD_OPTION_HTTPS_CERT_CALLBACK, tls_pick_certificate,
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
    h->cluster = (struct cluster){.config = c, .csp = h->csp, .on_upgrade = httpd_on_upgrade};
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
