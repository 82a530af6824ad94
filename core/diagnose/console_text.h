#ifndef CUICSIM_CONSOLE_TEXT_H
#define CUICSIM_CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "mistake.h"

/** Which browser writes a line. */
enum console_browser { CONSOLE_CHROMIUM, CONSOLE_FIREFOX, CONSOLE_ANY };
const char *console_browser_name(enum console_browser b); /* "Chromium", "Firefox", "Any browser" */

/** What a line tells beside its URL, and where that stands. */
enum console_detail {
    DETAIL_NONE,
    DETAIL_METHOD,       /* the word before */
    DETAIL_HEADER,       /* the word before, perhaps in quotes */
    DETAIL_HEADER_AFTER, /* in quotes behind */
    DETAIL_VALUE,        /* of a header of the answer: in quotes before */
    DETAIL_VALUE_AFTER
};

/** One message of a browser's console. */
struct console_row {
    const char *code; /* Chromium's name of the error where it has one; else our own */
    enum console_browser browser;
    const char *find; /* a part of the message that its versions share */
    const char *also; /* another one, NULL for none */
    enum console_detail detail;
    bool is_preflight; /* it is always about a preflight */
    enum mistake blames;
    enum certainty certainty; /* of what it blames */
    const char *says;         /* in plain words: one or two sentences */
};

/** All of them, the more telling ones first.
 * @source Chromium 156 and Firefox ESR 153 as recorded, the wording of Chromium 131 and of older
 *         Firefoxes: docs/explain.md */
const struct console_row *console_rows(size_t *ret_n);

#define CONSOLE_TEXT_MAX 8192 /* bytes that are looked at, without superfluous blanks */

/** What was recognised in a text. Not to be copied: it points into itself. */
struct console_line {
    const struct console_row *row;
    struct slice url; /* `at` NULL: the text names none */
    struct slice redirected_from;
    struct slice origin;
    struct slice method; /* of the request */
    struct slice header; /* that the browser was not allowed to send */
    struct slice value;  /* of a header of the answer */
    unsigned status;     /* 0: not named */
    bool is_preflight;
    bool is_cut; /* there was more than CONSOLE_TEXT_MAX */
    char text[CONSOLE_TEXT_MAX + 1];
};

/** Recognise what was copied from a browser's console: one message or several, with or without its
 *  source, in straight or curly quotes, broken into lines. Pure; any bytes.
 * @return false when nothing is recognised; `ret` is then whole but for its row */
bool console_read(struct slice text, struct console_line *ret);

/** Take a URL apart; any part may be empty. Without a scheme all of it is the path. */
struct console_url {
    struct slice scheme;
    struct slice host; /* with its port, without a user */
    struct slice path; /* with its query */
};
void console_split_url(struct slice url, struct console_url *ret);

#endif
