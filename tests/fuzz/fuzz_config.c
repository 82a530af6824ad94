/* A configuration file. */
#include <unistd.h>

#include "config/config.h"
#include "config/config_show.h"
#include "fuzz.h"

/** A nameless file with this text; its path. */
static const char *make_file(const uint8_t *data, size_t size)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0) {
        char name[] = "/tmp/cuicsim-fuzz-XXXXXX";
        fd = mkstemp(name);
        REQUIRE(fd >= 0 && unlink(name) == 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    REQUIRE(ftruncate(fd, 0) == 0);
    REQUIRE(pwrite(fd, data, size, 0) == (ssize_t)size);
    return path;
}

/** Every number is within the bounds that the table of keys gives. */
static void check_numbers(const struct config *c)
{
    size_t n = 0;
    const struct config_key *key = config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        const void *field = (const char *)c + key[i].offset;
        if (key[i].type == CONFIG_NUMBER)
            REQUIRE(*(const unsigned *)field >= key[i].min &&
                    *(const unsigned *)field <= key[i].max);
    }
}

/** Every node has a name and a host name of its own, and an address. */
static void check_nodes(const struct config *c)
{
    char address[CONFIG_ADDRESS_MAX];

    for (size_t i = 0; i < config_all_nodes(c); i++) {
        const struct node *n = &c->nodes[i];
        REQUIRE(n->name[0] != '\0' && n->hostname[0] != '\0');
        REQUIRE(is_harmless(n->name) && is_harmless(n->hostname));
        REQUIRE((n->platform == PLATFORM_FINESSE) == (i >= c->n_nodes));
        REQUIRE(config_find_node(c, slice_of(n->name)) == n);
        REQUIRE(config_find_node(c, slice_of(n->hostname)) != NULL);
        REQUIRE(config_node_by_host(c, SITE_CUIC, slice_of(n->hostname)) ==
                (i < c->n_nodes ? i : 0));
        REQUIRE(config_node_by_name(c, slice_of(n->hostname)) == i);
        config_node_address(c, n, address);
        REQUIRE(address[0] != '\0');
    }
}

static void check_config(const struct config *c)
{
    static FILE *nowhere;

    REQUIRE(c->n_nodes > 0 && c->path != NULL && c->state_dir != NULL && c->cert_dir != NULL);
    REQUIRE(c->gadget_dir != NULL && c->layout != NULL);
    REQUIRE(c->apply_changes == APPLY_IMMEDIATE || c->apply_changes == APPLY_ON_RESTART);
    REQUIRE(c->log_level >= LOG_LEVEL_ERROR && c->log_level <= LOG_LEVEL_DEBUG);
    check_numbers(c);
    check_nodes(c);
    for (size_t i = 0; i < c->n_endpoints; i++)
        REQUIRE(c->endpoints[i].site < SITE_COUNT && c->endpoints[i].addr_bytes > 0);
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    REQUIRE(nowhere != NULL);
    config_show(c, nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *c = NULL;
    struct diag why = {0, ""};
    const char *path = make_file(data, size);
    enum err e = config_load(path, &c, &why);

    if (e == ERR_OK) {
        REQUIRE(c != NULL);
        check_config(c);
        config_free(c);
    } else {
        REQUIRE(c == NULL && e == ERR_SYNTAX);
        REQUIRE(strncmp(why.text, path, strlen(path)) == 0 && is_harmless(why.text));
    }
    return 0;
}
