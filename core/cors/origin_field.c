#include <string.h>

#include "host.h"
#include "origin.h"

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

static size_t span_to(struct slice s, const char *stops)
{
    size_t n = 0;

    while (n < s.n && strchr(stops, s.at[n]) == NULL)
        n++;
    return n;
}

static bool has_bracket(struct slice s)
{
    return s.n > 0 && (memchr(s.at, '[', s.n) != NULL || memchr(s.at, ']', s.n) != NULL);
}

/** "[IPv6]", a user name before and a port of digits behind. */
static bool is_ipv6_authority(struct slice s)
{
    size_t user = span_to(s, "@");

    if (user < s.n && !has_bracket((struct slice){s.at, user}))
        s = (struct slice){s.at + user + 1, s.n - user - 1};
    size_t end = span_to(s, "]");
    if (end == s.n || s.at[0] != '[' || !host_is_ipv6((struct slice){s.at + 1, end - 1}))
        return false;
    if (end + 1 == s.n)
        return true;
    if (s.at[end + 1] != ':')
        return false;
    for (size_t i = end + 2; i < s.n; i++)
        if (!ascii_is_digit((unsigned char)s.at[i]))
            return false;
    return true;
}

/** Brackets stand around an IPv6 address in the authority, behind '?' or '#', and anywhere when no
 *  slash follows the scheme. */
static bool has_good_brackets(struct slice rest)
{
    if (rest.at[0] != '/')
        return true;
    if (rest.n > 1 && rest.at[1] == '/') {
        rest = (struct slice){rest.at + 2, rest.n - 2};
        struct slice authority = {rest.at, span_to(rest, "/?#")};
        if (has_bracket(authority) && !is_ipv6_authority(authority))
            return false;
        rest = (struct slice){rest.at + authority.n, rest.n - authority.n};
    }
    return !has_bracket((struct slice){rest.at, span_to(rest, "?#")});
}

/** What follows the scheme: only characters that java.net.URI takes, one '#' at most. */
static bool is_good_rest(struct slice rest)
{
    size_t n_fragments = 0;

    for (size_t i = 0; i < rest.n; i++) {
        unsigned char c = (unsigned char)rest.at[i];
        bool is_control = c <= ' ' || (c >= 0x7f && c <= 0xa0); /* headers are ISO 8859-1 */
        if (is_control || strchr("\"<>\\^`{|}", c) != NULL)
            return false;
        n_fragments += c == '#' ? 1 : 0;
    }
    return n_fragments <= 1 && has_good_brackets(rest);
}

bool origin_is_wellformed(struct slice value)
{
    if (slice_is(value, "null"))
        return true;
    if (value.n > 0 && memchr(value.at, '%', value.n) != NULL)
        return false;
    if (value.n >= 7 && memcmp(value.at, "file://", 7) == 0)
        return true;
    size_t n = scheme_length(value);
    struct slice rest = {value.at + n, value.n - n};
    return n > 0 && rest.n > 0 && !slice_is(rest, "//") && is_good_rest(rest);
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
