#include "appliance.h"

#include <assert.h>

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define CUIC      SERVICE_BIT(SERVICE_CUIC)
#define LIVE_DATA SERVICE_BIT(SERVICE_LIVE_DATA)
#define FINESSE   SERVICE_BIT(SERVICE_FINESSE)

/* A platform service that matters to no setting of ours, on both products. */
#define BOTH(name, kind)                                                                           \
    {name, PLATFORM_CUIC, kind, 0, 0},                                                             \
    {                                                                                              \
        name, PLATFORM_FINESSE, kind, 0, 0                                                         \
    }

/* UNVERIFIED: which services a CUIC 12.6 node lists, settled by its `utils service list`. The
 * platform's own are those documented for Finesse, which runs on the same system; CUIC's and Live
 * Data's are the names that guides use. The order is that of sibling products' lists: by name, and
 * those that are not activated behind (docs/fidelity.md#services). */
static const struct appliance_service services[] = {
    BOTH("System SSH", APPLIANCE_SYSTEM),
    BOTH("Cluster Manager", APPLIANCE_SYSTEM),
    BOTH("Name Service Cache", APPLIANCE_SYSTEM),
    BOTH("A Cisco DB", APPLIANCE_PLAIN),
    BOTH("A Cisco DB Replicator", APPLIANCE_PLAIN),
    {"CCE Live Data ActiveMQ Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, 0},
    {"CCE Live Data Cassandra Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, 0},
    {"CCE Live Data Socket.IO Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, LIVE_DATA},
    {"CCE Live Data Web Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, LIVE_DATA},
    {"CCE Live Data Zookeeper Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, 0},
    BOTH("Cisco AMC Service", APPLIANCE_PLAIN),
    BOTH("Cisco Audit Event Service", APPLIANCE_PLAIN),
    BOTH("Cisco CDP", APPLIANCE_PLAIN),
    BOTH("Cisco CDP Agent", APPLIANCE_PLAIN),
    BOTH("Cisco Certificate Change Notification", APPLIANCE_PLAIN),
    BOTH("Cisco Certificate Expiry Monitor", APPLIANCE_PLAIN),
    BOTH("Cisco DRF Local", APPLIANCE_PLAIN),
    BOTH("Cisco DRF Primary", APPLIANCE_PLAIN),
    BOTH("Cisco Database Layer Monitor", APPLIANCE_PLAIN),
    {"Cisco Finesse Notification Service", PLATFORM_FINESSE, APPLIANCE_PLAIN, 0, 0},
    {"Cisco Finesse Tomcat", PLATFORM_FINESSE, APPLIANCE_PLAIN, FINESSE, FINESSE},
    BOTH("Cisco Log Partition Monitoring Tool", APPLIANCE_PLAIN),
    BOTH("Cisco RIS Data Collector", APPLIANCE_PLAIN),
    BOTH("Cisco RTMT Reporter Servlet", APPLIANCE_PLAIN),
    BOTH("Cisco Syslog Agent", APPLIANCE_PLAIN),
    BOTH("Cisco Tomcat", APPLIANCE_PLAIN),
    BOTH("Cisco Tomcat Stats Servlet", APPLIANCE_PLAIN),
    BOTH("Cisco Trace Collection Service", APPLIANCE_PLAIN),
    BOTH("Cisco Trace Collection Servlet", APPLIANCE_PLAIN),
    /* UNVERIFIED for 12.6: guides name it for 15.0, and "Unified CCE Live Data NGINX" for 12.5. */
    {"Cisco Web Proxy Service", PLATFORM_CUIC, APPLIANCE_PROXY, LIVE_DATA, CUIC | LIVE_DATA},
    {"Cisco Web Proxy Service", PLATFORM_FINESSE, APPLIANCE_PROXY, 0, FINESSE},
    BOTH("Host Resources Agent", APPLIANCE_PLAIN),
    {"Intelligence Center Perfmon Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, 0},
    {"Intelligence Center Reporting Service", PLATFORM_CUIC, APPLIANCE_PLAIN, CUIC, CUIC},
    {"Intelligence Center SNMP Java Adapter Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, 0},
    {"Intelligence Center Serviceability Service", PLATFORM_CUIC, APPLIANCE_PLAIN, 0, 0},
    BOTH("MIB2 Agent", APPLIANCE_PLAIN),
    BOTH("Platform Administrative Web Service", APPLIANCE_PLAIN),
    BOTH("SNMP Primary Agent", APPLIANCE_PLAIN),
    BOTH("SOAP -Log Collection APIs", APPLIANCE_PLAIN),
    BOTH("SOAP -Performance Monitoring APIs", APPLIANCE_PLAIN),
    BOTH("SOAP -Real-Time Service APIs", APPLIANCE_PLAIN),
    BOTH("System Application Agent", APPLIANCE_PLAIN),
    BOTH("Cisco DirSync", APPLIANCE_NOT_ACTIVATED),
    BOTH("Cisco Serviceability Reporter", APPLIANCE_NOT_ACTIVATED),
};

bool platform_has(enum platform p, enum service s)
{
    return (p == PLATFORM_FINESSE) == (s == SERVICE_FINESSE);
}

bool platform_find_service(enum platform p, struct slice name, enum service *ret)
{
    for (int s = 0; s < SERVICE_COUNT; s++)
        if (platform_has(p, (enum service)s) && slice_is(name, service_name((enum service)s))) {
            *ret = (enum service)s;
            return true;
        }
    return false;
}

const struct appliance_service *appliance_services(size_t *ret_n)
{
    *ret_n = COUNT(services);
    return services;
}

const struct appliance_service *appliance_find(enum platform p, struct slice name)
{
    for (size_t i = 0; i < COUNT(services); i++)
        if (services[i].platform == p && slice_is(name, services[i].name))
            return &services[i];
    return NULL;
}

size_t appliance_restarts(enum service s, const struct appliance_service *ret[2])
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT(services) && n == 0; i++)
        if ((services[i].loads & SERVICE_BIT(s)) != 0)
            ret[n++] = &services[i];
    assert(n == 1);
    if (s == SERVICE_FINESSE)
        ret[n++] = appliance_find(PLATFORM_FINESSE, slice_of("Cisco Finesse Notification Service"));
    return n;
}

enum life_state life_state(const struct life *l, int64_t now_ms)
{
    if (now_ms < l->stopping_until_ms)
        return LIFE_STOPPING;
    if (l->is_stopped)
        return LIFE_STOPPED;
    return now_ms < l->starting_until_ms ? LIFE_STARTING : LIFE_STARTED;
}

const char *life_state_name(enum life_state s)
{
    static const char *const name[] = {"STARTED", "STOPPING", "STOPPED", "STARTING"};

    return name[s];
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void life_join(struct life *l, const struct life *other)
{
    l->is_stopped = l->is_stopped || other->is_stopped;
    l->stopping_until_ms = later(l->stopping_until_ms, other->stopping_until_ms);
    l->starting_until_ms = later(l->starting_until_ms, other->starting_until_ms);
}

struct life life_after(enum life_action a, int64_t now_ms, int64_t takes_ms)
{
    struct life l = {.is_stopped = a == LIFE_STOP};

    if (takes_ms == 0)
        return l;
    int64_t half = now_ms + takes_ms / 2;
    if (a != LIFE_START)
        l.stopping_until_ms = half;
    if (a == LIFE_START)
        l.starting_until_ms = half;
    if (a == LIFE_RESTART)
        l.starting_until_ms = now_ms + takes_ms;
    return l;
}
