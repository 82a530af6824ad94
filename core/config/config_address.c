#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "config.h"

/** Does this site answer for nodes of that product? */
static bool is_site_of(enum site s, enum platform p)
{
    return p == PLATFORM_FINESSE ? s == SITE_FINESSE : s == SITE_CUIC || s == SITE_LIVE_DATA;
}

static const struct endpoint *find_endpoint(const struct config *c, enum platform p)
{
    for (size_t i = 0; i < c->n_endpoints; i++)
        if (is_site_of(c->endpoints[i].site, p))
            return &c->endpoints[i];
    return c->n_endpoints == 0 ? NULL : &c->endpoints[0];
}

void config_endpoint_address(const struct endpoint *e, char ret[CONFIG_ADDRESS_MAX])
{
    static const struct in6_addr any6 = IN6ADDR_ANY_INIT;

    (void)snprintf(ret, CONFIG_ADDRESS_MAX, "127.0.0.1");
    if (e == NULL)
        return;
    const struct sockaddr_in *v4 = (const void *)&e->addr;
    const struct sockaddr_in6 *v6 = (const void *)&e->addr;
    if (e->addr.ss_family == AF_INET && v4->sin_addr.s_addr != htonl(INADDR_ANY))
        (void)inet_ntop(AF_INET, &v4->sin_addr, ret, CONFIG_ADDRESS_MAX);
    if (e->addr.ss_family != AF_INET6)
        return;
    if (memcmp(&v6->sin6_addr, &any6, sizeof any6) == 0)
        (void)snprintf(ret, CONFIG_ADDRESS_MAX, "::1");
    else
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, ret, CONFIG_ADDRESS_MAX);
}

void config_node_address(const struct config *c, const struct node *node,
                         char ret[CONFIG_ADDRESS_MAX])
{
    config_endpoint_address(find_endpoint(c, node->platform), ret);
}

void config_console_address(const struct config *c, char ret[CONFIG_ADDRESS_MAX])
{
    const struct endpoint *found = NULL;

    for (size_t i = 0; i < c->n_endpoints && found == NULL; i++)
        if (c->endpoints[i].site == SITE_CONSOLE)
            found = &c->endpoints[i];
    config_endpoint_address(found, ret);
}
