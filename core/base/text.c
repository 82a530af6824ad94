#include "base/text.h"

#include <string.h>

struct slice slice_of(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice s)
{
    while (s.n > 0 && is_blank(s.at[0])) {
        s.at++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.at[s.n - 1]))
        s.n--;
    return s;
}

bool slice_same(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

bool slice_is(struct slice s, const char *text)
{
    return strlen(text) == s.n && (s.n == 0 || memcmp(s.at, text, s.n) == 0);
}

static bool same_nocase(struct slice a, struct slice b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ascii_lower((unsigned char)a.at[i]) != ascii_lower((unsigned char)b.at[i]))
            return false;
    return true;
}

bool slice_is_nocase(struct slice s, const char *text)
{
    return same_nocase(s, slice_of(text));
}

bool slice_list_has(struct slice list, struct slice name)
{
    while (list.n > 0) {
        const char *comma = memchr(list.at, ',', list.n);
        size_t n = comma == NULL ? list.n : (size_t)(comma - list.at);
        if (same_nocase(slice_trim((struct slice){list.at, n}), name))
            return true;
        size_t used = comma == NULL ? n : n + 1;
        list = (struct slice){list.at + used, list.n - used};
    }
    return false;
}

int ascii_lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool ascii_is_alpha(int c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

bool ascii_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_alnum(int c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c);
}

enum err text_to_ulong(struct slice s, unsigned long min, unsigned long max, unsigned long *ret)
{
    unsigned long value = 0;

    if (s.n == 0)
        return ERR_SYNTAX;
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_digit((unsigned char)s.at[i]))
            return ERR_SYNTAX;
    for (size_t i = 0; i < s.n; i++) {
        unsigned long digit = (unsigned long)(s.at[i] - '0');
        if (value > (max - digit) / 10 || digit > max)
            return ERR_LIMIT;
        value = value * 10 + digit;
    }
    if (value < min)
        return ERR_LIMIT;
    *ret = value;
    return ERR_OK;
}

/** Length of the UTF-8 sequence that `lead` begins; 0 for a byte that begins none. */
static size_t utf8_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    if (lead < 0xe0)
        return 2;
    return lead < 0xf0 ? 3 : 4;
}

/** Does `second` make an overlong form, a surrogate or a code point over U+10FFFF of `lead`?
 *  @source RFC 3629 section 4 */
static bool is_bad_pair(unsigned char lead, unsigned char second)
{
    return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
           (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
}

/** Bytes at `p` that belong to one harmless character; 0 when the first must be replaced. */
static size_t harmless_length(const unsigned char *p)
{
    size_t n = utf8_length(*p);

    if (n == 0 || *p < 0x20 || *p == 0x7f)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if (n > 1 && is_bad_pair(p[0], p[1]))
        return 0;
    return n == 2 && p[0] == 0xc2 && p[1] < 0xa0 ? 0 : n; /* C1 controls */
}

/** Did the end of the buffer break off the sequence that begins here? */
static bool is_broken_off(const unsigned char *p)
{
    size_t n = utf8_length(*p);

    for (size_t i = 1; i < n; i++) {
        if (p[i] == '\0')
            return true;
        if ((p[i] & 0xc0) != 0x80)
            return false;
    }
    return false;
}

void text_defuse(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p != '\0';) {
        size_t n = harmless_length(p);
        if (n == 0 && is_broken_off(p)) {
            *p = '\0';
            return;
        }
        if (n == 0)
            *p = '?';
        p += n == 0 ? 1 : n;
    }
}

char *text_copy_defused(char *to, size_t size, struct slice from)
{
    size_t n = from.n < size - 1 ? from.n : size - 1;

    for (size_t i = 0; i < n; i++)
        if (from.at[i] == '\0')
            to[i] = '?';
        else
            to[i] = from.at[i];
    to[n] = '\0';
    text_defuse(to);
    return to;
}

#define DISTANCE_MAX 63

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

size_t text_distance(const char *a, const char *b)
{
    unsigned char row[3][DISTANCE_MAX + 1]; /* two rows back, one back, this one */
    size_t na = strlen(a);
    size_t nb = strlen(b);

    if (na > DISTANCE_MAX || nb > DISTANCE_MAX)
        return strcmp(a, b) == 0 ? 0 : (na > nb ? na : nb);
    for (size_t j = 0; j <= nb; j++)
        row[1][j] = (unsigned char)j;
    for (size_t i = 1; i <= na; i++) {
        row[2][0] = (unsigned char)i;
        for (size_t j = 1; j <= nb; j++) {
            size_t change = row[1][j - 1] + (size_t)(a[i - 1] != b[j - 1]);
            size_t best = min3(row[1][j] + 1U, row[2][j - 1] + 1U, change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = min3(best, best, row[0][j - 2] + 1U);
            row[2][j] = (unsigned char)best;
        }
        memcpy(row[0], row[1], sizeof row[0]);
        memcpy(row[1], row[2], sizeof row[1]);
    }
    return row[1][nb];
}
