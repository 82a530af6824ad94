#ifndef CUICSIM_SERVER_HEXID_H
#define CUICSIM_SERVER_HEXID_H

#include <stdbool.h>

#define HEXID 33 /* bytes: 32 hex digits and the terminator */

/** 128 random bits in upper case, as Tomcat writes its session ids and CUIC its other ids. False
 *  when there are no random bytes. */
bool hexid_new(char to[HEXID]);

#endif
