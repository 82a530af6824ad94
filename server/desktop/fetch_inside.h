#ifndef CUICSIM_SERVER_FETCH_INSIDE_H
#define CUICSIM_SERVER_FETCH_INSIDE_H

#include <curl/curl.h>
#include <pthread.h>

#include "fetch.h"

/** What the fetch*.c files share; nobody else includes it. */

#define FETCH_JOBS_MAX 64

#define FETCH_ROUTE_MAX 640 /* bytes of "host:port:address:port", with the terminator */

struct fetch_places {
    size_t n;
    struct fetch_address *address;
};

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
    struct fetch_job *inbox;                  /* begun, and not seen by the thread yet */
    struct fetch_job *active[FETCH_JOBS_MAX]; /* under way; the thread's own */
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

/** Where a URL of one of the lab's hosts leads to, as CURLOPT_CONNECT_TO wants it. The port that
 * one of our sites listens on is itself; a port of the product (443, 8444, 8445, 12005, 12008) is
 * the first address of the site that answers there; at any other nobody is.
 * @return FETCH_FINE, FETCH_REFUSED (nobody), FETCH_FOREIGN (another host), FETCH_BAD_URL */
enum fetch_fault fetch_route(const struct config *c, const struct fetch_places *places,
                             const char *url, char ret[FETCH_ROUTE_MAX]);

/* ---- transfers; for the thread alone ---- */

/** Send the job's request to the next of its URLs that can be asked, or finish the job. */
void fetch_start(struct fetch_job *j);

/** Look what came to an end: the next URL is tried, or the job is finished. */
void fetch_end_transfers(struct fetcher *f);

/** Finish all that is under way, as FETCH_BUSY. */
void fetch_abort(struct fetcher *f);

/** The job has its result: whoever waits goes on; with nobody there the job is freed. */
void fetch_finish(struct fetch_job *j);

#endif
