#include "desktop/gadget.h"

#include <string.h>

#include "suites.h"
#include "support.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#define MODULE(prefs, rest)                                                                        \
    "<Module><ModulePrefs title='T'>" prefs "</ModulePrefs>" rest "</Module>"
#define HTML(text) "<Content type='html'><![CDATA[" text "]]></Content>"

static const struct refused {
    const char *name, *document;
    enum err err;
    const char *why;
} refused_rows[] = {
    {"no XML", "<html>\n<p>", ERR_SYNTAX, "line 2: no element found"},
    {"a page", "<!DOCTYPE html><html></html>", ERR_SYNTAX,
     "line 1: a document type declaration (DOCTYPE, with it every entity) is not allowed"},
    {"another document", "\n<finesseLayout/>", ERR_SYNTAX,
     "line 2: this is no gadget: it must begin with <Module>"},
    {"no ModulePrefs", "<Module>" HTML("a") "</Module>", ERR_SYNTAX,
     "line 1: there is no ModulePrefs"},
    {"no Content", MODULE("", ""), ERR_SYNTAX, "line 1: there is no Content"},
    {"a type", MODULE("", "<Content type='x-flash'/>"), ERR_SYNTAX,
     "line 1: the type of a Content is html or url, not x-flash"},
    {"no href", MODULE("", "\n<Content type='url'/>"), ERR_SYNTAX,
     "line 2: a Content of type url without an href"},
    {"a pref without a name", MODULE("", "<UserPref/>" HTML("a")), ERR_SYNTAX,
     "line 1: a UserPref without a name"},
    {"a feature that is not there", MODULE("\n<Require feature='flash'/>", HTML("a")), ERR_NOTFOUND,
     "line 2: Unsupported feature(s): flash"},
};

START_TEST(refused)
{
    const struct refused *row = &refused_rows[_i];
    struct gadget *g = NULL;
    struct diag why = {0, ""};
    enum err e = gadget_parse(slice_of(row->document), &g, &why);

    ck_assert_msg(e == row->err, "%s: %s", row->name, err_text(e));
    ck_assert_msg(strcmp(why.text, row->why) == 0, "%s: %s", row->name, why.text);
    ck_assert_ptr_null(g);
}
END_TEST

static struct gadget *parse(const char *document)
{
    struct gadget *g = NULL;
    struct diag why = {0, ""};

    ck_assert_msg(gadget_parse(slice_of(document), &g, &why) == ERR_OK, "%s: %s", document,
                  why.text);
    return g;
}

START_TEST(reads)
{
    static const char document[] =
        "<Module><ModulePrefs title='A &amp; B' height='310'>"
        "<Require feature='pubsub-2'/><Optional feature='flash'/>"
        "<Require feature='loadingindicator'><Param name='loading-timeout'> 10 </Param></Require>"
        "</ModulePrefs><UserPref name='one' default_value='1' datatype='hidden'/>"
        "<UserPref name='two'/>" HTML("<b>text</b>") "</Module>";
    struct gadget *g = parse(document);

    ck_assert_str_eq(g->title, "A & B");
    ck_assert_uint_eq(g->height, 310);
    ck_assert_uint_eq(g->n_prefs, 2);
    ck_assert_str_eq(g->pref[0].name, "one");
    ck_assert_str_eq(g->pref[0].value, "1");
    ck_assert_str_eq(g->pref[1].value, "");
    ck_assert_uint_eq(json_object_size(g->features), 2);
    json_t *params = json_object_get(g->features, "loadingindicator");
    ck_assert_str_eq(json_string_value(json_object_get(params, "loading-timeout")), "10");
    ck_assert_ptr_null(json_object_get(g->features, "flash"));
    ck_assert_str_eq(g->content[0].html, "<b>text</b>");
    gadget_free(g);
}
END_TEST

static const struct view_row {
    const char *name, *contents, *view, *expected;
} view_rows[] = {
    {"only one", "<Content>a</Content>", "canvas", "a"},
    {"of any view", "<Content view='home'>h</Content><Content>a</Content>", "canvas", "a"},
    {"named", "<Content>a</Content><Content view='home,canvas'>h</Content>", "canvas", "h"},
    {"named, with blanks", "<Content>a</Content><Content view='home, canvas'>h</Content>", "canvas",
     "h"},
    {"default", "<Content view='home'>h</Content><Content view='default'>d</Content>", "canvas",
     "d"},
    {"the first", "<Content view='home'>h</Content><Content view='x'>x</Content>", "canvas", "h"},
    {"not a part of a name", "<Content view='canvas2'>h</Content><Content>a</Content>", "canvas",
     "a"},
};

START_TEST(views)
{
    const struct view_row *row = &view_rows[_i];
    char document[512];

    (void)snprintf(document, sizeof document, "<Module><ModulePrefs/>%s</Module>", row->contents);
    struct gadget *g = parse(document);
    const struct gadget_content *c = gadget_view(g, row->view);
    ck_assert_msg(strcmp(c->html, row->expected) == 0, "%s: %s", row->name, c->html);
    gadget_free(g);
}
END_TEST

START_TEST(url)
{
    struct gadget *g = parse(MODULE("", "<Content type='url' href=' https://x/y ' "
                                        "preferred_height='90'/>"));

    ck_assert(g->content[0].is_url);
    ck_assert(slice_is(g->content[0].href, "https://x/y"));
    ck_assert_uint_eq(g->content[0].preferred_height, 90);
    gadget_free(g);
}
END_TEST

static const struct locale_row {
    const char *name, *locales, *expected; /* messages of the one chosen; NULL: none */
} locale_rows[] = {
    {"none", "", NULL},
    {"any", "<Locale messages='any'/>", "any"},
    {"language", "<Locale messages='any'/><Locale lang='en' messages='en'/>", "en"},
    {"country", "<Locale lang='en' messages='en'/><Locale lang='EN' country='us' messages='us'/>",
     "us"},
    {"another country", "<Locale lang='en' country='GB' messages='gb'/>", NULL},
    {"another language", "<Locale lang='de' messages='de'/><Locale country='US' messages='us'/>",
     "us"},
    {"all", "<Locale lang='all' country='ALL' messages='all'/>", "all"},
};

START_TEST(locales)
{
    const struct locale_row *row = &locale_rows[_i];
    char document[512];

    (void)snprintf(document, sizeof document,
                   "<Module><ModulePrefs>%s</ModulePrefs><Content/></Module>", row->locales);
    struct gadget *g = parse(document);
    const struct gadget_locale *l = gadget_locale(g, "en", "US");
    ck_assert_msg((l == NULL) == (row->expected == NULL), "%s", row->name);
    if (l != NULL)
        ck_assert_msg(strcmp(l->messages, row->expected) == 0, "%s: %s", row->name, l->messages);
    gadget_free(g);
}
END_TEST

START_TEST(messages)
{
    struct gadget *g = parse(MODULE("<Locale><msg name='a'>inline</msg></Locale>", HTML("")));
    struct diag why = {0, ""};
    struct slice none = {NULL, 0};

    json_t *m = gadget_messages(&g->locale[0], none, &why);
    ck_assert_str_eq(json_string_value(json_object_get(m, "a")), "inline");
    json_decref(m);
    m = gadget_messages(
        &g->locale[0],
        slice_of("<messagebundle><msg name='a'>b</msg><msg name='c'> d </msg></messagebundle>"),
        &why);
    ck_assert_str_eq(json_string_value(json_object_get(m, "a")), "inline");
    ck_assert_str_eq(json_string_value(json_object_get(m, "c")), "d");
    json_decref(m);
    ck_assert_ptr_null(gadget_messages(&g->locale[0], slice_of("<messages/>"), &why));
    ck_assert_str_eq(why.text, "line 1: this is no <messagebundle>");
    ck_assert_ptr_null(gadget_messages(&g->locale[0], slice_of("<!DOCTYPE a><a/>"), &why));
    gadget_free(g);
}
END_TEST

/* ---- the page ---- */

static const struct variable_row {
    const char *name, *html, *expected;
} variable_rows[] = {
    {"none", "a_b __ c__", "a_b __ c__"},
    {"pref", "<b>__UP_id__</b>", "<b>1001</b>"},
    {"pref with markup in it", "__UP_evil__", "&lt;script&gt;&quot;&#39;&amp;"},
    {"own default", "__UP_own__", "mine"},
    {"the container's before a default", "__UP_teamName__", "Sales"},
    {"a URL", "src=\"__UP_scheme__://__UP_host__/x.js\"", "src=\"https://f.lab/x.js\""},
    {"not known", "__UP_nothing__", "__UP_nothing__"},
    {"cut off", "__UP_id_", "__UP_id_"},
    {"no name", "__UP____UP_id__", "__UP__1001"},
    {"message", "__MSG_a.b__", "<i>A</i>"},
    {"module", "id='x__MODULE_ID__'", "id='x7'"},
    {"a blank in a name", "__UP_i d__", "__UP_i d__"},
    {"not replaced twice", "__UP_nested__", "__UP_id__"},
};

static void page(struct buf *to, const char *html)
{
    char document[1024];
    json_t *container =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", "1001", "evil", "<script>\"'&",
                  "teamName", "Sales", "scheme", "https", "host", "f.lab", "nested", "__UP_id__");
    json_t *texts = json_pack("{s:s}", "a.b", "<i>A</i>");
    json_t *config = json_pack("{s:s}", "a", "</script><!--&");

    (void)snprintf(document, sizeof document,
                   "<Module><ModulePrefs title='&lt;T&gt;'/><UserPref name='own' "
                   "default_value='mine'/><UserPref name='teamName' default_value='x'/>"
                   "<Content><![CDATA[%s]]></Content></Module>",
                   html);
    struct gadget *g = parse(document);
    json_t *prefs = gadget_prefs(g, container);
    struct gadget_frame frame = {
        "https://f.lab/?a&\"", "7", "<script src=\"s.js\"></script>\n", "en", prefs, texts, config};
    gadget_page(to, g, gadget_view(g, "default"), &frame);
    gadget_free(g);
    json_decref(prefs);
    json_decref(container);
    json_decref(texts);
    json_decref(config);
}

START_TEST(variables)
{
    const struct variable_row *row = &variable_rows[_i];
    struct buf to;

    buf_init(&to, 8192);
    page(&to, row->html);
    const char *body = strstr(buf_text(&to), "<body>\n") + strlen("<body>\n");
    const char *end = strstr(body, "\n<script>gadgets.util.runOnLoadHandlers");
    ck_assert_msg((size_t)(end - body) == strlen(row->expected) &&
                      strncmp(body, row->expected, strlen(row->expected)) == 0,
                  "%s: %.*s", row->name, (int)(end - body), body);
    buf_clear(&to);
}
END_TEST

START_TEST(whole_page)
{
    struct buf to;

    buf_init(&to, 8192);
    page(&to, "<p>x</p>");
    ck_assert_str_eq(
        buf_text(&to),
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<title>&lt;T&gt;</title>\n<script type=\"application/json\" id=\"gadget-config\">"
        "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\"}</script>\n"
        "<script src=\"s.js\"></script>\n<base href=\"https://f.lab/?a&amp;&quot;\">\n</head>\n"
        "<body>\n<p>x</p>\n<script>gadgets.util.runOnLoadHandlers();</script>\n</body>\n</html>\n");
    buf_clear(&to);
    buf_init(&to, 64);
    page(&to, "<p>x</p>");
    ck_assert_int_eq(to.state, ERR_LIMIT);
    buf_clear(&to);
}
END_TEST

START_TEST(parts)
{
    struct gadget *g = parse(MODULE("", "<Content view='a'>1</Content><Content>2</Content>"
                                        "<Content view='a'>3</Content>"));
    json_t *nothing = json_object();
    struct gadget_frame frame = {"/", "0", "", "en", nothing, NULL, nothing};
    struct buf to;

    buf_init(&to, 8192);
    gadget_page(&to, g, gadget_view(g, "a"), &frame);
    ck_assert_ptr_nonnull(strstr(buf_text(&to), "<body>\n13\n<script>"));
    buf_clear(&to);
    json_decref(nothing);
    gadget_free(g);
}
END_TEST

Suite *suite_gadget(void)
{
    Suite *s = suite_create("gadget");
    TCase *tc = tcase_create("reading");

    tcase_add_loop_test(tc, refused, 0, (int)COUNT_OF(refused_rows));
    tcase_add_test(tc, reads);
    tcase_add_loop_test(tc, views, 0, (int)COUNT_OF(view_rows));
    tcase_add_test(tc, url);
    tcase_add_loop_test(tc, locales, 0, (int)COUNT_OF(locale_rows));
    tcase_add_test(tc, messages);
    suite_add_tcase(s, tc);
    tc = tcase_create("page");
    tcase_add_loop_test(tc, variables, 0, (int)COUNT_OF(variable_rows));
    tcase_add_test(tc, whole_page);
    tcase_add_test(tc, parts);
    suite_add_tcase(s, tc);
    return s;
}
