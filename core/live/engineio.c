#include "engineio.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS_MAX 9

/** Bytes of the UTF-8 sequence that the text begins with; 0 when there is no valid one.
 *  @source RFC 3629: no surrogates, nothing overlong, nothing over U+10FFFF */
static size_t sequence_bytes(const unsigned char *at, size_t n)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t bytes = 0;

    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xc2 && at[0] <= 0xdf)
        bytes = 2;
    else if (at[0] >= 0xe0 && at[0] <= 0xef)
        bytes = 3;
    else if (at[0] >= 0xf0 && at[0] <= 0xf4)
        bytes = 4;
    if (bytes == 0 || n < bytes)
        return 0;
    if (at[0] == 0xe0)
        low = 0xa0;
    if (at[0] == 0xed)
        high = 0x9f;
    if (at[0] == 0xf0)
        low = 0x90;
    if (at[0] == 0xf4)
        high = 0x8f;
    for (size_t i = 1; i < bytes; i++) {
        if (at[i] < low || at[i] > high)
            return 0;
        low = 0x80;
        high = 0xbf;
    }
    return bytes;
}

/** Bytes of the first `units` UTF-16 code units of a text. ERR_SYNTAX when it is shorter, not
 * UTF-8, or would have to be cut within a character. */
static enum err bytes_of_units(struct slice text, size_t units, size_t *ret)
{
    size_t i = 0;

    while (units > 0) {
        size_t bytes =
            i == text.n ? 0 : sequence_bytes((const unsigned char *)text.at + i, text.n - i);
        size_t taken = bytes == 4 ? 2 : 1;
        if (bytes == 0 || taken > units)
            return ERR_SYNTAX;
        i += bytes;
        units -= taken;
    }
    *ret = i;
    return ERR_OK;
}

enum err engineio_length(struct slice text, size_t *ret)
{
    size_t units = 0;

    for (size_t i = 0; i < text.n;) {
        size_t bytes = sequence_bytes((const unsigned char *)text.at + i, text.n - i);
        if (bytes == 0)
            return ERR_SYNTAX;
        units += bytes == 4 ? 2 : 1;
        i += bytes;
    }
    *ret = units;
    return ERR_OK;
}

enum err engineio_packet_read(struct slice text, struct engineio_packet *ret)
{
    size_t units = 0;

    if (text.n > ENGINEIO_PACKET_MAX)
        return ERR_LIMIT;
    if (text.n == 0 || text.at[0] < '0' || text.at[0] > '6')
        return ERR_SYNTAX;
    if (engineio_length(text, &units) != ERR_OK)
        return ERR_SYNTAX;
    ret->type = (enum engineio_type)(text.at[0] - '0');
    ret->data = (struct slice){text.at + 1, text.n - 1};
    return ERR_OK;
}

enum err engineio_payload_next(struct slice *rest, struct engineio_packet *ret)
{
    const char *colon = rest->n == 0 ? NULL : memchr(rest->at, ':', rest->n);
    unsigned long units = 0;
    size_t bytes = 0;

    if (rest->n == 0)
        return ERR_NOTFOUND;
    if (colon == NULL)
        return ERR_SYNTAX;
    struct slice length = {rest->at, (size_t)(colon - rest->at)};
    enum err e = text_to_ulong(length, 1, ENGINEIO_PACKET_MAX, &units);
    if (e != ERR_OK)
        return e;
    struct slice text = {colon + 1, rest->n - length.n - 1};
    e = bytes_of_units(text, units, &bytes);
    if (e == ERR_OK)
        e = engineio_packet_read((struct slice){text.at, bytes}, ret);
    if (e == ERR_OK)
        *rest = (struct slice){text.at + bytes, text.n - bytes};
    return e;
}

/** Take "/name?query," off the front; a namespace that ends the packet has no comma. */
static struct slice take_namespace(struct slice *text)
{
    const char *comma = text->n == 0 ? NULL : memchr(text->at, ',', text->n);

    if (text->n == 0 || text->at[0] != '/')
        return slice_of(SOCKETIO_ROOT);
    struct slice nsp = {text->at, comma == NULL ? text->n : (size_t)(comma - text->at)};
    size_t used = nsp.n + (comma == NULL ? 0 : 1);
    *text = (struct slice){text->at + used, text->n - used};
    const char *query = memchr(nsp.at, '?', nsp.n);
    if (query != NULL)
        nsp.n = (size_t)(query - nsp.at);
    return nsp;
}

static enum err take_id(struct slice *text, struct socketio_packet *packet)
{
    size_t n = 0;

    while (n < text->n && ascii_is_digit((unsigned char)text->at[n]))
        n++;
    packet->has_id = n > 0;
    packet->id = 0;
    if (n > ID_DIGITS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < n; i++)
        packet->id = packet->id * 10 + (unsigned long)(text->at[i] - '0');
    *text = (struct slice){text->at + n, text->n - n};
    return ERR_OK;
}

enum err socketio_packet_read(struct slice text, struct socketio_packet *ret)
{
    struct socketio_packet packet;

    if (text.n == 0 || text.at[0] < '0' || text.at[0] > '4') /* 5 and 6 have attachments */
        return ERR_SYNTAX;
    packet.type = (enum socketio_type)(text.at[0] - '0');
    text = (struct slice){text.at + 1, text.n - 1};
    packet.nsp = take_namespace(&text);
    enum err e = take_id(&text, &packet);
    if (e != ERR_OK)
        return e;
    packet.data = text;
    if (packet.type == SOCKETIO_ACK && !packet.has_id)
        return ERR_SYNTAX;
    *ret = packet;
    return ERR_OK;
}

enum err socketio_event_read(struct slice data, json_t **ret)
{
    json_t *args = data.n == 0 ? NULL : json_loadb(data.at, data.n, 0, NULL);

    if (json_is_array(args) && json_is_string(json_array_get(args, 0))) {
        *ret = args;
        return ERR_OK;
    }
    json_decref(args);
    return ERR_SYNTAX;
}

static int add_json(const char *text, size_t n, void *to)
{
    return buf_add(to, (struct slice){text, n}) == ERR_OK ? 0 : -1;
}

enum err socketio_packet_write(struct buf *to, enum socketio_type type, const char *nsp,
                               const unsigned long *id, const json_t *data)
{
    assert(nsp == NULL || nsp[0] == '/');
    (void)buf_printf(to, "%d%d", (int)ENGINEIO_MESSAGE, (int)type);
    if (nsp != NULL)
        (void)buf_puts(to, nsp);
    if (nsp != NULL && (id != NULL || data != NULL))
        (void)buf_putc(to, ',');
    if (id != NULL)
        (void)buf_printf(to, "%lu", *id);
    if (data != NULL &&
        json_dump_callback(data, add_json, to, JSON_COMPACT | JSON_ENCODE_ANY) != 0 &&
        to->state == ERR_OK)
        to->state = ERR_NOMEM; /* jansson's own memory */
    return to->state;
}
