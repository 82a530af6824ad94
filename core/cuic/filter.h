#ifndef CUICSIM_FILTER_H
#define CUICSIM_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"
#include "centre/centre.h"

#define FILTER_VALUES_MAX 1000 /* ids or logins in one filter */

/** Which rows of a report are wanted, by the filters of gadgets, permalinks and REST calls:
 *  "agent.id=CL teamName". Keys and values are those that the guides print; docs/live-data.md has
 *  the rows. Pure. */
struct filter {
    enum centre_kind kind;
    unsigned char bits[CENTRE_AGENTS_MAX / 8 + 1]; /* by index; there is most of agents */
};

/** All rows of that kind. */
void filter_init(struct filter *f, enum centre_kind kind);

bool filter_has(const struct filter *f, size_t index);

/** Keep only the rows that fit one of the values.
 * @param login   who asks, for "loginId", "teamName" and the like; "" when that is not known
 * @param key     "agent.id", "skillGroup.id", "@agent_list", ...
 * @param values  n of them: "CL" (all), "CL NAME" (those of the team NAME), "VL 1001,1002" or
 *                "1001,1002" (ids; of agents logins as well)
 * @param why     says what is not known
 * @return ERR_OK, ERR_NOTFOUND (a key, a collection, an id), ERR_SYNTAX (no value), ERR_LIMIT (too
 *         many) */
enum err filter_apply(struct filter *f, const struct centre *c, const char *login, struct slice key,
                      const struct slice *values, size_t n, struct diag *why);

#endif
