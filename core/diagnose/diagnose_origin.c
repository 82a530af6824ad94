#include <string.h>

#include "cors/origin.h"
#include "diagnose_inside.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/** One explanation why the Origin is not listed. */
struct candidate {
    enum mistake mistake;
    enum certainty certainty;
    const char *entry;
    size_t index; /* of the entry in its list, from 1 */
    struct origin_diff diff;
};

#define CANDIDATES_MAX 6 /* how many are looked at */
#define SHOWN_MAX      3 /* how many are told */

struct origin_case {
    struct findings *f;
    struct slice origin;
    struct origin_spelling wanted;
    const struct policy *policy; /* the configured one */
    struct candidate at[CANDIDATES_MAX];
    size_t n;
};

struct slice origin_of(const struct findings *f)
{
    return slice_trim(f->question->step[0].origin);
}

/* ---- origins that no list can hold ---- */

static bool begins_with(struct slice s, const char *text)
{
    return s.n >= strlen(text) && memcmp(s.at, text, strlen(text)) == 0;
}

/** An Origin that is not what browsers send, or that the shell would refuse to list. */
static enum mistake judge_form(struct slice origin, const struct origin_spelling *spelt)
{
    struct origin parsed;
    struct origin respelt;
    char should[SPELLING_MAX + 16];

    if (begins_with(origin, "file:"))
        return MISTAKE_ORIGIN_FILE;
    if (origin_parse(origin, ORIGIN_STRICT, &parsed, NULL) == ERR_OK)
        return MISTAKE_NONE;
    if (spelt == NULL)
        return MISTAKE_ORIGIN_SCHEME;
    struct slice is = slice_of(origin_respell(spelt, should));
    if (spelt->odd != 0 && origin_parse(is, ORIGIN_STRICT, &respelt, NULL) == ERR_OK)
        return MISTAKE_ORIGIN_SPELLING;
    return MISTAKE_ORIGIN_UNLISTABLE;
}

/* ---- near entries ---- */

/** What each way of missing weighs: the entry that weighs least is told. */
static const struct miss_row {
    unsigned bit;
    unsigned weight;
    enum mistake mistake; /* of an entry that has this one and none of the rows above it */
} miss_rows[] = {
    {MISS_HTTP_LISTED, 30, MISTAKE_HTTP_LISTED},
    {MISS_HTTPS_LISTED, 30, MISTAKE_HTTPS_LISTED},
    {MISS_PORT_MISSING, 20, MISTAKE_PORT_MISSING},
    {MISS_PORT_SURPLUS, 25, MISTAKE_PORT_SURPLUS},
    {MISS_PORT_OTHER, 25, MISTAKE_PORT_OTHER},
    {MISS_SEVERAL, 5, MISTAKE_ENTRY_SEVERAL},
    {MISS_WILDCARD, 5, MISTAKE_ENTRY_WILDCARD},
    {MISS_INVISIBLE, 5, MISTAKE_ENTRY_INVISIBLE},
    {MISS_USER, 5, MISTAKE_ENTRY_USER},
    {MISS_PATH, 5, MISTAKE_ENTRY_PATH},
    {MISS_SLASH, 5, MISTAKE_ENTRY_SLASH},
    {MISS_SCHEME_TEXT, 5, MISTAKE_ENTRY_SCHEME},
    {MISS_NOT_ASCII, 5, MISTAKE_ENTRY_NOT_ASCII},
    {MISS_UPPER_CASE, 5, MISTAKE_ENTRY_UPPER_CASE},
    {MISS_DEFAULT_PORT, 5, MISTAKE_ENTRY_DEFAULT_PORT},
    {MISS_OTHERWISE, 5, MISTAKE_ENTRY_SPELLING},
};

static const struct host_row {
    unsigned weight; /* 0: told by nothing */
    enum certainty certainty;
    enum mistake mistake;
} host_rows[] = {
    [HOST_SAME] = {0, CERTAIN, MISTAKE_NONE},
    [HOST_SHORT_LISTED] = {40, LIKELY, MISTAKE_SHORT_LISTED},
    [HOST_FULL_LISTED] = {40, LIKELY, MISTAKE_FULL_LISTED},
    [HOST_ADDRESS_LISTED] = {90, POSSIBLE, MISTAKE_ADDRESS_LISTED},
    [HOST_NAME_LISTED] = {90, POSSIBLE, MISTAKE_NAME_LISTED},
    [HOST_OTHER_DOMAIN] = {60, LIKELY, MISTAKE_OTHER_DOMAIN},
    [HOST_SIBLING] = {50, POSSIBLE, MISTAKE_OTHER_FINESSE},
    [HOST_NEAR] = {20, LIKELY, MISTAKE_TYPING},
    [HOST_UNRELATED] = {0, POSSIBLE, MISTAKE_NONE},
};
#define PER_EDIT       15 /* weight of each edit of a mistyped name */
#define WEIGHT_NO_MORE 1000

/** Are both hosts Finesse nodes of the lab? */
static bool are_known(const struct config *c, const char *a, const char *b)
{
    unsigned known = 0;

    for (size_t i = 0; i < config_all_nodes(c); i++) {
        if (c->nodes[i].platform != PLATFORM_FINESSE)
            continue;
        known |= strcmp(c->nodes[i].hostname, a) == 0 ? 1U : 0U;
        known |= strcmp(c->nodes[i].hostname, b) == 0 ? 2U : 0U;
    }
    return known == 3;
}

/** Names of two nodes of the lab are no typing mistakes, however near they are. */
static void correct_host(const struct origin_case *o, const char *entry, struct origin_diff *d)
{
    struct origin_spelling listed;

    if (d->host == HOST_SAME || !origin_spell(slice_of(entry), &listed))
        return;
    if (are_known(o->f->situation->config, listed.host, o->wanted.host))
        d->host = HOST_SIBLING;
    /* Addresses and names are related only if nothing else differs. */
    if ((d->host == HOST_ADDRESS_LISTED || d->host == HOST_NAME_LISTED) && d->misses != MISS_HOST)
        d->host = HOST_UNRELATED;
}

static unsigned weigh(const struct origin_diff *d)
{
    unsigned weight = 0;

    if (d->host == HOST_UNRELATED)
        return WEIGHT_NO_MORE;
    for (size_t i = 0; i < COUNT(miss_rows); i++)
        weight += (d->misses & miss_rows[i].bit) != 0 ? miss_rows[i].weight : 0;
    weight += d->host == HOST_NEAR ? PER_EDIT * (unsigned)d->distance : 0;
    return weight + host_rows[d->host].weight;
}

/** How many of scheme, port and host differ. */
static size_t meanings(const struct origin_diff *d)
{
    size_t n = 0;

    for (unsigned bit = MISS_PORT_MISSING; bit <= MISS_HOST; bit <<= 1)
        n += (d->misses & bit) != 0 ? 1 : 0;
    return n;
}

/** Name what is wrong with an entry. */
static struct candidate judge_entry(const struct origin_case *o, const char *entry, size_t index,
                                    struct origin_diff d)
{
    struct candidate c = {MISTAKE_NONE, CERTAIN, entry, index, d};

    if (d.host == HOST_NEAR && (d.misses & MISS_NOT_ASCII) != 0 && meanings(&d) == 1) {
        c.mistake = MISTAKE_ENTRY_NOT_ASCII; /* it looks like the right one */
        return c;
    }
    if (d.host != HOST_SAME) {
        struct origin_spelling listed = {.odd = 0};
        (void)origin_spell(slice_of(entry), &listed);
        c.mistake = host_rows[d.host].mistake;
        c.certainty = host_rows[d.host].certainty;
        if (d.host == HOST_SIBLING &&
            are_known(o->f->situation->config, listed.host, o->wanted.host))
            c.certainty = LIKELY;
    }
    for (size_t i = 0; c.mistake == MISTAKE_NONE && i < COUNT(miss_rows); i++)
        if ((d.misses & miss_rows[i].bit) != 0)
            c.mistake = miss_rows[i].mistake;
    if (d.host == HOST_SAME && meanings(&d) > 0)
        c.certainty = LIKELY;
    if (meanings(&d) > 1 || (d.host == HOST_NEAR && d.distance > 1))
        c.certainty = POSSIBLE;
    return c;
}

static void add(struct origin_case *o, struct candidate c)
{
    size_t i = 0;

    if (o->n == CANDIDATES_MAX)
        return;
    for (i = o->n++; i > 0 && o->at[i - 1].certainty > c.certainty; i--)
        o->at[i] = o->at[i - 1];
    o->at[i] = c;
}

/** The entry of the list that is nearest to the Origin, if any is near. */
static bool find_nearest(struct origin_case *o, struct candidate *ret)
{
    unsigned best = WEIGHT_NO_MORE;
    struct origin_diff d;
    size_t index = 0;

    for (const char *e = policy_next_origin(o->policy, NULL); e != NULL;
         e = policy_next_origin(o->policy, e)) {
        index++;
        if (!origin_compare(slice_of(e), o->origin, &o->wanted, &d))
            continue;
        correct_host(o, e, &d);
        unsigned weight = weigh(&d);
        if (weight >= best)
            continue;
        best = weight;
        *ret = judge_entry(o, e, index, d);
    }
    return best < WEIGHT_NO_MORE;
}

/* ---- elsewhere ---- */

size_t next_node_listing(const struct findings *f, size_t after)
{
    const struct question *q = f->question;
    size_t n = config_all_nodes(f->situation->config);

    for (size_t i = after + 1; i < n; i++) {
        const struct policy *p = situation_configured(f->situation, i, q->service);
        if (i != q->node && p != NULL && policy_find_origin(p, origin_of(f)) != NULL)
            return i;
    }
    return n;
}

static void look_elsewhere(struct origin_case *o)
{
    const struct findings *f = o->f;
    const struct question *q = f->question;
    size_t n = config_all_nodes(f->situation->config);

    if (next_node_listing(f, NODE_FIRST) < n)
        add(o, (struct candidate){.mistake = MISTAKE_OTHER_NODE, .certainty = CERTAIN});
    if (q->service == SERVICE_FINESSE)
        return;
    bool is_live_data = q->service == SERVICE_LIVE_DATA;
    const struct policy *other = situation_configured(
        f->situation, q->node, is_live_data ? SERVICE_CUIC : SERVICE_LIVE_DATA);
    if (other != NULL && policy_find_origin(other, o->origin) != NULL)
        add(o,
            (struct candidate){.mistake = is_live_data ? MISTAKE_CUIC_ONLY : MISTAKE_LIVE_DATA_ONLY,
                               .certainty = CERTAIN});
}

/** Words that names of reverse proxies are made of. */
static bool is_proxy_name(const char *host, enum certainty *ret)
{
    static const char *const word[] = {"rp",  "rproxy", "vpnless",  "gateway", "gw",  "dmz",
                                       "waf", "lb",     "external", "ext",     "edge"};

    *ret = LIKELY;
    if (strstr(host, "proxy") != NULL)
        return true;
    *ret = POSSIBLE;
    for (size_t at = 0; host[at] != '\0';) {
        size_t n = strcspn(host + at, ".-");
        for (size_t i = 0; i < COUNT(word); i++)
            if (slice_is((struct slice){host + at, n}, word[i]))
                return true;
        at += n + (host[at + n] == '\0' ? 0 : 1);
    }
    return false;
}

static void look_at_name(struct origin_case *o)
{
    const struct findings *f = o->f;
    const char *own = f->situation->config->nodes[f->question->node].hostname;
    enum certainty c = POSSIBLE;

    if (strcmp(o->wanted.host, own) == 0)
        add(o, (struct candidate){.mistake = MISTAKE_OWN_NAME, .certainty = CERTAIN});
    else if (is_proxy_name(o->wanted.host, &c))
        add(o, (struct candidate){.mistake = MISTAKE_REVERSE_PROXY, .certainty = c});
}

/* ---- all of it ---- */

/** Would the list be too long with the Origin in it? */
static bool is_full(const struct origin_case *o, const char *deleted)
{
    size_t max = policy_origins_max(o->f->question->service);
    size_t n = o->origin.n;

    for (const char *e = policy_next_origin(o->policy, NULL); e != NULL;
         e = policy_next_origin(o->policy, e))
        n += e == deleted ? 0 : strlen(e) + 1;
    return max > 0 && n > max;
}

/** Entries that can never match are in the way of whoever reads the list. */
static bool is_to_be_deleted(const struct candidate *c)
{
    return c->entry != NULL && c->mistake != MISTAKE_ENTRY_SEVERAL &&
           (meanings(&c->diff) == 0 || c->mistake == MISTAKE_ENTRY_NOT_ASCII);
}

static void tell(const struct origin_case *o, const struct candidate *c, bool is_needed)
{
    struct findings *f = o->f;
    struct diagnosis *d = findings_add(f, c->mistake, c->certainty, is_needed);
    struct step s = {.node = f->question->node, .service = f->question->service};

    d->entry = c->entry;
    d->diff = c->diff;
    if (is_full(o, is_to_be_deleted(c) ? c->entry : NULL))
        return;
    if (is_to_be_deleted(c)) {
        s.kind = STEP_DELETE;
        s.entry = c->entry;
        s.index = c->index;
        step_add(d, s);
    }
    step_add(d, (struct step){STEP_ADD, s.node, s.service, NULL, 0, NULL});
    step_add_restart(f, d);
}

static void explain_not_listed(struct origin_case *o)
{
    struct candidate nearest;
    bool is_empty = policy_next_origin(o->policy, NULL) == NULL;

    /* In this order, those that are equally certain. */
    bool has_nearest = find_nearest(o, &nearest);
    if (has_nearest && nearest.certainty == CERTAIN)
        add(o, nearest);
    look_elsewhere(o);
    if (has_nearest && nearest.certainty != CERTAIN)
        add(o, nearest);
    look_at_name(o);
    if (o->n == 0)
        add(o, (struct candidate){.mistake = is_empty ? MISTAKE_LIST_EMPTY : MISTAKE_NOT_LISTED,
                                  .certainty = CERTAIN});
    bool is_too_long = is_full(o, is_to_be_deleted(&o->at[0]) ? o->at[0].entry : NULL);
    if (is_too_long)
        (void)findings_add(o->f, MISTAKE_LIST_FULL, CERTAIN, true);
    for (size_t i = 0; i < o->n && i < SHOWN_MAX; i++)
        tell(o, &o->at[i], i == 0 && !is_too_long);
}

void diagnose_origin(struct findings *f, enum cors_reason reason)
{
    struct origin_case o = {.f = f, .origin = origin_of(f)};
    bool is_spelt = origin_spell(o.origin, &o.wanted);
    enum mistake m = MISTAKE_ORIGIN_MALFORMED;

    o.policy = policy_of(f);
    if (reason == REASON_ORIGIN_EMPTY)
        m = MISTAKE_ORIGIN_EMPTY;
    else if (reason == REASON_ORIGIN_NULL)
        m = MISTAKE_ORIGIN_NULL;
    else if (reason == REASON_ORIGIN_NOT_LISTED)
        m = judge_form(o.origin, is_spelt ? &o.wanted : NULL);
    if (m == MISTAKE_NONE)
        explain_not_listed(&o);
    else
        findings_add(f, m, CERTAIN, true)->diff.misses = is_spelt ? o.wanted.odd : 0;
}
