#ifndef CUICSIM_TESTS_LIVE_LOAD_H
#define CUICSIM_TESTS_LIVE_LOAD_H

#include "live_judge.h"
#include "wire.h"

/** Many Socket.IO clients by WebSocket, in one thread. Whatever goes wrong aborts the test. */

struct load_client {
    struct wire *w;
    char *bytes; /* received, not read as frames yet */
    size_t n, room;
    long long ping_ms;            /* when to send the next Engine.IO ping */
    bool is_closed;               /* by the server */
    unsigned close_code;          /* of its close frame; 0: there was none */
    size_t n_topics, n_confirmed; /* subscribed to */
    size_t n_pings, n_pongs;
    struct judge_stream stream;
};

struct load {
    unsigned port;
    const char *host;
    struct wire *tokens; /* the connection on which tokens are asked for */
    int epoll;
    bool is_ending; /* the server closes: nothing is sent any more */
    size_t n, room;
    struct load_client *client; /* does not move */
};

/** @param room  how many clients there will be at most */
void load_init(struct load *l, unsigned port, const char *host, size_t room);
void load_clear(struct load *l);

/** One more client: token, connection, greeting. It has nothing subscribed to. */
struct load_client *load_connect(struct load *l);

/** Subscribe to a topic such as "Agent=1001,1002"; the confirmation comes later. */
void load_subscribe(struct load_client *c, const char *topic);

/** Read what has come to all clients, and send the pings that are due; waits at most so long when
 *  there is nothing. */
void load_turn(struct load *l, int wait_ms);

/** How many clients from `first` on are still connected; and how many messages these clients got.
 */
size_t load_open(const struct load *l, size_t first);
size_t load_messages(const struct load *l, size_t first);

#endif
