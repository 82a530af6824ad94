/* A line typed at the shell: taken apart, matched, completed and corrected. */
#include "cmd.h"
#include "fuzz.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NEXT_MAX 16

static const struct cmd rows[] = {
    {"show", "[WHAT]", "Show", 0, 1, 0, 0, NULL},
    {"show version active", "", "Show the version", 0, 0, 0, 0, NULL},
    {"show version inactive", "", "Show the other version", 0, 0, 0, 0, NULL},
    {"utils cuic cors allowed_origin list", "", "List", 0, 0, 0, 0, NULL},
    {"utils cuic cors allowed_origin add", "URL", "Add", 1, 1, 1, CMD_RESTART, NULL},
    {"utils service restart", "NAME", "Restart", 1, CMD_WORDS_MAX, 1, 0, NULL},
    {"lab reset", "", "Reset", 0, 0, 1, CMD_LAB, NULL},
};
static const struct cmd *const table[] = {
    &rows[0], &rows[1], &rows[2], &rows[3], &rows[4], &rows[5], &rows[6],
};

static bool same(struct slice a, struct slice b)
{
    return a.n == b.n && memcmp(a.at, b.at, a.n) == 0;
}

/** The words lie behind each other in the line, none empty, none with a blank in it. */
static void check_words(const char *line, const struct words *w)
{
    const char *end = line;

    REQUIRE(w->n <= CMD_WORDS_MAX && (!w->is_too_many || w->n == CMD_WORDS_MAX));
    for (size_t i = 0; i < w->n; i++) {
        REQUIRE(w->word[i].n > 0 && w->word[i].at >= end);
        REQUIRE(memchr(w->word[i].at, ' ', w->word[i].n) == NULL);
        end = w->word[i].at + w->word[i].n;
        REQUIRE(end <= line + strlen(line) && (*end == ' ' || *end == '\0'));
    }
    REQUIRE(w->is_too_many || strspn(end, " ") == strlen(end));
}

static void check_next(const struct words *w, size_t depth, unsigned privilege, size_t at_least)
{
    struct slice next[NEXT_MAX];
    size_t n = cmd_next_words(table, COUNT(table), w, depth, privilege, next, NEXT_MAX);
    struct slice suggestion = cmd_suggest(table, COUNT(table), w, depth, privilege);
    bool is_offered = suggestion.at == NULL;

    REQUIRE(n >= at_least && n <= NEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            REQUIRE(!same(next[i], next[j]));
        is_offered = is_offered || same(next[i], suggestion);
    }
    REQUIRE(is_offered);
}

static void check_match(const struct words *w, unsigned privilege)
{
    struct cmd_match m = cmd_match(table, COUNT(table), w, privilege);
    struct words own;

    REQUIRE(m.n_matched <= w->n && (m.cmd != NULL) == (m.kind == CMD_MATCH));
    if (m.kind == CMD_MATCH) {
        cmd_split(m.cmd->words, &own);
        REQUIRE(own.n == m.n_matched && (privilege > 0 || (m.cmd->flags & CMD_LAB) == 0));
        for (size_t i = 0; i < own.n; i++)
            REQUIRE(same(own.word[i], w->word[i]));
    } else if (m.kind == CMD_INCOMPLETE) {
        REQUIRE(m.n_matched == w->n);
        check_next(w, w->n, privilege, 1);
    } else {
        REQUIRE(m.n_matched < w->n);
        check_next(w, m.n_matched, privilege, 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = calloc(1, size + 1);
    struct words w;

    REQUIRE(line != NULL);
    if (size > 0)
        memcpy(line, data, size);
    cmd_split(line, &w);
    check_words(line, &w);
    for (unsigned privilege = 0; privilege < 2; privilege++) {
        check_match(&w, privilege);
        for (size_t depth = 0; depth <= w.n; depth++)
            check_next(&w, depth, privilege, 0);
    }
    free(line);
    return 0;
}
