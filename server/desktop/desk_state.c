#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "desk_pages.h"
#include "desktop/finesse.h"
#include "filtered.h"

#define URL_MAX    8192
#define PEOPLE_MAX 50 /* shown at once */

/* ---- the layout as JSON ---- */

/** What of the page is being made. */
struct making {
    struct exchange *x;
    const struct desk_user *user;
    struct layout_user words;
    char id[16];
};

static json_t *text_of(struct slice s)
{
    return json_stringn(s.at, s.n);
}

static json_t *gadget_json(const struct making *m, const struct layout_gadget *g)
{
    struct buf url;
    bool is_component = layout_is_component(g->url);

    buf_init(&url, URL_MAX);
    layout_url(&url, g->url, &m->words);
    json_t *j = json_pack("{s:i, s:s, s:b, s:b, s:s*, s:s*, s:i}", "module", (int)g->number, "url",
                          buf_text(&url), "isComponent", is_component ? 1 : 0, "isHidden",
                          g->is_hidden ? 1 : 0, "id", g->id, "managedBy", g->managed_by, "maxRows",
                          (int)g->max_rows);
    buf_clear(&url);
    return j;
}

static json_t *column_json(const struct making *m, const struct layout_column *c)
{
    json_t *all = json_array();

    for (size_t i = 0; i < c->n; i++)
        (void)json_array_append_new(all, gadget_json(m, &c->gadget[i]));
    return all;
}

static json_t *tab_json(const struct making *m, const struct layout_tab *t)
{
    json_t *columns = json_array();

    for (size_t i = 0; i < t->n_columns; i++)
        (void)json_array_append_new(columns, column_json(m, &t->column[i]));
    return json_pack("{s:o, s:o, s:o}", "id", text_of(t->id), "label", text_of(layout_label(t)),
                     "columns", columns);
}

static json_t *role_json(const struct making *m, const struct layout_role *r)
{
    json_t *tabs = json_array();

    for (size_t i = 0; i < r->n_tabs; i++)
        (void)json_array_append_new(tabs, tab_json(m, &r->tab[i]));
    return json_pack("{s:o, s:o}", "page", column_json(m, &r->page), "tabs", tabs);
}

static json_t *notes_json(const struct layout *l)
{
    json_t *notes = json_array();

    for (size_t i = 0; i < l->n_notes; i++)
        (void)json_array_append_new(notes, json_string(l->note[i]));
    return notes;
}

/** Tabs and gadgets, or why there are none. */
static json_t *layout_json(const struct making *m)
{
    struct diag why = {0, ""};
    struct layout *l = desk_layout(m->x, &why);
    const char *role = m->user->is_supervisor ? "Supervisor" : "Agent";
    json_t *j = NULL;

    if (l == NULL)
        return json_pack("{s:s}", "error", why.text);
    const struct layout_role *r = layout_find(l, role);
    if (r == NULL)
        j = json_pack(
            "{s:o}", "error",
            json_sprintf("%s: there is no <layout> for the role %s", m->x->config->layout, role));
    else
        j = json_pack("{s:s*, s:o, s:o}", "title", l->title, "notes", notes_json(l), "role",
                      role_json(m, r));
    layout_free(l);
    return j;
}

/* ---- the user ---- */

static json_t *user_json(const struct desk_user *u)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:b}", "id", (int)u->id, "login",
                     u->login, "firstName", u->first_name, "lastName", u->last_name, "extension",
                     (int)u->extension, "teamId", (int)u->team_id, "team", u->team, "role",
                     u->is_supervisor ? "Supervisor" : "Agent", "isSupervisor",
                     u->is_supervisor ? 1 : 0);
}

static json_t *reasons_json(enum agent_state s)
{
    json_t *all = json_array();

    for (size_t i = 0; agent_reason_code(s, i) != 0; i++)
        (void)json_array_append_new(all,
                                    json_pack("{s:i, s:s}", "code", (int)agent_reason_code(s, i),
                                              "label", agent_reason_name(agent_reason_code(s, i))));
    return all;
}

struct app_answer desk_state(struct exchange *x)
{
    struct desk_user user;
    struct making m = {.x = x, .user = &user};
    struct buf origin;

    if (!desk_session(x, &user))
        return desk_error(x, 401, "Nobody has signed in.");
    m.words = desk_layout_user(&user, m.id);
    buf_init(&origin, 1024);
    desk_origin(x, &origin);
    json_t *j =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "node", x->profile.node, "hostname",
                  x->config->nodes[x->request->node].hostname, "origin", buf_text(&origin), "user",
                  user_json(&user), "layout", layout_json(&m), "notReadyReasons",
                  reasons_json(AGENT_NOT_READY), "version", CUICSIM_VERSION);
    buf_clear(&origin);
    return filtered_json(x, 200, DESK_JSON, j);
}

/* ---- who may sign in ---- */

struct search {
    struct slice words; /* lower case counts as upper; "" finds all */
    json_t *people;
    size_t n_found;
};

static bool contains_nocase(const char *text, struct slice part)
{
    size_t n = strlen(text);

    for (size_t i = 0; i + part.n <= n; i++)
        if (strncasecmp(text + i, part.at, part.n) == 0)
            return true;
    return part.n == 0;
}

static bool fits(const struct centre *c, const struct agent *a, struct slice words)
{
    char text[4 * CENTRE_NAME_MAX + 32];

    (void)snprintf(text, sizeof text, "%u %s %s %s %s", a->id, a->login, a->first_name,
                   a->last_name, centre_team(c, a->team)->name);
    return contains_nocase(text, words);
}

static void add_person(struct search *s, const struct centre *c, size_t i)
{
    const struct agent *a = centre_agent(c, i);

    if (!fits(c, a, s->words) || s->n_found++ >= PEOPLE_MAX)
        return;
    (void)json_array_append_new(
        s->people, json_pack("{s:i, s:s, s:o, s:s, s:s, s:b, s:b}", "id", (int)a->id, "login",
                             a->login, "name", json_sprintf("%s %s", a->first_name, a->last_name),
                             "team", centre_team(c, a->team)->name, "state",
                             agent_state_name(a->state), "isSupervisor",
                             finesse_is_supervisor(c, i) ? 1 : 0, "isHere", a->is_held ? 1 : 0));
}

/** Supervisors first: there are few of them. */
static void search(void *arg, const struct centre *c)
{
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < centre_count(c, CENTRE_AGENT); i++)
            if (finesse_is_supervisor(c, i) == (turn == 0))
                add_person(arg, c, i);
}

struct app_answer desk_people(struct exchange *x)
{
    struct search s = {slice_trim(request_argument(x->request, "search")), json_array(), 0};

    if (s.words.at == NULL)
        s.words = slice_of("");
    live_read(x->live, search, &s);
    return filtered_json(x, 200, DESK_JSON,
                         json_pack("{s:s, s:s, s:i, s:o}", "node", x->profile.node, "hostname",
                                   x->config->nodes[x->request->node].hostname, "found",
                                   (int)s.n_found, "people", s.people));
}

/* ---- news ---- */

/** What is told of one agent. */
struct telling {
    struct exchange *x;
    const struct desk_user *user;
    uint64_t since;
    json_t *users, *dialogs;
};

static void tell(void *arg, const struct centre *c)
{
    struct telling *t = arg;
    const struct desk_user *u = t->user;
    struct finesse_clock now = {clock_now_ms(), centre_now_ms(c)};
    size_t first = u->is_supervisor ? u->team_first : u->agent;
    size_t n = u->is_supervisor ? u->team_n : 1;

    for (size_t i = first; i < first + n; i++) {
        char id[16];
        if (t->since > 0 && !desk_has_changed(t->x->desk, i, t->since))
            continue;
        (void)snprintf(id, sizeof id, "%u", centre_agent(c, i)->id);
        (void)json_array_append_new(t->users, finesse_user(c, i, &now));
        (void)json_object_set_new(t->dialogs, id, finesse_dialogs(c, i, &now));
    }
}

/** The client says up to which change it knows; 0, nothing yet, is answered at once with all. */
struct app_answer desk_news_of(struct exchange *x)
{
    struct desk_user user;
    unsigned long since = 0;

    if (!desk_session(x, &user))
        return desk_error(x, 401, "Nobody has signed in.");
    (void)text_to_ulong(request_argument(x->request, "since"), 0, (unsigned long)INT64_MAX, &since);
    uint64_t changes = desk_changes(x->desk);
    size_t first = user.is_supervisor ? user.team_first : user.agent;
    if (since > 0 && !x->news->was_parked &&
        desk_wait(x->desk, first, user.is_supervisor ? user.team_n : 1, since, x->news)) {
        x->is_parked = true; /* and perhaps resumed by now, by another thread */
        return (struct app_answer){.status = 200};
    }
    struct telling t = {x, &user, since, json_array(), json_object()};
    live_read(x->live, tell, &t);
    return filtered_json(x, 200, DESK_JSON,
                         json_pack("{s:I, s:I, s:o, s:o}", "changes", (json_int_t)changes, "now",
                                   (json_int_t)clock_now_ms(), "users", t.users, "dialogs",
                                   t.dialogs));
}
