#include "dataset.h"

#include <stdlib.h>
#include <string.h>

struct datasets {
    struct dataset one[DATASETS_MAX]; /* id[0] 0: empty */
    size_t bytes;
    unsigned long long uses;
};

struct datasets *datasets_new(void)
{
    return calloc(1, sizeof(struct datasets));
}

static void forget(struct datasets *s, struct dataset *one)
{
    s->bytes -= one->n_text;
    free(one->text);
    memset(one, 0, sizeof *one);
}

void datasets_free(struct datasets *s)
{
    for (size_t i = 0; s != NULL && i < DATASETS_MAX; i++)
        free(s->one[i].text);
    free(s);
}

static bool is_empty(const struct dataset *one)
{
    return one->id[0] == '\0';
}

/** The one that was used least lately; NULL for none. @param has_text  of those with rows alone */
static struct dataset *oldest(struct datasets *s, bool has_text)
{
    struct dataset *old = NULL;

    for (size_t i = 0; i < DATASETS_MAX; i++) {
        struct dataset *one = &s->one[i];
        if (!is_empty(one) && (one->text != NULL || !has_text) &&
            (old == NULL || one->use < old->use))
            old = one;
    }
    return old;
}

void datasets_add(struct datasets *s, const struct dataset *add)
{
    struct dataset *place = NULL;

    for (size_t i = 0; i < DATASETS_MAX; i++) {
        struct dataset *one = &s->one[i];
        if (!is_empty(one) && add->last_ms - one->last_ms > DATASET_IDLE_MS)
            forget(s, one);
        if (place == NULL && is_empty(one))
            place = one;
    }
    if (place == NULL) {
        place = oldest(s, false);
        forget(s, place);
    }
    *place = *add;
    place->use = ++s->uses;
}

struct dataset *datasets_find(struct datasets *s, size_t node, const char *login, struct slice id,
                              long long now_ms)
{
    for (size_t i = 0; i < DATASETS_MAX; i++) {
        struct dataset *one = &s->one[i];
        if (is_empty(one) || !slice_is(id, one->id) || one->node != node ||
            strcmp(one->login, login) != 0)
            continue;
        if (now_ms - one->last_ms > DATASET_IDLE_MS)
            return NULL;
        one->last_ms = now_ms;
        one->use = ++s->uses;
        return one;
    }
    return NULL;
}

enum err datasets_finish(struct datasets *s, struct dataset *one, char *text, size_t n)
{
    if (n > DATASETS_BYTES)
        return ERR_LIMIT;
    while (s->bytes + n > DATASETS_BYTES) /* `one` alone would fit: there are others */
        forget(s, oldest(s, true));
    s->bytes += n;
    one->text = text;
    one->n_text = n;
    return ERR_OK;
}
