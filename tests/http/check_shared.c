/* CUIC and Live Data at one address, as behind the product's port 443: the path tells them apart,
 * each has its own service and its own list. */
#include <stdio.h>
#include <string.h>

#include "live.h"
#include "suites.h"

#define NO_CUIC "https://live-data.example" /* listed for Live Data only */
#define NO_LIVE "https://cuic.example"      /* listed for CUIC only */

static struct lab lab;

static void start(void)
{
    start_article(&lab, NULL); /* `listen cuic` alone */
    lab_must(&lab, "-n cuicpub utils cuic cors allowed_origin add " NO_LIVE);
    lab_must(&lab, "-n cuicpub utils live-data cors allowed_origin add " NO_CUIC);
}

static void stop(void)
{
    lab_clear(&lab);
}

enum owner { CUIC, LIVE_DATA };

static const struct path_row {
    const char *path;
    enum owner owner;
} paths[] = {
    {"/cuic/", CUIC},
    {"/cuic/livedata/security", CUIC},
    {"/cuic/socket.io/", CUIC},
    {"/livedata/security", LIVE_DATA},
    {"/livedata/token/new", LIVE_DATA},
    {"/livedata/", LIVE_DATA},
    {"/security", LIVE_DATA},
    {EIO "&transport=polling", LIVE_DATA},
    {"/socket.io/", LIVE_DATA},
};

static unsigned ask(const char *host, const char *path, const char *origin)
{
    struct wire *w = wire_open(lab.port[0], host);
    struct wire_response r;

    wire_say(w,
             "OPTIONS %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\n"
             "Access-Control-Request-Method: GET\r\n\r\n",
             path, host, origin);
    ck_assert_msg(wire_read(w, &r), "%s: no answer", path);
    unsigned status = r.status;
    wire_response_clear(&r);
    wire_close(w);
    return status;
}

/** Row: a path. Its owner's list decides, and not the other's. */
START_TEST(own_list)
{
    const struct path_row *row = &paths[_i];
    bool is_cuic = row->owner == CUIC;

    ck_assert_uint_eq(ask(PUB, row->path, LISTED), 200);
    ck_assert_uint_eq(ask(PUB, row->path, NO_LIVE), is_cuic ? 200 : 403);
    ck_assert_uint_eq(ask(PUB, row->path, NO_CUIC), is_cuic ? 403 : 200);
}
END_TEST

static const struct down_row {
    const char *service;
    bool is_down[2]; /* by enum owner */
} downs[] = {
    {"Intelligence Center Reporting Service", {true, false}},
    {"CCE Live Data Web Service", {false, true}},
    {"CCE Live Data Socket.IO Service", {false, true}},
    {"Cisco Tomcat", {false, false}},
};

static void expect_all(const char *when, const char *host, const bool is_down[2])
{
    for (size_t i = 0; i < COUNT(paths); i++) {
        unsigned want = is_down[paths[i].owner] ? 502 : 200;
        unsigned got = ask(host, paths[i].path, LISTED);
        ck_assert_msg(got == want, "%s: %s of %s: %u", when, paths[i].path, host, got);
    }
}

/** Row: a service of the publisher that is stopped: 502 for what it carries there, and only that;
 *  then both are, and it is started again. */
START_TEST(one_is_down)
{
    static const bool none[2] = {false, false};
    const struct down_row *row = &downs[_i];
    char words[128];

    (void)snprintf(words, sizeof words, "-n cuicpub utils service stop %s", row->service);
    lab_must(&lab, words);
    expect_all(row->service, PUB, row->is_down);
    expect_all(row->service, SUB, none);
    (void)snprintf(words, sizeof words, "-n cuicpub utils service start %s", row->service);
    lab_must(&lab, words);
    expect_all("started again", PUB, none);
}
END_TEST

START_TEST(both_are_down)
{
    static const bool both[2] = {true, true};
    static const bool live_data[2] = {false, true};

    lab_must(&lab, "-n cuicpub utils service stop CCE Live Data Web Service");
    lab_must(&lab, "-n cuicpub utils service stop " CORS_SERVICE);
    expect_all("both stopped", PUB, both);
    lab_must(&lab, "-n cuicpub utils service start " CORS_SERVICE);
    expect_all("one of them started", PUB, live_data);
}
END_TEST

/** What lives at the address without the other: a WebSocket goes on while CUIC does not run. */
START_TEST(live_data_without_cuic)
{
    struct wire *w = live_ws(&lab);

    lab_must(&lab, "-n cuicpub utils service stop " CORS_SERVICE);
    live_ws_subscribe(w, "Agent=1001");
    wire_close(w);
    w = live_ws(&lab);
    live_ws_subscribe(w, "Agent=1001");
    wire_close(w);
}
END_TEST

Suite *suite_shared(void)
{
    Suite *s = suite_create("shared");
    TCase *tc = new_case(s, "one address");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, own_list, 0, COUNT(paths));
    tcase_add_loop_test(tc, one_is_down, 0, COUNT(downs));
    tcase_add_test(tc, both_are_down);
    tcase_add_test(tc, live_data_without_cuic);
    return s;
}
