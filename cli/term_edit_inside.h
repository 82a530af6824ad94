#ifndef CUICSIM_CLI_TERM_EDIT_INSIDE_H
#define CUICSIM_CLI_TERM_EDIT_INSIDE_H

#include <locale.h>
#include <termios.h>
#include <wchar.h>

#include <histedit.h>

#include "term_edit.h"

/* What the term_edit*.c files share; nobody else includes it, nor <histedit.h>. */

#define EDIT_PROMPT_MAX  256   /* characters of a prompt's last line */
#define EDIT_LISTING_MAX 65536 /* bytes */

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
    wchar_t prompt[EDIT_PROMPT_MAX + 1];
    bool is_command;  /* completion, history */
    bool is_idle;     /* nobody typed for too long: nothing is read any more */
    enum err end;     /* why the line ends without Enter; ERR_OK: it does not */
    bool has_listing; /* Tab was pressed; the cursor is on its way to the end of the line */
    struct buf listing;
    int cursor_back;  /* characters from the end to where the cursor was */
    unsigned columns; /* of the screen that the line was drawn on */
};

/** Whose line it is, for what libedit calls. */
struct term_edit *edit_of(EditLine *el);

/** Put a line behind the earlier ones, unless it is the latest of them.
 * @return whether it is another */
bool edit_remember(struct term_edit *e, const char *line);

/* --- term_edit_input.c: where keys come from --------------------------------------------------*/

/** Wait for a byte, or for a reason to end. @return whether the screen is to be drawn anew */
bool edit_wait_byte(struct term_edit *e);

/** Where libedit gets its keys (EL_GETCFN). Whatever ends a line early does so as Enter would,
 *  which leaves the cursor on a fresh line; `end` tells what it really was.
 * @return 1: there always is a key */
int edit_next_key(EditLine *el, wchar_t *ret);

/** Bind the keys of our own. @return whether libedit took them all */
bool edit_bind_keys(EditLine *el);

#endif
