#include <stdio.h>

#include "base/clock.h"
#include "cmds.h"
#include "shell.h"

/** The names of this node's services, for Tab. */
static const char *nth_service(const void *context, size_t i)
{
    const struct shell *sh = context;
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);

    for (size_t at = 0; at < n; at++)
        if (service[at].platform == sh->node->platform && i-- == 0)
            return service[at].name;
    return NULL;
}

/** The documented line: no blank before the bracket, two behind it. */
static void say_state(struct call *c, const struct appliance_service *s, enum life_state state)
{
    out_printf(&c->out, "%s[%s]  \n", s->name, life_state_name(state));
    (void)fflush(c->sh->to);
}

/** The service that the rest of the line names; NULL after saying that there is none. */
static const struct appliance_service *named_service(struct call *c)
{
    char shown[128];
    const char *name = NULL;

    for (size_t i = 0; (name = nth_service(c->sh, i)) != NULL; i++) {
        const char *rest = cmd_skip_words(name, c->args, c->n_args);
        if (rest != NULL && *rest == '\0')
            return appliance_find(c->sh->node->platform, slice_of(name));
    }
    /* UNVERIFIED: the platform's text for an unknown service. */
    (void)call_fail(c, "Service %s is not known; 'utils service list' shows the names",
                    text_copy_defused(shown, sizeof shown, c->rest));
    return NULL;
}

/** Show each state as the service passes through it. Ctrl-C ends the watching, not the move: that
 *  goes on by itself, as on the appliance. */
static enum result watch(struct call *c, const struct appliance_service *service, int64_t now_ms,
                         struct life life, enum life_action action)
{
    const int64_t until[] = {life.stopping_until_ms, life.starting_until_ms};
    const enum life_state state[] = {LIFE_STOPPING, LIFE_STARTING};
    bool is_passed[] = {action != LIFE_START, action != LIFE_STOP};

    for (size_t i = 0; i < 2; i++) {
        if (!is_passed[i])
            continue;
        say_state(c, service, state[i]);
        int64_t left = until[i] > now_ms ? until[i] - clock_now_ms() : 0;
        if (left > 0 && !term_wait(&c->sh->term, left))
            return call_interrupted(c);
    }
    say_state(c, service, life.is_stopped ? LIFE_STOPPED : LIFE_STARTED);
    return RESULT_DONE;
}

static bool is_there_already(enum life_action action, enum life_state state)
{
    return (action == LIFE_START && state == LIFE_STARTED) ||
           (action == LIFE_STOP && state == LIFE_STOPPED);
}

/** UNVERIFIED: what the platform prints for a service that is there already; settled by `utils
 *  service start` of a started one. */
static enum result say_already(struct call *c, const struct appliance_service *service,
                               enum life_state state)
{
    call_json(c, "service", json_string(service->name));
    call_json(c, "state", json_string(life_state_name(state)));
    out_printf(&c->out, "Service Manager is running\n");
    say_state(c, service, state);
    return RESULT_DONE;
}

static enum result move_service(struct call *c)
{
    const enum life_action action = *(const enum life_action *)c->cmd->about;
    const struct appliance_service *service = named_service(c);
    int64_t takes_ms = (int64_t)c->sh->config->restart_seconds * 1000;
    struct change by = call_change(c);
    struct diag why = {0, ""};

    if (service == NULL)
        return RESULT_FAILED;
    struct store *s = call_store(c);
    if (s == NULL)
        return RESULT_UNUSABLE;
    if (service->kind == APPLIANCE_NOT_ACTIVATED) {
        out_printf(&c->out, "%s[STOPPED]  Service Not Activated\n", service->name);
        return call_fail(c, "Operation failed, a service that is not activated is never started");
    }
    struct life now = {false, 0, 0};
    enum err e = store_get_life(s, c->sh->node->name, service, &now, &why);
    if (e == ERR_OK && is_there_already(action, life_state(&now, by.at_ms)))
        return say_already(c, service, life_state(&now, by.at_ms));
    if (e == ERR_OK)
        e = store_move_service(s, c->sh->node->name, service, action, takes_ms, &by, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    c->is_audited = true; /* Ctrl-C while it is watched is no failure of the move */
    call_json(c, "service", json_string(service->name));
    call_json(c, "state",
              json_string(life_state_name(action == LIFE_STOP ? LIFE_STOPPED : LIFE_STARTED)));
    if (action == LIFE_RESTART)
        out_printf(&c->out, " Don't press Ctrl-c while the service is getting RESTARTED.If Service "
                            "has not Restarted Properly, execute the same Command Again\n");
    out_printf(&c->out, "Service Manager is running\n");
    return watch(c, service, by.at_ms, life_after(action, by.at_ms, takes_ms), action);
}

/** One line of the list. @source facts: a blank before the bracket in the first block alone; two
 *  blanks before the note */
static enum result list_one(struct call *c, struct store *s,
                            const struct appliance_service *service, json_t *services)
{
    struct diag why = {0, ""};
    struct life life = {false, 0, 0};
    enum err e = store_get_life(s, c->sh->node->name, service, &life, &why);

    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    enum life_state state = life_state(&life, clock_now_ms());
    const char *note = "";
    if (service->kind == APPLIANCE_NOT_ACTIVATED)
        note = "  Service Not Activated";
    else if (state == LIFE_STOPPED)
        note = "  Commanded Out of Service";
    out_printf(&c->out, "%s%s[%s]%s\n", service->name, service->kind == APPLIANCE_SYSTEM ? " " : "",
               life_state_name(state), note);
    json_t *row = json_object();
    (void)json_object_set_new(row, "name", json_string(service->name));
    (void)json_object_set_new(row, "state", json_string(life_state_name(state)));
    (void)json_array_append_new(services, row);
    return RESULT_DONE;
}

static enum result list_block(struct call *c, struct store *s, bool is_system, json_t *services)
{
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);
    enum result r = RESULT_DONE;

    for (size_t i = 0; r == RESULT_DONE && i < n; i++)
        if (service[i].platform == c->sh->node->platform &&
            (service[i].kind == APPLIANCE_SYSTEM) == is_system)
            r = list_one(c, s, &service[i], services);
    return r;
}

static enum result service_list(struct call *c)
{
    struct store *s = call_store(c);
    json_t *services = json_array();
    enum result r = s == NULL ? RESULT_UNUSABLE : RESULT_DONE;

    if (r == RESULT_DONE) {
        out_printf(&c->out, "Requesting service status, please wait...\n");
        r = list_block(c, s, true, services);
    }
    if (r == RESULT_DONE) {
        out_printf(
            &c->out,
            "Service Manager is running\nGetting list of all services\n>> Return code = 0\n");
        r = list_block(c, s, false, services);
    }
    if (r == RESULT_DONE)
        out_printf(&c->out, "Primary Node =%s\n", c->sh->node->is_publisher ? "true" : "false");
    call_json(c, "services", services);
    return r;
}

static const enum life_action start = LIFE_START;
static const enum life_action stop = LIFE_STOP;
static const enum life_action restart = LIFE_RESTART;

static const struct cmd_param name = {
    "NAME",
    CMD_REST,
    "the service's name: the rest of the line, blanks included",
    "Cisco Web Proxy Service",
    nth_service,
};

/* Privilege levels: documented for UCCX and VVB, where even the list needs level 1. */
static const struct cmd rows[] = {
    {"utils service list", "List the services of this node and their states", NULL, 1, 0,
     service_list, NULL},
    {"utils service start", "Start a service of this node", &name, 1, CMD_EDIT, move_service,
     &start},
    {"utils service stop", "Stop a service of this node", &name, 1, CMD_EDIT, move_service, &stop},
    {"utils service restart",
     "Restart a service of this node: it then runs with what is configured", &name, 1, CMD_EDIT,
     move_service, &restart},
};

size_t cmds_service(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
