#include <stdio.h>
#include <string.h>

#include "origin_diff.h"

/** Characters outside ASCII that do not show, as ranges of code points. */
static const struct range {
    unsigned first;
    unsigned last;
} invisible[] = {
    {0x80, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160},
    {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2028, 0x202f},
    {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
};

/** Bytes of the UTF-8 sequence at the start of `s`; 1 for a byte that begins none. */
static size_t decode(struct slice s, unsigned *ret_code)
{
    unsigned char lead = (unsigned char)s.at[0];
    size_t n = 1;

    *ret_code = lead;
    if (lead >= 0xc2 && lead < 0xe0)
        n = 2;
    else if (lead >= 0xe0 && lead < 0xf0)
        n = 3;
    if (n == 1 || n > s.n)
        return 1;
    *ret_code = lead & (n == 2 ? 0x1fU : 0x0fU);
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s.at[i] & 0xc0) != 0x80) {
            *ret_code = lead;
            return 1;
        }
        *ret_code = *ret_code << 6 | ((unsigned char)s.at[i] & 0x3fU);
    }
    return n;
}

size_t text_invisible(struct slice s)
{
    unsigned code = 0;

    if (s.n == 0)
        return 0;
    unsigned char first = (unsigned char)s.at[0];
    if (first <= ' ' || first == 0x7f)
        return 1;
    size_t n = first < 0x80 ? 1 : decode(s, &code);
    for (size_t i = 0; n > 1 && i < sizeof invisible / sizeof invisible[0]; i++)
        if (code >= invisible[i].first && code <= invisible[i].last)
            return n;
    return 0;
}

/** The text in lower case, without what does not show, a '~' for each letter outside ASCII. @return
 *  false when it is longer than any origin */
static bool fold(struct slice text, char to[SPELLING_MAX], unsigned *ret_odd)
{
    size_t n = 0;
    unsigned code = 0;

    for (size_t used = 0; text.n > 0; text = (struct slice){text.at + used, text.n - used}) {
        unsigned char c = (unsigned char)text.at[0];
        used = text_invisible(text);
        if (used > 0) {
            *ret_odd |= MISS_INVISIBLE;
            continue;
        }
        if (n + 1 == SPELLING_MAX)
            return false;
        used = decode(text, &code);
        if (c >= 'A' && c <= 'Z')
            *ret_odd |= MISS_UPPER_CASE;
        if (c >= 0x80)
            *ret_odd |= MISS_NOT_ASCII;
        to[n++] = (char)(c >= 0x80 ? '~' : ascii_lower(c));
    }
    to[n] = '\0';
    return true;
}

/** Take the scheme off the front: "https://", "http://", one that is nearly so, or none.
 * @return what follows, NULL for another scheme */
static const char *take_scheme(const char *text, struct origin_spelling *to)
{
    const char *colon = strstr(text, "://");
    char scheme[8];

    to->is_https = true;
    if (colon == NULL) {
        to->odd |= MISS_SCHEME_TEXT;
        return text;
    }
    size_t n = (size_t)(colon - text);
    if (n >= sizeof scheme)
        return NULL;
    memcpy(scheme, text, n);
    scheme[n] = '\0';
    to->is_https = strcmp(scheme, "http") != 0;
    if (to->is_https && strcmp(scheme, "https") != 0) {
        to->odd |= MISS_SCHEME_TEXT;
        if (text_distance(scheme, "https") > 2)
            return NULL;
    }
    return colon + 3;
}

/** Cut path, query and fragment off the end, and a user name off the front. */
static char *take_authority(char *rest, struct origin_spelling *to)
{
    size_t n = strcspn(rest, "/?#\\");

    if (strcmp(rest + n, "/") == 0)
        to->odd |= MISS_SLASH;
    else if (rest[n] != '\0')
        to->odd |= MISS_PATH;
    rest[n] = '\0';
    char *at = strrchr(rest, '@');
    if (at == NULL)
        return rest;
    to->odd |= MISS_USER;
    return at + 1;
}

/** The port behind the colon, if it is one. */
static bool take_port(const char *colon, struct origin_spelling *to)
{
    unsigned long port = 0;
    unsigned usual = to->is_https ? 443 : 80;

    to->port = usual;
    if (colon[0] == '\0')
        return true;
    if (colon[1] == '\0') {
        to->odd |= MISS_OTHERWISE;
        return true;
    }
    if (text_to_ulong(slice_of(colon + 1), 1, 65535, &port) != ERR_OK)
        return false;
    to->port = (unsigned)port;
    to->has_port = to->port != usual;
    if (!to->has_port)
        to->odd |= MISS_DEFAULT_PORT;
    if (colon[1] == '0')
        to->odd |= MISS_OTHERWISE;
    return true;
}

/** Length of the host at the start: of an address in brackets, or of a name. 0: none, or one with
 *  bytes that no host has. */
static size_t host_length(const char *authority)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_*~";
    size_t n = strspn(authority, name);

    if (authority[0] == '[') {
        n = 1 + strspn(authority + 1, "abcdef0123456789.:");
        n = authority[n] == ']' ? n + 1 : 0;
    }
    return authority[n] == '\0' || authority[n] == ':' ? n : 0;
}

bool origin_spell(struct slice text, struct origin_spelling *ret)
{
    char folded[SPELLING_MAX];

    *ret = (struct origin_spelling){.odd = 0};
    if (!fold(text, folded, &ret->odd))
        return false;
    const char *behind = take_scheme(folded, ret);
    if (behind == NULL)
        return false;
    char *authority = take_authority(folded + (behind - folded), ret);
    size_t n = host_length(authority);
    if (n == 0 || !take_port(authority + n, ret))
        return false;
    memcpy(ret->host, authority, n);
    ret->host[n] = '\0';
    if (strchr(ret->host, '*') != NULL)
        ret->odd |= MISS_WILDCARD;
    return true;
}

char *origin_respell(const struct origin_spelling *s, char to[SPELLING_MAX + 16])
{
    const char *scheme = s->is_https ? "https" : "http";

    if (s->host[0] == '\0' || (s->odd & MISS_NOT_ASCII) != 0)
        to[0] = '\0';
    else if (s->has_port)
        (void)snprintf(to, SPELLING_MAX + 16, "%s://%s:%u", scheme, s->host, s->port);
    else
        (void)snprintf(to, SPELLING_MAX + 16, "%s://%s", scheme, s->host);
    return to;
}
