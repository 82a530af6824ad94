#include "term_edit_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HISTORY_LINES 500

struct term_edit *edit_of(EditLine *el)
{
    void *e = NULL;

    (void)el_wget(el, EL_CLIENTDATA, &e);
    return e;
}

static wchar_t *show_prompt(EditLine *el)
{
    return edit_of(el)->prompt;
}

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
           el_wset(e->el, EL_GETCFN, edit_next_key) == 0 && edit_bind_keys(e->el) &&
           set_terminal(e->el);
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
    buf_init(&e->listing, EDIT_LISTING_MAX);
    locale_t was = uselocale(e->utf8);
    bool ok = signals_catch(&e->signals) == ERR_OK && start_libedit(e);
    (void)uselocale(was);
    if (ok)
        return e;
    edit_free(e);
    return NULL;
}

static void remember_loaded(void *arg, const char *line)
{
    (void)edit_remember(arg, line);
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
