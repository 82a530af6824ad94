/* --json: one object a line, whose fields say what the text says. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../support/lab.h"
#include "shell.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S 30
#define CORS      "utils cuic cors "
#define ORIGIN    CORS "allowed_origin "
#define P         "https://finessep.uccelab.tac"
#define S         "https://finesses.uccelab.tac"
#define REPORTING "Intelligence Center Reporting Service"
#define SERVICE   "utils service restart " REPORTING
#define CHANGED   "'exit':0,'applied':true,'restart':['" REPORTING "'],"
#define FAILED    "Operation failed, "
#define NOT_IN(x) FAILED "`" x "` is neither an index from 1 to 3 nor an entry of the list. "

/** One line on the subscriber, in the article's state. */
static const struct json_row {
    const char *name;
    const char *line;
    const char *input; /* what follows it in the script */
    const char *want;  /* fields beside node and text, in JSON with ' for " and ` for ' */
} json_rows[] = {
    {"list", ORIGIN "list", "",
     "{'command':'" ORIGIN "list','exit':0,'origins':['" P "','" S "','" S ":8445']}"},
    {"add", ORIGIN "add https://a.example," P ",http://b.example", "",
     "{'command':'" ORIGIN "add'," CHANGED "'added':['https://a.example','http://b.example'],"
     "'present':['" P "']}"},
    {"add-nothing-new", ORIGIN "add " P, "",
     "{'command':'" ORIGIN "add','exit':0,'added':[],'present':['" P "']}"},
    {"add-twice-in-one", ORIGIN "add https://a.example,https://a.example", "",
     "{'command':'" ORIGIN "add'," CHANGED "'added':['https://a.example'],"
     "'present':['https://a.example']}"},
    {"add-bad", ORIGIN "add https://a.example/", "",
     "{'command':'" ORIGIN "add','exit':1,"
     "'error':'a slash at the end; browsers send none, so it would never match'}"},
    {"delete-index", ORIGIN "delete 2", "",
     "{'command':'" ORIGIN "delete'," CHANGED "'removed':['" S "']}"},
    {"delete-all", ORIGIN "delete a", "",
     "{'command':'" ORIGIN "delete'," CHANGED "'removed':['" P "','" S "','" S ":8445']}"},
    {"delete-answer", ORIGIN "delete", "3\n",
     "{'command':'" ORIGIN "delete'," CHANGED "'removed':['" S ":8445']}"},
    {"delete-quit", ORIGIN "delete", "q\n", "{'command':'" ORIGIN "delete','exit':0,'removed':[]}"},
    {"delete-bad", ORIGIN "delete 9", "",
     "{'command':'" ORIGIN "delete','exit':1,'error':'" NOT_IN("9") "The list was not changed.'}"},
    {"delete-no-answer", ORIGIN "delete", "",
     "{'command':'" ORIGIN "delete','exit':1,'error':'" FAILED
     "no answer was given. Nothing was changed.'}"},
    {"enable", CORS "enable", "",
     "{'command':'" CORS "enable'," CHANGED "'enabled':true,'mode':'enabled'}"},
    {"disable", CORS "disable", "",
     "{'command':'" CORS "disable'," CHANGED "'enabled':false,'mode':'disabled'}"},
    {"status", CORS "status", "",
     "{'command':'" CORS "status','exit':0,'enabled':true,'mode':'enabled'}"},
    {"restart", SERVICE, "",
     "{'command':'utils service restart','exit':0,'service':'" REPORTING "','state':'STARTED'}"},
    {"restart-unknown", SERVICE "s", "",
     "{'command':'utils service restart','exit':1,'error':'Service " REPORTING
     "s is not known; `utils service list` shows the names'}"},
    {"headers", CORS "exposed_headers list", "",
     "{'command':'" CORS "exposed_headers list','exit':0,'custom':[],'builtin':["
     "'access-control-allow-origin','access-control-allow-credentials',"
     "'access-control-allow-methods','access-control-allow-headers','access-control-max-age',"
     "'access-control-allow-private-network']}"},
    {"header-add", CORS "allowed_headers add X-A,Accept", "",
     "{'command':'" CORS "allowed_headers add'," CHANGED "'added':['x-a'],'present':['accept']}"},
    {"network", CORS "private-network-access enable", "",
     "{'command':'" CORS "private-network-access enable'," CHANGED "'private_network':true}"},
    {"ping", "utils network ping cuicpub", "",
     "{'command':'utils network ping','exit':0,'host':'cuicpub.uccelab.tac','simulated':true}"},
    {"timeout", "set cli session timeout 5", "y\n",
     "{'changed':true,'command':'set cli session timeout','exit':0,'minutes':5}"},
    {"timeout-declined", "set cli session timeout 5", "n\n",
     "{'changed':false,'command':'set cli session timeout','exit':0,'minutes':30}"},
    {"hosts", "lab hosts", "",
     "{'command':'lab hosts','exit':0,'hosts':{'cuicpub.uccelab.tac':'127.0.0.1',"
     "'cuicsub.uccelab.tac':'127.0.0.1'}}"},
    {"reset", "lab reset factory", "",
     "{'command':'lab reset factory','exit':0,'state':'factory'}"},
    {"help", "help quit", "",
     "{'command':'help','exit':0,'commands':[{'words':'quit','usage':'quit','privilege':0,"
     "'summary':'End the session'}]}"},
    {"help-unknown", "help xyzzy", "",
     "{'command':'help','exit':2,'commands':[],"
     "'error':'No help for that; `help` alone lists all commands'}"},
    {"question-mark", "utils ?", "", "{'command':null,'exit':0}"},
    {"unknown", "xyzzy", "", "{'command':null,'exit':2,'error':'No valid command entered'}"},
    {"unknown-but-near", "utlis", "",
     "{'command':null,'exit':2,'error':'No valid command entered','suggestion':'utils'}"},
    {"incomplete", "utils cuic", "",
     "{'command':null,'exit':2,'error':'Incomplete command; it goes on with one of:'}"},
    {"usage", ORIGIN "add", "",
     "{'command':'" ORIGIN "add','exit':2,'error':'usage: " ORIGIN "add URL1,URL2,URL3'}"},
    {"quotes", "say \"\\", "", "{'command':null,'exit':2,'error':'No valid command entered'}"},
    {"quit", "quit", "", "{'command':'quit','exit':0}"},
};

/** The expected fields, the node and the text beside them. */
static json_t *wanted(const struct json_row *row, const char *text)
{
    char *copy = strdup(row->want);
    json_error_t error;

    ck_assert_ptr_nonnull(copy);
    for (char *p = copy; *p != '\0'; p++)
        *p = (char)(*p == '\'' ? '"' : *p == '`' ? '\'' : *p);
    json_t *want = json_loads(copy, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(want != NULL, "%s: %s", row->name, error.text);
    ck_assert_int_eq(json_object_set_new(want, "node", json_string("cuicsub")), 0);
    ck_assert_int_eq(json_object_set_new(want, "text", json_string(text)), 0);
    free(copy);
    return want;
}

static char *script_of(const struct json_row *row)
{
    size_t n = strlen(row->line);
    size_t more = strlen(row->input);
    char *script = calloc(1, n + more + 2);

    ck_assert_ptr_nonnull(script);
    memcpy(script, row->line, n);
    script[n] = '\n';
    memcpy(script + n + 1, row->input, more);
    return script;
}

/** What the same line says without --json, in the same state; a prompt is no part of the text. */
static struct proc_result run_plain(const char *script)
{
    static const char *const prompt[] = {"Select the index of origin to be deleted [1-3 or a,q]\n",
                                         "Continue (y/n)?\n"};
    struct proc_result r = lab_cli(&lab, script, "-n", "cuicsub", NULL);

    for (size_t i = 0; i < COUNT(prompt); i++) {
        char *at = strstr(r.out, prompt[i]);
        if (at != NULL)
            memmove(at, at + strlen(prompt[i]), strlen(at + strlen(prompt[i])) + 1);
    }
    state_article(&lab);
    return r;
}

START_TEST(fields)
{
    const struct json_row *row = &json_rows[_i];
    char *script = script_of(row);
    struct proc_result plain = run_plain(script);
    struct proc_result r = lab_cli(&lab, script, "-n", "cuicsub", "--json", NULL);
    json_error_t error;
    json_t *got = json_loads(r.out, JSON_REJECT_DUPLICATES, &error);
    json_t *want = wanted(row, plain.out);

    ck_assert_msg(got != NULL, "%s: %s in %s", row->name, error.text, r.out);
    ck_assert_msg(json_equal(got, want), "%s: expected %s, got %s", row->name,
                  json_dumps(want, JSON_COMPACT | JSON_SORT_KEYS), r.out);
    ck_assert_msg(r.status == plain.status &&
                      r.status == json_integer_value(json_object_get(got, "exit")),
                  "%s: ended with %d, without --json with %d", row->name, r.status, plain.status);
    ck_assert_msg(strchr(r.out, '\n') == r.out + strlen(r.out) - 1, "%s: not one line", row->name);
    json_decref(got);
    json_decref(want);
    proc_result_clear(&plain);
    proc_result_clear(&r);
    free(script);
}
END_TEST

/** `help` has an object for each command that this user has, in the order of its text. */
START_TEST(help_has_all)
{
    struct proc_result r = lab_cli(&lab, NULL, "--json", "help", NULL);
    json_t *object = json_loads(r.out, JSON_REJECT_DUPLICATES, NULL);
    json_t *commands = json_object_get(object, "commands");
    struct cmd_view v = {.privilege = 1, .platform = PLATFORM_CUIC};
    size_t n = 0;

    v.table = shell_table(&v.n);
    for (size_t i = 0; i < v.n; i++) {
        char usage[CMD_USAGE_MAX];
        if (!cmd_is_visible(&v, v.table[i]))
            continue;
        json_t *row = json_array_get(commands, n++);
        const char *words = json_string_value(json_object_get(row, "words"));
        const char *got = json_string_value(json_object_get(row, "usage"));
        ck_assert_msg(words != NULL && strcmp(words, v.table[i]->words) == 0, "'%s' for '%s'",
                      words == NULL ? "" : words, v.table[i]->words);
        ck_assert_str_eq(got, cmd_usage(v.table[i], usage));
        ck_assert_int_eq(json_integer_value(json_object_get(row, "privilege")),
                         v.table[i]->privilege);
    }
    ck_assert_uint_eq(json_array_size(commands), n);
    json_decref(object);
    proc_result_clear(&r);
}
END_TEST

/** As many lines as commands, each an object, whatever the commands are; comments say nothing. */
START_TEST(one_object_a_line)
{
    static const char script[] = "# comment\n\n" CORS "status\nxyzzy\n" ORIGIN
                                 "delete\n1\n\x1b[2J\n" ORIGIN "list\nquit\nnever read\n";
    struct proc_result r = lab_cli(&lab, script, "--json", NULL);
    size_t n = 0;

    for (char *line = r.out; *line != '\0'; n++) {
        char *end = strchr(line, '\n');
        ck_assert_msg(end != NULL, "line %zu is not ended: %s", n, line);
        *end = '\0';
        json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json_is_object(object), "line %zu: %s", n, line);
        ck_assert(json_is_string(json_object_get(object, "node")));
        ck_assert(json_is_string(json_object_get(object, "text")));
        ck_assert(json_is_integer(json_object_get(object, "exit")));
        ck_assert_ptr_nonnull(json_object_get(object, "command"));
        json_decref(object);
        line = end + 1;
    }
    ck_assert_msg(n == 6, "expected 6 objects, got %zu", n);
    proc_result_clear(&r);
}
END_TEST

/** A store that cannot be used is said in the object as well. */
START_TEST(store_error)
{
    const char *path = lab_path(&lab, "state/cuicsim.db");

    test_write_file(path, "this is no database, not even a short one", 41);
    struct proc_result r = lab_cli(&lab, ORIGIN "list\n", "--json", NULL);
    json_t *object = json_loads(r.out, 0, NULL);
    const char *error = json_string_value(json_object_get(object, "error"));

    ck_assert_msg(r.status == 3, "ended with %d: %s", r.status, r.out);
    ck_assert_msg(error != NULL && strstr(error, lab_path(&lab, "state/cuicsim.db")) != NULL &&
                      strstr(r.err, error) != NULL,
                  "'%s', '%s'", r.out, r.err);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "exit")), 3);
    json_decref(object);
    proc_result_clear(&r);
}
END_TEST

Suite *suite_json(void)
{
    Suite *s = suite_create("json");
    TCase *tc = tcase_create("json");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_loop_test(tc, fields, 0, (int)COUNT(json_rows));
    tcase_add_test(tc, help_has_all);
    tcase_add_test(tc, one_object_a_line);
    tcase_add_test(tc, store_error);
    suite_add_tcase(s, tc);
    return s;
}
