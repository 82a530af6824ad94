#include "form.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    int lower = ascii_lower((unsigned char)c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/** @param plus  what a '+' stands for
 * @return false for a malformed escape or a NUL, or when `to` is full */
static bool decode(struct slice text, char plus, struct buf *to)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        if (c == '+')
            c = plus;
        if (c == '%') {
            if (text.n - i < 3 || hex_digit(text.at[i + 1]) < 0 || hex_digit(text.at[i + 2]) < 0)
                return false;
            c = (char)(hex_digit(text.at[i + 1]) * 16 + hex_digit(text.at[i + 2]));
            i += 2;
        }
        if (c == '\0' || buf_putc(to, c) != ERR_OK)
            return false;
    }
    return true;
}

bool form_find(struct slice body, const char *name, struct buf *to)
{
    while (body.n > 0) {
        const char *end = memchr(body.at, '&', body.n);
        size_t n = end == NULL ? body.n : (size_t)(end - body.at);
        const char *equals = memchr(body.at, '=', n);
        if (equals != NULL && slice_is((struct slice){body.at, (size_t)(equals - body.at)}, name)) {
            buf_reset(to);
            return decode((struct slice){equals + 1, n - (size_t)(equals + 1 - body.at)}, ' ', to);
        }
        if (end == NULL)
            return false;
        body = (struct slice){end + 1, body.n - n - 1};
    }
    return false;
}

bool form_decode(struct slice text, struct buf *to)
{
    return decode(text, '+', to);
}

enum err form_encode(struct buf *to, struct slice text)
{
    static const char digit[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (ascii_is_alnum(c) || (c != '\0' && strchr("-._~", c) != NULL)) {
            (void)buf_putc(to, (char)c);
        } else {
            (void)buf_putc(to, '%');
            (void)buf_putc(to, digit[c >> 4]);
            (void)buf_putc(to, digit[c & 15]);
        }
    }
    return to->state;
}

const char *form_entity(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

enum err form_escape(struct buf *to, struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        const char *entity = form_entity(c);
        if (entity != NULL)
            (void)buf_puts(to, entity);
        else if (((unsigned char)c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
            (void)buf_putc(to, '?');
        else
            (void)buf_putc(to, c);
    }
    return to->state;
}

/** The value that "{{NAME}}" at the front of a text stands for; NULL for none. */
static const struct form_value *find_value(struct slice text, const struct form_value *values,
                                           size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(values[i].name);
        if (text.n >= length + 4 && memcmp(text.at, "{{", 2) == 0 &&
            memcmp(text.at + 2, values[i].name, length) == 0 &&
            memcmp(text.at + 2 + length, "}}", 2) == 0)
            return &values[i];
    }
    return NULL;
}

enum err form_fill(struct buf *to, struct slice text, const struct form_value *values, size_t n)
{
    while (text.n > 0) {
        const char *at = memchr(text.at, '{', text.n);
        size_t before = at == NULL ? text.n : (size_t)(at - text.at);
        (void)buf_add(to, (struct slice){text.at, before});
        text = (struct slice){text.at + before, text.n - before};
        if (at == NULL)
            break;
        const struct form_value *v = find_value(text, values, n);
        size_t length = v == NULL ? 1 : strlen(v->name) + 4;
        (void)buf_add(to, v == NULL ? (struct slice){text.at, length} : v->value);
        text = (struct slice){text.at + length, text.n - length};
    }
    return to->state;
}
