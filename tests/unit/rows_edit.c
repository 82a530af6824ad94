#include "rows_edit.h"

#include "lab.h"
#include "stores.h"
#include "support.h"

#define A "https://a.example"
#define B "https://b.example"

static enum err add(struct store *s, const char *node, const struct change *by, struct diag *why)
{
    static const char *const origins[] = {A, B};
    struct target t = {node, SERVICE_CUIC};
    bool added[COUNT(origins)];

    return store_add(s, t, LIST_ORIGINS, origins, COUNT(origins), 4000, by, added, why);
}

static enum err add_header(struct store *s, const char *node, const struct change *by,
                           struct diag *why)
{
    static const char *const headers[] = {"x-a"};
    struct target t = {node, SERVICE_LIVE_DATA};
    bool is_added = false;

    return store_add(s, t, LIST_ALLOWED_HEADERS, headers, COUNT(headers), 0, by, &is_added, why);
}

static enum err drop(struct store *s, const char *node, const struct change *by, struct diag *why)
{
    static const char *const origins[] = {"https://finessep.uccelab.tac"};
    struct target t = {node, SERVICE_CUIC};
    size_t removed = 0;

    return store_remove(s, t, LIST_ORIGINS, origins, COUNT(origins), by, &removed, why);
}

static enum err disable(struct store *s, const char *node, const struct change *by,
                        struct diag *why)
{
    return store_set_mode(s, (struct target){node, SERVICE_CUIC}, CORS_DISABLED, by, why);
}

static enum err private_network(struct store *s, const char *node, const struct change *by,
                                struct diag *why)
{
    return store_set_private_network(s, (struct target){node, SERVICE_CUIC}, true, by, why);
}

static enum err move(struct store *s, const char *node, const char *service,
                     enum life_action action, const struct change *by, struct diag *why)
{
    return store_move_service(s, node, appliance_find(PLATFORM_CUIC, slice_of(service)), action, 77,
                              by, why);
}

static enum err start(struct store *s, const char *node, const struct change *by, struct diag *why)
{
    return move(s, node, "Cisco Web Proxy Service", LIFE_START, by, why);
}

static enum err stop(struct store *s, const char *node, const struct change *by, struct diag *why)
{
    return move(s, node, "Cisco Web Proxy Service", LIFE_STOP, by, why);
}

static enum err restart(struct store *s, const char *node, const struct change *by,
                        struct diag *why)
{
    return move(s, node, "Intelligence Center Reporting Service", LIFE_RESTART, by, why);
}

static enum err restart_other(struct store *s, const char *node, const struct change *by,
                              struct diag *why)
{
    return move(s, node, "A Cisco DB", LIFE_RESTART, by, why);
}

static enum err start_dirsync(struct store *s, const char *node, const struct change *by,
                              struct diag *why)
{
    return move(s, node, "Cisco DirSync", LIFE_START, by, why);
}

static enum err timeout(struct store *s, const char *node, const struct change *by,
                        struct diag *why)
{
    return store_set_cli_timeout(s, node, 600, by, why);
}

static enum err reset(struct store *s, const char *node, const struct change *by, struct diag *why)
{
    (void)node;
    return store_reset(s, &stores_config, lab_factory, by, why);
}

static enum err failure(struct store *s, const char *node, const struct change *by,
                        struct diag *why)
{
    return store_audit_failure(s, node, by, why);
}

#define P   "https://finessep.uccelab.tac"
#define S   "https://finesses.uccelab.tac"
#define SUB P "," S "," S ":8445"

const struct edit_row edit_rows[] = {
    {"add", add, .needs_node = true, .before = SUB, .after = SUB "," A "," B},
    {"add-header", add_header, .needs_node = true, .before = "", .after = "x-a"},
    {"remove", drop, .needs_node = true, .before = SUB, .after = S "," S ":8445"},
    {"disable", disable, .needs_node = true, .before = "enabled", .after = "disabled"},
    {"private-network", private_network, .needs_node = true, .before = "disabled",
     .after = "enabled"},
    {"start", start, .needs_node = true, .before = "Cisco Web Proxy Service[STARTED]",
     .after = "Cisco Web Proxy Service[STARTED]"},
    {"stop", stop, .needs_node = true, .before = "Cisco Web Proxy Service[STARTED]",
     .after = "Cisco Web Proxy Service[STOPPED]"},
    {"restart", restart, .needs_node = true,
     .before = "Intelligence Center Reporting Service[STARTED]",
     .after = "Intelligence Center Reporting Service[STARTED]"},
    {"restart-what-loads-nothing", restart_other, .needs_node = true,
     .before = "A Cisco DB[STARTED]", .after = "A Cisco DB[STARTED]"},
    {"start-not-activated", start_dirsync, .needs_node = true, .before = "Cisco DirSync[STOPPED]",
     .after = "Cisco DirSync[STARTED]"},
    {"cli-timeout", timeout, .needs_node = true, .before = "30 minutes", .after = "10 minutes"},
    {"reset", reset, .is_of_all = true},
    {"failure", failure, .has_failed = true},
};
const size_t edit_n_rows = COUNT(edit_rows);
