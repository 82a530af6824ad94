/* What the console's page asks for and the shell says as well: settings, explanations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    console_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- settings ---- */

/** A command's JSON object on a node. */
static json_t *shell_json(const char *node, const char *command)
{
    char words[256];
    char *save = NULL;
    const char *argv[24] = {"cuicsim-cli", "-c", lab.config, "-n", node, "--json"};
    size_t n = 6;

    (void)snprintf(words, sizeof words, "%s", command);
    for (char *w = strtok_r(words, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
        argv[n++] = w;
    struct proc_result r = proc_run(argv, NULL, NULL);
    ck_assert_msg(r.status == 0, "%s: %d %s", command, r.status, r.err);
    json_t *object = json_loads(r.out, 0, NULL);
    ck_assert_msg(object != NULL, "%s: %s", command, r.out);
    proc_result_clear(&r);
    return object;
}

static void check_equal(json_t *got, json_t *want, const char *what)
{
    char *a = json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY);
    char *b = json_dumps(want, JSON_COMPACT | JSON_ENCODE_ANY);

    ck_assert_msg(json_equal(got, want), "%s: the console says %s, the shell %s", what,
                  a == NULL ? "nothing" : a, b == NULL ? "nothing" : b);
    free(a);
    free(b);
}

/** One list of one service as both tell it. */
static void check_list(json_t *policy, const char *node, const char *family, const char *list)
{
    char command[128];
    char path[64];
    bool is_origins = strcmp(list, "allowed_origin") == 0;

    (void)snprintf(command, sizeof command, "utils %s cors %s list", family, list);
    json_t *shell = shell_json(node, command);
    (void)snprintf(path, sizeof path, "configured.%s", list);
    check_equal(json_at(policy, path), json_object_get(shell, is_origins ? "origins" : "custom"),
                command);
    (void)snprintf(path, sizeof path, "builtin.%s", list);
    if (!is_origins)
        check_equal(json_at(policy, path), json_object_get(shell, "builtin"), command);
    json_decref(shell);
}

static void check_policy(json_t *policy, const char *node)
{
    const char *family = text_at(policy, "service");
    char command[128];

    check_list(policy, node, family, "allowed_origin");
    check_list(policy, node, family, "allowed_headers");
    check_list(policy, node, family, "exposed_headers");
    (void)snprintf(command, sizeof command, "utils %s cors status", family);
    json_t *shell = shell_json(node, command);
    check_equal(json_at(policy, "configured.mode"), json_object_get(shell, "mode"), command);
    json_decref(shell);
    if (strcmp(family, "cuic") != 0)
        return;
    shell = shell_json(node, "utils cuic cors private-network-access status");
    check_equal(json_at(policy, "configured.private_network"),
                json_object_get(shell, "private_network"), "private network");
    json_decref(shell);
}

/** Every service of a node, whatever its place: the shell lists the system's apart. */
static void check_services(json_t *services, const char *node)
{
    json_t *shell = shell_json(node, "utils service list");
    json_t *theirs = json_object_get(shell, "services");
    size_t i = 0;
    json_t *s = NULL;

    ck_assert_uint_eq(json_array_size(services), json_array_size(theirs));
    json_array_foreach(theirs, i, s)
    {
        bool is_there = false;
        size_t j = 0;
        json_t *ours = NULL;
        json_array_foreach(services, j, ours) is_there =
            is_there || (json_equal(json_object_get(ours, "name"), json_object_get(s, "name")) &&
                         json_equal(json_object_get(ours, "state"), json_object_get(s, "state")));
        ck_assert_msg(is_there, "%s: %s", node, text_at(s, "name"));
    }
    json_decref(shell);
}

static void check_state(size_t n_nodes)
{
    json_t *state = console_json(&lab, "/api/state");
    json_t *nodes = json_object_get(state, "nodes");
    size_t i = 0;
    json_t *node = NULL;

    ck_assert_uint_eq(json_array_size(nodes), n_nodes);
    json_array_foreach(nodes, i, node)
    {
        size_t j = 0;
        json_t *policy = NULL;
        const char *name = text_at(node, "name");
        json_array_foreach(json_object_get(node, "policies"), j, policy) check_policy(policy, name);
        ck_assert_uint_gt(j, 0);
        check_services(json_object_get(node, "services"), name);
    }
    json_decref(state);
}

/** Whatever an administrator does, the console says what the shell says. */
static const char *const edits[] = {
    "utils cuic cors disable",
    "utils cuic cors enable",
    "-n cuicsub utils cuic cors allowed_origin add https://a.example,https://b.example:8445",
    "-n cuicsub utils cuic cors allowed_origin delete https://a.example",
    "utils live-data cors allowed_origin delete a",
    "utils live-data cors allowed_headers add x-one,x-two",
    "utils cuic cors exposed_headers add x-three",
    "utils cuic cors private-network-access enable",
    "utils service stop Intelligence Center Reporting Service",
    "-n cuicsub utils service stop CCE Live Data Web Service",
    "-n cuicsub utils service start CCE Live Data Web Service",
    "lab reset factory",
    "lab reset article",
};

START_TEST(state_is_that_of_the_shell)
{
    check_state(2);
    for (size_t i = 0; i < COUNT(edits); i++) {
        lab_must(&lab, edits[i]);
        check_state(2);
    }
}
END_TEST

#define SUB_CUIC "nodes.1.policies.0."

static void check_lists(json_t *state, const char *stage, const char *want)
{
    char path[64];

    (void)snprintf(path, sizeof path, SUB_CUIC "%s.allowed_origin", stage);
    char *got = json_dumps(json_at(state, path), JSON_COMPACT);
    ck_assert_msg(got != NULL && strcmp(got, want) == 0, "%s: %s", stage, got);
    free(got);
}

/** With apply_changes = on-restart both stages are told apart, and a restart makes them one. */
START_TEST(both_stages)
{
    static const char old[] = "[\"https://finessep.uccelab.tac\",\"https://finesses.uccelab.tac\","
                              "\"https://finesses.uccelab.tac:8445\"]";
    static const char new[] = "[\"https://finessep.uccelab.tac\",\"https://finesses.uccelab.tac\","
                              "\"https://finesses.uccelab.tac:8445\",\"https://new.example\"]";
    struct lab other;

    console_start(&other, "apply_changes = on-restart\nrestart_seconds = 600\n");
    lab_must(&other, "-n cuicsub utils cuic cors allowed_origin add https://new.example");
    lab_must(&other, "-n cuicsub utils live-data cors disable");
    json_t *state = console_json(&other, "/api/state");
    check_lists(state, "configured", new);
    check_lists(state, "running", old);
    ck_assert_str_eq(text_at(state, SUB_CUIC "restarts.0"), CORS_SERVICE);
    ck_assert_str_eq(text_at(state, "nodes.1.policies.1.configured.mode"), "disabled");
    ck_assert_str_eq(text_at(state, "nodes.1.policies.1.running.mode"), "enabled");
    ck_assert_str_eq(text_at(state, "nodes.1.policies.1.restarts.0"), "Cisco Web Proxy Service");
    json_decref(state);
    lab_clear(&other);
}
END_TEST

static json_t *find_service(json_t *state, const char *name)
{
    size_t i = 0;
    json_t *s = NULL;

    json_array_foreach(json_at(state, "nodes.0.services"), i,
                       s) if (strcmp(text_at(s, "name"), name) == 0) return s;
    return NULL;
}

/** A restart takes its time, and the console knows until when. */
START_TEST(restarting)
{
    struct lab other;
    struct proc_result r;

    console_start(&other, WRITABLE "restart_seconds = 600\n");
    ck_assert_uint_eq(
        console_change(
            &other, "{\"action\":\"restart\",\"node\":\"cuicpub\",\"value\":\"" CORS_SERVICE "\"}",
            NULL),
        200);
    json_t *state = console_json(&other, "/api/state");
    json_t *s = find_service(state, CORS_SERVICE);
    json_int_t now = json_integer_value(json_object_get(state, "now"));
    json_int_t until = json_integer_value(json_object_get(s, "until"));
    ck_assert_str_eq(text_at(s, "state"), "STOPPING");
    ck_assert_msg(until > now && until <= now + 600000, "until %lld, now %lld", (long long)until,
                  (long long)now);
    ck_assert_str_eq(text_at(s, "carries.0"), "cuic");
    json_decref(state);
    ck_assert_uint_eq(gadget(&other, PUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(LISTED)), 502);
    r = lab_cli(&other, NULL, "utils", "service", "list", NULL);
    ck_assert_ptr_nonnull(strstr(r.out, CORS_SERVICE "[STOPPING]"));
    proc_result_clear(&r);
    lab_clear(&other);
}
END_TEST

START_TEST(about_the_lab)
{
    json_t *o = console_json(&lab, "/api/lab");

    ck_assert_str_eq(text_at(o, "nodes.1.name"), "cuicsub");
    ck_assert_str_eq(text_at(o, "nodes.1.hostname"), SUB);
    ck_assert_str_eq(text_at(o, "nodes.0.role"), "publisher");
    ck_assert_str_eq(text_at(o, "nodes.0.services.1"), "live-data");
    ck_assert(json_is_false(json_object_get(o, "writable")));
    ck_assert(json_is_true(json_at(o, "trace.enabled")));
    ck_assert_uint_gt(json_array_size(json_object_get(o, "reasons")), 14);
    ck_assert_str_eq(lab.console, ""); /* read-only: no token is printed */
    json_decref(o);
}
END_TEST

/* ---- explanations ---- */

static const struct explain_row {
    const char *query; /* of the console */
    const char *words; /* of the shell */
} explain_rows[] = {
    {"origin=" PUB_ONLY "&node=cuicsub", "--origin " PUB_ONLY " --node cuicsub"},
    {"origin=" PUB_ONLY "&node=cuicpub", "--origin " PUB_ONLY " --node cuicpub"},
    {"origin=" PUB_ONLY, "--origin " PUB_ONLY},
    {"origin=https://finesses.uccelab.tac:8446&method=PUT",
     "--origin https://finesses.uccelab.tac:8446 --method PUT"},
    {"origin=" LISTED "&headers=requestid", "--origin " LISTED " --headers requestid"},
    {"origin=" LISTED "&headers=content-type,x-a&method=POST",
     "--origin " LISTED " --headers content-type,x-a --method POST"},
    {"origin=" LISTED "&method=PATCH", "--origin " LISTED " --method PATCH"},
    {"origin=null", "--origin null"},
    {"origin=http://finesses.uccelab.tac:8445", "--origin http://finesses.uccelab.tac:8445"},
    {"origin=https://FINESSES.uccelab.tac:8445/", "--origin https://FINESSES.uccelab.tac:8445/"},
    {"origin=" LISTED "&path=/cuic", "--origin " LISTED " --path /cuic"},
    {"origin=" PUB_ONLY "&node=cuicsub&service=live-data",
     "--origin " PUB_ONLY " --node cuicsub --service live-data"},
    {"origin=" LISTED "&path=/socket.io/", "--origin " LISTED " --path /socket.io/"},
};

static void compare_explanations(const char *state)
{
    char path[CONSOLE_PATH];
    char words[CONSOLE_PATH];
    static const char *const member[] = {"verdict", "reason", "diagnoses"};

    for (size_t i = 0; i < COUNT(explain_rows); i++) {
        (void)snprintf(path, sizeof path, "/api/explain?%s", explain_rows[i].query);
        (void)snprintf(words, sizeof words, "lab explain %s", explain_rows[i].words);
        json_t *ours = console_json(&lab, path);
        json_t *theirs = shell_json("cuicpub", words);
        for (size_t m = 0; m < COUNT(member); m++)
            ck_assert_msg(
                json_equal(json_object_get(ours, member[m]), json_object_get(theirs, member[m])),
                "%s, %s: %s differs", state, words, member[m]);
        json_decref(ours);
        json_decref(theirs);
    }
}

/** The console's form says what `lab explain` says, whatever the settings. */
START_TEST(explains_as_the_shell)
{
    compare_explanations("article");
    lab_must(&lab, "utils cuic cors disable");
    compare_explanations("disabled");
    lab_must(&lab, "utils service stop CCE Live Data Web Service");
    compare_explanations("stopped");
    lab_must(&lab, "lab reset factory");
    compare_explanations("factory");
}
END_TEST

void suite_console_api(Suite *s)
{
    TCase *tc = new_case(s, "api");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, state_is_that_of_the_shell);
    tcase_add_test(tc, both_stages);
    tcase_add_test(tc, restarting);
    tcase_add_test(tc, about_the_lab);
    tcase_add_test(tc, explains_as_the_shell);
}
