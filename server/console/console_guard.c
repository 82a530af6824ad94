/* Who may ask the console. It shows what others send and may change settings, so no page of another
 * origin may reach it: neither by a request of its own (Origin, Sec-Fetch-Site),
 * nor by a name that it has made point here (Host: DNS rebinding). */
#include <stdio.h>
#include <string.h>

#include "console_inside.h"

/** The host of "host:port" or "[v6]:port". */
static struct slice without_port(struct slice host)
{
    size_t n = host.n;

    while (n > 0 && ascii_is_digit((unsigned char)host.at[n - 1]))
        n--;
    if (n > 0 && host.at[n - 1] == ':' && !(host.at[0] == '[' && host.at[host.n - 1] == ']'))
        return (struct slice){host.at, n - 1};
    return host;
}

static bool is_wildcard(struct slice address)
{
    return slice_is(address, "0.0.0.0") || slice_is(address, "[::]");
}

/** A name or address that is the console's own. */
static bool is_own_name(const struct config *c, struct slice name)
{
    static const char *const loopback[] = {"localhost", "127.0.0.1", "[::1]"};

    for (size_t i = 0; i < sizeof loopback / sizeof loopback[0]; i++)
        if (slice_is_nocase(name, loopback[i]))
            return true;
    for (size_t i = 0; i < c->n_console_names; i++)
        if (slice_is_nocase(name, c->console_names[i]))
            return true;
    for (size_t i = 0; i < c->n_endpoints; i++) {
        struct slice own = without_port(slice_of(c->endpoints[i].text));
        if (c->endpoints[i].site == SITE_CONSOLE && !is_wildcard(own) && slice_same(own, name))
            return true;
    }
    return false;
}

/** Is the Origin, when there is one, that of the page which this console serves by this Host? */
static bool is_own_origin(const struct cors_request *rq)
{
    static const char scheme[] = "https://";
    struct slice origin = slice_trim(rq->origin);
    size_t n = sizeof scheme - 1;

    if (rq->origin.at == NULL)
        return true;
    if (origin.n != n + rq->host.n || memcmp(origin.at, scheme, n) != 0)
        return false;
    for (size_t i = 0; i < rq->host.n; i++)
        if (ascii_lower((unsigned char)origin.at[n + i]) !=
            ascii_lower((unsigned char)rq->host.at[i]))
            return false;
    return true;
}

/** Somebody follows a link to the page: all that he gets is the page. */
static bool is_visit(const struct request *rq)
{
    return strcmp(rq->path, "/") == 0 && strcmp(rq->method, "GET") == 0 &&
           slice_is(request_header(rq, "Sec-Fetch-Mode"), "navigate") &&
           slice_is(request_header(rq, "Sec-Fetch-Dest"), "document");
}

/** Programs other than browsers send no such field. */
static bool is_from_elsewhere(const struct request *rq)
{
    struct slice site = request_header(rq, "Sec-Fetch-Site");

    return site.at != NULL && !slice_is(site, "same-origin") && !slice_is(site, "none") &&
           !is_visit(rq);
}

bool console_admits(struct exchange *x)
{
    const struct request *rq = x->request;

    if (rq->fault != REQUEST_FINE) {
        console_refuse(x, request_fault_status(rq->fault), "%s", request_fault_text(rq->fault));
        return false;
    }
    if (!is_own_name(x->config, without_port(rq->cors.host))) {
        console_refuse(x, 403,
                       "The console answers to localhost, 127.0.0.1, [::1], its own addresses and "
                       "the hostnames of 'listen console' only.");
        return false;
    }
    if (!is_own_origin(&rq->cors) || is_from_elsewhere(rq)) {
        console_refuse(x, 403, "The console does not answer to pages of other origins.");
        return false;
    }
    return true;
}

/** Takes the same time wherever the first difference is. */
static bool is_token(const char *own, struct slice given)
{
    unsigned char difference = 0;

    if (given.n != strlen(own))
        return false;
    for (size_t i = 0; i < given.n; i++)
        difference |= (unsigned char)(own[i] ^ given.at[i]);
    return difference == 0;
}

bool console_admits_change(struct exchange *x)
{
    const struct request *rq = x->request;
    const char *token = console_token(x->console);

    if (token == NULL)
        console_refuse(x, 403,
                       "The console is read-only; console_write = yes lets it change "
                       "settings.");
    else if (rq->cors.origin.at == NULL)
        console_refuse(x, 403, "A change needs the Origin header of the console's own page.");
    else if (!is_token(token, request_header(rq, "X-Console-Token")))
        console_refuse(x, 403, "A change needs the token that the server printed when it started.");
    else if (!slice_is(request_header(rq, "Content-Type"), "application/json"))
        console_refuse(x, 415, "A change is described by application/json.");
    else
        return true;
    return false;
}
