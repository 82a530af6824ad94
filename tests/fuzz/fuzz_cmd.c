/* A line typed at the shell: taken apart, matched, completed and corrected. The first byte says who
 * types it. */
#include "cmd.h"
#include "fuzz.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DEEPEST  5 /* words of the longest command */

static const char asked_by; /* what choices are asked with */

/** Choices with common beginnings and with blanks in them, as the names of services have. */
static const char *nth_name(const void *context, size_t i)
{
    static const char *const name[] = {"Cisco Tomcat", "Cisco Tomcat Stats Servlet", "Cisco CDP",
                                       "SOAP -Log Collection APIs", NULL};

    REQUIRE(context == &asked_by);
    return name[i];
}

static const char *on_or_off(const void *context, size_t i)
{
    static const char *const word[] = {"on", "off", NULL};

    REQUIRE(context == &asked_by);
    return word[i];
}

static const struct cmd_param what = {"[WHAT]", CMD_MAYBE, "what", "status", NULL};
static const struct cmd_param url = {"URL", CMD_ONE, "which", "https://a.example", NULL};
static const struct cmd_param name = {"NAME", CMD_REST, "which", "Cisco CDP", nth_name};
static const struct cmd_param either = {"on|off", CMD_ONE, "whether", "on", on_or_off};
static const struct cmd_param command = {"COMMAND", CMD_MAYBE_REST, "which", "show", NULL};

static const struct cmd rows[] = {
    {"show", "Show", &what, 0, 0, NULL, NULL},
    {"show version active", "Show the version", NULL, 0, 0, NULL, NULL},
    {"show version inactive", "Show the other version", NULL, 0, 0, NULL, NULL},
    {"utils cuic cors allowed_origin list", "List", NULL, 0, CMD_CUIC, NULL, NULL},
    {"utils cuic cors allowed_origin add", "Add", &url, 1, CMD_CUIC | CMD_RESTART, NULL, NULL},
    {"utils finesse cors enable", "Enable", NULL, 1, CMD_FINESSE, NULL, NULL},
    {"utils finesse cors enable_all", "Enable", NULL, 1, CMD_FINESSE, NULL, NULL},
    {"utils service restart", "Restart", &name, 1, 0, NULL, NULL},
    {"set cli pagination", "Set", &either, 1, 0, NULL, NULL},
    {"lab reset", "Reset", NULL, 1, CMD_LAB, NULL, NULL},
    {"help", "Help", &command, 0, CMD_HELP, NULL, NULL},
};
static const struct cmd *const table[] = {
    &rows[0], &rows[1], &rows[2], &rows[3], &rows[4],  &rows[5],
    &rows[6], &rows[7], &rows[8], &rows[9], &rows[10],
};

/** The words lie behind each other in the line, none empty, none with a blank in it. */
static void check_words(const char *line, const struct words *w)
{
    const char *end = line;

    REQUIRE(w->n <= CMD_WORDS_MAX && (!w->is_too_many || w->n == CMD_WORDS_MAX));
    for (size_t i = 0; i < w->n; i++) {
        REQUIRE(w->word[i].n > 0 && w->word[i].at >= end);
        REQUIRE(memchr(w->word[i].at, ' ', w->word[i].n) == NULL);
        REQUIRE(strspn(end, " ") == (size_t)(w->word[i].at - end));
        end = w->word[i].at + w->word[i].n;
        REQUIRE(end <= line + strlen(line) && (*end == ' ' || *end == '\0'));
    }
    REQUIRE(w->is_too_many || strspn(end, " ") == strlen(end));
}

/** What may follow: each word once, a word of a command that is visible, marked when it goes on. */
static void check_next(const struct cmd_view *v, const struct words *w, size_t depth,
                       size_t at_least)
{
    struct cmd_next next[CMD_NEXT_MAX];
    size_t n = cmd_next_words(v, w, depth, next, CMD_NEXT_MAX);
    struct slice suggestion = cmd_suggest(v, w, depth);
    bool is_offered = suggestion.at == NULL;

    REQUIRE(n >= at_least && n <= COUNT(table));
    for (size_t i = 0; i < n; i++) {
        bool is_known = false;
        bool has_more = false;
        for (size_t j = 0; j < i; j++)
            REQUIRE(!slice_same(next[i].word, next[j].word));
        for (size_t j = 0; j < COUNT(table); j++) {
            const char *rest = cmd_skip_words(table[j]->words, w->word, depth);
            if (rest == NULL || !cmd_is_visible(v, table[j]))
                continue;
            rest = cmd_skip_words(rest, &next[i].word, 1);
            is_known = is_known || rest != NULL;
            has_more = has_more || (rest != NULL && *rest != '\0');
        }
        REQUIRE(is_known && has_more == next[i].has_more);
        is_offered = is_offered || slice_same(next[i].word, suggestion);
    }
    REQUIRE(is_offered);
}

static void check_match(const struct cmd_view *v, const struct words *w)
{
    struct cmd_match m = cmd_match(v, w);

    REQUIRE(m.n_matched <= w->n && (m.cmd != NULL) == (m.kind == CMD_MATCH));
    if (m.kind == CMD_MATCH) {
        const char *rest = cmd_skip_words(m.cmd->words, w->word, m.n_matched);
        REQUIRE(rest != NULL && *rest == '\0' && cmd_is_visible(v, m.cmd));
        for (size_t i = 0; i < COUNT(table); i++) /* no longer command is meant */
            for (size_t n = m.n_matched + 1; n <= w->n && n <= DEEPEST; n++) {
                rest = cmd_skip_words(table[i]->words, w->word, n);
                REQUIRE(rest == NULL || *rest != '\0' || !cmd_is_visible(v, table[i]));
            }
    } else if (m.kind == CMD_INCOMPLETE) {
        REQUIRE(m.n_matched == w->n);
        check_next(v, w, w->n, 1);
    } else {
        REQUIRE(m.n_matched < w->n);
        check_next(v, w, m.n_matched, 1);
    }
}

/** Do these words begin a visible command? */
static bool begins_command(const struct cmd_view *v, const struct slice *word, size_t n)
{
    for (size_t i = 0; i < COUNT(table); i++)
        if (cmd_is_visible(v, table[i]) && cmd_skip_words(table[i]->words, word, n) != NULL)
            return true;
    return false;
}

/** Do these words begin a visible command, or one with a choice of its parameter, or, behind
 *  `help`, the words of a command? */
static bool is_beginning(const struct cmd_view *v, const struct words *w)
{
    struct cmd_match m = cmd_match(v, w);
    const char *choice = NULL;

    if (begins_command(v, w->word, w->n))
        return true;
    if (m.kind != CMD_MATCH || m.cmd->param == NULL)
        return false;
    if ((m.cmd->flags & CMD_HELP) != 0)
        return begins_command(v, w->word + m.n_matched, w->n - m.n_matched);
    for (size_t i = 0;
         m.cmd->param->choices != NULL && (choice = m.cmd->param->choices(&asked_by, i)) != NULL;
         i++)
        if (cmd_skip_words(choice, w->word + m.n_matched, w->n - m.n_matched) != NULL)
            return true;
    return false;
}

/** The words of what is typed with what Tab put in; without the last one, unless it is whole. */
static struct words completed(const char *line, const char *insert, char *both)
{
    struct words w;
    size_t n = strlen(line);
    size_t n_insert = strlen(insert);

    memcpy(both, line, n);
    memcpy(both + n, insert, n_insert + 1);
    cmd_split(both, &w);
    REQUIRE(!w.is_too_many);
    if (insert[n_insert - 1] != ' ')
        w.n--;
    return w;
}

/** What Tab puts in makes what is typed a beginning of something; what it lists is there once. */
static void check_complete(const struct cmd_view *v, const char *line)
{
    struct cmd_completion got;

    memset(&got, 0xa5, sizeof got);
    cmd_complete(v, line, &asked_by, &got);
    REQUIRE(memchr(got.insert, '\0', sizeof got.insert) != NULL && is_harmless(got.insert));
    REQUIRE(got.n <= COUNT(table));
    for (size_t i = 0; i < got.n; i++) {
        REQUIRE(got.next[i].word.n > 0);
        for (size_t j = 0; j < i; j++)
            REQUIRE(!slice_same(got.next[i].word, got.next[j].word));
    }
    if (got.insert[0] == '\0')
        return;
    char *both = malloc(strlen(line) + sizeof got.insert);
    REQUIRE(both != NULL);
    struct words w = completed(line, got.insert, both);
    REQUIRE(is_beginning(v, &w));
    free(both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cmd_view v = {.table = table, .n = COUNT(table)};
    char *line = calloc(1, size + 1);
    struct words w;

    REQUIRE(line != NULL);
    if (size > 1)
        memcpy(line, data + 1, size - 1);
    v.privilege = size > 0 ? data[0] % 2 : 0;
    v.platform = size > 0 && data[0] / 2 % 2 == 1 ? PLATFORM_FINESSE : PLATFORM_CUIC;
    cmd_split(line, &w);
    check_words(line, &w);
    check_match(&v, &w);
    for (size_t depth = 0; depth <= w.n; depth++)
        check_next(&v, &w, depth, 0);
    check_complete(&v, line);
    free(line);
    return 0;
}
