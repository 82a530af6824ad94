/* Transcripts: NAME.in is what somebody types (a script on the shell's standard input, on the
 * subscriber of a fresh lab in the article's state), NAME.out what the shell answers, byte for
 * byte. Nothing may come on stderr, and nothing that a terminal would obey on stdout.
 *
 * The first lines of NAME.in may say how it is run; the shell itself passes over them:
 *   # args: --privilege 0               options behind "-c CONF -n cuicsub"
 *   # conf: apply_changes = on-restart  a further line of the configuration; may be repeated
 *   # exit: 1                           the expected exit status, 0 unless said
 *   # lab: factory                      the state of the lab at the start
 *   # trace: sample                     a trace.db with a record of each kind
 *   # first: -n cuicpub utils ...       a program run before it; may be repeated
 *   # mask: ^Date +: (.*)$              an extended regular expression: '#' stands for what matches
 *                                       it, or its group, in NAME.out; may be repeated
 *
 * UPDATE=1 in the environment writes the .out files instead of comparing them, UPDATE=NAME that one
 * alone: read the difference before it is committed. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/lab.h"
#include "shell.h"
#include "state.h"
#include "suites.h"
#include "traces.h"
#include "transcript.h"

#define TIMEOUT_S 30
#define SHOWN_MAX 400 /* bytes of a line */

static struct proc_result run(const struct transcript *t)
{
    const char *argv[6 + TRANSCRIPT_WORDS_MAX] = {"cuicsim-cli", "-c", NULL, "-n", "cuicsub"};
    struct lab l;

    lab_init(&l, t->conf);
    if (!t->is_factory)
        state_article(&l);
    if (t->has_trace)
        traces_make(&l);
    for (size_t i = 0; i < t->n_first; i++)
        lab_must(&l, t->first[i]);
    argv[2] = l.config;
    for (size_t i = 0; t->args[i] != NULL; i++)
        argv[5 + i] = t->args[i];
    struct proc_result r = proc_run(argv, t->script, NULL);
    lab_clear(&l);
    return r;
}

/** How much of a line a message repeats. */
static int shown(const char *line)
{
    size_t n = strcspn(line, "\n");

    return n < SHOWN_MAX ? (int)n : SHOWN_MAX;
}

/** Where two texts begin to differ: the number of the line, and both lines. */
static void fail_at_difference(const char *name, const char *want, const char *got)
{
    size_t line = 1;

    while (strcspn(want, "\n") == strcspn(got, "\n") &&
           strncmp(want, got, strcspn(want, "\n")) == 0 && *want != '\0' && *got != '\0') {
        want += strcspn(want, "\n");
        got += strcspn(got, "\n");
        want += *want == '\n' ? 1 : 0;
        got += *got == '\n' ? 1 : 0;
        line++;
    }
    ck_abort_msg("%s.out, line %zu: expected '%.*s', got '%.*s'", name, line, shown(want), want,
                 shown(got), got);
}

static void compare(const char *name, const char *got)
{
    char *want = test_read_file(transcript_path(name, "out"), NULL);

    ck_assert_msg(want != NULL, "%s.out is missing; UPDATE=1 makes it", name);
    if (strcmp(want, got) != 0)
        fail_at_difference(name, want, got);
    free(want);
}

static bool is_to_update(const char *name)
{
    const char *which = getenv("UPDATE");

    return which != NULL && (strcmp(which, "1") == 0 || strcmp(which, name) == 0);
}

static void update(const char *name, const char *got)
{
    FILE *f = fopen(transcript_path(name, "out"), "wb");

    ck_assert_msg(f != NULL, "%s.out cannot be written", name);
    ck_assert_int_ge(fputs(got, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

/** Control bytes, and the C1 controls in UTF-8, would drive a terminal. */
static void expect_harmless(const char *name, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        bool is_control = (*p < 0x20 && *p != '\n') || *p == 0x7f;
        bool is_c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
        ck_assert_msg(!is_control && !is_c1, "%s: a control byte at %zu of the output", name,
                      (size_t)(p - (const unsigned char *)text));
    }
}

START_TEST(transcript)
{
    size_t n = 0;
    const char *name = transcript_names(&n)[_i];
    struct transcript t;

    transcript_read(&t, name);
    struct proc_result r = run(&t);
    char *masked = transcript_mask(&t, r.out);

    expect_harmless(name, r.out);
    ck_assert_msg(r.err[0] == '\0', "%s: on stderr: %s", name, r.err);
    ck_assert_msg(r.status == t.exit, "%s: expected exit status %d, got %d: %s", name, t.exit,
                  r.status, r.out);
    if (is_to_update(name))
        update(name, masked);
    else
        compare(name, masked);
    free(masked);
    proc_result_clear(&r);
    transcript_clear(&t);
}
END_TEST

/** Does a line of the script begin with these words? */
static bool has_command(const char *script, const char *words)
{
    size_t n = strlen(words);

    for (const char *p = script; p != NULL; p = strchr(p, '\n')) {
        p += *p == '\n' ? 1 : 0;
        if (strncmp(p, words, n) == 0 && (p[n] == '\0' || strchr(" \r\n", p[n]) != NULL))
            return true;
        if (*p == '\0')
            break;
    }
    return false;
}

/* How every command is to be seen by somebody: on each product that has it. */
static const struct way {
    const char *name;
    enum platform platform;
    unsigned privilege;
    const char *option; /* that its transcript must have; NULL: none */
} ways[] = {
    {"on a CUIC node", PLATFORM_CUIC, 1, NULL},
    {"on a Finesse node", PLATFORM_FINESSE, 1, NULL},
    {"on a CUIC node with --json", PLATFORM_CUIC, 1, "--json"},
    {"on a Finesse node with --json", PLATFORM_FINESSE, 1, "--json"},
    {"on a CUIC node at level 0", PLATFORM_CUIC, 0, "0"},
    {"on a Finesse node at level 0", PLATFORM_FINESSE, 0, "0"},
};

static bool is_run(const char *words, const struct way *way)
{
    size_t n = 0;
    const char *const *names = transcript_names(&n);
    bool is_found = false;

    for (size_t i = 0; i < n && !is_found; i++) {
        struct transcript t;
        transcript_read(&t, names[i]);
        is_found = transcript_is_on_finesse(&t) == (way->platform == PLATFORM_FINESSE) &&
                   (way->option == NULL || transcript_has_option(&t, way->option)) &&
                   has_command(t.script, words);
        transcript_clear(&t);
    }
    return is_found;
}

START_TEST(command_has_transcripts)
{
    struct cmd_view v = {.privilege = 0};
    const struct cmd *cmd = NULL;

    v.table = shell_table(&v.n);
    cmd = v.table[_i];
    for (size_t i = 0; i < COUNT(ways); i++) {
        v.privilege = ways[i].privilege;
        v.platform = ways[i].platform;
        ck_assert_msg(!cmd_is_visible(&v, cmd) || is_run(cmd->words, &ways[i]),
                      "no tests/cli/*.in runs '%s' %s", cmd->words, ways[i].name);
    }
}
END_TEST

/** An answer without its script would never be looked at. */
START_TEST(no_orphans)
{
    size_t n = 0;
    glob_t found;

    (void)transcript_names(&n);
    ck_assert_int_eq(glob(transcript_path("*", "out"), 0, NULL, &found), 0);
    ck_assert_msg(found.gl_pathc == n, "%zu .in files, %zu .out files", n, found.gl_pathc);
    globfree(&found);
}
END_TEST

Suite *suite_transcripts(void)
{
    Suite *s = suite_create("transcripts");
    TCase *all = tcase_create("transcripts");
    TCase *complete = tcase_create("complete");
    size_t n_names = 0;
    size_t n_commands = 0;

    (void)transcript_names(&n_names);
    (void)shell_table(&n_commands);
    tcase_set_timeout(all, TIMEOUT_S);
    tcase_add_loop_test(all, transcript, 0, (int)n_names);
    tcase_add_test(complete, no_orphans);
    tcase_add_loop_test(complete, command_has_transcripts, 0, (int)n_commands);
    suite_add_tcase(s, all);
    suite_add_tcase(s, complete);
    return s;
}
