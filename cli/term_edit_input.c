#include "term_edit_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define CTRL_C  0x03
#define KEY_END L'\0' /* nothing that is typed: see struct keys */

static size_t line_length(struct term_edit *e)
{
    const LineInfoW *line = el_wline(e->el);

    return (size_t)(line->lastchar - line->buffer);
}

/* --- bytes ------------------------------------------------------------------------------------*/

static bool is_interrupt_key(const struct term_edit *e, unsigned char byte)
{
    cc_t own = e->found.c_cc[VINTR];

    return byte == CTRL_C || (own != _POSIX_VDISABLE && byte == own);
}

static void take_byte(struct term_edit *e)
{
    unsigned char byte = 0;
    ssize_t n = read(fileno(e->t->in), &byte, 1);

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        e->end = ERR_NOTFOUND;
    } else if (is_interrupt_key(e, byte)) {
        e->keys = (struct keys){.n_ready = 0};
        signals_interrupt();
        e->end = ERR_INTERRUPTED;
    } else {
        keys_feed(&e->keys, byte);
    }
}

/** The terminal may have got other rows and columns, or, after a stop, other settings. A line of
 *  one row is drawn over itself; of several, nobody knows where they went: they are drawn anew. */
static void redraw(struct term_edit *e)
{
    unsigned rows = 0;
    size_t n = line_length(e) + wcslen(e->prompt);

    (void)el_wset(e->el, EL_PREP_TERM, 0);
    (void)el_wset(e->el, EL_PREP_TERM, 1);
    (void)fputc(n < e->columns ? '\r' : '\n', e->t->out);
    el_resize(e->el);
    (void)el_wset(e->el, EL_REFRESH);
    term_size(e->t, &rows, &e->columns);
}

/** After Ctrl-S all that we still have to write would wait for a Ctrl-Q, and the end with it. */
static void undo_stop(const struct term_edit *e)
{
    struct termios now;

    if (tcgetattr(fileno(e->t->in), &now) != 0)
        return;
    now.c_iflag &= ~(tcflag_t)IXON;
    (void)tcsetattr(fileno(e->t->in), TCSANOW, &now);
}

bool edit_wait_byte(struct term_edit *e)
{
    long long idle_ms = (long long)e->t->idle_s * 1000;

    switch (signals_wait(fileno(e->t->in), idle_ms == 0 ? -1 : clock_monotonic_ms() + idle_ms)) {
    case WAKE_INPUT:
        take_byte(e);
        break;
    case WAKE_IDLE:
        e->is_idle = true;
        e->end = ERR_TIMEOUT;
        break;
    case WAKE_INTERRUPTED:
        e->end = ERR_INTERRUPTED;
        break;
    case WAKE_END:
        undo_stop(e);
        e->end = ERR_NOTFOUND;
        break;
    case WAKE_REDRAW:
        return true;
    }
    return false;
}

static void wait_byte_in_line(struct term_edit *e)
{
    if (edit_wait_byte(e))
        redraw(e);
}

/** Too long a line is read to its end, and forgotten. */
static void skip_line(struct term_edit *e)
{
    wchar_t c = L'\0';

    while (e->end == ERR_OK) {
        if (!keys_take(&e->keys, &c))
            wait_byte_in_line(e);
        else if (c == L'\n' || c == L'\r')
            e->end = ERR_LIMIT;
    }
}

/** The cursor stands at the end of the line by now, whose last row may be far below. */
static void show_listing(struct term_edit *e)
{
    FILE *out = e->t->out;
    bool is_ended = e->listing.n == 0 || e->listing.text[e->listing.n - 1] == '\n';

    e->has_listing = false;
    (void)fprintf(out, "\n%s%s", buf_text(&e->listing), is_ended ? "" : "\n");
    (void)el_cursor(e->el, -e->cursor_back);
    (void)el_wset(e->el, EL_REFRESH);
}

/** KEY_END is no text, so it leaves every mode of the editor as well. */
int edit_next_key(EditLine *el, wchar_t *ret)
{
    struct term_edit *e = edit_of(el);

    if (e->has_listing)
        show_listing(e);
    if (line_length(e) > TERM_LINE_MAX)
        skip_line(e);
    while (e->end == ERR_OK && !keys_take(&e->keys, ret))
        wait_byte_in_line(e);
    if (e->end != ERR_OK)
        *ret = KEY_END;
    return 1;
}

/* --- keys of our own --------------------------------------------------------------------------*/

/** Ctrl-D: the end on an empty line, else the character under the cursor goes. */
static unsigned char key_end(EditLine *el, wint_t key)
{
    const LineInfoW *line = el_wline(el);

    (void)key;
    if (line->lastchar == line->buffer) {
        edit_of(el)->end = ERR_NOTFOUND;
        return CC_NORM;
    }
    if (line->cursor == line->lastchar)
        return CC_ERROR;
    (void)el_cursor(el, 1);
    el_deletestr(el, 1);
    return CC_REFRESH;
}

static void complete(struct term_edit *e, struct completion *c)
{
    const LineInfoW *line = el_wline(e->el);
    struct buf typed;

    buf_init(&typed, TERM_LINE_MAX);
    keys_narrow(line->buffer, (size_t)(line->cursor - line->buffer), &typed);
    if (typed.state == ERR_OK) {
        locale_t ours = uselocale(LC_GLOBAL_LOCALE);
        e->t->complete(e->t->complete_arg, buf_text(&typed), c);
        (void)uselocale(ours);
    }
    buf_clear(&typed);
}

/** A list is shown by show_listing, once the cursor has been drawn at the end of the line. */
static void take_completion(struct term_edit *e, const struct completion *c)
{
    wchar_t *insert = keys_widen(buf_text(&c->insert), TERM_LINE_MAX);

    if (insert != NULL && insert[0] != L'\0')
        (void)el_winsertstr(e->el, insert);
    free(insert);
    if (c->insert.n > 0 && c->listing.n == 0)
        return;
    const LineInfoW *line = el_wline(e->el);
    buf_reset(&e->listing);
    (void)buf_puts(&e->listing, buf_text(&c->listing));
    e->has_listing = true;
    e->cursor_back = (int)(line->lastchar - line->cursor);
    (void)el_cursor(e->el, e->cursor_back);
}

static unsigned char key_tab(EditLine *el, wint_t key)
{
    struct term_edit *e = edit_of(el);
    struct completion c;

    (void)key;
    if (!e->is_command || e->t->complete == NULL)
        return el_winsertstr(el, L" ") == 0 ? CC_REFRESH : CC_ERROR;
    buf_init(&c.insert, TERM_LINE_MAX);
    buf_init(&c.listing, EDIT_LISTING_MAX);
    complete(e, &c);
    take_completion(e, &c);
    buf_clear(&c.insert);
    buf_clear(&c.listing);
    return CC_REFRESH;
}

/** Keys of our own. Not the editor's command line (Alt-X), nor counts (Alt-5, which could make a
 *  line of millions of characters), nor the incremental search, which calls itself at each key. */
bool edit_bind_keys(EditLine *el)
{
    wchar_t digit[] = L"^[0";
    bool ok = el_wset(el, EL_ADDFN, L"cuicsim-end", L"End, or delete", key_end) == 0 &&
              el_wset(el, EL_ADDFN, L"cuicsim-tab", L"Complete", key_tab) == 0 &&
              el_wset(el, EL_BIND, L"^D", L"cuicsim-end", NULL) == 0 &&
              el_wset(el, EL_BIND, L"^I", L"cuicsim-tab", NULL) == 0 &&
              el_wset(el, EL_BIND, L"^@", L"ed-newline", NULL) == 0 && /* KEY_END */
              el_wset(el, EL_BIND, L"\x80", L"ed-delete-next-char", NULL) == 0 &&
              el_wset(el, EL_BIND, L"^R", L"ed-search-prev-history", NULL) == 0 &&
              el_wset(el, EL_BIND, L"^[x", L"ed-unassigned", NULL) == 0 &&
              el_wset(el, EL_BIND, L"^[X", L"ed-unassigned", NULL) == 0;

    for (; ok && digit[2] <= L'9'; digit[2]++)
        ok = el_wset(el, EL_BIND, digit, L"ed-unassigned", NULL) == 0;
    return ok;
}
