#include "origin.h"

#include <idn2.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

#define ASCII_MAX 600 /* bytes of an entry whose host was spelled in punycode */

/** The entry being parsed, and where its parts are. */
struct parse {
    struct slice text;
    struct slice host; /* within text */
    struct slice port; /* `at` NULL: none written */
    bool is_https;
    struct diag *why;
};

static enum err fail(const struct parse *p, const char *at, const char *message)
{
    diag_set(p->why, (size_t)(at - p->text.at), "%s", message);
    return ERR_SYNTAX;
}

static bool starts_nocase(struct slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && slice_is_nocase((struct slice){s.at, n}, prefix);
}

static const char *find_byte(struct slice s, char c)
{
    return s.n == 0 ? NULL : memchr(s.at, c, s.n);
}

/** Words that people put where an origin belongs, answered with the reason they do not work. */
static enum err reject_word(const struct parse *p)
{
    if (p->text.n > ORIGIN_MAX) {
        (void)fail(p, p->text.at, "longer than any origin can be");
        return ERR_LIMIT;
    }
    if (p->text.n == 0)
        return fail(p, p->text.at, "an empty entry; separate origins by single commas");
    if (slice_is(p->text, "*"))
        return fail(p, p->text.at, "'*' is no wildcard here; list every origin");
    if (slice_is_nocase(p->text, "null"))
        return fail(p, p->text.at, "'null' is not an origin that can be listed");
    for (size_t i = 0; i < p->text.n; i++) {
        unsigned char c = (unsigned char)p->text.at[i];
        if (c <= ' ' || c == 0x7f)
            return fail(p, p->text.at + i, "a blank or control character; origins have none");
    }
    return ERR_OK;
}

static enum err split_scheme(struct parse *p, struct slice *ret_rest)
{
    size_t n;

    if (starts_nocase(p->text, "https://"))
        n = strlen("https://");
    else if (starts_nocase(p->text, "http://"))
        n = strlen("http://");
    else
        return fail(p, p->text.at, "it must begin with https:// or http://");
    p->is_https = n == strlen("https://");
    *ret_rest = (struct slice){p->text.at + n, p->text.n - n};
    return ERR_OK;
}

/** What may stand in a URL but not in an origin. */
static enum err reject_url_parts(const struct parse *p, struct slice rest)
{
    for (size_t i = 0; i < rest.n; i++) {
        const char *at = rest.at + i;
        if (*at == '@')
            return fail(p, at, "a user name; an origin is only scheme, host and port");
        if (*at == '?')
            return fail(p, at, "a query; an origin ends behind its host or port");
        if (*at == '#')
            return fail(p, at, "a fragment; an origin ends behind its host or port");
        if (*at == '/' && i + 1 == rest.n)
            return fail(p, at, "a slash at the end; browsers send none, so it would never match");
        if (*at == '/')
            return fail(p, at, "a path; an origin ends behind its host or port");
    }
    return ERR_OK;
}

static enum err split_port(struct parse *p, struct slice rest)
{
    const char *colon = NULL;

    if (rest.n > 0 && rest.at[0] == '[') {
        const char *end = find_byte(rest, ']');
        if (end == NULL)
            return fail(p, rest.at, "an IPv6 address without its closing bracket");
        p->host = (struct slice){rest.at, (size_t)(end - rest.at) + 1};
        if (p->host.n < rest.n && end[1] != ':')
            return fail(p, end + 1, "only a colon and a port may follow the bracket");
        colon = p->host.n < rest.n ? end + 1 : NULL;
    } else {
        colon = find_byte(rest, ':');
        p->host = (struct slice){rest.at, colon == NULL ? rest.n : (size_t)(colon - rest.at)};
    }
    if (colon != NULL)
        p->port = (struct slice){colon + 1, rest.n - (size_t)(colon + 1 - rest.at)};
    return ERR_OK;
}

static enum err check_port(const struct parse *p, unsigned *ret_port)
{
    unsigned long port = p->is_https ? 443 : 80;

    if (p->port.at == NULL) {
        *ret_port = (unsigned)port;
        return ERR_OK;
    }
    if (p->port.n == 0)
        return fail(p, p->port.at - 1, "a colon without a port");
    enum err e = text_to_ulong(p->port, 1, 65535, &port);
    if (e != ERR_OK)
        return fail(p, p->port.at, "the port must be a number from 1 to 65535");
    if (p->port.at[0] == '0')
        return fail(p, p->port.at, "the port must not begin with 0");
    *ret_port = (unsigned)port;
    return ERR_OK;
}

/** The entry as a browser would spell its host, in ASCII; false when IDNA knows no such host. */
static bool spell_in_ascii(const struct parse *p, char to[ASCII_MAX])
{
    char host[ORIGIN_MAX + 1];
    uint8_t *ascii = NULL;

    if (p->host.n >= sizeof host)
        return false;
    memcpy(host, p->host.at, p->host.n);
    host[p->host.n] = '\0';
    if (idn2_lookup_u8((const uint8_t *)host, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) !=
        IDN2_OK)
        return false;
    int n = snprintf(to, ASCII_MAX, "%s://%s%s%.*s", p->is_https ? "https" : "http",
                     (const char *)ascii, p->port.at == NULL ? "" : ":", (int)p->port.n,
                     p->port.at == NULL ? "" : p->port.at);
    idn2_free(ascii);
    return n > 0 && n < ASCII_MAX;
}

/** Non-ASCII names: say how the browser spells them, if that could be listed. */
static enum err reject_idn(const struct parse *p)
{
    char ascii[ASCII_MAX];
    struct origin o;

    if (!spell_in_ascii(p, ascii) || origin_parse(slice_of(ascii), ORIGIN_LAX, &o, NULL) != ERR_OK)
        return fail(p, p->host.at, "a host name with letters outside ASCII that is no valid name");
    diag_set(p->why, (size_t)(p->host.at - p->text.at),
             "a host name with letters outside ASCII; browsers send its punycode spelling, "
             "so write %s",
             ascii);
    return ERR_SYNTAX;
}

static enum err check_host(const struct parse *p, enum origin_mode mode)
{
    for (size_t i = 0; i < p->host.n; i++)
        if ((unsigned char)p->host.at[i] >= 0x80)
            return reject_idn(p);
    enum err e = host_check(p->host, mode == ORIGIN_STRICT, p->why);
    if (e != ERR_OK && p->why != NULL)
        p->why->offset += (size_t)(p->host.at - p->text.at);
    return e;
}

/** What the strict mode asks beyond the syntax. */
static enum err check_strict(const struct parse *p, unsigned port)
{
    for (size_t i = 0; i < p->text.n; i++)
        if (p->text.at[i] >= 'A' && p->text.at[i] <= 'Z')
            return fail(p, p->text.at + i,
                        "an upper-case letter; browsers send origins in lower case, so it would "
                        "never match (strict_urls)");
    if (p->port.at != NULL && port == (p->is_https ? 443U : 80U))
        return fail(p, p->port.at - 1,
                    "the default port written out; browsers leave it away, so it would never "
                    "match (strict_urls)");
    return ERR_OK;
}

static void fill(const struct parse *p, unsigned port, struct origin *ret_o)
{
    struct origin o = {.is_https = p->is_https, .port = port, .has_port = p->port.at != NULL};

    memcpy(o.text, p->text.at, p->text.n);
    memcpy(o.host, p->host.at, p->host.n);
    *ret_o = o;
}

enum err origin_parse(struct slice text, enum origin_mode mode, struct origin *ret_o,
                      struct diag *why)
{
    struct parse p = {.text = text, .why = why};
    struct slice rest = {NULL, 0};
    unsigned port = 0;
    enum err e = reject_word(&p);

    if (e == ERR_OK)
        e = split_scheme(&p, &rest);
    if (e == ERR_OK)
        e = reject_url_parts(&p, rest);
    if (e == ERR_OK)
        e = split_port(&p, rest);
    if (e == ERR_OK)
        e = check_host(&p, mode);
    if (e == ERR_OK)
        e = check_port(&p, &port);
    if (e == ERR_OK && mode == ORIGIN_STRICT)
        e = check_strict(&p, port);
    if (e == ERR_OK)
        fill(&p, port, ret_o);
    return e;
}
