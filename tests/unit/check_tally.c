/* The server's count of clients, as another process reads it. Locks belong to processes, so the
 * server's side of each test is a child. */
#include "live/tally.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"
#include "suites.h"
#include "support.h"

static char pub[] = "pub";
static char sub[] = "sub";
static char later[] = "later";
static char dir[SCRATCH_PATH];
static struct node nodes[] = {{.name = pub}, {.name = sub}, {.name = later}};
static struct config config = {.state_dir = dir, .nodes = nodes, .n_nodes = 2};

/** A process that tells, until it is ended. */
struct teller {
    pid_t pid;
    int ask;  /* what it is to do */
    int said; /* what came of it: an enum err */
};

/** 'o' opens, a digit writes so many clients, 'q' closes and ends. */
static void tell(int ask, int said)
{
    struct tally *t = NULL;
    char what = 0;

    while (read(ask, &what, 1) == 1 && what != 'q') {
        unsigned n = (unsigned)(what - '0');
        struct tally_count count[] = {{n, n / 2}, {n + 1, 0}};
        char e = (char)(what == 'o' ? tally_open(&config, &t, NULL) : tally_write(t, count, NULL));
        if (write(said, &e, 1) != 1)
            break;
    }
    tally_close(t);
    _exit(0);
}

static struct teller start(void)
{
    struct teller t;
    int ask[2];
    int said[2];

    ck_assert(pipe(ask) == 0 && pipe(said) == 0);
    t.pid = fork();
    ck_assert_int_ge(t.pid, 0);
    if (t.pid == 0) {
        (void)close(ask[1]);
        tell(ask[0], said[1]);
    }
    (void)close(ask[0]);
    (void)close(said[1]);
    t.ask = ask[1];
    t.said = said[0];
    return t;
}

static enum err ask(const struct teller *t, char what)
{
    char e = 0;

    ck_assert_int_eq(write(t->ask, &what, 1), 1);
    ck_assert_int_eq(read(t->said, &e, 1), 1);
    return (enum err)e;
}

static void await_end(struct teller *t)
{
    int status = 0;

    ck_assert_int_eq(waitpid(t->pid, &status, 0), t->pid);
    (void)close(t->ask);
    (void)close(t->said);
}

static void stop(struct teller *t)
{
    ck_assert_int_eq(write(t->ask, "q", 1), 1);
    await_end(t);
}

static void expect(const char *when, size_t node, unsigned clients, unsigned polling)
{
    struct tally_count count = {99, 99};
    struct diag why = {0, ""};
    enum err e = tally_read(&config, &nodes[node], &count, &why);

    ck_assert_msg(e == ERR_OK && count.clients == clients && count.polling == polling,
                  "%s: %s %d: %u (%u) %s", when, nodes[node].name, e, count.clients, count.polling,
                  why.text);
}

static void expect_err(const char *when, size_t node, enum err want)
{
    struct tally_count count = {99, 99};
    struct diag why = {0, ""};
    enum err e = tally_read(&config, &nodes[node], &count, &why);

    ck_assert_msg(e == want, "%s: %d instead of %d", when, e, want);
    ck_assert_uint_eq(count.clients, 99);
    ck_assert_msg(strstr(why.text, TALLY_FILE) != NULL, "%s: %s", when, why.text);
}

static void set_up(void)
{
    scratch_set_up();
    memcpy(dir, scratch_dir(), strlen(scratch_dir()) + 1);
}

START_TEST(told)
{
    expect_err("before", 0, ERR_NOTFOUND);
    struct teller t = start();
    ck_assert_int_eq(ask(&t, 'o'), ERR_OK);
    expect("opened", 0, 0, 0);
    expect("opened", 1, 0, 0);
    for (char n = '9'; n >= '0'; n--) { /* texts of more and of less bytes */
        ck_assert_int_eq(ask(&t, n), ERR_OK);
        expect("written", 0, (unsigned)(n - '0'), (unsigned)(n - '0') / 2);
        expect("written", 1, (unsigned)(n - '0') + 1, 0);
    }
    expect_err("a node that the server does not know", 2, ERR_NOTFOUND);
    stop(&t);
    expect_err("closed", 0, ERR_NOTFOUND);
}
END_TEST

/** What a killed server left is nobody's number, not even for the next server's first moment. */
START_TEST(killed)
{
    struct teller t = start();

    ck_assert_int_eq(ask(&t, 'o'), ERR_OK);
    ck_assert_int_eq(ask(&t, '7'), ERR_OK);
    (void)kill(t.pid, SIGKILL);
    await_end(&t);
    expect_err("killed", 0, ERR_NOTFOUND);
    t = start();
    expect_err("another one, which tells nothing yet", 0, ERR_NOTFOUND);
    ck_assert_int_eq(ask(&t, 'o'), ERR_OK);
    expect("begun anew", 0, 0, 0);
    stop(&t);
}
END_TEST

START_TEST(two_servers)
{
    struct teller first = start();
    struct teller second = start();

    ck_assert_int_eq(ask(&first, 'o'), ERR_OK);
    ck_assert_int_eq(ask(&first, '3'), ERR_OK);
    ck_assert_int_eq(ask(&second, 'o'), ERR_BUSY);
    expect("the first one's", 0, 3, 1);
    stop(&first);
    expect_err("nobody's", 0, ERR_NOTFOUND);
    ck_assert_int_eq(ask(&second, 'o'), ERR_OK);
    ck_assert_int_eq(ask(&second, '4'), ERR_OK);
    expect("the second one's", 0, 4, 2);
    stop(&second);
}
END_TEST

/** Neither side waits for the other for long, and neither sees half of anything. */
START_TEST(locked)
{
    struct flock content = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
    struct teller t = start();

    ck_assert_int_eq(ask(&t, 'o'), ERR_OK);
    ck_assert_int_eq(ask(&t, '1'), ERR_OK);
    int fd = open(scratch_path(TALLY_FILE), O_RDWR);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fcntl(fd, F_SETLK, &content), 0);
    ck_assert_int_eq(ask(&t, '2'), ERR_BUSY);
    (void)close(fd);
    expect("as before", 0, 1, 0);
    ck_assert_int_eq(ask(&t, '2'), ERR_OK);
    expect("later", 0, 2, 1);
    stop(&t);
}
END_TEST

/** Somebody who writes and has to wait for the processor meanwhile: whoever reads waits, too. */
START_TEST(slow_writer)
{
    static const struct timespec while_locked = {2, 0};
    struct flock content = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
    struct teller t = start();
    int ready[2];
    char byte = 0;

    ck_assert_int_eq(ask(&t, 'o'), ERR_OK);
    ck_assert_int_eq(ask(&t, '3'), ERR_OK);
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int fd = open(scratch_path(TALLY_FILE), O_RDWR);
        bool is_good = fcntl(fd, F_SETLK, &content) == 0 && write(ready[1], "l", 1) == 1;
        (void)nanosleep(&while_locked, NULL);
        _exit(is_good ? 0 : 1); /* which gives the lock back */
    }
    (void)close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    expect("when it is given back", 0, 3, 1);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    stop(&t);
}
END_TEST

/** While one process writes as fast as it can, another reads: always the two numbers of one write.
 */
START_TEST(together)
{
    struct teller t = start();
    unsigned n = 0;

    ck_assert_int_eq(ask(&t, 'o'), ERR_OK);
    ck_assert_int_eq(ask(&t, '8'), ERR_OK);
    for (unsigned i = 0; i < 3000; i++) {
        struct tally_count count[2] = {{0, 0}, {0, 0}};
        char what = (char)('0' + i % 10);
        ck_assert_int_eq(write(t.ask, &what, 1), 1);
        ck_assert_int_eq(tally_read(&config, &nodes[0], &count[0], NULL), ERR_OK);
        ck_assert_int_eq(tally_read(&config, &nodes[1], &count[1], NULL), ERR_OK);
        ck_assert_msg(count[0].polling == count[0].clients / 2 && count[1].clients > 0,
                      "%u (%u), %u", count[0].clients, count[0].polling, count[1].clients);
        ck_assert_int_eq(read(t.said, &what, 1), 1);
        ck_assert(what == ERR_OK || what == ERR_BUSY);
        n += what == ERR_OK ? 1 : 0;
    }
    ck_assert_uint_gt(n, 0);
    stop(&t);
}
END_TEST

static const struct bad_row {
    const char *name;
    const char *text;
    enum err want;
} bad_rows[] = {
    {"empty", "", ERR_NOTFOUND}, /* there was no room on the disk */
    {"no JSON", "{\"pub\":", ERR_CORRUPT},
    {"a list", "[1]", ERR_NOTFOUND},
    {"no node", "{}", ERR_NOTFOUND},
    {"less than nobody", "{\"pub\":{\"clients\":-1,\"polling\":0}}", ERR_CORRUPT},
    {"more poll than there are", "{\"pub\":{\"clients\":1,\"polling\":2}}", ERR_CORRUPT},
    {"too many", "{\"pub\":{\"clients\":4294967296,\"polling\":0}}", ERR_CORRUPT},
};

START_TEST(bad_file)
{
    struct teller t = start();

    ck_assert_int_eq(ask(&t, 'o'), ERR_OK);
    (void)scratch_write(TALLY_FILE, bad_rows[_i].text);
    expect_err(bad_rows[_i].name, 0, bad_rows[_i].want);
    ck_assert_int_eq(ask(&t, '5'), ERR_OK); /* and the next one is whole */
    expect("written anew", 0, 5, 2);
    stop(&t);
}
END_TEST

START_TEST(no_folder)
{
    struct tally *t = NULL;
    struct diag why = {0, ""};

    (void)strncat(dir, "/none", sizeof dir - strlen(dir) - 1);
    ck_assert_int_eq(tally_open(&config, &t, &why), ERR_IO);
    ck_assert_ptr_null(t);
    ck_assert_msg(strstr(why.text, "No such file") != NULL, "%s", why.text);
    expect_err("no folder", 0, ERR_NOTFOUND);
    tally_close(NULL);
}
END_TEST

Suite *suite_tally(void)
{
    Suite *s = suite_create("tally");
    TCase *tc = tcase_create("tally");

    tcase_add_checked_fixture(tc, set_up, scratch_tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, told);
    tcase_add_test(tc, killed);
    tcase_add_test(tc, two_servers);
    tcase_add_test(tc, locked);
    tcase_add_test(tc, slow_writer);
    tcase_add_test(tc, together);
    add_rows(tc, bad_file, COUNT(bad_rows));
    tcase_add_test(tc, no_folder);
    suite_add_tcase(s, tc);
    return s;
}
