#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "desk_pages.h"
#include "desktop/finesse.h"
#include "desktop/xml_write.h"
#include "filtered.h"
#include "login.h"
#include "site_finesse.h"

/* Finesse's REST services, as far as gadgets use them.
 * @source Cisco Finesse Web Services Developer Guide */

#define API     "/finesse/api/"
#define XML_MAX (8U << 20)
#define ALLOW   "GET,PUT,POST,OPTIONS,DELETE"

/** One call, on its way through the services. */
struct call {
    struct exchange *x;
    struct desk_user user; /* who asks */
    const char *part[4];   /* of the path behind API: "User", "1001", "Dialogs" */
    size_t n_parts;
    char path[256];
    unsigned status;
    json_t *tree; /* what is answered; NULL with 200: memory was short; 202: nothing */
    struct finesse_clock now;
    struct finesse_change change;
    enum err changed; /* what centre_set_state said */
};

/** A failure. */
static void fail(struct call *call, unsigned status, const char *type, const char *data,
                 const char *message)
{
    json_decref(call->tree);
    call->status = status;
    call->tree = finesse_error(type, data, message);
}

static void fail_not_found(struct call *call, const char *message)
{
    fail(call, 404, "Not Found", NULL, message);
}

static bool is(const struct call *call, size_t i, const char *word)
{
    return i < call->n_parts && strcasecmp(call->part[i], word) == 0;
}

/* ---- who asks ---- */

/** By the session of the desktop, or by Basic: that one first, as it is meant. */
static bool know_user(struct call *call)
{
    char login[LOGIN_MAX];

    switch (login_of(call->x->request, call->x->live, login)) {
    case LOGIN_FINE:
        return desk_find_user(call->x->desk, slice_of(login), &call->user);
    case LOGIN_NONE:
        return desk_session(call->x, &call->user);
    case LOGIN_WRONG:
        break;
    }
    return false;
}

/** May the caller know of this agent? */
static bool may_see(const struct call *call, size_t agent)
{
    const struct desk_user *u = &call->user;

    return agent == u->agent ||
           (u->is_supervisor && agent >= u->team_first && agent - u->team_first < u->team_n);
}

static void fail_foreign(struct call *call)
{
    fail(call, 401, "Invalid Authorization User Specified", NULL,
         "Agents see themselves, supervisors their team as well.");
}

/* ---- reading: with the centre at hand ---- */

static void read_dialogs(struct call *call, const struct centre *c, size_t agent)
{
    call->tree = finesse_dialogs(c, agent, &call->now);
}

static void read_reason_codes(struct call *call)
{
    struct slice category = request_argument(call->x->request, "category");

    if (slice_is(category, "NOT_READY"))
        call->tree = finesse_reason_codes(AGENT_NOT_READY);
    else if (slice_is(category, "LOGOUT"))
        call->tree = finesse_reason_codes(AGENT_LOGGED_OUT);
    else
        fail(call, 400, "Bad Request", "category", "category is NOT_READY or LOGOUT.");
}

static void read_reason_code(struct call *call, const char *id)
{
    unsigned long code = 0;

    if (text_to_ulong(slice_of(id), 1, 65535, &code) == ERR_OK)
        call->tree = finesse_reason_code(code);
    if (call->tree == NULL)
        fail_not_found(call, "There is no such reason code.");
}

/** Collections of which the simulation has nothing. */
static const char *const empty_collections[] = {"PhoneBooks", "WrapUpReasons", "Media",
                                                "MediaPropertiesLayouts", "Workflows"};

static bool read_empty(struct call *call, const char *name)
{
    for (size_t i = 0; i < sizeof empty_collections / sizeof empty_collections[0]; i++)
        if (strcasecmp(name, empty_collections[i]) == 0) {
            call->tree = json_pack("{s:{}}", empty_collections[i]);
            return true;
        }
    return false;
}

static void read_user(struct call *call, const struct centre *c)
{
    size_t agent = 0;

    if (!finesse_find_user(c, slice_of(call->part[1]), &agent)) {
        fail(call, 404, "User Not Found", NULL, "There is no simulated agent of this id.");
        return;
    }
    if (!may_see(call, agent))
        fail_foreign(call);
    else if (call->n_parts == 2)
        call->tree = finesse_user(c, agent, &call->now);
    else if (is(call, 2, "Dialogs") && call->n_parts == 3)
        read_dialogs(call, c, agent);
    else if (is(call, 2, "Queues") && call->n_parts == 3)
        call->tree = finesse_queues(c, agent, &call->now);
    else if (is(call, 2, "ReasonCodes") && call->n_parts == 3)
        read_reason_codes(call);
    else if (is(call, 2, "ReasonCode") && call->n_parts == 4)
        read_reason_code(call, call->part[3]);
    else if (call->n_parts != 3 || !read_empty(call, call->part[2]))
        fail_not_found(call, "The simulator does not have this part of a User.");
}

static void read_team(struct call *call, const struct centre *c)
{
    unsigned long id = 0;
    size_t team = 0;

    if (text_to_ulong(slice_of(call->part[1]), 1, 99999999, &id) != ERR_OK ||
        !centre_find(c, CENTRE_TEAM, (unsigned)id, &team))
        fail_not_found(call, "There is no simulated team of this id.");
    else if (!call->user.is_supervisor || call->user.team_id != id)
        fail(call, 401, "Authorization Failure", NULL, "Only its supervisor may see a team.");
    else
        call->tree = finesse_team(c, team, &call->now);
}

static void read_dialog(struct call *call, const struct centre *c)
{
    unsigned long id = 0;
    size_t agent = 0;

    if (text_to_ulong(slice_of(call->part[1]), 1, 0xffffffffUL, &id) == ERR_OK)
        call->tree = finesse_dialog(c, id, &call->now, &agent);
    if (call->tree == NULL)
        fail_not_found(call, "Invalid dialogId specified for dialog");
    else if (!may_see(call, agent))
        fail_foreign(call);
}

static void read_it(void *arg, const struct centre *c)
{
    struct call *call = arg;

    call->now = (struct finesse_clock){clock_now_ms(), centre_now_ms(c)};
    if (is(call, 0, "User") && call->n_parts >= 2)
        read_user(call, c);
    else if (is(call, 0, "Team") && call->n_parts == 2)
        read_team(call, c);
    else if (is(call, 0, "Dialog") && call->n_parts == 2)
        read_dialog(call, c);
    else
        fail_not_found(call, "The simulator has SystemInfo, User, Dialog, Team and ReasonCode.");
}

/* ---- the system ---- */

static void read_system(struct call *call)
{
    const struct config *c = call->x->config;
    const struct node *first = &c->nodes[c->n_nodes];
    struct finesse_node node[2];
    unsigned port = 0;

    (void)desk_host(call->x, &port);
    node[0] = (struct finesse_node){first->hostname, port};
    if (c->n_finesse > 1)
        node[1] = (struct finesse_node){first[1].hostname, port};
    call->tree = finesse_system_info(&node[0], c->n_finesse > 1 ? &node[1] : NULL, clock_now_ms());
}

/* ---- changing ---- */

static void edit_user(void *arg, struct centre *c)
{
    struct call *call = arg;
    size_t agent = call->user.agent;

    centre_hold(c, agent); /* by Basic too: who changes an agent's state has taken it over */
    call->changed = ERR_OK;
    if (call->change.is_login && centre_agent(c, agent)->state != AGENT_LOGGED_OUT)
        return; /* signed in already: the state is kept */
    if (call->change.is_login) {
        centre_release(c, agent);
        centre_hold(c, agent);
        return;
    }
    call->changed = centre_set_state(c, agent, call->change.state, call->change.reason);
}

/** A change of state is accepted, and happens: its notification tells so. */
static void change_user(struct call *call)
{
    struct desk_user whom;
    json_t *error = NULL;

    if (!desk_find_user(call->x->desk, slice_of(call->part[1]), &whom)) {
        fail(call, 404, "User Not Found", NULL, "There is no simulated agent of this id.");
        return;
    }
    if (whom.agent != call->user.agent) {
        fail(call, 401, "Invalid Authorization User Specified", NULL,
             "Users can only act on their own User objects here.");
        return;
    }
    if (finesse_read_change(call->x->body, &call->change, &error) != ERR_OK) {
        call->status = 400;
        call->tree = error;
        return;
    }
    live_edit(call->x->live, edit_user, call);
    call->status = 202;
    if (call->changed == ERR_NOTFOUND)
        fail(call, 400, "Invalid Input", "finesse.api.reasoncode.not_valid",
             "The Reason Code specified in the request does not exist");
    else if (call->changed != ERR_OK)
        fail(call, 400, "Invalid State", NULL, "The requested state change is not allowed.");
}

/** Calls ring, are answered and end by themselves: the simulation decides. */
static void refuse_call_control(struct call *call)
{
    fail(call, 400, "Generic Error", "simulator",
         "The simulator's calls cannot be controlled: they are made, answered and ended by the "
         "simulated contact centre.");
}

/* ---- the way through ---- */

/** Split the path behind API; parts are not empty, and the last '/' does not count. */
static bool split(struct call *call, const char *path)
{
    size_t n = strlen(path);

    if (n >= sizeof call->path)
        return false;
    memcpy(call->path, path, n + 1);
    char *save = NULL;
    for (char *p = strtok_r(call->path, "/", &save); p != NULL; p = strtok_r(NULL, "/", &save)) {
        if (call->n_parts == sizeof call->part / sizeof call->part[0])
            return false;
        call->part[call->n_parts++] = p;
    }
    return true;
}

static void read_or_change(struct call *call)
{
    struct exchange *x = call->x;

    if (!split(call, x->request->path + strlen(API)))
        fail_not_found(call, "No service has so long a path.");
    else if (filtered_is_method(x, "GET") && is(call, 0, "SystemInfo") && call->n_parts == 1)
        read_system(call);
    else if (!know_user(call))
        fail(call, 401, "Unauthorized", NULL,
             "Sign in to the desktop, or send Basic with the id or login of a simulated agent and "
             "any password.");
    else if (filtered_is_method(x, "GET"))
        live_read(x->live, read_it, call);
    else if (filtered_is_method(x, "PUT") && is(call, 0, "User") && call->n_parts == 2)
        change_user(call);
    else if (is(call, 0, "Dialog") || is(call, 2, "Dialogs"))
        refuse_call_control(call);
    else
        fail(call, 405, "Method Not Allowed", NULL, "The simulator does not have this call.");
}

/** UNVERIFIED: JSON is asked for with Accept, as browsers' scripts do; the guide documents XML, and
 *  JSON for some calls only. Settled by a request with such a header. */
static bool wants_json(const struct exchange *x)
{
    return request_has_word(x->request, "Accept", "application/json");
}

static struct app_answer print(struct call *call)
{
    struct exchange *x = call->x;
    struct buf text;

    if (call->status == 202)
        return (struct app_answer){.status = 202};
    if (wants_json(x))
        return filtered_json(x, call->status, DESK_JSON, call->tree);
    buf_init(&text, XML_MAX);
    if (call->tree == NULL || xml_write(&text, call->tree) != ERR_OK)
        text.state = ERR_NOMEM;
    json_decref(call->tree);
    return desk_text(x, call->status, "application/xml;charset=utf-8", &text);
}

/** A browser asks its user for a password when it sees the header, which no script can prevent: to
 *  a script of a page the status alone says enough. */
static bool is_script(const struct exchange *x)
{
    struct slice mode = request_header(x->request, "Sec-Fetch-Mode");

    return mode.n > 0 && !slice_is(mode, "navigate");
}

static struct app_answer serve(struct exchange *x)
{
    struct call call = {.x = x, .status = 200};
    struct app_answer a;

    if (filtered_is_method(x, "OPTIONS"))
        return (struct app_answer){.status = 200, .allow = ALLOW};
    if (strncmp(x->request->path, API, strlen(API)) != 0)
        return filtered_error(x, 404, "Finesse's services are below /finesse/api/.");
    read_or_change(&call);
    a = print(&call);
    if (a.status == 401 && !is_script(x))
        a.authenticate = "Basic realm=\"Cisco Finesse\"";
    return a;
}

void finesse_api(struct exchange *x)
{
    struct app_answer a = {.status = 200};
    const struct service_view *view = filtered_view(x, SERVICE_FINESSE);

    if (view == NULL)
        return;
    if (filtered_ask(x, view))
        a = serve(x);
    profile_finesse(&x->profile, view->policy, &x->decision, &a, &x->reply);
}
