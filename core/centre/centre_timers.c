#include "centre_timers.h"

#include <stdlib.h>

#define NOT_SET UINT32_MAX

enum err timers_init(struct timers *t, size_t n)
{
    *t = (struct timers){
        .at_ms = calloc(n, sizeof *t->at_ms),
        .place = calloc(n, sizeof *t->place),
        .heap = calloc(n, sizeof *t->heap),
    };
    if (t->at_ms == NULL || t->place == NULL || t->heap == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        t->place[i] = NOT_SET;
    return ERR_OK;
}

void timers_clear(struct timers *t)
{
    free(t->at_ms);
    free(t->place);
    free(t->heap);
    *t = (struct timers){0};
}

static bool is_before(const struct timers *t, uint32_t a, uint32_t b)
{
    return t->at_ms[a] != t->at_ms[b] ? t->at_ms[a] < t->at_ms[b] : a < b;
}

static void put(struct timers *t, size_t place, uint32_t timer)
{
    t->heap[place] = timer;
    t->place[timer] = (uint32_t)place;
}

/** The timer belongs at this place or above. */
static void rise(struct timers *t, size_t place, uint32_t timer)
{
    while (place > 0 && is_before(t, timer, t->heap[(place - 1) / 2])) {
        put(t, place, t->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(t, place, timer);
}

/** The timer belongs at this place or below. */
static void sink(struct timers *t, size_t place, uint32_t timer)
{
    for (size_t child = 2 * place + 1; child < t->n_set; child = 2 * place + 1) {
        if (child + 1 < t->n_set && is_before(t, t->heap[child + 1], t->heap[child]))
            child++;
        if (!is_before(t, t->heap[child], timer))
            break;
        put(t, place, t->heap[child]);
        place = child;
    }
    put(t, place, timer);
}

void timers_stop(struct timers *t, size_t timer)
{
    size_t place = t->place[timer];

    if (place == NOT_SET)
        return;
    t->place[timer] = NOT_SET;
    uint32_t last = t->heap[--t->n_set];
    if (last == timer)
        return;
    if (is_before(t, last, (uint32_t)timer)) /* it stood under another branch */
        rise(t, place, last);
    else
        sink(t, place, last);
}

void timers_set(struct timers *t, size_t timer, int64_t at_ms)
{
    timers_stop(t, timer);
    t->at_ms[timer] = at_ms;
    rise(t, t->n_set++, (uint32_t)timer);
}

bool timers_next(const struct timers *t, size_t *ret_timer, int64_t *ret_at_ms)
{
    if (t->n_set == 0)
        return false;
    *ret_timer = t->heap[0];
    *ret_at_ms = t->at_ms[t->heap[0]];
    return true;
}
