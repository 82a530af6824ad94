/* Live Data: tokens, sessions by polling and by WebSocket, and what a client may do wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    live_start(&lab, "simulation { agents = 200 }\n");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- requests ---- */

static const struct row {
    const char *name;
    const char *method;
    const char *path;
    const char *lines;
    unsigned status;
    const char *part; /* of the body */
} rows[] = {
    {"page", "GET", "/livedata/security", "", 200, "Live Data of node cuicpub"},
    {"page of the other port", "GET", "/security", "", 200, "Live Data of node cuicpub"},
    {"page, POST", "POST", "/security", "", 405, ""},
    {"nothing", "GET", "/livedata/", "", 404, ""},
    {"script", "GET", "/socket.io/socket.io.js", "", 404, ""},
    {"OPTIONS", "OPTIONS", EIO, LIVE_ORIGIN, 200, ""},
    {"preflight", "OPTIONS", EIO, PREFLIGHT_LINES(LISTED), 200, ""},
    {"preflight, refused", "OPTIONS", EIO, PREFLIGHT_LINES("https://x.example"), 403, ""},
    {"page, refused", "GET", "/security", "Origin: https://x.example\r\n", 403, ""},
    {"token without", "GET", "/livedata/token/new", "", 401, ""},
    {"token, refused", "GET", "/livedata/token/new", BASIC "Origin: https://x.example\r\n", 403,
     ""},
    {"token, POST", "POST", "/livedata/token/new", BASIC, 405, ""},
    {"token, listed", "GET", "/livedata/token/new", BASIC LIVE_ORIGIN, 200, "{\"token\":\""},
    {"token, Bearer", "GET", "/livedata/token/new", "Authorization: bearer x\r\n", 200, "{\"t"},
    {"token, domain", "GET", "/livedata/token/new",
     "Authorization: Basic VUNDRVxhZ2VudDEwMDI6eA==\r\n", 200, "{\"t"},
    {"token, no such agent", "GET", "/livedata/token/new", "Authorization: Basic bm9ib2R5Ong=\r\n",
     401, ""},
    {"token, no colon", "GET", "/livedata/token/new", "Authorization: Basic YWdlbnQxMDAx\r\n", 401,
     ""},
    {"token, not base64", "GET", "/livedata/token/new", "Authorization: Basic !!!\r\n", 401, ""},
    {"token, empty", "GET", "/livedata/token/new", "Authorization: Basic \r\n", 401, ""},
    {"token, Bearer empty", "GET", "/livedata/token/new", "Authorization: Bearer \r\n", 401, ""},
    {"token, Digest", "GET", "/livedata/token/new", "Authorization: Digest x\r\n", 401, ""},
    {"no version", "GET", "/socket.io/?transport=polling", "", 400, "{\"code\":5,\"message\":\""},
    {"version 4", "GET", "/socket.io/?EIO=4&transport=polling", "", 400, "{\"code\":5,"},
    {"no transport", "GET", EIO, "", 400, "{\"code\":0,\"message\":\"Transport unknown\"}"},
    {"bad transport", "GET", EIO "&transport=jsonp", "", 400, "{\"code\":0,"},
    {"no token", "GET", EIO "&transport=polling", "", 401, "{\"code\":4,"},
    {"forged token", "GET", EIO "&transport=polling&token=0000000000000000000000000000000000000000",
     "", 401, "{\"code\":4,"},
    {"short token", "GET", EIO "&transport=polling&token=x", "", 401, "{\"code\":4,"},
    {"token with NUL", "GET", EIO "&transport=polling&token=%00", "", 401, "{\"code\":4,"},
    {"no sid", "POST", EIO "&transport=polling", "", 400,
     "{\"code\":2,\"message\":\"Bad handshake method\"}"},
    {"bad sid", "GET", EIO "&transport=polling&sid=aaaaaaaaaaaaaaaaaaaa", "", 400,
     "{\"code\":1,\"message\":\"Session ID unknown\"}"},
    {"bad sid, POST", "POST", EIO "&transport=polling&sid=x", "", 400, "{\"code\":1,"},
    {"PUT", "PUT", EIO "&transport=polling", "", 400, "{\"code\":2,"},
    {"JSONP", "GET", EIO "&transport=polling&j=0", "", 400, "{\"code\":3,"},
    {"socket, refused", "GET", EIO "&transport=websocket", "Origin: https://x.example\r\n", 403,
     ""},
    {"no upgrade", "GET", EIO "&transport=websocket", "", 400, "{\"code\":3,"},
    {"bad key", "GET", EIO "&transport=websocket",
     "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: x\r\n",
     400, "{\"code\":3,"},
    {"version 8", "GET", EIO "&transport=websocket",
     "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
     400, "{\"code\":3,"},
    {"socket, no token", "GET", EIO "&transport=websocket",
     "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
     401, "{\"code\":4,"},
    {"socket, bad sid", "GET", EIO "&transport=websocket&sid=x",
     "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
     400, "{\"code\":1,"},
};

static void check_row(const struct row *row, struct wire *w)
{
    bool has_body = strcmp(row->method, "POST") == 0 || strcmp(row->method, "PUT") == 0;
    struct wire_response r =
        live_ask(w, row->method, row->path, row->lines, has_body ? "1:2" : NULL);
    bool has_cors = strstr(row->lines, LISTED) != NULL;

    ck_assert_msg(r.status == row->status, "%s: %u", row->name, r.status);
    ck_assert_msg(strstr(r.body, row->part) != NULL, "%s: %s", row->name, r.body);
    ck_assert_msg((wire_count(&r, "access-control-") > 0) == has_cors, "%s: CORS headers",
                  row->name);
    ck_assert_msg((wire_field(&r, "www-authenticate") != NULL) == (row->status == 401),
                  "%s: www-authenticate", row->name);
    wire_response_clear(&r);
}

/** At Live Data's own address, and at CUIC's, which has both as the product's port 443. */
START_TEST(request)
{
    for (size_t port = 0; port < 2; port++) {
        struct wire *w = wire_open(lab.port[port], PUB);
        for (size_t i = 0; i < COUNT(rows); i++)
            check_row(&rows[i], w);
        wire_close(w);
    }
}
END_TEST

/** Its list is not CUIC's. */
START_TEST(own_policy)
{
    lab_must(&lab, "-n cuicpub utils live-data cors allowed_origin delete " LISTED);
    ck_assert_uint_eq(live_status(&lab, "OPTIONS", EIO, PREFLIGHT_LINES(LISTED), NULL), 403);
    ck_assert_uint_eq(live_status(&lab, "GET", "/livedata/token/new", BASIC LIVE_ORIGIN, NULL),
                      403);
    struct wire *w = wire_open(lab.port[1], PUB);
    ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    wire_close(w);
}
END_TEST

/* ---- tokens ---- */

static unsigned connect_with(const char *host, const char *token)
{
    char path[256];
    struct wire_response r;
    struct wire *w = wire_open(lab.port[0], host);

    (void)snprintf(path, sizeof path, EIO "&transport=polling&token=%s", token);
    wire_say(w, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);
    ck_assert(wire_read(w, &r));
    unsigned status = r.status;
    wire_response_clear(&r);
    wire_close(w);
    return status;
}

START_TEST(token_once)
{
    char token[64];
    char other[64];

    (void)live_token(&lab, PUB, token);
    (void)live_token(&lab, PUB, other);
    ck_assert_str_ne(token, other);
    ck_assert_uint_eq(connect_with(SUB, token), 401); /* of the other node */
    ck_assert_uint_eq(connect_with(PUB, token), 200);
    ck_assert_uint_eq(connect_with(PUB, token), 401);
    other[20] = other[20] == 'a' ? 'b' : 'a';
    ck_assert_uint_eq(connect_with(PUB, other), 401);
}
END_TEST

static bool is_over(void *arg)
{
    return test_now_ms() > *(long long *)arg;
}

START_TEST(token_expires)
{
    struct lab own;
    char token[64];

    live_start(&own, "live_data { token_seconds = 1 }\n");
    (void)live_token(&own, PUB, token);
    long long until = test_now_ms() + 1000;
    test_until(is_over, &until, "a second");
    struct lab kept = lab;
    lab = own;
    ck_assert_uint_eq(connect_with(PUB, token), 401);
    lab = kept;
    lab_clear(&own);
}
END_TEST

/* ---- polling ---- */

/** Poll until a packet that begins so has come; what came before is dropped. free() it. */
static char *poll_for(struct wire *w, const char *sid, const char *begin)
{
    for (unsigned i = 0; i < 1000; i++) {
        char *payload = live_get(w, sid);
        const char *rest = payload;
        char *packet = NULL;
        while ((packet = live_next(&rest)) != NULL) {
            if (strncmp(packet, begin, strlen(begin)) == 0)
                break;
            free(packet);
        }
        free(payload);
        if (packet != NULL)
            return packet;
    }
    ck_abort_msg("never came: %s", begin);
    return NULL;
}

START_TEST(polling)
{
    char sid[SID_MAX];
    struct wire *w = live_poll(&lab, sid);
    struct wire *posts = wire_open(lab.port[0], PUB);

    live_send_get(w, sid); /* waits */
    ck_assert_uint_eq(live_post(posts, sid, "6:2probe1:2"), 200);
    char *payload = live_read_get(w);
    if (strcmp(payload, "6:3probe1:3") != 0) { /* answered with the first alone */
        ck_assert_str_eq(payload, "6:3probe");
        free(payload);
        payload = live_get(w, sid);
        ck_assert_str_eq(payload, "1:3");
    }
    free(payload);
    ck_assert_uint_eq(live_post(posts, sid, "36:421[\"subscribe\",\"Agent=1001, 1002\"]"), 400);
    wire_close(w);
    w = live_poll(&lab, sid);
    ck_assert_uint_eq(live_post(posts, sid, "35:421[\"subscribe\",\"Agent=1001, 1002\"]"), 200);
    payload = live_get(w, sid);
    const char *rest = payload;
    static const char *const want[] = {
        "42[\"subscribed\",\"Agent=1001, 1002\"]", "431[]", "42[\"message\",{\"id\":\"1001\",",
        "42[\"message\",{\"id\":\"1002\",\"operation\":\"update\",\"agent\":{"};
    for (size_t i = 0; i < COUNT(want); i++) {
        char *packet = live_next(&rest);
        ck_assert_msg(packet != NULL && strncmp(packet, want[i], strlen(want[i])) == 0, "%s",
                      payload);
        free(packet);
    }
    free(payload);
    free(poll_for(w, sid, "42[\"message\",{\"id\":\"1001\"")); /* and again, soon */
    free(poll_for(w, sid, "42[\"message\",{\"id\":\"1002\""));
    wire_close(w);
    wire_close(posts);
}
END_TEST

/** A poll that waits is answered with what comes on another connection of the session. */
START_TEST(poll_overlap)
{
    char sid[SID_MAX];
    struct wire *w = live_poll(&lab, sid);
    struct wire *other = wire_open(lab.port[0], PUB);
    struct wire_response r;

    /* Which of the two the server sees first is not for the client to say. */
    live_send_get(w, sid);
    live_send_get(other, sid);
    unsigned seen[2] = {0, 0};
    struct wire *both[2] = {w, other};
    for (size_t i = 0; i < 2; i++) {
        ck_assert(wire_read(both[i], &r));
        seen[i] = r.status;
        ck_assert_msg(r.status == 500 || strcmp(r.body, "1:1") == 0, "%u %s", r.status, r.body);
        wire_response_clear(&r);
    }
    ck_assert_uint_eq(seen[0] + seen[1], 700);
    live_send_get(w, sid);
    ck_assert(wire_read(w, &r));
    ck_assert_msg(r.status == 400 && strstr(r.body, "\"code\":1,") != NULL, "%s", r.body);
    wire_response_clear(&r);
    wire_close(w);
    wire_close(other);
}
END_TEST

/** A client that goes away while its poll waits takes nothing with it but its session. */
START_TEST(poll_abandoned)
{
    char sid[SID_MAX];
    struct wire *w = live_poll(&lab, sid);
    struct wire *other = wire_open(lab.port[0], PUB);

    live_send_get(w, sid);
    wire_close(w);
    (void)live_post(other, sid, "1:2");
    (void)live_post(other, sid, "1:2");
    (void)live_post(other, sid, "1:1");
    wire_close(other);
    w = live_poll(&lab, sid);
    ck_assert_uint_eq(live_post(w, sid, "1:2"), 200);
    wire_close(w);
}
END_TEST

/** What the filter says when the answer is given counts, and what was not answered is kept. */
START_TEST(poll_refused_meanwhile)
{
    char sid[SID_MAX];
    struct wire *w = live_poll(&lab, sid);
    struct wire_response r;

    live_send_get(w, sid);
    lab_must(&lab, "-n cuicpub utils live-data cors allowed_origin delete " LISTED);
    char path[128];
    (void)snprintf(path, sizeof path, EIO "&transport=polling&sid=%s", sid);
    ck_assert_uint_eq(live_status(&lab, "POST", path, LIVE_ORIGIN, "1:2"), 403);
    ck_assert_uint_eq(live_status(&lab, "POST", path, "", "1:2"),
                      200); /* its own site, or a tool */
    ck_assert(wire_read(w, &r));
    ck_assert_uint_eq(r.status, 403);
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

static const struct payload_row {
    const char *name;
    const char *payload;
    bool is_refused;
    const char *answer; /* what the next poll has, NULL for a session that has ended */
} payloads[] = {
    {"empty", "", true, NULL},
    {"no length", "2", true, NULL},
    {"too long", "9:2", true, NULL},
    {"binary", "6:b4AAAA", true, NULL},
    {"type 7", "1:7", true, NULL},
    {"open", "1:0", true, NULL},
    {"upgrade", "1:5", true, NULL},
    {"no packet of Socket.IO", "2:49", true, NULL},
    {"attachment", "10:451-[\"a\",1]", true, NULL},
    {"no array", "4:42{}", true, NULL},
    {"no JSON", "5:42[\"a", true, NULL},
    {"no name", "5:42[1]", true, NULL},
    {"no UTF-8", "2:4\xff", true, NULL},
    {"close", "1:1", false, NULL},
    {"unknown event", "11:42[\"hello\"]", false, "44\"there are the events"},
    {"no topic", "15:42[\"subscribe\"]", false, "44\"one to 16 topics"},
    {"topic no text", "17:42[\"subscribe\",1]", false, "44\"a topic is a text"},
    {"unknown kind", "24:42[\"subscribe\",\"Nope=1\"]", false, "44\"no topic is called 'Nope'"},
    {"unknown key", "25:42[\"subscribe\",\"Agent=1\"]", false, "44\""},
    {"topic of nothing", "18:42[\"subscribe\",\"\"]", false, "44\""},
    {"namespace", "8:40/admin", false, "44/admin,\"Invalid namespace\""},
    {"event elsewhere, then ping", "12:42/a,[\"x\",1]1:2", false, "3"},
    {"noop, pong, ack, error, ping", "1:61:35:430[]4:44\"\"1:2", false, "3"},
    {"disconnected, then connected", "2:412:40", false, "40"},
    {"disconnected, event, ping", "2:4124:42[\"subscribe\",\"Nope=1\"]1:2", false, "3"},
};

START_TEST(payload)
{
    for (size_t i = 0; i < COUNT(payloads); i++) {
        const struct payload_row *row = &payloads[i];
        char sid[SID_MAX];
        struct wire *w = live_poll(&lab, sid);
        unsigned status = live_post(w, sid, row->payload);
        struct wire_response r;
        ck_assert_msg(status == (row->is_refused ? 400 : 200), "%s: %u", row->name, status);
        live_send_get(w, sid);
        ck_assert(wire_read(w, &r));
        if (row->answer == NULL) {
            ck_assert_msg(r.status == 400 && strstr(r.body, "\"code\":1,") != NULL, "%s: %u %s",
                          row->name, r.status, r.body);
        } else {
            const char *colon = strchr(r.body, ':');
            ck_assert_msg(r.status == 200 && colon != NULL &&
                              strncmp(colon + 1, row->answer, strlen(row->answer)) == 0,
                          "%s: %u %s", row->name, r.status, r.body);
        }
        wire_response_clear(&r);
        wire_close(w);
    }
}
END_TEST

START_TEST(payload_too_large)
{
    char sid[SID_MAX];
    char *text = malloc(200001);

    ck_assert_ptr_nonnull(text);
    memset(text, 'a', 200000);
    text[200000] = '\0';
    memcpy(text, "99000:4", 7);
    struct wire *w = live_poll(&lab, sid);
    ck_assert_uint_eq(live_post(w, sid, text), 413);
    ck_assert_uint_eq(live_post(w, sid, "1:2"), 200); /* nothing of it was taken */
    text[7 + 98999] = '\0';
    ck_assert_uint_eq(live_post(w, sid, text), 400);
    ck_assert_uint_eq(live_post(w, sid, "1:2"), 400);
    free(text);
    wire_close(w);
}
END_TEST

/* ---- WebSockets ---- */

START_TEST(pings)
{
    struct wire *w = live_ws(&lab);
    struct ws_frame f;

    ws_say(w, "2");
    char *text = ws_read_text(w, NULL);
    ck_assert_str_eq(text, "3");
    free(text);
    ck_assert(ws_send(w, 0x80 | WS_PING, "abc", 3));
    ck_assert(ws_read(w, &f));
    ck_assert_uint_eq(f.first, 0x80 | WS_PONG);
    ck_assert_str_eq(f.bytes, "abc");
    free(f.bytes);
    ck_assert(ws_send(w, WS_TEXT, "2pr", 3)); /* in three frames, with a ping between */
    ck_assert(ws_send(w, 0x80 | WS_PING, "", 0));
    ck_assert(ws_send(w, WS_MORE, "ob", 2));
    ck_assert(ws_send(w, 0x80 | WS_MORE, "e", 1));
    text = ws_read_text(w, NULL);
    ck_assert_str_eq(text, "3probe");
    free(text);
    ck_assert(ws_send(w, 0x80 | WS_CLOSE, "\x03\xe8", 2));
    ck_assert(ws_read(w, &f));
    ck_assert_uint_eq(f.first, 0x80 | WS_CLOSE);
    free(f.bytes);
    free(wire_read_to_end(w, NULL));
    wire_close(w);
}
END_TEST

static struct wire *probe(const char *sid, unsigned status)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    char path[128];

    (void)snprintf(path, sizeof path, EIO "&transport=websocket&sid=%s", sid);
    struct wire_response r = ws_ask(w, PUB, path, LIVE_ORIGIN);
    ck_assert_uint_eq(r.status, status);
    wire_response_clear(&r);
    return w;
}

START_TEST(upgrade)
{
    char sid[SID_MAX];
    struct wire *polls = live_poll(&lab, sid);
    struct wire *posts = wire_open(lab.port[0], PUB);
    struct wire_response r;

    live_send_get(polls, sid);
    struct wire *w = probe(sid, 101);
    wire_close(probe(sid, 400)); /* one at a time */
    ws_say(w, "2probe");
    char *text = ws_read_text(w, NULL);
    ck_assert_str_eq(text, "3probe");
    free(text);
    text = live_read_get(polls);
    ck_assert_str_eq(text, "1:6");
    free(text);
    /* Until it says 5 the session is polling's. */
    ck_assert_uint_eq(live_post(posts, sid, "1:2"), 200);
    text = live_get(polls, sid);
    ck_assert_str_eq(text, "1:3");
    free(text);
    ws_say(w, "5");
    live_ws_subscribe(w, "Agent=1001");
    free(live_ws_message(w));
    live_send_get(polls, sid);
    ck_assert(wire_read(polls, &r));
    ck_assert_msg(r.status == 400 && strstr(r.body, "\"code\":3,") != NULL, "%s", r.body);
    wire_response_clear(&r);
    wire_close(probe(sid, 400));
    wire_close(polls);
    wire_close(posts);
    wire_close(w);
}
END_TEST

/** An upgrade that does not succeed leaves the session to polling. */
START_TEST(upgrade_fails)
{
    char sid[SID_MAX];
    unsigned code = 0;
    struct wire *polls = live_poll(&lab, sid);
    struct wire *w = probe(sid, 101);

    ws_say(w, "5"); /* before the probe */
    ck_assert_ptr_null(ws_read_text(w, &code));
    ck_assert_uint_eq(code, 1002);
    (void)ws_send(w, 0x80 | WS_CLOSE, "\x03\xe8", 2);
    free(wire_read_to_end(w, NULL));
    wire_close(w);
    ck_assert_uint_eq(live_post(polls, sid, "1:2"), 200);
    char *text = live_get(polls, sid);
    ck_assert_str_eq(text, "1:3");
    free(text);
    wire_close(polls);
}
END_TEST

/** Frames that come at once with the handshake are not lost. */
START_TEST(early_frame)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r;
    char token[64];
    char text[512];

    (void)live_token(&lab, PUB, token);
    int n = snprintf(text, sizeof text,
                     "GET " EIO "&transport=websocket&token=%s HTTP/1.1\r\nHost: " PUB "\r\n"
                     "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                     token);
    memcpy(text + n,
           "\x81\x81\0\0\0\0"
           "2",
           7);
    ck_assert(wire_send(w, text, (size_t)n + 7));
    ck_assert(wire_read_upgrade(w, &r));
    ck_assert_uint_eq(r.status, 101);
    wire_response_clear(&r);
    for (size_t i = 0; i < 3; i++) {
        char *got = ws_read_text(w, NULL);
        ck_assert_ptr_nonnull(got);
        ck_assert_msg(got[0] == "043"[i], "%s", got);
        free(got);
    }
    wire_close(w);
}
END_TEST

Suite *suite_livedata(void)
{
    Suite *s = suite_create("livedata");
    TCase *tc = new_case(s, "protocol");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, request);
    tcase_add_test(tc, own_policy);
    tcase_add_test(tc, token_once);
    tcase_add_test(tc, token_expires);
    tcase_add_test(tc, polling);
    tcase_add_test(tc, poll_overlap);
    tcase_add_test(tc, poll_abandoned);
    tcase_add_test(tc, poll_refused_meanwhile);
    tcase_add_test(tc, payload);
    tcase_add_test(tc, payload_too_large);
    tcase_add_test(tc, pings);
    tcase_add_test(tc, upgrade);
    tcase_add_test(tc, upgrade_fails);
    tcase_add_test(tc, early_frame);
    suite_live_order(s);
    suite_live_frames(s);
    suite_live_ends(s);
    suite_live_count(s);
    return s;
}
