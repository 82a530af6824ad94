/* How Live Data's connections end: by a client that is slow, silent or gone, and by the server. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live.h"
#include "suites.h"

static struct lab lab;

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- clients ---- */

/** Send echoes to be answered, and read none of the answers. */
static void flood(struct wire *w)
{
    static char text[4001];

    memset(text, 'p', 4000);
    text[0] = '2';
    for (unsigned i = 0; i < 100000; i++)
        if (!ws_send(w, 0x80 | WS_TEXT, text, 4000))
            return;
    ck_abort_msg("it takes everything");
}

/** Send pings, which the WebSocket layer answers, and read none of the answers. */
static void flood_pings(struct wire *w)
{
    for (unsigned i = 0; i < 300000; i++)
        if (!ws_send(w, 0x80 | WS_PING, "12345678901234567890", 20))
            return;
    ck_abort_msg("it takes everything");
}

static void subscribe_to_all(struct wire *w)
{
    static char text[16384];
    size_t n = 0;

    for (unsigned first = 1001; first < 3001; first += 1000) {
        n = (size_t)snprintf(text, sizeof text, "42[\"subscribe\",\"Agent=%u", first);
        for (unsigned id = first + 1; id < first + 1000; id++)
            n += (size_t)snprintf(text + n, sizeof text - n, ",%u", id);
        (void)snprintf(text + n, sizeof text - n, "\"]");
        ws_say(w, text);
    }
}

static unsigned long server_kilobytes(void)
{
    char path[64];
    char line[128];
    unsigned long kilobytes = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)lab.server.pid);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    while (kilobytes == 0 && fgets(line, sizeof line, f) != NULL)
        (void)sscanf(line, "VmRSS: %lu kB", &kilobytes);
    (void)fclose(f);
    return kilobytes;
}

/** Memory that the program has, not what a checker of memory keeps beside it. */
static bool can_measure_memory(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    return getenv("CUICSIM_TEST_WRAP") == NULL;
#endif
}

/** A client that never reads is cut off, and until then costs its queue and the kernel's buffers.
 */
START_TEST(never_reads)
{
    live_start(&lab, "simulation { agents = 2000 }\nlive_data { queue_bytes = 65536 }\n");
    struct wire *w = live_ws(&lab);
    unsigned long before = server_kilobytes();
    if (_i == 0)
        flood(w);
    else
        subscribe_to_all(w);
    wait_for_log(&lab, "it is cut off");
    unsigned long after = server_kilobytes();
    ck_assert_msg(!can_measure_memory() || after < before + 16384, "%lu kB instead of %lu", after,
                  before);
    free(wire_read_to_end(w, NULL));
    wire_close(w);
    w = live_ws(&lab);
    live_ws_subscribe(w, "Agent=1001");
    wire_close(w);
}
END_TEST

/** Pongs are not queued without end: the client is not read from any more, and in the end silent.
 */
START_TEST(never_reads_pongs)
{
    live_start(&lab, "live_data { ping_seconds = 1 ping_timeout_seconds = 1 }\n");
    struct wire *w = live_ws(&lab);
    flood_pings(w);
    wire_close(w);
    ck_assert(!can_measure_memory() || server_kilobytes() < 65536);
    wire_close(live_ws(&lab));
}
END_TEST

/** A poll that nobody makes: the queue is bounded, and the session ends. */
START_TEST(never_polls)
{
    char sid[SID_MAX];

    live_start(&lab, "live_data { queue_bytes = 16384 }\n");
    struct wire *w = live_poll(&lab, sid);
    unsigned n = 0;
    while (live_post(w, sid, "1:2") == 200)
        ck_assert_uint_lt(++n, 16384);
    ck_assert_uint_gt(n, 100);
    wait_for_log(&lab, "it is cut off");
    wire_close(w);
}
END_TEST

/** Who says nothing is gone: the WebSocket is closed, the session forgotten; who pings stays. */
START_TEST(silent)
{
    char sid[SID_MAX];
    struct wire_response r;

    live_start(&lab, "live_data { ping_seconds = 4 ping_timeout_seconds = 4 }\n");
    struct wire *poll = live_poll(&lab, sid);
    struct wire *w = live_ws(&lab);
    struct wire *alive = live_ws(&lab);
    live_ws_subscribe(w, "Agent=1001"); /* what it is sent does not count */
    for (unsigned i = 0; i < 10; i++) { /* for longer than the eight seconds, often enough */
        ws_say(alive, "2");
        char *text = ws_read_text(alive, NULL);
        ck_assert_str_eq(text, "3");
        free(text);
        test_pause_ms(1000);
    }
    free(wire_read_to_end(w, NULL));
    live_send_get(poll, sid);
    ck_assert(wire_read(poll, &r));
    ck_assert_uint_eq(r.status, 400);
    wire_response_clear(&r);
    ws_say(alive, "2");
    free(ws_read_text(alive, NULL));
    wire_close(poll);
    wire_close(w);
    wire_close(alive);
}
END_TEST

/** Without anything to say, a poll is answered after the ping interval. */
START_TEST(poll_noop)
{
    char sid[SID_MAX];

    live_start(&lab, "live_data { ping_seconds = 1 }\n");
    struct wire *w = live_poll(&lab, sid);
    char *payload = live_get(w, sid);
    ck_assert_str_eq(payload, "1:6");
    free(payload);
    wire_close(w);
}
END_TEST

static unsigned long cpu_ticks(void)
{
    char path[64];
    char text[1024] = "";
    unsigned long user = 0;
    unsigned long kernel = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)lab.server.pid);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    (void)fclose(f);
    const char *after_name = strrchr(text, ')');
    ck_assert_ptr_nonnull(after_name);
    ck_assert_int_eq(
        sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel),
        2);
    return user + kernel;
}

/** Percent of a core that the server takes for a while. */
static unsigned long cpu_percent(void)
{
    unsigned long ticks = cpu_ticks();
    long long begin = test_now_ms();

    test_pause_ms(500);
    ticks = cpu_ticks() - ticks;
    return ticks * 100000 / (unsigned long)sysconf(_SC_CLK_TCK) /
           (unsigned long)(test_now_ms() - begin);
}

static void abandon(struct wire *w, int how)
{
    switch (how) {
    case 0:
        wire_shut(w, true); /* FIN alone */
        break;
    case 1:
        wire_shut(w, false); /* TLS's close_notify, then FIN */
        break;
    case 2:
        (void)ws_send(w, 0x80 | WS_CLOSE, "\x03\xe8", 2);
        wire_shut(w, true);
        break;
    case 3:
        ck_assert(wire_send(w, "\x81\xfe\x10", 3)); /* within a frame's head */
        wire_shut(w, true);
        break;
    case 4:
        wire_notify(w); /* and TCP stays open */
        break;
    case 5:
        ck_assert(wire_send(w, "\x81\xfe\x10", 3));
        wire_notify(w);
        break;
    case 6:
        ws_say(w, "2"); /* an answer is on its way to who does not want it any more */
        wire_notify(w);
        break;
    default:
        break;
    }
}

#define WAYS 7 /* to abandon a WebSocket */

/** A client that sends no more is closed at once, and no thread spins over it. */
START_TEST(half_open)
{
    live_start(&lab, "");
    struct wire *w = live_ws(&lab);
    live_ws_subscribe(w, "Agent=1001");
    abandon(w, _i);
    free(wire_read_to_end(w, NULL));
    wire_await_fin(w); /* TCP is over as well, not TLS alone */
    wire_close(w);
    unsigned long percent = cpu_percent();
    for (unsigned i = 0; i < 10 && percent >= 50; i++) /* what spins does so to the end */
        percent = cpu_percent();
    ck_assert_msg(percent < 50, "%lu %% of a core", percent);
    wire_close(live_ws(&lab));
}
END_TEST

/* ---- the server ---- */

#define CLIENTS 200

/** Half of them wait for a poll, half have a WebSocket; all are told, none has to be cut off. */
START_TEST(stops)
{
    struct wire *w[CLIENTS];
    char sid[SID_MAX];
    unsigned n = test_scaled(CLIENTS);

    live_start(&lab, "limits { per_ip = 1000 idle_seconds = 3600 }\nlog_level = info\n");
    for (unsigned i = 0; i < n; i += 2) { /* these first: nothing tells when they wait */
        w[i] = live_poll(&lab, sid);
        live_send_get(w[i], sid);
    }
    for (unsigned i = 1; i < n; i += 2) {
        w[i] = live_ws(&lab);
        live_ws_subscribe(w[i], "Agent=1001,1002,1003,1004");
    }
    (void)kill(lab.server.pid, SIGTERM);
    for (unsigned i = 0; i < n; i++) {
        unsigned code = 0;
        char *text = NULL;
        if (i % 2 == 0) {
            text = live_read_get(w[i]);
            ck_assert_str_eq(text, "1:1");
            free(text);
        } else {
            while ((text = ws_read_text(w[i], &code)) != NULL)
                free(text);
            ck_assert_uint_eq(code, 1001);
            (void)ws_send(w[i], 0x80 | WS_CLOSE, "\x03\xe9", 2);
        }
    }
    char *log = proc_stderr(&lab.server);
    ck_assert_msg(strstr(log, "cut off") == NULL, "%s", log);
    free(log);
    lab.has_server = false;
    ck_assert_int_eq(proc_wait(&lab.server), 0);
    for (unsigned i = 0; i < n; i++)
        wire_close(w[i]);
}
END_TEST

/** Clients that answer nothing do not keep it. */
START_TEST(stops_without_answer)
{
    struct wire *w[3];
    char sid[SID_MAX];

    live_start(&lab, "");
    w[0] = live_ws(&lab);
    w[1] = live_poll(&lab, sid);
    live_send_get(w[1], sid);
    w[2] = live_poll(&lab, sid); /* and half an upgrade */
    (void)kill(lab.server.pid, SIGTERM);
    lab.has_server = false;
    ck_assert_int_eq(proc_wait(&lab.server), 0);
    for (size_t i = 0; i < COUNT(w); i++)
        wire_close(w[i]);
}
END_TEST

START_TEST(restarts)
{
    char text[512];
    char sid[SID_MAX];
    char token[64];

    live_start(&lab, "");
    struct wire *w = live_poll(&lab, sid);
    wire_close(w);
    (void)live_token(&lab, PUB, token);
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    lab_start_server(&lab); /* at other ports, which are nothing to sessions and tokens */
    (void)snprintf(text, sizeof text, EIO "&transport=polling&sid=%s", sid);
    ck_assert_uint_eq(live_status(&lab, "GET", text, "", NULL), 400);
    (void)snprintf(text, sizeof text, EIO "&transport=polling&token=%s", token);
    ck_assert_uint_eq(live_status(&lab, "GET", text, "", NULL), 401);
    w = live_ws(&lab);
    live_ws_subscribe(w, "Agent=1001");
    wire_close(w);
}
END_TEST

/** While its service is stopped there is no Live Data on that node, for open connections neither.
 */
START_TEST(service_stopped)
{
    char sid[SID_MAX];

    live_start(&lab, "");
    struct wire *w = live_ws(&lab);
    struct wire *poll = live_poll(&lab, sid);
    struct wire_response r;
    live_send_get(poll, sid);
    lab_must(&lab, "-n cuicpub utils service stop CCE Live Data Socket.IO Service");
    free(wire_read_to_end(w, NULL));
    ck_assert(wire_read(poll, &r));
    ck_assert_uint_eq(r.status, 502);
    wire_response_clear(&r);
    ck_assert_uint_eq(live_status(&lab, "GET", "/security", "", NULL), 502);
    wire_close(w);
    wire_close(poll);
    lab_must(&lab, "-n cuicpub utils service start CCE Live Data Socket.IO Service");
    w = live_ws(&lab);
    wire_close(w);
}
END_TEST

/** Connections come and go in all ways while others are served. */
START_TEST(churn)
{
    char sid[SID_MAX];
    unsigned n = test_scaled(200);

    live_start(&lab, "limits { per_ip = 1000 connections = 1000 idle_seconds = 3600 }\n");
    struct wire *stays = live_ws(&lab);
    live_ws_subscribe(stays, "Team=5001");
    for (unsigned i = 0; i < n; i++) {
        struct wire *w = i % 3 == 0 ? live_poll(&lab, sid) : live_ws(&lab);
        if (i % 3 == 0)
            live_send_get(w, sid);
        else
            live_ws_subscribe(w, "Agent=1001,1002,1003,1004,1005");
        if (i % 3 == 1)
            abandon(w, (int)(i / 3 % WAYS));
        wire_close(w);
    }
    ws_say(stays, "2");
    for (;;) {
        char *text = ws_read_text(stays, NULL);
        ck_assert_ptr_nonnull(text);
        bool is_pong = strcmp(text, "3") == 0;
        free(text);
        if (is_pong)
            break;
    }
    wire_close(stays);
}
END_TEST

/** What is queued when a session ends is sent, and the close frame behind it. All that the client
 *  says comes in one piece: echoes to be answered, then Engine.IO's close. */
START_TEST(close_is_last)
{
    static const char frame[] = "\x81\x82\0\0\0\0"; /* a text of two bytes, masked by nothing */
    char bytes[10 * 8 + 7];
    unsigned code = 0;

    live_start(&lab, "");
    struct wire *w = live_ws(&lab);
    for (size_t i = 0; i < 10; i++) {
        memcpy(bytes + i * 8, frame, 6);
        bytes[i * 8 + 6] = '2';
        bytes[i * 8 + 7] = (char)('a' + (int)i);
    }
    memcpy(bytes + 80,
           "\x81\x81\0\0\0\0"
           "1",
           7);
    ck_assert(wire_send(w, bytes, sizeof bytes));
    for (char c = 'a'; c < 'a' + 10; c++) {
        char want[] = {'3', c, '\0'};
        char *text = ws_read_text(w, &code);
        ck_assert_msg(text != NULL, "closed with %u before '%s'", code, want);
        ck_assert_str_eq(text, want);
        free(text);
    }
    ck_assert_ptr_null(ws_read_text(w, &code));
    ck_assert_uint_eq(code, 1001);
    wire_close(w);
}
END_TEST

void suite_live_ends(Suite *s)
{
    TCase *tc = new_case(s, "ends");

    tcase_add_checked_fixture(tc, NULL, stop);
    tcase_add_loop_test(tc, never_reads, 0, 2);
    tcase_add_test(tc, never_reads_pongs);
    tcase_add_test(tc, never_polls);
    tcase_add_test(tc, silent);
    tcase_add_test(tc, poll_noop);
    tcase_add_loop_test(tc, half_open, 0, WAYS);
    tcase_add_test(tc, stops);
    tcase_add_test(tc, stops_without_answer);
    tcase_add_test(tc, close_is_last);
    tcase_add_test(tc, restarts);
    tcase_add_test(tc, service_stopped);
    tcase_add_test(tc, churn);
}
