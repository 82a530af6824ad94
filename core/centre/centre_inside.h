#ifndef CUICSIM_CENTRE_INSIDE_H
#define CUICSIM_CENTRE_INSIDE_H

#include "centre.h"
#include "centre_random.h"
#include "centre_timers.h"

/* What the files of the centre share; nobody else includes it.
 *
 * A "line" is a queue or a skill group: calls come to it, wait in it and are taken by its agents.
 * All memory is taken when the centre is made. Timers, by number: the agents' states, the agents'
 * absences, the lines' next calls, and the patience of the call in each waiting place. */

#define SIDES 2 /* an agent serves two lines: a precision queue and a skill group */

/** Doubly linked lists of small numbers, in arrays, so that any member can leave at once.
 *  centre_list.c */
#define NOBODY UINT32_MAX
struct link {
    uint32_t before, behind;
};
struct list {
    uint32_t first, last;
};
void list_append(struct list *l, struct link *links, uint32_t i);
void list_remove(struct list *l, struct link *links, uint32_t i);

struct line {
    struct queue q;
    int64_t mean_ms;     /* between two calls, on average */
    struct list ready;   /* agents, the longest ready one first */
    struct list waiting; /* places with a call, the oldest first */
    struct list unused;  /* places without */
};

struct worker {
    struct agent a;
    size_t line[SIDES];
    size_t serves;     /* the line whose call the agent has; with a call only */
    int64_t talk_ms;   /* of this call in all */
    int64_t rest_ms;   /* of talking, when the call is taken back from hold */
    bool is_break_due; /* as soon as the call is done */
};

struct place {
    size_t line;
    int64_t came_ms;
};

/** What changed since the last report, in order. */
struct changes {
    bool is_wanted;
    size_t n;
    uint32_t *thing; /* agents, teams, lines: numbered through */
    bool *is_in;     /* by thing */
};

struct centre {
    int64_t now_ms;
    struct centre_random random;
    unsigned n_calls; /* that agents have had so far */
    size_t n_agents, n_teams, n_queues, n_lines, n_places;
    struct worker *worker;
    struct team *team;
    struct line *line;               /* precision queues, then skill groups */
    struct place *place;             /* each line has its own */
    struct link *ready_links[SIDES]; /* by agent */
    struct link *place_links;
    struct timers timers;
    struct changes changes;
};

static inline size_t timer_of_state(size_t agent)
{
    return agent;
}
static inline size_t timer_of_absence(const struct centre *c, size_t agent)
{
    return c->n_agents + agent;
}
static inline size_t timer_of_call(const struct centre *c, size_t line)
{
    return 2 * c->n_agents + line;
}
static inline size_t timer_of_patience(const struct centre *c, size_t place)
{
    return 2 * c->n_agents + c->n_lines + place;
}

/* centre_names.c */
void centre_name_agent(struct agent *a, size_t i, unsigned turn);
void centre_name_group(char name[CENTRE_NAME_MAX], const char *what, size_t i);

/* centre_change.c */
void centre_note_agent(struct centre *c, size_t agent); /* and its team and lines */
void centre_note_line(struct centre *c, size_t line);
void centre_report(struct centre *c, centre_change *on_change, void *arg);

/* centre_agents.c */
void agent_begin(struct centre *c, size_t i); /* of the day: sets the timer of the login */
void agent_state_over(struct centre *c, size_t i);
void agent_absence_due(struct centre *c, size_t i);
void agent_take_call(struct centre *c, size_t i, size_t line);
void agent_enter(struct centre *c, size_t i, enum agent_state state, unsigned reason);
void agent_leave_ready(struct centre *c, size_t i);
void agent_become_free(struct centre *c, size_t i); /* go away if that is due; take a call; wait */
void agent_settle(struct centre *c, size_t i);      /* NOT_READY: back in a moment */
void agent_plan_absence(struct centre *c, size_t i, int64_t from_ms);

/* centre_calls.c */
void call_schedule(struct centre *c, size_t line); /* the next one */
void call_arrives(struct centre *c, size_t line);
void call_abandoned(struct centre *c, size_t place);
/** The call that an idle agent takes: the oldest one of the lines that the agent serves. */
bool call_pick(struct centre *c, size_t agent, size_t *ret_line);

#endif
