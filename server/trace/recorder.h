#ifndef CUICSIM_SERVER_RECORDER_H
#define CUICSIM_SERVER_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"
#include "config/config.h"
#include "trace/trace.h"

/** Takes records from the request threads, and writes them to trace.db by a thread of its own. No
 *  answer waits for it: a record that finds the queue full is dropped and counted, and so are those
 *  that cannot be written. The latest ones stay in memory for whoever watches. All functions may be
 *  called by any thread. */
struct recorder;

/** Start. A trace.db that cannot be used is told in the log and tried again later: nothing else
 *  depends on it.
 * @return ERR_OK, ERR_IO (no thread), ERR_NOMEM */
enum err recorder_new(const struct config *c, struct recorder **ret, struct diag *why);

/** Write what is queued, as far as that goes within a second, and end. No record may come any more,
 *  and nobody watch. Accepts NULL. */
void recorder_free(struct recorder *r);

/** Would a record be kept? If not for want of room it counts as dropped. Asked first, so that
 *  nothing is made in vain. */
bool recorder_wants(struct recorder *r);

/** Hand over a record: its reference is the recorder's from now on. Gives it its id. */
void recorder_add(struct recorder *r, struct trace_exchange *x);

/** Which start of the server this is: struct trace_exchange's `run`. */
int64_t recorder_run(const struct recorder *r);

/** Are bodies recorded? */
bool recorder_keeps_bodies(const struct recorder *r);

struct recorder_counts {
    uint64_t handed_over; /* since the start, dropped ones not among them */
    uint64_t recorded;    /* in trace.db */
    uint64_t dropped;     /* for want of room, or not writable */
    size_t queued;        /* wait to be written */
    size_t queue_room;
    bool is_failing; /* trace.db cannot be written at the moment */
};
void recorder_get_counts(struct recorder *r, struct recorder_counts *ret);

/** The id of the record that was handed over last, which is in the file or on its way there; 0:
 * none yet, or the file keeps none or cannot be written. */
int64_t recorder_last_id(struct recorder *r);

/* ---- watching ---- */

#define RECORDER_RECENT 256 /* records kept in memory, at most */

/** Records that were handed over behind number `after`, the oldest first; numbers count up from 1.
 *  A queue's drop is not missing here as long as somebody watches.
 * @param ret       at most `max`, each a reference that the caller gives back
 * @param ret_last  the number of the last of them; `after` when there is none
 * @param ret_missed  how many there were before the first that are no longer in memory
 * @return how many */
size_t recorder_since(struct recorder *r, uint64_t after, struct trace_exchange **ret, size_t max,
                      uint64_t *ret_last, uint64_t *ret_missed);

/** Somebody to be told that there is something new: the recorder's thread calls `wake`, as a rule
 *  within 20 milliseconds and not more often than every 10. It must not block. The struct is the
 *  caller's, and is used until recorder_unwatch has returned. */
struct recorder_watch {
    void (*wake)(void *arg);
    void *arg;
    struct recorder_watch *next; /* the recorder's own */
};
void recorder_watch(struct recorder *r, struct recorder_watch *w);
void recorder_unwatch(struct recorder *r, struct recorder_watch *w);

#endif
