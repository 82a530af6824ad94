#ifndef CUICSIM_TESTS_CLI_TRANSCRIPT_H
#define CUICSIM_TESTS_CLI_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#define TRANSCRIPT_WORDS_MAX 16

/** One tests/cli/NAME.in, and what its head says about how to run it. */
struct transcript {
    char *script; /* the whole file: the shell passes over the head's lines as well */
    char options[512];
    const char *args[TRANSCRIPT_WORDS_MAX + 1]; /* words within `options`, NULL behind the last */
    char conf[1024];                            /* further lines of the configuration */
    bool is_factory;                            /* the lab starts as fresh nodes */
    int exit;
};

/** The names of all transcripts, without ".in", sorted; they live until the program ends. */
const char *const *transcript_names(size_t *ret_n);

/** Read NAME.in; fails the test when it cannot be read or has a line it does not know in its head.
 *  free() `script`; not to be copied, as `args` points into it. */
void transcript_read(struct transcript *t, const char *name);

/** Path of tests/cli/NAME.SUFFIX, in a static buffer. */
const char *transcript_path(const char *name, const char *suffix);

#endif
