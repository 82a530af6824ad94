/* Changes of the lab, by the same functions of the store as the shell's, with the same lines in the
 * audit log: each is written down as the command that would have done it. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "console_inside.h"
#include "cors/origin.h"
#include "lab.h"

#define USER        "console"
#define COMMAND_MAX 512
#define SHOWN_MAX   300 /* bytes of a value in a command */

/** One change on its way. */
struct order {
    struct exchange *x;
    const struct action *action;
    const struct node *node;
    enum service service;
    const char *value; /* the origin, the service's name, the lab's state; "" for none */
    struct store *store;
    struct change by;
    char command[COMMAND_MAX];
    char client[INET6_ADDRSTRLEN];
    bool is_changed;
    unsigned status; /* 0: done */
    struct diag why;
};

typedef enum err carry_out(struct order *o);

static enum err refuse(struct order *o, unsigned status, const char *why)
{
    o->status = status;
    diag_set(&o->why, 0, "%s", why);
    return ERR_SYNTAX;
}

/* ---- what can be done ---- */

static struct target target_of(const struct order *o)
{
    return (struct target){o->node->name, o->service};
}

static enum err add_origin(struct order *o)
{
    enum origin_mode mode = o->x->config->strict_urls ? ORIGIN_STRICT : ORIGIN_LAX;
    struct origin origin;
    struct diag why = {0, ""};
    char text[DIAG_TEXT + 32];

    if (origin_parse(slice_of(o->value), mode, &origin, &why) != ERR_OK) {
        (void)snprintf(text, sizeof text, "At character %zu: %s.", why.offset + 1, why.text);
        return refuse(o, 400, text);
    }
    const char *const entries[] = {origin.text};
    enum err e = store_add(o->store, target_of(o), LIST_ORIGINS, entries, 1,
                           policy_origins_max(o->service), &o->by, &o->is_changed, &o->why);
    return e == ERR_LIMIT ? refuse(o, 409, "The list would be longer than the product takes.") : e;
}

static enum err delete_origin(struct order *o)
{
    const char *const entries[] = {o->value};
    size_t removed = 0;
    enum err e =
        store_remove(o->store, target_of(o), LIST_ORIGINS, entries, 1, &o->by, &removed, &o->why);

    o->is_changed = removed > 0;
    return e;
}

static enum err set_mode(struct order *o, enum cors_mode mode)
{
    o->is_changed = true;
    return store_set_mode(o->store, target_of(o), mode, &o->by, &o->why);
}

static enum err enable(struct order *o)
{
    return set_mode(o, CORS_ENABLED);
}

static enum err enable_all(struct order *o)
{
    if (o->service != SERVICE_FINESSE)
        return refuse(o, 400, "Only Finesse can be enabled for any origin.");
    return set_mode(o, CORS_ENABLED_ALL);
}

static enum err disable(struct order *o)
{
    return set_mode(o, CORS_DISABLED);
}

static enum err restart(struct order *o)
{
    const struct appliance_service *service = appliance_find(o->node->platform, slice_of(o->value));

    if (service == NULL)
        return refuse(o, 404, "This node has no service of that name.");
    if (service->kind == APPLIANCE_NOT_ACTIVATED)
        return refuse(o, 409, "A service that is not activated is never started.");
    o->is_changed = true;
    return store_move_service(o->store, o->node->name, service, LIFE_RESTART,
                              (int64_t)o->x->config->restart_seconds * 1000, &o->by, &o->why);
}

static enum err reset(struct order *o)
{
    o->is_changed = true;
    if (strcmp(o->value, "article") == 0)
        return store_reset(o->store, o->x->config, lab_article, &o->by, &o->why);
    if (strcmp(o->value, "factory") == 0)
        return store_reset(o->store, o->x->config, lab_factory, &o->by, &o->why);
    return refuse(o, 400, "There are the states article and factory.");
}

/** As `lab trace clear`; the audit log is about settings. */
static enum err clear_trace(struct order *o)
{
    struct trace *t = NULL;
    int64_t n = 0;
    enum err e = trace_open(o->x->config, CONSOLE_BUSY_MS, &t, &o->why);

    if (e == ERR_OK)
        e = trace_clear(t, &n, &o->why);
    trace_close(t);
    if (e == ERR_OK)
        console_forget(o->x->console);
    o->is_changed = n > 0;
    return e;
}

enum { NEEDS_NODE = 1, NEEDS_SERVICE = 2, NEEDS_VALUE = 4, RESTARTS = 8 };
#define OF_SERVICE (NEEDS_NODE | NEEDS_SERVICE)

static const struct action {
    const char *name;
    unsigned flags;
    const char *words; /* of the shell's command, behind `utils SERVICE cors` with NEEDS_SERVICE */
    carry_out *run;
} actions[] = {
    {"add-origin", OF_SERVICE | NEEDS_VALUE | RESTARTS, "allowed_origin add", add_origin},
    {"delete-origin", OF_SERVICE | NEEDS_VALUE | RESTARTS, "allowed_origin delete", delete_origin},
    {"enable", OF_SERVICE | RESTARTS, "enable", enable},
    {"enable-all", OF_SERVICE | RESTARTS, "enable_all", enable_all},
    {"disable", OF_SERVICE | RESTARTS, "disable", disable},
    {"restart", NEEDS_NODE | NEEDS_VALUE, "utils service restart", restart},
    {"reset", NEEDS_VALUE, "lab reset", reset},
    {"clear-trace", 0, "lab trace clear", clear_trace},
};

/* ---- the order as it comes ---- */

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
}

static bool find_action(struct order *o, const char *name)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(actions[i].name, name) == 0)
            o->action = &actions[i];
    return o->action != NULL;
}

static bool find_node(struct order *o, const char *name)
{
    const struct config *c = o->x->config;

    for (size_t i = 0; i < config_all_nodes(c); i++)
        if (strcmp(c->nodes[i].name, name) == 0)
            o->node = &c->nodes[i];
    return o->node != NULL;
}

static bool find_service(struct order *o, const char *name)
{
    for (int s = 0; s < SERVICE_COUNT; s++)
        if (strcmp(service_name((enum service)s), name) == 0 &&
            platform_has(o->node->platform, (enum service)s)) {
            o->service = (enum service)s;
            return true;
        }
    return false;
}

static void write_command(struct order *o)
{
    char value[SHOWN_MAX];
    bool is_cors = (o->action->flags & NEEDS_SERVICE) != 0;

    (void)snprintf(o->command, sizeof o->command, "%s%s%s%s%s%s", is_cors ? "utils " : "",
                   is_cors ? service_name(o->service) : "", is_cors ? " cors " : "",
                   o->action->words, o->value[0] == '\0' ? "" : " ",
                   text_copy_defused(value, sizeof value, slice_of(o->value)));
}

static enum err read_order(struct order *o, const json_t *object)
{
    if (!find_action(o, member(object, "action")))
        return refuse(o, 400, "There is no such action.");
    if ((o->action->flags & NEEDS_NODE) != 0 && !find_node(o, member(object, "node")))
        return refuse(o, 404, "The lab has no node of that name.");
    if ((o->action->flags & NEEDS_SERVICE) != 0 && !find_service(o, member(object, "service")))
        return refuse(o, 404, "This node has no such service.");
    o->value = member(object, "value");
    if ((o->action->flags & NEEDS_VALUE) != 0 && o->value[0] == '\0')
        return refuse(o, 400, "This action needs a value.");
    write_command(o);
    return ERR_OK;
}

/* ---- carrying it out ---- */

/** Who it was, for the audit log. */
static void sign(struct order *o)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(o->x->request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    (void)snprintf(o->client, sizeof o->client, "?");
    if (address != NULL && address->sa_family == AF_INET)
        (void)inet_ntop(AF_INET, &v4->sin_addr, o->client, sizeof o->client);
    if (address != NULL && address->sa_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, o->client, sizeof o->client);
    o->by = (struct change){USER, o->client, o->command, clock_now_ms(),
                            (enum apply_changes)o->x->config->apply_changes};
}

/** As the shell: what was tried and failed is written down as well. */
static enum err run_order(struct order *o)
{
    enum err e = store_open(o->x->config, CONSOLE_BUSY_MS, &o->store, &o->why);

    if (e != ERR_OK)
        return e;
    sign(o);
    e = o->action->run(o);
    if (e != ERR_OK && o->status != 0) {
        const struct node *node = o->node == NULL ? &o->x->config->nodes[0] : o->node;
        (void)store_audit_failure(o->store, node->name, &o->by, NULL);
    }
    return e;
}

/** What has to be restarted before the change runs; nothing when it runs already. */
static json_t *restarts(const struct order *o)
{
    const struct appliance_service *needed[2];
    json_t *list = json_array();
    bool waits = (o->action->flags & RESTARTS) != 0 && o->is_changed &&
                 o->x->config->apply_changes == APPLY_ON_RESTART;
    size_t n = waits ? appliance_restarts(o->service, needed) : 0;

    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(list, json_string(needed[i]->name));
    return list;
}

void console_change(struct exchange *x)
{
    struct order o = {.x = x, .value = ""};
    json_t *object = x->is_body_cut ? NULL : json_loadb(x->body.at, x->body.n, 0, NULL);
    enum err e = json_is_object(object) ? read_order(&o, object)
                                        : refuse(&o, 400, "This is no JSON object.");

    if (e == ERR_OK)
        e = run_order(&o);
    store_close(o.store);
    if (e == ERR_OK)
        console_reply_json(
            x, 200,
            json_pack("{s:b, s:s, s:s?, s:o}", "changed", (int)o.is_changed, "command", o.command,
                      "node", o.node == NULL ? NULL : o.node->name, "restart", restarts(&o)));
    else
        console_refuse(x, o.status == 0 ? 503 : o.status, "%s",
                       o.why.text[0] == '\0' ? err_text(e) : o.why.text);
    json_decref(object);
}
