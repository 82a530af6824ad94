#include "route.h"

#include <string.h>

#include "site_cuic.h"

struct route {
    enum site site;
    const char *path; /* with '*' at its end: any path that begins so */
    route_handler *handler;
};

static const struct route table[] = {
    {SITE_CUIC, "*", cuic_server_options}, /* the target of "OPTIONS *", no wildcard */
    {SITE_CUIC, "/cuic", cuic_redirect},
    {SITE_CUIC, "/cuic/*", cuic_context},
    {SITE_CUIC, "/*", cuic_elsewhere},
};

bool route_serves(enum site site)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].site == site)
            return true;
    return false;
}

static bool fits(const char *pattern, const char *path)
{
    size_t n = strlen(pattern);

    if (n > 1 && pattern[n - 1] == '*')
        return strncmp(pattern, path, n - 1) == 0;
    return strcmp(pattern, path) == 0;
}

void route(enum site site, struct exchange *x)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].site == site && fits(table[i].path, x->request->path)) {
            table[i].handler(x);
            return;
        }
    profile_outer(&x->profile, 404, NULL, NULL, "Nothing is here.", &x->reply);
}
