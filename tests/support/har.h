#ifndef CUICSIM_TESTS_HAR_H
#define CUICSIM_TESTS_HAR_H

#include <jansson.h>

/** Is this an HAR 1.2 document: every member that the specification requires, each of its type,
 * none that it does not know but for names that begin with '_'? Aborts the test with the path if
 * not.
 * @return how many entries it has */
size_t har_check(const json_t *document);

/** The same for one entry. */
void har_check_entry(const json_t *entry);

#endif
