#ifndef CUICSIM_TESTS_EXPLAIN_LAB_H
#define CUICSIM_TESTS_EXPLAIN_LAB_H

#include "../support/lab.h"
#include "../support/rows_explain.h"
#include "shell.h"

#define EXPLAIN_LINE_BYTES 8192

/** The lab of one row: a real store, and the shell within this process. */
extern struct lab explain_lab;
extern struct config *explain_config;

/** @param more_conf  further lines of the configuration, "" for none */
void explain_set_up(const struct explain_row *row, const char *more_conf);
void explain_tear_down(void);

/** Run one line on a node, which must end so; what it prints is for free(). */
char *explain_run(const char *node, const char *line, bool is_json, enum result want);

struct store *explain_open_store(void);
const struct node *explain_node(const char *name);

#endif
