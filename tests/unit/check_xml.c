#include "desktop/xml.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"
#include "support.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define MAX         4096

static const struct refused {
    const char *name, *document;
    enum err err;
    const char *why; /* a part of it */
} refused_rows[] = {
    {"nothing", "", ERR_SYNTAX, "line 1: no element found"},
    {"white space", " \n", ERR_SYNTAX, "line 2: no element found"},
    {"no XML", "hello", ERR_SYNTAX, "line 1: "},
    {"HTML", "<!DOCTYPE html>\n<html>", ERR_SYNTAX, "line 1: a document type declaration"},
    {"not closed", "<a>\n<b>\n</a>", ERR_SYNTAX, "line 3: mismatched tag"},
    {"cut off", "<a>\n<b>", ERR_SYNTAX, "line 2: no element found"},
    {"two roots", "<a/>\n<b/>", ERR_SYNTAX, "line 2: junk after document element"},
    {"an attribute twice", "<a b='1' b='2'/>", ERR_SYNTAX, "line 1: duplicate attribute"},
    {"no UTF-8", "<a>\xff</a>", ERR_SYNTAX, "line 1: not well-formed"},
    {"control character", "<a>\x01</a>", ERR_SYNTAX, "line 1: not well-formed"},
    {"unknown entity", "<a>&b;</a>", ERR_SYNTAX, "line 1: undefined entity"},
    {"doctype without anything", "<!DOCTYPE a><a/>", ERR_SYNTAX, "DOCTYPE"},
    {"external entity", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
     ERR_SYNTAX, "DOCTYPE"},
    {"external subset", "<!DOCTYPE a SYSTEM 'http://localhost/x.dtd'><a/>", ERR_SYNTAX, "DOCTYPE"},
    {"parameter entity", "<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///x'> %x;]><a/>", ERR_SYNTAX,
     "DOCTYPE"},
    {"billion laughs",
     "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;'>]>"
     "<a>&d;</a>",
     ERR_SYNTAX, "DOCTYPE"},
    {"doctype behind a comment", "<!-- a -->\n<!DOCTYPE a [<!ENTITY b 'c'>]>\n<a>&b;</a>",
     ERR_SYNTAX, "line 2: a document type declaration"},
    {"unknown encoding", "<?xml version='1.0' encoding='EBCDIC'?><a/>", ERR_SYNTAX,
     "unknown encoding"},
};

START_TEST(refused)
{
    const struct refused *row = &refused_rows[_i];
    struct xml *x = NULL;
    struct diag why = {0, ""};
    enum err e = xml_parse(slice_of(row->document), MAX, &x, &why);

    ck_assert_msg(e == row->err, "%s: %s", row->name, err_text(e));
    ck_assert_msg(strstr(why.text, row->why) != NULL, "%s: %s", row->name, why.text);
    ck_assert_ptr_null(x);
}
END_TEST

/** n times a text, between a beginning and an end. */
static struct slice repeat(const char *begin, const char *text, size_t n, const char *end)
{
    static char all[1U << 21];
    size_t at = 0;
    size_t size = strlen(text);

    ck_assert_uint_lt(strlen(begin) + n * size + strlen(end), sizeof all);
    at += strlen(strcpy(all, begin));
    for (size_t i = 0; i < n; i++, at += size)
        memcpy(all + at, text, size);
    (void)strcpy(all + at, end);
    return slice_of(all);
}

static enum err parse(struct slice document)
{
    struct xml *x = NULL;
    struct diag why = {0, ""};
    enum err e = xml_parse(document, 1U << 21, &x, &why);

    ck_assert((e == ERR_OK) == (x != NULL) && (e == ERR_OK) == (why.text[0] == '\0'));
    xml_free(x);
    return e;
}

START_TEST(limits)
{
    char end[XML_DEPTH_MAX * 4 + 8] = "";

    for (size_t i = 0; i < XML_DEPTH_MAX; i++)
        (void)strcat(end, "</a>");
    ck_assert_int_eq(parse(repeat("", "<a>", XML_DEPTH_MAX, end)), ERR_OK);
    (void)strcat(end, "</a>");
    ck_assert_int_eq(parse(repeat("", "<a>", XML_DEPTH_MAX + 1, end)), ERR_LIMIT);
    ck_assert_int_eq(parse(repeat("<a>", "<b/>", XML_ELEMENTS_MAX - 1, "</a>")), ERR_OK);
    ck_assert_int_eq(parse(repeat("<a>", "<b/>", XML_ELEMENTS_MAX, "</a>")), ERR_LIMIT);
    ck_assert_int_eq(parse(repeat("<a>", "<b>", 100000, "")), ERR_LIMIT);
}
END_TEST

START_TEST(attribute_limit)
{
    char document[XML_ATTRIBUTES_MAX * 8 + 64] = "<a ";
    size_t n = strlen(document);

    for (unsigned i = 0; i < XML_ATTRIBUTES_MAX; i++)
        n += (size_t)sprintf(document + n, "b%u='' ", i);
    (void)strcpy(document + n, "/>");
    ck_assert_int_eq(parse(slice_of(document)), ERR_OK);
    (void)strcpy(document + n, "c=''/>");
    ck_assert_int_eq(parse(slice_of(document)), ERR_LIMIT);
}
END_TEST

START_TEST(size_limit)
{
    struct xml *x = NULL;
    struct diag why = {0, ""};

    ck_assert_int_eq(xml_parse(slice_of("<a></a>"), 7, &x, &why), ERR_OK);
    xml_free(x);
    x = NULL;
    ck_assert_int_eq(xml_parse(slice_of("<a></a> "), 7, &x, &why), ERR_LIMIT);
    ck_assert_str_eq(why.text, "line 1: it has more than 7 bytes");
    ck_assert_ptr_null(x);
}
END_TEST

START_TEST(tree)
{
    static const char document[] = "<?xml version='1.0'?>\n<n:a xmlns:n='urn:x' n:k='1'>one\n"
                                   "  <b>&lt;two&amp;&#x20AC;</b>t<!-- no -->wo"
                                   "<b l='&quot;'><![CDATA[<!DOCTYPE html>]]></b>\n<c/></n:a>";
    struct xml *x = NULL;

    ck_assert_int_eq(xml_parse(slice_of(document), MAX, &x, NULL), ERR_OK);
    const struct xml_element *a = xml_root(x);
    ck_assert_str_eq(a->name, "a");
    ck_assert_str_eq(a->text, "one\n  two\n");
    ck_assert_str_eq(xml_attribute(a, "k"), "1");
    ck_assert_ptr_null(xml_attribute(a, "l"));
    ck_assert_ptr_null(a->parent);
    const struct xml_element *b = xml_child(a, "b");
    ck_assert_str_eq(b->text, "<two&\xe2\x82\xac");
    ck_assert_uint_eq(b->line, 3);
    ck_assert_ptr_eq(b->parent, a);
    b = xml_next(b, "b");
    ck_assert_str_eq(b->text, "<!DOCTYPE html>");
    ck_assert_str_eq(xml_attribute(b, "l"), "\"");
    ck_assert_ptr_null(xml_next(b, "b"));
    ck_assert_str_eq(b->next->name, "c");
    ck_assert_str_eq(b->next->text, "");
    ck_assert_ptr_null(xml_child(a, "d"));
    ck_assert(slice_is(xml_child_text(a, "b"), "<two&\xe2\x82\xac"));
    ck_assert_uint_eq(xml_child_text(a, "d").n, 0);
    xml_free(x);
}
END_TEST

static const struct encoding {
    const char *name;
    struct slice document;
} encoding_rows[] = {
    {"UTF-8 with a mark", {"\xef\xbb\xbf<a>\xc3\xa4</a>", 12}},
    {"Latin 1", {"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>", 51}},
    {"UTF-16", {"\xfe\xff\0<\0a\0>\0\xe4\0<\0/\0a\0>", 18}},
};

START_TEST(encodings)
{
    struct xml *x = NULL;
    struct diag why = {0, ""};
    enum err e = xml_parse(encoding_rows[_i].document, MAX, &x, &why);

    ck_assert_msg(e == ERR_OK, "%s: %s", encoding_rows[_i].name, why.text);
    ck_assert_str_eq(xml_root(x)->text, "\xc3\xa4");
    xml_free(x);
}
END_TEST

START_TEST(trim)
{
    ck_assert(slice_is(xml_trim(" \t\r\na b \n"), "a b"));
    ck_assert_uint_eq(xml_trim(" \n ").n, 0);
    ck_assert_uint_eq(xml_trim("").n, 0);
}
END_TEST

Suite *suite_xml(void)
{
    Suite *s = suite_create("xml");
    TCase *tc = tcase_create("reading");

    tcase_add_loop_test(tc, refused, 0, (int)COUNT_OF(refused_rows));
    tcase_add_loop_test(tc, encodings, 0, (int)COUNT_OF(encoding_rows));
    tcase_add_test(tc, limits);
    tcase_add_test(tc, attribute_limit);
    tcase_add_test(tc, size_limit);
    tcase_add_test(tc, tree);
    tcase_add_test(tc, trim);
    suite_add_tcase(s, tc);
    return s;
}
