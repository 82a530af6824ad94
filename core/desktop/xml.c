#include "xml.h"

#include <assert.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/** An element while it is read. */
struct node {
    struct xml_element public;
    struct node *up, *last; /* the one it stands in; its last child */
    struct node *before;    /* all nodes of the document, for freeing them */
    struct buf text;
    struct xml_attribute *attributes;
    char *strings; /* its name, and names and values of the attributes */
};

struct xml {
    struct node *nodes; /* the newest first */
    const struct xml_element *root;
};

/** One reading. The first fault wins, and stops it. */
struct reading {
    XML_Parser parser;
    struct xml *xml;
    struct node *open; /* the element we are in */
    size_t depth, n_elements;
    size_t max_bytes;
    enum err fault;
    struct diag *why;
};

static void stop(struct reading *r, enum err e, const char *message)
{
    if (r->fault != ERR_OK)
        return;
    r->fault = e;
    diag_set(r->why, 0, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(r->parser),
             message);
    (void)XML_StopParser(r->parser, XML_FALSE);
}

/** Behind the prefix. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon == NULL ? name : colon + 1;
}

/** Copy a string to `*to`, which is moved behind it. */
static const char *put(char **to, const char *text)
{
    size_t n = strlen(text) + 1;
    char *at = memcpy(*to, text, n);

    *to += n;
    return at;
}

/** @param pairs  names and values of its attributes in turn, then NULL */
static bool copy_strings(struct node *n, const char *name, const char **pairs)
{
    size_t bytes = strlen(name) + 1;
    size_t count = 0;

    for (; pairs[2 * count] != NULL; count++)
        bytes += strlen(pairs[2 * count]) + strlen(pairs[2 * count + 1]) + 2;
    n->strings = malloc(bytes);
    n->attributes = calloc(count + 1, sizeof *n->attributes);
    if (n->strings == NULL || n->attributes == NULL)
        return false;
    char *to = n->strings;
    n->public.name = put(&to, local_name(name));
    for (size_t i = 0; i < count; i++) {
        n->attributes[i].name = put(&to, local_name(pairs[2 * i]));
        n->attributes[i].value = put(&to, pairs[2 * i + 1]);
    }
    n->public.attribute = n->attributes;
    n->public.n_attributes = count;
    return true;
}

static struct node *new_node(struct reading *r, const char *name, const char **pairs)
{
    struct node *n = calloc(1, sizeof *n);

    if (n == NULL)
        return NULL;
    buf_init(&n->text, r->max_bytes);
    n->before = r->xml->nodes;
    r->xml->nodes = n;
    n->public.line = XML_GetCurrentLineNumber(r->parser);
    return copy_strings(n, name, pairs) ? n : NULL;
}

static void link_node(struct reading *r, struct node *n)
{
    struct node *up = r->open;

    n->up = up;
    if (up == NULL) {
        r->xml->root = &n->public;
        return;
    }
    n->public.parent = &up->public;
    if (up->last == NULL)
        up->public.first = &n->public;
    else
        up->last->public.next = &n->public;
    up->last = n;
}

static void XMLCALL on_start(void *arg, const char *name, const char **pairs)
{
    struct reading *r = arg;

    if (++r->depth > XML_DEPTH_MAX)
        stop(r, ERR_LIMIT, "elements stand in one another too deeply");
    if (++r->n_elements > XML_ELEMENTS_MAX)
        stop(r, ERR_LIMIT, "too many elements");
    if (pairs[0] != NULL && XML_GetSpecifiedAttributeCount(r->parser) > 2 * XML_ATTRIBUTES_MAX)
        stop(r, ERR_LIMIT, "too many attributes");
    if (r->fault != ERR_OK)
        return;
    struct node *n = new_node(r, name, pairs);
    if (n == NULL) {
        stop(r, ERR_NOMEM, "out of memory");
        return;
    }
    link_node(r, n);
    r->open = n;
}

static void XMLCALL on_end(void *arg, const char *name)
{
    struct reading *r = arg;

    (void)name;
    if (r->fault != ERR_OK) /* an empty element ends although its start was refused */
        return;
    r->depth--;
    r->open->public.text = buf_text(&r->open->text);
    r->open = r->open->up;
}

static void XMLCALL on_text(void *arg, const char *text, int n)
{
    struct reading *r = arg;

    if (r->fault != ERR_OK || r->open == NULL)
        return;
    enum err e = buf_add(&r->open->text, (struct slice){text, (size_t)n});
    if (e != ERR_OK)
        stop(r, e, err_text(e));
}

/** Entities are how a small document becomes a large one, or reads files: none are needed. */
static void XMLCALL on_doctype(void *arg, const char *name, const char *system_id,
                               const char *public_id, int has_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    stop(arg, ERR_SYNTAX,
         "a document type declaration (DOCTYPE, with it every entity) is not allowed");
}

static void run(struct reading *r, struct slice document)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    if (XML_Parse(r->parser, document.n == 0 ? "" : document.at, (int)document.n, XML_TRUE) ==
        XML_STATUS_OK)
        return;
    enum XML_Error code = XML_GetErrorCode(r->parser);
    stop(r, code == XML_ERROR_NO_MEMORY ? ERR_NOMEM : ERR_SYNTAX, XML_ErrorString(code));
}

enum err xml_parse(struct slice document, size_t max_bytes, struct xml **ret, struct diag *why)
{
    struct reading r = {.max_bytes = max_bytes, .why = why};

    assert(max_bytes <= 1U << 30); /* expat counts in int */
    if (document.n > max_bytes) {
        diag_set(why, 0, "line 1: it has more than %zu bytes", max_bytes);
        return ERR_LIMIT;
    }
    r.xml = calloc(1, sizeof *r.xml);
    r.parser = r.xml == NULL ? NULL : XML_ParserCreate(NULL);
    if (r.parser == NULL) {
        free(r.xml);
        diag_set(why, 0, "out of memory");
        return ERR_NOMEM;
    }
    run(&r, document);
    XML_ParserFree(r.parser);
    if (r.fault != ERR_OK) {
        xml_free(r.xml);
        return r.fault;
    }
    *ret = r.xml;
    return ERR_OK;
}

void xml_free(struct xml *x)
{
    if (x == NULL)
        return;
    while (x->nodes != NULL) {
        struct node *n = x->nodes;
        x->nodes = n->before;
        buf_clear(&n->text);
        free(n->attributes);
        free(n->strings);
        free(n);
    }
    free(x);
}

const struct xml_element *xml_root(const struct xml *x)
{
    return x->root;
}

static const struct xml_element *find(const struct xml_element *e, const char *name)
{
    while (e != NULL && strcmp(e->name, name) != 0)
        e = e->next;
    return e;
}

const struct xml_element *xml_child(const struct xml_element *e, const char *name)
{
    return find(e->first, name);
}

const struct xml_element *xml_next(const struct xml_element *e, const char *name)
{
    return find(e->next, name);
}

const char *xml_attribute(const struct xml_element *e, const char *name)
{
    for (size_t i = 0; i < e->n_attributes; i++)
        if (strcmp(e->attribute[i].name, name) == 0)
            return e->attribute[i].value;
    return NULL;
}

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct slice xml_trim(const char *text)
{
    struct slice s = slice_of(text);

    while (s.n > 0 && is_white(s.at[0]))
        s = (struct slice){s.at + 1, s.n - 1};
    while (s.n > 0 && is_white(s.at[s.n - 1]))
        s.n--;
    return s;
}

struct slice xml_child_text(const struct xml_element *e, const char *name)
{
    const struct xml_element *child = xml_child(e, name);

    return xml_trim(child == NULL ? "" : child->text);
}
