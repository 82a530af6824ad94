#ifndef CUICSIM_SERVER_DESK_PAGES_H
#define CUICSIM_SERVER_DESK_PAGES_H

#include "base/form.h"
#include "desktop/layout.h"
#include "route.h"

/** What the handlers of the Finesse site share. */

#define DESK_COOKIE "cuicsim-desktop"
#define DESK_JSON   "application/json"
#define DESK_HTML   "text/html;charset=utf-8"

/** What pages of our own may load: nothing but what is ours. Gadgets are in frames of their own. */
#define DESK_CSP                                                                                   \
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "               \
    "form-action 'self'; frame-ancestors 'self'"

/** What a gadget's page may do: everything but be framed by others. */
#define GADGET_CSP "frame-ancestors 'self'; object-src 'none'"

/** Answer without the filter, unless the node's service is down. */
void desk_reply(struct exchange *x, const struct app_answer *app);

/** A text of our own as the body; it is then the exchange's. 503 when a failure stuck in it. */
struct app_answer desk_text(struct exchange *x, unsigned status, const char *type,
                            struct buf *text);

/** JSON: {"error": message}. */
struct app_answer desk_error(struct exchange *x, unsigned status, const char *message);

/** An answer of 405. */
struct app_answer desk_only(struct exchange *x, const char *allow);

/** Who signed in, by the cookie. */
bool desk_session(const struct exchange *x, struct desk_user *ret);

/** Does the request come from a page of this origin, or from no page? */
bool desk_is_own(const struct exchange *x);

/** The origin that the client asked: "https://finessep.example:8445". */
void desk_origin(const struct exchange *x, struct buf *to);

/** Its host name and port. */
struct slice desk_host(const struct exchange *x, unsigned *ret_port);

/** The layout, read anew; NULL and why when there is none. */
struct layout *desk_layout(const struct exchange *x, struct diag *why);

/** Say in the log what is wrong with the layout, if there are Finesse nodes. It may be mended while
 *  the server runs. */
void desk_check_layout(const struct config *c);

/** What in a gadget's URL stands for this user. The texts live in `user`. */
struct layout_user desk_layout_user(const struct desk_user *user, char id[16]);

/* desk_state.c: the JSON that the desktop's page is made of */
struct app_answer desk_state(struct exchange *x);   /* layout, user */
struct app_answer desk_people(struct exchange *x);  /* who may sign in */
struct app_answer desk_news_of(struct exchange *x); /* what changed; may park */

/* desk_lab.c: what the simulator tells gadgets beyond the product */
bool desk_may_ask(const struct exchange *x); /* by a name of the site's, and no other origin */
struct app_answer desk_places(struct exchange *x);
struct app_answer desk_explain(struct exchange *x);

/* desk_trace.c */
struct app_answer desk_exchanges(struct exchange *x);

/* gadget_frame.c */
struct app_answer gadget_frame(struct exchange *x); /* may park */

/* gadget_request.c */
struct app_answer gadget_request(struct exchange *x); /* may park */

#endif
