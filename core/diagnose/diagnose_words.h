#ifndef CUICSIM_DIAGNOSE_WORDS_H
#define CUICSIM_DIAGNOSE_WORDS_H

#include "diagnose.h"

/** Shared by diagnose*.c only: untrusted text and lists, as a sentence has them. */

/** Text of a request or a list: what does not show is made visible, what a terminal obeys is made
 *  harmless, what is long is cut. */
void words_shown(struct buf *to, struct slice text);

/** Append a word to "a, b" so that it becomes "a, b, c".
 * @param n  how many there are already: 0 at first */
void words_item(struct buf *to, size_t *n, const char *text);

/** How an entry is spelt wrong: "upper case and a slash at the end".
 * @param misses  bits of struct origin_diff */
void words_misses(struct buf *to, unsigned misses);

/** The refused header names of all steps, each once; `p` refuses them and `q`, if any, does not. */
void words_headers(const struct findings *f, struct buf *to, const struct policy *p,
                   const struct policy *q);

/** The first refused header name that no list takes; `at` NULL: there is none.
 * @param why  what is wrong with it; may be NULL */
struct slice words_unlistable(const struct findings *f, struct diag *why);

/** The allowed name that a refused one of the first step was probably meant for; NULL: none. */
const char *words_near_header(const struct findings *f);

#endif
