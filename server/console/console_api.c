#include <string.h>

#include "base/clock.h"
#include "console_inside.h"

static void append(json_t *array, json_t *value)
{
    (void)json_array_append_new(array, value);
}

static json_t *texts(const char *const *at, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        append(list, json_string(at[i]));
    return list;
}

/* ---- what does not change ---- */

static json_t *node_json(const struct node *n)
{
    static const char *const role[2][2] = {{"subscriber", "publisher"}, {"secondary", "primary"}};
    json_t *services = json_array();
    bool is_finesse = n->platform == PLATFORM_FINESSE;

    for (int s = 0; s < SERVICE_COUNT; s++)
        if (platform_has(n->platform, (enum service)s))
            append(services, json_string(service_name((enum service)s)));
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", n->name, "hostname", n->hostname,
                     "product", is_finesse ? "finesse" : "cuic", "role",
                     role[is_finesse][n->is_publisher], "services", services);
}

static json_t *nodes_json(const struct config *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < config_all_nodes(c); i++)
        append(list, node_json(&c->nodes[i]));
    return list;
}

static json_t *reasons_json(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < REASON_COUNT; i++) {
        const struct reason *r = reason_get((enum cors_reason)i);
        append(list, json_pack("{s:s, s:s, s:s, s:s}", "code", r->code, "title", r->title, "why",
                               r->why, "remedy", r->remedy));
    }
    return list;
}

void console_lab(struct exchange *x)
{
    const struct config *c = x->config;

    json_t *trace = json_pack("{s:b, s:i, s:b}", "enabled", (int)c->trace_enabled, "keep",
                              (int)c->trace_keep, "bodies", (int)c->trace_bodies);

    console_reply_json(
        x, 200,
        json_pack("{s:s, s:I, s:I, s:b, s:o, s:s, s:i, s:o, s:o}", "version", CUICSIM_VERSION,
                  "run", (json_int_t)recorder_run(x->console->from.recorder), "now",
                  (json_int_t)clock_now_ms(), "writable", (int)c->console_write, "trace", trace,
                  "apply_changes", c->apply_changes == APPLY_IMMEDIATE ? "immediate" : "on-restart",
                  "restart_seconds", (int)c->restart_seconds, "nodes", nodes_json(c), "reasons",
                  reasons_json()));
}

/* ---- settings in both stages, and services ---- */

/** One reading of the store; the first failure stays. */
struct reading {
    struct store *store;
    const struct node *node;
    enum err state;
    struct diag why;
};

static const char *mode_name(enum cors_mode m)
{
    static const char *const name[] = {"disabled", "enabled", "enable_all"};

    return name[m];
}

static json_t *list_json(struct reading *r, struct target t, enum stage stage, enum list list)
{
    struct text_list own = {NULL, 0};

    if (r->state == ERR_OK)
        r->state = store_get_list(r->store, t, stage, list, &own, &r->why);
    json_t *array = texts((const char *const *)own.at, own.n);
    text_list_clear(&own);
    return array;
}

static json_t *stage_json(struct reading *r, enum service service, enum stage stage)
{
    struct target t = {r->node->name, service};
    struct cors_settings settings = {CORS_DISABLED, false};
    json_t *object = json_object();

    if (r->state == ERR_OK)
        r->state = store_get_settings(r->store, t, stage, &settings, &r->why);
    (void)json_object_set_new(object, "mode", json_string(mode_name(settings.mode)));
    (void)json_object_set_new(object, "private_network", json_boolean(settings.private_network));
    for (int l = 0; l < LIST_COUNT; l++)
        (void)json_object_set_new(object, list_name((enum list)l),
                                  list_json(r, t, stage, (enum list)l));
    return object;
}

static json_t *builtin_json(enum service service, enum list list)
{
    size_t n = 0;
    const char *const *names = policy_builtin_headers(service, list, &n);

    return texts(names, n);
}

/** The services that have to be restarted before an edit runs. */
static json_t *restarts_json(enum service service)
{
    const struct appliance_service *needed[2];
    size_t n = appliance_restarts(service, needed);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        append(list, json_string(needed[i]->name));
    return list;
}

static json_t *policy_json(struct reading *r, enum service service)
{
    return json_pack("{s:s, s:o, s:o, s:{s:o, s:o}, s:o}", "service", service_name(service),
                     "configured", stage_json(r, service, STAGE_CONFIGURED), "running",
                     stage_json(r, service, STAGE_RUNNING), "builtin",
                     list_name(LIST_ALLOWED_HEADERS), builtin_json(service, LIST_ALLOWED_HEADERS),
                     list_name(LIST_EXPOSED_HEADERS), builtin_json(service, LIST_EXPOSED_HEADERS),
                     "restarts", restarts_json(service));
}

static const char *kind_name(enum appliance_kind k)
{
    static const char *const name[] = {"plain", "proxy", "system", "not-activated"};

    return name[k];
}

/** `carries`: whose answers need it. `until`: when the state changes by itself, 0 for never. */
static json_t *service_json(struct reading *r, const struct appliance_service *s, int64_t now_ms)
{
    struct life life = {false, 0, 0};
    json_t *carries = json_array();

    if (r->state == ERR_OK)
        r->state = store_get_life(r->store, r->node->name, s, &life, &r->why);
    for (int i = 0; i < SERVICE_COUNT; i++)
        if ((s->carries & SERVICE_BIT(i)) != 0)
            append(carries, json_string(service_name((enum service)i)));
    enum life_state state = life_state(&life, now_ms);
    int64_t until = state == LIFE_STOPPING   ? life.stopping_until_ms
                    : state == LIFE_STARTING ? life.starting_until_ms
                                             : 0;
    return json_pack("{s:s, s:s, s:s, s:I, s:o}", "name", s->name, "state", life_state_name(state),
                     "kind", kind_name(s->kind), "until", (json_int_t)until, "carries", carries);
}

static json_t *node_state(struct reading *r, int64_t now_ms)
{
    json_t *policies = json_array();
    json_t *services = json_array();
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);

    for (int s = 0; s < SERVICE_COUNT; s++)
        if (platform_has(r->node->platform, (enum service)s))
            append(policies, policy_json(r, (enum service)s));
    for (size_t i = 0; i < n; i++)
        if (service[i].platform == r->node->platform)
            append(services, service_json(r, &service[i], now_ms));
    return json_pack("{s:s, s:o, s:o}", "name", r->node->name, "policies", policies, "services",
                     services);
}

static json_t *all_nodes(struct reading *r, const struct config *c, int64_t now_ms)
{
    json_t *nodes = json_array();

    for (size_t i = 0; i < config_all_nodes(c); i++) {
        r->node = &c->nodes[i];
        append(nodes, node_state(r, now_ms));
    }
    return nodes;
}

#define TRIES 5

/** Everything as of one revision: read again when somebody has changed something meanwhile. */
static json_t *read_state(struct reading *r, const struct config *c)
{
    int64_t now_ms = clock_now_ms();
    int64_t before = 0;
    int64_t after = 1;
    json_t *nodes = NULL;

    for (int i = 0; i < TRIES && r->state == ERR_OK && before != after; i++) {
        json_decref(nodes);
        nodes = NULL;
        r->state = store_revision(r->store, &before, &r->why);
        if (r->state == ERR_OK)
            nodes = all_nodes(r, c, now_ms);
        if (r->state == ERR_OK)
            r->state = store_revision(r->store, &after, &r->why);
    }
    return json_pack("{s:I, s:I, s:o?}", "revision", (json_int_t)after, "now", (json_int_t)now_ms,
                     "nodes", nodes);
}

void console_state(struct exchange *x)
{
    struct reading r = {.state = ERR_OK, .why = {0, ""}};
    json_t *state = NULL;

    r.state = store_open_reader(x->config, CONSOLE_BUSY_MS, &r.store, &r.why);
    if (r.state == ERR_OK)
        state = read_state(&r, x->config);
    store_close(r.store);
    if (r.state == ERR_OK) {
        console_reply_json(x, 200, state);
        return;
    }
    json_decref(state);
    console_refuse(x, 503, "%s", r.why.text[0] == '\0' ? err_text(r.state) : r.why.text);
}
