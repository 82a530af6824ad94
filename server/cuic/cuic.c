#include "cuic.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct cuic {
    pthread_mutex_t lock; /* guards both */
    struct sessions *sessions;
    struct datasets *datasets;
};

static void lock(struct cuic *c)
{
    (void)pthread_mutex_lock(&c->lock);
}

static void unlock(struct cuic *c)
{
    (void)pthread_mutex_unlock(&c->lock);
}

enum err cuic_new(struct cuic **ret)
{
    struct cuic *c = calloc(1, sizeof *c);

    if (c == NULL)
        return ERR_NOMEM;
    (void)pthread_mutex_init(&c->lock, NULL);
    c->sessions = sessions_new();
    c->datasets = datasets_new();
    if (c->sessions == NULL || c->datasets == NULL) {
        cuic_free(c);
        return ERR_NOMEM;
    }
    *ret = c;
    return ERR_OK;
}

void cuic_free(struct cuic *c)
{
    if (c == NULL)
        return;
    sessions_free(c->sessions);
    datasets_free(c->datasets);
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- sessions ---- */

void cuic_session_add(struct cuic *c, size_t node, const char *login, const char *id, bool is_sso)
{
    struct session one = {.is_sso = is_sso, .node = node, .begin_ms = clock_monotonic_ms()};

    one.last_ms = one.begin_ms;
    (void)snprintf(one.id, sizeof one.id, "%s", id);
    (void)snprintf(one.login, sizeof one.login, "%s", login);
    lock(c);
    sessions_add(c->sessions, &one);
    unlock(c);
}

bool cuic_session_find(struct cuic *c, size_t node, struct slice id, char ret[CENTRE_NAME_MAX])
{
    lock(c);
    const struct session *one = sessions_find(c->sessions, node, id, clock_monotonic_ms());
    if (one != NULL)
        memcpy(ret, one->login, CENTRE_NAME_MAX);
    unlock(c);
    return one != NULL;
}

struct listing {
    size_t node;
    json_t *list;        /* NULL once memory was short */
    long long offset_ms; /* from the monotonic clock to 1970's */
};

static void list_one(void *arg, const struct session *one)
{
    struct listing *l = arg;

    if (one->is_sso || one->node != l->node || l->list == NULL)
        return;
    json_t *j = json_pack("{s:s, s:I, s:I}", "userName", one->login, "loginTime",
                          (json_int_t)(one->begin_ms + l->offset_ms), "lastAccessTime",
                          (json_int_t)(one->last_ms + l->offset_ms));
    if (json_array_append_new(l->list, j) != 0) {
        json_decref(l->list);
        l->list = NULL;
    }
}

json_t *cuic_session_list(struct cuic *c, size_t node)
{
    long long now = clock_monotonic_ms();
    struct listing l = {node, json_array(), clock_now_ms() - now};

    lock(c);
    sessions_each(c->sessions, now, list_one, &l);
    unlock(c);
    return l.list;
}

/* ---- data sets ---- */

void cuic_dataset_start(struct cuic *c, const struct dataset *spec)
{
    struct dataset one = *spec;

    one.start_ms = clock_now_ms();
    one.last_ms = clock_monotonic_ms();
    lock(c);
    datasets_add(c->datasets, &one);
    unlock(c);
}

static char *copy_text(const struct dataset *one)
{
    char *text = malloc(one->n_text + 1);

    if (text != NULL) {
        memcpy(text, one->text, one->n_text);
        text[one->n_text] = '\0';
    }
    return text;
}

enum cuic_poll cuic_dataset_poll(struct cuic *c, size_t node, const char *login, struct slice id,
                                 struct dataset *ret_copy, char **ret_text, size_t *ret_n)
{
    enum cuic_poll result = CUIC_UNKNOWN;

    lock(c);
    struct dataset *one = datasets_find(c->datasets, node, login, id, clock_monotonic_ms());
    if (one != NULL && one->text != NULL) {
        *ret_text = copy_text(one);
        *ret_n = one->n_text;
        result = CUIC_READY;
    } else if (one != NULL && one->was_asked) {
        *ret_copy = *one;
        result = CUIC_DUE;
    } else if (one != NULL) {
        one->was_asked = true;
        result = CUIC_RUNNING;
    }
    unlock(c);
    return result;
}

enum err cuic_dataset_finish(struct cuic *c, const struct dataset *due, char *text, size_t n)
{
    enum err e = ERR_NOTFOUND;

    lock(c);
    struct dataset *one =
        datasets_find(c->datasets, due->node, due->login, slice_of(due->id), clock_monotonic_ms());
    if (one != NULL)
        e = one->text != NULL ? ERR_EXISTS : datasets_finish(c->datasets, one, text, n);
    unlock(c);
    return e;
}
