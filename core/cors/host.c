#include "host.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define LABEL_MAX 63 /* bytes, RFC 1035 section 2.3.4 */

static enum err fail(struct slice host, const char *at, const char *message, struct diag *why)
{
    diag_set(why, (size_t)(at - host.at), "%s", message);
    return ERR_SYNTAX;
}

/** The first longest run of at least two zero groups; *ret_n 0 when there is none. */
static size_t find_zero_run(const unsigned groups[8], size_t *ret_n)
{
    size_t best = 0;
    size_t best_n = 1;

    for (size_t i = 0; i < 8; i++) {
        size_t n = 0;
        while (i + n < 8 && groups[i + n] == 0)
            n++;
        if (n > best_n) {
            best = i;
            best_n = n;
        }
    }
    *ret_n = best_n > 1 ? best_n : 0;
    return best;
}

/** As browsers print an address: never the dotted form that inet_ntop uses.
 *  @source URL standard, "IPv6 serializer" */
static void print_ipv6(const struct in6_addr *a, char to[INET6_ADDRSTRLEN])
{
    unsigned groups[8];
    size_t n_zeros = 0;
    size_t n = 0;

    for (size_t i = 0; i < 8; i++)
        groups[i] = (unsigned)a->s6_addr[2 * i] << 8 | a->s6_addr[2 * i + 1];
    size_t zeros = find_zero_run(groups, &n_zeros);
    for (size_t i = 0; i < 8; i++) {
        int used;
        if (n_zeros > 0 && i == zeros) {
            used = snprintf(to + n, INET6_ADDRSTRLEN - n, i == 0 ? "::" : ":");
            i += n_zeros - 1;
        } else {
            used = snprintf(to + n, INET6_ADDRSTRLEN - n, i == 7 ? "%x" : "%x:", groups[i]);
        }
        n += (size_t)used;
    }
}

static bool parse_ipv6(struct slice text, struct in6_addr *ret)
{
    char copy[INET6_ADDRSTRLEN];

    if (text.n >= sizeof copy || (text.n > 0 && memchr(text.at, '\0', text.n) != NULL))
        return false;
    memcpy(copy, text.at, text.n);
    copy[text.n] = '\0';
    return inet_pton(AF_INET6, copy, ret) == 1;
}

static enum err check_ipv6(struct slice host, bool is_canonical, struct diag *why)
{
    char canonical[INET6_ADDRSTRLEN];
    struct in6_addr address;
    struct slice text = {host.at + 1, host.n - 2}; /* without the brackets */

    if (host.n < 2 || host.at[host.n - 1] != ']')
        return fail(host, host.at, "an IPv6 address without its closing bracket", why);
    if (!parse_ipv6(text, &address))
        return fail(host, host.at, "not an IPv6 address", why);
    if (!is_canonical)
        return ERR_OK;
    print_ipv6(&address, canonical);
    if (slice_is(text, canonical))
        return ERR_OK;
    diag_set(why, 0, "browsers send this address as [%s] (strict_urls)", canonical);
    return ERR_SYNTAX;
}

static enum err check_label(struct slice host, struct slice label, struct diag *why)
{
    if (label.n == 0)
        return fail(host, label.at, "an empty part in the host name", why);
    if (label.n > LABEL_MAX)
        return fail(host, label.at, "a part of the host name over 63 characters", why);
    for (size_t i = 0; i < label.n; i++)
        if (!ascii_is_alnum((unsigned char)label.at[i]) && label.at[i] != '-')
            return fail(host, label.at + i, "a character that no host name holds", why);
    if (label.at[0] == '-' || label.at[label.n - 1] == '-')
        return fail(host, label.at, "a part of the host name begins or ends with '-'", why);
    return ERR_OK;
}

static bool is_number(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_digit((unsigned char)s.at[i]))
            return false;
    return s.n > 0;
}

static enum err check_ipv4(struct slice host, struct diag *why)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;

    if (host.n >= sizeof text)
        return fail(host, host.at, "not an IPv4 address", why);
    memcpy(text, host.at, host.n);
    text[host.n] = '\0';
    if (inet_pton(AF_INET, text, &address) != 1)
        return fail(host, host.at, "not an IPv4 address", why);
    return ERR_OK;
}

static enum err check_name(struct slice host, struct diag *why)
{
    struct slice rest = host;
    struct slice label = {NULL, 0};

    if (rest.n == 0)
        return fail(host, host.at, "the host name is missing", why);
    if (rest.n > HOST_MAX)
        return fail(host, host.at, "a host name over 253 characters", why);
    for (;;) {
        const char *dot = rest.n == 0 ? NULL : memchr(rest.at, '.', rest.n);
        label = (struct slice){rest.at, dot == NULL ? rest.n : (size_t)(dot - rest.at)};
        if (label.n == 0 && rest.n == 0)
            return fail(host, rest.at - 1, "a dot at the end of the host name", why);
        enum err e = check_label(host, label, why);
        if (e != ERR_OK)
            return e;
        if (dot == NULL)
            break;
        rest = (struct slice){dot + 1, rest.n - label.n - 1};
    }
    return is_number(label) ? check_ipv4(host, why) : ERR_OK;
}

enum err host_check(struct slice host, bool is_canonical, struct diag *why)
{
    if (host.n > 0 && host.at[0] == '[')
        return check_ipv6(host, is_canonical, why);
    return check_name(host, why);
}

bool host_is_ipv6(struct slice address)
{
    struct in6_addr parsed;

    return parse_ipv6(address, &parsed);
}
