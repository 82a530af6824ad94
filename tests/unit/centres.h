#ifndef CUICSIM_TESTS_CENTRES_H
#define CUICSIM_TESTS_CENTRES_H

#include <check.h>

#include "centre/centre.h"

#define HOUR_MS 3600000

/** Centres of all sizes, for the tests' tables. */
struct centres_size {
    const char *name;
    unsigned n;
    int64_t step_ms, end_ms; /* how far the invariants are watched */
};
#define CENTRES_SIZES 5
extern const struct centres_size centres_sizes[CENTRES_SIZES];

#define CENTRES_SEEDS 20 /* from 1 on */

/** Made or the test fails; centre_free it. */
struct centre *centres_new(uint64_t seed, unsigned n_agents);

/** Queues, and behind them skill groups: both have calls. */
const struct queue *centres_line(const struct centre *c, size_t i);
size_t centres_count_lines(const struct centre *c);

/** A case that may take a minute. */
TCase *centres_case(const char *name);

#endif
