#include "route.h"

#include <string.h>

#include "console/site_console.h"
#include "cuic/site_cuic.h"
#include "cuic/site_cuicui.h"
#include "desktop/site_finesse.h"
#include "live/site_livedata.h"

struct route {
    const char *path; /* a pattern of route_rest */
    route_handler *handler;
    enum site site;
    bool takes_body;
};

/* On the product's port 443 one proxy stands before both services, and tells them apart by the
 * path.
 */
#define LIVE_DATA(site)                                                                            \
    {"/livedata/security", livedata_security, site, false},                                        \
        {"/livedata/token/new", livedata_token, site, false},                                      \
        {"/livedata/*", livedata_elsewhere, site, false},                                          \
        {"/security", livedata_security, site, false},                                             \
        {"/socket.io/", livedata_socketio, site, true},                                            \
    {                                                                                              \
        "/socket.io/*", livedata_elsewhere, site, false                                            \
    }

static const struct route table[] = {
    {"*", cuic_server_options, SITE_CUIC, false}, /* the target of "OPTIONS *", no wildcard */
    {"/cuic", cuic_redirect, SITE_CUIC, false},
    {"/cuic/rest/*", cuic_context, SITE_CUIC, true},
    {"/cuic/*", cuic_context, SITE_CUIC, false},
    {"/cuicui", cuicui_context, SITE_CUIC, false},
    {"/cuicui/*", cuicui_context, SITE_CUIC, true},
    {"/oampui", oampui, SITE_CUIC, false},
    {"/oampui/*", oampui, SITE_CUIC, false},
    LIVE_DATA(SITE_CUIC),
    {"/*", cuic_elsewhere, SITE_CUIC, false},
    {"*", cuic_server_options, SITE_LIVE_DATA, false},
    LIVE_DATA(SITE_LIVE_DATA),
    {"/*", livedata_elsewhere, SITE_LIVE_DATA, false},
    {"/api/*", console_site, SITE_CONSOLE, true},
    {"/*", console_site, SITE_CONSOLE, false},
    {"*", console_site, SITE_CONSOLE, false},
    {"*", finesse_server_options, SITE_FINESSE, false},
    {"/finesse/*", finesse_api, SITE_FINESSE, true},
    {"/desktop/sim/session", finesse_desktop, SITE_FINESSE, true},
    {"/desktop/*", finesse_desktop, SITE_FINESSE, false},
    {"/gadgets/makeRequest", finesse_container, SITE_FINESSE, true},
    {"/gadgets/*", finesse_container, SITE_FINESSE, false},
    {"/3rdpartygadget/files/*", finesse_files, SITE_FINESSE, false},
    {"/*", finesse_elsewhere, SITE_FINESSE, false},
};

bool route_is_simulated(enum site site, const char *path)
{
    static const char own[] = "/desktop/sim/";

    return site != SITE_CONSOLE &&
           (site != SITE_FINESSE || strncmp(path, own, sizeof own - 1) != 0);
}

const char *route_rest(const char *pattern, const char *path)
{
    size_t n = strlen(pattern);

    if (n > 1 && pattern[n - 1] == '*')
        return strncmp(pattern, path, n - 1) == 0 ? path + n - 1 : NULL;
    return strcmp(pattern, path) == 0 ? path + n : NULL;
}

static const struct route *find(enum site site, const char *path)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].site == site && route_rest(table[i].path, path) != NULL)
            return &table[i];
    return NULL;
}

bool route_takes_body(enum site site, const char *path)
{
    const struct route *r = find(site, path);

    return r != NULL && r->takes_body;
}

void route(enum site site, struct exchange *x)
{
    const struct route *r = find(site, x->request->path);

    if (r != NULL)
        r->handler(x);
    else
        profile_outer(&x->profile, 404, NULL, NULL, "Nothing is here.", &x->reply);
}
