#include "check_config_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "config/config_show.h"
#include "rows_config.h"
#include "scratch.h"
#include "support.h"

#define NOBODY    65534
#define INSTALLED "/etc/cuicsim/cuicsim.conf"

static void expect_unread(const char *name, const char *path, enum err want, const char *says)
{
    struct config *c = NULL;
    struct diag why = {0, ""};
    enum err e = config_load(path, &c, &why);

    ck_assert_msg(e == want && c == NULL, "%s: expected %s, got %s", name, err_text(want),
                  err_text(e));
    ck_assert_msg(strncmp(why.text, path, strlen(path)) == 0 && strstr(why.text, says) != NULL,
                  "%s: expected '%s' and '%s', got '%s'", name, path, says, why.text);
    ck_assert_int_eq(config_load(path, &c, NULL), want);
}

START_TEST(missing)
{
    expect_unread("missing", scratch_path("none.conf"), ERR_NOTFOUND, "No such file");
    expect_unread("missing folder", scratch_path("none/a.conf"), ERR_NOTFOUND, "No such file");
    expect_unread("no name", "", ERR_NOTFOUND, "No such file");
}
END_TEST

START_TEST(a_folder)
{
    expect_unread("a folder", scratch_dir(), ERR_IO, "Is a directory");
}
END_TEST

START_TEST(below_a_file)
{
    (void)scratch_write("file", "");
    expect_unread("below a file", scratch_path("file/a.conf"), ERR_IO, "Not a directory");
}
END_TEST

START_TEST(unreadable)
{
    const char *path = scratch_write("a.conf", NODE_LINE);
    bool is_root = geteuid() == 0;

    ck_assert_int_eq(chmod(path, 0), 0);
    if (is_root)
        ck_assert_int_eq(seteuid(NOBODY), 0);
    expect_unread("unreadable", path, ERR_IO, "Permission denied");
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/** One bad file leaves nothing behind for the next one. */
START_TEST(again_and_again)
{
    for (int i = 0; i < 50; i++) {
        struct config *c = NULL;
        struct diag why = {0, ""};
        const char *text = i % 2 == 0 ? NODE_LINE : "node a { hostname = \"x\n";
        enum err e = config_load(scratch_write("a.conf", text), &c, &why);
        ck_assert_msg((e == ERR_OK) == (i % 2 == 0), "%d: %s: %s", i, err_text(e), why.text);
        config_free(e == ERR_OK ? c : NULL);
    }
}
END_TEST

/** A section that comes twice is an error, or counts as one: no key is lost in silence. */
START_TEST(section_twice)
{
    static const char text[] = NODE_LINE "limits { connections = 5 }\nlimits { per_ip = 3 }\n";
    struct config *c = NULL;
    struct diag why = {0, ""};
    enum err e = config_load(scratch_write("a.conf", text), &c, &why);

    ck_assert_msg(e == ERR_SYNTAX || (e == ERR_OK && c->max_connections == 5 && c->max_per_ip == 3),
                  "%s, connections %u, per_ip %u", err_text(e),
                  e == ERR_OK ? c->max_connections : 0, e == ERR_OK ? c->max_per_ip : 0);
    config_free(e == ERR_OK ? c : NULL);
}
END_TEST

/** The sample that the project ships. */
START_TEST(sample)
{
    struct config *c = NULL;
    struct diag why = {0, ""};
    enum err e = config_load(TEST_SOURCE_DIR "/config/cuicsim.conf", &c, &why);

    ck_assert_msg(e == ERR_OK, "%s: %s", err_text(e), why.text);
    ck_assert_uint_eq(c->n_nodes, 2);
    ck_assert_str_eq(c->nodes[0].hostname, "cuicpub.uccelab.tac");
    ck_assert(c->nodes[0].is_publisher && !c->nodes[1].is_publisher);
    ck_assert_str_eq(c->state_dir, TEST_SOURCE_DIR "/config/../state");
    config_free(c);
}
END_TEST

START_TEST(relative_path)
{
    char before[SCRATCH_PATH];
    struct config *c = NULL;
    struct diag why = {0, ""};

    (void)scratch_write("a.conf", NODE_LINE "state_dir = s\nlayout = \"/l\"\n");
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(scratch_dir()), 0);
    enum err e = config_load("a.conf", &c, &why);
    ck_assert_int_eq(chdir(before), 0);
    ck_assert_msg(e == ERR_OK, "%s", why.text);
    ck_assert_str_eq(c->state_dir, "s");
    ck_assert_str_eq(c->layout, "/l");
    char *path = config_state_path(c, "x.db");
    ck_assert_str_eq(path, "s/x.db");
    free(path);
    config_free(c);
}
END_TEST

static char *show(const struct config *c)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    ck_assert_ptr_nonnull(f);
    config_show(c, f);
    ck_assert_int_eq(fclose(f), 0);
    return text;
}

/** What is shown is a configuration with the same meaning, listeners apart. */
START_TEST(shown_is_a_configuration)
{
    static const char text[] =
        "node b { hostname = \"b.example\" role = publisher }\n" NODE_LINE
        "apply_changes = on-restart\nrestart_seconds = 7\nlog_level = debug\nhsts = no\n"
        "strict_urls = yes\ncors_disabled_answer = pass\nlayout = \"/x y/l.xml\"\n"
        "limits { connections = 11 per_ip = 12 header_bytes = 2048 body_bytes = 0 "
        "idle_seconds = 9 }\n"
        "trace { keep = 5 bodies = yes }\n" LISTEN_LINE;
    struct config *c = NULL;
    struct config *again = NULL;
    struct diag why = {0, ""};

    ck_assert_int_eq(config_load(scratch_write("a.conf", text), &c, &why), ERR_OK);
    char *first = show(c);
    enum err e = config_load(scratch_write("a.conf", first), &again, &why);
    ck_assert_msg(e == ERR_OK, "%s in %s", why.text, first);
    ck_assert_msg(strstr(first, "# listen cuic 127.0.0.1:0\n") != NULL, "no listener: %s", first);
    char *second = show(again);
    char *listener = strstr(first, "# listen");
    memmove(listener, strchr(listener, '\n') + 1, strlen(strchr(listener, '\n') + 1) + 1);
    ck_assert_str_eq(first, second);
    ck_assert_uint_eq(again->restart_seconds, 7);
    ck_assert_uint_eq(again->max_body_bytes, 0);
    ck_assert(again->trace_bodies && again->strict_urls && !again->hsts);
    free(first);
    free(second);
    config_free(c);
    config_free(again);
}
END_TEST

/** config/cuicsim.conf of the tree that this runner was built in, if it is there. */
static bool beside_build(char *to, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", to, size - 1);

    ck_assert_int_gt(n, 0);
    to[n] = '\0';
    for (int up = 0; up < 2; up++)
        *strrchr(to, '/') = '\0';
    size_t used = strlen(to);
    (void)snprintf(to + used, size - used, "/config/cuicsim.conf");
    return access(to, F_OK) == 0;
}

static const struct find_row {
    const char *name;
    const char *option;
    const char *env;
    const char *want; /* NULL: beside the build, then the installed one, then none */
} find_rows[] = {
    {"option", "/x/option.conf", NULL, "/x/option.conf"},
    {"option-before-environment", "/x/option.conf", "/x/env.conf", "/x/option.conf"},
    {"environment", NULL, "/x/env.conf", "/x/env.conf"},
    {"neither-need-exist", "does not exist", NULL, "does not exist"},
    {"empty-environment", NULL, "", NULL},
    {"nothing-given", NULL, NULL, NULL},
};

START_TEST(find)
{
    const struct find_row *row = &find_rows[_i];
    char expected[4096];
    const char *want = row->want;
    char *got = NULL;
    struct diag why = {0, ""};

    if (want == NULL && beside_build(expected, sizeof expected))
        want = expected;
    else if (want == NULL && access(INSTALLED, F_OK) == 0)
        want = INSTALLED;
    if (row->env == NULL)
        (void)unsetenv("CUICSIM_CONFIG");
    else
        (void)setenv("CUICSIM_CONFIG", row->env, 1);
    enum err e = config_find(row->option, &got, &why);
    (void)unsetenv("CUICSIM_CONFIG");
    if (want == NULL)
        ck_assert_msg(e == ERR_NOTFOUND && strstr(why.text, INSTALLED) != NULL, "%s: %s", row->name,
                      why.text);
    else
        ck_assert_msg(e == ERR_OK && strcmp(got, want) == 0, "%s: expected '%s', got '%s'",
                      row->name, want, shown_text(got));
    free(got);
}
END_TEST

TCase *tcase_config_file(void)
{
    TCase *tc = tcase_create("file");

    tcase_add_checked_fixture(tc, scratch_set_up, scratch_tear_down);
    tcase_add_test(tc, missing);
    tcase_add_test(tc, a_folder);
    tcase_add_test(tc, below_a_file);
    tcase_add_test(tc, unreadable);
    tcase_add_test(tc, again_and_again);
    tcase_add_test(tc, section_twice);
    tcase_add_test(tc, sample);
    tcase_add_test(tc, relative_path);
    tcase_add_test(tc, shown_is_a_configuration);
    add_rows(tc, find, COUNT(find_rows));
    return tc;
}
