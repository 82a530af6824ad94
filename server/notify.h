#ifndef CUICSIM_SERVER_NOTIFY_H
#define CUICSIM_SERVER_NOTIFY_H

/** Tell the service manager, if there is one ($NOTIFY_SOCKET), a line such as "READY=1".
 *  @source sd_notify(3): one datagram to a unix socket, '@' at the start for an abstract one */
void notify_manager(const char *state);

#endif
