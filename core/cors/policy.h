#ifndef CUICSIM_POLICY_H
#define CUICSIM_POLICY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "hdrlist.h"

/** What has CORS settings of its own: the first two on each CUIC node, the last on a Finesse. */
enum service { SERVICE_CUIC, SERVICE_LIVE_DATA, SERVICE_FINESSE };
#define SERVICE_COUNT 3

/** "cuic", "live-data", "finesse": the word of the configuration, the store and the log. */
const char *service_name(enum service s);

/** The lists that an administrator edits. */
enum list { LIST_ORIGINS, LIST_ALLOWED_HEADERS, LIST_EXPOSED_HEADERS };
#define LIST_COUNT 3

/** "allowed_origin", "allowed_headers", "exposed_headers": the word of the shell and the store. */
const char *list_name(enum list l);

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
    bool any_origin; /* whatever is listed: Finesse's enable_all; CUIC cannot be set so */
    bool credentials;
    unsigned max_age_s; /* 0: no access-control-max-age */
    const char *const *origins;
    size_t n_origins;
    const char *const *custom_allowed; /* beside the built-in ones, in the order added */
    size_t n_custom_allowed;
    const char *const *custom_exposed;
    size_t n_custom_exposed;
    const char *const *builtin_allowed; /* NULL: CUIC's */
    size_t n_builtin_allowed;
    const char *const *builtin_exposed; /* NULL: CUIC's */
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
    char *storage;     /* the origins, each NUL-terminated, in the order of the list */
    size_t storage_bytes;
};

/** The product's fixed methods, in the order in which the captured answers' HashSet order says they
 *  were configured. @source captures, docs/fidelity.md#lists */
extern const char *const policy_methods[];
extern const size_t policy_n_methods;

/** Header names that a service has without being told, and never loses: lower case.
 * @param l  LIST_ALLOWED_HEADERS or LIST_EXPOSED_HEADERS
 * UNVERIFIED for Live Data, which is given CUIC's; settled by its `allowed_headers list`
 * @source CUIC's as captured, Finesse's as documented: docs/fidelity.md#lists */
const char *const *policy_builtin_headers(enum service s, enum list l, size_t *ret_n);

/** Whether this name is one of them, in whatever case. */
bool policy_is_builtin_header(enum service s, enum list l, struct slice name);

/** The settings of a fresh service: everything as captured, CORS disabled, nothing listed. */
struct policy_spec policy_spec_default(enum service s);

/** @return ERR_OK, ERR_NOMEM; the result is freed with policy_free, which accepts NULL */
enum err policy_new(const struct policy_spec *spec, struct policy **ret);
void policy_free(struct policy *p);

/** The list's own copy of this origin, or NULL when it is not listed. Whole string, case-sensitive;
 *  the time does not grow with the list. */
const char *policy_find_origin(const struct policy *p, struct slice origin);

/** The entry behind `before` in the order of the list, the first one for NULL; NULL behind the
 * last.
 */
const char *policy_next_origin(const struct policy *p, const char *before);

/** What an administrator may list at most: all entries and the commas between them, in characters.
 * 0: no limit known. @source documented for Finesse alone */
#define POLICY_FINESSE_ORIGINS_MAX 4000
size_t policy_origins_max(enum service s);

/** Where a service is in its life; it follows from times alone, so that nobody has to finish what a
 *  killed shell began. All zero: started. */
struct life {
    bool is_stopped;           /* where it ends */
    int64_t stopping_until_ms; /* since 1970 */
    int64_t starting_until_ms;
};

/** All policies that the server decides by, of one revision of the store. Shared by threads:
 *  immutable but for the count of its users. */
struct policy_set {
    atomic_uint users;
    int64_t revision;
    size_t n_nodes;
    struct service_view {
        struct policy *policy; /* NULL when the node has no such service */
        struct life life;      /* of the service behind the proxy that answers by it */
        struct life proxy;     /* of the proxy in front of it */
    } view[];                  /* n_nodes * SERVICE_COUNT */
};

/** @return ERR_OK, ERR_NOMEM; all policies NULL, one user */
enum err policy_set_new(size_t n_nodes, struct policy_set **ret);
struct policy_set *policy_set_ref(struct policy_set *set);
void policy_set_unref(struct policy_set *set); /* the last one frees; accepts NULL */
const struct service_view *policy_set_get(const struct policy_set *set, size_t node,
                                          enum service s);

#endif
