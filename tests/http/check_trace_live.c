/* Records of what lasts: polls that wait, WebSockets; and those who watch. */
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "suites.h"
#include "traced.h"

static struct lab lab;

static void stop(void)
{
    lab_clear(&lab);
}

static void expect_last(const char *column, const char *want)
{
    const char *got = traced_last(&lab, column);

    ck_assert_msg(strcmp(got, want) == 0, "%s: expected '%s', got '%s'", column, want, got);
}

static long long last_number(const char *column)
{
    return strtoll(traced_last(&lab, column), NULL, 10);
}

/* ---- WebSockets ---- */

#define UPGRADE                                                                                    \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/** The handshake, byte for byte but for the token. */
START_TEST(handshake)
{
    char token[64];
    char want[512];
    struct wire *w = NULL;

    live_start(&lab, "");
    (void)live_token(&lab, PUB, token);
    w = wire_open(lab.port[0], PUB);
    wire_say(w,
             "GET " EIO "&transport=websocket&token=%s HTTP/1.1\r\nHost: " PUB
             "\r\n" UPGRADE LIVE_ORIGIN "\r\n",
             token);
    char *head = traced_wire_head(w, false);
    traced_wait(&lab, 2);
    expect_last("response_head", head);
    (void)snprintf(want, sizeof want,
                   "GET " EIO "&transport=websocket&token=[masked ~40] HTTP/1.1\r\nHost: " PUB
                   "\r\n" UPGRADE LIVE_ORIGIN "\r\n");
    expect_last("request_head", want);
    expect_last("status", "101");
    expect_last("service", "live-data");
    expect_last("class", "actual");
    expect_last("reason", "actual-allowed");
    expect_last("is_sent", "1");
    ck_assert_ptr_nonnull(
        strstr(head, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"));
    free(head);
    wire_close(w);
}
END_TEST

static void close_by_client(struct wire *w)
{
    ck_assert(ws_send(w, 0x80 | WS_CLOSE, "\x03\xe8", 2));
    free(wire_read_to_end(w, NULL));
}

static void close_without_code(struct wire *w)
{
    ck_assert(ws_send(w, 0x80 | WS_CLOSE, "", 0));
    free(wire_read_to_end(w, NULL));
}

static void leave(struct wire *w)
{
    wire_shut(w, true);
    free(wire_read_to_end(w, NULL));
}

static void send_garbage(struct wire *w)
{
    ck_assert(wire_send(w, "\xff\xff\xff\xff\xff\xff\xff\xff", 8));
    free(wire_read_to_end(w, NULL));
}

static void stop_service(struct wire *w)
{
    lab_must(&lab, "utils service stop CCE Live Data Socket.IO Service");
    free(wire_read_to_end(w, NULL));
}

static const struct end_row {
    const char *name;
    void (*end)(struct wire *w);
    const char *note;
} end_rows[] = {
    {"closed", close_by_client, "The client closed it, with code 1000."},
    {"closed without a code", close_without_code, "The client closed it."},
    {"gone", leave, "The client left."},
    {"garbage", send_garbage, "The client sent what is no WebSocket frame."},
    {"service stopped", stop_service, "The server cut it off."},
};

START_TEST(socket_ends)
{
    const struct end_row *row = &end_rows[_i];

    live_start(&lab, "");
    struct wire *w = live_ws(&lab);
    live_ws_subscribe(w, "Agent=1001");
    traced_wait(&lab, 2);
    row->end(w);
    traced_wait(&lab, 3);
    expect_last("kind", "websocket-end");
    expect_last("note", row->note);
    expect_last("node", "cuicpub");
    expect_last("service", "live-data");
    expect_last("origin", LISTED);
    expect_last("status", "0");
    expect_last("messages_in", "1");
    ck_assert_int_ge(last_number("messages_out"), 3); /* two greetings, the confirmation */
    ck_assert_int_gt(last_number("duration_us"), 0);
    ck_assert_int_eq(traced_number(&lab, "SELECT count(DISTINCT connection) FROM exchange"
                                         " WHERE status = 101 OR kind = 'websocket-end'"),
                     1);
    wire_close(w);
}
END_TEST

/** Whatever is open when the server stops is recorded before it ends. */
START_TEST(server_stops)
{
    char sid[SID_MAX];

    live_start(&lab, "");
    struct wire *poll = live_poll(&lab, sid);
    live_send_get(poll, sid); /* before the others: nothing tells when it waits */
    struct wire *ws = live_ws(&lab);
    live_ws_subscribe(ws, "Agent=1001");
    traced_wait(&lab, 4);
    (void)kill(lab.server.pid, SIGTERM);
    free(live_read_get(poll));
    unsigned code = 0;
    char *text = NULL;
    while ((text = ws_read_text(ws, &code)) != NULL)
        free(text);
    (void)ws_send(ws, 0x80 | WS_CLOSE, "\x03\xe9", 2);
    lab.has_server = false;
    ck_assert_int_eq(proc_wait(&lab.server), 0);
    traced_wait(&lab, 6);
    ck_assert_int_eq(traced_number(&lab, "SELECT count(*) FROM exchange"
                                         " WHERE kind = 'websocket-end'"),
                     1);
    wire_close(ws);
    wire_close(poll);
}
END_TEST

/* ---- polls ---- */

/** A poll that waits is recorded when it is answered, with the time that it took. */
START_TEST(poll_waits)
{
    char sid[SID_MAX];

    live_start(&lab, "live_data { ping_seconds = 1 }\n");
    struct wire *w = live_poll(&lab, sid);
    traced_wait(&lab, 2);
    live_send_get(w, sid);
    char *head = traced_wire_head(w, true);
    traced_wait(&lab, 3);
    expect_last("response_head", traced_masked(head));
    expect_last("target", EIO "&transport=polling&sid=[masked ~24]");
    expect_last("status", "200");
    ck_assert_int_ge(last_number("duration_us"), 900000); /* it waits for a second at least */
    free(head);
    wire_close(w);
}
END_TEST

/** One that is decided anew when it is answered: by the settings of that moment. */
START_TEST(poll_refused_meanwhile)
{
    char sid[SID_MAX];
    char path[128];
    struct wire_response r;

    live_start(&lab, "");
    struct wire *w = live_poll(&lab, sid);
    live_send_get(w, sid);
    lab_must(&lab, "utils live-data cors disable");
    /* Only now there is something to answer with: a ping of the same session, without an origin. */
    (void)snprintf(path, sizeof path, EIO "&transport=polling&sid=%s", sid);
    ck_assert_uint_eq(live_status(&lab, "POST", path, "", "1:2"), 200);
    ck_assert(wire_read(w, &r));
    ck_assert_uint_eq(r.status, 403);
    traced_wait(&lab, 4);
    ck_assert_int_eq(traced_number(&lab, "SELECT count(*) FROM exchange WHERE status = 403"
                                         " AND reason = 'cors-disabled'"),
                     1);
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

/** The client is gone when its poll is to be answered. */
START_TEST(poll_abandoned)
{
    char sid[SID_MAX];

    live_start(&lab, "live_data { ping_seconds = 1 }\n");
    struct wire *w = live_poll(&lab, sid);
    live_send_get(w, sid);
    test_pause_ms(100);
    wire_close(w);
    traced_wait(&lab, 3);
    expect_last("kind", "exchange");
    expect_last("target", EIO "&transport=polling&sid=[masked ~24]");
}
END_TEST

/* ---- watching ---- */

static json_t *read_json_line(struct proc *p)
{
    char *line = proc_read_line(p);
    json_t *o = line == NULL ? NULL : json_loads(line, JSON_ALLOW_NUL, NULL);

    ck_assert_msg(o != NULL, "%s", line == NULL ? "no line" : line);
    free(line);
    return o;
}

/** @return its id */
static long long read_line(struct proc *p, const char *reason)
{
    json_t *o = read_json_line(p);
    json_t *decision = json_object_get(o, "decision");
    long long id = json_integer_value(json_object_get(o, "id"));

    ck_assert_str_eq(json_string_value(json_object_get(decision, "reason")), reason);
    json_decref(o);
    return id;
}

static void expect_line(struct proc *p, long long id, const char *reason)
{
    ck_assert_int_eq(read_line(p, reason), id);
}

static struct proc start_follow(const char *option, const char *value)
{
    const char *argv[] = {"cuicsim-cli", "-c",     lab.config, "lab", "trace",
                          "follow",      "--json", option,     value, NULL};

    return proc_start(argv, lab.options);
}

static bool has_output(const struct proc *p)
{
    struct pollfd ready = {p->out, POLLIN, 0};

    return poll(&ready, 1, 200) > 0;
}

/** What comes is printed as it comes, to the end that was asked for. When it begins to look only
 * its first line tells: until then there is always something new. */
START_TEST(follow)
{
    long long sent = 1;

    start_article(&lab, NULL);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    traced_wait(&lab, 1);
    struct proc p = start_follow("--limit", "3");
    while (!has_output(&p)) { /* the test's timeout ends it */
        ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 403);
        traced_wait(&lab, ++sent);
    }
    long long first = read_line(&p, "origin-not-listed");
    ck_assert_msg(first > 1 && first <= sent, "%lld of %lld", first, sent);
    const long long allowed = sent + 1;
    ck_assert_uint_eq(preflight_once(&lab, PUB, PUB_ONLY), 200);
    traced_wait(&lab, ++sent);
    ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 403);
    traced_wait(&lab, ++sent);
    for (long long id = first + 1; id <= first + 2; id++)
        expect_line(&p, id, id == allowed ? "preflight-allowed" : "origin-not-listed");
    ck_assert_int_eq(proc_wait(&p), 0);
}
END_TEST

/** From the beginning on, while the file is removed, and made anew. */
START_TEST(follow_a_new_file)
{
    start_article(&lab, NULL);
    struct proc p = start_follow("--since", "1h");
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    expect_line(&p, 1, "preflight-allowed");
    ck_assert_int_eq(remove(lab_path(&lab, "state/trace.db")), 0);
    (void)remove(lab_path(&lab, "state/trace.db-wal"));
    (void)remove(lab_path(&lab, "state/trace.db-shm"));
    ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 403);
    expect_line(&p, 2, "origin-not-listed");
    lab_must(&lab, "lab trace clear");
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    expect_line(&p, 3, "preflight-allowed");
    (void)kill(p.pid, SIGINT);
    ck_assert_int_eq(proc_wait(&p), 128 + SIGINT);
}
END_TEST

/** Filters hold for what follows as well. */
START_TEST(follow_filtered)
{
    start_article(&lab, NULL);
    struct proc p = start_follow("--since=1h", "--node=cuicsub");
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 200);
    expect_line(&p, 2, "preflight-allowed");
    (void)kill(p.pid, SIGTERM);
    ck_assert_int_eq(proc_wait(&p), 128 + SIGTERM);
}
END_TEST

void suite_trace_live(Suite *s)
{
    TCase *tc = new_case(s, "live");

    tcase_add_checked_fixture(tc, NULL, stop);
    tcase_add_test(tc, handshake);
    tcase_add_loop_test(tc, socket_ends, 0, (int)COUNT(end_rows));
    tcase_add_test(tc, server_stops);
    tcase_add_test(tc, poll_waits);
    tcase_add_test(tc, poll_refused_meanwhile);
    tcase_add_test(tc, poll_abandoned);
    tcase_add_test(tc, follow);
    tcase_add_test(tc, follow_a_new_file);
    tcase_add_test(tc, follow_filtered);
}
