#ifndef CUICSIM_CLI_TERM_EDIT_H
#define CUICSIM_CLI_TERM_EDIT_H

#include <wchar.h>

#include "term.h"

/* What term.c and the files behind it (term_edit*.c, term_keys.c, term_history.c, term_signals.c)
 * share; nobody else includes this. */

/** Reading with editing, for a term whose `edit` is not NULL; as term_read, term_ask, term_key. */
enum err edit_line(struct term_edit *e, const char *prompt, bool is_command, struct buf *ret_line);
int edit_key(struct term_edit *e, const char *prompt);

/* --- signals ----------------------------------------------------------------------------------*/

#define SIGNALS_CAUGHT 5

struct signals {
    struct sigaction *was; /* what they did before, SIGNALS_CAUGHT of them; NULL: not caught */
};

/** Catch SIGINT, SIGTERM, SIGHUP, SIGWINCH and SIGCONT; those that are ignored stay so.
 * @return ERR_OK, ERR_NOMEM */
enum err signals_catch(struct signals *s);
void signals_release(struct signals *s);

enum wake {
    WAKE_INPUT,       /* something can be read, were it the end of input */
    WAKE_IDLE,        /* the time is over */
    WAKE_INTERRUPTED, /* SIGINT came; until signals_forget_interrupt */
    WAKE_END,         /* SIGTERM or SIGHUP came; stays so */
    WAKE_REDRAW       /* the screen's size changed, or another program may have written on it */
};

/** Wait for one of these; signals that came before count, none is lost in between.
 * @param fd           to read from; -1 for none
 * @param deadline_ms  by clock_monotonic_ms; -1 for none */
enum wake signals_wait(int fd, long long deadline_ms);

bool signals_interrupted(void);
void signals_interrupt(void); /* Ctrl-C arrived as a key */
void signals_forget_interrupt(void);

/* --- keys: bytes of a terminal become keys of the line editor; pure --------------------------*/

#define KEY_DELETE       0x80 /* C1 controls are never handed out as text */
#define KEY_REPLACEMENT  0xfffd
#define KEY_SEQUENCE_MAX 16

struct keys {
    mbstate_t partial;
    char sequence[KEY_SEQUENCE_MAX + 1]; /* an escape sequence that has begun, from its ESC on */
    size_t n_sequence;                   /* counts on when it is longer */
    bool is_quoted;
    bool is_paste; /* between the marks of a bracketed paste */
    wchar_t ready[4];
    size_t n_ready;
};

/** Take a byte; take every key that is ready before the next one. Cursor keys become the control
 *  characters that mean the same; other escape sequences vanish, so that a pasted one garbles
 *  nothing. NUL, C1 controls and what is not UTF-8 become KEY_REPLACEMENT. LC_CTYPE must be UTF-8.
 */
void keys_feed(struct keys *k, unsigned char byte);
bool keys_take(struct keys *k, wchar_t *ret);

/** @return at most `max` characters of it, to be freed; NULL: no memory. What is not UTF-8 becomes
 *  KEY_REPLACEMENT. */
wchar_t *keys_widen(const char *text, size_t max);

/** Append the characters as UTF-8, plain as the lines of a script: see term_read. */
void keys_narrow(const wchar_t *from, size_t n, struct buf *to);

/* --- the file of earlier lines ----------------------------------------------------------------*/

/** Open, make or mend the file. @return a descriptor; -1 when there is to be no history: the
 *  folder cannot be written, or it is a link, or no plain file. */
int history_open(const char *path);

/** Hand over the lines, oldest first. Failures end it early: history is a comfort. */
void history_load(int fd, void (*each)(void *arg, const char *line), void *arg);

/** Append a line at once: sessions side by side keep each other's. Makes room when the file is
 *  large; a line too long to be worth it is left away. */
void history_append(int fd, const char *line);

#endif
