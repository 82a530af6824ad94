/* The matcher, asked about every command of the shell's own table, and about a small one with the
 * cases that the real one does not have (yet). */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

#include "rows_cmd.h"
#include "shell.h"
#include "suites.h"

#define LINE_MAX_BYTES 512
#define NEXT_MAX       64

static size_t count_words(const char *words)
{
    struct words w;

    cmd_split(words, &w);
    return w.n;
}

/** The first `n` words of a command, then `more`, as one line. */
static const char *line_of(const struct cmd *cmd, size_t n, const char *more)
{
    static char line[LINE_MAX_BYTES];
    struct words w;
    size_t used = 0;

    cmd_split(cmd->words, &w);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%.*s", i == 0 ? "" : " ",
                                 (int)w.word[i].n, w.word[i].at);
    (void)snprintf(line + used, sizeof line - used, "%s%s", n > 0 && more[0] != '\0' ? " " : "",
                   more);
    return line;
}

static struct cmd_match match_real(const char *line, unsigned privilege)
{
    struct words w;
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);

    cmd_split(line, &w);
    return cmd_match(table, n, &w, privilege);
}

static const char *kind_name(enum cmd_match_kind kind)
{
    static const char *const name[] = {"match", "incomplete", "unknown"};

    return name[kind];
}

static void expect_match(const char *line, struct cmd_match got, enum cmd_match_kind kind,
                         const struct cmd *cmd, size_t n_matched)
{
    ck_assert_msg(got.kind == kind, "'%s': expected %s, got %s", line, kind_name(kind),
                  kind_name(got.kind));
    ck_assert_msg(got.cmd == cmd, "'%s': expected '%s', got '%s'", line,
                  cmd == NULL ? "(none)" : cmd->words, got.cmd == NULL ? "(none)" : got.cmd->words);
    ck_assert_msg(got.n_matched == n_matched, "'%s': expected %zu words matched, got %zu", line,
                  n_matched, got.n_matched);
}

static const struct cmd *real_cmd(int i)
{
    size_t n = 0;

    return shell_table(&n)[i];
}

static bool is_lab(const struct cmd *cmd)
{
    return (cmd->flags & CMD_LAB) != 0;
}

START_TEST(row_is_sound)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);
    const struct cmd *cmd = table[_i];
    size_t length = strlen(cmd->summary);

    ck_assert_msg(cmd->words[0] != ' ' && cmd->words[strlen(cmd->words) - 1] != ' ' &&
                      strstr(cmd->words, "  ") == NULL,
                  "'%s': single blanks between words", cmd->words);
    ck_assert_msg(length > 0 && cmd->summary[length - 1] != '.', "'%s': '%s'", cmd->words,
                  cmd->summary);
    ck_assert_msg(cmd->min_args <= cmd->max_args && cmd->max_args <= CMD_WORDS_MAX,
                  "'%s': %u to %u arguments", cmd->words, cmd->min_args, cmd->max_args);
    ck_assert_msg((cmd->max_args > 0) == (cmd->args[0] != '\0'), "'%s': how are '%s' written?",
                  cmd->words, cmd->args);
    ck_assert_msg(cmd->privilege <= 1, "'%s': privilege %u", cmd->words, cmd->privilege);
    ck_assert_msg((cmd->flags & CMD_RESTART) == 0 || cmd->privilege == 1,
                  "'%s' changes something at privilege 0", cmd->words);
    ck_assert_msg(cmd->run != NULL, "'%s' does nothing", cmd->words);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg((int)i == _i || strcmp(table[i]->words, cmd->words) != 0, "'%s' twice",
                      cmd->words);
}
END_TEST

START_TEST(matches_itself)
{
    const struct cmd *cmd = real_cmd(_i);
    size_t n = count_words(cmd->words);

    for (unsigned privilege = is_lab(cmd) ? 1 : 0; privilege <= 1; privilege++) {
        expect_match(cmd->words, match_real(cmd->words, privilege), CMD_MATCH, cmd, n);
        const char *line = line_of(cmd, n, "x y");
        expect_match(line, match_real(line, privilege), CMD_MATCH, cmd, n);
        line = line_of(cmd, n, "?");
        expect_match(line, match_real(line, privilege), CMD_MATCH, cmd, n);
    }
}
END_TEST

START_TEST(is_hidden_from_level_0)
{
    const struct cmd *cmd = real_cmd(_i);

    if (is_lab(cmd))
        expect_match(cmd->words, match_real(cmd->words, 0), CMD_UNKNOWN, NULL, 0);
}
END_TEST

START_TEST(is_incomplete_at_each_prefix)
{
    const struct cmd *cmd = real_cmd(_i);

    for (size_t n = 0; n < count_words(cmd->words); n++) {
        const char *line = line_of(cmd, n, "");
        expect_match(line, match_real(line, 1), CMD_INCOMPLETE, NULL, n);
    }
}
END_TEST

/** Words are whole and case-sensitive; what is wrong is the first word that fits nowhere. */
START_TEST(is_unknown_at_each_depth)
{
    static const char *const wrong[] = {"zzzzz", "*", "?x", "UTILS", "u", "util", "utilss"};
    const struct cmd *cmd = real_cmd(_i);

    for (size_t depth = 0; depth < count_words(cmd->words); depth++)
        for (size_t i = 0; i < COUNT(wrong); i++) {
            const char *line = line_of(cmd, depth, wrong[i]);
            expect_match(line, match_real(line, 1), CMD_UNKNOWN, NULL, depth);
        }
}
END_TEST

static bool has_word(const struct slice *words, size_t n, struct slice word)
{
    for (size_t i = 0; i < n; i++)
        if (words[i].n == word.n && memcmp(words[i].at, word.at, word.n) == 0)
            return true;
    return false;
}

START_TEST(is_offered_at_each_depth)
{
    const struct cmd *cmd = real_cmd(_i);
    struct words w;
    struct slice next[NEXT_MAX];
    size_t n_table = 0;
    const struct cmd *const *table = shell_table(&n_table);

    cmd_split(cmd->words, &w);
    for (size_t depth = 0; depth < w.n; depth++) {
        size_t n = cmd_next_words(table, n_table, &w, depth, 1, next, NEXT_MAX);
        ck_assert_msg(has_word(next, n, w.word[depth]), "'%s' is not offered at depth %zu",
                      cmd->words, depth);
        n = cmd_next_words(table, n_table, &w, depth, 0, next, NEXT_MAX);
        ck_assert_msg(has_word(next, n, w.word[depth]) == !is_lab(cmd),
                      "'%s' at depth %zu of privilege 0", cmd->words, depth);
    }
    ck_assert_msg(cmd_next_words(table, n_table, &w, w.n, 1, next, NEXT_MAX) == 0,
                  "'%s' goes on with something", cmd->words);
}
END_TEST

/** The word without its second letter, or with its last two letters swapped. */
static void misspell(char to[LINE_MAX_BYTES], struct slice word, bool is_swapped)
{
    (void)snprintf(to, LINE_MAX_BYTES, "%.*s", (int)word.n, word.at);
    if (is_swapped) {
        to[word.n - 1] = word.at[word.n - 2];
        to[word.n - 2] = word.at[word.n - 1];
    } else {
        memmove(to + 1, to + 2, word.n - 1);
    }
}

START_TEST(misspelt_word_is_suggested)
{
    const struct cmd *cmd = real_cmd(_i);
    struct words w;
    size_t n_table = 0;
    const struct cmd *const *table = shell_table(&n_table);

    cmd_split(cmd->words, &w);
    for (size_t i = 0; i < 2 * w.n; i++) {
        size_t depth = i / 2;
        struct slice right = w.word[depth];
        struct words typed = w;
        char wrong[LINE_MAX_BYTES];
        misspell(wrong, right, i % 2 == 1);
        typed.word[depth] = slice_of(wrong);
        struct slice got = cmd_suggest(table, n_table, &typed, depth, 1);
        ck_assert_msg(slice_is(right, wrong) || (got.n == right.n && got.at != NULL &&
                                                 memcmp(got.at, right.at, got.n) == 0),
                      "'%s' for '%.*s' of '%s': '%.*s' was suggested", wrong, (int)right.n,
                      right.at, cmd->words, (int)got.n, got.at == NULL ? "" : got.at);
    }
}
END_TEST

START_TEST(split_row)
{
    const struct split_row *row = &split_rows[_i];
    struct words w;

    memset(&w, 0xa5, sizeof w);
    cmd_split(row->line, &w);
    ck_assert_msg(w.n == row->n, "%s: expected %zu words, got %zu", row->name, row->n, w.n);
    ck_assert_msg(w.is_too_many == row->is_too_many, "%s: too many: %d", row->name, w.is_too_many);
    for (size_t i = 0; i < w.n && i < SPLIT_WORDS_MAX && row->word[i] != NULL; i++)
        ck_assert_msg(slice_is(w.word[i], row->word[i]), "%s: word %zu: expected '%s', got '%.*s'",
                      row->name, i, row->word[i], (int)w.word[i].n, w.word[i].at);
}
END_TEST

START_TEST(skip_row)
{
    const struct skip_row *row = &skip_rows[_i];
    struct words w;

    cmd_split(row->typed, &w);
    const char *got = cmd_skip_words(row->text, w.word, w.n);
    ck_assert_msg((got == NULL) == (row->want == NULL), "%s: got '%s'", row->name,
                  got == NULL ? "(none)" : got);
    ck_assert_msg(got == NULL || strcmp(got, row->want) == 0, "%s: expected '%s', got '%s'",
                  row->name, row->want, got);
}
END_TEST

START_TEST(match_row)
{
    const struct match_row *row = &match_rows[_i];
    struct words w;

    cmd_split(row->line, &w);
    struct cmd_match got = cmd_match(small_table, small_n, &w, row->privilege);
    const struct cmd *want = row->cmd < 0 ? NULL : small_table[row->cmd];
    expect_match(row->name, got, row->kind, want, row->n_matched);
}
END_TEST

START_TEST(next_row)
{
    const struct next_row *row = &next_rows[_i];
    struct words w;
    struct slice next[NEXT_MAX];
    char joined[LINE_MAX_BYTES] = "";
    size_t used = 0;

    cmd_split(row->line, &w);
    size_t n = cmd_next_words(small_table, small_n, &w, w.n, row->privilege, next, row->max);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(joined + used, sizeof joined - used, "%s%.*s", i == 0 ? "" : " ",
                                 (int)next[i].n, next[i].at);
    ck_assert_msg(strcmp(joined, row->want) == 0, "%s: expected '%s', got '%s'", row->name,
                  row->want, joined);
}
END_TEST

START_TEST(suggest_row)
{
    const struct suggest_row *row = &suggest_rows[_i];
    struct words w;

    cmd_split(row->line, &w);
    struct slice got = cmd_suggest(small_table, small_n, &w, row->depth, row->privilege);
    if (row->want == NULL)
        ck_assert_msg(got.at == NULL, "%s: '%.*s' was suggested", row->name, (int)got.n, got.at);
    else
        ck_assert_msg(got.at != NULL && slice_is(got, row->want), "%s: expected '%s', got '%.*s'",
                      row->name, row->want, (int)got.n, got.at == NULL ? "" : got.at);
}
END_TEST

Suite *suite_cmd(void)
{
    Suite *s = suite_create("cmd");
    TCase *real = tcase_create("table");
    TCase *rows = tcase_create("rows");
    size_t n = 0;

    (void)shell_table(&n);
    tcase_add_loop_test(real, row_is_sound, 0, (int)n);
    tcase_add_loop_test(real, matches_itself, 0, (int)n);
    tcase_add_loop_test(real, is_hidden_from_level_0, 0, (int)n);
    tcase_add_loop_test(real, is_incomplete_at_each_prefix, 0, (int)n);
    tcase_add_loop_test(real, is_unknown_at_each_depth, 0, (int)n);
    tcase_add_loop_test(real, is_offered_at_each_depth, 0, (int)n);
    tcase_add_loop_test(real, misspelt_word_is_suggested, 0, (int)n);
    tcase_add_loop_test(rows, split_row, 0, (int)split_n_rows);
    tcase_add_loop_test(rows, skip_row, 0, (int)skip_n_rows);
    tcase_add_loop_test(rows, match_row, 0, (int)match_n_rows);
    tcase_add_loop_test(rows, next_row, 0, (int)next_n_rows);
    tcase_add_loop_test(rows, suggest_row, 0, (int)suggest_n_rows);
    suite_add_tcase(s, real);
    suite_add_tcase(s, rows);
    return s;
}
