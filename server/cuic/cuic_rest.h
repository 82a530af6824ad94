#ifndef CUICSIM_SERVER_CUIC_REST_H
#define CUICSIM_SERVER_CUIC_REST_H

#include "login.h"
#include "route.h"

/** CUIC's REST calls: everything below /cuic/rest/. */

#define REST_TYPE "application/json;charset=UTF-8"

/** One call, on its way to its row. */
struct rest_call {
    struct slice locale, id; /* parts of its path; n == 0: there is no such part */
    char login[LOGIN_MAX];   /* who asks; "" when that is not known */
};

struct rest_row;

/** The row for a path that begins with /cuic/rest/. Never NULL: there is one for what is not
 *  there. */
const struct rest_row *rest_find(const char *path, struct rest_call *ret);

struct app_answer rest_answer(struct exchange *x, const struct rest_row *row,
                              const struct rest_call *call);

/** An error as JSON: {"error": {"code", "message"}}. */
struct app_answer rest_error(struct exchange *x, unsigned status, const char *code,
                             const char *message);

/** What both applications of the node tell alike. */
struct app_answer rest_status(struct exchange *x);
struct app_answer rest_locales(struct exchange *x);

/* cuic_report.c */
struct app_answer rest_view(struct exchange *x, const struct rest_call *call);
struct app_answer rest_start(struct exchange *x, const struct rest_call *call);
struct app_answer rest_poll(struct exchange *x, const struct rest_call *call);
struct app_answer rest_initial(struct exchange *x, const struct rest_call *call);

#endif
