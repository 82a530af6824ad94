#ifndef CUICSIM_CONFIG_SHOW_H
#define CUICSIM_CONFIG_SHOW_H

#include <stdio.h>

#include "config.h"

/** Print what the configuration amounts to, defaults included, in its own syntax. */
void config_show(const struct config *c, FILE *to);

#endif
