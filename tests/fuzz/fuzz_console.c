/* What was copied from a browser's console: any bytes. What is read out of it lies within its own
 * text, and the same bytes are read the same way. */
#include "diagnose/console_text.h"
#include "fuzz.h"

static void check_within(const struct console_line *l, struct slice part)
{
    REQUIRE(part.at == NULL ||
            (part.at >= l->text && part.at + part.n <= l->text + strlen(l->text) + 1));
}

static void check_parts(const struct console_line *l)
{
    check_within(l, l->url);
    check_within(l, l->redirected_from);
    check_within(l, l->origin);
    check_within(l, l->method);
    check_within(l, l->header);
    check_within(l, l->value);
    REQUIRE(l->url.at == NULL || l->url.n == 0 || memchr(l->url.at, ' ', l->url.n) == NULL);
    REQUIRE(l->status == 0 || (l->status >= 100 && l->status < 1000));
    REQUIRE(strlen(l->text) <= CONSOLE_TEXT_MAX && strstr(l->text, "  ") == NULL);
}

static void check_url(struct slice url)
{
    struct console_url u;

    console_split_url(url, &u);
    REQUIRE(u.path.n <= url.n && u.host.n <= url.n && u.scheme.n <= url.n);
    REQUIRE(u.host.n == 0 || memchr(u.host.at, '/', u.host.n) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct console_line first;
    static struct console_line second;
    char flat[CONSOLE_TEXT_MAX + 1];

    bool is = console_read(input_of(data, size), &first);
    REQUIRE(is == (first.row != NULL));
    check_parts(&first);
    check_url(input_of(data, size));
    check_url(first.url);
    memcpy(flat, first.text, strlen(first.text) + 1);
    (void)console_read(slice_of(flat), &second); /* URLs have lost their blanks */
    check_parts(&second);
    REQUIRE(console_read(input_of(data, size), &second) == is && second.row == first.row);
    REQUIRE(second.status == first.status && slice_same(second.url, first.url));
    return 0;
}
