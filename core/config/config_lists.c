#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "config.h"
#include "config_internal.h"
#include "cors/origin.h"

const char *site_name(enum site s)
{
    static const char *const name[SITE_COUNT] = {"cuic", "live-data", "finesse", "console"};

    return name[s];
}

static const struct config_key *find_key(const char *section, const char *name)
{
    size_t n = 0;
    const struct config_key *key = config_keys(&n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(key[i].section, section) == 0 && strcmp(key[i].name, name) == 0)
            return &key[i];
    return NULL;
}

/** A copy in lower case; ERR_SYNTAX unless the name is one a browser could call. */
static enum err copy_hostname(const struct reading *r, cfg_t *section, const struct config_key *key,
                              const char *text, char **ret)
{
    char url[ORIGIN_MAX + 1];
    char message[DIAG_TEXT];
    struct origin o;
    struct diag why = {0, ""};

    int n = snprintf(url, sizeof url, "https://%s", text);
    if (n < 0 || (size_t)n >= sizeof url ||
        origin_parse(slice_of(url), ORIGIN_LAX, &o, &why) != ERR_OK || o.has_port) {
        (void)snprintf(message, sizeof message, "'%.60s' is not a host name: %.200s", text,
                       why.text[0] == '\0' ? "it must have no port and at most 253 characters"
                                           : why.text);
        return config_fail(r, section, key, message);
    }
    char *name = strdup(o.host);
    if (name == NULL)
        return ERR_NOMEM;
    for (char *p = name; *p != '\0'; p++)
        *p = (char)ascii_lower((unsigned char)*p);
    *ret = name;
    return ERR_OK;
}

/** A hostname must be of one node, or one name of the desktop or the console, and of nothing else.
 */
static enum err check_unique_hostname(const struct reading *r, cfg_t *section,
                                      const struct config_key *key, const char *hostname)
{
    const struct config *c = r->config;
    char message[ORIGIN_MAX + 96];
    const char *other = NULL;

    assert(hostname != NULL);
    for (size_t i = 0; i < config_all_nodes(c) && other == NULL; i++)
        if (strcmp(c->nodes[i].hostname, hostname) == 0)
            other = c->nodes[i].platform == PLATFORM_FINESSE ? "listen finesse" : c->nodes[i].name;
    for (size_t i = 0; i < c->n_console_names && other == NULL; i++)
        if (strcmp(c->console_names[i], hostname) == 0)
            other = "listen console";
    if (other == NULL)
        return ERR_OK;
    (void)snprintf(message, sizeof message,
                   "'%s' is the name of %.60s already; every node needs its own", hostname, other);
    return config_fail(r, section, key, message);
}

static bool is_node_name(const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < n; i++)
        if (!ascii_is_alnum((unsigned char)name[i]) && name[i] != '-' && name[i] != '_')
            return false;
    return n > 0 && n <= 63;
}

static enum err read_node(const struct reading *r, cfg_t *section)
{
    const struct config_key *key = find_key("node", "hostname");
    const char *hostname = config_value(section, key);
    struct node *node = &r->config->nodes[r->config->n_nodes];
    struct node made = {.platform = PLATFORM_CUIC};
    int role = 0;

    if (!is_node_name(cfg_title(section)))
        return config_fail(r, section, NULL,
                           "a node's name has 1 to 63 letters, digits, '-' and '_'");
    if (hostname == NULL)
        return config_fail(r, section, key, "missing; give the node its host name");
    enum err e = copy_hostname(r, section, key, hostname, &made.hostname);
    if (e == ERR_OK)
        e = check_unique_hostname(r, section, key, made.hostname);
    if (e == ERR_OK)
        e = config_read_word(r, section, find_key("node", "role"), &role);
    if (e == ERR_OK && (made.name = strdup(cfg_title(section))) == NULL)
        e = ERR_NOMEM;
    if (e != ERR_OK) {
        free(made.hostname);
        return e;
    }
    made.is_publisher = role == 0;
    *node = made;
    r->config->n_nodes++;
    return ERR_OK;
}

enum err config_read_nodes(const struct reading *r)
{
    unsigned n = cfg_size(r->top, "node");

    if (n == 0) {
        diag_set(r->why, 0, "%s: no node; write at least one: node NAME { hostname = \"...\" }",
                 r->config->path);
        return ERR_SYNTAX;
    }
    r->config->nodes = calloc(n, sizeof *r->config->nodes);
    if (r->config->nodes == NULL)
        return ERR_NOMEM;
    for (unsigned i = 0; i < n; i++) {
        enum err e = read_node(r, cfg_getnsec(r->top, "node", i));
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/** "127.0.0.1:8444" or "[::1]:8444". */
static bool parse_address(const char *text, struct endpoint *e)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&e->addr;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&e->addr;
    const char *colon = strrchr(text, ':');
    char host[INET6_ADDRSTRLEN + 2];
    unsigned long port = 0;

    if (colon == NULL || (size_t)(colon - text) >= sizeof host ||
        text_to_ulong(slice_of(colon + 1), 0, 65535, &port) != ERR_OK)
        return false;
    size_t n = (size_t)(colon - text);
    memcpy(host, text, n);
    host[n] = '\0';
    if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        e->addr_bytes = sizeof *v6;
        return inet_pton(AF_INET6, host + 1, &v6->sin6_addr) == 1;
    }
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    e->addr_bytes = sizeof *v4;
    return inet_pton(AF_INET, host, &v4->sin_addr) == 1;
}

static bool has_port_zero(const struct endpoint *e)
{
    if (e->addr.ss_family == AF_INET6)
        return ((const struct sockaddr_in6 *)(const void *)&e->addr)->sin6_port == 0;
    return ((const struct sockaddr_in *)(const void *)&e->addr)->sin_port == 0;
}

/** On the product both are at port 443, so it is an easy mistake to write it for both. */
static bool is_shared_already(enum site a, enum site b)
{
    return (a == SITE_CUIC && b == SITE_LIVE_DATA) || (a == SITE_LIVE_DATA && b == SITE_CUIC);
}

static enum err add_endpoint(const struct reading *r, cfg_t *section, enum site site,
                             const char *text)
{
    const struct config_key *key = find_key("listen", "addresses");
    struct config *c = r->config;
    struct endpoint made = {.site = site};
    char message[256];

    if (!parse_address(text, &made)) {
        (void)snprintf(message, sizeof message,
                       "'%.60s' is not a numeric ADDRESS:PORT such as 127.0.0.1:8444 or [::1]:8444",
                       text);
        return config_fail(r, section, key, message);
    }
    for (size_t i = 0; i < c->n_endpoints; i++)
        if (!has_port_zero(&made) && c->endpoints[i].addr_bytes == made.addr_bytes &&
            memcmp(&c->endpoints[i].addr, &made.addr, made.addr_bytes) == 0) {
            (void)snprintf(message, sizeof message, "'%.60s' is used twice (listen %s has it)%s",
                           text, site_name(c->endpoints[i].site),
                           is_shared_already(site, c->endpoints[i].site)
                               ? "; write it for listen cuic alone, where live-data answers as well"
                               : "");
            return config_fail(r, section, key, message);
        }
    struct endpoint *grown = realloc(c->endpoints, (c->n_endpoints + 1) * sizeof *grown);
    if (grown == NULL)
        return ERR_NOMEM;
    c->endpoints = grown;
    made.text = strdup(text);
    if (made.text == NULL)
        return ERR_NOMEM;
    c->endpoints[c->n_endpoints++] = made;
    return ERR_OK;
}

/** A Finesse node is called by the first label of its host name, or by all of it when that is an
 *  address, or when another node is called so. */
static char *finesse_node_name(const struct config *c, const char *hostname)
{
    struct slice label = {hostname, strcspn(hostname, ".")};
    bool is_address = strspn(hostname, "0123456789.") == strlen(hostname) || hostname[0] == '[';

    if (is_address || config_find_node(c, label) != NULL)
        return strdup(hostname);
    return strndup(hostname, label.n);
}

/** Only a host name of one label can be another node's name. */
static enum err check_unique_name(const struct reading *r, cfg_t *section,
                                  const struct config_key *key, const char *name)
{
    const struct config *c = r->config;
    char message[ORIGIN_MAX + 96];

    for (size_t i = 0; i < config_all_nodes(c); i++)
        if (strcmp(c->nodes[i].name, name) == 0) {
            (void)snprintf(message, sizeof message,
                           "'%s' is what %s is called already; every node needs its own name", name,
                           c->nodes[i].hostname);
            return config_fail(r, section, key, message);
        }
    return ERR_OK;
}

static enum err add_finesse_node(const struct reading *r, cfg_t *section, const char *text)
{
    const struct config_key *key = find_key("listen", "hostnames");
    struct config *c = r->config;
    struct node made = {.platform = PLATFORM_FINESSE, .is_publisher = c->n_finesse == 0};
    struct node *grown = realloc(c->nodes, (c->n_nodes + c->n_finesse + 1) * sizeof *grown);

    if (grown == NULL)
        return ERR_NOMEM;
    c->nodes = grown;
    enum err e = copy_hostname(r, section, key, text, &made.hostname);
    if (e == ERR_OK)
        e = check_unique_hostname(r, section, key, made.hostname);
    if (e == ERR_OK && (made.name = finesse_node_name(c, made.hostname)) == NULL)
        e = ERR_NOMEM;
    if (e == ERR_OK)
        e = check_unique_name(r, section, key, made.name);
    if (e != ERR_OK) {
        free(made.name);
        free(made.hostname);
        return e;
    }
    c->nodes[c->n_nodes + c->n_finesse++] = made;
    return ERR_OK;
}

static enum err add_console_name(const struct reading *r, cfg_t *section, const char *text)
{
    const struct config_key *key = find_key("listen", "hostnames");
    struct config *c = r->config;
    char **grown = realloc(c->console_names, (c->n_console_names + 1) * sizeof *grown);
    char *name = NULL;

    if (grown == NULL)
        return ERR_NOMEM;
    c->console_names = grown;
    enum err e = copy_hostname(r, section, key, text, &name);
    if (e == ERR_OK)
        e = check_unique_hostname(r, section, key, name);
    if (e != ERR_OK) {
        free(name);
        return e;
    }
    c->console_names[c->n_console_names++] = name;
    return ERR_OK;
}

static enum err find_site(const struct reading *r, cfg_t *section, enum site *ret)
{
    for (int s = 0; s < SITE_COUNT; s++)
        if (strcmp(cfg_title(section), site_name((enum site)s)) == 0) {
            *ret = (enum site)s;
            return ERR_OK;
        }
    return config_fail(r, section, NULL,
                       "no such site; there are cuic, live-data, finesse and console");
}

static enum err read_listener(const struct reading *r, cfg_t *section)
{
    enum site site = SITE_CUIC;
    enum err e = find_site(r, section, &site);
    unsigned n_addresses = cfg_size(section, "addresses");
    unsigned n_hostnames = cfg_size(section, "hostnames");

    if (e == ERR_OK && n_addresses == 0)
        return config_fail(r, section, find_key("listen", "addresses"),
                           "missing; write addresses = {\"127.0.0.1:8444\"}");
    if (e == ERR_OK && n_hostnames > 0 && site != SITE_FINESSE && site != SITE_CONSOLE)
        return config_fail(r, section, find_key("listen", "hostnames"),
                           "only the finesse and console sites have names of their own");
    if (e == ERR_OK && n_hostnames == 0 && site == SITE_FINESSE)
        return config_fail(r, section, find_key("listen", "hostnames"),
                           "missing; each name is an origin of its own, write hostnames = "
                           "{\"finesse.example\"}");
    for (unsigned i = 0; e == ERR_OK && i < n_addresses; i++)
        e = add_endpoint(r, section, site, cfg_getnstr(section, "addresses", i));
    for (unsigned i = 0; e == ERR_OK && i < n_hostnames; i++)
        e = (site == SITE_CONSOLE ? add_console_name : add_finesse_node)(
            r, section, cfg_getnstr(section, "hostnames", i));
    return e;
}

enum err config_read_listeners(const struct reading *r)
{
    unsigned n = cfg_size(r->top, "listen");

    for (unsigned i = 0; i < n; i++) {
        enum err e = read_listener(r, cfg_getnsec(r->top, "listen", i));
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

size_t config_all_nodes(const struct config *c)
{
    return c->n_nodes + c->n_finesse;
}

/** Without the port. */
static struct slice host_name(struct slice host)
{
    struct slice name = host;

    for (size_t i = host.n; i > 0 && host.at[i - 1] != ']'; i--)
        if (host.at[i - 1] == ':')
            name.n = i - 1;
    return name;
}

size_t config_node_by_host(const struct config *c, enum site site, struct slice host)
{
    bool is_finesse = site == SITE_FINESSE && c->n_finesse > 0;
    size_t first = is_finesse ? c->n_nodes : 0;
    size_t end = is_finesse ? config_all_nodes(c) : c->n_nodes;
    struct slice name = host_name(host);

    for (size_t i = first; i < end; i++)
        if (slice_is_nocase(name, c->nodes[i].hostname))
            return i;
    return first;
}

size_t config_node_by_name(const struct config *c, struct slice hostname)
{
    for (size_t i = 0; i < config_all_nodes(c); i++)
        if (slice_is_nocase(hostname, c->nodes[i].hostname))
            return i;
    return 0;
}

const struct node *config_find_node(const struct config *c, struct slice name)
{
    for (size_t i = 0; i < config_all_nodes(c); i++)
        if (slice_is(name, c->nodes[i].name))
            return &c->nodes[i];
    for (size_t i = 0; i < config_all_nodes(c); i++)
        if (slice_is_nocase(name, c->nodes[i].hostname))
            return &c->nodes[i];
    return NULL;
}
