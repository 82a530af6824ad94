#ifndef CUICSIM_SERVER_FILTERED_H
#define CUICSIM_SERVER_FILTERED_H

#include <jansson.h>

#include "route.h"

/** What all services share that answer behind the filter: the way from a request to
 *  profile_filtered. */

/** The filter is not asked; the reason is one of those that are no decision. */
void filtered_skip(struct exchange *x, enum cors_reason why);

/** What runs on the request's node. NULL while the service is down: the proxy in front has answered
 *  then. */
const struct service_view *filtered_view(struct exchange *x, enum service service);

/** Ask the filter. @return whether the application is to answer; it is NULL's turn otherwise */
bool filtered_ask(struct exchange *x, const struct service_view *view);

/** Answer as the filter and the application say. @param app  NULL when it was not asked */
void filtered_reply(struct exchange *x, const struct service_view *view,
                    const struct app_answer *app);

/** An application's page for an error. It lives in the reply of `x`. */
struct app_answer filtered_error(struct exchange *x, unsigned status, const char *detail);

/** An application's JSON. Takes the reference; NULL, for which memory was short, is answered with
 *  503. It lives in the reply of `x`, or in its text when it is too large for that.
 * @param type  value of Content-Type; outlives the reply */
struct app_answer filtered_json(struct exchange *x, unsigned status, const char *type,
                                json_t *object);

bool filtered_is_method(const struct exchange *x, const char *method);

#endif
