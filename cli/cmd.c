#include "cmd.h"

#include <stdio.h>
#include <string.h>

#define SUGGEST_WITHIN 3 /* edits between a typed word and a suggestion, but at most half of it */

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

bool cmd_is_visible(const struct cmd_view *v, const struct cmd *cmd)
{
    unsigned other = v->platform == PLATFORM_CUIC ? CMD_FINESSE : CMD_CUIC;

    return (cmd->flags & other) == 0 && ((cmd->flags & CMD_LAB) == 0 || v->privilege > 0);
}

bool cmd_takes(const struct cmd *cmd, size_t n_args)
{
    if (cmd->param == NULL)
        return n_args == 0;
    switch (cmd->param->arity) {
    case CMD_ONE:
        return n_args == 1;
    case CMD_MAYBE:
        return n_args <= 1;
    case CMD_REST:
    case CMD_OPTIONS:
        return n_args >= 1;
    case CMD_MAYBE_REST:
    case CMD_MAYBE_OPTIONS:
        break;
    }
    return true;
}

bool cmd_is_optional(const struct cmd_param *p)
{
    return p->arity == CMD_MAYBE || p->arity == CMD_MAYBE_REST || p->arity == CMD_MAYBE_OPTIONS;
}

char *cmd_usage(const struct cmd *cmd, char to[CMD_USAGE_MAX])
{
    const struct cmd_param *p = cmd->param;

    if (p == NULL)
        (void)snprintf(to, CMD_USAGE_MAX, "%s", cmd->words);
    else if (cmd_is_optional(p))
        (void)snprintf(to, CMD_USAGE_MAX, "%s [%s]", cmd->words, p->name);
    else
        (void)snprintf(to, CMD_USAGE_MAX, "%s %s", cmd->words, p->name);
    return to;
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

struct cmd_match cmd_match(const struct cmd_view *v, const struct words *w)
{
    struct cmd_match best = {CMD_UNKNOWN, NULL, 0};

    for (size_t i = 0; i < v->n; i++) {
        bool is_all = false;
        if (!cmd_is_visible(v, v->table[i]))
            continue;
        size_t common = common_words(v->table[i], w, &is_all);
        if (is_all && (best.cmd == NULL || common > best.n_matched))
            best = (struct cmd_match){CMD_MATCH, v->table[i], common};
        else if (best.cmd == NULL && common > best.n_matched)
            best.n_matched = common;
    }
    if (best.cmd == NULL && best.n_matched == w->n)
        best.kind = CMD_INCOMPLETE;
    return best;
}

/** The word number `depth` of a command whose first words are those of `w`; n 0 for none. */
static struct cmd_next word_at(const struct cmd *cmd, const struct words *w, size_t depth)
{
    struct slice rest = slice_of(cmd->words);
    struct slice word = take_word(&rest);

    for (size_t i = 0; i < depth; i++) {
        if (word.n == 0 || !slice_same(word, w->word[i]))
            return (struct cmd_next){{NULL, 0}, false};
        word = take_word(&rest);
    }
    return (struct cmd_next){word, rest.n > 0};
}

size_t cmd_next_words(const struct cmd_view *v, const struct words *w, size_t depth,
                      struct cmd_next *ret, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < v->n; i++) {
        struct cmd_next next = word_at(v->table[i], w, depth);
        size_t j = 0;
        if (next.word.n == 0 || !cmd_is_visible(v, v->table[i]))
            continue;
        while (j < count && !slice_same(ret[j].word, next.word))
            j++;
        if (j < count)
            ret[j].has_more = ret[j].has_more || next.has_more;
        else if (count < max)
            ret[count++] = next;
    }
    return count;
}

static char *lowered(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        *p = (char)ascii_lower((unsigned char)*p);
    return text;
}

struct slice cmd_suggest(const struct cmd_view *v, const struct words *w, size_t depth)
{
    struct cmd_next next[CMD_NEXT_MAX];
    char typed[64];
    char candidate[64];
    struct slice best = {NULL, 0};
    size_t best_distance = SUGGEST_WITHIN + 1;

    if (depth >= w->n || w->word[depth].n >= sizeof typed)
        return best;
    (void)text_copy_defused(typed, sizeof typed, w->word[depth]);
    size_t count = cmd_next_words(v, w, depth, next, CMD_NEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        (void)text_copy_defused(candidate, sizeof candidate, next[i].word);
        size_t distance = text_distance(lowered(typed), lowered(candidate));
        if (distance < best_distance && 2 * distance <= next[i].word.n) {
            best = next[i].word;
            best_distance = distance;
        }
    }
    return best;
}
