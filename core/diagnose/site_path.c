#include "site_path.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/** At CUIC's addresses; the first row that fits counts. */
static const struct row {
    const char *path; /* with '*' at its end: any path that begins so */
    enum service service;
    enum path_effect effect;
} rows[] = {
    {"/cuic", SERVICE_CUIC, PATH_REDIRECTED},
    {"/cuic/*", SERVICE_CUIC, PATH_FILTERED},
    {"/livedata/*", SERVICE_LIVE_DATA, PATH_FILTERED},
    {"/socket.io/*", SERVICE_LIVE_DATA, PATH_FILTERED},
    {"/security", SERVICE_LIVE_DATA, PATH_FILTERED},
    /* UNVERIFIED: that these pages ask for a login, and no filter guards them; settled by a
     * preflight to each. Here nothing is at them. */
    {"/cuicui/*", SERVICE_CUIC, PATH_LOGIN},
    {"/oampui/*", SERVICE_CUIC, PATH_LOGIN},
    {"/*", SERVICE_CUIC, PATH_OUTSIDE},
};

struct slice site_path_only(struct slice path)
{
    size_t n = 0;

    while (n < path.n && path.at[n] != '?' && path.at[n] != '#')
        n++;
    return (struct slice){path.at, n};
}

static bool fits(const char *pattern, struct slice path)
{
    size_t n = strlen(pattern);

    if (pattern[n - 1] != '*')
        return slice_is(path, pattern);
    return path.n >= n - 1 && memcmp(path.at, pattern, n - 1) == 0;
}

static const struct row *find(struct slice path)
{
    struct slice only = site_path_only(path);

    for (size_t i = 0; i < COUNT(rows); i++)
        if (only.n > 0 && fits(rows[i].path, only))
            return &rows[i];
    return NULL;
}

enum path_effect site_path_effect(enum service s, struct slice path)
{
    const struct row *row = find(path);

    if (path.at == NULL || s != SERVICE_CUIC)
        return PATH_FILTERED; /* all of their addresses is behind the filter */
    return row == NULL || row->service != SERVICE_CUIC ? PATH_OUTSIDE : row->effect;
}

enum service site_path_service(enum platform p, struct slice path)
{
    const struct row *row = find(path);

    if (p == PLATFORM_FINESSE)
        return SERVICE_FINESSE;
    return row == NULL ? SERVICE_CUIC : row->service;
}

const char *site_path_usual(enum service s)
{
    static const char *const path[SERVICE_COUNT] = {"/cuic/", "/socket.io/",
                                                    "/finesse/api/SystemInfo"};

    return path[s];
}
