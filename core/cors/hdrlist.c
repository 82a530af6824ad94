#include "hdrlist.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define TEXT_MAX (1U << 20) /* bytes of one joined list */

struct hdrlist {
    size_t n;
    size_t cap;        /* buckets, a power of two */
    size_t *first;     /* cap + 1 entries: names of bucket b are [first[b], first[b + 1]) */
    const char **name; /* n pointers into storage, in iteration order */
    char *storage;     /* all names, each NUL-terminated */
    char *text;
};

/** @param fold  hash the name as if it were lower case */
static uint32_t java_spread(struct slice s, bool fold)
{
    uint32_t h = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        h = 31U * h + (uint32_t)(fold ? ascii_lower(c) : c);
    }
    return h ^ (h >> 16);
}

static size_t capacity_for(size_t n)
{
    size_t cap = 16;

    while (n > cap / 4 * 3)
        cap *= 2;
    return cap;
}

/** Copy the distinct names in the order given; returns how many. */
static size_t copy_distinct(struct hdrlist *l, const char *const *names, size_t n,
                            const char **distinct)
{
    char *to = l->storage;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_new = true;
        for (size_t j = 0; j < count && is_new; j++)
            is_new = strcmp(distinct[j], names[i]) != 0;
        if (!is_new)
            continue;
        size_t bytes = strlen(names[i]) + 1;
        memcpy(to, names[i], bytes);
        distinct[count++] = to;
        to += bytes;
    }
    return count;
}

/** Lay the names out by bucket: count, sum up, place. */
static void fill_buckets(struct hdrlist *l, const char *const *distinct)
{
    for (size_t i = 0; i < l->n; i++)
        l->first[(java_spread(slice_of(distinct[i]), false) & (l->cap - 1)) + 1]++;
    for (size_t b = 0; b < l->cap; b++)
        l->first[b + 1] += l->first[b];
    for (size_t i = l->n; i-- > 0;) { /* backwards, so that first[b + 1] can count down */
        size_t b = java_spread(slice_of(distinct[i]), false) & (l->cap - 1);
        l->name[--l->first[b + 1]] = distinct[i];
    }
    for (size_t b = 0; b < l->cap; b++) /* each end now holds its start: shift back */
        l->first[b] = l->first[b + 1];
    l->first[l->cap] = l->n;
}

static enum err join(struct hdrlist *l)
{
    struct buf text;

    buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < l->n; i++) {
        if (i > 0)
            (void)buf_putc(&text, ',');
        (void)buf_puts(&text, l->name[i]);
    }
    l->text = buf_take(&text);
    return l->text == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err build(struct hdrlist *l, const char *const *names, size_t n)
{
    size_t bytes = 1;

    for (size_t i = 0; i < n; i++)
        bytes += strlen(names[i]) + 1;
    l->storage = malloc(bytes);
    const char **distinct = calloc(n + 1, sizeof *distinct);
    if (l->storage == NULL || distinct == NULL) {
        free(distinct);
        return ERR_NOMEM;
    }
    l->n = copy_distinct(l, names, n, distinct);
    l->cap = capacity_for(l->n);
    l->first = calloc(l->cap + 1, sizeof *l->first);
    l->name = calloc(l->n + 1, sizeof *l->name);
    enum err e = l->first == NULL || l->name == NULL ? ERR_NOMEM : ERR_OK;
    if (e == ERR_OK) {
        fill_buckets(l, distinct);
        e = join(l);
    }
    free(distinct);
    return e;
}

enum err hdrlist_new(const char *const *names, size_t n, struct hdrlist **ret)
{
    struct hdrlist *l = calloc(1, sizeof *l);

    if (l == NULL)
        return ERR_NOMEM;
    enum err e = build(l, names, n);
    if (e != ERR_OK) {
        hdrlist_free(l);
        return e;
    }
    *ret = l;
    return ERR_OK;
}

void hdrlist_free(struct hdrlist *l)
{
    if (l == NULL)
        return;
    free(l->first);
    free(l->name);
    free(l->storage);
    free(l->text);
    free(l);
}

bool hdrlist_has(const struct hdrlist *l, struct slice name)
{
    size_t b = java_spread(name, false) & (l->cap - 1);

    for (size_t i = l->first[b]; i < l->first[b + 1]; i++)
        if (slice_is(name, l->name[i]))
            return true;
    return false;
}

bool hdrlist_has_nocase(const struct hdrlist *l, struct slice name)
{
    size_t b = java_spread(name, true) & (l->cap - 1);

    for (size_t i = l->first[b]; i < l->first[b + 1]; i++)
        if (slice_is_nocase(name, l->name[i]))
            return true;
    return false;
}

size_t hdrlist_count(const struct hdrlist *l)
{
    return l->n;
}

const char *hdrlist_at(const struct hdrlist *l, size_t i)
{
    return l->name[i];
}

const char *hdrlist_text(const struct hdrlist *l)
{
    return l->text;
}

enum err hdrlist_check_name(struct slice name, struct diag *why)
{
    if (name.n == 0) {
        diag_set(why, 0, "an empty header name; separate names by single commas");
        return ERR_SYNTAX;
    }
    if (name.n > HDRLIST_NAME_MAX) {
        diag_set(why, 0, "a header name over %d characters", HDRLIST_NAME_MAX);
        return ERR_LIMIT;
    }
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (!ascii_is_alnum(c) && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL)) {
            diag_set(why, i, "a character that no header name holds");
            return ERR_SYNTAX;
        }
    }
    return ERR_OK;
}
