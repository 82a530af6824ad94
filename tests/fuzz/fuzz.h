#ifndef CUICSIM_TESTS_FUZZ_H
#define CUICSIM_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/** What libFuzzer calls with each input; the bytes behind `size` are poisoned. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What must hold for every input: otherwise the input is a finding. */
#define REQUIRE(fact)                                                                              \
    do {                                                                                           \
        if (!(fact)) {                                                                             \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #fact);        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/** Take the text up to the next `end` off the front of `rest`; `at` NULL when nothing is left. */
static inline struct slice take_until(struct slice *rest, char end)
{
    struct slice field = {NULL, 0};

    if (rest->at == NULL)
        return field;
    const char *at = rest->n == 0 ? NULL : memchr(rest->at, end, rest->n);
    field = (struct slice){rest->at, at == NULL ? rest->n : (size_t)(at - rest->at)};
    *rest = at == NULL ? (struct slice){NULL, 0} : (struct slice){at + 1, rest->n - field.n - 1};
    return field;
}

static inline struct slice input_of(const uint8_t *data, size_t size)
{
    return (struct slice){(const char *)data, size};
}

/** Does every byte of the text stand for itself on a terminal? */
static inline int is_harmless(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
        if (*p < 0x20 || *p == 0x7f)
            return 0;
    return 1;
}

#endif
