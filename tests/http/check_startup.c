/* What the server says to good and bad options and configurations, and that it then changes
 * nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common.h"
#include "suites.h"

#define TOP              "state_dir = \"state\"\ncert_dir = \"" TEST_CERT_DIR "\"\n"
#define NODE(name, host) "node " name " { hostname = \"" host "\" }\n"
#define NODES            NODE("cuicpub", PUB) NODE("cuicsub", SUB)
#define LISTEN           "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"
#define GOOD             TOP NODES LISTEN /* five lines */

static struct lab lab;

static void start(void)
{
    lab_init(&lab, NULL);
}

static void stop(void)
{
    lab_clear(&lab);
}

/** Run the server, which must end by itself and leave the folder as it was. */
static struct proc_result run_server(const char *const *argv)
{
    char *before = folder_text(lab.dir);
    struct proc_result r = proc_run(argv, NULL, lab.options);
    char *after = folder_text(lab.dir);

    ck_assert_msg(strcmp(before, after) == 0, "before\n%safter\n%s%s", before, after, r.err);
    free(before);
    free(after);
    return r;
}

/* ---- configurations ---- */

static const struct row {
    const char *name;
    const char *text;
    const char *said[3]; /* on stderr, beside the file's name */
} rows[] = {
    {"unknown key", GOOD "colour = red\n", {":6:", "colour", "cuicsim.conf(5)"}},
    {"unknown section", GOOD "colours { red = 1 }\n", {":6:", "colours", NULL}},
    {"unknown key in a section", GOOD "limits { colour = 1 }\n", {":6:", "colour", NULL}},
    {"number over its range",
     GOOD "restart_seconds = 601\n",
     {":6:", "restart_seconds", "0 to 600"}},
    {"number under its range",
     GOOD "\nlimits {\n  header_bytes = 1023\n}\n",
     {":8:", "header_bytes", "1024 to 1048576"}},
    {"no number", GOOD "limits { connections = many }\n", {":6:", "connections", "many"}},
    {"negative number", GOOD "limits { connections = -1 }\n", {":6:", "connections", "-1"}},
    {"no boolean", GOOD "hsts = perhaps\n", {":6:", "hsts", "perhaps"}},
    {"no such word",
     GOOD "apply_changes = later\n",
     {":6:", "apply_changes", "immediate|on-restart"}},
    {"no such log level", GOOD "log_level = loud\n", {":6:", "log_level", "loud"}},
    {"empty path", GOOD "state_dir = \"\"\n", {":6:", "state_dir", NULL}},
    {"no such role",
     TOP "node a { hostname = \"" PUB "\" role = boss }\n" LISTEN,
     {":3:", "role", "publisher|subscriber"}},
    {"node without host name",
     TOP "node a { role = publisher }\n" LISTEN,
     {":3:", "node a", "hostname"}},
    {"node with a bad host name",
     TOP "node a { hostname = \"a b\" }\n" LISTEN,
     {":3:", "hostname", "a b"}},
    {"node with a port",
     TOP "node a { hostname = \"" PUB ":443\" }\n" LISTEN,
     {":3:", "hostname", PUB ":443"}},
    {"node with a bad name", TOP NODE("\"a/b\"", PUB) LISTEN, {":3:", "node", "letters"}},
    {"duplicate host name",
     TOP NODE("a", PUB) NODE("b", PUB) LISTEN,
     {":4:", "node b: hostname", "the name of a already"}},
    {"duplicate host name in capitals",
     TOP NODE("a", PUB) NODE("b", "CUICPUB.uccelab.tac") LISTEN,
     {":4:", "node b: hostname", "the name of a already"}},
    {"duplicate node", TOP NODE("a", PUB) NODE("a", SUB) LISTEN, {":4:", "a", NULL}},
    {"no node", TOP LISTEN, {"no node", "hostname", NULL}},
    {"duplicate address",
     TOP NODES "listen cuic { addresses = {\"127.0.0.1:8499\", \"127.0.0.1:8499\"} }\n",
     {":5:", "listen cuic: addresses", "used twice"}},
    {"address of two sites",
     TOP NODES "listen cuic { addresses = {\"[::1]:8499\"} }\n"
               "listen console { addresses = {\"[::1]:8499\"} }\n",
     {":6:", "listen console: addresses", "used twice"}},
    {"host name as address",
     TOP NODES "listen cuic { addresses = {\"localhost:8499\"} }\n",
     {":5:", "addresses", "localhost:8499"}},
    {"address without port",
     TOP NODES "listen cuic { addresses = {\"127.0.0.1\"} }\n",
     {":5:", "addresses", "127.0.0.1"}},
    {"port over 65535",
     TOP NODES "listen cuic { addresses = {\"127.0.0.1:65536\"} }\n",
     {":5:", "addresses", "65536"}},
    {"IPv6 without brackets",
     TOP NODES "listen cuic { addresses = {\"::1:8499\"} }\n",
     {":5:", "addresses", "::1:8499"}},
    {"no address",
     TOP NODES "listen cuic { addresses = {} }\n",
     {":5:", "listen cuic", "addresses"}},
    {"no listen section", TOP NODES, {"no address to listen on", "listen cuic", NULL}},
    {"a desktop without a name",
     TOP NODES "listen finesse { addresses = {\"127.0.0.1:0\"} }\n",
     {":5:", "listen finesse: hostnames", "missing"}},
    {"no such site",
     TOP NODES "listen web { addresses = {\"127.0.0.1:0\"} }\n",
     {":5:", "listen web", "finesse"}},
    {"same site twice", GOOD LISTEN, {":6:", "cuic", NULL}},
    {"names of another site",
     TOP NODES "listen cuic { addresses = {\"127.0.0.1:0\"} hostnames = {\"a.example\"} }\n",
     {":5:", "hostnames", "finesse"}},
    {"section not closed",
     TOP NODES "listen cuic { addresses = {\"127.0.0.1:0\"}\n",
     {":6:", NULL, NULL}},
    {"text not closed", TOP NODES LISTEN "layout = \"x\n", {":", NULL, NULL}},
    {"no configuration at all",
     "\x7f"
     "ELF\x02\x01\x01",
     {":1:", NULL, NULL}},
    {"empty file", "", {"no node", NULL, NULL}},
};

static void check_said(const struct row *row, const struct proc_result *r)
{
    ck_assert_msg(r->status == 3, "%s: exit status %d; %s", row->name, r->status, r->err);
    const char *said = r->err;
    if (strncmp(said, "warning: ", 9) == 0)
        said = strchr(said, '\n') + 1;
    ck_assert_msg(strncmp(said, "cuicsim-server: ", 16) == 0, "%s: %s", row->name, said);
    ck_assert_msg(strchr(said, '\n') == said + strlen(said) - 1, "%s: not one line: %s", row->name,
                  said);
    ck_assert_msg(strstr(said, lab.config) != NULL, "%s: no file in %s", row->name, said);
    for (size_t i = 0; i < COUNT(row->said) && row->said[i] != NULL; i++)
        ck_assert_msg(strstr(said, row->said[i]) != NULL, "%s: no '%s' in %s", row->name,
                      row->said[i], said);
    ck_assert_msg(r->out[0] == '\0', "%s: output: %s", row->name, r->out);
}

START_TEST(bad_configuration)
{
    const struct row *row = &rows[_i / 2];
    const char *argv[] = {"cuicsim-server", "-c", lab.config, _i % 2 == 0 ? NULL : "-t", NULL};

    lab_write_config(&lab, row->text);
    struct proc_result r = run_server(argv);
    check_said(row, &r);
    proc_result_clear(&r);
}
END_TEST

START_TEST(good_configuration)
{
    static const char *const lines[] = {
        " is good\n",
        "apply_changes = immediate\n",
        "restart_seconds = 7\n",
        "hsts = no\n",
        "cors_disabled_answer = refuse\n",
        "node cuicpub { hostname = \"" PUB "\" role = publisher }\n",
        "node cuicsub { hostname = \"" SUB "\" role = subscriber }\n",
        "listen cuic 127.0.0.1:0\n",
        "header_bytes = 9000",
    };
    const char *argv[] = {"cuicsim-server", "-t", "--config", lab.config, NULL};

    stop();
    lab_init(&lab, "restart_seconds = 7\nhsts = off\nlimits { header_bytes = 9000 }\n");
    struct proc_result r = run_server(argv);
    ck_assert_msg(r.status == 0, "%d: %s", r.status, r.err);
    ck_assert_str_eq(r.err, "");
    for (size_t i = 0; i < COUNT(lines); i++)
        ck_assert_msg(strstr(r.out, lines[i]) != NULL, "no '%s' in %s", lines[i], r.out);
    proc_result_clear(&r);
}
END_TEST

/* ---- finding the configuration ---- */

START_TEST(configuration_from_the_environment)
{
    char pair[128];
    const char *env[] = {pair, NULL};
    struct proc_options options = {.env = env};
    const char *argv[] = {"cuicsim-server", "-t", NULL};

    (void)snprintf(pair, sizeof pair, "CUICSIM_CONFIG=%s", lab.config);
    lab.options = &options;
    struct proc_result r = run_server(argv);
    ck_assert_msg(r.status == 0, "%s", r.err);
    ck_assert_ptr_nonnull(strstr(r.out, lab.config));
    proc_result_clear(&r);
}
END_TEST

static void check_unreadable(const char *path, const char *cause)
{
    const char *argv[] = {"cuicsim-server", "-c", path, NULL};
    struct proc_result r = run_server(argv);

    ck_assert_int_eq(r.status, 3);
    ck_assert_msg(strstr(r.err, path) != NULL && strstr(r.err, cause) != NULL, "%s", r.err);
    proc_result_clear(&r);
}

START_TEST(configuration_missing)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/nowhere/cuicsim.conf", lab.dir);
    check_unreadable(path, "No such file");
}
END_TEST

START_TEST(configuration_is_a_folder)
{
    check_unreadable(lab.dir, "Is a directory");
}
END_TEST

START_TEST(configuration_unreadable)
{
    struct proc_options options = {.unprivileged = true};

    if (!can_be_unprivileged())
        return;
    ck_assert_int_eq(chmod(lab.config, 0), 0);
    lab.options = &options;
    check_unreadable(lab.config, "Permission denied");
}
END_TEST

/* ---- options ---- */

static const struct option_row {
    const char *argv[4];
    int status;
    const char *out;
    const char *err;
} option_rows[] = {
    {{"--version"}, 0, "cuicsim-server ", ""},
    {{"--help"}, 0, "usage: cuicsim-server ", ""},
    {{"-x"}, 2, "", "usage: cuicsim-server "},
    {{"--nonsense"}, 2, "", "--nonsense"},
    {{"-c"}, 2, "", "usage: cuicsim-server "},
    {{"--config"}, 2, "", "usage: cuicsim-server "},
    {{"--test=yes"}, 2, "", "usage: cuicsim-server "},
    {{"stray"}, 2, "", "stray"},
    {{"-t", "stray"}, 2, "", "stray"},
    {{"-t", "--", "-t"}, 2, "", "'-t'"},
};

START_TEST(options)
{
    const struct option_row *row = &option_rows[_i];
    const char *argv[6] = {"cuicsim-server"};

    for (size_t i = 0; i < COUNT(row->argv) && row->argv[i] != NULL; i++)
        argv[i + 1] = row->argv[i];
    struct proc_result r = run_server(argv);
    ck_assert_int_eq(r.status, row->status);
    ck_assert_msg(strstr(r.out, row->out) != NULL && (row->out[0] != '\0' || r.out[0] == '\0'),
                  "output: %s", r.out);
    ck_assert_msg(strstr(r.err, row->err) != NULL && (row->err[0] != '\0' || r.err[0] == '\0'),
                  "errors: %s", r.err);
    proc_result_clear(&r);
}
END_TEST

Suite *suite_startup(void)
{
    Suite *s = suite_create("startup");
    TCase *tc = new_case(s, "refused");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, bad_configuration, 0, 2 * (int)COUNT(rows));
    tcase_add_test(tc, good_configuration);
    tcase_add_test(tc, configuration_from_the_environment);
    tcase_add_test(tc, configuration_missing);
    tcase_add_test(tc, configuration_is_a_folder);
    tcase_add_test(tc, configuration_unreadable);
    tcase_add_loop_test(tc, options, 0, (int)COUNT(option_rows));
    return s;
}
