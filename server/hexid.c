#include "hexid.h"

#include <gnutls/crypto.h>
#include <stddef.h>

bool hexid_new(char to[HEXID])
{
    static const char digit[] = "0123456789ABCDEF";
    unsigned char bytes[16];

    if (gnutls_rnd(GNUTLS_RND_RANDOM, bytes, sizeof bytes) != 0)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++) {
        to[2 * i] = digit[bytes[i] >> 4];
        to[2 * i + 1] = digit[bytes[i] & 15];
    }
    to[HEXID - 1] = '\0';
    return true;
}
