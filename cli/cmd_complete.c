#include <string.h>

#include "cmd.h"

/** What Tab is asked: the words before the one at the cursor, and the beginning of that one. */
struct question {
    struct words before;
    struct slice begun;
};

static bool begins_with(struct slice text, struct slice beginning)
{
    return text.n >= beginning.n && memcmp(text.at, beginning.at, beginning.n) == 0;
}

/** Keep those of `next` that begin so; returns how many. */
static size_t keep_begun(struct cmd_next *next, size_t n, struct slice begun)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (begun.n == 0 || begins_with(next[i].word, begun))
            next[kept++] = next[i];
    return kept;
}

/** How many bytes all words have in common. */
static size_t common_length(const struct cmd_next *next, size_t n)
{
    size_t length = next[0].word.n;

    for (size_t i = 1; i < n; i++) {
        size_t same = 0;
        while (same < length && same < next[i].word.n &&
               next[i].word.at[same] == next[0].word.at[same])
            same++;
        length = same;
    }
    return length;
}

static void insert(struct cmd_completion *c, struct slice text, const char *behind)
{
    size_t n = text.n < sizeof c->insert - 2 ? text.n : sizeof c->insert - 2;

    if (n > 0)
        memcpy(c->insert, text.at, n);
    memcpy(c->insert + n, behind, strlen(behind) + 1);
}

/** Choose among what may stand at the cursor, which `ret` holds. @return whether one word is left,
 *  which is complete now */
static bool choose(struct cmd_completion *ret, struct slice begun)
{
    if (ret->n == 0)
        return false;
    size_t common = common_length(ret->next, ret->n);
    struct slice more = {ret->next[0].word.at + begun.n, common - begun.n};
    if (ret->n == 1) {
        insert(ret, more, " ");
        ret->n = 0;
        return more.n == 0;
    }
    insert(ret, more, "");
    if (more.n > 0)
        ret->n = 0;
    return false;
}

/** How many words before the cursor a choice begins with: all behind the command's own; of options
 *  the last one, as long as it has no value.
 * @return false when what is typed there is no option at all */
static bool words_begun(const struct cmd *cmd, const struct question *q, size_t n_words,
                        size_t *ret_n)
{
    size_t n = q->before.n - n_words;

    *ret_n = n;
    bool takes_options = cmd->param->arity == CMD_OPTIONS || cmd->param->arity == CMD_MAYBE_OPTIONS;
    if (!takes_options || n == 0)
        return true;
    *ret_n = begins_with(q->before.word[q->before.n - 1], slice_of("--")) ? 1 : 0;
    return begins_with(q->before.word[n_words], slice_of("--"));
}

/** The choices of a parameter, compared with what is typed behind the command's words. */
static void complete_param(const struct cmd *cmd, const struct question *q, size_t n_words,
                           const void *context, struct cmd_completion *ret)
{
    const char *choice = NULL;
    size_t n_before = 0;

    if (cmd->param == NULL || cmd->param->choices == NULL ||
        !words_begun(cmd, q, n_words, &n_before))
        return;
    for (size_t i = 0; (choice = cmd->param->choices(context, i)) != NULL; i++) {
        const struct slice *typed = q->before.word + q->before.n - n_before;
        const char *rest = cmd_skip_words(choice, typed, n_before);
        if (rest != NULL && *rest != '\0' && ret->n < CMD_NEXT_MAX)
            ret->next[ret->n++] = (struct cmd_next){slice_of(rest), false};
    }
    ret->n = keep_begun(ret->next, ret->n, q->begun);
    (void)choose(ret, q->begun);
}

static struct question ask(const char *typed)
{
    struct question q;
    size_t length = strlen(typed);

    cmd_split(typed, &q.before);
    q.begun = (struct slice){typed + length, 0};
    if (length > 0 && typed[length - 1] != ' ' && q.before.n > 0 && !q.before.is_too_many)
        q.begun = q.before.word[--q.before.n];
    return q;
}

/** Of what may stand at the cursor, what begins as typed. */
static size_t find_begun(const struct cmd_view *v, const struct question *q, struct cmd_next *ret)
{
    return keep_begun(ret, cmd_next_words(v, &q->before, q->before.n, ret, CMD_NEXT_MAX), q->begun);
}

static void complete_word(const struct cmd_view *v, const struct question *q,
                          struct cmd_completion *ret)
{
    ret->n = find_begun(v, q, ret->next);
    if (choose(ret, q->begun)) {
        struct words all = q->before;
        all.word[all.n++] = q->begun; /* a whole word: what it may go on with */
        ret->n = cmd_next_words(v, &all, all.n, ret->next, CMD_NEXT_MAX);
    }
}

void cmd_complete(const struct cmd_view *v, const char *typed, const void *context,
                  struct cmd_completion *ret)
{
    struct question q = ask(typed);

    ret->insert[0] = '\0';
    ret->n = 0;
    if (q.before.is_too_many)
        return;
    struct cmd_match m = cmd_match(v, &q.before);
    if (m.kind == CMD_UNKNOWN && q.before.n > 0)
        return;
    bool is_match = m.kind == CMD_MATCH;
    if (is_match && (m.cmd->flags & CMD_HELP) != 0) {
        struct slice own = q.before.word[m.n_matched - 1];
        q = ask(own.at + own.n); /* a command's words, and no parameters */
        complete_word(v, &q, ret);
    } else if (is_match && find_begun(v, &q, ret->next) == 0) {
        complete_param(m.cmd, &q, m.n_matched, context, ret);
    } else {
        complete_word(v, &q, ret);
    }
}
