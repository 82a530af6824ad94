/* What a visitor of the centre sees: states, ids, names, groups. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "centres.h"
#include "check_centre_parts.h"
#include "support.h"

START_TEST(busy_share)
{
    const struct centres_size *row = &centres_sizes[_i];
    uint64_t n_seeds = row->n > 100 ? 2 : CENTRES_SEEDS;
    unsigned long busy = 0;
    unsigned long ready = 0;

    for (uint64_t seed = 1; seed <= n_seeds; seed++) {
        struct centre *c = centres_new(seed, row->n);
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
    struct centre *c = centres_new((uint64_t)_i + 1, 100);
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
        for (size_t i = 0; i < centres_count_lines(c); i++)
            waiting += centres_line(c, i)->waiting;
    }
    for (unsigned s = 0; s < AGENT_STATE_COUNT; s++)
        ck_assert_msg(seen[s] > 0, "nobody was %s", agent_state_name((enum agent_state)s));
    ck_assert_uint_gt(waiting, 0);
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
    struct centre *c = centres_new(1, centres_sizes[_i].n);

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
    struct centre *c = centres_new(1, 300);
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
    struct centre *c = centres_new((uint64_t)_i, CENTRE_AGENTS_MAX);
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
    for (size_t i = 0; i < centres_count_lines(c); i++)
        (void)snprintf(names[n_teams + i], sizeof names[0], "%s", centres_line(c, i)->name);
    expect_unique(names, n_teams + centres_count_lines(c));
    centre_free(c);
}
END_TEST

START_TEST(teams_are_neighbours)
{
    for (unsigned n = 1; n <= CENTRE_AGENTS_MAX; n += n < 200 ? 1 : 613) {
        struct centre *c = centres_new(1, n);
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

TCase *tcase_centre_look(void)
{
    TCase *tc = centres_case("look");

    add_rows(tc, busy_share, CENTRES_SIZES);
    add_rows(tc, every_state_is_seen, CENTRES_SEEDS);
    add_rows(tc, ids_are_found, CENTRES_SIZES);
    tcase_add_test(tc, logins_are_found);
    add_rows(tc, names_are_unique, 3);
    tcase_add_test(tc, teams_are_neighbours);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, state_names);
    return tc;
}
