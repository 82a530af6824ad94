#ifndef CUICSIM_SERVER_SITE_CONSOLE_H
#define CUICSIM_SERVER_SITE_CONSOLE_H

#include "route.h"

/** The console: its page, what the page asks for, and the metrics. Answers faulty requests too. */
route_handler console_site;

#endif
