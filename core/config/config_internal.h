#ifndef CUICSIM_CONFIG_INTERNAL_H
#define CUICSIM_CONFIG_INTERNAL_H

#include <confuse.h>

#include "config.h"

/** One reading of one file: shared by config.c and config_lists.c only. */
struct reading {
    struct config *config;
    cfg_t *top;
    struct diag *why;
};

/** Set "FILE:LINE: section title: key: message"; always ERR_SYNTAX. `key` may be NULL. */
enum err config_fail(const struct reading *r, cfg_t *section, const struct config_key *key,
                     const char *message);

/** The text of a key, or its default; NULL when it has none. */
const char *config_value(cfg_t *section, const struct config_key *key);

enum err config_read_word(const struct reading *r, cfg_t *section, const struct config_key *key,
                          int *ret);
enum err config_read_nodes(const struct reading *r);
enum err config_read_listeners(const struct reading *r);

#endif
