#ifndef CUICSIM_SERVER_SITE_CUIC_H
#define CUICSIM_SERVER_SITE_CUIC_H

#include "route.h"

/** The Intelligence Center Reporting Service behind its web proxy. */
route_handler cuic_server_options; /* OPTIONS * */
route_handler cuic_redirect;       /* /cuic -> /cuic/ */
route_handler cuic_context;        /* /cuic/: the login, the filter, then the application */
route_handler cuic_elsewhere;      /* any other path */

/** What is said of a gadget that is not there. */
#define CUIC_NO_JSP                                                                                \
    "This release does not support .jsp gadgets: write .xml in the desktop layout (utils finesse " \
    "layout updateCuicGadgetUrl 12.6.1+ rewrites it)."
#define CUIC_NO_GADGET                                                                             \
    "There are /cuicui/gadget/LiveData/LiveDataGadget.xml and "                                    \
    "/cuicui/gadget/Historical/HistoricalGadget.xml."

#endif
