#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "shell.h"

static const char usage[] =
    "usage: cuicsim-cli [-c FILE] [-n NODE] [--json] [--privilege 0|1] [COMMAND WORD...]\n"
    "\n"
    "The admin: shell of a simulated Unified Intelligence Center node. Without words it\n"
    "reads commands from the terminal, or from a script on standard input.\n"
    "\n"
    "  -c, --config FILE    the configuration; else $CUICSIM_CONFIG, then\n"
    "                       config/cuicsim.conf beside the build, then\n"
    "                       /etc/cuicsim/cuicsim.conf\n"
    "  -n, --node NODE      the node to be on; the first of the configuration otherwise\n"
    "      --json           print one JSON object for each command\n"
    "      --privilege 0|1  0: read only; 1: read and change (the default)\n"
    "      --version        print the version, and stop\n"
    "      --help           print this help, and stop; 'cuicsim-cli help' lists the commands\n"
    "\n"
    "Exit: 0 done, 1 the command failed, 2 not a valid command or bad usage, 3 the store\n"
    "or the configuration cannot be used.\n";

struct options {
    const char *config;
    const char *node;
    bool is_json;
    unsigned privilege;
    int exit; /* -1: go on */
};

static void bad_privilege(struct options *o)
{
    (void)fprintf(stderr, "cuicsim-cli: --privilege is 0 or 1\n");
    o->exit = RESULT_USAGE;
}

static void take_option(struct options *o, int option)
{
    switch (option) {
    case 'c':
        o->config = optarg;
        break;
    case 'n':
        o->node = optarg;
        break;
    case 'j':
        o->is_json = true;
        break;
    case 'p':
        o->privilege = strcmp(optarg, "0") == 0 ? 0 : 1;
        if (o->privilege == 1 && strcmp(optarg, "1") != 0)
            bad_privilege(o);
        break;
    case 'V':
        (void)puts("cuicsim-cli " CUICSIM_VERSION);
        o->exit = RESULT_DONE;
        break;
    default:
        (void)fputs(usage, option == 'h' ? stdout : stderr);
        o->exit = option == 'h' ? RESULT_DONE : RESULT_USAGE;
    }
}

static struct options read_options(int argc, char **argv)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'},
        {"node", required_argument, NULL, 'n'},
        {"json", no_argument, NULL, 'j'},
        {"privilege", required_argument, NULL, 'p'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct options o = {.privilege = 1, .exit = -1};
    int option;

    /* '+': options end at the first word of the command. */
    while (o.exit < 0 && (option = getopt_long(argc, argv, "+c:n:", longs, NULL)) != -1)
        take_option(&o, option);
    return o;
}

static enum err load_config(const struct options *o, struct config **ret, struct diag *why)
{
    auto_text *path = NULL;
    enum err e = config_find(o->config, &path, why);

    return e == ERR_OK ? config_load(path, ret, why) : e;
}

static bool pick_node(const struct config *c, const char *name, size_t *ret)
{
    *ret = name == NULL ? 0 : config_node_by_name(c, name);
    if (*ret < c->n_nodes)
        return true;
    (void)fprintf(stderr, "cuicsim-cli: no such node; the configuration has");
    for (size_t i = 0; i < c->n_nodes; i++)
        (void)fprintf(stderr, " %s", c->nodes[i].name);
    (void)fputc('\n', stderr);
    return false;
}

/** Words of the command line are one command, joined by blanks as they would be typed. */
static enum result run_words(struct shell *sh, int n, char **words)
{
    struct buf line;

    buf_init(&line, TERM_LINE_MAX);
    for (int i = 0; i < n; i++)
        (void)buf_printf(&line, "%s%s", i == 0 ? "" : " ", words[i]);
    enum result r = RESULT_USAGE;
    if (line.state == ERR_OK)
        r = shell_run(sh, buf_text(&line));
    else
        (void)fprintf(stderr, "cuicsim-cli: a command over %d bytes\n", TERM_LINE_MAX);
    buf_clear(&line);
    return r;
}

/** @source facts: the banner of a real login; the hardware lines are left away */
static void print_banner(const struct shell *sh)
{
    const struct node *node = &sh->config->nodes[sh->node];

    (void)fprintf(sh->to,
                  "Command Line Interface is starting up, please wait ...\n\n"
                  "   Welcome to the Platform Command Line Interface\n\n"
                  "cuicsim " CUICSIM_VERSION ": simulated node %s (%s, %s)\n\n",
                  node->name, node->hostname, node->is_publisher ? "publisher" : "subscriber");
}

static enum result run(struct shell *sh, int n, char **words)
{
    if (n > 0)
        return run_words(sh, n, words);
    if (sh->term.is_interactive && !sh->is_json)
        print_banner(sh);
    return shell_loop(sh);
}

/** What was printed may still be on its way: a full disk must not look like success. */
static int end(enum result r)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return (int)r;
    (void)fprintf(stderr, "cuicsim-cli: the output cannot be written\n");
    return r == RESULT_DONE ? RESULT_FAILED : (int)r;
}

int main(int argc, char **argv)
{
    struct options o = read_options(argc, argv);
    struct diag why = {0, ""};
    struct config *c = NULL;

    if (o.exit >= 0)
        return end((enum result)o.exit);
    enum err e = load_config(&o, &c, &why);
    if (e != ERR_OK) {
        (void)fprintf(stderr, "cuicsim-cli: %s\n", why.text[0] == '\0' ? err_text(e) : why.text);
        return RESULT_UNUSABLE;
    }
    struct shell sh = {.config = c, .privilege = o.privilege, .is_json = o.is_json, .to = stdout};
    sh.term = (struct term){stdin, o.is_json ? NULL : stdout, isatty(STDIN_FILENO) == 1};
    enum result r = RESULT_USAGE;
    if (pick_node(c, o.node, &sh.node))
        r = run(&sh, argc - optind, argv + optind);
    store_close(sh.store);
    config_free(c);
    return end(r);
}
