#include "filter.h"

#include <string.h>

#define SHOWN_MAX 64 /* bytes of untrusted text in a message */

/** What one value is read with, and what it has chosen so far. */
struct reading {
    const struct centre *centre;
    const char *login;
    enum centre_kind kind;
    unsigned char *chosen;
    struct diag *why;
    unsigned n; /* values so far */
};

void filter_init(struct filter *f, enum centre_kind kind)
{
    f->kind = kind;
    memset(f->bits, 0xff, sizeof f->bits);
}

bool filter_has(const struct filter *f, size_t index)
{
    return (f->bits[index / 8] & (1U << (index % 8))) != 0;
}

/* ---- choosing ---- */

static void choose(const struct reading *r, size_t index)
{
    r->chosen[index / 8] |= (unsigned char)(1U << (index % 8));
}

static enum err not_found(const struct reading *r, const char *what, struct slice text)
{
    char shown[SHOWN_MAX];

    diag_set(r->why, 0, "%s '%s'", what, text_copy_defused(shown, sizeof shown, text));
    return ERR_NOTFOUND;
}

/** "loginId" as the guides write it for Live Data, "~loginId~" for historical gadgets. */
static bool is_placeholder(struct slice text, const char *live, const char *historical)
{
    return slice_is(text, live) || slice_is(text, historical);
}

/** The login that asks, for a placeholder that stands for it. */
static enum err find_asker(const struct reading *r, struct slice placeholder, size_t *ret)
{
    if (r->login[0] != '\0' && centre_find_login(r->centre, slice_of(r->login), ret))
        return ERR_OK;
    return not_found(r, "the login does not say which agent asks, so nothing is known of",
                     placeholder);
}

static enum err find_team(const struct reading *r, struct slice name, size_t *ret)
{
    size_t asker = 0;

    if (is_placeholder(name, "teamName", "~teams~")) {
        enum err e = find_asker(r, name, &asker);
        if (e == ERR_OK)
            *ret = centre_agent(r->centre, asker)->team;
        return e;
    }
    for (size_t i = 0; i < centre_count(r->centre, CENTRE_TEAM); i++)
        if (slice_is_nocase(name, centre_team(r->centre, i)->name)) {
            *ret = i;
            return ERR_OK;
        }
    return not_found(r, "no team is called", name);
}

/** What belongs to a team: its agents, or what they serve. */
static void choose_of_team(const struct reading *r, size_t index)
{
    const struct team *t = centre_team(r->centre, index);

    if (r->kind == CENTRE_TEAM)
        choose(r, index);
    for (size_t i = t->first; i < t->first + t->n; i++) {
        const struct agent *a = centre_agent(r->centre, i);
        if (r->kind == CENTRE_AGENT)
            choose(r, i);
        else if (r->kind == CENTRE_SKILL_GROUP)
            choose(r, a->skill_group);
        else if (r->kind == CENTRE_QUEUE)
            choose(r, a->queue);
    }
}

/* ---- values ---- */

static enum err choose_one(struct reading *r, struct slice key)
{
    unsigned long id = 0;
    size_t index = 0;
    enum err e = ERR_OK;

    if (key.n == 0) {
        diag_set(r->why, 0, "a filter without a value; write CL for all");
        return ERR_SYNTAX;
    }
    if (r->n++ == FILTER_VALUES_MAX) {
        diag_set(r->why, 0, "more than %d values in one filter", FILTER_VALUES_MAX);
        return ERR_LIMIT;
    }
    if (r->kind == CENTRE_AGENT && is_placeholder(key, "loginId", "~loginId~"))
        e = find_asker(r, key, &index);
    else if (text_to_ulong(key, 1, UINT32_MAX, &id) == ERR_OK) {
        if (!centre_find(r->centre, r->kind, (unsigned)id, &index))
            e = not_found(r, "there is no id", key);
    } else if (r->kind != CENTRE_AGENT || !centre_find_login(r->centre, key, &index)) {
        e = not_found(r, "there is no id or login", key);
    }
    if (e == ERR_OK)
        choose(r, index);
    return e;
}

static enum err choose_list(struct reading *r, struct slice text)
{
    enum err e = ERR_OK;
    const char *comma = NULL;

    do {
        comma = text.n == 0 ? NULL : memchr(text.at, ',', text.n);
        size_t n = comma == NULL ? text.n : (size_t)(comma - text.at);
        e = choose_one(r, slice_trim((struct slice){text.at, n}));
        if (comma != NULL)
            text = (struct slice){comma + 1, text.n - n - 1};
    } while (e == ERR_OK && comma != NULL);
    return e;
}

/** Take a word off the front that ends with the text or a blank. */
static bool take_word(struct slice *text, const char *word)
{
    size_t n = strlen(word);

    if (text->n < n || memcmp(text->at, word, n) != 0 || (text->n > n && text->at[n] != ' '))
        return false;
    *text = slice_trim((struct slice){text->at + n, text->n - n});
    return true;
}

static enum err choose_value(struct reading *r, struct slice value)
{
    size_t team = 0;

    value = slice_trim(value);
    if (!take_word(&value, "CL")) {
        (void)take_word(&value, "VL");
        return choose_list(r, value);
    }
    if (value.n == 0) {
        for (size_t i = 0; i < centre_count(r->centre, r->kind); i++)
            choose(r, i);
        return ERR_OK;
    }
    enum err e = find_team(r, value, &team);
    if (e == ERR_OK)
        choose_of_team(r, team);
    return e;
}

/** The one media routing domain is 1, and everybody is in it. */
static enum err choose_domain(struct reading *r, struct slice value)
{
    unsigned long id = 0;

    value = slice_trim(value);
    bool is_all = take_word(&value, "CL") && value.n == 0;
    if (!is_all && text_to_ulong(value, 0, UINT32_MAX, &id) != ERR_OK)
        return not_found(r, "no media routing domain has the id", value);
    for (size_t i = 0; (is_all || id == 1) && i < centre_count(r->centre, r->kind); i++)
        choose(r, i);
    return ERR_OK;
}

/** The centre keeps no history: whatever the time, all of it counts. */
static enum err choose_time(struct reading *r, struct slice value)
{
    (void)value;
    for (size_t i = 0; i < centre_count(r->centre, r->kind); i++)
        choose(r, i);
    return ERR_OK;
}

/* ---- keys ---- */

static const struct key {
    const char *name;
    enum centre_kind kind; /* of the rows it may choose */
    bool is_any_kind;
    enum err (*choose)(struct reading *r, struct slice value);
} keys[] = {
    {"agent.id", CENTRE_AGENT, false, choose_value},
    {"agentStats.id", CENTRE_AGENT, false, choose_value},
    {"@agent.id", CENTRE_AGENT, false, choose_value},
    {"@agent_list", CENTRE_AGENT, false, choose_value},
    {"agent.agentMRDs.mrDomainID", CENTRE_AGENT, false, choose_domain},
    {"agentTeam.id", CENTRE_TEAM, false, choose_value}, /* ours */
    {"skillGroup.id", CENTRE_SKILL_GROUP, false, choose_value},
    {"precisionQueue.id", CENTRE_QUEUE, false, choose_value},
    {"@start_date", CENTRE_AGENT, true, choose_time},
    {"@end_date", CENTRE_AGENT, true, choose_time},
};

static const struct key *find_key(enum centre_kind kind, struct slice name)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if ((keys[i].is_any_kind || keys[i].kind == kind) && slice_is(name, keys[i].name))
            return &keys[i];
    return NULL;
}

enum err filter_apply(struct filter *f, const struct centre *c, const char *login, struct slice key,
                      const struct slice *values, size_t n, struct diag *why)
{
    unsigned char chosen[sizeof f->bits] = {0};
    struct reading r = {c, login, f->kind, chosen, why, 0};
    const struct key *k = find_key(f->kind, key);

    if (k == NULL)
        return not_found(&r, "this report has no filter", key);
    if (n == 0)
        return choose_one(&r, (struct slice){NULL, 0});
    for (size_t i = 0; i < n; i++) {
        enum err e = k->choose(&r, values[i]);
        if (e != ERR_OK)
            return e;
    }
    for (size_t i = 0; i < sizeof f->bits; i++)
        f->bits[i] &= chosen[i];
    return ERR_OK;
}
