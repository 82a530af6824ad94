#include "screen.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/** One character in each cell; "" is a blank. */
struct screen_row {
    char cell[SCREEN_COLUMNS_MAX][5];
};

static void need_row(struct screen *s, size_t row)
{
    while (row >= s->n_rows) {
        if (s->n_rows == s->room) {
            s->room = s->room == 0 ? 64 : s->room * 2;
            s->rows = realloc(s->rows, s->room * sizeof *s->rows);
            ck_assert_ptr_nonnull(s->rows);
        }
        memset(&s->rows[s->n_rows++], 0, sizeof *s->rows);
    }
}

void screen_init(struct screen *s, size_t columns)
{
    *s = (struct screen){.columns = columns};
    ck_assert_uint_le(columns, SCREEN_COLUMNS_MAX);
    need_row(s, 0);
}

void screen_clear(struct screen *s)
{
    free(s->rows);
    *s = (struct screen){.rows = NULL};
}

static void move_to_row(struct screen *s, size_t row)
{
    s->row = row;
    need_row(s, row);
}

/** After the last column the cursor waits there: the next character goes to the next row. */
static void put(struct screen *s)
{
    if (s->column >= s->columns) {
        move_to_row(s, s->row + 1);
        s->column = 0;
    }
    memcpy(s->rows[s->row].cell[s->column++], s->character, sizeof s->character);
    memset(s->character, 0, sizeof s->character);
    s->n_character = 0;
}

/** Open `by` cells at the cursor, or close them when it is negative. */
static void shift(struct screen *s, long by)
{
    struct screen_row *row = &s->rows[s->row];
    struct screen_row was = *row;

    for (size_t i = s->column; i < s->columns; i++) {
        long from = (long)i - by;
        if (from >= (long)s->column && from < (long)s->columns)
            memcpy(row->cell[i], was.cell[from], sizeof row->cell[i]);
        else
            memset(row->cell[i], 0, sizeof row->cell[i]);
    }
}

static void obey_sequence(struct screen *s, char last)
{
    long n = strtol(s->sequence + 2, NULL, 10);

    n = n == 0 ? 1 : n;
    s->n_sequence = 0;
    if (last == 'G')
        s->column = (size_t)(n - 1);
    else if (last == 'C')
        s->column += (size_t)n;
    else if (last == 'A')
        s->row -= (size_t)n > s->row ? s->row : (size_t)n;
    else if (last == 'K')
        memset(s->rows[s->row].cell[s->column], 0, 5 * (s->columns - s->column));
    else if (last == '@' || last == 'P')
        shift(s, last == '@' ? n : -n);
    else
        ck_abort_msg("a sequence that the screen does not know: ESC%s", s->sequence + 1);
    if (s->column >= s->columns)
        s->column = s->columns - 1;
}

static void feed_sequence(struct screen *s, char c)
{
    ck_assert_uint_lt(s->n_sequence, sizeof s->sequence - 1);
    s->sequence[s->n_sequence++] = c;
    s->sequence[s->n_sequence] = '\0';
    if (s->n_sequence > 2 && c >= 0x40)
        obey_sequence(s, c);
}

static void feed_control(struct screen *s, char c)
{
    if (c == '\r')
        s->column = 0;
    else if (c == '\b')
        s->column -= s->column > 0 ? 1 : 0;
    else if (c == '\n')
        move_to_row(s, s->row + 1); /* the terminal writes its own \r in front */
    else if (c != '\a')
        ck_abort_msg("a control character that the screen does not know: %d", c);
}

/** Bytes of one UTF-8 character, by the first of them. */
static size_t character_bytes(char first)
{
    unsigned char c = (unsigned char)first;

    return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void feed_one(struct screen *s, char c)
{
    if (s->n_sequence > 0 || c == '\x1b') {
        feed_sequence(s, c);
    } else if ((unsigned char)c < 0x20) {
        feed_control(s, c);
    } else {
        ck_assert_uint_lt(s->n_character, sizeof s->character - 1);
        s->character[s->n_character++] = c;
        if (s->n_character == character_bytes(s->character[0]))
            put(s);
    }
}

void screen_feed(struct screen *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        feed_one(s, bytes[i]);
}

/** Cells of a row up to its last one that is no blank, or to `least`. */
static size_t row_cells(const struct screen *s, size_t row, size_t least)
{
    size_t n = s->columns;

    while (n > least &&
           (s->rows[row].cell[n - 1][0] == '\0' || strcmp(s->rows[row].cell[n - 1], " ") == 0))
        n--;
    return n;
}

char *screen_text(const struct screen *s, size_t first)
{
    char *text = calloc(s->n_rows - first + 1, sizeof s->rows->cell + 1);
    size_t n = 0;

    ck_assert_ptr_nonnull(text);
    for (size_t row = first; row < s->n_rows; row++) {
        size_t cells = row_cells(s, row, row == s->row ? s->column : 0);
        if (row > first)
            text[n++] = '\n';
        for (size_t i = 0; i < cells; i++) {
            const char *cell = s->rows[row].cell[i][0] == '\0' ? " " : s->rows[row].cell[i];
            memcpy(text + n, cell, strlen(cell));
            n += strlen(cell);
        }
    }
    text[n] = '\0';
    return text;
}
