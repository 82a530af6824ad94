#ifndef CUICSIM_TESTS_SCREEN_H
#define CUICSIM_TESTS_SCREEN_H

#include <stddef.h>

#define SCREEN_COLUMNS_MAX 256

struct screen_row;

/** What a terminal would show: text, \r \n \b, and the few sequences that libedit uses for an
 *  xterm. It never scrolls anything away. One cell for each character, of whatever width. */
struct screen {
    struct screen_row *rows;
    size_t n_rows;
    size_t room;
    size_t columns;
    size_t row; /* of the cursor */
    size_t column;
    char sequence[32]; /* an escape sequence that has begun */
    size_t n_sequence;
    char character[5]; /* the bytes of one that has begun */
    size_t n_character;
};

void screen_init(struct screen *s, size_t columns);
void screen_clear(struct screen *s);
void screen_feed(struct screen *s, const char *bytes, size_t n);

/** The rows from `first` on, without blanks at their ends; the last one reaches to the cursor at
 *  least. free() it. */
char *screen_text(const struct screen *s, size_t first);

#endif
