#ifndef CUICSIM_SERVER_ASSETS_H
#define CUICSIM_SERVER_ASSETS_H

#include "base/text.h"

/** The pages' own files, and the packaged libraries they load, built into the program: every file
 *  below server/web/ under its path there ("cuic/gadget.js"), and what the list
 *  server/web/packages takes from Debian's packages under the name given there. */

struct asset {
    const char *name;
    const char *type; /* value of Content-Type */
    struct slice body;
};

/** @return false when there is no such file */
bool assets_find(const char *name, struct asset *ret);

/** Content-Type of a file by the end of its name, in any case of letters. */
const char *assets_type(const char *name);

/** One row of the table that server/embed-assets writes while the program is built; sorted by
 *  name. */
struct asset_row {
    const char *name;
    const char *begin, *end;
};
extern const struct asset_row asset_rows[];
extern const size_t asset_row_count;

#endif
