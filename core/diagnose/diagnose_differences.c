#include "diagnose.h"

#include "diagnose_words.h"

/** The entries of one list that the other lacks. */
static void put_missing_origins(struct buf *to, const struct policy *in, const struct policy *of,
                                const char *what)
{
    for (const char *e = policy_next_origin(in, NULL); e != NULL; e = policy_next_origin(in, e)) {
        if (policy_find_origin(of, slice_of(e)) != NULL)
            continue;
        (void)buf_puts(to, what);
        words_shown(to, slice_of(e));
        (void)buf_putc(to, '\n');
    }
}

static void put_missing_names(struct buf *to, const struct hdrlist *in, const struct hdrlist *of,
                              const char *what)
{
    for (size_t i = 0; i < hdrlist_count(in); i++)
        if (!hdrlist_has(of, slice_of(hdrlist_at(in, i))))
            (void)buf_printf(to, "%s%s\n", what, hdrlist_at(in, i));
}

void diagnose_differences(const struct situation *s, size_t node, enum service of, struct buf *to)
{
    const struct policy *will = situation_configured(s, node, of);
    const struct policy *is = situation_running(s, node, of);
    static const char *const mode[2][2] = {{"disabled", "disabled"},
                                           {"enabled", "enabled for all origins"}};

    if (will->enabled != is->enabled || will->any_origin != is->any_origin)
        (void)buf_printf(to, "CORS is configured %s, and runs %s\n",
                         mode[will->enabled][will->any_origin], mode[is->enabled][is->any_origin]);
    if (will->private_network != is->private_network)
        (void)buf_printf(to, "private network access is configured %s, and runs %s\n",
                         will->private_network ? "on" : "off", is->private_network ? "on" : "off");
    put_missing_origins(to, will, is, "configured, not running: ");
    put_missing_origins(to, is, will, "running, not configured: ");
    put_missing_names(to, will->allowed_headers, is->allowed_headers,
                      "allowed header configured, not running: ");
    put_missing_names(to, is->allowed_headers, will->allowed_headers,
                      "allowed header running, not configured: ");
    put_missing_names(to, will->exposed_headers, is->exposed_headers,
                      "exposed header configured, not running: ");
    put_missing_names(to, is->exposed_headers, will->exposed_headers,
                      "exposed header running, not configured: ");
}
