/* A desktop layout, as an administrator may have written it. */
#include "desktop/layout.h"
#include "fuzz.h"

static void check_gadget(const struct layout_gadget *g)
{
    static const struct layout_user user = {"1001", "A & B", "C,D"};
    struct buf to;

    REQUIRE(g->url.n > 0 && g->number < LAYOUT_GADGETS_MAX && g->line > 0);
    buf_init(&to, 16 * (g->url.n + 64));
    layout_url(&to, g->url, &user);
    REQUIRE(to.state == ERR_OK && to.n > 0);
    buf_clear(&to);
}

static size_t check_column(const struct layout_column *c)
{
    for (size_t i = 0; i < c->n; i++)
        check_gadget(&c->gadget[i]);
    return c->n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct layout *l = NULL;
    struct diag why = {0, ""};
    size_t n = 0;
    enum err e = layout_parse(input_of(data, size), &l, &why);

    REQUIRE((e == ERR_OK) == (l != NULL) && (e == ERR_OK) == (why.text[0] == '\0'));
    REQUIRE(is_harmless(why.text));
    if (e != ERR_OK) {
        REQUIRE(e == ERR_SYNTAX || e == ERR_LIMIT);
        return 0;
    }
    REQUIRE(l->n_roles >= 1 && l->n_roles <= 3 && l->n_notes <= LAYOUT_NOTES_MAX);
    for (size_t i = 0; i < l->n_notes; i++)
        REQUIRE(is_harmless(l->note[i]));
    for (size_t i = 0; i < l->n_roles; i++) {
        const struct layout_role *r = &l->role[i];
        n += check_column(&r->page);
        for (size_t t = 0; t < r->n_tabs; t++) {
            REQUIRE(r->tab[t].id.n > 0 && layout_label(&r->tab[t]).n > 0);
            for (size_t c = 0; c < r->tab[t].n_columns; c++)
                n += check_column(&r->tab[t].column[c]);
        }
    }
    REQUIRE(n <= LAYOUT_GADGETS_MAX);
    layout_free(l);
    return 0;
}
