#ifndef CUICSIM_TESTS_SUPPORT_H
#define CUICSIM_TESTS_SUPPORT_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "cors/policy.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/** Initialiser of a struct slice: a literal, which may hold NUL bytes, or no text at all. */
#define LIT(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
#define NO_TEXT                                                                                    \
    {                                                                                              \
        NULL, 0                                                                                    \
    }

/** Run a test once per row of a table; the test finds its row by `_i`. */
void add_rows(TCase *tc, const TTest *test, size_t n_rows);

/** Untrusted bytes for a failure message: defused and shortened. The result lives for a few
 *  further calls. */
const char *shown(struct slice s);
const char *shown_text(const char *text); /* NULL: "(none)" */

/** A small repeatable generator, so that a failure can be run again. */
uint32_t next_random(uint32_t *state);

/** A whole file below tests/data, NUL-terminated; fails the test when it cannot be read. The
 *  caller frees. */
char *read_data(const char *name);

/** The settings that the oracle was recorded with: enabled, three origins, 600 s. */
struct policy_spec recorded_spec(void);

/** Fails the test instead of returning an error; freed with policy_free. */
struct policy *make_policy(const struct policy_spec *spec);

#endif
