#include "centre_inside.h"

#include <assert.h>

/* Milliseconds, from and to. */
#define LOGIN      500, 15000  /* after the centre began */
#define SETTLE     2000, 12000 /* after the login */
#define RING       2000, 6000
#define HOLD       8000, 60000
#define WORK       5000, 45000
#define TALK_MIN   20000
#define TALK_MAX   400000
#define TALK_MEAN  130000  /* on top of TALK_MIN, before the longest are cut */
#define BREAK_MEAN 3000000 /* between two absences */

#define HELD_CALLS 1, 6 /* one of six is put on hold */

#define REASON_LOGIN 1U

/** Why agents are away, how often one of these is the reason, and for how long. */
static const struct absence {
    unsigned code;
    const char *name;
    enum agent_state state;
    unsigned weight;
    int64_t min_ms, max_ms;
} absences[] = {
    {REASON_LOGIN, "Logged in", AGENT_NOT_READY, 0, 0, 0},
    {2, "Break", AGENT_NOT_READY, 10, 120000, 300000},
    {3, "Lunch", AGENT_NOT_READY, 2, 600000, 1200000},
    {4, "Meeting", AGENT_NOT_READY, 2, 300000, 900000},
    {5, "Coaching", AGENT_NOT_READY, 2, 180000, 600000},
    {6, "Personal", AGENT_NOT_READY, 4, 60000, 240000},
    {11, "End of shift", AGENT_LOGGED_OUT, 2, 120000, 600000},
};
#define N_ABSENCES  (sizeof absences / sizeof absences[0])
#define WEIGHTS_ALL 22 /* the sum */

const char *agent_reason_name(unsigned code)
{
    for (size_t i = 0; i < N_ABSENCES; i++)
        if (absences[i].code == code)
            return absences[i].name;
    return "";
}

unsigned agent_reason_code(enum agent_state s, size_t i)
{
    for (size_t k = 0; k < N_ABSENCES; k++)
        if (absences[k].state == s && absences[k].weight > 0 && i-- == 0)
            return absences[k].code;
    return 0;
}

void agent_enter(struct centre *c, size_t i, enum agent_state state, unsigned reason)
{
    struct worker *w = &c->worker[i];
    struct team *team = &c->team[w->a.team];

    team->agents[w->a.state]--;
    team->agents[state]++;
    for (size_t side = 0; side < SIDES; side++) {
        c->line[w->line[side]].q.agents[w->a.state]--;
        c->line[w->line[side]].q.agents[state]++;
    }
    w->a.state = state;
    w->a.reason_code = reason;
    w->a.since_ms = c->now_ms;
    centre_note_agent(c, i);
}

static void enter_for(struct centre *c, size_t i, enum agent_state state, int64_t ms)
{
    agent_enter(c, i, state, 0);
    timers_set(&c->timers, timer_of_state(i), c->now_ms + ms);
}

void agent_leave_ready(struct centre *c, size_t i)
{
    for (size_t side = 0; side < SIDES; side++)
        list_remove(&c->line[c->worker[i].line[side]].ready, c->ready_links[side], (uint32_t)i);
}

void agent_plan_absence(struct centre *c, size_t i, int64_t from_ms)
{
    timers_set(&c->timers, timer_of_absence(c, i),
               from_ms + centre_random_wait(&c->random, BREAK_MEAN));
}

static const struct absence *choose_absence(struct centre *c)
{
    int64_t left = centre_random_between(&c->random, 1, WEIGHTS_ALL);
    size_t i = 0;

    while (left > absences[i].weight)
        left -= absences[i++].weight;
    return &absences[i];
}

/** The next absence is planned together with this one's end. */
static void go_away(struct centre *c, size_t i)
{
    const struct absence *why = choose_absence(c);
    int64_t back_ms = c->now_ms + centre_random_between(&c->random, why->min_ms, why->max_ms);

    c->worker[i].is_break_due = false;
    agent_enter(c, i, why->state, why->code);
    timers_set(&c->timers, timer_of_state(i), back_ms);
    agent_plan_absence(c, i, back_ms);
}

/** What a person asked for during the call. */
static void go_away_as_told(struct centre *c, size_t i)
{
    struct agent *a = &c->worker[i].a;

    a->is_pending = false;
    agent_enter(c, i, a->pending_state, a->pending_code);
}

void agent_become_free(struct centre *c, size_t i)
{
    size_t line = 0;

    c->worker[i].a.call = 0;
    c->worker[i].a.queue_of_call = NULL;
    if (c->worker[i].a.is_pending) {
        go_away_as_told(c, i);
    } else if (c->worker[i].is_break_due) {
        go_away(c, i);
    } else if (call_pick(c, i, &line)) {
        agent_take_call(c, i, line);
    } else {
        agent_enter(c, i, AGENT_READY, 0);
        for (size_t side = 0; side < SIDES; side++)
            list_append(&c->line[c->worker[i].line[side]].ready, c->ready_links[side], (uint32_t)i);
    }
}

void agent_settle(struct centre *c, size_t i)
{
    timers_set(&c->timers, timer_of_state(i),
               c->now_ms + centre_random_between(&c->random, SETTLE));
}

static void log_in(struct centre *c, size_t i)
{
    agent_enter(c, i, AGENT_NOT_READY, REASON_LOGIN);
    agent_settle(c, i);
}

/** The call was answered; whether it will be put on hold is settled now. */
static void begin_talk(struct centre *c, size_t i)
{
    struct worker *w = &c->worker[i];
    int64_t ms = TALK_MIN + centre_random_wait(&c->random, TALK_MEAN);

    if (ms > TALK_MAX)
        ms = TALK_MAX;
    w->talk_ms = ms;
    w->rest_ms = 0;
    if (centre_random_is(&c->random, HELD_CALLS))
        w->rest_ms = ms * centre_random_between(&c->random, 30, 70) / 100;
    enter_for(c, i, AGENT_TALKING, ms - w->rest_ms);
}

static void end_talk(struct centre *c, size_t i)
{
    struct worker *w = &c->worker[i];

    if (w->rest_ms > 0) {
        enter_for(c, i, AGENT_HOLD, centre_random_between(&c->random, HOLD));
        return;
    }
    struct queue *q = &c->line[w->serves].q;
    q->active--;
    q->handled++;
    w->a.calls_handled++;
    w->a.talked_ms += w->talk_ms;
    enter_for(c, i, AGENT_WORK, centre_random_between(&c->random, WORK));
}

static void end_hold(struct centre *c, size_t i)
{
    int64_t rest_ms = c->worker[i].rest_ms;

    c->worker[i].rest_ms = 0;
    enter_for(c, i, AGENT_TALKING, rest_ms);
}

void agent_begin(struct centre *c, size_t i)
{
    int64_t login_ms = centre_random_between(&c->random, LOGIN);

    timers_set(&c->timers, timer_of_state(i), login_ms);
    agent_plan_absence(c, i, login_ms);
}

void agent_state_over(struct centre *c, size_t i)
{
    switch (c->worker[i].a.state) {
    case AGENT_LOGGED_OUT:
        log_in(c, i);
        break;
    case AGENT_RESERVED:
        begin_talk(c, i);
        break;
    case AGENT_TALKING:
        end_talk(c, i);
        break;
    case AGENT_HOLD:
        end_hold(c, i);
        break;
    case AGENT_NOT_READY:
    case AGENT_WORK:
        agent_become_free(c, i);
        break;
    case AGENT_READY: /* lasts until a call comes */
        assert(false);
    }
}

void agent_absence_due(struct centre *c, size_t i)
{
    if (c->worker[i].a.state != AGENT_READY) {
        c->worker[i].is_break_due = true;
        return;
    }
    agent_leave_ready(c, i);
    go_away(c, i);
}

void agent_take_call(struct centre *c, size_t i, size_t line)
{
    struct worker *w = &c->worker[i];

    if (w->a.state == AGENT_READY)
        agent_leave_ready(c, i);
    w->serves = line;
    w->a.call = ++c->n_calls;
    w->a.call_ms = c->now_ms;
    w->a.queue_of_call = &c->line[line].q;
    c->line[line].q.active++;
    enter_for(c, i, AGENT_RESERVED, centre_random_between(&c->random, RING));
}
