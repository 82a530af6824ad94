/* Where the shell finds its configuration, and what it says when that cannot be used: exit 3, one
 * line on stderr that names the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/lab.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S 30
#define INSTALLED "/etc/cuicsim/cuicsim.conf"

static struct proc_result run_with(const char *program, const char *option, const char *env,
                                   bool unprivileged)
{
    const char *argv[] = {program, "lab", "hosts", NULL, NULL, NULL};
    const char *const envs[] = {env == NULL ? "CUICSIM_CONFIG=" : env, NULL};
    struct proc_options options = {.env = envs, .unprivileged = unprivileged};

    if (option != NULL) {
        argv[1] = "-c";
        argv[2] = option;
        argv[3] = "lab";
        argv[4] = "hosts";
    }
    return proc_run(argv, NULL, &options);
}

static void expect_unusable(const char *name, struct proc_result *r, const char *file,
                            const char *says)
{
    const char *end = strchr(r->err, '\n');

    ck_assert_msg(r->status == 3, "%s: expected exit status 3, got %d", name, r->status);
    ck_assert_msg(r->out[0] == '\0', "%s: on stdout: %s", name, r->out);
    ck_assert_msg(strncmp(r->err, "cuicsim-cli: ", 13) == 0 && end != NULL && end[1] == '\0',
                  "%s: expected one line on stderr, got '%s'", name, r->err);
    ck_assert_msg(strstr(r->err, file) != NULL && strstr(r->err, says) != NULL,
                  "%s: expected '%s' and '%s' on stderr, got '%s'", name, file, says, r->err);
    proc_result_clear(r);
}

#define NODE "node a { hostname = \"a.example\" }\n"

static const struct broken_row {
    const char *name;
    const char *text;
    const char *says;
} broken_rows[] = {
    {"empty", "", "no node"},
    {"unknown-key", NODE "state_directory = \"x\"\n", ":2: "},
    {"unknown-section", NODE "\nfrob {\n}\n", ":3: "},
    {"bad-number", NODE "restart_seconds = soon\n", ":2: restart_seconds: 'soon' is not a number"},
    {"bad-word", "apply_changes = later\n" NODE, ":1: apply_changes: 'later' is not one of"},
    {"not-closed-quote", NODE "layout = \"x\n", "cuicsim.conf:"},
    {"two-nodes-alike", NODE NODE, ":2: "},
    {"not-a-text", "\x01\x02\x03\n", "cuicsim.conf:"},
    {"no-value", NODE "hsts = \n", "cuicsim.conf:"},
};

START_TEST(broken)
{
    const struct broken_row *row = &broken_rows[_i];

    lab_write_config(&lab, row->text);
    struct proc_result r = run_with("cuicsim-cli", lab.config, NULL, false);
    expect_unusable(row->name, &r, lab.config, row->says);
}
END_TEST

START_TEST(missing)
{
    const char *path = lab_path(&lab, "nothing.conf");
    struct proc_result r = run_with("cuicsim-cli", path, NULL, false);

    expect_unusable("missing", &r, path, "No such file");
}
END_TEST

START_TEST(a_folder)
{
    struct proc_result r = run_with("cuicsim-cli", lab.dir, NULL, false);

    expect_unusable("a folder", &r, lab.dir, "Is a directory");
}
END_TEST

START_TEST(unreadable)
{
    ck_assert_int_eq(chmod(lab.config, 0), 0);
    struct proc_result r = run_with("cuicsim-cli", lab.config, NULL, true);
    expect_unusable("unreadable", &r, lab.config, "Permission denied");
}
END_TEST

START_TEST(from_the_environment)
{
    char env[160];

    (void)snprintf(env, sizeof env, "CUICSIM_CONFIG=%s", lab.config);
    struct proc_result r = run_with("cuicsim-cli", NULL, env, false);
    ck_assert_msg(r.status == 0 && strstr(r.out, "cuicsub.uccelab.tac") != NULL, "%d: %s", r.status,
                  r.err);
    proc_result_clear(&r);
    r = run_with("cuicsim-cli", NULL, "CUICSIM_CONFIG=/nonexistent/a.conf", false);
    expect_unusable("missing, by the environment", &r, "/nonexistent/a.conf", "No such file");
}
END_TEST

START_TEST(option_before_environment)
{
    struct proc_result r =
        run_with("cuicsim-cli", lab.config, "CUICSIM_CONFIG=/nonexistent/a.conf", false);

    ck_assert_msg(r.status == 0, "%d: %s", r.status, r.err);
    proc_result_clear(&r);
}
END_TEST

/** A copy of the program in lab/build/, so that lab/config/cuicsim.conf is beside the build. */
static void copy_program(char *path, size_t size)
{
    size_t n = 0;
    char *program = test_read_file(TEST_BUILD_DIR "/cuicsim-cli", &n);

    ck_assert_ptr_nonnull(program);
    ck_assert_int_eq(mkdir(lab_path(&lab, "build"), 0755), 0);
    (void)snprintf(path, size, "%s", lab_path(&lab, "build/cuicsim-cli"));
    test_write_file(path, program, n);
    ck_assert_int_eq(chmod(path, 0755), 0);
    free(program);
}

START_TEST(beside_the_build)
{
    static const char text[] =
        "state_dir = \"../state\"\nnode beside { hostname = \"b.example\" }\n";
    char program[256];

    copy_program(program, sizeof program);
    ck_assert_int_eq(mkdir(lab_path(&lab, "config"), 0755), 0);
    test_write_file(lab_path(&lab, "config/cuicsim.conf"), text, sizeof text - 1);
    struct proc_result r = run_with(program, NULL, NULL, false);
    ck_assert_msg(r.status == 0 && strstr(r.out, "b.example") != NULL, "%d: %s%s", r.status, r.out,
                  r.err);
    proc_result_clear(&r);
}
END_TEST

START_TEST(nowhere)
{
    char program[256];

    if (access(INSTALLED, F_OK) == 0)
        return; /* this machine has one */
    copy_program(program, sizeof program);
    struct proc_result r = run_with(program, NULL, NULL, false);
    expect_unusable("nowhere", &r, INSTALLED, "CUICSIM_CONFIG");
}
END_TEST

/** The state folder is relative to the configuration, not to where the shell is started. */
START_TEST(relative_to_the_configuration)
{
    struct stat st;

    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(stat(lab_path(&lab, "state/cuicsim.db"), &st), 0);
    ck_assert_int_eq(chdir(lab.dir), 0);
    struct proc_result r = run_with("cuicsim-cli", "cuicsim.conf", NULL, false);
    ck_assert_msg(r.status == 0, "%d: %s", r.status, r.err);
    proc_result_clear(&r);
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

Suite *suite_start(void)
{
    Suite *s = suite_create("start");
    TCase *tc = tcase_create("configuration");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_loop_test(tc, broken, 0, (int)COUNT(broken_rows));
    tcase_add_test(tc, missing);
    tcase_add_test(tc, a_folder);
    tcase_add_test(tc, unreadable);
    tcase_add_test(tc, from_the_environment);
    tcase_add_test(tc, option_before_environment);
    tcase_add_test(tc, beside_the_build);
    tcase_add_test(tc, nowhere);
    tcase_add_test(tc, relative_to_the_configuration);
    suite_add_tcase(s, tc);
    return s;
}
