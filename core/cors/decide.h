#ifndef CUICSIM_DECIDE_H
#define CUICSIM_DECIDE_H

#include <stdbool.h>

#include "base/text.h"
#include "policy.h"
#include "reason.h"

/** What of a request counts for CORS. A field's `at` is NULL when the request has no such field;
 *  of a repeated field only the first line is given. Values may still have blanks around them. */
struct cors_request {
    struct slice method; /* of the request line, case kept */
    struct slice host;   /* Host field as sent, or the authority of an absolute-form target */
    bool is_https;
    struct slice origin;
    struct slice request_method;  /* Access-Control-Request-Method */
    struct slice request_headers; /* Access-Control-Request-Headers */
    struct slice private_network; /* Access-Control-Request-Private-Network */
};

enum cors_class {
    CORS_NOT,       /* no CORS request: passes to the application */
    CORS_PREFLIGHT, /* answered by the filter */
    CORS_ACTUAL,    /* simple or actual: passes to the application when allowed */
    CORS_INVALID    /* neither: refused */
};

/** "not-cors", "preflight", "actual", "invalid" */
const char *cors_class_name(enum cors_class c);

/** Which of the filter's response headers the answer carries. */
enum cors_adds {
    CORS_ADDS_NOTHING,
    CORS_ADDS_VARY,   /* vary: Origin, alone */
    CORS_ADDS_ORIGIN, /* vary, allow-origin, allow-credentials, expose-headers */
    CORS_ADDS_LISTS   /* those, with the longer vary, and max-age, allow-methods, allow-headers */
};

struct cors_decision {
    enum cors_class class;
    bool is_allowed;
    enum cors_reason reason;
    enum cors_adds adds;
    bool adds_private_network; /* access-control-allow-private-network: true */
    const char *allow_origin;  /* the list's copy, or "*"; NULL unless adds >= CORS_ADDS_ORIGIN */
    struct slice culprit;      /* the method or header that was refused; `at` NULL otherwise */
};

/** Decide by the product's own rules. Pure: allocates nothing, cannot fail, keeps no pointer; the
 *  result points into the policy and the request.
 * @source Tomcat's CorsFilter as recorded in tests/data/oracle-cases.jsonl; the differences that
 *         the captures show are in docs/fidelity.md */
struct cors_decision cors_decide(const struct policy *p, const struct cors_request *rq,
                                 enum cors_disabled_answer disabled);

#endif
