/* The matcher, asked about every command of the shell's own table, and about a small one with the
 * cases that the real one does not have (yet). */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

#include "rows_cmd.h"
#include "shell.h"
#include "suites.h"

#define LINE_MAX_BYTES 512
#define VIEWS          4 /* two products, two privilege levels */

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
    line[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%.*s", i == 0 ? "" : " ",
                                 (int)w.word[i].n, w.word[i].at);
    (void)snprintf(line + used, sizeof line - used, "%s%s", n > 0 && more[0] != '\0' ? " " : "",
                   more);
    return line;
}

/** The shell's table as the i-th kind of user sees it. */
static struct cmd_view view(int i)
{
    struct cmd_view v = {.privilege = (unsigned)i % 2,
                         .platform = i / 2 == 0 ? PLATFORM_CUIC : PLATFORM_FINESSE};

    v.table = shell_table(&v.n);
    return v;
}

static const struct cmd *real_cmd(int i)
{
    return view(0).table[i];
}

static bool is_lab(const struct cmd *cmd)
{
    return (cmd->flags & CMD_LAB) != 0;
}

/** Whether that user is meant to see it: by the words alone, not by the flags that the shell goes
 *  by, as far as they tell the product. */
static bool is_meant_for(const struct cmd *cmd, const struct cmd_view *v)
{
    static const char *const of_cuic[] = {"utils cuic ", "utils live-data ", "show live-data ",
                                          "show socketio "};
    bool is_cuic = v->platform == PLATFORM_CUIC;

    if (is_lab(cmd) && v->privilege == 0)
        return false;
    if (strncmp(cmd->words, "utils finesse ", strlen("utils finesse ")) == 0)
        return !is_cuic;
    for (size_t i = 0; i < COUNT(of_cuic); i++)
        if (strncmp(cmd->words, of_cuic[i], strlen(of_cuic[i])) == 0)
            return is_cuic;
    return true;
}

/** How many of a command's first words begin a command that this user sees. */
static size_t visible_depth(const struct cmd *cmd, const struct cmd_view *v)
{
    for (size_t depth = count_words(cmd->words); depth > 0; depth--) {
        const char *line = line_of(cmd, depth, "");
        size_t n = strlen(line);
        for (size_t i = 0; i < v->n; i++) {
            const char *words = v->table[i]->words;
            if (is_meant_for(v->table[i], v) && strncmp(words, line, n) == 0 &&
                (words[n] == ' ' || words[n] == '\0'))
                return depth;
        }
    }
    return 0;
}

static struct cmd_match match_real(const struct cmd_view *v, const char *line)
{
    struct words w;

    cmd_split(line, &w);
    return cmd_match(v, &w);
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

START_TEST(row_is_sound)
{
    struct cmd_view v = view(0);
    const struct cmd *cmd = v.table[_i];
    size_t length = strlen(cmd->summary);

    ck_assert_msg(cmd->words[0] != ' ' && cmd->words[strlen(cmd->words) - 1] != ' ' &&
                      strstr(cmd->words, "  ") == NULL,
                  "'%s': single blanks between words", cmd->words);
    ck_assert_msg(length > 0 && cmd->summary[length - 1] != '.', "'%s': '%s'", cmd->words,
                  cmd->summary);
    ck_assert_msg(cmd->privilege <= 1, "'%s': privilege %u", cmd->words, cmd->privilege);
    ck_assert_msg(cmd->run != NULL, "'%s' does nothing", cmd->words);
    for (size_t i = 0; i < v.n; i++)
        ck_assert_msg((int)i == _i || strcmp(v.table[i]->words, cmd->words) != 0, "'%s' twice",
                      cmd->words);
}
END_TEST

/** Edits need level 1, but for the two whose documented level is "ordinary". */
static bool is_ordinary_edit(const struct cmd *cmd)
{
    return strcmp(cmd->words, "utils live-data cors exposed_headers add") == 0 ||
           strcmp(cmd->words, "utils live-data cors exposed_headers delete") == 0;
}

START_TEST(flags_are_sound)
{
    const struct cmd *cmd = real_cmd(_i);
    bool is_edit = (cmd->flags & CMD_EDIT) != 0;

    ck_assert_msg(!is_edit || cmd->privilege == (is_ordinary_edit(cmd) ? 0 : 1),
                  "'%s' changes something at privilege %u", cmd->words, cmd->privilege);
    ck_assert_msg((cmd->flags & CMD_RESTART) == 0 || is_edit,
                  "'%s' wants a restart, but changes nothing", cmd->words);
    ck_assert_msg((cmd->flags & CMD_CUIC) == 0 || (cmd->flags & CMD_FINESSE) == 0,
                  "'%s' is of one product only, and of the other only", cmd->words);
    for (int i = 0; i < VIEWS; i++) {
        struct cmd_view v = view(i);
        ck_assert_msg(cmd_is_visible(&v, cmd) == is_meant_for(cmd, &v), "'%s' on %s at level %u",
                      cmd->words, v.platform == PLATFORM_CUIC ? "CUIC" : "Finesse", v.privilege);
    }
}
END_TEST

START_TEST(parameter_is_sound)
{
    const struct cmd *cmd = real_cmd(_i);
    const struct cmd_param *p = cmd->param;
    char usage[CMD_USAGE_MAX];

    if (p == NULL) {
        ck_assert_str_eq(cmd_usage(cmd, usage), cmd->words);
        return;
    }
    size_t length = strlen(p->help);
    struct words example;
    cmd_split(p->example, &example);
    ck_assert_msg(p->name[0] != '\0' && (p->arity == CMD_OPTIONS || p->arity == CMD_MAYBE_OPTIONS ||
                                         strchr(p->name, ' ') == NULL),
                  "'%s': '%s'", cmd->words, p->name);
    ck_assert_msg(length > 0 && p->help[length - 1] != '.', "'%s': '%s'", cmd->words, p->help);
    ck_assert_msg(example.n > 0 && cmd_takes(cmd, example.n), "'%s': example '%s'", cmd->words,
                  p->example);
    ck_assert_msg(strstr(cmd_usage(cmd, usage), p->name) != NULL &&
                      strlen(usage) < CMD_USAGE_MAX - 1,
                  "'%s' is cut", usage);
}
END_TEST

START_TEST(matches_itself)
{
    const struct cmd *cmd = real_cmd(_i);
    size_t n = count_words(cmd->words);

    for (int i = 0; i < VIEWS; i++) {
        struct cmd_view v = view(i);
        if (!is_meant_for(cmd, &v))
            continue;
        expect_match(cmd->words, match_real(&v, cmd->words), CMD_MATCH, cmd, n);
        const char *line = line_of(cmd, n, "x y");
        expect_match(line, match_real(&v, line), CMD_MATCH, cmd, n);
        line = line_of(cmd, n, "?");
        expect_match(line, match_real(&v, line), CMD_MATCH, cmd, n);
    }
}
END_TEST

/** A command that is not for this user is known as far as others that are begin like it. */
START_TEST(is_hidden_elsewhere)
{
    const struct cmd *cmd = real_cmd(_i);

    for (int i = 0; i < VIEWS; i++) {
        struct cmd_view v = view(i);
        if (is_meant_for(cmd, &v))
            continue;
        size_t depth = visible_depth(cmd, &v);
        ck_assert_uint_lt(depth, count_words(cmd->words));
        expect_match(cmd->words, match_real(&v, cmd->words), CMD_UNKNOWN, NULL, depth);
    }
}
END_TEST

START_TEST(is_incomplete_at_each_prefix)
{
    const struct cmd *cmd = real_cmd(_i);

    for (int i = 0; i < VIEWS; i++) {
        struct cmd_view v = view(i);
        size_t visible = visible_depth(cmd, &v);
        for (size_t n = 0; n < count_words(cmd->words); n++) {
            const char *line = line_of(cmd, n, "");
            expect_match(line, match_real(&v, line), n <= visible ? CMD_INCOMPLETE : CMD_UNKNOWN,
                         NULL, n <= visible ? n : visible);
        }
    }
}
END_TEST

/** Words are whole and case-sensitive; what is wrong is the first word that fits nowhere. */
START_TEST(is_unknown_at_each_depth)
{
    static const char *const wrong[] = {"zzzzz", "*", "?x", "UTILS", "u", "util", "utilss"};
    const struct cmd *cmd = real_cmd(_i);

    for (int k = 0; k < VIEWS; k++) {
        struct cmd_view v = view(k);
        size_t visible = visible_depth(cmd, &v);
        for (size_t depth = 0; depth < count_words(cmd->words); depth++)
            for (size_t i = 0; i < COUNT(wrong); i++) {
                const char *line = line_of(cmd, depth, wrong[i]);
                expect_match(line, match_real(&v, line), CMD_UNKNOWN, NULL,
                             depth < visible ? depth : visible);
            }
    }
}
END_TEST

/** The entry for `word` among those; NULL when it is not there. */
static const struct cmd_next *find_word(const struct cmd_next *next, size_t n, struct slice word)
{
    for (size_t i = 0; i < n; i++)
        if (slice_same(next[i].word, word))
            return &next[i];
    return NULL;
}

/** Each word is offered where it may stand, with a mark when one may follow it. */
START_TEST(is_offered_at_each_depth)
{
    const struct cmd *cmd = real_cmd(_i);
    struct words w;
    struct cmd_next next[CMD_NEXT_MAX];

    cmd_split(cmd->words, &w);
    for (int i = 0; i < VIEWS; i++) {
        struct cmd_view v = view(i);
        size_t visible = visible_depth(cmd, &v);
        for (size_t depth = 0; depth < w.n; depth++) {
            size_t n = cmd_next_words(&v, &w, depth, next, CMD_NEXT_MAX);
            const struct cmd_next *found = find_word(next, n, w.word[depth]);
            ck_assert_msg((found != NULL) == (depth < visible), "'%s' at depth %zu of view %d",
                          cmd->words, depth, i);
            ck_assert_msg(found == NULL || found->has_more || depth + 1 == w.n,
                          "'%s' at depth %zu has no '*'", cmd->words, depth);
            ck_assert_uint_lt(n, CMD_NEXT_MAX);
        }
        ck_assert_msg(cmd_next_words(&v, &w, w.n, next, CMD_NEXT_MAX) == 0,
                      "'%s' goes on with something", cmd->words);
    }
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
        for (char *p = to + 1; *p != '\0'; p++)
            *p = p[1];
    }
}

/** Whether a suggestion is the right word, or another one ("start" for "rstart" of "restart") that
 *  is as near to what was typed. */
static bool is_near(struct slice got, struct slice right, const char *wrong)
{
    char a[LINE_MAX_BYTES];
    char b[LINE_MAX_BYTES];

    if (got.at == NULL || slice_same(got, right))
        return got.at != NULL;
    return text_distance(wrong, text_copy_defused(a, sizeof a, got)) <=
           text_distance(wrong, text_copy_defused(b, sizeof b, right));
}

START_TEST(misspelt_word_is_suggested)
{
    const struct cmd *cmd = real_cmd(_i);
    struct words w;
    struct cmd_view v = view(is_meant_for(cmd, &(struct cmd_view){.privilege = 1}) ? 1 : 3);

    cmd_split(cmd->words, &w);
    for (size_t i = 0; i < 2 * w.n; i++) {
        size_t depth = i / 2;
        struct slice right = w.word[depth];
        struct words typed = w;
        char wrong[LINE_MAX_BYTES];
        misspell(wrong, right, i % 2 == 1);
        typed.word[depth] = slice_of(wrong);
        struct slice got = cmd_suggest(&v, &typed, depth);
        ck_assert_msg(slice_is(right, wrong) || is_near(got, right, wrong),
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

START_TEST(takes_row)
{
    const struct takes_row *row = &takes_rows[_i];
    struct cmd cmd = {.words = "utils add", .param = row->param};
    char usage[CMD_USAGE_MAX];

    for (size_t n = 0; n <= CMD_WORDS_MAX; n++)
        ck_assert_msg(cmd_takes(&cmd, n) == (n >= row->min && n <= row->max), "%s: %zu words",
                      row->name, n);
    ck_assert_str_eq(cmd_usage(&cmd, usage), row->usage);
    ck_assert_msg(row->param == NULL || cmd_is_optional(row->param) == (row->min == 0), "%s",
                  row->name);
}
END_TEST

/** Usage that does not fit is cut, not written behind its end. */
START_TEST(long_usage)
{
    static char words[2 * CMD_USAGE_MAX];
    struct cmd cmd = {.words = words};
    struct {
        char text[CMD_USAGE_MAX];
        char behind;
    } usage = {.behind = 'x'};

    memset(words, 'w', sizeof words - 1);
    ck_assert_ptr_eq(cmd_usage(&cmd, usage.text), usage.text);
    ck_assert_uint_eq(strlen(usage.text), CMD_USAGE_MAX - 1);
    ck_assert_int_eq(usage.behind, 'x');
}
END_TEST

static struct cmd_view small_view(unsigned privilege, enum platform platform)
{
    return (struct cmd_view){small_table, small_n, privilege, platform};
}

START_TEST(match_row)
{
    const struct match_row *row = &match_rows[_i];
    struct cmd_view v = small_view(row->privilege, row->platform);
    struct words w;

    cmd_split(row->line, &w);
    struct cmd_match got = cmd_match(&v, &w);
    const struct cmd *want = row->cmd < 0 ? NULL : small_table[row->cmd];
    expect_match(row->name, got, row->kind, want, row->n_matched);
}
END_TEST

START_TEST(next_row)
{
    const struct next_row *row = &next_rows[_i];
    struct cmd_view v = small_view(row->privilege, row->platform);
    struct words w;
    struct cmd_next next[CMD_NEXT_MAX];
    char joined[LINE_MAX_BYTES] = "";
    size_t used = 0;

    cmd_split(row->line, &w);
    size_t n = cmd_next_words(&v, &w, w.n, next, row->max);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(joined + used, sizeof joined - used, "%s%.*s%s", i == 0 ? "" : " ",
                                 (int)next[i].word.n, next[i].word.at, next[i].has_more ? "*" : "");
    ck_assert_msg(strcmp(joined, row->want) == 0, "%s: expected '%s', got '%s'", row->name,
                  row->want, joined);
}
END_TEST

START_TEST(suggest_row)
{
    const struct suggest_row *row = &suggest_rows[_i];
    struct cmd_view v = small_view(row->privilege, row->platform);
    struct words w;

    cmd_split(row->line, &w);
    struct slice got = cmd_suggest(&v, &w, row->depth);
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
    tcase_add_loop_test(real, flags_are_sound, 0, (int)n);
    tcase_add_loop_test(real, parameter_is_sound, 0, (int)n);
    tcase_add_loop_test(real, matches_itself, 0, (int)n);
    tcase_add_loop_test(real, is_hidden_elsewhere, 0, (int)n);
    tcase_add_loop_test(real, is_incomplete_at_each_prefix, 0, (int)n);
    tcase_add_loop_test(real, is_unknown_at_each_depth, 0, (int)n);
    tcase_add_loop_test(real, is_offered_at_each_depth, 0, (int)n);
    tcase_add_loop_test(real, misspelt_word_is_suggested, 0, (int)n);
    tcase_add_loop_test(rows, split_row, 0, (int)split_n_rows);
    tcase_add_loop_test(rows, skip_row, 0, (int)skip_n_rows);
    tcase_add_loop_test(rows, takes_row, 0, (int)takes_n_rows);
    tcase_add_test(rows, long_usage);
    tcase_add_loop_test(rows, match_row, 0, (int)match_n_rows);
    tcase_add_loop_test(rows, next_row, 0, (int)next_n_rows);
    tcase_add_loop_test(rows, suggest_row, 0, (int)suggest_n_rows);
    suite_add_tcase(s, real);
    suite_add_tcase(s, rows);
    return s;
}
