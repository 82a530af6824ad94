#ifndef CUICSIM_REPORT_H
#define CUICSIM_REPORT_H

#include <jansson.h>

#include "filter.h"
#include "shapes.h"

/** What the REST calls for reports ask for, and the rows they are answered with. Shapes of the
 *  bodies: docs/live-data.md, rows B. */

/** The report that a body names in "reportId".
 * @param body  any JSON
 * @return ERR_OK, ERR_SYNTAX (no such member), ERR_NOTFOUND */
enum err report_find(const json_t *body, const struct shape_report **ret, struct diag *why);

/** The filter of a body that starts an execution:
 *  {"filter": {"filterParams": [{"paramId": KEY, "paramType": TYPE, "value": VALUE}]}}, all of it
 *  optional. A value is a text or an array of texts or of {"key": TEXT}.
 * @param ret    set to its rows; garbage on failure
 * @return as filter_apply, and ERR_SYNTAX for another shape, ERR_LIMIT for too many filters */
enum err report_filter_start(const json_t *body, const struct centre *c, enum centre_kind kind,
                             const char *login, struct filter *ret, struct diag *why);

/** The same for one that asks for a stream's first rows: {"filters": TEXT}, where the text is the
 *  JSON of [{"name": KEY, "operator": "SetValues", "value": VALUE}]. */
enum err report_filter_stream(const json_t *body, const struct centre *c, enum centre_kind kind,
                              const char *login, struct filter *ret, struct diag *why);

/** The rows that fit, in the order of their ids. NULL when memory is short. */
json_t *report_rows(const struct centre *c, const struct filter *f);

#endif
