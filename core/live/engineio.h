#ifndef CUICSIM_ENGINEIO_H
#define CUICSIM_ENGINEIO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

/** The wire form of Engine.IO 3 and of Socket.IO 2 on top of it: texts to packets and back. Pure.
 *  Binary packets and attachments are refused: nothing of Live Data uses them.
 *  @source engine.io-parser 2 and socket.io-parser 3 (their published protocol descriptions) */

#define ENGINEIO_VERSION     "3"
#define ENGINEIO_PACKET_MAX  65536 /* bytes of one packet, its type included */
#define ENGINEIO_PACKETS_MAX 256   /* in one payload */

enum engineio_type {
    ENGINEIO_OPEN,
    ENGINEIO_CLOSE,
    ENGINEIO_PING,
    ENGINEIO_PONG,
    ENGINEIO_MESSAGE,
    ENGINEIO_UPGRADE,
    ENGINEIO_NOOP
};

struct engineio_packet {
    enum engineio_type type;
    struct slice data; /* what follows the type, maybe empty; valid UTF-8 */
};

/** Read one packet: what one WebSocket message holds.
 * @return ERR_OK, ERR_SYNTAX, ERR_LIMIT (over ENGINEIO_PACKET_MAX) */
enum err engineio_packet_read(struct slice text, struct engineio_packet *ret);

/** Take the first packet off a polling payload, "<length>:<packet>" repeated.
 * @param rest  what is left of the payload; moves behind the packet on success only
 * @return ERR_OK, ERR_NOTFOUND (nothing is left), ERR_SYNTAX, ERR_LIMIT */
enum err engineio_payload_next(struct slice *rest, struct engineio_packet *ret);

/** A text's length as a payload states it: in UTF-16 code units, because the reference is written
 * in JavaScript.
 * @return ERR_OK, ERR_SYNTAX when the text is not UTF-8 */
enum err engineio_length(struct slice text, size_t *ret);

enum socketio_type {
    SOCKETIO_CONNECT,
    SOCKETIO_DISCONNECT,
    SOCKETIO_EVENT,
    SOCKETIO_ACK,
    SOCKETIO_ERROR
};

#define SOCKETIO_ROOT "/" /* the namespace that is not written */

struct socketio_packet {
    enum socketio_type type;
    struct slice nsp; /* SOCKETIO_ROOT, or begins with '/'; without its query */
    bool has_id;      /* an acknowledgement is asked for, or given */
    unsigned long id;
    struct slice data; /* JSON that was not looked at, or empty */
};

/** Read the data of an Engine.IO message.
 * @return ERR_OK, ERR_SYNTAX, ERR_LIMIT (an id over nine digits) */
enum err socketio_packet_read(struct slice text, struct socketio_packet *ret);

/** The arguments of an event: a JSON array whose first element is the event's name.
 * @param ret  a new reference
 * @return ERR_OK, ERR_SYNTAX (no such array, or not UTF-8) */
enum err socketio_event_read(struct slice data, json_t **ret);

/** Append an Engine.IO message that holds this packet.
 * @param nsp   NULL for the root
 * @param id    NULL for none
 * @param data  NULL for none
 * @return ERR_OK, ERR_NOMEM, ERR_LIMIT (of the buffer) */
enum err socketio_packet_write(struct buf *to, enum socketio_type type, const char *nsp,
                               const unsigned long *id, const json_t *data);

#endif
