#ifndef CUICSIM_TESTS_CLI_TRANSCRIPT_H
#define CUICSIM_TESTS_CLI_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#define TRANSCRIPT_WORDS_MAX 16
#define TRANSCRIPT_LINES_MAX 8

/** One tests/cli/NAME.in, and what its head says about how to run it. */
struct transcript {
    char *script; /* the whole file: the shell passes over the head's lines as well */
    char options[512];
    const char *args[TRANSCRIPT_WORDS_MAX + 1]; /* words within `options`, NULL behind the last */
    char conf[1024];                            /* further lines of the configuration */
    bool is_factory;                            /* the lab starts as fresh nodes */
    bool has_trace;                             /* exchanges were recorded: traces_make */
    int exit;
    char *first[TRANSCRIPT_LINES_MAX]; /* commands to run before it */
    size_t n_first;
    char *mask[TRANSCRIPT_LINES_MAX]; /* what varies in its output */
    size_t n_masks;
};

/** The names of all transcripts, without ".in", sorted; they live until the program ends. */
const char *const *transcript_names(size_t *ret_n);

/** Read NAME.in; fails the test when it cannot be read or has a line it does not know in its head.
 *  Not to be copied, as `args` points into it. */
void transcript_read(struct transcript *t, const char *name);
void transcript_clear(struct transcript *t);

/** Is it run on a Finesse node? By the last -n, as the program takes them. */
bool transcript_is_on_finesse(const struct transcript *t);

/** Is this one of the words of its options? */
bool transcript_has_option(const struct transcript *t, const char *word);

/** `text` with '#' for everything that a mask matches; free() it. Fails the test when a mask is no
 *  regular expression. */
char *transcript_mask(const struct transcript *t, const char *text);

/** Path of tests/cli/NAME.SUFFIX, in a static buffer. */
const char *transcript_path(const char *name, const char *suffix);

#endif
