#include "site_finesse.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "assets.h"
#include "desk_pages.h"
#include "filtered.h"
#include "gadget_files.h"

#define READ_ALLOW "GET, HEAD, OPTIONS"
#define FILES      "/3rdpartygadget/files/"
#define COOKIE_END "; Path=/; Secure; HttpOnly; SameSite=Lax"

static bool is_read(const struct exchange *x)
{
    return filtered_is_method(x, "GET") || filtered_is_method(x, "HEAD");
}

static struct app_answer not_found(struct exchange *x, const char *detail)
{
    return filtered_error(x, 404, detail);
}

/* ---- built-in files ---- */

static struct app_answer asset_of(struct exchange *x, const char *name)
{
    struct asset file;

    if (!assets_find(name, &file))
        return not_found(x, "Finesse has this file, and the simulator does not.");
    return (struct app_answer){.status = 200,
                               .content_type = file.type,
                               .csp = strstr(file.type, "html") == NULL ? NULL : DESK_CSP,
                               .body = file.body};
}

/** A file of Debian's packages, or of ours, below `folder`. */
static struct app_answer file_of(struct exchange *x, const char *folder, const char *rest)
{
    char name[128];
    int n = snprintf(name, sizeof name, "%s/%s", folder, rest);

    if (n < 0 || (size_t)n >= sizeof name)
        return not_found(x, "No file of ours has so long a name.");
    return asset_of(x, name);
}

static struct app_answer own(struct exchange *x, const char *rest)
{
    return file_of(x, "desktop/page", rest);
}

static struct app_answer icon(struct exchange *x, const char *rest)
{
    (void)rest;
    return asset_of(x, "common/icon.svg");
}

static struct app_answer library(struct exchange *x, const char *rest)
{
    if (strcmp(rest, "finesse.min.js") == 0)
        rest = "finesse.js";
    return file_of(x, strncmp(rest, "finesse.js", 10) == 0 ? "desktop/gadget" : "desktop/lib",
                   rest);
}

static struct app_answer utilities(struct exchange *x, const char *rest)
{
    return file_of(x, "desktop/gadget", rest);
}

static struct app_answer container_script(struct exchange *x, const char *rest)
{
    (void)rest; /* "core:pubsub-2.js": whatever is listed, it is in our one script */
    return asset_of(x, "desktop/gadget/gadgets.js");
}

/** "5.3.1/css/bootstrap.css", or without a version as in older releases.
 *  UNVERIFIED: which versions of Bootstrap a node has; settled by its /desktop/thirdparty. Here a
 *  path of version 5 gets Debian's 5, any other Debian's 3. */
static struct app_answer bootstrap(struct exchange *x, const char *rest)
{
    bool is_five = strncmp(rest, "5.", 2) == 0;
    const char *slash = strchr(rest, '/');
    bool has_version = slash != NULL && rest[strspn(rest, "0123456789.")] == '/';

    return file_of(x, is_five ? "desktop/lib/bootstrap5" : "desktop/lib/bootstrap3",
                   has_version ? slash + 1 : rest);
}

/** Older gadgets name a version of jQuery or of jQuery UI here; of each there is one. */
static struct app_answer jquery(struct exchange *x, const char *rest)
{
    if (strncmp(rest, "js/jquery-ui", 12) == 0)
        return asset_of(x, "desktop/lib/jquery-ui.min.js");
    if (strncmp(rest, "js/jquery-", 10) == 0 && ascii_is_digit((unsigned char)rest[10]))
        return asset_of(x, "desktop/lib/jquery.min.js");
    return not_found(x, "Of jQuery there is jQuery itself, and jQuery UI without its styles.");
}

/* ---- signing in ---- */

static struct app_answer redirect(const char *location)
{
    return (struct app_answer){.status = 302, .location = location};
}

static struct app_answer home(struct exchange *x, const char *rest)
{
    struct desk_user user;

    (void)rest;
    return desk_session(x, &user) ? asset_of(x, "desktop/page/desktop.html")
                                  : redirect("/desktop/logon");
}

static struct app_answer logon(struct exchange *x, const char *rest)
{
    (void)rest;
    return asset_of(x, "desktop/page/logon.html");
}

static void add_cookie(struct exchange *x, const char *id, const char *more, struct app_answer *a)
{
    (void)snprintf(x->cookie[0], sizeof x->cookie[0], DESK_COOKIE "=%s%s" COOKIE_END, id, more);
    a->cookie[0] = x->cookie[0];
}

/** {"id": "1001"}: sign in. */
static struct app_answer sign_in(struct exchange *x)
{
    json_t *body = x->is_body_cut ? NULL : json_loadb(x->body.at, x->body.n, 0, NULL);
    const char *id = json_string_value(json_object_get(body, "id"));
    struct desk_user user;
    char session[SESSION_ID];
    struct app_answer a;

    if (id == NULL)
        a = desk_error(x, 400, "The body is to be {\"id\": \"1001\"}.");
    else if (!desk_find_user(x->desk, slice_of(id), &user))
        a = desk_error(x, 404, "There is no simulated agent of this id.");
    else if (!desk_sign_in(x->desk, x->request->node, &user, session))
        a = desk_error(x, 503, "There are no random bytes for a session.");
    else
        a = filtered_json(x, 200, DESK_JSON, json_pack("{s:s}", "login", user.login));
    if (a.status == 200)
        add_cookie(x, session, "", &a);
    json_decref(body);
    return a;
}

static struct app_answer sign_out(struct exchange *x)
{
    struct app_answer a = filtered_json(x, 200, DESK_JSON, json_object());

    desk_sign_out(x->desk, x->request->node, request_cookie(x->request, DESK_COOKIE));
    add_cookie(x, "", "; Max-Age=0", &a);
    return a;
}

static struct app_answer session(struct exchange *x, const char *rest)
{
    (void)rest;
    if (!filtered_is_method(x, "POST") && !filtered_is_method(x, "DELETE"))
        return desk_only(x, "POST, DELETE, OPTIONS");
    if (!desk_is_own(x))
        return desk_error(x, 403, "Only the desktop's own page signs in and out.");
    return filtered_is_method(x, "POST") ? sign_in(x) : sign_out(x);
}

/* ---- what the desktop's page asks for ---- */

static struct app_answer people(struct exchange *x, const char *rest)
{
    (void)rest;
    return desk_people(x);
}

static struct app_answer state(struct exchange *x, const char *rest)
{
    (void)rest;
    return desk_state(x);
}

static struct app_answer news(struct exchange *x, const char *rest)
{
    (void)rest;
    return desk_news_of(x);
}

static struct app_answer places(struct exchange *x, const char *rest)
{
    (void)rest;
    return desk_places(x);
}

static struct app_answer explain(struct exchange *x, const char *rest)
{
    (void)rest;
    return desk_explain(x);
}

static struct app_answer exchanges(struct exchange *x, const char *rest)
{
    (void)rest;
    return desk_exchanges(x);
}

static struct app_answer frame(struct exchange *x, const char *rest)
{
    (void)rest;
    return gadget_frame(x);
}

static struct app_answer request(struct exchange *x, const char *rest)
{
    (void)rest;
    if (!filtered_is_method(x, "POST"))
        return desk_only(x, "POST, OPTIONS");
    if (!desk_is_own(x))
        return desk_error(x, 403, "Only gadgets of this desktop may ask for that.");
    return gadget_request(x);
}

static struct app_answer nothing(struct exchange *x, const char *rest)
{
    (void)rest;
    return not_found(x, "The simulated desktop has nothing at this path.");
}

/** UNVERIFIED: types, and that nothing else is said of a file; settled by `curl -i` of one. */
static struct app_answer gadget_file(struct exchange *x, const char *rest)
{
    struct buf text;

    buf_init(&text, GADGET_FILE_MAX);
    enum err e = gadget_file_read(x->config->gadget_dir, rest, &text);
    if (e == ERR_OK)
        return desk_text(x, 200, assets_type(rest), &text);
    buf_clear(&text);
    if (e == ERR_LIMIT)
        return filtered_error(x, 403, "This file is larger than the simulator serves (8 MiB).");
    return e == ERR_NOTFOUND
               ? not_found(x, "There is no such file in gadget_dir, or it may not be read.")
               : filtered_error(x, 503, "The file cannot be read.");
}

/* ---- the table ---- */

typedef struct app_answer page_answer(struct exchange *x, const char *rest);

static const struct page {
    const char *path; /* a pattern of route_rest */
    page_answer *answer;
    bool any_method;
} pages[] = {
    {"/", home, false},
    {"/desktop", home, false},
    {"/desktop/", home, false},
    {"/desktop/logon", logon, false},
    {"/desktop/container/", home, false},
    {"/desktop/assets/js/*", library, false},
    {"/desktop/thirdparty/bootstrap/*", bootstrap, false},
    {"/desktop/thirdparty/jquery/*", jquery, false},
    {"/desktop/js/utilities/*", utilities, false},
    {"/desktop/sim/session", session, true},
    {"/desktop/sim/people", people, false},
    {"/desktop/sim/state", state, false},
    {"/desktop/sim/news", news, false},
    {"/desktop/sim/places", places, false},
    {"/desktop/sim/explain", explain, false},
    {"/desktop/sim/exchanges", exchanges, false},
    {"/favicon.ico", icon, false},
    {"/desktop/sim/icon.svg", icon, false},
    {"/desktop/sim/*", own, false},
    {"/gadgets/ifr", frame, false},
    {"/gadgets/makeRequest", request, true},
    {"/gadgets/js/*", container_script, false},
    {FILES "*", gadget_file, false},
    {"/*", nothing, false},
};

/** @param ret_rest  what stands for the '*' */
static const struct page *find(const char *path, const char **ret_rest)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        *ret_rest = route_rest(pages[i].path, path);
        if (*ret_rest != NULL)
            return &pages[i];
    }
    return NULL;
}

static void answer(struct exchange *x)
{
    const char *rest = NULL;
    const struct page *p = find(x->request->path, &rest);
    struct app_answer app = {.status = 200, .allow = READ_ALLOW};

    if (filtered_view(x, SERVICE_FINESSE) == NULL)
        return;
    if (p != NULL && (p->any_method || is_read(x)))
        app = p->answer(x, rest);
    else if (!filtered_is_method(x, "OPTIONS"))
        app = desk_only(x, READ_ALLOW);
    desk_reply(x, &app);
}

void finesse_desktop(struct exchange *x)
{
    answer(x);
}

void finesse_container(struct exchange *x)
{
    answer(x);
}

void finesse_files(struct exchange *x)
{
    answer(x);
}

void finesse_elsewhere(struct exchange *x)
{
    answer(x);
}

void finesse_server_options(struct exchange *x)
{
    struct app_answer app = {.status = 200, .allow = READ_ALLOW};

    if (!filtered_is_method(x, "OPTIONS"))
        app = filtered_error(x, 400, "Only OPTIONS may ask for '*'.");
    desk_reply(x, &app);
}
