#include <string.h>
#include <time.h>

#include "cmds.h"
#include "lab.h"
#include "shell.h"

static enum result reset_to(struct call *c, const char *name,
                            struct lab_settings (*pick)(const struct node *n, enum service service))
{
    struct diag why = {0, ""};
    struct change by = call_change(c);
    size_t n = config_all_nodes(c->sh->config);
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_reset(s, c->sh->config, pick, &by, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    call_json(c, "state", json_string(name));
    out_printf(&c->out, "The lab is in its %s state, configured and running, on %zu node%s.\n",
               name, n, n == 1 ? "" : "s");
    return RESULT_DONE;
}

static enum result reset_article(struct call *c)
{
    return reset_to(c, "article", lab_article);
}

static enum result reset_factory(struct call *c)
{
    return reset_to(c, "factory", lab_factory);
}

static void print_host(struct call *c, json_t *hosts, const char *hostname, const char *address)
{
    out_printf(&c->out, "%s %s\n", address, hostname);
    (void)json_object_set_new(hosts, hostname, json_string(address));
}

static enum result lab_hosts(struct call *c)
{
    const struct config *config = c->sh->config;
    char address[CONFIG_ADDRESS_MAX];
    json_t *hosts = json_object();

    for (size_t i = 0; i < config_all_nodes(config); i++) {
        config_node_address(config, &config->nodes[i], address);
        print_host(c, hosts, config->nodes[i].hostname, address);
    }
    config_console_address(config, address);
    for (size_t i = 0; i < config->n_console_names; i++)
        print_host(c, hosts, config->console_names[i], address);
    call_json(c, "hosts", hosts);
    return RESULT_DONE;
}

/* --- the audit log --- */

#define TIME_MAX 32 /* bytes of "2026-11-22T01:02:03.456Z" */

static void print_time(int64_t at_ms, char to[TIME_MAX])
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm utc;
    char day[24];

    if (gmtime_r(&seconds, &utc) == NULL)
        (void)memset(&utc, 0, sizeof utc);
    (void)strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(to, TIME_MAX, "%s.%03dZ", day, (int)(at_ms % 1000));
}

struct audit_print {
    struct call *call;
    json_t *entries;
};

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static void print_json_entry(const struct audit_print *p, const struct audit_entry *e,
                             const char *at)
{
    json_t *row = json_object();

    (void)json_object_set_new(row, "id", json_integer(e->id));
    (void)json_object_set_new(row, "time", json_string(at));
    (void)json_object_set_new(row, "node", json_string(e->node));
    (void)json_object_set_new(row, "user", json_string(e->user));
    (void)json_object_set_new(row, "from", json_string(e->from));
    (void)json_object_set_new(row, "command", json_string(e->command));
    (void)json_object_set_new(row, "before", text_or_null(e->before));
    (void)json_object_set_new(row, "after", text_or_null(e->after));
    (void)json_object_set_new(row, "result", json_string(e->result));
    (void)json_array_append_new(p->entries, row);
}

static void print_told(struct out *to, const char *label, const char *text)
{
    if (text != NULL)
        out_printf(to, "    %s%s\n", label, text[0] == '\0' ? "(empty)" : text);
}

static bool print_entry(void *arg, const struct audit_entry *e)
{
    const struct audit_print *p = arg;
    struct out *to = &p->call->out;
    char at[TIME_MAX];

    print_time(e->at_ms, at);
    print_json_entry(p, e, at);
    out_printf(to, "%s %s %s (%s) %s: %s\n", at, e->node, e->user, e->from, e->result, e->command);
    print_told(to, "before: ", e->before);
    print_told(to, "after:  ", e->after);
    return !to->is_cut;
}

#define AUDIT_SHOWN 100 /* entries, unless told */

static enum result audit_list(struct call *c)
{
    struct audit_print p = {c, json_array()};
    struct diag why = {0, ""};
    unsigned long n = AUDIT_SHOWN;
    struct store *s = NULL;
    enum result r = RESULT_DONE;

    if (c->n_args == 1 && text_to_ulong(c->args[0], 1, 1000000000, &n) != ERR_OK)
        r = call_misuse(c, "How many entries? a number from 1 on, 100 when it is left out");
    else if ((s = call_store(c)) == NULL)
        r = RESULT_UNUSABLE;
    enum err e = r == RESULT_DONE ? store_audit_list(s, n, print_entry, &p, &why) : ERR_OK;
    if (e != ERR_OK)
        r = call_store_failed(c, e, &why);
    if (r == RESULT_DONE && json_array_size(p.entries) == 0)
        out_printf(&c->out, "Nothing was changed yet.\n");
    call_json(c, "entries", p.entries);
    return r;
}

static const struct cmd_param count = {
    "COUNT", CMD_MAYBE, "how many of the last entries; 100 when left out", "20", NULL};

static const struct cmd rows[] = {
    {"lab hosts",
     "Print the lab's lines for a hosts file: /etc/hosts, on Windows "
     "C:\\Windows\\System32\\drivers\\etc\\hosts",
     NULL, 0, CMD_LAB, lab_hosts, NULL},
    {"lab reset article",
     "Put all nodes into the article's state: right publisher, subscriber lacking one origin", NULL,
     1, CMD_LAB | CMD_EDIT, reset_article, NULL},
    {"lab reset factory",
     "Put all nodes into a fresh node's state: CORS disabled, empty lists; Finesse at enable_all",
     NULL, 1, CMD_LAB | CMD_EDIT, reset_factory, NULL},
    {"lab audit list", "List who changed what, when and on which node, the latest last", &count, 0,
     CMD_LAB, audit_list, NULL},
};

size_t cmds_lab(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
