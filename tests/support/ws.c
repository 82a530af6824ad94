#include "ws.h"

#include <check.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY  "dGhlIHNhbXBsZSBub25jZQ=="
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static void check_proof(const struct wire_response *r)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char text[64];
    unsigned n = 0;
    const char *accept = wire_field(r, "sec-websocket-accept");

    ck_assert_int_eq(EVP_Digest(KEY GUID, strlen(KEY GUID), digest, &n, EVP_sha1(), NULL), 1);
    (void)EVP_EncodeBlock(text, digest, (int)n);
    ck_assert_msg(accept != NULL && strcmp(accept, (const char *)text) == 0, "proof %s",
                  accept == NULL ? "missing" : accept);
}

struct wire_response ws_ask(struct wire *w, const char *host, const char *path, const char *lines)
{
    struct wire_response r;

    wire_say(w,
             "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
             path, host, lines);
    ck_assert_msg(wire_read_upgrade(w, &r), "no answer to a handshake");
    if (r.status == 101)
        check_proof(&r);
    return r;
}

static bool read_length(struct wire *w, unsigned second, size_t *ret)
{
    size_t n_bytes = second == 126 ? 2 : second == 127 ? 8 : 0;
    char *bytes = wire_read_bytes(w, n_bytes);

    if (bytes == NULL)
        return false;
    *ret = n_bytes == 0 ? second : 0;
    for (size_t i = 0; i < n_bytes; i++)
        *ret = *ret << 8 | (unsigned char)bytes[i];
    free(bytes);
    return true;
}

bool ws_read(struct wire *w, struct ws_frame *ret)
{
    char *head = wire_read_bytes(w, 2);

    if (head == NULL)
        return false;
    ret->first = (unsigned char)head[0];
    unsigned second = (unsigned char)head[1];
    free(head);
    ck_assert_msg(second < 128, "a server's frame is masked");
    if (!read_length(w, second, &ret->n))
        return false;
    ret->bytes = wire_read_bytes(w, ret->n);
    return ret->bytes != NULL;
}

char *ws_read_text(struct wire *w, unsigned *ret_code)
{
    struct ws_frame f;

    if (ret_code != NULL)
        *ret_code = 0;
    while (ws_read(w, &f)) {
        if (f.first == (0x80 | WS_TEXT))
            return f.bytes;
        if (f.first == (0x80 | WS_CLOSE)) {
            if (ret_code != NULL && f.n >= 2)
                *ret_code = (unsigned)(unsigned char)f.bytes[0] << 8 | (unsigned char)f.bytes[1];
            free(f.bytes);
            return NULL;
        }
        free(f.bytes);
    }
    return NULL;
}

bool ws_send(struct wire *w, unsigned first, const void *bytes, size_t n)
{
    static const unsigned char mask[4] = {0x11, 0x22, 0x33, 0x44};
    const unsigned char *from = bytes;
    size_t head = n < 126 ? 2 : n < 65536 ? 4 : 10;
    unsigned char *frame = malloc(head + 4 + n);

    ck_assert_ptr_nonnull(frame);
    frame[0] = (unsigned char)first;
    frame[1] = (unsigned char)(0x80 | (n < 126 ? n : n < 65536 ? 126 : 127));
    for (size_t i = 2; i < head; i++)
        frame[i] = (unsigned char)((uint64_t)n >> (8 * (head - 1 - i)));
    memcpy(frame + head, mask, sizeof mask);
    for (size_t i = 0; i < n; i++)
        frame[head + 4 + i] = (unsigned char)(from[i] ^ mask[i % 4]);
    bool is_sent = wire_send(w, frame, head + 4 + n);
    free(frame);
    return is_sent;
}

void ws_say(struct wire *w, const char *text)
{
    ck_assert_msg(ws_send(w, 0x80 | WS_TEXT, text, strlen(text)), "closed before: %.60s", text);
}
