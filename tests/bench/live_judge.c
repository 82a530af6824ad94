#include "live_judge.h"

#include <stdlib.h>
#include <string.h>

static bool has(const uint8_t *bits, uint32_t key)
{
    return ((unsigned)bits[key / 8] >> (key % 8) & 1U) != 0;
}

static bool set(uint8_t *bits, uint32_t key)
{
    bool was = has(bits, key);

    bits[key / 8] |= (uint8_t)(1U << (key % 8));
    return !was;
}

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

/* ---- streams ---- */

void judge_want(struct judge_stream *s, uint32_t key)
{
    s->n_wanted += set(s->wanted, key) ? 1 : 0;
}

void judge_add(struct judge_stream *s, struct judge_message m)
{
    if (s->n == s->room) {
        s->room = s->room == 0 ? 64 : s->room * 2;
        s->message = must(realloc(s->message, s->room * sizeof *s->message));
    }
    s->message[s->n++] = m;
    if (has(s->wanted, m.key) && set(s->seen, m.key) && ++s->n_seen == s->n_wanted)
        s->live = s->n;
}

void judge_clear(struct judge_stream *s)
{
    free(s->message);
    memset(s, 0, sizeof *s);
}

bool judge_is_live(const struct judge_stream *s)
{
    return s->n_wanted > 0 && s->n_seen == s->n_wanted;
}

/* ---- packets ---- */

/** Pass over a text. */
static bool take(const char **at, const char *end, const char *text)
{
    size_t n = strlen(text);

    if ((size_t)(end - *at) < n || memcmp(*at, text, n) != 0)
        return false;
    *at += n;
    return true;
}

static uint64_t hash_of(const char *text, size_t n)
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211U;
    return hash;
}

bool judge_read(const char *text, size_t n, struct judge_message *ret)
{
    static const char *const member[] = {[JUDGE_AGENT] = "agent\"",
                                         [JUDGE_TEAM] = "agentTeam\"",
                                         [JUDGE_SKILL_GROUP] = "skillGroup\"",
                                         [JUDGE_QUEUE] = "precisionQueue\""};
    const char *at = text;
    const char *end = text + n;
    unsigned id = 0;

    if (!take(&at, end, "42[\"message\",{\"id\":\""))
        return false;
    for (; at < end && *at >= '0' && *at <= '9' && id < JUDGE_IDS; at++)
        id = id * 10 + (unsigned)(*at - '0');
    if (id >= JUDGE_IDS || !take(&at, end, "\",\"operation\":\"update\",\""))
        return false;
    for (int kind = 0; kind < 4; kind++)
        if (take(&at, end, member[kind])) {
            *ret = (struct judge_message){hash_of(text, n), judge_key((enum judge_kind)kind, id)};
            return true;
        }
    return false;
}

/* ---- sorted hashes, with where they stand ---- */

struct place {
    uint64_t hash;
    size_t at;
};

static int by_hash(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static struct place *sorted(const uint64_t *hash, size_t n)
{
    struct place *p = must(calloc(n + 1, sizeof *p));

    for (size_t i = 0; i < n; i++)
        p[i] = (struct place){hash[i], i};
    qsort(p, n, sizeof *p, by_hash);
    return p;
}

/** The end of the run of equal hashes that begins at i. */
static size_t run_end(const struct place *p, size_t n, size_t i)
{
    size_t end = i + 1;

    while (end < n && p[end].hash == p[i].hash)
        end++;
    return end;
}

/* ---- comparing ---- */

/** Where in `a` that of `b` begins. Of what stands once in each, the first in `a` and the first in
 * `b` are at the same place, in whatever order they came. False: nothing stands once in each. */
static bool find_begin(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, size_t *ret)
{
    struct place *in_a = sorted(a, n_a);
    struct place *in_b = sorted(b, n_b);
    size_t i = 0;
    size_t first_a = SIZE_MAX;
    size_t first_b = SIZE_MAX;

    for (size_t k = 0; k < n_b; k = run_end(in_b, n_b, k)) {
        while (i < n_a && in_a[i].hash < in_b[k].hash)
            i++;
        if (i == n_a || in_a[i].hash != in_b[k].hash || run_end(in_a, n_a, i) > i + 1 ||
            run_end(in_b, n_b, k) > k + 1)
            continue;
        first_a = in_a[i].at < first_a ? in_a[i].at : first_a;
        first_b = in_b[k].at < first_b ? in_b[k].at : first_b;
    }
    free(in_a);
    free(in_b);
    if (first_a == SIZE_MAX)
        return false;
    *ret = first_a > first_b ? first_a - first_b : 0;
    return true;
}

/** Keep of `hash` those that are marked; how many. */
static size_t keep(const uint64_t *hash, const bool *is_kept, size_t n, uint64_t *to)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (is_kept[i])
            to[kept++] = hash[i];
    return kept;
}

/** Mark on both sides what the other one has too, as often as that; of equal ones the first. */
static void mark_common(const uint64_t *a, size_t n_a, bool *in_a, const uint64_t *b, size_t n_b,
                        bool *in_b)
{
    struct place *x = sorted(a, n_a);
    struct place *y = sorted(b, n_b);

    for (size_t i = 0, k = 0; i < n_a && k < n_b;) {
        if (x[i].hash < y[k].hash) {
            i++;
        } else if (x[i].hash > y[k].hash) {
            k++;
        } else {
            in_a[x[i++].at] = true;
            in_b[y[k++].at] = true;
        }
    }
    free(x);
    free(y);
}

/** They differ: how? */
static void tell(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b,
                 struct judge_verdict *v)
{
    bool *in_a = must(calloc(n_a + 1, sizeof *in_a));
    bool *in_b = must(calloc(n_b + 1, sizeof *in_b));
    uint64_t *left = must(calloc(n_a + 1, sizeof *left));
    uint64_t *right = must(calloc(n_b + 1, sizeof *right));

    mark_common(a, n_a, in_a, b, n_b, in_b);
    size_t n = keep(a, in_a, n_a, left);
    (void)keep(b, in_b, n_b, right);
    v->lost += n_a - n;
    v->extra += n_b - n;
    for (size_t i = 0; i < n; i++)
        v->reordered += left[i] != right[i] ? 1 : 0;
    free(in_a);
    free(in_b);
    free(left);
    free(right);
}

/** The hashes of what `wanted` names, from a place on. */
static uint64_t *hashes(const struct judge_stream *s, size_t from, const uint8_t *wanted,
                        size_t *ret_n)
{
    uint64_t *hash = must(calloc(s->n - from + 1, sizeof *hash));
    size_t n = 0;

    for (size_t i = from; i < s->n; i++)
        if (has(wanted, s->message[i].key))
            hash[n++] = s->message[i].hash;
    *ret_n = n;
    return hash;
}

struct judge_verdict judge_compare(const struct judge_stream *witness, const struct judge_stream *s)
{
    struct judge_verdict v = {.is_comparable = false};
    size_t n_a = 0;
    size_t n_b = 0;
    size_t begin = 0;

    if (!judge_is_live(s))
        return v;
    uint64_t *a = hashes(witness, 0, s->wanted, &n_a);
    uint64_t *b = hashes(s, s->live, s->wanted, &n_b);
    v.compared = n_b;
    v.extra = s->n - s->live - n_b;
    v.is_comparable = find_begin(a, n_a, b, n_b, &begin);
    n_a = v.is_comparable ? n_a - begin : 0;
    if (v.is_comparable && (n_a != n_b || memcmp(a + begin, b, n_b * sizeof *b) != 0))
        tell(a + begin, n_a, b, n_b, &v);
    free(a);
    free(b);
    return v;
}
