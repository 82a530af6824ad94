#ifndef CUICSIM_SERVER_SITE_FINESSE_H
#define CUICSIM_SERVER_SITE_FINESSE_H

#include "route.h"

/** Finesse: the agents' desktop with its gadget container, and the REST services that gadgets use.
 *  Only the latter stand behind the filter of `utils finesse cors`. */
route_handler finesse_server_options; /* OPTIONS * */
route_handler finesse_api;            /* /finesse/api/: the filter, then the services */
route_handler finesse_desktop;        /* /desktop/: sign-in, the desktop, scripts for gadgets */
route_handler finesse_container;      /* /gadgets/: frames, and requests of gadgets */
route_handler finesse_files;          /* /3rdpartygadget/files/ */
route_handler finesse_elsewhere;      /* any other path */

#endif
