#include "term.h"

#include <sys/ioctl.h>

#include "base/clock.h"
#include "term_edit.h"

static void show(const struct term *t, const char *prompt)
{
    if (prompt == NULL || t->out == NULL)
        return;
    (void)fputs(prompt, t->out);
    if (!t->is_interactive)
        (void)fputc('\n', t->out);
    (void)fflush(t->out);
}

/** Tabs separate words as blanks do. A NUL would end the line for everybody else; any control byte
 *  in its place is refused wherever it matters. */
static char plain(int c)
{
    if (c == '\t')
        return ' ';
    if (c == '\0')
        return '\x01';
    return (char)c;
}

static enum err read_plain(struct term *t, const char *prompt, struct buf *ret_line)
{
    int c;
    size_t n = 0;

    show(t, prompt);
    while ((c = fgetc(t->in)) != EOF && c != '\n') {
        n++;
        if (n <= TERM_LINE_MAX)
            (void)buf_putc(ret_line, plain(c));
    }
    if (c == EOF && n == 0) {
        if (t->is_interactive && t->out != NULL)
            (void)fputc('\n', t->out);
        return ERR_NOTFOUND;
    }
    if (n > TERM_LINE_MAX)
        return ERR_LIMIT;
    if (ret_line->n > 0 && ret_line->text[ret_line->n - 1] == '\r') /* CR LF */
        ret_line->text[--ret_line->n] = '\0';
    return ret_line->state;
}

static enum err read_line(struct term *t, const char *prompt, bool is_command, struct buf *ret_line)
{
    buf_reset(ret_line);
    (void)buf_puts(ret_line, "");
    if (t->edit != NULL)
        return edit_line(t->edit, prompt, is_command, ret_line);
    return read_plain(t, prompt, ret_line);
}

enum err term_read(struct term *t, const char *prompt, struct buf *ret_line)
{
    signals_forget_interrupt();
    return read_line(t, prompt, true, ret_line);
}

enum err term_ask(struct term *t, const char *prompt, struct buf *ret_line)
{
    return read_line(t, prompt, false, ret_line);
}

int term_key(struct term *t, const char *prompt)
{
    return t->edit == NULL ? -1 : edit_key(t->edit, prompt);
}

void term_size(const struct term *t, unsigned *ret_rows, unsigned *ret_columns)
{
    struct winsize size = {0, 0, 0, 0};

    *ret_rows = 24;
    *ret_columns = 80;
    if (t->out == NULL || ioctl(fileno(t->out), TIOCGWINSZ, &size) != 0)
        return;
    if (size.ws_row > 0)
        *ret_rows = size.ws_row;
    if (size.ws_col > 0)
        *ret_columns = size.ws_col;
}

bool term_wait(struct term *t, long long ms)
{
    long long end_ms = clock_monotonic_ms() + (ms < 0 ? 0 : ms);
    enum wake w;

    (void)t;
    while ((w = signals_wait(-1, end_ms)) == WAKE_REDRAW) {
        /* the next line is drawn for the new size anyway */
    }
    return w == WAKE_IDLE;
}

bool term_is_interrupted(const struct term *t)
{
    (void)t;
    return signals_interrupted();
}
