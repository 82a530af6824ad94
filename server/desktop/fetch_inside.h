#ifndef CUICSIM_SERVER_FETCH_INSIDE_H
#define CUICSIM_SERVER_FETCH_INSIDE_H

#include "fetch.h"

/** What the fetch*.c files share; nobody else includes it. */

#define FETCH_ROUTE_MAX 640 /* bytes of "host:port:address:port", with the terminator */

struct fetch_places {
    size_t n;
    struct fetch_address *address;
};

/** Where a URL of one of the lab's hosts leads to, as CURLOPT_CONNECT_TO wants it. The port that
 * one of our sites listens on is itself; a port of the product (443, 8444, 8445, 12005, 12008) is
 * the first address of the site that answers there; at any other nobody is.
 * @return FETCH_FINE, FETCH_REFUSED (nobody), FETCH_FOREIGN (another host), FETCH_BAD_URL */
enum fetch_fault fetch_route(const struct config *c, const struct fetch_places *places,
                             const char *url, char ret[FETCH_ROUTE_MAX]);

#endif
