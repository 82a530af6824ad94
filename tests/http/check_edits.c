/* Edits and requests at the same time: no answer is older than the last edit that was
 * acknowledged, and no edit of several shells is lost. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "shell.h"
#include "suites.h"

#define LOADERS 4
#define CHECKERS                                                                                   \
    4 /* connections that are asked after each edit: more than the server's threads                \
       */
#define SHELLS   4
#define UNLISTED "https://never.example"

static struct lab lab;

static void start(void)
{
    start_article(&lab, NULL);
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- load ---- */

struct load {
    pthread_t thread[LOADERS];
    atomic_bool is_over;
    atomic_uint answers;
};

/** Ask for what no edit here touches, and for what they do: that may be answered either way, but
 *  not by a mixture of both (preflight looks for that). */
static void *ask_on(void *arg)
{
    struct load *load = arg;
    struct wire *w = wire_open(lab.port[0], SUB);

    while (!atomic_load(&load->is_over)) {
        unsigned listed = preflight(w, SUB, LISTED);
        unsigned unlisted = preflight(w, SUB, UNLISTED);
        unsigned edited = preflight(w, SUB, PUB_ONLY);
        if (listed != 200 || unlisted != 403 || (edited != 200 && edited != 403))
            ck_abort_msg("under load: %u %u %u", listed, unlisted, edited);
        atomic_fetch_add(&load->answers, 3);
    }
    wire_close(w);
    return NULL;
}

static void load_begin(struct load *load)
{
    atomic_init(&load->is_over, false);
    atomic_init(&load->answers, 0);
    for (size_t i = 0; i < LOADERS; i++)
        ck_assert_int_eq(pthread_create(&load->thread[i], NULL, ask_on, load), 0);
}

static void load_end(struct load *load, const char *name)
{
    atomic_store(&load->is_over, true);
    for (size_t i = 0; i < LOADERS; i++)
        ck_assert_int_eq(pthread_join(load->thread[i], NULL), 0);
    ck_assert_uint_gt(atomic_load(&load->answers), 0);
    (void)printf("edits: %s, %u answers to the load meanwhile\n", name,
                 atomic_load(&load->answers));
    (void)fflush(stdout);
}

/* ---- one shell, back and forth ---- */

/** One edit, until the shell has acknowledged it; then every connection must know of it. */
static void edit_and_check(struct proc *shell, struct wire *const *w, bool is_add)
{
    ck_assert(shell_say(shell, is_add ? ADD_COMMAND PUB_ONLY : DELETE_COMMAND PUB_ONLY));
    shell_await(shell, is_add ? SHELL_ADDED : SHELL_DELETED);
    for (size_t i = 0; i < CHECKERS; i++) {
        unsigned status = preflight(w[i], SUB, PUB_ONLY);
        if (status != (is_add ? 200 : 403))
            ck_abort_msg("%u right after the origin was %s", status, is_add ? "added" : "deleted");
    }
    shell_await(shell, SHELL_END_OF_EDIT);
}

START_TEST(no_stale_answer)
{
    struct load load;
    struct wire *w[CHECKERS];
    unsigned n = test_scaled(1000);
    char name[64];
    struct proc shell = shell_open(&lab);

    for (size_t i = 0; i < CHECKERS; i++)
        w[i] = wire_open(lab.port[0], SUB);
    load_begin(&load);
    for (unsigned i = 0; i < n; i++) {
        edit_and_check(&shell, w, true);
        edit_and_check(&shell, w, false);
    }
    (void)snprintf(name, sizeof name, "%u times added and deleted", n);
    load_end(&load, name);
    for (size_t i = 0; i < CHECKERS; i++)
        wire_close(w[i]);
    shell_close(&shell);
}
END_TEST

/* ---- several shells ---- */

struct shell_run {
    pthread_t thread;
    struct proc shell;
    char *script;
    struct proc_result result;
};

static char *make_script(size_t shell, unsigned n)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&text, &bytes);

    ck_assert_ptr_nonnull(f);
    for (unsigned i = 0; i < n; i++)
        (void)fprintf(f, ADD_COMMAND "https://h%zu-%u.example\n", shell, i);
    (void)fclose(f);
    return text;
}

static void *run_shell(void *arg)
{
    struct shell_run *run = arg;

    run->result = proc_finish(&run->shell, run->script);
    return NULL;
}

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
        n++;
    return n;
}

static void check_run(const struct shell_run *run, unsigned n)
{
    ck_assert_msg(run->result.status == 0, "%d: %s", run->result.status, run->result.err);
    ck_assert_str_eq(run->result.err, "");
    ck_assert_uint_eq(count_of(run->result.out, SHELL_ADDED), n);
    ck_assert_uint_eq(count_of(run->result.out, "locked"), 0);
}

static void check_list(unsigned n)
{
    struct proc_result r = lab_cli(&lab, NULL, "-n", "cuicsub", "utils", "cuic", "cors",
                                   "allowed_origin", "list", NULL);
    char text[64];

    ck_assert_int_eq(r.status, 0);
    for (size_t shell = 0; shell < SHELLS; shell++)
        for (unsigned i = 0; i < n; i++) {
            (void)snprintf(text, sizeof text, ". https://h%zu-%u.example\n", shell, i);
            if (count_of(r.out, text) != 1)
                ck_abort_msg("listed %zu times: %s", count_of(r.out, text), text);
        }
    ck_assert_uint_eq(count_of(r.out, ". https://"), SHELLS * n + 3); /* three of the article */
    proc_result_clear(&r);
}

START_TEST(several_shells)
{
    struct load load;
    struct shell_run run[SHELLS];
    unsigned n = test_scaled(250);
    char name[64];

    for (size_t i = 0; i < SHELLS; i++) {
        run[i].script = make_script(i, n);
        run[i].shell = shell_open(&lab);
    }
    load_begin(&load);
    for (size_t i = 0; i < SHELLS; i++)
        ck_assert_int_eq(pthread_create(&run[i].thread, NULL, run_shell, &run[i]), 0);
    for (size_t i = 0; i < SHELLS; i++)
        ck_assert_int_eq(pthread_join(run[i].thread, NULL), 0);
    (void)snprintf(name, sizeof name, "%d shells added %u origins each", SHELLS, n);
    load_end(&load, name);
    for (size_t i = 0; i < SHELLS; i++) {
        check_run(&run[i], n);
        proc_result_clear(&run[i].result);
        free(run[i].script);
    }
    check_list(n);
    ck_assert_uint_eq(preflight_once(&lab, SUB, "https://h3-0.example"), 200);
}
END_TEST

Suite *suite_edits(void)
{
    Suite *s = suite_create("edits");
    TCase *tc = new_case(s, "under load");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, no_stale_answer);
    tcase_add_test(tc, several_shells);
    return s;
}
