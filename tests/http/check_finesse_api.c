/* Finesse's REST services: shapes, who may see whom, changes of state, and CORS. */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desktop.h"
#include "suites.h"

#define API     "/finesse/api/"
#define PORTAL  "https://portal.example"
#define AS_1002 FIN_BASIC
#define AS_1001 "Authorization: Basic YWdlbnQxMDAxOng=\r\n" /* agent1001:x, a supervisor */

static struct lab lab;

static void start(void)
{
    desktop_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- shapes ---- */

static const struct {
    const char *name, *path, *as;
    unsigned status;
    const char *xml, *json; /* part of the body */
} calls[] = {
    {"system", "SystemInfo", "", 200, "<SystemInfo><currentTimestamp>2",
     "\"secondaryNode\":{\"host\":\"" FIN2 "\""},
    {"system, slash", "SystemInfo/", "", 200, "<primaryNode><host>" FIN "</host>",
     "\"deploymentType\":\"UCCE\""},
    {"system, any case", "systeminfo", "", 200, "<status>IN_SERVICE</status>", "{\"SystemInfo\":{"},
    {"user", "User/1002", AS_1002, 200, "<User><uri>/finesse/api/User/1002</uri>",
     "{\"User\":{\"uri\":\"/finesse/api/User/1002\""},
    {"user by login", "User/agent1002/", AS_1002, 200, "<loginId>1002</loginId>",
     "\"loginName\":\"agent1002\""},
    {"supervisor", "User/1001", AS_1001, 200,
     "<roles><role>Agent</role><role>Supervisor</role></roles>",
     "\"roles\":{\"role\":[\"Agent\",\"Supervisor\"]}"},
    {"of her team", "User/1003", AS_1001, 200, "<loginId>1003</loginId>", "\"loginId\":\"1003\""},
    {"of another team", "User/1040", AS_1001, 401, "Invalid Authorization User Specified",
     "\"ErrorType\":\"Invalid Authorization User Specified\""},
    {"another agent", "User/1003", AS_1002, 401, "Invalid Authorization User Specified", "Agents"},
    {"nobody", "User/9999", AS_1002, 404, "<ErrorType>User Not Found</ErrorType>", "Not Found"},
    {"no such part", "User/1002/Nothing", AS_1002, 404, "<ApiErrors><ApiError>", "{\"ApiErrors\":"},
    {"dialogs", "User/1002/Dialogs", AS_1002, 200, "<Dialogs", "{\"Dialogs\":{"},
    {"another's dialogs", "User/1003/Dialogs", AS_1002, 401, "ApiError", "ApiError"},
    {"queues", "User/1002/Queues", AS_1002, 200, "<Queues><Queue><uri>/finesse/api/Queue/",
     "{\"Queues\":{\"Queue\":[{"},
    {"not ready reasons", "User/1002/ReasonCodes?category=NOT_READY", AS_1002, 200,
     "<ReasonCodes category=\"NOT_READY\"><ReasonCode>", "\"category\":\"NOT_READY\""},
    {"logout reasons", "User/1002/ReasonCodes?category=LOGOUT", AS_1002, 200,
     "<category>LOGOUT</category>", "\"category\":\"LOGOUT\""},
    {"reasons of nothing", "User/1002/ReasonCodes", AS_1002, 400, "category", "category"},
    {"reason", "User/1002/ReasonCode/999999", AS_1002, 404, "no such reason", "no such reason"},
    {"phone books", "User/1002/PhoneBooks", AS_1002, 200, "<PhoneBooks></PhoneBooks>",
     "{\"PhoneBooks\":{}}"},
    {"wrap-up", "User/1002/WrapUpReasons", AS_1002, 200, "<WrapUpReasons></WrapUpReasons>", "{}"},
    {"dialog of nobody", "Dialog/1", AS_1002, 404, "Invalid dialogId", "Invalid dialogId"},
    {"dialog, no number", "Dialog/x", AS_1002, 404, "Invalid dialogId", "Invalid dialogId"},
    {"no team", "Team/1", AS_1001, 404, "no simulated team", "no simulated team"},
    {"nothing", "", AS_1002, 404, "SystemInfo, User", "SystemInfo, User"},
    {"unknown", "Nothing/1", AS_1002, 404, "SystemInfo, User", "SystemInfo, User"},
    {"too long", "User/1002/Dialogs/1/2", AS_1002, 404, "so long a path", "so long a path"},
    {"nobody asks", "User/1002", "", 401, "<ErrorType>Unauthorized</ErrorType>", "Unauthorized"},
    {"wrong login", "User/1002", FIN_BAD, 401, "Unauthorized", "Unauthorized"},
    {"a token", "User/1002", "Authorization: Bearer x\r\n", 401, "Unauthorized", "Unauthorized"},
    {"broken Basic", "User/1002", "Authorization: Basic !\r\n", 401, "Unauthorized", "Unauth"},
};

static void check_xml(const struct wire_response *r, const char *name)
{
    XML_Parser p = XML_ParserCreate(NULL);

    ck_assert_msg(XML_Parse(p, r->body, (int)r->body_bytes, 1) == XML_STATUS_OK, "%s: %s", name,
                  r->body);
    XML_ParserFree(p);
    ck_assert_str_eq(wire_field(r, "content-type"), "application/xml;charset=utf-8");
}

static void check_json(const struct wire_response *r, const char *name)
{
    json_t *j = json_loads(r->body, 0, NULL);

    ck_assert_msg(j != NULL, "%s: %s", name, r->body);
    json_decref(j);
    ck_assert_str_eq(wire_field(r, "content-type"), "application/json");
}

START_TEST(shapes)
{
    struct wire *w = desktop_open(&lab);
    char path[128];
    char lines[256];

    for (size_t i = 0; i < COUNT(calls); i++)
        for (int is_json = 0; is_json < 2; is_json++) {
            const char *part = is_json ? calls[i].json : calls[i].xml;
            (void)snprintf(path, sizeof path, API "%s", calls[i].path);
            (void)snprintf(lines, sizeof lines, "%s%s", calls[i].as, is_json ? FIN_JSON : "");
            struct wire_response r = desktop_ask(w, "GET", path, lines, NULL);
            ck_assert_msg(r.status == calls[i].status, "%s: %u %s", calls[i].name, r.status,
                          r.body);
            ck_assert_msg(strstr(r.body, part) != NULL, "%s: %s", calls[i].name, r.body);
            (is_json ? check_json : check_xml)(&r, calls[i].name);
            ck_assert_msg((wire_field(&r, "www-authenticate") != NULL) == (calls[i].status == 401),
                          "%s", calls[i].name);
            wire_response_clear(&r);
        }
    wire_close(w);
}
END_TEST

/** The session is a login too, and Basic goes before it. A script's 401 opens no password window.
 */
START_TEST(who_asks)
{
    struct wire *w = desktop_open(&lab);
    char cookie[COOKIE_LINE];
    char both[256];

    desktop_sign_in(w, "1003", cookie);
    desktop_expect(w, "GET", API "User/1003", cookie, NULL, 200, "<loginId>1003");
    desktop_expect(w, "GET", API "User/1002", cookie, NULL, 401, "Invalid Authorization");
    (void)snprintf(both, sizeof both, "%s" AS_1002, cookie);
    desktop_expect(w, "GET", API "User/1002", both, NULL, 200, "<loginId>1002");
    (void)snprintf(both, sizeof both, "%s" FIN_BAD, cookie);
    desktop_expect(w, "GET", API "User/1003", both, NULL, 401, "Unauthorized");

    struct wire_response r = desktop_ask(w, "GET", API "User/1002", FIN_XHR, NULL);
    ck_assert_uint_eq(r.status, 401);
    ck_assert_ptr_null(wire_field(&r, "www-authenticate"));
    wire_response_clear(&r);
    r = desktop_ask(w, "GET", API "User/1002", "Sec-Fetch-Mode: navigate\r\n", NULL);
    ck_assert_str_eq(wire_field(&r, "www-authenticate"), "Basic realm=\"Cisco Finesse\"");
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

/** A supervisor's own team, whose users are those that the site shows. */
START_TEST(teams)
{
    struct wire *w = desktop_open(&lab);
    char path[64];

    json_t *j = desktop_json(w, API "User/1001", AS_1001 FIN_JSON);
    const json_t *user = json_object_get(j, "User");
    (void)snprintf(path, sizeof path, API "Team/%s",
                   json_string_value(json_object_get(user, "teamId")));
    json_t *t = desktop_json(w, path, AS_1001 FIN_JSON);
    const json_t *team = json_object_get(t, "Team");
    const json_t *users = json_object_get(json_object_get(team, "users"), "User");
    ck_assert_str_eq(json_string_value(json_object_get(team, "name")),
                     json_string_value(json_object_get(user, "teamName")));
    ck_assert_uint_gt(json_array_size(users), 1);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(users, 0), "loginId")),
                     "1001");
    desktop_expect(w, "GET", path, AS_1002, NULL, 401, "Only its supervisor");
    json_decref(t);
    json_decref(j);
    wire_close(w);
}
END_TEST

/* ---- changes ---- */

#define STATE(s)       "<User><state>" s "</state></User>"
#define REASON(s, why) "<User><state>" s "</state><reasonCodeId>" why "</reasonCodeId></User>"

static const struct {
    const char *name, *id, *body;
    unsigned status;
    const char *part;  /* of the answer */
    const char *state; /* afterwards */
} changes[] = {
    {"ready", "1002", STATE("READY"), 202, "", "READY"},
    {"ready again", "agent1002", STATE("READY"), 202, "", "READY"},
    {"not ready", "1002", STATE("NOT_READY"), 202, "", "NOT_READY"},
    {"another's", "1003", STATE("READY"), 401, "own User objects", "NOT_READY"},
    {"nobody's", "9999", STATE("READY"), 404, "User Not Found", "NOT_READY"},
    {"with reason", "1002", NULL /* the first of the list */, 202, "", "NOT_READY"},
    {"wrong reason", "1002", REASON("NOT_READY", "60000"), 400, "not_valid", "NOT_READY"},
    {"no reason", "1002", REASON("NOT_READY", "x"), 400, "Invalid Input", "NOT_READY"},
    {"unknown state", "1002", STATE("TALKING"), 400, "Invalid Input", "NOT_READY"},
    {"no state", "1002", "<User/>", 400, "Parameter Missing", "NOT_READY"},
    {"another object", "1002", "<Dialog/>", 400, "The body is no User", "NOT_READY"},
    {"no XML", "1002", "state=READY", 400, "Bad Request", "NOT_READY"},
    {"empty", "1002", "", 400, "Bad Request", "NOT_READY"},
    {"entity", "1002", "<!DOCTYPE u [<!ENTITY s \"READY\">]><User><state>&s;</state></User>", 400,
     "DOCTYPE", "NOT_READY"},
    {"log out", "1002", STATE("LOGOUT"), 202, "", "LOGOUT"},
    {"ready while out", "1002", STATE("READY"), 400, "not allowed", "LOGOUT"},
    {"log in", "1002", "<User><state>LOGIN</state><extension>1</extension></User>", 202, "",
     "NOT_READY"},
    {"log in again", "1002", STATE("LOGIN"), 202, "", "NOT_READY"},
    {"ready at last", "1002", STATE("READY"), 202, "", "READY"},
};

/** What the reason is, as a body of a request. */
static void first_reason(struct wire *w, char to[256])
{
    json_t *j = desktop_json(w, API "User/1002/ReasonCodes?category=NOT_READY", AS_1002 FIN_JSON);
    const json_t *list = json_object_get(json_object_get(j, "ReasonCodes"), "ReasonCode");
    const char *id = json_string_value(json_object_get(json_array_get(list, 0), "id"));

    ck_assert_ptr_nonnull(id);
    (void)snprintf(to, 256, REASON("NOT_READY", "%s"), id);
    json_decref(j);
}

static void check_state(struct wire *w, const char *name, const char *want)
{
    if (strcmp(want, "NOT_READY") == 0) { /* at once, or as soon as a call is over */
        desktop_await_away(w, AS_1002);
        return;
    }
    json_t *j = desktop_json(w, API "User/1002", AS_1002 FIN_JSON);
    const char *state = json_string_value(json_object_get(json_object_get(j, "User"), "state"));

    /* A ready agent may have got a call by now: the simulation goes on. */
    bool is_ready = strcmp(want, "READY") == 0;
    ck_assert_msg(is_ready ? strcmp(state, "NOT_READY") != 0 && strcmp(state, "LOGOUT") != 0
                           : strcmp(state, want) == 0,
                  "%s: %s", name, state);
    json_decref(j);
}

START_TEST(change_state)
{
    struct wire *w = desktop_open(&lab);
    char reason[256];
    char path[64];

    desktop_expect(w, "PUT", API "User/1002", "", STATE("READY"), 401, "Unauthorized");
    desktop_take_away(w, AS_1002);
    desktop_expect(w, "PUT", API "User/1002", AS_1002, STATE("LOGOUT"), 202, "");
    desktop_expect(w, "PUT", API "User/1002", AS_1002, STATE("LOGIN"), 202, "");
    first_reason(w, reason);
    for (size_t i = 0; i < COUNT(changes); i++) {
        const char *body = changes[i].body == NULL ? reason : changes[i].body;
        (void)snprintf(path, sizeof path, API "User/%s", changes[i].id);
        struct wire_response r = desktop_ask(w, "PUT", path, AS_1002, body);
        ck_assert_msg(r.status == changes[i].status, "%s: %u %s", changes[i].name, r.status,
                      r.body);
        ck_assert_msg(strstr(r.body, changes[i].part) != NULL, "%s: %s", changes[i].name, r.body);
        wire_response_clear(&r);
        check_state(w, changes[i].name, changes[i].state);
    }
    wire_close(w);
}
END_TEST

static const struct {
    const char *method, *path;
    unsigned status;
    const char *part;
} refused[] = {
    {"PUT", "Dialog/16777217", 400, "cannot be controlled"},
    {"POST", "User/1002/Dialogs", 400, "cannot be controlled"},
    {"POST", "User/1002", 405, "does not have this call"},
    {"DELETE", "User/1002", 405, "does not have this call"},
    {"PUT", "SystemInfo", 405, "does not have this call"},
    {"PUT", "Team/1", 405, "does not have this call"},
};

START_TEST(no_other_changes)
{
    struct wire *w = desktop_open(&lab);
    char path[64];

    for (size_t i = 0; i < COUNT(refused); i++) {
        (void)snprintf(path, sizeof path, API "%s", refused[i].path);
        desktop_expect(w, refused[i].method, path, AS_1002, "<User/>", refused[i].status,
                       refused[i].part);
    }
    wire_close(w);
}
END_TEST

/* ---- calls ---- */

/** Look until some agent of the team talks: the dialog is the same by all its paths, and is over
 * one day. */
struct call_search {
    struct wire *w;
    char team[64]; /* path */
    char id[32];
};

/** Whether this user has a dialog, whose id is then kept. */
static bool look_at(struct call_search *s, const char *dialogs)
{
    json_t *j = desktop_json(s->w, dialogs, AS_1001 FIN_JSON);
    const json_t *list = json_object_get(json_object_get(j, "Dialogs"), "Dialog");
    const char *id = json_string_value(json_object_get(json_array_get(list, 0), "id"));

    if (id != NULL)
        (void)snprintf(s->id, sizeof s->id, "%s", id);
    json_decref(j);
    return id != NULL;
}

static bool find_call(void *arg)
{
    struct call_search *s = arg;
    json_t *j = desktop_json(s->w, s->team, AS_1001 FIN_JSON);
    const json_t *users =
        json_object_get(json_object_get(json_object_get(j, "Team"), "users"), "User");
    const json_t *user = NULL;
    bool is_found = false;
    size_t i = 0;

    json_array_foreach(users, i, user)
    {
        const char *state = json_string_value(json_object_get(user, "state"));
        if (!is_found && strcmp(state, "TALKING") == 0)
            is_found = look_at(s, json_string_value(json_object_get(user, "dialogs")));
    }
    json_decref(j);
    return is_found;
}

START_TEST(dialogs)
{
    struct call_search s = {desktop_open(&lab), "", ""};
    char path[64];

    json_t *me = desktop_json(s.w, API "User/1001", AS_1001 FIN_JSON);
    (void)snprintf(s.team, sizeof s.team, API "Team/%s",
                   json_string_value(json_object_get(json_object_get(me, "User"), "teamId")));
    json_decref(me);
    test_until(find_call, &s, "a call of a team's agent");
    (void)snprintf(path, sizeof path, API "Dialog/%s", s.id);
    struct wire_response r = desktop_ask(s.w, "GET", path, AS_1001 FIN_JSON, NULL);
    if (r.status == 200) { /* else it has just ended */
        json_t *j = json_loads(r.body, 0, NULL);
        const json_t *d = json_object_get(j, "Dialog");
        ck_assert_str_eq(json_string_value(json_object_get(d, "id")), s.id);
        const json_t *all = json_object_get(json_object_get(d, "participants"), "Participant");
        ck_assert_uint_eq(json_array_size(all), 2);
        json_decref(j);
    } else {
        ck_assert_uint_eq(r.status, 404);
    }
    wire_response_clear(&r);
    r = desktop_ask(s.w, "GET", path, "Authorization: Basic MTA0MDp4\r\n" /* 1040:x */, NULL);
    ck_assert_msg(r.status == 401 || r.status == 404, "%u", r.status);
    wire_response_clear(&r);
    wire_close(s.w);
}
END_TEST

/* ---- CORS ---- */

/** What another origin is told: its own name, "*", or (NULL) 403. */
static void check_cors(struct wire *w, const char *step, const char *origin, const char *told)
{
    unsigned status = told == NULL ? 403 : 200;
    char lines[256];

    (void)snprintf(lines, sizeof lines, "Origin: %s\r\n", origin);
    struct wire_response r = desktop_ask(w, "GET", API "SystemInfo", lines, NULL);
    const char *allowed = wire_field(&r, "access-control-allow-origin");
    const char *credentials = wire_field(&r, "access-control-allow-credentials");
    ck_assert_msg(r.status == status, "%s, %s: %u", step, origin, r.status);
    ck_assert_pstr_eq(allowed, told);
    ck_assert_pstr_eq(credentials, told == NULL ? NULL : "true");
    wire_response_clear(&r);
    (void)snprintf(lines, sizeof lines, "Origin: %s\r\nAccess-Control-Request-Method: PUT\r\n",
                   origin);
    r = desktop_ask(w, "OPTIONS", API "User/1002", lines, NULL);
    ck_assert_msg(r.status == status, "%s, %s: preflight %u", step, origin, r.status);
    ck_assert_msg((wire_field(&r, "access-control-allow-methods") != NULL) == (told != NULL),
                  "%s, %s: methods", step, origin);
    wire_response_clear(&r);
}

/** A change asked from an origin that is not let in is not made. */
static void check_not_made(struct wire *w)
{
    struct wire_response r = desktop_ask(w, "PUT", API "User/1002",
                                         AS_1002 "Origin: https://x.example\r\n", STATE("LOGOUT"));

    ck_assert_uint_eq(r.status, 403);
    ck_assert_uint_eq(wire_count(&r, "access-control-"), 0);
    wire_response_clear(&r);
    json_t *j = desktop_json(w, API "User/1002", AS_1002 FIN_JSON);
    ck_assert_str_ne(json_string_value(json_object_get(json_object_get(j, "User"), "state")),
                     "LOGOUT");
    json_decref(j);
}

/** As a fresh node is: any origin. Then the list, then none; the other node is as it was. */
START_TEST(cors_modes)
{
    struct wire *w = desktop_open(&lab);

    desktop_expect(w, "PUT", API "User/1002", AS_1002, STATE("LOGIN"), 202, "");
    check_cors(w, "fresh", PORTAL, "*");
    check_cors(w, "fresh", "https://x.example", "*");
    lab_must(&lab, "-n finessep utils finesse cors enable");
    check_cors(w, "empty list", PORTAL, NULL);
    lab_must(&lab, "-n finessep utils finesse cors allowed_origin add " PORTAL);
    check_cors(w, "listed", PORTAL, PORTAL);
    check_cors(w, "not listed", "https://x.example", NULL);
    check_cors(w, "another port", PORTAL ":8445", NULL);
    check_not_made(w);
    lab_must(&lab, "-n finessep utils finesse cors disable");
    check_cors(w, "disabled", PORTAL, NULL);
    desktop_expect(w, "GET", API "SystemInfo", "", NULL, 200, "IN_SERVICE");
    desktop_expect(w, "GET", API "SystemInfo", "Origin: https://" FIN ":8445\r\n", NULL, 200, "");
    lab_must(&lab, "-n finessep utils finesse cors enable_all");
    check_cors(w, "all", "https://x.example", "*");
    wire_close(w);
}
END_TEST

/** The desktop and its files are no service of the list: no origin gets to read them. */
START_TEST(cors_of_pages)
{
    static const char *const path[] = {"/desktop/sim/people", "/gadgets/ifr?url=/x",
                                       FIN_FILES "hello.xml"};
    struct wire *w = desktop_open(&lab);

    for (size_t i = 0; i < COUNT(path); i++) {
        struct wire_response r = desktop_ask(w, "GET", path[i], "Origin: " PORTAL "\r\n", NULL);
        ck_assert_msg(wire_count(&r, "access-control-") == 0, "%s", path[i]);
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/** As the product: an edit counts from the next restart of the service. */
START_TEST(cors_on_restart)
{
    struct lab own;

    desktop_start(&own, "apply_changes = on-restart\n");
    struct wire *w = desktop_open(&own);
    lab_must(&own, "-n finessep utils finesse cors enable");
    lab_must(&own, "-n finessep utils finesse cors allowed_origin add " PORTAL);
    check_cors(w, "edited", "https://x.example", "*");
    lab_must(&own, "-n finessep utils service restart " FIN_TOMCAT);
    check_cors(w, "restarted", "https://x.example", NULL);
    check_cors(w, "restarted", PORTAL, PORTAL);
    wire_close(w);
    lab_clear(&own);
}
END_TEST

void suite_finesse_api(Suite *s)
{
    TCase *tc = new_case(s, "api");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, shapes);
    tcase_add_test(tc, who_asks);
    tcase_add_test(tc, teams);
    tcase_add_test(tc, no_other_changes);
    tcase_add_test(tc, dialogs);
    tcase_add_test(tc, cors_modes);
    tcase_add_test(tc, cors_of_pages);
    tc = new_case(s, "api, changes");
    tcase_add_checked_fixture(tc, start, stop);
    tcase_set_timeout(tc, CALLS_TIMEOUT_S);
    tcase_add_test(tc, change_state);
    tc = new_case(s, "api, restarts");
    tcase_add_test(tc, cors_on_restart);
}
