/* CUIC's pages: the gadgets' XML, permalinks, and the login by a form. */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuic.h"
#include "suites.h"

#define LIVE_XML       "/cuicui/gadget/LiveData/LiveDataGadget.xml"
#define HISTORICAL_XML "/cuicui/gadget/Historical/HistoricalGadget.xml"
#define PERMALINK      "/cuicui/permalink/?viewId="

static struct lab lab;

static void start(void)
{
    cuic_start(&lab, "");
}

static void stop(void)
{
    lab_clear(&lab);
}

static struct wire_response get(const char *path, const char *lines)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r = live_ask(w, "GET", path, lines, NULL);

    wire_close(w);
    return r;
}

/* ---- XML ---- */

/** What a reader keeps of a document: its elements as "Module/Content", and their text. */
struct reading {
    char path[256];
    char seen[4096];    /* all paths, one a line */
    char content[8192]; /* of Module/Content */
    char height[16];
    unsigned n_rows, n_columns;
    char first[128]; /* the text of the first column */
};

static void XMLCALL on_begin(void *arg, const char *name, const char **attributes)
{
    struct reading *r = arg;
    size_t n = strlen(r->path);

    (void)snprintf(r->path + n, sizeof r->path - n, "/%s", name);
    n = strlen(r->seen);
    (void)snprintf(r->seen + n, sizeof r->seen - n, "%s\n", r->path);
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], "height") == 0)
            (void)snprintf(r->height, sizeof r->height, "%s", attributes[i + 1]);
    r->n_rows += strcmp(r->path, "/report/row") == 0;
    r->n_columns += strcmp(r->path, "/report/row/column") == 0;
}

static void XMLCALL on_end(void *arg, const char *name)
{
    struct reading *r = arg;

    r->path[strlen(r->path) - strlen(name) - 1] = '\0';
}

static void XMLCALL on_text(void *arg, const char *text, int n)
{
    struct reading *r = arg;
    bool is_content = strcmp(r->path, "/Module/Content") == 0;
    char *to = is_content ? r->content : r->first;
    size_t max = is_content ? sizeof r->content : sizeof r->first;
    size_t used = strlen(to);

    if (is_content || (r->n_columns == 1 && strcmp(r->path, "/report/row/column") == 0))
        (void)snprintf(to + used, max - used, "%.*s", n, text);
}

static void read_xml(const char *text, struct reading *ret)
{
    XML_Parser p = XML_ParserCreate(NULL);

    memset(ret, 0, sizeof *ret);
    XML_SetUserData(p, ret);
    XML_SetElementHandler(p, on_begin, on_end);
    XML_SetCharacterDataHandler(p, on_text);
    ck_assert_msg(XML_Parse(p, text, (int)strlen(text), 1) == XML_STATUS_OK, "line %lu: %s\n%s",
                  (unsigned long)XML_GetCurrentLineNumber(p), XML_ErrorString(XML_GetErrorCode(p)),
                  text);
    XML_ParserFree(p);
}

/* ---- gadgets ---- */

/** The configuration that the script is given. */
static json_t *config_of(const struct reading *r)
{
    static const char before[] = "<script>window.cuicGadget = ";
    const char *at = strstr(r->content, before);

    ck_assert_ptr_nonnull(at);
    json_t *j = json_loads(at + sizeof before - 1, JSON_DISABLE_EOF_CHECK, NULL);
    ck_assert_msg(j != NULL, "%s", at);
    return j;
}

static const char *parameter(const json_t *config, const char *name)
{
    return json_string_value(json_object_get(json_object_get(config, "parameters"), name));
}

/** An OpenSocial gadget, whose scripts and data come from the address that it was asked for at. */
START_TEST(gadget)
{
    static const char *const paths[] = {LIVE_XML, HISTORICAL_XML};
    static const char *const elements[] = {"/Module\n", "/Module/ModulePrefs\n",
                                           "/Module/ModulePrefs/Require\n", "/Module/UserPref\n",
                                           "/Module/Content\n"};
    struct reading x;
    char path[512];

    for (size_t i = 0; i < COUNT(paths); i++) {
        (void)snprintf(path, sizeof path,
                       "%s?gadgetHeight=275&viewId_1=" CUIC_AGENTS
                       "&filterId_1=agent.id=CL%%20teamName&@start_date=RELDATE%%20THISWEEK",
                       paths[i]);
        struct wire_response r = get(path, "");
        ck_assert_uint_eq(r.status, 200);
        read_xml(r.body, &x);
        for (size_t k = 0; k < COUNT(elements); k++)
            ck_assert_msg(strstr(x.seen, elements[k]) != NULL, "no %s", elements[k]);
        ck_assert_str_eq(x.height, "275");
        ck_assert_ptr_nonnull(strstr(x.content, "src=\"https://" PUB "/cuicui/js/gadget.js\""));
        ck_assert_ptr_null(strstr(x.content, "{{"));
        json_t *config = config_of(&x);
        ck_assert_str_eq(json_string_value(json_object_get(config, "cuic")), "https://" PUB);
        ck_assert_str_eq(parameter(config, "viewId_1"), CUIC_AGENTS);
        ck_assert_str_eq(parameter(config, "filterId_1"), "agent.id=CL teamName");
        ck_assert_str_eq(parameter(config, "@start_date"), "RELDATE THISWEEK");
        json_decref(config);
        wire_response_clear(&r);
    }
}
END_TEST

static const struct gadget_row {
    const char *name;
    const char *query, *host;
    const char *cuic, *other; /* the addresses that the script is given */
    const char *height;
    const char *x; /* its parameter x; NULL: none */
} gadget_rows[] = {
    {"nothing", "", PUB, "https://" PUB, "https://" SUB, "310", NULL},
    {"port", "?x=1", PUB ":8444", "https://" PUB ":8444", "https://" SUB ":8444", "310", "1"},
    {"subscriber", "?x=1", SUB ":8444", "https://" SUB ":8444", "https://" PUB ":8444", "310", "1"},
    {"address", "?x=1", "[::1]:8444", "https://[::1]:8444", "https://" SUB ":8444", "310", "1"},
    {"empty host", "?x=1", "", "https://" PUB, "https://" SUB, "310", "1"},
    {"end of the script", "?x=%3C/script%3E%3Cb%3E&gadgetHeight=1", PUB, "https://" PUB,
     "https://" SUB, "1", "</script><b>"},
    {"end of the section", "?x=]]%3E%26amp;", PUB, "https://" PUB, "https://" SUB, "310",
     "]]>&amp;"},
    {"quotes", "?x=%22%27%5C%0A", PUB, "https://" PUB, "https://" SUB, "310", "\"'\\\n"},
    {"letters", "?x=%C3%BC%E2%80%A8", PUB, "https://" PUB, "https://" SUB, "310",
     "\xc3\xbc\xe2\x80\xa8"},
    {"not UTF-8", "?x=%FF", PUB, "https://" PUB, "https://" SUB, "310", NULL},
    {"given twice", "?x=1&x=2", PUB, "https://" PUB, "https://" SUB, "310", "1"},
    {"braces", "?x={{CUIC}}", PUB, "https://" PUB, "https://" SUB, "310", "{{CUIC}}"},
    {"height of nothing", "?gadgetHeight=0", PUB, "https://" PUB, "https://" SUB, "310", NULL},
    {"height of text", "?gadgetHeight=%22%3E", PUB, "https://" PUB, "https://" SUB, "310", NULL},
};

/** Whatever stands in the query or in Host, the document stays well-formed and the script whole. */
START_TEST(gadget_query)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(gadget_rows); i++) {
        const struct gadget_row *row = &gadget_rows[i];
        struct wire_response r;
        struct reading x;
        wire_say(w, "GET " LIVE_XML "%s HTTP/1.1\r\nHost: %s\r\n\r\n", row->query, row->host);
        ck_assert(wire_read(w, &r));
        ck_assert_msg(r.status == 200, "%s: %u", row->name, r.status);
        read_xml(r.body, &x);
        ck_assert_msg(strcmp(x.height, row->height) == 0, "%s: %s", row->name, x.height);
        json_t *config = config_of(&x);
        const json_t *hosts = json_object_get(config, "liveData");
        const char *got = parameter(config, "x");
        ck_assert_str_eq(json_string_value(json_object_get(config, "cuic")), row->cuic);
        ck_assert_uint_eq(json_array_size(hosts), 2);
        ck_assert_str_eq(json_string_value(json_array_get(hosts, 0)), row->cuic);
        ck_assert_str_eq(json_string_value(json_array_get(hosts, 1)), row->other);
        ck_assert_msg((got == NULL) == (row->x == NULL) &&
                          (got == NULL || strcmp(got, row->x) == 0),
                      "%s: %s", row->name, got);
        json_decref(config);
        wire_response_clear(&r);
    }
    wire_close(w);
}
END_TEST

/* ---- permalinks ---- */

static const struct link_row {
    const char *name;
    const char *query; /* behind viewId= */
    const char *lines;
    unsigned status;
    const char *part;
} link_rows[] = {
    {"live, no login", CUIC_AGENTS, "", 302, ""},
    {"historical, no login", CUIC_HISTORY, "", 302, ""},
    {"teams, no login", CUIC_TEAMS, "", 200, "<td>Sales Team</td><td>5001</td>"},
    {"teams, wrong login", CUIC_TEAMS, WRONG_BASIC, 200, "<td>Sales Team</td>"},
    {"live", CUIC_AGENTS, BASIC, 200, "<td>Ada Gomes</td><td>1001</td>"},
    {"live, whole", CUIC_AGENTS "&linkType=htmlType&viewType=Grid&agent.id=CL", BASIC, 200,
     "<td>agent1040</td>"},
    {"live, wrong login", CUIC_AGENTS, WRONG_BASIC, 401, "Basic needs the login"},
    {"live, Bearer", CUIC_AGENTS, "Authorization: Bearer x\r\n", 200, "<td>agent1040</td>"},
    {"live, own team", CUIC_AGENTS "&agent.id=CL%20teamName", BASIC, 200, "<td>agent1014</td>"},
    {"own team of a token", CUIC_AGENTS "&agent.id=CL%20teamName", "Authorization: Bearer x\r\n",
     400, "which agent asks"},
    {"live refreshes", CUIC_AGENTS, BASIC, 200, "id=\"refresh\" data-seconds=\"10\""},
    {"refresh", CUIC_TEAMS "&refreshRate=900", "", 200, "id=\"refresh\" data-seconds=\"900\""},
    {"refresh 0", CUIC_TEAMS "&refreshRate=0", "", 400, "refreshRate is a number"},
    {"refresh text", CUIC_TEAMS "&refreshRate=%22%3E", "", 400, "refreshRate is a number"},
    {"no refresh", CUIC_TEAMS, "", 200, "id=\"refresh\" data-seconds=\"0\""},
    {"live as XML", CUIC_AGENTS "&linkType=xmlType", BASIC, 400, "an HTML permalink only"},
    {"Excel", CUIC_TEAMS "&linkType=excelType", "", 400, "htmlType and xmlType"},
    {"chart", CUIC_TEAMS "&viewType=Chart", "", 400, "Grid alone"},
    {"unknown view", "nope", BASIC, 404, "no view of this viewId"},
    {"unknown view, no login", "%3Cb%3E", "", 404, "no view of this viewId"},
    {"unknown filter", CUIC_TEAMS "&%3Cb%3E=CL", "", 400, "no filter &#39;&lt;b&gt;&#39;"},
    {"unknown id", CUIC_TEAMS "&agentTeam.id=1", "", 400, "there is no id"},
};

START_TEST(permalink)
{
    char path[512];

    for (size_t i = 0; i < COUNT(link_rows); i++) {
        const struct link_row *row = &link_rows[i];
        (void)snprintf(path, sizeof path, PERMALINK "%s", row->query);
        struct wire_response r = get(path, row->lines);
        ck_assert_msg(r.status == row->status, "%s: %u %s", row->name, r.status, r.body);
        ck_assert_msg(strstr(r.body, row->part) != NULL, "%s: %s", row->name, r.body);
        ck_assert_msg((wire_field(&r, "www-authenticate") != NULL) == (r.status == 401),
                      "%s: www-authenticate", row->name);
        ck_assert_msg((wire_field(&r, "x-frame-options") == NULL) ==
                          (r.status == 200 && strstr(row->query, CUIC_TEAMS) != NULL),
                      "%s: x-frame-options", row->name);
        wire_response_clear(&r);
    }
    struct wire_response r = get("/cuicui/permalink/", BASIC);
    ck_assert_uint_eq(r.status, 404);
    ck_assert_ptr_nonnull(strstr(r.body, "needs a viewId"));
    wire_response_clear(&r);
}
END_TEST

START_TEST(permalink_xml)
{
    struct wire_response r = get(PERMALINK CUIC_TEAMS "&linkType=xmlType", "");
    struct reading x;

    ck_assert_uint_eq(r.status, 200);
    ck_assert_str_eq(wire_field(&r, "content-type"), "text/xml;charset=UTF-8");
    read_xml(r.body, &x);
    ck_assert_uint_eq(x.n_rows, 3);
    ck_assert_uint_eq(x.n_columns, 3 * 9);
    ck_assert_str_eq(x.first, "Sales Team");
    ck_assert_ptr_nonnull(
        strstr(r.body, "<row index=\"1\"><column index=\"1\" name=\"Team\">Sales Team</column>"));
    wire_response_clear(&r);
    r = get(PERMALINK CUIC_HISTORY "&linkType=xmlType&@agent_list=VL%201001", BASIC);
    read_xml(r.body, &x);
    ck_assert_uint_eq(x.n_rows, 1);
    wire_response_clear(&r);
}
END_TEST

/** The cells of a row as "<td>a</td><td>b</td>", without those of times. */
static void put_cells(const json_t *row, size_t n, char *to, size_t size)
{
    const char *name = NULL;
    json_t *value = NULL;
    size_t used = 0;

    to[0] = '\0';
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
    {
        if (n-- == 0)
            return;
        if (json_is_string(value))
            used +=
                (size_t)snprintf(to + used, size - used, "<td>%s</td>", json_string_value(value));
        else
            used += (size_t)snprintf(to + used, size - used, "<td>%lld</td>",
                                     (long long)json_integer_value(value));
    }
}

/** A page between two reports that say the same says it too. */
START_TEST(permalink_numbers)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    bool was_same = false;

    for (unsigned i = 0; i < 100 && !was_same; i++) {
        char cells[2][1024];
        json_t *rows = cuic_initial(w, CUIC_AGENTS, "agent.id", "1001");
        put_cells(json_array_get(rows, 0), 13, cells[0], sizeof cells[0]);
        json_decref(rows);
        struct wire_response r = get(PERMALINK CUIC_AGENTS "&agent.id=1001", BASIC);
        rows = cuic_initial(w, CUIC_AGENTS, "agent.id", "1001");
        put_cells(json_array_get(rows, 0), 13, cells[1], sizeof cells[1]);
        json_decref(rows);
        was_same = strcmp(cells[0], cells[1]) == 0;
        if (was_same)
            ck_assert_msg(strstr(r.body, cells[0]) != NULL, "%s\n%s", cells[0], r.body);
        wire_response_clear(&r);
    }
    ck_assert(was_same);
    wire_close(w);
}
END_TEST

/* ---- the form ---- */

static struct wire_response post(struct wire *w, const char *body)
{
    return live_ask(w, "POST", "/cuicui/j_security_check",
                    "Content-Type: application/x-www-form-urlencoded\r\n", body);
}

/** From a permalink to the login, and back with a session that opens it. */
START_TEST(form)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    struct wire_response r =
        live_ask(w, "GET", PERMALINK CUIC_AGENTS "&agent.id=CL%20teamName", "", NULL);
    char path[512];
    char value[64];
    char lines[256];

    (void)snprintf(path, sizeof path, "%s", wire_field(&r, "location"));
    ck_assert_str_eq(path,
                     "/cuicui/Login.jsp?target=%2Fcuicui%2Fpermalink%2F%3FviewId%3D" CUIC_AGENTS
                     "%26agent.id%3DCL%2520teamName");
    wire_response_clear(&r);
    r = live_ask(w, "GET", path, "", NULL);
    ck_assert_ptr_nonnull(strstr(r.body, "value=\"/cuicui/permalink/?viewId=" CUIC_AGENTS
                                         "&amp;agent.id=CL%20teamName\""));
    wire_response_clear(&r);
    r = post(w, "j_username=CUIC%5Cagent1001&j_password=x&target=%2Fcuicui%2Fpermalink%2F%3FviewId"
                "%3D" CUIC_AGENTS "%26agent.id%3DCL%2520teamName");
    ck_assert_uint_eq(r.status, 302);
    ck_assert_str_eq(wire_field(&r, "location"),
                     "/cuicui/permalink/?viewId=" CUIC_AGENTS "&agent.id=CL%20teamName");
    ck_assert_uint_eq(wire_count(&r, "set-cookie"), 4);
    (void)snprintf(lines, sizeof lines, "Cookie: JSESSIONIDSSO=%s\r\n",
                   cuic_cookie(&r, "JSESSIONIDSSO", value));
    wire_response_clear(&r);
    r = live_ask(w, "GET", PERMALINK CUIC_AGENTS "&agent.id=CL%20teamName", lines, NULL);
    ck_assert_uint_eq(r.status, 200);
    ck_assert_ptr_nonnull(strstr(r.body, "agent1014"));
    ck_assert_ptr_null(strstr(r.body, "agent1015"));
    wire_response_clear(&r);
    r = live_ask(w, "GET", "/cuicui/Main.jsp", lines, NULL);
    ck_assert_msg(r.status == 200 && strstr(r.body, "<strong>agent1001</strong>") != NULL, "%s",
                  r.body);
    ck_assert_ptr_nonnull(strstr(r.body, CUIC_QUEUES));
    wire_response_clear(&r);
    r = live_ask(w, "GET", "/cuic/rest/about", lines, NULL); /* single sign-on */
    ck_assert_uint_eq(r.status, 200);
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

/** A permalink too long for a header line is not led back to, but the login is shown. */
START_TEST(long_permalink)
{
    char path[4096] = PERMALINK CUIC_AGENTS "&x=";
    size_t n = strlen(path);

    memset(path + n, '<', 3000);
    path[n + 3000] = '\0';
    struct wire_response r = get(path, "");
    ck_assert_uint_eq(r.status, 302);
    ck_assert_str_eq(wire_field(&r, "location"), "/cuicui/Login.jsp");
    wire_response_clear(&r);
    memcpy(path, "/cuicui/Login.jsp?target=%2Fcuicui%2F", 37);
    r = get(path, "");
    ck_assert_uint_eq(r.status, 200);
    wire_response_clear(&r);
}
END_TEST

static const struct form_row {
    const char *name;
    const char *body;
    unsigned status;
    const char *location; /* NULL: the form again */
} form_rows[] = {
    {"good", "j_username=agent1001&j_password=x", 302, "/cuicui/Main.jsp"},
    {"upper case", "j_username=AGENT1001", 302, "/cuicui/Main.jsp"},
    {"elsewhere", "j_username=agent1001&target=https%3A%2F%2Fx.example%2F", 302,
     "/cuicui/Main.jsp"},
    {"elsewhere, no scheme", "j_username=agent1001&target=%2F%2Fx.example%2F", 302,
     "/cuicui/Main.jsp"},
    {"line end", "j_username=agent1001&target=%2Fcuicui%2F%0d%0aX: y", 302, "/cuicui/Main.jsp"},
    {"not ASCII", "j_username=agent1001&target=%2Fcuicui%2F%ff", 302, "/cuicui/Main.jsp"},
    {"nobody", "j_username=nobody&j_password=x", 200, NULL},
    {"no name", "j_password=x", 200, NULL},
    {"empty", "", 200, NULL},
    {"bad escape", "j_username=agent1001%zz", 200, NULL},
    {"NUL", "j_username=agent1001%00", 200, NULL},
};

START_TEST(form_table)
{
    struct wire *w = wire_open(lab.port[0], PUB);

    for (size_t i = 0; i < COUNT(form_rows); i++) {
        const struct form_row *row = &form_rows[i];
        struct wire_response r = post(w, row->body);
        ck_assert_msg(r.status == row->status, "%s: %u", row->name, r.status);
        if (row->location != NULL)
            ck_assert_msg(strcmp(wire_field(&r, "location"), row->location) == 0, "%s: %s",
                          row->name, wire_field(&r, "location"));
        else
            ck_assert_msg(strstr(r.body, "Invalid user name or password") != NULL &&
                              wire_count(&r, "set-cookie") == 0,
                          "%s: %s", row->name, r.body);
        wire_response_clear(&r);
    }
    struct wire_response r =
        live_ask(w, "GET", "/cuicui/Login.jsp?target=%2Fcuicui%2F%22%3E%3Cscript%3E", "", NULL);
    ck_assert_ptr_null(strstr(r.body, "<script>"));
    ck_assert_ptr_nonnull(strstr(r.body, "value=\"/cuicui/&quot;&gt;&lt;script&gt;\""));
    wire_response_clear(&r);
    wire_close(w);
}
END_TEST

void suite_cuic_pages(Suite *s)
{
    TCase *tc = new_case(s, "pages");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_test(tc, gadget);
    tcase_add_test(tc, gadget_query);
    tcase_add_test(tc, permalink);
    tcase_add_test(tc, permalink_xml);
    tcase_add_test(tc, permalink_numbers);
    tcase_add_test(tc, form);
    tcase_add_test(tc, long_permalink);
    tcase_add_test(tc, form_table);
}
