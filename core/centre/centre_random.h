#ifndef CUICSIM_CENTRE_RANDOM_H
#define CUICSIM_CENTRE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/** The centre's only source of chance: whole numbers throughout, so that every machine and every
 *  compiler sees the same centre.
 * @source splitmix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators",
 *         OOPSLA 2014; constants as in Vigna's public-domain version */
struct centre_random {
    uint64_t state; /* the seed; any value will do */
};

uint64_t centre_random_next(struct centre_random *r);

/** From min to max, both included; max - min below 2^32. */
int64_t centre_random_between(struct centre_random *r, int64_t min, int64_t max);

/** True `n` times out of `of`. */
bool centre_random_is(struct centre_random *r, unsigned n, unsigned of);

/** A waiting time of the exponential distribution.
 * @param mean_ms  below 2^40 */
int64_t centre_random_wait(struct centre_random *r, int64_t mean_ms);

#endif
