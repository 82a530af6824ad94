#ifndef CUICSIM_SERVER_CUIC_H
#define CUICSIM_SERVER_CUIC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "cuic/dataset.h"
#include "cuic/session.h"

/** What CUIC keeps between requests, for the whole cluster: who has logged in, and executions of
 *  reports. All functions may be called by any thread. */
struct cuic;

enum err cuic_new(struct cuic **ret); /* ERR_NOMEM */
void cuic_free(struct cuic *c);       /* accepts NULL */

/* ---- sessions ---- */

void cuic_session_add(struct cuic *c, size_t node, const char *login, const char *id, bool is_sso);

/** Is this the id of a session on the node? @param ret  the login */
bool cuic_session_find(struct cuic *c, size_t node, struct slice id, char ret[CENTRE_NAME_MAX]);

/** [{"userName", "loginTime", "lastAccessTime"}] of all sessions of a node, times in milliseconds
 *  since 1970. NULL when memory is short. */
json_t *cuic_session_list(struct cuic *c, size_t node);

/* ---- data sets ---- */

/** An execution has begun. @param spec  its id, node, login, report and filter */
void cuic_dataset_start(struct cuic *c, const struct dataset *spec);

enum cuic_poll { CUIC_UNKNOWN, CUIC_RUNNING, CUIC_DUE, CUIC_READY };

/** A poll. The first finds it running; at the second its rows are due: CUIC_DUE asks the caller to
 *  make them, as of now. Then it is ready, with the same rows for as long as it is kept.
 * @param ret_copy  CUIC_DUE: what to make
 * @param ret_text  CUIC_READY: a copy of its text, free() it; NULL when memory is short */
enum cuic_poll cuic_dataset_poll(struct cuic *c, size_t node, const char *login, struct slice id,
                                 struct dataset *ret_copy, char **ret_text, size_t *ret_n);

/** The text that was due. When another thread was faster its text stays.
 * @return ERR_OK (the text is taken), ERR_NOTFOUND (forgotten meanwhile), ERR_EXISTS, ERR_LIMIT
 * (the text is the caller's still) */
enum err cuic_dataset_finish(struct cuic *c, const struct dataset *due, char *text, size_t n);

#endif
