#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/log.h"
#include "check_text.h"
#include "suites.h"
#include "support.h"

static void expect_buf(const struct buf *b, const char *step, enum err state, const char *text)
{
    ck_assert_msg(b->state == state, "%s: expected %s, got %s", step, err_text(state),
                  err_text(b->state));
    ck_assert_msg(strcmp(buf_text(b), text) == 0, "%s: expected '%s', got '%s'", step, text,
                  buf_text(b));
    ck_assert_msg(b->n == strlen(text), "%s: expected %zu bytes, got %zu", step, strlen(text),
                  b->n);
}

START_TEST(buf_appends)
{
    struct buf b;

    buf_init(&b, 100);
    expect_buf(&b, "fresh", ERR_OK, "");
    ck_assert_int_eq(buf_puts(&b, "ab"), ERR_OK);
    ck_assert_int_eq(buf_putc(&b, 'c'), ERR_OK);
    ck_assert_int_eq(buf_add(&b, (struct slice){"defg", 2}), ERR_OK);
    ck_assert_int_eq(buf_add(&b, (struct slice){NULL, 0}), ERR_OK);
    ck_assert_int_eq(buf_printf(&b, "%d-%s", 12, "x"), ERR_OK);
    expect_buf(&b, "appended", ERR_OK, "abcde12-x");
    buf_reset(&b);
    expect_buf(&b, "reset", ERR_OK, "");
    ck_assert_int_eq(buf_puts(&b, "again"), ERR_OK);
    expect_buf(&b, "after reset", ERR_OK, "again");
    buf_clear(&b);
    expect_buf(&b, "cleared", ERR_OK, "");
    ck_assert_int_eq(buf_puts(&b, "more"), ERR_OK);
    expect_buf(&b, "after clear", ERR_OK, "more");
    buf_clear(&b);
}
END_TEST

START_TEST(buf_grows)
{
    struct buf b;

    buf_init(&b, 100000);
    for (unsigned i = 0; i < 10000; i++)
        (void)buf_printf(&b, "%u%u,", i % 7, i % 10);
    ck_assert_int_eq(b.state, ERR_OK);
    ck_assert_msg(b.n == 30000, "expected 30000 bytes, got %zu", b.n);
    for (unsigned i = 0; i < 10000; i++) {
        const char *at = b.text + (size_t)3 * i;
        ck_assert_msg(at[0] == (char)('0' + i % 7) && at[1] == (char)('0' + i % 10) && at[2] == ',',
                      "piece %u: got '%.3s'", i, at);
    }
    buf_clear(&b);
}
END_TEST

/** The maximum may be reached, not passed; what was there stays, and nothing is added later. */
START_TEST(buf_limit_sticks)
{
    struct buf b;

    buf_init(&b, 4);
    ck_assert_int_eq(buf_puts(&b, "abcd"), ERR_OK);
    expect_buf(&b, "full", ERR_OK, "abcd");
    ck_assert_int_eq(buf_puts(&b, ""), ERR_OK);
    ck_assert_int_eq(buf_putc(&b, 'e'), ERR_LIMIT);
    expect_buf(&b, "over", ERR_LIMIT, "abcd");
    ck_assert_int_eq(buf_puts(&b, ""), ERR_LIMIT);
    ck_assert_ptr_null(buf_take(&b));
    expect_buf(&b, "taken", ERR_OK, "");
    ck_assert_int_eq(buf_printf(&b, "%s", "12345"), ERR_LIMIT);
    ck_assert_int_eq(buf_printf(&b, "%s", "1"), ERR_LIMIT);
    expect_buf(&b, "printf over", ERR_LIMIT, "");
    buf_reset(&b);
    ck_assert_int_eq(buf_printf(&b, "%s", "1234"), ERR_OK);
    expect_buf(&b, "printf full", ERR_OK, "1234");
    buf_clear(&b);
}
END_TEST

START_TEST(buf_hands_over)
{
    struct buf b;

    buf_init(&b, 10);
    char *empty = buf_take(&b);
    ck_assert_msg(empty != NULL && empty[0] == '\0', "nothing appended: expected \"\"");
    free(empty);
    (void)buf_puts(&b, "abc");
    char *text = buf_take(&b);
    ck_assert_str_eq(text, "abc");
    expect_buf(&b, "handed over", ERR_OK, "");
    (void)buf_puts(&b, "other");
    ck_assert_str_eq(text, "abc");
    buf_clear(&b);
    free(text);
}
END_TEST

START_TEST(buf_numbers)
{
    struct buf b;

    buf_init(&b, 40);
    ck_assert_int_eq(buf_put_number(&b, 0), ERR_OK);
    ck_assert_int_eq(buf_put_number(&b, 1230), ERR_OK);
    ck_assert_int_eq(buf_put_number(&b, ULONG_MAX), ERR_OK);
    expect_buf(&b, "numbers", ERR_OK, "0123018446744073709551615");
    ck_assert_int_eq(buf_put_number(&b, ULONG_MAX), ERR_LIMIT);
    expect_buf(&b, "over", ERR_LIMIT, "0123018446744073709551615");
    buf_clear(&b);
}
END_TEST

START_TEST(buf_room)
{
    struct buf b;

    buf_init(&b, 10);
    ck_assert_int_eq(buf_reserve(&b, 5), ERR_OK);
    expect_buf(&b, "reserved", ERR_OK, "");
    const char *at = b.text;
    ck_assert_int_eq(buf_puts(&b, "abcde"), ERR_OK);
    ck_assert_ptr_eq(b.text, at);
    const struct slice pieces[] = {{"f", 1}, {NULL, 0}, {"gh", 2}};
    ck_assert_int_eq(buf_add_all(&b, pieces, COUNT(pieces)), ERR_OK);
    expect_buf(&b, "all", ERR_OK, "abcdefgh");
    ck_assert_int_eq(buf_add_all(&b, pieces, COUNT(pieces)), ERR_LIMIT);
    expect_buf(&b, "over", ERR_LIMIT, "abcdefgh");
    ck_assert_int_eq(buf_reserve(&b, 1), ERR_LIMIT);
    buf_clear(&b);
}
END_TEST

static const struct date_row {
    const char *name;
    long long t;
    const char *want; /* NULL: any text of the right length */
} date_rows[] = {
    {"epoch", 0, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"captured", 1738978067, "Sat, 08 Feb 2025 01:27:47 GMT"},
    {"leap-day", 951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
    {"end-of-year", 1735689599, "Tue, 31 Dec 2024 23:59:59 GMT"},
    {"no-leap-day-in-2100", 4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
    {"before-the-epoch", -1, "Wed, 31 Dec 1969 23:59:59 GMT"},
    {"last-with-four-digits", 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"no-such-year", LLONG_MAX, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"no-such-year-below", LLONG_MIN, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"last-that-gmtime-takes", 67768036191676799, NULL},
};

START_TEST(http_date)
{
    const struct date_row *row = &date_rows[_i];
    char got[CLOCK_HTTP_DATE + 1];

    (void)setlocale(LC_ALL, "de_DE.UTF-8"); /* where installed; must change nothing */
    (void)setenv("TZ", "Asia/Tokyo", 1);
    memset(got, '#', sizeof got);
    clock_http_date((time_t)row->t, got);
    (void)setlocale(LC_ALL, "C");
    (void)unsetenv("TZ");
    ck_assert_msg(got[CLOCK_HTTP_DATE] == '#', "%s: wrote behind the end", row->name);
    ck_assert_msg(memchr(got, '\0', sizeof got) == got + CLOCK_HTTP_DATE - 1,
                  "%s: expected 29 bytes", row->name);
    ck_assert_msg(row->want == NULL || strcmp(got, row->want) == 0, "%s: expected '%s', got '%s'",
                  row->name, shown_text(row->want), got);
}
END_TEST

static const struct {
    long long us;
    const char *want;
} iso_rows[] = {
    {0, "1970-01-01T00:00:00.000000Z"},
    {1, "1970-01-01T00:00:00.000001Z"},
    {951827696789012, "2000-02-29T12:34:56.789012Z"},
    {1795327200000000, "2026-11-22T06:00:00.000000Z"},
    {253402300799999999, "9999-12-31T23:59:59.999999Z"},
    {-5, "1970-01-01T00:00:00.000000Z"},
};

START_TEST(iso_date)
{
    char got[CLOCK_ISO_DATE];

    clock_iso_date(iso_rows[_i].us, got);
    ck_assert_str_eq(got, iso_rows[_i].want);
}
END_TEST

static long long read_ms(clockid_t clock)
{
    struct timespec now;

    ck_assert_int_eq(clock_gettime(clock, &now), 0);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/** Each lies between two looks at the system's own clock, however long they are apart. */
START_TEST(clocks_run)
{
    long long begin = read_ms(CLOCK_REALTIME);
    long long s = clock_now();
    long long ms = clock_now_ms();
    long long end = read_ms(CLOCK_REALTIME);
    long long first = read_ms(CLOCK_MONOTONIC);
    long long got = clock_monotonic_ms();
    long long second = read_ms(CLOCK_MONOTONIC);

    /* time() may be a moment behind the clock that it is the seconds of. */
    ck_assert_msg(s >= begin / 1000 - 1 && s <= end / 1000, "clock_now: %lld s, from %lld to %lld",
                  s, begin, end);
    ck_assert_msg(ms >= begin && ms <= end, "clock_now_ms: %lld, from %lld to %lld", ms, begin,
                  end);
    ck_assert_msg(got >= first && got <= second, "clock_monotonic_ms: %lld, from %lld to %lld", got,
                  first, second);
}
END_TEST

START_TEST(err_texts)
{
    for (int a = ERR_OK; a <= ERR_TLS; a++) {
        const char *text = err_text((enum err)a);
        ck_assert_msg(text != NULL && text[0] != '\0', "err %d: no text", a);
        ck_assert_msg(strcmp(text, "unknown error") != 0, "err %d: not in the table", a);
        for (int b = ERR_OK; b < a; b++)
            ck_assert_msg(strcmp(text, err_text((enum err)b)) != 0, "err %d and %d: both '%s'", b,
                          a, text);
    }
    ck_assert_str_eq(err_text((enum err)1000), "unknown error");
}
END_TEST

START_TEST(diag_text)
{
    struct diag why = {99, "old"};
    char longer[2 * DIAG_TEXT];

    diag_set(NULL, 1, "ignored %d", 1);
    diag_set(&why, 7, "bad byte in '%s'", "a\x1b[2J\n");
    ck_assert_msg(why.offset == 7, "expected offset 7, got %zu", why.offset);
    ck_assert_str_eq(why.text, "bad byte in 'a?[2J?'");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    diag_set(&why, 0, "%s", longer);
    ck_assert_msg(strlen(why.text) == DIAG_TEXT - 1, "expected %d bytes, got %zu", DIAG_TEXT - 1,
                  strlen(why.text));
    memcpy(longer + DIAG_TEXT - 2, "\xc3\xbc", 2);
    diag_set(&why, 0, "%s", longer);
    ck_assert_msg(strlen(why.text) == DIAG_TEXT - 2, "a letter cut in two was kept");
}
END_TEST

/** What one call writes to stderr. */
static size_t logged(enum log_level level, const char *text, char *to, size_t size)
{
    FILE *f = tmpfile();
    int saved = dup(STDERR_FILENO);

    ck_assert(f != NULL && saved >= 0);
    ck_assert(dup2(fileno(f), STDERR_FILENO) >= 0);
    log_write(level, "%s", text);
    ck_assert(dup2(saved, STDERR_FILENO) >= 0);
    rewind(f);
    size_t n = fread(to, 1, size - 1, f);
    to[n] = '\0';
    (void)close(saved);
    (void)fclose(f);
    return n;
}

static const struct log_row {
    const char *name;
    enum log_level set;
    enum log_level at;
    const char *text;
    const char *want;
} log_rows[] = {
    {"error-always", LOG_LEVEL_ERROR, LOG_LEVEL_ERROR, "a", "error: a\n"},
    {"warning-off", LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, "a", ""},
    {"warning-on", LOG_LEVEL_WARNING, LOG_LEVEL_WARNING, "a", "warning: a\n"},
    {"info-on", LOG_LEVEL_INFO, LOG_LEVEL_INFO, "a", "info: a\n"},
    {"debug-off", LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, "a", ""},
    {"debug-on", LOG_LEVEL_DEBUG, LOG_LEVEL_DEBUG, "a", "debug: a\n"},
    {"one-line-only", LOG_LEVEL_INFO, LOG_LEVEL_INFO, "a\nerror: b\r\x1b[0m",
     "info: a?error: b??[0m\n"},
};

START_TEST(log_lines)
{
    const struct log_row *row = &log_rows[_i];
    enum log_level before = log_get_level();
    char got[256];

    log_set_level(row->set);
    enum log_level level = log_get_level();
    (void)logged(row->at, row->text, got, sizeof got);
    log_set_level(before);
    ck_assert_msg(before == LOG_LEVEL_INFO, "%s: expected to start at info", row->name);
    ck_assert_msg(level == row->set, "%s: the level was not kept", row->name);
    ck_assert_msg(strcmp(got, row->want) == 0, "%s: expected '%s', got '%s'", row->name, row->want,
                  got);
}
END_TEST

START_TEST(log_line_is_cut)
{
    char text[5000];
    char got[8000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    size_t n = logged(LOG_LEVEL_ERROR, text, got, sizeof got);
    ck_assert_msg(n > 500 && n < sizeof text, "expected one shortened line, got %zu bytes", n);
    ck_assert_msg(strchr(got, '\n') == got + n - 1, "expected one line feed, at the end");
}
END_TEST

Suite *suite_base(void)
{
    Suite *s = suite_create("base");
    TCase *buf = tcase_create("buf");
    TCase *rest = tcase_create("clock-err-diag-log");

    tcase_add_test(buf, buf_appends);
    tcase_add_test(buf, buf_grows);
    tcase_add_test(buf, buf_limit_sticks);
    tcase_add_test(buf, buf_hands_over);
    tcase_add_test(buf, buf_numbers);
    tcase_add_test(buf, buf_room);
    add_rows(rest, http_date, COUNT(date_rows));
    add_rows(rest, iso_date, COUNT(iso_rows));
    tcase_add_test(rest, clocks_run);
    tcase_add_test(rest, err_texts);
    tcase_add_test(rest, diag_text);
    add_rows(rest, log_lines, COUNT(log_rows));
    tcase_add_test(rest, log_line_is_cut);
    suite_add_tcase(s, tcase_text());
    suite_add_tcase(s, buf);
    suite_add_tcase(s, rest);
    return s;
}
