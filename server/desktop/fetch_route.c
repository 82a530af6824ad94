#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "fetch_inside.h"

static unsigned port_of(const struct fetch_address *a)
{
    const struct sockaddr_in *v4 = (const void *)&a->addr;
    const struct sockaddr_in6 *v6 = (const void *)&a->addr;

    return ntohs(a->addr.ss_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
}

/** The site that answers at a port of the product, on a node of that platform. */
static bool site_at(unsigned port, enum platform platform, enum site *ret)
{
    bool is_finesse = platform == PLATFORM_FINESSE;

    switch (port) {
    case 443:
        *ret = is_finesse ? SITE_FINESSE : SITE_CUIC;
        return true;
    case 8444:
        *ret = SITE_CUIC;
        return !is_finesse;
    case 8445:
        *ret = SITE_FINESSE;
        return is_finesse;
    case 12005:
    case 12008:
        *ret = SITE_LIVE_DATA;
        return !is_finesse;
    default:
        return false;
    }
}

/** The address of ours that a node's port is; NULL when nobody listens there. */
static const struct fetch_address *find(const struct fetch_places *places, unsigned port,
                                        enum platform platform)
{
    enum site site = SITE_CUIC;

    for (size_t i = 0; i < places->n; i++)
        if (port_of(&places->address[i]) == port)
            return &places->address[i];
    if (!site_at(port, platform, &site))
        return NULL;
    for (size_t i = 0; i < places->n; i++)
        if (places->address[i].site == site)
            return &places->address[i];
    return NULL;
}

/** Numeric, an IPv6 address in brackets; of a wildcard the loopback. */
static void print_address(const struct fetch_address *a, char to[INET6_ADDRSTRLEN + 2])
{
    static const struct in6_addr any6 = IN6ADDR_ANY_INIT;
    const struct sockaddr_in *v4 = (const void *)&a->addr;
    const struct sockaddr_in6 *v6 = (const void *)&a->addr;
    char text[INET6_ADDRSTRLEN] = "";

    if (a->addr.ss_family == AF_INET6) {
        bool is_any = memcmp(&v6->sin6_addr, &any6, sizeof any6) == 0;
        (void)inet_ntop(AF_INET6, is_any ? &in6addr_loopback : &v6->sin6_addr, text, sizeof text);
        (void)snprintf(to, INET6_ADDRSTRLEN + 2, "[%s]", text);
    } else {
        bool is_any = v4->sin_addr.s_addr == htonl(INADDR_ANY);
        (void)inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        (void)snprintf(to, INET6_ADDRSTRLEN + 2, "%s", is_any ? "127.0.0.1" : text);
    }
}

static enum fetch_fault route_host(const struct config *c, const struct fetch_places *places,
                                   const char *host, unsigned port, char ret[FETCH_ROUTE_MAX])
{
    char address[INET6_ADDRSTRLEN + 2];
    size_t i = config_node_by_name(c, slice_of(host));

    if (!slice_is_nocase(slice_of(host), c->nodes[i].hostname))
        return FETCH_FOREIGN;
    const struct fetch_address *a = find(places, port, c->nodes[i].platform);
    if (a == NULL)
        return FETCH_REFUSED;
    print_address(a, address);
    int n = snprintf(ret, FETCH_ROUTE_MAX, "%s:%u:%s:%u", host, port, address, port_of(a));
    return n > 0 && n < FETCH_ROUTE_MAX ? FETCH_FINE : FETCH_BAD_URL;
}

enum fetch_fault fetch_route(const struct config *c, const struct fetch_places *places,
                             const char *url, char ret[FETCH_ROUTE_MAX])
{
    CURLU *u = curl_url();
    char *scheme = NULL;
    char *host = NULL;
    char *port = NULL;
    unsigned long number = 0;
    enum fetch_fault fault = FETCH_BAD_URL;

    if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        strcmp(scheme, "https") == 0 && text_to_ulong(slice_of(port), 1, 65535, &number) == ERR_OK)
        fault = route_host(c, places, host, (unsigned)number, ret);
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return fault;
}
