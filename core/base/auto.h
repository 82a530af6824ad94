#ifndef CUICSIM_BASE_AUTO_H
#define CUICSIM_BASE_AUTO_H

#include <stdlib.h>

/** A char * that is freed when it goes out of scope; hand it over with take_ptr(&p). */
static inline void auto_free_text(char **p)
{
    free(*p);
}
#define auto_text __attribute__((cleanup(auto_free_text))) char

static inline void *take_ptr_(void **p)
{
    void *taken = *p;
    *p = NULL;
    return taken;
}
#define take_ptr(pp) ((__typeof__(*(pp)))take_ptr_((void **)(pp)))

#endif
