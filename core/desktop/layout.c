#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xml.h"

/** What the layout's owner frees. The public part stands first. */
struct parsed {
    struct layout public;
    struct xml *xml;
    struct layout_role *roles;
    struct layout_tab *tabs;
    struct layout_gadget *gadgets;
    char *notes[LAYOUT_NOTES_MAX];
};

/** One reading. */
struct reading {
    struct parsed *to;
    size_t n_tabs, n_gadgets; /* used so far */
    struct diag *why;
};

static enum err fail(const struct reading *r, const struct xml_element *e, const char *message)
{
    diag_set(r->why, 0, "line %zu: %s", e->line, message);
    return ERR_SYNTAX;
}

static enum err fail_limit(const struct reading *r, const struct xml_element *e, const char *what,
                           unsigned max)
{
    diag_set(r->why, 0, "line %zu: more than %u %s", e->line, max, what);
    return ERR_LIMIT;
}

/** Tell of something that has no effect here. */
static void note(struct reading *r, const struct xml_element *e, const char *kind, const char *name)
{
    struct parsed *p = r->to;
    char shown[64];
    char text[160];

    if (p->public.n_notes == LAYOUT_NOTES_MAX)
        return;
    (void)snprintf(text, sizeof text, "line %zu: %s '%s' in '%.40s' has no effect", e->line, kind,
                   text_copy_defused(shown, sizeof shown, slice_of(name)), e->name);
    char *copy = strdup(text);
    if (copy == NULL)
        return;
    p->notes[p->public.n_notes] = copy;
    p->public.note[p->public.n_notes++] = copy;
}

/** Note children that are not among those known, which are separated by blanks. */
static void note_children(struct reading *r, const struct xml_element *e, const char *known)
{
    for (const struct xml_element *c = e->first; c != NULL; c = c->next) {
        const char *at = strstr(known, c->name);
        size_t n = strlen(c->name);
        while (at != NULL && ((at != known && at[-1] != ' ') || (at[n] != ' ' && at[n] != '\0')))
            at = strstr(at + 1, c->name);
        if (at == NULL)
            note(r, e, "element", c->name);
    }
}

/* ---- gadgets ---- */

static bool read_boolean(const char *text, bool *ret)
{
    struct slice s = xml_trim(text);

    *ret = slice_is(s, "true") || slice_is(s, "1");
    return *ret || slice_is(s, "false") || slice_is(s, "0");
}

static enum err read_attribute(struct reading *r, const struct xml_element *e,
                               const struct xml_attribute *a, struct layout_gadget *g)
{
    unsigned long rows = 0;

    if (strcmp(a->name, "id") == 0) {
        g->id = a->value;
    } else if (strcmp(a->name, "managedBy") == 0) {
        g->managed_by = a->value;
    } else if (strcmp(a->name, "alternateHosts") == 0) {
        g->alternate_hosts = a->value;
    } else if (strcmp(a->name, "hidden") == 0) {
        if (!read_boolean(a->value, &g->is_hidden))
            return fail(r, e, "hidden is true or false");
    } else if (strcmp(a->name, "maxRows") == 0) {
        if (text_to_ulong(xml_trim(a->value), 1, 1000, &rows) != ERR_OK)
            return fail(r, e, "maxRows is a number from 1 to 1000");
        g->max_rows = (unsigned)rows;
    } else {
        note(r, e, "attribute", a->name);
    }
    return ERR_OK;
}

static enum err read_gadget(struct reading *r, const struct xml_element *e)
{
    struct layout_gadget g = {.url = xml_trim(e->text), .number = r->n_gadgets, .line = e->line};
    enum err err = ERR_OK;

    if (g.url.n == 0)
        return fail(r, e, "a gadget without a URL");
    for (size_t i = 0; i < g.url.n; i++)
        if ((unsigned char)g.url.at[i] <= ' ' || g.url.at[i] == 0x7f)
            return fail(r, e, "the URL of a gadget has white space in it");
    for (size_t i = 0; err == ERR_OK && i < e->n_attributes; i++)
        err = read_attribute(r, e, &e->attribute[i], &g);
    if (err == ERR_OK && r->n_gadgets == LAYOUT_GADGETS_MAX)
        err = fail_limit(r, e, "gadgets", LAYOUT_GADGETS_MAX);
    if (err == ERR_OK)
        r->to->gadgets[r->n_gadgets++] = g;
    return err;
}

/** The gadgets that stand directly in `e`: a `page` or a `gadgets`, or a `tab`. */
static enum err read_gadgets(struct reading *r, const struct xml_element *e,
                             struct layout_column *ret)
{
    enum err err = ERR_OK;

    if (ret->n == 0)
        ret->gadget = &r->to->gadgets[r->n_gadgets];
    for (const struct xml_element *c = xml_child(e, "gadget"); err == ERR_OK && c != NULL;
         c = xml_next(c, "gadget")) {
        err = read_gadget(r, c);
        ret->n++;
    }
    return err;
}

/** All `gadgets` of a column. */
static enum err read_groups(struct reading *r, const struct xml_element *e,
                            struct layout_column *ret)
{
    enum err err = ERR_OK;

    for (const struct xml_element *c = xml_child(e, "gadgets"); err == ERR_OK && c != NULL;
         c = xml_next(c, "gadgets")) {
        note_children(r, c, "gadget");
        err = read_gadgets(r, c, ret);
    }
    return err;
}

/* ---- tabs ---- */

static enum err read_columns(struct reading *r, const struct xml_element *e, struct layout_tab *ret)
{
    enum err err = ERR_OK;

    note_children(r, e, "column");
    for (const struct xml_element *c = xml_child(e, "column"); err == ERR_OK && c != NULL;
         c = xml_next(c, "column")) {
        if (ret->n_columns == LAYOUT_COLUMNS_MAX)
            return fail_limit(r, c, "columns on a tab", LAYOUT_COLUMNS_MAX);
        note_children(r, c, "gadgets");
        err = read_groups(r, c, &ret->column[ret->n_columns++]);
    }
    return err;
}

/** A tab has columns, or (as older guides print it) gadgets without. */
static enum err read_tab_gadgets(struct reading *r, const struct xml_element *e,
                                 struct layout_tab *ret)
{
    const struct xml_element *columns = xml_child(e, "columns");

    if (columns != NULL)
        return read_columns(r, columns, ret);
    ret->n_columns = 1;
    enum err err = read_gadgets(r, e, &ret->column[0]);
    return err == ERR_OK ? read_groups(r, e, &ret->column[0]) : err;
}

static bool is_id(struct slice id)
{
    for (size_t i = 0; i < id.n; i++)
        if (!ascii_is_alnum((unsigned char)id.at[i]) && strchr("-_:.", id.at[i]) == NULL)
            return false;
    return id.n > 0 && ascii_is_alpha((unsigned char)id.at[0]);
}

static enum err read_tab(struct reading *r, const struct xml_element *e,
                         const struct layout_role *role)
{
    struct layout_tab *t = &r->to->tabs[r->n_tabs];

    note_children(r, e, "id icon label columns gadgets gadget");
    *t = (struct layout_tab){.id = xml_child_text(e, "id"),
                             .icon = xml_child_text(e, "icon"),
                             .label = xml_child_text(e, "label")};
    if (!is_id(t->id))
        return fail(r, e, "a tab needs an id: a letter, then letters, digits, '-', '_', ':', '.'");
    if (t->label.n == 0)
        return fail(r, e, "a tab without a label");
    for (size_t i = 0; i < role->n_tabs; i++)
        if (slice_same(role->tab[i].id, t->id))
            return fail(r, e, "a second tab of this role has this id");
    r->n_tabs++;
    return read_tab_gadgets(r, e, t);
}

/* ---- roles ---- */

static bool is_role(struct slice name)
{
    return slice_is(name, "Agent") || slice_is(name, "Supervisor") || slice_is(name, "Admin");
}

static enum err read_tabs(struct reading *r, const struct xml_element *e, struct layout_role *ret)
{
    const struct xml_element *tabs = xml_child(e, "tabs");
    enum err err = ERR_OK;

    if (tabs == NULL)
        return ERR_OK;
    note_children(r, tabs, "tab");
    for (const struct xml_element *c = xml_child(tabs, "tab"); err == ERR_OK && c != NULL;
         c = xml_next(c, "tab")) {
        if (ret->n_tabs == LAYOUT_TABS_MAX)
            return fail_limit(r, c, "tabs", LAYOUT_TABS_MAX);
        err = read_tab(r, c, ret);
        ret->n_tabs++;
    }
    return err;
}

static enum err read_role(struct reading *r, const struct xml_element *e)
{
    struct parsed *p = r->to;
    const struct xml_element *page = xml_child(e, "page");
    struct layout_role role = {.role = xml_child_text(e, "role"), .tab = &p->tabs[r->n_tabs]};
    enum err err = ERR_OK;

    note_children(r, e, "role page tabs");
    if (!is_role(role.role))
        return fail(r, e, "a layout is for the role Agent, Supervisor or Admin");
    for (size_t i = 0; i < p->public.n_roles; i++)
        if (slice_same(p->roles[i].role, role.role))
            return fail(r, e, "a second layout for this role");
    if (page != NULL) {
        note_children(r, page, "gadget");
        err = read_gadgets(r, page, &role.page);
    }
    if (err == ERR_OK)
        err = read_tabs(r, e, &role);
    p->roles[p->public.n_roles++] = role;
    return err;
}

static void read_configs(struct reading *r, const struct xml_element *root)
{
    const struct xml_element *configs = xml_child(root, "configs");

    if (configs == NULL)
        return;
    for (const struct xml_element *c = xml_child(configs, "config"); c != NULL;
         c = xml_next(c, "config")) {
        const char *key = xml_attribute(c, "key");
        const char *value = xml_attribute(c, "value");
        if (key != NULL && value != NULL && strcmp(key, "title") == 0)
            r->to->public.title = value;
    }
}

static enum err read_root(struct reading *r, const struct xml_element *root)
{
    struct parsed *p = r->to;
    enum err err = ERR_OK;

    if (strcmp(root->name, "finesseLayout") != 0)
        return fail(r, root, "this is no layout: it must begin with <finesseLayout>");
    note_children(r, root, "version configs header layout");
    read_configs(r, root);
    for (const struct xml_element *c = xml_child(root, "layout"); err == ERR_OK && c != NULL;
         c = xml_next(c, "layout"))
        err = read_role(r, c);
    if (err == ERR_OK && p->public.n_roles == 0)
        err = fail(r, root, "there is no <layout> in it");
    return err;
}

enum err layout_parse(struct slice document, struct layout **ret, struct diag *why)
{
    struct parsed *p = calloc(1, sizeof *p);
    struct reading r = {.to = p, .why = why};
    enum err err = ERR_NOMEM;

    if (p != NULL) {
        p->roles = calloc(3, sizeof *p->roles);
        p->tabs = calloc((size_t)3 * LAYOUT_TABS_MAX, sizeof *p->tabs);
        p->gadgets = calloc(LAYOUT_GADGETS_MAX + 1, sizeof *p->gadgets);
        if (p->roles != NULL && p->tabs != NULL && p->gadgets != NULL)
            err = xml_parse(document, LAYOUT_BYTES_MAX, &p->xml, why);
        else
            diag_set(why, 0, "out of memory");
    }
    if (err == ERR_OK) {
        p->public.role = p->roles;
        err = read_root(&r, xml_root(p->xml));
    }
    if (err != ERR_OK) {
        layout_free(p == NULL ? NULL : &p->public);
        return err;
    }
    *ret = &p->public;
    return ERR_OK;
}

void layout_free(struct layout *l)
{
    struct parsed *p = (struct parsed *)(void *)l;

    if (p == NULL)
        return;
    for (size_t i = 0; i < p->public.n_notes; i++)
        free(p->notes[i]);
    free(p->gadgets);
    free(p->tabs);
    free(p->roles);
    xml_free(p->xml);
    free(p);
}

const struct layout_role *layout_find(const struct layout *l, const char *role)
{
    for (size_t i = 0; i < l->n_roles; i++)
        if (slice_is(l->role[i].role, role))
            return &l->role[i];
    return NULL;
}
