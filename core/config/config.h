#ifndef CUICSIM_CONFIG_H
#define CUICSIM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "appliance.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/log.h"
#include "cors/policy.h"

/** One simulated appliance. */
struct node {
    char *name;     /* "cuicpub": the word of -n, the store and the log */
    char *hostname; /* lower case; SNI and the Host field are compared with it */
    bool is_publisher;
    enum platform platform;
};

/** What answers at an address. */
enum site { SITE_CUIC, SITE_LIVE_DATA, SITE_FINESSE, SITE_CONSOLE };
#define SITE_COUNT 4
const char *site_name(enum site s); /* "cuic", "live-data", "finesse", "console" */

/** One address that a site listens on. */
struct endpoint {
    enum site site;
    char *text; /* as written: "127.0.0.1:8444", "[::1]:0" */
    struct sockaddr_storage addr;
    socklen_t addr_bytes;
};

enum apply_changes {
    APPLY_IMMEDIATE, /* an edit is running at once */
    APPLY_ON_RESTART /* an edit runs after `utils service restart`, as in the product */
};

/** The whole configuration: all of it good, or not there at all. */
struct config {
    char *path; /* the file it came from */
    char *state_dir;
    char *cert_dir;
    char *gadget_dir;
    char *layout;
    int apply_changes; /* enum apply_changes */
    unsigned restart_seconds;
    int log_level; /* enum log_level */
    bool hsts;
    bool strict_urls;
    int cors_disabled_answer; /* enum cors_disabled_answer */
    unsigned max_connections;
    unsigned max_per_ip;
    unsigned max_header_bytes;
    unsigned max_body_bytes;
    unsigned idle_seconds;
    unsigned simulation_agents;
    unsigned simulation_seed;
    unsigned token_seconds;
    unsigned ping_seconds;
    unsigned ping_timeout_seconds;
    unsigned queue_bytes;
    bool trace_enabled;
    unsigned trace_keep;
    bool trace_bodies;
    unsigned trace_queue;
    bool console_write;
    char **console_names; /* host names of the console's own, in lower case */
    size_t n_console_names;
    struct node *nodes; /* the CUIC cluster's first, then the Finesse nodes */
    size_t n_nodes;     /* of the CUIC cluster, at least one */
    size_t n_finesse;
    struct endpoint *endpoints;
    size_t n_endpoints;
};

enum config_type { CONFIG_BOOL, CONFIG_NUMBER, CONFIG_WORD, CONFIG_TEXT, CONFIG_PATH, CONFIG_LIST };

/** One key: the single source of parsing, `-t`, error texts and the man page. */
struct config_key {
    const char *section; /* "" at top level, else "node", "listen", "limits", "trace" */
    const char *name;
    enum config_type type;
    unsigned long min, max; /* numbers only */
    const char *words;      /* CONFIG_WORD: "first|second", in the order of the enum */
    const char *value;      /* default; NULL: must be given */
    const char *unit;       /* "" for none */
    const char *help;
    size_t offset; /* in struct config; meaningless in "node" and "listen" */
};
const struct config_key *config_keys(size_t *ret_n);

/** Read a file: libConfuse syntax, then every check that needs no other file.
 * @param why  on failure, "FILE:LINE: what is wrong; what to do"
 * @return ERR_OK, ERR_NOTFOUND, ERR_IO, ERR_SYNTAX, ERR_NOMEM; freed with config_free
 * Not to be called by two threads at once: libConfuse's scanner is global. */
enum err config_load(const char *path, struct config **ret, struct diag *why);
void config_free(struct config *c);

/** Where the configuration is: `option` when not NULL, then $CUICSIM_CONFIG, then
 *  config/cuicsim.conf beside the build, then /etc/cuicsim/cuicsim.conf. free() the result. */
enum err config_find(const char *option, char **ret, struct diag *why);

/** Path of a file in the state directory; free() it. NULL when memory is short. */
char *config_state_path(const struct config *c, const char *file);

/** Number of nodes of both products. */
size_t config_all_nodes(const struct config *c);

/** Index of the node of the site's product that a Host field names; the first one of that product
 *  for any other name.
 * @param host  with or without a port; `at` may be NULL */
size_t config_node_by_host(const struct config *c, enum site site, struct slice host);

/** Index of the node of either product that has this hostname; 0, the first node, for any other
 *  name. */
size_t config_node_by_name(const struct config *c, struct slice hostname);

#define CONFIG_ADDRESS_MAX 46 /* bytes, with the terminator */

/** The address at which a client finds an endpoint: the loopback when it is a wildcard, or there is
 * none (NULL). */
void config_endpoint_address(const struct endpoint *e, char ret[CONFIG_ADDRESS_MAX]);

/** The address at which a client finds the node: that of the first listener for its product, the
 *  loopback when that one is a wildcard. */
void config_node_address(const struct config *c, const struct node *node,
                         char ret[CONFIG_ADDRESS_MAX]);

/** The same for the console's names. */
void config_console_address(const struct config *c, char ret[CONFIG_ADDRESS_MAX]);

/** The node of either product with this name or host name, or NULL. */
const struct node *config_find_node(const struct config *c, struct slice name);

#endif
