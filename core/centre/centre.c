#include "centre_inside.h"

#include <assert.h>

static void go_off(struct centre *c, size_t timer)
{
    timers_stop(&c->timers, timer);
    if (timer < timer_of_absence(c, 0))
        agent_state_over(c, timer);
    else if (timer < timer_of_call(c, 0))
        agent_absence_due(c, timer - timer_of_absence(c, 0));
    else if (timer < timer_of_patience(c, 0))
        call_arrives(c, timer - timer_of_call(c, 0));
    else
        call_abandoned(c, timer - timer_of_patience(c, 0));
}

void centre_advance(struct centre *c, int64_t now_ms, centre_change *on_change, void *arg)
{
    size_t timer = 0;
    int64_t at_ms = 0;

    if (now_ms < c->now_ms)
        return;
    c->changes.is_wanted = on_change != NULL;
    while (timers_next(&c->timers, &timer, &at_ms) && at_ms <= now_ms) {
        c->now_ms = at_ms;
        go_off(c, timer);
    }
    c->now_ms = now_ms;
    if (on_change != NULL)
        centre_report(c, on_change, arg);
}

int64_t centre_now_ms(const struct centre *c)
{
    return c->now_ms;
}

int64_t centre_next_ms(const struct centre *c)
{
    size_t timer = 0;
    int64_t at_ms = c->now_ms;
    bool is_set = timers_next(&c->timers, &timer, &at_ms);

    assert(is_set); /* every line expects a call */
    return at_ms;
}

size_t centre_count(const struct centre *c, enum centre_kind kind)
{
    switch (kind) {
    case CENTRE_AGENT:
        return c->n_agents;
    case CENTRE_TEAM:
        return c->n_teams;
    case CENTRE_SKILL_GROUP:
        return c->n_lines - c->n_queues;
    case CENTRE_QUEUE:
        break;
    }
    return c->n_queues;
}

const struct agent *centre_agent(const struct centre *c, size_t i)
{
    assert(i < c->n_agents);
    return &c->worker[i].a;
}

const struct team *centre_team(const struct centre *c, size_t i)
{
    assert(i < c->n_teams);
    return &c->team[i];
}

const struct queue *centre_skill_group(const struct centre *c, size_t i)
{
    assert(i < c->n_lines - c->n_queues);
    return &c->line[c->n_queues + i].q;
}

const struct queue *centre_queue(const struct centre *c, size_t i)
{
    assert(i < c->n_queues);
    return &c->line[i].q;
}

/** The first one's id; the others follow it without a gap. */
static unsigned first_id(const struct centre *c, enum centre_kind kind)
{
    switch (kind) {
    case CENTRE_AGENT:
        return centre_agent(c, 0)->id;
    case CENTRE_TEAM:
        return centre_team(c, 0)->id;
    case CENTRE_SKILL_GROUP:
        return centre_skill_group(c, 0)->id;
    case CENTRE_QUEUE:
        break;
    }
    return centre_queue(c, 0)->id;
}

bool centre_find(const struct centre *c, enum centre_kind kind, unsigned id, size_t *ret)
{
    unsigned first = first_id(c, kind);

    if (id < first || id - first >= centre_count(c, kind))
        return false;
    *ret = id - first;
    return true;
}

bool centre_find_login(const struct centre *c, struct slice login, size_t *ret)
{
    for (size_t i = 0; i < centre_count(c, CENTRE_AGENT); i++)
        if (slice_is_nocase(login, centre_agent(c, i)->login)) {
            *ret = i;
            return true;
        }
    return false;
}
