#ifndef CUICSIM_HOST_H
#define CUICSIM_HOST_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"

#define HOST_MAX 253 /* bytes, RFC 1035 section 2.3.4 */

/** Is this the host of a URL as a browser would take it: a name of letters, digits and '-', a
 * dotted IPv4 address, or an IPv6 address in brackets? ASCII only.
 * @param is_canonical  an IPv6 address must also be spelled as browsers print it
 * @param why           set on failure; the offset counts from the host's first byte
 * @return ERR_OK, ERR_SYNTAX
 * @source RFC 1123 section 2.1; URL standard, "host parser" and "ends in a number" */
enum err host_check(struct slice host, bool is_canonical, struct diag *why);

/** Is this an IPv6 address, without brackets? */
bool host_is_ipv6(struct slice address);

#endif
