/* The audit log: one line for each command that changes something, whether it was done, failed or
 * refused; none for the others. Everything is read back through `lab audit list`. */
#include <jansson.h>
#include <pwd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../support/lab.h"
#include "rows_audit.h"
#include "shell.h"
#include "state.h"
#include "suites.h"
#include "traces.h"

#define TIMEOUT_S 60
#define SHELLS    4
#define EACH      10 /* origins that each of them adds */

static void set_up(void)
{
    /* No server runs; `lab browser` wants to know ports. */
    lab_init(&lab, "listen cuic { addresses = {\"127.0.0.1:8444\"} }\n"
                   "listen finesse { addresses = {\"127.0.0.1:8445\"}\n"
                   "    hostnames = {\"finessep.uccelab.tac\", \"finesses.uccelab.tac\"} }\n");
    state_article(&lab);
}

static void tear_down(void)
{
    lab_clear(&lab);
}

/** The entries behind the first `n_known`; json_decref them. */
static json_t *entries_behind(size_t n_known)
{
    struct proc_result r = lab_cli(&lab, NULL, "--json", "lab audit list 1000000", NULL);
    json_error_t error;
    json_t *object = json_loads(r.out, JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(r.status == 0 && object != NULL, "%d: %s %s%s", r.status, error.text, r.out,
                  r.err);
    json_t *entries = json_incref(json_object_get(object, "entries"));
    ck_assert_uint_ge(json_array_size(entries), n_known);
    while (n_known-- > 0)
        (void)json_array_remove(entries, 0);
    json_decref(object);
    proc_result_clear(&r);
    return entries;
}

static size_t count_entries(void)
{
    json_t *all = entries_behind(0);
    size_t n = json_array_size(all);

    json_decref(all);
    return n;
}

/** One field of an entry; NULL when it is null. */
static const char *field(const json_t *entry, const char *name)
{
    const json_t *value = json_object_get(entry, name);

    ck_assert_msg(json_is_string(value) || json_is_null(value), "no '%s' in an entry", name);
    return json_string_value(value);
}

static void expect_field(const char *row, const json_t *entry, const char *name, const char *want)
{
    const char *got = field(entry, name);

    ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
                  "%s: %s: expected '%s', got '%s'", row, name, want == NULL ? "(null)" : want,
                  got == NULL ? "(null)" : got);
}

/** The account that the tests run as. */
static const char *own_name(void)
{
    const struct passwd *account = getpwuid(getuid());

    return account == NULL ? "?" : account->pw_name;
}

/** What the environment says about who types. */
struct typist {
    const char *privilege;
    const char *connection; /* of ssh; "" for none */
    const char *name;       /* NULL: own_name() */
};

/** One line typed on a node, and what follows it. */
static struct proc_result type_as(struct typist who, const char *node, const char *line,
                                  const char *answers)
{
    const char *argv[] = {"cuicsim-cli", "-c",          lab.config,    "-n",
                          node,          "--privilege", who.privilege, NULL};
    char connection[256];
    char name[64];
    const char *const env[] = {connection, name, NULL};
    struct proc_options options = {.env = env};
    size_t size = strlen(line) + strlen(answers) + 2;
    char *script = malloc(size);

    ck_assert_ptr_nonnull(script);
    (void)snprintf(connection, sizeof connection, "SSH_CONNECTION=%s", who.connection);
    (void)snprintf(name, sizeof name, "LOGNAME=%s", who.name == NULL ? own_name() : who.name);
    (void)snprintf(script, size, "%s\n%s", line, answers);
    struct proc_result r = proc_run(argv, script, &options);
    free(script);
    return r;
}

/** By somebody who may do it, from 192.0.2.7. */
static struct proc_result type(const char *node, const char *line, const char *answers)
{
    return type_as((struct typist){"1", "192.0.2.7 50000 192.0.2.1 22", NULL}, node, line, answers);
}

/* --- what was done --- */

/** Now in the log's form. By the log's clock: time() is a few milliseconds behind it. */
static void print_now(char to[32])
{
    struct timespec now;
    struct tm utc;

    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &now), 0);
    ck_assert_ptr_nonnull(gmtime_r(&now.tv_sec, &utc));
    ck_assert_uint_gt(strftime(to, 32, "%Y-%m-%dT%H:%M:%S", &utc), 0);
}

static void expect_entry(const struct edit_row *row, const json_t *entry, const char *result,
                         const char *start)
{
    const char *at = field(entry, "time");
    char end[32];

    print_now(end);
    expect_field(row->line, entry, "node", row->node);
    expect_field(row->line, entry, "user", own_name());
    expect_field(row->line, entry, "from", "192.0.2.7");
    expect_field(row->line, entry, "command", row->line);
    expect_field(row->line, entry, "result", result);
    expect_field(row->line, entry, "before", row->before);
    expect_field(row->line, entry, "after", row->after);
    ck_assert_msg(strlen(at) == strlen("2026-11-22T01:02:03.456Z") && at[23] == 'Z' &&
                      strncmp(at, start, 19) >= 0 && strncmp(at, end, 19) <= 0,
                  "%s: at %s, which is not from %s to %s", row->line, at, start, end);
}

START_TEST(edit)
{
    const struct edit_row *row = &edit_rows[_i];
    const char *node = strcmp(row->node, "*") == 0 ? "cuicsub" : row->node;
    char start[32];

    if (row->first[0] != '\0') {
        struct proc_result first = type(node, row->first, "");
        ck_assert_int_eq(first.status, 0);
        proc_result_clear(&first);
    }
    size_t n = count_entries();
    print_now(start);
    struct proc_result r = type(node, row->line, row->answers);
    json_t *entries = entries_behind(n);
    ck_assert_msg(r.status == 0, "%s: %d: %s%s", row->line, r.status, r.out, r.err);
    ck_assert_msg(json_array_size(entries) == 1, "%s: %zu entries", row->line,
                  json_array_size(entries));
    expect_entry(row, json_array_get(entries, 0), "done", start);
    json_decref(entries);
    proc_result_clear(&r);
}
END_TEST

static const char *a_node_with(const struct cmd *cmd)
{
    return (cmd->flags & CMD_FINESSE) != 0 ? "finessep" : "cuicsub";
}

/** A good line for a command: its words, and the parameter that its help gives as an example. */
static void print_example(const struct cmd *cmd, char to[512])
{
    (void)snprintf(to, 512, "%s%s%s", cmd->words, cmd->param == NULL ? "" : " ",
                   cmd->param == NULL ? "" : cmd->param->example);
}

START_TEST(every_edit_has_a_row)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);

    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(table[i]->words);
        bool is_found = (table[i]->flags & CMD_EDIT) == 0;
        for (size_t k = 0; k < edit_n_rows && !is_found; k++)
            is_found = strncmp(edit_rows[k].line, table[i]->words, length) == 0 &&
                       strchr(" ", edit_rows[k].line[length]) != NULL;
        ck_assert_msg(is_found, "no edit is tried with '%s'", table[i]->words);
    }
}
END_TEST

/* --- what was not --- */

static void expect_refused(const struct cmd *cmd)
{
    struct edit_row row = {.node = a_node_with(cmd)};
    char line[512];
    char start[32];

    print_example(cmd, line);
    row.line = line;
    size_t n = count_entries();
    print_now(start);
    struct typist trainee = {"0", "192.0.2.7 50000 192.0.2.1 22", NULL};
    struct proc_result r = type_as(trainee, row.node, line, "y\n");
    json_t *entries = entries_behind(n);
    ck_assert_msg(
        strstr(r.out, "This command needs privilege level 1; this session has level 0\n") == r.out,
        "%s: %s", line, r.out);
    ck_assert_msg(json_array_size(entries) == 1, "%s: %zu entries", line, json_array_size(entries));
    expect_entry(&row, json_array_get(entries, 0), "failed", start);
    json_decref(entries);
    proc_result_clear(&r);
}

/** Refused for want of privilege: one line for each, and nothing else. */
START_TEST(refused)
{
    size_t n = 0;
    size_t n_refused = 0;
    const struct cmd *const *table = shell_table(&n);

    for (size_t i = 0; i < n; i++)
        if ((table[i]->flags & (CMD_EDIT | CMD_LAB)) == CMD_EDIT && table[i]->privilege > 0) {
            expect_refused(table[i]);
            n_refused++;
        }
    ck_assert_uint_gt(n_refused, 20);
}
END_TEST

/** Whatever only reads leaves no trace. */
START_TEST(reading)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);
    size_t n_entries = count_entries();

    traces_make(&lab); /* for those that show an exchange */
    for (size_t i = 0; i < n; i++) {
        char line[512];
        if ((table[i]->flags & CMD_EDIT) != 0)
            continue;
        print_example(table[i], line);
        struct proc_result r = type(a_node_with(table[i]), line, "");
        ck_assert_msg(r.status == 0, "%s: %d: %s%s", line, r.status, r.out, r.err);
        ck_assert_msg(count_entries() == n_entries, "'%s' is in the log", line);
        proc_result_clear(&r);
    }
}
END_TEST

static const struct tried_row {
    const char *line;
    const char *answers;
    int status;
    size_t entries; /* failed ones */
} tried_rows[] = {
    {CUIC "allowed_origin add *", "", 1, 1},
    {CUIC "allowed_origin add " A "/", "", 1, 1},
    {CUIC "allowed_headers add x:a", "", 1, 1},
    {CUIC "allowed_headers delete content-type", "", 1, 1},
    {CUIC "allowed_headers delete 1", "", 1, 1},
    {CUIC "allowed_origin delete 4", "", 1, 1},
    {CUIC "allowed_origin delete", "4\n", 1, 1},
    {CUIC "allowed_origin delete", "", 1, 1}, /* no answer */
    {"utils service restart Nothing", "", 1, 1},
    {"utils service start Cisco DirSync", "", 1, 1},
    {"set cli session timeout 4", "", 1, 1},
    {"set cli session timeout 5", "", 1, 1}, /* no answer */
    /* Nothing was to be changed after all. */
    {CUIC "allowed_origin delete", "q\n", 0, 0},
    {"set cli session timeout 5", "n\n", 0, 0},
    {CUIC "allowed_headers delete", "", 0, 0},
    /* No command, or not one that changes something. */
    {CUIC "allowed_origin add", "", 2, 0},
    {CUIC "allowed_origin add " A " " A, "", 2, 0},
    {CUIC "allowed_origin add ?", "", 0, 0},
    {CUIC "allowed_origin ad " A, "", 2, 0},
    {CUIC "enable now", "", 2, 0},
    {FINESSE "enable", "", 2, 0},
    {"set cli pagination off", "", 0, 0},
    {"# " CUIC "disable", "", 0, 0},
    {"", "", 0, 0},
};

START_TEST(tried)
{
    const struct tried_row *row = &tried_rows[_i];
    size_t n = count_entries();
    struct proc_result r = type("cuicsub", row->line, row->answers);
    json_t *entries = entries_behind(n);

    ck_assert_msg(r.status == row->status, "'%s': %d: %s", row->line, r.status, r.out);
    ck_assert_msg(json_array_size(entries) == row->entries, "'%s': %zu entries", row->line,
                  json_array_size(entries));
    for (size_t i = 0; i < row->entries; i++) {
        const json_t *entry = json_array_get(entries, i);
        expect_field(row->line, entry, "result", "failed");
        expect_field(row->line, entry, "command", row->line);
        expect_field(row->line, entry, "before", NULL);
        expect_field(row->line, entry, "after", NULL);
    }
    json_decref(entries);
    proc_result_clear(&r);
}
END_TEST

/** Deleted by another shell while the question stood: still one line. */
START_TEST(deleted_meanwhile)
{
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, "-n", "cuicsub", NULL};
    static const char question[] = CUIC "allowed_origin delete\n";
    struct proc p = proc_start(argv, NULL);
    char *line = NULL;

    ck_assert_int_eq(write(p.in, question, strlen(question)), (ssize_t)strlen(question));
    while ((line = proc_read_line(&p)) != NULL && strncmp(line, "Select", 6) != 0)
        free(line);
    ck_assert_ptr_nonnull(line);
    free(line);
    lab_must(&lab, "-n cuicsub " CUIC "allowed_origin delete 1");
    size_t n = count_entries();
    ck_assert_int_eq(write(p.in, "1\n", 2), 2);
    ck_assert_int_eq(proc_wait(&p), 1);
    ck_assert_uint_eq(count_entries(), n + 1);
}
END_TEST

/* --- who and what --- */

static const struct from_row {
    const char *name;
    const char *connection;
    const char *want;
} from_rows[] = {
    {"ipv4", "192.0.2.7 50000 192.0.2.1 22", "192.0.2.7"},
    {"ipv6", "2001:db8::7 50000 2001:db8::1 22", "2001:db8::7"},
    {"address-alone", "192.0.2.7", "192.0.2.7"},
    {"none", "", "local"},
    {"control-characters", "\x1b[2J\x07 1 2 3", "?[2J?"},
    {"c1-control",
     "\xc2\x9b"
     "2J 1 2 3",
     "??2J"},
    {"too-long",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
};

START_TEST(from)
{
    const struct from_row *row = &from_rows[_i];
    size_t n = count_entries();
    struct proc_result r =
        type_as((struct typist){"1", row->connection, NULL}, "cuicsub", CUIC "disable", "");
    json_t *entries = entries_behind(n);

    ck_assert_int_eq(r.status, 0);
    expect_field(row->name, json_array_get(entries, 0), "from", row->want);
    json_decref(entries);
    proc_result_clear(&r);
}
END_TEST

/** A name in the environment counts only when it is this user's. */
START_TEST(others_name)
{
    static const char *const name[] = {"nobody-of-that-name", "", "\x1b[2J", "daemon"};
    size_t n = count_entries();
    struct proc_result r =
        type_as((struct typist){"1", "", name[_i]}, "cuicsub", CUIC "disable", "");
    json_t *entries = entries_behind(n);

    ck_assert_int_eq(r.status, 0);
    expect_field(name[_i], json_array_get(entries, 0), "user", own_name());
    json_decref(entries);
    proc_result_clear(&r);
}
END_TEST

static void expect_harmless(const char *name, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
        ck_assert_msg(*p >= 0x20 && *p != 0x7f && !(p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0),
                      "%s: byte %#x is in the log", name, *p);
}

static const struct odd_row {
    const char *name;
    const char *piece; /* repeated within an origin that is added */
    size_t times;
    size_t bytes; /* of the command in the log */
} odd_rows[] = {
    {"escape-sequence", "\x1b[31m", 1, 0},
    {"all-controls", "\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x7f", 1, 0},
    {"c1-control",
     "\xc2\x9b"
     "31m",
     1, 0},
    {"not-utf8", "\xff\xfe\xc3", 1, 0},
    {"quotes", "\"\\'`$(reboot);%s%n", 1, 0},
    {"long", "a", 3000, CALL_LINE_MAX - 1},
    {"long-utf8", "\xc3\xbc", 3000, 0}, /* cut between characters, wherever that is */
    {"longest-line", "a", TERM_LINE_MAX - 60, CALL_LINE_MAX - 1},
};

/** What is stored is harmless and cut, and the list of entries stays one that can be read. */
START_TEST(odd_command)
{
    static const char begin[] = CUIC "allowed_origin add https://";
    const struct odd_row *row = &odd_rows[_i];
    size_t length = strlen(row->piece);
    size_t at = strlen(begin);
    char *line = calloc(1, at + row->times * length + 1);

    ck_assert_ptr_nonnull(line);
    memcpy(line, begin, at);
    for (size_t i = 0; i < row->times; i++)
        memcpy(line + at + i * length, row->piece, length);
    size_t n = count_entries();
    struct proc_result r = type("cuicsub", line, "");
    json_t *entries = entries_behind(n);
    ck_assert_msg(r.status == 1 && json_array_size(entries) == 1, "%s: %d, %zu entries", row->name,
                  r.status, json_array_size(entries));
    const char *command = field(json_array_get(entries, 0), "command");
    ck_assert_msg(strncmp(command, begin, at) == 0, "%s: '%s'", row->name, command);
    expect_harmless(row->name, command);
    ck_assert_msg(strlen(command) < CALL_LINE_MAX &&
                      (row->bytes == 0 || strlen(command) == row->bytes),
                  "%s: %zu bytes", row->name, strlen(command));
    json_decref(entries);
    proc_result_clear(&r);
    free(line);
}
END_TEST

static void expect_added(struct proc *shell)
{
    static const char said[] = "Origin(s) successfully added.";
    char *line = NULL;

    while ((line = proc_read_line(shell)) != NULL && strcmp(line, said) != 0)
        free(line);
    ck_assert_msg(line != NULL, "a shell ended: %s", proc_stderr(shell));
    free(line);
}

/** All of them at once, and the next one when all are done: as in check_together.c. */
static void add_in_each(struct proc *shell, size_t n)
{
    char line[128];

    for (unsigned i = 0; i < SHELLS; i++) {
        (void)snprintf(line, sizeof line, CUIC "allowed_origin add https://n%zu.shell%u.example\n",
                       n, i);
        ck_assert_int_eq(write(shell[i].in, line, strlen(line)), (ssize_t)strlen(line));
    }
    for (unsigned i = 0; i < SHELLS; i++)
        expect_added(&shell[i]);
}

/** Several shells at once: as many lines as commands, each with the list as it was right before and
 *  right after it. */
START_TEST(several_at_once)
{
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, "-n", "cuicsub", NULL};
    struct proc shell[SHELLS];
    size_t each = test_scaled(EACH);
    size_t n = count_entries();
    const char *last = THREE;

    for (unsigned i = 0; i < SHELLS; i++)
        shell[i] = proc_start(argv, NULL);
    for (size_t k = 0; k < each; k++)
        add_in_each(shell, k);
    for (unsigned i = 0; i < SHELLS; i++)
        ck_assert_int_eq(proc_wait(&shell[i]), 0);
    json_t *entries = entries_behind(n);
    ck_assert_uint_eq(json_array_size(entries), SHELLS * each);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *after = field(entry, "after");
        const char *origin = strrchr(field(entry, "command"), ' ') + 1;
        expect_field("several", entry, "result", "done");
        expect_field("several", entry, "before", last);
        ck_assert_msg(strncmp(after, last, strlen(last)) == 0 && after[strlen(last)] == ',' &&
                          strcmp(after + strlen(last) + 1, origin) == 0,
                      "'%s' after '%s'", after, origin);
        last = after;
    }
    json_decref(entries);
}
END_TEST

/* --- a store that cannot be written --- */

static const char *const unwritable[] = {
    "utils cuic cors disable",
    "utils cuic cors allowed_origin add " A,
    "utils cuic cors allowed_origin add " A "/", /* fails anyway */
    "utils service restart Nothing",
    "set cli session timeout 5",
};

/** A line that could not be written must not be kept quiet about: neither done nor just failed. */
static void expect_unusable(const char *line, struct proc_result r, const char *says)
{
    const char *end = strchr(r.err, '\n');

    ck_assert_msg(r.status == 3, "%s: ended with %d: %s%s", line, r.status, r.out, r.err);
    ck_assert_msg(end != NULL && end[1] == '\0' && strstr(r.err, says) != NULL,
                  "%s: expected one line with '%s' on stderr, got '%s'", line, says, r.err);
    ck_assert_msg(strstr(r.out, "success") == NULL || strstr(r.out, "unsuccess") != NULL, "%s: %s",
                  line, r.out);
    proc_result_clear(&r);
}

static void make_read_only(bool is_read_only)
{
    ck_assert_int_eq(chmod(lab_path(&lab, "state/cuicsim.db"), is_read_only ? 0444 : 0644), 0);
    ck_assert_int_eq(chmod(lab_path(&lab, "state"), is_read_only ? 0555 : 0755), 0);
}

START_TEST(read_only)
{
    struct proc_options options = {.unprivileged = true};
    size_t n = count_entries();

    make_read_only(true);
    for (size_t i = 0; i < COUNT(unwritable); i++)
        for (unsigned privilege = 0; privilege < 2; privilege++) {
            const char *argv[] = {
                "cuicsim-cli", "-c", lab.config, "--privilege", privilege == 0 ? "0" : "1",
                unwritable[i], NULL};
            expect_unusable(unwritable[i], proc_run(argv, "y\n", &options), "writable");
        }
    make_read_only(false);
    ck_assert_uint_eq(count_entries(), n);
    lab_must(&lab, "-n cuicsub utils cuic cors status");
}
END_TEST

/** All wait for the lock at the same time, then give up. */
START_TEST(locked)
{
    struct proc p[COUNT(unwritable)];
    size_t n = count_entries();
    sqlite3 *db = NULL;

    ck_assert_int_eq(sqlite3_open(lab_path(&lab, "state/cuicsim.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (size_t i = 0; i < COUNT(unwritable); i++) {
        const char *argv[] = {"cuicsim-cli", "-c", lab.config, unwritable[i], NULL};
        p[i] = proc_start(argv, NULL);
        ck_assert_int_eq(write(p[i].in, "y\n", 2), 2);
    }
    for (size_t i = 0; i < COUNT(unwritable); i++)
        expect_unusable(unwritable[i], proc_finish(&p[i], NULL), "is locked; another program");
    ck_assert_int_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    ck_assert_uint_eq(count_entries(), n);
}
END_TEST

Suite *suite_audit(void)
{
    Suite *s = suite_create("audit");
    TCase *tc = tcase_create("audit");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, edit, 0, (int)edit_n_rows);
    tcase_add_test(tc, every_edit_has_a_row);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, reading);
    tcase_add_loop_test(tc, tried, 0, (int)COUNT(tried_rows));
    tcase_add_test(tc, deleted_meanwhile);
    tcase_add_loop_test(tc, from, 0, (int)COUNT(from_rows));
    tcase_add_loop_test(tc, others_name, 0, 4);
    tcase_add_loop_test(tc, odd_command, 0, (int)COUNT(odd_rows));
    tcase_add_test(tc, several_at_once);
    tcase_add_test(tc, read_only);
    tcase_add_test(tc, locked);
    suite_add_tcase(s, tc);
    return s;
}
