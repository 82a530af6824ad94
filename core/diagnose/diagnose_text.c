#include <string.h>

#include "cors/origin.h"
#include "diagnose_inside.h"
#include "diagnose_words.h"
#include "site_path.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *service_title(enum service s)
{
    static const char *const title[SERVICE_COUNT] = {"CUIC", "Live Data", "Finesse"};

    return title[s];
}

static void put_nodes(const struct findings *f, struct buf *to,
                      size_t (*next)(const struct findings *f, size_t after))
{
    size_t all = config_all_nodes(f->situation->config);
    size_t n = 0;

    for (size_t i = next(f, NODE_FIRST); i < all; i = next(f, i))
        words_item(to, &n, f->situation->config->nodes[i].name);
}

/* ---- what stands in braces ---- */

typedef void put_token(const struct findings *f, const struct diagnosis *d, struct buf *to);

static void put_origin(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    words_shown(to, origin_of(f));
}

static void put_entry(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)f;
    words_shown(to, slice_of(d->entry == NULL ? "" : d->entry));
}

static void put_differs(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)f;
    words_misses(to, d->diff.misses & MISS_SPELLING);
}

static void put_distance(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)f;
    (void)buf_puts(to, d->diff.distance == 1 ? "one character" : "two characters");
}

static void put_should(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    struct origin_spelling spelt;
    char should[SPELLING_MAX + 16] = "";

    (void)d;
    if (origin_spell(origin_of(f), &spelt))
        (void)origin_respell(&spelt, should);
    words_shown(to, slice_of(should));
}

static void put_node(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    (void)buf_puts(to, f->situation->config->nodes[f->question->node].name);
}

static void put_service(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    (void)buf_puts(to, service_title(f->question->service));
}

static void put_others(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    put_nodes(f, to, d->mistake == MISTAKE_OTHER_NODE ? next_node_listing : next_node_refusing);
}

static void put_other(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    size_t i = next_node_refusing(f, NODE_FIRST);

    (void)d;
    if (i < config_all_nodes(f->situation->config))
        (void)buf_puts(to, f->situation->config->nodes[i].name);
}

static void put_appliance(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)f;
    (void)buf_puts(to, d->appliance == NULL ? "the service" : d->appliance->name);
}

static void put_state(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    if (d->appliance != NULL)
        (void)buf_puts(
            to, life_state_name(situation_state(f->situation, f->question->node, d->appliance)));
}

static void put_path(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    words_shown(to, f->question->path);
}

static void put_guarded(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    (void)buf_puts(to, site_path_guarded(f->question->service));
}

static struct slice method_of(const struct findings *f)
{
    struct aspects a;

    aspects_find(policy_of(f), f->question, &a);
    return a.method;
}

static void put_method(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    words_shown(to, method_of(f));
}

static void put_upper(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    struct slice m = method_of(f);

    (void)d;
    for (size_t i = 0; i < m.n && i < QUESTION_METHOD_MAX; i++) {
        unsigned char c = (unsigned char)m.at[i];
        (void)buf_putc(to, (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
}

static void put_methods(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    const struct hdrlist *l = policy_of(f)->methods;
    size_t n = 0;

    (void)d;
    for (size_t i = 0; i < hdrlist_count(l); i++)
        words_item(to, &n, hdrlist_at(l, i));
}

static void put_header_names(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    words_headers(f, to, policy_of(f), NULL);
}

static void put_bad(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    words_shown(to, words_unlistable(f, NULL));
}

static void put_near(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    const char *near = words_near_header(f);

    (void)d;
    if (near != NULL)
        (void)buf_printf(to, " (was %s meant?)", near);
}

static void put_count(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    size_t n = policy_of(f)->n_origins;

    (void)d;
    (void)buf_printf(to, "%zu origin%s", n, n == 1 ? "" : "s");
}

static void put_max(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)d;
    (void)buf_printf(to, "%zu", policy_origins_max(f->question->service));
}

static void put_status(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)f;
    if (d->status != 0)
        (void)buf_printf(to, "%u", d->status);
    else
        (void)buf_puts(to, "an error");
}

/** Why a policy would refuse the question. */
static const char *refusal_title(const struct policy *p, const struct question *q)
{
    for (size_t i = 0; i < q->n_steps; i++) {
        struct cors_decision d = cors_decide(p, &q->step[i], CORS_DISABLED_REFUSE);
        if (!d.is_allowed)
            return reason_get(d.reason)->title;
    }
    return "";
}

/** The shell's own complaint, or what the configured settings would say. */
static void put_why(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    struct diag why = {0, "no browser sends such a one"};
    struct origin o;

    if (d->mistake == MISTAKE_HEADER_UNLISTABLE)
        (void)words_unlistable(f, &why);
    else if (d->mistake == MISTAKE_ORIGIN_UNLISTABLE)
        (void)origin_parse(origin_of(f), ORIGIN_STRICT, &o, &why);
    else
        diag_set(&why, 0, "%s", refusal_title(policy_of(f), f->question));
    (void)buf_puts(to, why.text);
}

/** What a restart would make running. */
static void put_pending(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    const struct policy *is =
        situation_running(f->situation, f->question->node, f->question->service);
    const struct policy *will = policy_of(f);
    struct aspects now;
    struct aspects then;
    size_t n = 0;

    (void)d;
    aspects_find(is, f->question, &now);
    aspects_find(will, f->question, &then);
    if (now.is_disabled && !then.is_disabled)
        words_item(to, &n, "CORS enabled");
    if (now.is_origin && !then.is_origin) {
        words_item(to, &n, "");
        words_shown(to, origin_of(f));
    }
    size_t before = to->n;
    words_item(to, &n, "the header ");
    size_t start = to->n;
    words_headers(f, to, is, will);
    if (to->n == start && to->text != NULL) { /* none: take it back */
        to->n = before;
        to->text[before] = '\0';
    }
}

/** Said of what stands in the way, not of what is only to be looked at. */
static void put_no_command(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    (void)f;
    if (d->is_needed || d->mistake == MISTAKE_NOTHING)
        (void)buf_puts(to, "; no command of the shell changes this");
}

static const struct token {
    const char *name;
    put_token *put;
} tokens[] = {
    {"origin", put_origin},   {"entry", put_entry},
    {"differs", put_differs}, {"distance", put_distance},
    {"should", put_should},   {"node", put_node},
    {"service", put_service}, {"others", put_others},
    {"other", put_other},     {"appliance", put_appliance},
    {"state", put_state},     {"path", put_path},
    {"method", put_method},   {"upper", put_upper},
    {"methods", put_methods}, {"headers", put_header_names},
    {"bad", put_bad},         {"near", put_near},
    {"count", put_count},     {"max", put_max},
    {"status", put_status},   {"why", put_why},
    {"pending", put_pending}, {"no_command", put_no_command},
    {"guarded", put_guarded},
};

/** Copy a sentence, with what its braces stand for. */
static void fill_in(const struct findings *f, const struct diagnosis *d, const char *text,
                    struct buf *to)
{
    while (*text != '\0') {
        size_t plain = strcspn(text, "{");
        (void)buf_add(to, (struct slice){text, plain});
        text += plain;
        if (*text == '\0')
            return;
        struct slice name = {text + 1, strcspn(text + 1, "}")};
        for (size_t i = 0; i < COUNT(tokens); i++)
            if (slice_is(name, tokens[i].name))
                tokens[i].put(f, d, to);
        text += name.n + 2;
    }
}

void diagnosis_why(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    fill_in(f, d, mistake_get(d->mistake)->why, to);
}

void diagnosis_todo(const struct findings *f, const struct diagnosis *d, struct buf *to)
{
    fill_in(f, d, mistake_get(d->mistake)->todo, to);
}
