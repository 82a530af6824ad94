/* print-completion: the shell's command table as variables of bash, for the script beside this
 * file. One line for each command, with nothing but its words on it; and one line for each thing
 * that a command's parameter may be, such as a service's name, behind the command's words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell.h"

/** Who sees a line: the four lists that are printed. */
enum audience { ON_ALL, ON_CUIC, ON_FINESSE, IN_LAB, AUDIENCES };

static const char *const variable[AUDIENCES] = {"all", "cuic", "finesse", "lab"};

static enum audience audience_of(const struct cmd *cmd)
{
    if ((cmd->flags & CMD_LAB) != 0)
        return IN_LAB;
    if ((cmd->flags & CMD_CUIC) != 0)
        return ON_CUIC;
    return (cmd->flags & CMD_FINESSE) != 0 ? ON_FINESSE : ON_ALL;
}

/** Within single quotes, where bash leaves everything alone but a single quote. */
static void put(const char *text)
{
    for (; *text != '\0'; text++)
        (void)fputs(*text == '\'' ? "'\\''" : (const char[]){*text, '\0'}, stdout);
}

/** What a command's parameter may be, each behind the command's words. */
static void put_choices_of(const struct cmd *cmd, const struct shell *sh)
{
    const char *choice = NULL;

    for (size_t k = 0; (choice = cmd->param->choices(sh, k)) != NULL; k++) {
        (void)putchar('\n');
        put(cmd->words);
        (void)putchar(' ');
        put(choice);
    }
}

/** Commands of the lab have their choices with them: they are the same on all nodes. */
static void put_commands(const struct cmd *const *table, size_t n, enum audience a)
{
    const struct shell sh = {.privilege = 1};

    (void)printf("_cuicsim_cli_%s='", variable[a]);
    for (size_t i = 0; i < n; i++) {
        if (audience_of(table[i]) != a)
            continue;
        (void)putchar('\n');
        put(table[i]->words);
        if (a == IN_LAB && table[i]->param != NULL && table[i]->param->choices != NULL)
            put_choices_of(table[i], &sh);
    }
    (void)puts("\n'");
}

/** Those commands after which another command's words stand. */
static void put_helpers(const struct cmd *const *table, size_t n)
{
    (void)fputs("_cuicsim_cli_help='", stdout);
    for (size_t i = 0; i < n; i++) {
        if ((table[i]->flags & CMD_HELP) == 0)
            continue;
        (void)putchar('\n');
        put(table[i]->words);
    }
    (void)puts("\n'");
}

/** What parameters may be on a node of this product. */
static void put_choices(const struct cmd *const *table, size_t n, enum platform p)
{
    const struct node node = {.platform = p};
    const struct shell sh = {.node = &node, .privilege = 1};
    const struct cmd_view v = {table, n, sh.privilege, p};

    (void)printf("_cuicsim_cli_choices_%s='", p == PLATFORM_CUIC ? "cuic" : "finesse");
    for (size_t i = 0; i < n; i++) {
        const struct cmd_param *param = table[i]->param;
        if (param != NULL && param->choices != NULL && cmd_is_visible(&v, table[i]) &&
            audience_of(table[i]) != IN_LAB)
            put_choices_of(table[i], &sh);
    }
    (void)puts("\n'");
}

int main(void)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);

    (void)puts("# Completion of cuicsim-cli " CUICSIM_VERSION
               " in bash; made from its command table.\n"
               "# shellcheck shell=bash\n");
    for (int a = 0; a < AUDIENCES; a++)
        put_commands(table, n, (enum audience)a);
    put_helpers(table, n);
    put_choices(table, n, PLATFORM_CUIC);
    put_choices(table, n, PLATFORM_FINESSE);
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return EXIT_SUCCESS;
    (void)fputs("print-completion: the output cannot be written\n", stderr);
    return EXIT_FAILURE;
}
