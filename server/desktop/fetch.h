#ifndef CUICSIM_SERVER_FETCH_H
#define CUICSIM_SERVER_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"

/** Requests that this server makes itself, as Finesse's gadget container does: over HTTPS, the
 *  certificate verified against the lab's CA alone. One thread does them all, so that a request for
 *  one of our own sites cannot wait for the thread that waits for it. All functions may be called
 *  by any thread. */
struct fetcher;

/** Where one of our sites really listens. */
struct fetch_address {
    enum site site;
    struct sockaddr_storage addr;
};

/** @param addresses  n of them, copied
 * @return ERR_OK, ERR_IO, ERR_NOMEM */
enum err fetcher_new(const struct config *c, const struct fetch_address *addresses, size_t n,
                     struct fetcher **ret, struct diag *why);

/** Fail what is under way, and everything that comes. When it returns, no request is parked. */
void fetcher_stop(struct fetcher *f);
void fetcher_free(struct fetcher *f); /* after fetcher_stop; accepts NULL */

/* ---- one fetch ---- */

#define FETCH_URLS_MAX 8

/** What is to be fetched. Text is copied. */
struct fetch_order {
    size_t n_urls; /* tried in turn until one is answered with 200 */
    const char *url[FETCH_URLS_MAX];
    const char *method;         /* NULL: GET */
    const char *const *headers; /* "Name: value", NULL behind the last; or NULL */
    struct slice body;
    size_t max_bytes; /* of the answer */
    bool takes_any;   /* any status is an answer */
    bool nodes_only;  /* only hosts of this lab */
};

/** Why a URL was not fetched. */
enum fetch_fault {
    FETCH_FINE,
    FETCH_BAD_URL,     /* not https, or no URL */
    FETCH_FOREIGN,     /* no host of this lab */
    FETCH_UNRESOLVED,  /* the host is not known */
    FETCH_REFUSED,     /* nobody listens there, or the connection broke */
    FETCH_CERTIFICATE, /* it is not one that we trust, for this host */
    FETCH_TIMEOUT,
    FETCH_TOO_LARGE,
    FETCH_STATUS, /* it answered, but not with 200 */
    FETCH_OTHER,
    FETCH_BUSY /* too many at once, or stopping */
};

/** The end of a fetch, as of the last URL that was tried. */
struct fetched {
    enum fetch_fault fault;
    unsigned status;        /* of the answer; 0: none */
    size_t url;             /* index of the one that this is about */
    char detail[256];       /* what the library says; "" for nothing */
    char content_type[128]; /* "" for none */
    struct buf body;
    struct buf headers; /* with takes_any: "name: value" lines, names in lower case */
};
void fetched_clear(struct fetched *r);

/** The waiting of one request; lives within what is kept of that request. All zero: nothing is
 *  fetched. */
struct fetch_job;
struct fetch_wait {
    /* Set by the owner; called with the fetcher's lock held. After `park` nothing of the request is
     * touched until `resume` was called, after which it is answered from the start. */
    void (*park)(struct fetch_wait *w);
    void (*resume)(struct fetch_wait *w);
    struct fetch_job *job;
};

/** Begin: the request is parked, unless it is FETCH_BUSY. */
enum fetch_fault fetch_begin(struct fetcher *f, const struct fetch_order *order,
                             struct fetch_wait *w);

/** Of a request that was resumed: take what came. False when nothing was begun for it. */
bool fetch_end(struct fetcher *f, struct fetch_wait *w, struct fetched *ret);

/** The request is over, answered or not. */
void fetch_cancel(struct fetcher *f, struct fetch_wait *w);

#endif
