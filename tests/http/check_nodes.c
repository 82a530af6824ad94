/* Which node answers at which address, and what the configuration changes in the answers. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "shell.h"
#include "suites.h"

/* ---- the node by Host ---- */

static const struct row {
    const char *sni;
    const char *host;
    const char *node;
    unsigned status; /* of a preflight from PUB_ONLY */
} rows[] = {
    {PUB, PUB, "cuicpub", 200},
    {SUB, SUB, "cuicsub", 403},
    {PUB, SUB, "cuicsub", 403}, /* Host decides, not SNI */
    {SUB, PUB, "cuicpub", 200},
    {SUB, "CUICSUB.UCCELAB.TAC", "cuicsub", 403},
    {SUB, "CuicSub.UcceLab.Tac:8444", "cuicsub", 403},
    {SUB, SUB ":443", "cuicsub", 403},
    {SUB, SUB ":", "cuicsub", 403},
    {SUB, "cuicsub", "cuicpub", 200}, /* any other name is the first node's */
    {SUB, SUB ".", "cuicpub", 200},
    {SUB, "x" SUB, "cuicpub", 200},
    {SUB, SUB ".example", "cuicpub", 200},
    {SUB, "127.0.0.1:8444", "cuicpub", 200},
    {SUB, "[::1]:8444", "cuicpub", 200},
    {SUB, "localhost", "cuicpub", 200},
};

static void check_home(struct wire *w, const struct row *row)
{
    struct wire_response r;
    char text[64];

    (void)snprintf(text, sizeof text, "node %s<", row->node);
    wire_say(w, "GET /cuic/ HTTP/1.1\r\nHost: %s\r\n\r\n", row->host);
    ck_assert(wire_read(w, &r));
    ck_assert_msg(strstr(r.body, text) != NULL, "%s: not answered by %s", row->host, row->node);
    wire_response_clear(&r);
}

START_TEST(node_by_host)
{
    struct lab lab;

    start_article(&lab, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wire *w = wire_open(lab.port[0], rows[i].sni);
        check_home(w, &rows[i]);
        unsigned status = preflight(w, rows[i].host, PUB_ONLY);
        ck_assert_msg(status == rows[i].status, "%s: %u", rows[i].host, status);
        wire_close(w);
    }
    lab_clear(&lab);
}
END_TEST

/* ---- addresses ---- */

START_TEST(several_addresses)
{
    struct lab lab;

    start_article(
        &lab, "listen cuic { addresses = {\"127.0.0.1:0\", \"127.0.0.1:0\", \"127.0.0.1:0\"} }\n");
    ck_assert_uint_eq(lab.n_ports, 3);
    for (size_t i = 0; i < lab.n_ports; i++) {
        struct wire *w = wire_open(lab.port[i], SUB);
        ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
        ck_assert_uint_eq(preflight(w, SUB, PUB_ONLY), 403);
        wire_close(w);
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(lab.port[i], lab.port[j]);
    }
    lab_clear(&lab);
}
END_TEST

static bool has_ipv6(void)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool has = fd >= 0 && bind(fd, (const struct sockaddr *)&to, sizeof to) == 0;

    if (fd >= 0)
        (void)close(fd);
    return has;
}

START_TEST(ipv6)
{
    struct lab lab;

    if (!has_ipv6()) {
        (void)printf("nodes: ipv6 is not tested, this machine has no [::1]\n");
        (void)fflush(stdout);
        return;
    }
    start_article(&lab, "listen cuic { addresses = {\"[::1]:0\", \"127.0.0.1:0\"} }\n");
    ck_assert_uint_eq(lab.n_ports, 2);
    struct wire_options o = {.port = lab.port[0], .sni = SUB, .is_ipv6 = true};
    struct wire *w = wire_try(&o, NULL);
    ck_assert_ptr_nonnull(w);
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
    wire_close(w);
    w = wire_open(lab.port[1], SUB);
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
    wire_close(w);
    lab_clear(&lab);
}
END_TEST

/* ---- strict-transport-security ---- */

static const struct hsts {
    const char *config;
    const char *host;
    bool is_sent;
} hsts_rows[] = {
    {"", PUB, true},
    {"", "127.0.0.1", true},
    {"", "localhost.example", true},
    {"", "localhost", false},
    {"", "LOCALHOST:8444", false},
    {"hsts = off\n", PUB, false},
    {"hsts = off\n", "localhost", false},
};

START_TEST(hsts)
{
    const struct hsts *row = &hsts_rows[_i];
    static const char *const target[] = {"/cuic/", "/cuic", "/nothing", "*"};
    struct lab lab;

    start_article(&lab, row->config);
    struct wire *w = wire_open(lab.port[0], PUB);
    for (size_t i = 0; i < COUNT(target); i++) {
        struct wire_response r;
        wire_say(w, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target[i], row->host);
        ck_assert(wire_read(w, &r));
        const char *value = wire_field(&r, "strict-transport-security");
        ck_assert_msg((value != NULL) == row->is_sent, "%s %s", target[i], row->host);
        if (value != NULL)
            ck_assert_str_eq(value, "max-age=31536000; includeSubDomains");
        wire_response_clear(&r);
    }
    wire_close(w);
    lab_clear(&lab);
}
END_TEST

/* ---- CORS disabled ---- */

static const struct disabled {
    const char *name;
    const char *request;
    unsigned refuse; /* status with cors_disabled_answer = refuse */
    unsigned pass;
    bool has_vary; /* "Origin", with refuse; never with pass */
} disabled_rows[] = {
    {"preflight", PREFLIGHT(PUB, LISTED), 403, 200, false},
    {"actual", "GET /cuic/ HTTP/1.1\r\nHost: " PUB "\r\nOrigin: " LISTED "\r\n\r\n", 403, 200,
     false},
    {"unlisted", "GET /cuic/ HTTP/1.1\r\nHost: " PUB "\r\nOrigin: https://x.example\r\n\r\n", 403,
     200, false},
    {"same origin", "GET /cuic/ HTTP/1.1\r\nHost: " PUB "\r\nOrigin: https://" PUB "\r\n\r\n", 200,
     200, true},
    {"no origin", "GET /cuic/ HTTP/1.1\r\nHost: " PUB "\r\n\r\n", 200, 200, true},
};

static void check_disabled(const struct lab *lab, bool passes)
{
    for (size_t i = 0; i < COUNT(disabled_rows); i++) {
        const struct disabled *row = &disabled_rows[i];
        struct wire_response r = ask_once(lab, row->request);
        const char *vary = wire_field(&r, "vary");
        ck_assert_msg(r.status == (passes ? row->pass : row->refuse), "%s: %u", row->name,
                      r.status);
        ck_assert_msg(wire_count(&r, "access-control-") == 0, "%s", row->name);
        ck_assert_msg((vary != NULL) == (!passes && row->has_vary), "%s: vary", row->name);
        wire_response_clear(&r);
    }
}

/** On the node where CORS is disabled; the other one goes on as before. */
START_TEST(cors_disabled)
{
    bool passes = _i == 1;
    struct lab lab;

    start_article(&lab,
                  passes ? "cors_disabled_answer = pass\n" : "cors_disabled_answer = refuse\n");
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    lab_must(&lab, "-n cuicpub utils cuic cors disable");
    check_disabled(&lab, passes);
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 200);
    lab_must(&lab, "-n cuicpub utils cuic cors enable");
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    ck_assert_uint_eq(preflight_once(&lab, PUB, PUB_ONLY), 200);
    lab_clear(&lab);
}
END_TEST

START_TEST(fresh_store_refuses)
{
    struct lab lab;

    lab_init(&lab, NULL);
    lab_start_server(&lab);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 403);
    lab_must(&lab, "-n cuicpub utils cuic cors allowed_origin add " LISTED);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 403);
    lab_must(&lab, "-n cuicpub utils cuic cors enable");
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 403);
    lab_clear(&lab);
}
END_TEST

/* ---- a service that restarts ---- */

/** The shell is killed in the middle: the service stays down for its time, or until a reset. */
START_TEST(restarting)
{
    struct lab lab;

    start_article(&lab, "restart_seconds = 600\n");
    const char *argv[] = {"cuicsim-cli", "-c",      lab.config, "-n",           "cuicsub",
                          "utils",       "service", "restart",  "Intelligence", "Center",
                          "Reporting",   "Service", NULL};
    struct wire *w = wire_open(lab.port[0], SUB);
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
    struct proc shell = proc_start(argv, NULL);
    shell_await(&shell, "[STOPPING]");
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 502); /* which looks for CORS headers */
    ck_assert_uint_eq(preflight(w, SUB, PUB_ONLY), 502);
    ck_assert_uint_eq(preflight(w, PUB, PUB_ONLY), 200);
    struct wire_response r = ask_once(&lab, "GET /cuic/ HTTP/1.1\r\nHost: " SUB "\r\n\r\n");
    ck_assert_uint_eq(r.status, 502);
    ck_assert_ptr_null(wire_field(&r, "set-cookie"));
    wire_response_clear(&r);
    (void)kill(shell.pid, SIGKILL);
    ck_assert_int_eq(proc_wait(&shell), 128 + SIGKILL);
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 502);
    lab_must(&lab, "lab reset article");
    ck_assert_uint_eq(preflight(w, SUB, LISTED), 200);
    wire_close(w);
    lab_clear(&lab);
}
END_TEST

/** Undisturbed, the service is back when the shell says so. */
START_TEST(restarted)
{
    struct lab lab;

    start_article(&lab, "restart_seconds = 1\napply_changes = on-restart\n");
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin add " PUB_ONLY);
    ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 403);
    lab_must(&lab, "-n cuicsub utils service restart " CORS_SERVICE);
    ck_assert_uint_eq(preflight_once(&lab, SUB, PUB_ONLY), 200);
    lab_clear(&lab);
}
END_TEST

Suite *suite_nodes(void)
{
    Suite *s = suite_create("nodes");
    TCase *tc = new_case(s, "configured");

    tcase_add_test(tc, node_by_host);
    tcase_add_test(tc, several_addresses);
    tcase_add_test(tc, ipv6);
    tcase_add_loop_test(tc, hsts, 0, (int)COUNT(hsts_rows));
    tcase_add_loop_test(tc, cors_disabled, 0, 2);
    tcase_add_test(tc, fresh_store_refuses);
    tcase_add_test(tc, restarting);
    tcase_add_test(tc, restarted);
    return s;
}
