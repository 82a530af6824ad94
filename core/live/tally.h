#ifndef CUICSIM_TALLY_H
#define CUICSIM_TALLY_H

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"

#define TALLY_FILE "socketio.json"

/** How many Socket.IO clients each node has right now: the server writes it down, the shell reads
 *  it. A small file beside the store and not a table in it, for it is no setting: it needs no room
 *  on the disk to be safe, must not keep a shell's edit waiting, nor make every request thread look
 *  at the store again. It counts only while the server that wrote it lives, which a lock on the
 *  file tells: the system drops that one however the server ends. */
struct tally;

struct tally_count {
    unsigned clients;
    unsigned polling; /* of these, those without a WebSocket */
};

/** Begin to tell: nobody on any node. Called once by the server.
 * @return ERR_OK, ERR_BUSY (another server tells for this state folder), ERR_IO, ERR_NOMEM */
enum err tally_open(const struct config *c, struct tally **ret, struct diag *why);

/** @param count  one for each node of the CUIC cluster, in the configuration's order
 * @return ERR_OK, ERR_BUSY (somebody reads at this moment: try again), ERR_IO; nothing can be read
 *         from then on until one succeeds */
enum err tally_write(struct tally *t, const struct tally_count *count, struct diag *why);

/** Tell no more. Accepts NULL. */
void tally_close(struct tally *t);

/** What the server that runs tells of a node. Not for the process that writes it.
 * @return ERR_OK, ERR_NOTFOUND (no server tells anything), ERR_BUSY, ERR_IO, ERR_CORRUPT */
enum err tally_read(const struct config *c, const struct node *node, struct tally_count *ret,
                    struct diag *why);

#endif
