#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/auto.h"
#include "base/log.h"
#include "config/config.h"
#include "config/config_show.h"
#include "desktop/desk_pages.h"
#include "httpd.h"
#include "notify.h"
#include "policies.h"
#include "store/store.h"
#include "tls.h"
#include "trace/recorder.h"

#define EXIT_USAGE    2
#define EXIT_UNUSABLE 3 /* configuration, certificates, store or address cannot be used */
#define STORE_BUSY_MS 5000
#define DRAIN_MS      10000

static const char usage[] =
    "usage: cuicsim-server [-c FILE] [-t] [--version] [--help]\n"
    "\n"
    "Simulates a Cisco Unified Intelligence Center cluster, as far as CORS goes.\n"
    "\n"
    "  -c, --config FILE  the configuration; else $CUICSIM_CONFIG, then\n"
    "                     config/cuicsim.conf beside the build, then\n"
    "                     /etc/cuicsim/cuicsim.conf\n"
    "  -t, --test         check the configuration and the certificates, and stop\n"
    "      --version      print the version, and stop\n"
    "      --help         print this help, and stop\n"
    "\n"
    "SIGTERM and SIGINT stop after the answers in flight; SIGHUP reads the\n"
    "certificates again. Exit: 0 stopped as asked, 2 bad usage, 3 the configuration,\n"
    "a certificate, the store or an address cannot be used.\n";

struct options {
    const char *config;
    bool is_test;
    int exit; /* -1: go on */
};

static struct options read_options(int argc, char **argv)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'},
        {"test", no_argument, NULL, 't'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct options o = {NULL, false, -1};
    int option;

    while ((option = getopt_long(argc, argv, "c:t", longs, NULL)) != -1) {
        if (option == 'c') {
            o.config = optarg;
        } else if (option == 't') {
            o.is_test = true;
        } else if (option == 'V') {
            (void)puts("cuicsim-server " CUICSIM_VERSION);
            o.exit = EXIT_SUCCESS;
        } else {
            (void)fputs(usage, option == 'h' ? stdout : stderr);
            o.exit = option == 'h' ? EXIT_SUCCESS : EXIT_USAGE;
        }
        if (o.exit >= 0)
            return o;
    }
    if (optind < argc) {
        (void)fprintf(stderr, "cuicsim-server: unexpected argument '%s'\n", argv[optind]);
        o.exit = EXIT_USAGE;
    }
    return o;
}

static enum err load_config(const char *option, struct config **ret, struct diag *why)
{
    auto_text *path = NULL;
    enum err e = config_find(option, &path, why);

    if (e == ERR_OK)
        e = config_load(path, ret, why);
    if (e == ERR_OK)
        log_set_level((enum log_level)(*ret)->log_level);
    return e;
}

/** Somebody has to be listened to. */
static enum err check_sites(const struct config *c, struct diag *why)
{
    if (c->n_endpoints > 0)
        return ERR_OK;
    diag_set(why, 0,
             "%s: no address to listen on; write: listen cuic { addresses = "
             "{\"127.0.0.1:8444\"} }",
             c->path);
    return ERR_SYNTAX;
}

/** Create or migrate the store before the request threads read it, and look for damage while
 *  somebody still reads what this program says. */
static enum err prepare_store(const struct config *c, struct diag *why)
{
    struct store *s = NULL;
    enum err e = store_open(c, STORE_BUSY_MS, &s, why);

    if (e == ERR_OK)
        e = store_check(s, why);
    store_close(s);
    return e;
}

/** A locked store is waited for while serving; anything else is for people to mend first. */
static enum err open_policies(const struct config *c, struct policies **ret, struct diag *why)
{
    enum err e = prepare_store(c, why);

    if (e == ERR_OK || e == ERR_BUSY)
        e = policies_new(c, ret, why);
    if (e == ERR_BUSY) {
        log_warning("%s; until then every answer is 503", why->text);
        e = ERR_OK;
    }
    return e;
}

static void reload_certificates(struct tls *tls)
{
    struct diag why = {0, ""};

    if (tls_reload(tls, &why) == ERR_OK)
        log_info("certificates read again");
    else
        log_error("%s; the certificates read before stay in use", why.text);
}

/** Until SIGTERM or SIGINT. They are blocked in all threads and waited for here, so no handler
 *  and no flag is needed. */
static void wait_for_stop(const sigset_t *signals, struct tls *tls)
{
    int number = 0;

    while (sigwait(signals, &number) == 0 && number == SIGHUP)
        reload_certificates(tls);
    log_info("stopping");
    notify_manager("STOPPING=1");
}

static void block_signals(sigset_t *ret)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(ret);
    (void)sigaddset(ret, SIGTERM);
    (void)sigaddset(ret, SIGINT);
    (void)sigaddset(ret, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, ret, NULL);
}

/** A WebSocket needs three descriptors, and the soft limit is often 1024 only. */
static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static enum err serve(const struct config *c, struct tls *tls, struct diag *why)
{
    sigset_t signals;
    struct policies *policies = NULL;
    struct recorder *recorder = NULL;
    struct httpd *httpd = NULL;

    block_signals(&signals);
    raise_file_limit();
    enum err e = httpd_bind(c, &httpd, why);
    if (e == ERR_OK)
        e = open_policies(c, &policies, why);
    if (e == ERR_OK)
        e = recorder_new(c, &recorder, why);
    if (e == ERR_OK)
        e = httpd_start(httpd, tls, policies, recorder, why);
    if (e == ERR_OK) {
        httpd_print_addresses(httpd);
        (void)puts("cuicsim-server " CUICSIM_VERSION " ready");
        (void)fflush(stdout);
        notify_manager("READY=1");
        wait_for_stop(&signals, tls);
    }
    httpd_stop(httpd, DRAIN_MS);
    recorder_free(recorder);
    policies_free(policies);
    return e;
}

static enum err run(const struct options *o, struct diag *why)
{
    struct config *c = NULL;
    struct tls *tls = NULL;
    enum err e = load_config(o->config, &c, why);

    if (e == ERR_OK)
        e = check_sites(c, why);
    if (e == ERR_OK)
        e = tls_new(c, &tls, why);
    if (e == ERR_OK)
        desk_check_layout(c);
    if (e == ERR_OK && o->is_test)
        config_show(c, stdout);
    else if (e == ERR_OK)
        e = serve(c, tls, why);
    tls_free(tls);
    config_free(c);
    return e;
}

int main(int argc, char **argv)
{
    struct diag why = {0, ""};
    struct options o = read_options(argc, argv);

    if (o.exit >= 0)
        return o.exit;
    enum err e = run(&o, &why);
    if (e == ERR_OK)
        return EXIT_SUCCESS;
    (void)fprintf(stderr, "cuicsim-server: %s\n", why.text[0] == '\0' ? err_text(e) : why.text);
    return EXIT_UNUSABLE;
}
