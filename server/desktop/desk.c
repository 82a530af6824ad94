#include "desk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desktop/finesse.h"
#include "hexid.h"

#define NEWS_MS    20000 /* a request waits for news at most so long */
#define RELEASE_MS 30000 /* how often it is looked for agents whose person is gone */

struct desk {
    struct live *live;
    struct fetcher *fetcher;
    pthread_mutex_t lock; /* guards the rest; taken with the lock of `live` held, or alone */
    bool is_stopping;
    struct sessions *sessions;
    size_t n_agents;
    bool *is_held;     /* by agent: a person signed in */
    uint64_t *changed; /* by agent: the number of its last change */
    uint64_t n_changes;
    struct desk_news *waiting;
    int64_t looked_ms;
};

static void lock(struct desk *d)
{
    (void)pthread_mutex_lock(&d->lock);
}

static void unlock(struct desk *d)
{
    (void)pthread_mutex_unlock(&d->lock);
}

/* ---- news ---- */

/** Let it go on; the caller has taken it out of the list. */
static void wake(struct desk_news *n)
{
    n->is_parked = false;
    n->was_parked = true;
    n->resume(n);
}

typedef bool news_test(const struct desk_news *n, const void *arg);

static void wake_some(struct desk *d, news_test *test, const void *arg)
{
    struct desk_news **at = &d->waiting;

    while (*at != NULL) {
        struct desk_news *n = *at;
        if (test(n, arg)) {
            *at = n->next;
            wake(n);
        } else {
            at = &n->next;
        }
    }
}

static bool is_about(const struct desk_news *n, const void *agent)
{
    size_t i = *(const size_t *)agent;

    return i >= n->first && i - n->first < n->n;
}

static bool is_late(const struct desk_news *n, const void *now_ms)
{
    return n->until_ms <= *(const int64_t *)now_ms;
}

static bool is_any(const struct desk_news *n, const void *nothing)
{
    (void)n;
    (void)nothing;
    return true;
}

/** Something in the centre changed. With the lock of `live`. */
static void on_change(void *arg, enum centre_kind kind, size_t index)
{
    struct desk *d = arg;

    if (kind != CENTRE_AGENT)
        return;
    lock(d);
    d->changed[index] = ++d->n_changes;
    wake_some(d, is_about, &index);
    unlock(d);
}

uint64_t desk_changes(struct desk *d)
{
    lock(d);
    uint64_t n = d->n_changes;
    unlock(d);
    return n;
}

bool desk_has_changed(struct desk *d, size_t agent, uint64_t since)
{
    lock(d);
    bool has = d->changed[agent] > since;
    unlock(d);
    return has;
}

bool desk_wait(struct desk *d, size_t first, size_t n, uint64_t since, struct desk_news *news)
{
    lock(d);
    bool waits = !d->is_stopping && since <= d->n_changes;
    for (size_t i = first; waits && i < first + n; i++)
        waits = d->changed[i] <= since;
    if (waits) {
        news->first = first;
        news->n = n;
        news->until_ms = clock_monotonic_ms() + NEWS_MS;
        news->is_parked = true;
        news->next = d->waiting;
        d->waiting = news;
        news->park(news);
    }
    unlock(d);
    return waits;
}

void desk_cancel(struct desk *d, struct desk_news *news)
{
    struct desk_news **at = &d->waiting;

    if (!news->is_parked)
        return;
    lock(d);
    while (*at != NULL && *at != news)
        at = &(*at)->next;
    if (*at != NULL)
        *at = news->next;
    unlock(d);
}

/* ---- who has signed in ---- */

/** The agents of whom there is a session. */
struct present {
    struct desk *desk;
    bool *is_there;
    const struct centre *centre;
};

static void note_present(void *arg, const struct session *one)
{
    struct present *p = arg;
    size_t agent = 0;

    if (finesse_find_user(p->centre, slice_of(one->login), &agent))
        p->is_there[agent] = true;
}

/** Give back the agents whose person is gone. With both locks. */
static void release_gone(struct desk *d, struct centre *c, int64_t now_ms)
{
    struct present p = {d, calloc(d->n_agents, sizeof *p.is_there), c};

    if (p.is_there == NULL)
        return;
    sessions_each(d->sessions, now_ms, note_present, &p);
    for (size_t i = 0; i < d->n_agents; i++)
        if (d->is_held[i] && !p.is_there[i]) {
            d->is_held[i] = false;
            centre_release(c, i);
        }
    free(p.is_there);
}

/** The clock of `live` goes on. With its lock. */
static void on_tick(void *arg, struct centre *c)
{
    struct desk *d = arg;
    int64_t now_ms = clock_monotonic_ms();

    lock(d);
    wake_some(d, is_late, &now_ms);
    if (now_ms - d->looked_ms >= RELEASE_MS) {
        d->looked_ms = now_ms;
        release_gone(d, c, now_ms);
    }
    unlock(d);
}

/** What is asked of the centre about one agent. */
struct question {
    struct slice id;
    struct desk_user *ret;
    bool is_found;
};

static void copy_user(const struct centre *c, size_t i, struct desk_user *ret)
{
    const struct agent *a = centre_agent(c, i);
    const struct team *t = centre_team(c, a->team);

    *ret = (struct desk_user){.agent = i,
                              .id = a->id,
                              .extension = a->extension,
                              .team_id = t->id,
                              .is_supervisor = finesse_is_supervisor(c, i),
                              .team_first = t->first,
                              .team_n = t->n};
    memcpy(ret->login, a->login, sizeof ret->login);
    memcpy(ret->first_name, a->first_name, sizeof ret->first_name);
    memcpy(ret->last_name, a->last_name, sizeof ret->last_name);
    memcpy(ret->team, t->name, sizeof ret->team);
}

static void answer_question(void *arg, const struct centre *c)
{
    struct question *q = arg;
    size_t i = 0;

    q->is_found = finesse_find_user(c, q->id, &i);
    if (q->is_found)
        copy_user(c, i, q->ret);
}

bool desk_find_user(struct desk *d, struct slice id, struct desk_user *ret)
{
    struct question q = {id, ret, false};

    live_read(d->live, answer_question, &q);
    return q.is_found;
}

struct hold {
    struct desk *desk;
    size_t agent;
};

static void hold_agent(void *arg, struct centre *c)
{
    const struct hold *h = arg;

    lock(h->desk);
    h->desk->is_held[h->agent] = true;
    unlock(h->desk);
    centre_hold(c, h->agent);
}

bool desk_sign_in(struct desk *d, size_t node, const struct desk_user *user,
                  char ret_id[SESSION_ID])
{
    struct session s = {.node = node};
    struct hold h = {d, user->agent};

    if (!hexid_new(s.id))
        return false;
    memcpy(s.login, user->login, sizeof s.login);
    s.begin_ms = s.last_ms = clock_monotonic_ms();
    lock(d);
    sessions_add(d->sessions, &s);
    unlock(d);
    live_edit(d->live, hold_agent, &h);
    memcpy(ret_id, s.id, sizeof s.id);
    return true;
}

bool desk_who(struct desk *d, size_t node, struct slice session, struct desk_user *ret)
{
    char login[CENTRE_NAME_MAX] = "";

    lock(d);
    const struct session *s = sessions_find(d->sessions, node, session, clock_monotonic_ms());
    if (s != NULL)
        memcpy(login, s->login, sizeof login);
    unlock(d);
    return login[0] != '\0' && desk_find_user(d, slice_of(login), ret);
}

static void release_now(void *arg, struct centre *c)
{
    struct desk *d = arg;

    lock(d);
    release_gone(d, c, clock_monotonic_ms());
    unlock(d);
}

void desk_sign_out(struct desk *d, size_t node, struct slice session)
{
    lock(d);
    sessions_remove(d->sessions, node, session);
    unlock(d);
    live_edit(d->live, release_now, d);
}

/* ---- beginning and end ---- */

static void count_agents(void *arg, const struct centre *c)
{
    *(size_t *)arg = centre_count(c, CENTRE_AGENT);
}

enum err desk_new(const struct config *c, struct live *live, const struct fetch_address *addresses,
                  size_t n, struct desk **ret, struct diag *why)
{
    struct desk *d = calloc(1, sizeof *d);

    if (d == NULL)
        return ERR_NOMEM;
    d->live = live;
    d->n_changes = 1; /* 0 stands for: knows nothing yet */
    (void)pthread_mutex_init(&d->lock, NULL);
    live_read(live, count_agents, &d->n_agents);
    d->sessions = sessions_new();
    d->is_held = calloc(d->n_agents, sizeof *d->is_held);
    d->changed = calloc(d->n_agents, sizeof *d->changed);
    enum err e = ERR_NOMEM;
    if (d->sessions != NULL && d->is_held != NULL && d->changed != NULL)
        e = fetcher_new(c, addresses, n, &d->fetcher, why);
    if (e != ERR_OK) {
        desk_free(d);
        return e;
    }
    live_watch(live, on_change, on_tick, d);
    *ret = d;
    return ERR_OK;
}

void desk_stop(struct desk *d)
{
    lock(d);
    d->is_stopping = true;
    wake_some(d, is_any, NULL);
    unlock(d);
    fetcher_stop(d->fetcher);
}

void desk_free(struct desk *d)
{
    if (d == NULL)
        return;
    fetcher_free(d->fetcher);
    sessions_free(d->sessions);
    (void)pthread_mutex_destroy(&d->lock);
    free(d->is_held);
    free(d->changed);
    free(d);
}

struct fetcher *desk_fetcher(struct desk *d)
{
    return d->fetcher;
}
