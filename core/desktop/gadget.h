#ifndef CUICSIM_GADGET_H
#define CUICSIM_GADGET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/text.h"

/** A gadget as OpenSocial describes it: an XML document with a page, or with the URL of one.
 * @source OpenSocial Core Gadget Specification 2.5.1, "Gadget XML reference" */

#define GADGET_BYTES_MAX (2U << 20)

struct gadget_pref {
    const char *name, *value; /* its default; "" for none */
};

struct gadget_locale {
    const char *lang, *country; /* "" for any */
    const char *messages;       /* URL of a message bundle; NULL: none */
    const struct xml_element *element;
};

/** One `Content`: of some views, or of all of them ("" in `views`). */
struct gadget_content {
    bool is_url;
    struct slice href; /* with is_url */
    const char *html;  /* else */
    const char *views; /* "home,canvas" */
    unsigned preferred_height;
};

/** Text lives as long as the gadget. */
struct gadget {
    const char *title; /* "" for none */
    unsigned height;   /* 0: not given */
    size_t n_prefs, n_locales, n_contents;
    const struct gadget_pref *pref;
    const struct gadget_locale *locale;
    const struct gadget_content *content;
    json_t *features; /* of Require and Optional: {"name": {"param": "value", ...}, ...} */
};

/** @param why  on failure "line N: what is wrong"
 * @return ERR_OK, ERR_SYNTAX, ERR_LIMIT, ERR_NOMEM, ERR_NOTFOUND (a feature is required that this
 *         container does not have); freed by gadget_free, which accepts NULL */
enum err gadget_parse(struct slice document, struct gadget **ret, struct diag *why);
void gadget_free(struct gadget *g);

/** What of a gadget is shown: the content of this view, else that of every view, else the first.
 *  NULL when there is none. All parts of one view that are HTML belong together. */
const struct gadget_content *gadget_view(const struct gadget *g, const char *view);

/** The locale that fits best; NULL when none does. */
const struct gadget_locale *gadget_locale(const struct gadget *g, const char *lang,
                                          const char *country);

/** Texts of a locale: those that stand in the gadget itself, and those of its message bundle.
 * @param bundle  the bundle's document, `at` NULL for none
 * @return an object, NULL when the bundle is none (`why` says why) or memory is short */
json_t *gadget_messages(const struct gadget_locale *l, struct slice bundle, struct diag *why);

/** Where a gadget is shown, and for whom. */
struct gadget_frame {
    const char *base;      /* URL that its relative ones count from */
    const char *module_id; /* "3" */
    const char *scripts;   /* HTML that stands first in the head: the container's own scripts */
    const char *lang;
    const json_t *prefs;    /* object of strings: gadget_prefs */
    const json_t *messages; /* object of strings, or NULL */
    const json_t *config;   /* what the container's scripts are told */
};

/** Add the page of a gadget. Its hangman variables (__UP_name__, __MSG_name__, __MODULE_ID__) are
 *  replaced. What overflows sticks in `to`.
 * @param c  one of its contents that is HTML */
void gadget_page(struct buf *to, const struct gadget *g, const struct gadget_content *c,
                 const struct gadget_frame *frame);

/** The preferences of a gadget: its own with their defaults, over them those of the container. A
 *  new reference; NULL when memory is short. */
json_t *gadget_prefs(const struct gadget *g, json_t *prefs);

#endif
