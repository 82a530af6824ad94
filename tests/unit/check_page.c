#include "check_page.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cors/page.h"
#include "support.h"

#define QUOTES16      "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
#define A63           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define QUOT8         "&quot;&quot;&quot;&quot;&quot;&quot;&quot;&quot;"
#define CUT           "\xe2\x80\xa6" /* the ellipsis that stands for the rest */
#define REFUSED(text) "<p>Refused: <code>" text "</code></p>"

/* Culprits that a client may send, and how the page shows them. */
static const struct culprit_row {
    const char *name;
    struct slice culprit;
    size_t repeat; /* 0: as it is; else a text of this many of its first byte */
    const char *shows;
} culprit_rows[] = {
    {"none", NO_TEXT, 0, NULL},
    {"empty", LIT(""), 0, NULL},
    {"plain", LIT("x-unknown"), 0, REFUSED("x-unknown")},
    {"script", LIT("<script>alert(1)</script>"), 0,
     REFUSED("&lt;script&gt;alert(1)&lt;/script&gt;")},
    {"attribute", LIT("\"><img src=x onerror='a'>"), 0,
     REFUSED("&quot;&gt;&lt;img src=x onerror=&#39;a&#39;&gt;")},
    {"entity", LIT("&lt;&amp;&"), 0, REFUSED("&amp;lt;&amp;amp;&amp;")},
    {"comment", LIT("--><!-- "), 0, REFUSED("--&gt;&lt;!-- ")},
    {"longest-when-escaped", LIT(QUOTES16 QUOTES16 QUOTES16 QUOTES16), 0,
     REFUSED(QUOT8 QUOT8 QUOT8 QUOT8 QUOT8 QUOT8 QUOT8 QUOT8)},
    {"control-bytes",
     LIT("a\x1b[2J\x07\r\n\x7f"
         "b"),
     0, REFUSED("a?[2J????b")},
    {"nul", LIT("a\0b"), 0, REFUSED("a?b")},
    {"64-bytes", LIT(A63 "a"), 0, REFUSED(A63 "a")},
    {"65-bytes", LIT(A63 "ab"), 0, REFUSED(A63 "a" CUT)},
    {"10-kB", LIT("a"), 10240, REFUSED(A63 "a" CUT)},
    {"10-kB-of-quotes", LIT("\""), 10240,
     REFUSED(QUOT8 QUOT8 QUOT8 QUOT8 QUOT8 QUOT8 QUOT8 QUOT8 CUT)},
    {"10-kB-of-angle-brackets", LIT("<"), 10240, "&lt;&lt;" CUT},
    {"10-kB-of-control-bytes", LIT("\x01"), 10240, "??" CUT},
    {"letter-cut-in-two", LIT(A63 "\xc3\xbc"), 0, REFUSED(A63 CUT)},
    {"utf-8-kept",
     LIT("b\xc3\xbc"
         "cher"),
     0,
     REFUSED("b\xc3\xbc"
             "cher")},
    {"utf-8-broken-off", LIT("a\xe2\x82"), 0, REFUSED("a")},
    {"utf-8-only-a-lead-byte", LIT("\xe2"), 0, REFUSED("")},
    {"latin-1",
     LIT("b\xfc"
         "cher"),
     0, REFUSED("b?cher")},
    {"utf-8-overlong", LIT("a\xe0\x80\xbcscript"), 0, REFUSED("a???script")},
    {"surrogate", LIT("\xed\xa0\x80"), 0, REFUSED("???")},
};

static struct slice make_culprit(const struct culprit_row *row, char **ret_heap)
{
    *ret_heap = NULL;
    if (row->repeat == 0)
        return row->culprit;
    *ret_heap = malloc(row->repeat);
    ck_assert_ptr_nonnull(*ret_heap);
    memset(*ret_heap, row->culprit.at[0], row->repeat);
    return (struct slice){*ret_heap, row->repeat};
}

/** Valid UTF-8, no control byte but line feeds, closed, and without markup of others. */
static void expect_sound(const char *row, struct slice page)
{
    static const char tail[] = "</body>\n</html>\n";
    size_t n = sizeof tail - 1;
    json_t *text = json_stringn(page.at, page.n);

    ck_assert_msg(text != NULL, "%s: the page is not UTF-8", row);
    json_decref(text);
    for (size_t i = 0; i < page.n; i++)
        ck_assert_msg(page.at[i] == '\n' || (unsigned char)page.at[i] >= ' ',
                      "%s: control byte at %zu", row, i);
    ck_assert_msg(page.n > n && memcmp(page.at + page.n - n, tail, n) == 0,
                  "%s: the page is not closed", row);
}

static char *page_text(struct slice page)
{
    char *text = malloc(page.n + 1);

    ck_assert_ptr_nonnull(text);
    memcpy(text, page.at, page.n);
    text[page.n] = '\0';
    return text;
}

static void expect_refusal(const char *row, enum cors_reason r, struct slice page,
                           const char *shows)
{
    const struct reason *words = reason_get(r);
    char *text = page_text(page);

    ck_assert_msg(page.n == PAGE_REFUSAL_BYTES && page.n == 2143,
                  "%s, %s: expected 2143 bytes, got %zu", row, words->code, page.n);
    expect_sound(row, page);
    ck_assert_msg(strstr(text, words->title) && strstr(text, words->why) &&
                      strstr(text, words->remedy) && strstr(text, words->code),
                  "%s, %s: the reason's words are not all there", row, words->code);
    if (shows != NULL)
        ck_assert_msg(strstr(text, shows) != NULL, "%s, %s: expected '%s' in\n%s", row, words->code,
                      shows, text);
    else
        ck_assert_msg(strstr(text, "Refused:") == NULL, "%s, %s: shows a culprit", row,
                      words->code);
    free(text);
}

START_TEST(refusal)
{
    const struct culprit_row *row = &culprit_rows[_i];
    char *heap = NULL;
    struct slice culprit = make_culprit(row, &heap);
    char *to = malloc(PAGE_MAX); /* so that the sanitizer sees a byte too many */

    ck_assert_ptr_nonnull(to);
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        struct slice page = page_refusal((enum cors_reason)r, culprit, to);
        ck_assert_msg(page.at == to, "%s: the page is not in the buffer", row->name);
        expect_refusal(row->name, (enum cors_reason)r, page, row->shows);
    }
    free(to);
    free(heap);
}
END_TEST

static const struct error_row {
    const char *name;
    unsigned status;
    const char *detail;
    const char *shows;
} error_rows[] = {
    {"400", 400, NULL, "Bad Request"},
    {"404", 404, "There is no such page.", "There is no such page."},
    {"405", 405, NULL, "Method Not Allowed"},
    {"413", 413, NULL, "Content Too Large"},
    {"414", 414, NULL, "URI Too Long"},
    {"502", 502, NULL, "Bad Gateway"},
    {"503", 503, "The service is <starting> & \"not ready\".",
     "The service is &lt;starting&gt; &amp; &quot;not ready&quot;."},
    {"no-words-for-the-status", 599, NULL, "599"},
};

START_TEST(error_page)
{
    const struct error_row *row = &error_rows[_i];
    char to[PAGE_MAX];
    char number[8];
    struct slice page = page_error(row->status, row->detail, to);
    char *text = page_text(page);

    (void)snprintf(number, sizeof number, "%u", row->status);
    expect_sound(row->name, page);
    ck_assert_msg(strstr(text, number) != NULL, "%s: the status is not there", row->name);
    ck_assert_msg(strstr(text, row->shows) != NULL, "%s: expected '%s' in\n%s", row->name,
                  row->shows, text);
    ck_assert_msg(strstr(text, "(null)") == NULL, "%s: shows (null)", row->name);
    free(text);
}
END_TEST

START_TEST(home_page)
{
    char to[PAGE_MAX];
    struct slice page = page_home("pub<1>", to);
    char *text = page_text(page);

    expect_sound("home", page);
    ck_assert_msg(strstr(text, "pub&lt;1&gt;") != NULL, "the node is not there, or not escaped");
    free(text);
}
END_TEST

/** However long the text, the page stays in its buffer. */
START_TEST(pages_stay_in_their_buffer)
{
    char *longer = malloc(3 * PAGE_MAX);
    char *to = malloc(PAGE_MAX);

    ck_assert(longer != NULL && to != NULL);
    memset(longer, '"', 3 * PAGE_MAX - 1);
    longer[3 * PAGE_MAX - 1] = '\0';
    struct slice error = page_error(404, longer, to);
    ck_assert_msg(error.n < PAGE_MAX, "error page: %zu bytes", error.n);
    struct slice home = page_home(longer, to);
    ck_assert_msg(home.n < PAGE_MAX, "home page: %zu bytes", home.n);
    free(to);
    free(longer);
}
END_TEST

static const struct status_row {
    unsigned status;
    const char *want;
} status_rows[] = {
    {200, "OK"},
    {302, "Found"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {0, ""},
    {999, ""},
};

START_TEST(status_text)
{
    const struct status_row *row = &status_rows[_i];
    const char *got = page_status_text(row->status);

    ck_assert_msg(strcmp(got, row->want) == 0, "%u: expected '%s', got '%s'", row->status,
                  row->want, got);
}
END_TEST

TCase *tcase_page(void)
{
    TCase *tc = tcase_create("page");

    add_rows(tc, refusal, COUNT(culprit_rows));
    add_rows(tc, error_page, COUNT(error_rows));
    tcase_add_test(tc, home_page);
    tcase_add_test(tc, pages_stay_in_their_buffer);
    add_rows(tc, status_text, COUNT(status_rows));
    return tc;
}
