#include "centre_inside.h"

static void note(struct changes *ch, size_t thing)
{
    if (!ch->is_wanted || ch->is_in[thing])
        return;
    ch->is_in[thing] = true;
    ch->thing[ch->n++] = (uint32_t)thing;
}

void centre_note_line(struct centre *c, size_t line)
{
    note(&c->changes, c->n_agents + c->n_teams + line);
}

void centre_note_agent(struct centre *c, size_t agent)
{
    const struct worker *w = &c->worker[agent];

    note(&c->changes, agent);
    note(&c->changes, c->n_agents + w->a.team);
    for (size_t side = 0; side < SIDES; side++)
        centre_note_line(c, w->line[side]);
}

static void tell(const struct centre *c, size_t thing, centre_change *on_change, void *arg)
{
    size_t first_line = c->n_agents + c->n_teams;

    if (thing < c->n_agents)
        on_change(arg, CENTRE_AGENT, thing);
    else if (thing < first_line)
        on_change(arg, CENTRE_TEAM, thing - c->n_agents);
    else if (thing < first_line + c->n_queues)
        on_change(arg, CENTRE_QUEUE, thing - first_line);
    else
        on_change(arg, CENTRE_SKILL_GROUP, thing - first_line - c->n_queues);
}

void centre_report(struct centre *c, centre_change *on_change, void *arg)
{
    struct changes *ch = &c->changes;

    for (size_t i = 0; i < ch->n; i++) {
        ch->is_in[ch->thing[i]] = false;
        tell(c, ch->thing[i], on_change, arg);
    }
    ch->n = 0;
}
