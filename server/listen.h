#ifndef CUICSIM_SERVER_LISTEN_H
#define CUICSIM_SERVER_LISTEN_H

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"

#define LISTEN_TEXT 64 /* bytes of "[IPv6]:port", with the terminator */

/** A listening socket, non-blocking. ERR_EXISTS: the address is in use. */
enum err listen_open(const struct endpoint *e, int *ret_fd, struct diag *why);

/** Where it really listens. */
void listen_address(int fd, struct sockaddr_storage *ret);

/** The same as text: "127.0.0.1:8444" or "[::1]:40123". */
void listen_text(int fd, char ret[LISTEN_TEXT]);

#endif
