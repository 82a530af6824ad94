#include "config.h"

#define TOP(type, name, min, max, words, value, unit, help, field)                                 \
    {                                                                                              \
        "", name, type, min, max, words, value, unit, help, offsetof(struct config, field)         \
    }
#define IN(section, type, name, min, max, value, unit, help, field)                                \
    {                                                                                              \
        section, name, type, min, max, NULL, value, unit, help, offsetof(struct config, field)     \
    }

static const struct config_key keys[] = {
    TOP(CONFIG_PATH, "state_dir", 0, 0, NULL, "../state", "",
        "Folder of cuicsim.db and trace.db; made when missing.", state_dir),
    TOP(CONFIG_PATH, "cert_dir", 0, 0, NULL, "../certs/lab", "",
        "Folder of ca.crt and of one HOSTNAME.crt and HOSTNAME.key for each node.", cert_dir),
    TOP(CONFIG_WORD, "apply_changes", 0, 0, "immediate|on-restart", "immediate", "",
        "Whether an edit is running at once, or only after the service was restarted, as in the "
        "product.",
        apply_changes),
    TOP(CONFIG_NUMBER, "restart_seconds", 0, 600, NULL, "0", "seconds",
        "How long a restart of a service takes.", restart_seconds),
    TOP(CONFIG_WORD, "log_level", 0, 0, "error|warning|info|debug", "info", "",
        "What is written to stderr; info has one line for each exchange.", log_level),
    TOP(CONFIG_BOOL, "hsts", 0, 0, NULL, "yes", "",
        "Send strict-transport-security as the product does (never for localhost). Browsers then "
        "insist on good certificates for these names for a year.",
        hsts),
    TOP(CONFIG_BOOL, "strict_urls", 0, 0, NULL, "no", "",
        "Refuse origins that no browser would send although they fit http[s]://<hostname>[:port]: "
        "upper case, a default port written out. Without it they are listed as typed and never "
        "match, a mistake worth practising.",
        strict_urls),
    TOP(CONFIG_WORD, "cors_disabled_answer", 0, 0, "refuse|pass", "refuse", "",
        "What a cross-origin request gets while CORS is disabled: 403, or the application's "
        "answer without CORS headers. Which one the product does is not documented.",
        cors_disabled_answer),
    TOP(CONFIG_PATH, "gadget_dir", 0, 0, NULL, "3rdpartygadget", "",
        "Folder served at /3rdpartygadget/files/ of the finesse site.", gadget_dir),
    TOP(CONFIG_PATH, "layout", 0, 0, NULL, "layout.xml", "", "Desktop layout of the finesse site.",
        layout),
    TOP(CONFIG_BOOL, "console_write", 0, 0, NULL, "no", "",
        "Whether the console may change settings, with the token that the server prints when it "
        "starts.",
        console_write),
    IN("node", CONFIG_TEXT, "hostname", 0, 0, NULL, "",
       "Fully qualified name, unique. SNI and the Host field choose the node by it.", path),
    {"node", "role", CONFIG_WORD, 0, 0, "publisher|subscriber", "subscriber", "",
     "What the node is in its cluster.", 0},
    IN("listen", CONFIG_LIST, "addresses", 0, 0, NULL, "",
       "Numeric ADDRESS:PORT or [IPV6]:PORT, each used once; port 0 takes a free one.", path),
    IN("listen", CONFIG_LIST, "hostnames", 0, 0, "", "",
       "Names of the site itself (finesse and console only): each is an origin of its own.", path),
    IN("limits", CONFIG_NUMBER, "connections", 1, 100000, "1024", "",
       "Open connections at one address.", max_connections),
    IN("limits", CONFIG_NUMBER, "per_ip", 1, 100000, "256", "",
       "Open connections from one client address at one of ours.", max_per_ip),
    IN("limits", CONFIG_NUMBER, "header_bytes", 1024, 1048576, "8192", "bytes",
       "Size of a request head; a larger one gets 400 (or 431 far beyond it).", max_header_bytes),
    IN("limits", CONFIG_NUMBER, "body_bytes", 0, 1073741824, "1048576", "bytes",
       "Size of a request body; a larger one gets 413.", max_body_bytes),
    IN("limits", CONFIG_NUMBER, "idle_seconds", 1, 3600, "30", "seconds",
       "A connection on which nothing moved for so long is closed, unfinished handshakes and "
       "request heads included.",
       idle_seconds),
    IN("simulation", CONFIG_NUMBER, "agents", 1, 5000, "20", "",
       "Agents of the simulated contact centre; their numbers begin at 1001.", simulation_agents),
    IN("simulation", CONFIG_NUMBER, "seed", 0, 4294967295, "1", "",
       "What happens there follows from this number: the same number, the same day.",
       simulation_seed),
    IN("live_data", CONFIG_NUMBER, "token_seconds", 1, 86400, "60", "seconds",
       "How long a token may be used to connect with, once.", token_seconds),
    IN("live_data", CONFIG_NUMBER, "ping_seconds", 1, 3600, "25", "seconds",
       "How often a client is to say that it is there.", ping_seconds),
    IN("live_data", CONFIG_NUMBER, "ping_timeout_seconds", 1, 3600, "60", "seconds",
       "How much later it counts as gone.", ping_timeout_seconds),
    IN("live_data", CONFIG_NUMBER, "queue_bytes", 16384, 16777216, "262144", "bytes",
       "What is kept for a client that does not read; over it, it is cut off.", queue_bytes),
    IN("trace", CONFIG_BOOL, "enabled", 0, 0, "yes", "",
       "Record every exchange, with secrets masked.", trace_enabled),
    IN("trace", CONFIG_NUMBER, "keep", 0, 100000000, "100000", "exchanges",
       "Exchanges kept in trace.db, the latest, and up to a hundredth more; 0 writes none. One "
       "takes "
       "about 4 kilobytes.",
       trace_keep),
    IN("trace", CONFIG_BOOL, "bodies", 0, 0, "no", "",
       "Keep bodies too, up to 64 kilobytes of each.", trace_bodies),
    IN("trace", CONFIG_NUMBER, "queue", 16, 1000000, "4096", "exchanges",
       "What may wait to be written; beyond it exchanges are answered and not recorded.",
       trace_queue),
};

const struct config_key *config_keys(size_t *ret_n)
{
    *ret_n = sizeof keys / sizeof keys[0];
    return keys;
}
