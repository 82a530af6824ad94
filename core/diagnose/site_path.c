#include "site_path.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct row {
    const char *path; /* with '*' at its end: any path that begins so */
    enum service service;
    enum path_effect effect;
};

/* Resources that need no login. @source [CUIC-OPEN] of docs/fidelity.md, row U2 */
#define OPEN(path)                                                                                 \
    {path, SERVICE_CUIC, PATH_FILTERED},                                                           \
    {                                                                                              \
        path "/*", SERVICE_CUIC, PATH_FILTERED                                                     \
    }

/** At CUIC's addresses; the first row that fits counts. */
static const struct row cuic_rows[] = {
    {"/cuic", SERVICE_CUIC, PATH_REDIRECTED},
    OPEN("/cuic/rest/status"),
    OPEN("/cuic/rest/locales"),
    OPEN("/cuic/rest/usersessiondetail"),
    OPEN("/cuic/rest/genericservices/drf"),
    {"/cuic/rest/*", SERVICE_CUIC, PATH_LOGIN},
    {"/cuic/*", SERVICE_CUIC, PATH_FILTERED},
    {"/livedata/*", SERVICE_LIVE_DATA, PATH_FILTERED},
    {"/socket.io/*", SERVICE_LIVE_DATA, PATH_FILTERED},
    {"/security", SERVICE_LIVE_DATA, PATH_FILTERED},
    /* UNVERIFIED: that no filter guards the pages; settled by a preflight to each. */
    {"/cuicui", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/cuicui/", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/cuicui/Main.jsp", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/cuicui/permalink", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/cuicui/permalink/", SERVICE_CUIC, PATH_OUTSIDE_LOGIN},
    {"/*", SERVICE_CUIC, PATH_OUTSIDE},
};

/** At Finesse's: the filter is that of its REST services. */
static const struct row finesse_rows[] = {
    {"/finesse/*", SERVICE_FINESSE, PATH_FILTERED},
    {"/*", SERVICE_FINESSE, PATH_OUTSIDE},
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

static const struct row *find(const struct row *rows, size_t n, struct slice path)
{
    struct slice only = site_path_only(path);

    for (size_t i = 0; i < n; i++)
        if (only.n > 0 && fits(rows[i].path, only))
            return &rows[i];
    return NULL;
}

static const struct row *find_cuic(struct slice path)
{
    return find(cuic_rows, COUNT(cuic_rows), path);
}

enum path_effect site_path_effect(enum service s, struct slice path)
{
    const struct row *row =
        s == SERVICE_FINESSE ? find(finesse_rows, COUNT(finesse_rows), path) : find_cuic(path);

    if (path.at == NULL || s == SERVICE_LIVE_DATA)
        return PATH_FILTERED; /* at its own addresses it guards whatever is asked for */
    return row == NULL || row->service != s ? PATH_OUTSIDE : row->effect;
}

enum cors_reason site_path_reason(enum path_effect e)
{
    if (e == PATH_LOGIN)
        return REASON_LOGIN;
    return e == PATH_REDIRECTED ? REASON_REDIRECTED : REASON_OUTSIDE;
}

enum service site_path_service(enum platform p, struct slice path)
{
    const struct row *row = find_cuic(path);

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

const char *site_path_guarded(enum service s)
{
    static const char *const begin[SERVICE_COUNT] = {"/cuic/", "/", "/finesse/"};

    return begin[s];
}
