/* What a client of CUIC's reports sends: a body of a REST call, a filter, a form, and text that is
 * put into pages. */
#include "cuic/report.h"

#include "base/form.h"
#include "fuzz.h"

#define N_AGENTS 40
#define OUT_MAX  (1U << 20)

static const struct centre *the_centre(void)
{
    static struct centre *c;

    if (c == NULL)
        REQUIRE(centre_new(1, N_AGENTS, &c) == ERR_OK);
    return c;
}

/** A failure says why, in text that harms no terminal; a success chose among the rows there are. */
static void check_filter(enum err e, const struct filter *f, const struct diag *why)
{
    if (e != ERR_OK) {
        REQUIRE(e == ERR_SYNTAX || e == ERR_NOTFOUND || e == ERR_LIMIT);
        REQUIRE(why->text[0] != '\0' && is_harmless(why->text));
        return;
    }
    json_t *rows = report_rows(the_centre(), f);
    REQUIRE(json_array_size(rows) <= centre_count(the_centre(), f->kind));
    json_decref(rows);
}

static void check_body(struct slice text)
{
    json_t *body = json_loadb(text.n == 0 ? "" : text.at, text.n, JSON_DECODE_ANY, NULL);
    const struct shape_report *r = NULL;
    struct filter f;

    if (body == NULL)
        return;
    struct diag why = {0, ""};
    enum err e = report_find(body, &r, &why);
    REQUIRE((e == ERR_OK) == (r != NULL));
    REQUIRE(e == ERR_OK || is_harmless(why.text));
    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++) {
        why.text[0] = '\0';
        e = report_filter_start(body, the_centre(), (enum centre_kind)kind, "agent1001", &f, &why);
        check_filter(e, &f, &why);
        why.text[0] = '\0';
        e = report_filter_stream(body, the_centre(), (enum centre_kind)kind, "", &f, &why);
        check_filter(e, &f, &why);
    }
    json_decref(body);
}

/** "key=value". */
static void check_value(struct slice text)
{
    struct slice rest = text;
    struct slice key = take_until(&rest, '=');

    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++) {
        struct filter f;
        struct diag why = {0, ""};
        filter_init(&f, (enum centre_kind)kind);
        enum err e = filter_apply(&f, the_centre(), "agent1001", key, &rest, 1, &why);
        check_filter(e, &f, &why);
    }
}

/** What was encoded is found again; what was escaped has no markup. */
static void check_text(struct slice text)
{
    static const struct form_value values[] = {{"A", {"{{A}}", 5}}, {"BC", {"", 0}}};
    struct buf coded;
    struct buf found;

    buf_init(&coded, OUT_MAX);
    buf_init(&found, OUT_MAX);
    (void)form_find(text, "a", &found);
    (void)buf_puts(&coded, "b=1&a=");
    REQUIRE(form_encode(&coded, text) == ERR_OK);
    bool has_nul = text.n > 0 && memchr(text.at, '\0', text.n) != NULL;
    REQUIRE(form_find((struct slice){buf_text(&coded), coded.n}, "a", &found) == !has_nul);
    REQUIRE(has_nul || slice_same((struct slice){buf_text(&found), found.n}, text));
    buf_reset(&coded);
    REQUIRE(form_escape(&coded, text) == ERR_OK);
    REQUIRE(strpbrk(buf_text(&coded), "<>\"") == NULL && strlen(buf_text(&coded)) == coded.n);
    buf_reset(&coded);
    REQUIRE(form_fill(&coded, text, values, 2) == ERR_OK);
    buf_clear(&coded);
    buf_clear(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = input_of(data, size);

    check_body(all);
    check_value(all);
    check_text(all);
    return 0;
}
