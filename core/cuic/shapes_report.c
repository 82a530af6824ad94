#include "shapes.h"

/* UNVERIFIED: that a report goes by the id of its view (docs/live-data.md, R1). These are ids of
 * views, of the stock layouts but for the team's. */
static const struct shape_report reports[] = {
    {"99E6C8E210000141000000D80A0006C4", "Agent", "Default", CENTRE_AGENT, true, false},
    {"9AB7848B10000141000001C50A0006C4", "Agent Skill Group", "Default", CENTRE_AGENT, true, false},
    {"0B8D11317ED54A80B64F3AE28C5139E5", "Agent Statistics", "Default", CENTRE_AGENT, true, false},
    {"BD9A8B7DBE714E7EB758A9D472F0E7DC", "Agent Queue Interval", "Grid", CENTRE_AGENT, false,
     false},
    {"C01C51A5000001410000000F5EA70001", "Team", "Default", CENTRE_TEAM, false, true},
    {"B7371BE210000144000002870A0007C5", "Skill Group", "Default", CENTRE_SKILL_GROUP, true, false},
    {"9E760C8B1000014B0000005A0A0006C4", "Skill Group", "Utilization", CENTRE_SKILL_GROUP, true,
     false},
    {"B71A630C10000144000002480A0007C5", "Precision Queue", "Default", CENTRE_QUEUE, true, false},
    {"286B86F01000014C000005330A0006C4", "Precision Queue", "Utilization", CENTRE_QUEUE, true,
     false},
};
#define N_REPORTS (sizeof reports / sizeof reports[0])

const struct shape_report *shape_reports(size_t *ret_n)
{
    *ret_n = N_REPORTS;
    return reports;
}

const struct shape_report *shape_find_report(struct slice id)
{
    for (size_t i = 0; i < N_REPORTS; i++)
        if (slice_is_nocase(id, reports[i].id))
            return &reports[i];
    return NULL;
}

const char *shape_report_id(enum centre_kind kind)
{
    size_t i = 0;

    while (reports[i].kind != kind)
        i++;
    return reports[i].id;
}

/* Views. */

enum format { PLAIN, CLOCK, COUNTING, STATE };

/** Where a column's value is in a message, two at most. In the order of shape_columns. */
struct source {
    const char *path[2];
    enum format format;
};

static const struct source agent_sources[] = {
    {{"agent.firstName", "agent.lastName"}, PLAIN},
    {{"agent.id"}, PLAIN},
    {{"agent.userLoginName"}, PLAIN},
    {{"agent.extension"}, PLAIN},
    {{"agent.agentTeamName"}, PLAIN},
    {{"agent.agentMRDs.0.skillGroupName"}, PLAIN},
    {{"agent.agentMRDs.0.precisionQueueName"}, PLAIN},
    {{"agent.agentMRDs.0.state"}, STATE},
    {{"agent.agentMRDs.0.reasonText"}, PLAIN},
    {{"agent.agentMRDs.0.reasonCode"}, PLAIN},
    {{"agent.agentMRDs.0.durationInStateMillis"}, COUNTING},
    {{"agent.callsHandled"}, PLAIN},
    {{"agent.talkTimeMillis"}, CLOCK},
};

static const struct source team_sources[] = {
    {{"agentTeam.name"}, PLAIN},
    {{"agentTeam.id"}, PLAIN},
    {{"agentTeam.agentsLoggedOn"}, PLAIN},
    {{"agentTeam.agentsNotReady"}, PLAIN},
    {{"agentTeam.agentsReady"}, PLAIN},
    {{"agentTeam.agentsReserved"}, PLAIN},
    {{"agentTeam.agentsTalkingInbound"}, PLAIN},
    {{"agentTeam.agentsHold"}, PLAIN},
    {{"agentTeam.agentsWrapUpNotReady"}, PLAIN},
};

#define QUEUE_SOURCES(member)                                                                      \
    {                                                                                              \
        {{member ".name"}, PLAIN}, {{member ".id"}, PLAIN}, {{member ".callsInQueue"}, PLAIN},     \
            {{member ".longestCallInQueueMillis"}, COUNTING}, {{member ".agentsLoggedOn"}, PLAIN}, \
            {{member ".agentsNotReady"}, PLAIN}, {{member ".agentsReady"}, PLAIN},                 \
            {{member ".agentsReserved"}, PLAIN}, {{member ".agentsTalkingInbound"}, PLAIN},        \
            {{member ".agentsHold"}, PLAIN}, {{member ".agentsWrapUpNotReady"}, PLAIN},            \
            {{member ".callsActive"}, PLAIN}, {{member ".callsOffered"}, PLAIN},                   \
            {{member ".callsHandled"}, PLAIN}, {{member ".callsAbandoned"}, PLAIN},                \
    }
static const struct source skill_group_sources[] = QUEUE_SOURCES("skillGroup");
static const struct source queue_sources[] = QUEUE_SOURCES("precisionQueue");

static const struct source *const sources[CENTRE_KIND_COUNT] = {
    [CENTRE_AGENT] = agent_sources,
    [CENTRE_TEAM] = team_sources,
    [CENTRE_SKILL_GROUP] = skill_group_sources,
    [CENTRE_QUEUE] = queue_sources,
};

/** {"NOT_READY": "Not Ready", ...} */
static json_t *state_labels(void)
{
    json_t *labels = json_object();

    for (unsigned s = 0; s < AGENT_STATE_COUNT; s++)
        if (json_object_set_new(labels, agent_state_name((enum agent_state)s),
                                json_string(shape_state_title((enum agent_state)s))) != 0) {
            json_decref(labels);
            return NULL;
        }
    return labels;
}

static json_t *column(const char *title, const struct source *from)
{
    static const char *const format[] = {"plain", "clock", "counting", "state"};
    json_t *paths = from->path[1] == NULL ? json_pack("[s]", from->path[0])
                                          : json_pack("[s, s]", from->path[0], from->path[1]);
    json_t *j = json_pack("{s:s, s:o, s:s}", "title", title, "paths", paths, "format",
                          format[from->format]);

    if (j != NULL && from->format == STATE &&
        json_object_set_new(j, "labels", state_labels()) != 0) {
        json_decref(j);
        return NULL;
    }
    return j;
}

/** UNVERIFIED: all of it, the columns' titles apart (docs/live-data.md, R8). */
json_t *shape_view(const struct shape_report *r)
{
    const char *const *title = shape_columns(r->kind);
    json_t *columns = json_array();

    for (size_t i = 0; title[i] != NULL; i++)
        if (json_array_append_new(columns, column(title[i], &sources[r->kind][i])) != 0) {
            json_decref(columns);
            return NULL;
        }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:o}", "viewId", r->id, "reportId",
                     r->id, "reportName", r->name, "viewName", r->view, "viewType", "Grid",
                     "liveData", r->is_live, "topic", shape_topic_name(r->kind), "keyColumn",
                     title[1], "columns", columns);
}
