#ifndef CUICSIM_HDRLIST_H
#define CUICSIM_HDRLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"

#define HDRLIST_NAME_MAX 128 /* bytes of one name that the shell accepts */

/** An immutable set of method or header names that iterates as a Java HashSet<String> would:
 *  the product prints its lists in that order, so an added name lands where the product puts it.
 *  @source java.util.HashMap: hash h = 31 * h + c, spread h ^ (h >>> 16), bucket spread & (cap-1),
 *          cap 16 doubled when size > 3/4 cap, buckets in order, insertion order in a bucket
 *          (tree bins, eight names in one bucket from 64 buckets on, are not reproduced) */
struct hdrlist;

/** Duplicates are ignored. Names are copied.
 * @param names  n names, each without a comma; not NULL unless n is 0
 * @return ERR_OK, ERR_NOMEM; the result is freed with hdrlist_free */
enum err hdrlist_new(const char *const *names, size_t n, struct hdrlist **ret);
void hdrlist_free(struct hdrlist *l);

/** Byte by byte; to ask for a header name use hdrlist_has_nocase on a list of lower-case names. */
bool hdrlist_has(const struct hdrlist *l, struct slice name);
bool hdrlist_has_nocase(const struct hdrlist *l, struct slice name);

size_t hdrlist_count(const struct hdrlist *l);
const char *hdrlist_at(const struct hdrlist *l, size_t i); /* in iteration order */

/** All names, joined by ',' without a blank; "" for an empty list. Lives as long as the list. */
const char *hdrlist_text(const struct hdrlist *l);

/** Is this a field name (a token)? @source RFC 9110 section 5.6.2 */
enum err hdrlist_check_name(struct slice name, struct diag *why);

#endif
