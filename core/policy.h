#ifndef CUICSIM_POLICY_H
#define CUICSIM_POLICY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "hdrlist.h"

/** What answers on a node. */
enum service { SERVICE_CUIC, SERVICE_LIVE_DATA };
#define SERVICE_COUNT 2

/** "cuic" or "live-data": the word of the configuration, the store and the log. */
const char *service_name(enum service s);

/** What the answer is to a cross-origin request while CORS is disabled.
 *  UNVERIFIED: which of the two the product does; settled by one request to a real node. */
enum cors_disabled_answer {
    CORS_DISABLED_REFUSE, /* as if the list were empty: 403 */
    CORS_DISABLED_PASS    /* as if there were no filter: the application answers, no CORS header */
};

/** The settings a policy is made from. */
struct policy_spec {
    bool enabled;
    bool private_network;
    bool any_origin; /* the list is `*`; the product cannot be set so, Tomcat's filter can */
    bool credentials;
    unsigned max_age_s; /* 0: no access-control-max-age */
    const char *const *origins;
    size_t n_origins;
    const char *const *custom_allowed; /* beside the built-in ones, in the order added */
    size_t n_custom_allowed;
    const char *const *custom_exposed;
    size_t n_custom_exposed;
    const char *const *builtin_allowed; /* NULL: the product's */
    size_t n_builtin_allowed;
    const char *const *builtin_exposed; /* NULL: the product's */
    size_t n_builtin_exposed;
};

/** One service's CORS settings on one node. Immutable once made. */
struct policy {
    bool enabled;
    bool private_network;
    bool any_origin;
    bool credentials;
    char max_age_text[12]; /* "" when not sent */
    struct hdrlist *methods;
    struct hdrlist *allowed_headers;
    struct hdrlist *exposed_headers;
    size_t n_origins;
    size_t n_slots;    /* a power of two, over 1.5 times n_origins */
    const char **slot; /* open addressing by the hash of the whole text; NULL: free */
    char *storage;
};

/** The product's built-in lists, lower case, in the order in which the captured answers' HashSet
 *  order says they were configured. @source captures, docs/fidelity.md#lists */
extern const char *const policy_methods[];
extern const size_t policy_n_methods;
extern const char *const policy_allowed_headers[];
extern const size_t policy_n_allowed_headers;
extern const char *const policy_exposed_headers[];
extern const size_t policy_n_exposed_headers;

/** The settings of a fresh service: everything as captured, CORS disabled, nothing listed. */
struct policy_spec policy_spec_default(void);

/** @return ERR_OK, ERR_NOMEM; the result is freed with policy_free, which accepts NULL */
enum err policy_new(const struct policy_spec *spec, struct policy **ret);
void policy_free(struct policy *p);

/** The list's own copy of this origin, or NULL when it is not listed. Whole string, case-sensitive;
 *  the time does not grow with the list. */
const char *policy_find_origin(const struct policy *p, struct slice origin);

/** All policies that the server decides by, of one revision of the store. Shared by threads:
 *  immutable but for the count of its users. */
struct policy_set {
    atomic_uint users;
    int64_t revision;
    size_t n_nodes;
    struct service_view {
        struct policy *policy;
        int64_t down_until_ms; /* since 1970: the service restarts until then; 0 when it runs */
    } view[];                  /* n_nodes * SERVICE_COUNT */
};

/** @return ERR_OK, ERR_NOMEM; all policies NULL, one user */
enum err policy_set_new(size_t n_nodes, struct policy_set **ret);
struct policy_set *policy_set_ref(struct policy_set *set);
void policy_set_unref(struct policy_set *set); /* the last one frees; accepts NULL */
const struct service_view *policy_set_get(const struct policy_set *set, size_t node,
                                          enum service s);

#endif
