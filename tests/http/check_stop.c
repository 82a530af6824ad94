/* Addresses in use, the service manager, and how the server ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"

#define H    "Host: " PUB "\r\n"
#define INFO "log_level = info\n"

static const int stop_signals[] = {SIGTERM, SIGINT};

/* ---- addresses ---- */

static int take_port(unsigned *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *ret_port = ntohs(at.sin_port);
    return fd;
}

START_TEST(address_in_use)
{
    struct lab lab;
    char listen_line[128];
    char text[32];
    unsigned port = 0;
    int fd = take_port(&port);

    (void)snprintf(text, sizeof text, "127.0.0.1:%u", port);
    (void)snprintf(listen_line, sizeof listen_line,
                   "listen cuic { addresses = {\"127.0.0.1:0\", \"%s\"} }\n", text);
    lab_init(&lab, listen_line);
    const char *argv[] = {"cuicsim-server", "-c", lab.config, NULL};
    char *before = folder_text(lab.dir);
    struct proc_result r = proc_run(argv, NULL, NULL);
    char *after = folder_text(lab.dir);
    ck_assert_int_eq(r.status, 3);
    ck_assert_msg(strstr(r.err, "listen cuic") != NULL && strstr(r.err, text) != NULL &&
                      strstr(r.err, "Address already in use") != NULL,
                  "%s", r.err);
    ck_assert_str_eq(r.out, "");
    ck_assert_str_eq(after, before);
    free(before);
    free(after);
    proc_result_clear(&r);
    lab_clear(&lab);
    (void)close(fd);
}
END_TEST

/** A port that nobody else gets while the server that has it is not running: bound, not listened
 *  at, and free for who binds it as the server does. */
static int hold_port(unsigned *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t n = sizeof at;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *ret_port = ntohs(at.sin_port);
    return fd;
}

/** A server that ended may be started again at once, though a client closed after it. */
START_TEST(same_address_again)
{
    struct lab lab;
    char text[128];
    unsigned port = 0;
    int fd = hold_port(&port);

    (void)snprintf(text, sizeof text, "listen cuic { addresses = {\"127.0.0.1:%u\"} }\n", port);
    start_article(&lab, text);
    for (unsigned i = 0; i < 3; i++) {
        struct wire *w = wire_open(port, PUB);
        ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
        ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
        wire_close(w);
        lab_start_server(&lab);
        ck_assert_uint_eq(lab.port[0], port);
    }
    lab_clear(&lab);
    (void)close(fd);
}
END_TEST

/* ---- the service manager ---- */

static int manager_socket(const char *name, bool is_abstract)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct timeval deadline = {PROC_DEADLINE_MS / 1000, 0};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    size_t n = strlen(name);

    ck_assert_int_ge(fd, 0);
    ck_assert_uint_lt(n, sizeof at.sun_path);
    memcpy(at.sun_path, name, n);
    if (is_abstract)
        at.sun_path[0] = '\0';
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, bytes), 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    return fd;
}

static void expect_state(int fd, const char *state)
{
    char text[256];
    ssize_t n = 0;

    do /* with a deadline it does not go on by itself after the process was stopped */
        n = recv(fd, text, sizeof text - 1, 0);
    while (n < 0 && errno == EINTR);
    ck_assert_msg(n >= 0, "no message: %s", strerror(errno));
    text[n] = '\0';
    ck_assert_str_eq(text, state);
}

START_TEST(service_manager)
{
    bool is_abstract = _i == 1;
    struct lab lab;
    char name[80];
    char pair[128];
    const char *env[] = {pair, NULL};
    struct proc_options options = {.env = env};

    lab_init(&lab, NULL);
    (void)snprintf(name, sizeof name, "%s%s/notify", is_abstract ? "@" : "", lab.dir);
    (void)snprintf(pair, sizeof pair, "NOTIFY_SOCKET=%s", name);
    int fd = manager_socket(name, is_abstract);
    lab.options = &options;
    lab_start_server(&lab);
    expect_state(fd, "READY=1");
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    expect_state(fd, "STOPPING=1");
    (void)close(fd);
    lab_clear(&lab);
}
END_TEST

/* ---- the end ---- */

/** A request whose head the server has, and which waits for its body. */
static struct wire *begin_upload(const struct lab *lab)
{
    struct wire *w = wire_open(lab->port[0], PUB);
    struct wire_response r;

    wire_say(w, "POST /cuic/ HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n");
    ck_assert(wire_read_head(w, &r));
    ck_assert_uint_eq(r.status, 100);
    wire_response_clear(&r);
    wire_say(w, "01234");
    return w;
}

/** What was being sent when the signal came is answered; then the server ends. */
START_TEST(answers_in_flight)
{
    struct lab lab;
    struct wire_response r;
    size_t left = 0;

    start_article(&lab, INFO);
    struct wire *upload[4];
    for (size_t i = 0; i < COUNT(upload); i++)
        upload[i] = begin_upload(&lab);
    (void)kill(lab.server.pid, stop_signals[_i]);
    wait_for_log(&lab, "stopping");
    for (size_t i = 0; i < COUNT(upload); i++) {
        wire_say(upload[i], "56789");
        ck_assert(wire_read(upload[i], &r));
        ck_assert_uint_eq(r.status, 200);
        ck_assert_ptr_nonnull(strstr(r.body, "\"method\":\"POST\""));
        wire_response_clear(&r);
    }
    for (size_t i = 0; i < COUNT(upload); i++) {
        free(wire_read_to_end(upload[i], &left));
        ck_assert_uint_eq(left, 0);
        wire_close(upload[i]);
    }
    lab.has_server = false;
    ck_assert_int_eq(proc_wait(&lab.server), 0);
    lab_clear(&lab);
}
END_TEST

/** Connections on which nothing is asked do not keep it: open ones, unfinished handshakes and
 *  heads, all closed. */
START_TEST(idle_connections)
{
    struct lab lab;
    struct wire *idle[4];

    start_article(&lab, NULL);
    idle[0] = wire_open(lab.port[0], PUB);
    ck_assert_uint_eq(preflight(idle[0], PUB, LISTED), 200);
    idle[1] = wire_open(lab.port[0], PUB);
    idle[2] = wire_open_plain(lab.port[0]);
    wire_say(idle[2], "\x16\x03\x01");
    idle[3] = wire_open(lab.port[0], PUB);
    wire_say(idle[3], "OPTIONS /cuic/ HTTP/1.1\r\n" H);
    ck_assert_int_eq(lab_stop_server(&lab, stop_signals[_i]), 0);
    for (size_t i = 0; i < COUNT(idle); i++) {
        size_t n = 0;
        free(wire_read_to_end(idle[i], &n));
        ck_assert_uint_eq(n, 0);
        wire_close(idle[i]);
    }
    lab_clear(&lab);
}
END_TEST

/** A request that never ends is cut off after the time for draining. */
START_TEST(answer_that_never_ends)
{
    struct lab lab;

    start_article(&lab, NULL);
    struct wire *w = begin_upload(&lab);
    (void)kill(lab.server.pid, SIGTERM);
    wait_for_log(&lab, "1 requests were cut off");
    lab.has_server = false;
    ck_assert_int_eq(proc_wait(&lab.server), 0);
    free(wire_read_to_end(w, NULL));
    wire_close(w);
    lab_clear(&lab);
}
END_TEST

/** The end is prompt while requests keep coming: they are not waited for one after the other. */
START_TEST(under_load)
{
    struct lab lab;
    struct wire *w[4];
    unsigned answered = 0;

    start_article(&lab, NULL);
    for (size_t i = 0; i < COUNT(w); i++)
        w[i] = wire_open(lab.port[0], PUB);
    (void)kill(lab.server.pid, SIGTERM);
    for (size_t i = 0; i < COUNT(w); i++) {
        struct wire_response r;
        while (wire_send(w[i], PREFLIGHT(PUB, LISTED), sizeof PREFLIGHT(PUB, LISTED) - 1) &&
               wire_read(w[i], &r)) {
            ck_assert_uint_eq(r.status, 200);
            wire_response_clear(&r);
            ck_assert_msg(++answered < 1000000, "it does not stop");
        }
        wire_close(w[i]);
    }
    lab.has_server = false;
    ck_assert_int_eq(proc_wait(&lab.server), 0);
    lab_clear(&lab);
}
END_TEST

Suite *suite_stop(void)
{
    Suite *s = suite_create("stop");
    TCase *tc = new_case(s, "beginning and end");

    tcase_add_test(tc, address_in_use);
    tcase_add_test(tc, same_address_again);
    tcase_add_loop_test(tc, service_manager, 0, 2);
    tcase_add_loop_test(tc, answers_in_flight, 0, (int)COUNT(stop_signals));
    tcase_add_loop_test(tc, idle_connections, 0, (int)COUNT(stop_signals));
    tcase_add_test(tc, answer_that_never_ends);
    tcase_add_test(tc, under_load);
    return s;
}
