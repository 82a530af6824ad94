#include "centre_inside.h"

#define PATIENCE_MIN  20000 /* milliseconds */
#define PATIENCE_MEAN 90000 /* on top */
#define PATIENCE_MAX  300000

#define WAVE_STEP   300000 /* milliseconds */
#define WAVE_SHIFTS 3

/** How busy the hour is, in per cent, in steps of five minutes; 100 on average. The lines' peaks
 *  are near each other: agents of different lines help one another out, so that nobody would ever
 *  wait in a large centre if it was not all of them at times that have much to do. */
static const int64_t wave[] = {70, 75, 85, 100, 120, 130, 125, 115, 105, 95, 90, 90};
#define N_WAVE (sizeof wave / sizeof wave[0])

void call_schedule(struct centre *c, size_t line)
{
    size_t step = ((size_t)(c->now_ms / WAVE_STEP) + line % WAVE_SHIFTS) % N_WAVE;
    int64_t mean_ms = c->line[line].mean_ms * 100 / wave[step];

    timers_set(&c->timers, timer_of_call(c, line),
               c->now_ms + 1 + centre_random_wait(&c->random, mean_ms));
}

/** Read the first waiting call's time into what is shown. */
static void update_oldest(struct centre *c, struct line *l)
{
    l->q.oldest_ms = l->waiting.first == NOBODY ? 0 : c->place[l->waiting.first].came_ms;
}

static void wait_in(struct centre *c, struct line *l)
{
    uint32_t place = l->unused.first;
    int64_t patience_ms = PATIENCE_MIN + centre_random_wait(&c->random, PATIENCE_MEAN);

    if (patience_ms > PATIENCE_MAX)
        patience_ms = PATIENCE_MAX;
    list_remove(&l->unused, c->place_links, place);
    list_append(&l->waiting, c->place_links, place);
    c->place[place].came_ms = c->now_ms;
    l->q.waiting++;
    update_oldest(c, l);
    timers_set(&c->timers, timer_of_patience(c, place), c->now_ms + patience_ms);
}

static void stop_waiting(struct centre *c, uint32_t place)
{
    struct line *l = &c->line[c->place[place].line];

    timers_stop(&c->timers, timer_of_patience(c, place));
    list_remove(&l->waiting, c->place_links, place);
    list_append(&l->unused, c->place_links, place);
    l->q.waiting--;
    update_oldest(c, l);
}

void call_arrives(struct centre *c, size_t line)
{
    struct line *l = &c->line[line];

    call_schedule(c, line);
    l->q.offered++;
    if (l->ready.first != NOBODY)
        agent_take_call(c, l->ready.first, line);
    else if (l->unused.first != NOBODY)
        wait_in(c, l);
    else /* every place is taken: the caller hears the busy tone */
        l->q.abandoned++;
    centre_note_line(c, line);
}

void call_abandoned(struct centre *c, size_t place)
{
    size_t line = c->place[place].line;

    stop_waiting(c, (uint32_t)place);
    c->line[line].q.abandoned++;
    centre_note_line(c, line);
}

bool call_pick(struct centre *c, size_t agent, size_t *ret_line)
{
    uint32_t oldest = NOBODY;

    for (size_t side = 0; side < SIDES; side++) {
        uint32_t place = c->line[c->worker[agent].line[side]].waiting.first;
        if (place != NOBODY &&
            (oldest == NOBODY || c->place[place].came_ms < c->place[oldest].came_ms))
            oldest = place;
    }
    if (oldest == NOBODY)
        return false;
    *ret_line = c->place[oldest].line;
    stop_waiting(c, oldest);
    return true;
}
