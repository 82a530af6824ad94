#include "centre_inside.h"

#include <assert.h>

#define REASON_LOGIN 1U /* of an agent who has just logged in */

/* Agents whom a person has taken over: nothing but calls changes their state by itself. */

static bool has_reason(enum agent_state state, unsigned code)
{
    size_t i = 0;
    unsigned known = 0;

    while ((known = agent_reason_code(state, i++)) != 0)
        if (known == code)
            return true;
    return false;
}

/** What changes now is told by the next centre_advance. */
static void begin_edit(struct centre *c, size_t agent)
{
    assert(agent < c->n_agents);
    c->changes.is_wanted = true;
}

void centre_hold(struct centre *c, size_t agent)
{
    begin_edit(c, agent);
    struct worker *w = &c->worker[agent];
    bool is_away = w->a.state == AGENT_NOT_READY || w->a.state == AGENT_LOGGED_OUT;

    if (w->a.is_held)
        return;
    w->a.is_held = true;
    w->is_break_due = false;
    timers_stop(&c->timers, timer_of_absence(c, agent));
    if (is_away)
        timers_stop(&c->timers, timer_of_state(agent));
    if (w->a.state == AGENT_LOGGED_OUT)
        agent_enter(c, agent, AGENT_NOT_READY, REASON_LOGIN);
}

void centre_release(struct centre *c, size_t agent)
{
    begin_edit(c, agent);
    struct worker *w = &c->worker[agent];
    bool is_away = w->a.state == AGENT_NOT_READY || w->a.state == AGENT_LOGGED_OUT;

    if (!w->a.is_held)
        return;
    w->a.is_held = false;
    w->a.is_pending = false;
    agent_plan_absence(c, agent, c->now_ms);
    if (is_away)
        agent_settle(c, agent);
}

static enum err set_ready(struct centre *c, size_t i)
{
    struct agent *a = &c->worker[i].a;

    if (a->state == AGENT_LOGGED_OUT)
        return ERR_SYNTAX;
    a->is_pending = false;
    if (a->state == AGENT_NOT_READY || a->state == AGENT_WORK) {
        timers_stop(&c->timers, timer_of_state(i));
        agent_become_free(c, i);
    }
    return ERR_OK;
}

static enum err set_not_ready(struct centre *c, size_t i, unsigned reason)
{
    struct agent *a = &c->worker[i].a;

    if (a->state == AGENT_LOGGED_OUT)
        return ERR_SYNTAX;
    if (a->state == AGENT_RESERVED || a->state == AGENT_TALKING || a->state == AGENT_HOLD) {
        a->is_pending = true;
        a->pending_state = AGENT_NOT_READY;
        a->pending_code = reason;
        centre_note_agent(c, i);
        return ERR_OK;
    }
    if (a->state == AGENT_READY)
        agent_leave_ready(c, i);
    timers_stop(&c->timers, timer_of_state(i)); /* of WORK */
    a->call = 0;
    a->queue_of_call = NULL;
    agent_enter(c, i, AGENT_NOT_READY, reason);
    return ERR_OK;
}

enum err centre_set_state(struct centre *c, size_t agent, enum agent_state to, unsigned reason)
{
    begin_edit(c, agent);
    const struct agent *a = &c->worker[agent].a;

    if (!a->is_held)
        return ERR_BUSY;
    if (reason != 0 && !has_reason(to, reason))
        return ERR_NOTFOUND;
    if (to == AGENT_READY)
        return set_ready(c, agent);
    if (to == AGENT_NOT_READY)
        return set_not_ready(c, agent, reason);
    if (to != AGENT_LOGGED_OUT || a->state != AGENT_NOT_READY)
        return ERR_SYNTAX;
    agent_enter(c, agent, AGENT_LOGGED_OUT, reason);
    return ERR_OK;
}
