#ifndef CUICSIM_TESTS_ROWS_PROFILE_H
#define CUICSIM_TESTS_ROWS_PROFILE_H

#include "cors/profile.h"

/** A request to the recorded policy, and the answer: status and headers, one a line, in order;
 *  without date and content-length, and with "<id>" for the session. */
struct filtered_row {
    const char *name;
    void (*change)(struct policy_spec *spec); /* NULL: the recorded policy as it is */
    enum cors_disabled_answer disabled;
    bool no_hsts;
    struct cors_request rq;
    const struct app_answer *app;
    const char *want;
};

extern const struct filtered_row filtered_rows[];
extern const size_t filtered_n_rows;

struct outer_row {
    const char *name;
    unsigned status;
    const char *location;
    const char *allow;
    const char *detail;
    bool no_hsts;
    bool has_page;
    const char *want;
};

extern const struct outer_row outer_rows[];
extern const size_t outer_n_rows;

#endif
