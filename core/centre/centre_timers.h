#ifndef CUICSIM_CENTRE_TIMERS_H
#define CUICSIM_CENTRE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** A fixed number of timers, each set or not: a binary heap that knows where each one stands, so
 *  that one can be taken back. Timers of the same millisecond go off in the order of their numbers;
 *  that makes the order a matter of what is set, not of when it was set. */
struct timers {
    size_t n_set;
    int64_t *at_ms;  /* by timer */
    uint32_t *place; /* in the heap, by timer */
    uint32_t *heap;
};

/** @return ERR_OK, ERR_NOMEM (timers_clear is to be called all the same) */
enum err timers_init(struct timers *t, size_t n);
void timers_clear(struct timers *t);

/** O(log n) each; setting a set timer moves it, stopping one that is not set does nothing. */
void timers_set(struct timers *t, size_t timer, int64_t at_ms);
void timers_stop(struct timers *t, size_t timer);

/** The one that goes off next; false when none is set. */
bool timers_next(const struct timers *t, size_t *ret_timer, int64_t *ret_at_ms);

#endif
