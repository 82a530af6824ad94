#ifndef CUICSIM_SITE_PATH_H
#define CUICSIM_SITE_PATH_H

#include <stdbool.h>

#include "appliance.h"
#include "cors/reason.h"

/** What becomes of a request for a path before any CORS filter looks at it. The server's table of
 *  routes carries it out, and its login asks here; tests/http compares the two. */
enum path_effect {
    PATH_FILTERED,     /* the filter decides */
    PATH_LOGIN,        /* a login stands in front of the filter, though not of OPTIONS: 401 */
    PATH_REDIRECTED,   /* to the same with a slash behind it, in front of the filter */
    PATH_OUTSIDE,      /* no filter: an answer without CORS headers */
    PATH_OUTSIDE_LOGIN /* the same, and a redirect to a page that asks for a login */
};

/** @param path  its query does not count; `at` NULL is some path that the filter guards */
enum path_effect site_path_effect(enum service s, struct slice path);

/** Why the filter is not asked then; not of PATH_FILTERED. */
enum cors_reason site_path_reason(enum path_effect e);

/** Whose answers these paths get on a node of this product: at CUIC's addresses Live Data has paths
 *  of its own. */
enum service site_path_service(enum platform p, struct slice path);

/** A path that the filter of this service guards and that every node has: "/cuic/". */
const char *site_path_usual(enum service s);

/** Where the filter's paths of this service begin, for a sentence: "/cuic/". */
const char *site_path_guarded(enum service s);

/** The path without query and fragment. */
struct slice site_path_only(struct slice path);

#endif
