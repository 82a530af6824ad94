/* `lab explain`: each misconfiguration of a long table is made in a real store; the mistake that is
 * named first must be the one of the row; the commands given for it are run by the real program,
 * each on its node; and then the request passes, by the policies as they are loaded anew. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cors/decide.h"
#include "diagnose/mistake.h"
#include "explain_lab.h"
#include "suites.h"

#define TIMEOUT_S 60

/* ---- the question ---- */

static json_t *ask(const struct explain_row *row)
{
    char line[EXPLAIN_LINE_BYTES];
    json_error_t error;
    explain_row_line(row, line, sizeof line);
    char *text = explain_run("cuicpub", line, true, RESULT_DONE);
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(object != NULL, "%s: %s in %s", row->name, error.text, text);
    free(text);
    return object;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    ck_assert_msg(text != NULL, "no text '%s' in %s", key, json_dumps(object, 0));
    return text;
}

/* ---- the form of the answer ---- */

static void expect_keys(const char *name, const json_t *object, const char *const *key, size_t n)
{
    ck_assert_msg(json_is_object(object) && json_object_size(object) == n, "%s: %s", name,
                  json_dumps(object, 0));
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(json_object_get(object, key[i]) != NULL, "%s: no '%s' in %s", name, key[i],
                      json_dumps(object, 0));
}

static bool is_known_mistake(const char *code)
{
    for (int m = 1; m < MISTAKE_COUNT; m++)
        if (strcmp(mistake_get((enum mistake)m)->code, code) == 0)
            return true;
    return false;
}

/** The command is one that the node's shell has, with what it takes. */
static void expect_command(const char *name, const json_t *command)
{
    static const char *const key[] = {"node", "command"};
    struct words w;

    expect_keys(name, command, key, COUNT(key));
    struct cmd_view v = {.privilege = 1,
                         .platform = explain_node(text_of(command, "node"))->platform};
    v.table = shell_table(&v.n);
    cmd_split(text_of(command, "command"), &w);
    struct cmd_match m = cmd_match(&v, &w);
    ck_assert_msg(m.kind == CMD_MATCH && cmd_takes(m.cmd, w.n - m.n_matched), "%s: no command: %s",
                  name, text_of(command, "command"));
}

static void expect_diagnosis(const char *name, const json_t *d)
{
    static const char *const key[] = {"mistake", "certainty", "why", "commands"};
    size_t i = 0;
    json_t *command = NULL;

    expect_keys(name, d, key, COUNT(key));
    const char *certainty = text_of(d, "certainty");
    const char *why = text_of(d, "why");
    ck_assert_msg(is_known_mistake(text_of(d, "mistake")), "%s: %s", name, text_of(d, "mistake"));
    ck_assert_msg(strcmp(certainty, "certain") == 0 || strcmp(certainty, "likely") == 0 ||
                      strcmp(certainty, "possible") == 0,
                  "%s: %s", name, certainty);
    ck_assert_msg(why[0] != '\0' && why[strlen(why) - 1] == '.' && strpbrk(why, "{}") == NULL &&
                      strstr(why, "  ") == NULL,
                  "%s: '%s'", name, why);
    for (const char *p = why; *p != '\0'; p++)
        ck_assert_msg((unsigned char)*p >= ' ' && *p != 0x7f, "%s: a control byte in %s", name,
                      why);
    ck_assert(json_is_array(json_object_get(d, "commands")));
    json_array_foreach(json_object_get(d, "commands"), i, command) expect_command(name, command);
}

/** Exactly what is promised: verdict, reason, diagnoses; and what every command has. */
static void expect_form(const struct explain_row *row, const json_t *answer)
{
    static const char *const key[] = {"verdict", "reason",  "diagnoses", "node",
                                      "exit",    "command", "text"};
    const json_t *diagnoses = json_object_get(answer, "diagnoses");
    size_t i = 0;
    json_t *d = NULL;

    expect_keys(row->name, answer, key, COUNT(key));
    ck_assert(json_is_array(diagnoses));
    json_array_foreach(diagnoses, i, d) expect_diagnosis(row->name, d);
}

/* ---- what it says ---- */

static void expect_mistakes(const struct explain_row *row, const json_t *diagnoses)
{
    char *all = json_dumps(diagnoses, JSON_COMPACT);
    size_t at = 1;

    if (row->mistake[0] == '\0') {
        ck_assert_msg(json_array_size(diagnoses) == 0, "%s: %s", row->name, all);
        free(all);
        return;
    }
    const json_t *first = json_array_get(diagnoses, 0);
    ck_assert_msg(first != NULL && strcmp(text_of(first, "mistake"), row->mistake) == 0,
                  "%s: expected %s first, got %s", row->name, row->mistake, all);
    ck_assert_msg(strcmp(text_of(first, "certainty"), row->certainty) == 0,
                  "%s: expected it to be %s, got %s", row->name, row->certainty, all);
    for (const char *p = row->also; p != NULL && *p != '\0'; at++) {
        size_t n = strcspn(p, " ");
        const json_t *d = json_array_get(diagnoses, at);
        ck_assert_msg(d != NULL && strncmp(text_of(d, "mistake"), p, n) == 0 &&
                          text_of(d, "mistake")[n] == '\0',
                      "%s: expected %.*s at %zu, got %s", row->name, (int)n, p, at, all);
        p += n;
        p += *p == ' ' ? 1 : 0;
    }
    free(all);
}

/** No command helps, and the sentence says so, or what time or waiting does. */
static void expect_no_commands(const struct explain_row *row, const json_t *first)
{
    const char *why = text_of(first, "why");

    ck_assert_msg(json_array_size(json_object_get(first, "commands")) == 0, "%s: commands",
                  row->name);
    ck_assert_msg(strstr(why, "no command") != NULL || strstr(why, "Wait until") != NULL ||
                      strcmp(row->mistake, "other-node-refuses") == 0,
                  "%s: nobody is told that no command helps: %s", row->name, why);
}

static void expect_commands(const struct explain_row *row, const json_t *first)
{
    const json_t *commands = json_object_get(first, "commands");
    char *all = json_dumps(commands, JSON_COMPACT);
    char line[EXPLAIN_LINE_BYTES];
    size_t n = 0;

    for (; n < EXPLAIN_LINES_MAX && row->commands[n] != NULL; n++) {
        const json_t *c = json_array_get(commands, n);
        ck_assert_msg(c != NULL, "%s: expected '%s', got %s", row->name, row->commands[n], all);
        (void)snprintf(line, sizeof line, "%s: %s", text_of(c, "node"), text_of(c, "command"));
        ck_assert_msg(strcmp(line, row->commands[n]) == 0, "%s: expected '%s', got %s", row->name,
                      row->commands[n], all);
    }
    ck_assert_msg(json_array_size(commands) == n, "%s: more than expected: %s", row->name, all);
    free(all);
}

/* ---- carried out ---- */

/** Give all commands of one node to the program, as a script. */
static void run_commands(const struct explain_row *row, const json_t *commands)
{
    size_t n = json_array_size(commands);

    for (size_t i = 0; i < n;) {
        const char *node = text_of(json_array_get(commands, i), "node");
        char script[EXPLAIN_LINE_BYTES] = "";
        for (; i < n && strcmp(text_of(json_array_get(commands, i), "node"), node) == 0; i++) {
            size_t used = strlen(script);
            (void)snprintf(script + used, sizeof script - used, "%s\n",
                           text_of(json_array_get(commands, i), "command"));
        }
        struct proc_result r = lab_cli(&explain_lab, script, "-n", node, NULL);
        ck_assert_msg(r.status == 0, "%s: %s: '%s' ended with %d: %s%s", row->name, node, script,
                      r.status, r.out, r.err);
        ck_assert_msg(strstr(r.out, "ignored") == NULL, "%s: a command did nothing: %s", row->name,
                      r.out);
        proc_result_clear(&r);
    }
}

static enum service service_of(const struct explain_row *row)
{
    for (int s = 0; s < SERVICE_COUNT; s++)
        if (row->service != NULL && strcmp(service_name((enum service)s), row->service) == 0)
            return (enum service)s;
    return row->path != NULL && strncmp(row->path, "/socket.io/", 11) == 0 ? SERVICE_LIVE_DATA
                                                                           : SERVICE_CUIC;
}

/** The policies are read from the store once more, and asked by what a browser sends: a preflight
 *  always, and the request itself. */
static void expect_passes(const struct explain_row *row)
{
    struct store *s = explain_open_store();
    struct policy_set *set = NULL;
    struct diag why = {0, ""};
    const struct node *node = explain_node(row->node);
    struct cors_request rq = {.method = slice_of(row->method == NULL ? "GET" : row->method),
                              .host = slice_of(node->hostname),
                              .is_https = true,
                              .origin = slice_of(row->origin)};

    ck_assert_msg(store_load_policies(s, explain_config, &set, &why) == ERR_OK, "%s", why.text);
    const struct service_view *view =
        policy_set_get(set, (size_t)(node - explain_config->nodes), service_of(row));
    struct cors_decision actual = cors_decide(view->policy, &rq, CORS_DISABLED_REFUSE);
    rq.request_method = rq.method;
    rq.method = slice_of("OPTIONS");
    if (row->headers != NULL)
        rq.request_headers = slice_of(row->headers);
    struct cors_decision preflight = cors_decide(view->policy, &rq, CORS_DISABLED_REFUSE);
    ck_assert_msg(preflight.is_allowed && preflight.class == CORS_PREFLIGHT && actual.is_allowed &&
                      actual.class == CORS_ACTUAL,
                  "%s: still refused: %s, %s", row->name, reason_get(preflight.reason)->code,
                  reason_get(actual.reason)->code);
    ck_assert_msg(life_state(&view->life, clock_now_ms()) == LIFE_STARTED &&
                      life_state(&view->proxy, clock_now_ms()) == LIFE_STARTED,
                  "%s: it does not run", row->name);
    policy_set_unref(set);
    store_close(s);
}

/** And it says so itself. */
static void expect_allowed(const struct explain_row *row)
{
    json_t *answer = ask(row);
    char *all = json_dumps(answer, JSON_COMPACT);

    ck_assert_msg(strcmp(text_of(answer, "verdict"), "allowed") == 0, "%s: afterwards %s",
                  row->name, all);
    free(all);
    json_decref(answer);
}

static void try_row(const struct explain_row *row, const char *more_conf)
{
    explain_set_up(row, more_conf);
    json_t *answer = ask(row);
    const json_t *diagnoses = json_object_get(answer, "diagnoses");
    const json_t *first = json_array_get(diagnoses, 0);

    expect_form(row, answer);
    ck_assert_msg(
        strcmp(text_of(answer, "verdict"), row->verdict == NULL ? "refused" : row->verdict) == 0,
        "%s: %s", row->name, text_of(answer, "verdict"));
    expect_mistakes(row, diagnoses);
    if (row->commands[0] != NULL) {
        expect_commands(row, first);
        run_commands(row, json_object_get(first, "commands"));
        expect_passes(row);
        expect_allowed(row);
    } else if (first != NULL) {
        expect_no_commands(row, first);
    }
    json_decref(answer);
    explain_tear_down();
}

START_TEST(misconfiguration)
{
    try_row(&explain_rows[_i], "");
}
END_TEST

/** As in the product, where an edit does nothing before the restart: what is wrong from the start
 * is mended by the same commands. */
START_TEST(misconfiguration_of_product)
{
    const struct explain_row *row = &explain_rows[_i];

    if (row->conf == NULL && row->set_up[0] == NULL && row->action == 0)
        try_row(row, "apply_changes = on-restart");
}
END_TEST

START_TEST(rows_are_many_and_unlike)
{
    size_t n_run = 0;

    for (size_t i = 0; i < explain_n_rows; i++) {
        n_run += explain_rows[i].commands[0] != NULL ? 1 : 0;
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(strcmp(explain_rows[i].name, explain_rows[k].name) != 0, "%s twice",
                          explain_rows[i].name);
    }
    ck_assert_msg(explain_n_rows >= 80 && n_run >= 80, "%zu rows, %zu with commands",
                  explain_n_rows, n_run);
}
END_TEST

Suite *suite_explain(void)
{
    Suite *s = suite_create("explain");
    TCase *tc = tcase_create("misconfigurations");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_loop_test(tc, misconfiguration, 0, (int)explain_n_rows);
    tcase_add_loop_test(tc, misconfiguration_of_product, 0, (int)explain_n_rows);
    tcase_add_test(tc, rows_are_many_and_unlike);
    suite_add_tcase(s, tc);
    return s;
}
