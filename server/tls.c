#include "tls.h"

#include <gnutls/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "cert.h"
#include "record.h"

struct cert_set {
    atomic_uint users;
    struct tls *tls;
    const struct config *config;
    struct cert cert[]; /* one for each node */
};

struct tls {
    const struct config *config;
    struct policies *policies; /* NULL until tls_watch */
    struct recorder *recorder;
    gnutls_datum_t ticket_key;
    pthread_mutex_t lock; /* guards `set` */
    struct cert_set *set;
};

static void unref(struct cert_set *set)
{
    if (set == NULL || atomic_fetch_sub(&set->users, 1) != 1)
        return;
    for (size_t i = 0; i < set->config->n_nodes; i++)
        cert_clear(&set->cert[i]);
    free(set);
}

static enum err load_set(struct tls *t, struct cert_set **ret, struct diag *why)
{
    const struct config *c = t->config;
    struct cert_set *set = calloc(1, sizeof *set + c->n_nodes * sizeof set->cert[0]);
    enum err e = ERR_OK;

    if (set == NULL)
        return ERR_NOMEM;
    atomic_init(&set->users, 1);
    set->config = c;
    set->tls = t;
    for (size_t i = 0; e == ERR_OK && i < c->n_nodes; i++)
        e = cert_load(c->cert_dir, c->nodes[i].hostname, &set->cert[i], why);
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

struct cert_set *tls_begin_connection(struct tls *t, gnutls_session_t session)
{
    (void)pthread_mutex_lock(&t->lock);
    struct cert_set *set = t->set;
    atomic_fetch_add(&set->users, 1);
    (void)pthread_mutex_unlock(&t->lock);
    /* libmicrohttpd keeps a pointer of its own here, but reads it for pre-shared keys only. */
    gnutls_session_set_ptr(session, set);
    /* Without tickets no connection is ever resumed; the library has no option for them. */
    (void)gnutls_session_ticket_enable_server(session, &t->ticket_key);
    return set;
}

void tls_end_connection(struct cert_set *set)
{
    unref(set);
}

static size_t node_by_sni(const struct config *c, gnutls_session_t session)
{
    char name[256];
    size_t n = sizeof name;
    unsigned type = 0;

    if (gnutls_server_name_get(session, name, &n, &type, 0) != GNUTLS_E_SUCCESS ||
        type != GNUTLS_NAME_DNS)
        return 0;
    return config_node_by_host(c, slice_of(name));
}

/** UNVERIFIED: that nobody listens while the web proxy is stopped; settled by a connection to a
 * real node then. */
static bool is_proxy_down(const struct tls *t, size_t node)
{
    struct policy_set *set = t->policies == NULL ? NULL : policies_get(t->policies);
    bool is_down = set != NULL && life_state(&policy_set_get(set, node, SERVICE_CUIC)->proxy,
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
    struct cert_set *set = gnutls_session_get_ptr(session);

    (void)req_ca;
    (void)n_req_ca;
    (void)algorithms;
    (void)n_algorithms;
    size_t node = node_by_sni(set->config, session);
    if (is_proxy_down(set->tls, node)) {
        if (reset_at_close(session))
            record_reset(set->tls->recorder, set->config->nodes[node].name, session);
        return -1;
    }
    struct cert *cert = &set->cert[node];
    *ret_chain = cert->chain;
    *ret_n = cert->n_chain;
    *ret_key = cert->key;
    return 0;
}
