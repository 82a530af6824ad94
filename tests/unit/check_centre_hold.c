#include <check.h>

#include "centre/centre.h"
#include "check_centre_parts.h"

#define HOUR_MS 3600000
#define AGENTS  20
#define ME      3U

static struct centre *begin(void)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(1, AGENTS, &c), ERR_OK);
    centre_advance(c, 60000, NULL, NULL);
    centre_hold(c, ME);
    return c;
}

static const struct agent *me(const struct centre *c)
{
    return centre_agent(c, ME);
}

/** Let events happen until the agent is in that state. */
static void await(struct centre *c, enum agent_state state)
{
    int64_t end_ms = centre_now_ms(c) + HOUR_MS;

    while (me(c)->state != state) {
        centre_advance(c, centre_next_ms(c), NULL, NULL);
        ck_assert_int_lt(centre_now_ms(c), end_ms);
    }
}

static void set(struct centre *c, enum agent_state to, unsigned reason, enum err expected)
{
    enum err e = centre_set_state(c, ME, to, reason);

    ck_assert_msg(e == expected, "%s from %s: %s", agent_state_name(to),
                  agent_state_name(me(c)->state), err_text(e));
}

START_TEST(stays_away)
{
    struct centre *c = begin();

    set(c, AGENT_READY, 0, ERR_OK);
    await(c, AGENT_READY);
    set(c, AGENT_NOT_READY, 3, ERR_OK);
    ck_assert_int_eq(me(c)->state, AGENT_NOT_READY);
    ck_assert_uint_eq(me(c)->reason_code, 3);
    int64_t since_ms = me(c)->since_ms;
    centre_advance(c, centre_now_ms(c) + 2 * HOUR_MS, NULL, NULL);
    ck_assert_int_eq(me(c)->state, AGENT_NOT_READY);
    ck_assert_int_eq(me(c)->since_ms, since_ms);
    centre_free(c);
}
END_TEST

/** A held agent takes calls, and is away only when told. */
START_TEST(works)
{
    struct centre *c = begin();
    unsigned handled = 0;

    set(c, AGENT_READY, 0, ERR_OK);
    handled = me(c)->calls_handled;
    for (int64_t end_ms = centre_now_ms(c) + 3LL * HOUR_MS; centre_now_ms(c) < end_ms;) {
        centre_advance(c, centre_next_ms(c), NULL, NULL);
        ck_assert_int_ne(me(c)->state, AGENT_NOT_READY);
        ck_assert_int_ne(me(c)->state, AGENT_LOGGED_OUT);
    }
    ck_assert_uint_gt(me(c)->calls_handled, handled + 10);
    centre_free(c);
}
END_TEST

/** The call has a number and a queue from the ringing to the end of the work after it. */
START_TEST(call)
{
    struct centre *c = begin();

    set(c, AGENT_NOT_READY, 2, ERR_OK);
    ck_assert_uint_eq(me(c)->call, 0);
    set(c, AGENT_READY, 0, ERR_OK);
    await(c, AGENT_RESERVED);
    unsigned number = me(c)->call;
    const struct queue *q = me(c)->queue_of_call;
    ck_assert_uint_gt(number, 0);
    ck_assert_int_eq(me(c)->call_ms, me(c)->since_ms);
    ck_assert(q == centre_queue(c, me(c)->queue) || q == centre_skill_group(c, me(c)->skill_group));
    await(c, AGENT_TALKING);
    ck_assert_uint_eq(me(c)->call, number);
    await(c, AGENT_WORK);
    ck_assert_uint_eq(me(c)->call, number);
    set(c, AGENT_NOT_READY, 2, ERR_OK); /* ends the work at once */
    ck_assert_int_eq(me(c)->state, AGENT_NOT_READY);
    ck_assert_uint_eq(me(c)->call, 0);
    ck_assert_ptr_null(me(c)->queue_of_call);
    set(c, AGENT_READY, 0, ERR_OK);
    await(c, AGENT_RESERVED);
    ck_assert_uint_gt(me(c)->call, number);
    for (unsigned i = 0; i < AGENTS; i++)
        ck_assert(i == ME || centre_agent(c, i)->call == 0 ||
                  centre_agent(c, i)->call != me(c)->call);
    centre_free(c);
}
END_TEST

START_TEST(pending)
{
    struct centre *c = begin();

    set(c, AGENT_READY, 0, ERR_OK);
    await(c, AGENT_TALKING);
    set(c, AGENT_NOT_READY, 4, ERR_OK);
    ck_assert_int_eq(me(c)->state, AGENT_TALKING);
    ck_assert(me(c)->is_pending);
    ck_assert_int_eq(me(c)->pending_state, AGENT_NOT_READY);
    ck_assert_uint_eq(me(c)->pending_code, 4);
    await(c, AGENT_WORK);
    ck_assert(me(c)->is_pending);
    await(c, AGENT_NOT_READY);
    ck_assert_uint_eq(me(c)->reason_code, 4);
    ck_assert(!me(c)->is_pending);
    set(c, AGENT_READY, 0, ERR_OK);
    await(c, AGENT_TALKING);
    set(c, AGENT_NOT_READY, 4, ERR_OK);
    set(c, AGENT_READY, 0, ERR_OK); /* taken back */
    ck_assert(!me(c)->is_pending);
    await(c, AGENT_WORK);
    await(c, AGENT_READY);
    centre_free(c);
}
END_TEST

START_TEST(refused)
{
    struct centre *c = begin();

    ck_assert_int_eq(centre_set_state(c, ME + 1, AGENT_READY, 0), ERR_BUSY);
    set(c, AGENT_NOT_READY, 99, ERR_NOTFOUND);
    set(c, AGENT_NOT_READY, 11, ERR_NOTFOUND); /* of LOGGED_OUT */
    set(c, AGENT_NOT_READY, 1, ERR_NOTFOUND);  /* that is said of one who logs in */
    set(c, AGENT_TALKING, 0, ERR_SYNTAX);
    set(c, AGENT_READY, 0, ERR_OK);
    set(c, AGENT_LOGGED_OUT, 0, ERR_SYNTAX);
    set(c, AGENT_NOT_READY, 0, ERR_OK);
    set(c, AGENT_LOGGED_OUT, 11, ERR_OK);
    ck_assert_int_eq(me(c)->state, AGENT_LOGGED_OUT);
    ck_assert_uint_eq(me(c)->reason_code, 11);
    set(c, AGENT_READY, 0, ERR_SYNTAX);
    set(c, AGENT_NOT_READY, 0, ERR_SYNTAX);
    centre_free(c);
}
END_TEST

/** Who signs in as one who is not there logs in. */
START_TEST(logs_in)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(1, AGENTS, &c), ERR_OK);
    ck_assert_int_eq(me(c)->state, AGENT_LOGGED_OUT);
    centre_hold(c, ME);
    ck_assert_int_eq(me(c)->state, AGENT_NOT_READY);
    centre_advance(c, HOUR_MS, NULL, NULL);
    ck_assert_int_eq(me(c)->state, AGENT_NOT_READY);
    centre_free(c);
}
END_TEST

START_TEST(released)
{
    struct centre *c = begin();

    set(c, AGENT_NOT_READY, 2, ERR_OK);
    set(c, AGENT_LOGGED_OUT, 0, ERR_OK);
    centre_release(c, ME);
    centre_release(c, ME);
    ck_assert(!me(c)->is_held);
    await(c, AGENT_TALKING);
    bool was_away = false;
    for (int64_t end_ms = centre_now_ms(c) + 5LL * HOUR_MS; centre_now_ms(c) < end_ms;) {
        centre_advance(c, centre_next_ms(c), NULL, NULL);
        was_away = was_away || me(c)->state == AGENT_NOT_READY;
    }
    ck_assert(was_away);
    centre_free(c);
}
END_TEST

static void note(void *arg, enum centre_kind kind, size_t index)
{
    if (kind == CENTRE_AGENT && index == ME)
        (*(unsigned *)arg)++;
}

/** What a person did is told by the next advance. */
START_TEST(told)
{
    struct centre *c = begin();
    unsigned n = 0;

    centre_advance(c, centre_now_ms(c), note, &n); /* of the beginning */
    n = 0;
    set(c, AGENT_NOT_READY, 2, ERR_OK);
    centre_advance(c, centre_now_ms(c), note, &n);
    ck_assert_uint_eq(n, 1);
    centre_advance(c, centre_now_ms(c), note, &n);
    ck_assert_uint_eq(n, 1);
    centre_free(c);
}
END_TEST

START_TEST(reasons)
{
    ck_assert_str_eq(agent_reason_name(agent_reason_code(AGENT_NOT_READY, 0)), "Break");
    ck_assert_uint_ne(agent_reason_code(AGENT_NOT_READY, 4), 0);
    ck_assert_uint_eq(agent_reason_code(AGENT_NOT_READY, 5), 0);
    ck_assert_str_eq(agent_reason_name(agent_reason_code(AGENT_LOGGED_OUT, 0)), "End of shift");
    ck_assert_uint_eq(agent_reason_code(AGENT_LOGGED_OUT, 1), 0);
    ck_assert_uint_eq(agent_reason_code(AGENT_READY, 0), 0);
}
END_TEST

TCase *tcase_centre_hold(void)
{
    TCase *tc = tcase_create("hold");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, stays_away);
    tcase_add_test(tc, works);
    tcase_add_test(tc, call);
    tcase_add_test(tc, pending);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, logs_in);
    tcase_add_test(tc, released);
    tcase_add_test(tc, told);
    tcase_add_test(tc, reasons);
    return tc;
}
