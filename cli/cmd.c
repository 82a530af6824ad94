#include "cmd.h"

#include <string.h>

#define NEXT_MAX       64 /* different words at one depth */
#define SUGGEST_WITHIN 3  /* edits between a typed word and a suggestion */

/** Take the next word off the front of `rest`; n 0 when there is none. */
static struct slice take_word(struct slice *rest)
{
    while (rest->n > 0 && rest->at[0] == ' ') {
        rest->at++;
        rest->n--;
    }
    struct slice word = {rest->at, 0};
    while (word.n < rest->n && rest->at[word.n] != ' ')
        word.n++;
    rest->at += word.n;
    rest->n -= word.n;
    return word;
}

void cmd_split(const char *line, struct words *ret)
{
    struct slice rest = slice_of(line);

    *ret = (struct words){.n = 0};
    for (struct slice word = take_word(&rest); word.n > 0; word = take_word(&rest)) {
        if (ret->n == CMD_WORDS_MAX) {
            ret->is_too_many = true;
            return;
        }
        ret->word[ret->n++] = word;
    }
}

const char *cmd_skip_words(const char *text, const struct slice *typed, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t word = strcspn(text, " ");
        if (!slice_same((struct slice){text, word}, typed[i]))
            return NULL;
        text += text[word] == ' ' ? word + 1 : word;
    }
    return text;
}

static bool is_visible(const struct cmd *cmd, unsigned privilege)
{
    return (cmd->flags & CMD_LAB) == 0 || privilege > 0;
}

/** How many words of the command the line begins with; *ret_all is set when that is all of them. */
static size_t common_words(const struct cmd *cmd, const struct words *w, bool *ret_all)
{
    struct slice rest = slice_of(cmd->words);
    size_t n = 0;

    for (struct slice word = take_word(&rest); word.n > 0; word = take_word(&rest)) {
        if (n == w->n || !slice_same(word, w->word[n])) {
            *ret_all = false;
            return n;
        }
        n++;
    }
    *ret_all = true;
    return n;
}

struct cmd_match cmd_match(const struct cmd *const *table, size_t n, const struct words *w,
                           unsigned privilege)
{
    struct cmd_match best = {CMD_UNKNOWN, NULL, 0};

    for (size_t i = 0; i < n; i++) {
        bool is_all = false;
        if (!is_visible(table[i], privilege))
            continue;
        size_t common = common_words(table[i], w, &is_all);
        if (is_all && (best.cmd == NULL || common > best.n_matched))
            best = (struct cmd_match){CMD_MATCH, table[i], common};
        else if (best.cmd == NULL && common > best.n_matched)
            best.n_matched = common;
    }
    if (best.cmd == NULL && best.n_matched == w->n)
        best.kind = CMD_INCOMPLETE;
    return best;
}

/** The word number `depth` of a command whose first words are those of `w`; n 0 for none. */
static struct slice word_at(const struct cmd *cmd, const struct words *w, size_t depth)
{
    struct slice rest = slice_of(cmd->words);
    struct slice word = take_word(&rest);

    for (size_t i = 0; i < depth; i++) {
        if (word.n == 0 || !slice_same(word, w->word[i]))
            return (struct slice){NULL, 0};
        word = take_word(&rest);
    }
    return word;
}

size_t cmd_next_words(const struct cmd *const *table, size_t n, const struct words *w, size_t depth,
                      unsigned privilege, struct slice *ret, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < n && count < max; i++) {
        struct slice word = word_at(table[i], w, depth);
        bool is_new = word.n > 0 && is_visible(table[i], privilege);
        for (size_t j = 0; is_new && j < count; j++)
            is_new = !slice_same(ret[j], word);
        if (is_new)
            ret[count++] = word;
    }
    return count;
}

static char *lowered(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        *p = (char)ascii_lower((unsigned char)*p);
    return text;
}

struct slice cmd_suggest(const struct cmd *const *table, size_t n, const struct words *w,
                         size_t depth, unsigned privilege)
{
    struct slice next[NEXT_MAX];
    char typed[64];
    char candidate[64];
    struct slice best = {NULL, 0};
    size_t best_distance = SUGGEST_WITHIN + 1;

    if (depth >= w->n || w->word[depth].n >= sizeof typed)
        return best;
    (void)text_copy_defused(typed, sizeof typed, w->word[depth]);
    size_t count = cmd_next_words(table, n, w, depth, privilege, next, NEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t distance = text_distance(
            lowered(typed), lowered(text_copy_defused(candidate, sizeof candidate, next[i])));
        if (distance < best_distance && distance < next[i].n) {
            best = next[i];
            best_distance = distance;
        }
    }
    return best;
}
