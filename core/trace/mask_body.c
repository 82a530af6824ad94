#include <string.h>

#include "mask.h"

/* A body is not parsed but looked through for names that are followed by a value: it may be cut,
 * damaged, or JSON within a string of JSON. */

struct scan {
    struct slice text;
    size_t at;
};

static bool is_name_byte(char c)
{
    return ascii_is_alnum((unsigned char)c) || (c != '\0' && strchr("_-.%", c) != NULL);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char byte_at(const struct scan *s, size_t at)
{
    if (at >= s->text.n)
        return '\0';
    return s->text.at[at];
}

static size_t skip_spaces(const struct scan *s, size_t at)
{
    while (is_space(byte_at(s, at)))
        at++;
    return at;
}

/** A quote, with the backslashes that stand before it within a string of JSON.
 * @return behind it; `at` when there is none */
static size_t skip_quote(const struct scan *s, size_t at, size_t *ret_slashes, char *ret_quote)
{
    size_t begin = at;

    while (byte_at(s, at) == '\\')
        at++;
    char c = byte_at(s, at);
    if (c != '"' && c != '\'')
        return begin;
    *ret_slashes = at - begin;
    *ret_quote = c;
    return at + 1;
}

/** Where the quoted value ends: at the quote's own backslashes. At depth d a quote has 2^d - 1 of
 *  them, and each backslash of the innermost text has become 2^d. */
static size_t find_end_of_string(const struct scan *s, size_t at, size_t slashes, char quote)
{
    size_t depth = 0;
    size_t run = 0;

    while (depth < 16 && ((size_t)2 << depth) - 1 <= slashes)
        depth++;
    size_t own = ((size_t)1 << depth) - 1;
    for (; at < s->text.n; at++) {
        char c = s->text.at[at];
        if (c == quote && run >= own && ((run - own) >> depth) % 2 == 0)
            return at - own;
        run = c == '\\' ? run + 1 : 0;
    }
    return s->text.n;
}

static size_t find_end_of_word(const struct scan *s, size_t at, char separator)
{
    const char *stops = separator == '>' ? "<" : separator == '=' ? "&;," : ",;}]";

    while (at < s->text.n) {
        char c = s->text.at[at];
        if ((c != '\0' && strchr(stops, c) != NULL) || (separator != '>' && is_space(c)))
            break;
        at++;
    }
    return at;
}

/** A list or an object: up to the bracket that closes it. */
static size_t find_end_of_group(const struct scan *s, size_t at)
{
    size_t open = 0;

    for (; at < s->text.n; at++) {
        char c = s->text.at[at];
        open += c == '[' || c == '{' ? 1 : 0;
        if ((c == ']' || c == '}') && --open == 0)
            return at + 1;
    }
    return at;
}

static size_t find_end(const struct scan *s, size_t at, char separator)
{
    char c = byte_at(s, at);

    return separator == ':' && (c == '[' || c == '{') ? find_end_of_group(s, at)
                                                      : find_end_of_word(s, at, separator);
}

/** Behind a name: where its value begins and ends. @return false: none follows */
static bool find_value(const struct scan *s, size_t at, size_t *ret_begin, size_t *ret_end)
{
    size_t slashes = 0;
    char quote = '\0';

    at = skip_spaces(s, skip_quote(s, at, &slashes, &quote));
    char separator = byte_at(s, at);
    if (separator != ':' && separator != '=' && separator != '>')
        return false;
    at = separator == '>' ? at + 1 : skip_spaces(s, at + 1);
    *ret_begin = separator == '>' ? at : skip_quote(s, at, &slashes, &quote);
    *ret_end = *ret_begin > at ? find_end_of_string(s, *ret_begin, slashes, quote)
                               : find_end(s, *ret_begin, separator);
    return true;
}

static void put(struct buf *to, const struct scan *s, size_t end)
{
    (void)buf_add(to, (struct slice){s->text.at + s->at, end - s->at});
}

/** A name begins here: copy it, and mask its value if that is a secret. */
static void take_name(struct scan *s, struct buf *to)
{
    size_t end = s->at;
    size_t value = 0;
    size_t value_end = 0;

    while (end < s->text.n && is_name_byte(s->text.at[end]))
        end++;
    struct slice name = {s->text.at + s->at, end - s->at};
    bool is_element = s->at > 0 && s->text.at[s->at - 1] == '<';
    if (find_value(s, end, &value, &value_end) && (is_element || s->text.at[value - 1] != '>') &&
        mask_is_secret_name(name)) {
        put(to, s, value);
        mask_put(to, value_end - value);
        end = value_end;
    } else {
        put(to, s, end);
    }
    s->at = end;
}

void mask_body(struct buf *to, struct slice body)
{
    struct scan s = {body, 0};

    while (s.at < body.n) {
        size_t end = s.at;
        while (end < body.n && !is_name_byte(body.at[end]))
            end++;
        put(to, &s, end);
        s.at = end;
        if (s.at < body.n)
            take_name(&s, to);
    }
}
