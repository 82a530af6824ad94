#include "centre_inside.h"

#include <stdlib.h>

#define TEAM_SIZE        15 /* agents, about */
#define QUEUE_SIZE       40
#define QUEUES_MAX       40
#define GROUP_SIZE       60
#define SKILL_GROUPS_MAX 25

#define PLACES_MIN 10 /* for waiting calls */

#define FIRST_TEAM        5001U
#define FIRST_SKILL_GROUP 6001U
#define FIRST_QUEUE       7001U

/* The load: what a call costs an agent, and how much of the agents' time calls are to take. Agents
 * are away for about a tenth of it. */
#define CALL_MS        182000 /* ring, talk, hold, work: their averages in centre_agents.c */
#define LOAD_PERMILLE  770
#define LOAD_SMALL     500 /* over the agents of a line: where few wait, more callers hang up */
#define QUEUE_PERMILLE 600 /* of the calls come to precision queues, the others to skill groups */

/** Calls that may wait in a line of so many agents. */
static size_t places_of(unsigned n_agents)
{
    return PLACES_MIN + n_agents / 2;
}

/** Milliseconds between two of its calls. */
static int64_t mean_of(bool is_queue, unsigned n_agents)
{
    int64_t share = is_queue ? QUEUE_PERMILLE : 1000 - QUEUE_PERMILLE;
    int64_t load = LOAD_PERMILLE + LOAD_SMALL / (int64_t)n_agents;

    return (int64_t)CALL_MS * 1000 * 1000 / (load * share * (int64_t)n_agents);
}

static size_t groups_of(size_t n_agents, size_t size, size_t max)
{
    size_t n = (n_agents + size / 2) / size;

    if (n < 1)
        n = 1;
    return n > max ? max : n;
}

/** Teams and queues have neighbouring agents, skill groups have one from here and there. */
static void place_agent(struct centre *c, size_t i, unsigned turn)
{
    struct worker *w = &c->worker[i];

    centre_name_agent(&w->a, i, turn);
    w->a.team = i * c->n_teams / c->n_agents;
    w->a.queue = i * c->n_queues / c->n_agents;
    w->a.skill_group = i % (c->n_lines - c->n_queues);
    w->line[0] = w->a.queue;
    w->line[1] = c->n_queues + w->a.skill_group;
    struct team *team = &c->team[w->a.team];
    if (team->n++ == 0)
        team->first = i;
    team->agents[AGENT_LOGGED_OUT]++;
    for (size_t side = 0; side < SIDES; side++)
        c->line[w->line[side]].q.agents[AGENT_LOGGED_OUT]++;
}

static void name_groups(struct centre *c)
{
    for (size_t i = 0; i < c->n_teams; i++) {
        c->team[i].id = FIRST_TEAM + (unsigned)i;
        centre_name_group(c->team[i].name, "Team", i);
    }
    for (size_t i = 0; i < c->n_lines; i++) {
        bool is_queue = i < c->n_queues;
        size_t n = is_queue ? i : i - c->n_queues;
        struct queue *q = &c->line[i].q;
        q->id = (is_queue ? FIRST_QUEUE : FIRST_SKILL_GROUP) + (unsigned)n;
        centre_name_group(q->name, is_queue ? "Queue" : "Skill Group", n);
    }
}

/** The agents are placed; every line now gets its waiting places and its load. */
static void furnish_lines(struct centre *c)
{
    uint32_t place = 0;

    for (size_t i = 0; i < c->n_lines; i++) {
        struct line *l = &c->line[i];
        unsigned n_agents = l->q.agents[AGENT_LOGGED_OUT];
        l->mean_ms = mean_of(i < c->n_queues, n_agents);
        l->ready = l->waiting = l->unused = (struct list){NOBODY, NOBODY};
        for (size_t k = places_of(n_agents); k > 0; k--) {
            c->place[place].line = i;
            list_append(&l->unused, c->place_links, place++);
        }
    }
}

/** Everything of which the number of agents says how much there is. */
static enum err allocate(struct centre *c)
{
    size_t n_timers = 2 * c->n_agents + c->n_lines + c->n_places;
    size_t n_things = c->n_agents + c->n_teams + c->n_lines;

    c->worker = calloc(c->n_agents, sizeof *c->worker);
    c->team = calloc(c->n_teams, sizeof *c->team);
    c->line = calloc(c->n_lines, sizeof *c->line);
    c->place = calloc(c->n_places, sizeof *c->place);
    c->place_links = calloc(c->n_places, sizeof *c->place_links);
    c->changes.thing = calloc(n_things, sizeof *c->changes.thing);
    c->changes.is_in = calloc(n_things, sizeof *c->changes.is_in);
    for (size_t side = 0; side < SIDES; side++)
        c->ready_links[side] = calloc(c->n_agents, sizeof *c->ready_links[side]);
    bool is_complete = c->worker != NULL && c->team != NULL && c->line != NULL &&
                       c->place != NULL && c->place_links != NULL && c->changes.thing != NULL &&
                       c->changes.is_in != NULL && c->ready_links[0] != NULL &&
                       c->ready_links[1] != NULL;
    return is_complete ? timers_init(&c->timers, n_timers) : ERR_NOMEM;
}

/** Every agent is logged out, every line empty; each has its first timer. */
static void open_doors(struct centre *c)
{
    for (size_t i = 0; i < c->n_agents; i++)
        agent_begin(c, i);
    for (size_t i = 0; i < c->n_lines; i++)
        call_schedule(c, i);
}

enum err centre_new(uint64_t seed, unsigned n_agents, struct centre **ret)
{
    if (n_agents < 1 || n_agents > CENTRE_AGENTS_MAX)
        return ERR_LIMIT;
    struct centre *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERR_NOMEM;
    c->random.state = seed;
    c->n_agents = n_agents;
    c->n_teams = groups_of(n_agents, TEAM_SIZE, n_agents);
    c->n_queues = groups_of(n_agents, QUEUE_SIZE, QUEUES_MAX);
    c->n_lines = c->n_queues + groups_of(n_agents, GROUP_SIZE, SKILL_GROUPS_MAX);
    c->n_places = PLACES_MIN * c->n_lines + n_agents; /* two lines each, half a place in each */
    enum err e = allocate(c);
    if (e != ERR_OK) {
        centre_free(c);
        return e;
    }
    unsigned turn = (unsigned)centre_random_between(&c->random, 0, CENTRE_AGENTS_MAX - 1);
    for (size_t i = 0; i < n_agents; i++)
        place_agent(c, i, turn);
    name_groups(c);
    furnish_lines(c);
    open_doors(c);
    *ret = c;
    return ERR_OK;
}

void centre_free(struct centre *c)
{
    if (c == NULL)
        return;
    timers_clear(&c->timers);
    for (size_t side = 0; side < SIDES; side++)
        free(c->ready_links[side]);
    free(c->changes.is_in);
    free(c->changes.thing);
    free(c->place_links);
    free(c->place);
    free(c->line);
    free(c->team);
    free(c->worker);
    free(c);
}
