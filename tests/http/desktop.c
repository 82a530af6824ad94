#include "desktop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cuic.h"

#define FINESSE_LINES                                                                              \
    "listen finesse { addresses = {\"127.0.0.1:0\"} hostnames = {\"" FIN "\", \"" FIN2 "\"} }\n"   \
    "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"                                              \
    "gadget_dir = \"gadgets\"\nlayout = \"layout.xml\"\n"                                          \
    "simulation { agents = 40 seed = 1 }\n"

void desktop_start(struct lab *l, const char *extra)
{
    char text[2048];

    (void)snprintf(text, sizeof text, FINESSE_LINES "%s", extra);
    lab_init(l, text);
    desktop_layout(l, "");
    desktop_put(l, "gadgets/hello.xml", FIN_GADGET("<p>hello</p>"));
    lab_must(l, "lab reset article");
    lab_start_server(l);
}

void desktop_put(const struct lab *l, const char *name, const char *text)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s", lab_path(l, name));
    for (char *slash = strchr(path + strlen(l->dir) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0755);
        *slash = '/';
    }
    test_write_file(path, text, strlen(text));
}

void desktop_layout(const struct lab *l, const char *gadgets)
{
    static const char role[] = "<layout><role>%s</role><page/><tabs><tab><id>home</id>"
                               "<label>Home</label><columns><column><gadgets>%s</gadgets></column>"
                               "</columns></tab></tabs></layout>";
    char part[2][8192];
    char text[16640];

    (void)snprintf(part[0], sizeof part[0], role, "Agent", gadgets);
    (void)snprintf(part[1], sizeof part[1], role, "Supervisor", gadgets);
    (void)snprintf(text, sizeof text,
                   "<finesseLayout xmlns=\"http://www.cisco.com/vtg/finesse\">%s%s"
                   "</finesseLayout>\n",
                   part[0], part[1]);
    desktop_put(l, "layout.xml", text);
}

struct wire *desktop_open(const struct lab *l)
{
    return wire_open(l->port[0], FIN);
}

struct wire_response desktop_ask(struct wire *w, const char *method, const char *path,
                                 const char *lines, const char *body)
{
    struct wire_response r;

    wire_say(w, "%s %s HTTP/1.1\r\nHost: " FIN ":8445\r\n%s", method, path, lines);
    if (body != NULL)
        wire_say(w, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        wire_say(w, "\r\n");
    bool is_answered = strcmp(method, "HEAD") == 0 ? wire_read_head(w, &r) : wire_read(w, &r);
    ck_assert_msg(is_answered, "%s %s: no answer", method, path);
    return r;
}

void desktop_expect(struct wire *w, const char *method, const char *path, const char *lines,
                    const char *body, unsigned status, const char *part)
{
    struct wire_response r = desktop_ask(w, method, path, lines, body);

    ck_assert_msg(r.status == status, "%s %s [%s]: %u %.300s", method, path, lines, r.status,
                  r.body);
    if (part[0] != '\0')
        ck_assert_msg(strstr(r.body, part) != NULL, "%s %s [%s]: %.600s", method, path, lines,
                      r.body);
    wire_response_clear(&r);
}

json_t *desktop_json(struct wire *w, const char *path, const char *lines)
{
    struct wire_response r = desktop_ask(w, "GET", path, lines, NULL);

    ck_assert_msg(r.status == 200, "%s: %u %.300s", path, r.status, r.body);
    ck_assert_str_eq(wire_field(&r, "content-type"), "application/json");
    json_t *j = json_loads(r.body, 0, NULL);
    ck_assert_msg(j != NULL, "%s: %.300s", path, r.body);
    wire_response_clear(&r);
    return j;
}

const char *desktop_sign_in(struct wire *w, const char *id, char line[COOKIE_LINE])
{
    char body[64];
    char value[64];

    (void)snprintf(body, sizeof body, "{\"id\":\"%s\"}", id);
    struct wire_response r = desktop_ask(w, "POST", FIN_SESSION, "", body);
    ck_assert_msg(r.status == 200, "%s: %u %s", id, r.status, r.body);
    ck_assert_uint_eq(strlen(cuic_cookie(&r, "cuicsim-desktop", value)), 32);
    (void)snprintf(line, COOKIE_LINE, "Cookie: cuicsim-desktop=%s\r\n", value);
    wire_response_clear(&r);
    return line;
}

#define AGENT "/finesse/api/User/1002"

/** Is he NOT_READY? Aborts when he will not be, either. */
static bool is_away(struct wire *w, const char *lines)
{
    json_t *j = desktop_json(w, AGENT, lines);
    const json_t *user = json_object_get(j, "User");
    const char *state = json_string_value(json_object_get(user, "state"));
    const char *pending = json_string_value(json_object_get(user, "pendingState"));
    bool is = strcmp(state, "NOT_READY") == 0;
    bool has_call = strcmp(state, "RESERVED") == 0 || strcmp(state, "TALKING") == 0 ||
                    strcmp(state, "HOLD") == 0 || strcmp(state, "WORK") == 0;

    ck_assert_msg(is || (has_call && strcmp(pending, "NOT_READY") == 0), "%s, pending '%s'", state,
                  pending);
    json_decref(j);
    return is;
}

void desktop_await_away(struct wire *w, const char *as)
{
    char lines[256];

    (void)snprintf(lines, sizeof lines, "%s" FIN_JSON, as);
    while (!is_away(w, lines))
        test_pause_ms(100); /* a call ends, and the test's timeout is longer */
}

void desktop_take_away(struct wire *w, const char *as)
{
    desktop_expect(w, "PUT", AGENT, as, "<User><state>NOT_READY</state></User>", 202, "");
    desktop_await_away(w, as);
}

struct wire_response desktop_frame(struct wire *w, const char *cookie, const char *url)
{
    char path[4096];
    size_t n = (size_t)snprintf(path, sizeof path, "/gadgets/ifr?mid=1&url=");

    for (; *url != '\0' && n < sizeof path - 4; url++)
        n += (size_t)snprintf(path + n, 4, "%%%02X", (unsigned)(unsigned char)*url);
    return desktop_ask(w, "GET", path, cookie, NULL);
}
