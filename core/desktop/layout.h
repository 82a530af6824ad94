#ifndef CUICSIM_LAYOUT_H
#define CUICSIM_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"

/** A desktop layout as Finesse's administrators write it: for each role the gadgets that are always
 *  shown (`page`), and tabs of columns of gadgets.
 * @source Cisco Finesse Administration Guide, "Manage Desktop Layout": the XML schema definition
 *         and the text; docs/fidelity.md#desktop */

#define LAYOUT_BYTES_MAX   (1U << 20)
#define LAYOUT_COLUMNS_MAX 4   /* on a tab, as documented */
#define LAYOUT_GADGETS_MAX 200 /* of all roles */
#define LAYOUT_TABS_MAX    64  /* of one role */
#define LAYOUT_NOTES_MAX   16

struct layout_gadget {
    struct slice
        url;        /* as written: "/3rdpartygadget/files/X.xml", "https://host:port/path?query" */
    const char *id; /* NULL: none */
    const char *managed_by;      /* id of the gadget that shows it; NULL: none */
    const char *alternate_hosts; /* "host1,host2"; NULL: none */
    unsigned max_rows;           /* 0: not given */
    bool is_hidden;              /* runs, and is not shown */
    size_t number;               /* counted through the document, from 0 */
    size_t line;
};

struct layout_column {
    size_t n;
    const struct layout_gadget *gadget;
};

struct layout_tab {
    struct slice id, label, icon;
    size_t n_columns;
    struct layout_column column[LAYOUT_COLUMNS_MAX];
};

struct layout_role {
    struct slice role; /* "Agent", "Supervisor", "Admin" */
    struct layout_column page;
    size_t n_tabs;
    const struct layout_tab *tab;
};

/** Text lives as long as the layout. */
struct layout {
    const char *title; /* of the desktop; NULL: not given */
    size_t n_roles;
    const struct layout_role *role;
    size_t n_notes; /* what was left away, and where: for people */
    const char *note[LAYOUT_NOTES_MAX];
};

/** @param why  on failure "line N: what is wrong"
 * @return ERR_OK, ERR_SYNTAX, ERR_LIMIT, ERR_NOMEM; freed by layout_free, which accepts NULL */
enum err layout_parse(struct slice document, struct layout **ret, struct diag *why);
void layout_free(struct layout *l);

/** The layout of a role; NULL when there is none. */
const struct layout_role *layout_find(const struct layout *l, const char *role);

/** What a tab is called: the label, or what Finesse shows for one of its own such as
 *  "finesse.container.tabs.agent.homeLabel". */
struct slice layout_label(const struct layout_tab *t);

/** Is this the path of a component that comes with Finesse, such as its call control? */
bool layout_is_component(struct slice url);

/** Who signed in: what stands for them in a gadget's URL. */
struct layout_user {
    const char *login_id;
    const char *team_name;
    const char *teams; /* names of those supervised, with commas between */
};

/** Add the URL of a gadget for this user: in the values of its query `teamName`, `loginId`,
 *  `~loginId~` and `~teams~` are replaced. What overflows sticks in `to`. */
void layout_url(struct buf *to, struct slice url, const struct layout_user *user);

#endif
