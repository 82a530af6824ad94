#ifndef CUICSIM_TESTS_ROWS_CONSOLE_H
#define CUICSIM_TESTS_ROWS_CONSOLE_H

#include "diagnose/console_text.h"

/** What a browser printed, and what is to be read out of it. NULL: not told. */
struct console_sample {
    const char *name;
    const char *text;
    const char *code; /* NULL: not recognised */
    enum console_browser browser;
    const char *url;
    const char *redirected_from;
    const char *origin;
    const char *method;
    const char *header;
    const char *value;
    unsigned status;
    bool is_preflight;
};
extern const struct console_sample console_samples[];
extern const size_t console_n_samples;

#endif
