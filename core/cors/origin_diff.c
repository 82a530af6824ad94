#include "origin_diff.h"

#include <string.h>

#define NEAR_MAX   2  /* edits within which two names may be one, mistyped */
#define MIDDLE_MAX 64 /* bytes in which two names differ, to be looked at */

static bool host_is_address(const char *host)
{
    size_t n = strlen(host);

    return host[0] == '[' || (n > 0 && strspn(host, "0123456789.") == n);
}

/** Number of edits from one to the other; anything over NEAR_MAX means "many". */
static size_t distance(const char *a, const char *b)
{
    char middle[2][MIDDLE_MAX];
    size_t na = strlen(a);
    size_t nb = strlen(b);

    while (na > 0 && nb > 0 && a[0] == b[0]) {
        a++;
        b++;
        na--;
        nb--;
    }
    while (na > 0 && nb > 0 && a[na - 1] == b[nb - 1]) {
        na--;
        nb--;
    }
    if (na >= MIDDLE_MAX || nb >= MIDDLE_MAX || na > nb + NEAR_MAX || nb > na + NEAR_MAX)
        return NEAR_MAX + 1;
    memcpy(middle[0], a, na);
    memcpy(middle[1], b, nb);
    middle[0][na] = '\0';
    middle[1][nb] = '\0';
    return text_distance(middle[0], middle[1]);
}

static struct slice first_label(const char *host)
{
    return (struct slice){host, strcspn(host, ".")};
}

/** The two letters with which names of pairs end: primary and secondary, A and B, main and spare.
 */
static bool is_pair(char a, char b)
{
    static const char *const pair[] = {"ps", "ab", "ms"};

    for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++)
        if ((a == pair[i][0] && b == pair[i][1]) || (a == pair[i][1] && b == pair[i][0]))
            return true;
    return false;
}

/** Skip a run of digits on both sides; false where only one side has digits. */
static bool skip_digits(struct slice *a, struct slice *b, bool *ret_differs)
{
    struct slice run[2] = {*a, *b};
    struct slice *rest[2] = {a, b};

    for (int i = 0; i < 2; i++) {
        while (rest[i]->n > 0 && ascii_is_digit((unsigned char)rest[i]->at[0])) {
            rest[i]->at++;
            rest[i]->n--;
        }
        run[i].n -= rest[i]->n;
    }
    *ret_differs = *ret_differs || !slice_same(run[0], run[1]);
    return run[0].n > 0 && run[1].n > 0;
}

/** Are the labels equal but for the values of their numbers? */
static bool differ_in_number(struct slice a, struct slice b)
{
    bool differs = false;

    while (a.n > 0 && b.n > 0) {
        if (ascii_is_digit((unsigned char)a.at[0])) {
            if (!skip_digits(&a, &b, &differs))
                return false;
            continue;
        }
        if (a.at[0] != b.at[0])
            return false;
        a = (struct slice){a.at + 1, a.n - 1};
        b = (struct slice){b.at + 1, b.n - 1};
    }
    return a.n == 0 && b.n == 0 && differs;
}

/** Is one label the other with `from` in place of `to`, such as cuicpub and cuicsub? */
static bool differ_in_word(struct slice a, struct slice b, const char *from, const char *to)
{
    size_t n_from = strlen(from);
    size_t n_to = strlen(to);

    if (a.n + n_to != b.n + n_from)
        return false;
    for (size_t i = 0; i + n_from <= a.n; i++)
        if (memcmp(a.at + i, from, n_from) == 0 && i + n_to <= b.n &&
            memcmp(b.at + i, to, n_to) == 0 && memcmp(a.at, b.at, i) == 0 &&
            memcmp(a.at + i + n_from, b.at + i + n_to, a.n - i - n_from) == 0)
            return true;
    return false;
}

/** By their names, two machines of a pair. */
static bool are_siblings(struct slice a, struct slice b)
{
    static const char *const word[][2] = {
        {"pub", "sub"}, {"pri", "sec"}, {"primary", "secondary"}, {"prim", "sec"}};

    if (differ_in_number(a, b))
        return true;
    if (a.n == b.n && a.n > 1 && memcmp(a.at, b.at, a.n - 1) == 0 &&
        is_pair(a.at[a.n - 1], b.at[b.n - 1]))
        return true;
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
        if (differ_in_word(a, b, word[i][0], word[i][1]) ||
            differ_in_word(b, a, word[i][0], word[i][1]))
            return true;
    return false;
}

/** Could one be the other, mistyped? A third of the shorter name may be wrong at most. */
static bool is_near(const char *listed, const char *origin, size_t *ret_distance)
{
    struct slice a = first_label(listed);
    struct slice b = first_label(origin);
    size_t shorter = a.n < b.n ? a.n : b.n;

    *ret_distance = distance(listed, origin);
    if (slice_same(a, b))
        return *ret_distance <= NEAR_MAX;
    return *ret_distance <= NEAR_MAX && 3 * *ret_distance <= shorter;
}

static enum host_relation relate(const char *listed, const char *origin, size_t *ret_distance)
{
    struct slice a = first_label(listed);
    struct slice b = first_label(origin);
    bool is_same_domain = strcmp(listed + a.n, origin + b.n) == 0;

    if (strcmp(listed, origin) == 0)
        return HOST_SAME;
    if (host_is_address(listed) != host_is_address(origin))
        return host_is_address(listed) ? HOST_ADDRESS_LISTED : HOST_NAME_LISTED;
    if (host_is_address(listed))
        return is_near(listed, origin, ret_distance) ? HOST_NEAR : HOST_UNRELATED;
    if (slice_same(a, b) && listed[a.n] == '\0')
        return HOST_SHORT_LISTED;
    if (slice_same(a, b) && origin[b.n] == '\0')
        return HOST_FULL_LISTED;
    if (is_same_domain && are_siblings(a, b))
        return HOST_SIBLING;
    if (is_near(listed, origin, ret_distance))
        return HOST_NEAR;
    return slice_same(a, b) ? HOST_OTHER_DOMAIN : HOST_UNRELATED;
}

/** Does the name fit the pattern, in which '*' stands for anything? */
static bool fits(const char *pattern, const char *name)
{
    const char *star = NULL; /* the last one, and what it stood for so far */
    const char *stood = NULL;

    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            stood = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++stood;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static bool is_separator(char c)
{
    return c == ',' || c == ';' || c == '|' || c == ' ' || c == '\t' || c == '\n';
}

/** Is the origin one of several that were written into one entry? */
static bool is_one_of_several(struct slice entry, struct slice origin)
{
    if (origin.n == 0 || entry.n <= origin.n)
        return false;
    for (size_t i = 0; i + origin.n <= entry.n; i++) {
        size_t end = i + origin.n;
        if (memcmp(entry.at + i, origin.at, origin.n) != 0)
            continue;
        bool begins = i == 0 || is_separator(entry.at[i - 1]);
        bool ends = end == entry.n || is_separator(entry.at[end]);
        size_t other = i == 0 ? end : 0; /* what else is there */
        size_t n_other = i == 0 ? entry.n - end : i;
        for (size_t k = 0; begins && ends && k + 3 <= n_other; k++)
            if (memcmp(entry.at + other + k, "://", 3) == 0)
                return true;
    }
    return false;
}

static unsigned compare_ports(const struct origin_spelling *listed,
                              const struct origin_spelling *wanted)
{
    if (listed->has_port == wanted->has_port && (!listed->has_port || listed->port == wanted->port))
        return 0;
    if (!listed->has_port)
        return MISS_PORT_MISSING;
    return wanted->has_port ? MISS_PORT_OTHER : MISS_PORT_SURPLUS;
}

bool origin_compare(struct slice entry, struct slice origin, const struct origin_spelling *wanted,
                    struct origin_diff *ret)
{
    struct origin_spelling listed;
    struct origin_diff d = {.host = HOST_SAME};

    if (is_one_of_several(entry, origin)) {
        *ret = (struct origin_diff){.misses = MISS_SEVERAL, .host = HOST_SAME};
        return true;
    }
    if (!origin_spell(entry, &listed))
        return false;
    bool is_pattern = (listed.odd & MISS_WILDCARD) != 0 && fits(listed.host, wanted->host);
    if (!is_pattern)
        d.host = relate(listed.host, wanted->host, &d.distance);
    d.misses = (listed.odd & ~wanted->odd) | compare_ports(&listed, wanted);
    if (d.host != HOST_SAME)
        d.misses |= MISS_HOST;
    if (listed.is_https != wanted->is_https)
        d.misses |= listed.is_https ? MISS_HTTPS_LISTED : MISS_HTTP_LISTED;
    if (d.misses == 0 && !slice_same(entry, origin))
        d.misses = MISS_OTHERWISE;
    *ret = d;
    return true;
}
