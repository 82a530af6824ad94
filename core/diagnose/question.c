#include "question.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_one_of(struct slice name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is_nocase(name, names[i]))
            return true;
    return false;
}

/** Is this a header that scripts cannot set? Browsers drop it without a word. */
static bool is_forbidden_header(struct slice name)
{
    static const char *const forbidden[] = {
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "access-control-request-private-network",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    };

    return is_one_of(name, forbidden, COUNT(forbidden)) ||
           (name.n >= 6 && slice_is_nocase((struct slice){name.at, 6}, "proxy-")) ||
           (name.n >= 4 && slice_is_nocase((struct slice){name.at, 4}, "sec-"));
}

/** A header that browsers send without asking. content-type is asked for, as with JSON. */
static bool is_unasked(struct slice name)
{
    static const char *const safe[] = {"accept", "accept-language", "content-language"};

    return is_one_of(name, safe, COUNT(safe)) || is_forbidden_header(name);
}

/** Copy what the preflight asks for. Empty members stay: they are a mistake to be told of. */
static enum err take_headers(struct slice list, struct question *q, struct slice *ret,
                             struct diag *why)
{
    struct slice rest = list;
    bool is_more = list.at != NULL && slice_trim(list).n > 0;
    size_t n = 0;
    size_t taken = 0;

    while (is_more) {
        const char *comma = rest.n == 0 ? NULL : memchr(rest.at, ',', rest.n);
        struct slice name = {rest.at, comma == NULL ? rest.n : (size_t)(comma - rest.at)};
        is_more = comma != NULL;
        rest = is_more ? (struct slice){comma + 1, rest.n - name.n - 1} : rest;
        name = slice_trim(name);
        if (name.n > 0 && is_unasked(name))
            continue;
        if (n + name.n + 1 > sizeof q->headers) {
            diag_set(why, 0, "more than %d bytes of header names", QUESTION_HEADERS_MAX);
            return ERR_LIMIT;
        }
        if (taken++ > 0)
            q->headers[n++] = ',';
        if (name.n > 0)
            memcpy(q->headers + n, name.at, name.n);
        n += name.n;
    }
    *ret = taken == 0 ? (struct slice){NULL, 0} : (struct slice){q->headers, n};
    return ERR_OK;
}

/** As browsers spell it: these six in upper case, whatever the script says. */
static enum err take_method(struct slice method, struct question *q, struct slice *ret,
                            struct diag *why)
{
    static const char *const normal[] = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"};
    struct slice m = method.at == NULL ? slice_of("GET") : slice_trim(method);

    for (size_t i = 0; i < COUNT(normal); i++)
        if (slice_is_nocase(m, normal[i]))
            m = slice_of(normal[i]);
    if (m.n > sizeof q->method) {
        diag_set(why, 0, "a method over %d bytes", QUESTION_METHOD_MAX);
        return ERR_LIMIT;
    }
    if (m.n > 0)
        memcpy(q->method, m.at, m.n);
    *ret = (struct slice){q->method, m.n};
    return ERR_OK;
}

static bool is_safe_method(struct slice m)
{
    return slice_is(m, "GET") || slice_is(m, "HEAD") || slice_is(m, "POST");
}

static void add_steps(struct question *q, const struct page_request *rq, struct slice host,
                      struct slice method, struct slice headers)
{
    struct cors_request actual = {
        .method = method, .host = host, .is_https = true, .origin = rq->origin};
    struct cors_request preflight = actual;

    preflight.method = slice_of("OPTIONS");
    preflight.request_method = method;
    preflight.request_headers = headers;
    if (!is_safe_method(method) || headers.at != NULL || rq->is_preflighted)
        q->step[q->n_steps++] = preflight;
    if (method.n > 0)
        q->step[q->n_steps++] = actual;
}

enum err question_of_page(const struct config *c, size_t node, enum service service,
                          const struct page_request *rq, struct question *ret, struct diag *why)
{
    struct slice host = rq->host.at != NULL ? rq->host : slice_of(c->nodes[node].hostname);
    struct slice headers = {NULL, 0};
    struct slice method = {NULL, 0};

    *ret = (struct question){.node = node, .service = service, .path = rq->path};
    enum err e = take_method(rq->method, ret, &method, why);
    if (e == ERR_OK)
        e = take_headers(rq->headers, ret, &headers, why);
    ret->has_login = slice_list_has(rq->headers, slice_of("authorization"));
    if (e == ERR_OK)
        add_steps(ret, rq, host, method, headers);
    return e;
}

void question_of_request(size_t node, enum service service, struct slice path,
                         const struct cors_request *rq, struct question *ret)
{
    *ret = (struct question){.node = node, .service = service, .path = path, .n_steps = 1};
    ret->step[0] = *rq;
}
