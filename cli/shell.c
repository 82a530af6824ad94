#include "shell.h"

#include <stdlib.h>
#include <string.h>

#include "cmds.h"

#define STORE_BUSY_MS                                                                              \
    15000             /* four shells adding at once wait for each other, and none gives up         \
                       */
#define SHOWN_MAX 256 /* bytes of a typed word in a message */

const struct cmd *const *shell_table(size_t *ret_n)
{
    static const struct cmd *table[CMDS_MAX];
    static size_t n;

    if (n == 0) {
        n = cmds_cors(table, n);
        n = cmds_service(table, n);
        n = cmds_lab(table, n);
        n = cmds_shell(table, n);
    }
    *ret_n = n;
    return table;
}

struct store *call_store(struct call *c)
{
    struct diag why = {0, ""};
    struct shell *sh = c->sh;

    /* A session may outlive its store's file: never edit one that nobody sees any more. */
    int64_t version = 0;
    if (sh->store != NULL && store_data_version(sh->store, &version, &why) != ERR_NOTFOUND)
        return sh->store;
    store_close(sh->store);
    sh->store = NULL;
    enum err e = store_open(sh->config, STORE_BUSY_MS, &sh->store, &why);
    if (e != ERR_OK)
        (void)call_store_failed(c, e, &why);
    return e == ERR_OK ? sh->store : NULL;
}

struct target call_target(const struct call *c)
{
    return (struct target){c->sh->config->nodes[c->sh->node].name, c->service};
}

enum result call_store_failed(struct call *c, enum err e, const struct diag *why)
{
    const char *text = why->text[0] == '\0' ? err_text(e) : why->text;

    (void)fprintf(stderr, "cuicsim-cli: %s\n", text);
    if (c->json != NULL)
        (void)json_object_set_new(c->json, "error", json_string(text));
    return RESULT_UNUSABLE;
}

enum result call_failed(struct call *c)
{
    out_printf(&c->out, "Executed command unsuccessfully\n");
    return RESULT_FAILED;
}

static void print_next_words(struct call *c, const struct words *w, size_t depth)
{
    struct slice next[CMDS_MAX];
    size_t n_table = 0;
    const struct cmd *const *table = shell_table(&n_table);
    size_t n = cmd_next_words(table, n_table, w, depth, c->sh->privilege, next, CMDS_MAX);

    for (size_t i = 0; i < n; i++)
        out_printf(&c->out, "  %.*s\n", (int)next[i].n, next[i].at);
}

/** UNVERIFIED: a public tool tests for this sentence; when else the platform prints it is not
 *  known. What follows it is the simulator's own help. */
static enum result say_unknown(struct call *c, const struct words *w, size_t depth)
{
    char typed[SHOWN_MAX];
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);
    struct slice suggestion = cmd_suggest(table, n, w, depth, c->sh->privilege);

    out_printf(&c->out, "No valid command entered\n");
    if (suggestion.at != NULL)
        out_printf(&c->out, "'%s' is not known here; did you mean '%.*s'?\n",
                   text_copy_defused(typed, sizeof typed, w->word[depth]), (int)suggestion.n,
                   suggestion.at);
    else if (depth < w->n)
        out_printf(&c->out, "'%s' is not known here\n",
                   text_copy_defused(typed, sizeof typed, w->word[depth]));
    return RESULT_USAGE;
}

static enum result say_incomplete(struct call *c, const struct words *w)
{
    out_printf(&c->out, "Incomplete command; it goes on with one of:\n");
    print_next_words(c, w, w->n);
    return RESULT_USAGE;
}

static enum result say_usage(struct call *c)
{
    out_printf(&c->out, "usage: %s%s%s\n", c->cmd->words, c->cmd->args[0] == '\0' ? "" : " ",
               c->cmd->args);
    if (strchr(c->cmd->args, ',') != NULL && c->n_args > 1)
        out_printf(&c->out, "Separate the entries by commas, without blanks.\n");
    return RESULT_USAGE;
}

/** `?` behind words: the words that may follow, or how the command's arguments are written. */
static enum result say_what_follows(struct call *c, const struct words *w)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);
    struct cmd_match m = cmd_match(table, n, w, c->sh->privilege);

    if (m.kind == CMD_UNKNOWN && w->n > 0)
        return say_unknown(c, w, m.n_matched);
    if (m.kind == CMD_MATCH)
        out_printf(&c->out, "Syntax:\n%s%s%s\n", m.cmd->words, m.cmd->args[0] == '\0' ? "" : " ",
                   m.cmd->args);
    else
        print_next_words(c, w, w->n);
    return RESULT_DONE;
}

static void print_restart_notice(struct call *c)
{
    const char *service = cmds_service_name(c->service);

    /* UNVERIFIED: Finesse's wording; CUIC's is settled by one `enable` on a real node. */
    out_printf(&c->out, "\nRestart %s for the changes to take effect:\n utils service restart %s\n",
               service, service);
    if (c->sh->config->apply_changes == APPLY_IMMEDIATE)
        out_printf(&c->out,
                   "(cuicsim has applied the change already: apply_changes = immediate)\n");
}

static enum result run_command(struct call *c)
{
    if (c->n_args < c->cmd->min_args || c->n_args > c->cmd->max_args)
        return say_usage(c);
    if (c->cmd->privilege > c->sh->privilege) {
        /* UNVERIFIED: the platform's wording of this refusal is not known. */
        out_printf(&c->out, "This command needs privilege level %u\n", c->cmd->privilege);
        return call_failed(c);
    }
    enum result r = c->cmd->run(c);
    if (r == RESULT_DONE && c->is_changed && (c->cmd->flags & CMD_RESTART) != 0)
        print_restart_notice(c);
    return r;
}

static enum result dispatch(struct call *c, const struct words *w)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);
    struct words shown = *w;

    if (w->is_too_many) {
        out_printf(&c->out, "Too many words in one command\n");
        return RESULT_USAGE;
    }
    if (slice_is(w->word[w->n - 1], "?")) {
        shown.n--;
        return say_what_follows(c, &shown);
    }
    struct cmd_match m = cmd_match(table, n, w, c->sh->privilege);
    if (m.kind == CMD_UNKNOWN)
        return say_unknown(c, w, m.n_matched);
    if (m.kind == CMD_INCOMPLETE)
        return say_incomplete(c, w);
    c->cmd = m.cmd;
    c->args = w->word + m.n_matched;
    c->n_args = w->n - m.n_matched;
    if (c->n_args > 0) {
        struct slice last = w->word[w->n - 1];
        c->rest = (struct slice){c->args[0].at, (size_t)(last.at + last.n - c->args[0].at)};
    }
    return run_command(c);
}

/** @return whether the answer left the program */
static bool print_json(struct call *c, enum result r)
{
    (void)json_object_set_new(c->json, "node", json_string(call_target(c).node));
    (void)json_object_set_new(c->json, "command",
                              c->cmd == NULL ? json_null() : json_string(c->cmd->words));
    (void)json_object_set_new(c->json, "exit", json_integer(r));
    (void)json_object_set_new(c->json, "text", json_string(buf_text(&c->out.captured)));
    int rc = json_dumpf(c->json, c->sh->to, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(c->json);
    return fputc('\n', c->sh->to) != EOF && rc == 0;
}

static struct call begin_call(struct shell *sh)
{
    struct call c = {.sh = sh, .service = SERVICE_CUIC};

    out_init(&c.out, sh->to, sh->is_json);
    c.json = sh->is_json ? json_object() : NULL;
    return c;
}

static enum result end_call(struct call *c, enum result r)
{
    bool is_said = c->json == NULL || print_json(c, r);

    out_clear(&c->out);
    if (fflush(c->sh->to) == 0 && is_said)
        return r;
    return r == RESULT_DONE ? RESULT_FAILED : r; /* main says so at the end */
}

enum result shell_run(struct shell *sh, const char *line)
{
    struct words w;

    cmd_split(line, &w);
    if (w.n == 0 || w.word[0].at[0] == '#')
        return RESULT_DONE;
    struct call c = begin_call(sh);
    return end_call(&c, dispatch(&c, &w));
}

static enum result reject_long_line(struct shell *sh)
{
    struct call c = begin_call(sh);

    out_printf(&c.out, "A line over %d bytes is no command\n", TERM_LINE_MAX);
    return end_call(&c, RESULT_USAGE);
}

enum result shell_loop(struct shell *sh)
{
    const char *prompt = sh->term.is_interactive ? "admin:" : NULL;
    struct buf line;
    enum result last = RESULT_DONE;
    enum result highest = RESULT_DONE;
    enum err e = ERR_OK;

    buf_init(&line, TERM_LINE_MAX);
    while (!sh->has_quit && (e = term_ask(&sh->term, prompt, &line)) != ERR_NOTFOUND) {
        last = e == ERR_OK ? shell_run(sh, buf_text(&line)) : reject_long_line(sh);
        highest = last > highest ? last : highest;
    }
    buf_clear(&line);
    return sh->term.is_interactive ? last : highest;
}
