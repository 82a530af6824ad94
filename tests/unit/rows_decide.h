#ifndef CUICSIM_TESTS_ROWS_DECIDE_H
#define CUICSIM_TESTS_ROWS_DECIDE_H

#include "cors/decide.h"

/** Policies that the rows name; all but POLICY_FRESH are enabled and list the recorded origins. */
enum policy_kind {
    POLICY_RECORDED,
    POLICY_FRESH,           /* as installed: disabled, nothing listed */
    POLICY_DISABLED,        /* the recorded one, switched off */
    POLICY_PRIVATE_NETWORK, /* with private-network-access enabled */
    POLICY_ANY,             /* the list is '*' */
    POLICY_CUSTOM           /* one more allowed header, "requestid" */
};
#define POLICY_KINDS 6

/** Fails the test instead of returning an error; freed with policy_free. */
struct policy *make_policy_kind(enum policy_kind kind);

struct decide_row {
    const char *name;
    enum policy_kind policy;
    enum cors_disabled_answer disabled;
    struct cors_request rq;
    enum cors_class class;
    enum cors_reason reason;
    enum cors_adds adds;
    bool is_allowed;
    bool adds_private_network;
    const char *allow_origin; /* NULL: none */
    struct slice culprit;
};

extern const struct decide_row decide_rows[];
extern const size_t decide_n_rows;

#endif
