#ifndef CUICSIM_SERVER_REPLY_H
#define CUICSIM_SERVER_REPLY_H

#include <microhttpd.h>

#include "profile.h"

/** Queue a reply on the connection: the only place that adds headers or queues a response.
 * @return what the access handler is to return */
enum MHD_Result reply_send(struct MHD_Connection *connection, const struct reply *r);

/** The same for a status of 101: `handler` takes the connection over. */
enum MHD_Result reply_upgrade(struct MHD_Connection *connection, const struct reply *r,
                              MHD_UpgradeHandler handler);

#endif
