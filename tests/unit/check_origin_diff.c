#include "cors/origin_diff.h"

#include <string.h>

#include "suites.h"
#include "support.h"

#define P "https://finessep.uccelab.tac"

/* ---- how an entry misses an origin ---- */

static const struct diff_row {
    const char *name;
    struct slice entry;
    const char *origin;
    bool is_origin; /* the entry can be meant for an origin at all */
    unsigned misses;
    enum host_relation host;
    size_t distance;
} diff_rows[] = {
    {"equal", LIT(P ":8445"), P ":8445", true, 0, HOST_SAME, 0},
    {"port-missing", LIT(P), P ":8445", true, MISS_PORT_MISSING, HOST_SAME, 0},
    {"port-surplus", LIT(P ":8445"), P, true, MISS_PORT_SURPLUS, HOST_SAME, 0},
    {"port-other", LIT(P ":8444"), P ":8445", true, MISS_PORT_OTHER, HOST_SAME, 0},
    {"default-port", LIT(P ":443"), P, true, MISS_DEFAULT_PORT, HOST_SAME, 0},
    {"default-port-and-port", LIT(P ":443"), P ":8445", true, MISS_DEFAULT_PORT | MISS_PORT_MISSING,
     HOST_SAME, 0},
    {"default-port-of-http", LIT("http://a.example:80"), "http://a.example", true,
     MISS_DEFAULT_PORT, HOST_SAME, 0},
    {"https-port-of-http", LIT("http://a.example:443"), "http://a.example", true, MISS_PORT_SURPLUS,
     HOST_SAME, 0},
    {"http", LIT("http://a.example"), "https://a.example", true, MISS_HTTP_LISTED, HOST_SAME, 0},
    {"https", LIT("https://a.example"), "http://a.example", true, MISS_HTTPS_LISTED, HOST_SAME, 0},
    {"upper-case", LIT("HTTPS://A.Example"), "https://a.example", true, MISS_UPPER_CASE, HOST_SAME,
     0},
    {"slash", LIT(P "/"), P, true, MISS_SLASH, HOST_SAME, 0},
    {"path", LIT(P "/x"), P, true, MISS_PATH, HOST_SAME, 0},
    {"two-slashes", LIT(P "//"), P, true, MISS_PATH, HOST_SAME, 0},
    {"query", LIT(P "?x"), P, true, MISS_PATH, HOST_SAME, 0},
    {"fragment", LIT(P "#x"), P, true, MISS_PATH, HOST_SAME, 0},
    {"backslash", LIT(P "\\"), P, true, MISS_PATH, HOST_SAME, 0},
    {"user", LIT("https://u:p@a.example"), "https://a.example", true, MISS_USER, HOST_SAME, 0},
    {"blank-behind", LIT(P " "), P, true, MISS_INVISIBLE, HOST_SAME, 0},
    {"blank-within", LIT("https:// a.example"), "https://a.example", true, MISS_INVISIBLE,
     HOST_SAME, 0},
    {"nul", LIT("https://a.example\0"), "https://a.example", true, MISS_INVISIBLE, HOST_SAME, 0},
    {"delete", LIT("https://a.example\x7f"), "https://a.example", true, MISS_INVISIBLE, HOST_SAME,
     0},
    {"c1", LIT("https://a.example\xc2\x85"), "https://a.example", true, MISS_INVISIBLE, HOST_SAME,
     0},
    {"no-break-space", LIT("\xc2\xa0https://a.example"), "https://a.example", true, MISS_INVISIBLE,
     HOST_SAME, 0},
    {"zero-width", LIT("https://a\xe2\x80\x8b.example"), "https://a.example", true, MISS_INVISIBLE,
     HOST_SAME, 0},
    {"right-to-left-mark", LIT("https://a.example\xe2\x80\x8f"), "https://a.example", true,
     MISS_INVISIBLE, HOST_SAME, 0},
    {"byte-order-mark", LIT("\xef\xbb\xbfhttps://a.example"), "https://a.example", true,
     MISS_INVISIBLE, HOST_SAME, 0},
    {"ideographic-space", LIT("https://a.example\xe3\x80\x80"), "https://a.example", true,
     MISS_INVISIBLE, HOST_SAME, 0},
    {"not-ascii", LIT("https://d\xd0\xb5sk.example"), "https://desk.example", true,
     MISS_NOT_ASCII | MISS_HOST, HOST_NEAR, 1},
    {"cut-sequence", LIT("https://a.example\xe2\x80"), "https://a.example", true,
     MISS_NOT_ASCII | MISS_HOST, HOST_NEAR, 2},
    {"no-scheme", LIT("a.example:8445"), "https://a.example:8445", true, MISS_SCHEME_TEXT,
     HOST_SAME, 0},
    {"misspelt-scheme", LIT("htpps://a.example"), "https://a.example", true, MISS_SCHEME_TEXT,
     HOST_SAME, 0},
    {"wildcard", LIT("https://*.example"), "https://a.example", true, MISS_WILDCARD, HOST_SAME, 0},
    {"wildcard-in-the-middle", LIT("https://a*.x.*"), "https://abc.x.example", true, MISS_WILDCARD,
     HOST_SAME, 0},
    {"wildcard-that-does-not-fit", LIT("https://*.example"), "https://a.other.test", true,
     MISS_WILDCARD | MISS_HOST, HOST_UNRELATED, 0},
    {"several", LIT("https://b.example,https://a.example"), "https://a.example", true, MISS_SEVERAL,
     HOST_SAME, 0},
    {"first-of-several", LIT("https://a.example;https://b.example"), "https://a.example", true,
     MISS_SEVERAL, HOST_SAME, 0},
    {"longer-than-one-of-several", LIT("https://a.example.org,https://b.example"),
     "https://a.example", false, 0, HOST_SAME, 0},
    {"zero-before-port", LIT("https://a.example:08445"), "https://a.example:8445", true,
     MISS_OTHERWISE, HOST_SAME, 0},
    {"colon-without-port", LIT("https://a.example:"), "https://a.example", true, MISS_OTHERWISE,
     HOST_SAME, 0},
    {"short", LIT("https://a:8445"), "https://a.example:8445", true, MISS_HOST, HOST_SHORT_LISTED,
     0},
    {"full", LIT("https://a.example:8445"), "https://a:8445", true, MISS_HOST, HOST_FULL_LISTED, 0},
    {"address", LIT("https://10.0.0.1"), "https://a.example", true, MISS_HOST, HOST_ADDRESS_LISTED,
     0},
    {"name", LIT("https://a.example"), "https://[::1]", true, MISS_HOST, HOST_NAME_LISTED, 0},
    {"address-near", LIT("https://10.0.0.12"), "https://10.0.0.1", true, MISS_HOST, HOST_NEAR, 1},
    {"ipv6", LIT("https://[::1]:8445"), "https://[::1]", true, MISS_PORT_SURPLUS, HOST_SAME, 0},
    {"domain", LIT("https://desk.one.example"), "https://desk.another.test", true, MISS_HOST,
     HOST_OTHER_DOMAIN, 9},
    {"number", LIT("https://desk01.example"), "https://desk2.example", true, MISS_HOST,
     HOST_SIBLING, 0},
    {"number-on-one-side", LIT("https://desk.example"), "https://desk2.example", true, MISS_HOST,
     HOST_NEAR, 1},
    {"letters-of-a-pair", LIT("https://fina.example"), "https://finb.example", true, MISS_HOST,
     HOST_SIBLING, 0},
    {"letters-of-no-pair", LIT("https://finx.example"), "https://finb.example", true, MISS_HOST,
     HOST_NEAR, 1},
    {"words-of-a-pair", LIT("https://fin-primary.example"), "https://fin-secondary.example", true,
     MISS_HOST, HOST_SIBLING, 0},
    {"pub-and-sub", LIT("https://cuicsub.example"), "https://cuicpub.example", true, MISS_HOST,
     HOST_SIBLING, 0},
    {"pair-in-another-domain", LIT("https://fina.example"), "https://finb.test", true, MISS_HOST,
     HOST_UNRELATED, 0},
    {"missing-letter", LIT("https://finesep.example"), "https://finessep.example", true, MISS_HOST,
     HOST_NEAR, 1},
    {"swapped", LIT("https://fniesse.example"), "https://finesse.example", true, MISS_HOST,
     HOST_NEAR, 1},
    {"two-edits", LIT("https://fnnesse.example"), "https://finnesss.example", true, MISS_HOST,
     HOST_NEAR, 2},
    {"two-edits-of-a-short-name", LIT("https://abc.example"), "https://axy.example", true,
     MISS_HOST, HOST_UNRELATED, 2},
    {"unrelated", LIT("https://portal.example"), "https://finesse.example", true, MISS_HOST,
     HOST_UNRELATED, 0},
    {"host-and-port", LIT("https://desk1.example"), "https://desk2.example:8445", true,
     MISS_HOST | MISS_PORT_MISSING, HOST_SIBLING, 0},
    {"empty", LIT(""), "https://a.example", false, 0, HOST_SAME, 0},
    {"only-scheme", LIT("https://"), "https://a.example", false, 0, HOST_SAME, 0},
    {"ftp", LIT("ftp://a.example"), "https://a.example", false, 0, HOST_SAME, 0},
    {"no-port-number", LIT("https://a.example:x"), "https://a.example", false, 0, HOST_SAME, 0},
    {"port-too-large", LIT("https://a.example:65536"), "https://a.example", false, 0, HOST_SAME, 0},
    {"behind-the-bracket", LIT("https://[::1]x"), "https://a.example", false, 0, HOST_SAME, 0},
    {"open-bracket", LIT("https://[::1"), "https://a.example", false, 0, HOST_SAME, 0},
};

static void expect_diff(const struct diff_row *row)
{
    struct origin_spelling wanted;
    struct origin_diff d = {.misses = 0};

    ck_assert(origin_spell(slice_of(row->origin), &wanted));
    bool is = origin_compare(row->entry, slice_of(row->origin), &wanted, &d);
    ck_assert_msg(is == row->is_origin, "%s: %s", row->name,
                  is ? "taken for an origin" : "not taken");
    if (!is)
        return;
    ck_assert_msg(d.misses == row->misses, "%s: expected %#x, got %#x", row->name, row->misses,
                  d.misses);
    ck_assert_msg(d.host == row->host, "%s: expected relation %d, got %d", row->name,
                  (int)row->host, (int)d.host);
    if (row->host == HOST_NEAR)
        ck_assert_msg(d.distance == row->distance, "%s: expected %zu, got %zu", row->name,
                      row->distance, d.distance);
}

START_TEST(diff)
{
    expect_diff(&diff_rows[_i]);
}
END_TEST

/** Whatever is not equal differs in something. */
START_TEST(no_miss_means_equal)
{
    static const char bytes[] = "htps:/A.a*,@08 443[]\x7f\xc2\xa0#?";
    uint32_t state = 7;
    struct origin_spelling wanted;
    const struct slice origin = slice_of("https://a.a");
    size_t n_equal = 0;

    ck_assert(origin_spell(origin, &wanted));
    for (int i = 0; i < 200000; i++) {
        char text[24];
        size_t n = 0;
        struct origin_diff d;
        if (i % 2 == 0) { /* something near */
            memcpy(text, origin.at, origin.n);
            n = origin.n;
            text[next_random(&state) % n] = bytes[next_random(&state) % (sizeof bytes - 1)];
        } else {
            n = next_random(&state) % sizeof text;
            for (size_t k = 0; k < n; k++)
                text[k] = bytes[next_random(&state) % (sizeof bytes - 1)];
        }
        struct slice entry = {text, n};
        if (!origin_compare(entry, origin, &wanted, &d))
            continue;
        n_equal += d.misses == 0 ? 1 : 0;
        ck_assert_msg((d.misses == 0) == slice_same(entry, origin), "%s: %#x", shown(entry),
                      d.misses);
        ck_assert_msg(((d.misses & MISS_HOST) == 0) == (d.host == HOST_SAME), "%s", shown(entry));
    }
    ck_assert_uint_gt(n_equal, 0);
}
END_TEST

/* ---- spelling ---- */

static const struct spell_row {
    const char *name;
    struct slice text;
    const char *want; /* as a browser spells it; NULL: no origin at all */
    unsigned odd;
} spell_rows[] = {
    {"plain", LIT("https://a.example:8445"), "https://a.example:8445", 0},
    {"all-at-once", LIT(" HTTPS://u@A.Example:443/x "), "https://a.example",
     MISS_INVISIBLE | MISS_UPPER_CASE | MISS_USER | MISS_PATH | MISS_DEFAULT_PORT},
    {"http", LIT("http://a.example:8080"), "http://a.example:8080", 0},
    {"ipv6", LIT("https://[2001:DB8::1]:443"), "https://[2001:db8::1]",
     MISS_UPPER_CASE | MISS_DEFAULT_PORT},
    {"not-ascii", LIT("https://b\xc3\xbcro.example"), "", MISS_NOT_ASCII},
    {"null", LIT("null"), "https://null", MISS_SCHEME_TEXT},
    {"file", LIT("file://"), NULL, 0},
    {"app", LIT("chrome-extension://abc"), NULL, 0},
    {"nothing", NO_TEXT, NULL, 0},
};

START_TEST(spell)
{
    const struct spell_row *row = &spell_rows[_i];
    struct origin_spelling s;
    char text[SPELLING_MAX + 16];
    bool is = origin_spell(row->text, &s);

    ck_assert_msg(is == (row->want != NULL), "%s: %s", row->name, is ? "taken" : "not taken");
    if (!is)
        return;
    ck_assert_str_eq(origin_respell(&s, text), row->want);
    ck_assert_msg(s.odd == row->odd, "%s: expected %#x, got %#x", row->name, row->odd, s.odd);
}
END_TEST

/** The longest text that is looked at, and one that is longer. */
START_TEST(spell_limit)
{
    char text[SPELLING_MAX + 8];
    struct origin_spelling s;

    memset(text, 'a', sizeof text);
    memcpy(text, "https://", 8);
    ck_assert(origin_spell((struct slice){text, SPELLING_MAX - 1}, &s));
    ck_assert_uint_eq(strlen(s.host), SPELLING_MAX - 9);
    ck_assert(!origin_spell((struct slice){text, SPELLING_MAX}, &s));
}
END_TEST

Suite *suite_origin_diff(void)
{
    Suite *s = suite_create("origin_diff");
    TCase *tc = tcase_create("rows");

    add_rows(tc, diff, COUNT(diff_rows));
    tcase_add_test(tc, no_miss_means_equal);
    add_rows(tc, spell, COUNT(spell_rows));
    tcase_add_test(tc, spell_limit);
    suite_add_tcase(s, tc);
    return s;
}
