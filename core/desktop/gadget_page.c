#include "gadget.h"

#include <stdlib.h>
#include <string.h>

#include "base/form.h"

/** "</script" and "<!--" must not appear, so no '<' does. */
static bool put_json_in_script(struct buf *to, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

    if (text == NULL)
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (*p == '<')
            (void)buf_puts(to, "\\u003c");
        else if (*p == '>')
            (void)buf_puts(to, "\\u003e");
        else if (*p == '&')
            (void)buf_puts(to, "\\u0026");
        else
            (void)buf_putc(to, *p);
    free(text);
    return true;
}

json_t *gadget_prefs(const struct gadget *g, json_t *prefs)
{
    json_t *all = json_object();
    bool is_good = all != NULL;

    for (size_t i = 0; is_good && i < g->n_prefs; i++)
        is_good = json_object_set_new(all, g->pref[i].name, json_string(g->pref[i].value)) == 0;
    if (is_good)
        is_good = json_object_update(all, prefs) == 0;
    if (is_good)
        return all;
    json_decref(all);
    return NULL;
}

/* ---- hangman variables ---- */

/** The value of the variable that the text begins with, up to its closing "__"; NULL for none. */
struct variable {
    size_t n; /* bytes of the whole variable */
    const char *value;
    bool is_html; /* it may hold markup */
};

static bool begins(struct slice s, const char *text)
{
    size_t n = strlen(text);

    return s.n >= n && memcmp(s.at, text, n) == 0;
}

/** The name between a prefix and "__". */
static bool take_name(struct slice text, const char *prefix, char name[128], size_t *ret_n)
{
    size_t n = strlen(prefix);

    if (!begins(text, prefix))
        return false;
    for (size_t i = n; i + 1 < text.n && i - n < 127; i++) {
        if (text.at[i] == '_' && text.at[i + 1] == '_' && i > n) {
            memcpy(name, text.at + n, i - n);
            name[i - n] = '\0';
            *ret_n = i + 2;
            return true;
        }
        if (!ascii_is_alnum((unsigned char)text.at[i]) && strchr("_.-", text.at[i]) == NULL)
            return false;
    }
    return false;
}

static bool look_up(struct slice text, const struct gadget_frame *frame, struct variable *ret)
{
    char name[128];

    if (begins(text, "__MODULE_ID__")) {
        *ret = (struct variable){strlen("__MODULE_ID__"), frame->module_id, false};
        return true;
    }
    if (take_name(text, "__UP_", name, &ret->n)) {
        ret->value = json_string_value(json_object_get(frame->prefs, name));
        ret->is_html = false;
        return ret->value != NULL;
    }
    if (frame->messages != NULL && take_name(text, "__MSG_", name, &ret->n)) {
        ret->value = json_string_value(json_object_get(frame->messages, name));
        ret->is_html = true;
        return ret->value != NULL;
    }
    return false;
}

/** What is not known stays as it is. */
static void substitute(struct buf *to, struct slice text, const struct gadget_frame *frame)
{
    while (text.n > 0) {
        const char *at = memchr(text.at, '_', text.n);
        size_t n = at == NULL ? text.n : (size_t)(at - text.at);
        struct variable v = {1, NULL, false};
        (void)buf_add(to, (struct slice){text.at, n});
        text = (struct slice){text.at + n, text.n - n};
        if (text.n == 0)
            return;
        if (!look_up(text, frame, &v)) {
            v.n = 1;
            (void)buf_putc(to, '_');
        } else if (v.is_html) {
            (void)buf_puts(to, v.value);
        } else {
            (void)form_escape(to, slice_of(v.value));
        }
        text = (struct slice){text.at + v.n, text.n - v.n};
    }
}

/* ---- the page ---- */

static void add_head(struct buf *to, const struct gadget *g, const struct gadget_frame *frame)
{
    (void)buf_puts(to, "<!DOCTYPE html>\n<html lang=\"");
    (void)form_escape(to, slice_of(frame->lang));
    (void)buf_puts(to, "\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    (void)form_escape(to, slice_of(g->title));
    (void)buf_puts(to, "</title>\n<script type=\"application/json\" id=\"gadget-config\">");
    if (!put_json_in_script(to, frame->config))
        to->state = ERR_NOMEM;
    (void)buf_puts(to, "</script>\n");
    (void)buf_puts(to, frame->scripts); /* in front of the base, which they do not count from */
    (void)buf_puts(to, "<base href=\"");
    (void)form_escape(to, slice_of(frame->base));
    (void)buf_puts(to, "\">\n</head>\n<body>\n");
}

void gadget_page(struct buf *to, const struct gadget *g, const struct gadget_content *c,
                 const struct gadget_frame *frame)
{
    add_head(to, g, frame);
    /* Several parts of one view are one page. */
    for (const struct gadget_content *part = c; part < g->content + g->n_contents; part++)
        if (!part->is_url && strcmp(part->views, c->views) == 0)
            substitute(to, slice_of(part->html), frame);
    (void)buf_puts(to, "\n<script>gadgets.util.runOnLoadHandlers();</script>\n</body>\n</html>\n");
}
