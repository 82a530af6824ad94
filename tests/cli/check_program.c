/* The program around the shell: its options, exit codes, where it finds its configuration, and
 * what it does with input and output that no person would produce. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/lab.h"
#include "base/text.h"
#include "state.h"
#include "suites.h"
#include "term.h"

#define TIMEOUT_S 60
#define WORDS_MAX 8
#define LIST      "utils cuic cors allowed_origin list"
#define STATUS    "utils cuic cors status"
#define ENABLED   "CUIC CORS is enabled.\n"

static bool contains(const char *text, const char *piece)
{
    return strstr(text, piece) != NULL;
}

/** One run with a configuration given by -c. `err` NULL: nothing on stderr. */
static const struct run_row {
    const char *name;
    const char *words[WORDS_MAX];
    const char *input;
    int status;
    const char *out; /* a piece of it; "" for none at all */
    const char *err;
} run_rows[] = {
    {"done", {"utils", "cuic", "cors", "status"}, NULL, 0, ENABLED, NULL},
    {"words-in-one", {STATUS}, NULL, 0, ENABLED, NULL},
    {"words-in-two", {"utils cuic", "cors  status "}, NULL, 0, ENABLED, NULL},
    {"empty-word", {""}, NULL, 0, "", NULL},
    {"failed", {"utils cuic cors allowed_origin add *"}, NULL, 1, "is invalid", NULL},
    {"unknown", {"xyzzy"}, NULL, 2, "No valid command entered", NULL},
    {"incomplete", {"utils", "cuic"}, NULL, 2, "Incomplete command", NULL},
    {"usage", {LIST, "now"}, NULL, 2, "usage: " LIST, NULL},
    {"words-do-not-read-input", {STATUS}, LIST "\n", 0, ENABLED, NULL},
    {"answer-from-input", {"utils cuic cors allowed_origin delete"}, "1\n", 0, "deleted", NULL},
    {"no-answer", {"utils cuic cors allowed_origin delete"}, NULL, 1, "no answer", NULL},
    {"node", {"-n", "cuicsub", LIST}, NULL, 0, "3. https://finesses.uccelab.tac:8445\n", NULL},
    {"node-long", {"--node=cuicsub", LIST}, NULL, 0, "3. https://finesses", NULL},
    {"first-node", {LIST}, NULL, 0, "4. https://finesses.uccelab.tac:8445\n", NULL},
    {"last-of-two-nodes", {"-n", "x", "-n", "cuicsub", STATUS}, NULL, 0, ENABLED, NULL},
    {"unknown-node", {"-n", "nobody", STATUS}, NULL, 2, "", "cuicpub cuicsub\n"},
    {"node-by-other-case", {"-n", "CUICSUB", STATUS}, NULL, 2, "", "no such node"},
    {"node-by-hostname", {"-n", "cuicsub.uccelab.tac", LIST}, NULL, 0, "3. https://finesses", NULL},
    {"hostname-of-nobody", {"-n", "cuicsub.uccelab.ta", LIST}, NULL, 2, "", "no such node"},
    {"empty-node", {"-n", "", STATUS}, NULL, 2, "", "no such node"},
    {"node-missing", {"-n"}, NULL, 2, "", "usage: cuicsim-cli"},
    {"privilege-0", {"--privilege", "0", STATUS}, NULL, 0, ENABLED, NULL},
    {"privilege-0-refuses", {"--privilege=0", "utils cuic cors enable"}, NULL, 1, "level 1", NULL},
    {"privilege-1", {"--privilege", "1", STATUS}, NULL, 0, ENABLED, NULL},
    {"privilege-2", {"--privilege", "2", STATUS}, NULL, 2, "", "--privilege is 0 or 1"},
    {"privilege-word", {"--privilege", "x", STATUS}, NULL, 2, "", "--privilege is 0 or 1"},
    {"privilege-empty", {"--privilege", "", STATUS}, NULL, 2, "", "--privilege is 0 or 1"},
    {"privilege-00", {"--privilege", "00", STATUS}, NULL, 2, "", "--privilege is 0 or 1"},
    {"privilege-missing", {"--privilege"}, NULL, 2, "", "usage: cuicsim-cli"},
    {"unknown-option", {"-x", STATUS}, NULL, 2, "", "usage: cuicsim-cli"},
    {"unknown-long-option", {"--xyzzy", STATUS}, NULL, 2, "", "usage: cuicsim-cli"},
    {"option-with-a-value-too-many", {"--json=1", STATUS}, NULL, 2, "", "usage: cuicsim-cli"},
    {"options-end-at-a-word", {STATUS, "--json"}, NULL, 2, "usage: " STATUS, NULL},
    {"options-end-at-two-dashes", {"--", STATUS}, NULL, 0, ENABLED, NULL},
    {"script", {NULL}, STATUS "\n" STATUS "\n", 0, ENABLED ENABLED, NULL},
    {"script-goes-on", {NULL}, "xyzzy\n" STATUS "\n", 2, ENABLED, NULL},
    {"script-empty", {NULL}, NULL, 0, "", NULL},
    {"version", {"--version"}, NULL, 0, "cuicsim-cli " CUICSIM_VERSION "\n", NULL},
    {"help", {"--help"}, NULL, 0, "usage: cuicsim-cli", NULL},
};

static void expect_run(const struct run_row *row, const struct proc_result *r)
{
    ck_assert_msg(r->status == row->status, "%s: expected exit status %d, got %d: %s%s", row->name,
                  row->status, r->status, r->out, r->err);
    ck_assert_msg(row->out[0] == '\0' ? r->out[0] == '\0' : contains(r->out, row->out),
                  "%s: expected '%s' on stdout, got '%s'", row->name, row->out, r->out);
    ck_assert_msg(row->err == NULL ? r->err[0] == '\0' : contains(r->err, row->err),
                  "%s: expected '%s' on stderr, got '%s'", row->name,
                  row->err == NULL ? "" : row->err, r->err);
}

START_TEST(run)
{
    const struct run_row *row = &run_rows[_i];
    const char *argv[WORDS_MAX + 4] = {"cuicsim-cli", "-c", lab.config};

    for (size_t i = 0; i < WORDS_MAX && row->words[i] != NULL; i++)
        argv[3 + i] = row->words[i];
    struct proc_result r = proc_run(argv, row->input, NULL);
    expect_run(row, &r);
    proc_result_clear(&r);
}
END_TEST

/** Neither needs a configuration. */
START_TEST(version_and_help_alone)
{
    static const char *const env[] = {"CUICSIM_CONFIG=/nonexistent", NULL};
    static const char *const option[] = {"--version", "--help"};
    const char *argv[] = {"cuicsim-cli", option[_i], NULL};
    struct proc_result r = proc_run(argv, NULL, &(struct proc_options){.env = env});

    ck_assert_msg(r.status == 0 && r.out[0] != '\0' && r.err[0] == '\0', "%s: %d: %s", option[_i],
                  r.status, r.err);
    proc_result_clear(&r);
}
END_TEST

/* Output that cannot be written must not pass for done. */
static const struct full_row {
    const char *name;
    const char *words[WORDS_MAX];
    const char *input;
} full_rows[] = {
    {"one-command", {STATUS}, NULL},
    {"json", {"--json", STATUS}, NULL},
    {"script", {NULL}, STATUS "\n"},
    {"restart", {"utils service restart Intelligence Center Reporting Service"}, NULL},
    {"prompt", {"utils cuic cors allowed_origin delete"}, "q\n"},
    {"prompt-in-a-script", {NULL}, "utils cuic cors allowed_origin delete\nq\n"},
    {"shell-help", {"help"}, NULL},
    {"version", {"--version"}, NULL},
    {"help", {"--help"}, NULL},
};

START_TEST(output_that_is_full)
{
    const struct full_row *row = &full_rows[_i];
    const char *argv[WORDS_MAX + 4] = {"cuicsim-cli", "-c", lab.config};
    struct proc_options options = {.output = "/dev/full"};

    for (size_t i = 0; i < WORDS_MAX && row->words[i] != NULL; i++)
        argv[3 + i] = row->words[i];
    struct proc_result r = proc_run(argv, row->input, &options);
    ck_assert_msg(r.status != 0, "%s: ended with 0 although nothing could be written", row->name);
    ck_assert_msg(contains(r.err, "cannot be written"), "%s: on stderr: '%s'", row->name, r.err);
    proc_result_clear(&r);
}
END_TEST

/** `length` bytes of "x", one line, then a command. */
static char *long_line(size_t length)
{
    static const char next[] = "\n" STATUS "\n";
    char *script = malloc(length + sizeof next);

    ck_assert_ptr_nonnull(script);
    memset(script, 'x', length);
    memcpy(script + length, next, sizeof next);
    return script;
}

static const struct long_row {
    const char *name;
    size_t length;
    bool is_taken;
} long_rows[] = {
    {"longest", TERM_LINE_MAX, true},
    {"one-too-long", TERM_LINE_MAX + 1, false},
    {"far-too-long", (size_t)64 * TERM_LINE_MAX, false},
};

START_TEST(long_lines)
{
    const struct long_row *row = &long_rows[_i];
    char *script = long_line(row->length);
    struct proc_result r = lab_cli(&lab, script, NULL);

    ck_assert_msg(r.status == 2, "%s: expected exit status 2, got %d", row->name, r.status);
    ck_assert_msg(contains(r.out, "No valid command") == row->is_taken, "%s: %s", row->name, r.out);
    ck_assert_msg(contains(r.out, "A line over 65536 bytes is no command\n") != row->is_taken,
                  "%s: '%s'", row->name, r.out);
    ck_assert_msg(contains(r.out, ENABLED), "%s: the next line was not run: %s", row->name, r.out);
    proc_result_clear(&r);
    free(script);
}
END_TEST

/** The answer that is too long must not be taken for the next command either. */
START_TEST(long_answer)
{
    static const char question[] = "utils cuic cors allowed_origin delete\n";
    char *answer = long_line(TERM_LINE_MAX + 1);
    char *script = malloc(sizeof question + strlen(answer));

    ck_assert_ptr_nonnull(script);
    memcpy(script, question, sizeof question - 1);
    memcpy(script + sizeof question - 1, answer, strlen(answer) + 1);
    struct proc_result r = lab_cli(&lab, script, "-n", "cuicsub", NULL);
    ck_assert_msg(r.status == 1 &&
                      contains(r.out, "an answer over 65536 bytes. Nothing was changed.") &&
                      contains(r.out, ENABLED),
                  "ended with %d: %s", r.status, r.out);
    proc_result_clear(&r);
    free(script);
    free(answer);
}
END_TEST

START_TEST(long_word)
{
    char *word = long_line(TERM_LINE_MAX + 1);

    word[TERM_LINE_MAX + 1] = '\0';
    struct proc_result r = lab_cli(&lab, NULL, word, NULL);
    ck_assert_msg(r.status == 2 && contains(r.err, "a command over 65536 bytes"), "%d: %s",
                  r.status, r.err);
    proc_result_clear(&r);
    free(word);
}
END_TEST

/** Also a line that is no command at all is answered by an object. */
START_TEST(long_line_json)
{
    char *script = long_line(TERM_LINE_MAX + 1);
    struct proc_result r = lab_cli(&lab, script, "--json", NULL);

    ck_assert_msg(r.status == 2 &&
                      contains(r.out, "\"error\":\"A line over 65536 bytes is no command\"") &&
                      contains(r.out, "\"enabled\":true"),
                  "%d: %s", r.status, r.out);
    proc_result_clear(&r);
    free(script);
}
END_TEST

/* What an ssh client was given to run, when sshd runs the shell as its forced command. */
static const struct ssh_row {
    const char *name;
    const char *given; /* of the variable */
    const char *words[WORDS_MAX];
    const char *input;
    int status;
    const char *out; /* all of it */
} ssh_rows[] = {
    {"one-command", STATUS, {NULL}, NULL, 0, ENABLED},
    {"blanks-around", "   utils  cuic cors   status ", {NULL}, NULL, 0, ENABLED},
    {"input-is-no-script", STATUS, {NULL}, "xyzzy\n", 0, ENABLED},
    {"words-before-it", "xyzzy", {STATUS}, NULL, 0, ENABLED},
    {"options-beside-it", STATUS, {"-n", "cuicsub", "--privilege", "0"}, NULL, 0, ENABLED},
    {"no-options-within",
     "-n cuicsub " STATUS,
     {NULL},
     NULL,
     2,
     "No valid command entered\n'-n' is not known here\n"},
    {"unknown", "xyzzy", {NULL}, NULL, 2, "No valid command entered\n'xyzzy' is not known here\n"},
    {"no-second-line",
     "quit\n" STATUS,
     {NULL},
     NULL,
     2,
     "No valid command entered\n'quit?utils' is not known here\n"},
    {"no-shell",
     "utils;reboot",
     {NULL},
     NULL,
     2,
     "No valid command entered\n'utils;reboot' is not known here\n"},
    {"control-characters",
     "\x1b[2J\x07",
     {NULL},
     NULL,
     2,
     "No valid command entered\n'?[2J?' is not known here\n"},
    {"refused",
     "utils cuic cors disable",
     {"--privilege", "0"},
     NULL,
     1,
     "This command needs privilege level 1; this session has level 0\nExecuted command "
     "unsuccessfully\n"},
    {"answer-from-input",
     "utils cuic cors allowed_origin delete",
     {"-n", "cuicsub"},
     "q\n",
     0,
     "1. https://finessep.uccelab.tac\n2. https://finesses.uccelab.tac\n"
     "3. https://finesses.uccelab.tac:8445\na: all\nq: quit\n"
     "Select the index of origin to be deleted [1-3 or a,q]\n"},
};

START_TEST(ssh_command)
{
    const struct ssh_row *row = &ssh_rows[_i];
    const char *argv[WORDS_MAX + 4] = {"cuicsim-cli", "-c", lab.config};
    char given[256];
    const char *const env[] = {given, NULL};
    struct proc_options options = {.env = env};

    (void)snprintf(given, sizeof given, "SSH_ORIGINAL_COMMAND=%s", row->given);
    for (size_t i = 0; i < WORDS_MAX && row->words[i] != NULL; i++)
        argv[3 + i] = row->words[i];
    struct proc_result r = proc_run(argv, row->input, &options);
    ck_assert_msg(r.status == row->status, "%s: expected exit status %d, got %d: %s%s", row->name,
                  row->status, r.status, r.out, r.err);
    ck_assert_msg(strcmp(r.out, row->out) == 0, "%s: expected '%s', got '%s'", row->name, row->out,
                  r.out);
    ck_assert_msg(r.err[0] == '\0', "%s: on stderr: %s", row->name, r.err);
    proc_result_clear(&r);
}
END_TEST

static void expect_harmless(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
        ck_assert_msg((*p >= 0x20 || *p == '\n') && *p != 0x7f, "byte %#x was echoed", *p);
}

/** Bytes of a small repeatable generator: NUL, control bytes, broken UTF-8, no line feed for long.
 */
START_TEST(binary_garbage)
{
    enum { BYTES = 20000 };
    static char garbage[BYTES];
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, _i % 2 == 0 ? NULL : "--json", NULL};
    struct proc_options options = {.input_bytes = BYTES};
    uint32_t state = (uint32_t)_i + 1;

    for (size_t i = 0; i < BYTES; i++) {
        state = state * 1664525U + 1013904223U;
        garbage[i] = (char)(state >> 24);
    }
    struct proc_result r = proc_run(argv, garbage, &options);
    ck_assert_msg(r.status == 2, "seed %d: ended with %d", _i, r.status);
    ck_assert_msg(r.err[0] == '\0', "seed %d: on stderr: %s", _i, r.err);
    expect_harmless(r.out);
    proc_result_clear(&r);
}
END_TEST

START_TEST(nul_bytes)
{
    static const char input[] = "utils\0cuic cors status\n\0\n" STATUS "\n";
    const char *argv[] = {"cuicsim-cli", "-c", lab.config, NULL};
    struct proc_options options = {.input_bytes = sizeof input - 1};
    struct proc_result r = proc_run(argv, input, &options);

    ck_assert_msg(r.status == 2 && contains(r.out, ENABLED), "ended with %d: %s", r.status, r.out);
    ck_assert_msg(contains(r.out, "utils?cuic"), "a NUL ended the line: %s", r.out);
    proc_result_clear(&r);
}
END_TEST

Suite *suite_program(void)
{
    Suite *s = suite_create("program");
    TCase *tc = tcase_create("program");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_loop_test(tc, run, 0, (int)COUNT(run_rows));
    tcase_add_loop_test(tc, version_and_help_alone, 0, 2);
    tcase_add_loop_test(tc, output_that_is_full, 0, (int)COUNT(full_rows));
    tcase_add_loop_test(tc, long_lines, 0, (int)COUNT(long_rows));
    tcase_add_test(tc, long_answer);
    tcase_add_test(tc, long_word);
    tcase_add_test(tc, long_line_json);
    tcase_add_loop_test(tc, ssh_command, 0, (int)COUNT(ssh_rows));
    tcase_add_loop_test(tc, binary_garbage, 0, (int)test_scaled(10));
    tcase_add_test(tc, nul_bytes);
    suite_add_tcase(s, tc);
    return s;
}
