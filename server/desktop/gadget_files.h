#ifndef CUICSIM_SERVER_GADGET_FILES_H
#define CUICSIM_SERVER_GADGET_FILES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

/** Files that other people put into a folder of ours: gadgets. */

#define GADGET_FILE_MAX (8U << 20) /* bytes */

/** Read a file below the folder. A path goes nowhere else: it has no part that is empty or begins
 *  with a dot, no backslash and no control character, and no part of it is a symbolic link.
 * @param path  relative to the folder, decoded
 * @param to    gets the content; its maximum is the largest file that is read
 * @return ERR_OK, ERR_NOTFOUND (also what is no plain file, or may not be read), ERR_LIMIT,
 *         ERR_IO, ERR_NOMEM */
enum err gadget_file_read(const char *folder, const char *path, struct buf *to);

/** The same for a file that the configuration names, wherever it is. */
enum err gadget_file_read_path(const char *path, struct buf *to);

#endif
