#include "desktop/layout.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"
#include "support.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#define LAYOUT(inside)                                                                             \
    "<finesseLayout xmlns=\"http://www.cisco.com/vtg/finesse\">" inside "</finesseLayout>"
#define ROLE(role, inside) "<layout><role>" role "</role>" inside "</layout>"
#define TAB(id, inside)    "<tab><id>" id "</id><label>" id "</label>" inside "</tab>"
#define TABS(inside)       LAYOUT(ROLE("Agent", "<page/><tabs>" inside "</tabs>"))
#define GADGETS(inside)                                                                            \
    TABS(TAB("a", "<columns><column><gadgets>" inside "</gadgets></column></columns>"))
#define COLUMN "<column/>"

static const struct refused {
    const char *name, *document;
    enum err err;
    const char *why;
} refused_rows[] = {
    {"no XML", "finesseLayout", ERR_SYNTAX, "line 1: syntax error"},
    {"another document", "\n<Module/>", ERR_SYNTAX,
     "line 2: this is no layout: it must begin with <finesseLayout>"},
    {"a document type", "<!DOCTYPE finesseLayout>" LAYOUT(ROLE("Agent", "")), ERR_SYNTAX,
     "line 1: a document type declaration (DOCTYPE, with it every entity) is not allowed"},
    {"no layout", LAYOUT(""), ERR_SYNTAX, "line 1: there is no <layout> in it"},
    {"no role", LAYOUT("<layout/>"), ERR_SYNTAX,
     "line 1: a layout is for the role Agent, Supervisor or Admin"},
    {"unknown role", LAYOUT(ROLE("agent", "")), ERR_SYNTAX,
     "line 1: a layout is for the role Agent, Supervisor or Admin"},
    {"a role twice", LAYOUT(ROLE("Agent", "") "\n" ROLE("Agent", "")), ERR_SYNTAX,
     "line 2: a second layout for this role"},
    {"a tab without id", TABS("\n<tab><label>x</label></tab>"), ERR_SYNTAX,
     "line 2: a tab needs an id: a letter, then letters, digits, '-', '_', ':', '.'"},
    {"a tab's id with a blank", TABS(TAB("a b", "")), ERR_SYNTAX,
     "line 1: a tab needs an id: a letter, then letters, digits, '-', '_', ':', '.'"},
    {"a tab's id with a digit first", TABS(TAB("1a", "")), ERR_SYNTAX,
     "line 1: a tab needs an id: a letter, then letters, digits, '-', '_', ':', '.'"},
    {"a tab without label", TABS("<tab><id>a</id></tab>"), ERR_SYNTAX,
     "line 1: a tab without a label"},
    {"a tab twice", TABS(TAB("a", "") "\n" TAB("a", "")), ERR_SYNTAX,
     "line 2: a second tab of this role has this id"},
    {"five columns",
     TABS(TAB("a", "<columns>" COLUMN COLUMN COLUMN COLUMN "\n" COLUMN "</columns>")), ERR_LIMIT,
     "line 2: more than 4 columns on a tab"},
    {"a gadget without URL", GADGETS("<gadget> \n </gadget>"), ERR_SYNTAX,
     "line 1: a gadget without a URL"},
    {"a URL with a line end", GADGETS("<gadget>/a\n/b</gadget>"), ERR_SYNTAX,
     "line 1: the URL of a gadget has white space in it"},
    {"hidden", GADGETS("<gadget hidden='yes'>/a</gadget>"), ERR_SYNTAX,
     "line 1: hidden is true or false"},
    {"maxRows", GADGETS("<gadget maxRows='many'>/a</gadget>"), ERR_SYNTAX,
     "line 1: maxRows is a number from 1 to 1000"},
};

START_TEST(refused)
{
    const struct refused *row = &refused_rows[_i];
    struct layout *l = NULL;
    struct diag why = {0, ""};
    enum err e = layout_parse(slice_of(row->document), &l, &why);

    ck_assert_msg(e == row->err, "%s: %s", row->name, err_text(e));
    ck_assert_msg(strcmp(why.text, row->why) == 0, "%s: %s", row->name, why.text);
    ck_assert_ptr_null(l);
}
END_TEST

/** Roles, tabs, columns and gadgets in one line: "Agent:page(u)tab[u u|u]". */
static void describe(const struct layout *l, char *to)
{
    size_t n = 0;

    to[0] = '\0';
    for (size_t i = 0; i < l->n_roles; i++) {
        const struct layout_role *r = &l->role[i];
        n += (size_t)sprintf(to + n, "%.*s:", (int)r->role.n, r->role.at);
        for (size_t g = 0; g < r->page.n; g++)
            n += (size_t)sprintf(to + n, "(%.*s)", (int)r->page.gadget[g].url.n,
                                 r->page.gadget[g].url.at);
        for (size_t t = 0; t < r->n_tabs; t++) {
            n += (size_t)sprintf(to + n, "%.*s[", (int)r->tab[t].id.n, r->tab[t].id.at);
            for (size_t c = 0; c < r->tab[t].n_columns; c++) {
                const struct layout_column *column = &r->tab[t].column[c];
                n += (size_t)sprintf(to + n, "%s", c == 0 ? "" : "|");
                for (size_t g = 0; g < column->n; g++)
                    n += (size_t)sprintf(to + n, "%s%.*s", g == 0 ? "" : " ",
                                         (int)column->gadget[g].url.n, column->gadget[g].url.at);
            }
            n += (size_t)sprintf(to + n, "]");
        }
    }
}

static const struct read_row {
    const char *name, *document, *described;
    size_t n_notes;
} read_rows[] = {
    {"one role", LAYOUT(ROLE("Agent", "")), "Agent:", 0},
    {"a prefix",
     "<f:finesseLayout xmlns:f='http://www.cisco.com/vtg/finesse'><f:layout><f:role>Agent</f:role>"
     "</f:layout></f:finesseLayout>",
     "Agent:", 0},
    {"three roles", LAYOUT(ROLE("Agent", "") ROLE("Supervisor", "") ROLE("Admin", "")),
     "Agent:Supervisor:Admin:", 0},
    {"header and version",
     LAYOUT("<version>1250.03</version><configs><config key='title' value='T'/></configs>"
            "<header><leftAlignedColumns><headercolumn width='300px'><component id='cd-logo'>"
            "<url>/desktop/scripts/js/logo.js</url></component></headercolumn>"
            "</leftAlignedColumns></header>" ROLE("Agent", "")),
     "Agent:", 0},
    {"page", LAYOUT(ROLE("Agent", "<page><gadget>/a</gadget><gadget> /b </gadget></page>")),
     "Agent:(/a)(/b)", 0},
    {"columns",
     TABS(TAB("a", "<columns><column><gadgets><gadget>/a</gadget><gadget>/b</gadget></gadgets>"
                   "</column><column/><column><gadgets><gadget>/c</gadget></gadgets></column>"
                   "</columns>") TAB("b", "")),
     "Agent:a[/a /b||/c]b[]", 0},
    {"two groups in a column",
     TABS(TAB("a", "<columns><column><gadgets><gadget>/a</gadget></gadgets><gadgets>"
                   "<gadget>/b</gadget></gadgets></column></columns>")),
     "Agent:a[/a /b]", 0},
    {"gadgets without columns", TABS(TAB("a", "<gadgets><gadget>/a</gadget></gadgets>")),
     "Agent:a[/a]", 0},
    {"a gadget directly in a tab", TABS(TAB("a", "<gadget>/a</gadget>")), "Agent:a[/a]", 0},
    {"what is not known",
     LAYOUT("<extra/>" ROLE("Agent", "<page><gadgett>/a</gadgett></page><tabs>" TAB(
                                         "a", "<columns><column><gadget>/b</gadget></column>"
                                              "</columns><colour/>") "</tabs>")),
     "Agent:a[]", 4},
    {"an attribute that is not known", GADGETS("<gadget colour='red'>/a</gadget>"), "Agent:a[/a]",
     1},
    {"a comment", GADGETS("<!-- <gadget>/x</gadget> --><gadget>/a</gadget>"), "Agent:a[/a]", 0},
};

START_TEST(reads)
{
    const struct read_row *row = &read_rows[_i];
    struct layout *l = NULL;
    struct diag why = {0, ""};
    char described[512];

    ck_assert_msg(layout_parse(slice_of(row->document), &l, &why) == ERR_OK, "%s: %s", row->name,
                  why.text);
    describe(l, described);
    ck_assert_msg(strcmp(described, row->described) == 0, "%s: %s", row->name, described);
    ck_assert_msg(l->n_notes == row->n_notes, "%s: %zu notes", row->name, l->n_notes);
    layout_free(l);
}
END_TEST

START_TEST(notes)
{
    struct layout *l = NULL;
    struct diag why = {0, ""};

    ck_assert_int_eq(
        layout_parse(slice_of(GADGETS("<gadget colour='red'>/a</gadget>\n<gidget/>")), &l, &why),
        ERR_OK);
    ck_assert_uint_eq(l->n_notes, 2);
    ck_assert_str_eq(l->note[0], "line 1: element 'gidget' in 'gadgets' has no effect");
    ck_assert_str_eq(l->note[1], "line 1: attribute 'colour' in 'gadget' has no effect");
    layout_free(l);
}
END_TEST

START_TEST(attributes)
{
    struct layout *l = NULL;
    struct diag why = {0, ""};
    static const char document[] =
        GADGETS("<gadget>/0</gadget>\n<gadget id='team-performance' maxRows='5'>/1</gadget>\n"
                "<gadget managedBy='team-performance' alternateHosts='h1,h2'>https://h/2</gadget>\n"
                "<gadget hidden='true'>/3</gadget><gadget hidden='1'>/4</gadget>"
                "<gadget hidden='false'>/5</gadget>");

    ck_assert_int_eq(layout_parse(slice_of(document), &l, &why), ERR_OK);
    const struct layout_gadget *g = l->role[0].tab[0].column[0].gadget;
    ck_assert_ptr_null(g[0].id);
    ck_assert_str_eq(g[1].id, "team-performance");
    ck_assert_uint_eq(g[1].max_rows, 5);
    ck_assert_uint_eq(g[1].line, 2);
    ck_assert_str_eq(g[2].managed_by, "team-performance");
    ck_assert_str_eq(g[2].alternate_hosts, "h1,h2");
    ck_assert(!g[2].is_hidden && g[3].is_hidden && g[4].is_hidden && !g[5].is_hidden);
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_eq(g[i].number, i);
    layout_free(l);
}
END_TEST

START_TEST(finding)
{
    struct layout *l = NULL;
    struct diag why = {0, ""};
    static const char document[] =
        LAYOUT("<configs><config key='logo' value='/l'/>"
               "<config key='title' value='My desk'/></configs>" ROLE("Supervisor", ""));

    ck_assert_int_eq(layout_parse(slice_of(document), &l, &why), ERR_OK);
    ck_assert_str_eq(l->title, "My desk");
    ck_assert_ptr_null(layout_find(l, "Agent"));
    ck_assert_ptr_eq(layout_find(l, "Supervisor"), &l->role[0]);
    layout_free(l);
}
END_TEST

/** n gadgets or tabs, one more than which are too many. */
static enum err parse_many(const char *begin, const char *format, unsigned n, const char *end)
{
    static char document[1U << 16];
    size_t at = (size_t)sprintf(document, "%s", begin);
    struct layout *l = NULL;
    struct diag why = {0, ""};

    for (unsigned i = 0; i < n; i++) {
        char number[16];
        (void)sprintf(number, "t%u", i);
        for (const char *p = format; *p != '\0'; p++)
            at += (size_t)sprintf(document + at, *p == '#' ? "%s" : "%.1s", *p == '#' ? number : p);
    }
    (void)sprintf(document + at, "%s", end);
    enum err e = layout_parse(slice_of(document), &l, &why);
    layout_free(l);
    return e;
}

START_TEST(limits)
{
    static const char gadgets_begin[] = "<finesseLayout><layout><role>Agent</role><page>";
    static const char gadgets_end[] = "</page></layout></finesseLayout>";
    static const char tabs_begin[] = "<finesseLayout><layout><role>Agent</role><tabs>";
    static const char tabs_end[] = "</tabs></layout></finesseLayout>";

    ck_assert_int_eq(
        parse_many(gadgets_begin, "<gadget>/#</gadget>", LAYOUT_GADGETS_MAX, gadgets_end), ERR_OK);
    ck_assert_int_eq(
        parse_many(gadgets_begin, "<gadget>/#</gadget>", LAYOUT_GADGETS_MAX + 1, gadgets_end),
        ERR_LIMIT);
    ck_assert_int_eq(
        parse_many(tabs_begin, "<tab><id>#</id><label>#</label></tab>", LAYOUT_TABS_MAX, tabs_end),
        ERR_OK);
    ck_assert_int_eq(parse_many(tabs_begin, "<tab><id>#</id><label>#</label></tab>",
                                LAYOUT_TABS_MAX + 1, tabs_end),
                     ERR_LIMIT);
}
END_TEST

START_TEST(labels)
{
    struct layout_tab known = {.label =
                                   slice_of("finesse.container.tabs.supervisor.teamDataLabel")};
    struct layout_tab own = {.label = slice_of("Our reports")};

    ck_assert(slice_is(layout_label(&known), "Team Data"));
    ck_assert(slice_is(layout_label(&own), "Our reports"));
    ck_assert(layout_is_component(slice_of("/desktop/scripts/js/callcontrol.js")));
    ck_assert(layout_is_component(slice_of("/desktop/gadgets/CallControl.jsp")));
    ck_assert(!layout_is_component(slice_of("/3rdpartygadget/files/a.xml")));
    ck_assert(!layout_is_component(slice_of("/desktop")));
}
END_TEST

static const struct url_row {
    const char *name, *url, *expected;
} url_rows[] = {
    {"no query", "/3rdpartygadget/files/teamName.xml", "/3rdpartygadget/files/teamName.xml"},
    {"as documented", "https://c:8444/x.xml?gadgetHeight=310&filterId_1=agent.id=CL%20teamName",
     "https://c:8444/x.xml?gadgetHeight=310&filterId_1=agent.id=CL%20A%20%26%20B"},
    {"in a name", "/x?teamName=1&loginId=2", "/x?teamName=1&loginId=2"},
    {"login", "/x?a=loginId&b=~loginId~", "/x?a=1001&b=1001"},
    {"teams", "/x?a=CL%20~teams~", "/x?a=CL%20C%2CD"},
    {"twice", "/x?a=teamNameteamName", "/x?a=A%20%26%20BA%20%26%20B"},
    {"part of the word", "/x?a=teamNam", "/x?a=teamNam"},
};

START_TEST(urls)
{
    const struct layout_user user = {"1001", "A & B", "C,D"};
    struct buf to;

    buf_init(&to, 1024);
    layout_url(&to, slice_of(url_rows[_i].url), &user);
    ck_assert_msg(strcmp(buf_text(&to), url_rows[_i].expected) == 0, "%s: %s", url_rows[_i].name,
                  buf_text(&to));
    buf_clear(&to);
}
END_TEST

Suite *suite_layout(void)
{
    Suite *s = suite_create("layout");
    TCase *tc = tcase_create("reading");

    tcase_add_loop_test(tc, refused, 0, (int)COUNT_OF(refused_rows));
    tcase_add_loop_test(tc, reads, 0, (int)COUNT_OF(read_rows));
    tcase_add_test(tc, notes);
    tcase_add_test(tc, attributes);
    tcase_add_test(tc, finding);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, labels);
    tcase_add_loop_test(tc, urls, 0, (int)COUNT_OF(url_rows));
    suite_add_tcase(s, tc);
    return s;
}
