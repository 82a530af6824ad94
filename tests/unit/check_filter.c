/* Which rows of a report a filter wants: keys and values as gadgets and permalinks write them. */
#include "cuic/filter.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "support.h"

#define N_AGENTS 40 /* three teams: the first has the agents 1001 to 1014 */

static struct centre *make_centre(void)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(1, N_AGENTS, &c), ERR_OK);
    return c;
}

static size_t count(const struct filter *f, const struct centre *c)
{
    size_t n = 0;

    for (size_t i = 0; i < centre_count(c, f->kind); i++)
        n += filter_has(f, i);
    return n;
}

#define ALL   9999 /* stands for: every one */
#define TEAM1 9998 /* as many as the first team has */

static const struct row {
    const char *name;
    enum centre_kind kind;
    const char *login;
    struct slice key, value;
    enum err err;
    size_t n;         /* of the rows that remain */
    const char *says; /* when it fails */
} rows[] = {
    {"all", CENTRE_AGENT, "", LIT("agent.id"), LIT("CL"), ERR_OK, ALL, NULL},
    {"all, blanks", CENTRE_AGENT, "", LIT("agent.id"), LIT(" CL  "), ERR_OK, ALL, NULL},
    {"one", CENTRE_AGENT, "", LIT("agent.id"), LIT("1002"), ERR_OK, 1, NULL},
    {"two", CENTRE_AGENT, "", LIT("agent.id"), LIT("1002, 1003"), ERR_OK, 2, NULL},
    {"twice is once", CENTRE_AGENT, "", LIT("agent.id"), LIT("1002,1002"), ERR_OK, 1, NULL},
    {"value list", CENTRE_AGENT, "", LIT("@agent_list"), LIT("VL 1002,1003"), ERR_OK, 2, NULL},
    {"login", CENTRE_AGENT, "", LIT("agent.id"), LIT("Agent1004"), ERR_OK, 1, NULL},
    {"asker", CENTRE_AGENT, "agent1005", LIT("agent.id"), LIT("loginId"), ERR_OK, 1, NULL},
    {"asker, historical", CENTRE_AGENT, "agent1005", LIT("@agent.id"), LIT("~loginId~"), ERR_OK, 1,
     NULL},
    {"asker is not known", CENTRE_AGENT, "", LIT("agent.id"), LIT("loginId"), ERR_NOTFOUND, 0,
     "which agent asks, so nothing is known of 'loginId'"},
    {"asker is nobody", CENTRE_AGENT, "x", LIT("agent.id"), LIT("loginId"), ERR_NOTFOUND, 0,
     "which agent asks"},
    {"own team", CENTRE_AGENT, "agent1001", LIT("agent.id"), LIT("CL teamName"), ERR_OK, TEAM1,
     NULL},
    {"own team, historical", CENTRE_AGENT, "agent1001", LIT("@agent_list"), LIT("CL ~teams~"),
     ERR_OK, TEAM1, NULL},
    {"own team of nobody", CENTRE_AGENT, "", LIT("agent.id"), LIT("CL teamName"), ERR_NOTFOUND, 0,
     "nothing is known of 'teamName'"},
    {"team by name", CENTRE_AGENT, "", LIT("agent.id"), LIT("CL sales team"), ERR_OK, TEAM1, NULL},
    {"unknown team", CENTRE_AGENT, "", LIT("agent.id"), LIT("CL Nobody"), ERR_NOTFOUND, 0,
     "no team is called 'Nobody'"},
    {"CL is a word", CENTRE_AGENT, "", LIT("agent.id"), LIT("CLx"), ERR_NOTFOUND, 0,
     "no id or login 'CLx'"},
    {"statistics", CENTRE_AGENT, "", LIT("agentStats.id"), LIT("CL"), ERR_OK, ALL, NULL},
    {"domain", CENTRE_AGENT, "", LIT("agent.agentMRDs.mrDomainID"), LIT("1"), ERR_OK, ALL, NULL},
    {"all domains", CENTRE_AGENT, "", LIT("agent.agentMRDs.mrDomainID"), LIT("CL"), ERR_OK, ALL,
     NULL},
    {"another domain", CENTRE_AGENT, "", LIT("agent.agentMRDs.mrDomainID"), LIT("2"), ERR_OK, 0,
     NULL},
    {"no domain", CENTRE_AGENT, "", LIT("agent.agentMRDs.mrDomainID"), LIT("x"), ERR_NOTFOUND, 0,
     "no media routing domain has the id 'x'"},
    {"times do not choose", CENTRE_QUEUE, "", LIT("@start_date"), LIT("RELDATE THISWEEK"), ERR_OK,
     ALL, NULL},
    {"team's report", CENTRE_TEAM, "agent1001", LIT("agentTeam.id"), LIT("CL teamName"), ERR_OK, 1,
     NULL},
    {"teams by id", CENTRE_TEAM, "", LIT("agentTeam.id"), LIT("5001,5002"), ERR_OK, 2, NULL},
    {"a team has no login", CENTRE_TEAM, "", LIT("agentTeam.id"), LIT("agent1001"), ERR_NOTFOUND, 0,
     "no id or login 'agent1001'"},
    {"skill groups of a team", CENTRE_SKILL_GROUP, "agent1001", LIT("skillGroup.id"),
     LIT("CL teamName"), ERR_OK, 1, NULL},
    {"queues of a team", CENTRE_QUEUE, "agent1001", LIT("precisionQueue.id"), LIT("CL teamName"),
     ERR_OK, 1, NULL},
    {"queue", CENTRE_QUEUE, "", LIT("precisionQueue.id"), LIT("7001"), ERR_OK, 1, NULL},
    {"key of another kind", CENTRE_QUEUE, "", LIT("agent.id"), LIT("CL"), ERR_NOTFOUND, 0,
     "no filter 'agent.id'"},
    {"unknown key", CENTRE_AGENT, "", LIT("VoiceIAQStats.esdName"), LIT("CL"), ERR_NOTFOUND, 0,
     "no filter 'VoiceIAQStats.esdName'"},
    {"key with NUL", CENTRE_AGENT, "", LIT("agent.id\0"), LIT("CL"), ERR_NOTFOUND, 0, "no filter"},
    {"no key", CENTRE_AGENT, "", NO_TEXT, LIT("CL"), ERR_NOTFOUND, 0, "no filter ''"},
    {"control characters", CENTRE_AGENT, "", LIT("\x1b[2J"), LIT("CL"), ERR_NOTFOUND, 0, "'?[2J'"},
    {"empty", CENTRE_AGENT, "", LIT("agent.id"), LIT(""), ERR_SYNTAX, 0, "without a value"},
    {"no value", CENTRE_AGENT, "", LIT("agent.id"), NO_TEXT, ERR_SYNTAX, 0, "without a value"},
    {"empty member", CENTRE_AGENT, "", LIT("agent.id"), LIT("1001,,1002"), ERR_SYNTAX, 0,
     "without a value"},
    {"comma last", CENTRE_AGENT, "", LIT("agent.id"), LIT("1001,"), ERR_SYNTAX, 0,
     "without a value"},
    {"unknown id", CENTRE_AGENT, "", LIT("agent.id"), LIT("1001,1"), ERR_NOTFOUND, 0,
     "there is no id '1'"},
    {"large id", CENTRE_AGENT, "", LIT("agent.id"), LIT("99999999999999999999"), ERR_NOTFOUND, 0,
     "no id or login"},
};

START_TEST(one_value)
{
    const struct row *row = &rows[_i];
    struct centre *c = make_centre();
    struct filter f;
    struct diag why = {0, ""};

    filter_init(&f, row->kind);
    enum err e = filter_apply(&f, c, row->login, row->key, &row->value, 1, &why);
    ck_assert_msg(e == row->err, "%s: %s: %s", row->name, err_text(e), why.text);
    size_t want = row->n == ALL     ? centre_count(c, row->kind)
                  : row->n == TEAM1 ? centre_team(c, 0)->n
                                    : row->n;
    if (e == ERR_OK)
        ck_assert_msg(count(&f, c) == want, "%s: %zu", row->name, count(&f, c));
    else
        ck_assert_msg(strstr(why.text, row->says) != NULL, "%s: %s", row->name, why.text);
    centre_free(c);
}
END_TEST

/** Values of one filter are alternatives, filters are conditions. */
START_TEST(several)
{
    static const struct slice values[] = {LIT("1001"), LIT("CL Support Team")};
    static const struct slice domain = LIT("1");
    struct centre *c = make_centre();
    struct filter f;
    struct diag why;

    filter_init(&f, CENTRE_AGENT);
    ck_assert_uint_eq(count(&f, c), N_AGENTS);
    ck_assert_int_eq(filter_apply(&f, c, "", slice_of("agent.id"), values, 2, &why), ERR_OK);
    ck_assert_uint_eq(count(&f, c), centre_team(c, 1)->n + 1);
    ck_assert(filter_has(&f, 0) && !filter_has(&f, 1));
    ck_assert_int_eq(
        filter_apply(&f, c, "", slice_of("agent.agentMRDs.mrDomainID"), &domain, 1, &why), ERR_OK);
    ck_assert_uint_eq(count(&f, c), centre_team(c, 1)->n + 1);
    ck_assert_int_eq(filter_apply(&f, c, "", slice_of("agent.id"), values, 1, &why), ERR_OK);
    ck_assert_uint_eq(count(&f, c), 1);
    ck_assert_int_eq(filter_apply(&f, c, "", slice_of("agent.id"), NULL, 0, &why), ERR_SYNTAX);
    centre_free(c);
}
END_TEST

START_TEST(limit)
{
    enum { MAX = 1000 };
    struct centre *c = make_centre();
    char *text = malloc((MAX + 1) * 5);
    struct filter f;
    struct diag why = {0, ""};

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i <= MAX; i++)
        memcpy(text + i * 5, "1001,", 5);
    struct slice value = {text, MAX * 5 - 1};
    filter_init(&f, CENTRE_AGENT);
    ck_assert_int_eq(filter_apply(&f, c, "", slice_of("agent.id"), &value, 1, &why), ERR_OK);
    value.n += 5;
    ck_assert_int_eq(filter_apply(&f, c, "", slice_of("agent.id"), &value, 1, &why), ERR_LIMIT);
    ck_assert_str_eq(why.text, "more than 1000 values in one filter");
    free(text);
    centre_free(c);
}
END_TEST

Suite *suite_filter(void)
{
    Suite *s = suite_create("filter");
    TCase *tc = tcase_create("values");

    add_rows(tc, one_value, COUNT(rows));
    tcase_add_test(tc, several);
    tcase_add_test(tc, limit);
    suite_add_tcase(s, tc);
    return s;
}
