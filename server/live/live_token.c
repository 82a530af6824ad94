#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>

#include "desktop/finesse.h"
#include "live_inside.h"

/* A token is the number of its slot, eight hex digits, and 16 random bytes as 32 more: it is found
 * without a search.
 * UNVERIFIED: what the product's look like, how long they last, how often one may be used; settled
 * by two requests to a real node. */

#define SERIAL_DIGITS 8

static const char digit[] = "0123456789abcdef";

bool live_token_new(struct live *l, size_t node, char ret[LIVE_TOKEN])
{
    unsigned char secret[16];

    if (gnutls_rnd(GNUTLS_RND_KEY, secret, sizeof secret) != 0)
        return false;
    live_lock(l);
    uint32_t serial = l->n_tokens++;
    struct live_token *t = &l->token[serial % LIVE_TOKENS];
    memcpy(t->secret, secret, sizeof secret);
    t->node = node;
    t->until_ms = live_now_ms(l) + (int64_t)l->config->token_seconds * 1000;
    live_unlock(l);
    (void)snprintf(ret, LIVE_TOKEN, "%08x", (unsigned)serial);
    for (size_t i = 0; i < sizeof secret; i++) {
        ret[SERIAL_DIGITS + 2 * i] = digit[secret[i] >> 4];
        ret[SERIAL_DIGITS + 2 * i + 1] = digit[secret[i] & 15];
    }
    ret[LIVE_TOKEN - 1] = '\0';
    return true;
}

static bool read_hex(struct slice token, unsigned char to[LIVE_TOKEN / 2])
{
    if (token.n != LIVE_TOKEN - 1)
        return false;
    memset(to, 0, LIVE_TOKEN / 2);
    for (size_t i = 0; i < token.n; i++) {
        const char *at = token.at[i] == '\0' ? NULL : strchr(digit, token.at[i]);
        if (at == NULL)
            return false;
        to[i / 2] = (unsigned char)((to[i / 2] << 4) | (at - digit));
    }
    return true;
}

bool live_token_use(struct live *l, size_t node, struct slice token)
{
    unsigned char bytes[LIVE_TOKEN / 2];
    unsigned char differs = 0;
    uint32_t serial = 0;

    if (!read_hex(token, bytes))
        return false;
    for (size_t i = 0; i < SERIAL_DIGITS / 2; i++)
        serial = serial << 8 | bytes[i];
    struct live_token *t = &l->token[serial % LIVE_TOKENS];
    for (size_t i = 0; i < sizeof t->secret; i++) /* in the same time whatever differs */
        differs |= (unsigned char)(t->secret[i] ^ bytes[SERIAL_DIGITS / 2 + i]);
    if (differs != 0 || t->node != node || t->until_ms <= live_now_ms(l))
        return false;
    t->until_ms = 0;
    return true;
}

bool live_find_agent(struct live *l, struct slice login, char ret[CENTRE_NAME_MAX])
{
    size_t i = 0;

    live_lock(l);
    bool is_found = finesse_find_user(l->centre, login, &i);
    if (is_found)
        memcpy(ret, centre_agent(l->centre, i)->login, CENTRE_NAME_MAX);
    live_unlock(l);
    return is_found;
}
