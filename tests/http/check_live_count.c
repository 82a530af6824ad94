/* `show socketio status` tells how many Socket.IO clients a node has, while a server runs. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    live_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- the shell ---- */

/** What the command shows of the clients, "" for nothing; free() it. */
static char *shown(const char *node)
{
    struct proc_result r =
        lab_cli(&lab, NULL, "-n", node, "show", "socketio", "status", (char *)NULL);
    const char *line = strstr(r.out, "Client Count: ");

    ck_assert_msg(r.status == 0, "%d: %s%s", r.status, r.out, r.err);
    ck_assert_ptr_nonnull(strstr(r.out, "Server Status: "));
    char *text = line == NULL ? strdup("") : strndup(line, strcspn(line, "\n"));
    proc_result_clear(&r);
    return text;
}

static void expect(const char *when, const char *node, const char *want)
{
    char *got = shown(node);

    ck_assert_msg(strcmp(got, want) == 0, "%s: %s shows '%s'", when, node, got);
    free(got);
}

struct wish {
    const char *node;
    const char *want;
};

static bool is_shown(void *arg)
{
    const struct wish *wish = arg;
    char *got = shown(wish->node);
    bool is = strcmp(got, wish->want) == 0;

    free(got);
    return is;
}

/** The server tells once a second. */
static void await(const char *node, const char *want)
{
    struct wish wish = {node, want};

    test_until(is_shown, &wish, want);
}

/* ---- the store ---- */

static sqlite3 *open_store(void)
{
    sqlite3 *db = NULL;

    ck_assert_int_eq(sqlite3_open(lab_path(&lab, "state/cuicsim.db"), &db), SQLITE_OK);
    return db;
}

/** Moves with every commit of another connection. */
static int data_version(sqlite3 *db)
{
    sqlite3_stmt *q = NULL;

    ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA data_version", -1, &q, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
    int version = sqlite3_column_int(q, 0);
    (void)sqlite3_finalize(q);
    return version;
}

/* ---- tests ---- */

/** The other node's client, by polling. */
static struct wire *poll_subscriber(void)
{
    struct wire *w = wire_open(lab.port[0], SUB);
    struct wire_response r;
    char token[64];

    wire_say(w, "GET " EIO "&transport=polling&token=%s HTTP/1.1\r\nHost: " SUB "\r\n\r\n",
             live_token(&lab, SUB, token));
    ck_assert(wire_read(w, &r));
    ck_assert_uint_eq(r.status, 200);
    wire_response_clear(&r);
    return w;
}

/** The session goes over to a WebSocket. */
static struct wire *upgrade(const char *sid)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    char path[128];

    (void)snprintf(path, sizeof path, EIO "&transport=websocket&sid=%s", sid);
    struct wire_response r = ws_ask(w, PUB, path, LIVE_ORIGIN);
    ck_assert_uint_eq(r.status, 101);
    wire_response_clear(&r);
    ws_say(w, "2probe");
    free(ws_read_text(w, NULL));
    ws_say(w, "5");
    return w;
}

/** By node and by transport, as clients come, upgrade and go; and no request thread has to look at
 *  the settings for it. */
START_TEST(followed)
{
    char sid[SID_MAX];
    sqlite3 *db = open_store();
    int version = data_version(db);

    expect("at the start", "cuicpub", "Client Count: 0 (polling: 0)");
    struct wire *polls = live_poll(&lab, sid);
    struct wire *w[] = {live_ws(&lab), live_ws(&lab)};
    struct wire *other = poll_subscriber();
    await("cuicpub", "Client Count: 3 (polling: 1)");
    await("cuicsub", "Client Count: 1 (polling: 1)");
    struct wire *upgraded = upgrade(sid);
    await("cuicpub", "Client Count: 3 (polling: 0)");
    wire_close(w[0]);
    wire_close(w[1]);
    await("cuicpub", "Client Count: 1 (polling: 0)");
    ws_say(upgraded, "1"); /* Engine.IO's own end */
    await("cuicpub", "Client Count: 0 (polling: 0)");
    await("cuicsub", "Client Count: 1 (polling: 1)");
    ck_assert_int_eq(data_version(db), version);
    wire_close(upgraded);
    wire_close(polls);
    wire_close(other);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(json)
{
    struct wire *w = live_ws(&lab);

    await("cuicpub", "Client Count: 1 (polling: 0)");
    struct proc_result r =
        lab_cli(&lab, NULL, "--json", "show", "socketio", "status", (char *)NULL);
    ck_assert_ptr_nonnull(strstr(r.out, "\"active\":true,\"clients\":1,"));
    ck_assert_ptr_nonnull(strstr(r.out, "\"polling\":0,"));
    proc_result_clear(&r);
    wire_close(w);
}
END_TEST

/** A server that is gone, one way or the other, has no clients, and shows no number. */
START_TEST(server_ends)
{
    int signal_number = _i == 0 ? SIGTERM : SIGKILL;
    struct wire *w = live_ws(&lab);

    await("cuicpub", "Client Count: 1 (polling: 0)");
    int status = lab_stop_server(&lab, signal_number);
    ck_assert_int_eq(status, _i == 0 ? 0 : 128 + SIGKILL);
    expect("without a server", "cuicpub", "");
    wire_close(w);
    lab_start_server(&lab);
    expect("with another one", "cuicpub", "Client Count: 0 (polling: 0)");
    w = live_ws(&lab);
    await("cuicpub", "Client Count: 1 (polling: 0)");
    wire_close(w);
}
END_TEST

/** The node's clients end with its service, and the product then shows nothing but that. */
START_TEST(service_stopped)
{
    struct wire *w = live_ws(&lab);

    await("cuicpub", "Client Count: 1 (polling: 0)");
    lab_must(&lab, "utils service stop CCE Live Data Socket.IO Service");
    expect("stopped", "cuicpub", "");
    expect("the other node", "cuicsub", "Client Count: 0 (polling: 0)");
    free(wire_read_to_end(w, NULL));
    wire_close(w);
    lab_must(&lab, "utils service start CCE Live Data Socket.IO Service");
    await("cuicpub", "Client Count: 0 (polling: 0)");
}
END_TEST

/** A second server of the same lab serves, and says that it is not counted, until the first one
 *  ends. */
START_TEST(two_servers)
{
    struct lab second = lab;
    struct wire *w = live_ws(&lab);

    lab_start_server(&second);
    wait_for_log(&second, "another server counts its clients there");
    await("cuicpub", "Client Count: 1 (polling: 0)");
    struct wire *more[] = {live_ws(&second), live_ws(&second)};
    ck_assert_int_eq(lab_stop_server(&lab, SIGTERM), 0);
    await("cuicpub", "Client Count: 2 (polling: 0)");
    wire_close(w);
    wire_close(more[0]);
    wire_close(more[1]);
    ck_assert_int_eq(lab_stop_server(&second, SIGTERM), 0);
}
END_TEST

void suite_live_count(Suite *s)
{
    TCase *tc = new_case(s, "count");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, followed);
    tcase_add_test(tc, json);
    tcase_add_loop_test(tc, server_ends, 0, 2);
    tcase_add_test(tc, service_stopped);
    tcase_add_test(tc, two_servers);
}
