#include "gadget.h"

#include <stdlib.h>
#include <string.h>

#include "xml.h"

#define PREFS_MAX    200
#define LOCALES_MAX  64
#define CONTENTS_MAX 32
#define BUNDLE_MAX   (1U << 20) /* bytes of a message bundle */
#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))

/** What the gadget's owner frees. The public part stands first. */
struct parsed {
    struct gadget public;
    struct xml *xml;
    struct gadget_pref *prefs;
    struct gadget_locale *locales;
    struct gadget_content *contents;
};

/** Features of OpenSocial that are there, if only as far as docs/desktop.md says. */
static const char *const features[] = {
    "core",
    "core.io",
    "core.json",
    "content-rewrite",
    "dynamic-height",
    "json",
    "io",
    "loadingindicator",
    "locked-domain",
    "minimessage",
    "osapi",
    "pubsub",
    "pubsub-2",
    "rpc",
    "security-token",
    "setprefs",
    "settitle",
    "skins",
    "views",
    "window",
};

static enum err fail(struct diag *why, const struct xml_element *e, enum err err,
                     const char *message, const char *name)
{
    diag_set(why, 0, "line %zu: %s%s", e->line, message, name);
    return err;
}

static const char *attribute(const struct xml_element *e, const char *name)
{
    const char *value = xml_attribute(e, name);

    return value == NULL ? "" : value;
}

static unsigned attribute_number(const struct xml_element *e, const char *name)
{
    unsigned long n = 0;

    return text_to_ulong(xml_trim(attribute(e, name)), 0, 10000, &n) == ERR_OK ? (unsigned)n : 0;
}

/* ---- reading ---- */

static bool has_feature(const char *name)
{
    for (size_t i = 0; i < COUNT(features); i++)
        if (strcmp(features[i], name) == 0)
            return true;
    return false;
}

static bool add_feature(json_t *all, const struct xml_element *e)
{
    json_t *params = json_object();

    for (const struct xml_element *c = xml_child(e, "Param"); c != NULL && params != NULL;
         c = xml_next(c, "Param")) {
        struct slice value = xml_trim(c->text);
        if (json_object_set_new(params, attribute(c, "name"), json_stringn(value.at, value.n)) != 0)
            break;
    }
    return json_object_set_new(all, attribute(e, "feature"), params) == 0;
}

/** @source Shindig, which is Finesse's container, refuses a gadget so that requires what it has not
 */
static enum err read_features(struct parsed *p, const struct xml_element *prefs, struct diag *why)
{
    for (const struct xml_element *e = prefs->first; e != NULL; e = e->next) {
        bool is_required = strcmp(e->name, "Require") == 0;
        if (!is_required && strcmp(e->name, "Optional") != 0)
            continue;
        if (has_feature(attribute(e, "feature"))) {
            if (!add_feature(p->public.features, e))
                return fail(why, e, ERR_NOMEM, "out of memory", "");
        } else if (is_required) {
            return fail(why, e, ERR_NOTFOUND, "Unsupported feature(s): ", attribute(e, "feature"));
        }
    }
    return ERR_OK;
}

static size_t count(const struct xml_element *e, const char *name)
{
    size_t n = 0;

    for (const struct xml_element *c = xml_child(e, name); c != NULL; c = xml_next(c, name))
        n++;
    return n;
}

static enum err read_locales(struct parsed *p, const struct xml_element *prefs, struct diag *why)
{
    size_t n = count(prefs, "Locale");

    if (n > LOCALES_MAX)
        return fail(why, prefs, ERR_LIMIT, "too many elements ", "Locale");
    p->locales = calloc(n + 1, sizeof *p->locales);
    if (p->locales == NULL)
        return fail(why, prefs, ERR_NOMEM, "out of memory", "");
    for (const struct xml_element *c = xml_child(prefs, "Locale"); c != NULL;
         c = xml_next(c, "Locale"))
        p->locales[p->public.n_locales++] = (struct gadget_locale){
            attribute(c, "lang"), attribute(c, "country"), xml_attribute(c, "messages"), c};
    p->public.locale = p->locales;
    return ERR_OK;
}

static enum err read_prefs(struct parsed *p, const struct xml_element *root, struct diag *why)
{
    size_t n = count(root, "UserPref");

    if (n > PREFS_MAX)
        return fail(why, root, ERR_LIMIT, "too many elements ", "UserPref");
    p->prefs = calloc(n + 1, sizeof *p->prefs);
    if (p->prefs == NULL)
        return fail(why, root, ERR_NOMEM, "out of memory", "");
    for (const struct xml_element *c = xml_child(root, "UserPref"); c != NULL;
         c = xml_next(c, "UserPref")) {
        if (attribute(c, "name")[0] == '\0')
            return fail(why, c, ERR_SYNTAX, "a UserPref without a name", "");
        p->prefs[p->public.n_prefs++] =
            (struct gadget_pref){attribute(c, "name"), attribute(c, "default_value")};
    }
    p->public.pref = p->prefs;
    return ERR_OK;
}

static enum err read_content(const struct xml_element *e, struct gadget_content *ret,
                             struct diag *why)
{
    const char *type = attribute(e, "type");

    *ret = (struct gadget_content){.is_url = strcmp(type, "url") == 0,
                                   .href = xml_trim(attribute(e, "href")),
                                   .html = e->text,
                                   .views = attribute(e, "view"),
                                   .preferred_height = attribute_number(e, "preferred_height")};
    if (!ret->is_url && type[0] != '\0' && strcmp(type, "html") != 0)
        return fail(why, e, ERR_SYNTAX, "the type of a Content is html or url, not ", type);
    if (ret->is_url && ret->href.n == 0)
        return fail(why, e, ERR_SYNTAX, "a Content of type url without an href", "");
    return ERR_OK;
}

static enum err read_contents(struct parsed *p, const struct xml_element *root, struct diag *why)
{
    size_t n = count(root, "Content");
    enum err err = ERR_OK;

    if (n == 0)
        return fail(why, root, ERR_SYNTAX, "there is no Content", "");
    if (n > CONTENTS_MAX)
        return fail(why, root, ERR_LIMIT, "too many elements ", "Content");
    p->contents = calloc(n, sizeof *p->contents);
    if (p->contents == NULL)
        return fail(why, root, ERR_NOMEM, "out of memory", "");
    for (const struct xml_element *c = xml_child(root, "Content"); err == ERR_OK && c != NULL;
         c = xml_next(c, "Content"))
        err = read_content(c, &p->contents[p->public.n_contents++], why);
    p->public.content = p->contents;
    return err;
}

static enum err read_root(struct parsed *p, const struct xml_element *root, struct diag *why)
{
    const struct xml_element *prefs = xml_child(root, "ModulePrefs");

    if (strcmp(root->name, "Module") != 0)
        return fail(why, root, ERR_SYNTAX, "this is no gadget: it must begin with <Module>", "");
    if (prefs == NULL)
        return fail(why, root, ERR_SYNTAX, "there is no ModulePrefs", "");
    p->public.title = attribute(prefs, "title");
    p->public.height = attribute_number(prefs, "height");
    enum err err = read_features(p, prefs, why);
    if (err == ERR_OK)
        err = read_locales(p, prefs, why);
    if (err == ERR_OK)
        err = read_prefs(p, root, why);
    return err == ERR_OK ? read_contents(p, root, why) : err;
}

enum err gadget_parse(struct slice document, struct gadget **ret, struct diag *why)
{
    struct parsed *p = calloc(1, sizeof *p);

    if (p == NULL || (p->public.features = json_object()) == NULL) {
        free(p);
        diag_set(why, 0, "out of memory");
        return ERR_NOMEM;
    }
    enum err err = xml_parse(document, GADGET_BYTES_MAX, &p->xml, why);
    if (err == ERR_OK)
        err = read_root(p, xml_root(p->xml), why);
    if (err != ERR_OK) {
        gadget_free(&p->public);
        return err;
    }
    *ret = &p->public;
    return ERR_OK;
}

void gadget_free(struct gadget *g)
{
    struct parsed *p = (struct parsed *)(void *)g;

    if (p == NULL)
        return;
    json_decref(p->public.features);
    free(p->contents);
    free(p->locales);
    free(p->prefs);
    xml_free(p->xml);
    free(p);
}

/* ---- choosing ---- */

/** Is the view one of those in the list, which are separated by commas? */
static bool lists(const char *list, const char *view)
{
    struct slice rest = slice_of(list);

    while (rest.n > 0) {
        const char *comma = memchr(rest.at, ',', rest.n);
        size_t n = comma == NULL ? rest.n : (size_t)(comma - rest.at);
        if (slice_is(slice_trim((struct slice){rest.at, n}), view))
            return true;
        n += comma == NULL ? 0 : 1;
        rest = (struct slice){rest.at + n, rest.n - n};
    }
    return false;
}

const struct gadget_content *gadget_view(const struct gadget *g, const char *view)
{
    const struct gadget_content *any = NULL;

    for (size_t i = 0; i < g->n_contents; i++) {
        if (lists(g->content[i].views, view))
            return &g->content[i];
        if (any == NULL &&
            (g->content[i].views[0] == '\0' || lists(g->content[i].views, "default")))
            any = &g->content[i];
    }
    return any != NULL ? any : g->content;
}

/** How well a locale fits; 0: not at all. */
static unsigned fit(const struct gadget_locale *l, const char *lang, const char *country)
{
    bool is_any = l->lang[0] == '\0' || slice_is_nocase(slice_of(l->lang), "all");
    bool is_anywhere = l->country[0] == '\0' || slice_is_nocase(slice_of(l->country), "all");

    if (!is_any && !slice_is_nocase(slice_of(l->lang), lang))
        return 0;
    if (!is_anywhere && !slice_is_nocase(slice_of(l->country), country))
        return 0;
    return 1U + (is_any ? 0U : 2U) + (is_anywhere ? 0U : 1U);
}

const struct gadget_locale *gadget_locale(const struct gadget *g, const char *lang,
                                          const char *country)
{
    const struct gadget_locale *best = NULL;
    unsigned best_fit = 0;

    for (size_t i = 0; i < g->n_locales; i++)
        if (fit(&g->locale[i], lang, country) > best_fit) {
            best = &g->locale[i];
            best_fit = fit(best, lang, country);
        }
    return best;
}

static bool add_messages(json_t *to, const struct xml_element *e)
{
    for (const struct xml_element *c = xml_child(e, "msg"); c != NULL; c = xml_next(c, "msg")) {
        struct slice text = xml_trim(c->text);
        if (json_object_set_new(to, attribute(c, "name"), json_stringn(text.at, text.n)) != 0)
            return false;
    }
    return true;
}

json_t *gadget_messages(const struct gadget_locale *l, struct slice bundle, struct diag *why)
{
    json_t *messages = json_object();
    struct xml *x = NULL;
    bool is_good = messages != NULL;

    if (is_good && bundle.at != NULL) {
        is_good = xml_parse(bundle, BUNDLE_MAX, &x, why) == ERR_OK;
        if (is_good && strcmp(xml_root(x)->name, "messagebundle") != 0)
            is_good =
                fail(why, xml_root(x), ERR_SYNTAX, "this is no <messagebundle>", "") == ERR_OK;
        is_good = is_good && add_messages(messages, xml_root(x));
    }
    is_good = is_good && add_messages(messages, l->element);
    xml_free(x);
    if (is_good)
        return messages;
    json_decref(messages);
    return NULL;
}
