#include "centre_random.h"

#include <stddef.h>

#define STEPS  64 /* of the table; a power of two, of as many bits as STEP_BITS */
#define ONE    65536
#define ROUNDS 8 /* the chance to need more is 64^-8 */

#define STEP_BITS 6

/** -ln(1 - i / STEPS) in parts of ONE. */
static const uint32_t quantile[STEPS] = {
    0,      1032,   2081,   3146,   4230,   5331,   6451,   7591,   8751,   9932,   11135,
    12360,  13608,  14880,  16178,  17502,  18854,  20233,  21643,  23083,  24556,  26063,
    27605,  29184,  30802,  32461,  34164,  35911,  37707,  39553,  41453,  43409,  45426,
    47507,  49656,  51877,  54177,  56561,  59034,  61604,  64280,  67069,  69982,  73031,
    76228,  79590,  83133,  86879,  90852,  95082,  99603,  104460, 109706, 115408, 121654,
    128559, 136278, 145029, 155132, 167080, 181704, 200558, 227130, 272557,
};

uint64_t centre_random_next(struct centre_random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15U;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

int64_t centre_random_between(struct centre_random *r, int64_t min, int64_t max)
{
    uint64_t span = (uint64_t)(max - min) + 1;

    return min + (int64_t)(((centre_random_next(r) >> 32) * span) >> 32);
}

bool centre_random_is(struct centre_random *r, unsigned n, unsigned of)
{
    return centre_random_between(r, 1, of) <= n;
}

/** Between two steps of the table the quantile is taken as straight. Behind the last one the
 *  distribution begins anew, as it has no memory. */
int64_t centre_random_wait(struct centre_random *r, int64_t mean_ms)
{
    int64_t sum = 0;

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t bits = centre_random_next(r);
        size_t step = (size_t)(bits >> (64 - STEP_BITS));
        if (step < STEPS - 1) {
            int64_t part = (int64_t)((bits >> 32) % ONE);
            int64_t rise = (int64_t)quantile[step + 1] - (int64_t)quantile[step];
            sum += quantile[step] + rise * part / ONE;
            break;
        }
        sum += quantile[STEPS - 1];
    }
    return mean_ms * sum / ONE;
}
