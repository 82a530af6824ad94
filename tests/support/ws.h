#ifndef CUICSIM_TESTS_WS_H
#define CUICSIM_TESTS_WS_H

#include "wire.h"

/** A WebSocket client that sends exactly the frames it is told, right or wrong, on a wire. */

enum ws_opcode { WS_MORE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

/** Ask for the upgrade of a path. `lines` are more headers, each with its line end; may be "".
 * @return the answer; when it is 101, its proof has been checked */
struct wire_response ws_ask(struct wire *w, const char *host, const char *path, const char *lines);

struct ws_frame {
    unsigned first; /* byte: FIN, reserved bits, opcode */
    size_t n;
    char *bytes; /* NUL-terminated; free() them */
};

/** Read one frame. @return false when the server closed the connection */
bool ws_read(struct wire *w, struct ws_frame *ret);

/** Read text frames; pings, and what else is no text, are passed over. NULL when a close frame came
 *  or the connection ended. free() it. @param ret_code  of the close frame, 0 for none; or NULL */
char *ws_read_text(struct wire *w, unsigned *ret_code);

/** Send a frame with this first byte, masked. @return false when the server has closed */
bool ws_send(struct wire *w, unsigned first, const void *bytes, size_t n);

/** The same for a whole text, which must get through. */
void ws_say(struct wire *w, const char *text);

#endif
