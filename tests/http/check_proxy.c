/* The node's web proxy stops: nobody is there any more, for CUIC as for Live Data. */
#include <string.h>

#include "common.h"
#include "suites.h"

#define PROXY "Cisco Web Proxy Service"

/** Is a TLS connection to this name reset or closed before it is one? */
static bool is_refused(const struct lab *l, const char *sni)
{
    int reason = 0;
    struct wire_options o = {.port = l->port[0], .sni = sni};
    struct wire *w = wire_try(&o, &reason);

    wire_close(w);
    return w == NULL;
}

START_TEST(stopped)
{
    struct lab lab;

    start_article(&lab, NULL);
    lab_must(&lab, "utils service stop " PROXY);
    ck_assert(is_refused(&lab, PUB));
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 200); /* the other node's runs */
    lab_must(&lab, "utils service start " PROXY);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    lab_clear(&lab);
}
END_TEST

/** A name that is no node's is the first node's, also when that one has nobody who listens. */
START_TEST(no_name)
{
    struct lab lab;

    start_article(&lab, NULL);
    lab_must(&lab, "utils service stop " PROXY);
    ck_assert(is_refused(&lab, NULL));
    ck_assert(is_refused(&lab, "elsewhere.example"));
    lab_clear(&lab);
}
END_TEST

START_TEST(open_connections_are_cut)
{
    struct wire_response r;
    struct lab lab;

    start_article(&lab, NULL);
    struct wire *pub = wire_open(lab.port[0], PUB);
    struct wire *sub = wire_open(lab.port[0], SUB);
    ck_assert_uint_eq(preflight(pub, PUB, LISTED), 200);
    ck_assert_uint_eq(preflight(sub, SUB, LISTED), 200);
    lab_must(&lab, "utils service stop " PROXY);
    (void)wire_send(pub, PREFLIGHT(PUB, LISTED), strlen(PREFLIGHT(PUB, LISTED)));
    ck_assert(!wire_read(pub, &r));
    ck_assert_uint_eq(preflight(sub, SUB, LISTED), 200);
    wire_close(pub);
    wire_close(sub);
    lab_clear(&lab);
}
END_TEST

/** It is the proxy that is gone, whatever the services behind it do; and back after a restart. */
START_TEST(restart_and_services_behind)
{
    struct lab lab;

    start_article(&lab, NULL);
    lab_must(&lab, "utils service stop " CORS_SERVICE);
    lab_must(&lab, "utils service stop " PROXY);
    ck_assert(is_refused(&lab, PUB));
    lab_must(&lab, "utils service restart " PROXY);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 502);
    lab_must(&lab, "utils service start " CORS_SERVICE);
    ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
    lab_clear(&lab);
}
END_TEST

/** The state outlives the server. */
START_TEST(server_restarts)
{
    struct lab lab;

    start_article(&lab, NULL);
    lab_must(&lab, "utils service stop " PROXY);
    ck_assert_int_eq(lab_stop_server(&lab, 15), 0);
    lab_start_server(&lab);
    ck_assert(is_refused(&lab, PUB));
    ck_assert_uint_eq(preflight_once(&lab, SUB, LISTED), 200);
    lab_clear(&lab);
}
END_TEST

Suite *suite_proxy(void)
{
    Suite *s = suite_create("proxy");
    TCase *tc = new_case(s, "proxy");

    tcase_add_test(tc, stopped);
    tcase_add_test(tc, no_name);
    tcase_add_test(tc, open_connections_are_cut);
    tcase_add_test(tc, restart_and_services_behind);
    tcase_add_test(tc, server_restarts);
    return s;
}
