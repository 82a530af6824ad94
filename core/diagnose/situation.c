#include "situation.h"

#include <stdlib.h>

enum err situation_new(const struct config *c, int64_t now_ms, struct situation **ret)
{
    struct situation *s = calloc(1, sizeof *s);
    size_t n = 0;

    (void)appliance_services(&n);
    if (s == NULL)
        return ERR_NOMEM;
    s->config = c;
    s->now_ms = now_ms;
    s->life = calloc(config_all_nodes(c) * n, sizeof *s->life);
    if (s->life == NULL) {
        free(s);
        return ERR_NOMEM;
    }
    *ret = s;
    return ERR_OK;
}

void situation_free(struct situation *s)
{
    if (s == NULL)
        return;
    policy_set_unref(s->configured);
    policy_set_unref(s->running);
    free(s->life);
    free(s);
}

const struct policy *situation_configured(const struct situation *s, size_t node, enum service of)
{
    return policy_set_get(s->configured, node, of)->policy;
}

const struct policy *situation_running(const struct situation *s, size_t node, enum service of)
{
    return policy_set_get(s->running, node, of)->policy;
}

static const struct life *life_of(const struct situation *s, size_t node,
                                  const struct appliance_service *service)
{
    size_t n = 0;
    const struct appliance_service *first = appliance_services(&n);

    return &s->life[node * n + (size_t)(service - first)];
}

enum life_state situation_state(const struct situation *s, size_t node,
                                const struct appliance_service *service)
{
    return life_state(life_of(s, node, service), s->now_ms);
}

bool situation_comes_back(const struct situation *s, size_t node,
                          const struct appliance_service *service)
{
    return !life_of(s, node, service)->is_stopped;
}
