/* What each command of the shell does to the next answer, at once or after the restart. */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "suites.h"

#define CORS    "utils cuic cors "
#define RESTART "utils service restart " CORS_SERVICE
#define EXPOSED "access-control-expose-headers"
#define PRIVATE "access-control-allow-private-network"

/** One preflight of a listed origin before and after a command. */
static const struct row {
    const char *name;
    const char *before_all; /* a command for the start; NULL for none */
    const char *command;
    const char *lines;   /* further lines of the preflight */
    unsigned status[2];  /* before and after */
    const char *field;   /* a field of the answer; NULL: not looked at */
    const char *part[2]; /* what its value holds; NULL: the field is not there */
} rows[] = {
    {"allowed-header",
     NULL,
     CORS "allowed_headers add requestid",
     "Access-Control-Request-Headers: requestid\r\n",
     {403, 200},
     NULL,
     {NULL}},
    {"allowed-header-in-any-case",
     NULL,
     CORS "allowed_headers add RequestID",
     "Access-Control-Request-Headers: REQUESTid\r\n",
     {403, 200},
     NULL,
     {NULL}},
    {"one-of-two-headers",
     CORS "allowed_headers add x-a",
     CORS "allowed_headers add x-b",
     "Access-Control-Request-Headers: x-a,x-b\r\n",
     {403, 200},
     NULL,
     {NULL}},
    {"allowed-header-deleted",
     CORS "allowed_headers add x-a",
     CORS "allowed_headers delete x-a",
     "Access-Control-Request-Headers: x-a\r\n",
     {200, 403},
     NULL,
     {NULL}},
    {"allowed-header-is-told",
     NULL,
     CORS "allowed_headers add x-a",
     "",
     {200, 200},
     "access-control-allow-headers",
     {"content-type", "x-a"}},
    {"exposed-header",
     NULL,
     CORS "exposed_headers add X-Report",
     "",
     {200, 200},
     EXPOSED,
     {"access-control-max-age", "x-report"}},
    {"exposed-is-not-allowed",
     NULL,
     CORS "exposed_headers add x-a",
     "Access-Control-Request-Headers: x-a\r\n",
     {403, 403},
     NULL,
     {NULL}},
    {"private-network",
     NULL,
     CORS "private-network-access enable",
     "Access-Control-Request-Private-Network: true\r\n",
     {200, 200},
     PRIVATE,
     {NULL, "true"}},
    {"private-network-off",
     CORS "private-network-access enable",
     CORS "private-network-access disable",
     "Access-Control-Request-Private-Network: true\r\n",
     {200, 200},
     PRIVATE,
     {"true", NULL}},
    {"disable", NULL, CORS "disable", "", {200, 403}, NULL, {NULL}},
    {"enable", CORS "disable", CORS "enable", "", {403, 200}, NULL, {NULL}},
    {"live-data-is-another", NULL, "utils live-data cors disable", "", {200, 200}, NULL, {NULL}},
    {"live-data-header",
     NULL,
     "utils live-data cors allowed_headers add requestid",
     "Access-Control-Request-Headers: requestid\r\n",
     {403, 403},
     NULL,
     {NULL}},
};

static void expect(const struct lab *l, const struct row *row, size_t when, const char *step)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   "OPTIONS /cuic/ HTTP/1.1\r\nHost: " PUB "\r\n" PREFLIGHT_LINES(LISTED) "%s\r\n",
                   row->lines);
    struct wire_response r = ask_once(l, text);
    ck_assert_msg(r.status == row->status[when], "%s, %s: %u", row->name, step, r.status);
    const char *value = row->field == NULL ? NULL : wire_field(&r, row->field);
    const char *part = row->part[when];
    if (row->field != NULL)
        ck_assert_msg(part == NULL ? value == NULL : value != NULL && strstr(value, part) != NULL,
                      "%s, %s: %s: %s", row->name, step, row->field, value);
    wire_response_clear(&r);
}

START_TEST(at_once)
{
    const struct row *row = &rows[_i];
    struct lab lab;

    start_article(&lab, NULL);
    if (row->before_all != NULL)
        lab_must(&lab, row->before_all);
    expect(&lab, row, 0, "before");
    lab_must(&lab, row->command);
    expect(&lab, row, 1, "after");
    lab_clear(&lab);
}
END_TEST

START_TEST(on_restart)
{
    const struct row *row = &rows[_i];
    struct lab lab;

    start_article(&lab, "apply_changes = on-restart\n");
    if (row->before_all != NULL)
        lab_must(&lab, row->before_all);
    lab_must(&lab, RESTART);
    expect(&lab, row, 0, "before");
    lab_must(&lab, row->command);
    expect(&lab, row, 0, "edited, not restarted");
    lab_must(&lab, "utils service restart Cisco Tomcat");
    expect(&lab, row, 0, "another service restarted");
    lab_must(&lab, RESTART);
    expect(&lab, row, 1, "restarted");
    lab_clear(&lab);
}
END_TEST

/** A stopped service is silent until it is started, also across a restart of the server. */
START_TEST(stopped_service)
{
    struct lab lab;

    start_article(&lab, NULL);
    lab_must(&lab, "utils service stop " CORS_SERVICE);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 502);
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 200); /* the other node's runs */
    ck_assert_int_eq(lab_stop_server(&lab, 15), 0);
    lab_start_server(&lab);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 502);
    lab_must(&lab, "utils service start " CORS_SERVICE);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    lab_clear(&lab);
}
END_TEST

Suite *suite_settings(void)
{
    Suite *s = suite_create("settings");
    TCase *tc = new_case(s, "settings");

    tcase_add_loop_test(tc, at_once, 0, COUNT(rows));
    tcase_add_loop_test(tc, on_restart, 0, COUNT(rows));
    tcase_add_test(tc, stopped_service);
    return s;
}
