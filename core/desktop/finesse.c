#include "finesse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "xml.h"

#define API          "/finesse/api/"
#define DIALOG_FIRST 16777216UL /* the id of call 0 */
#define BODY_MAX     65536
#define URI          80 /* bytes */

void finesse_time(const struct finesse_clock *now, int64_t centre_ms, char ret[FINESSE_TIME])
{
    int64_t ms = now->wall_ms - (now->centre_ms - centre_ms);
    time_t s = (time_t)(ms / 1000);
    struct tm tm;
    char text[24] = "";

    if (gmtime_r(&s, &tm) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(ret, FINESSE_TIME, "%s.%03dZ", text, (int)(ms % 1000));
}

bool finesse_is_supervisor(const struct centre *c, size_t agent)
{
    return centre_team(c, centre_agent(c, agent)->team)->first == agent;
}

bool finesse_find_user(const struct centre *c, struct slice id, size_t *ret)
{
    unsigned long number = 0;

    if (text_to_ulong(id, 1, 99999999, &number) == ERR_OK)
        return centre_find(c, CENTRE_AGENT, (unsigned)number, ret);
    return centre_find_login(c, id, ret);
}

/* ---- parts ---- */

static json_t *number_text(unsigned long n)
{
    return json_sprintf("%lu", n);
}

static json_t *uri(const char *kind, unsigned long id)
{
    return json_sprintf(API "%s/%lu", kind, id);
}

static json_t *time_text(const struct finesse_clock *now, int64_t centre_ms)
{
    char text[FINESSE_TIME];

    finesse_time(now, centre_ms, text);
    return json_string(text);
}

/** UNVERIFIED: ids of reason codes; settled by a node's list. Here they are the codes. The one of
 * an agent who has just logged in is the system's, and not in the list. */
static json_t *reason(unsigned code, enum agent_state state)
{
    bool is_system = true;

    for (size_t i = 0; agent_reason_code(state, i) != 0; i++)
        if (agent_reason_code(state, i) == code)
            is_system = false;
    return json_pack("{s:s, s:o, s:o, s:s, s:b, s:b, s:o}", "category",
                     state == AGENT_LOGGED_OUT ? "LOGOUT" : "NOT_READY", "uri",
                     uri("ReasonCode", code), "code", number_text(code), "label",
                     agent_reason_name(code), "forAll", 1, "systemCode", is_system ? 1 : 0, "id",
                     number_text(code));
}

/** Add what is only there sometimes. False when memory is short. */
static bool add(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

static json_t *checked(json_t *object, bool is_whole)
{
    if (is_whole)
        return object;
    json_decref(object);
    return NULL;
}

static bool add_reason(json_t *user, const char *name, const struct agent *a)
{
    return a->reason_code == 0 || add(user, name, reason(a->reason_code, a->state));
}

static const char *pending_name(const struct agent *a)
{
    return a->is_pending ? agent_state_name(a->pending_state) : "";
}

/* ---- users and teams ---- */

static json_t *supervised(const struct centre *c, size_t agent)
{
    const struct team *t = centre_team(c, centre_agent(c, agent)->team);

    return json_pack("{s:[{s:o, s:o, s:s}]}", "Team", "uri", uri("Team", t->id), "id",
                     number_text(t->id), "name", t->name);
}

static json_t *user_tree(const struct centre *c, size_t agent, const struct finesse_clock *now)
{
    const struct agent *a = centre_agent(c, agent);
    const struct team *t = centre_team(c, a->team);
    bool is_supervisor = finesse_is_supervisor(c, agent);
    json_t *user = json_pack(
        "{s:o, s:{s:[s*, s*]}, s:o, s:s, s:s, s:o, s:s, s:s, s:o, s:{s:s, s:s, s:s}, s:o, s:s, "
        "s:s, s:o, s:s, s:o, s:o}",
        "uri", uri("User", a->id), "roles", "role", "Agent", is_supervisor ? "Supervisor" : NULL,
        "loginId", number_text(a->id), "loginName", a->login, "state", agent_state_name(a->state),
        "stateChangeTime", time_text(now, a->since_ms), "mediaType", "1", "pendingState",
        pending_name(a), "reasonCodeId",
        a->reason_code == 0 ? json_string("-1") : number_text(a->reason_code), "settings",
        "wrapUpOnIncoming", "OPTIONAL", "wrapUpOnOutgoing", "NOT_ALLOWED", "deviceSelection",
        "disabled", "extension", number_text(a->extension), "firstName", a->first_name, "lastName",
        a->last_name, "teamId", number_text(t->id), "teamName", t->name, "skillTargetId",
        number_text(a->id), "dialogs", json_sprintf(API "User/%u/Dialogs", a->id));
    bool is_whole = user != NULL && add_reason(user, "ReasonCode", a) &&
                    add(user, "teams", is_supervisor ? supervised(c, agent) : json_object());

    return checked(user, is_whole);
}

json_t *finesse_user(const struct centre *c, size_t agent, const struct finesse_clock *now)
{
    return json_pack("{s:o}", "User", user_tree(c, agent, now));
}

static json_t *summary(const struct centre *c, size_t agent, const struct finesse_clock *now)
{
    const struct agent *a = centre_agent(c, agent);
    json_t *user =
        json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "uri", uri("User", a->id),
                  "loginId", number_text(a->id), "loginName", a->login, "firstName", a->first_name,
                  "lastName", a->last_name, "dialogs", json_sprintf(API "User/%u/Dialogs", a->id),
                  "extension", number_text(a->extension), "pendingState", pending_name(a), "state",
                  agent_state_name(a->state), "stateChangeTime", time_text(now, a->since_ms));

    return checked(user, user != NULL && add_reason(user, "reasonCode", a));
}

json_t *finesse_team(const struct centre *c, size_t team, const struct finesse_clock *now)
{
    const struct team *t = centre_team(c, team);
    json_t *users = json_array();
    bool is_whole = users != NULL;

    for (size_t i = t->first; is_whole && i < t->first + t->n; i++)
        is_whole = json_array_append_new(users, summary(c, i, now)) == 0;
    users = checked(users, is_whole);
    return json_pack("{s:{s:o, s:o, s:s, s:{s:o}}}", "Team", "uri", uri("Team", t->id), "id",
                     number_text(t->id), "name", t->name, "users", "User", users);
}

/* ---- dialogs ---- */

static bool has_call(const struct agent *a)
{
    return a->state == AGENT_RESERVED || a->state == AGENT_TALKING || a->state == AGENT_HOLD;
}

/** A number that nobody has: 202-555-0100 to 0199 are for fiction. */
static json_t *caller(const struct agent *a)
{
    return json_sprintf("20255501%02u", a->call % 100);
}

/** What the agent's part in a call is, and what a gadget may ask for then: gadgets look into the
 *  actions without asking whether there are any. That asking fails, as calls are not controlled,
 *  stands in docs/desktop.md.
 * @source the dialogs that the REST guide prints */
static const struct part {
    const char *state;
    const char *action[7]; /* NULL behind the last */
} alerting = {"ALERTING", {"ANSWER"}},
  active = {"ACTIVE",
            {"TRANSFER_SST", "HOLD", "SEND_DTMF", "CONSULT_CALL", "DROP", "UPDATE_CALL_DATA"}},
  held = {"HELD", {"RETRIEVE", "DROP", "UPDATE_CALL_DATA"}};

static const struct part *part_of(const struct agent *a)
{
    return a->state == AGENT_RESERVED ? &alerting : a->state == AGENT_HOLD ? &held : &active;
}

static json_t *actions(const struct part *p)
{
    json_t *all = json_array();
    bool is_whole = all != NULL;

    for (size_t i = 0; is_whole && p->action[i] != NULL; i++)
        is_whole = json_array_append_new(all, json_string(p->action[i])) == 0;
    return checked(all, is_whole);
}

static json_t *participants(const struct agent *a, const struct finesse_clock *now)
{
    const struct part *part = part_of(a);

    return json_pack(
        "{s:[{s:{}, s:o, s:s, s:o, s:s, s:s, s:o}, {s:{s:o}, s:o, s:s, s:o, s:s, s:s, s:o}]}",
        "Participant", "actions", "mediaAddress", caller(a), "mediaAddressType", "", "startTime",
        time_text(now, a->call_ms), "state", "ACTIVE", "stateCause", "", "stateChangeTime",
        time_text(now, a->call_ms), "actions", "action", actions(part), "mediaAddress",
        number_text(a->extension), "mediaAddressType", "AGENT_DEVICE", "startTime",
        time_text(now, a->call_ms), "state", part->state, "stateCause", "", "stateChangeTime",
        time_text(now, a->since_ms));
}

static json_t *media(const struct agent *a)
{
    const struct queue *q = a->queue_of_call;

    return json_pack(
        "{s:s, s:o, s:s, s:o, s:o, s:s, s:o, s:s, s:o, s:{s:[{s:s, s:o}, {s:s, s:s}]}}", "mediaId",
        "1", "dialedNumber", number_text(q->id), "callType", "PREROUTE_ACD_IN", "DNIS",
        number_text(q->id), "queueNumber", number_text(q->id), "queueName", q->name,
        "callKeyCallId", number_text(a->call), "callKeySequenceNum", "1", "callKeyPrefix",
        number_text(152000), "callvariables", "CallVariable", "name", "callVariable1", "value",
        json_sprintf("Customer %u", a->call), "name", "callVariable2", "value", q->name);
}

static json_t *dialog_tree(const struct agent *a, const struct finesse_clock *now)
{
    unsigned long id = DIALOG_FIRST + a->call;

    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:o}", "associatedDialogUri", "",
                     "id", number_text(id), "mediaType", "Voice", "fromAddress", caller(a),
                     "toAddress", number_text(a->queue_of_call->id), "mediaProperties", media(a),
                     "participants", participants(a, now), "state",
                     a->state == AGENT_RESERVED ? "ALERTING" : "ACTIVE", "uri", uri("Dialog", id));
}

json_t *finesse_dialogs(const struct centre *c, size_t agent, const struct finesse_clock *now)
{
    const struct agent *a = centre_agent(c, agent);

    if (!has_call(a))
        return json_pack("{s:{}}", "Dialogs");
    return json_pack("{s:{s:[o]}}", "Dialogs", "Dialog", dialog_tree(a, now));
}

json_t *finesse_dialog(const struct centre *c, unsigned long id, const struct finesse_clock *now,
                       size_t *ret_agent)
{
    for (size_t i = 0; i < centre_count(c, CENTRE_AGENT); i++) {
        const struct agent *a = centre_agent(c, i);
        if (has_call(a) && DIALOG_FIRST + a->call == id) {
            *ret_agent = i;
            return json_pack("{s:o}", "Dialog", dialog_tree(a, now));
        }
    }
    return NULL;
}

/* ---- queues ---- */

static json_t *queue(const struct queue *q, const struct finesse_clock *now)
{
    json_t *since = q->waiting == 0 ? json_string("") : time_text(now, q->oldest_ms);

    return json_pack("{s:o, s:s, s:{s:i, s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:i}}", "uri",
                     uri("Queue", q->id), "name", q->name, "statistics", "callsInQueue",
                     (int)q->waiting, "startTimeOfLongestCallInQueue", since, "agentsReady",
                     (int)q->agents[AGENT_READY], "agentsNotReady", (int)q->agents[AGENT_NOT_READY],
                     "agentsTalkingInbound", (int)q->agents[AGENT_TALKING], "agentsTalkingOutbound",
                     0, "agentsTalkingInternal", 0, "agentsWrapUpNotReady",
                     (int)q->agents[AGENT_WORK], "agentsWrapUpReady", 0);
}

json_t *finesse_queues(const struct centre *c, size_t agent, const struct finesse_clock *now)
{
    const struct agent *a = centre_agent(c, agent);

    return json_pack("{s:{s:[o, o]}}", "Queues", "Queue", queue(centre_queue(c, a->queue), now),
                     queue(centre_skill_group(c, a->skill_group), now));
}

/* ---- what is configured ---- */

json_t *finesse_reason_codes(enum agent_state category)
{
    json_t *list = json_array();
    bool is_whole = list != NULL;

    for (size_t i = 0; is_whole && agent_reason_code(category, i) != 0; i++)
        is_whole =
            json_array_append_new(list, reason(agent_reason_code(category, i), category)) == 0;
    return json_pack("{s:{s:s, s:o}}", "ReasonCodes", "@category",
                     category == AGENT_LOGGED_OUT ? "LOGOUT" : "NOT_READY", "ReasonCode",
                     checked(list, is_whole));
}

json_t *finesse_reason_code(unsigned long id)
{
    static const enum agent_state category[] = {AGENT_NOT_READY, AGENT_LOGGED_OUT};

    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; agent_reason_code(category[k], i) != 0; i++)
            if (agent_reason_code(category[k], i) == id)
                return json_pack("{s:o}", "ReasonCode", reason((unsigned)id, category[k]));
    return NULL;
}

static json_t *node(const struct finesse_node *n)
{
    return json_pack("{s:s, s:i, s:i, s:i}", "host", n->host, "httpsPort", (int)n->port, "xmppPort",
                     5222, "xmppSecurePort", 5223);
}

/** UNVERIFIED: the values of a node without trouble; settled by GET /finesse/api/SystemInfo on one.
 */
json_t *finesse_system_info(const struct finesse_node *primary,
                            const struct finesse_node *secondary, int64_t wall_ms)
{
    struct finesse_clock now = {wall_ms, wall_ms};
    json_t *info = json_pack(
        "{s:o, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:o}",
        "currentTimestamp", time_text(&now, wall_ms), "deploymentType", "UCCE",
        "lastCTIHeartbeatStatus", "success", "lastSuccessCTIHeartbeatTime",
        json_sprintf("%lld", (long long)wall_ms), "ctiVersion", "24", "ctiHeartbeatInterval", "2",
        "license", "", "peripheralId", "5000", "primaryNode", node(primary), "status", "IN_SERVICE",
        "statusReason", "", "systemAuthMode", "NON_SSO", "timezoneOffset", "0", "uri",
        API "SystemInfo", "xmppDomain", primary->host, "xmppPubSubDomain",
        json_sprintf("pubsub.%s", primary->host));
    bool is_whole =
        info != NULL && (secondary == NULL || add(info, "secondaryNode", node(secondary)));

    return json_pack("{s:o}", "SystemInfo", checked(info, is_whole));
}

json_t *finesse_error(const char *type, const char *data, const char *message)
{
    return json_pack("{s:{s:{s:s, s:s, s:s}}}", "ApiErrors", "ApiError", "ErrorType", type,
                     "ErrorData", data == NULL ? "" : data, "ErrorMessage", message);
}

/* ---- changes ---- */

static const struct {
    const char *name;
    struct finesse_change change;
} states[] = {
    {"READY", {AGENT_READY, 0, false}},
    {"NOT_READY", {AGENT_NOT_READY, 0, false}},
    {"LOGOUT", {AGENT_LOGGED_OUT, 0, false}},
    {"LOGIN", {AGENT_NOT_READY, 0, true}},
};

static json_t *read_user(const struct xml_element *user, struct finesse_change *ret)
{
    struct slice state = xml_child_text(user, "state");
    struct slice code = xml_child_text(user, "reasonCodeId");
    unsigned long reason_id = 0;
    size_t i = 0;

    if (strcmp(user->name, "User") != 0)
        return finesse_error("Bad Request", NULL, "The body is no User.");
    if (state.n == 0)
        return finesse_error("Parameter Missing", "state", "State Parameter missing");
    while (i < sizeof states / sizeof states[0] && !slice_is(state, states[i].name))
        i++;
    if (i == sizeof states / sizeof states[0])
        return finesse_error("Invalid Input", "state",
                             "The simulator knows LOGIN, READY, NOT_READY and LOGOUT.");
    if (code.n > 0 && !slice_is(code, "-1") && text_to_ulong(code, 1, 65535, &reason_id) != ERR_OK)
        return finesse_error("Invalid Input", "finesse.api.reasoncode.not_valid",
                             "The Reason Code specified in the request does not exist");
    *ret = states[i].change;
    ret->reason = (unsigned)reason_id;
    return NULL;
}

enum err finesse_read_change(struct slice body, struct finesse_change *ret, json_t **ret_error)
{
    struct xml *x = NULL;
    struct diag why = {0, ""};
    struct finesse_change change = {AGENT_READY, 0, true};

    if (xml_parse(body, BODY_MAX, &x, &why) != ERR_OK) {
        *ret_error = finesse_error("Bad Request", NULL, why.text);
        return ERR_SYNTAX;
    }
    json_t *error = read_user(xml_root(x), &change);
    bool is_good = error == NULL;
    xml_free(x);
    if (is_good)
        *ret = change;
    else
        *ret_error = error;
    return is_good ? ERR_OK : ERR_SYNTAX;
}
