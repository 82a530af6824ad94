#include "term.h"

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

enum err term_ask(struct term *t, const char *prompt, struct buf *ret_line)
{
    int c;
    size_t n = 0;

    buf_reset(ret_line);
    (void)buf_puts(ret_line, "");
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
