/* The shell over ssh: config/sshd_cuicsim.conf, the very file that is documented, and what it lets
 * in: sessions, commands and scripts, each on its node; and nothing else. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ssh_lab.h"
#include "state.h"
#include "suites.h"

#define TIMEOUT_S 90 /* longer than PROC_DEADLINE_MS, whose messages say more */
#define ORIGINS   "utils cuic cors allowed_origin "
#define LIST      ORIGINS "list"
#define STATUS    "utils cuic cors status"
#define ENABLED   "CUIC CORS is enabled."
#define UNKNOWN   "No valid command entered"
#define FINESSE                                                                                    \
    "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"                                              \
    "listen finesse { addresses = {\"127.0.0.1:0\"} hostnames = {\"finessep.uccelab.tac\"} }\n"
#define PUB_LAST "4. https://finesses.uccelab.tac:8445"
#define SUB_LAST "3. https://finesses.uccelab.tac:8445"

static bool contains(const char *text, const char *piece)
{
    return strstr(text, piece) != NULL;
}

static void set_up(void)
{
    state_set_up();
    ssh_start("admin", false);
}

static void set_up_uncommented(void)
{
    lab_init(&lab, FINESSE);
    state_article(&lab);
    ssh_start("admin", true);
}

static void set_up_trainee(void)
{
    state_set_up();
    ssh_start("trainee", false);
}

static void tear_down(void)
{
    ssh_stop();
    state_tear_down();
}

/* --- sessions --------------------------------------------------------------------------------- */

static const struct node_row {
    const char *host;
    const char *node;
    const char *command;
    const char *said; /* by this node alone */
} node_rows[] = {
    {"cuicpub", "cuicpub", LIST "\n", PUB_LAST},
    {"cuicsub", "cuicsub", LIST "\n", SUB_LAST},
};

static void expect_node(const struct node_row *row)
{
    struct ssh_session s;

    ssh_begin(&s, "-tt", row->host, "TERM=vt100");
    ssh_expect(&s, "simulated node ");
    ssh_expect(&s, row->node);
    ssh_expect(&s, "admin:");
    ssh_type(&s, row->command);
    ssh_expect(&s, row->said);
    ssh_expect(&s, "admin:");
    ssh_type(&s, "quit\n");
    ck_assert_int_eq(ssh_end(&s), 0);
}

START_TEST(lands_on_its_node)
{
    expect_node(&node_rows[_i]);
}
END_TEST

static const struct node_row uncommented_rows[] = {
    {"cuicpub", "cuicpub", LIST "\n", PUB_LAST},
    {"cuicsub-port", "cuicsub", LIST "\n", SUB_LAST},
    {"finessep", "finessep", "utils finesse cors status\n", "Finesse CORS is"},
};

START_TEST(lands_on_its_node_uncommented)
{
    expect_node(&uncommented_rows[_i]);
}
END_TEST

/** One store: what is edited here is seen there, and the other way round. */
START_TEST(edits_are_seen)
{
    struct ssh_session s;

    ssh_begin(&s, "-tt", "cuicsub", "TERM=vt100");
    ssh_expect(&s, "admin:");
    ssh_type(&s, ORIGINS "add https://far.example\n");
    ssh_expect(&s, "successfully added");
    struct proc_result r = lab_cli(&lab, NULL, "-n", "cuicsub", LIST, NULL);
    ck_assert_msg(contains(r.out, "4. https://far.example\n"), "%d: %s", r.status, r.out);
    proc_result_clear(&r);
    lab_must(&lab, "-n cuicsub " ORIGINS "add https://near.example");
    ssh_expect(&s, "admin:");
    ssh_type(&s, LIST "\n");
    ssh_expect(&s, "5. https://near.example");
    ssh_expect(&s, "admin:");
    ssh_type(&s, "exit\n");
    ck_assert_int_eq(ssh_end(&s), 0);
}
END_TEST

/** The audit log has who it was, and from where. */
START_TEST(audit)
{
    char want[160];
    struct proc_result r =
        ssh_client("ssh", NULL, "cuicsub", "utils", "cuic", "cors", "disable", NULL);

    ck_assert_msg(r.status == 0, "%d: %s%s", r.status, r.out, r.err);
    proc_result_clear(&r);
    (void)snprintf(want, sizeof want, " cuicsub %s (127.0.0.1) done: utils cuic cors disable\n",
                   ssh_user_name());
    r = lab_cli(&lab, NULL, "lab audit list", NULL);
    ck_assert_msg(contains(r.out, want), "no '%s': %s", want, r.out);
    proc_result_clear(&r);
}
END_TEST

/** Ctrl-D; the session's status is that of its last command. */
START_TEST(end_of_input)
{
    static const struct {
        const char *line;
        int status;
    } rows[] = {{STATUS "\n", 0}, {ORIGINS "add *\n", 1}, {"xyzzy\n", 2}};
    struct ssh_session s;

    ssh_begin(&s, "-tt", "cuicsub", "TERM=vt100");
    ssh_expect(&s, "admin:");
    ssh_type(&s, rows[_i].line);
    ssh_expect(&s, "admin:");
    ssh_type(&s, "\004");
    int got = ssh_end(&s);
    ck_assert_msg(got == rows[_i].status, "%s: ended with %d", rows[_i].line, got);
}
END_TEST

/** The kind of terminal is the client's word. */
START_TEST(terminals)
{
    static const char *const env[] = {"TERM=",
                                      "TERM=dumb",
                                      "TERM=xterm-256color",
                                      "TERM=no-such-terminal",
                                      "TERM=../../../../etc/passwd",
                                      "TERM=%s%n;:>made"};
    struct ssh_session s;

    ssh_begin(&s, "-tt", "cuicsub", env[_i]);
    ssh_expect(&s, "admin:");
    ssh_type(&s, STATUS "\n");
    ssh_expect(&s, ENABLED);
    ssh_expect(&s, "admin:");
    ssh_type(&s, "quit\n");
    int got = ssh_end(&s);
    ck_assert_msg(got == 0, "%s: ended with %d", env[_i], got);
}
END_TEST

/** libedit has commands of its own behind Alt-X. One of its keys starts vi, and from there a shell:
 *  what is typed then must be a command of ours. */
START_TEST(editor_commands)
{
    static const char *const keys[] = {"\033x", "\033X", "\370", "\303\270"};
    struct ssh_session s;

    ssh_begin(&s, "-tt", "cuicsub", "TERM=vt100");
    ssh_expect(&s, "admin:");
    ssh_type(&s, keys[_i]);
    ssh_type(&s, "bind ^G vi-histedit\r");
    ssh_expect(&s, UNKNOWN);
    ssh_expect(&s, "admin:");
    ssh_type(&s, "quit\n");
    ck_assert_int_eq(ssh_end(&s), 0);
}
END_TEST

static const struct drop_row {
    const char *name;
    const char *option;
    const char *line;
    const char *said;
} drop_rows[] = {
    {"at-the-question", "-tt", ORIGINS "delete\n", "Select the index"},
    {"at-the-prompt", "-tt", STATUS "\n", ENABLED},
    {"within-a-script", "-T", STATUS "\n", ENABLED},
};

/** The connection breaks. @param row  index of drop_rows */
static void expect_end(const struct drop_row *row)
{
    struct ssh_session s;
    char pid[16];

    ssh_begin(&s, row->option, "cuicsub", "TERM=vt100");
    ssh_type(&s, row->line);
    ssh_expect(&s, row->said);
    ck_assert_msg(ssh_shells(pid) == 1, "%s: no shell was found", row->name);
    ck_assert_int_eq(kill(s.p.pid, SIGKILL), 0);
    (void)proc_wait(&s.p);
    test_until(ssh_no_shell, NULL, row->name);
}

START_TEST(dropped)
{
    expect_end(&drop_rows[_i]);
}
END_TEST

/* --- one command, or a script ----------------------------------------------------------------- */

/* MADE stands for a file that nobody must make. */
static const struct command_row {
    const char *command;
    int status;
    const char *said;
} command_rows[] = {
    {STATUS, 0, ENABLED},
    {LIST, 0, SUB_LAST},
    {"  utils   cuic cors  status ", 0, ENABLED},
    {ORIGINS "add *", 1, "is invalid"},
    {ORIGINS "delete https://absent.example", 1, "Executed command unsuccessfully"},
    {"xyzzy", 2, UNKNOWN},
    {"utils cuic", 2, "Incomplete command"},
    {STATUS " now", 2, "usage: "},
    {STATUS "; : >MADE", 2, UNKNOWN},
    {STATUS " && : >MADE", 2, "usage: "},
    {STATUS " | : >MADE", 2, "usage: "},
    {STATUS " >MADE", 2, "usage: "},
    {STATUS "\n: >MADE", 2, NULL},
    {STATUS "\nlab reset factory", 2, NULL},
    {"; : >MADE", 2, UNKNOWN},
    {"$(: >MADE)", 2, UNKNOWN},
    {"`: >MADE`", 2, UNKNOWN},
    {"'; : >MADE; '", 2, UNKNOWN},
    {"\"; : >MADE; \"", 2, UNKNOWN},
    {"${PATH:=MADE}", 2, UNKNOWN},
    {"-c /etc/passwd", 2, UNKNOWN},
    {"-n cuicpub " LIST, 2, UNKNOWN},
    {"--privilege 1 " STATUS, 2, UNKNOWN},
    {"--version", 2, UNKNOWN},
    {"/bin/sh", 2, UNKNOWN},
    {"/usr/lib/openssh/sftp-server", 2, UNKNOWN},
    {"%s%n", 2, UNKNOWN},
};

static void expect_nothing_made(const char *name)
{
    ck_assert_msg(access(lab_path(&lab, "made"), F_OK) != 0, "%s: a file was made", name);
}

static void expect_command(const char *host, const struct command_row *row)
{
    char command[256];
    const char *made = strstr(row->command, "MADE");
    int before = made == NULL ? (int)strlen(row->command) : (int)(made - row->command);

    (void)snprintf(command, sizeof command, "%.*s%s%s", before, row->command,
                   made == NULL ? "" : lab_path(&lab, "made"), made == NULL ? "" : made + 4);
    struct proc_result r = ssh_client("ssh", NULL, host, "--", command, NULL);
    ck_assert_msg(r.status == row->status, "'%s': ended with %d, not %d: %s%s", command, r.status,
                  row->status, r.out, r.err);
    ck_assert_msg(row->said == NULL || contains(r.out, row->said), "'%s': %s", command, r.out);
    proc_result_clear(&r);
    expect_nothing_made(row->command);
}

START_TEST(command)
{
    expect_command("cuicsub", &command_rows[_i]);
}
END_TEST

/** With a terminal too it is one command: no banner, no prompt. */
START_TEST(command_on_a_terminal)
{
    struct proc_result r = ssh_client("ssh", NULL, "-tt", "cuicsub", STATUS, NULL);

    ck_assert_msg(r.status == 0 && contains(r.out, ENABLED) && !contains(r.out, "admin:"), "%d: %s",
                  r.status, r.out);
    proc_result_clear(&r);
}
END_TEST

/** The command's text is no script: its input is left alone. */
START_TEST(command_with_input)
{
    struct proc_result r = ssh_client("ssh", "1\n", "cuicsub", "utils", "cuic", "cors",
                                      "allowed_origin", "delete", NULL);

    ck_assert_msg(r.status == 0 && contains(r.out, "deleted"), "%d: %s", r.status, r.out);
    proc_result_clear(&r);
}
END_TEST

START_TEST(script)
{
    struct proc_result r =
        ssh_client("ssh", ORIGINS "add https://a.example\nxyzzy\n" LIST "\n", "cuicsub", NULL);

    ck_assert_msg(r.status == 2 && contains(r.out, "4. https://a.example"), "%d: %s", r.status,
                  r.out);
    ck_assert_msg(!contains(r.out, "admin:"), "a prompt: %s", r.out);
    proc_result_clear(&r);
}
END_TEST

/* --- what is refused -------------------------------------------------------------------------- */

static void expect_refused(const char *name, struct proc_result r)
{
    ck_assert_msg(r.status != 0, "%s: ended with 0: %s", name, r.out);
    ck_assert_msg(!contains(r.out, "SSH-2.0"), "%s: went through: %s", name, r.out);
    expect_nothing_made(name);
    proc_result_clear(&r);
}

START_TEST(files)
{
    char made[96];
    char far[112];

    (void)snprintf(made, sizeof made, "%s", lab_path(&lab, "made"));
    (void)snprintf(far, sizeof far, "cuicsub:%s", made);
    struct proc_result r = ssh_client("ssh", NULL, "-s", "cuicsub", "sftp", NULL);
    ck_assert_msg(r.status == 2 && contains(r.out, UNKNOWN), "sftp: %d: %s", r.status, r.out);
    proc_result_clear(&r);
    expect_refused("sftp", ssh_client("sftp", "mkdir /tmp\n", "-b", "-", "cuicsub", NULL));
    expect_refused("get", ssh_client("scp", NULL, "cuicsub:/etc/passwd", made, NULL));
    expect_refused("put", ssh_client("scp", NULL, "/etc/passwd", far, NULL));
    expect_refused("old-get", ssh_client("scp", NULL, "-O", "cuicsub:/etc/passwd", made, NULL));
    expect_refused("old-put", ssh_client("scp", NULL, "-O", "/etc/passwd", far, NULL));
}
END_TEST

/** To sshd itself, which would answer; from a port, and from a socket. */
START_TEST(forwarding)
{
    static const char fail[] = "ExitOnForwardFailure=yes";
    char to[32];
    char from[128];

    (void)snprintf(to, sizeof to, "127.0.0.11:%u", ssh_port());
    expect_refused("to-a-port", ssh_client("ssh", NULL, "-W", to, "cuicsub", NULL));
    (void)snprintf(from, sizeof from, "127.0.0.13:0:%s", to);
    expect_refused("from-a-port",
                   ssh_client("ssh", NULL, "-o", fail, "-R", from, "cuicsub", STATUS, NULL));
    (void)snprintf(from, sizeof from, "%s:%s", lab_path(&lab, "made"), to);
    expect_refused("from-a-socket",
                   ssh_client("ssh", NULL, "-o", fail, "-R", from, "cuicsub", STATUS, NULL));
}
END_TEST

START_TEST(address_of_no_node)
{
    static const struct command_row row = {STATUS, 1, ""};
    struct proc_result r = ssh_client("ssh", STATUS "\n", "stranger", NULL);

    ck_assert_msg(r.status == 1 && r.out[0] == '\0', "%d: %s", r.status, r.out);
    ck_assert_str_eq(r.err, "No simulated node has this address or port.\n");
    proc_result_clear(&r);
    expect_command("stranger", &row);
    r = ssh_client("ssh", STATUS "\n", "-s", "stranger", "sftp", NULL);
    ck_assert_msg(r.status == 1 && r.out[0] == '\0', "%d: %s", r.status, r.out);
    proc_result_clear(&r);
}
END_TEST

static void expect_environment(const char *pid)
{
    static const char *const foreign[] = {"CUICSIM_", "LD_",     "ENV=", "BASH",
                                          "EDITOR=",  "EDITRC=", "FAR=", "INPUTRC="};
    static char all[SSH_TEXT_MAX];
    size_t n = ssh_read_proc(pid, "environ", all);
    bool is_passed = false;

    for (const char *p = all; p < all + n; p += strlen(p) + 1) {
        is_passed = is_passed || strcmp(p, "LC_TIME=C") == 0;
        for (size_t i = 0; i < COUNT(foreign); i++)
            ck_assert_msg(strncmp(p, foreign[i], strlen(foreign[i])) != 0, "injected: %s", p);
        ck_assert_msg(strncmp(p, "PATH=", 5) != 0 || strcmp(p, "PATH=/nonexistent") == 0, "%s", p);
        ck_assert_msg(strncmp(p, "HOME=", 5) != 0 || strcmp(p, "HOME=/nonexistent") == 0, "%s", p);
    }
    ck_assert_msg(is_passed, "not even LC_TIME was passed: nothing is proved");
}

START_TEST(environment)
{
    const char *argv[] = {"/usr/bin/ssh",
                          "-F",
                          lab_path(&lab, "ssh_config"),
                          "-o",
                          "SetEnv=LC_TIME=C FAR=1 CUICSIM_CONFIG=/nonexistent LD_PRELOAD=/x.so "
                          "ENV=/x BASH_ENV=/x EDITOR=/x EDITRC=/x INPUTRC=/x PATH=/x HOME=/x",
                          "cuicsub",
                          NULL};
    struct ssh_session s = {.p = proc_start(argv, NULL)};
    char pid[16];

    ssh_type(&s, STATUS "\n");
    ssh_expect(&s, ENABLED);
    ck_assert_uint_eq(ssh_shells(pid), 1);
    expect_environment(pid);
    ck_assert_int_eq(ssh_end(&s), 0);
}
END_TEST

static const struct command_row trainee_rows[] = {
    {LIST, 0, SUB_LAST},
    {"utils cuic cors disable", 1, "privilege level 1"},
    {ORIGINS "add https://a.example", 1, "privilege level 1"},
    {"--privilege 1 " STATUS, 2, UNKNOWN},
};

START_TEST(trainee)
{
    expect_command("cuicsub", &trainee_rows[_i]);
}
END_TEST

/** What applies to somebody, as sshd itself sees it. @return to be freed */
static char *effective(const char *user)
{
    char who[128];
    const char *argv[] = {
        "/usr/sbin/sshd", "-T", "-C", who, "-f", lab_path(&lab, "sshd_config"), NULL};

    (void)snprintf(who, sizeof who, "user=%s,host=x,addr=127.0.0.1,laddr=127.0.0.12,lport=%u", user,
                   ssh_port());
    struct proc_result r = proc_run(argv, NULL, NULL);
    ck_assert_msg(r.status == 0, "sshd -T: %d: %s", r.status, r.err);
    char *text = strdup(r.out);
    ck_assert_ptr_nonnull(text);
    proc_result_clear(&r);
    return text;
}

/** What no client can show here; and the lines end with their accounts: others are as before. */
START_TEST(settings)
{
    static const char *const set[] = {"\npermittunnel no\n", "\npermituserrc no\n",
                                      "\ndisableforwarding yes\n", "\nclientaliveinterval 60\n"};
    char *ours = effective(ssh_user_name());
    char *others = effective("somebody-else");

    for (size_t i = 0; i < COUNT(set); i++)
        ck_assert_msg(contains(ours, set[i]) && !contains(others, set[i]), "%s", set[i]);
    ck_assert_msg(contains(others, "\nforcecommand none\n"), "%s", others);
    free(ours);
    free(others);
}
END_TEST

static TCase *add_case(Suite *s, const char *name, SFun begin)
{
    TCase *tc = tcase_create(name);

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, begin, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

static void add_terminals(Suite *s)
{
    TCase *tc = add_case(s, "terminals", set_up);

    tcase_add_loop_test(tc, lands_on_its_node, 0, (int)COUNT(node_rows));
    tcase_add_test(tc, edits_are_seen);
    tcase_add_loop_test(tc, end_of_input, 0, 3);
    tcase_add_loop_test(tc, terminals, 0, 6);
    tcase_add_loop_test(tc, editor_commands, 0, 4);
    tcase_add_loop_test(tc, dropped, 0, 2);
    tcase_add_test(tc, command_on_a_terminal);
    tc = add_case(s, "uncommented", set_up_uncommented);
    tcase_add_loop_test(tc, lands_on_its_node_uncommented, 0, (int)COUNT(uncommented_rows));
}

Suite *suite_ssh(void)
{
    Suite *s = suite_create("ssh");
    TCase *tc = add_case(s, "commands", set_up);

    tcase_add_loop_test(tc, command, 0, (int)COUNT(command_rows));
    tcase_add_test(tc, command_with_input);
    tcase_add_test(tc, script);
    tcase_add_test(tc, audit);
    tcase_add_loop_test(tc, dropped, 2, (int)COUNT(drop_rows));
    tcase_add_test(tc, files);
    tcase_add_test(tc, forwarding);
    tcase_add_test(tc, address_of_no_node);
    tcase_add_test(tc, environment);
    tcase_add_test(tc, settings);
    tc = add_case(s, "trainee", set_up_trainee);
    tcase_add_loop_test(tc, trainee, 0, (int)COUNT(trainee_rows));
    if (ssh_has_terminals())
        add_terminals(s);
    return s;
}
