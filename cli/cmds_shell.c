#include "cmds.h"
#include "shell.h"

static void print_row(struct call *c, const struct cmd *cmd)
{
    out_printf(&c->out, "%s%s%s\n    %s\n", cmd->words, cmd->args[0] == '\0' ? "" : " ", cmd->args,
               cmd->summary);
}

static enum result help(struct call *c)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);
    size_t n_shown = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_hidden = (table[i]->flags & CMD_LAB) != 0 && c->sh->privilege == 0;
        if (is_hidden || cmd_skip_words(table[i]->words, c->args, c->n_args) == NULL)
            continue;
        print_row(c, table[i]);
        n_shown++;
    }
    if (n_shown > 0)
        return RESULT_DONE;
    out_printf(&c->out, "No help for that; 'help' alone lists all commands\n");
    return RESULT_USAGE;
}

static enum result quit(struct call *c)
{
    c->sh->has_quit = true;
    return RESULT_DONE;
}

static const struct cmd rows[] = {
    {"help", "[COMMAND]", "Show the commands, or those that begin with the words given", 0,
     CMD_WORDS_MAX, 0, 0, help},
    {"quit", "", "End the session", 0, 0, 0, 0, quit},
    {"exit", "", "End the session", 0, 0, 0, 0, quit},
};

size_t cmds_shell(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
