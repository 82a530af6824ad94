#ifndef CUICSIM_TESTS_ROWS_CONFIG_H
#define CUICSIM_TESTS_ROWS_CONFIG_H

#include "config/config.h"

/** What a node and a listener look like at their shortest: one line each. */
#define NODE_LINE   "node a { hostname = \"a.example\" }\n"
#define LISTEN_LINE "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"

/** What is documented of one key. */
struct key_row {
    const char *section;
    const char *name;
    enum config_type type;
    unsigned long min, max;
    const char *value; /* default; NULL: none */
    const char *words;
};
extern const struct key_row key_rows[];
extern const size_t key_n_rows;

#define NO_LINE  0
#define ANY_LINE (-1)

/** A file that is refused: "FILE:LINE: ", or "FILE: " with NO_LINE, and a piece of the message. */
struct bad_row {
    const char *name;
    const char *text;
    int line;
    const char *says;
};
extern const struct bad_row bad_rows[];
extern const size_t bad_n_rows;

/** A file that is taken, and what it amounts to, as one text: nodes, then listeners, then the
 *  Finesse nodes. */
struct good_row {
    const char *name;
    const char *text;
    const char *want;
};
extern const struct good_row good_rows[];
extern const size_t good_n_rows;

/** A Host field, and the index of the node it names. */
struct host_row {
    const char *name;
    const char *host; /* NULL: no such field */
    size_t want;
};
extern const struct host_row host_rows[];
extern const size_t host_n_rows;
#define HOST_NODES                                                                                 \
    "node a { hostname = \"first.example\" }\nnode b { hostname = \"second.example\" }\n"          \
    "node c { hostname = \"[2001:db8::1]\" }\nnode d { hostname = \"192.0.2.7\" }\n"

#endif
