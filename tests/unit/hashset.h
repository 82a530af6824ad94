#ifndef CUICSIM_TESTS_HASHSET_H
#define CUICSIM_TESTS_HASHSET_H

#include <stddef.h>

#define HASHSET_NAMES   130 /* that fit in */
#define HASHSET_BUCKETS 256

/** A slow java.util.HashSet<String>, written apart from core/cors/hdrlist.c to check that: it has
 * real buckets, and its table grows while names are added. Fixed in size; names are not copied. */
struct hashset {
    size_t cap; /* buckets in use */
    size_t n;
    size_t used[HASHSET_BUCKETS];
    const char *bucket[HASHSET_BUCKETS][HASHSET_NAMES];
};

/** Empty; fails the test when memory is short; freed with free. */
struct hashset *hashset_new(void);
void hashset_add(struct hashset *h, const char *name);

#endif
