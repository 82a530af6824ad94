#include "fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "fetch_inside.h"

#define CONNECT_MS  5000
#define TOTAL_MS    10000
#define JOBS_MAX    64
#define HEADERS_MAX 16384 /* bytes */

struct fetcher {
    CURLM *multi;
    const struct config *config;
    struct fetch_places places;
    char *ca;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* guards the rest, and what jobs say of it */
    bool is_stopping;
    size_t n_jobs;
    struct fetch_job *inbox;            /* begun, and not seen by the thread yet */
    struct fetch_job *active[JOBS_MAX]; /* under way; the thread's own */
};

/** One order. The thread's own, but for the fields that say so. */
struct fetch_job {
    struct fetch_job *next;
    struct fetcher *fetcher;
    struct fetch_wait *wait; /* with the lock: who waits; NULL: nobody any more */
    bool is_done;            /* with the lock */
    struct fetched result;   /* with the lock once it is done */
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    char error[CURL_ERROR_SIZE];
    size_t n_urls;
    char *url[FETCH_URLS_MAX];
    char *method;
    char *body;
    size_t body_bytes;
    bool takes_any, nodes_only;
    bool is_over_limit;
};

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
    if (j != NULL && !f->is_stopping && f->n_jobs < JOBS_MAX) {
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

static void finish(struct fetch_job *j)
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

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct fetch_job *j = arg;

    if (buf_add(&j->result.body, (struct slice){data, size * n}) == ERR_OK)
        return size * n;
    j->is_over_limit = true;
    return 0; /* ends the transfer */
}

/** Keep a line of the head; the status line of each answer begins anew. */
static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
    struct fetch_job *j = arg;
    struct slice line = {data, size * n};
    size_t colon = 0;

    while (line.n > 0 && (line.at[line.n - 1] == '\n' || line.at[line.n - 1] == '\r'))
        line.n--;
    if (line.n >= 5 && memcmp(line.at, "HTTP/", 5) == 0)
        buf_reset(&j->result.headers);
    while (colon < line.n && line.at[colon] != ':')
        colon++;
    if (!j->takes_any || colon == line.n)
        return size * n;
    for (size_t i = 0; i < line.n; i++) {
        int c = i < colon ? ascii_lower((unsigned char)line.at[i]) : line.at[i];
        (void)buf_putc(&j->result.headers, (char)c);
    }
    (void)buf_putc(&j->result.headers, '\n');
    return size * n;
}

static void set_options(struct fetch_job *j)
{
    CURL *e = j->easy;
    const struct fetcher *f = j->fetcher;

    (void)curl_easy_setopt(e, CURLOPT_PRIVATE, j);
    (void)curl_easy_setopt(e, CURLOPT_ERRORBUFFER, j->error);
    (void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(e, CURLOPT_WRITEDATA, j);
    (void)curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(e, CURLOPT_HEADERDATA, j);
    (void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https");
    (void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(e, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(e, CURLOPT_CAINFO, f->ca);
    (void)curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    /* A certificate is looked at each time: no connection and no session is used again. */
    (void)curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    (void)curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
    (void)curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    (void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    (void)curl_easy_setopt(e, CURLOPT_USERAGENT, "cuicsim");
    (void)curl_easy_setopt(e, CURLOPT_HTTPHEADER, j->headers);
    (void)curl_easy_setopt(e, CURLOPT_CONNECT_TO, j->connect_to);
    if (j->body_bytes > 0) {
        (void)curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)j->body_bytes);
        (void)curl_easy_setopt(e, CURLOPT_POSTFIELDS, j->body);
    }
    if (strcmp(j->method, "HEAD") == 0)
        (void)curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
    else
        (void)curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, j->method);
}

static void set_fault(struct fetch_job *j, enum fetch_fault fault, const char *detail)
{
    j->result.fault = fault;
    j->result.status = 0;
    (void)snprintf(j->result.detail, sizeof j->result.detail, "%s", detail);
}

/** Note that a job is under way, or (`to` NULL) that it is not any more. */
static void set_active(struct fetcher *f, const struct fetch_job *from, struct fetch_job *to)
{
    for (size_t i = 0; i < JOBS_MAX; i++)
        if (f->active[i] == from) {
            f->active[i] = to;
            return;
        }
}

/** Send the request for the URL of the result's index. False: it failed at once. */
static bool start_url(struct fetch_job *j)
{
    struct fetcher *f = j->fetcher;
    const char *url = j->url[j->result.url];
    char route[FETCH_ROUTE_MAX];

    buf_reset(&j->result.body);
    buf_reset(&j->result.headers);
    j->is_over_limit = false;
    j->error[0] = '\0';
    curl_easy_reset(j->easy);
    curl_slist_free_all(j->connect_to);
    j->connect_to = NULL;
    enum fetch_fault fault = fetch_route(f->config, &f->places, url, route);
    if (fault == FETCH_FOREIGN && !j->nodes_only)
        fault = FETCH_FINE; /* anywhere, by the system's names */
    else if (fault == FETCH_FINE)
        j->connect_to = curl_slist_append(NULL, route);
    if (fault != FETCH_FINE) {
        set_fault(j, fault, "");
        return false;
    }
    set_options(j);
    (void)curl_easy_setopt(j->easy, CURLOPT_URL, url);
    if (curl_multi_add_handle(f->multi, j->easy) == CURLM_OK) {
        set_active(f, NULL, j);
        return true;
    }
    set_fault(j, FETCH_OTHER, "out of memory");
    return false;
}

/** Go on with the job's URLs until one is under way, or none is left. */
static void start(struct fetch_job *j)
{
    while (!start_url(j)) {
        if (j->result.url + 1 >= j->n_urls) {
            finish(j);
            return;
        }
        j->result.url++;
    }
}

static enum fetch_fault fault_of(const struct fetch_job *j, CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return FETCH_FINE;
    case CURLE_URL_MALFORMAT:
        return FETCH_BAD_URL;
    case CURLE_COULDNT_RESOLVE_HOST:
        return FETCH_UNRESOLVED;
    case CURLE_COULDNT_CONNECT:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
        return FETCH_REFUSED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return FETCH_CERTIFICATE;
    case CURLE_OPERATION_TIMEDOUT:
        return FETCH_TIMEOUT;
    default:
        return j->is_over_limit ? FETCH_TOO_LARGE : FETCH_OTHER;
    }
}

static void read_answer(struct fetch_job *j)
{
    long status = 0;
    char *type = NULL;

    (void)curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(j->easy, CURLINFO_CONTENT_TYPE, &type);
    j->result.status = (unsigned)status;
    (void)snprintf(j->result.content_type, sizeof j->result.content_type, "%s",
                   type == NULL ? "" : type);
    j->result.fault = status == 200 || j->takes_any ? FETCH_FINE : FETCH_STATUS;
    j->result.detail[0] = '\0';
}

/** A transfer ended. The next URL is tried when it was no good answer. */
static void end_url(struct fetch_job *j, CURLcode code)
{
    enum fetch_fault fault = fault_of(j, code);

    (void)curl_multi_remove_handle(j->fetcher->multi, j->easy);
    set_active(j->fetcher, j, NULL);
    if (fault == FETCH_FINE)
        read_answer(j);
    else
        set_fault(j, fault, j->error[0] != '\0' ? j->error : curl_easy_strerror(code));
    if (j->result.fault != FETCH_FINE)
        log_info("fetching %s: %s%s", j->url[j->result.url],
                 fault == FETCH_FINE ? "not answered with 200" : "", j->result.detail);
    if (j->result.fault == FETCH_FINE || j->result.url + 1 >= j->n_urls) {
        finish(j);
        return;
    }
    j->result.url++;
    start(j);
}

static void end_transfers(struct fetcher *f)
{
    CURLMsg *m = NULL;
    int left = 0;

    while ((m = curl_multi_info_read(f->multi, &left)) != NULL) {
        struct fetch_job *j = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result; /* gone once the handle is removed */
        (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&j);
        end_url(j, code);
    }
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
        start(j);
        j = next;
    }
    return goes_on;
}

static void abort_all(struct fetcher *f)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        struct fetch_job *j = f->active[i];
        if (j == NULL)
            continue;
        (void)curl_multi_remove_handle(f->multi, j->easy);
        f->active[i] = NULL;
        set_fault(j, FETCH_BUSY, "");
        finish(j);
    }
}

static void *run(void *arg)
{
    struct fetcher *f = arg;
    int running = 0;

    while (take_inbox(f)) {
        (void)curl_multi_perform(f->multi, &running);
        end_transfers(f);
        (void)curl_multi_poll(f->multi, NULL, 0, 60000, NULL);
    }
    abort_all(f);
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
    f->has_thread = pthread_create(&f->thread, NULL, run, f) == 0;
    if (f->has_thread)
        return ERR_OK;
    diag_set(why, 0, "cannot start a thread: %s", strerror(errno));
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
