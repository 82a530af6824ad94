/* What transcripts cannot show of `lab trace`: files that exports write, those who may not write
 * any, a person who follows; and how times are read. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/har.h"
#include "state.h"
#include "suites.h"
#include "trace_options.h"
#include "traces.h"
#include "typing.h"

static void set_up(void)
{
    state_set_up();
    traces_make(&lab);
}

/* ---- exports ---- */

static struct proc_result export_as(const char *format, const char *file,
                                    const struct proc_options *o)
{
    const char *argv[] = {"cuicsim-cli", "-c",   lab.config, "lab", "trace",
                          "export",      format, file,       NULL};

    return proc_run(argv, NULL, o);
}

static void expect(struct proc_result r, int status, const char *out)
{
    ck_assert_msg(r.status == status && strstr(r.out, out) != NULL, "%d: %s%s", r.status, r.out,
                  r.err);
    proc_result_clear(&r);
}

static void expect_good_har(const char *text)
{
    json_error_t error;
    json_t *har = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(har != NULL, "%s at %d", error.text, error.position);
    ck_assert_uint_eq(har_check(har), 9); /* of twelve records, the exchanges */
    json_decref(har);
}

START_TEST(har_file)
{
    expect(export_as("har", lab_path(&lab, "a.har"), NULL), 0, "9 records exported to ");
    char *text = test_read_file(lab_path(&lab, "a.har"), NULL);
    expect_good_har(text);
    struct proc_result r = export_as("har", NULL, NULL);
    ck_assert_str_eq(r.out, text);
    expect(r, 0, "");
    expect(export_as("har", "-", NULL), 0, text);
    free(text);
}
END_TEST

/** None of those that were asked for: a good document all the same. */
START_TEST(har_of_nothing)
{
    struct proc_result r = lab_cli(&lab, NULL, "lab trace export har --reason origin-null", NULL);
    json_t *har = json_loads(r.out, JSON_REJECT_DUPLICATES, NULL);

    ck_assert_int_eq(r.status, 0);
    ck_assert_uint_eq(har_check(har), 0);
    json_decref(har);
    proc_result_clear(&r);
}
END_TEST

START_TEST(json_lines)
{
    struct proc_result r = export_as("jsonl", NULL, NULL);
    size_t n = 0;
    char *save = NULL;

    ck_assert_int_eq(r.status, 0);
    for (char *line = strtok_r(r.out, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        json_t *o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json_integer_value(json_object_get(o, "id")) == (json_int_t)++n, "%s", line);
        json_decref(o);
    }
    ck_assert_uint_eq(n, 12);
    proc_result_clear(&r);
}
END_TEST

/** With --json the command's own object tells how many. */
START_TEST(json_and_file)
{
    struct proc_result r = lab_cli(&lab, NULL, "--json", "lab", "trace", "export", "jsonl",
                                   lab_path(&lab, "a.jsonl"), NULL);

    expect(r, 0, "\"exported\":12");
}
END_TEST

/** What is there is not written over. */
START_TEST(file_exists)
{
    test_write_file(lab_path(&lab, "a.har"), "mine", 4);
    expect(export_as("har", lab_path(&lab, "a.har"), NULL), 1, "File exists");
    char *text = test_read_file(lab_path(&lab, "a.har"), NULL);
    ck_assert_str_eq(text, "mine");
    free(text);
    expect(export_as("har", lab_path(&lab, "no/such/folder"), NULL), 1, "No such file");
}
END_TEST

/** Nor is a link followed to a file that is not there yet. */
START_TEST(dangling_link)
{
    struct stat st;
    char target[256];

    (void)snprintf(target, sizeof target, "%s", lab_path(&lab, "target"));
    ck_assert_int_eq(symlink(target, lab_path(&lab, "link")), 0);
    expect(export_as("har", lab_path(&lab, "link"), NULL), 1, "File exists");
    ck_assert_int_ne(stat(target, &st), 0);
}
END_TEST

/** The shell behind ssh is a way to the lab, not to the files of the machine. */
START_TEST(by_ssh)
{
    static const char *const env[] = {"SSH_CONNECTION=192.0.2.7 50000 192.0.2.1 22", NULL};
    static const struct proc_options options = {.env = env};
    struct stat st;

    expect(export_as("har", lab_path(&lab, "a.har"), &options), 1,
           "A session by ssh writes no files here");
    ck_assert_int_ne(stat(lab_path(&lab, "a.har"), &st), 0);
    struct proc_result r = export_as("har", NULL, &options);
    expect_good_har(r.out);
    proc_result_clear(&r);
}
END_TEST

/** No room: the file is removed again, or the program says that its output is not whole. */
START_TEST(no_room)
{
    static const struct proc_options small = {.file_size_max = 4096};
    static const struct proc_options full = {.output = "/dev/full"};
    struct stat st;

    struct proc_result r = export_as("har", lab_path(&lab, "a.har"), &small);
    ck_assert_msg(r.status != 0, "%s%s", r.out, r.err);
    proc_result_clear(&r);
    ck_assert_int_ne(stat(lab_path(&lab, "a.har"), &st), 0);
    r = export_as("jsonl", NULL, &full);
    ck_assert_msg(r.status == 1 && strstr(r.err, "the output cannot be written") != NULL, "%d: %s",
                  r.status, r.err);
    proc_result_clear(&r);
}
END_TEST

/* ---- a person ---- */

/** Ctrl-C ends what would go on for ever, and the session goes on. */
START_TEST(follow_at_a_terminal)
{
    struct pty p;

    begin(&p);
    pty_type(&p, "lab trace follow --since 2026-11-22T00:00:05\r");
    pty_expect_somewhere(&p, "The client left before it was answered.");
    pty_type(&p, "\003");
    pty_expect_end(&p, "Control-C pressed\nadmin:");
    end(&p);
}
END_TEST

/** A list stops at each page. */
START_TEST(pages)
{
    struct pty p;

    begin_on(&p, &(struct pty_options){.term = "dumb", .rows = 10, .columns = 80});
    pty_type(&p, "lab trace list\r");
    pty_expect_end(&p, PAGE_END);
    pty_type(&p, "q");
    pty_expect_end(&p, "admin:");
    end(&p);
}
END_TEST

/* ---- times ---- */

#define NOW 1795327200000000 /* 2026-11-22T06:00:00Z */

static const struct time_row {
    const char *text;
    int64_t want; /* -1: it is none */
} time_rows[] = {
    {"0s", NOW},
    {"90s", NOW - 90000000},
    {"10m", NOW - 600000000},
    {"2h", NOW - 7200000000},
    {"3d", NOW - 259200000000},
    {"1000000d", 1}, /* longer ago than 1970 */
    {"10", -1},
    {"s", -1},
    {"", -1},
    {"-1s", -1},
    {"1.5h", -1},
    {"10 m", -1},
    {"1w", -1},
    {"1970-01-01", 0},
    {"2026-11-22", NOW - 6 * 3600000000},
    {"2026-11-22T06:00", NOW},
    {"2026-11-22T06:00:00", NOW},
    {"2026-11-22T06:00:00Z", NOW},
    {"2026-11-22Z", NOW - 6 * 3600000000},
    {"2026-11-22T06:00:00.5Z", NOW + 500000},
    {"2026-11-22T06:00:00.123456789", NOW + 123456},
    {"2000-02-29T12:34:56.789012", 951827696789012},
    {"2024-02-29", 1709164800000000},
    {"1900-02-29", -1},
    {"2026-02-29", -1},
    {"2100-02-29", -1},
    {"2026-13-01", -1},
    {"2026-00-01", -1},
    {"2026-01-00", -1},
    {"2026-04-31", -1},
    {"1969-12-31", -1},
    {"2026-1-1", -1},
    {"2026-11-22T24:00", -1},
    {"2026-11-22T23:60", -1},
    {"2026-11-22T23:59:60", -1},
    {"2026-11-22T", -1},
    {"2026-11-22T06", -1},
    {"2026-11-22T06:00:00ZZ", -1},
    {"2026-11-22 06:00", -1},
    {"now", -1},
};

START_TEST(times)
{
    const struct time_row *row = &time_rows[_i];
    int64_t got = -1;
    enum err e = trace_read_time(slice_of(row->text), NOW, &got);

    ck_assert_msg((e == ERR_OK) == (row->want >= 0) && got == row->want, "'%s': %s, %lld",
                  row->text, err_text(e), (long long)got);
}
END_TEST

Suite *suite_trace(void)
{
    Suite *s = suite_create("trace");
    TCase *tc = tcase_create("files");
    TCase *rest = tcase_create("times");

    tcase_set_timeout(tc, TYPING_TIMEOUT_S);
    tcase_add_checked_fixture(tc, set_up, state_tear_down);
    tcase_add_test(tc, har_file);
    tcase_add_test(tc, har_of_nothing);
    tcase_add_test(tc, json_lines);
    tcase_add_test(tc, json_and_file);
    tcase_add_test(tc, file_exists);
    tcase_add_test(tc, dangling_link);
    tcase_add_test(tc, by_ssh);
    tcase_add_test(tc, no_room);
    tcase_add_test(tc, follow_at_a_terminal);
    tcase_add_test(tc, pages);
    tcase_add_loop_test(rest, times, 0, (int)COUNT(time_rows));
    suite_add_tcase(s, tc);
    suite_add_tcase(s, rest);
    return s;
}
