/* The pages of errors: a byte that picks the reason or the status, then what was refused. */
#include "cors/page.h"
#include "fuzz.h"

static size_t count(struct slice s, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += s.at[i] == c ? 1 : 0;
    return n;
}

/** Nothing of the untrusted text acts: the page has as much markup as with a harmless one. */
static void check_markup(struct slice page, struct slice harmless)
{
    static const char markup[] = "<>\"";

    for (size_t i = 0; i < sizeof markup - 1; i++)
        REQUIRE(count(page, markup[i]) == count(harmless, markup[i]));
    for (size_t i = 0; i < page.n; i++) {
        unsigned char c = (unsigned char)page.at[i];
        REQUIRE((c >= 0x20 || c == '\n') && c != 0x7f);
    }
}

static void check_page(struct slice page, const char *storage)
{
    static const char end[] = "</html>\n";

    REQUIRE(page.at == storage && page.n < PAGE_MAX);
    REQUIRE(page.n > sizeof end &&
            memcmp(page.at + page.n - (sizeof end - 1), end, sizeof end - 1) == 0);
}

static void check_refusal(unsigned pick, struct slice culprit)
{
    char page[PAGE_MAX];
    char harmless[PAGE_MAX];
    enum cors_reason reason = (enum cors_reason)(pick % REASON_COUNT);
    struct slice got = page_refusal(reason, culprit, page);

    check_page(got, page);
    REQUIRE(got.n == PAGE_REFUSAL_BYTES);
    check_markup(got, page_refusal(reason, culprit.n == 0 ? culprit : slice_of("x"), harmless));
}

static void check_error(unsigned pick, struct slice rest)
{
    char page[PAGE_MAX];
    char harmless[PAGE_MAX];
    char detail[512];
    size_t n = rest.n < sizeof detail - 1 ? rest.n : sizeof detail - 1;

    if (n > 0)
        memcpy(detail, rest.at, n);
    detail[n] = '\0';
    struct slice got = page_error(pick * 3, detail, page);
    check_page(got, page);
    REQUIRE(count(got, '<') == count(page_error(pick * 3, "x", harmless), '<'));
    check_page(page_home(detail, page), page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = input_of(data, size);

    if (size == 0)
        return 0;
    rest = (struct slice){rest.at + 1, rest.n - 1};
    check_refusal(data[0], rest);
    check_error(data[0], rest);
    return 0;
}
