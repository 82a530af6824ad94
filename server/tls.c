#include "tls.h"

#include <gnutls/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "cert.h"
#include "trace/record.h"

struct cert_set {
    atomic_uint users;
    const struct config *config;
    struct cert cert[]; /* one for each node, then one for each name of the console */
};

struct tls_connection {
    struct tls *tls;
    struct cert_set *set;
    enum site site;
    bool is_counted;
};

struct tls {
    const struct config *config;
    struct policies *policies; /* NULL until tls_watch */
    struct recorder *recorder;
    tls_counter *counter; /* NULL until tls_count */
    void *counter_arg;
    gnutls_datum_t ticket_key;
    pthread_mutex_t lock; /* guards `set` */
    struct cert_set *set;
};

static size_t cert_count(const struct config *c)
{
    return config_all_nodes(c) + c->n_console_names;
}

static const char *cert_name(const struct config *c, size_t i)
{
    size_t n = config_all_nodes(c);

    return i < n ? c->nodes[i].hostname : c->console_names[i - n];
}

static void unref(struct cert_set *set)
{
    if (set == NULL || atomic_fetch_sub(&set->users, 1) != 1)
        return;
    for (size_t i = 0; i < cert_count(set->config); i++)
        cert_clear(&set->cert[i]);
    free(set);
}

static enum err load_set(struct tls *t, struct cert_set **ret, struct diag *why)
{
    const struct config *c = t->config;
    struct cert_set *set = calloc(1, sizeof *set + cert_count(c) * sizeof set->cert[0]);
    enum err e = ERR_OK;

    if (set == NULL)
        return ERR_NOMEM;
    atomic_init(&set->users, 1);
    set->config = c;
    for (size_t i = 0; e == ERR_OK && i < cert_count(c); i++)
        e = cert_load(c->cert_dir, cert_name(c, i), &set->cert[i], why);
    if (e != ERR_OK) {
        unref(set);
        return e;
    }
    *ret = set;
    return ERR_OK;
}

enum err tls_new(const struct config *c, struct tls **ret, struct diag *why)
{
    struct tls *t = calloc(1, sizeof *t);

    if (t == NULL)
        return ERR_NOMEM;
    t->config = c;
    (void)pthread_mutex_init(&t->lock, NULL);
    enum err e = load_set(t, &t->set, why);
    if (e == ERR_OK && gnutls_session_ticket_key_generate(&t->ticket_key) != GNUTLS_E_SUCCESS) {
        diag_set(why, 0, "cannot make a session ticket key");
        e = ERR_TLS;
    }
    if (e != ERR_OK) {
        tls_free(t);
        return e;
    }
    *ret = t;
    return ERR_OK;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    unref(t->set);
    gnutls_free(t->ticket_key.data);
    (void)pthread_mutex_destroy(&t->lock);
    free(t);
}

void tls_watch(struct tls *t, struct policies *policies, struct recorder *recorder)
{
    t->policies = policies;
    t->recorder = recorder;
}

void tls_count(struct tls *t, tls_counter *counter, void *arg)
{
    t->counter = counter;
    t->counter_arg = arg;
}

enum err tls_reload(struct tls *t, struct diag *why)
{
    struct cert_set *fresh = NULL;
    enum err e = load_set(t, &fresh, why);

    if (e != ERR_OK)
        return e;
    (void)pthread_mutex_lock(&t->lock);
    struct cert_set *old = t->set;
    t->set = fresh;
    (void)pthread_mutex_unlock(&t->lock);
    unref(old);
    return ERR_OK;
}

static struct cert_set *present_set(struct tls *t)
{
    (void)pthread_mutex_lock(&t->lock);
    struct cert_set *set = t->set;
    atomic_fetch_add(&set->users, 1);
    (void)pthread_mutex_unlock(&t->lock);
    return set;
}

static void count(struct tls_connection *c, enum tls_result result)
{
    if (c->is_counted || c->tls->counter == NULL)
        return;
    c->is_counted = true;
    c->tls->counter(c->tls->counter_arg, c->site, result);
}

/** The client's Finished has come: the handshake is done, whichever version and kind it is. */
static int on_finished(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                       const gnutls_datum_t *message)
{
    (void)type;
    (void)when;
    (void)message;
    if (incoming != 0)
        count(gnutls_session_get_ptr(session),
              gnutls_session_is_resumed(session) != 0 ? TLS_RESUMED : TLS_FULL);
    return 0;
}

struct tls_connection *tls_begin_connection(struct tls *t, gnutls_session_t session, enum site site)
{
    struct tls_connection *c = calloc(1, sizeof *c);

    /* libmicrohttpd keeps a pointer of its own here, but reads it for pre-shared keys only. */
    gnutls_session_set_ptr(session, c);
    if (c == NULL)
        return NULL;
    *c = (struct tls_connection){.tls = t, .set = present_set(t), .site = site};
    /* Without tickets no connection is ever resumed; the library has no option for them. */
    (void)gnutls_session_ticket_enable_server(session, &t->ticket_key);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
                                       on_finished);
    return c;
}

void tls_end_connection(struct tls_connection *c)
{
    if (c == NULL)
        return;
    count(c, TLS_FAILED);
    unref(c->set);
    free(c);
}

/** The host name that SNI asks for; empty for none. */
static struct slice sni(gnutls_session_t session, char to[256])
{
    size_t n = 256;
    unsigned type = 0;

    if (gnutls_server_name_get(session, to, &n, &type, 0) != GNUTLS_E_SUCCESS ||
        type != GNUTLS_NAME_DNS)
        return (struct slice){NULL, 0};
    return slice_of(to);
}

/** The index of the certificate for the console. */
static size_t console_cert(const struct config *c, struct slice name)
{
    for (size_t i = 0; i < c->n_console_names; i++)
        if (slice_is_nocase(name, c->console_names[i]))
            return config_all_nodes(c) + i;
    return 0;
}

/** UNVERIFIED: that nobody listens while the web proxy is stopped; settled by a connection to a
 * real node then. */
static bool is_proxy_down(const struct tls *t, size_t node)
{
    struct policy_set *set = t->policies == NULL ? NULL : policies_get(t->policies);
    enum service service =
        t->config->nodes[node].platform == PLATFORM_FINESSE ? SERVICE_FINESSE : SERVICE_CUIC;
    bool is_down = set != NULL && life_state(&policy_set_get(set, node, service)->proxy,
                                             clock_now_ms()) != LIFE_STARTED;

    policy_set_unref(set);
    return is_down;
}

/** Have the close of this connection send RST: it looks as if nobody had been there.
 * @return false: it was told so before; GnuTLS asks for a certificate several times */
static bool reset_at_close(gnutls_session_t session)
{
    struct linger none = {.l_onoff = 1, .l_linger = 0};
    struct linger is = {0, 0};
    socklen_t n = sizeof is;
    int fd = gnutls_transport_get_int(session);

    if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &is, &n) == 0 && is.l_onoff != 0)
        return false;
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    return true;
}

int tls_pick_certificate(gnutls_session_t session, const gnutls_datum_t *req_ca, int n_req_ca,
                         const gnutls_pk_algorithm_t *algorithms, int n_algorithms,
                         gnutls_pcert_st **ret_chain, unsigned *ret_n, gnutls_privkey_t *ret_key)
{
    struct tls_connection *c = gnutls_session_get_ptr(session);
    char text[256];

    (void)req_ca;
    (void)n_req_ca;
    (void)algorithms;
    (void)n_algorithms;
    if (c == NULL)
        return -1;
    struct slice name = sni(session, text);
    bool is_console = c->site == SITE_CONSOLE;
    size_t i = is_console ? console_cert(c->set->config, name)
                          : config_node_by_host(c->set->config, c->site, name);
    if (!is_console && is_proxy_down(c->tls, i)) {
        if (reset_at_close(session))
            record_reset(c->tls->recorder, c->set->config->nodes[i].name, session);
        return -1;
    }
    *ret_chain = c->set->cert[i].chain;
    *ret_n = c->set->cert[i].n_chain;
    *ret_key = c->set->cert[i].key;
    return 0;
}
