#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "cmds.h"
#include "lab.h"
#include "shell.h"

static enum result reset_to(struct call *c, const char *name,
                            struct lab_settings (*pick)(const struct node *n, enum service service))
{
    struct diag why = {0, ""};
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_reset(s, c->sh->config, pick, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    out_printf(&c->out, "The lab is in its %s state, configured and running, on %zu node%s.\n",
               name, c->sh->config->n_nodes, c->sh->config->n_nodes == 1 ? "" : "s");
    return RESULT_DONE;
}

static enum result reset_article(struct call *c)
{
    return reset_to(c, "article", lab_article);
}

static enum result reset_factory(struct call *c)
{
    return reset_to(c, "factory", lab_factory);
}

/** The address of the first listener, for the hosts file; the loopback when it is a wildcard. */
static void hosts_address(const struct config *c, char ret[INET6_ADDRSTRLEN])
{
    static const struct in6_addr any6 = IN6ADDR_ANY_INIT;
    const struct sockaddr *a = c->n_endpoints == 0 ? NULL : (const void *)&c->endpoints[0].addr;
    const struct sockaddr_in *v4 = (const void *)a;
    const struct sockaddr_in6 *v6 = (const void *)a;

    (void)snprintf(ret, INET6_ADDRSTRLEN, "127.0.0.1");
    if (a == NULL)
        return;
    if (a->sa_family == AF_INET && v4->sin_addr.s_addr != htonl(INADDR_ANY))
        (void)inet_ntop(AF_INET, &v4->sin_addr, ret, INET6_ADDRSTRLEN);
    if (a->sa_family != AF_INET6)
        return;
    if (memcmp(&v6->sin6_addr, &any6, sizeof any6) == 0)
        (void)snprintf(ret, INET6_ADDRSTRLEN, "::1");
    else
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, ret, INET6_ADDRSTRLEN);
}

static void say_host(struct call *c, const char *address, const char *name)
{
    out_printf(&c->out, "%s %s\n", address, name);
    if (c->json != NULL)
        (void)json_object_set_new(json_object_get(c->json, "hosts"), name, json_string(address));
}

static enum result lab_hosts(struct call *c)
{
    const struct config *config = c->sh->config;
    char address[INET6_ADDRSTRLEN];

    hosts_address(config, address);
    if (c->json != NULL)
        (void)json_object_set_new(c->json, "hosts", json_object());
    for (size_t i = 0; i < config->n_nodes; i++)
        say_host(c, address, config->nodes[i].hostname);
    for (size_t i = 0; i < config->n_finesse_hostnames; i++)
        say_host(c, address, config->finesse_hostnames[i]);
    return RESULT_DONE;
}

static const struct cmd rows[] = {
    {"lab hosts", "", "Print the lab's lines for a hosts file", 0, 0, 0, CMD_LAB, lab_hosts},
    {"lab reset article", "",
     "Put all nodes into the article's state: right publisher, subscriber lacking one origin", 0, 0,
     1, CMD_LAB, reset_article},
    {"lab reset factory", "", "Put all nodes into a fresh node's state: CORS disabled, empty lists",
     0, 0, 1, CMD_LAB, reset_factory},
};

size_t cmds_lab(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
