#include "cuic_login.h"

#include <stdio.h>
#include <string.h>

#include "filtered.h"
#include "hexid.h"

void cuic_login_recognise(struct exchange *x)
{
    struct slice id = request_cookie(x->request, "JSESSIONID");
    char login[LOGIN_MAX];

    if (id.n > 0 && cuic_session_find(x->cuic, x->request->node, id, login))
        x->profile.session_id = NULL;
}

enum login_state cuic_login_who(struct exchange *x, char ret[LOGIN_MAX])
{
    static const char *const name[] = {"JSESSIONID", "JSESSIONIDSSO"};

    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        struct slice id = request_cookie(x->request, name[i]);
        if (id.n > 0 && cuic_session_find(x->cuic, x->request->node, id, ret))
            return LOGIN_FINE;
    }
    return login_of(x->request, x->live, ret);
}

/** UNVERIFIED: the realm, and that it is Basic; settled by `curl -i` of /cuic/rest/about. */
bool cuic_login_pass(struct exchange *x, char ret[LOGIN_MAX])
{
    ret[0] = '\0';
    if (filtered_is_method(x, "OPTIONS") || cuic_login_who(x, ret) == LOGIN_FINE)
        return true;
    profile_login(&x->profile, CUIC_CHALLENGE, LOGIN_HELP, &x->reply);
    return false;
}

/* ---- cookies ---- */

/** Room for one more set-cookie value of the answer. */
static char *next_cookie(struct exchange *x, struct app_answer *to)
{
    char *text = x->cookie[x->n_cookies];

    to->cookie[x->n_cookies++] = text;
    return text;
}

/** ".uccelab.tac" of "cuicpub.uccelab.tac". */
static const char *domain_of(const char *hostname)
{
    const char *dot = strchr(hostname, '.');

    return dot == NULL ? hostname : dot;
}

/** A random UUID. @source RFC 9562 section 5.4 */
static bool make_xsrf(char to[37])
{
    char id[HEXID];

    if (!hexid_new(id))
        return false;
    for (size_t i = 0; i < HEXID; i++)
        id[i] = (char)ascii_lower((unsigned char)id[i]);
    (void)snprintf(to, 37, "%.8s-%.4s-4%.3s-a%.3s-%.12s", id, id + 8, id + 13, id + 17, id + 20);
    return true;
}

/** UNVERIFIED: that XSRF-TOKEN is not asked for again, and what the cookies are beside their names;
 *  settled by a POST with a session and without X-XSRF-TOKEN. */
bool cuic_login_begin(struct exchange *x, const char *login, const char *path,
                      struct app_answer *to)
{
    char id[HEXID];
    char sso[HEXID];
    char xsrf[37];
    size_t node = x->request->node;

    if (!hexid_new(id) || !hexid_new(sso) || !make_xsrf(xsrf))
        return false;
    if (path != NULL) {
        (void)snprintf(next_cookie(x, to), COOKIE_MAX,
                       "JSESSIONID=%s; Path=%s; Secure; HttpOnly; SameSite=Strict", id, path);
    } else if (x->profile.session_id != NULL) {
        (void)snprintf(id, sizeof id, "%s", x->profile.session_id);
    }
    if (path != NULL || x->profile.session_id != NULL)
        cuic_session_add(x->cuic, node, login, id, false);
    cuic_session_add(x->cuic, node, login, sso, true);
    (void)snprintf(next_cookie(x, to), COOKIE_MAX, "JSESSIONIDSSO=%s; Path=/; Secure; HttpOnly",
                   sso);
    (void)snprintf(next_cookie(x, to), COOKIE_MAX, "XSRF-TOKEN=%s; Path=/; Secure", xsrf);
    (void)snprintf(next_cookie(x, to), COOKIE_MAX, "cc_domain=%s; Path=/; Secure",
                   domain_of(x->config->nodes[node].hostname));
    return true;
}
