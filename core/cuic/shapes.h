#ifndef CUICSIM_SHAPES_H
#define CUICSIM_SHAPES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"
#include "centre/centre.h"

/** All JSON of Live Data and of reports whose shape is not public is made here and nowhere else, so
 *  that one place has to change once it is known: shapes.c, and what is known of a view in
 *  shapes_report.c. docs/live-data.md has each part's mark and source.
 *  A function that makes JSON returns NULL only when memory is short. The caller has the one
 *  reference to what it gets. */

#define SHAPE_KEYS_MAX 1000 /* of one topic in one subscription */

/** What a client subscribes to: "Agent=1001,1002", "PrecisionQueue=7001", "SkillGroup=6001",
 *  "Team=5001". The kind's case does not matter; blanks around the kind and the keys do not count;
 *  a key given twice counts once. Whoever serves a team sends its agents' messages as well: they
 *  are neighbours, see struct team. */
struct topic {
    enum centre_kind kind;
    size_t n;
    size_t index[SHAPE_KEYS_MAX]; /* of the keys, each known to the centre, in the order given */
};

/** Read a topic.
 * @param why  says what is not known or not well-formed, and where; ASCII, whatever the text holds
 * @return ERR_OK, ERR_SYNTAX, ERR_NOTFOUND (the kind or a key), ERR_LIMIT (too many keys) */
enum err topic_parse(const struct centre *c, struct slice text, struct topic *ret,
                     struct diag *why);

/** "Agent" of "Agent=1001". */
const char *shape_topic_name(enum centre_kind kind);

/** The object of one Live Data message: {"id": "<key>", "operation": "update", "<member>": {...}},
 *  where the member is what a report's filter key begins with: "agent" of "agent.id".
 *  A team's is about the team itself: how many of its agents are in which state. */
json_t *shape_message(const struct centre *c, enum centre_kind kind, size_t index);

/** One row of a report over that kind: the columns in their order, with what a grid shows; behind
 *  them, for each column that shows a time, its milliseconds as a number: "Time in State (ms)". */
json_t *shape_row(const struct centre *c, enum centre_kind kind, size_t index);

/** The columns' names in their order, NULL behind the last: for permalink pages. */
const char *const *shape_columns(enum centre_kind kind);

/** What a grid shows of a state: "Not Ready". */
const char *shape_state_title(enum agent_state s);

/** One view of a report. shapes_report.c has them all. */
struct shape_report {
    const char *id; /* 32 hex digits, upper case: of the view, and of the report */
    const char *name, *view;
    enum centre_kind kind; /* what its rows are about */
    bool is_live;          /* a Live Data report: a stream, whose permalink is HTML alone */
    bool is_open;          /* its permalink asks for no login */
};

/** All of them; of those over one kind its default comes first. */
const struct shape_report *shape_reports(size_t *ret_n);

/** By its id, in either case of letters; NULL when there is none. */
const struct shape_report *shape_find_report(struct slice id);

/** The id of the default report over that kind. */
const char *shape_report_id(enum centre_kind kind);

/** What a grid needs to know of a view: {"viewId", "reportId", "reportName", "viewName",
 * "viewType", "liveData", "topic", "keyColumn", "columns"}. A column is {"title", "paths",
 * "format"}: where in a message its value is (several are joined by a blank), and how it is shown:
 * "plain", "clock" (milliseconds as 00:01:05), "counting" (a clock that goes on until the next
 * message), "state" (by "labels"). So applied to shape_message it gives shape_row. */
json_t *shape_view(const struct shape_report *r);

#endif
