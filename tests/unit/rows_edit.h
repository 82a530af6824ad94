#ifndef CUICSIM_TESTS_ROWS_EDIT_H
#define CUICSIM_TESTS_ROWS_EDIT_H

#include "store/store.h"

/** Every function that edits a store, as one call that changes something of a node "sub" in the
 *  article's state, and what the audit log then says. */
struct edit_row {
    const char *name;
    enum err (*edit)(struct store *s, const char *node, const struct change *by, struct diag *why);
    bool needs_node;    /* ERR_NOTFOUND for a node that the store does not know */
    bool is_of_all;     /* it changes all nodes, and is logged as of "*" */
    bool has_failed;    /* it only says that something did */
    const char *before; /* NULL: none */
    const char *after;
};
extern const struct edit_row edit_rows[];
extern const size_t edit_n_rows;

#endif
