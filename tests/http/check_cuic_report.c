/* Reports over the wire: the life of an execution, numbers that equal Live Data's, bad bodies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuic.h"
#include "suites.h"

#define DATASETS 1024 /* that are kept */

static struct lab lab;

static void start(void)
{
    cuic_start(&lab, "");
}

static void start_large(void)
{
    start_article(&lab, "simulation { agents = 5000 seed = 1 }\n");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- executions ---- */

static struct wire_response poll(struct wire *w, const char *host, const char *id,
                                 const char *login)
{
    struct wire_response r;

    wire_say(w,
             "GET " CUIC_REST "reports/execute/%s?reportExecutionType=historical HTTP/1.1\r\n"
             "Host: %s\r\n%s\r\n",
             id, host, login);
    ck_assert(wire_read(w, &r));
    return r;
}

static void expect_poll(struct wire *w, const char *host, const char *id, const char *login,
                        unsigned status, const char *begin)
{
    struct wire_response r = poll(w, host, id, login);

    ck_assert_msg(r.status == status && strncmp(r.body, begin, strlen(begin)) == 0, "%u %.200s",
                  r.status, r.body);
    wire_response_clear(&r);
}

#define RUNNING "{\"executionResult\":{\"status\":\"RUNNING\"}}"
#define READY                                                                                      \
    "{\"executionResult\":{\"status\":\"READY\",\"isMoreDataAvailable\":false,\"jsonData\":\"[{"

/** Running at the first poll, ready with the same rows from the second on; for its user alone. */
START_TEST(execution)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    char id[64];

    cuic_begin(w, CUIC_HISTORY, id);
    expect_poll(w, PUB, id, OTHER_BASIC, 404, "{\"error\":{\"code\":\"unknown-data-set\"");
    expect_poll(w, SUB, id, BASIC, 404, "{\"error\":{\"code\":\"unknown-data-set\"");
    expect_poll(w, PUB, id, "", 401, "<!DOCTYPE html>");
    expect_poll(w, PUB, id, BASIC, 200, RUNNING);
    struct wire_response first = poll(w, PUB, id, BASIC);
    ck_assert_msg(strncmp(first.body, READY, strlen(READY)) == 0, "%.200s", first.body);
    for (size_t i = 0; i < 3; i++) {
        struct wire_response again = poll(w, PUB, id, BASIC LIVE_ORIGIN);
        ck_assert_str_eq(again.body, first.body);
        ck_assert_str_eq(wire_field(&again, "access-control-allow-origin"), LISTED);
        wire_response_clear(&again);
    }
    json_t *j = json_loads(first.body, 0, NULL);
    const json_t *result = json_object_get(j, "executionResult");
    ck_assert_int_le(json_integer_value(json_object_get(result, "startTime")),
                     json_integer_value(json_object_get(result, "endTime")));
    json_decref(j);
    wire_response_clear(&first);
    wire_close(w);
}
END_TEST

/** Each execution has an id of its own; the oldest is forgotten when there are too many. */
START_TEST(many_executions)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    char first[64];
    char second[64];
    char id[64];

    cuic_begin(w, CUIC_TEAMS, first);
    cuic_begin(w, CUIC_TEAMS, second);
    ck_assert_str_ne(first, second);
    expect_poll(w, PUB, first, BASIC, 200, RUNNING); /* used after the second one */
    for (size_t i = 2; i <= DATASETS; i++)
        cuic_begin(w, CUIC_TEAMS, id);
    expect_poll(w, PUB, first, BASIC, 200, READY);
    expect_poll(w, PUB, second, BASIC, 404, "{\"error\"");
    expect_poll(w, PUB, id, BASIC, 200, RUNNING);
    wire_close(w);
}
END_TEST

/** Two polls at the same moment agree on the rows. */
START_TEST(polls_together)
{
    struct wire *w[4];
    char *body = NULL;
    char id[64];

    for (size_t i = 0; i < COUNT(w); i++)
        w[i] = wire_open(lab.port[0], PUB);
    cuic_begin(w[0], CUIC_HISTORY, id);
    expect_poll(w[0], PUB, id, BASIC, 200, RUNNING);
    for (size_t i = 0; i < COUNT(w); i++)
        wire_say(w[i],
                 "GET " CUIC_REST "reports/execute/%s HTTP/1.1\r\nHost: " PUB "\r\n" BASIC "\r\n",
                 id);
    for (size_t i = 0; i < COUNT(w); i++) {
        struct wire_response r;
        ck_assert(wire_read(w[i], &r));
        if (body == NULL)
            body = strdup(r.body);
        ck_assert_str_eq(r.body, body);
        wire_response_clear(&r);
        wire_close(w[i]);
    }
    ck_assert_msg(strncmp(body, READY, strlen(READY)) == 0, "%.200s", body);
    free(body);
}
END_TEST

/** The largest centre: answers far beyond a page, by both ways the same rows. */
START_TEST(large)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    json_t *initial = cuic_initial(w, CUIC_AGENTS, NULL, NULL);
    json_t *executed = cuic_execute(w, CUIC_HISTORY, "@agent_list", "CL");
    char *text = json_dumps(executed, JSON_COMPACT);

    ck_assert_uint_eq(json_array_size(initial), 5000);
    ck_assert_uint_eq(json_array_size(executed), 5000);
    ck_assert_uint_gt(strlen(text), 1000000);
    for (size_t i = 0; i < 5000; i++)
        ck_assert_int_eq(
            json_integer_value(json_object_get(json_array_get(initial, i), "Agent ID")),
            (long long)(1001 + i));
    free(text);
    json_decref(initial);
    json_decref(executed);
    wire_close(w);
}
END_TEST

/* ---- filters ---- */

static const struct filter_row {
    const char *name;
    const char *report, *key, *value;
    size_t n;
} filter_rows[] = {
    {"all", CUIC_AGENTS, NULL, NULL, 40},
    {"collection", CUIC_AGENTS, "agent.id", "CL", 40},
    {"own team", CUIC_AGENTS, "agent.id", "CL teamName", 14},
    {"another team", CUIC_AGENTS, "agent.id", "CL Support Team", 13},
    {"self", CUIC_AGENTS, "agent.id", "loginId", 1},
    {"ids", CUIC_AGENTS, "agent.id", "1001,1040", 2},
    {"teams", CUIC_TEAMS, "agentTeam.id", "CL", 3},
    {"queue", CUIC_QUEUES, "precisionQueue.id", "7001", 1},
};

/** Both ways to the rows filter alike. */
START_TEST(filters)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(filter_rows); i++) {
        const struct filter_row *row = &filter_rows[i];
        json_t *initial = cuic_initial(w, row->report, row->key, row->value);
        json_t *executed = cuic_execute(w, row->report, row->key, row->value);
        ck_assert_msg(json_array_size(initial) == row->n, "%s: %zu", row->name,
                      json_array_size(initial));
        ck_assert_msg(json_array_size(executed) == row->n, "%s: %zu", row->name,
                      json_array_size(executed));
        json_decref(initial);
        json_decref(executed);
    }
    wire_close(w);
}
END_TEST

/* ---- the same numbers ---- */

/** The next message about a member's id; json_decref() it. */
static json_t *next_about(struct wire *ws)
{
    for (;;) {
        char *text = ws_read_text(ws, NULL);
        ck_assert_ptr_nonnull(text);
        json_t *event = strncmp(text, "42", 2) == 0 ? json_loads(text + 2, 0, NULL) : NULL;
        free(text);
        const char *name = json_string_value(json_array_get(event, 0));
        json_t *message = name != NULL && strcmp(name, "message") == 0
                              ? json_incref(json_array_get(event, 1))
                              : NULL;
        json_decref(event);
        if (message != NULL)
            return message;
    }
}

/** The next message that was made after all that has happened so far: the server answers in order,
 *  so it comes behind the answer to a ping. What was on its way already is dropped. */
static json_t *next_made(struct wire *ws)
{
    ws_say(ws, "2");
    for (bool is_pong = false; !is_pong;) {
        char *text = ws_read_text(ws, NULL);
        ck_assert_ptr_nonnull(text);
        is_pong = strcmp(text, "3") == 0;
        free(text);
    }
    return next_about(ws);
}

static long long number(const json_t *object, const char *name)
{
    const json_t *j = json_object_get(object, name);

    ck_assert_msg(json_is_integer(j), "no number '%s'", name);
    return json_integer_value(j);
}

static const json_t *domain_of(const json_t *message)
{
    return json_array_get(json_object_get(json_object_get(message, "agent"), "agentMRDs"), 0);
}

static const char *state_of(const json_t *message)
{
    return json_string_value(json_object_get(domain_of(message), "state"));
}

static long long duration_of(const json_t *message)
{
    return number(domain_of(message), "durationInStateMillis");
}

/** What a grid calls a state. */
static const char *title_of(const char *state)
{
    static const char *const titles[][2] = {
        {"LOGOUT", "Logged Out"}, {"NOT_READY", "Not Ready"}, {"READY", "Ready"},
        {"RESERVED", "Reserved"}, {"TALKING", "Talking"},     {"HOLD", "Hold"},
        {"WORK", "Wrap Up"},
    };

    for (size_t i = 0; i < COUNT(titles); i++)
        if (strcmp(titles[i][0], state) == 0)
            return titles[i][1];
    ck_abort_msg("no such state: %s", state);
}

/** A row that was read between two messages with the same state says what they say, and its time
 *  lies between theirs. */
static void check_between(const json_t *before, const json_t *row, const json_t *after)
{
    const json_t *agent = json_object_get(before, "agent");

    ck_assert_str_eq(json_string_value(json_object_get(row, "State")), title_of(state_of(before)));
    ck_assert_int_le(duration_of(before), number(row, "Time in State (ms)"));
    ck_assert_int_ge(duration_of(after), number(row, "Time in State (ms)"));
    ck_assert_int_eq(number(agent, "callsHandled"), number(row, "Calls Handled"));
    ck_assert_int_eq(number(agent, "talkTimeMillis"), number(row, "Talk Time (ms)"));
    ck_assert_int_eq(number(domain_of(before), "reasonCode"), number(row, "Reason Code"));
    ck_assert_str_eq(json_string_value(json_object_get(domain_of(before), "reasonText")),
                     json_string_value(json_object_get(row, "Reason")));
    ck_assert_str_eq(json_string_value(json_object_get(agent, "agentTeamName")),
                     json_string_value(json_object_get(row, "Team")));
}

/** @return whether the state stayed the same, so that there was something to compare */
static bool compare_once(struct wire *ws, struct wire *w, bool is_execution)
{
    json_t *before = next_made(ws);
    json_t *rows = is_execution ? cuic_execute(w, CUIC_HISTORY, "@agent.id", "loginId")
                                : cuic_initial(w, CUIC_AGENTS, "agent.id", "loginId");
    const json_t *row = json_array_get(rows, 0);
    json_t *after = next_made(ws);
    bool is_same =
        strcmp(state_of(before), state_of(after)) == 0 && duration_of(before) <= duration_of(after);
    if (is_same)
        check_between(before, row, after);
    json_decref(before);
    json_decref(after);
    json_decref(rows);
    return is_same;
}

START_TEST(numbers_of_an_agent)
{
    struct wire *ws = live_ws(&lab);
    struct wire *w = wire_open(lab.port[0], PUB);
    unsigned n_same = 0;

    live_ws_subscribe(ws, "Agent=1001");
    for (unsigned i = 0; i < 40 && n_same < 2; i++)
        n_same += compare_once(ws, w, i % 2 == 1);
    ck_assert_uint_ge(n_same, 2);
    wire_close(ws);
    wire_close(w);
}
END_TEST

/** What a queue counted before a row was read, the row, and what it counted afterwards, never goes
 *  down; and all are equal when nothing happened between. */
START_TEST(numbers_of_a_queue)
{
    static const char *const pairs[][2] = {
        {"callsOffered", "Offered"}, {"callsHandled", "Handled"}, {"callsAbandoned", "Abandoned"}};
    struct wire *ws = live_ws(&lab);
    struct wire *w = wire_open(lab.port[0], PUB);

    live_ws_subscribe(ws, "PrecisionQueue=7001");
    for (unsigned i = 0; i < 2; i++) {
        json_t *before = next_made(ws);
        json_t *rows = cuic_initial(w, CUIC_QUEUES, "precisionQueue.id", "7001");
        json_t *after = next_made(ws);
        const json_t *row = json_array_get(rows, 0);
        const json_t *first = json_object_get(before, "precisionQueue");
        const json_t *last = json_object_get(after, "precisionQueue");
        for (size_t k = 0; k < COUNT(pairs); k++) {
            ck_assert_int_le(number(first, pairs[k][0]), number(row, pairs[k][1]));
            ck_assert_int_ge(number(last, pairs[k][0]), number(row, pairs[k][1]));
        }
        ck_assert_int_eq(number(row, "Offered"), number(row, "Handled") + number(row, "Abandoned") +
                                                     number(row, "Calls in Queue") +
                                                     number(row, "Active Calls"));
        json_decref(before);
        json_decref(after);
        json_decref(rows);
    }
    wire_close(ws);
    wire_close(w);
}
END_TEST

/* ---- malformed ---- */

static const struct bad_row {
    const char *name;
    const char *path, *body;
    unsigned status;
    const char *code, *part;
} bad_rows[] = {
    {"no body", CUIC_START, "", 400, "bad-request", "the body is no JSON: line 1, column 0"},
    {"no JSON", CUIC_START, "{\"reportId\"", 400, "bad-request", "the body is no JSON: line 1"},
    {"form", CUIC_START, "reportId=x", 400, "bad-request", "no JSON"},
    {"array", CUIC_START, "[]", 400, "bad-request", "a JSON object"},
    {"more behind", CUIC_START, "{\"reportId\":\"" CUIC_AGENTS "\"}x", 400, "bad-request",
     "no JSON"},
    {"NUL in a text", CUIC_START, "{\"reportId\":\"\\u0000\"}", 400, "bad-request", "no JSON"},
    {"not UTF-8", CUIC_START, "{\"reportId\":\"\xff\"}", 400, "bad-request", "no JSON"},
    {"no report", CUIC_START, "{}", 400, "bad-request", "reportId"},
    {"unknown report", CUIC_START, "{\"reportId\":\"F2D86F191000015B000000640A4E5A54\"}", 404,
     "unknown-report", "there is no report 'F2D86F191000015B000000640A4E5A54'"},
    {"control characters", CUIC_START, "{\"reportId\":\"\\u001b[2J<b>\"}", 404, "unknown-report",
     "'?[2J<b>'"},
    {"bad filter", CUIC_START, "{\"reportId\":\"" CUIC_AGENTS "\",\"filter\":1}", 400,
     "bad-request", "has to be an object"},
    {"unknown filter", CUIC_START,
     "{\"reportId\":\"" CUIC_AGENTS
     "\",\"filter\":{\"filterParams\":[{\"paramId\":\"x\",\"value\":\"CL\"}]}}",
     400, "bad-request", "no filter 'x'"},
    {"filters as an array", CUIC_INITIAL, "{\"reportId\":\"" CUIC_AGENTS "\",\"filters\":[]}", 400,
     "bad-request", "a text with the JSON of an array"},
    {"filters no JSON", CUIC_INITIAL, "{\"reportId\":\"" CUIC_AGENTS "\",\"filters\":\"x\"}", 400,
     "bad-request", "is no JSON"},
    {"unknown id", CUIC_INITIAL,
     "{\"reportId\":\"" CUIC_AGENTS
     "\",\"filters\":\"[{\\\"name\\\":\\\"agent.id\\\",\\\"value\\\":\\\"9\\\"}]\"}",
     400, "bad-request", "there is no id '9'"},
};

START_TEST(malformed)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(bad_rows); i++) {
        const struct bad_row *row = &bad_rows[i];
        struct wire_response r = live_ask(w, "POST", row->path, BASIC LIVE_ORIGIN, row->body);
        json_t *j = json_loads(r.body, 0, NULL);
        const json_t *error = json_object_get(j, "error");
        const char *code = json_string_value(json_object_get(error, "code"));
        const char *message = json_string_value(json_object_get(error, "message"));
        ck_assert_msg(r.status == row->status, "%s: %u", row->name, r.status);
        ck_assert_msg(code != NULL && strcmp(code, row->code) == 0, "%s: %s", row->name, r.body);
        ck_assert_msg(message != NULL && strstr(message, row->part) != NULL, "%s: %s", row->name,
                      r.body);
        /* A script may read what was wrong. */
        ck_assert_str_eq(wire_field(&r, "access-control-allow-origin"), LISTED);
        json_decref(j);
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/** JSON that is deep, and a body that is larger than any such request. */
START_TEST(large_bodies)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    char *text = malloc(200001);

    ck_assert_ptr_nonnull(text);
    memset(text, '[', 200000);
    text[200000] = '\0';
    struct wire_response r = live_ask(w, "POST", CUIC_START, BASIC, text);
    ck_assert_msg(r.status == 413 && strstr(r.body, "too-large") != NULL, "%u %s", r.status,
                  r.body);
    wire_response_clear(&r);
    text[100000] = '\0';
    r = live_ask(w, "POST", CUIC_START, BASIC, text);
    ck_assert_msg(r.status == 400 && strstr(r.body, "no JSON") != NULL, "%u %s", r.status, r.body);
    wire_response_clear(&r);
    free(text);
    json_decref(cuic_initial(w, CUIC_AGENTS, NULL, NULL)); /* the connection goes on */
    wire_close(w);
}
END_TEST

void suite_cuic_reports(Suite *s)
{
    TCase *tc = new_case(s, "reports");
    TCase *tc_large = new_case(s, "large reports");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, execution);
    tcase_add_test(tc, many_executions);
    tcase_add_test(tc, polls_together);
    tcase_add_test(tc, filters);
    tcase_add_test(tc, numbers_of_an_agent);
    tcase_add_test(tc, numbers_of_a_queue);
    tcase_add_test(tc, malformed);
    tcase_add_test(tc, large_bodies);
    tcase_add_checked_fixture(tc_large, start_large, stop);
    tcase_add_test(tc_large, large);
}
