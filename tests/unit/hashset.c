#include "hashset.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct hashset *hashset_new(void)
{
    struct hashset *h = calloc(1, sizeof *h);

    ck_assert_ptr_nonnull(h);
    h->cap = 16;
    return h;
}

static size_t bucket_of(const struct hashset *h, const char *name)
{
    uint32_t hash = 0;

    for (; *name != '\0'; name++)
        hash = 31U * hash + (unsigned char)*name;
    return ((hash >> 16) ^ hash) % h->cap;
}

static void put(struct hashset *h, const char *name)
{
    size_t b = bucket_of(h, name);

    for (size_t i = 0; i < h->used[b]; i++)
        if (strcmp(h->bucket[b][i], name) == 0)
            return;
    h->bucket[b][h->used[b]++] = name;
    h->n++;
}

static void grow(struct hashset *h)
{
    struct hashset *old = malloc(sizeof *old);

    ck_assert_ptr_nonnull(old);
    memcpy(old, h, sizeof *old);
    memset(h->used, 0, sizeof h->used);
    h->cap *= 2;
    h->n = 0;
    for (size_t b = 0; b < old->cap; b++)
        for (size_t i = 0; i < old->used[b]; i++)
            put(h, old->bucket[b][i]);
    free(old);
}

void hashset_add(struct hashset *h, const char *name)
{
    put(h, name);
    if (4 * h->n > 3 * h->cap)
        grow(h);
}
