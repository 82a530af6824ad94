#ifndef CUICSIM_TESTS_PEER_H
#define CUICSIM_TESTS_PEER_H

#include <stddef.h>

/** A TLS server on 127.0.0.1 for what the program asks others itself: a thread that takes one
 *  connection after another, reads a request's head and sends the bytes of a row, as they are. */
struct peer;

/** What is sent for a path. */
struct peer_row {
    const char *path;   /* without the query */
    const char *answer; /* NULL: silence, until the client goes */
    size_t fill;        /* so many bytes 'x' behind the answer, or until the client goes */
};

/** @param certificate  FILE.crt and FILE.key of TEST_CERT_DIR; NULL: one that is signed by itself,
 *  for 127.0.0.1
 *  @param rows  the last one's path is NULL: its answer is sent for any other path */
struct peer *peer_start(const char *certificate, const struct peer_row *rows);
void peer_stop(struct peer *p); /* accepts NULL */

unsigned peer_port(const struct peer *p);

/** How many requests there were so far, and how many connections. */
unsigned peer_requests(struct peer *p);
unsigned peer_connections(struct peer *p);

/** The head of the last request; free() it. */
char *peer_last(struct peer *p);

#endif
