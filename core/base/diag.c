#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

void diag_set(struct diag *why, size_t offset, const char *fmt, ...)
{
    va_list ap;

    if (why == NULL)
        return;
    why->offset = offset;
    va_start(ap, fmt);
    if (vsnprintf(why->text, sizeof why->text, fmt, ap) < 0)
        why->text[0] = '\0';
    va_end(ap);
    text_defuse(why->text);
}
