/* Nodes of both products: what a Finesse is called, how a node is found, and at which address. */
#include "check_config_nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/config.h"
#include "config/config_show.h"
#include "rows_config.h"
#include "scratch.h"
#include "support.h"

static struct config *load(const char *name, const char *text)
{
    struct config *c = NULL;
    struct diag why = {0, ""};
    enum err e = config_load(scratch_write("a.conf", text), &c, &why);

    ck_assert_msg(e == ERR_OK, "%s: %s: %s", name, err_text(e), why.text);
    return c;
}

/* --- by the Host field --- */

START_TEST(node_by_host)
{
    const struct host_row *row = &host_rows[_i];
    struct config *c = load(row->name, HOST_NODES);
    size_t got = config_node_by_host(c, SITE_CUIC, slice_of(row->host));

    ck_assert_msg(got == row->want, "%s: expected node %zu, got %zu", row->name, row->want, got);
    config_free(c);
}
END_TEST

#define LISTEN_FINESSE(names)                                                                      \
    "listen finesse { addresses = {\"127.0.0.1:0\"} hostnames = {" names "} }\n"

/** A Finesse is none of the CUIC nodes, whatever it is called. */
START_TEST(finesse_is_no_node_by_host)
{
    struct config *c = load("finesse", HOST_NODES LISTEN_FINESSE("\"desk.example\""));

    ck_assert_uint_eq(config_node_by_host(c, SITE_CUIC, slice_of("desk.example")), 0);
    ck_assert_uint_eq(config_node_by_host(c, SITE_CUIC, slice_of("second.example")), 1);
    ck_assert_uint_eq(config_node_by_host(c, SITE_FINESSE, slice_of("Desk.example:8445")), 4);
    ck_assert_uint_eq(config_node_by_host(c, SITE_FINESSE, slice_of("second.example")), 4);
    ck_assert_uint_eq(config_node_by_host(c, SITE_FINESSE, slice_of("localhost")), 4);
    ck_assert_uint_eq(config_node_by_name(c, slice_of("DESK.example")), 4);
    ck_assert_uint_eq(config_node_by_name(c, slice_of("second.example")), 1);
    ck_assert_uint_eq(config_node_by_name(c, slice_of("localhost")), 0);
    ck_assert_uint_eq(config_all_nodes(c), 5);
    config_free(c);
}
END_TEST

/* --- what a Finesse is called --- */

static const struct name_row {
    const char *name;
    const char *nodes; /* of CUIC */
    const char *names;
    const char *want; /* name, host name, primary or secondary; a line for each Finesse */
} name_rows[] = {
    {"none", NODE_LINE, NULL, ""},
    {"first-label", NODE_LINE, "\"desk.example\"", "desk desk.example primary\n"},
    {"many-labels", NODE_LINE, "\"fin1.cc.lab.example\"", "fin1 fin1.cc.lab.example primary\n"},
    {"one-label", NODE_LINE, "desk", "desk desk primary\n"},
    {"lower-case", NODE_LINE, "\"DESK.Example\"", "desk desk.example primary\n"},
    {"first-is-primary", NODE_LINE, "\"b.example\", \"c.example\", \"d.example\"",
     "b b.example primary\nc c.example secondary\nd d.example secondary\n"},
    {"label-of-a-node", NODE_LINE, "\"a.desk.example\", \"b.example\"",
     "a.desk.example a.desk.example primary\nb b.example secondary\n"},
    {"label-of-a-node-in-other-case", "node A { hostname = \"x.example\" }\n", "\"a.example\"",
     "a a.example primary\n"},
    {"label-is-a-node's-host-name", "node x { hostname = \"desk\" }\n", "\"desk.example\"",
     "desk.example desk.example primary\n"},
    {"label-of-another-finesse", NODE_LINE, "\"f.one.example\", \"f.two.example\"",
     "f f.one.example primary\nf.two.example f.two.example secondary\n"},
    {"label-of-two-others", NODE_LINE, "\"f.one.example\", \"f.two.example\", \"f.three.example\"",
     "f f.one.example primary\nf.two.example f.two.example secondary\n"
     "f.three.example f.three.example secondary\n"},
    {"label-behind-the-whole-name", NODE_LINE, "f, \"f.example\"",
     "f f primary\nf.example f.example secondary\n"},
    {"ipv4", NODE_LINE, "\"192.0.2.7\"", "192.0.2.7 192.0.2.7 primary\n"},
    {"two-ipv4", NODE_LINE, "\"192.0.2.7\", \"192.0.2.8\"",
     "192.0.2.7 192.0.2.7 primary\n192.0.2.8 192.0.2.8 secondary\n"},
    {"ipv6", NODE_LINE, "\"[::1]\"", "[::1] [::1] primary\n"},
    {"ipv6-upper-case", NODE_LINE, "\"[2001:DB8::1]\"", "[2001:db8::1] [2001:db8::1] primary\n"},
    {"digits-in-front", NODE_LINE, "\"10.desk.example\"", "10 10.desk.example primary\n"},
    {"hyphen", NODE_LINE, "\"fin-1.example\"", "fin-1 fin-1.example primary\n"},
};

START_TEST(finesse_name)
{
    const struct name_row *row = &name_rows[_i];
    char text[1024];
    struct buf got;

    if (row->names == NULL)
        (void)snprintf(text, sizeof text, "%s", row->nodes);
    else
        (void)snprintf(text, sizeof text, "%s" LISTEN_FINESSE("%s"), row->nodes, row->names);
    struct config *c = load(row->name, text);
    buf_init(&got, sizeof text);
    ck_assert_uint_eq(config_all_nodes(c), c->n_nodes + c->n_finesse);
    for (size_t i = 0; i < config_all_nodes(c); i++) {
        const struct node *n = &c->nodes[i];
        bool is_finesse = n->platform == PLATFORM_FINESSE;
        ck_assert_msg(is_finesse == (i >= c->n_nodes), "%s: node %zu: product", row->name, i);
        if (is_finesse)
            (void)buf_printf(&got, "%s %s %s\n", n->name, n->hostname,
                             n->is_publisher ? "primary" : "secondary");
    }
    ck_assert_msg(strcmp(buf_text(&got), row->want) == 0, "%s: expected '%s', got '%s'", row->name,
                  row->want, buf_text(&got));
    buf_clear(&got);
    config_free(c);
}
END_TEST

/** Every name is one node's only, in whatever order they stand. */
START_TEST(names_are_unique)
{
    const struct name_row *row = &name_rows[_i];
    char text[1024];

    if (row->names == NULL)
        return;
    (void)snprintf(text, sizeof text, "%s" LISTEN_FINESSE("%s"), row->nodes, row->names);
    struct config *c = load(row->name, text);
    for (size_t i = 0; i < config_all_nodes(c); i++) {
        ck_assert_msg(config_find_node(c, slice_of(c->nodes[i].name)) == &c->nodes[i],
                      "%s: %s is another node", row->name, c->nodes[i].name);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(strcmp(c->nodes[i].name, c->nodes[j].name) != 0, "%s: %s twice",
                          row->name, c->nodes[i].name);
    }
    config_free(c);
}
END_TEST

/** `-t` says what the Finesse nodes are called. */
START_TEST(names_are_shown)
{
    struct config *c =
        load("shown", NODE_LINE LISTEN_FINESSE("\"Desk.example\", \"a.example.org\""));
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    ck_assert_ptr_nonnull(f);
    config_show(c, f);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_msg(strstr(text, "\nnode a { hostname = \"a.example\" role = subscriber }\n"
                               "# finesse node desk: desk.example\n"
                               "# finesse node a.example.org: a.example.org\n") != NULL,
                  "%s", text);
    free(text);
    config_free(c);
}
END_TEST

/** The console's names are no nodes, and may be as many as there are. */
START_TEST(console_names)
{
    struct config *c =
        load("console", NODE_LINE "listen console { addresses = {\"127.0.0.1:0\"} hostnames = {"
                                  "\"Console.Example\", \"other.example\"} }\n");
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    ck_assert_ptr_nonnull(f);
    config_show(c, f);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_uint_eq(c->n_console_names, 2);
    ck_assert_str_eq(c->console_names[0], "console.example");
    ck_assert_uint_eq(config_all_nodes(c), 1);
    ck_assert_ptr_null(config_find_node(c, slice_of("console.example")));
    ck_assert_msg(strstr(text, "\nconsole_write = no\n") != NULL, "%s", text);
    ck_assert_msg(
        strstr(text, "\n# console name console.example\n# console name other.example\n") != NULL,
        "%s", text);
    free(text);
    config_free(c);
}
END_TEST

/* --- by name or host name --- */

#define FIND_NODES                                                                                 \
    "node a { hostname = \"first.example\" }\nnode b { hostname = \"c\" }\n"                       \
    "node c { hostname = \"third.example\" }\nnode D { hostname = \"[2001:db8::1]\" }\n"           \
    "node d { hostname = \"fifth.example\" }\n" LISTEN_FINESSE("\"fin.example\", \"a.example\"")

static const struct find_row {
    const char *name;
    struct slice text;
    int want; /* index; -1: none */
} find_rows[] = {
    {"name", LIT("a"), 0},
    {"name-upper-case", LIT("A"), -1},
    {"names-differ-in-case", LIT("D"), 3},
    {"names-differ-in-case-2", LIT("d"), 4},
    {"host-name", LIT("first.example"), 0},
    {"host-name-any-case", LIT("FIRST.Example"), 0},
    {"names-before-host-names", LIT("c"), 2},
    {"host-name-that-is-a-name-in-other-case", LIT("C"), 1},
    {"ipv6", LIT("[2001:DB8::1]"), 3},
    {"ipv6-without-brackets", LIT("2001:db8::1"), -1},
    {"finesse", LIT("fin"), 5},
    {"finesse-upper-case", LIT("FIN"), -1},
    {"finesse-host-name", LIT("Fin.Example"), 5},
    {"finesse-by-its-whole-name", LIT("a.example"), 6},
    {"with-a-port", LIT("first.example:8444"), -1},
    {"start-of-a-name", LIT("fi"), -1},
    {"longer", LIT("fin."), -1},
    {"blank-behind", LIT("a "), -1},
    {"nul-behind", LIT("a\0"), -1},
    {"empty", LIT(""), -1},
    {"no-text", NO_TEXT, -1},
};

START_TEST(find)
{
    const struct find_row *row = &find_rows[_i];
    struct config *c = load(row->name, FIND_NODES);
    const struct node *got = config_find_node(c, row->text);
    const struct node *want = row->want < 0 ? NULL : &c->nodes[row->want];

    ck_assert_msg(got == want, "%s: expected %s, got %s", row->name,
                  want == NULL ? "none" : want->name, got == NULL ? "none" : got->name);
    config_free(c);
}
END_TEST

/* --- where a client finds it --- */

#define SITE(site, list) "listen " site " { addresses = {" list "} }\n"
#define DESK(list)       "listen finesse { addresses = {" list "} hostnames = {\"f.example\"} }\n"

static const struct address_row {
    const char *name;
    const char *listeners;
    const char *cuic;
    const char *finesse;
} address_rows[] = {
    {"no-listener", "", "127.0.0.1", "127.0.0.1"},
    {"ipv4", SITE("cuic", "\"192.0.2.7:8444\""), "192.0.2.7", "192.0.2.7"},
    {"ipv6", SITE("cuic", "\"[2001:db8::7]:8444\""), "2001:db8::7", "2001:db8::7"},
    {"ipv6-longest", SITE("cuic", "\"[2001:db8:1111:2222:3333:4444:5555:6666]:65535\""),
     "2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:1111:2222:3333:4444:5555:6666"},
    {"wildcard", SITE("cuic", "\"0.0.0.0:8444\""), "127.0.0.1", "127.0.0.1"},
    {"wildcard-ipv6", SITE("cuic", "\"[::]:8444\""), "::1", "::1"},
    {"wildcard-ipv6-in-full", SITE("cuic", "\"[0:0:0:0:0:0:0:0]:8444\""), "::1", "::1"},
    {"first-of-several", SITE("cuic", "\"127.0.0.5:1\", \"[::1]:1\", \"127.0.0.6:1\""), "127.0.0.5",
     "127.0.0.5"},
    {"wildcard-before-others", SITE("cuic", "\"0.0.0.0:1\", \"127.0.0.6:2\""), "127.0.0.1",
     "127.0.0.1"},
    {"live-data-alone", SITE("live-data", "\"127.0.0.5:1\""), "127.0.0.5", "127.0.0.5"},
    {"live-data-before-cuic", SITE("live-data", "\"127.0.0.5:1\"") SITE("cuic", "\"127.0.0.6:1\""),
     "127.0.0.5", "127.0.0.5"},
    {"each-its-own", SITE("cuic", "\"127.0.0.5:1\"") DESK("\"127.0.0.6:1\""), "127.0.0.5",
     "127.0.0.6"},
    {"each-its-own-turned", DESK("\"127.0.0.6:1\"") SITE("cuic", "\"127.0.0.5:1\""), "127.0.0.5",
     "127.0.0.6"},
    {"console-is-nobody's",
     SITE("console", "\"127.0.0.4:1\"") DESK("\"[::1]:1\"") SITE("live-data", "\"127.0.0.5:1\""),
     "127.0.0.5", "::1"},
    {"finesse-alone", DESK("\"127.0.0.6:1\""), "127.0.0.6", "127.0.0.6"},
    {"wildcard-of-finesse", SITE("cuic", "\"127.0.0.5:1\"") DESK("\"[::]:1\""), "127.0.0.5", "::1"},
};

START_TEST(address)
{
    const struct address_row *row = &address_rows[_i];
    static const struct node finesse = {.platform = PLATFORM_FINESSE};
    char text[1024];
    char got[CONFIG_ADDRESS_MAX];

    (void)snprintf(text, sizeof text, NODE_LINE "%s", row->listeners);
    struct config *c = load(row->name, text);
    config_node_address(c, &c->nodes[0], got);
    ck_assert_msg(strcmp(got, row->cuic) == 0, "%s: cuic: expected %s, got %s", row->name,
                  row->cuic, got);
    config_node_address(c, &finesse, got);
    ck_assert_msg(strcmp(got, row->finesse) == 0, "%s: finesse: expected %s, got %s", row->name,
                  row->finesse, got);
    config_free(c);
}
END_TEST

static const struct console_row {
    const char *name;
    const char *listeners;
    const char *want;
} console_rows[] = {
    {"none", SITE("cuic", "\"127.0.0.5:1\""), "127.0.0.1"},
    {"its-own", SITE("cuic", "\"127.0.0.5:1\"") SITE("console", "\"127.0.0.4:1\""), "127.0.0.4"},
    {"first-of-several", SITE("console", "\"127.0.0.4:1\", \"127.0.0.5:1\""), "127.0.0.4"},
    {"wildcard", SITE("console", "\"[::]:1\", \"127.0.0.5:1\""), "::1"},
};

START_TEST(console_address)
{
    const struct console_row *row = &console_rows[_i];
    char text[256];
    char got[CONFIG_ADDRESS_MAX];

    (void)snprintf(text, sizeof text, NODE_LINE "%s", row->listeners);
    struct config *c = load(row->name, text);
    config_console_address(c, got);
    ck_assert_msg(strcmp(got, row->want) == 0, "%s: expected %s, got %s", row->name, row->want,
                  got);
    config_free(c);
}
END_TEST

TCase *tcase_config_nodes(void)
{
    TCase *tc = tcase_create("nodes");

    tcase_add_checked_fixture(tc, scratch_set_up, scratch_tear_down);
    add_rows(tc, node_by_host, host_n_rows);
    tcase_add_test(tc, finesse_is_no_node_by_host);
    add_rows(tc, finesse_name, COUNT(name_rows));
    add_rows(tc, names_are_unique, COUNT(name_rows));
    tcase_add_test(tc, names_are_shown);
    tcase_add_test(tc, console_names);
    add_rows(tc, find, COUNT(find_rows));
    add_rows(tc, address, COUNT(address_rows));
    add_rows(tc, console_address, COUNT(console_rows));
    return tc;
}
