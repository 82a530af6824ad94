#ifndef CUICSIM_TESTS_LIVE_JUDGE_H
#define CUICSIM_TESTS_LIVE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Decides whether a client of Live Data lost a message or got one out of order, by comparing it
 *  with a witness: a client that is subscribed to all that any other one is, from before the
 *  others until after them.
 *
 *  The server publishes under one lock: what is published about a thing goes to all who are
 *  subscribed to it, in one order for everybody. So from some moment on a client's stream must be
 * the witness's stream less what the client is not subscribed to: the same messages, in the same
 * order, up to the last one, since a server that stops ends all streams at one moment.
 *  - That moment is when the client has had a message about each of its things. Before, it is also
 *    sent the last message about each thing, which others got earlier or never.
 *  - Where in the witness's stream that is, a message tells that stands there once: those about
 *    agents have their time in a state in milliseconds. Equal texts (a queue in which nothing
 *    happens) are fine elsewhere; around a message that stands once each must be in its place.
 *
 *  Messages are kept as 64 bits of hash and the thing they are about: two different texts that
 * count as one would take a chance of 1 in 10^19 for each pair.
 *
 *  What cannot be seen: a message that was not published at all, or that the witness has lost
 *  together with every client of that thing; and the first messages, before the moment above. What
 * the witness alone has lost counts as `extra` for the others. Counts are exact as long as they are
 * 0; otherwise something is wrong, and they tell how much to within the messages around it. */

enum judge_kind { JUDGE_AGENT, JUDGE_TEAM, JUDGE_SKILL_GROUP, JUDGE_QUEUE };
#define JUDGE_IDS  8192 /* ids are below this */
#define JUDGE_KEYS (4 * JUDGE_IDS)

static inline uint32_t judge_key(enum judge_kind kind, unsigned id)
{
    return (uint32_t)kind * JUDGE_IDS + id;
}

struct judge_message {
    uint64_t hash;
    uint32_t key;
};

/** What one client got. Zeroed at first; abort()s when memory is short. */
struct judge_stream {
    uint8_t wanted[JUDGE_KEYS / 8]; /* what it is subscribed to */
    uint8_t seen[JUDGE_KEYS / 8];
    size_t n_wanted;
    size_t n_seen;
    size_t live; /* index behind the first message about the last of these */
    struct judge_message *message;
    size_t n, room;
};

void judge_want(struct judge_stream *s, uint32_t key);
void judge_add(struct judge_stream *s, struct judge_message m);
void judge_clear(struct judge_stream *s);

/** Has it got a message about each of its things? */
bool judge_is_live(const struct judge_stream *s);

/** Read the packet of a message: 42["message",{"id":"1001","operation":"update","agent":{...}}].
 * @return false when it is none */
bool judge_read(const char *text, size_t n, struct judge_message *ret);

struct judge_verdict {
    bool is_comparable; /* false: it was never live, or nothing tells where it began */
    size_t compared;    /* messages of the client behind that moment */
    size_t lost;        /* the witness has them, the client does not */
    size_t extra;       /* the other way round; and messages that were not asked for */
    size_t reordered;   /* places in which, all that left away, there stands another message */
};

struct judge_verdict judge_compare(const struct judge_stream *witness,
                                   const struct judge_stream *s);

#endif
