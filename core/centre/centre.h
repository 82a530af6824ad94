#ifndef CUICSIM_CENTRE_H
#define CUICSIM_CENTRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/** A simulated contact centre: agents in teams, skill groups, precision queues, and the calls that
 *  pass through them. It is deterministic: what is true at a moment follows from the seed, the
 *  number of agents, what people did and the milliseconds since it began, however often it was
 *  advanced until then. Not for two threads at once. */
struct centre;

#define CENTRE_AGENTS_MAX 5000
#define CENTRE_NAME_MAX   40 /* bytes, with the terminator */

enum agent_state {
    AGENT_LOGGED_OUT,
    AGENT_NOT_READY,
    AGENT_READY,
    AGENT_RESERVED, /* a call rings */
    AGENT_TALKING,
    AGENT_HOLD,
    AGENT_WORK /* after-call work */
};
#define AGENT_STATE_COUNT 7
const char *agent_state_name(enum agent_state s); /* "NOT_READY", as Finesse prints them */
const char *agent_reason_name(unsigned code);     /* "Lunch"; "" for 0 and what is not used */

/** Why an agent may be NOT_READY or LOGGED_OUT, as far as people may say so themselves.
 * @return the i-th code of that state; 0 behind the last */
unsigned agent_reason_code(enum agent_state s, size_t i);

struct agent {
    unsigned id; /* 1001, 1002, ... */
    char login[CENTRE_NAME_MAX];
    char first_name[CENTRE_NAME_MAX];
    char last_name[CENTRE_NAME_MAX];
    unsigned extension;
    size_t team;        /* index */
    size_t skill_group; /* index */
    size_t queue;       /* index: the precision queue that it serves */
    enum agent_state state;
    unsigned reason_code; /* of NOT_READY and LOGGED_OUT; else 0 */
    int64_t since_ms;     /* when the state began, in the centre's time */
    unsigned calls_handled;
    int64_t talked_ms; /* of finished calls */

    bool is_held;    /* by a person, see centre_hold */
    bool is_pending; /* goes away as soon as the call is over: */
    enum agent_state pending_state;
    unsigned pending_code;

    unsigned call;   /* number of the call that the agent has, or works after; 0: none */
    int64_t call_ms; /* when it came to the agent */
    const struct queue *queue_of_call; /* skill group or precision queue */
};

struct team {
    unsigned id; /* 5001, ... */
    char name[CENTRE_NAME_MAX];
    size_t first, n; /* its agents: the indices first to first + n - 1 */
    unsigned agents[AGENT_STATE_COUNT];
};

/** A skill group or a precision queue; an agent serves one of each. Calls offered are at any moment
 *  the sum of handled, abandoned, waiting and active ones. */
struct queue {
    unsigned id; /* skill groups 6001, ..., precision queues 7001, ... */
    char name[CENTRE_NAME_MAX];
    unsigned agents[AGENT_STATE_COUNT];   /* how many are in which state */
    unsigned waiting;                     /* calls */
    unsigned active;                      /* calls that an agent has: ringing, talking, on hold */
    int64_t oldest_ms;                    /* when the longest waiting call came; 0 for none */
    unsigned offered, handled, abandoned; /* calls since the centre began */
};

/** What can be looked at, and subscribed to. */
enum centre_kind { CENTRE_AGENT, CENTRE_TEAM, CENTRE_SKILL_GROUP, CENTRE_QUEUE };
#define CENTRE_KIND_COUNT 4

/** @param n_agents  1 to CENTRE_AGENTS_MAX
 * @return ERR_OK, ERR_LIMIT, ERR_NOMEM */
enum err centre_new(uint64_t seed, unsigned n_agents, struct centre **ret);
void centre_free(struct centre *c); /* accepts NULL */

/** Let time pass until `now_ms` (milliseconds since the centre began); an earlier time than before
 * changes nothing. `on_change`, if not NULL, is told of everything that changed, in order of the
 * first change, and once for each: an agent whose state changed, a team, skill group or queue
 * whose numbers did. It is called when all has happened, and reads what is true at `now_ms`. */
typedef void centre_change(void *arg, enum centre_kind kind, size_t index);
void centre_advance(struct centre *c, int64_t now_ms, centre_change *on_change, void *arg);

/** The time until which it was advanced, and when something happens next. */
int64_t centre_now_ms(const struct centre *c);
int64_t centre_next_ms(const struct centre *c);

/** A person signs in as this agent: from now on the agent is away, or takes calls, as
 *  centre_set_state says, and not by itself. An agent who was logged out logs in. Twice is once. */
void centre_hold(struct centre *c, size_t agent);

/** The person is gone: the agent goes on by itself. */
void centre_release(struct centre *c, size_t agent);

/** What a person may ask for: READY, NOT_READY, LOGGED_OUT. With a call the first takes back what
 * is pending, the second is pending until the call is over.
 * @param reason  one of agent_reason_code, or 0 for none
 * @return ERR_OK; ERR_NOTFOUND (no such reason for that state); ERR_SYNTAX (not from this state:
 * out goes who is NOT_READY); ERR_BUSY (the agent is nobody's: centre_hold) */
enum err centre_set_state(struct centre *c, size_t agent, enum agent_state to, unsigned reason);

size_t centre_count(const struct centre *c, enum centre_kind kind);
const struct agent *centre_agent(const struct centre *c, size_t i);
const struct team *centre_team(const struct centre *c, size_t i);
const struct queue *centre_skill_group(const struct centre *c, size_t i);
const struct queue *centre_queue(const struct centre *c, size_t i);

/** Index of what has this id; false when there is none. */
bool centre_find(const struct centre *c, enum centre_kind kind, unsigned id, size_t *ret);

/** Index of the agent of this login, in any case of letters. */
bool centre_find_login(const struct centre *c, struct slice login, size_t *ret);

#endif
