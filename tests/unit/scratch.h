#ifndef CUICSIM_TESTS_SCRATCH_H
#define CUICSIM_TESTS_SCRATCH_H

#include <stddef.h>

#define SCRATCH_PATH 256 /* bytes of a path, with the terminator */

/** A temporary folder of one test, mode 0755: made by the fixture before it, removed with all that
 *  is in it by the one behind it. */
void scratch_set_up(void);
void scratch_tear_down(void);

/** The folder's path, and that of a file in it; the latter in one of a few static buffers. */
const char *scratch_dir(void);
const char *scratch_path(const char *name);

/** Write a whole file in the folder; returns its path as scratch_path does. */
const char *scratch_write(const char *name, const char *text);

/** All bytes of a file, at most a megabyte, with a NUL behind them; free() them. */
char *scratch_read(const char *path, size_t *ret_n);
void scratch_write_bytes(const char *path, const char *bytes, size_t n);

#endif
