/* Tab: every beginning of every line that the shell's table knows, for everybody who may type it,
 * against a plain search through all such lines; and rows by hand. Also that the manual page and
 * bash's completion have every command. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/lab.h"
#include "rows_complete.h"
#include "shell.h"
#include "suites.h"

#define LINE_BYTES 256
#define LINES_MAX  512 /* commands, and commands with each choice of their parameter */
#define VIEWS      4   /* two products, two privilege levels */

/** Everything that one user may type as far as the table knows it, as whole lines. */
struct world {
    struct cmd_view view;
    struct node node;
    struct shell shell; /* the context of choices */
    char line[LINES_MAX][LINE_BYTES];
    size_t n_words[LINES_MAX]; /* how many of them are a command's own */
    size_t n;
};

static size_t count_words(const char *text)
{
    struct words w;

    cmd_split(text, &w);
    return w.n;
}

static void add_line(struct world *w, const struct cmd *cmd, const char *choice)
{
    ck_assert_uint_lt(w->n, LINES_MAX);
    int n = snprintf(w->line[w->n], LINE_BYTES, "%s%s%s", cmd->words, choice[0] == '\0' ? "" : " ",
                     choice);
    ck_assert(n > 0 && n < LINE_BYTES);
    w->n_words[w->n++] = count_words(cmd->words);
}

static struct world *world_new(unsigned privilege, enum platform platform)
{
    struct world *w = calloc(1, sizeof *w);

    ck_assert_ptr_nonnull(w);
    w->node.platform = platform;
    w->shell = (struct shell){.node = &w->node, .privilege = privilege};
    w->view = shell_view(&w->shell);
    for (size_t i = 0; i < w->view.n; i++) {
        const struct cmd *cmd = w->view.table[i];
        const char *choice = NULL;
        if (!cmd_is_visible(&w->view, cmd))
            continue;
        add_line(w, cmd, "");
        for (size_t k = 0; cmd->param != NULL && cmd->param->choices != NULL &&
                           (choice = cmd->param->choices(&w->shell, k)) != NULL;
             k++)
            add_line(w, cmd, choice);
    }
    return w;
}

static struct world *nth_world(int i)
{
    return world_new((unsigned)i % 2, i / 2 == 0 ? PLATFORM_CUIC : PLATFORM_FINESSE);
}

/** The i-th line's text from its word at `at` on: the word, or within a parameter all the rest. */
static struct slice next_of(const struct world *w, size_t i, size_t at)
{
    const char *text = w->line[i] + at;
    struct words before;
    char begin[LINE_BYTES];

    (void)snprintf(begin, sizeof begin, "%.*s", (int)at, w->line[i]);
    cmd_split(begin, &before);
    return (struct slice){text, before.n < w->n_words[i] ? strcspn(text, " ") : strlen(text)};
}

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/** Of a command that takes options, the command and the last option, as if it were the only one;
 * any other text as it is. */
static const char *last_option(const char *text, char to[2 * LINE_BYTES])
{
    static const char *const commands[] = {"lab explain ", "lab browser "};
    const char *command = NULL;

    for (size_t i = 0; i < COUNT(commands); i++)
        if (begins_with(text, commands[i]))
            command = commands[i];
    if (command == NULL || strncmp(text + strlen(command), "--", 2) != 0)
        return text;
    const char *last = text + strlen(command);
    for (const char *p = last; *p != '\0'; p++)
        if (strncmp(p, " --", 3) == 0 || strcmp(p, " -") == 0)
            last = p + 1;
    (void)snprintf(to, 2 * LINE_BYTES, "%s%s", command, last);
    return to;
}

/** Whether some line begins so. */
static bool is_beginning(const struct world *w, const char *whole)
{
    char last[2 * LINE_BYTES];
    const char *text = last_option(whole, last);
    size_t n = strlen(text);

    for (size_t i = 0; i < w->n; i++)
        if (begins_with(w->line[i], text) ||
            (n > 0 && text[n - 1] == ' ' && strlen(w->line[i]) == n - 1 &&
             strncmp(w->line[i], text, n - 1) == 0)) /* a whole one and a blank */
            return true;
    return false;
}

/** What may stand at `at` of these lines, each once. @return how many */
static size_t find_next(const struct world *w, const char *typed, size_t at, struct slice *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        size_t j = 0;
        if (!begins_with(w->line[i], typed) || w->line[i][at] == '\0')
            continue;
        struct slice next = next_of(w, i, at);
        while (j < n && !slice_same(ret[j], next))
            j++;
        if (j == n)
            ret[n++] = next;
    }
    return n;
}

/** Of a typed line with single blanks: where its last word, which may be empty, begins. */
static size_t last_word(const char *typed)
{
    const char *blank = strrchr(typed, ' ');

    return blank == NULL ? 0 : (size_t)(blank - typed) + 1;
}

static size_t common(const struct slice *next, size_t n)
{
    size_t length = next[0].n;

    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < length; k++)
            if (k >= next[i].n || next[i].at[k] != next[0].at[k])
                length = k;
    return length;
}

/** Whether a command's word at `at` of a typed line goes on with another one. */
static bool goes_on(const struct world *w, const char *typed, size_t at, struct slice word)
{
    char whole[2 * LINE_BYTES];

    (void)snprintf(whole, sizeof whole, "%.*s%.*s ", (int)at, typed, (int)word.n, word.at);
    for (size_t i = 0; i < w->n; i++)
        if (begins_with(w->line[i], whole) && count_words(whole) < w->n_words[i])
            return true;
    return false;
}

/** @param at  where of `typed` the listed things would stand */
static void expect_listed(const struct world *w, const char *typed, size_t at,
                          const struct cmd_completion *got, const struct slice *want, size_t n)
{
    ck_assert_msg(got->n == n, "'%s': %zu things listed, not %zu", typed, got->n, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(slice_same(got->next[i].word, want[i]), "'%s': '%.*s' is listed, not '%.*s'",
                      typed, (int)got->next[i].word.n, got->next[i].word.at, (int)want[i].n,
                      want[i].at);
        ck_assert_msg(got->next[i].has_more == goes_on(w, typed, at, want[i]),
                      "'%s': '%.*s' %s a '*'", typed, (int)want[i].n, want[i].at,
                      got->next[i].has_more ? "has" : "lacks");
    }
}

/** What Tab must make of a typed beginning; `prefix` stands before it and changes nothing. */
static void expect_complete(const struct world *w, const char *prefix, const char *typed)
{
    struct slice next[LINES_MAX];
    struct cmd_completion got;
    char line[2 * LINE_BYTES];
    char want[LINE_BYTES] = "";
    size_t at = last_word(typed);
    size_t begun = strlen(typed) - at;
    size_t n = find_next(w, typed, at, next);
    size_t more = n == 0 ? 0 : common(next, n) - begun;

    (void)snprintf(line, sizeof line, "%s%s", prefix, typed);
    cmd_complete(&w->view, line, &w->shell, &got);
    if (n > 0)
        (void)snprintf(want, sizeof want, "%.*s%s", (int)more, next[0].at + begun,
                       n == 1 ? " " : "");
    ck_assert_msg(strcmp(got.insert, want) == 0, "'%s': '%s' goes in, not '%s'", line, got.insert,
                  want);
    if (n == 1 && more == 0) { /* a whole word: what it goes on with */
        char whole[LINE_BYTES];
        (void)snprintf(whole, sizeof whole, "%s ", typed);
        n = count_words(typed) > 0 ? find_next(w, whole, strlen(whole), next) : 0;
        for (size_t i = 0; i < w->n; i++) /* but no parameter yet */
            if (strcmp(w->line[i], typed) == 0)
                n = 0;
        expect_listed(w, whole, strlen(whole), &got, next, n);
    } else {
        expect_listed(w, typed, at, &got, next, more > 0 ? 0 : n);
    }
}

START_TEST(every_beginning)
{
    struct world *w = nth_world(_i);
    char typed[LINE_BYTES];

    ck_assert_uint_gt(w->n, 50);
    for (size_t i = 0; i < w->n; i++)
        for (size_t n = 0; n <= strlen(w->line[i]); n++) {
            (void)snprintf(typed, sizeof typed, "%.*s", (int)n, w->line[i]);
            expect_complete(w, "", typed);
            expect_complete(w, "   ", typed);
        }
    free(w);
}
END_TEST

/** Behind `help` the same, but without parameters: as if no command had any. */
START_TEST(every_beginning_behind_help)
{
    struct world *w = nth_world(_i);
    char typed[LINE_BYTES];
    size_t kept = 0;

    for (size_t i = 0; i < w->n; i++)
        if (count_words(w->line[i]) == w->n_words[i]) {
            memmove(w->line[kept], w->line[i], LINE_BYTES);
            w->n_words[kept++] = w->n_words[i];
        }
    w->n = kept;
    for (size_t i = 0; i < w->n; i++)
        for (size_t n = 0; n <= strlen(w->line[i]); n++) {
            (void)snprintf(typed, sizeof typed, "%.*s", (int)n, w->line[i]);
            expect_complete(w, "help ", typed);
        }
    free(w);
}
END_TEST

/** "a b c" with more blanks between, before and behind words: `times` instead of one. */
static void widen(const char *text, size_t times, char to[8 * LINE_BYTES])
{
    size_t n = 0;

    for (const char *p = text; *p != '\0'; p++)
        for (size_t i = 0; i < (*p == ' ' ? times : 1); i++)
            to[n++] = *p;
    to[n] = '\0';
}

/** However many blanks were typed. */
START_TEST(blanks_do_not_count)
{
    struct world *w = nth_world(_i);
    char typed[LINE_BYTES];
    char wide[8 * LINE_BYTES];

    for (size_t i = 0; i < w->n; i++)
        for (size_t n = 0; n <= strlen(w->line[i]); n++) {
            struct cmd_completion one;
            struct cmd_completion other;
            (void)snprintf(typed, sizeof typed, "%.*s", (int)n, w->line[i]);
            widen(typed, 3, wide);
            cmd_complete(&w->view, typed, &w->shell, &one);
            cmd_complete(&w->view, wide, &w->shell, &other);
            ck_assert_msg(strcmp(one.insert, other.insert) == 0 && one.n == other.n,
                          "'%s': '%s', %zu listed, but with more blanks '%s', %zu", typed,
                          one.insert, one.n, other.insert, other.n);
        }
    free(w);
}
END_TEST

/** One byte of each line is changed: what goes in still leads to something there is, and so does
 *  all that is listed. Hidden commands are no lines of this world, so they are never offered. */
START_TEST(what_goes_in_leads_somewhere)
{
    static const char odd[] = "x _-\x1b\xff?e";
    struct world *w = nth_world(_i);
    struct world *all = world_new(1, _i / 2 == 0 ? PLATFORM_FINESSE : PLATFORM_CUIC);
    char typed[LINE_BYTES];
    char whole[2 * LINE_BYTES];

    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < strlen(all->line[i]) * strlen(odd); k++) {
            size_t n = k / strlen(odd) + 1;
            struct cmd_completion got;
            (void)snprintf(typed, sizeof typed, "%.*s", (int)n, all->line[i]);
            typed[n - 1] = odd[k % strlen(odd)];
            if (strstr(typed, "  ") != NULL || typed[0] == ' ' || begins_with(typed, "help "))
                continue;
            cmd_complete(&w->view, typed, &w->shell, &got);
            (void)snprintf(whole, sizeof whole, "%s%s", typed, got.insert);
            ck_assert_msg(got.insert[0] == '\0' || is_beginning(w, whole), "'%s' became '%s'",
                          typed, whole);
            for (size_t j = 0; j < got.n; j++) {
                (void)snprintf(whole, sizeof whole, "%s%s", typed, got.insert);
                whole[last_word(whole)] = '\0';
                (void)snprintf(whole + strlen(whole), LINE_BYTES, "%.*s", (int)got.next[j].word.n,
                               got.next[j].word.at);
                ck_assert_msg(is_beginning(w, whole), "'%s': '%s' is listed", typed, whole);
            }
        }
    free(all);
    free(w);
}
END_TEST

START_TEST(row)
{
    const struct complete_row *r = &complete_rows[_i];
    struct world *w = world_new(r->privilege, r->platform);
    struct cmd_completion got;
    char listed[1024] = "";
    size_t used = 0;

    memset(&got, 0xa5, sizeof got);
    cmd_complete(&w->view, r->typed, &w->shell, &got);
    for (size_t i = 0; i < got.n; i++)
        used += (size_t)snprintf(listed + used, sizeof listed - used, "%s%.*s%s", i == 0 ? "" : ",",
                                 (int)got.next[i].word.n, got.next[i].word.at,
                                 got.next[i].has_more ? "*" : "");
    ck_assert_msg(strcmp(got.insert, r->insert) == 0, "%s: '%s' goes in, not '%s'", r->name,
                  got.insert, r->insert);
    ck_assert_msg(strcmp(listed, r->listed) == 0, "%s: '%s' is listed, not '%s'", r->name, listed,
                  r->listed);
    free(w);
}
END_TEST

/** A line as long as any: quick, and nothing comes of it. */
START_TEST(longest_line)
{
    static const char *const begin[] = {"", "utils ", "utils service restart ", "help "};
    struct world *w = nth_world(1);
    char *line = calloc(1, TERM_LINE_MAX + 1);
    struct cmd_completion got;

    ck_assert_ptr_nonnull(line);
    memset(line, 'u', TERM_LINE_MAX);
    memcpy(line, begin[_i], strlen(begin[_i]));
    cmd_complete(&w->view, line, &w->shell, &got);
    ck_assert_msg(got.insert[0] == '\0' && got.n == 0, "'%s', %zu listed", got.insert, got.n);
    free(line);
    free(w);
}
END_TEST

/* --- documents that are made from the table --- */

/** The file without roff's backslashes before signs. */
static char *read_plain(const char *path)
{
    char *text = test_read_file(path, NULL);
    size_t n = 0;

    ck_assert_msg(text != NULL, "%s is missing; 'make' makes it", path);
    for (const char *p = text; *p != '\0'; p++)
        if (p[0] != '\\' || p[1] != '-')
            text[n++] = *p;
    text[n] = '\0';
    return text;
}

static const struct cmd *nth_cmd(int i)
{
    size_t n = 0;

    return shell_table(&n)[i];
}

/** In bold type, and with its summary behind it. */
START_TEST(is_in_the_manual)
{
    const struct cmd *cmd = nth_cmd(_i);
    char *text = read_plain(TEST_BUILD_DIR "/man/cuicsim-cli.1");
    char words[LINE_BYTES];

    (void)snprintf(words, sizeof words, ".TP\n\\fB%s\\fR", cmd->words);
    const char *at = strstr(text, words);
    while (at != NULL && strchr(" \n", at[strlen(words)]) == NULL)
        at = strstr(at + 1, words);
    ck_assert_msg(at != NULL, "cuicsim-cli(1) has no '%s'", cmd->words);
    char *end = strstr(at + 1, "\n.TP");
    if (end != NULL)
        *end = '\0';
    ck_assert_msg(strstr(at, "Privilege level") != NULL, "cuicsim-cli(1) on '%s': %s", cmd->words,
                  at);
    free(text);
}
END_TEST

START_TEST(is_in_bash)
{
    const struct cmd *cmd = nth_cmd(_i);
    char *text = read_plain(TEST_BUILD_DIR "/cuicsim-cli.bash");
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "\n%s\n", cmd->words);
    ck_assert_msg(strstr(text, line) != NULL, "cuicsim-cli.bash has no '%s'", cmd->words);
    free(text);
}
END_TEST

Suite *suite_complete(void)
{
    Suite *s = suite_create("complete");
    TCase *tab = tcase_create("tab");
    TCase *documents = tcase_create("documents");
    size_t n = 0;

    (void)shell_table(&n);
    tcase_set_timeout(tab, 60);
    tcase_add_loop_test(tab, every_beginning, 0, VIEWS);
    tcase_add_loop_test(tab, every_beginning_behind_help, 0, VIEWS);
    tcase_add_loop_test(tab, blanks_do_not_count, 0, VIEWS);
    tcase_add_loop_test(tab, what_goes_in_leads_somewhere, 0, VIEWS);
    tcase_add_loop_test(tab, row, 0, (int)complete_n_rows);
    tcase_add_loop_test(tab, longest_line, 0, 4);
    tcase_add_loop_test(documents, is_in_the_manual, 0, (int)n);
    tcase_add_loop_test(documents, is_in_bash, 0, (int)n);
    suite_add_tcase(s, tab);
    suite_add_tcase(s, documents);
    return s;
}
