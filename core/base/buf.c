#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max_bytes)
{
    *b = (struct buf){.max = max_bytes};
}

void buf_clear(struct buf *b)
{
    free(b->text);
    buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->state = ERR_OK;
    if (b->text != NULL)
        b->text[0] = '\0';
}

/** With room for the terminator. */
enum err buf_reserve(struct buf *b, size_t more)
{
    if (b->state != ERR_OK)
        return b->state;
    if (more > b->max - b->n)
        return b->state = ERR_LIMIT;
    size_t need = b->n + more + 1;
    if (need <= b->room)
        return ERR_OK;
    size_t room = b->room < 64 ? 64 : b->room;
    while (room < need)
        room *= 2;
    char *text = realloc(b->text, room);
    if (text == NULL)
        return b->state = ERR_NOMEM;
    b->text = text;
    b->room = room;
    b->text[b->n] = '\0';
    return ERR_OK;
}

enum err buf_add(struct buf *b, struct slice s)
{
    enum err e = buf_reserve(b, s.n);
    if (e != ERR_OK)
        return e;
    assert(b->text != NULL);
    if (s.n > 0)
        memcpy(b->text + b->n, s.at, s.n);
    b->n += s.n;
    b->text[b->n] = '\0';
    return ERR_OK;
}

enum err buf_puts(struct buf *b, const char *text)
{
    return buf_add(b, slice_of(text));
}

enum err buf_putc(struct buf *b, char c)
{
    return buf_add(b, (struct slice){&c, 1});
}

enum err buf_add_all(struct buf *b, const struct slice *pieces, size_t n)
{
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++)
        bytes += pieces[i].n;
    enum err e = buf_reserve(b, bytes);
    for (size_t i = 0; e == ERR_OK && i < n; i++)
        e = buf_add(b, pieces[i]);
    return e;
}

enum err buf_put_number(struct buf *b, unsigned long n)
{
    char digits[20]; /* of 2^64 */
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return buf_add(b, (struct slice){digits + at, sizeof digits - at});
}

enum err buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return b->state = ERR_LIMIT;
    enum err e = buf_reserve(b, (size_t)n);
    if (e != ERR_OK)
        return e;
    va_start(ap, fmt);
    (void)vsnprintf(b->text + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
    return ERR_OK;
}

const char *buf_text(const struct buf *b)
{
    return b->text == NULL ? "" : b->text;
}

char *buf_take(struct buf *b)
{
    if (b->text == NULL)
        (void)buf_puts(b, "");
    char *text = b->state == ERR_OK ? b->text : NULL;
    if (text == NULL)
        free(b->text);
    buf_init(b, b->max);
    return text;
}
