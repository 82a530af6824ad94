#include <errno.h>
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "console_inside.h"
#include "console_stream.h"

#define TICK_MS 100  /* how late a console sees something, at most */
#define STOP_MS 3000 /* for the clients to read the end of their streams */

static bool make_token(char to[CONSOLE_TOKEN])
{
    static const char digit[] = "0123456789abcdef";
    unsigned char bytes[(CONSOLE_TOKEN - 1) / 2];

    if (gnutls_rnd(GNUTLS_RND_KEY, bytes, sizeof bytes) != 0)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++) {
        to[2 * i] = digit[bytes[i] >> 4];
        to[2 * i + 1] = digit[bytes[i] & 15];
    }
    to[CONSOLE_TOKEN - 1] = '\0';
    return true;
}

const char *console_token(const struct console *c)
{
    return c->from.config->console_write ? c->token : NULL;
}

/* ---- the clock ---- */

/** Settings and the lives of services move with the policies alone. True when they did. */
static bool look_at_state(struct console *c)
{
    struct policy_set *set = policies_get(c->from.policies); /* takes a change over */
    uint64_t now = policies_swaps(c->from.policies);

    policy_set_unref(set);
    return atomic_exchange(&c->state, now) != now;
}

/** The recorder has something. Its thread must not wait, so there is no lock: should the clock be
 *  about to sleep, it sees the mark after a tick. */
static void on_recorded(void *arg)
{
    struct console *c = arg;

    atomic_store(&c->is_news, true);
    (void)pthread_cond_signal(&c->wake);
}

/** With the lock: until somebody wakes us, at most so long. */
static void wait_for(struct console *c, long ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&c->wake, &c->lock, &until);
}

static void *run_clock(void *arg)
{
    struct console *c = arg;

    (void)pthread_mutex_lock(&c->lock);
    while (!c->is_stopping) {
        bool is_watched = c->streams != NULL;
        (void)pthread_mutex_unlock(&c->lock);
        bool is_news = is_watched && look_at_state(c);
        (void)pthread_mutex_lock(&c->lock);
        is_news = console_count(c, clock_now_ms()) || is_news;
        is_news = atomic_exchange(&c->is_news, false) || is_news;
        c->news += is_news ? 1 : 0;
        console_streams_wake(c);
        if (!c->is_stopping) /* nobody looks: nothing to do but to count */
            wait_for(c, c->streams != NULL ? TICK_MS : CONSOLE_BUCKET_MS / 5);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return NULL;
}

static enum err start_clock(struct console *c, struct diag *why)
{
    int rc = pthread_create(&c->clock, NULL, run_clock, c);

    c->has_clock = rc == 0;
    if (rc == 0)
        return ERR_OK;
    diag_set(why, 0, "cannot start the console's thread: %s", strerror(rc));
    return ERR_IO;
}

/* ---- life ---- */

static void init_lock(struct console *c)
{
    pthread_condattr_t attr;

    (void)pthread_mutex_init(&c->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&c->wake, &attr);
    (void)pthread_condattr_destroy(&attr);
}

enum err console_new(const struct console_sources *from, struct console **ret, struct diag *why)
{
    struct console *c = calloc(1, sizeof *c);
    enum err e = ERR_OK;

    if (c == NULL)
        return ERR_NOMEM;
    c->from = *from;
    c->started_ms = clock_now_ms();
    c->watch = (struct recorder_watch){.wake = on_recorded, .arg = c};
    init_lock(c);
    if (!make_token(c->token)) {
        diag_set(why, 0, "there are no random bytes for the console's token");
        e = ERR_IO;
    }
    if (e == ERR_OK)
        e = start_clock(c, why);
    if (e != ERR_OK) {
        console_free(c);
        return e;
    }
    *ret = c;
    return ERR_OK;
}

void console_stop(struct console *c)
{
    long long now = clock_monotonic_ms();

    (void)pthread_mutex_lock(&c->lock);
    c->is_stopping = true;
    console_streams_wake(c);
    (void)pthread_cond_broadcast(&c->wake);
    (void)pthread_mutex_unlock(&c->lock);
    if (c->has_clock)
        (void)pthread_join(c->clock, NULL);
    c->has_clock = false;
    (void)pthread_mutex_lock(&c->lock);
    for (long long end = clock_monotonic_ms() + STOP_MS; c->streams != NULL && end > now;
         now = clock_monotonic_ms())
        wait_for(c, (long)(end - now));
    (void)pthread_mutex_unlock(&c->lock);
}

void console_free(struct console *c)
{
    if (c == NULL)
        return;
    (void)pthread_cond_destroy(&c->wake);
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
}
