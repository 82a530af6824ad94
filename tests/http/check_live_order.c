/* What the subscribers of a topic see: the same messages, in the same order. */
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

enum { CLIENTS = 4, FIRST = 60, N = 140, MOST = 6000 };

/** Read on until the last messages are these, in this order. Who joined earlier, by however much,
 *  has seen others before. */
static void await_messages(struct wire *w, size_t client, char *const want[N])
{
    char **seen = calloc(MOST, sizeof *seen);
    size_t n = 0;
    bool is_found = false;

    ck_assert_ptr_nonnull(seen);
    while (!is_found) {
        ck_assert_msg(n < MOST, "client %zu missed one of those from %s on", client, want[0]);
        seen[n++] = live_ws_message(w);
        is_found = n >= N;
        for (size_t k = 0; k < N && is_found; k++) /* the last one first: it differs mostly */
            is_found = strcmp(seen[n - 1 - k], want[N - 1 - k]) == 0;
    }
    for (size_t i = 0; i < n; i++)
        free(seen[i]);
    free(seen);
}

/** All clients of a topic see the same messages in the same order, however late they came. */
START_TEST(order)
{
    struct wire *w[CLIENTS];
    char *want[N];
    struct wire *last = NULL;

    for (size_t i = 0; i < CLIENTS; i++) {
        last = w[i] = live_ws(&lab);
        live_ws_subscribe(w[i], "SkillGroup=6001,6002");
        live_ws_subscribe(w[i], "Team=5001,5002");
    }
    for (size_t k = 0; k < FIRST; k++) /* its own first ones are among them */
        free(live_ws_message(last));
    for (size_t k = 0; k < N; k++)
        want[k] = live_ws_message(last);
    for (size_t i = 0; i + 1 < CLIENTS; i++)
        await_messages(w[i], i, want);
    for (size_t k = 0; k < N; k++)
        free(want[k]);
    for (size_t i = 0; i < CLIENTS; i++)
        wire_close(w[i]);
}
END_TEST

void suite_live_order(Suite *s)
{
    TCase *tc = new_case(s, "order");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, order);
}
