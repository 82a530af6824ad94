/* What the console's page asks for: settings, exchanges, explanations. */
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

static const char *text_at(json_t *from, const char *path)
{
    const char *text = json_string_value(json_at(from, path));

    return text == NULL ? "(none)" : text;
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

/* ---- exchanges ---- */

static bool is_recorded(void *arg)
{
    json_t *o = console_json(&lab, "/api/exchanges?last=1000");
    bool is = json_array_size(json_object_get(o, "list")) >= *(const size_t *)arg;

    json_decref(o);
    return is;
}

/** The last n exchanges, once so many are in the trace. */
static json_t *recorded(size_t n)
{
    test_until(is_recorded, &n, "the exchanges are recorded");
    json_t *o = console_json(&lab, "/api/exchanges");
    json_t *list = json_incref(json_object_get(o, "list"));
    json_decref(o);
    return list;
}

static json_t *whole(json_t *of)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/api/exchange?id=%lld",
                   (long long)json_integer_value(json_object_get(of, "id")));
    return console_json(&lab, path);
}

START_TEST(refused_exchange)
{
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/?a=b", PREFLIGHT_LINES(PUB_ONLY)), 403);
    json_t *list = recorded(1);
    json_t *x = json_array_get(list, 0);
    ck_assert_str_eq(text_at(x, "node"), "cuicsub");
    ck_assert_str_eq(text_at(x, "service"), "cuic");
    ck_assert_str_eq(text_at(x, "method"), "OPTIONS");
    ck_assert_str_eq(text_at(x, "target"), "/cuic/?a=b");
    ck_assert_str_eq(text_at(x, "origin"), PUB_ONLY);
    ck_assert_str_eq(text_at(x, "class"), "preflight");
    ck_assert_str_eq(text_at(x, "reason"), "origin-not-listed");
    ck_assert_int_eq(json_integer_value(json_object_get(x, "status")), 403);
    ck_assert(json_is_false(json_object_get(x, "allowed")));
    json_t *o = whole(x);
    ck_assert_ptr_nonnull(strstr(text_at(o, "exchange.request.head"),
                                 "OPTIONS /cuic/?a=b HTTP/1.1\r\nHost: " SUB "\r\n"));
    ck_assert_ptr_nonnull(strstr(text_at(o, "exchange.response.head"),
                                 "HTTP/1.1 403 Forbidden\r\nserver: nginx\r\n"));
    ck_assert_str_eq(text_at(o, "exchange.decision.title"), "Origin not in the allowed list");
    ck_assert(json_is_null(json_object_get(o, "partner")));
    ck_assert_str_eq(text_at(o, "diagnosis.verdict"), "refused");
    ck_assert_str_eq(text_at(o, "diagnosis.diagnoses.0.commands.0.node"), "cuicsub");
    ck_assert_str_eq(text_at(o, "diagnosis.diagnoses.0.commands.0.command"),
                     "utils cuic cors allowed_origin add " PUB_ONLY);
    json_decref(o);
    json_decref(list);
}
END_TEST

/** The commands that the console shows mend it, and it then says so of the same exchange. */
START_TEST(mended)
{
    char command[256];

    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 403);
    json_t *list = recorded(1);
    json_t *o = whole(json_array_get(list, 0));
    json_t *commands = json_at(o, "diagnosis.diagnoses.0.commands");
    for (size_t i = 0; i < json_array_size(commands); i++) {
        json_t *c = json_array_get(commands, i);
        (void)snprintf(command, sizeof command, "-n %s %s", text_at(c, "node"),
                       text_at(c, "command"));
        lab_must(&lab, command);
    }
    json_decref(o);
    ck_assert_uint_eq(gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY)), 200);
    o = whole(json_array_get(list, 0));
    ck_assert_str_eq(text_at(o, "diagnosis.verdict"), "allowed");
    ck_assert_str_eq(text_at(o, "exchange.decision.reason"), "origin-not-listed");
    json_decref(o);
    json_decref(list);
}
END_TEST

/** A preflight and its request know each other, whichever is asked for. */
START_TEST(joined)
{
    ck_assert_uint_eq(gadget(&lab, PUB, "OPTIONS", "/cuic/x", PREFLIGHT_LINES(LISTED)), 200);
    ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/cuic/x", "Origin: " LISTED "\r\n"), 404);
    json_t *list = recorded(2);
    json_t *first = whole(json_array_get(list, 0));
    json_t *second = whole(json_array_get(list, 1));
    ck_assert_str_eq(text_at(first, "exchange.request.method"), "OPTIONS");
    ck_assert_str_eq(text_at(first, "partner.request.method"), "GET");
    ck_assert_str_eq(text_at(second, "partner.request.method"), "OPTIONS");
    ck_assert_ptr_nonnull(
        strstr(text_at(second, "partner.response.head"), "access-control-max-age"));
    json_decref(first);
    json_decref(second);
    json_decref(list);
}
END_TEST

/** One that is no matter of CORS has no diagnosis. */
START_TEST(not_cors)
{
    ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/cuic/", ""), 200);
    json_t *list = recorded(1);
    json_t *o = whole(json_array_get(list, 0));
    ck_assert(json_is_null(json_object_get(o, "diagnosis")));
    ck_assert(json_is_null(json_at(o, "exchange.request.origin")));
    json_decref(o);
    json_decref(list);
}
END_TEST

/** A connection that was reset in its handshake is told, and why. */
START_TEST(reset)
{
    const struct wire_options o = {.port = lab.port[1], .sni = PUB};

    lab_must(&lab, "utils service stop Cisco Web Proxy Service");
    ck_assert_ptr_null(wire_try(&o, NULL));
    json_t *list = recorded(1);
    json_t *x = json_array_get(list, 0);
    ck_assert_str_eq(text_at(x, "kind"), "reset");
    json_t *one = whole(x);
    ck_assert_str_eq(text_at(one, "diagnosis.verdict"), "unreached");
    ck_assert_str_eq(text_at(one, "diagnosis.diagnoses.0.commands.0.command"),
                     "utils service start Cisco Web Proxy Service");
    json_decref(one);
    json_decref(list);
}
END_TEST

START_TEST(pages_of_the_trace)
{
    char path[96];
    char target[32];

    for (int i = 0; i < 7; i++) {
        (void)snprintf(target, sizeof target, "/cuic/%d", i);
        (void)gadget(&lab, PUB, "GET", target, "");
    }
    json_decref(recorded(7));
    json_t *last = console_json(&lab, "/api/exchanges?last=3");
    ck_assert_uint_eq(json_array_size(json_object_get(last, "list")), 3);
    ck_assert_str_eq(text_at(last, "list.0.target"), "/cuic/4");
    ck_assert_str_eq(text_at(last, "list.2.target"), "/cuic/6");
    (void)snprintf(path, sizeof path, "/api/exchanges?last=2&before=%lld",
                   (long long)json_integer_value(json_at(last, "list.0.at")));
    json_t *before = console_json(&lab, path);
    ck_assert_uint_eq(json_array_size(json_object_get(before, "list")), 2);
    ck_assert_str_eq(text_at(before, "list.1.target"), "/cuic/3");
    json_decref(last);
    json_decref(before);
}
END_TEST

static const struct bad_row {
    const char *path;
    unsigned status;
} bad_rows[] = {
    {"/api/exchange", 400},
    {"/api/exchange?id=", 400},
    {"/api/exchange?id=0", 400},
    {"/api/exchange?id=-1", 400},
    {"/api/exchange?id=x", 400},
    {"/api/exchange?id=1&seq=1", 400},
    {"/api/exchange?id=99999999999999999999", 400},
    {"/api/exchange?id=999999999", 404},
    {"/api/exchange?seq=999999999", 404},
    {"/api/exchanges?last=0", 400},
    {"/api/exchanges?last=1001", 400},
    {"/api/exchanges?before=now", 400},
    {"/api/explain", 400},
    {"/api/explain?origin=", 400},
    {"/api/explain?origin=https://a.example&node=nosuch", 400},
    {"/api/explain?origin=https://a.example&service=finesse", 400},
    {"/api/explain?origin=https://a.example&service=CUIC", 400},
    {"/api/explain?origin=https://a.example&path=cuic", 400},
    {"/api/explain?console=hello", 400},
};

START_TEST(bad_questions)
{
    (void)gadget(&lab, PUB, "GET", "/cuic/", "");
    json_decref(recorded(1));
    for (size_t i = 0; i < COUNT(bad_rows); i++) {
        struct wire_response r = console_ask(&lab, "GET", bad_rows[i].path, "", NULL);
        ck_assert_msg(r.status == bad_rows[i].status, "%s: %u %s", bad_rows[i].path, r.status,
                      r.body);
        ck_assert_msg(strncmp(r.body, "{\"error\":\"", 10) == 0, "%s: %s", bad_rows[i].path,
                      r.body);
        wire_response_clear(&r);
    }
}
END_TEST

/* ---- what clients send ---- */

#define SECRET "s3cr3t-of-the-test"

static const struct secret_row {
    const char *method, *path, *lines;
} secret_rows[] = {
    {"GET", "/cuic/", "Authorization: Bearer " SECRET "\r\n"},
    {"GET", "/cuic/", "Authorization: Basic " SECRET "\r\nOrigin: " LISTED "\r\n"},
    {"GET", "/cuic/", "Cookie: JSESSIONID=" SECRET "; other=" SECRET "\r\n"},
    {"GET", "/cuic/?token=" SECRET "&x=1", ""},
    {"GET", "/socket.io/?EIO=3&transport=polling&token=" SECRET, "Origin: " LISTED "\r\n"},
    {"OPTIONS", "/socket.io/?EIO=3&token=" SECRET, PREFLIGHT_LINES(LISTED)},
    {"GET", "/cuic/", "Origin: https://user:" SECRET "@desk.example\r\n"},
};

static void check_no_secret(const char *text, const char *where)
{
    ck_assert_msg(strstr(text, SECRET) == NULL, "%s: %s", where, text);
}

/** No path of the console tells a secret. */
START_TEST(no_secrets)
{
    struct events *e = events_open(&lab, "");

    for (size_t i = 0; i < COUNT(secret_rows); i++)
        (void)gadget(&lab, PUB, secret_rows[i].method, secret_rows[i].path, secret_rows[i].lines);
    (void)gadget(&lab, PUB, "GET", "/the-end", "");
    json_t *list = recorded(COUNT(secret_rows) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *o = whole(json_array_get(list, i));
        char *text = json_dumps(o, 0);
        check_no_secret(text, "/api/exchange");
        free(text);
        json_decref(o);
    }
    char *text = json_dumps(list, 0);
    check_no_secret(text, "/api/exchanges");
    free(text);
    for (bool is_end = false; !is_end;) {
        json_t *data = events_await(e, "exchanges");
        text = json_dumps(data, 0);
        check_no_secret(text, "/api/events");
        is_end = strstr(text, "/the-end") != NULL;
        free(text);
        json_decref(data);
    }
    text = console_text(&lab, "/metrics");
    check_no_secret(text, "/metrics");
    free(text);
    events_close(e);
    json_decref(list);
}
END_TEST

static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "\"></td><img src=x onerror=alert(1)>",
    "\xff\xfe\x80",
    "\xc3\x28 \xe2\x80\xae reversed",
    "a\tb",
    "</script><!--",
    "'+alert(1)+'",
    "\xed\xa0\x80",
};

/** Whatever bytes a client sends: the console's answers are JSON, never markup, and whole. */
START_TEST(hostile_bytes)
{
    char lines[256];

    for (size_t i = 0; i < COUNT(hostile); i++) {
        (void)snprintf(lines, sizeof lines, "Origin: %s\r\nX-Gadget: %s\r\n", hostile[i],
                       hostile[i]);
        ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/cuic/", lines), 403);
    }
    json_t *list = recorded(COUNT(hostile)); /* parsed: it is JSON */
    for (size_t i = 0; i < COUNT(hostile); i++) {
        json_t *o = whole(json_array_get(list, i));
        ck_assert_ptr_nonnull(strstr(text_at(o, "exchange.request.head"), "X-Gadget: "));
        ck_assert_str_eq(text_at(o, "diagnosis.verdict"), "refused");
        json_decref(o);
    }
    ck_assert_str_eq(text_at(json_array_get(list, 0), "origin"), hostile[0]);
    json_decref(list);
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

static json_t *explain_line(const char *line)
{
    char path[2048] = "/api/explain?console=";
    size_t n = strlen(path);

    for (const char *p = line; *p != '\0'; p++)
        n += (size_t)snprintf(path + n, sizeof path - n, "%%%02x", (unsigned)(unsigned char)*p);
    return console_json(&lab, path);
}

#define BLOCKED_ON_SUB                                                                             \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at https://" SUB "/cuic/. (Reason: CORS header 'Access-Control-Allow-Origin' missing). "      \
    "Status code: 403."

/** Firefox names neither origin nor method nor headers: they are those of the record. */
START_TEST(explains_a_recorded_line)
{
    json_t *o = explain_line(BLOCKED_ON_SUB);
    ck_assert_str_eq(text_at(o, "missing"), "origin");
    ck_assert(json_is_null(json_object_get(o, "recorded")));
    ck_assert_ptr_nonnull(text_at(o, "unrecorded"));
    json_decref(o);
    ck_assert_uint_eq(
        gadget(&lab, SUB, "OPTIONS", "/cuic/?a=b",
               PREFLIGHT_LINES(LISTED) "Access-Control-Request-Headers: requestid\r\n"),
        403);
    json_t *list = recorded(1);
    o = explain_line(BLOCKED_ON_SUB);
    ck_assert(json_equal(json_at(o, "recorded.id"), json_at(json_array_get(list, 0), "id")));
    ck_assert_str_eq(text_at(o, "verdict"), "refused");
    ck_assert_str_eq(text_at(o, "diagnoses.0.mistake"), "header-not-allowed");
    struct proc_result r = lab_cli(&lab, "lab explain --console " BLOCKED_ON_SUB, "--json", NULL);
    json_t *theirs = json_loads(r.out, 0, NULL);
    proc_result_clear(&r);
    ck_assert(json_equal(json_object_get(o, "recorded"), json_object_get(theirs, "recorded")));
    ck_assert(json_equal(json_object_get(o, "diagnoses"), json_object_get(theirs, "diagnoses")));
    json_decref(theirs);
    json_decref(list);
    json_decref(o);
}
END_TEST

START_TEST(explains_a_line)
{
    json_t *o = explain_line(
        "Access to fetch at 'https://" SUB "/cuic/' from origin '" PUB_ONLY
        "' has been blocked by CORS policy: Response to preflight request doesn't pass access "
        "control check: No 'Access-Control-Allow-Origin' header is present on the requested "
        "resource.");
    ck_assert_str_eq(text_at(o, "console.browser"), "Chromium");
    ck_assert_str_eq(text_at(o, "node"), "cuicsub");
    ck_assert_str_eq(text_at(o, "verdict"), "refused");
    ck_assert_str_eq(text_at(o, "diagnoses.0.commands.0.command"),
                     "utils cuic cors allowed_origin add " PUB_ONLY);
    json_decref(o);
    o = explain_line("Access to fetch at 'https://else.example/' from origin '" PUB_ONLY
                     "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header "
                     "is present on the requested resource.");
    ck_assert(json_is_null(json_object_get(o, "verdict")));
    ck_assert_str_eq(text_at(o, "missing"), "node");
    json_decref(o);
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
    tcase_add_test(tc, refused_exchange);
    tcase_add_test(tc, mended);
    tcase_add_test(tc, joined);
    tcase_add_test(tc, not_cors);
    tcase_add_test(tc, reset);
    tcase_add_test(tc, pages_of_the_trace);
    tcase_add_test(tc, bad_questions);
    tcase_add_test(tc, no_secrets);
    tcase_add_test(tc, hostile_bytes);
    tcase_add_test(tc, explains_as_the_shell);
    tcase_add_test(tc, explains_a_line);
    tcase_add_test(tc, explains_a_recorded_line);
}
