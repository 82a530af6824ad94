#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cmds.h"
#include "live/tally.h"
#include "machine.h"
#include "shell.h"

/* UNVERIFIED: the build of a 12.6(2) node and the version of its system; `show version active` on
 * one settles both. */
#define PRODUCT_VERSION "12.6.2.10000-0"
#define SYSTEM_VERSION  "7.0.0.0-4"

/** @source two lines of public captures, docs/fidelity.md#node */
static enum result show_version(struct call *c)
{
    call_json(c, "version", json_string(PRODUCT_VERSION));
    out_printf(&c->out, "Active Master Version: " PRODUCT_VERSION "\n"
                        "Active Version Installed Software Options:\n"
                        "No Installed Software Options Found.\n");
    return RESULT_DONE;
}

/* --- show status: the platform's layout, this machine's figures --- */

static void print_dates(struct call *c)
{
    time_t now = clock_now();
    struct tm local;
    char day[16] = "";
    char rest[24] = "";
    char zone[16] = "";

    if (localtime_r(&now, &local) != NULL) {
        (void)strftime(day, sizeof day, "%a %b", &local);
        (void)strftime(rest, sizeof rest, "%Y %H:%M:%S", &local);
        (void)strftime(zone, sizeof zone, "%Z", &local);
    }
    out_printf(&c->out, "Host Name          : %s\n", c->sh->node->name);
    out_printf(&c->out, "Date               : %s %d, %s\n", day, local.tm_mday, rest);
    out_printf(&c->out, "Time Zone          : %s\n", zone);
    out_printf(&c->out, "Locale             : en_US.UTF-8\n"
                        "Product Ver        : " PRODUCT_VERSION "\n"
                        "Unified OS Version : " SYSTEM_VERSION "\n\n");
}

static void print_machine(struct call *c, const struct machine *m)
{
    time_t now = clock_now();
    struct tm local = {0};
    unsigned long minutes = m->up_s / 60;

    (void)localtime_r(&now, &local);
    out_printf(
        &c->out,
        "Uptime:\n %02d:%02d:%02d up %lu days, %2lu:%02lu,  1 user,  load average: ", local.tm_hour,
        local.tm_min, local.tm_sec, minutes / 1440, minutes / 60 % 24, minutes % 60);
    out_printf(&c->out, "%.2f, %.2f, %.2f\n\n", m->load[0], m->load[1], m->load[2]);
    out_printf(&c->out, "CPU Idle:   %05.2f%%  System:   %05.2f%%    User:   %05.2f%%\n", m->cpu[0],
               m->cpu[1], m->cpu[2]);
    out_printf(&c->out, "  IOWAIT:   %05.2f%%     IRQ:   %05.2f%%    Soft:   %05.2f%%\n\n",
               m->cpu[3], m->cpu[4], m->cpu[5]);
    out_printf(&c->out, "Memory Total:%15luK\n        Free:%15luK\n        Used:%15luK\n",
               m->total_kb, m->free_kb, m->total_kb - m->free_kb - m->buffers_kb);
    out_printf(&c->out, "      Cached:%15luK\n      Shared:%15luK\n     Buffers:%15luK\n\n",
               m->cached_kb, m->shared_kb, m->buffers_kb);
}

static void print_disk(struct call *c, const char *label, const char *path)
{
    struct machine_disk d = {0, 0};

    if (!machine_read_disk(path, &d))
        return;
    unsigned long long used = d.total_kb > d.free_kb ? d.total_kb - d.free_kb : 0;
    out_printf(&c->out, "%-13s%15lluK%15lluK%15lluK (%llu%%)\n", label, d.total_kb, d.free_kb, used,
               d.total_kb == 0 ? 0 : used * 100 / d.total_kb);
}

static enum result show_status(struct call *c)
{
    struct machine m;

    machine_read(&m);
    call_json(c, "version", json_string(PRODUCT_VERSION));
    call_json(c, "uptime_s", json_integer((json_int_t)m.up_s));
    out_printf(&c->out, "\n");
    print_dates(c);
    print_machine(c, &m);
    out_printf(&c->out, "%29s%16s%16s\n", "Total", "Free", "Used");
    print_disk(c, "Disk/active", "/");
    print_disk(c, "Disk/logging", c->sh->config->state_dir);
    out_printf(&c->out, "\n");
    return RESULT_DONE;
}

/* --- the cluster --- */

/** The nodes of this node's product: the cluster it belongs to. */
static const struct node *cluster_of(const struct call *c, size_t *ret_n)
{
    const struct config *config = c->sh->config;
    bool is_cuic = c->sh->node->platform == PLATFORM_CUIC;

    *ret_n = is_cuic ? config->n_nodes : config->n_finesse;
    return is_cuic ? config->nodes : config->nodes + config->n_nodes;
}

static void print_boot_time(char to[32])
{
    struct machine m;
    struct tm local = {0};

    machine_read(&m);
    time_t boot = clock_now() - (time_t)m.up_s;
    (void)localtime_r(&boot, &local);
    (void)strftime(to, 32, "%a %b %d %H:%M:%S %Y", &local);
}

static void print_member(struct call *c, const struct node *n, const char *since)
{
    char address[CONFIG_ADDRESS_MAX];
    /* UNVERIFIED: the product's word, where CUCM prints callmanager and IM&P cups. */
    const char *product = n->platform == PLATFORM_CUIC ? "cuic" : "finesse";

    config_node_address(c->sh->config, n, address);
    out_printf(&c->out, "%s %s %s %s %s %s authenticated", address, n->hostname, n->name,
               n->is_publisher ? "Publisher" : "Subscriber", product,
               n->is_publisher ? "DBPub" : "DBSub");
    if (n != c->sh->node)
        out_printf(&c->out, " using TCP since %s", since);
    out_printf(&c->out, "\n");
}

static enum result show_network_cluster(struct call *c)
{
    size_t n = 0;
    const struct node *node = cluster_of(c, &n);
    json_t *nodes = json_array();
    char since[32];

    print_boot_time(since);
    for (size_t i = 0; i < n; i++) {
        print_member(c, &node[i], since);
        (void)json_array_append_new(nodes, json_string(node[i].hostname));
    }
    if (c->sh->node->is_publisher) {
        out_printf(&c->out, "\nServer Table (processnode) Entries\n"
                            "----------------------------------\n");
        for (size_t i = 0; i < n; i++)
            out_printf(&c->out, "%s\n", node[i].hostname);
    }
    out_printf(&c->out, "\nSuccessful\n");
    call_json(c, "nodes", nodes);
    return RESULT_DONE;
}

/** UNVERIFIED: the text. UDP is the default mode, and members are shown in TCP/IP mode only. */
static enum result cuic_cluster_show(struct call *c)
{
    call_json(c, "mode", json_string("udp"));
    out_printf(&c->out, "Cluster mode: udp\n");
    return RESULT_DONE;
}

/* --- Live Data --- */

/** Does everything run that Live Data needs on this node? */
static enum result is_live(struct call *c, const char *node, bool *ret)
{
    struct diag why = {0, ""};
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);
    struct store *s = call_store(c);
    enum err e = ERR_OK;

    *ret = true;
    for (size_t i = 0; s != NULL && e == ERR_OK && i < n; i++) {
        struct life life = {false, 0, 0};
        if ((service[i].carries & SERVICE_BIT(SERVICE_LIVE_DATA)) == 0)
            continue;
        e = store_get_life(s, node, &service[i], &life, &why);
        *ret = *ret && life_state(&life, clock_now_ms()) == LIFE_STARTED;
    }
    if (s == NULL)
        return RESULT_UNUSABLE;
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

/** The other side of the Live Data pair: the publisher's is the first subscriber. */
static const struct node *other_side(const struct call *c)
{
    const struct config *config = c->sh->config;

    for (size_t i = 0; i < config->n_nodes; i++)
        if (config->nodes[i].is_publisher != c->sh->node->is_publisher)
            return &config->nodes[i];
    return NULL;
}

/** UNVERIFIED: all states but the PAIRED ones, which follow the MIB's words. */
static const char *cluster_state(bool is_up, bool is_other_up, bool is_first)
{
    if (!is_up)
        return "OUT-OF-SERVICE";
    if (!is_other_up)
        return "ISOLATED-ACTIVE";
    return is_first ? "PAIRED-ACTIVE" : "PAIRED-STANDBY";
}

static enum result show_failover(struct call *c)
{
    const struct node *other = other_side(c);
    bool is_first = c->sh->node->is_publisher;
    bool is_up = false;
    bool is_other_up = false;
    enum result r = is_live(c, c->sh->node->name, &is_up);

    if (r == RESULT_DONE && other != NULL)
        r = is_live(c, other->name, &is_other_up);
    if (r != RESULT_DONE)
        return r;
    const char *remote = other == NULL ? "none" : other->hostname;
    const char *state = cluster_state(is_up, is_other_up, is_first);
    call_json(c, "state", json_string(state));
    out_printf(&c->out,
               "# Failover settings..\nCluster failover enabled: %s\nCluster ID: %s\n"
               "Remote side addr: %s\nAuto config enabled: true\n\n",
               other == NULL ? "false" : "true", is_first ? "A" : "B",
               is_first ? "not applicable for the publisher in auto-config" : remote);
    out_printf(&c->out, "# ActiveMQ NetBridge..\n%s\n\n# Cluster state..\n%s\n",
               is_up && is_other_up ? "Established" : "Not established", state);
    return RESULT_DONE;
}

/** Left out, as the product leaves out what it does not know, while no server runs. */
static enum result print_clients(struct call *c)
{
    struct tally_count count = {0, 0};
    struct diag why = {0, ""};
    enum err e = tally_read(c->sh->config, c->sh->node, &count, &why);

    if (e != ERR_OK)
        return e == ERR_NOTFOUND ? RESULT_DONE : call_store_failed(c, e, &why);
    call_json(c, "clients", json_integer(count.clients));
    call_json(c, "polling", json_integer(count.polling));
    out_printf(&c->out, "Client Count: %u (polling: %u)\n", count.clients, count.polling);
    return RESULT_DONE;
}

static enum result show_socketio(struct call *c)
{
    const struct node *other = other_side(c);
    bool is_up = false;
    enum result r = is_live(c, c->sh->node->name, &is_up);

    if (r != RESULT_DONE)
        return r;
    call_json(c, "active", json_boolean(is_up));
    call_json(c, "clients", json_null()); /* not known */
    call_json(c, "polling", json_null());
    out_printf(&c->out, "Server Status: %s\n", is_up ? "Active" : "Unavailable");
    if (!is_up) /* documented: then nothing else is shown */
        return RESULT_DONE;
    out_printf(&c->out, "JMS Brokers: tcp://localhost:61616%s%s%s\nActive Broker: Local\n",
               other == NULL ? "" : ",tcp://", other == NULL ? "" : other->hostname,
               other == NULL ? "" : ":61616");
    return print_clients(c);
}

/* --- ping --- */

/** The node that a name, a host name or an address means; NULL for none of the lab. */
static const struct node *pinged_node(const struct call *c)
{
    const struct config *config = c->sh->config;
    const struct node *named = config_find_node(config, c->args[0]);
    char address[CONFIG_ADDRESS_MAX];

    for (size_t i = 0; named == NULL && i < config_all_nodes(config); i++) {
        config_node_address(config, &config->nodes[i], address);
        if (slice_is(c->args[0], address))
            named = &config->nodes[i];
    }
    return named;
}

/** @source iputils' layout, with four requests as the platform sends; the times are made up, and
 *  the output says so */
static enum result ping(struct call *c)
{
    static const unsigned time_us[] = {52, 44, 41, 47};
    const struct node *n = pinged_node(c);
    char address[CONFIG_ADDRESS_MAX];
    char shown[280];

    (void)text_copy_defused(shown, sizeof shown, c->args[0]);
    if (n == NULL)
        return call_fail(c,
                         "cuicsim sends no packets, and %s is no node of this lab: 'show network "
                         "cluster' and 'lab hosts' list them",
                         shown);
    config_node_address(c->sh->config, n, address);
    call_json(c, "host", json_string(n->hostname));
    call_json(c, "simulated", json_true());
    out_printf(&c->out, "PING %s (%s) 56(84) bytes of data.\n", shown, address);
    for (unsigned i = 0; i < 4; i++)
        out_printf(&c->out, "64 bytes from %s (%s): icmp_seq=%u ttl=64 time=0.%03u ms\n",
                   n->hostname, address, i + 1, time_us[i]);
    out_printf(&c->out,
               "\n--- %s ping statistics ---\n"
               "4 packets transmitted, 4 received, 0%% packet loss, time 3002ms\n"
               "rtt min/avg/max/mdev = 0.041/0.046/0.052/0.004 ms\n"
               "(simulated: cuicsim sends no packets)\n",
               shown);
    return RESULT_DONE;
}

static const struct cmd_param host = {"HOST", CMD_ONE, "a node's name, host name or address",
                                      "cuicsub.uccelab.tac", NULL};

static const struct cmd rows[] = {
    {"utils cuic cluster show", "Show the mode of the cluster", NULL, 0, CMD_CUIC,
     cuic_cluster_show, NULL},
    {"utils network ping", "Ping another node of the lab (simulated)", &host, 0, 0, ping, NULL},
    {"show version active", "Show the version of the simulated product", NULL, 0, 0, show_version,
     NULL},
    {"show status", "Show the machine: time, load, memory, disks", NULL, 0, 0, show_status, NULL},
    {"show network cluster", "Show the nodes of the cluster", NULL, 0, 0, show_network_cluster,
     NULL},
    {"show live-data failover", "Show which side of the Live Data pair is active", NULL, 0,
     CMD_CUIC, show_failover, NULL},
    {"show socketio status", "Show whether Live Data takes Socket.IO clients", NULL, 0, CMD_CUIC,
     show_socketio, NULL},
};

size_t cmds_show(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
