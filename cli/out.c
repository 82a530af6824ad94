#include "out.h"

#include <stdarg.h>
#include <stdlib.h>

#define CAPTURE_MAX (16U << 20) /* bytes: far over the longest list */
#define TEXT_MAX    1024        /* bytes of most calls */

static void begin_page(struct out *o)
{
    term_size(o->pager, &o->rows_left, &o->columns);
    o->rows_left = o->rows_left > 1 ? o->rows_left - 1 : 1; /* the last one is the pager's own */
}

void out_init(struct out *o, FILE *to, bool is_captured, struct term *pager)
{
    *o = (struct out){.to = to, .is_captured = is_captured, .pager = pager};
    buf_init(&o->captured, CAPTURE_MAX);
    if (pager != NULL)
        begin_page(o);
}

void out_clear(struct out *o)
{
    buf_clear(&o->captured);
}

/** The screen is full: what now? @source the platform's prompt, docs/fidelity.md#shell */
static void ask_at_page_end(struct out *o)
{
    for (;;) {
        switch (
            term_key(o->pager, "Press <enter> for 1 line, <space> for one page, or <q> to quit")) {
        case '\r':
        case '\n':
            o->rows_left = 1;
            return;
        case ' ':
            begin_page(o);
            return;
        case 'q':
        case -1:
            o->is_cut = true;
            return;
        default: /* another key says nothing */
            break;
        }
    }
}

/** One byte to the screen; a line longer than the screen is wide takes several of its rows. UTF-8's
 *  continuation bytes take no room. */
static void put_paged(struct out *o, char c)
{
    if (!o->is_cut && o->rows_left == 0 && o->column == 0)
        ask_at_page_end(o);
    if (o->is_cut)
        return;
    (void)fputc(c, o->to);
    if (((unsigned char)c & 0xc0) != 0x80)
        o->column++;
    if (c == '\n' || o->column > o->columns) {
        o->column = c == '\n' ? 0 : 1;
        o->rows_left -= o->rows_left > 0 ? 1 : 0;
    }
}

static void put(struct out *o, const char *text)
{
    if (o->is_captured)
        (void)buf_puts(&o->captured, text);
    for (const char *p = text; o->pager != NULL && *p != '\0'; p++)
        put_paged(o, *p);
}

/** A text that is longer than most. */
__attribute__((format(printf, 2, 0))) static void put_long(struct out *o, const char *fmt,
                                                           va_list ap, size_t bytes)
{
    char *text = malloc(bytes + 1);

    if (text == NULL) {
        o->captured.state = ERR_NOMEM;
        return;
    }
    (void)vsnprintf(text, bytes + 1, fmt, ap);
    put(o, text);
    free(text);
}

void out_printf(struct out *o, const char *fmt, ...)
{
    va_list ap;
    va_list again;
    char text[TEXT_MAX];

    va_start(ap, fmt);
    va_copy(again, ap);
    if (!o->is_captured && o->pager == NULL) {
        (void)vfprintf(o->to, fmt, ap);
    } else {
        int n = vsnprintf(text, sizeof text, fmt, ap);
        if (n >= (int)sizeof text)
            put_long(o, fmt, again, (size_t)n);
        else
            put(o, text);
    }
    va_end(again);
    va_end(ap);
}

/** jansson escapes every other control character. */
static int write_json(const char *bytes, size_t n, void *to)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] == 0x7f)
            (void)fputs("\\u007F", to);
        else
            (void)fputc(bytes[i], to);
    return ferror(to) == 0 ? 0 : -1;
}

bool out_json_line(FILE *to, json_t *value, size_t flags)
{
    int rc = json_dump_callback(value, write_json, to, JSON_COMPACT | JSON_ENSURE_ASCII | flags);

    json_decref(value);
    return fputc('\n', to) != EOF && rc == 0;
}
