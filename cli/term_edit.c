#include "term_edit_inside.h"

#include <stdlib.h>
#include <string.h>

#define CTRL_D 0x04

/** libedit draws one line: what comes before it in a prompt is printed as it is. */
static void set_prompt(struct term_edit *e, const char *prompt)
{
    const char *last = prompt == NULL ? NULL : strrchr(prompt, '\n');

    e->prompt[0] = L'\0';
    if (last != NULL)
        (void)fprintf(e->t->out, "%.*s", (int)(last + 1 - prompt), prompt);
    wchar_t *wide =
        prompt == NULL ? NULL : keys_widen(last == NULL ? prompt : last + 1, EDIT_PROMPT_MAX);
    if (wide != NULL)
        (void)wcsncpy(e->prompt, wide, EDIT_PROMPT_MAX);
    free(wide);
}

bool edit_remember(struct term_edit *e, const char *line)
{
    HistEventW event;
    wchar_t *wide = keys_widen(line, TERM_LINE_MAX);
    bool is_new = wide != NULL &&
                  (history_w(e->commands, &event, H_FIRST) < 0 || wcscmp(event.str, wide) != 0);

    if (is_new)
        (void)history_w(e->commands, &event, H_ENTER, wide);
    free(wide);
    return is_new;
}

static void remember_typed(struct term_edit *e, const char *line)
{
    bool is_blank = line[strspn(line, " ")] == '\0';

    if (!is_blank && edit_remember(e, line) && e->history >= 0)
        history_append(e->history, line);
}

static enum err read_edited(struct term_edit *e, struct buf *ret_line)
{
    int n = 0;
    const wchar_t *line = el_wgets(e->el, &n);

    if (e->end != ERR_OK)
        return e->end;
    if (line == NULL || n <= 0) /* the terminal is gone */
        return ERR_NOTFOUND;
    keys_narrow(line, (size_t)n - (line[n - 1] == L'\n' ? 1 : 0), ret_line);
    return ret_line->state;
}

enum err edit_line(struct term_edit *e, const char *prompt, bool is_command, struct buf *ret_line)
{
    unsigned rows = 0;

    if (e->is_idle)
        return ERR_TIMEOUT;
    locale_t was = uselocale(e->utf8);
    e->is_command = is_command;
    e->end = ERR_OK;
    term_size(e->t, &rows, &e->columns);
    set_prompt(e, prompt);
    (void)el_wset(e->el, EL_HIST, history_w, is_command ? e->commands : e->none);
    (void)el_wset(e->el, EL_PREP_TERM, 1); /* before the prompt: keys that answer it are keys */
    enum err err = read_edited(e, ret_line);
    if (err == ERR_OK && is_command)
        remember_typed(e, buf_text(ret_line));
    (void)uselocale(was);
    return err;
}

/** Only blanks and returns, which every terminal knows; cut so that it never wraps. */
static int show_for_key(struct term_edit *e, const char *prompt)
{
    unsigned rows = 0;
    unsigned columns = 0;
    int n = (int)strnlen(prompt, EDIT_PROMPT_MAX);

    term_size(e->t, &rows, &columns);
    n = n < (int)columns ? n : (int)columns - 1;
    (void)fprintf(e->t->out, "%.*s", n, prompt);
    (void)fflush(e->t->out);
    return n;
}

int edit_key(struct term_edit *e, const char *prompt)
{
    wchar_t key = L'\0';
    locale_t was = uselocale(e->utf8);

    e->end = e->is_idle ? ERR_TIMEOUT : ERR_OK;
    (void)el_wset(e->el, EL_PREP_TERM, 1);
    int n = show_for_key(e, prompt == NULL ? "" : prompt);
    while (e->end == ERR_OK && !keys_take(&e->keys, &key))
        (void)edit_wait_byte(e);
    (void)fprintf(e->t->out, "\r%*s\r", n, "");
    (void)fflush(e->t->out);
    (void)el_wset(e->el, EL_PREP_TERM, 0);
    (void)uselocale(was);
    if (e->end != ERR_OK || key == CTRL_D)
        return -1;
    if (key == L'\r')
        return '\n';
    return key < 0x80 ? (int)key : 0;
}
