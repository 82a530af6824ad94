/* print-man FILE: copy the source of a manual page to stdout, with what the programs' own tables
 * say in place of
 *     @KEYS section@    the configuration keys of that section; "top" for those outside any section
 *     @COMMANDS words@  the commands of the admin: shell that begin with these words, but for those
 *                       printed already; a page that has some has to have them all
 *     @SERVICES@        the services of the appliances
 *     @MISTAKES@        the mistakes that a diagnosis may name
 *     @VERSION@         the version; this one may stand anywhere in a line
 * Any other line of the form @...@ is a mistake. Exit: 0 done, 1 not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "appliance.h"
#include "base/text.h"
#include "cmds.h"
#include "config/config.h"
#include "diagnose/mistake.h"
#include "shell.h"

/** The file being copied, and where in it we are. */
struct page {
    const char *path;
    FILE *from;
    unsigned long line;
    bool has_commands;
    bool is_put[CMDS_MAX]; /* which commands of the table it has so far */
};

static bool fail(const struct page *p, const char *what, const char *detail)
{
    (void)fprintf(stderr, "print-man: %s:%lu: %s%s\n", p->path, p->line, what, detail);
    return false;
}

/** What roff shows as this character; NULL when that is the character itself. */
static const char *escape_of(char c)
{
    switch (c) {
    case '-':
        return "\\-"; /* a bare one is a hyphen, which cannot be copied into a shell */
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    case '\\':
        return "\\e";
    default:
        return NULL;
    }
}

/** Put text of our tables so that roff shows every character as it is, wherever it stands. */
static void put_text(struct slice text)
{
    if (text.n > 0 && text.at[0] == '.') /* at the start of a line it would be a request */
        (void)fputs("\\&", stdout);
    for (size_t i = 0; i < text.n; i++) {
        const char *escape = escape_of(text.at[i]);
        if (escape != NULL)
            (void)fputs(escape, stdout);
        else
            (void)putchar(text.at[i]);
    }
}

/** Put text between a font change and the way back. */
static void put_in_font(char font, const char *text)
{
    (void)printf("\\f%c", font);
    put_text(slice_of(text));
    (void)fputs("\\fR", stdout);
}

/** "immediate or on-restart" of "immediate|on-restart". */
static void put_words(const char *words)
{
    const char *bar = NULL;

    while ((bar = strchr(words, '|')) != NULL) {
        put_text((struct slice){words, (size_t)(bar - words)});
        (void)fputs(strchr(bar + 1, '|') == NULL ? " or " : ", ", stdout);
        words = bar + 1;
    }
    put_text(slice_of(words));
}

static void put_type(const struct config_key *key)
{
    switch (key->type) {
    case CONFIG_BOOL:
        (void)fputs("yes or no", stdout);
        break;
    case CONFIG_NUMBER:
        (void)printf("a number from %lu to %lu", key->min, key->max);
        if (key->unit[0] != '\0')
            (void)printf(" (%s)", key->unit);
        break;
    case CONFIG_WORD:
        put_words(key->words);
        break;
    case CONFIG_TEXT:
        (void)fputs("a text", stdout);
        break;
    case CONFIG_PATH:
        (void)fputs("a path", stdout);
        break;
    case CONFIG_LIST:
        (void)fputs("a list of texts", stdout);
        break;
    }
}

static void put_key(const struct config_key *key)
{
    (void)puts(".TP");
    put_in_font('B', key->name);
    (void)fputs(" = \\fI", stdout);
    put_type(key);
    (void)puts("\\fR");
    put_text(slice_of(key->help));
    if (key->value == NULL) {
        (void)puts("\nIt must be given.");
    } else if (key->value[0] == '\0') {
        (void)puts("\nDefault: none.");
    } else {
        (void)fputs("\nDefault: ", stdout);
        put_in_font('B', key->value);
        (void)puts(".");
    }
}

static bool put_keys(const struct page *p, const char *section)
{
    size_t n = 0;
    size_t n_put = 0;
    const struct config_key *key = config_keys(&n);
    const char *wanted = strcmp(section, "top") == 0 ? "" : section;

    for (size_t i = 0; i < n; i++)
        if (strcmp(key[i].section, wanted) == 0) {
            put_key(&key[i]);
            n_put++;
        }
    return n_put > 0 || fail(p, "no keys in section ", section);
}

/** On which nodes a command is known. */
static const char *nodes_of(const struct cmd *cmd)
{
    if ((cmd->flags & CMD_CUIC) != 0)
        return "CUIC nodes.";
    return (cmd->flags & CMD_FINESSE) != 0 ? "Finesse nodes." : "All nodes.";
}

static void put_param(const struct cmd_param *p)
{
    put_in_font('I', p->name);
    (void)fputs(": ", stdout);
    put_text(slice_of(p->help));
    (void)puts(cmd_is_optional(p) ? "; may be left out." : ".");
}

static void put_command(const struct cmd *cmd)
{
    const struct cmd_param *p = cmd->param;

    (void)puts(".TP");
    put_in_font('B', cmd->words);
    if (p != NULL) {
        (void)fputs(cmd_is_optional(p) ? " [" : " ", stdout);
        put_in_font('I', p->name);
        (void)fputs(cmd_is_optional(p) ? "]" : "", stdout);
    }
    (void)putchar('\n');
    put_text(slice_of(cmd->summary));
    (void)puts(".");
    if (p != NULL)
        put_param(p);
    (void)printf("%s\nPrivilege level %u.\n", nodes_of(cmd), cmd->privilege);
    if ((cmd->flags & CMD_RESTART) != 0)
        (void)puts("Takes a restart.");
    if ((cmd->flags & CMD_EDIT) != 0)
        (void)puts("Audited.");
    if ((cmd->flags & CMD_LAB) != 0)
        (void)puts("The product has no such command.");
}

static bool put_commands(struct page *p, const char *beginning)
{
    size_t n = 0;
    size_t n_put = 0;
    struct words begun;
    const struct cmd *const *table = shell_table(&n);

    cmd_split(beginning, &begun);
    for (size_t i = 0; i < n; i++) {
        if (p->is_put[i] || cmd_skip_words(table[i]->words, begun.word, begun.n) == NULL)
            continue;
        put_command(table[i]);
        p->is_put[i] = true;
        n_put++;
    }
    p->has_commands = true;
    return n_put > 0 || fail(p, "no commands, or no more, that begin with ", beginning);
}

static bool has_all_commands(const struct page *p)
{
    size_t n = 0;
    const struct cmd *const *table = shell_table(&n);

    for (size_t i = 0; p->has_commands && i < n; i++)
        if (!p->is_put[i])
            return fail(p, "the page lacks ", table[i]->words);
    return true;
}

/** "cuic and live-data" of the bits of enum service. */
static void put_services_of(unsigned bits, const char *before, const char *after)
{
    const char *between = "";

    for (unsigned i = 0; i < SERVICE_COUNT; i++) {
        if ((bits & SERVICE_BIT(i)) == 0)
            continue;
        (void)printf("%s%s", between, before);
        put_text(slice_of(service_name((enum service)i)));
        (void)fputs(after, stdout);
        between = " and ";
    }
}

/** A service that a request or a command can tell from the others. */
static void put_service(const struct appliance_service *s)
{
    (void)puts(".TP");
    put_in_font('B', s->name);
    (void)printf(" (%s)\n", s->platform == PLATFORM_CUIC ? "CUIC" : "Finesse");
    if (s->loads != 0) {
        (void)fputs("Reads the settings of ", stdout);
        put_services_of(s->loads, "\\fButils ", " cors\\fR");
        (void)puts(" when it starts.");
    }
    if (s->carries != 0) {
        (void)fputs("Carries ", stdout);
        put_services_of(s->carries, "\\fB", "\\fR");
        (void)puts(".");
    }
}

/** Is the service also in the other product's list? */
static bool is_on_both(const struct appliance_service *s)
{
    enum platform other = s->platform == PLATFORM_CUIC ? PLATFORM_FINESSE : PLATFORM_CUIC;

    return appliance_find(other, slice_of(s->name)) != NULL;
}

/** The names of the services that matter to no setting, as one list. */
static void put_other_services(void)
{
    size_t n = 0;
    const struct appliance_service *s = appliance_services(&n);
    const char *between = "";

    for (size_t i = 0; i < n; i++) {
        bool is_second = is_on_both(&s[i]) && s[i].platform != PLATFORM_CUIC;
        if (s[i].loads != 0 || s[i].carries != 0 || is_second)
            continue;
        (void)fputs(between, stdout);
        put_in_font('I', s[i].name);
        if (!is_on_both(&s[i]))
            (void)fputs(s[i].platform == PLATFORM_CUIC ? " (CUIC)" : " (Finesse)", stdout);
        if (s[i].kind == APPLIANCE_NOT_ACTIVATED)
            (void)fputs(" (not activated)", stdout);
        between = ",\n";
    }
    (void)puts(".");
}

static void put_services(void)
{
    size_t n = 0;
    const struct appliance_service *s = appliance_services(&n);

    for (size_t i = 0; i < n; i++)
        if (s[i].loads != 0 || s[i].carries != 0)
            put_service(&s[i]);
    (void)puts(".PP\nServices whose state changes nothing else:");
    put_other_services();
}

/** Codes and titles, those that take away one thing together. */
static void put_mistakes(void)
{
    static const struct group {
        enum mend mend;
        const char *heading;
    } groups[] = {
        {MEND_COMMANDS, "Mended by commands of the shell:"},
        {MEND_TIME, "Mended by waiting:"},
        {MEND_ELSEWHERE, "Beyond all commands: the page, a client, the network or the browser:"},
    };

    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        (void)printf(".PP\n%s\n", groups[g].heading);
        for (int m = 1; m < MISTAKE_COUNT; m++) {
            const struct mistake_row *row = mistake_get((enum mistake)m);
            if (row->mend != groups[g].mend)
                continue;
            (void)puts(".TP");
            put_in_font('B', row->code);
            (void)putchar('\n');
            put_text(slice_of(row->title));
            (void)puts(".");
        }
    }
}

/** A line of the page's own, with the version filled in. */
static void put_line(const char *line)
{
    static const char mark[] = "@VERSION@";
    const char *at = NULL;

    while ((at = strstr(line, mark)) != NULL) {
        (void)fwrite(line, 1, (size_t)(at - line), stdout);
        put_text(slice_of(CUICSIM_VERSION));
        line = at + strlen(mark);
    }
    (void)puts(line);
}

/** Is this line one that asks for a table? */
static bool is_request(const char *line, size_t n)
{
    return n > 1 && line[0] == '@' && line[n - 1] == '@' && strcmp(line, "@VERSION@") != 0;
}

/** Carry out a request; `line` loses its last '@'. */
static bool fill_in(struct page *p, char *line, size_t n)
{
    static const char keys[] = "@KEYS ";
    static const char commands[] = "@COMMANDS ";

    if (strcmp(line, "@SERVICES@") == 0) {
        put_services();
        return true;
    }
    if (strcmp(line, "@MISTAKES@") == 0) {
        put_mistakes();
        return true;
    }
    line[n - 1] = '\0';
    if (strncmp(line, keys, strlen(keys)) == 0)
        return put_keys(p, line + strlen(keys));
    if (strncmp(line, commands, strlen(commands)) == 0)
        return put_commands(p, line + strlen(commands));
    return fail(p, "unknown: ", line);
}

static bool copy(struct page *p)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t got = 0;
    bool is_good = true;

    while (is_good && (got = getline(&line, &room, p->from)) >= 0) {
        size_t n = (size_t)got;
        p->line++;
        if (n > 0 && line[n - 1] == '\n')
            line[--n] = '\0';
        if (is_request(line, n))
            is_good = fill_in(p, line, n);
        else
            put_line(line);
    }
    free(line);
    if (is_good && ferror(p->from) != 0)
        is_good = fail(p, "cannot be read: ", strerror(errno));
    return is_good && has_all_commands(p);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fputs("usage: print-man FILE\n", stderr);
        return EXIT_FAILURE;
    }
    struct page p = {.path = argv[1], .from = fopen(argv[1], "r")};
    if (p.from == NULL) {
        (void)fprintf(stderr, "print-man: %s: %s\n", p.path, strerror(errno));
        return EXIT_FAILURE;
    }
    bool is_good = copy(&p);
    (void)fclose(p.from);
    if (fflush(stdout) != 0) {
        (void)fprintf(stderr, "print-man: the page cannot be written: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
