#include "centre/centre.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_centre_parts.h"
#include "suites.h"
#include "support.h"

#define HOUR_MS 3600000

static const struct size_row {
    const char *name;
    unsigned n;
    int64_t step_ms, end_ms; /* how far the invariants are watched */
} size_rows[] = {
    {"one", 1, 500, HOUR_MS},
    {"two", 2, 500, HOUR_MS},
    {"seven", 7, 1000, HOUR_MS},
    {"hundred", 100, 5000, HOUR_MS},
    {"most", CENTRE_AGENTS_MAX, 60000, HOUR_MS},
};
#define SEEDS 20

static struct centre *make_centre(uint64_t seed, unsigned n)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(seed, n, &c), ERR_OK);
    return c;
}

static const struct queue *line_at(const struct centre *c, size_t i)
{
    size_t n = centre_count(c, CENTRE_QUEUE);

    return i < n ? centre_queue(c, i) : centre_skill_group(c, i - n);
}

static size_t count_lines(const struct centre *c)
{
    return centre_count(c, CENTRE_QUEUE) + centre_count(c, CENTRE_SKILL_GROUP);
}

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
    ck_assert_uint_le(count_lines(c), LINES_MAX);
    sum_up(c, &s);
    for (size_t i = 0; i < centre_count(c, CENTRE_TEAM); i++)
        if (memcmp(centre_team(c, i)->agents, s.team[i], sizeof s.team[i]) != 0)
            ck_abort_msg("%s counts wrong", centre_team(c, i)->name);
    for (size_t i = 0; i < count_lines(c); i++) {
        const struct queue *q = line_at(c, i);
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
    const struct size_row *row = &size_rows[(size_t)_i / SEEDS];
    struct centre *c = make_centre((uint64_t)_i % SEEDS + 1, row->n);

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
    struct centre *c = make_centre((uint64_t)_i + 1, 7);

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
    for (size_t i = 0; i < count_lines(a); i++)
        expect_same_line(line_at(a, i), line_at(b, i));
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
    struct centre *a = make_centre(seed, n);
    struct centre *b = make_centre(seed, n);
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
    struct centre *c = make_centre(1, 100);
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
    struct centre *a = make_centre(1, 100);
    struct centre *b = make_centre(2, 100);
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

/* What is reported as changed. */

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
    for (size_t i = 0; i < count_lines(after); i++) {
        size_t n = centre_count(after, CENTRE_QUEUE);
        const struct queue *a = line_at(before, i);
        const struct queue *b = line_at(after, i);
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
    struct centre *before = make_centre((uint64_t)_i, n);
    struct centre *after = make_centre((uint64_t)_i, n);

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
    struct centre *big = make_centre((uint64_t)_i, 100);
    struct centre *small = make_centre((uint64_t)_i, 100);

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
    struct centre *c = make_centre(3, 7);
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

/* What a visitor sees. */

START_TEST(busy_share)
{
    const struct size_row *row = &size_rows[_i];
    uint64_t n_seeds = row->n > 100 ? 2 : SEEDS;
    unsigned long busy = 0;
    unsigned long ready = 0;

    for (uint64_t seed = 1; seed <= n_seeds; seed++) {
        struct centre *c = make_centre(seed, row->n);
        for (int64_t t = 120000; t <= HOUR_MS; t += 10000) {
            centre_advance(c, t, NULL, NULL);
            for (size_t i = 0; i < row->n; i++) {
                enum agent_state s = centre_agent(c, i)->state;
                busy += s > AGENT_READY;
                ready += s == AGENT_READY;
            }
        }
        centre_free(c);
    }
    unsigned long share = 100 * busy / (busy + ready);
    unsigned long least = row->n < 100 ? 65 : 77;
    ck_assert_msg(share >= least && share <= 86, "%s: busy for %lu %%", row->name, share);
}
END_TEST

START_TEST(every_state_is_seen)
{
    struct centre *c = make_centre((uint64_t)_i + 1, 100);
    unsigned seen[AGENT_STATE_COUNT] = {0};
    unsigned waiting = 0;
    unsigned away = 0;

    centre_advance(c, 60000, NULL, NULL);
    for (size_t i = 0; i < 100; i++)
        away += centre_agent(c, i)->state == AGENT_LOGGED_OUT;
    ck_assert_msg(away <= 2, "%u have not logged in", away);
    for (int64_t t = 60000; t <= HOUR_MS; t += 1000) {
        centre_advance(c, t, NULL, NULL);
        for (size_t i = 0; i < 100; i++)
            seen[centre_agent(c, i)->state]++;
        for (size_t i = 0; i < count_lines(c); i++)
            waiting += line_at(c, i)->waiting;
    }
    for (unsigned s = 0; s < AGENT_STATE_COUNT; s++)
        ck_assert_msg(seen[s] > 0, "nobody was %s", agent_state_name((enum agent_state)s));
    ck_assert_uint_gt(waiting, 0);
    centre_free(c);
}
END_TEST

/** Any seed, and a week of a small centre: more calls than it has places for. */
START_TEST(a_long_time)
{
    static const uint64_t seeds[] = {0, UINT64_MAX, 1ULL << 63};
    struct centre *c = make_centre(seeds[_i], 1);

    centre_advance(c, (int64_t)7 * 24 * HOUR_MS, NULL, NULL);
    expect_consistent(c);
    ck_assert_uint_gt(centre_queue(c, 0)->abandoned, 0);
    ck_assert_uint_gt(centre_agent(c, 0)->calls_handled, 1000);
    centre_free(c);
}
END_TEST

/* Ids, names, groups. */

static unsigned id_at(const struct centre *c, enum centre_kind kind, size_t i)
{
    if (kind == CENTRE_AGENT)
        return centre_agent(c, i)->id;
    if (kind == CENTRE_TEAM)
        return centre_team(c, i)->id;
    return kind == CENTRE_QUEUE ? centre_queue(c, i)->id : centre_skill_group(c, i)->id;
}

START_TEST(ids_are_found)
{
    static const unsigned first[CENTRE_KIND_COUNT] = {1001, 5001, 6001, 7001};
    struct centre *c = make_centre(1, size_rows[_i].n);

    for (unsigned k = 0; k < CENTRE_KIND_COUNT; k++) {
        enum centre_kind kind = (enum centre_kind)k;
        size_t n = centre_count(c, kind);
        size_t found = 4711;
        ck_assert_uint_ge(n, 1);
        ck_assert(!centre_find(c, kind, 0, &found));
        ck_assert(!centre_find(c, kind, first[k] - 1, &found));
        ck_assert(!centre_find(c, kind, first[k] + (unsigned)n, &found));
        ck_assert(!centre_find(c, kind, UINT32_MAX, &found));
        ck_assert_uint_eq(found, 4711);
        for (size_t i = 0; i < n; i++) { /* found at its own place, so no other has the id */
            ck_assert_uint_eq(id_at(c, kind, i), first[k] + i);
            ck_assert(centre_find(c, kind, id_at(c, kind, i), &found));
            ck_assert_uint_eq(found, i);
        }
    }
    centre_free(c);
}
END_TEST

START_TEST(logins_are_found)
{
    static const char *const unknown[] = {"",           "agent", "agent1000",
                                          "agent10011", "1001",  "agent 1001"};
    struct centre *c = make_centre(1, 300);
    size_t found = 4711;

    for (size_t i = 0; i < COUNT(unknown); i++)
        ck_assert_msg(!centre_find_login(c, slice_of(unknown[i]), &found), "'%s'", unknown[i]);
    ck_assert_uint_eq(found, 4711);
    for (size_t i = 0; i < 300; i++) {
        ck_assert(centre_find_login(c, slice_of(centre_agent(c, i)->login), &found));
        ck_assert_uint_eq(found, i);
    }
    ck_assert(centre_find_login(c, slice_of("AGENT1002"), &found));
    ck_assert_uint_eq(found, 1);
    centre_free(c);
}
END_TEST

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void expect_unique(char (*names)[2 * CENTRE_NAME_MAX], size_t n)
{
    qsort(names, n, sizeof *names, compare_texts);
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_gt(strlen(names[i]), 0);
        ck_assert_msg(i == 0 || strcmp(names[i], names[i - 1]) != 0, "two are named %s", names[i]);
    }
}

START_TEST(names_are_unique)
{
    static char names[CENTRE_AGENTS_MAX][2 * CENTRE_NAME_MAX];
    struct centre *c = make_centre((uint64_t)_i, CENTRE_AGENTS_MAX);
    size_t n_teams = centre_count(c, CENTRE_TEAM);

    for (size_t i = 0; i < CENTRE_AGENTS_MAX; i++)
        (void)snprintf(names[i], sizeof names[i], "%s %s", centre_agent(c, i)->first_name,
                       centre_agent(c, i)->last_name);
    expect_unique(names, CENTRE_AGENTS_MAX);
    for (size_t i = 0; i < CENTRE_AGENTS_MAX; i++)
        (void)snprintf(names[i], sizeof names[i], "%s", centre_agent(c, i)->login);
    expect_unique(names, CENTRE_AGENTS_MAX);
    for (size_t i = 0; i < n_teams; i++)
        (void)snprintf(names[i], sizeof names[i], "%s", centre_team(c, i)->name);
    for (size_t i = 0; i < count_lines(c); i++)
        (void)snprintf(names[n_teams + i], sizeof names[0], "%s", line_at(c, i)->name);
    expect_unique(names, n_teams + count_lines(c));
    centre_free(c);
}
END_TEST

START_TEST(teams_are_neighbours)
{
    for (unsigned n = 1; n <= CENTRE_AGENTS_MAX; n += n < 200 ? 1 : 613) {
        struct centre *c = make_centre(1, n);
        size_t next = 0;
        for (size_t i = 0; i < centre_count(c, CENTRE_TEAM); i++) {
            const struct team *t = centre_team(c, i);
            ck_assert_uint_eq(t->first, next);
            ck_assert_msg((t->n >= 10 || n < 20) && t->n <= 22, "%u agents: a team of %zu", n,
                          t->n);
            for (size_t k = t->first; k < t->first + t->n; k++)
                ck_assert_uint_eq(centre_agent(c, k)->team, i);
            next += t->n;
        }
        ck_assert_uint_eq(next, n);
        centre_free(c);
    }
}
END_TEST

START_TEST(limits)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(1, 0, &c), ERR_LIMIT);
    ck_assert_int_eq(centre_new(1, CENTRE_AGENTS_MAX + 1, &c), ERR_LIMIT);
    ck_assert_ptr_null(c);
    centre_free(NULL);
}
END_TEST

START_TEST(state_names)
{
    static const char *const names[] = {"LOGOUT",  "NOT_READY", "READY", "RESERVED",
                                        "TALKING", "HOLD",      "WORK"};

    for (unsigned s = 0; s < AGENT_STATE_COUNT; s++)
        ck_assert_str_eq(agent_state_name((enum agent_state)s), names[s]);
    ck_assert_str_eq(agent_reason_name(3), "Lunch");
    ck_assert_str_eq(agent_reason_name(0), "");
    ck_assert_str_eq(agent_reason_name(999), "");
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);

    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return tc;
}

Suite *suite_centre(void)
{
    Suite *s = suite_create("centre");
    TCase *tc_run = add_case(s, "run");
    TCase *tc_changes = add_case(s, "changes");
    TCase *tc_look = add_case(s, "look");

    add_rows(tc_run, always_consistent, COUNT(size_rows) * SEEDS);
    add_rows(tc_run, consistent_after_each_event, SEEDS);
    add_rows(tc_run, steps_do_not_matter, 2 * SEEDS);
    tcase_add_test(tc_run, same_everywhere);
    tcase_add_test(tc_run, seeds_differ);
    add_rows(tc_run, a_long_time, 3);
    add_rows(tc_changes, changes_are_reported, SEEDS);
    add_rows(tc_changes, changes_are_in_order, 3);
    tcase_add_test(tc_changes, nothing_happens_before_the_next_event);
    add_rows(tc_look, busy_share, COUNT(size_rows));
    add_rows(tc_look, every_state_is_seen, SEEDS);
    add_rows(tc_look, ids_are_found, COUNT(size_rows));
    tcase_add_test(tc_look, logins_are_found);
    add_rows(tc_look, names_are_unique, 3);
    tcase_add_test(tc_look, teams_are_neighbours);
    tcase_add_test(tc_look, limits);
    tcase_add_test(tc_look, state_names);
    suite_add_tcase(s, tcase_centre_parts());
    suite_add_tcase(s, tcase_centre_hold());
    return s;
}
