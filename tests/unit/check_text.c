#include "check_text.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "support.h"

static const struct trim_row {
    const char *name;
    struct slice in;
    struct slice want;
} trim_rows[] = {
    {"nothing-to-do", LIT("a b"), LIT("a b")},
    {"leading", LIT("  \ta"), LIT("a")},
    {"trailing", LIT("a\t  "), LIT("a")},
    {"both", LIT("\t a,b \t"), LIT("a,b")},
    {"only-blanks", LIT(" \t \t"), LIT("")},
    {"empty", LIT(""), LIT("")},
    {"no-text", NO_TEXT, LIT("")},
    {"line-feed-is-no-blank", LIT("\na\r"), LIT("\na\r")},
    {"no-break-space-is-no-blank", LIT("\xc2\xa0-"), LIT("\xc2\xa0-")},
    {"nul-is-no-blank", LIT(" \0"), LIT("\0")},
};

START_TEST(trim)
{
    const struct trim_row *row = &trim_rows[_i];
    struct slice got = slice_trim(row->in);

    ck_assert_msg(got.n == row->want.n && (got.n == 0 || memcmp(got.at, row->want.at, got.n) == 0),
                  "%s: expected '%s', got '%s'", row->name, shown(row->want), shown(got));
}
END_TEST

static const struct list_row {
    const char *list, *name;
    bool has;
} list_rows[] = {
    {"a", "a", true},
    {"A", "a", true},
    {"a,b", "b", true},
    {" a ,\tB ", "b", true},
    {"ab,ba", "a", false},
    {"", "a", false},
    {"a,,b", "", true},
    {"authorizations", "authorization", false},
    {"x,authorization", "Authorization", true},
};

START_TEST(list_has)
{
    const struct list_row *row = &list_rows[_i];

    ck_assert_msg(slice_list_has(slice_of(row->list), slice_of(row->name)) == row->has, "'%s' '%s'",
                  row->list, row->name);
}
END_TEST

static const struct compare_row {
    const char *name;
    struct slice slice;
    const char *text;
    bool is;
    bool is_nocase;
} compare_rows[] = {
    {"equal", LIT("Origin"), "Origin", true, true},
    {"other-case", LIT("oRIGIN"), "Origin", false, true},
    {"shorter", LIT("Origi"), "Origin", false, false},
    {"longer", LIT("Origins"), "Origin", false, false},
    {"other", LIT("origan"), "origin", false, false},
    {"both-empty", LIT(""), "", true, true},
    {"no-text-and-empty", NO_TEXT, "", true, true},
    {"no-text", NO_TEXT, "a", false, false},
    {"nul-inside", LIT("a\0b"), "a", false, false},
    {"at-sign-is-no-letter", LIT("@["), "`{", false, false},
    {"latin-1-is-not-folded", LIT("\xc4"), "\xe4", false, false},
};

START_TEST(compare)
{
    const struct compare_row *row = &compare_rows[_i];
    bool is = slice_is(row->slice, row->text);
    bool is_nocase = slice_is_nocase(row->slice, row->text);
    bool same = slice_same(row->slice, slice_of(row->text));

    ck_assert_msg(same == row->is, "%s: slice_same: expected %d, got %d", row->name, row->is, same);
    ck_assert_msg(is == row->is, "%s: slice_is: expected %d, got %d", row->name, row->is, is);
    ck_assert_msg(is_nocase == row->is_nocase, "%s: slice_is_nocase: expected %d, got %d",
                  row->name, row->is_nocase, is_nocase);
}
END_TEST

START_TEST(slice_of_null)
{
    struct slice s = slice_of(NULL);

    ck_assert_msg(s.at == NULL && s.n == 0, "slice_of(NULL): expected no text, got %zu bytes", s.n);
    ck_assert_msg(slice_same(s, slice_of("")), "no text and empty text: expected the same");
}
END_TEST

static bool contains(const char *set, int c)
{
    return c > 0 && c < 0x80 && strchr(set, c) != NULL;
}

/** All values that a byte or EOF can have, against plain lists of letters. */
START_TEST(ascii_classes)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
    static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char digits[] = "0123456789";

    for (int c = -1; c < 256; c++) {
        bool is_alpha = contains(lower, c) || contains(upper, c);
        int folded = contains(upper, c) ? lower[strchr(upper, c) - upper] : c;
        ck_assert_msg(ascii_is_alpha(c) == is_alpha, "byte %d: expected alpha %d", c, is_alpha);
        ck_assert_msg(ascii_is_digit(c) == contains(digits, c), "byte %d: digit is wrong", c);
        ck_assert_msg(ascii_is_alnum(c) == (is_alpha || contains(digits, c)),
                      "byte %d: alnum is wrong", c);
        ck_assert_msg(ascii_lower(c) == folded, "byte %d: expected %d, got %d", c, folded,
                      ascii_lower(c));
    }
}
END_TEST

static const struct ulong_row {
    const char *name;
    struct slice in;
    unsigned long min;
    unsigned long max;
    enum err err;
    unsigned long want;
} ulong_rows[] = {
    {"zero", LIT("0"), 0, 10, ERR_OK, 0},
    {"port", LIT("8445"), 1, 65535, ERR_OK, 8445},
    {"largest", LIT("65535"), 1, 65535, ERR_OK, 65535},
    {"over-by-one", LIT("65536"), 1, 65535, ERR_LIMIT, 0},
    {"under-by-one", LIT("0"), 1, 65535, ERR_LIMIT, 0},
    {"one-digit-over", LIT("9"), 0, 5, ERR_LIMIT, 0},
    {"second-digit-over", LIT("10"), 0, 9, ERR_LIMIT, 0},
    {"max-zero", LIT("0"), 0, 0, ERR_OK, 0},
    {"leading-zeros", LIT("000443"), 1, 65535, ERR_OK, 443},
    {"widest", LIT("18446744073709551615"), 0, ULONG_MAX, ERR_OK, ULONG_MAX},
    {"over-widest", LIT("18446744073709551616"), 0, ULONG_MAX, ERR_LIMIT, 0},
    {"far-over-widest", LIT("99999999999999999999999999999999"), 0, ULONG_MAX, ERR_LIMIT, 0},
    {"over-and-then-a-letter", LIT("99999999999999999999x"), 0, ULONG_MAX, ERR_SYNTAX, 0},
    {"empty", LIT(""), 0, 10, ERR_SYNTAX, 0},
    {"no-text", NO_TEXT, 0, 10, ERR_SYNTAX, 0},
    {"minus", LIT("-1"), 0, 10, ERR_SYNTAX, 0},
    {"plus", LIT("+1"), 0, 10, ERR_SYNTAX, 0},
    {"leading-blank", LIT(" 1"), 0, 10, ERR_SYNTAX, 0},
    {"trailing-blank", LIT("1 "), 0, 10, ERR_SYNTAX, 0},
    {"hexadecimal", LIT("0x1"), 0, 10, ERR_SYNTAX, 0},
    {"fraction", LIT("1.0"), 0, 10, ERR_SYNTAX, 0},
    {"nul-inside", LIT("1\0"), 0, 10, ERR_SYNTAX, 0},
    {"arabic-digit", LIT("\xd9\xa1"), 0, 10, ERR_SYNTAX, 0},
};

START_TEST(to_ulong)
{
    static const unsigned long untouched = 4711;
    const struct ulong_row *row = &ulong_rows[_i];
    unsigned long want = row->err == ERR_OK ? row->want : untouched;
    unsigned long got = untouched;
    enum err e = text_to_ulong(row->in, row->min, row->max, &got);

    ck_assert_msg(e == row->err, "%s: expected %s, got %s", row->name, err_text(row->err),
                  err_text(e));
    ck_assert_msg(got == want, "%s: expected %lu, got %lu", row->name, want, got);
}
END_TEST

/* What is broken or could drive a terminal becomes one '?' per byte. Overlong forms, surrogates
 * and what lies above U+10FFFF are no UTF-8, whatever a lenient terminal makes of them. */
static const struct defuse_row {
    const char *name;
    const char *in;
    const char *want;
} defuse_rows[] = {
    {"plain", "https://a.example", "https://a.example"},
    {"empty", "", ""},
    {"escape-sequence", "a\x1b[31mb", "a?[31mb"},
    {"line-ends-and-tab", "a\r\n\tb", "a???b"},
    {"delete", "a\x7f", "a?"},
    {"two-bytes-kept",
     "b\xc3\xbc"
     "cher",
     "b\xc3\xbc"
     "cher"},
    {"three-bytes-kept", "\xe2\x82\xac", "\xe2\x82\xac"},
    {"four-bytes-kept", "\xf0\x9f\x98\x80!", "\xf0\x9f\x98\x80!"},
    {"last-code-point-kept", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    {"c1-control",
     "a\xc2\x9b"
     "31m",
     "a??31m"},
    {"first-behind-c1-kept", "\xc2\xa0", "\xc2\xa0"},
    {"raw-c1-byte",
     "\x9b"
     "31m",
     "?31m"},
    {"stray-continuation",
     "a\x80"
     "b",
     "a?b"},
    {"latin-1",
     "b\xfc"
     "cher",
     "b?cher"},
    {"broken-in-the-middle", "\xe2\x82x", "??x"},
    {"lead-before-a-control", "\xe2\x1b[0m", "??[0m"},
    {"broken-off-by-the-end-2", "a\xc3", "a"},
    {"broken-off-by-the-end-3", "a\xe2\x82", "a"},
    {"broken-off-by-the-end-4", "a\xf0\x9f\x98", "a"},
    {"overlong-2", "\xc0\xaf", "??"},
    {"overlong-3-slash", "a\xe0\x80\xaf", "a???"},
    {"overlong-3-c1",
     "a\xe0\x82\x9b"
     "31m",
     "a???31m"},
    {"overlong-4-escape", "a\xf0\x80\x80\x9b", "a????"},
    {"surrogate", "\xed\xa0\x80", "???"},
    {"above-unicode", "\xf4\x90\x80\x80", "????"},
    {"five-byte-form", "\xf8\x88\x80\x80\x80", "?????"},
};

START_TEST(defuse)
{
    const struct defuse_row *row = &defuse_rows[_i];
    char text[64];

    memcpy(text, row->in, strlen(row->in) + 1);
    text_defuse(text);
    ck_assert_msg(strcmp(text, row->want) == 0, "%s: expected '%s' (%zu bytes), got %zu bytes",
                  row->name, row->want, strlen(row->want), strlen(text));
}
END_TEST

static const struct copy_row {
    const char *name;
    struct slice in;
    size_t size;
    const char *want;
} copy_rows[] = {
    {"fits", LIT("abc"), 8, "abc"},
    {"just-fits", LIT("abc"), 4, "abc"},
    {"cut", LIT("abcd"), 4, "abc"},
    {"room-for-the-terminator-only", LIT("abc"), 1, ""},
    {"no-text", NO_TEXT, 4, ""},
    {"nul-inside", LIT("a\0b"), 8, "a?b"},
    {"control-inside", LIT("a\nb"), 8, "a?b"},
    {"cut-inside-a-letter", LIT("a\xc3\xbc"), 3, "a"},
    {"cut-inside-a-four-byte-letter", LIT("ab\xf0\x9f\x98\x80"), 6, "ab"},
};

START_TEST(copy_defused)
{
    const struct copy_row *row = &copy_rows[_i];
    char to[16];

    memset(to, '#', sizeof to);
    const char *got = text_copy_defused(to, row->size, row->in);
    ck_assert_msg(got == to, "%s: expected the buffer itself back", row->name);
    ck_assert_msg(strcmp(got, row->want) == 0, "%s: expected '%s', got '%s'", row->name, row->want,
                  got);
    for (size_t i = row->size; i < sizeof to; i++)
        ck_assert_msg(to[i] == '#', "%s: byte %zu behind the end was written", row->name, i);
}
END_TEST

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct distance_row {
    const char *name;
    const char *a;
    const char *b;
    size_t want;
} distance_rows[] = {
    {"both-empty", "", "", 0},
    {"one-empty", "", "abc", 3},
    {"equal", "allowed_origin", "allowed_origin", 0},
    {"one-missing", "allowed_orgin", "allowed_origin", 1},
    {"one-more", "originn", "origin", 1},
    {"one-other", "origim", "origin", 1},
    {"swapped", "oirgin", "origin", 1},
    {"swapped-at-the-end", "origni", "origin", 1},
    {"swap-is-not-edited-again", "ca", "abc", 3},
    {"classic", "kitten", "sitting", 3},
    {"case-counts", "Origin", "origin", 1},
    {"nothing-common", "abc", "xyz", 3},
    {"longest", A63, A63, 0},
    {"longest-and-empty", A63, "", 63},
    {"over-the-limit-equal", A63 "a", A63 "a", 0},
    {"over-the-limit", A63 "a", A63, 64},
};

START_TEST(distance)
{
    const struct distance_row *row = &distance_rows[_i];
    size_t there = text_distance(row->a, row->b);
    size_t back = text_distance(row->b, row->a);

    ck_assert_msg(there == row->want, "%s: expected %zu, got %zu", row->name, row->want, there);
    ck_assert_msg(back == row->want, "%s, turned round: expected %zu, got %zu", row->name,
                  row->want, back);
}
END_TEST

TCase *tcase_text(void)
{
    TCase *tc = tcase_create("text");

    add_rows(tc, trim, COUNT(trim_rows));
    add_rows(tc, list_has, COUNT(list_rows));
    add_rows(tc, compare, COUNT(compare_rows));
    tcase_add_test(tc, slice_of_null);
    tcase_add_test(tc, ascii_classes);
    add_rows(tc, to_ulong, COUNT(ulong_rows));
    add_rows(tc, defuse, COUNT(defuse_rows));
    add_rows(tc, copy_defused, COUNT(copy_rows));
    add_rows(tc, distance, COUNT(distance_rows));
    return tc;
}
