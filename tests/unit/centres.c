#include "centres.h"

const struct centres_size centres_sizes[CENTRES_SIZES] = {
    {"one", 1, 500, HOUR_MS},
    {"two", 2, 500, HOUR_MS},
    {"seven", 7, 1000, HOUR_MS},
    {"hundred", 100, 5000, HOUR_MS},
    {"most", CENTRE_AGENTS_MAX, 60000, HOUR_MS},
};

struct centre *centres_new(uint64_t seed, unsigned n_agents)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(seed, n_agents, &c), ERR_OK);
    return c;
}

const struct queue *centres_line(const struct centre *c, size_t i)
{
    size_t n = centre_count(c, CENTRE_QUEUE);

    return i < n ? centre_queue(c, i) : centre_skill_group(c, i - n);
}

size_t centres_count_lines(const struct centre *c)
{
    return centre_count(c, CENTRE_QUEUE) + centre_count(c, CENTRE_SKILL_GROUP);
}

TCase *centres_case(const char *name)
{
    TCase *tc = tcase_create(name);

    tcase_set_timeout(tc, 60);
    return tc;
}
