/* The console's stream: what it tells, and what becomes of those who listen badly. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "console.h"
#include "shell.h"
#include "suites.h"
#include "ws.h"

static struct lab lab;

static void start(void)
{
    console_start(&lab, "limits { per_ip = 600 idle_seconds = 3600 }\n");
}

static void stop(void)
{
    lab_clear(&lab);
}

static json_int_t int_at(json_t *from, const char *path)
{
    return json_integer_value(json_at(from, path));
}

/** It begins by saying which run of the server this is. */
START_TEST(greeting)
{
    struct events *e = events_open(&lab, "");
    json_t *hello = NULL;
    json_t *about = console_json(&lab, "/api/lab");

    ck_assert_str_eq(events_next(e, &hello), "hello");
    ck_assert_int_eq(int_at(hello, "run"), int_at(about, "run"));
    json_decref(hello);
    json_decref(about);
    events_close(e);
}
END_TEST

START_TEST(exchanges_as_they_happen)
{
    struct events *e = events_open(&lab, "");

    (void)gadget(&lab, SUB, "OPTIONS", "/cuic/one", PREFLIGHT_LINES(PUB_ONLY));
    json_t *x = events_await_target(e, "/cuic/one");
    ck_assert_str_eq(text_at(x, "node"), "cuicsub");
    ck_assert_str_eq(text_at(x, "origin"), PUB_ONLY);
    ck_assert_str_eq(text_at(x, "asks"), "GET");
    ck_assert_str_eq(text_at(x, "reason"), "origin-not-listed");
    ck_assert_str_eq(text_at(x, "client"), "127.0.0.1");
    ck_assert_int_eq(int_at(x, "status"), 403);
    ck_assert_int_gt(int_at(x, "at"), 1700000000000000);
    json_decref(x);
    (void)gadget(&lab, PUB, "GET", "/cuic/two", "Origin: " LISTED "\r\n");
    x = events_await_target(e, "/cuic/two");
    ck_assert_str_eq(text_at(x, "reason"), "actual-allowed");
    ck_assert(json_is_true(json_object_get(x, "allowed")));
    json_decref(x);
    events_close(e);
}
END_TEST

/** The console does not watch itself. */
START_TEST(own_requests_are_not_told)
{
    struct events *e = events_open(&lab, "");

    free(console_text(&lab, "/metrics"));
    free(console_text(&lab, "/"));
    (void)gadget(&lab, PUB, "GET", "/the-first", "");
    json_t *data = events_await(e, "exchanges");
    ck_assert_str_eq(text_at(data, "list.0.target"), "/the-first");
    json_decref(data);
    events_close(e);
}
END_TEST

/** Who comes later is told of the latest before. */
START_TEST(the_past)
{
    (void)gadget(&lab, PUB, "GET", "/past-1", "");
    (void)gadget(&lab, PUB, "GET", "/past-2", "");
    struct events *e = events_open(&lab, "");
    json_t *x = events_await_target(e, "/past-1");
    json_decref(x);
    events_close(e);
}
END_TEST

/** A client that comes back goes on where it was; one of another run of the server, or with
 *  nonsense for an id, begins anew. */
START_TEST(coming_back)
{
    struct events *e = events_open(&lab, "");
    char lines[128];

    (void)gadget(&lab, PUB, "GET", "/seen", "");
    json_decref(events_await_target(e, "/seen"));
    (void)snprintf(lines, sizeof lines, "Last-Event-ID: %s\r\n", events_id(e));
    events_close(e);
    (void)gadget(&lab, PUB, "GET", "/unseen", "");
    e = events_open(&lab, lines);
    json_t *data = events_await(e, "exchanges");
    ck_assert_int_eq(int_at(data, "missed"), 0);
    ck_assert_str_eq(text_at(data, "list.0.target"), "/unseen");
    json_decref(data);
    events_close(e);
    static const char *const other[] = {"1-5", "x", "", "-", "9", "99999999999999999999-1"};
    for (size_t i = 0; i < COUNT(other); i++) {
        (void)snprintf(lines, sizeof lines, "Last-Event-ID: %s\r\n", other[i]);
        e = events_open(&lab, lines);
        data = events_await(e, "exchanges");
        ck_assert_str_eq(text_at(data, "list.0.target"), "/seen");
        json_decref(data);
        events_close(e);
    }
}
END_TEST

/** A change of settings is told, whoever makes it; what changed is asked for. */
START_TEST(changes_are_told)
{
    struct events *e = events_open(&lab, "");

    json_decref(events_await(e, "hello"));
    lab_must(&lab, "utils cuic cors disable");
    json_decref(events_await(e, "state"));
    lab_must(&lab, "utils service stop Cisco Tomcat");
    json_decref(events_await(e, "state"));
    events_close(e);
}
END_TEST

static bool has_count(json_t *counts, const char *code, json_int_t n)
{
    return json_integer_value(json_object_get(counts, code)) == n;
}

static bool is_counted(void *arg)
{
    json_t *o = console_json(&lab, "/api/counts");
    json_t *buckets = json_object_get(o, "buckets");
    json_int_t refused = 0;
    json_int_t outside = 0;
    json_int_t none = 0;

    (void)arg;
    for (size_t i = 0; i < json_array_size(buckets); i++) {
        json_t *counts = json_object_get(json_array_get(buckets, i), "counts");
        refused += int_at(counts, "origin-not-listed");
        outside += int_at(counts, "outside-filter");
        none += int_at(counts, "none");
    }
    ck_assert_int_le(refused, 3);
    json_decref(o);
    return refused == 3 && outside == 1 && none == 1;
}

/** Counts by reason: in the list, and as an event once their time is over. */
START_TEST(counts)
{
    struct events *e = events_open(&lab, "");
    bool is_told = false;

    for (int i = 0; i < 3; i++)
        (void)gadget(&lab, SUB, "OPTIONS", "/cuic/", PREFLIGHT_LINES(PUB_ONLY));
    (void)gadget(&lab, PUB, "GET", "/elsewhere", "");
    (void)gadget(&lab, PUB, "GET", "ftp:elsewhere", "");
    test_until(is_counted, NULL, "all are counted");
    while (!is_told) {
        json_t *data = events_await(e, "counts");
        json_t *c = json_object_get(data, "counts");
        ck_assert_int_eq(int_at(data, "until") % 5000, 0);
        is_told = json_object_size(c) > 0; /* the three may be in two of them */
        ck_assert(has_count(c, "actual-allowed", 0));
        json_decref(data);
    }
    events_close(e);
}
END_TEST

/** Everybody is told everything. */
START_TEST(many_consoles)
{
    struct events *e[40];

    for (size_t i = 0; i < COUNT(e); i++)
        e[i] = events_open(&lab, "");
    (void)gadget(&lab, PUB, "GET", "/for-all", "");
    for (size_t i = 0; i < COUNT(e); i++)
        json_decref(events_await_target(e[i], "/for-all"));
    for (size_t i = 0; i < COUNT(e); i++)
        events_close(e[i]);
}
END_TEST

#define STREAMS_MAX 256 /* of the server */

/** There is a bound; who comes when it is reached is told so, and gets in when another one goes. */
START_TEST(too_many_consoles)
{
    struct events **e = calloc(STREAMS_MAX, sizeof *e);
    unsigned status = 503;

    ck_assert_ptr_nonnull(e);
    for (size_t i = 0; i < STREAMS_MAX; i++)
        e[i] = events_open(&lab, "");
    struct wire_response r = console_ask(&lab, "GET", "/api/events", "", NULL);
    ck_assert_uint_eq(r.status, 503);
    ck_assert_ptr_nonnull(strstr(r.body, "Too many consoles"));
    wire_response_clear(&r);
    for (size_t i = 0; i < STREAMS_MAX; i++)
        events_close(e[i]);
    free(e);
    /* That they are gone is noticed when something is sent to them. */
    for (long long end = test_now_ms() + PROC_DEADLINE_MS; status == 503 && test_now_ms() < end;) {
        struct wire *w = wire_open(lab.port[0], "localhost");
        (void)gadget(&lab, PUB, "GET", "/news", "");
        wire_say(w, "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        ck_assert(wire_read_head(w, &r));
        status = r.status;
        wire_response_clear(&r);
        wire_close(w);
        test_pause_ms(50);
    }
    ck_assert_uint_eq(status, 200);
}
END_TEST

/* ---- who reads slowly, or not at all ---- */

/** Are so many exchanges in the file? */
static bool is_written(void *arg)
{
    static const char name[] = "\ncuicsim_trace_written_total ";
    char *text = console_text(&lab, "/metrics");
    const char *at = strstr(text, name);

    ck_assert_ptr_nonnull(at);
    bool is = strtoul(at + strlen(name), NULL, 10) >= *(const unsigned *)arg;
    free(text);
    return is;
}

/** The first exchanges of the lab. Now and then, and at the end, it waits for the recorder: what
 * that had to drop would be told to nobody. */
static void send_traffic(unsigned n)
{
    char target[600];
    struct wire *w = wire_open(lab.port[1], PUB);
    struct wire_response r;

    memset(target, 'x', sizeof target);
    for (unsigned i = 0; i < n; i++) {
        wire_say(w, "GET /cuic/%u/%.500s HTTP/1.1\r\nHost: " PUB "\r\nOrigin: " LISTED "\r\n\r\n",
                 i, target);
        ck_assert(wire_read(w, &r));
        ck_assert_uint_eq(r.status, 404);
        wire_response_clear(&r);
        unsigned sent = i + 1;
        if (sent % 1000 == 0 || sent == n)
            test_until(is_written, &sent, "the recorder has caught up");
    }
    wire_close(w);
}

/** A stream whose client takes little at once. */
static struct events *open_narrow(void)
{
    struct events *e = events_open(&lab, "");
    int bytes = 65536;

    ck_assert_int_eq(setsockopt(SSL_get_fd(wire_ssl(events_wire(e))), SOL_SOCKET, SO_RCVBUF, &bytes,
                                sizeof bytes),
                     0);
    return e;
}

/** Who does not read costs others nothing, and is told afterwards how much there was no room for:
 *  the server keeps the latest exchanges for all, and no queue for anyone. */
START_TEST(slow_reader)
{
    unsigned n = test_scaled(12000);
    struct events *slow = open_narrow();
    json_int_t told = 0;
    json_int_t missed = 0;

    json_decref(events_await(slow, "hello"));
    send_traffic(n);
    ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/the-end", ""), 404);
    struct events *other = events_open(&lab, "");
    json_decref(events_await_target(other, "/the-end"));
    events_close(other);
    for (bool is_end = false; !is_end;) {
        json_t *data = events_await(slow, "exchanges");
        json_t *list = json_object_get(data, "list");
        size_t size = json_array_size(list);
        told += (json_int_t)size;
        missed += int_at(data, "missed");
        is_end = strcmp(text_at(json_array_get(list, size - 1), "target"), "/the-end") == 0;
        json_decref(data);
    }
    ck_assert_int_eq(told + missed, (json_int_t)n + 1);
    if (n == 12000)
        ck_assert_int_gt(missed, 0);
    events_close(slow);
}
END_TEST

/** Neither who listens nor who does not read keeps the server from stopping. */
START_TEST(stop_with_listeners)
{
    struct events *e[3];

    for (size_t i = 0; i < COUNT(e); i++)
        e[i] = events_open(&lab, "");
    struct events *deaf = open_narrow();
    send_traffic(test_scaled(3000));
    ck_assert_uint_eq(gadget(&lab, PUB, "GET", "/the-end", ""), 404);
    for (size_t i = 0; i < COUNT(e); i++) /* these do read, and have read all */
        json_decref(events_await_target(e[i], "/the-end"));
    ck_assert_int_eq(kill(lab.server.pid, SIGTERM), 0);
    for (size_t i = 0; i < COUNT(e); i++) {
        ck_assert_msg(events_ended_well(e[i]), "stream %zu was cut off", i);
        events_close(e[i]);
    }
    lab.has_server = false;
    ck_assert_int_eq(proc_wait(&lab.server), 0);
    events_close(deaf);
}
END_TEST

/** HEAD tells what there would be, and ends. */
START_TEST(head)
{
    struct wire_response r = console_ask(&lab, "HEAD", "/api/events", "", NULL);

    ck_assert_uint_eq(r.status, 200);
    ck_assert_str_eq(wire_field(&r, "content-type"), "text/event-stream");
    wire_response_clear(&r);
}
END_TEST

/** A server that ends and comes again is another run. */
START_TEST(restarted_server)
{
    struct events *e = events_open(&lab, "");
    json_t *first = events_await(e, "hello");

    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    ck_assert(events_ended_well(e));
    events_close(e);
    lab_start_server(&lab);
    e = events_open(&lab, "");
    json_t *second = events_await(e, "hello");
    ck_assert_int_gt(int_at(second, "run"), int_at(first, "run"));
    json_decref(first);
    json_decref(second);
    events_close(e);
}
END_TEST

void suite_console_events(Suite *s)
{
    TCase *tc = new_case(s, "events");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, greeting);
    tcase_add_test(tc, exchanges_as_they_happen);
    tcase_add_test(tc, own_requests_are_not_told);
    tcase_add_test(tc, the_past);
    tcase_add_test(tc, coming_back);
    tcase_add_test(tc, changes_are_told);
    tcase_add_test(tc, counts);
    tcase_add_test(tc, many_consoles);
    tcase_add_test(tc, too_many_consoles);
    tcase_add_test(tc, slow_reader);
    tcase_add_test(tc, stop_with_listeners);
    tcase_add_test(tc, head);
    tcase_add_test(tc, restarted_server);
}
