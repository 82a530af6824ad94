#include "cors/origin.h"

#include <string.h>

#include "rows_origin.h"
#include "suites.h"
#include "support.h"

/** What the results hold before the call, to see that they are written only when they should. */
struct results {
    struct origin origin;
    struct diag why;
};

static void spoil(struct results *r)
{
    memset(r, 0xa5, sizeof *r);
}

static const char *mode_name(enum origin_mode mode)
{
    return mode == ORIGIN_LAX ? "lax" : "strict";
}

static void expect_refused(const struct origin_row *row, const char *mode,
                           const struct origin_verdict *want, const struct results *got)
{
    struct results spoilt;

    spoil(&spoilt);
    ck_assert_msg(want->offset == ANY_OFFSET || got->why.offset == want->offset,
                  "%s, %s: expected offset %zu, got %zu (%s)", row->name, mode, want->offset,
                  got->why.offset, got->why.text);
    ck_assert_msg(strstr(got->why.text, want->says) != NULL, "%s, %s: expected '%s' in '%s'",
                  row->name, mode, want->says, got->why.text);
    ck_assert_msg(memcmp(&got->origin, &spoilt.origin, sizeof spoilt.origin) == 0,
                  "%s, %s: the result was written in spite of the failure", row->name, mode);
}

static void expect_accepted(const struct origin_row *row, const char *mode,
                            const struct results *got)
{
    const struct origin *o = &got->origin;
    struct results spoilt;

    spoil(&spoilt);
    ck_assert_msg(slice_is(row->text, o->text), "%s, %s: expected the text as typed, got '%s'",
                  row->name, mode, o->text);
    ck_assert_msg(strcmp(o->host, row->host) == 0, "%s, %s: expected host '%s', got '%s'",
                  row->name, mode, row->host, o->host);
    ck_assert_msg(o->port == row->port, "%s, %s: expected port %u, got %u", row->name, mode,
                  row->port, o->port);
    ck_assert_msg(o->has_port == row->has_port, "%s, %s: expected has_port %d, got %d", row->name,
                  mode, row->has_port, o->has_port);
    ck_assert_msg(o->is_https == row->is_https, "%s, %s: expected is_https %d, got %d", row->name,
                  mode, row->is_https, o->is_https);
    ck_assert_msg(memcmp(&got->why, &spoilt.why, sizeof spoilt.why) == 0,
                  "%s, %s: `why` was written in spite of the success", row->name, mode);
}

static void check_parse(const struct origin_row *row, enum origin_mode mode)
{
    const struct origin_verdict *want = mode == ORIGIN_LAX ? &row->lax : &row->strict;
    const char *in = mode_name(mode);
    struct results got;

    spoil(&got);
    enum err e = origin_parse(row->text, mode, &got.origin, &got.why);
    ck_assert_msg(e == want->err, "%s, %s: expected %s, got %s (%s)", row->name, in,
                  err_text(want->err), err_text(e), e == ERR_OK ? "" : got.why.text);
    if (want->err == ERR_OK)
        expect_accepted(row, in, &got);
    else
        expect_refused(row, in, want, &got);
    e = origin_parse(row->text, mode, &got.origin, NULL);
    ck_assert_msg(e == want->err, "%s, %s, no diag: expected %s, got %s", row->name, in,
                  err_text(want->err), err_text(e));
}

START_TEST(parse_lax)
{
    check_parse(&origin_rows[_i], ORIGIN_LAX);
}
END_TEST

START_TEST(parse_strict)
{
    check_parse(&origin_rows[_i], ORIGIN_STRICT);
}
END_TEST

/* Where a message says what to write instead, that must be an origin. */
static const struct suggestion_row {
    const char *name;
    struct slice text;
} suggestion_rows[] = {
    {"idn", LIT("https://" BUECHER ".example")},
    {"idn-port", LIT("https://" BUECHER ".example:8445")},
    {"idn-port-too-large", LIT("https://" BUECHER ".example:99999")},
    {"idn-port-not-a-number", LIT("https://" BUECHER ".example:" BUECHER)},
    {"idn-port-empty", LIT("https://" BUECHER ".example:")},
    {"idn-default-port", LIT("https://" BUECHER ".example:443")},
    {"idn-trailing-dot", LIT("https://" BUECHER ".example.")},
    {"idn-underscore", LIT("https://b\xc3\xbc_cher.example")},
    {"full-width-slash", LIT("https://a.example\xef\xbc\x8f"
                             "b")},
    {"full-width-digits", LIT("https://\xef\xbc\x91.\xef\xbc\x92.\xef\xbc\x93")},
    {"ideographic-full-stop", LIT("https://a\xe3\x80\x82"
                                  "example")},
};

START_TEST(suggestion_is_an_origin)
{
    const struct suggestion_row *row = &suggestion_rows[_i];
    struct origin o;
    struct diag why;
    struct diag why_not = {0, ""};
    enum err e = origin_parse(row->text, ORIGIN_LAX, &o, &why);

    ck_assert_msg(e == ERR_SYNTAX, "%s: expected to be refused, got %s", row->name, err_text(e));
    const char *says = strstr(why.text, "write http");
    if (says == NULL)
        return; /* no suggestion is a fine answer to a hopeless text */
    e = origin_parse(slice_of(says + strlen("write ")), ORIGIN_LAX, &o, &why_not);
    ck_assert_msg(e == ERR_OK, "%s: told to '%s', which is refused: %s", row->name, says,
                  why_not.text);
}
END_TEST

/* Checked against java.net.URI of Java 17, to which Tomcat's isValidOrigin leaves the question. A
 * field's bytes are Latin-1 characters there. */
static const struct wellformed_row {
    const char *name;
    struct slice value;
    bool want;
} wellformed_rows[] = {
    {"null", LIT("null"), true},
    {"Null", LIT("Null"), false},
    {"null-and-more", LIT("nullx"), false},
    {"no-text", NO_TEXT, false},
    {"empty", LIT(""), false},
    {"star", LIT("*"), false},
    {"https", LIT("https://finesses.uccelab.tac:8445"), true},
    {"https-upper", LIT("HTTPS://FINESSES.uccelab.tac"), true},
    {"path", LIT("https://a.example/desktop"), true},
    {"query", LIT("https://a.example?x=1"), true},
    {"fragment", LIT("https://a.example#x"), true},
    {"user", LIT("https://user:pw@a.example"), true},
    {"port-too-large", LIT("https://a.example:99999"), true},
    {"port-not-a-number", LIT("https://a.example:84x5"), true},
    {"underscore", LIT("https://a_b.example"), true},
    {"trailing-dot", LIT("https://a.example.:1"), true},
    {"ipv6", LIT("https://[::1]:8445"), true},
    {"idn", LIT("https://" BUECHER ".example"), true},
    {"other-scheme", LIT("chrome-extension://abc"), true},
    {"host-and-port-read-as-scheme", LIT("finesses.uccelab.tac:8445"), true},
    {"mailto", LIT("mailto:x"), true},
    {"one-letter-scheme", LIT("a:b"), true},
    {"scheme-with-signs", LIT("a+b-.1:c"), true},
    {"file", LIT("file:///C:/x"), true},
    {"file-nothing-behind", LIT("file://"), true},
    {"file-holding-anything", LIT("file://a b<>"), true},
    {"file-with-percent", LIT("file:///a%20b"), false},
    {"FILE", LIT("FILE:///x"), true},
    {"FILE-nothing-behind", LIT("FILE://"), false},
    {"percent", LIT("https://a%20b"), false},
    {"percent-in-a-port", LIT("https://finesses.uccelab.tac%3A8445"), false},
    {"no-scheme", LIT("finesses"), false},
    {"only-a-port", LIT(":8445"), false},
    {"scheme-begins-with-digit", LIT("1a:b"), false},
    {"scheme-with-underscore", LIT("a_b:c"), false},
    {"nothing-behind-colon", LIT("https:"), false},
    {"one-slash", LIT("https:/"), true},
    {"two-slashes", LIT("https://"), false},
    {"three-slashes", LIT("https:///"), true},
    {"blank", LIT("https://a b"), false},
    {"tab", LIT("https://a\tb"), false},
    {"two-origins", LIT("https://a.example https://b.example"), false},
    {"nul", LIT("https://a\0b"), false},
    {"delete", LIT("https://a\x7f"), false},
    {"angle-bracket", LIT("https://a/<"), false},
    {"quote", LIT("https://a\"b"), false},
    {"backslash", LIT("https://a\\b"), false},
    {"caret", LIT("https://a^b"), false},
    {"backquote", LIT("https://a`b"), false},
    {"bar", LIT("https://a|b"), false},
    {"brace", LIT("https://a{b}"), false},
    {"bracket-in-a-name", LIT("https://a[b"), false},
    {"bracket-closing-only", LIT("https://a]b"), false},
    {"bracket-in-a-path", LIT("https://a/[b]"), false},
    {"ipv6-unclosed", LIT("https://[::1"), false},
    {"ipv6-not-an-address", LIT("https://[zz]"), false},
    {"ipv6-junk-behind", LIT("https://[fe80::1]x"), false},
    {"ipv6-port-not-a-number", LIT("https://[::1]:x"), false},
    {"ipv6-and-path", LIT("https://[::1]/x"), true},
    {"ipv6-and-user", LIT("https://u@[::1]"), true},
    {"brackets-in-a-query", LIT("https://a?[x]"), true},
    {"brackets-in-a-fragment", LIT("https://a#[x]"), true},
    {"brackets-behind-no-slash", LIT("https:a[b]"), true},
    {"two-fragments", LIT("https://a#b#c"), false},
    {"c1-byte",
     LIT("https://\xc3\x80"
         ".example"),
     false},
    {"no-break-space-byte",
     LIT("https://\xc3\xa0"
         ".example"),
     false},
};

START_TEST(wellformed)
{
    const struct wellformed_row *row = &wellformed_rows[_i];
    bool got = origin_is_wellformed(row->value);

    ck_assert_msg(got == row->want, "%s: '%s': expected %d, got %d", row->name, shown(row->value),
                  row->want, got);
}
END_TEST

static const struct same_row {
    const char *name;
    struct slice origin;
    bool is_https;
    struct slice host;
    bool want;
} same_rows[] = {
    /* as recorded in the oracle, group same-origin */
    {"same", LIT("https://cuicpub.uccelab.tac"), true, LIT("cuicpub.uccelab.tac"), true},
    {"same-443", LIT("https://cuicpub.uccelab.tac:443"), true, LIT("cuicpub.uccelab.tac"), true},
    {"origin-upper", LIT("https://CUICPUB.uccelab.tac"), true, LIT("cuicpub.uccelab.tac"), false},
    {"origin-http", LIT("http://cuicpub.uccelab.tac"), true, LIT("cuicpub.uccelab.tac"), false},
    {"other-port", LIT("https://cuicpub.uccelab.tac:8444"), true, LIT("cuicpub.uccelab.tac"),
     false},
    {"same-8444", LIT("https://cuicpub.uccelab.tac:8444"), true, LIT("cuicpub.uccelab.tac:8444"),
     true},
    {"host-upper", LIT("https://cuicpub.uccelab.tac"), true, LIT("CUICPUB.UCCELAB.TAC"), false},

    /* the default port, written and left out */
    {"host-443", LIT("https://a.example"), true, LIT("a.example:443"), true},
    {"both-443", LIT("https://a.example:443"), true, LIT("a.example:443"), true},
    {"host-8444-origin-none", LIT("https://a.example"), true, LIT("a.example:8444"), false},
    {"host-8444-origin-443", LIT("https://a.example:443"), true, LIT("a.example:8444"), false},
    {"host-colon-only", LIT("https://a.example"), true, LIT("a.example:"), true},
    {"host-colon-only-443", LIT("https://a.example:443"), true, LIT("a.example:"), true},
    {"host-colon-only-8444", LIT("https://a.example:8444"), true, LIT("a.example:"), false},
    {"origin-colon-only", LIT("https://a.example:"), true, LIT("a.example"), false},
    {"http", LIT("http://a.example"), false, LIT("a.example"), true},
    {"http-80", LIT("http://a.example:80"), false, LIT("a.example"), true},
    {"http-host-80", LIT("http://a.example"), false, LIT("a.example:80"), true},
    {"http-443", LIT("http://a.example:443"), false, LIT("a.example"), false},
    {"http-both-443", LIT("http://a.example:443"), false, LIT("a.example:443"), true},
    {"http-host-443", LIT("http://a.example"), false, LIT("a.example:443"), false},
    {"https-origin-on-http", LIT("https://a.example"), false, LIT("a.example"), false},

    /* IPv6 hosts: their colons are no ports */
    {"ipv6", LIT("https://[::1]"), true, LIT("[::1]"), true},
    {"ipv6-443", LIT("https://[::1]:443"), true, LIT("[::1]"), true},
    {"ipv6-host-443", LIT("https://[::1]"), true, LIT("[::1]:443"), true},
    {"ipv6-8444", LIT("https://[::1]:8444"), true, LIT("[::1]:8444"), true},
    {"ipv6-other-port", LIT("https://[::1]:8444"), true, LIT("[::1]"), false},
    {"ipv6-other-host", LIT("https://[::2]"), true, LIT("[::1]"), false},

    /* near misses and broken input */
    {"longer-name", LIT("https://a.example.evil"), true, LIT("a.example"), false},
    {"shorter-name", LIT("https://a.exampl"), true, LIT("a.example"), false},
    {"trailing-slash", LIT("https://a.example/"), true, LIT("a.example"), false},
    {"trailing-dot", LIT("https://a.example."), true, LIT("a.example"), false},
    {"longer-port", LIT("https://a.example:84440"), true, LIT("a.example:8444"), false},
    {"scheme-upper", LIT("HTTPS://a.example"), true, LIT("a.example"), false},
    {"other-letter-for-the-colon", LIT("https://a.example.8444"), true, LIT("a.example:8444"),
     false},
    {"null", LIT("null"), true, LIT("a.example"), false},
    {"only-a-scheme", LIT("https://"), true, LIT("a.example"), false},
    {"no-host-field", LIT("https://a.example"), true, NO_TEXT, false},
    {"empty-host-field", LIT("https://"), true, LIT(""), false},
    {"no-origin", NO_TEXT, true, LIT("a.example"), false},
};

START_TEST(same)
{
    const struct same_row *row = &same_rows[_i];
    bool got = origin_is_same(row->origin, row->is_https, row->host);

    ck_assert_msg(got == row->want, "%s: '%s' at '%s': expected %d, got %d", row->name,
                  shown(row->origin), shown(row->host), row->want, got);
}
END_TEST

Suite *suite_origin(void)
{
    Suite *s = suite_create("origin");
    TCase *parse = tcase_create("parse");
    TCase *judge = tcase_create("judge");

    add_rows(parse, parse_lax, origin_n_rows);
    add_rows(parse, parse_strict, origin_n_rows);
    add_rows(parse, suggestion_is_an_origin, COUNT(suggestion_rows));
    add_rows(judge, wellformed, COUNT(wellformed_rows));
    add_rows(judge, same, COUNT(same_rows));
    suite_add_tcase(s, parse);
    suite_add_tcase(s, judge);
    return s;
}
