#ifndef CUICSIM_SERVER_SITE_LIVEDATA_H
#define CUICSIM_SERVER_SITE_LIVEDATA_H

#include "route.h"

/** Live Data's web and Socket.IO services behind their proxy, with a filter and lists of their own
 *  (`utils live-data cors`).
 *  UNVERIFIED: the exact headers; in the product nginx writes them, here they are CUIC's. Settled
 * by one preflight to /socket.io/ of a real node. */
route_handler livedata_security;  /* the pages on which a certificate is accepted */
route_handler livedata_token;     /* /livedata/token/new */
route_handler livedata_socketio;  /* /socket.io/: Engine.IO's requests, both transports */
route_handler livedata_elsewhere; /* any other path */

#endif
