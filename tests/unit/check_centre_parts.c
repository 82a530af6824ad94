#include "check_centre_parts.h"

#include <string.h>

#include "centre/centre_random.h"
#include "centre/centre_timers.h"
#include "support.h"

START_TEST(published_numbers)
{
    struct centre_random r = {1234567}; /* the usual test vector of splitmix64 */

    ck_assert(centre_random_next(&r) == 6457827717110365317U);
    ck_assert(centre_random_next(&r) == 3203168211198807973U);
    ck_assert(centre_random_next(&r) == 9817491932198370423U);
}
END_TEST

START_TEST(waiting_times)
{
    struct centre_random r = {(uint64_t)_i};
    int64_t sum = 0;
    unsigned longer = 0;
    unsigned negative = 0;

    for (int i = 0; i < 100000; i++) {
        int64_t ms = centre_random_wait(&r, 1000);
        negative += ms < 0;
        sum += ms;
        longer += ms > 3000; /* exp(-3): 4979 of 100000 */
    }
    ck_assert_uint_eq(negative, 0);
    ck_assert_msg(sum / 100000 >= 980 && sum / 100000 <= 1020, "%lld on average",
                  (long long)(sum / 100000));
    ck_assert_msg(longer > 4700 && longer < 5260, "%u are long", longer);
}
END_TEST

START_TEST(between)
{
    struct centre_random r = {(uint64_t)_i};
    unsigned seen[5] = {0};

    for (int i = 0; i < 5000; i++) {
        int64_t n = centre_random_between(&r, -2, 2);
        ck_assert(n >= -2 && n <= 2);
        seen[n + 2]++;
    }
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_gt(seen[i], 850);
    ck_assert_int_eq(centre_random_between(&r, 7, 7), 7);
    ck_assert(centre_random_is(&r, 3, 3));
    ck_assert(!centre_random_is(&r, 0, 3));
}
END_TEST

#define N_TIMERS 40

/** The heap against a search through all, while timers are set, moved, stopped and go off. */
START_TEST(timers_like_a_search)
{
    uint32_t chance = (uint32_t)_i + 1;
    int64_t at[N_TIMERS]; /* -1: not set */
    struct timers t;

    ck_assert_int_eq(timers_init(&t, N_TIMERS), ERR_OK);
    memset(at, -1, sizeof at);
    for (int step = 0; step < 3000; step++) {
        size_t timer = next_random(&chance) % N_TIMERS;
        size_t best = N_TIMERS;
        size_t got = 0;
        int64_t got_ms = 0;
        at[timer] = next_random(&chance) % 3 == 0 ? -1 : (int64_t)(next_random(&chance) % 50);
        if (at[timer] < 0)
            timers_stop(&t, timer);
        else
            timers_set(&t, timer, at[timer]);
        for (size_t i = 0; i < N_TIMERS; i++)
            if (at[i] >= 0 && (best == N_TIMERS || at[i] < at[best]))
                best = i;
        ck_assert_int_eq(timers_next(&t, &got, &got_ms), best < N_TIMERS);
        ck_assert(best == N_TIMERS || (got == best && got_ms == at[best]));
    }
    timers_clear(&t);
}
END_TEST

TCase *tcase_centre_parts(void)
{
    TCase *tc_parts = tcase_create("parts");

    tcase_add_test(tc_parts, published_numbers);
    add_rows(tc_parts, waiting_times, 5);
    add_rows(tc_parts, between, 5);
    add_rows(tc_parts, timers_like_a_search, 10);
    return tc_parts;
}
