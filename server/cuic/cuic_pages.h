#ifndef CUICSIM_SERVER_CUIC_PAGES_H
#define CUICSIM_SERVER_CUIC_PAGES_H

#include "base/form.h"
#include "route.h"

/** CUIC's pages: the gadgets' XML, and the application below /cuicui/. */

#define PAGES_HTML "text/html;charset=utf-8"

/** The XML of a gadget, with the address and the query that it was asked for with; 404 for one that
 *  is not there.
 * @param name  "LiveData/LiveDataGadget.xml" */
struct app_answer pages_gadget(struct exchange *x, const char *name);

/** A built-in file with its "{{NAME}}"s filled in; the body lives in the text of `x`. */
struct app_answer pages_fill(struct exchange *x, const char *asset, const struct form_value *values,
                             size_t n);

/** A text of our own as the body; it is then the exchange's. 503 when a failure stuck in it. */
struct app_answer pages_text(struct exchange *x, unsigned status, const char *type,
                             struct buf *text);

/** To the login page, and from there back to where the request wanted to go. */
struct app_answer pages_to_login(struct exchange *x);

/* cuic_permalink.c */
struct app_answer pages_permalink(struct exchange *x);

/* cuic_gate.c: the login by a form */
struct app_answer pages_login(struct exchange *x);
struct app_answer pages_check(struct exchange *x);
struct app_answer pages_main(struct exchange *x);

#endif
