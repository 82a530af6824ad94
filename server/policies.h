#ifndef CUICSIM_SERVER_POLICIES_H
#define CUICSIM_SERVER_POLICIES_H

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"
#include "cors/policy.h"

/** The policy set that requests are decided by: shared by all request threads, swapped by whichever
 *  of them first notices that the store moved. */
struct policies;

/** @return ERR_OK; ERR_BUSY when the store is locked: the set is then empty until it is not */
enum err policies_new(const struct config *c, struct policies **ret, struct diag *why);

/** No request may be running. Connections of threads that live on are theirs to close. */
void policies_free(struct policies *p);

/** The set as of now: an edit that was committed before the call is in it. When the store cannot be
 *  read, the last good set; NULL only when there never was one.
 * @return a counted reference, to be given to policy_set_unref */
struct policy_set *policies_get(struct policies *p);

/** How often another set was taken over so far. */
uint64_t policies_swaps(const struct policies *p);

/** Could the store be read when it was looked at last? */
bool policies_are_current(const struct policies *p);

#endif
