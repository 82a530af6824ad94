#ifndef CUICSIM_TRACE_JSON_H
#define CUICSIM_TRACE_JSON_H

#include <jansson.h>

#include "trace.h"

/** Records as JSON, for the shell, exports and the console. All return a new reference; NULL when
 *  memory is short. */

/** Bytes of a client's as a JSON string: UTF-8 as it is, anything else as Latin-1. null for a text
 *  that is not there. */
json_t *trace_json_text(struct slice text);

/** A record: one line of JSON lines. docs/trace.md has its members.
 * @param partner   from trace_find_partner; 0: none
 * @param is_whole  with heads and bodies */
json_t *trace_json(const struct trace_exchange *x, int64_t partner, bool is_whole);

/** One field of a head, without the blanks around its value; false at its end. The first line must
 *  have been taken with trace_head_line. */
bool trace_head_field(struct slice *rest, struct slice *ret_name, struct slice *ret_value);

/** The next line of a head, without its end; `n` 0 at its end. */
struct slice trace_head_line(struct slice *rest);

/* ---- HAR 1.2 ---- @source http://www.softwareishard.com/blog/har-12-spec/ */

/** The whole document, with no entry yet, which is its last member: {"log":{...,"entries":[]}}
 * @param dropped  records that are missing, for the comment */
json_t *trace_har(uint64_t dropped);

/** An entry of a TRACE_EXCHANGE. What HAR has no place for is in its member "_cuicsim". */
json_t *trace_har_entry(const struct trace_exchange *x, int64_t partner);

#endif
