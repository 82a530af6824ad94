#ifndef CUICSIM_TESTS_CHECK_CONFIG_FILE_H
#define CUICSIM_TESTS_CHECK_CONFIG_FILE_H

#include <check.h>

/** Where the configuration is found, files that cannot be read, and config_show. */
TCase *tcase_config_file(void);

#endif
