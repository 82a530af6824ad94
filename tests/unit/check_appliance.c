#include "appliance.h"

#include <string.h>

#include "suites.h"
#include "support.h"

#define REPORTING "Intelligence Center Reporting Service"
#define PROXY     "Cisco Web Proxy Service"
#define TOMCAT    "Cisco Finesse Tomcat"

static const char *const platform_name[PLATFORM_COUNT] = {"cuic", "finesse"};

/* --- the table --- */

START_TEST(services_are_found_by_name)
{
    size_t n = 0;
    const struct appliance_service *all = appliance_services(&n);

    ck_assert_uint_gt(n, 0);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(all[i].platform != all[j].platform ||
                              strcmp(all[i].name, all[j].name) != 0,
                          "%s: twice on %s", all[i].name, platform_name[all[i].platform]);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(slice_trim(slice_of(all[i].name)).n == strlen(all[i].name) &&
                          all[i].name[0] != '\0',
                      "'%s': blanks", all[i].name);
        ck_assert_msg(appliance_find(all[i].platform, slice_of(all[i].name)) == &all[i],
                      "%s: not found on %s", all[i].name, platform_name[all[i].platform]);
    }
}
END_TEST

/** In which part of the list a kind stands. */
static const int place[] = {[APPLIANCE_SYSTEM] = 0,
                            [APPLIANCE_PLAIN] = 1,
                            [APPLIANCE_PROXY] = 1,
                            [APPLIANCE_NOT_ACTIVATED] = 2};

/** The system's first, those that are not activated last; those between them by name. */
START_TEST(order_of_the_list)
{
    const struct appliance_service *last[PLATFORM_COUNT] = {NULL, NULL};
    size_t n = 0;
    const struct appliance_service *all = appliance_services(&n);

    for (size_t i = 0; i < n; i++) {
        const struct appliance_service *before = last[all[i].platform];
        if (before != NULL)
            ck_assert_msg(
                place[before->kind] < place[all[i].kind] ||
                    (place[before->kind] == place[all[i].kind] &&
                     (all[i].kind == APPLIANCE_SYSTEM || strcmp(before->name, all[i].name) < 0)),
                "%s stands behind %s", all[i].name, before->name);
        last[all[i].platform] = &all[i];
    }
    ck_assert_ptr_nonnull(last[PLATFORM_CUIC]);
    ck_assert_ptr_nonnull(last[PLATFORM_FINESSE]);
}
END_TEST

static const struct has_row {
    const char *name;
    enum platform platform;
    enum service service;
    bool want;
} has_rows[] = {
    {"cuic-cuic", PLATFORM_CUIC, SERVICE_CUIC, true},
    {"cuic-live-data", PLATFORM_CUIC, SERVICE_LIVE_DATA, true},
    {"cuic-finesse", PLATFORM_CUIC, SERVICE_FINESSE, false},
    {"finesse-cuic", PLATFORM_FINESSE, SERVICE_CUIC, false},
    {"finesse-live-data", PLATFORM_FINESSE, SERVICE_LIVE_DATA, false},
    {"finesse-finesse", PLATFORM_FINESSE, SERVICE_FINESSE, true},
};

/** Settings are loaded by one service of the platform that has them, and by none elsewhere; they
 *  are answered by at least that one. */
START_TEST(settings_of_a_platform)
{
    const struct has_row *row = &has_rows[_i];
    size_t n = 0;
    size_t loading = 0;
    size_t carrying = 0;
    const struct appliance_service *all = appliance_services(&n);

    ck_assert_msg(platform_has(row->platform, row->service) == row->want, "%s", row->name);
    for (size_t i = 0; i < n; i++) {
        if (all[i].platform != row->platform)
            continue;
        loading += (all[i].loads & SERVICE_BIT(row->service)) != 0;
        carrying += (all[i].carries & SERVICE_BIT(row->service)) != 0;
        ck_assert_msg((all[i].loads & ~all[i].carries) == 0, "%s loads what it does not carry",
                      all[i].name);
        ck_assert_msg(all[i].carries == 0 || place[all[i].kind] == 1, "%s cannot be restarted",
                      all[i].name);
    }
    ck_assert_msg(loading == (row->want ? 1 : 0), "%s: loaded by %zu services", row->name, loading);
    ck_assert_msg((carrying > 0) == row->want, "%s: carried by %zu services", row->name, carrying);
}
END_TEST

static const struct restarts_row {
    const char *name;
    enum service service;
    enum platform platform;
    size_t n;
    const char *want[2];
} restarts_rows[] = {
    {"cuic", SERVICE_CUIC, PLATFORM_CUIC, 1, {REPORTING}},
    {"live-data", SERVICE_LIVE_DATA, PLATFORM_CUIC, 1, {PROXY}},
    {"finesse",
     SERVICE_FINESSE,
     PLATFORM_FINESSE,
     2,
     {TOMCAT, "Cisco Finesse Notification Service"}},
};

START_TEST(restarts)
{
    const struct restarts_row *row = &restarts_rows[_i];
    const struct appliance_service *got[2] = {NULL, NULL};
    size_t n = appliance_restarts(row->service, got);

    ck_assert_msg(n == row->n, "%s: expected %zu services, got %zu", row->name, row->n, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(got[i] == appliance_find(row->platform, slice_of(row->want[i])),
                      "%s: expected %s, got %s", row->name, row->want[i], got[i]->name);
    ck_assert_msg((got[0]->loads & SERVICE_BIT(row->service)) != 0, "%s: %s does not load it",
                  row->name, got[0]->name);
    ck_assert_msg(n == 2 || got[1] == NULL, "%s: a second one was written", row->name);
}
END_TEST

static const struct find_row {
    const char *name;
    enum platform platform;
    struct slice text;
    bool want;
} find_rows[] = {
    {"reporting", PLATFORM_CUIC, LIT(REPORTING), true},
    {"reporting-of-finesse", PLATFORM_FINESSE, LIT(REPORTING), false},
    {"tomcat", PLATFORM_FINESSE, LIT(TOMCAT), true},
    {"tomcat-of-cuic", PLATFORM_CUIC, LIT(TOMCAT), false},
    {"on-both", PLATFORM_CUIC, LIT("Cisco Tomcat"), true},
    {"on-both-2", PLATFORM_FINESSE, LIT("Cisco Tomcat"), true},
    {"dot-and-blank", PLATFORM_CUIC, LIT("CCE Live Data Socket.IO Service"), true},
    {"hyphens", PLATFORM_FINESSE, LIT("SOAP -Real-Time Service APIs"), true},
    {"lower-case", PLATFORM_CUIC, LIT("cisco tomcat"), false},
    {"upper-case", PLATFORM_CUIC, LIT("CISCO TOMCAT"), false},
    {"shorter", PLATFORM_CUIC, LIT("Cisco Tomca"), false},
    {"first-word", PLATFORM_CUIC, LIT("Cisco"), false},
    {"longer", PLATFORM_CUIC, LIT("Cisco Tomcat "), false},
    {"blank-before", PLATFORM_CUIC, LIT(" Cisco Tomcat"), false},
    {"two-blanks", PLATFORM_CUIC, LIT("Cisco  Tomcat"), false},
    {"nul-behind", PLATFORM_CUIC, LIT("Cisco Tomcat\0"), false},
    {"empty", PLATFORM_CUIC, LIT(""), false},
    {"no-text", PLATFORM_CUIC, NO_TEXT, false},
};

START_TEST(find)
{
    const struct find_row *row = &find_rows[_i];
    const struct appliance_service *got = appliance_find(row->platform, row->text);

    ck_assert_msg((got != NULL) == row->want, "%s: found %s", row->name,
                  got == NULL ? "nothing" : got->name);
    if (got == NULL)
        return;
    ck_assert_msg(slice_is(row->text, got->name) && got->platform == row->platform, "%s: got %s",
                  row->name, got->name);
}
END_TEST

/* --- lives --- */

#define NOW 1738978067123

static const struct state_row {
    const char *name;
    struct life life; /* its times counted from NOW; 0 stays 0 */
    int64_t at;       /* counted from NOW */
    enum life_state want;
} state_rows[] = {
    {"all-zero", {false, 0, 0}, 0, LIFE_STARTED},
    {"stopped", {true, 0, 0}, 0, LIFE_STOPPED},
    {"stopping", {true, 5, 0}, 0, LIFE_STOPPING},
    {"stopping-to-its-end", {true, 5, 0}, 4, LIFE_STOPPING},
    {"stopped-at-its-end", {true, 5, 0}, 5, LIFE_STOPPED},
    {"stopped-behind", {true, 5, 0}, 6, LIFE_STOPPED},
    {"starting", {false, 0, 5}, 0, LIFE_STARTING},
    {"starting-to-its-end", {false, 0, 5}, 4, LIFE_STARTING},
    {"started-at-its-end", {false, 0, 5}, 5, LIFE_STARTED},
    {"restart-stopping", {false, 5, 10}, 4, LIFE_STOPPING},
    {"restart-starting", {false, 5, 10}, 5, LIFE_STARTING},
    {"restart-starting-to-its-end", {false, 5, 10}, 9, LIFE_STARTING},
    {"restart-started", {false, 5, 10}, 10, LIFE_STARTED},
    {"before-it-began", {false, 5, 10}, -1000, LIFE_STOPPING},
    {"stopped-never-starts", {true, 5, 10}, 7, LIFE_STOPPED},
};

START_TEST(state)
{
    const struct state_row *row = &state_rows[_i];
    struct life l = row->life;

    if (l.stopping_until_ms != 0)
        l.stopping_until_ms += NOW;
    if (l.starting_until_ms != 0)
        l.starting_until_ms += NOW;
    enum life_state got = life_state(&l, NOW + row->at);
    ck_assert_msg(got == row->want, "%s: expected %s, got %s", row->name,
                  life_state_name(row->want), life_state_name(got));
}
END_TEST

START_TEST(state_names)
{
    ck_assert_str_eq(life_state_name(LIFE_STARTED), "STARTED");
    ck_assert_str_eq(life_state_name(LIFE_STOPPING), "STOPPING");
    ck_assert_str_eq(life_state_name(LIFE_STOPPED), "STOPPED");
    ck_assert_str_eq(life_state_name(LIFE_STARTING), "STARTING");
}
END_TEST

/* The states from the moment on at which something is done, each with the time from which on it
 * holds. */
#define STATES 4
static const struct after_row {
    const char *name;
    enum life_action action;
    int64_t takes_ms;
    struct {
        int64_t from;
        enum life_state state;
    } want[STATES]; /* those behind the first with `from` 0 again are not used */
} after_rows[] = {
    {"start-at-once", LIFE_START, 0, {{0, LIFE_STARTED}}},
    {"stop-at-once", LIFE_STOP, 0, {{0, LIFE_STOPPED}}},
    {"restart-at-once", LIFE_RESTART, 0, {{0, LIFE_STARTED}}},
    {"start", LIFE_START, 10, {{0, LIFE_STARTING}, {5, LIFE_STARTED}}},
    {"stop", LIFE_STOP, 10, {{0, LIFE_STOPPING}, {5, LIFE_STOPPED}}},
    {"restart", LIFE_RESTART, 10, {{0, LIFE_STOPPING}, {5, LIFE_STARTING}, {10, LIFE_STARTED}}},
    {"start-odd", LIFE_START, 7, {{0, LIFE_STARTING}, {3, LIFE_STARTED}}},
    {"stop-odd", LIFE_STOP, 7, {{0, LIFE_STOPPING}, {3, LIFE_STOPPED}}},
    {"restart-odd", LIFE_RESTART, 7, {{0, LIFE_STOPPING}, {3, LIFE_STARTING}, {7, LIFE_STARTED}}},
    {"start-in-1", LIFE_START, 1, {{0, LIFE_STARTED}}},
    {"stop-in-1", LIFE_STOP, 1, {{0, LIFE_STOPPED}}},
    {"restart-in-1", LIFE_RESTART, 1, {{0, LIFE_STARTING}, {1, LIFE_STARTED}}},
    {"restart-in-2", LIFE_RESTART, 2, {{0, LIFE_STOPPING}, {1, LIFE_STARTING}, {2, LIFE_STARTED}}},
    {"ten-minutes",
     LIFE_RESTART,
     600000,
     {{0, LIFE_STOPPING}, {300000, LIFE_STARTING}, {600000, LIFE_STARTED}}},
};

/** At each boundary, a millisecond before it, and long behind the last. */
START_TEST(after)
{
    const struct after_row *row = &after_rows[_i];
    struct life l = life_after(row->action, NOW, row->takes_ms);

    ck_assert_int_eq(l.is_stopped, row->action == LIFE_STOP);
    for (size_t i = 0; i < STATES && (i == 0 || row->want[i].from > 0); i++) {
        bool is_last = i + 1 == STATES || row->want[i + 1].from == 0;
        int64_t end = is_last ? row->want[i].from + 1000000000 : row->want[i + 1].from - 1;
        const int64_t at[] = {row->want[i].from, end};
        for (size_t j = 0; j < COUNT(at); j++) {
            enum life_state got = life_state(&l, NOW + at[j]);
            ck_assert_msg(got == row->want[i].state, "%s: at %lld: expected %s, got %s", row->name,
                          (long long)at[j], life_state_name(row->want[i].state),
                          life_state_name(got));
        }
    }
}
END_TEST

/* Lives that are joined in all pairs. */
#define LIVES 11
static struct life nth_life(size_t n)
{
    static const struct {
        enum life_action action;
        int64_t at, takes_ms;
    } made[LIVES - 1] = {
        {LIFE_START, 0, 0},    {LIFE_START, 0, 20},    {LIFE_START, 8, 10},   {LIFE_STOP, 0, 0},
        {LIFE_STOP, 0, 30},    {LIFE_STOP, 10, 3},     {LIFE_RESTART, 0, 20}, {LIFE_RESTART, 5, 7},
        {LIFE_RESTART, 12, 1}, {LIFE_RESTART, -90, 9},
    };

    if (n == 0)
        return (struct life){false, 0, 0};
    return life_after(made[n - 1].action, NOW + made[n - 1].at, made[n - 1].takes_ms);
}

/** Two as one: up only while both are, in the same state whichever comes first; one that never was
 *  moved changes nothing. */
START_TEST(join)
{
    struct life a = nth_life((size_t)_i / LIVES);
    struct life b = nth_life((size_t)_i % LIVES);
    struct life ab = a;
    struct life ba = b;
    struct life alone = {false, 0, 0};

    life_join(&ab, &b);
    life_join(&ba, &a);
    life_join(&alone, &a);
    for (int64_t at = NOW - 100; at < NOW + 60; at++) {
        enum life_state got = life_state(&ab, at);
        enum life_state of_a = life_state(&a, at);
        enum life_state of_b = life_state(&b, at);
        bool is_up = of_a == LIFE_STARTED && of_b == LIFE_STARTED;
        bool is_stopping = of_a == LIFE_STOPPING || of_b == LIFE_STOPPING;
        ck_assert_msg((got == LIFE_STARTED) == is_up && (got == LIFE_STOPPING) == is_stopping,
                      "%s and %s are %s together at %lld", life_state_name(of_a),
                      life_state_name(of_b), life_state_name(got), (long long)(at - NOW));
        ck_assert_int_eq(got, life_state(&ba, at));
        ck_assert_int_eq(life_state(&alone, at), of_a);
    }
}
END_TEST

Suite *suite_appliance(void)
{
    Suite *s = suite_create("appliance");
    TCase *table = tcase_create("table");
    TCase *lives = tcase_create("lives");

    tcase_add_test(table, services_are_found_by_name);
    tcase_add_test(table, order_of_the_list);
    add_rows(table, settings_of_a_platform, COUNT(has_rows));
    add_rows(table, restarts, COUNT(restarts_rows));
    add_rows(table, find, COUNT(find_rows));
    add_rows(lives, state, COUNT(state_rows));
    tcase_add_test(lives, state_names);
    add_rows(lives, after, COUNT(after_rows));
    add_rows(lives, join, (size_t)LIVES * LIVES);
    suite_add_tcase(s, table);
    suite_add_tcase(s, lives);
    return s;
}
