#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *const policy_methods[] = {"GET", "POST", "PUT", "DELETE", "OPTIONS"};
const size_t policy_n_methods = COUNT(policy_methods);

/* The first seven are Finesse's documented defaults; that they come first is what the captured
 * order of access-control-allow-headers proves (two pairs of names share a bucket). */
static const char *const cuic_allowed[] = {
    "content-type",
    "x-requested-with",
    "accept",
    "origin",
    "authorization",
    "access-control-request-method",
    "access-control-request-headers",
    "locale",
    "domain",
    "peripheralid",
    "referer",
    "user-agent",
    "access-control-request-private-network",
};
static const char *const cuic_exposed[] = {
    "access-control-allow-origin",  "access-control-allow-credentials",
    "access-control-allow-methods", "access-control-allow-headers",
    "access-control-max-age",       "access-control-allow-private-network",
};
static const char *const finesse_allowed[] = {
    "content-type",
    "x-requested-with",
    "accept",
    "origin",
    "authorization",
    "access-control-request-method",
    "access-control-request-headers",
    "requestid",
    "range",
};
static const char *const finesse_exposed[] = {
    "access-control-allow-origin",  "access-control-allow-credentials",
    "access-control-allow-methods", "access-control-allow-headers",
    "access-control-max-age",
};

const char *service_name(enum service s)
{
    static const char *const name[SERVICE_COUNT] = {"cuic", "live-data", "finesse"};

    return name[s];
}

const char *list_name(enum list l)
{
    static const char *const name[LIST_COUNT] = {"allowed_origin", "allowed_headers",
                                                 "exposed_headers"};

    return name[l];
}

const char *const *policy_builtin_headers(enum service s, enum list l, size_t *ret_n)
{
    static const struct {
        const char *const *at;
        size_t n;
    } builtin[2][2] = {
        {{cuic_allowed, COUNT(cuic_allowed)}, {cuic_exposed, COUNT(cuic_exposed)}},
        {{finesse_allowed, COUNT(finesse_allowed)}, {finesse_exposed, COUNT(finesse_exposed)}},
    };
    size_t product = s == SERVICE_FINESSE ? 1 : 0;
    size_t which = l == LIST_EXPOSED_HEADERS ? 1 : 0;

    *ret_n = builtin[product][which].n;
    return builtin[product][which].at;
}

bool policy_is_builtin_header(enum service s, enum list l, struct slice name)
{
    size_t n = 0;
    const char *const *builtin = policy_builtin_headers(s, l, &n);

    for (size_t i = 0; i < n; i++)
        if (slice_is_nocase(name, builtin[i]))
            return true;
    return false;
}

struct policy_spec policy_spec_default(enum service s)
{
    struct policy_spec spec = {.credentials = true, .max_age_s = 600};

    spec.builtin_allowed = policy_builtin_headers(s, LIST_ALLOWED_HEADERS, &spec.n_builtin_allowed);
    spec.builtin_exposed = policy_builtin_headers(s, LIST_EXPOSED_HEADERS, &spec.n_builtin_exposed);
    return spec;
}

/** A spec that names no built-in list means CUIC's. */
static struct policy_spec with_builtins(const struct policy_spec *spec)
{
    struct policy_spec s = *spec;
    struct policy_spec cuic = policy_spec_default(SERVICE_CUIC);

    if (s.builtin_allowed == NULL) {
        s.builtin_allowed = cuic.builtin_allowed;
        s.n_builtin_allowed = cuic.n_builtin_allowed;
    }
    if (s.builtin_exposed == NULL) {
        s.builtin_exposed = cuic.builtin_exposed;
        s.n_builtin_exposed = cuic.n_builtin_exposed;
    }
    return s;
}

/** The built-in names followed by the custom ones, as one set. */
static enum err make_list(const char *const *builtin, size_t n_builtin, const char *const *custom,
                          size_t n_custom, struct hdrlist **ret)
{
    const char **all = calloc(n_builtin + n_custom + 1, sizeof *all);

    if (all == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n_builtin; i++)
        all[i] = builtin[i];
    for (size_t i = 0; i < n_custom; i++)
        all[n_builtin + i] = custom[i];
    enum err e = hdrlist_new(all, n_builtin + n_custom, ret);
    free(all);
    return e;
}

/** FNV-1a. The list is the administrator's, so nobody else can make its keys collide. */
static uint32_t hash(struct slice s)
{
    uint32_t h = 2166136261U;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.at[i]) * 16777619U;
    return h;
}

/** The slot that holds this text, or the free one where it would go. */
static size_t find_slot(const struct policy *p, struct slice text)
{
    size_t i = hash(text) & (p->n_slots - 1);

    while (p->slot[i] != NULL && !slice_is(text, p->slot[i]))
        i = (i + 1) & (p->n_slots - 1);
    return i;
}

static enum err make_origins(struct policy *p, const char *const *origins, size_t n)
{
    size_t bytes = 1;

    p->n_slots = 4;
    while (p->n_slots < n + n / 2 + 1)
        p->n_slots *= 2;
    for (size_t i = 0; i < n; i++)
        bytes += strlen(origins[i]) + 1;
    p->slot = calloc(p->n_slots, sizeof *p->slot);
    p->storage = malloc(bytes);
    if (p->slot == NULL || p->storage == NULL)
        return ERR_NOMEM;
    char *to = p->storage;
    for (size_t i = 0; i < n; i++) {
        size_t at = find_slot(p, slice_of(origins[i]));
        if (p->slot[at] != NULL)
            continue;
        size_t size = strlen(origins[i]) + 1;
        p->slot[at] = memcpy(to, origins[i], size);
        to += size;
        p->n_origins++;
    }
    p->storage_bytes = (size_t)(to - p->storage);
    return ERR_OK;
}

static enum err fill(struct policy *p, const struct policy_spec *spec)
{
    p->enabled = spec->enabled;
    p->private_network = spec->private_network;
    p->any_origin = spec->any_origin;
    p->credentials = spec->credentials;
    if (spec->max_age_s > 0)
        (void)snprintf(p->max_age_text, sizeof p->max_age_text, "%u", spec->max_age_s);
    enum err e = hdrlist_new(policy_methods, policy_n_methods, &p->methods);
    if (e == ERR_OK)
        e = make_list(spec->builtin_allowed, spec->n_builtin_allowed, spec->custom_allowed,
                      spec->n_custom_allowed, &p->allowed_headers);
    if (e == ERR_OK)
        e = make_list(spec->builtin_exposed, spec->n_builtin_exposed, spec->custom_exposed,
                      spec->n_custom_exposed, &p->exposed_headers);
    if (e == ERR_OK)
        e = make_origins(p, spec->origins, spec->n_origins);
    return e;
}

enum err policy_new(const struct policy_spec *spec, struct policy **ret)
{
    struct policy *p = calloc(1, sizeof *p);

    if (p == NULL)
        return ERR_NOMEM;
    struct policy_spec whole = with_builtins(spec);
    enum err e = fill(p, &whole);
    if (e != ERR_OK) {
        policy_free(p);
        return e;
    }
    *ret = p;
    return ERR_OK;
}

void policy_free(struct policy *p)
{
    if (p == NULL)
        return;
    hdrlist_free(p->methods);
    hdrlist_free(p->allowed_headers);
    hdrlist_free(p->exposed_headers);
    free(p->slot);
    free(p->storage);
    free(p);
}

const char *policy_find_origin(const struct policy *p, struct slice origin)
{
    return p->slot[find_slot(p, origin)];
}

const char *policy_next_origin(const struct policy *p, const char *before)
{
    const char *next = before == NULL ? p->storage : before + strlen(before) + 1;

    return next < p->storage + p->storage_bytes ? next : NULL;
}

size_t policy_origins_max(enum service s)
{
    return s == SERVICE_FINESSE ? POLICY_FINESSE_ORIGINS_MAX : 0;
}

enum err policy_set_new(size_t n_nodes, struct policy_set **ret)
{
    struct policy_set *set =
        calloc(1, sizeof *set + n_nodes * SERVICE_COUNT * sizeof(struct service_view));

    if (set == NULL)
        return ERR_NOMEM;
    atomic_init(&set->users, 1);
    set->n_nodes = n_nodes;
    *ret = set;
    return ERR_OK;
}

struct policy_set *policy_set_ref(struct policy_set *set)
{
    atomic_fetch_add_explicit(&set->users, 1, memory_order_relaxed);
    return set;
}

void policy_set_unref(struct policy_set *set)
{
    if (set == NULL || atomic_fetch_sub_explicit(&set->users, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < set->n_nodes * SERVICE_COUNT; i++)
        policy_free(set->view[i].policy);
    free(set);
}

const struct service_view *policy_set_get(const struct policy_set *set, size_t node, enum service s)
{
    return &set->view[node * SERVICE_COUNT + (size_t)s];
}
