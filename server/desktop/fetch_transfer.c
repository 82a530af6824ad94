#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "fetch_inside.h"

/* What the fetcher's thread does with libcurl: each URL of an order in turn. */

#define CONNECT_MS 5000
#define TOTAL_MS   10000

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
    for (size_t i = 0; i < FETCH_JOBS_MAX; i++)
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

void fetch_start(struct fetch_job *j)
{
    while (!start_url(j)) {
        if (j->result.url + 1 >= j->n_urls) {
            fetch_finish(j);
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
        fetch_finish(j);
        return;
    }
    j->result.url++;
    fetch_start(j);
}

void fetch_end_transfers(struct fetcher *f)
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

void fetch_abort(struct fetcher *f)
{
    for (size_t i = 0; i < FETCH_JOBS_MAX; i++) {
        struct fetch_job *j = f->active[i];
        if (j == NULL)
            continue;
        (void)curl_multi_remove_handle(f->multi, j->easy);
        f->active[i] = NULL;
        set_fault(j, FETCH_BUSY, "");
        fetch_finish(j);
    }
}
