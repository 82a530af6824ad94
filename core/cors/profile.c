#include "profile.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define CSP_MAX 65536 /* bytes */

static void add(struct reply *r, const char *name, const char *value)
{
    assert(r->n_headers < REPLY_HEADERS_MAX);
    r->header[r->n_headers++] = (struct reply_header){name, value};
}

/** What the proxy in front writes on every answer. */
static void add_proxy(const struct profile *at, const char *content_type, struct reply *r)
{
    r->n_headers = 0;
    add(r, "server", "nginx");
    add(r, "date", at->date);
    if (content_type != NULL)
        add(r, "content-type", content_type);
    if (at->sends_hsts)
        add(r, "strict-transport-security", "max-age=31536000; includeSubDomains");
}

/** What the application server writes on every answer of the context, refusals included. */
static void add_container(const struct profile *at, struct reply *r)
{
    if (at->session_id != NULL) {
        (void)snprintf(r->cookie, sizeof r->cookie,
                       "JSESSIONID=%.32s; Path=/cuic; Secure; HttpOnly; SameSite=Strict",
                       at->session_id);
        add(r, "set-cookie", r->cookie);
    }
    add(r, "pragma", "No-cache");
    add(r, "cache-control", "no-cache");
    add(r, "expires", "Thu, 01 Jan 1970 00:00:00 GMT");
    add(r, "x-frame-options", "SAMEORIGIN");
    add(r, "x-xss-protection", "1; mode=block");
    add(r, "x-content-type-options", "nosniff");
}

/** Tomcat merges Vary one field at a time: those already there are lower-cased, the new one is
 *  appended as given; hence the mixed spelling. The line stands where its first field was added:
 *  in front for a list of origins, behind expose-headers for `*`.
 *  @source ResponseUtil, CorsFilter.addStandardHeaders, captures */
#define VARY_PREFLIGHT "access-control-request-method,Access-Control-Request-Headers"

static void add_lists(const struct policy *p, const struct cors_decision *d, struct reply *r)
{
    if (p->any_origin)
        add(r, "vary", VARY_PREFLIGHT);
    if (p->max_age_text[0] != '\0')
        add(r, "access-control-max-age", p->max_age_text);
    add(r, "access-control-allow-methods", hdrlist_text(p->methods));
    add(r, "access-control-allow-headers", hdrlist_text(p->allowed_headers));
    /* UNVERIFIED: where the product puts this one; settled by one preflight with
     * private-network-access enabled. */
    if (d->adds_private_network)
        add(r, "access-control-allow-private-network", "true");
}

static void add_cors(const struct policy *p, const struct cors_decision *d, struct reply *r)
{
    bool has_lists = d->adds == CORS_ADDS_LISTS;

    if (d->adds != CORS_ADDS_NOTHING && !p->any_origin)
        add(r, "vary", has_lists ? "origin," VARY_PREFLIGHT : "Origin");
    if (d->adds < CORS_ADDS_ORIGIN)
        return;
    add(r, "access-control-allow-origin", d->allow_origin);
    if (p->credentials)
        add(r, "access-control-allow-credentials", "true");
    if (hdrlist_count(p->exposed_headers) > 0)
        add(r, "access-control-expose-headers", hdrlist_text(p->exposed_headers));
    if (has_lists)
        add_lists(p, d, r);
}

static void fill_refusal(const struct profile *at, const struct cors_decision *d, struct reply *r)
{
    r->status = 403;
    add_proxy(at, "text/html;charset=utf-8", r);
    add_container(at, r);
    r->body = page_refusal(d->reason, d->culprit, r->page);
}

/** What the application itself writes, last. */
static void add_app(const struct app_answer *app, struct reply *r)
{
    for (size_t i = 0; i < APP_COOKIES && app->cookie[i] != NULL; i++)
        add(r, "set-cookie", app->cookie[i]);
    if (app->location != NULL)
        add(r, "location", app->location);
    if (app->allow != NULL)
        add(r, "allow", app->allow);
    if (app->authenticate != NULL)
        add(r, "www-authenticate", app->authenticate);
    r->body = app->body;
}

void profile_filtered(const struct profile *at, const struct policy *p,
                      const struct cors_decision *d, const struct app_answer *app,
                      struct reply *ret)
{
    /* An allowed preflight ends in the filter: no body, and no `allow`. */
    static const struct app_answer filter_itself = {.status = 200};

    if (!d->is_allowed) {
        fill_refusal(at, d, ret);
        return;
    }
    if (d->class == CORS_PREFLIGHT)
        app = &filter_itself;
    ret->status = app->status;
    add_proxy(at, app->content_type, ret);
    add_container(at, ret);
    add(ret, "content-security-policy", at->csp);
    add_cors(p, d, ret);
    add_app(app, ret);
}

void profile_login(const struct profile *at, const char *authenticate, const char *detail,
                   struct reply *ret)
{
    ret->status = 401;
    add_proxy(at, "text/html;charset=utf-8", ret);
    add_container(at, ret);
    add(ret, "www-authenticate", authenticate);
    ret->body = page_error(401, detail, ret->page);
}

/** UNVERIFIED: the headers of /cuicui; settled by `curl -i` of its pages on a real node. A page
 *  that other origins show in frames cannot have x-frame-options. */
void profile_unfiltered(const struct profile *at, const struct app_answer *app, struct reply *ret)
{
    ret->status = app->status;
    add_proxy(at, app->content_type, ret);
    add(ret, "cache-control", "no-cache");
    if (!app->may_be_framed)
        add(ret, "x-frame-options", "SAMEORIGIN");
    add(ret, "x-xss-protection", "1; mode=block");
    add(ret, "x-content-type-options", "nosniff");
    add_app(app, ret);
}

/** What Finesse writes on every answer.
 *  UNVERIFIED: Finesse's headers, what its filter's refusal looks like, and that enable_all is
 *  answered with `*`; settled by `curl -i` of /finesse/api/SystemInfo with a listed and an unlisted
 *  origin. */
static void add_finesse(const struct profile *at, const struct app_answer *app, struct reply *r)
{
    add_proxy(at, app->content_type, r);
    add(r, "cache-control", "no-cache");
    add(r, "x-frame-options", "SAMEORIGIN");
    add(r, "x-xss-protection", "1; mode=block");
    add(r, "x-content-type-options", "nosniff");
    if (app->csp != NULL)
        add(r, "content-security-policy", app->csp);
}

void profile_finesse(const struct profile *at, const struct policy *p,
                     const struct cors_decision *d, const struct app_answer *app, struct reply *ret)
{
    static const struct app_answer filter_itself = {.status = 200};
    struct app_answer refusal = {.status = 403, .content_type = "text/html;charset=utf-8"};
    bool is_refused = p != NULL && !d->is_allowed;

    if (is_refused) {
        refusal.body = page_refusal(d->reason, d->culprit, ret->page);
        app = &refusal;
    } else if (p != NULL && d->class == CORS_PREFLIGHT) {
        app = &filter_itself;
    }
    ret->status = app->status;
    add_finesse(at, app, ret);
    if (p != NULL && !is_refused)
        add_cors(p, d, ret);
    add_app(app, ret);
}

void profile_outer(const struct profile *at, unsigned status, const char *location,
                   const char *allow, const char *detail, struct reply *ret)
{
    bool has_page = status >= 400;

    ret->status = status;
    add_proxy(at, has_page ? "text/html;charset=utf-8" : NULL, ret);
    if (location != NULL)
        add(ret, "location", location);
    if (allow != NULL)
        add(ret, "allow", allow);
    ret->body = has_page ? page_error(status, detail, ret->page) : (struct slice){NULL, 0};
}

enum err profile_csp_new(const char *const *hostnames, size_t n, char **ret)
{
    struct buf text;

    buf_init(&text, CSP_MAX);
    (void)buf_puts(&text, "default-src 'self' ; script-src 'self' data: 'unsafe-inline' "
                          "'unsafe-eval' ; style-src 'self' data: 'unsafe-inline' blob: ; "
                          "img-src 'self' data: 'unsafe-inline' ; connect-src 'self' ");
    for (size_t i = 0; i < n; i++)
        (void)buf_printf(&text, "https://%s:443 wss://%s:443 ", hostnames[i], hostnames[i]);
    (void)buf_puts(&text, ";");
    enum err e = text.state;
    char *csp = buf_take(&text);
    if (csp == NULL)
        return e == ERR_OK ? ERR_NOMEM : e;
    *ret = csp;
    return ERR_OK;
}
