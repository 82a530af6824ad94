#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MAX_BYTES 1024

static enum log_level current = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    current = level;
}

enum log_level log_get_level(void)
{
    return current;
}

void log_write(enum log_level level, const char *fmt, ...)
{
    static const char *const name[] = {"error", "warning", "info", "debug"};
    char line[LINE_MAX_BYTES];
    va_list ap;

    if (level > current)
        return;
    int head = snprintf(line, sizeof line, "%s: ", name[level]);
    va_start(ap, fmt);
    (void)vsnprintf(line + head, sizeof line - (size_t)head - 1, fmt, ap);
    va_end(ap);
    text_defuse(line);
    size_t n = strlen(line);
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, n) < 0)
        return; /* nothing can be done about a log that cannot be written */
}
