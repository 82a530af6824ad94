#ifndef CUICSIM_CLI_TRACE_OPTIONS_H
#define CUICSIM_CLI_TRACE_OPTIONS_H

#include "shell.h"
#include "trace/trace.h"

#define TRACE_OPTION_MAX 512 /* bytes of a value, with the terminator */

/** What the words behind a `lab trace` command ask for. */
struct trace_options {
    struct trace_filter filter; /* its texts are below */
    bool is_json;               /* JSON lines instead of text */
    long long for_ms;           /* how long to follow; -1: until stopped */
    struct slice name;          /* the word that is no option: an id, a file; `at` NULL for none */
    char node[TRACE_OPTION_MAX];
    char service[TRACE_OPTION_MAX];
    char client[TRACE_OPTION_MAX];
    char reason[TRACE_OPTION_MAX];
    char origin[TRACE_OPTION_MAX];
};

/** Which options a command has. */
enum trace_takes {
    TRACE_TAKES_FILTER = 1,
    TRACE_TAKES_JSON = 2,
    TRACE_TAKES_FOR = 4,
    TRACE_TAKES_NAME = 8
};

/** Read the call's words.
 * @param takes  bits of enum trace_takes
 * @param now_us  what "10m" is counted back from
 * @return RESULT_DONE, or RESULT_USAGE after saying what is wrong. Not to be copied, as the filter
 *         points into it */
enum result trace_options_read(struct call *c, unsigned takes, long long now_us,
                               struct trace_options *ret);

/** A moment: "10m", "2h", "3d" or "45s" ago, or "2026-11-22", "2026-11-22T01:02",
 *  "2026-11-22T01:02:03.5Z" in UTC. ERR_SYNTAX */
enum err trace_read_time(struct slice text, long long now_us, int64_t *ret_us);

#endif
