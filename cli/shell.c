#include "shell.h"

#include <stdlib.h>
#include <string.h>

#include "cmds.h"

#define SHOWN_MAX      256 /* bytes of a typed word in a message */
#define IDLE_S_DEFAULT 1800

const struct cmd *const *shell_table(size_t *ret_n)
{
    static const struct cmd *table[CMDS_MAX];
    static size_t n;

    if (n == 0) {
        n = cmds_cors(table, n);
        n = cmds_service(table, n);
        n = cmds_show(table, n);
        n = cmds_session(table, n);
        n = cmds_lab(table, n);
        n = cmds_explain(table, n);
        n = cmds_trace(table, n);
        n = cmds_browser(table, n);
    }
    *ret_n = n;
    return table;
}

struct cmd_view shell_view(const struct shell *sh)
{
    struct cmd_view v = {.privilege = sh->privilege, .platform = sh->node->platform};

    v.table = shell_table(&v.n);
    return v;
}

static void print_next(struct out *to, const struct cmd_next *next, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out_printf(to, "  %.*s%s\n", (int)next[i].word.n, next[i].word.at,
                   next[i].has_more ? "*" : "");
}

static void print_next_words(struct call *c, const struct words *w)
{
    struct cmd_next next[CMD_NEXT_MAX];
    struct cmd_view v = shell_view(c->sh);

    print_next(&c->out, next, cmd_next_words(&v, w, w->n, next, CMD_NEXT_MAX));
}

/** UNVERIFIED: a public tool tests for this sentence; when else the platform prints it is not
 *  known. What follows it is the simulator's own help. */
static enum result say_unknown(struct call *c, const struct words *w, size_t depth)
{
    char typed[SHOWN_MAX];
    struct cmd_view v = shell_view(c->sh);
    struct slice suggestion = cmd_suggest(&v, w, depth);
    struct cmd_view other = v;

    (void)call_misuse(c, "No valid command entered");
    if (depth >= w->n)
        return RESULT_USAGE;
    (void)text_copy_defused(typed, sizeof typed, w->word[depth]);
    other.platform = v.platform == PLATFORM_CUIC ? PLATFORM_FINESSE : PLATFORM_CUIC;
    struct cmd_match m = cmd_match(&other, w);
    if (suggestion.at != NULL)
        call_json(c, "suggestion", json_stringn(suggestion.at, suggestion.n));
    if (suggestion.at != NULL)
        out_printf(&c->out, "'%s' is not known here; did you mean '%.*s'?\n", typed,
                   (int)suggestion.n, suggestion.at);
    else if (m.kind == CMD_MATCH || m.n_matched > depth)
        out_printf(&c->out, "'%s' is known on %s nodes; this is the %s node %s\n", typed,
                   other.platform == PLATFORM_CUIC ? "CUIC" : "Finesse",
                   v.platform == PLATFORM_CUIC ? "CUIC" : "Finesse", c->sh->node->name);
    else
        out_printf(&c->out, "'%s' is not known here\n", typed);
    return RESULT_USAGE;
}

static enum result say_incomplete(struct call *c, const struct words *w)
{
    (void)call_misuse(c, "Incomplete command; it goes on with one of:");
    print_next_words(c, w);
    return RESULT_USAGE;
}

static enum result say_usage(struct call *c)
{
    char usage[CMD_USAGE_MAX];

    (void)call_misuse(c, "usage: %s", cmd_usage(c->cmd, usage));
    if (strchr(usage, ',') != NULL && c->n_args > 1)
        out_printf(&c->out, "Separate the entries by commas, without blanks.\n");
    return RESULT_USAGE;
}

/** @source the platform's CLI guide: "file-spec   mandatory   file to view" */
static void print_syntax(struct call *c, const struct cmd *cmd)
{
    char usage[CMD_USAGE_MAX];
    const struct cmd_param *p = cmd->param;

    out_printf(&c->out, "Syntax:\n%s\n", cmd_usage(cmd, usage));
    if (p != NULL)
        out_printf(&c->out, "%s   %s   %s\n", p->name,
                   cmd_is_optional(p) ? "optional" : "mandatory", p->help);
}

/** `?` behind words: the words that may follow, or how the command's arguments are written. */
static enum result say_what_follows(struct call *c, const struct words *w)
{
    struct cmd_view v = shell_view(c->sh);
    struct cmd_match m = cmd_match(&v, w);

    if (m.kind == CMD_UNKNOWN && w->n > 0)
        return say_unknown(c, w, m.n_matched);
    if (m.kind == CMD_MATCH)
        print_syntax(c, m.cmd);
    else
        print_next_words(c, w);
    return RESULT_DONE;
}

/** "utils cuic ?", and "utils cuic?" as the guide writes it; a '?' at the end of an argument stays
 *  one. @return whether that is meant; *w is then without it */
static bool asks_what_follows(const struct shell *sh, struct words *w)
{
    struct slice *last = &w->word[w->n - 1];
    struct cmd_view v = shell_view(sh);

    if (last->at[last->n - 1] != '?')
        return false;
    last->n--;
    if (last->n == 0) {
        w->n--;
        return true;
    }
    struct cmd_match m = cmd_match(&v, w);
    if (m.kind != CMD_MATCH || m.n_matched == w->n)
        return true;
    last->n++;
    return false;
}

static void print_restart_notice(struct call *c)
{
    const struct appliance_service *service[2];
    size_t n = appliance_restarts(c->service, service);
    json_t *names = json_array();
    bool is_applied = c->sh->config->apply_changes == APPLY_IMMEDIATE;

    /* UNVERIFIED: Finesse's wording; CUIC's is settled by one `enable` on a real node. */
    out_printf(&c->out, "\nRestart %s for the changes to take effect:\n",
               n == 1 ? service[0]->name : "Cisco Finesse Tomcat and Notification Service");
    for (size_t i = 0; i < n; i++) {
        out_printf(&c->out, " utils service restart %s\n", service[i]->name);
        (void)json_array_append_new(names, json_string(service[i]->name));
    }
    if (is_applied)
        out_printf(&c->out,
                   "(cuicsim has applied the change already: apply_changes = immediate)\n");
    call_json(c, "restart", names);
    call_json(c, "applied", json_boolean(is_applied));
}

/** A change that was refused or failed is worth a line as well. */
static enum result audit_failure(struct call *c)
{
    struct change by = call_change(c);
    struct diag why = {0, ""};
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_audit_failure(s, c->sh->node->name, &by, &why);
    return e == ERR_OK ? RESULT_FAILED : call_store_failed(c, e, &why);
}

static enum result refuse(struct call *c)
{
    /* UNVERIFIED: the platform's wording of this refusal is not known. */
    return call_fail(c, "This command needs privilege level %u; this session has level %u",
                     c->cmd->privilege, c->sh->privilege);
}

static enum result run_command(struct call *c)
{
    bool is_edit = (c->cmd->flags & CMD_EDIT) != 0;

    if (!cmd_takes(c->cmd, c->n_args))
        return say_usage(c);
    if (is_edit && call_store(c) == NULL) /* first: what fails is to be written down as well */
        return RESULT_UNUSABLE;
    enum result r = c->cmd->privilege > c->sh->privilege ? refuse(c) : c->cmd->run(c);
    if (r == RESULT_DONE && c->is_changed && (c->cmd->flags & CMD_RESTART) != 0)
        print_restart_notice(c);
    return r == RESULT_FAILED && is_edit && !c->is_audited ? audit_failure(c) : r;
}

static enum result dispatch(struct call *c, const struct words *w)
{
    struct cmd_view v = shell_view(c->sh);
    struct words shown = *w;

    struct cmd_match m = cmd_match(&v, w);
    bool takes_text =
        m.kind == CMD_MATCH && m.cmd->param != NULL && m.cmd->param->arity == CMD_OPTIONS;

    if (w->is_too_many && !takes_text)
        return call_misuse(c, "Too many words in one command");
    if (!w->is_too_many && asks_what_follows(c->sh, &shown))
        return say_what_follows(c, &shown);
    if (m.kind == CMD_UNKNOWN)
        return say_unknown(c, w, m.n_matched);
    if (m.kind == CMD_INCOMPLETE)
        return say_incomplete(c, w);
    c->cmd = m.cmd;
    c->args = w->word + m.n_matched;
    c->n_args = w->n - m.n_matched;
    if (c->n_args > 0) {
        struct slice last = w->word[w->n - 1];
        size_t n = (size_t)(last.at + last.n - c->args[0].at);
        c->rest = (struct slice){c->args[0].at, w->is_too_many ? strlen(c->args[0].at) : n};
    }
    return run_command(c);
}

/** @return whether the answer left the program */
static bool print_json(struct call *c, enum result r)
{
    (void)json_object_set_new(c->json, "node", json_string(c->sh->node->name));
    (void)json_object_set_new(c->json, "command",
                              c->cmd == NULL ? json_null() : json_string(c->cmd->words));
    (void)json_object_set_new(c->json, "exit", json_integer(r));
    (void)json_object_set_new(c->json, "text", json_string(buf_text(&c->out.captured)));
    return out_json_line(c->sh->to, c->json, JSON_SORT_KEYS);
}

static struct call begin_call(struct shell *sh, const char *line)
{
    struct call c = {.sh = sh, .service = SERVICE_CUIC};
    bool is_paged = sh->is_paging && sh->term.edit != NULL;

    (void)text_copy_defused(c.line, sizeof c.line, slice_trim(slice_of(line)));
    out_init(&c.out, sh->to, sh->is_json, is_paged ? &sh->term : NULL);
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

static bool is_command(const char *line)
{
    size_t lead = strspn(line, " ");

    return line[lead] != '\0' && line[lead] != '#';
}

enum result shell_run(struct shell *sh, const char *line)
{
    struct words w;

    if (!is_command(line))
        return RESULT_DONE;
    cmd_split(line, &w);
    struct call c = begin_call(sh, line);
    return end_call(&c, dispatch(&c, &w));
}

static enum result reject_line(struct shell *sh, enum err e)
{
    struct call c = begin_call(sh, "");

    return end_call(&c, e == ERR_LIMIT
                            ? call_misuse(&c, "A line over %d bytes is no command", TERM_LINE_MAX)
                            : call_misuse(&c, "%s", err_text(e)));
}

/** What Tab shows: libedit asks for it. */
static void complete(void *arg, const char *typed, struct completion *ret)
{
    struct shell *sh = arg;
    struct cmd_view v = shell_view(sh);
    struct cmd_completion found;

    cmd_complete(&v, typed, sh, &found);
    (void)buf_puts(&ret->insert, found.insert);
    for (size_t i = 0; i < found.n; i++)
        (void)buf_printf(&ret->listing, "  %.*s%s\n", (int)found.next[i].word.n,
                         found.next[i].word.at, found.next[i].has_more ? "*" : "");
}

/** How long this session may be idle: as set when it begins. */
static unsigned idle_s(struct shell *sh)
{
    struct call c = begin_call(sh, "");
    struct diag why = {0, ""};
    unsigned seconds = IDLE_S_DEFAULT;
    struct store *s = call_store(&c);

    if (s != NULL)
        (void)store_get_cli_timeout(s, sh->node->name, &seconds, &why);
    json_decref(c.json);
    out_clear(&c.out);
    return seconds;
}

/** Carry out one line of input, or what came instead.
 * @param last  the result so far, which a line without a command leaves as it is */
static enum result take_line(struct shell *sh, enum err e, const char *line, enum result last)
{
    if (e == ERR_OK)
        return is_command(line) ? shell_run(sh, line) : last;
    if (e == ERR_INTERRUPTED) {
        (void)fputs("Control-C pressed\n", sh->to);
        return last;
    }
    if (e == ERR_TIMEOUT) {
        /* UNVERIFIED: the platform's wording. */
        (void)fputs("The session was idle for too long and is closed\n", sh->to);
        sh->has_quit = true;
        return RESULT_DONE;
    }
    return reject_line(sh, e);
}

enum result shell_loop(struct shell *sh)
{
    const char *prompt = sh->term.is_interactive ? "admin:" : NULL;
    struct buf line;
    enum result last = RESULT_DONE;
    enum result highest = RESULT_DONE;
    enum err e = ERR_OK;

    sh->term.complete = complete;
    sh->term.complete_arg = sh;
    if (sh->term.edit != NULL)
        sh->term.idle_s = idle_s(sh);
    buf_init(&line, TERM_LINE_MAX);
    while (!sh->has_quit && (e = term_read(&sh->term, prompt, &line)) != ERR_NOTFOUND) {
        last = take_line(sh, e, buf_text(&line), last);
        highest = last > highest ? last : highest;
    }
    buf_clear(&line);
    return sh->term.is_interactive ? last : highest;
}
