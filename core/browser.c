#include "browser.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/** Where the product's sites listen.
 *  @source Port Utilization Guide, 12.6(2): docs/fidelity.md */
static const struct product_port {
    enum platform platform;
    enum site site;
    unsigned port;
} product_ports[] = {
    {PLATFORM_CUIC, SITE_CUIC, 443},        {PLATFORM_CUIC, SITE_CUIC, 8444},
    {PLATFORM_CUIC, SITE_LIVE_DATA, 12005}, {PLATFORM_CUIC, SITE_LIVE_DATA, 12008},
    {PLATFORM_FINESSE, SITE_FINESSE, 8445}, {PLATFORM_FINESSE, SITE_FINESSE, 443},
};

static unsigned port_of(const struct endpoint *e)
{
    const struct sockaddr_in *v4 = (const void *)&e->addr;
    const struct sockaddr_in6 *v6 = (const void *)&e->addr;

    return ntohs(e->addr.ss_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
}

/** One rule for each name and port of the product's; then the name, for all other ports. */
struct names {
    const struct config *config;
    const char *address; /* NULL: the endpoints' own */
    struct buf *to;
    struct diag *why;
};

/** The endpoint of a site at this port, else its first; NULL when it has none. */
static const struct endpoint *find_endpoint(const struct config *c, enum site site, unsigned port)
{
    const struct endpoint *first = NULL;

    for (size_t i = 0; i < c->n_endpoints; i++) {
        const struct endpoint *e = &c->endpoints[i];
        if (e->site == site && port_of(e) == port)
            return e;
        if (e->site == site && first == NULL)
            first = e;
    }
    return first;
}

static void put_rule(struct buf *to, const char *host, unsigned port, const char *address,
                     unsigned to_port)
{
    bool is_v6 = strchr(address, ':') != NULL;

    (void)buf_printf(to, "%sMAP %s", to->n == 0 ? "" : ", ", host);
    if (port != 0)
        (void)buf_printf(to, ":%u", port);
    (void)buf_printf(to, is_v6 ? " [%s]" : " %s", address);
    if (to_port != 0)
        (void)buf_printf(to, ":%u", to_port);
}

/** @param usual  the address of all other ports of the host */
static enum err put_port(const struct names *n, const char *host, enum site site, unsigned port,
                         const char *usual)
{
    const struct endpoint *e = find_endpoint(n->config, site, port);
    char own[CONFIG_ADDRESS_MAX];

    if (e == NULL)
        return ERR_OK;
    if (port_of(e) == 0) {
        diag_set(n->why, 0,
                 "listen %s: %s is whatever port is free; write a number there to have browsers "
                 "find it",
                 site_name(site), e->text);
        return ERR_LIMIT;
    }
    config_endpoint_address(e, own);
    const char *address = n->address == NULL ? own : n->address;
    if (port_of(e) != port || strcmp(address, usual) != 0)
        put_rule(n->to, host, port, address, port_of(e));
    return ERR_OK;
}

static enum err put_node(const struct names *n, const struct node *node)
{
    char own[CONFIG_ADDRESS_MAX];
    enum err e = ERR_OK;

    config_node_address(n->config, node, own);
    const char *usual = n->address == NULL ? own : n->address;
    for (size_t i = 0; e == ERR_OK && i < sizeof product_ports / sizeof product_ports[0]; i++)
        if (product_ports[i].platform == node->platform)
            e = put_port(n, node->hostname, product_ports[i].site, product_ports[i].port, usual);
    put_rule(n->to, node->hostname, 0, usual, 0);
    return e;
}

enum err browser_rules(const struct config *c, const char *address, struct buf *to,
                       struct diag *why)
{
    const struct names n = {c, address, to, why};
    char own[CONFIG_ADDRESS_MAX];
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(c); i++)
        e = put_node(&n, &c->nodes[i]);
    config_console_address(c, own);
    for (size_t i = 0; e == ERR_OK && i < c->n_console_names; i++)
        put_rule(to, c->console_names[i], 0, address == NULL ? own : address, 0);
    return e == ERR_OK ? to->state : e;
}

void browser_start_url(const struct config *c, struct buf *to)
{
    if (c->n_finesse > 0)
        (void)buf_printf(to, "https://%s:8445/desktop/", c->nodes[c->n_nodes].hostname);
    else
        (void)buf_printf(to, "https://%s/cuicui/", c->nodes[0].hostname);
}
