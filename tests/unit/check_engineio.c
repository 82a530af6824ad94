#include "live/engineio.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "support.h"

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- one packet ---- */

static const struct packet_row {
    const char *name;
    struct slice text;
    enum err err;
    enum engineio_type type;
    const char *data;
} packets[] = {
    {"open", TEXT("0{}"), ERR_OK, ENGINEIO_OPEN, "{}"},
    {"close", TEXT("1"), ERR_OK, ENGINEIO_CLOSE, ""},
    {"ping", TEXT("2"), ERR_OK, ENGINEIO_PING, ""},
    {"probe", TEXT("2probe"), ERR_OK, ENGINEIO_PING, "probe"},
    {"pong", TEXT("3probe"), ERR_OK, ENGINEIO_PONG, "probe"},
    {"message", TEXT("42[\"a\"]"), ERR_OK, ENGINEIO_MESSAGE, "2[\"a\"]"},
    {"upgrade", TEXT("5"), ERR_OK, ENGINEIO_UPGRADE, ""},
    {"noop", TEXT("6"), ERR_OK, ENGINEIO_NOOP, ""},
    {"UTF-8", TEXT("4\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), ERR_OK, ENGINEIO_MESSAGE,
     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"nothing", TEXT(""), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"type 7", TEXT("7"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"no digit", TEXT("x"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"binary in base64", TEXT("b4AAAA"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"binary",
     TEXT("\x04"
          "a"),
     ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"stray continuation", TEXT("4\x80"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"overlong", TEXT("4\xc0\x80"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"overlong of three", TEXT("4\xe0\x80\x80"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"overlong of four", TEXT("4\xf0\x80\x80\x80"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"surrogate", TEXT("4\xed\xa0\x80"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"over U+10FFFF", TEXT("4\xf4\x90\x80\x80"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
    {"cut off", TEXT("4\xe2\x82"), ERR_SYNTAX, ENGINEIO_OPEN, NULL},
};

START_TEST(packet)
{
    const struct packet_row *row = &packets[_i];
    struct engineio_packet got = {ENGINEIO_NOOP, {NULL, 0}};
    enum err e = engineio_packet_read(row->text, &got);

    ck_assert_msg(e == row->err, "%s: %s", row->name, err_text(e));
    if (e != ERR_OK)
        return;
    ck_assert_msg(got.type == row->type, "%s: type %d", row->name, (int)got.type);
    ck_assert_msg(slice_is(got.data, row->data), "%s: '%.*s'", row->name, (int)got.data.n,
                  got.data.at);
}
END_TEST

START_TEST(packet_limit)
{
    char *text = malloc(ENGINEIO_PACKET_MAX + 1);
    struct engineio_packet got;

    ck_assert_ptr_nonnull(text);
    memset(text, '4', ENGINEIO_PACKET_MAX + 1);
    ck_assert_int_eq(engineio_packet_read((struct slice){text, ENGINEIO_PACKET_MAX}, &got), ERR_OK);
    ck_assert_uint_eq(got.data.n, ENGINEIO_PACKET_MAX - 1);
    ck_assert_int_eq(engineio_packet_read((struct slice){text, ENGINEIO_PACKET_MAX + 1}, &got),
                     ERR_LIMIT);
    free(text);
}
END_TEST

/* ---- payloads ---- */

static const struct payload_row {
    const char *name;
    struct slice text;
    const char *packets; /* type and data of those before the end, each with ';' behind it */
    enum err end;        /* ERR_NOTFOUND: the payload is whole */
} payloads[] = {
    {"one", TEXT("1:2"), "2;", ERR_NOTFOUND},
    {"two", TEXT("6:2probe3:40/"), "2probe;40/;", ERR_NOTFOUND},
    {"colon inside", TEXT("4:4a:b"), "4a:b;", ERR_NOTFOUND},
    {"length in characters",
     TEXT("3:4\xc3\xa4\xe2\x82\xac"
          "1:3"),
     "4\xc3\xa4\xe2\x82\xac;3;", ERR_NOTFOUND},
    {"two units over U+FFFF",
     TEXT("3:4\xf0\x9f\x98\x80"
          "1:3"),
     "4\xf0\x9f\x98\x80;3;", ERR_NOTFOUND},
    {"within a pair of surrogates", TEXT("2:4\xf0\x9f\x98\x80"), "", ERR_SYNTAX},
    {"length in bytes", TEXT("3:4\xc3\xa4"), "", ERR_SYNTAX},
    {"leading zero", TEXT("01:2"), "2;", ERR_NOTFOUND},
    {"nothing", TEXT(""), "", ERR_NOTFOUND},
    {"no length", TEXT(":2"), "", ERR_SYNTAX},
    {"no colon", TEXT("12"), "", ERR_SYNTAX},
    {"length of nothing", TEXT("0:"), "", ERR_LIMIT},
    {"negative", TEXT("-1:2"), "", ERR_SYNTAX},
    {"not a number", TEXT("a:2"), "", ERR_SYNTAX},
    {"too short", TEXT("3:40"), "", ERR_SYNTAX},
    {"second too short", TEXT("1:25:40"), "2;", ERR_SYNTAX},
    {"over the limit", TEXT("65537:4"), "", ERR_LIMIT},
    {"over 64 bits", TEXT("99999999999999999999:4"), "", ERR_LIMIT},
    {"binary in base64", TEXT("6:b4AAAA"), "", ERR_SYNTAX},
    {"binary payload", TEXT("\x00\x01\xff\x32"), "", ERR_SYNTAX},
    {"not UTF-8", TEXT("2:4\xff"), "", ERR_SYNTAX},
};

START_TEST(payload)
{
    const struct payload_row *row = &payloads[_i];
    struct slice rest = row->text;
    struct engineio_packet got;
    struct buf all;
    enum err e;

    buf_init(&all, 1000);
    while ((e = engineio_payload_next(&rest, &got)) == ERR_OK)
        (void)buf_printf(&all, "%d%.*s;", (int)got.type, (int)got.data.n, got.data.at);
    ck_assert_msg(strcmp(buf_text(&all), row->packets) == 0, "%s: %s", row->name, buf_text(&all));
    ck_assert_msg(e == row->end, "%s: %s", row->name, err_text(e));
    buf_clear(&all);
}
END_TEST

START_TEST(length)
{
    size_t n = 0;

    ck_assert_int_eq(engineio_length(slice_of("a\xc3\xa4\xf0\x9f\x98\x80"), &n), ERR_OK);
    ck_assert_uint_eq(n, 4);
    ck_assert_int_eq(engineio_length((struct slice){NULL, 0}, &n), ERR_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(engineio_length(slice_of("\xff"), &n), ERR_SYNTAX);
}
END_TEST

/* ---- Socket.IO ---- */

static const struct socketio_row {
    const char *text;
    enum err err;
    enum socketio_type type;
    const char *nsp;
    bool has_id;
    unsigned long id;
    const char *data;
} socketio[] = {
    {"0", ERR_OK, SOCKETIO_CONNECT, "/", false, 0, ""},
    {"0/", ERR_OK, SOCKETIO_CONNECT, "/", false, 0, ""},
    {"0/admin", ERR_OK, SOCKETIO_CONNECT, "/admin", false, 0, ""},
    {"0/admin?a=1&b=,", ERR_OK, SOCKETIO_CONNECT, "/admin", false, 0, ""},
    {"1", ERR_OK, SOCKETIO_DISCONNECT, "/", false, 0, ""},
    {"2[\"a\"]", ERR_OK, SOCKETIO_EVENT, "/", false, 0, "[\"a\"]"},
    {"213[\"a\"]", ERR_OK, SOCKETIO_EVENT, "/", true, 13, "[\"a\"]"},
    {"2/n,7[\"a\",1]", ERR_OK, SOCKETIO_EVENT, "/n", true, 7, "[\"a\",1]"},
    {"30[]", ERR_OK, SOCKETIO_ACK, "/", true, 0, "[]"},
    {"4\"no\"", ERR_OK, SOCKETIO_ERROR, "/", false, 0, "\"no\""},
    {"2", ERR_OK, SOCKETIO_EVENT, "/", false, 0, ""},
    {"", ERR_SYNTAX, SOCKETIO_CONNECT, NULL, false, 0, NULL},
    {"9", ERR_SYNTAX, SOCKETIO_CONNECT, NULL, false, 0, NULL},
    {"51-[\"a\"]", ERR_SYNTAX, SOCKETIO_CONNECT, NULL, false, 0, NULL},
    {"61-3[]", ERR_SYNTAX, SOCKETIO_CONNECT, NULL, false, 0, NULL},
    {"3[]", ERR_SYNTAX, SOCKETIO_CONNECT, NULL, false, 0, NULL},
    {"2999999999[]", ERR_OK, SOCKETIO_EVENT, "/", true, 999999999, "[]"},
    {"21234567890[]", ERR_LIMIT, SOCKETIO_CONNECT, NULL, false, 0, NULL},
};

START_TEST(socketio_packet)
{
    const struct socketio_row *row = &socketio[_i];
    struct socketio_packet got;
    enum err e = socketio_packet_read(slice_of(row->text), &got);

    ck_assert_msg(e == row->err, "%s: %s", row->text, err_text(e));
    if (e != ERR_OK)
        return;
    ck_assert_msg(got.type == row->type && slice_is(got.nsp, row->nsp) &&
                      got.has_id == row->has_id && got.id == row->id &&
                      slice_is(got.data, row->data),
                  "%s", row->text);
}
END_TEST

static const struct event_row {
    const char *data;
    bool is_event;
} events[] = {
    {"[\"subscribe\",\"Agent=1001\"]", true},
    {"[\"a\"]", true},
    {" [ \"a\" ] ", true},
    {"[]", false},
    {"[1]", false},
    {"{}", false},
    {"\"a\"", false},
    {"[\"a\"", false},
    {"[\"a\"]x", false},
    {"[\"\xff\"]", false},
    {"", false},
};

START_TEST(event)
{
    const struct event_row *row = &events[_i];
    json_t *args = NULL;
    enum err e = socketio_event_read(slice_of(row->data), &args);

    ck_assert_msg((e == ERR_OK) == row->is_event, "%s: %s", row->data, err_text(e));
    json_decref(args);
}
END_TEST

/** Nesting as deep as a message can hold ends in a refusal, not in the stack. */
START_TEST(event_depth)
{
    char *text = malloc(ENGINEIO_PACKET_MAX);
    json_t *args = NULL;

    ck_assert_ptr_nonnull(text);
    memset(text, '[', ENGINEIO_PACKET_MAX);
    ck_assert_int_eq(socketio_event_read((struct slice){text, ENGINEIO_PACKET_MAX}, &args),
                     ERR_SYNTAX);
    free(text);
}
END_TEST

START_TEST(write)
{
    const unsigned long id = 13;
    json_t *args = json_pack("[s, s]", "subscribed", "\xc3\xa4");
    struct buf to;

    buf_init(&to, 100);
    ck_assert_int_eq(socketio_packet_write(&to, SOCKETIO_CONNECT, NULL, NULL, NULL), ERR_OK);
    ck_assert_str_eq(buf_text(&to), "40");
    buf_reset(&to);
    ck_assert_int_eq(socketio_packet_write(&to, SOCKETIO_CONNECT, "/n", NULL, NULL), ERR_OK);
    ck_assert_str_eq(buf_text(&to), "40/n");
    buf_reset(&to);
    ck_assert_int_eq(socketio_packet_write(&to, SOCKETIO_EVENT, NULL, NULL, args), ERR_OK);
    ck_assert_str_eq(buf_text(&to), "42[\"subscribed\",\"\xc3\xa4\"]");
    buf_reset(&to);
    ck_assert_int_eq(socketio_packet_write(&to, SOCKETIO_ACK, "/n", &id, args), ERR_OK);
    ck_assert_str_eq(buf_text(&to), "43/n,13[\"subscribed\",\"\xc3\xa4\"]");
    buf_clear(&to);
    buf_init(&to, 10);
    ck_assert_int_eq(socketio_packet_write(&to, SOCKETIO_EVENT, NULL, NULL, args), ERR_LIMIT);
    buf_clear(&to);
    json_decref(args);
}
END_TEST

Suite *suite_engineio(void)
{
    Suite *s = suite_create("engineio");
    TCase *tc = tcase_create("codec");

    suite_add_tcase(s, tc);
    tcase_add_loop_test(tc, packet, 0, (int)COUNT_OF(packets));
    tcase_add_test(tc, packet_limit);
    tcase_add_loop_test(tc, payload, 0, (int)COUNT_OF(payloads));
    tcase_add_test(tc, length);
    tcase_add_loop_test(tc, socketio_packet, 0, (int)COUNT_OF(socketio));
    tcase_add_loop_test(tc, event, 0, (int)COUNT_OF(events));
    tcase_add_test(tc, event_depth);
    tcase_add_test(tc, write);
    return s;
}
