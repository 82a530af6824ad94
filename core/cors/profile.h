#ifndef CUICSIM_PROFILE_H
#define CUICSIM_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "decide.h"
#include "page.h"

/** What every answer of one node needs, whatever was asked. Pointers outlive the reply. */
struct profile {
    const char *date;       /* IMF-fixdate */
    const char *session_id; /* 32 hex digits, fresh; NULL: the client has one that is known */
    bool sends_hsts;
    const char *csp;  /* value of content-security-policy, from profile_csp_new */
    const char *node; /* its name, shown on pages */
};

#define REPLY_HEADERS_MAX 24

struct reply_header {
    const char *name;
    const char *value;
};

/** An answer, ready to be sent: headers in wire order, without content-length, which the HTTP
 *  library writes. Values point into the policy, the profile, static text or the reply itself, so
 *  a reply is not copied. */
struct reply {
    unsigned status;
    size_t n_headers;
    struct reply_header header[REPLY_HEADERS_MAX];
    struct slice body;
    char cookie[96];
    char page[PAGE_MAX]; /* where `body` points when the page was made for this reply */
};

#define APP_COOKIES 4

/** What an application answers. A NULL is a header that is not there. All of it outlives the reply.
 */
struct app_answer {
    unsigned status;
    const char *content_type; /* NULL: no body */
    const char *location;
    const char *allow;
    const char *authenticate;        /* www-authenticate */
    const char *cookie[APP_COOKIES]; /* values of further set-cookie lines, up to the first NULL */
    bool may_be_framed;              /* by pages of any origin; looked at outside the filter only */
    const char *csp;                 /* content-security-policy; of the desktop's answers only */
    struct slice body;
};

/** The answer to an exchange that the filter has decided. A refusal and an allowed preflight do
 *  not look at `app`, which may then be NULL.
 * @source captures/ (header names, values, order); docs/fidelity.md says which parts are inferred
 */
void profile_filtered(const struct profile *at, const struct policy *p,
                      const struct cors_decision *d, const struct app_answer *app,
                      struct reply *ret);

/** The 401 of the login that stands in front of the filter: no CORS header, whatever the origin.
 * @param authenticate  value of www-authenticate; outlives the reply
 * @param detail        one sentence for the page
 * @source tests/data/oracle-cases.jsonl: authfilter-get */
void profile_login(const struct profile *at, const char *authenticate, const char *detail,
                   struct reply *ret);

/** The answer of an application that has no such filter, /cuicui: no CORS header, and the session
 *  cookies only that `app` brings. */
void profile_unfiltered(const struct profile *at, const struct app_answer *app, struct reply *ret);

/** An answer of Finesse: of its REST services, which stand behind a filter of their own, or of
 *  its desktop, which is not asked for by other origins.
 * @param p    NULL: no filter; then `d` is not looked at
 * @param app  not looked at when the filter refuses, or answers itself; may then be NULL */
void profile_finesse(const struct profile *at, const struct policy *p,
                     const struct cors_decision *d, const struct app_answer *app,
                     struct reply *ret);

/** An answer made outside the filter and the application (by the connector or the proxy): no CORS
 *  header, no session. A status that may have a page and is over 399 gets one.
 * @param location  for 3xx, else NULL; outlives the reply
 * @param allow     for 405 and for OPTIONS outside the application, else NULL
 * @param detail    one sentence for the page, NULL for none */
void profile_outer(const struct profile *at, unsigned status, const char *location,
                   const char *allow, const char *detail, struct reply *ret);

/** The content-security-policy of a cluster: `connect-src` names every node on 443, as captured.
 * @param hostnames  n of them, in the configured order
 * @return ERR_OK, ERR_NOMEM, ERR_LIMIT; the text is freed with free() */
enum err profile_csp_new(const char *const *hostnames, size_t n, char **ret);

#endif
