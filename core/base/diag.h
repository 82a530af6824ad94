#ifndef CUICSIM_BASE_DIAG_H
#define CUICSIM_BASE_DIAG_H

#include <stddef.h>

#define DIAG_TEXT 480 /* bytes, with the terminator; longer messages are cut */

/** What went wrong, for people: filled in by the function that found it, only when it fails. */
struct diag {
    size_t offset;        /* byte in the text that was judged, 0 where that means nothing */
    char text[DIAG_TEXT]; /* one sentence without a final full stop */
};

/** Set both fields; a NULL `why` is allowed and ignored. The message may quote untrusted text:
 *  control bytes in it are replaced by '?', so that a terminal is never driven by input. */
void diag_set(struct diag *why, size_t offset, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
