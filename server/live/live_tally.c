#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "live_inside.h"

/* What `show socketio status` shows of the clients. */

static void count(struct live *l, struct tally_count *ret)
{
    memset(ret, 0, l->config->n_nodes * sizeof *ret);
    live_lock(l);
    live_sessions_count(l, ret);
    live_unlock(l);
}

/** Say it when it begins to fail, and not every second. */
static void report(struct live *l, enum err e, const struct diag *why)
{
    bool is_failing = e != ERR_OK;

    if (is_failing && !l->is_tally_failing)
        log_warning("%s; 'show socketio status' does not know of this server's clients", why->text);
    l->is_tally_failing = is_failing;
}

bool live_tally_new(struct live *l)
{
    l->told = calloc(l->config->n_nodes, sizeof *l->told);
    l->counted = calloc(l->config->n_nodes, sizeof *l->counted);
    return l->told != NULL && l->counted != NULL;
}

void live_tally_free(struct live *l)
{
    tally_close(l->tally);
    free(l->told);
    free(l->counted);
}

void live_tally_update(struct live *l)
{
    size_t bytes = l->config->n_nodes * sizeof *l->told;
    struct diag why = {0, ""};
    enum err e = ERR_OK;

    count(l, l->counted);
    if (l->tally == NULL) { /* another server may have had it until now */
        e = tally_open(l->config, &l->tally, &why);
        memset(l->told, 0, bytes);
    }
    if (e == ERR_OK && (l->is_tally_failing || memcmp(l->told, l->counted, bytes) != 0)) {
        e = tally_write(l->tally, l->counted, &why);
        if (e == ERR_OK)
            memcpy(l->told, l->counted, bytes);
    }
    if (e != ERR_BUSY || l->tally == NULL) /* who reads at this moment is soon done */
        report(l, e, &why);
}
