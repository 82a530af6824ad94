/* The frames of a WebSocket: what is refused, with which code, and when. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "suites.h"

#define LIMIT 65536 /* bytes of a message */

static struct lab lab;

static void start(void)
{
    live_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

static const struct row {
    const char *name;
    const char *bytes;
    size_t n;
    unsigned code; /* of the close frame; 0: there is none */
} rows[] = {
    {"not masked",
     "\x81\x01"
     "2",
     3, 1002},
    {"reserved bit",
     "\xc1\x81\0\0\0\0"
     "2",
     7, 1002},
    {"reserved opcode", "\x83\x80\0\0\0\0", 6, 1002},
    {"continuation of nothing", "\x80\x80\0\0\0\0", 6, 1002},
    {"fragmented ping", "\x09\x80\0\0\0\0", 6, 0},
    {"ping over 125 bytes", "\x89\xfe\x00\x7e\0\0\0\0", 8, 0},
    {"binary",
     "\x82\x81\0\0\0\0"
     "a",
     7, 1003},
    {"empty text", "\x81\x80\0\0\0\0", 6, 1002},
    {"not UTF-8",
     "\x81\x82\0\0\0\0"
     "4\xff",
     8, 1007},
    {"no packet", "\x81\x81\0\0\0\0x", 7, 1002},
    {"length over 2^63", "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14, 0},
    /* Heads that announce too much, and nothing behind them. */
    {"64 KiB and a byte", "\x81\xff\0\0\0\0\0\x01\0\x01", 10, 1009},
    {"the same, with its mask", "\x81\xff\0\0\0\0\0\x01\0\x01\0\0\0\0", 14, 1009},
    {"the same, and a byte of it", "\x81\xff\0\0\0\0\0\x01\0\x01\0\0\0\0a", 15, 1009},
    {"16 MiB", "\x81\xff\0\0\0\0\x01\0\0\0", 10, 1009},
    {"2^62", "\x81\xff\x40\0\0\0\0\0\0\0", 10, 1009},
    {"binary, 16 MiB", "\x82\xff\0\0\0\0\x01\0\0\0", 10, 1009},
    {"first fragment, 16 MiB", "\x01\xff\0\0\0\0\x01\0\0\0", 10, 1009},
    {"behind a ping", "\x89\x80\0\0\0\0\x81\xff\0\0\0\0\x01\0\0\0", 16, 1009},
    {"second fragment",
     "\x01\x81\0\0\0\0"
     "2\x80\xff\0\0\0\0\0\x01\0\0",
     17, 1009},
    {"second fragment, a ping between",
     "\x01\x81\0\0\0\0"
     "2\x89\x80\0\0\0\0\x80\xff\0\0\0\0\0\x01\0\0",
     23, 1009},
};

/** @param is_split  each byte comes in a TLS record of its own */
static void check_row(const struct row *row, bool is_split)
{
    struct wire *w = live_ws(&lab);
    size_t piece = is_split ? 1 : row->n;
    unsigned code = 0;

    for (size_t i = 0; i < row->n; i += piece) /* it may be refused on the way */
        (void)wire_send(w, row->bytes + i, piece);
    char *text = ws_read_text(w, &code);
    ck_assert_msg(text == NULL, "%s: %s", row->name, text);
    ck_assert_msg(code == row->code, "%s: closed with %u", row->name, code);
    (void)ws_send(w, 0x80 | WS_CLOSE, "\x03\xe8", 2);
    free(wire_read_to_end(w, NULL));
    wire_close(w);
}

START_TEST(refused)
{
    check_row(&rows[_i], false);
    check_row(&rows[_i], true);
}
END_TEST

static char large[LIMIT + 2];

static void expect_echo(struct wire *w, size_t n)
{
    char *text = ws_read_text(w, NULL);

    ck_assert_msg(text != NULL && strlen(text) == n && text[0] == '3', "%.20s for %zu bytes", text,
                  n);
    free(text);
}

START_TEST(limit)
{
    unsigned code = 0;
    struct wire *w = live_ws(&lab);

    memset(large, '4', LIMIT + 1);
    large[0] = '2';
    ck_assert(ws_send(w, 0x80 | WS_TEXT, large, LIMIT)); /* as large as it may be */
    expect_echo(w, LIMIT);
    ck_assert(ws_send(w, WS_TEXT, large, LIMIT - 1)); /* the same in two frames */
    ck_assert(ws_send(w, 0x80 | WS_MORE, large, 1));
    expect_echo(w, LIMIT);
    (void)ws_send(w, 0x80 | WS_TEXT, large, LIMIT + 1);
    ck_assert_ptr_null(ws_read_text(w, &code));
    ck_assert_uint_eq(code, 1009);
    wire_close(w);
}
END_TEST

/** One frame with these bytes, as ws_send makes it. */
static size_t put_frame(unsigned char *to, unsigned first, const char *bytes, size_t n)
{
    size_t head = n < 126 ? 2 : 4;

    to[0] = (unsigned char)first;
    to[1] = (unsigned char)(0x80 | (n < 126 ? n : 126));
    if (head == 4) {
        to[2] = (unsigned char)(n >> 8);
        to[3] = (unsigned char)n;
    }
    memset(to + head, 0, 4);
    memcpy(to + head + 4, bytes, n);
    return head + 4 + n;
}

/** Where one frame ends and the next one begins is no question of how they come: many of all sizes,
 *  some in fragments with a ping between, cut anywhere. */
START_TEST(cut_anywhere)
{
    enum { MESSAGES = 60, ROOM = 131072 };
    static unsigned char all[ROOM];
    unsigned seed = 20250208U + (unsigned)_i;
    size_t length[MESSAGES];
    size_t n = 0;
    unsigned code = 0;
    struct wire *w = live_ws(&lab);

    memset(large, 'x', sizeof large);
    large[0] = '2';
    for (size_t i = 0; i < MESSAGES; i++) {
        length[i] = 1 + (size_t)rand_r(&seed) % (i % 3 == 0 ? 1500 : 150);
        bool is_cut = length[i] > 1 && rand_r(&seed) % 2 == 0;
        size_t first = is_cut ? 1 + (size_t)rand_r(&seed) % (length[i] - 1) : length[i];
        n += put_frame(all + n, is_cut ? WS_TEXT : 0x80 | WS_TEXT, large, first);
        if (is_cut) {
            n += put_frame(all + n, 0x80 | WS_PING, "p", 1);
            n += put_frame(all + n, 0x80 | WS_MORE, large + first, length[i] - first);
        }
    }
    for (size_t sent = 0; sent < n;) {
        size_t piece = 1 + (size_t)rand_r(&seed) % 700;
        piece = piece < n - sent ? piece : n - sent;
        ck_assert(wire_send(w, all + sent, piece));
        sent += piece;
    }
    for (size_t i = 0; i < MESSAGES; i++)
        expect_echo(w, length[i]);
    ck_assert(wire_send(w, "\x81\xff\0\0\0\0\0\x01\0\x01", 10));
    ck_assert_ptr_null(ws_read_text(w, &code));
    ck_assert_uint_eq(code, 1009);
    wire_close(w);
}
END_TEST

void suite_live_frames(Suite *s)
{
    TCase *tc = new_case(s, "frames");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, refused, 0, COUNT(rows));
    tcase_add_test(tc, limit);
    tcase_add_loop_test(tc, cut_anywhere, 0, 5);
}
