#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/buf.h"
#include "config.h"

#define PATH_MAX_BYTES 4096

/** config/cuicsim.conf of the tree that this program was built in; NULL when there is none. */
static char *beside_build(void)
{
    char exe[PATH_MAX_BYTES];
    struct buf path;
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    if (n <= 0)
        return NULL;
    exe[n] = '\0';
    for (int up = 0; up < 2; up++) { /* the program's name, then the build folder's */
        char *slash = strrchr(exe, '/');
        if (slash == NULL)
            return NULL;
        *slash = '\0';
    }
    buf_init(&path, PATH_MAX_BYTES);
    (void)buf_printf(&path, "%s/config/cuicsim.conf", exe);
    char *found = buf_take(&path);
    if (found != NULL && access(found, F_OK) != 0) {
        free(found);
        return NULL;
    }
    return found;
}

enum err config_find(const char *option, char **ret, struct diag *why)
{
    static const char installed[] = "/etc/cuicsim/cuicsim.conf";
    const char *given = option != NULL ? option : getenv("CUICSIM_CONFIG");
    auto_text *found = NULL;

    if (given != NULL && given[0] != '\0')
        found = strdup(given);
    else if ((found = beside_build()) == NULL && access(installed, F_OK) == 0)
        found = strdup(installed);
    if (found == NULL) {
        diag_set(why, 0, "no configuration: name one with -c FILE or CUICSIM_CONFIG, or install %s",
                 installed);
        return ERR_NOTFOUND;
    }
    *ret = take_ptr(&found);
    return ERR_OK;
}

char *config_state_path(const struct config *c, const char *file)
{
    struct buf path;

    buf_init(&path, PATH_MAX_BYTES);
    (void)buf_printf(&path, "%s/%s", c->state_dir, file);
    return buf_take(&path);
}
