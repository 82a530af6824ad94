#ifndef CUICSIM_TESTS_MEND_H
#define CUICSIM_TESTS_MEND_H

/* Situations made in memory, and a diagnosis' commands carried out on them, as the shell and the
 * store would: for tests and fuzzers that have no store. All of it static: one file each. */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/diagnose.h"

#define MEND_ENTRIES_MAX 64

/** The settings of one service, to make a policy of. */
struct mend_settings {
    bool enabled;
    bool any_origin;
    bool private_network;
    char *origins[MEND_ENTRIES_MAX];
    size_t n_origins;
    char *headers[MEND_ENTRIES_MAX]; /* custom ones */
    size_t n_headers;
};

static inline char *mend_copy_text(struct slice s)
{
    char *copy = calloc(1, s.n + 1);

    assert(copy != NULL);
    if (s.n > 0)
        memcpy(copy, s.at, s.n);
    return copy;
}

/** Take a policy's settings over. */
static inline void mend_read(const struct policy *p, enum service of, struct mend_settings *ret)
{
    *ret = (struct mend_settings){
        .enabled = p->enabled, .any_origin = p->any_origin, .private_network = p->private_network};
    for (const char *e = policy_next_origin(p, NULL); e != NULL; e = policy_next_origin(p, e)) {
        assert(ret->n_origins < MEND_ENTRIES_MAX);
        ret->origins[ret->n_origins++] = mend_copy_text(slice_of(e));
    }
    for (size_t i = 0; i < hdrlist_count(p->allowed_headers); i++) {
        const char *name = hdrlist_at(p->allowed_headers, i);
        if (!policy_is_builtin_header(of, LIST_ALLOWED_HEADERS, slice_of(name)) &&
            ret->n_headers < MEND_ENTRIES_MAX)
            ret->headers[ret->n_headers++] = mend_copy_text(slice_of(name));
    }
}

static inline void mend_clear(struct mend_settings *m)
{
    for (size_t i = 0; i < m->n_origins; i++)
        free(m->origins[i]);
    for (size_t i = 0; i < m->n_headers; i++)
        free(m->headers[i]);
}

static inline struct policy *mend_policy(const struct mend_settings *m, enum service of)
{
    struct policy_spec spec = policy_spec_default(of);
    struct policy *p = NULL;

    spec.enabled = m->enabled;
    spec.any_origin = m->any_origin;
    spec.private_network = m->private_network;
    spec.origins = (const char *const *)m->origins;
    spec.n_origins = m->n_origins;
    spec.custom_allowed = (const char *const *)m->headers;
    spec.n_custom_allowed = m->n_headers;
    enum err e = policy_new(&spec, &p);
    assert(e == ERR_OK);
    (void)e;
    return p;
}

/** All services of all nodes fresh in both stages. Freed with situation_free. */
static inline struct situation *mend_situation(const struct config *c, int64_t now_ms)
{
    struct situation *s = NULL;
    enum err e = situation_new(c, now_ms, &s);

    if (e == ERR_OK)
        e = policy_set_new(config_all_nodes(c), &s->configured);
    if (e == ERR_OK)
        e = policy_set_new(config_all_nodes(c), &s->running);
    assert(e == ERR_OK);
    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(c) * SERVICE_COUNT; i++) {
        enum service of = (enum service)(i % SERVICE_COUNT);
        struct mend_settings fresh = {.enabled = false};
        if (!platform_has(c->nodes[i / SERVICE_COUNT].platform, of))
            continue;
        s->configured->view[i].policy = mend_policy(&fresh, of);
        s->running->view[i].policy = mend_policy(&fresh, of);
    }
    return s;
}

/** Put settings into one stage, or both. */
static inline void mend_set(struct situation *s, size_t node, enum service of,
                            const struct mend_settings *m, bool configured, bool running)
{
    size_t i = node * SERVICE_COUNT + (size_t)of;

    if (configured) {
        policy_free(s->configured->view[i].policy);
        s->configured->view[i].policy = mend_policy(m, of);
    }
    if (running) {
        policy_free(s->running->view[i].policy);
        s->running->view[i].policy = mend_policy(m, of);
    }
}

static inline struct life *mend_life(struct situation *s, size_t node,
                                     const struct appliance_service *service)
{
    size_t n = 0;
    const struct appliance_service *first = appliance_services(&n);

    return &s->life[node * n + (size_t)(service - first)];
}

/** Carry out one edit, which the shell must take. */
static inline void mend_edit(struct situation *s, const struct step *step, const char *argument)
{
    struct mend_settings m;
    struct slice rest = slice_of(argument);
    size_t index = step->index - 1;

    mend_read(situation_configured(s, step->node, step->service), step->service, &m);
    switch (step->kind) {
    case STEP_ENABLE:
        m.enabled = true;
        m.any_origin = false;
        break;
    case STEP_DELETE:
        assert(index < m.n_origins && strcmp(m.origins[index], step->entry) == 0);
        free(m.origins[index]);
        for (size_t i = index; i + 1 < m.n_origins; i++)
            m.origins[i] = m.origins[i + 1];
        m.n_origins--;
        break;
    case STEP_ADD:
        assert(m.n_origins < MEND_ENTRIES_MAX);
        m.origins[m.n_origins++] = mend_copy_text(rest);
        break;
    case STEP_HEADERS:
        while (rest.n > 0 && m.n_headers < MEND_ENTRIES_MAX) {
            const char *comma = memchr(rest.at, ',', rest.n);
            size_t n = comma == NULL ? rest.n : (size_t)(comma - rest.at);
            m.headers[m.n_headers++] = mend_copy_text((struct slice){rest.at, n});
            rest = (struct slice){rest.at + n + (comma != NULL), rest.n - n - (comma != NULL)};
        }
        break;
    case STEP_NETWORK:
        m.private_network = true;
        break;
    case STEP_START:
    case STEP_RESTART:
        break;
    }
    mend_set(s, step->node, step->service, &m, true, false);
    mend_clear(&m);
}

/** Start or restart a service: it reads its settings, and is there. */
static inline void mend_start(struct situation *s, const struct step *step)
{
    struct mend_settings m;

    *mend_life(s, step->node, step->appliance) = (struct life){.is_stopped = false};
    for (unsigned of = 0; of < SERVICE_COUNT; of++) {
        if ((step->appliance->loads & SERVICE_BIT(of)) == 0)
            continue;
        mend_read(situation_configured(s, step->node, (enum service)of), (enum service)of, &m);
        mend_set(s, step->node, (enum service)of, &m, false, true);
        mend_clear(&m);
    }
}

/** Carry out all steps of a diagnosis, in their order. What it points to in the situation's lists
 *  is gone afterwards. */
static inline void mend_carry_out(struct situation *s, const struct findings *f,
                                  const struct diagnosis *d)
{
    struct diagnosis copy = *d;
    char *text[STEPS_MAX] = {NULL};
    char *entry[STEPS_MAX] = {NULL};

    for (size_t i = 0; i < copy.n_steps; i++) { /* before the first one changes a list */
        struct buf b;
        buf_init(&b, (size_t)1 << 20);
        step_command(f, &copy.step[i], &b);
        text[i] = buf_take(&b);
        assert(text[i] != NULL);
        if (copy.step[i].entry != NULL)
            copy.step[i].entry = entry[i] = mend_copy_text(slice_of(copy.step[i].entry));
    }
    for (size_t i = 0; i < copy.n_steps; i++) {
        const char *blank = strrchr(text[i], ' ');
        if (copy.step[i].kind < STEP_START)
            mend_edit(s, &copy.step[i], blank == NULL ? "" : blank + 1);
        else
            mend_start(s, &copy.step[i]);
        free(text[i]);
        free(entry[i]);
    }
}

#endif
