#ifndef CUICSIM_REASON_H
#define CUICSIM_REASON_H

/** Why a decision fell, or why none did. Each owns one row of one table; every program, page, log
 * line, document and test takes its words from there. */
enum cors_reason {
    REASON_NO_ORIGIN,
    REASON_SAME_ORIGIN,
    REASON_DISABLED_PASSED,
    REASON_PREFLIGHT_ALLOWED,
    REASON_ACTUAL_ALLOWED,
    REASON_DISABLED,
    REASON_ORIGIN_EMPTY,
    REASON_ORIGIN_MALFORMED,
    REASON_ORIGIN_NULL,
    REASON_ORIGIN_NOT_LISTED,
    REASON_REQUEST_METHOD_BLANK,
    REASON_REQUEST_METHOD_NOT_ALLOWED,
    REASON_METHOD_NOT_ALLOWED,
    REASON_REQUEST_HEADER_BLANK,
    REASON_REQUEST_HEADER_NOT_ALLOWED,

    /* No decision fell: the request does not come to the filter. */
    REASON_PROXY_DOWN,
    REASON_SERVICE_DOWN,
    REASON_REDIRECTED,
    REASON_LOGIN,
    REASON_OUTSIDE
};
#define REASON_COUNT     20
#define REASON_DECISIONS REASON_PROXY_DOWN /* the first so many are cors_decide's */

struct reason {
    const char *code;   /* "origin-not-listed": stable, for logs, JSON and tests */
    const char *title;  /* a few words, capitalised, no full stop */
    const char *why;    /* one sentence */
    const char *remedy; /* what to do, one sentence; "" where nothing needs doing */
};

const struct reason *reason_get(enum cors_reason r);

#endif
