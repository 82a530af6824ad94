#ifndef CUICSIM_DIAGNOSE_JSON_H
#define CUICSIM_DIAGNOSE_JSON_H

#include <jansson.h>

#include "diagnose.h"

/** {"verdict", "reason", "diagnoses": [{"mistake", "certainty", "why", "commands": [{"node",
 *  "command"}]}]}, most likely first: what `lab explain --json`, the console and the trace say.
 *  "why" also says what to do where there are no commands.
 * @return a new reference; NULL when memory is short */
json_t *diagnose_json(const struct findings *f);

#endif
