#include <string.h>

#include "cmds.h"
#include "shell.h"

#define TIMEOUT_MIN 5 /* minutes, as documented */
#define TIMEOUT_MAX 99999

/* --- help --- */

static void print_row(struct call *c, const struct cmd *cmd)
{
    char usage[CMD_USAGE_MAX];

    out_printf(&c->out, "%s\n    %s%s\n", cmd_usage(cmd, usage), cmd->summary,
               cmd->privilege > c->sh->privilege ? " (needs privilege level 1)" : "");
}

/** @source the platform's CLI guide: "activelog help:", what it does, options, an example */
static void print_help(struct call *c, const struct cmd *cmd)
{
    const char *blank = strrchr(cmd->words, ' ');
    const struct cmd_param *p = cmd->param;

    out_printf(&c->out, "%s help:\n%s\n", blank == NULL ? cmd->words : blank + 1, cmd->summary);
    if (p != NULL)
        out_printf(&c->out, "\noptions are:\n%s - %s%s\n", p->name,
                   cmd_is_optional(p) ? "(optional) " : "", p->help);
    out_printf(&c->out, "\nExample:\nadmin:%s%s%s\n", cmd->words, p == NULL ? "" : " ",
               p == NULL ? "" : p->example);
}

static void json_row(json_t *commands, const struct cmd *cmd)
{
    char usage[CMD_USAGE_MAX];
    json_t *row = json_object();

    (void)json_object_set_new(row, "words", json_string(cmd->words));
    (void)json_object_set_new(row, "usage", json_string(cmd_usage(cmd, usage)));
    (void)json_object_set_new(row, "summary", json_string(cmd->summary));
    (void)json_object_set_new(row, "privilege", json_integer(cmd->privilege));
    (void)json_array_append_new(commands, row);
}

static enum result help(struct call *c)
{
    struct cmd_view v = shell_view(c->sh);
    struct words w = {.n = c->n_args};
    json_t *commands = json_array();

    if (c->n_args > 0)
        memcpy(w.word, c->args, c->n_args * sizeof *c->args);
    struct cmd_match m = cmd_match(&v, &w);
    for (size_t i = 0; i < v.n; i++) {
        if (!cmd_is_visible(&v, v.table[i]) ||
            cmd_skip_words(v.table[i]->words, c->args, c->n_args) == NULL)
            continue;
        json_row(commands, v.table[i]);
        if (m.kind != CMD_MATCH)
            print_row(c, v.table[i]);
    }
    size_t n = json_array_size(commands);
    call_json(c, "commands", commands);
    if (n == 0)
        return call_misuse(c, "No help for that; 'help' alone lists all commands");
    if (m.kind == CMD_MATCH)
        print_help(c, m.cmd);
    else if (c->n_args == 0)
        out_printf(&c->out, "\n'help COMMAND' explains one, with an example; '?' behind words "
                            "lists what may follow, and Tab completes.\n");
    return RESULT_DONE;
}

static enum result quit(struct call *c)
{
    c->sh->has_quit = true;
    return RESULT_DONE;
}

/* --- pagination --- */

/** @source "Automatic pagination is turned off" in the CLI reference; "on" is UNVERIFIED */
static enum result set_pagination(struct call *c)
{
    bool is_on = slice_is(c->args[0], "on");

    if (!is_on && !slice_is(c->args[0], "off"))
        return call_misuse(c, "usage: set cli pagination on|off");
    c->sh->is_paging = is_on;
    call_json(c, "pagination", json_boolean(is_on));
    out_printf(&c->out, "Automatic pagination is turned %s\n", is_on ? "on" : "off");
    return RESULT_DONE;
}

static enum result show_pagination(struct call *c)
{
    call_json(c, "pagination", json_boolean(c->sh->is_paging));
    out_printf(&c->out, "Automatic Pagination : %s.\n", c->sh->is_paging ? "On" : "Off");
    return RESULT_DONE;
}

/* --- session timeout --- */

static enum result get_timeout(struct call *c, unsigned *ret_minutes)
{
    struct diag why = {0, ""};
    unsigned seconds = 0;
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_get_cli_timeout(s, c->sh->node->name, &seconds, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    *ret_minutes = seconds / 60;
    return RESULT_DONE;
}

/** UNVERIFIED: the sentence, which a guide uses in its text. */
static void say_timeout(struct call *c, unsigned minutes)
{
    call_json(c, "minutes", json_integer(minutes));
    out_printf(&c->out, "The CLI session timeout is set to %u minutes for new CLI sessions.\n",
               minutes);
}

static enum result show_timeout(struct call *c)
{
    unsigned minutes = 0;
    enum result r = get_timeout(c, &minutes);

    if (r == RESULT_DONE)
        say_timeout(c, minutes);
    return r;
}

static enum result change_timeout(struct call *c, unsigned minutes)
{
    struct diag why = {0, ""};
    struct change by = call_change(c);
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_set_cli_timeout(s, c->sh->node->name, minutes * 60, &by, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    call_json(c, "changed", json_true());
    say_timeout(c, minutes);
    return RESULT_DONE;
}

/** The question was answered with no. */
static enum result keep_timeout(struct call *c)
{
    unsigned minutes = 0;
    enum result r = get_timeout(c, &minutes);

    if (r != RESULT_DONE)
        return r;
    call_json(c, "changed", json_false());
    call_json(c, "minutes", json_integer(minutes));
    out_printf(&c->out, "Nothing was changed.\n");
    return RESULT_DONE;
}

/** @source the CLI reference: 5 to 99999, for new sessions only; "Continue (y/n)?" as scripts
 *  expect it */
static enum result set_timeout(struct call *c)
{
    unsigned long minutes = 0;

    if (text_to_ulong(c->args[0], TIMEOUT_MIN, TIMEOUT_MAX, &minutes) != ERR_OK)
        return call_fail(c,
                         "The timeout is a number of minutes from %d to %d. Nothing was changed.",
                         TIMEOUT_MIN, TIMEOUT_MAX);
    bool is_yes = false;
    enum result r = call_confirm(c, "Continue (y/n)?", &is_yes);
    if (r != RESULT_DONE)
        return r;
    return is_yes ? change_timeout(c, (unsigned)minutes) : keep_timeout(c);
}

static const char *on_or_off(const void *context, size_t i)
{
    static const char *const word[] = {"on", "off", NULL};

    (void)context;
    return word[i];
}

static const struct cmd_param pagination = {
    "on|off", CMD_ONE, "whether long output stops at each screenful", "off", on_or_off};
static const struct cmd_param minutes = {
    "minutes", CMD_ONE, "after which an idle session ends, from 5 to 99999", "30", NULL};
static const struct cmd_param command = {
    "COMMAND", CMD_MAYBE_REST, "a command, or the words that several begin with", "show", NULL};

static const struct cmd rows[] = {
    {"show cli pagination", "Show whether long output stops at each screenful", NULL, 0, 0,
     show_pagination, NULL},
    {"show cli session timeout", "Show after how long an idle session ends", NULL, 0, 0,
     show_timeout, NULL},
    {"set cli pagination", "Stop long output of this session at each screenful, or not",
     &pagination, 1, 0, set_pagination, NULL},
    {"set cli session timeout", "Set after how many minutes an idle session ends; asks first",
     &minutes, 1, CMD_EDIT, set_timeout, NULL},
    {"help", "Show the commands, those that begin with the words given, or one in full", &command,
     0, CMD_HELP, help, NULL},
    {"quit", "End the session", NULL, 0, 0, quit, NULL},
    {"exit", "End the session", NULL, 0, 0, quit, NULL},
};

size_t cmds_session(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
