#ifndef CUICSIM_XML_WRITE_H
#define CUICSIM_XML_WRITE_H

#include <jansson.h>

#include "base/buf.h"

/** Write a tree as XML, so that one tree is both of a REST service's formats. An object is an
 *  element, its members are its children in their order, but those whose name begins with '@' its
 *  attributes; an array is as many elements of that name; what is null or empty is an empty
 *  element.
 * @param tree  an object with one member, the root
 * @return ERR_OK, or what sticks in `to` */
enum err xml_write(struct buf *to, json_t *tree);

#endif
