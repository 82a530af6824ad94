#ifndef CUICSIM_SERVER_REPLY_H
#define CUICSIM_SERVER_REPLY_H

#include <microhttpd.h>

#include "base/buf.h"
#include "cors/profile.h"
#include "request.h"

/** Queue a reply on the connection: the only place that adds headers or queues a response.
 * @return what the access handler is to return */
enum MHD_Result reply_send(struct MHD_Connection *connection, const struct reply *r);

/** The same for a status of 101: `handler` takes the connection over. */
enum MHD_Result reply_upgrade(struct MHD_Connection *connection, const struct reply *r,
                              MHD_UpgradeHandler handler);

/** Append the status line and all fields exactly as the two functions above have them sent: what
 * the library adds of its own (Connection, Content-Length) with them.
 * @param is_early  queued before the request's body was read
 * Not foreseen: the "Connection: close" for a client that had ended its own side already. */
void reply_write_head(const struct request *rq, const struct reply *r, bool is_early,
                      struct buf *to);
/** The same with a body that `read` writes as long as it goes on, and that has no length. `end` is
 *  called once, in any case. */
enum MHD_Result reply_stream(struct MHD_Connection *connection, const struct reply *r,
                             MHD_ContentReaderCallback read, MHD_ContentReaderFreeCallback end,
                             void *stream);

#endif
