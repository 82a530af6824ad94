#include <string.h>

#include "diagnose_inside.h"

/** Lists as they are typed: an entry that a shell leaves alone is named, another one counted. */
static bool is_typeable(const char *entry)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               ":/.-_~@%+=";

    return strstr(entry, "://") != NULL && strspn(entry, safe) == strlen(entry);
}

/** The headers to be added, each once, in lower case. */
static void put_headers(const struct findings *f, struct buf *to)
{
    const struct policy *p = policy_of(f);
    size_t start = to->n;

    for (size_t i = 0; i < f->question->n_steps; i++) {
        const struct cors_request *rq = &f->question->step[i];
        struct slice from = rq->request_headers;
        struct slice name = {NULL, 0};
        while (next_refused_header(p, rq, &from, &name)) {
            struct slice listed = {buf_text(to) + start, to->n - start};
            if (!header_is_listable(name, NULL) || list_has_name(listed, name))
                continue;
            if (listed.n > 0)
                (void)buf_putc(to, ',');
            for (size_t k = 0; k < name.n; k++)
                (void)buf_putc(to, (char)ascii_lower((unsigned char)name.at[k]));
        }
    }
}

void step_command(const struct findings *f, const struct step *s, struct buf *to)
{
    const char *family = service_name(s->service);

    switch (s->kind) {
    case STEP_ENABLE:
        (void)buf_printf(to, "utils %s cors enable", family);
        break;
    case STEP_DELETE:
        (void)buf_printf(to, "utils %s cors allowed_origin delete ", family);
        if (is_typeable(s->entry))
            (void)buf_puts(to, s->entry);
        else
            (void)buf_printf(to, "%zu", s->index);
        break;
    case STEP_ADD:
        (void)buf_printf(to, "utils %s cors allowed_origin add ", family);
        (void)buf_add(to, origin_of(f));
        break;
    case STEP_HEADERS:
        (void)buf_printf(to, "utils %s cors allowed_headers add ", family);
        put_headers(f, to);
        break;
    case STEP_NETWORK:
        (void)buf_printf(to, "utils %s cors private-network-access enable", family);
        break;
    case STEP_START:
        (void)buf_printf(to, "utils service start %s", s->appliance->name);
        break;
    case STEP_RESTART:
        (void)buf_printf(to, "utils service restart %s", s->appliance->name);
        break;
    }
}

static bool is_same(const struct step *a, const struct step *b)
{
    return a->kind == b->kind && a->node == b->node && a->service == b->service &&
           a->entry == b->entry && a->appliance == b->appliance;
}

void step_add(struct diagnosis *d, struct step s)
{
    size_t i = 0;

    while (i < d->n_steps && !is_same(&d->step[i], &s))
        i++;
    if (i < d->n_steps || d->n_steps == STEPS_MAX)
        return;
    for (i = d->n_steps++; i > 0 && d->step[i - 1].kind > s.kind; i--)
        d->step[i] = d->step[i - 1];
    d->step[i] = s;
}

void step_add_restart(const struct findings *f, struct diagnosis *d)
{
    const struct appliance_service *service[2];
    size_t node = f->question->node;
    size_t n = appliance_restarts(f->question->service, service);

    for (size_t i = 0; i < n; i++) {
        bool is_up = situation_comes_back(f->situation, node, service[i]);
        step_add(d, (struct step){.kind = is_up ? STEP_RESTART : STEP_START,
                                  .node = node,
                                  .service = f->question->service,
                                  .appliance = service[i]});
    }
}

void diagnose_plan(const struct findings *f, struct diagnosis *ret)
{
    *ret = (struct diagnosis){.n_steps = 0};
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; f->at[i].is_needed && k < f->at[i].n_steps; k++)
            step_add(ret, f->at[i].step[k]);
}

void steps_unite(struct findings *f)
{
    struct diagnosis plan;

    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].is_needed && mistake_get(f->at[i].mistake)->mend == MEND_ELSEWHERE)
            return;
    if (f->n == 0 || !f->at[0].is_needed)
        return;
    diagnose_plan(f, &plan);
    f->at[0].n_steps = plan.n_steps;
    for (size_t k = 0; k < plan.n_steps; k++)
        f->at[0].step[k] = plan.step[k];
}
