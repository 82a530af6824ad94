#ifndef CUICSIM_TESTS_CHECK_CONFIG_NODES_H
#define CUICSIM_TESTS_CHECK_CONFIG_NODES_H

#include <check.h>

/** The part of the suite "config" that is about nodes: their names, and where they are found. */
TCase *tcase_config_nodes(void);

#endif
