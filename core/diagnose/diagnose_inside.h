#ifndef CUICSIM_DIAGNOSE_INSIDE_H
#define CUICSIM_DIAGNOSE_INSIDE_H

#include "diagnose.h"

/** Shared by diagnose*.c only. */

/** What a page meets on a node. */
struct outcome {
    enum verdict verdict;
    enum cors_reason reason;
    enum cors_class class;
    bool lacks_network; /* private network access was asked for and not granted */
};

/** @param host  the node's name in the question's URL; `at` NULL: as the question has it */
struct outcome outcome_find(const struct situation *s, const struct question *q, size_t node,
                            struct slice host);

/** Everything that a policy holds against a request, found by asking cors_decide again and again
 *  with what it named taken away. */
struct aspects {
    bool is_disabled;
    bool is_origin; /* `origin` says why */
    enum cors_reason origin;
    bool is_method_blank;
    bool is_method; /* `method` is the one */
    struct slice method;
    bool is_header_blank;
    const struct cors_request *headers; /* the step that asks for headers that are not allowed */
    bool is_not_cors;                   /* no CORS request at all */
};
void aspects_find(const struct policy *p, const struct question *q, struct aspects *ret);
bool aspects_any(const struct aspects *a);

/** The next header of a preflight that the policy does not allow, whatever else it does.
 * @param from  where to go on: the request's headers at first
 * @return false when there are no more */
bool next_refused_header(const struct policy *p, const struct cors_request *rq, struct slice *from,
                         struct slice *ret);

/** Is the name one of a list joined by commas, in whatever case? */
bool list_has_name(struct slice list, struct slice name);

/** Does `allowed_headers add` take this name? */
bool header_is_listable(struct slice name, struct diag *why);

/** Add a diagnosis at the end. Never NULL: beyond DIAGNOSES_MAX the last one is used again. */
struct diagnosis *findings_add(struct findings *f, enum mistake m, enum certainty c,
                               bool is_needed);

/** Private network access was asked for and is not granted. */
void findings_add_network_off(struct findings *f, enum certainty c);

/** Finesse's enable_all answers '*'. */
void findings_add_wildcard(struct findings *f, enum certainty c);

void step_add(struct diagnosis *d, struct step s); /* one that is there already counts once */

/** Restart, or start, what has to read the changed settings. */
void step_add_restart(const struct findings *f, struct diagnosis *d);

/** Give the first diagnosis the steps of all that are needed. */
void steps_unite(struct findings *f);

/** Explain why the configured list has no entry for the Origin: one needed diagnosis, and others
 *  that may be true as well. */
void diagnose_origin(struct findings *f, enum cors_reason reason);

/** The browser's own words name the mistake, not MISTAKE_NONE. It stands first: nothing that is
 *  listed mends it. */
void diagnose_seen_blamed(struct findings *f, const struct seen *seen);

/** The browser complained without a name for it, and there is nothing to complain of now. */
void diagnose_seen_allowed(struct findings *f, const struct seen *seen);

/** The browser complained without a name for it, and rightly: what its status says beside. */
void diagnose_seen_refused(struct findings *f, const struct seen *seen);

/** The Origin of the question, trimmed. */
struct slice origin_of(const struct findings *f);

/** The policy that is configured where the question goes. */
const struct policy *policy_of(const struct findings *f);

/** Does another node's configured list hold the Origin? Behind `after`; nodes' count: none. */
size_t next_node_listing(const struct findings *f, size_t after);

/** The next other node of the same product that would not allow the request. */
size_t next_node_refusing(const struct findings *f, size_t after);
#define NODE_FIRST ((size_t)-1)

#endif
