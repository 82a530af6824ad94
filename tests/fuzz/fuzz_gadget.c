/* A gadget's XML, from the gadget folder or from another server, and the page made of it. */
#include "desktop/gadget.h"
#include "fuzz.h"

#define PAGE_MAX_BYTES (1U << 22)

static bool has_it_already(const struct gadget *g)
{
    for (size_t i = 0; i < g->n_contents; i++)
        if (strstr(g->content[i].html, "<1001>") != NULL)
            return true;
    return false;
}

/** Values of preferences may hold anything, and never become markup. */
static void check_page(const struct gadget *g, const struct gadget_content *c, const json_t *texts)
{
    json_t *container = json_pack("{s:s, s:s}", "id", "<1001>", "a", "__UP_id__");
    json_t *prefs = gadget_prefs(g, container);
    struct gadget_frame frame = {"https://f.lab/", "7", "", "en", prefs, texts, prefs};
    struct buf to;

    REQUIRE(prefs != NULL && json_object_get(prefs, "id") != NULL);
    buf_init(&to, PAGE_MAX_BYTES);
    gadget_page(&to, g, c, &frame);
    REQUIRE(to.state == ERR_OK || to.state == ERR_LIMIT);
    if (texts == NULL && !has_it_already(g))
        REQUIRE(strstr(buf_text(&to), "<1001>") == NULL);
    buf_clear(&to);
    json_decref(prefs);
    json_decref(container);
}

static void check_gadget(const struct gadget *g)
{
    static const char *const view[] = {"default", "canvas", ""};
    const struct gadget_locale *l = gadget_locale(g, "en", "US");
    struct diag why = {0, ""};
    json_t *texts = l == NULL ? NULL : gadget_messages(l, (struct slice){NULL, 0}, &why);

    for (size_t i = 0; i < sizeof view / sizeof view[0]; i++) {
        const struct gadget_content *c = gadget_view(g, view[i]);
        REQUIRE(c >= g->content && c < g->content + g->n_contents);
        if (!c->is_url)
            check_page(g, c, texts);
    }
    json_decref(texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gadget *g = NULL;
    struct diag why = {0, ""};
    enum err e = gadget_parse(input_of(data, size), &g, &why);

    REQUIRE((e == ERR_OK) == (g != NULL) && (e == ERR_OK) == (why.text[0] == '\0'));
    REQUIRE(is_harmless(why.text));
    if (e == ERR_OK)
        check_gadget(g);
    else
        REQUIRE(e == ERR_SYNTAX || e == ERR_LIMIT || e == ERR_NOTFOUND);
    gadget_free(g);
    return 0;
}
