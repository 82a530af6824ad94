#ifndef CUICSIM_SERVER_GADGET_TROUBLE_H
#define CUICSIM_SERVER_GADGET_TROUBLE_H

#include "fetch.h"
#include "route.h"

/** Pages that stand in the place of a gadget which cannot be shown: what Finesse's container says,
 *  why, and what to do. */

/** Its XML cannot be used. @param why  "line N: what is wrong" */
struct app_answer trouble_xml(struct exchange *x, const char *url, const char *why);

/** It is not in the gadget folder, or too large. */
struct app_answer trouble_missing(struct exchange *x, const char *url);
struct app_answer trouble_large(struct exchange *x, const char *url);

/** It could not be fetched. @param n_tried  URLs, with those of alternate hosts */
struct app_answer trouble_fetch(struct exchange *x, const char *url, size_t n_tried,
                                const struct fetched *got);

/** The layout does not have it, or there is no layout. */
struct app_answer trouble_foreign(struct exchange *x, const char *url);
struct app_answer trouble_layout(struct exchange *x, const char *url, const char *why);

/** A path of Finesse's own that nothing stands behind. */
struct app_answer trouble_relative(struct exchange *x, const char *url, bool has_alternates);

/** A component of the product, which the simulator does not have. */
struct app_answer trouble_component(struct exchange *x, const char *url);

/** Nobody has signed in. */
struct app_answer trouble_session(struct exchange *x);

#endif
