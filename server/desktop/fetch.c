#include "fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_inside.h"

#define HEADERS_MAX 16384 /* bytes */

/* ---- orders ---- */

void fetched_clear(struct fetched *r)
{
    buf_clear(&r->body);
    buf_clear(&r->headers);
}

static void free_job(struct fetch_job *j)
{
    if (j->easy != NULL)
        curl_easy_cleanup(j->easy);
    curl_slist_free_all(j->headers);
    curl_slist_free_all(j->connect_to);
    for (size_t i = 0; i < j->n_urls; i++)
        free(j->url[i]);
    free(j->method);
    free(j->body);
    fetched_clear(&j->result);
    free(j);
}

static bool copy_order(struct fetch_job *j, const struct fetch_order *order)
{
    bool is_whole = true;

    for (; is_whole && j->n_urls < order->n_urls; j->n_urls++)
        is_whole = (j->url[j->n_urls] = strdup(order->url[j->n_urls])) != NULL;
    j->method = strdup(order->method == NULL ? "GET" : order->method);
    j->body_bytes = order->body.n;
    j->body = malloc(order->body.n + 1);
    for (size_t i = 0; is_whole && order->headers != NULL && order->headers[i] != NULL; i++) {
        struct curl_slist *more = curl_slist_append(j->headers, order->headers[i]);
        is_whole = more != NULL;
        j->headers = is_whole ? more : j->headers;
    }
    if (!is_whole || j->method == NULL || j->body == NULL)
        return false;
    if (order->body.n > 0)
        memcpy(j->body, order->body.at, order->body.n);
    return true;
}

static struct fetch_job *new_job(struct fetcher *f, const struct fetch_order *order)
{
    struct fetch_job *j = calloc(1, sizeof *j);

    assert(order->n_urls >= 1 && order->n_urls <= FETCH_URLS_MAX);
    if (j == NULL)
        return NULL;
    j->fetcher = f;
    j->takes_any = order->takes_any;
    j->nodes_only = order->nodes_only;
    buf_init(&j->result.body, order->max_bytes);
    buf_init(&j->result.headers, HEADERS_MAX);
    j->easy = curl_easy_init();
    if (j->easy != NULL && copy_order(j, order))
        return j;
    free_job(j);
    return NULL;
}

enum fetch_fault fetch_begin(struct fetcher *f, const struct fetch_order *order,
                             struct fetch_wait *w)
{
    struct fetch_job *j = new_job(f, order);
    bool is_begun = false;

    assert(w->job == NULL);
    (void)pthread_mutex_lock(&f->lock);
    if (j != NULL && !f->is_stopping && f->n_jobs < FETCH_JOBS_MAX) {
        j->next = f->inbox;
        f->inbox = j;
        f->n_jobs++;
        j->wait = w;
        w->job = j;
        w->park(w);
        is_begun = true;
    }
    (void)pthread_mutex_unlock(&f->lock);
    if (is_begun)
        (void)curl_multi_wakeup(f->multi);
    else if (j != NULL)
        free_job(j);
    return is_begun ? FETCH_FINE : FETCH_BUSY;
}

bool fetch_end(struct fetcher *f, struct fetch_wait *w, struct fetched *ret)
{
    struct fetch_job *j = w->job;

    if (j == NULL)
        return false;
    (void)pthread_mutex_lock(&f->lock); /* what the thread wrote is seen behind this */
    assert(j->is_done);
    w->job = NULL;
    *ret = j->result;
    buf_init(&j->result.body, 0);
    buf_init(&j->result.headers, 0);
    (void)pthread_mutex_unlock(&f->lock);
    free_job(j);
    return true;
}

void fetch_cancel(struct fetcher *f, struct fetch_wait *w)
{
    if (w->job == NULL)
        return;
    (void)pthread_mutex_lock(&f->lock);
    struct fetch_job *j = w->job;
    bool is_ours = j->is_done;
    j->wait = NULL;
    w->job = NULL;
    (void)pthread_mutex_unlock(&f->lock);
    if (is_ours)
        free_job(j);
}

/* ---- the thread ---- */

void fetch_finish(struct fetch_job *j)
{
    struct fetcher *f = j->fetcher;

    (void)pthread_mutex_lock(&f->lock);
    f->n_jobs--;
    j->is_done = true;
    struct fetch_wait *w = j->wait;
    if (w != NULL)
        w->resume(w); /* the job is its own from now on */
    (void)pthread_mutex_unlock(&f->lock);
    if (w == NULL)
        free_job(j);
}

/** @return whether the thread is to go on */
static bool take_inbox(struct fetcher *f)
{
    (void)pthread_mutex_lock(&f->lock);
    struct fetch_job *j = f->inbox;
    f->inbox = NULL;
    bool goes_on = !f->is_stopping;
    (void)pthread_mutex_unlock(&f->lock);
    while (j != NULL) {
        struct fetch_job *next = j->next;
        fetch_start(j);
        j = next;
    }
    return goes_on;
}

static void *run(void *arg)
{
    struct fetcher *f = arg;
    int running = 0;

    while (take_inbox(f)) {
        (void)curl_multi_perform(f->multi, &running);
        fetch_end_transfers(f);
        (void)curl_multi_poll(f->multi, NULL, 0, 60000, NULL);
    }
    fetch_abort(f);
    return NULL;
}

/* ---- beginning and end ---- */

static enum err prepare(struct fetcher *f, struct diag *why)
{
    struct buf path;

    buf_init(&path, 8192);
    (void)buf_printf(&path, "%s/ca.crt", f->config->cert_dir);
    f->ca = buf_take(&path);
    if (f->ca == NULL || f->places.address == NULL)
        return ERR_NOMEM;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (f->multi = curl_multi_init()) == NULL) {
        diag_set(why, 0, "libcurl cannot be started");
        return ERR_IO;
    }
    int rc = pthread_create(&f->thread, NULL, run, f);
    f->has_thread = rc == 0;
    if (f->has_thread)
        return ERR_OK;
    diag_set(why, 0, "cannot start a thread: %s", strerror(rc));
    return ERR_IO;
}

enum err fetcher_new(const struct config *c, const struct fetch_address *addresses, size_t n,
                     struct fetcher **ret, struct diag *why)
{
    struct fetcher *f = calloc(1, sizeof *f);

    if (f == NULL)
        return ERR_NOMEM;
    f->config = c;
    (void)pthread_mutex_init(&f->lock, NULL);
    f->places.address = calloc(n + 1, sizeof *f->places.address);
    f->places.n = n;
    if (f->places.address != NULL && n > 0)
        memcpy(f->places.address, addresses, n * sizeof *addresses);
    enum err e = prepare(f, why);
    if (e != ERR_OK) {
        fetcher_stop(f);
        fetcher_free(f);
        return e;
    }
    *ret = f;
    return ERR_OK;
}

void fetcher_stop(struct fetcher *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->is_stopping = true;
    (void)pthread_mutex_unlock(&f->lock);
    if (!f->has_thread)
        return;
    (void)curl_multi_wakeup(f->multi);
    (void)pthread_join(f->thread, NULL);
    f->has_thread = false;
}

void fetcher_free(struct fetcher *f)
{
    if (f == NULL)
        return;
    if (f->multi != NULL)
        (void)curl_multi_cleanup(f->multi);
    (void)pthread_mutex_destroy(&f->lock);
    free(f->places.address);
    free(f->ca);
    free(f);
}
