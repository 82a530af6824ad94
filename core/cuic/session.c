#include "session.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An id is looked for in one group, which its hash picks: nothing has to be linked or moved. Ids
 * are random, so groups fill alike. */
#define WAYS   8
#define GROUPS (SESSIONS_MAX / WAYS)

struct sessions {
    struct session group[GROUPS][WAYS]; /* begin_ms and id[0] 0: empty */
};

struct sessions *sessions_new(void)
{
    return calloc(1, sizeof(struct sessions));
}

void sessions_free(struct sessions *s)
{
    free(s);
}

/** FNV-1a. */
static size_t group_of(const char *id)
{
    uint32_t hash = 2166136261U;

    for (; *id != '\0'; id++)
        hash = (hash ^ (unsigned char)*id) * 16777619U;
    return hash % GROUPS;
}

static bool is_over(const struct session *one, long long now_ms)
{
    return one->id[0] == '\0' || now_ms - one->last_ms > SESSION_IDLE_MS;
}

void sessions_add(struct sessions *s, const struct session *add)
{
    struct session *group = s->group[group_of(add->id)];
    struct session *place = &group[0];

    for (size_t i = 0; i < WAYS; i++) {
        if (group[i].id[0] == '\0') {
            place = &group[i];
            break;
        }
        if (group[i].last_ms < place->last_ms)
            place = &group[i];
    }
    *place = *add;
}

/** In the same time wherever they differ. */
static bool is_same(const char *a, const char *b)
{
    unsigned char differs = 0;

    for (size_t i = 0; i < SESSION_ID; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return differs == 0;
}

/** Whether it is over or not. */
static struct session *find(struct sessions *s, size_t node, struct slice id)
{
    char text[SESSION_ID] = {0};

    if (id.n != SESSION_ID - 1)
        return NULL;
    memcpy(text, id.at, id.n);
    struct session *group = s->group[group_of(text)];
    for (size_t i = 0; i < WAYS; i++)
        if (group[i].id[0] != '\0' && group[i].node == node && is_same(group[i].id, text))
            return &group[i];
    return NULL;
}

const struct session *sessions_find(struct sessions *s, size_t node, struct slice id,
                                    long long now_ms)
{
    struct session *one = find(s, node, id);

    if (one == NULL || is_over(one, now_ms))
        return NULL;
    one->last_ms = now_ms;
    return one;
}

void sessions_remove(struct sessions *s, size_t node, struct slice id)
{
    struct session *one = find(s, node, id);

    if (one != NULL)
        *one = (struct session){.id = ""};
}

void sessions_each(const struct sessions *s, long long now_ms,
                   void (*each)(void *arg, const struct session *one), void *arg)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < WAYS; i++)
            if (!is_over(&s->group[g][i], now_ms))
                each(arg, &s->group[g][i]);
}
