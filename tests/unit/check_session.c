/* CUIC's sessions and data sets: what is found, for whom, for how long, and what has to go. */
#include "cuic/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuic/dataset.h"
#include "suites.h"
#include "support.h"

/* ---- sessions ---- */

static void make_id(char to[SESSION_ID], unsigned n)
{
    (void)snprintf(to, SESSION_ID, "%032X", n * 2654435761U);
}

static void add_session(struct sessions *s, unsigned n, size_t node, long long now_ms)
{
    struct session one = {
        .node = node, .login = "agent1001", .begin_ms = now_ms, .last_ms = now_ms};

    make_id(one.id, n);
    sessions_add(s, &one);
}

static bool has_session(struct sessions *s, unsigned n, size_t node, long long now_ms)
{
    char id[SESSION_ID];

    make_id(id, n);
    const struct session *one = sessions_find(s, node, slice_of(id), now_ms);
    if (one != NULL)
        ck_assert_str_eq(one->login, "agent1001");
    return one != NULL;
}

START_TEST(session_found)
{
    static const struct slice bad[] = {LIT(""),
                                       NO_TEXT,
                                       LIT("0"),
                                       LIT("00000000000000000000000000000000"),
                                       LIT("0000000000000000000000000000000\0"),
                                       LIT("000000000000000000000000000000000")};
    struct sessions *s = sessions_new();

    for (size_t i = 0; i < COUNT(bad); i++) /* an empty place has the id "" */
        ck_assert_ptr_null(sessions_find(s, 0, bad[i], 0));
    add_session(s, 7, 1, 1000);
    ck_assert(has_session(s, 7, 1, 1000));
    ck_assert(!has_session(s, 7, 0, 1000)); /* of the other node */
    ck_assert(!has_session(s, 8, 1, 1000));
    sessions_free(s);
    sessions_free(NULL);
}
END_TEST

START_TEST(session_ends)
{
    struct sessions *s = sessions_new();
    long long now = 1000;

    add_session(s, 7, 0, now);
    for (int i = 0; i < 5; i++) { /* for as long as it is used */
        now += SESSION_IDLE_MS;
        ck_assert(has_session(s, 7, 0, now));
    }
    ck_assert(!has_session(s, 7, 0, now + SESSION_IDLE_MS + 1));
    sessions_free(s);
}
END_TEST

/** What is removed is gone, and nothing else is: not of another node, and nobody behind it. */
START_TEST(session_removed)
{
    struct sessions *s = sessions_new();
    char id[SESSION_ID];

    for (unsigned n = 1; n <= SESSIONS_MAX / 4; n++)
        add_session(s, n, 1, 1000);
    make_id(id, 7);
    sessions_remove(s, 0, slice_of(id));
    ck_assert(has_session(s, 7, 1, 1000));
    sessions_remove(s, 1, slice_of(id));
    sessions_remove(s, 1, slice_of(id));
    sessions_remove(s, 1, slice_of(""));
    for (unsigned n = 1; n <= SESSIONS_MAX / 4; n++)
        ck_assert_msg(has_session(s, n, 1, 1000) == (n != 7), "%u", n);
    add_session(s, 7, 1, 1000);
    ck_assert(has_session(s, 7, 1, 1000));
    sessions_free(s);
}
END_TEST

static void count_one(void *arg, const struct session *one)
{
    (void)one;
    ++*(size_t *)arg;
}

START_TEST(sessions_bounded)
{
    struct sessions *s = sessions_new();
    size_t n = 0;

    for (unsigned i = 1; i <= 2 * SESSIONS_MAX; i++)
        add_session(s, i, 0, i);
    sessions_each(s, 2 * SESSIONS_MAX, count_one, &n);
    ck_assert_uint_le(n, SESSIONS_MAX);
    ck_assert_uint_gt(n, SESSIONS_MAX * 9 / 10);
    for (unsigned i = 2 * SESSIONS_MAX - 100; i <= 2 * SESSIONS_MAX; i++)
        ck_assert_msg(has_session(s, i, 0, 2 * SESSIONS_MAX), "the newest but %u is gone",
                      2 * SESSIONS_MAX - i);
    n = 0;
    sessions_each(s, 3 * SESSION_IDLE_MS, count_one, &n);
    ck_assert_uint_eq(n, 0);
    sessions_free(s);
}
END_TEST

/** A quarter of the places: nobody has to go. */
START_TEST(sessions_have_room)
{
    struct sessions *s = sessions_new();
    unsigned found = 0;

    for (unsigned i = 1; i <= SESSIONS_MAX / 4; i++)
        add_session(s, i, 0, i);
    for (unsigned i = 1; i <= SESSIONS_MAX / 4; i++)
        found += has_session(s, i, 0, SESSIONS_MAX);
    ck_assert_uint_eq(found, SESSIONS_MAX / 4);
    sessions_free(s);
}
END_TEST

/* ---- data sets ---- */

static void add_dataset(struct datasets *s, unsigned n, const char *login, long long now_ms)
{
    struct dataset one = {.last_ms = now_ms};

    make_id(one.id, n);
    (void)snprintf(one.login, sizeof one.login, "%s", login);
    datasets_add(s, &one);
}

static struct dataset *find_dataset(struct datasets *s, unsigned n, const char *login,
                                    long long now_ms)
{
    char id[DATASET_ID];

    make_id(id, n);
    return datasets_find(s, 0, login, slice_of(id), now_ms);
}

START_TEST(dataset_found)
{
    struct datasets *s = datasets_new();

    add_dataset(s, 7, "agent1001", 1000);
    ck_assert_ptr_nonnull(find_dataset(s, 7, "agent1001", 1000));
    ck_assert_ptr_null(find_dataset(s, 7, "agent1002", 1000)); /* another's */
    ck_assert_ptr_null(find_dataset(s, 8, "agent1001", 1000));
    ck_assert_ptr_null(datasets_find(s, 0, "", (struct slice){"", 0}, 1000));
    ck_assert_ptr_nonnull(find_dataset(s, 7, "agent1001", 1000 + DATASET_IDLE_MS));
    ck_assert_ptr_null(find_dataset(s, 7, "agent1001", 1001 + 2 * DATASET_IDLE_MS));
    datasets_free(s);
    datasets_free(NULL);
}
END_TEST

START_TEST(datasets_bounded)
{
    struct datasets *s = datasets_new();

    for (unsigned i = 1; i <= DATASETS_MAX; i++)
        add_dataset(s, i, "a", 7);                     /* all within one millisecond */
    ck_assert_ptr_nonnull(find_dataset(s, 1, "a", 7)); /* used: not the oldest now */
    add_dataset(s, DATASETS_MAX + 1, "a", 7);
    ck_assert_ptr_nonnull(find_dataset(s, 1, "a", 7));
    ck_assert_ptr_null(find_dataset(s, 2, "a", 7));
    ck_assert_ptr_nonnull(find_dataset(s, 3, "a", 7));
    datasets_free(s);
}
END_TEST

static enum err finish(struct datasets *s, unsigned n, size_t bytes)
{
    struct dataset *one = find_dataset(s, n, "a", 1);
    char *text = malloc(1);

    ck_assert(one != NULL && text != NULL);
    enum err e = datasets_finish(s, one, text, bytes);
    if (e != ERR_OK)
        free(text);
    return e;
}

START_TEST(datasets_bytes)
{
    struct datasets *s = datasets_new();

    for (unsigned i = 1; i <= 5; i++)
        add_dataset(s, i, "a", 1);
    ck_assert_int_eq(finish(s, 1, DATASETS_BYTES / 2), ERR_OK);
    ck_assert_int_eq(finish(s, 2, DATASETS_BYTES / 2), ERR_OK);
    ck_assert_ptr_nonnull(find_dataset(s, 1, "a", 1)); /* they fit together */
    ck_assert_int_eq(finish(s, 3, 1), ERR_OK);
    ck_assert_ptr_null(find_dataset(s, 2, "a", 1)); /* the one that was used least lately */
    ck_assert_ptr_nonnull(find_dataset(s, 1, "a", 1));
    ck_assert_int_eq(finish(s, 4, DATASETS_BYTES + 1), ERR_LIMIT);
    ck_assert_ptr_nonnull(find_dataset(s, 1, "a", 1));
    ck_assert_int_eq(finish(s, 4, DATASETS_BYTES), ERR_OK); /* alone */
    ck_assert_ptr_null(find_dataset(s, 1, "a", 1));
    ck_assert_ptr_null(find_dataset(s, 3, "a", 1));
    ck_assert_ptr_nonnull(find_dataset(s, 5, "a", 1)); /* it has no bytes to give */
    datasets_free(s);
}
END_TEST

/** What is over makes room before what is not. */
START_TEST(datasets_expire)
{
    struct datasets *s = datasets_new();

    for (unsigned i = 1; i <= DATASETS_MAX; i++)
        add_dataset(s, i, "a", i <= DATASETS_MAX / 2 ? 0 : DATASET_IDLE_MS);
    add_dataset(s, DATASETS_MAX + 1, "a", DATASET_IDLE_MS + 1);
    for (unsigned i = 1; i <= DATASETS_MAX + 1; i++)
        ck_assert_msg((find_dataset(s, i, "a", DATASET_IDLE_MS) != NULL) == (i > DATASETS_MAX / 2),
                      "%u", i);
    datasets_free(s);
}
END_TEST

Suite *suite_session(void)
{
    Suite *s = suite_create("session");
    TCase *sessions = tcase_create("sessions");
    TCase *datasets = tcase_create("data sets");

    tcase_add_test(sessions, session_found);
    tcase_add_test(sessions, session_ends);
    tcase_add_test(sessions, session_removed);
    tcase_add_test(sessions, sessions_bounded);
    tcase_add_test(sessions, sessions_have_room);
    tcase_add_test(datasets, dataset_found);
    tcase_add_test(datasets, datasets_bounded);
    tcase_add_test(datasets, datasets_bytes);
    tcase_add_test(datasets, datasets_expire);
    suite_add_tcase(s, sessions);
    suite_add_tcase(s, datasets);
    return s;
}
