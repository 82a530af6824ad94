#include "desktop/finesse.h"

#include <stdlib.h>
#include <string.h>

#include "desktop/xml.h"
#include "desktop/xml_write.h"
#include "suites.h"
#include "support.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define PROLOG      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

/* ---- XML ---- */

static const struct write_row {
    const char *name, *json, *xml;
} write_rows[] = {
    {"text", "{\"a\": \"b\"}", "<a>b</a>"},
    {"empty", "{\"a\": \"\"}", "<a></a>"},
    {"null", "{\"a\": null}", "<a></a>"},
    {"number", "{\"a\": -12}", "<a>-12</a>"},
    {"boolean", "{\"a\": {\"b\": true, \"c\": false}}", "<a><b>true</b><c>false</c></a>"},
    {"order", "{\"a\": {\"z\": \"1\", \"b\": \"2\"}}", "<a><z>1</z><b>2</b></a>"},
    {"several", "{\"a\": {\"b\": [\"1\", {\"c\": \"2\"}]}}", "<a><b>1</b><b><c>2</c></b></a>"},
    {"none", "{\"a\": {\"b\": []}}", "<a></a>"},
    {"attributes", "{\"a\": {\"@k\": \"'v'\", \"b\": \"1\"}}", "<a k=\"&#39;v&#39;\"><b>1</b></a>"},
    {"escaped", "{\"a\": \"<&>\\\"\\u0001\\u20ac\"}", "<a>&lt;&amp;&gt;&quot;?\xe2\x82\xac</a>"},
};

START_TEST(writes)
{
    const struct write_row *row = &write_rows[_i];
    json_t *tree = json_loads(row->json, 0, NULL);
    struct buf to;

    buf_init(&to, 4096);
    ck_assert_int_eq(xml_write(&to, tree), ERR_OK);
    ck_assert_msg(strncmp(buf_text(&to), PROLOG, strlen(PROLOG)) == 0 &&
                      strcmp(buf_text(&to) + strlen(PROLOG), row->xml) == 0,
                  "%s: %s", row->name, buf_text(&to));
    buf_clear(&to);
    json_decref(tree);
}
END_TEST

/* ---- the centre's people ---- */

static const struct finesse_clock noon = {1700000000123, 600000};

static struct centre *begin(void)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(1, 20, &c), ERR_OK);
    centre_advance(c, noon.centre_ms, NULL, NULL);
    return c;
}

/** Let events happen until an agent is in that state. */
static size_t await(struct centre *c, enum agent_state state)
{
    for (;;) {
        for (size_t i = 0; i < centre_count(c, CENTRE_AGENT); i++)
            if (centre_agent(c, i)->state == state)
                return i;
        centre_advance(c, centre_next_ms(c), NULL, NULL);
    }
}

/** The XML of a tree, whose reference is taken, read again. */
static struct xml *reread(json_t *tree)
{
    struct buf to;
    struct xml *x = NULL;
    struct diag why = {0, ""};

    ck_assert_ptr_nonnull(tree);
    buf_init(&to, 1U << 20);
    ck_assert_int_eq(xml_write(&to, tree), ERR_OK);
    struct slice text = {buf_text(&to), to.n};
    ck_assert_msg(xml_parse(text, 1U << 20, &x, &why) == ERR_OK, "%s: %s", why.text, text.at);
    buf_clear(&to);
    json_decref(tree);
    return x;
}

static void check_text(const struct xml_element *e, const char *name, const char *expected)
{
    struct slice text = xml_child_text(e, name);

    ck_assert_msg(slice_is(text, expected), "%s: '%.*s'", name, (int)text.n, text.at);
}

START_TEST(times)
{
    char text[FINESSE_TIME];

    finesse_time(&noon, noon.centre_ms, text);
    ck_assert_str_eq(text, "2023-11-14T22:13:20.123Z");
    finesse_time(&noon, noon.centre_ms - 20124, text);
    ck_assert_str_eq(text, "2023-11-14T22:12:59.999Z");
}
END_TEST

START_TEST(user)
{
    struct centre *c = begin();
    size_t i = await(c, AGENT_READY);
    struct finesse_clock now = {noon.wall_ms, centre_now_ms(c)};
    const struct agent *a = centre_agent(c, i);
    struct xml *x = reread(finesse_user(c, i, &now));
    const struct xml_element *u = xml_root(x);
    char text[FINESSE_TIME];

    ck_assert_str_eq(u->name, "User");
    (void)snprintf(text, sizeof text, "/finesse/api/User/%u", a->id);
    check_text(u, "uri", text);
    check_text(u, "loginId", text + strlen("/finesse/api/User/"));
    check_text(u, "loginName", a->login);
    check_text(u, "state", "READY");
    finesse_time(&now, a->since_ms, text);
    check_text(u, "stateChangeTime", text);
    check_text(u, "pendingState", "");
    check_text(u, "reasonCodeId", "-1");
    ck_assert_ptr_null(xml_child(u, "ReasonCode"));
    check_text(u, "firstName", a->first_name);
    check_text(u, "lastName", a->last_name);
    (void)snprintf(text, sizeof text, "%u", a->extension);
    check_text(u, "extension", text);
    check_text(u, "teamName", centre_team(c, a->team)->name);
    xml_free(x);
    centre_free(c);
}
END_TEST

START_TEST(away)
{
    struct centre *c = begin();

    centre_hold(c, 2);
    centre_advance(c, centre_now_ms(c), NULL, NULL);
    while (centre_agent(c, 2)->state != AGENT_READY) {
        (void)centre_set_state(c, 2, AGENT_READY, 0);
        centre_advance(c, centre_next_ms(c), NULL, NULL);
    }
    ck_assert_int_eq(centre_set_state(c, 2, AGENT_NOT_READY, 3), ERR_OK);
    struct xml *x = reread(finesse_user(c, 2, &noon));
    check_text(xml_root(x), "state", "NOT_READY");
    check_text(xml_root(x), "reasonCodeId", "3");
    const struct xml_element *r = xml_child(xml_root(x), "ReasonCode");
    check_text(r, "uri", "/finesse/api/ReasonCode/3");
    check_text(r, "label", "Lunch");
    check_text(r, "category", "NOT_READY");
    check_text(r, "systemCode", "false");
    xml_free(x);
    centre_free(c);
}
END_TEST

START_TEST(roles)
{
    struct centre *c = begin();
    size_t n_supervisors = 0;

    for (size_t i = 0; i < centre_count(c, CENTRE_AGENT); i++) {
        struct xml *x = reread(finesse_user(c, i, &noon));
        const struct xml_element *role = xml_child(xml_child(xml_root(x), "roles"), "role");
        bool is_supervisor = finesse_is_supervisor(c, i);
        ck_assert_str_eq(role->text, "Agent");
        role = xml_next(role, "role");
        ck_assert((role != NULL) == is_supervisor);
        const struct xml_element *team = xml_child(xml_child(xml_root(x), "teams"), "Team");
        ck_assert((team != NULL) == is_supervisor);
        if (is_supervisor)
            check_text(team, "name", centre_team(c, centre_agent(c, i)->team)->name);
        n_supervisors += is_supervisor ? 1 : 0;
        xml_free(x);
    }
    ck_assert_uint_eq(n_supervisors, centre_count(c, CENTRE_TEAM));
    centre_free(c);
}
END_TEST

START_TEST(team)
{
    struct centre *c = begin();
    struct xml *x = reread(finesse_team(c, 0, &noon));
    size_t n = 0;

    check_text(xml_root(x), "uri", "/finesse/api/Team/5001");
    check_text(xml_root(x), "name", centre_team(c, 0)->name);
    for (const struct xml_element *u = xml_child(xml_child(xml_root(x), "users"), "User");
         u != NULL; u = xml_next(u, "User"))
        check_text(u, "loginName", centre_agent(c, centre_team(c, 0)->first + n++)->login);
    ck_assert_uint_eq(n, centre_team(c, 0)->n);
    xml_free(x);
    centre_free(c);
}
END_TEST

static const struct call_row {
    enum agent_state state;
    const char *dialog, *participant;
    const char *action; /* the first that is offered */
} call_rows[] = {
    {AGENT_RESERVED, "ALERTING", "ALERTING", "ANSWER"},
    {AGENT_TALKING, "ACTIVE", "ACTIVE", "TRANSFER_SST"},
    {AGENT_HOLD, "ACTIVE", "HELD", "RETRIEVE"},
};

START_TEST(dialogs)
{
    const struct call_row *row = &call_rows[_i];
    struct centre *c = begin();
    size_t i = await(c, row->state);
    size_t found = 0;
    struct xml *x = reread(finesse_dialogs(c, i, &noon));
    const struct xml_element *d = xml_child(xml_root(x), "Dialog");
    unsigned long id = strtoul(xml_child(d, "id")->text, NULL, 10);

    check_text(d, "state", row->dialog);
    check_text(xml_child(d, "mediaProperties"), "queueName",
               centre_agent(c, i)->queue_of_call->name);
    const struct xml_element *p = xml_child(xml_child(d, "participants"), "Participant");
    check_text(p, "mediaAddress", xml_child(d, "fromAddress")->text);
    ck_assert_ptr_null(xml_child(p, "actions")->first); /* nobody here does anything for callers */
    p = xml_next(p, "Participant");
    check_text(p, "state", row->participant);
    check_text(xml_child(p, "actions"), "action", row->action);
    xml_free(x);
    x = reread(finesse_dialog(c, id, &noon, &found));
    ck_assert_uint_eq(found, i);
    ck_assert_str_eq(xml_root(x)->name, "Dialog");
    xml_free(x);
    ck_assert_ptr_null(finesse_dialog(c, 1, &noon, &found));
    centre_free(c);
}
END_TEST

START_TEST(no_dialogs)
{
    struct centre *c = begin();
    size_t i = await(c, AGENT_WORK);
    struct xml *x = reread(finesse_dialogs(c, i, &noon));

    ck_assert_str_eq(xml_root(x)->name, "Dialogs");
    ck_assert_ptr_null(xml_root(x)->first);
    xml_free(x);
    centre_free(c);
}
END_TEST

START_TEST(queues)
{
    struct centre *c = begin();
    struct xml *x = reread(finesse_queues(c, 0, &noon));
    const struct xml_element *q = xml_child(xml_root(x), "Queue");

    check_text(q, "name", centre_queue(c, centre_agent(c, 0)->queue)->name);
    ck_assert_ptr_nonnull(xml_child(xml_child(q, "statistics"), "callsInQueue"));
    q = xml_next(q, "Queue");
    check_text(q, "name", centre_skill_group(c, centre_agent(c, 0)->skill_group)->name);
    xml_free(x);
    centre_free(c);
}
END_TEST

static const struct find_row {
    const char *id;
    bool is_found;
    size_t index;
} find_rows[] = {
    {"1001", true, 0},      {"1020", true, 19},     {"1021", false, 0},  {"1000", false, 0},
    {"agent1002", true, 1}, {"AGENT1002", true, 1}, {"agent", false, 0}, {"", false, 0},
    {"01001", true, 0},     {"1001 ", false, 0},    {"-1", false, 0},    {"4294968297", false, 0},
};

START_TEST(finds)
{
    const struct find_row *row = &find_rows[_i];
    struct centre *c = begin();
    size_t i = 0;

    ck_assert_msg(finesse_find_user(c, slice_of(row->id), &i) == row->is_found, "'%s'", row->id);
    if (row->is_found)
        ck_assert_uint_eq(i, row->index);
    centre_free(c);
}
END_TEST

START_TEST(reason_codes)
{
    struct xml *x = reread(finesse_reason_codes(AGENT_NOT_READY));
    const struct xml_element *r = xml_child(xml_root(x), "ReasonCode");

    ck_assert_str_eq(xml_attribute(xml_root(x), "category"), "NOT_READY");
    check_text(r, "label", "Break");
    check_text(xml_next(r, "ReasonCode"), "label", "Lunch");
    xml_free(x);
    x = reread(finesse_reason_codes(AGENT_LOGGED_OUT));
    check_text(xml_child(xml_root(x), "ReasonCode"), "category", "LOGOUT");
    xml_free(x);
    x = reread(finesse_reason_code(3));
    check_text(xml_root(x), "label", "Lunch");
    xml_free(x);
    ck_assert_ptr_null(finesse_reason_code(1));
    ck_assert_ptr_null(finesse_reason_code(99));
}
END_TEST

START_TEST(system_info)
{
    struct finesse_node one = {"one.lab", 8445};
    struct finesse_node two = {"two.lab", 8445};
    struct xml *x = reread(finesse_system_info(&one, &two, noon.wall_ms));

    check_text(xml_root(x), "currentTimestamp", "2023-11-14T22:13:20.123Z");
    check_text(xml_root(x), "status", "IN_SERVICE");
    check_text(xml_child(xml_root(x), "primaryNode"), "host", "one.lab");
    check_text(xml_child(xml_root(x), "secondaryNode"), "host", "two.lab");
    check_text(xml_child(xml_root(x), "secondaryNode"), "httpsPort", "8445");
    check_text(xml_root(x), "xmppPubSubDomain", "pubsub.one.lab");
    xml_free(x);
    x = reread(finesse_system_info(&one, NULL, noon.wall_ms));
    ck_assert_ptr_null(xml_child(xml_root(x), "secondaryNode"));
    xml_free(x);
}
END_TEST

/* ---- changes ---- */

static const struct change_row {
    const char *name, *body, *error; /* type of the error; NULL: none */
    struct finesse_change change;
} change_rows[] = {
    {"ready", "<User><state>READY</state></User>", NULL, {AGENT_READY, 0, false}},
    {"white space",
     "<User>\n <state> NOT_READY </state>\n</User>",
     NULL,
     {AGENT_NOT_READY, 0, false}},
    {"with a reason",
     "<User><state>NOT_READY</state><reasonCodeId>3</reasonCodeId></User>",
     NULL,
     {AGENT_NOT_READY, 3, false}},
    {"with none",
     "<User><state>NOT_READY</state><reasonCodeId>-1</reasonCodeId></User>",
     NULL,
     {AGENT_NOT_READY, 0, false}},
    {"logout", "<User><state>LOGOUT</state></User>", NULL, {AGENT_LOGGED_OUT, 0, false}},
    {"login",
     "<User><state>LOGIN</state><extension>1</extension></User>",
     NULL,
     {AGENT_NOT_READY, 0, true}},
    {"nothing", "", "Bad Request", {AGENT_READY, 0, false}},
    {"no XML", "state=READY", "Bad Request", {AGENT_READY, 0, false}},
    {"a bomb", "<!DOCTYPE a [<!ENTITY b 'c'>]><User/>", "Bad Request", {AGENT_READY, 0, false}},
    {"another object", "<Dialog/>", "Bad Request", {AGENT_READY, 0, false}},
    {"no state", "<User/>", "Parameter Missing", {AGENT_READY, 0, false}},
    {"a state that is nobody's to choose",
     "<User><state>TALKING</state></User>",
     "Invalid Input",
     {AGENT_READY, 0, false}},
    {"a reason that is no number",
     "<User><state>NOT_READY</state><reasonCodeId>x</reasonCodeId></User>",
     "Invalid Input",
     {AGENT_READY, 0, false}},
};

START_TEST(changes)
{
    const struct change_row *row = &change_rows[_i];
    struct finesse_change got = {AGENT_HOLD, 77, false};
    json_t *error = NULL;
    enum err e = finesse_read_change(slice_of(row->body), &got, &error);

    ck_assert_msg((e == ERR_OK) == (row->error == NULL), "%s", row->name);
    if (e == ERR_OK) {
        ck_assert_ptr_null(error);
        ck_assert_int_eq(got.state, row->change.state);
        ck_assert_uint_eq(got.reason, row->change.reason);
        ck_assert(got.is_login == row->change.is_login);
        return;
    }
    ck_assert_int_eq(got.state, AGENT_HOLD);
    struct xml *x = reread(error);
    check_text(xml_child(xml_root(x), "ApiError"), "ErrorType", row->error);
    xml_free(x);
}
END_TEST

Suite *suite_finesse(void)
{
    Suite *s = suite_create("finesse");
    TCase *tc = tcase_create("shapes");

    tcase_add_loop_test(tc, writes, 0, (int)COUNT_OF(write_rows));
    tcase_add_test(tc, times);
    tcase_add_test(tc, user);
    tcase_add_test(tc, away);
    tcase_add_test(tc, roles);
    tcase_add_test(tc, team);
    tcase_add_loop_test(tc, dialogs, 0, (int)COUNT_OF(call_rows));
    tcase_add_test(tc, no_dialogs);
    tcase_add_test(tc, queues);
    tcase_add_loop_test(tc, finds, 0, (int)COUNT_OF(find_rows));
    tcase_add_test(tc, reason_codes);
    tcase_add_test(tc, system_info);
    tcase_add_loop_test(tc, changes, 0, (int)COUNT_OF(change_rows));
    suite_add_tcase(s, tc);
    return s;
}
