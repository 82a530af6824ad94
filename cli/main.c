#include <assert.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "shell.h"

#define FROM_MAX    64   /* bytes of where the user sits */
#define INVOKED_MAX 4096 /* bytes of how the program was called */

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
    const char *program; /* argv[0] */
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
    struct options o = {.program = argc > 0 ? argv[0] : "cuicsim-cli", .privilege = 1, .exit = -1};
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

/** The node to be on; NULL after saying which there are. */
static const struct node *pick_node(const struct config *c, const char *name)
{
    const struct node *n = name == NULL ? &c->nodes[0] : config_find_node(c, slice_of(name));

    assert(c->nodes != NULL); /* a configuration without a node is refused */
    if (n != NULL)
        return n;
    (void)fprintf(stderr, "cuicsim-cli: no such node; the configuration has");
    for (size_t i = 0; i < config_all_nodes(c); i++)
        (void)fprintf(stderr, " %s", c->nodes[i].name);
    (void)fputc('\n', stderr);
    return NULL;
}

/** Words of the command line are one command, joined by blanks as they would be typed. */
static enum result run_words(struct shell *sh, int n, char **words)
{
    struct buf line;

    buf_init(&line, TERM_LINE_MAX);
    for (int i = 0; i < n; i++)
        (void)buf_printf(&line, "%s%s", i == 0 ? "" : " ", words[i]);
    for (size_t i = 0; i < line.n; i++) /* as for a line that is read */
        if (line.text[i] == '\t')
            line.text[i] = ' ';
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
    const struct node *node = sh->node;
    const char *role = node->is_publisher ? "publisher" : "subscriber";

    if (node->platform == PLATFORM_FINESSE)
        role = node->is_publisher ? "Finesse, primary" : "Finesse, secondary";
    (void)fprintf(sh->to,
                  "Command Line Interface is starting up, please wait ...\n\n"
                  "   Welcome to the Platform Command Line Interface\n\n"
                  "cuicsim " CUICSIM_VERSION ": simulated node %s (%s, %s)\n\n",
                  node->name, node->hostname, role);
}

/** ~/.cuicsim_history; NULL when nobody is at home. free() it. */
static char *history_path(void)
{
    const char *home = getenv("HOME");
    struct buf path;

    if (home == NULL || home[0] == '\0')
        return NULL;
    buf_init(&path, PATH_MAX);
    (void)buf_printf(&path, "%s/.cuicsim_history", home);
    return buf_take(&path);
}

static enum result run_session(struct shell *sh)
{
    bool is_person = sh->term.is_interactive && !sh->is_json;
    auto_text *history = is_person ? history_path() : NULL;

    if (is_person && term_open_edit(&sh->term, history) != ERR_OK) {
        (void)fprintf(stderr, "cuicsim-cli: %s\n", err_text(ERR_NOMEM));
        return RESULT_UNUSABLE;
    }
    if (is_person) {
        sh->invoked = NULL; /* they type at the prompt */
        print_banner(sh);
    }
    enum result r = shell_loop(sh);
    term_close(&sh->term);
    return r;
}

/** Append a word so that a shell takes it for one. */
static void put_quoted(struct buf *to, const char *word)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "/._-+=:,@%";

    if (word[0] != '\0' && strspn(word, safe) == strlen(word)) {
        (void)buf_puts(to, word);
        return;
    }
    (void)buf_putc(to, '\'');
    for (; *word != '\0'; word++)
        if (*word == '\'')
            (void)buf_puts(to, "'\\''");
        else
            (void)buf_putc(to, *word);
    (void)buf_putc(to, '\'');
}

/** How to call this program again, for the same lab. free() it. */
static char *how_invoked(const struct options *o)
{
    struct buf text;

    buf_init(&text, INVOKED_MAX);
    put_quoted(&text, o->program);
    if (o->config != NULL) {
        (void)buf_puts(&text, " -c ");
        put_quoted(&text, o->config);
    }
    return buf_take(&text);
}

/** A command of the command line, or the one that an ssh client was given: sshd runs us as a forced
 *  command then. */
static enum result run(struct shell *sh, int n, char **words)
{
    char *given = getenv("SSH_ORIGINAL_COMMAND");

    if (n == 0 && (given == NULL || given[0] == '\0'))
        return run_session(sh);
    if (n == 0) /* the client sits elsewhere, and has no such program */
        sh->invoked = NULL;
    sh->never_asks = sh->term.is_interactive;
    return n == 0 ? run_words(sh, 1, &given) : run_words(sh, n, words);
}

/** The account's name. Several names may be one user (an admin and a trainee, both of whom may
 * write the store): sshd and login tell which it is, and are believed when it is this user's. */
static const char *user_name(void)
{
    const char *name = getenv("LOGNAME");
    const struct passwd *account = name == NULL ? NULL : getpwnam(name);

    if (account == NULL || account->pw_uid != getuid())
        account = getpwuid(getuid());
    return account == NULL ? "?" : account->pw_name;
}

/** Who changes something: the account, and the ssh client's address. */
static void find_user(struct shell *sh, char from[FROM_MAX])
{
    const char *client = getenv("SSH_CONNECTION"); /* "ADDRESS PORT ADDRESS PORT" */

    sh->user = user_name();
    (void)snprintf(from, FROM_MAX, "local");
    if (client != NULL && client[0] != '\0')
        (void)text_copy_defused(from, FROM_MAX, (struct slice){client, strcspn(client, " ")});
    sh->from = from;
}

/** What was printed may still be on its way: a full disk must not look like success. */
static int end(enum result r)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return (int)r;
    (void)fprintf(stderr, "cuicsim-cli: the output cannot be written\n");
    return r == RESULT_DONE ? RESULT_FAILED : (int)r;
}

/** Everything that needs a node to be on. */
static enum result run_on(const struct config *c, const struct node *node, const struct options *o,
                          int n, char **words)
{
    char from[FROM_MAX];
    struct shell sh = {.config = c,
                       .node = node,
                       .privilege = o->privilege,
                       .is_json = o->is_json,
                       .is_paging = true,
                       .to = stdout};

    sh.term = (struct term){.in = stdin,
                            .out = o->is_json ? NULL : stdout,
                            .is_interactive = isatty(STDIN_FILENO) == 1};
    find_user(&sh, from);
    auto_text *invoked = how_invoked(o);
    sh.invoked = invoked;
    enum result r = run(&sh, n, words);
    store_close(sh.store);
    return r;
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
    const struct node *node = pick_node(c, o.node);
    enum result r = RESULT_USAGE;
    if (node != NULL)
        r = run_on(c, node, &o, argc - optind, argv + optind);
    config_free(c);
    return end(r);
}
