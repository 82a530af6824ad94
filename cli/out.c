#include "out.h"

#include <stdarg.h>
#include <stdlib.h>

#define CAPTURE_MAX (16U << 20) /* bytes: far over the longest list */

void out_init(struct out *o, FILE *to, bool is_captured)
{
    o->to = to;
    o->is_captured = is_captured;
    buf_init(&o->captured, CAPTURE_MAX);
}

void out_clear(struct out *o)
{
    buf_clear(&o->captured);
}

void out_printf(struct out *o, const char *fmt, ...)
{
    va_list ap;
    char text[2048];

    va_start(ap, fmt);
    if (o->is_captured) {
        (void)vsnprintf(text, sizeof text, fmt, ap);
        (void)buf_puts(&o->captured, text);
    } else {
        (void)vfprintf(o->to, fmt, ap);
    }
    va_end(ap);
}
