/* What the centre reports as changed. */
#include <check.h>
#include <string.h>

#include "centres.h"
#include "check_centre_parts.h"
#include "support.h"

#define MOST_THINGS 200 /* of a centre of a hundred agents */
struct heard {
    const struct centre *c;
    size_t n;
    bool is_in[CENTRE_KIND_COUNT][MOST_THINGS];
};

static void hear(void *arg, enum centre_kind kind, size_t index)
{
    struct heard *h = arg;

    if ((unsigned)kind >= CENTRE_KIND_COUNT || index >= centre_count(h->c, kind) ||
        h->is_in[kind][index])
        ck_abort_msg("kind %u, index %zu: unknown, or reported twice", (unsigned)kind, index);
    h->is_in[kind][index] = true;
    h->n++;
}

/** What a person would find who compares the centre before with the centre after. */
static void expect_heard(const struct heard *h, const struct centre *before,
                         const struct centre *after)
{
    for (size_t i = 0; i < centre_count(after, CENTRE_AGENT); i++) {
        const struct agent *a = centre_agent(before, i);
        const struct agent *b = centre_agent(after, i);
        bool is_other = a->state != b->state || a->since_ms != b->since_ms;
        if (h->is_in[CENTRE_AGENT][i] != is_other)
            ck_abort_msg("agent %u", b->id);
        if (is_other &&
            !(h->is_in[CENTRE_TEAM][b->team] && h->is_in[CENTRE_SKILL_GROUP][b->skill_group] &&
              h->is_in[CENTRE_QUEUE][b->queue]))
            ck_abort_msg("agent %u alone", b->id);
    }
    for (size_t i = 0; i < centres_count_lines(after); i++) {
        size_t n = centre_count(after, CENTRE_QUEUE);
        const struct queue *a = centres_line(before, i);
        const struct queue *b = centres_line(after, i);
        bool is_other = memcmp(a->agents, b->agents, sizeof a->agents) != 0 ||
                        a->waiting != b->waiting || a->active != b->active ||
                        a->offered != b->offered || a->handled != b->handled ||
                        a->abandoned != b->abandoned || a->oldest_ms != b->oldest_ms;
        bool is_in = i < n ? h->is_in[CENTRE_QUEUE][i] : h->is_in[CENTRE_SKILL_GROUP][i - n];
        ck_assert_msg(is_in || !is_other, "%s", b->name);
    }
}

START_TEST(changes_are_reported)
{
    static const int64_t steps[] = {1, 40, 1000, 30000, 600000};
    int64_t step = steps[(size_t)_i % COUNT(steps)];
    unsigned n = (size_t)_i / COUNT(steps) % 2 == 0 ? 100 : 2; /* few: lines change on their own */
    struct centre *before = centres_new((uint64_t)_i, n);
    struct centre *after = centres_new((uint64_t)_i, n);

    for (int64_t t = step; t <= 3600 * step && t <= HOUR_MS; t += step) {
        struct heard h = {.c = after};
        centre_advance(after, t, hear, &h);
        expect_heard(&h, before, after);
        centre_advance(before, t, NULL, NULL);
    }
    centre_free(before);
    centre_free(after);
}
END_TEST

/** Things in the order in which they are heard of for the first time. */
struct order {
    size_t n;
    unsigned thing[CENTRE_KIND_COUNT * MOST_THINGS];
    bool is_in[CENTRE_KIND_COUNT * MOST_THINGS];
};

static void hear_order(void *arg, enum centre_kind kind, size_t index)
{
    struct order *o = arg;
    unsigned thing = (unsigned)kind * MOST_THINGS + (unsigned)index;

    if (o->is_in[thing])
        return;
    o->is_in[thing] = true;
    o->thing[o->n++] = thing;
}

/** One big step tells in the same order as one step for each millisecond with events. */
START_TEST(changes_are_in_order)
{
    struct centre *big = centres_new((uint64_t)_i, 100);
    struct centre *small = centres_new((uint64_t)_i, 100);

    for (int64_t t = 7000; t < HOUR_MS; t += 7000) {
        struct order got = {0};
        struct order want = {0};
        centre_advance(big, t, hear_order, &got);
        while (centre_next_ms(small) <= t)
            centre_advance(small, centre_next_ms(small), hear_order, &want);
        ck_assert_uint_eq(got.n, want.n);
        ck_assert_mem_eq(got.thing, want.thing, want.n * sizeof want.thing[0]);
    }
    centre_free(big);
    centre_free(small);
}
END_TEST

START_TEST(nothing_happens_before_the_next_event)
{
    struct centre *c = centres_new(3, 7);
    struct heard h = {.c = c};

    centre_advance(c, 1000000, NULL, NULL); /* unheard, so not reported later either */
    for (int i = 0; i < 100; i++) {
        centre_advance(c, centre_next_ms(c) - 1, hear, &h);
        ck_assert_uint_eq(h.n, 0);
        centre_advance(c, centre_next_ms(c), NULL, NULL);
    }
    centre_free(c);
}
END_TEST

TCase *tcase_centre_changes(void)
{
    TCase *tc = centres_case("changes");

    add_rows(tc, changes_are_reported, CENTRES_SEEDS);
    add_rows(tc, changes_are_in_order, 3);
    tcase_add_test(tc, nothing_happens_before_the_next_event);
    return tc;
}
