#ifndef CUICSIM_QUESTION_H
#define CUICSIM_QUESTION_H

#include "config/config.h"
#include "cors/decide.h"

#define QUESTION_HEADERS_MAX 4096 /* bytes of the request headers that a page sets */
#define QUESTION_METHOD_MAX  64

/** One request across origins, as the filter would see it: what a page means to send, with the
 *  preflight before it where browsers send one, or what was recorded. Not to be copied: it points
 *  into itself. */
struct question {
    size_t node; /* in the configuration, of either product */
    enum service service;
    struct slice path;           /* `at` NULL: some path that the service's filter guards */
    struct cors_request step[2]; /* in the order in which a browser sends them */
    size_t n_steps;
    bool has_login; /* it is known to carry one, or to have come past it */
    bool is_open;   /* the method or the headers are not known: others may have been sent */
    char method[QUESTION_METHOD_MAX];
    char headers[QUESTION_HEADERS_MAX];
};

/** What a page asks for. */
struct page_request {
    struct slice origin;
    struct slice method;  /* `at` NULL: GET. Blank: a preflight that names no method */
    struct slice headers; /* names, separated by commas; `at` NULL: none */
    struct slice path;    /* `at` NULL: not known */
    struct slice host;    /* of the URL, with its port; `at` NULL: the node's host name */
    bool is_preflighted;  /* a preflight is known to have been sent */
};

/** What a browser sends for it: names that it sends without asking are left out of the preflight,
 *  and there is none when nothing has to be asked for.
 * @param rq   outlives the question
 * @param why  set on ERR_LIMIT
 * @return ERR_OK, ERR_LIMIT
 * @source Fetch standard: CORS-safelisted method and request header, forbidden request header,
 *         normalize a method */
enum err question_of_page(const struct config *c, size_t node, enum service service,
                          const struct page_request *rq, struct question *ret, struct diag *why);

/** What was recorded: this request and no other one. */
void question_of_request(size_t node, enum service service, struct slice path,
                         const struct cors_request *rq, struct question *ret);

#endif
