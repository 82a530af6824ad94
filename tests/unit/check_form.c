/* Text within URLs, forms and pages. */
#include "base/form.h"

#include <string.h>

#include "suites.h"
#include "support.h"

static const struct find_row {
    const char *name;
    struct slice body;
    const char *want; /* of the field "a"; NULL: not found */
} find_rows[] = {
    {"one", LIT("a=x"), "x"},
    {"second", LIT("b=y&a=x"), "x"},
    {"first counts", LIT("a=x&a=y"), "x"},
    {"empty", LIT("a="), ""},
    {"empty, then another", LIT("a=&b=y"), ""},
    {"escapes", LIT("a=%41%2f+b%26&b=1"), "A/ b&"},
    {"UTF-8", LIT("a=%c3%bc"), "\xc3\xbc"},
    {"equals within", LIT("a=b=c"), "b=c"},
    {"none", LIT("b=y"), NULL},
    {"longer name", LIT("ab=y"), NULL},
    {"name alone", LIT("a"), NULL},
    {"nothing", LIT(""), NULL},
    {"no text", NO_TEXT, NULL},
    {"ampersands", LIT("&&"), NULL},
    {"half an escape", LIT("a=%4"), NULL},
    {"escape at the end", LIT("a=%"), NULL},
    {"no digits", LIT("a=%zz"), NULL},
    {"NUL", LIT("a=%00"), NULL},
    {"too long", LIT("a=0123456789abcdefg"), NULL},
    {"as long as may be", LIT("a=0123456789abcdef"), "0123456789abcdef"},
};

START_TEST(find)
{
    const struct find_row *row = &find_rows[_i];
    struct buf to;

    buf_init(&to, 16);
    (void)buf_puts(&to, "before");
    bool is_found = form_find(row->body, "a", &to);
    ck_assert_msg(is_found == (row->want != NULL), "%s", row->name);
    if (is_found)
        ck_assert_str_eq(buf_text(&to), row->want);
    buf_clear(&to);
}
END_TEST

static const struct find_row decode_rows[] = {
    {"plain", LIT("a/b.xml"), "a/b.xml"},         {"blanks", LIT("a%20b+c"), "a b+c"},
    {"UTF-8", LIT("%C3%BC"), "\xc3\xbc"},         {"nothing", LIT(""), ""},
    {"half an escape", LIT("a%2"), NULL},         {"NUL", LIT("a%00b"), NULL},
    {"too long", LIT("0123456789abcdefg"), NULL},
};

START_TEST(decode)
{
    const struct find_row *row = &decode_rows[_i];
    struct buf to;

    buf_init(&to, 16);
    bool is_good = form_decode(row->body, &to);
    ck_assert_msg(is_good == (row->want != NULL), "%s", row->name);
    if (is_good)
        ck_assert_str_eq(buf_text(&to), row->want);
    buf_clear(&to);
}
END_TEST

START_TEST(encode)
{
    struct buf to;

    buf_init(&to, 100);
    ck_assert_int_eq(form_encode(&to, (struct slice){"aZ9-._~ /?&=%\xc3\0x", 16}), ERR_OK);
    ck_assert_str_eq(buf_text(&to), "aZ9-._~%20%2F%3F%26%3D%25%C3%00x");
    buf_clear(&to);
    buf_init(&to, 2);
    ck_assert_int_eq(form_encode(&to, slice_of("/")), ERR_LIMIT);
    buf_clear(&to);
}
END_TEST

START_TEST(escape)
{
    struct buf to;

    buf_init(&to, 200);
    ck_assert_int_eq(form_escape(&to, (struct slice){"<a b=\"c&d\">\x01\0\x7f\t\n\xc3\xbc", 18}),
                     ERR_OK);
    ck_assert_str_eq(buf_text(&to), "&lt;a b=&quot;c&amp;d&quot;&gt;???\t\n\xc3\xbc");
    buf_clear(&to);
}
END_TEST

static const struct fill_row {
    const char *name;
    const char *in, *want;
} fill_rows[] = {
    {"nothing", "", ""},
    {"no names", "a { b } c", "a { b } c"},
    {"one", "<{{A}}>", "<1>"},
    {"two", "{{A}}{{LONGER}}", "1two"},
    {"not scanned again", "{{BRACES}}", "{{A}}"},
    {"unknown", "{{B}} {{A}", "{{B}} {{A}"},
    {"braces around", "{{{A}}}", "{1}"},
    {"at the end", "{{A}}{{", "1{{"},
    {"longer name", "{{AA}}", "{{AA}}"},
};

START_TEST(fill)
{
    static const struct form_value values[] = {
        {"A", LIT("1")}, {"LONGER", LIT("two")}, {"BRACES", LIT("{{A}}")}};
    const struct fill_row *row = &fill_rows[_i];
    struct buf to;

    buf_init(&to, 100);
    ck_assert_int_eq(form_fill(&to, slice_of(row->in), values, COUNT(values)), ERR_OK);
    ck_assert_msg(strcmp(buf_text(&to), row->want) == 0, "%s: %s", row->name, buf_text(&to));
    buf_clear(&to);
}
END_TEST

Suite *suite_form(void)
{
    Suite *s = suite_create("form");
    TCase *tc = tcase_create("text");

    add_rows(tc, find, COUNT(find_rows));
    tcase_add_loop_test(tc, decode, 0, COUNT(decode_rows));
    tcase_add_test(tc, encode);
    tcase_add_test(tc, escape);
    add_rows(tc, fill, COUNT(fill_rows));
    suite_add_tcase(s, tc);
    return s;
}
