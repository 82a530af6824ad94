#ifndef CUICSIM_BASE_BUF_H
#define CUICSIM_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

/** Text of unknown length with a hard maximum. The first failure sticks (`state`), later appends
 *  do nothing, so a caller may append many times and check once. */
struct buf {
    char *text; /* NUL-terminated once anything was appended, else NULL */
    size_t n;   /* bytes before the terminator */
    size_t room;
    size_t max;
    enum err state;
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_clear(struct buf *b); /* frees; the buffer may be used again */
void buf_reset(struct buf *b); /* empties, keeps the memory */

/** Make room at once for so many bytes beyond those there are. */
enum err buf_reserve(struct buf *b, size_t more);

enum err buf_add(struct buf *b, struct slice s);
enum err buf_puts(struct buf *b, const char *text);
enum err buf_putc(struct buf *b, char c);
enum err buf_put_number(struct buf *b, unsigned long n); /* decimal */

/** Append several pieces, or none of them when there is no room for all. */
enum err buf_add_all(struct buf *b, const struct slice *pieces, size_t n);

enum err buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Never NULL: "" when nothing was appended. */
const char *buf_text(const struct buf *b);

/** Hand over the text; NULL when a failure stuck or memory is short. The buffer is then empty. */
char *buf_take(struct buf *b);

#endif
