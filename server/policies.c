#include "policies.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"

#define READ_BUSY_MS 100 /* readers of a WAL store wait only in rare cases */
#define REOPEN_EVERY_MS                                                                            \
    1000 /* how often a thread tries again to open a store that it could not                       \
          */

struct policies {
    const struct config *config;
    pthread_key_t key;      /* each request thread's struct reader */
    atomic_bool is_failing; /* said so in the log already */
    atomic_llong worked_ms; /* when any thread last could */
    _Atomic uint64_t swaps;
    pthread_mutex_t lock; /* guards what follows */
    struct policy_set *set;
    struct store_file file; /* the one that the set was loaded from */
};

/** One thread's connection to the store. */
struct reader {
    struct store *store;
    struct store_file file;
    int64_t data_version; /* when `revision` was read */
    int64_t revision;     /* 0: not read yet */
    long long tried_ms;   /* when the store could not be opened */
    bool is_failing;
};

static void close_store(struct reader *r)
{
    store_close(r->store);
    r->store = NULL;
    r->revision = 0;
}

static void free_reader(void *ptr)
{
    close_store(ptr);
    free(ptr);
}

/** Say once that the store fails, with the first thread that meets it, and once that it works
 * again, with the first of the failing ones. A thread whose open connection still works says
 * nothing. */
static void report(struct policies *p, struct reader *r, enum err e, const struct diag *why)
{
    bool was_failing = r->is_failing;

    r->is_failing = e != ERR_OK;
    if (e == ERR_OK)
        atomic_store(&p->worked_ms, clock_monotonic_ms());
    if (e != ERR_OK && !atomic_exchange(&p->is_failing, true))
        log_error("%s; requests are decided by the last settings that could be read", why->text);
    if (e == ERR_OK && was_failing && atomic_exchange(&p->is_failing, false))
        log_info("the store can be read again");
}

/** Is the shared set at least as new as what this reader sees? */
static bool shared_is_current(struct policies *p, const struct reader *r)
{
    (void)pthread_mutex_lock(&p->lock);
    bool is_current = p->set != NULL && p->file.device == r->file.device &&
                      p->file.inode == r->file.inode && p->set->revision >= r->revision;
    (void)pthread_mutex_unlock(&p->lock);
    return is_current;
}

/** Make a set the shared one, unless another thread was faster with a newer one. */
static void publish(struct policies *p, const struct reader *r, struct policy_set *fresh)
{
    (void)pthread_mutex_lock(&p->lock);
    bool is_older = p->set != NULL && p->file.device == r->file.device &&
                    p->file.inode == r->file.inode && p->set->revision > fresh->revision;
    struct policy_set *unused = is_older ? fresh : p->set;
    if (!is_older) {
        p->set = fresh;
        p->file = r->file;
        atomic_fetch_add(&p->swaps, 1);
    }
    (void)pthread_mutex_unlock(&p->lock);
    policy_set_unref(unused);
}

/** Bring the shared set to what this thread's connection sees. */
static enum err look(struct policies *p, struct reader *r, struct diag *why)
{
    struct policy_set *fresh = NULL;
    int64_t version = 0;
    enum err e = store_data_version(r->store, &version, why);

    if (e == ERR_OK && (r->revision == 0 || version != r->data_version)) {
        e = store_revision(r->store, &r->revision, why);
        r->data_version = version;
    }
    if (e != ERR_OK || shared_is_current(p, r))
        return e;
    e = store_load_policies(r->store, p->config, &fresh, why);
    if (e == ERR_OK)
        publish(p, r, fresh);
    return e;
}

static enum err open_store(struct policies *p, struct reader *r, struct diag *why)
{
    long long now = clock_monotonic_ms();
    bool was_tried = r->tried_ms != 0 && now - r->tried_ms < REOPEN_EVERY_MS;

    /* Once it works for another thread, this one must not answer by what that one loaded. */
    if (was_tried && atomic_load(&p->worked_ms) <= r->tried_ms) {
        diag_set(why, 0, "the store cannot be opened");
        return ERR_IO;
    }
    enum err e = store_open_reader(p->config, READ_BUSY_MS, &r->store, why);
    r->tried_ms = e == ERR_OK || e == ERR_NOTFOUND ? 0 : now;
    if (e == ERR_OK)
        r->file = store_file_of(r->store);
    return e;
}

/** Look at the store; when its file fails or was replaced, open it anew. */
static enum err update(struct policies *p, struct reader *r, struct diag *why)
{
    enum err e = r->store == NULL ? ERR_NOTFOUND : look(p, r, why);

    if (e == ERR_OK || e == ERR_BUSY || e == ERR_NOMEM)
        return e;
    close_store(r);
    e = open_store(p, r, why);
    return e == ERR_OK ? look(p, r, why) : e;
}

static struct reader *own_reader(struct policies *p)
{
    struct reader *r = pthread_getspecific(p->key);

    if (r != NULL)
        return r;
    r = calloc(1, sizeof *r);
    if (r != NULL && pthread_setspecific(p->key, r) != 0) {
        free(r);
        return NULL;
    }
    return r;
}

static enum err try_update(struct policies *p, struct diag *why)
{
    struct reader *r = own_reader(p);

    if (r == NULL) {
        diag_set(why, 0, "out of memory");
        return ERR_NOMEM;
    }
    enum err e = update(p, r, why);
    report(p, r, e, why);
    return e;
}

struct policy_set *policies_get(struct policies *p)
{
    struct diag why = {0, ""};

    (void)try_update(p, &why);
    (void)pthread_mutex_lock(&p->lock);
    struct policy_set *set = p->set == NULL ? NULL : policy_set_ref(p->set);
    (void)pthread_mutex_unlock(&p->lock);
    return set;
}

uint64_t policies_swaps(const struct policies *p)
{
    return atomic_load(&p->swaps);
}

bool policies_are_current(const struct policies *p)
{
    return !atomic_load(&p->is_failing);
}

enum err policies_new(const struct config *c, struct policies **ret, struct diag *why)
{
    struct policies *p = calloc(1, sizeof *p);

    if (p == NULL)
        return ERR_NOMEM;
    p->config = c;
    if (pthread_key_create(&p->key, free_reader) != 0) {
        free(p);
        return ERR_NOMEM;
    }
    (void)pthread_mutex_init(&p->lock, NULL);
    enum err e = try_update(p, why);
    if (e != ERR_OK && e != ERR_BUSY) {
        policies_free(p);
        return e;
    }
    *ret = p;
    return e;
}

void policies_free(struct policies *p)
{
    if (p == NULL)
        return;
    struct reader *own = pthread_getspecific(p->key);
    if (own != NULL)
        free_reader(own);
    (void)pthread_key_delete(p->key);
    policy_set_unref(p->set);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}
