#include "origin.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>

#define LABEL_MAX 63 /* bytes, RFC 1035 section 2.3.4 */

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

/** Non-ASCII names: say how the browser spells them. */
static enum err reject_idn(const struct parse *p)
{
    char host[ORIGIN_MAX + 1];
    uint8_t *ascii = NULL;

    if (p->host.n >= sizeof host)
        return fail(p, p->host.at, "a host name with letters outside ASCII");
    memcpy(host, p->host.at, p->host.n);
    host[p->host.n] = '\0';
    int rc = idn2_lookup_u8((const uint8_t *)host, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK)
        return fail(p, p->host.at,
                    "a host name with letters outside ASCII that IDNA does not allow");
    diag_set(p->why, (size_t)(p->host.at - p->text.at),
             "a host name with letters outside ASCII; browsers send its punycode spelling, "
             "so write %s://%s%s%.*s",
             p->is_https ? "https" : "http", (const char *)ascii, p->port.at == NULL ? "" : ":",
             (int)p->port.n, p->port.at == NULL ? "" : p->port.at);
    idn2_free(ascii);
    return ERR_SYNTAX;
}

static enum err check_ipv6(const struct parse *p, enum origin_mode mode)
{
    char text[INET6_ADDRSTRLEN];
    char canonical[INET6_ADDRSTRLEN];
    struct in6_addr address;
    size_t n = p->host.n - 2; /* without the brackets */

    if (n >= sizeof text)
        return fail(p, p->host.at, "not an IPv6 address");
    memcpy(text, p->host.at + 1, n);
    text[n] = '\0';
    if (strlen(text) != n || inet_pton(AF_INET6, text, &address) != 1)
        return fail(p, p->host.at, "not an IPv6 address");
    if (mode == ORIGIN_LAX)
        return ERR_OK;
    (void)inet_ntop(AF_INET6, &address, canonical, sizeof canonical);
    if (strcmp(text, canonical) == 0)
        return ERR_OK;
    diag_set(p->why, (size_t)(p->host.at - p->text.at),
             "browsers send this address as [%s] (strict_urls)", canonical);
    return ERR_SYNTAX;
}

static enum err check_label(const struct parse *p, struct slice label)
{
    if (label.n == 0)
        return fail(p, label.at, "an empty part in the host name");
    if (label.n > LABEL_MAX)
        return fail(p, label.at, "a part of the host name over 63 characters");
    for (size_t i = 0; i < label.n; i++)
        if (!ascii_is_alnum((unsigned char)label.at[i]) && label.at[i] != '-')
            return fail(p, label.at + i, "a character that no host name holds");
    if (label.at[0] == '-' || label.at[label.n - 1] == '-')
        return fail(p, label.at, "a part of the host name begins or ends with '-'");
    return ERR_OK;
}

static bool is_number(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_digit((unsigned char)s.at[i]))
            return false;
    return s.n > 0;
}

static enum err check_ipv4(const struct parse *p)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;

    if (p->host.n >= sizeof text)
        return fail(p, p->host.at, "not an IPv4 address");
    memcpy(text, p->host.at, p->host.n);
    text[p->host.n] = '\0';
    if (inet_pton(AF_INET, text, &address) != 1)
        return fail(p, p->host.at, "not an IPv4 address");
    return ERR_OK;
}

static enum err check_name(const struct parse *p)
{
    struct slice rest = p->host;
    struct slice label = {NULL, 0};

    if (rest.n == 0)
        return fail(p, p->host.at, "the host name is missing");
    if (rest.n > ORIGIN_HOST_MAX)
        return fail(p, p->host.at, "a host name over 253 characters");
    for (;;) {
        const char *dot = find_byte(rest, '.');
        label = (struct slice){rest.at, dot == NULL ? rest.n : (size_t)(dot - rest.at)};
        if (label.n == 0 && rest.n == 0)
            return fail(p, rest.at - 1, "a dot at the end of the host name");
        enum err e = check_label(p, label);
        if (e != ERR_OK)
            return e;
        if (dot == NULL)
            break;
        rest = (struct slice){dot + 1, rest.n - label.n - 1};
    }
    return is_number(label) ? check_ipv4(p) : ERR_OK;
}

static enum err check_host(const struct parse *p, enum origin_mode mode)
{
    for (size_t i = 0; i < p->host.n; i++)
        if ((unsigned char)p->host.at[i] >= 0x80)
            return reject_idn(p);
    if (p->host.n > 0 && p->host.at[0] == '[')
        return check_ipv6(p, mode);
    return check_name(p);
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
    struct slice rest;
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
    if (e == ERR_OK && text.n > ORIGIN_MAX) {
        (void)fail(&p, text.at, "longer than any origin can be");
        e = ERR_LIMIT;
    }
    if (e == ERR_OK && mode == ORIGIN_STRICT)
        e = check_strict(&p, port);
    if (e == ERR_OK)
        fill(&p, port, ret_o);
    return e;
}

/** Length of "scheme:" at the start, 0 when there is none. @source RFC 3986 section 3.1 */
static size_t scheme_length(struct slice s)
{
    if (s.n == 0 || !ascii_is_alpha((unsigned char)s.at[0]))
        return 0;
    for (size_t i = 1; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == ':')
            return i + 1;
        if (!ascii_is_alnum(c) && c != '+' && c != '-' && c != '.')
            return 0;
    }
    return 0;
}

bool origin_is_wellformed(struct slice value)
{
    if (slice_is(value, "null"))
        return true;
    if (find_byte(value, '%') != NULL)
        return false;
    if (value.n >= 7 && memcmp(value.at, "file://", 7) == 0)
        return true;
    size_t n = scheme_length(value);
    if (n == 0 || n == value.n || slice_is((struct slice){value.at + n, value.n - n}, "//"))
        return false;
    for (size_t i = n; i < value.n; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c <= ' ' || c == 0x7f || strchr("\"<>\\^`{|}", c) != NULL)
            return false;
    }
    return true;
}

/** Where the port begins in "host:port" or "[v6]:port"; `at` NULL when there is none. */
static struct slice host_port(struct slice host)
{
    for (size_t i = host.n; i > 0 && host.at[i - 1] != ']'; i--)
        if (host.at[i - 1] == ':')
            return (struct slice){host.at + i, host.n - i};
    return (struct slice){NULL, 0};
}

bool origin_is_same(struct slice value, bool is_https, struct slice host)
{
    const char *scheme = is_https ? "https://" : "http://";
    const char *default_port = is_https ? "443" : "80";
    size_t n = strlen(scheme);

    if (host.at == NULL || host.n == 0 || value.n < n || memcmp(value.at, scheme, n) != 0)
        return false;
    struct slice port = host_port(host);
    struct slice name = {host.at, port.at == NULL ? host.n : host.n - port.n - 1};
    if (port.n == 0)
        port = slice_of(default_port);
    struct slice rest = {value.at + n, value.n - n};
    if (rest.n < name.n || memcmp(rest.at, name.at, name.n) != 0)
        return false;
    rest = (struct slice){rest.at + name.n, rest.n - name.n};
    if (rest.n == 0)
        return slice_is(port, default_port);
    return rest.at[0] == ':' && slice_same((struct slice){rest.at + 1, rest.n - 1}, port);
}
