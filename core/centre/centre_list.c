#include "centre_inside.h"

void list_append(struct list *l, struct link *links, uint32_t i)
{
    links[i] = (struct link){.before = l->last, .behind = NOBODY};
    if (l->last == NOBODY)
        l->first = i;
    else
        links[l->last].behind = i;
    l->last = i;
}

void list_remove(struct list *l, struct link *links, uint32_t i)
{
    struct link at = links[i];

    if (at.before == NOBODY)
        l->first = at.behind;
    else
        links[at.before].behind = at.behind;
    if (at.behind == NOBODY)
        l->last = at.before;
    else
        links[at.behind].before = at.before;
}
