#include "term_edit.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <histedit.h>

#include "base/auto.h"
#include "base/clock.h"

#define HISTORY_LINES 500
#define PROMPT_MAX    256   /* characters of a prompt's last line */
#define LISTING_MAX   65536 /* bytes */
#define CTRL_C        0x03
#define CTRL_D        0x04
#define KEY_END       L'\0' /* nothing that is typed: see struct keys */

struct term_edit {
    struct term *t;
    EditLine *el;
    HistoryW *commands;
    HistoryW *none;       /* always empty: for the answers within a command */
    int history;          /* descriptor of the file; -1: none */
    FILE *complaints;     /* where libedit speaks of an unknown TERM */
    locale_t utf8;        /* only while libedit works; the rest of the program stays in "C" */
    struct termios found; /* the terminal's settings, to be put back */
    struct signals signals;
    struct keys keys;
    wchar_t prompt[PROMPT_MAX + 1];
    bool is_command;  /* completion, history */
    bool is_idle;     /* nobody typed for too long: nothing is read any more */
    enum err end;     /* why the line ends without Enter; ERR_OK: it does not */
    bool has_listing; /* Tab was pressed; the cursor is on its way to the end of the line */
    struct buf listing;
    int cursor_back;  /* characters from the end to where the cursor was */
    unsigned columns; /* of the screen that the line was drawn on */
};

static struct term_edit *edit_of(EditLine *el)
{
    void *e = NULL;

    (void)el_wget(el, EL_CLIENTDATA, &e);
    return e;
}

static size_t line_length(struct term_edit *e)
{
    const LineInfoW *line = el_wline(e->el);

    return (size_t)(line->lastchar - line->buffer);
}

/* --- keys -------------------------------------------------------------------------------------*/

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

/** Wait for a byte, or for a reason to end. @return whether the screen is to be drawn anew */
static bool wait_byte(struct term_edit *e)
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
    if (wait_byte(e))
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

/** Where libedit gets its keys. Whatever ends a line early does so as Enter would, which leaves
 *  the cursor on a fresh line; `end` tells what it really was. KEY_END is no text, so it leaves
 *  every mode of the editor as well. */
static int next_key(EditLine *el, wchar_t *ret)
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
    buf_init(&c.listing, LISTING_MAX);
    complete(e, &c);
    take_completion(e, &c);
    buf_clear(&c.insert);
    buf_clear(&c.listing);
    return CC_REFRESH;
}

static wchar_t *show_prompt(EditLine *el)
{
    return edit_of(el)->prompt;
}

/* --- lines ------------------------------------------------------------------------------------*/

/** libedit draws one line: what comes before it in a prompt is printed as it is. */
static void set_prompt(struct term_edit *e, const char *prompt)
{
    const char *last = prompt == NULL ? NULL : strrchr(prompt, '\n');

    e->prompt[0] = L'\0';
    if (last != NULL)
        (void)fprintf(e->t->out, "%.*s", (int)(last + 1 - prompt), prompt);
    wchar_t *wide =
        prompt == NULL ? NULL : keys_widen(last == NULL ? prompt : last + 1, PROMPT_MAX);
    if (wide != NULL)
        (void)wcsncpy(e->prompt, wide, PROMPT_MAX);
    free(wide);
}

/** @return whether the line is another than the one before */
static bool remember(struct term_edit *e, const char *line)
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

static void remember_loaded(void *arg, const char *line)
{
    (void)remember(arg, line);
}

static void remember_typed(struct term_edit *e, const char *line)
{
    bool is_blank = line[strspn(line, " ")] == '\0';

    if (!is_blank && remember(e, line) && e->history >= 0)
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
    int n = (int)strnlen(prompt, PROMPT_MAX);

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
        (void)wait_byte(e);
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

/* --- start and end ----------------------------------------------------------------------------*/

static void end_libedit(struct term_edit *e)
{
    if (e->el != NULL) {
        (void)el_wset(e->el, EL_PREP_TERM, 0);
        /* el_end would throw away what is typed ahead; we put back the settings ourselves. */
        (void)el_wset(e->el, EL_EDITMODE, 0);
        el_end(e->el);
        while (tcsetattr(fileno(e->t->in), TCSADRAIN, &e->found) != 0 && errno == EINTR) {
            /* once more */
        }
    }
    if (e->commands != NULL)
        history_wend(e->commands);
    if (e->none != NULL)
        history_wend(e->none);
}

static void edit_free(struct term_edit *e)
{
    if (e == NULL)
        return;
    locale_t was = uselocale(e->utf8);
    end_libedit(e);
    (void)uselocale(was);
    if (e->complaints != NULL)
        (void)fclose(e->complaints);
    if (e->history >= 0)
        (void)close(e->history);
    if (e->utf8 != LC_GLOBAL_LOCALE)
        freelocale(e->utf8);
    buf_clear(&e->listing);
    signals_release(&e->signals);
    free(e);
}

/** No signals while a line is edited, no echo while a command runs: what is typed ahead is shown
 *  when its turn comes. Neither Ctrl-Z nor Ctrl-\ stops the shell. */
static bool set_terminal(EditLine *el)
{
    return el_wset(el, EL_SETTY, L"-d", L"-isig", NULL) == 0 &&
           el_wset(el, EL_SETTY, L"-x", L"-icanon", L"-echo", L"susp=", L"quit=", NULL) == 0;
}

/** Keys of our own. Not the editor's command line (Alt-X), nor counts (Alt-5, which could make a
 *  line of millions of characters), nor the incremental search, which calls itself at each key. */
static bool set_keys(EditLine *el)
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

static HistoryW *new_history(void)
{
    HistoryW *h = history_winit();
    HistEventW event;

    if (h == NULL)
        return NULL;
    if (history_w(h, &event, H_SETSIZE, HISTORY_LINES) >= 0)
        return h;
    history_wend(h);
    return NULL;
}

static bool start_libedit(struct term_edit *e)
{
    FILE *out = e->t->out;

    e->commands = new_history();
    e->none = new_history();
    e->complaints = fopen("/dev/null", "we");
    e->el = el_init("cuicsim-cli", e->t->in, out, e->complaints == NULL ? out : e->complaints);
    return e->el != NULL && e->commands != NULL && e->none != NULL &&
           el_wset(e->el, EL_CLIENTDATA, e) == 0 && el_wset(e->el, EL_EDITOR, L"emacs") == 0 &&
           el_wset(e->el, EL_PROMPT, show_prompt) == 0 &&
           el_wset(e->el, EL_GETCFN, next_key) == 0 && set_keys(e->el) && set_terminal(e->el);
}

/** The C.UTF-8 of every Debian treats letters as "C" does; another UTF-8 is better than none. */
static locale_t utf8_locale(void)
{
    locale_t l = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    if (l == (locale_t)0)
        l = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    return l == (locale_t)0 ? LC_GLOBAL_LOCALE : l;
}

static struct term_edit *edit_new(struct term *t, const struct termios *found)
{
    struct term_edit *e = calloc(1, sizeof *e);

    if (e == NULL)
        return NULL;
    e->t = t;
    e->found = *found;
    e->history = -1;
    e->utf8 = utf8_locale();
    buf_init(&e->listing, LISTING_MAX);
    locale_t was = uselocale(e->utf8);
    bool ok = signals_catch(&e->signals) == ERR_OK && start_libedit(e);
    (void)uselocale(was);
    if (ok)
        return e;
    edit_free(e);
    return NULL;
}

enum err term_open_edit(struct term *t, const char *history)
{
    struct termios found;
    const char *name = getenv("TERM");

    if (t->out == NULL || isatty(fileno(t->in)) != 1 || isatty(fileno(t->out)) != 1 ||
        tcgetattr(fileno(t->in), &found) != 0)
        return ERR_OK;
    if (name != NULL && strcmp(name, "emacs") == 0) /* edits lines itself; libedit keeps out */
        return ERR_OK;
    t->edit = edit_new(t, &found);
    if (t->edit == NULL)
        return ERR_NOMEM;
    struct term_edit *e = t->edit;
    e->history = history == NULL ? -1 : history_open(history);
    if (e->history >= 0) {
        locale_t was = uselocale(e->utf8);
        history_load(e->history, remember_loaded, e);
        (void)uselocale(was);
    }
    return ERR_OK;
}

void term_close(struct term *t)
{
    edit_free(t->edit);
    t->edit = NULL;
}
