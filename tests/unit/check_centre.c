#include "centre/centre.h"

#include <check.h>
#include <string.h>

#include "centres.h"
#include "check_centre_parts.h"
#include "suites.h"
#include "support.h"

/* What is true at every moment: checked with what the agents say. */

#define TEAMS_MAX 334
#define LINES_MAX 65
struct sums {
    unsigned all[AGENT_STATE_COUNT];
    unsigned team[TEAMS_MAX][AGENT_STATE_COUNT];
    unsigned line[LINES_MAX][AGENT_STATE_COUNT];
    unsigned handled;
};

/** Checked without ck_assert, which takes long for the millions of times that this is done. */
static bool is_sane(const struct centre *c, const struct agent *a)
{
    bool wants_reason =
        a->state == AGENT_NOT_READY || (a->state == AGENT_LOGGED_OUT && a->since_ms > 0);

    return (unsigned)a->state < AGENT_STATE_COUNT &&
           (agent_reason_name(a->reason_code)[0] != '\0') == wants_reason && a->since_ms >= 0 &&
           a->since_ms <= centre_now_ms(c) && a->talked_ms <= (int64_t)a->calls_handled * 400000 &&
           a->talked_ms >= (int64_t)a->calls_handled * 20000;
}

static void sum_up(const struct centre *c, struct sums *s)
{
    size_t n_queues = centre_count(c, CENTRE_QUEUE);

    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < centre_count(c, CENTRE_AGENT); i++) {
        const struct agent *a = centre_agent(c, i);
        if (!is_sane(c, a))
            ck_abort_msg("agent %u: state %u, reason %u, since %lld, talked %lld ms", a->id,
                         (unsigned)a->state, a->reason_code, (long long)a->since_ms,
                         (long long)a->talked_ms);
        s->all[a->state]++;
        s->team[a->team][a->state]++;
        s->line[a->queue][a->state]++;
        s->line[n_queues + a->skill_group][a->state]++;
        s->handled += a->calls_handled;
    }
}

static const char *find_fault(const struct centre *c, const struct queue *q, const unsigned *agents)
{
    unsigned n = 0;

    for (size_t s = 0; s < AGENT_STATE_COUNT; s++)
        n += agents[s];
    if (memcmp(q->agents, agents, sizeof q->agents) != 0)
        return "agents are counted wrong";
    if (q->offered != q->handled + q->abandoned + q->waiting + q->active)
        return "calls are counted wrong";
    if (q->waiting > 10 + n / 2)
        return "too many wait";
    if (q->waiting > 0 && agents[AGENT_READY] > 0)
        return "a call waits while an agent is ready";
    if ((q->oldest_ms > 0) != (q->waiting > 0) || q->oldest_ms > centre_now_ms(c))
        return "the oldest call's time is wrong";
    if (q->waiting > 0 && centre_now_ms(c) - q->oldest_ms > 300000)
        return "a caller has too much patience";
    return NULL;
}

static void expect_consistent(const struct centre *c)
{
    struct sums s;
    unsigned active = 0;
    unsigned handled = 0;

    ck_assert_uint_le(centre_count(c, CENTRE_TEAM), TEAMS_MAX);
    ck_assert_uint_le(centres_count_lines(c), LINES_MAX);
    sum_up(c, &s);
    for (size_t i = 0; i < centre_count(c, CENTRE_TEAM); i++)
        if (memcmp(centre_team(c, i)->agents, s.team[i], sizeof s.team[i]) != 0)
            ck_abort_msg("%s counts wrong", centre_team(c, i)->name);
    for (size_t i = 0; i < centres_count_lines(c); i++) {
        const struct queue *q = centres_line(c, i);
        const char *fault = find_fault(c, q, s.line[i]);
        if (fault != NULL)
            ck_abort_msg("%s at %lld ms: %s", q->name, (long long)centre_now_ms(c), fault);
        active += q->active;
        handled += q->handled;
    }
    ck_assert_uint_eq(active, s.all[AGENT_RESERVED] + s.all[AGENT_TALKING] + s.all[AGENT_HOLD]);
    ck_assert_uint_eq(handled, s.handled);
    ck_assert_int_gt(centre_next_ms(c), centre_now_ms(c));
}

START_TEST(always_consistent)
{
    const struct centres_size *row = &centres_sizes[(size_t)_i / CENTRES_SEEDS];
    struct centre *c = centres_new((uint64_t)_i % CENTRES_SEEDS + 1, row->n);

    expect_consistent(c);
    for (int64_t t = row->step_ms; t <= row->end_ms; t += row->step_ms) {
        centre_advance(c, t, NULL, NULL);
        ck_assert_int_eq(centre_now_ms(c), t);
        expect_consistent(c);
    }
    centre_free(c);
}
END_TEST

/** After every single event, for as long as that takes no time. */
START_TEST(consistent_after_each_event)
{
    struct centre *c = centres_new((uint64_t)_i + 1, 7);

    while (centre_now_ms(c) < HOUR_MS) {
        centre_advance(c, centre_next_ms(c), NULL, NULL);
        expect_consistent(c);
    }
    centre_free(c);
}
END_TEST

/* The same centre, however it was advanced. */

static void expect_same_agent(const struct agent *a, const struct agent *b)
{
    ck_assert_uint_eq(a->id, b->id);
    ck_assert_str_eq(a->login, b->login);
    ck_assert_str_eq(a->first_name, b->first_name);
    ck_assert_str_eq(a->last_name, b->last_name);
    ck_assert_uint_eq(a->extension, b->extension);
    ck_assert_uint_eq(a->team, b->team);
    ck_assert_uint_eq(a->skill_group, b->skill_group);
    ck_assert_uint_eq(a->queue, b->queue);
    ck_assert_int_eq(a->state, b->state);
    ck_assert_uint_eq(a->reason_code, b->reason_code);
    ck_assert_int_eq(a->since_ms, b->since_ms);
    ck_assert_uint_eq(a->calls_handled, b->calls_handled);
    ck_assert_int_eq(a->talked_ms, b->talked_ms);
}

static void expect_same_line(const struct queue *a, const struct queue *b)
{
    ck_assert_uint_eq(a->id, b->id);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_mem_eq(a->agents, b->agents, sizeof a->agents);
    ck_assert_uint_eq(a->waiting, b->waiting);
    ck_assert_uint_eq(a->active, b->active);
    ck_assert_int_eq(a->oldest_ms, b->oldest_ms);
    ck_assert_uint_eq(a->offered, b->offered);
    ck_assert_uint_eq(a->handled, b->handled);
    ck_assert_uint_eq(a->abandoned, b->abandoned);
}

static void expect_same(const struct centre *a, const struct centre *b)
{
    ck_assert_int_eq(centre_now_ms(a), centre_now_ms(b));
    ck_assert_int_eq(centre_next_ms(a), centre_next_ms(b));
    for (unsigned k = 0; k < CENTRE_KIND_COUNT; k++)
        ck_assert_uint_eq(centre_count(a, (enum centre_kind)k),
                          centre_count(b, (enum centre_kind)k));
    for (size_t i = 0; i < centre_count(a, CENTRE_AGENT); i++)
        expect_same_agent(centre_agent(a, i), centre_agent(b, i));
    for (size_t i = 0; i < centres_count_lines(a); i++)
        expect_same_line(centres_line(a, i), centres_line(b, i));
    for (size_t i = 0; i < centre_count(a, CENTRE_TEAM); i++) {
        ck_assert_uint_eq(centre_team(a, i)->id, centre_team(b, i)->id);
        ck_assert_str_eq(centre_team(a, i)->name, centre_team(b, i)->name);
        ck_assert_uint_eq(centre_team(a, i)->first, centre_team(b, i)->first);
        ck_assert_uint_eq(centre_team(a, i)->n, centre_team(b, i)->n);
        ck_assert_mem_eq(centre_team(a, i)->agents, centre_team(b, i)->agents,
                         sizeof centre_team(a, i)->agents);
    }
}

static void ignore(void *arg, enum centre_kind kind, size_t index)
{
    (void)arg;
    (void)kind;
    (void)index;
}

/** Random steps, some of them empty and some with somebody listening, against one big step. */
START_TEST(steps_do_not_matter)
{
    static const unsigned sizes[] = {1, 2, 7, 100};
    uint64_t seed = (uint64_t)_i + 1;
    unsigned n = sizes[(size_t)_i % COUNT(sizes)];
    struct centre *a = centres_new(seed, n);
    struct centre *b = centres_new(seed, n);
    uint32_t chance = (uint32_t)_i + 99;
    int64_t t = 0;

    while (t < HOUR_MS) {
        uint32_t r = next_random(&chance);
        t += r % 4 == 0 ? 0 : r / 4 % (r % 3 == 0 ? 60000 : 900);
        centre_advance(a, t, r % 2 == 0 ? ignore : NULL, NULL);
    }
    centre_advance(b, t, NULL, NULL);
    expect_same(a, b);
    centre_advance(a, t - 1, NULL, NULL); /* time never goes back */
    centre_advance(b, t, NULL, NULL);
    expect_same(a, b);
    centre_free(a);
    centre_free(b);
}
END_TEST

static uint64_t mix(uint64_t hash, uint64_t n)
{
    return (hash ^ n) * 0x100000001b3U; /* FNV-1a, a number at a time */
}

/** The same on every machine: this number changes only when the simulation is changed. */
START_TEST(same_everywhere)
{
    struct centre *c = centres_new(1, 100);
    uint64_t hash = 0xcbf29ce484222325U;

    centre_advance(c, HOUR_MS, NULL, NULL);
    for (size_t i = 0; i < 100; i++) {
        const struct agent *a = centre_agent(c, i);
        hash = mix(hash, (uint64_t)a->state);
        hash = mix(hash, (uint64_t)a->since_ms);
        hash = mix(hash, (uint64_t)a->talked_ms);
    }
    ck_assert_msg(hash == 0x716a307b9b1f35eU, "the state after an hour is 0x%llx",
                  (unsigned long long)hash);
    centre_free(c);
}
END_TEST

START_TEST(seeds_differ)
{
    struct centre *a = centres_new(1, 100);
    struct centre *b = centres_new(2, 100);
    size_t n = 0;

    centre_advance(a, HOUR_MS, NULL, NULL);
    centre_advance(b, HOUR_MS, NULL, NULL);
    for (size_t i = 0; i < 100; i++)
        n += centre_agent(a, i)->since_ms == centre_agent(b, i)->since_ms;
    ck_assert_uint_lt(n, 5);
    centre_free(a);
    centre_free(b);
}
END_TEST

/** Any seed, and a week of a small centre: more calls than it has places for. */
START_TEST(a_long_time)
{
    static const uint64_t seeds[] = {0, UINT64_MAX, 1ULL << 63};
    struct centre *c = centres_new(seeds[_i], 1);

    centre_advance(c, (int64_t)7 * 24 * HOUR_MS, NULL, NULL);
    expect_consistent(c);
    ck_assert_uint_gt(centre_queue(c, 0)->abandoned, 0);
    ck_assert_uint_gt(centre_agent(c, 0)->calls_handled, 1000);
    centre_free(c);
}
END_TEST

Suite *suite_centre(void)
{
    Suite *s = suite_create("centre");
    TCase *tc = centres_case("run");

    add_rows(tc, always_consistent, CENTRES_SIZES * CENTRES_SEEDS);
    add_rows(tc, consistent_after_each_event, CENTRES_SEEDS);
    add_rows(tc, steps_do_not_matter, 2 * CENTRES_SEEDS);
    tcase_add_test(tc, same_everywhere);
    tcase_add_test(tc, seeds_differ);
    add_rows(tc, a_long_time, 3);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, tcase_centre_changes());
    suite_add_tcase(s, tcase_centre_look());
    suite_add_tcase(s, tcase_centre_parts());
    suite_add_tcase(s, tcase_centre_hold());
    return s;
}
