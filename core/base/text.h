#ifndef CUICSIM_BASE_TEXT_H
#define CUICSIM_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** A piece of text that is not NUL-terminated: `at` may be NULL when `n` is 0. */
struct slice {
    const char *at;
    size_t n; /* bytes */
};

struct slice slice_of(const char *text);
struct slice slice_trim(struct slice s);         /* without leading and trailing blanks and tabs */
bool slice_same(struct slice a, struct slice b); /* byte by byte */
bool slice_is(struct slice s, const char *text);
bool slice_is_nocase(struct slice s, const char *text);

/** Is this name one of the list's, which are separated by commas? In any case. */
bool slice_list_has(struct slice list, struct slice name);

/** ASCII only, whatever the locale. */
int ascii_lower(int c);
bool ascii_is_alpha(int c);
bool ascii_is_digit(int c);
bool ascii_is_alnum(int c);

/** A whole decimal number from min to max, without sign or blanks. ERR_SYNTAX, ERR_LIMIT. */
enum err text_to_ulong(struct slice s, unsigned long min, unsigned long max, unsigned long *ret);

/** Replace control bytes (0x00-0x1f, 0x7f) before the terminator by '?', and cut a UTF-8 sequence
 *  that the end of a buffer broke off: what remains may be shown on a terminal or in a log. The
 *  C1 controls (U+0080-U+009F), which terminals obey as well, are replaced too. */
void text_defuse(char *text);

/** Copy and defuse at most `size` - 1 bytes; returns `to`. */
char *text_copy_defused(char *to, size_t size, struct slice from);

/** Number of single-character edits from one to the other, transpositions counted as one
 *  (optimal string alignment); inputs over 63 bytes are as far apart as they are long. */
size_t text_distance(const char *a, const char *b);

#endif
