#include "explain_lab.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "lab.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BUSY_MS  15000
#define HOUR_MS  3600000

/* All nodes of both products; nothing listens. */
static const char nodes[] = "listen cuic { addresses = {\"127.0.0.1:8444\"} }\n"
                            "listen live-data { addresses = {\"127.0.0.1:12005\"} }\n"
                            "listen finesse { addresses = {\"127.0.0.1:8445\"}"
                            " hostnames = {\"finessep.uccelab.tac\", \"finesses.uccelab.tac\"} }\n";

struct lab explain_lab;
struct config *explain_config;
static const struct change by = {.user = "test", .from = "local", .command = "test"};

/* ---- the state ---- */

static const char *origins[128]; /* of the row's list */
static size_t n_origins;

static struct lab_settings pick_row(const struct node *n, enum service service)
{
    if (service == SERVICE_FINESSE)
        return lab_article(n, service);
    return (struct lab_settings){CORS_ENABLED, origins, n_origins};
}

static void split_list(char *list)
{
    n_origins = 0;
    for (char *at = list; *at != '\0'; n_origins++) {
        size_t n = strcspn(at, "|");
        ck_assert_uint_lt(n_origins, COUNT(origins));
        origins[n_origins] = at;
        at += n;
        if (*at == '|')
            *at++ = '\0';
    }
}

struct store *explain_open_store(void)
{
    struct store *s = NULL;
    struct diag why = {0, ""};

    ck_assert_msg(store_open(explain_config, BUSY_MS, &s, &why) == ERR_OK, "%s", why.text);
    return s;
}

static void reset_to(const struct explain_row *row)
{
    struct store *s = explain_open_store();
    struct diag why = {0, ""};
    char *list = row->list == NULL ? NULL : strdup(row->list);

    if (list != NULL)
        split_list(list);
    enum err e = store_reset(s, explain_config, list == NULL ? lab_article : pick_row, &by, &why);
    ck_assert_msg(e == ERR_OK, "%s: %s", row->name, why.text);
    free(list);
    store_close(s);
}

const struct node *explain_node(const char *name)
{
    const struct node *n = config_find_node(explain_config, slice_of(name));

    ck_assert_msg(n != NULL, "there is no node %s", name);
    return n;
}

static void move_service(const struct explain_row *row)
{
    struct store *s = explain_open_store();
    struct diag why = {0, ""};
    struct change now = by;
    const struct appliance_service *service =
        appliance_find(explain_node(row->moves)->platform, slice_of(row->service_moved));

    ck_assert_ptr_nonnull(service);
    now.at_ms = clock_now_ms();
    enum err e = store_move_service(
        s, row->moves, service, row->action == 's' ? LIFE_STOP : LIFE_RESTART, HOUR_MS, &now, &why);
    ck_assert_msg(e == ERR_OK, "%s: %s", row->name, why.text);
    store_close(s);
}

/* ---- the shell, within this process ---- */

char *explain_run(const char *node, const char *line, bool is_json, enum result want)
{
    char *text = NULL;
    size_t n = 0;
    struct shell sh = {.config = explain_config,
                       .node = explain_node(node),
                       .privilege = 1,
                       .is_json = is_json,
                       .user = "test",
                       .from = "local",
                       .never_asks = true,
                       .to = open_memstream(&text, &n)};

    ck_assert_ptr_nonnull(sh.to);
    sh.term.in = stdin;
    enum result r = shell_run(&sh, line);
    store_close(sh.store);
    ck_assert_int_eq(fclose(sh.to), 0);
    ck_assert_msg(r == want, "%s: '%s' ended with %d: %s", node, line, (int)r, text);
    return text;
}

/** Origins of `n` characters in all, joined by commas. */
static void fill(char *to, size_t n)
{
    size_t used = 0;

    for (unsigned i = 0; used + 60 < n; i++)
        used += (size_t)snprintf(to + used, EXPLAIN_LINE_BYTES - used,
                                 "https://host%04u.example.com,", i);
    (void)snprintf(to + used, EXPLAIN_LINE_BYTES - used, "https://%0*u.example.com",
                   (int)(n - used - strlen("https://.example.com")), 1U);
}

/** Split "NODE: COMMAND"; "@N" in it stands for origins of N characters. */
static const char *split_line(const char *line, char node[64], char command[EXPLAIN_LINE_BYTES])
{
    const char *colon = strstr(line, ": ");

    ck_assert_ptr_nonnull(colon);
    (void)snprintf(node, 64, "%.*s", (int)(colon - line), line);
    (void)snprintf(command, EXPLAIN_LINE_BYTES, "%s", colon + 2);
    char *at = strchr(command, '@');
    if (at != NULL && strncmp(at, "@3980", 5) == 0)
        fill(at, 3980);
    return command;
}

void explain_set_up(const struct explain_row *row, const char *more_conf)
{
    char node[64];
    char command[EXPLAIN_LINE_BYTES];
    char conf[2048];
    struct diag why = {0, ""};

    (void)snprintf(conf, sizeof conf, "%s\n%s\n%s", row->conf == NULL ? "" : row->conf, more_conf,
                   nodes);
    lab_init(&explain_lab, conf);
    ck_assert_msg(config_load(explain_lab.config, &explain_config, &why) == ERR_OK, "%s", why.text);
    reset_to(row);
    for (size_t i = 0; i < EXPLAIN_LINES_MAX && row->set_up[i] != NULL; i++)
        free(explain_run(node, split_line(row->set_up[i], node, command), false, RESULT_DONE));
    if (row->action != 0)
        move_service(row);
}

void explain_tear_down(void)
{
    config_free(explain_config);
    lab_clear(&explain_lab);
}
