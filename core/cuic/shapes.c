#include "shapes.h"

#include <stdio.h>
#include <string.h>

#define KEY_MAX    10 /* digits */
#define CLOCK_TEXT 32 /* bytes of "00:01:05", with the terminator */

/* UNVERIFIED: what CCE calls its topics (docs/live-data.md, T2). A topic of Unified CCX has the
 * name of the message's member; by that rule they would be "agent" and so on, hence either case. */
static const char *const topic_name[CENTRE_KIND_COUNT] = {
    [CENTRE_AGENT] = "Agent",
    [CENTRE_TEAM] = "Team",
    [CENTRE_SKILL_GROUP] = "SkillGroup",
    [CENTRE_QUEUE] = "PrecisionQueue",
};

const char *shape_topic_name(enum centre_kind kind)
{
    return topic_name[kind];
}

/* Topics. */

/** The part before the first `sep`; the text, not NULL, then begins behind it. False: there is no
 *  `sep`. */
static bool split(struct slice *text, char sep, struct slice *ret_part)
{
    const char *at = memchr(text->at, sep, text->n);
    size_t n = at == NULL ? text->n : (size_t)(at - text->at);

    *ret_part = (struct slice){text->at, n};
    *text = (struct slice){text->at + n, text->n - n};
    if (at == NULL)
        return false;
    text->at++;
    text->n--;
    return true;
}

/** Everything that a message may quote is printable ASCII; tabs are blanks. */
static enum err check_bytes(struct slice text, struct diag *why)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if ((byte < 0x20 && byte != '\t') || byte > 0x7e) {
            diag_set(why, i, "a topic with the byte 0x%02x", byte);
            return ERR_SYNTAX;
        }
    }
    return ERR_OK;
}

static enum err parse_kind(struct slice name, size_t offset, enum centre_kind *ret,
                           struct diag *why)
{
    for (unsigned kind = 0; kind < CENTRE_KIND_COUNT; kind++)
        if (slice_is_nocase(name, topic_name[kind])) {
            *ret = (enum centre_kind)kind;
            return ERR_OK;
        }
    diag_set(why, offset,
             "no topic is called '%.*s'; there are Agent, Team, SkillGroup and "
             "PrecisionQueue",
             (int)(name.n > CENTRE_NAME_MAX ? CENTRE_NAME_MAX : name.n), name.at);
    return ERR_NOTFOUND;
}

/** A key is an id as it is printed: no sign, no leading zero. */
static enum err parse_key(const struct centre *c, enum centre_kind kind, struct slice key,
                          size_t offset, size_t *ret, struct diag *why)
{
    unsigned long id = 0;

    if (key.n == 0) {
        diag_set(why, offset, "an empty key; separate keys by single commas");
        return ERR_SYNTAX;
    }
    if (key.n <= KEY_MAX && key.at[0] != '0' && text_to_ulong(key, 1, UINT32_MAX, &id) == ERR_OK &&
        centre_find(c, kind, (unsigned)id, ret))
        return ERR_OK;
    diag_set(why, offset, "no %s has the key '%.*s'", topic_name[kind],
             (int)(key.n > CENTRE_NAME_MAX ? CENTRE_NAME_MAX : key.n), key.at);
    return ERR_NOTFOUND;
}

/** @param text  the whole topic, for offsets */
static enum err parse_keys(const struct centre *c, struct slice text, struct slice rest,
                           struct topic *t, struct diag *why)
{
    unsigned char seen[CENTRE_AGENTS_MAX / 8 + 1] = {0}; /* there is most of agents */
    bool is_more = true;

    while (is_more) {
        struct slice key;
        size_t index = 0;
        is_more = split(&rest, ',', &key);
        key = slice_trim(key);
        size_t offset = (size_t)(key.at - text.at);
        enum err e = parse_key(c, t->kind, key, offset, &index, why);
        if (e != ERR_OK)
            return e;
        unsigned char bit = (unsigned char)(1U << (index % 8));
        if ((seen[index / 8] & bit) != 0)
            continue;
        if (t->n == SHAPE_KEYS_MAX) {
            diag_set(why, offset, "more than %d keys in one topic", SHAPE_KEYS_MAX);
            return ERR_LIMIT;
        }
        seen[index / 8] |= bit;
        t->index[t->n++] = index;
    }
    return ERR_OK;
}

enum err topic_parse(const struct centre *c, struct slice text, struct topic *ret, struct diag *why)
{
    struct topic t = {.n = 0};
    struct slice rest = text;
    struct slice name;

    enum err e = check_bytes(text, why);
    if (e != ERR_OK)
        return e;
    if (text.n == 0 || !split(&rest, '=', &name)) {
        diag_set(why, 0, "a topic is written Kind=key,key");
        return ERR_SYNTAX;
    }
    name = slice_trim(name);
    e = parse_kind(name, (size_t)(name.at - text.at), &t.kind, why);
    if (e == ERR_OK)
        e = parse_keys(c, text, rest, &t, why);
    if (e == ERR_OK)
        *ret = t;
    return e;
}

/* Messages. */

static int64_t time_in_state_ms(const struct centre *c, const struct agent *a)
{
    return centre_now_ms(c) - a->since_ms;
}

static int64_t longest_wait_ms(const struct centre *c, const struct queue *q)
{
    return q->waiting == 0 ? 0 : centre_now_ms(c) - q->oldest_ms;
}

static unsigned logged_on(const unsigned agents[AGENT_STATE_COUNT])
{
    unsigned n = 0;

    for (unsigned s = 0; s < AGENT_STATE_COUNT; s++)
        if (s != AGENT_LOGGED_OUT)
            n += agents[s];
    return n;
}

/* Each returns false when memory was short, so that a chain of && needs one look at its end. */

static bool add(json_t *to, const char *name, json_t *value)
{
    return json_object_set_new(to, name, value) == 0; /* takes the value, whatever it is */
}

static bool add_text(json_t *to, const char *name, const char *text)
{
    return add(to, name, json_string(text));
}

static bool add_number(json_t *to, const char *name, int64_t n)
{
    return add(to, name, json_integer((json_int_t)n));
}

static json_t *keep_if(bool is_complete, json_t *j)
{
    if (is_complete)
        return j;
    json_decref(j);
    return NULL;
}

/* UNVERIFIED: the members of all kinds (docs/live-data.md, M4 to M8). */

static bool add_domain(json_t *to, const struct centre *c, const struct agent *a)
{
    const struct queue *group = centre_skill_group(c, a->skill_group);
    const struct queue *q = centre_queue(c, a->queue);

    return add_number(to, "mrDomainID", 1) && add_text(to, "mrDomainName", "Cisco_Voice") &&
           add_text(to, "state", agent_state_name(a->state)) &&
           add_number(to, "reasonCode", a->reason_code) &&
           add_text(to, "reasonText", agent_reason_name(a->reason_code)) &&
           add_number(to, "durationInStateMillis", time_in_state_ms(c, a)) &&
           add_number(to, "skillGroupID", group->id) &&
           add_text(to, "skillGroupName", group->name) &&
           add_number(to, "precisionQueueID", q->id) && add_text(to, "precisionQueueName", q->name);
}

/** The one media routing domain that there is, voice, in an array. */
static json_t *domains(const struct centre *c, const struct agent *a)
{
    json_t *all = json_array();
    json_t *domain = json_object();
    bool is_complete = add_domain(domain, c, a);

    is_complete = json_array_append_new(all, domain) == 0 && is_complete;
    return keep_if(is_complete, all);
}

static json_t *agent_body(const struct centre *c, const struct agent *a)
{
    const struct team *team = centre_team(c, a->team);
    json_t *body = json_object();
    char extension[16];

    (void)snprintf(extension, sizeof extension, "%u", a->extension);
    bool is_complete =
        add_number(body, "id", a->id) && add_text(body, "userLoginName", a->login) &&
        add_text(body, "firstName", a->first_name) && add_text(body, "lastName", a->last_name) &&
        add_text(body, "extension", extension) && add_number(body, "agentTeamID", team->id) &&
        add_text(body, "agentTeamName", team->name) && add(body, "agentMRDs", domains(c, a)) &&
        add_number(body, "callsHandled", a->calls_handled) &&
        add_number(body, "talkTimeMillis", a->talked_ms);
    return keep_if(is_complete, body);
}

static bool add_states(json_t *to, const unsigned agents[AGENT_STATE_COUNT])
{
    return add_number(to, "agentsLoggedOn", logged_on(agents)) &&
           add_number(to, "agentsNotReady", agents[AGENT_NOT_READY]) &&
           add_number(to, "agentsReady", agents[AGENT_READY]) &&
           add_number(to, "agentsReserved", agents[AGENT_RESERVED]) &&
           add_number(to, "agentsTalkingInbound", agents[AGENT_TALKING]) &&
           add_number(to, "agentsHold", agents[AGENT_HOLD]) &&
           add_number(to, "agentsWrapUpNotReady", agents[AGENT_WORK]);
}

static json_t *team_body(const struct team *t)
{
    json_t *body = json_object();

    return keep_if(add_number(body, "id", t->id) && add_text(body, "name", t->name) &&
                       add_states(body, t->agents),
                   body);
}

static json_t *queue_body(const struct centre *c, const struct queue *q)
{
    json_t *body = json_object();
    bool is_complete = add_number(body, "id", q->id) && add_text(body, "name", q->name) &&
                       add_number(body, "callsInQueue", q->waiting) &&
                       add_number(body, "longestCallInQueueMillis", longest_wait_ms(c, q)) &&
                       add_states(body, q->agents) && add_number(body, "callsActive", q->active) &&
                       add_number(body, "callsOffered", q->offered) &&
                       add_number(body, "callsHandled", q->handled) &&
                       add_number(body, "callsAbandoned", q->abandoned);

    return keep_if(is_complete, body);
}

static json_t *body_of(const struct centre *c, enum centre_kind kind, size_t index)
{
    switch (kind) {
    case CENTRE_AGENT:
        return agent_body(c, centre_agent(c, index));
    case CENTRE_TEAM:
        return team_body(centre_team(c, index));
    case CENTRE_SKILL_GROUP:
        return queue_body(c, centre_skill_group(c, index));
    case CENTRE_QUEUE:
        break;
    }
    return queue_body(c, centre_queue(c, index));
}

static unsigned id_of(const struct centre *c, enum centre_kind kind, size_t index)
{
    switch (kind) {
    case CENTRE_AGENT:
        return centre_agent(c, index)->id;
    case CENTRE_TEAM:
        return centre_team(c, index)->id;
    case CENTRE_SKILL_GROUP:
        return centre_skill_group(c, index)->id;
    case CENTRE_QUEUE:
        break;
    }
    return centre_queue(c, index)->id;
}

json_t *shape_message(const struct centre *c, enum centre_kind kind, size_t index)
{
    /* What stands before the dot of the filter keys agent.id, skillGroup.id, precisionQueue.id. */
    static const char *const member[CENTRE_KIND_COUNT] = {
        [CENTRE_AGENT] = "agent",
        [CENTRE_TEAM] = "agentTeam", /* ours: there is no such key */
        [CENTRE_SKILL_GROUP] = "skillGroup",
        [CENTRE_QUEUE] = "precisionQueue",
    };
    json_t *message = json_object();
    char key[16];

    (void)snprintf(key, sizeof key, "%u", id_of(c, kind, index));
    return keep_if(add_text(message, "id", key) && add_text(message, "operation", "update") &&
                       add(message, member[kind], body_of(c, kind, index)),
                   message);
}

/* Reports. */

/* UNVERIFIED: titles and order of the stock reports (docs/live-data.md, R3 and R4). The functions
 * further down fill these columns in the same order. */

static const char *const agent_columns[] = {
    "Agent Name",    "Agent ID",        "Login Name", "Extension", "Team",
    "Skill Group",   "Precision Queue", "State",      "Reason",    "Reason Code",
    "Time in State", "Calls Handled",   "Talk Time",  NULL,
};

static const char *const team_columns[] = {
    "Team",     "Team ID", "Logged On", "Not Ready", "Ready",
    "Reserved", "Talking", "Hold",      "Wrap Up",   NULL,
};

static const char *const skill_group_columns[] = {
    "Skill Group", "Skill Group ID", "Calls in Queue", "Longest in Queue",
    "Logged On",   "Not Ready",      "Ready",          "Reserved",
    "Talking",     "Hold",           "Wrap Up",        "Active Calls",
    "Offered",     "Handled",        "Abandoned",      NULL,
};

static const char *const queue_columns[] = {
    "Precision Queue", "Precision Queue ID",
    "Calls in Queue",  "Longest in Queue",
    "Logged On",       "Not Ready",
    "Ready",           "Reserved",
    "Talking",         "Hold",
    "Wrap Up",         "Active Calls",
    "Offered",         "Handled",
    "Abandoned",       NULL,
};

const char *const *shape_columns(enum centre_kind kind)
{
    static const char *const *const columns[CENTRE_KIND_COUNT] = {
        [CENTRE_AGENT] = agent_columns,
        [CENTRE_TEAM] = team_columns,
        [CENTRE_SKILL_GROUP] = skill_group_columns,
        [CENTRE_QUEUE] = queue_columns,
    };

    return columns[kind];
}

const char *shape_state_title(enum agent_state s)
{
    static const char *const title[AGENT_STATE_COUNT] = {
        [AGENT_LOGGED_OUT] = "Logged Out", [AGENT_NOT_READY] = "Not Ready", [AGENT_READY] = "Ready",
        [AGENT_RESERVED] = "Reserved",     [AGENT_TALKING] = "Talking",     [AGENT_HOLD] = "Hold",
        [AGENT_WORK] = "Wrap Up",
    };

    return title[s];
}

/** "00:01:05"; as many digits of hours as it takes. */
static bool add_clock(json_t *to, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT];
    long long s = ms / 1000;

    (void)snprintf(text, sizeof text, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    return add_text(to, name, text);
}

static bool fill_agent_row(json_t *row, const struct centre *c, const struct agent *a)
{
    char name[2 * CENTRE_NAME_MAX];
    int64_t state_ms = time_in_state_ms(c, a);

    (void)snprintf(name, sizeof name, "%s %s", a->first_name, a->last_name);
    return add_text(row, "Agent Name", name) && add_number(row, "Agent ID", a->id) &&
           add_text(row, "Login Name", a->login) && add_number(row, "Extension", a->extension) &&
           add_text(row, "Team", centre_team(c, a->team)->name) &&
           add_text(row, "Skill Group", centre_skill_group(c, a->skill_group)->name) &&
           add_text(row, "Precision Queue", centre_queue(c, a->queue)->name) &&
           add_text(row, "State", shape_state_title(a->state)) &&
           add_text(row, "Reason", agent_reason_name(a->reason_code)) &&
           add_number(row, "Reason Code", a->reason_code) &&
           add_clock(row, "Time in State", state_ms) &&
           add_number(row, "Calls Handled", a->calls_handled) &&
           add_clock(row, "Talk Time", a->talked_ms) &&
           add_number(row, "Time in State (ms)", state_ms) &&
           add_number(row, "Talk Time (ms)", a->talked_ms);
}

static bool fill_states(json_t *row, const unsigned agents[AGENT_STATE_COUNT])
{
    return add_number(row, "Logged On", logged_on(agents)) &&
           add_number(row, "Not Ready", agents[AGENT_NOT_READY]) &&
           add_number(row, "Ready", agents[AGENT_READY]) &&
           add_number(row, "Reserved", agents[AGENT_RESERVED]) &&
           add_number(row, "Talking", agents[AGENT_TALKING]) &&
           add_number(row, "Hold", agents[AGENT_HOLD]) &&
           add_number(row, "Wrap Up", agents[AGENT_WORK]);
}

static bool fill_team_row(json_t *row, const struct team *t)
{
    return add_text(row, "Team", t->name) && add_number(row, "Team ID", t->id) &&
           fill_states(row, t->agents);
}

/** @param columns  whose first two are the name and the id */
static bool fill_queue_row(json_t *row, const struct centre *c, const struct queue *q,
                           const char *const *columns)
{
    int64_t longest_ms = longest_wait_ms(c, q);

    return add_text(row, columns[0], q->name) && add_number(row, columns[1], q->id) &&
           add_number(row, "Calls in Queue", q->waiting) &&
           add_clock(row, "Longest in Queue", longest_ms) && fill_states(row, q->agents) &&
           add_number(row, "Active Calls", q->active) && add_number(row, "Offered", q->offered) &&
           add_number(row, "Handled", q->handled) && add_number(row, "Abandoned", q->abandoned) &&
           add_number(row, "Longest in Queue (ms)", longest_ms);
}

static bool fill_row(json_t *row, const struct centre *c, enum centre_kind kind, size_t index)
{
    switch (kind) {
    case CENTRE_AGENT:
        return fill_agent_row(row, c, centre_agent(c, index));
    case CENTRE_TEAM:
        return fill_team_row(row, centre_team(c, index));
    case CENTRE_SKILL_GROUP:
        return fill_queue_row(row, c, centre_skill_group(c, index), skill_group_columns);
    case CENTRE_QUEUE:
        break;
    }
    return fill_queue_row(row, c, centre_queue(c, index), queue_columns);
}

json_t *shape_row(const struct centre *c, enum centre_kind kind, size_t index)
{
    json_t *row = json_object();

    return keep_if(fill_row(row, c, kind, index), row);
}
