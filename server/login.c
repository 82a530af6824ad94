#include "login.h"

#include <gnutls/gnutls.h>
#include <string.h>

#define CODED_MAX 256 /* bytes of "user:password" in base64 */

/** Take "Basic" or "Bearer" off the front, in any case. */
static bool take_scheme(struct slice *field, const char *scheme)
{
    size_t n = strlen(scheme);

    if (field->n <= n || field->at[n] != ' ' ||
        !slice_is_nocase((struct slice){field->at, n}, scheme))
        return false;
    *field = slice_trim((struct slice){field->at + n, field->n - n});
    return true;
}

bool login_check(struct slice login, struct live *live, char ret[LOGIN_MAX])
{
    const char *domain = login.n == 0 ? NULL : memchr(login.at, '\\', login.n);

    if (domain != NULL)
        login = (struct slice){domain + 1, login.n - (size_t)(domain - login.at) - 1};
    return login.n > 0 && live_find_agent(live, login, ret);
}

static bool check_basic(struct slice base64, struct live *live, char ret[LOGIN_MAX])
{
    union {
        const char *in;
        unsigned char *out;
    } bytes = {base64.at};
    gnutls_datum_t coded = {bytes.out, (unsigned)base64.n};
    gnutls_datum_t plain = {NULL, 0};

    if (base64.n > CODED_MAX || gnutls_base64_decode2(&coded, &plain) != 0)
        return false;
    const char *text = (const char *)plain.data;
    const char *colon = plain.size == 0 ? NULL : memchr(text, ':', plain.size);
    bool is_fine =
        colon != NULL && login_check((struct slice){text, (size_t)(colon - text)}, live, ret);
    gnutls_free(plain.data);
    return is_fine;
}

/** UNVERIFIED: what a Bearer token is checked against; settled by the single sign-on of a real
 *  cluster. Here any will do. */
enum login_state login_of(const struct request *rq, struct live *live, char ret[LOGIN_MAX])
{
    struct slice field = request_header(rq, "Authorization");

    if (field.at == NULL)
        return LOGIN_NONE;
    ret[0] = '\0';
    if (take_scheme(&field, "Bearer"))
        return field.n > 0 ? LOGIN_FINE : LOGIN_WRONG;
    return take_scheme(&field, "Basic") && check_basic(field, live, ret) ? LOGIN_FINE : LOGIN_WRONG;
}
