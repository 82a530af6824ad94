/* No secret that was sent or answered is to be found: in the bytes of trace.db, in what the shell
 * shows and exports, in the log. Bodies are recorded, and the log says all it can. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "suites.h"
#include "traced.h"

#define CANARY "cAnArY" /* every secret that a client makes up begins so */
#define H      "Host: " PUB "\r\n"
#define KNOWN  64
#define SECRET 128
#define FORM   "application/x-www-form-urlencoded"

/* Of glibc, hidden by POSIX; fast, also where each look at a byte is checked. */
void *memmem(const void *in, size_t n, const void *what, size_t n_what);

static struct lab lab;
static char known[KNOWN][SECRET]; /* secrets that the server made up */
static size_t n_known;

static void start(void)
{
    n_known = 0;
    live_start(&lab, "log_level = debug\ntrace { bodies = yes }\n"
                     "limits { header_bytes = 2048 idle_seconds = 3600 }\n");
}

static void stop(void)
{
    lab_clear(&lab);
}

static void note(const char *secret, size_t n)
{
    ck_assert(n_known < KNOWN && n < SECRET && n > 8);
    memcpy(known[n_known], secret, n);
    known[n_known++][n] = '\0';
}

/* ---- what clients send ---- */

static const char *const requests[] = {
    "GET /cuic/ HTTP/1.1\r\n" H "Authorization: Basic cAnArY0basic\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H "authorization : Bearer cAnArY1bearer.x.y\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H "Authorization: cAnArY2alone\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H "Authorization: Custom cAnArY3 cAnArY4\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H "Proxy-Authorization: Digest cAnArY5\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H
    "Cookie: a=1; JSESSIONID=cAnArY6; cAnArY7\r\nCookie: b=cAnArY8\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H "X-CSRF-Token: cAnArY9\r\nX-Api-Key: cAnArYa\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H "Referer: https://x:cAnArYb@h/?token=cAnArYc&a=b\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\n" H "Origin: https://x:cAnArYd@h\r\n\r\n",
    "OPTIONS /cuic/ HTTP/1.1\r\n" H "Origin: https://x:cAnArYe@h\r\n"
    "Access-Control-Request-Method: GET\r\n\r\n",
    "GET /cuic/ HTTP/1.1\r\nHost: x:cAnArYf@h\r\n\r\n",
    "GET https://x:cAnArYg@" PUB "/cuic/ HTTP/1.1\r\n" H "\r\n",
    "GET /cuic/?token=cAnArYh&x=1 HTTP/1.1\r\n" H "\r\n",
    "GET /cuic/?%74oken=cAnArYi HTTP/1.1\r\n" H "\r\n",
    "GET /cuic/?to=https%3A%2F%2Fh%2F%3Ftoken%3DcAnArYj HTTP/1.1\r\n" H "\r\n",
    "GET /cuic/;jsessionid=cAnArYk HTTP/1.1\r\n" H "\r\n",
    "GET /elsewhere;jsessionid=cAnArYl?j_password=cAnArYm HTTP/1.1\r\n" H "\r\n",
    "GET ftp://x:cAnArYn@h/?token=cAnArYo HTTP/1.1\r\n" H "\r\n",
    "GET /socket.io/?EIO=3&transport=polling&token=cAnArYp HTTP/1.1\r\n" H "\r\n",
    "GET /socket.io/?EIO=3&transport=polling&sid=cAnArYq HTTP/1.1\r\n" H "\r\n",
    "GET /livedata/token/new HTTP/1.1\r\n" H "Authorization: Bearer cAnArYr\r\n\r\n",
    "POST /cuic/ HTTP/1.1\r\n" H "Content-Type: " FORM "\r\nContent-Length: 30\r\n\r\n"
    "j_username=a&j_password=cAnArY",
    "POST /cuic/ HTTP/1.1\r\n" H "Content-Type: application/json\r\nContent-Length: 35\r\n\r\n"
    "{\"password\":\"cAnArY\",\"token\":cAnArY}",
    "GET /cuic/ HTTP/1.1\r\n" H "X-Long: "
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "\r\n"
    "Cookie: late=cAnArYs\r\n\r\n",
};

/** Each on its own connection; the session's id of each answer is a secret of ours. */
static void send_all(void)
{
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct wire *w = wire_open(lab.port[1], PUB);
        wire_say(w, "%s", requests[i]);
        char *head = traced_wire_head(w, true);
        ck_assert_msg(head != NULL, "%s", requests[i]);
        const char *id = strstr(head, "JSESSIONID=");
        if (id != NULL)
            note(id + 11, 32);
        free(head);
        wire_close(w);
    }
}

/** One that the HTTP library refuses by itself. */
static void send_refused(void)
{
    struct wire *w = wire_open(lab.port[1], PUB);

    wire_say(w, "GET /cuic/?token=cAnArYt HTTP/1.1\r\n" H "Authorization: Basic cAnArYu\r\n");
    for (unsigned i = 0; i < 500; i++)
        if (!wire_send(w, "X-More: 0123456789012345678901234567890123456789\r\n", 50))
            break;
    free(wire_read_to_end(w, NULL));
    wire_close(w);
}

/** Live Data: tokens and the ids of sessions are in targets, and in bodies both ways. */
static void use_live_data(void)
{
    char token[64];
    char sid[SID_MAX];

    (void)live_token(&lab, PUB, token);
    note(token, strlen(token));
    struct wire *poll = live_poll(&lab, sid);
    note(sid, strlen(sid));
    ck_assert_uint_eq(live_post(poll, sid, "31:42[\"x\",{\"token\":\"cAnArYvvvvv\"}]"), 200);
    free(live_get(poll, sid));
    wire_close(poll);
    struct wire *ws = live_ws(&lab);
    live_ws_subscribe(ws, "Agent=1001");
    wire_close(ws);
}

/* ---- where they are not ---- */

static void expect_not(const char *where, const char *bytes, size_t n, const char *secret)
{
    const char *at = memmem(bytes, n, secret, strlen(secret));
    size_t before = at == NULL || at - bytes < 20 ? 0 : 20;

    ck_assert_msg(at == NULL, "%s, at %td: '%.60s'", where, at - bytes, at - before);
}

static void expect_none(const char *where, const char *bytes, size_t n)
{
    ck_assert_msg(n > 0, "%s: empty", where);
    expect_not(where, bytes, n, CANARY);
    for (size_t k = 0; k < n_known; k++)
        expect_not(where, bytes, n, known[k]);
}

static void check_file(const char *name)
{
    size_t n = 0;
    char *bytes = test_read_file(lab_path(&lab, name), &n);

    if (bytes != NULL && n > 0)
        expect_none(name, bytes, n);
    free(bytes);
}

static void check_command(const char *a, const char *b, const char *c)
{
    struct proc_result r = lab_cli(&lab, NULL, "lab", "trace", a, b, c, NULL);

    ck_assert_msg(r.status == 0, "%s %s: %s", a, b == NULL ? "" : b, r.err);
    expect_none(a, r.out, strlen(r.out));
    proc_result_clear(&r);
}

static void check_shown(long long n)
{
    char id[24];

    check_command("list", "--limit", "1000");
    check_command("export", "har", NULL);
    check_command("export", "jsonl", NULL);
    check_command("follow", "--since=1h", "--for=0s");
    for (long long i = 1; i <= n; i++) {
        (void)snprintf(id, sizeof id, "%lld", i);
        check_command("show", id, NULL);
    }
}

START_TEST(nowhere)
{
    send_all();
    send_refused();
    use_live_data();
    /* Tokens: one of ours, one each for the poll and the socket; the session, its two requests. */
    long long n = (long long)COUNT(requests) + 1 + 3 + 3 + 1 + 1;
    traced_wait(&lab, n);
    ck_assert_uint_gt(n_known, 10);
    check_file("state/trace.db");
    check_file("state/trace.db-wal");
    check_shown(n);
    char *log = proc_stderr(&lab.server);
    expect_none("log", log, strlen(log));
    free(log);
    ck_assert_int_eq(lab_stop_server(&lab, 15), 0);
    check_file("state/trace.db");
    check_file("state/cuicsim.db");
}
END_TEST

/** The test would notice: what is no secret is found by the same search. */
START_TEST(search_finds)
{
    size_t n = 0;

    struct wire_response r = ask_once(&lab, "GET /cuic/?other=cAnArY HTTP/1.1\r\n" H "\r\n");
    wire_response_clear(&r);
    traced_wait(&lab, 1);
    char *bytes = test_read_file(lab_path(&lab, "state/trace.db-wal"), &n);
    ck_assert(bytes != NULL && memmem(bytes, n, CANARY, strlen(CANARY)) != NULL);
    free(bytes);
}
END_TEST

void suite_trace_secrets(Suite *s)
{
    TCase *tc = new_case(s, "secrets");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, nowhere);
    tcase_add_test(tc, search_finds);
}
