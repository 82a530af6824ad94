#ifndef CUICSIM_XML_H
#define CUICSIM_XML_H

#include <stddef.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"

/** Reads XML that somebody else wrote, whole, into a tree. A document type declaration is refused,
 *  and with it every entity but XML's own five: nothing can grow, and nothing else is read. Names
 *  are without their namespace's prefix; comments and processing instructions are left away. */
struct xml;

#define XML_DEPTH_MAX      32
#define XML_ELEMENTS_MAX   20000
#define XML_ATTRIBUTES_MAX 64 /* of one element */

struct xml_attribute {
    const char *name, *value; /* UTF-8 */
};

struct xml_element {
    const char *name;
    const char *text; /* what stands directly in it, around its children too; UTF-8, "" for none */
    size_t line;
    size_t n_attributes;
    const struct xml_attribute *attribute;
    const struct xml_element *parent, *first, *next; /* NULL for none */
};

/** @param max_bytes  of the document
 * @param why  on failure "line N: what is wrong"
 * @return ERR_OK, ERR_SYNTAX, ERR_LIMIT (size, depth or number), ERR_NOMEM; freed by xml_free */
enum err xml_parse(struct slice document, size_t max_bytes, struct xml **ret, struct diag *why);
void xml_free(struct xml *x); /* accepts NULL */

const struct xml_element *xml_root(const struct xml *x);

/** The first child of this name, and the next one behind it; NULL when there is none. */
const struct xml_element *xml_child(const struct xml_element *e, const char *name);
const struct xml_element *xml_next(const struct xml_element *e, const char *name);

/** Value of an attribute; NULL when there is none. */
const char *xml_attribute(const struct xml_element *e, const char *name);

/** The text of a child, without white space around it; "" when there is no such child. */
struct slice xml_child_text(const struct xml_element *e, const char *name);

/** Text without spaces, tabs and line ends around it. */
struct slice xml_trim(const char *text);

#endif
