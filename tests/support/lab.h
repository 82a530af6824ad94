#ifndef CUICSIM_TESTS_LAB_H
#define CUICSIM_TESTS_LAB_H

#include "proc.h"

#define LAB_PORTS_MAX 8

/** A lab of one test: a temporary folder with a configuration and a state folder, and perhaps a
 *  running server. The certificates are those that `make check` made once (TEST_CERT_DIR). */
struct lab {
    char dir[64];    /* mode 0755, owned by nobody when the test runs as root */
    char config[96]; /* dir/cuicsim.conf */
    struct proc server;
    bool has_server;
    unsigned port[LAB_PORTS_MAX]; /* of the "listening" lines, in order */
    size_t n_ports;
    char console[192];                  /* the URL of the line "console URL"; "" for none */
    const struct proc_options *options; /* of every program started for it; NULL after lab_init */
};

/** Two nodes, cuicpub and cuicsub, as in the article; `listen cuic` on 127.0.0.1:0. `extra` is
 *  appended to the configuration (NULL for nothing); when it has a line that begins with "listen"
 *  or "node" the default ones of that kind are left away. log_level is warning, and `limits` and
 *  `live_data` are so that nothing ends because a test is slow, unless extra has such lines. */
void lab_init(struct lab *l, const char *extra);

/** Stops the server (SIGTERM, must exit 0 unless it is gone already) and removes the folder. */
void lab_clear(struct lab *l);

/** Write another configuration in place of the lab's own. */
void lab_write_config(struct lab *l, const char *text);

/** Run the shell with words: lab_cli(&l, NULL, "-n", "cuicsub", "utils", ..., NULL). `input` is its
 *  standard input, NULL for none. -c FILE is put in front. */
struct proc_result lab_cli(const struct lab *l, const char *input, ...) __attribute__((sentinel));

/** The same with one line of words split at blanks, which must succeed. */
void lab_must(const struct lab *l, const char *words);

/** Start the server and wait for its "ready" line; ports are noted. Aborts the test if it ends. */
void lab_start_server(struct lab *l);

/** Send a signal and wait for the end. @return exit status, or 128 + signal */
int lab_stop_server(struct lab *l, int signal_number);

/** dir/name, in a static buffer of the calling thread. */
const char *lab_path(const struct lab *l, const char *name);

/** Write a whole file; read one (free() it; NULL when it cannot be read). */
void test_write_file(const char *path, const char *text, size_t n);
char *test_read_file(const char *path, size_t *ret_n);

#endif
