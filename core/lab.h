#ifndef CUICSIM_LAB_H
#define CUICSIM_LAB_H

#include "store/store.h"

/** The lab of the TAC article: CORS enabled everywhere, the publisher's lists complete, the
 *  subscriber's lacking https://finessep.uccelab.tac:8445; Finesse as it is installed. @source
 * captures/ */
struct lab_settings lab_article(const struct node *n, enum service service);

/** A fresh cluster: CORS disabled, empty lists; Finesse 12.6 at enable_all. */
struct lab_settings lab_factory(const struct node *n, enum service service);

#endif
