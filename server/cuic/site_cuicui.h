#ifndef CUICSIM_SERVER_SITE_CUICUI_H
#define CUICSIM_SERVER_SITE_CUICUI_H

#include "route.h"

/** CUIC's pages: below /cuicui/, and the administration's /oampui. */
route_handler cuicui_context;
route_handler oampui;

#endif
