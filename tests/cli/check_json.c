/* --json: one object a line, whose fields say what the text says. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../support/lab.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S 30
#define CORS      "utils cuic cors "
#define ORIGIN    CORS "allowed_origin "
#define P         "https://finessep.uccelab.tac"
#define S         "https://finesses.uccelab.tac"
#define SERVICE   "utils service restart Intelligence Center Reporting Service"

/** One line on the subscriber, in the article's state. */
static const struct json_row {
    const char *name;
    const char *line;
    const char *input; /* what follows it in the script */
    const char *want;  /* fields beside node and text, in JSON with ' for " */
} json_rows[] = {
    {"list", ORIGIN "list", "",
     "{'command':'" ORIGIN "list','exit':0,'origins':['" P "','" S "','" S ":8445']}"},
    {"add", ORIGIN "add https://a.example," P ",http://b.example", "",
     "{'command':'" ORIGIN "add','exit':0,'added':['https://a.example','http://b.example'],"
     "'present':['" P "']}"},
    {"add-nothing-new", ORIGIN "add " P, "",
     "{'command':'" ORIGIN "add','exit':0,'added':[],'present':['" P "']}"},
    {"add-twice-in-one", ORIGIN "add https://a.example,https://a.example", "",
     "{'command':'" ORIGIN "add','exit':0,'added':['https://a.example'],"
     "'present':['https://a.example']}"},
    {"add-bad", ORIGIN "add https://a.example/", "",
     "{'command':'" ORIGIN "add','exit':1,"
     "'error':'a slash at the end; browsers send none, so it would never match'}"},
    {"delete-index", ORIGIN "delete 2", "",
     "{'command':'" ORIGIN "delete','exit':0,'removed':['" S "']}"},
    {"delete-all", ORIGIN "delete a", "",
     "{'command':'" ORIGIN "delete','exit':0,'removed':['" P "','" S "','" S ":8445']}"},
    {"delete-answer", ORIGIN "delete", "3\n",
     "{'command':'" ORIGIN "delete','exit':0,'removed':['" S ":8445']}"},
    {"delete-quit", ORIGIN "delete", "q\n", "{'command':'" ORIGIN "delete','exit':0}"},
    {"delete-bad", ORIGIN "delete 9", "", "{'command':'" ORIGIN "delete','exit':1}"},
    {"delete-no-answer", ORIGIN "delete", "", "{'command':'" ORIGIN "delete','exit':1}"},
    {"enable", CORS "enable", "", "{'command':'" CORS "enable','exit':0,'enabled':true}"},
    {"disable", CORS "disable", "", "{'command':'" CORS "disable','exit':0,'enabled':false}"},
    {"status", CORS "status", "", "{'command':'" CORS "status','exit':0,'enabled':true}"},
    {"restart", SERVICE, "", "{'command':'utils service restart','exit':0}"},
    {"restart-unknown", SERVICE "s", "", "{'command':'utils service restart','exit':1}"},
    {"hosts", "lab hosts", "",
     "{'command':'lab hosts','exit':0,'hosts':{'cuicpub.uccelab.tac':'127.0.0.1',"
     "'cuicsub.uccelab.tac':'127.0.0.1'}}"},
    {"reset", "lab reset factory", "", "{'command':'lab reset factory','exit':0}"},
    {"help", "help", "", "{'command':'help','exit':0}"},
    {"help-unknown", "help xyzzy", "", "{'command':'help','exit':2}"},
    {"question-mark", "utils ?", "", "{'command':null,'exit':0}"},
    {"unknown", "xyzzy", "", "{'command':null,'exit':2}"},
    {"incomplete", "utils cuic", "", "{'command':null,'exit':2}"},
    {"usage", ORIGIN "add", "", "{'command':'" ORIGIN "add','exit':2}"},
    {"quotes", "say \"\\", "", "{'command':null,'exit':2}"},
    {"quit", "quit", "", "{'command':'quit','exit':0}"},
};

/** The expected fields, the node and the text beside them. */
static json_t *wanted(const struct json_row *row, const char *text)
{
    char *copy = strdup(row->want);
    json_error_t error;

    ck_assert_ptr_nonnull(copy);
    for (char *p = copy; *p != '\0'; p++)
        *p = (char)(*p == '\'' ? '"' : *p);
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
    static const char prompt[] = "Select the index of origin to be deleted [1-3 or a,q]\n";
    struct proc_result r = lab_cli(&lab, script, "-n", "cuicsub", NULL);
    char *at = strstr(r.out, prompt);

    if (at != NULL)
        memmove(at, at + strlen(prompt), strlen(at + strlen(prompt)) + 1);
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
    tcase_add_test(tc, one_object_a_line);
    tcase_add_test(tc, store_error);
    suite_add_tcase(s, tc);
    return s;
}
