#ifndef CUICSIM_SERVER_SITE_CUIC_H
#define CUICSIM_SERVER_SITE_CUIC_H

#include "route.h"

/** The Intelligence Center Reporting Service behind its web proxy. */
route_handler cuic_server_options; /* OPTIONS * */
route_handler cuic_redirect;       /* /cuic -> /cuic/ */
route_handler cuic_context;        /* /cuic/: the login, the filter, then the application */
route_handler cuic_elsewhere;      /* any other path */

#endif
