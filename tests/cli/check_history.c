/* Earlier lines: within a session, and in the file that the next one reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"
#include "suites.h"
#include "typing.h"

static void begin_for_history(struct pty *p)
{
    begin_on(p, &(struct pty_options){.term = "xterm"});
}

START_TEST(history)
{
    struct pty p;

    begin_for_history(&p);
    run(&p, "utils cuic cors status\r");
    run(&p, "   \r");
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, QUESTION);
    run(&p, "q\r");
    run(&p, "xyzzy\r");
    run(&p, "xyzzy\r");
    pty_try(&p, "draft\033[A", "admin:xyzzy");
    pty_try(&p, "\020", "admin:" DELETE);
    pty_try(&p, "\033OA", "admin:utils cuic cors status");
    pty_try(&p, "\033[B", "admin:" DELETE);
    pty_try(&p, "\016\016", "admin:draft");
    pty_try(&p, "\025stat\022", "admin:utils cuic cors status");
    pty_try(&p, "\025", "admin:");
    end(&p);
}
END_TEST

/** Nothing of it appears in a dialogue. */
START_TEST(no_history_in_a_dialogue)
{
    struct pty p;

    begin_for_history(&p);
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, QUESTION);
    pty_type(&p, "\033[A\t7");
    pty_expect_end(&p, QUESTION " 7");
    pty_type(&p, "\025q\r");
    pty_expect_end(&p, "\nadmin:");
    end(&p);
}
END_TEST

static void check_file(const char *name, unsigned mode, const char *text)
{
    const char *path = lab_path(&lab, name);
    char *got = test_read_file(path, NULL);
    struct stat st;

    ck_assert_ptr_nonnull(got);
    ck_assert_str_eq(got, text);
    free(got);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, mode);
}

/** Two sessions at once keep each other's lines; the next one offers them all. */
START_TEST(history_file)
{
    struct pty p;
    struct pty q;

    begin_for_history(&p);
    begin_for_history(&q);
    run(&p, "one\r");
    run(&q, "two\303\274\r");
    run(&p, "three\r");
    pty_type(&p, DELETE "\r");
    pty_expect_end(&p, QUESTION);
    run(&p, "q\r");
    end(&p);
    end(&q);
    check_file(".cuicsim_history", 0600, "one\ntwo\303\274\nthree\n" DELETE "\n");
    begin_for_history(&p);
    pty_try(&p, "\033[A\033[A", "admin:three");
    pty_try(&p, "\033[A", "admin:two\303\274");
    pty_try(&p, "\033[A", "admin:one");
    pty_try(&p, "\025", "admin:");
    end(&p);
}
END_TEST

/** A file that others may read is mended; what is in it cannot harm the terminal. */
START_TEST(history_found)
{
    static const char found[] = "one\n\n\033[2J\377\ntorn";
    char path[256];
    struct pty p;

    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, ".cuicsim_history"));
    test_write_file(path, found, sizeof found - 1);
    ck_assert_int_eq(chown(path, geteuid(), getegid()), 0);
    ck_assert_int_eq(chmod(path, 0644), 0);
    begin_for_history(&p);
    pty_try(&p, "\033[A", "admin:torn");
    pty_try(&p, "\033[A", "admin:^[[2J\357\277\275");
    pty_try(&p, "\033[A", "admin:one");
    pty_try(&p, "\025", "admin:");
    run(&p, "two\r");
    end(&p);
    check_file(".cuicsim_history", 0600, "one\n\n\033[2J\377\ntorn\ntwo\n");
}
END_TEST

/** A link of either kind may point to anything: it is left alone, and so is a folder. */
START_TEST(history_refused)
{
    char path[256];
    char target[256];
    struct pty p;

    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, ".cuicsim_history"));
    (void)snprintf(target, sizeof target, "%s", lab_path(&lab, "target"));
    test_write_file(target, "mine\n", 5);
    ck_assert_int_eq(chmod(target, 0644), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(i == 0   ? symlink(target, path)
                         : i == 1 ? link(target, path)
                                  : mkdir(path, 0700),
                         0);
        begin_for_history(&p);
        pty_try(&p, "x\033[A", "admin:x");
        pty_try(&p, "\025", "admin:");
        run(&p, "one\r");
        pty_try(&p, "\033[A", "admin:one");
        pty_try(&p, "\025", "admin:");
        end(&p);
        check_file("target", 0644, "mine\n");
        ck_assert_int_eq(remove(path), 0);
    }
}
END_TEST

/** It grows, but not for ever: the older half goes. */
START_TEST(history_bounded)
{
    size_t n = 300000;
    char *text = malloc(n);
    struct pty p;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < n; i += 10)
        memcpy(text + i, "old line \n", 10);
    memcpy(text, "oldest", 6);
    memcpy(text + n - 10, "last one \n", 10);
    test_write_file(lab_path(&lab, ".cuicsim_history"), text, n);
    free(text);
    begin_for_history(&p);
    run(&p, "newest\r");
    end(&p);
    text = test_read_file(lab_path(&lab, ".cuicsim_history"), &n);
    ck_assert_ptr_nonnull(text);
    ck_assert(n > 100000 && n < 200000);
    ck_assert_str_eq(text + n - 17, "last one \nnewest\n");
    ck_assert_int_eq(strncmp(text, "old line \n", 10), 0);
    ck_assert_ptr_null(strstr(text, "oldest"));
    free(text);
}
END_TEST

Suite *suite_history(void)
{
    Suite *s = suite_create("history");
    TCase *tc = tcase_create("history");

    tcase_set_timeout(tc, TYPING_TIMEOUT_S);
    tcase_add_checked_fixture(tc, state_set_up, state_tear_down);
    tcase_add_test(tc, history);
    tcase_add_test(tc, no_history_in_a_dialogue);
    tcase_add_test(tc, history_file);
    tcase_add_test(tc, history_found);
    tcase_add_test(tc, history_refused);
    tcase_add_test(tc, history_bounded);
    suite_add_tcase(s, tc);
    return s;
}
