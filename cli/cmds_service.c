#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cmds.h"
#include "shell.h"

const char *cmds_service_name(enum service s)
{
    /* UNVERIFIED for Live Data in 12.6: docs/fidelity.md#shell. */
    return s == SERVICE_CUIC ? "Intelligence Center Reporting Service" : "Cisco Web Proxy Service";
}

static bool find_service(struct call *c)
{
    for (int s = 0; s < SERVICE_COUNT; s++) {
        const char *rest = cmd_skip_words(cmds_service_name((enum service)s), c->args, c->n_args);
        if (rest != NULL && *rest == '\0') {
            c->service = (enum service)s;
            return true;
        }
    }
    return false;
}

static void wait_ms(long long ms)
{
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

    while (nanosleep(&t, &t) != 0) {
        /* interrupted: go on with what is left */
    }
}

/** The documented line: no blank before the bracket, two behind it. */
static void say_state(struct call *c, const char *state)
{
    out_printf(&c->out, "%s[%s]  \n", cmds_service_name(c->service), state);
    (void)fflush(c->sh->to);
}

static enum result service_restart(struct call *c)
{
    struct diag why = {0, ""};
    long long ms = (long long)c->sh->config->restart_seconds * 1000;
    struct store *s = NULL;
    char shown[128];

    if (!find_service(c)) {
        /* UNVERIFIED: the platform's text for an unknown service. */
        out_printf(&c->out, "Service %s is not known\nThe simulator's services are:\n %s\n %s\n",
                   text_copy_defused(shown, sizeof shown, c->rest), cmds_service_name(SERVICE_CUIC),
                   cmds_service_name(SERVICE_LIVE_DATA));
        return call_failed(c);
    }
    if ((s = call_store(c)) == NULL)
        return RESULT_UNUSABLE;
    out_printf(&c->out, " Don't press Ctrl-c while the service is getting RESTARTED.If Service has "
                        "not Restarted Properly, execute the same Command Again\n"
                        "Service Manager is running\n");
    enum err e = store_restart(s, call_target(c), ms == 0 ? 0 : clock_now_ms() + ms, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    say_state(c, "STOPPING");
    wait_ms(ms / 2);
    say_state(c, "STARTING");
    wait_ms(ms - ms / 2);
    say_state(c, "STARTED");
    return RESULT_DONE;
}

static const struct cmd rows[] = {
    {"utils service restart", "NAME",
     "Restart a service of this node; its name is the rest of the line", 1, CMD_WORDS_MAX, 1, 0,
     service_restart},
};

size_t cmds_service(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
