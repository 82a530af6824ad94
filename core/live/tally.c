#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"

#define FILE_MODE 0644
#define WAIT_MS   10000 /* for another one who reads or writes, and needs far less unless stopped */

/* Bytes of the file that stand for a lock; what is in them does not matter. POSIX record locks
 * belong to the process, and end with it. */
enum lock {
    LOCK_LEASE,  /* held by the server as long as it lives */
    LOCK_CONTENT /* held by whoever reads or writes at this moment */
};

struct tally {
    const struct config *config;
    char *path;
    int fd;
};

static struct flock byte_of(enum lock lock, short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = lock, .l_len = 1};
}

/** Never waits. @return whether it is ours now */
static bool take(int fd, enum lock lock, short type)
{
    struct flock f = byte_of(lock, type);

    return fcntl(fd, F_SETLK, &f) == 0;
}

/** The same for a moment that must come soon. */
static bool await(int fd, enum lock lock, short type)
{
    static const struct timespec moment = {.tv_nsec = 1000000};

    for (unsigned i = 0; i < WAIT_MS; i++) {
        if (take(fd, lock, type))
            return true;
        (void)nanosleep(&moment, NULL);
    }
    return false;
}

static void give(int fd, enum lock lock)
{
    struct flock f = byte_of(lock, F_UNLCK);

    (void)fcntl(fd, F_SETLK, &f);
}

static enum err fail(enum err e, const char *path, const char *what, struct diag *why)
{
    diag_set(why, 0, "%s: %s", path, what);
    return e;
}

/* ---- the server ---- */

static json_t *to_json(const struct config *c, const struct tally_count *count)
{
    json_t *all = json_object();

    for (size_t i = 0; i < c->n_nodes; i++) {
        json_t *one = json_pack("{s:i, s:i}", "clients", (int)count[i].clients, "polling",
                                (int)count[i].polling);
        if (json_object_set_new(all, c->nodes[i].name, one) != 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

/** With the lock on the content. A file that could not be written whole is left empty. */
static enum err put(struct tally *t, const struct tally_count *count, struct diag *why)
{
    json_t *all = to_json(t->config, count);

    if (all == NULL)
        return fail(ERR_NOMEM, t->path, "out of memory", why);
    bool is_put = ftruncate(t->fd, 0) == 0 && lseek(t->fd, 0, SEEK_SET) == 0 &&
                  json_dumpfd(all, t->fd, JSON_COMPACT) == 0;
    int error = errno;
    json_decref(all);
    if (is_put)
        return ERR_OK;
    if (ftruncate(t->fd, 0) != 0)
        error = errno;
    return fail(ERR_IO, t->path, strerror(error), why);
}

enum err tally_write(struct tally *t, const struct tally_count *count, struct diag *why)
{
    if (!take(t->fd, LOCK_CONTENT, F_WRLCK))
        return fail(ERR_BUSY, t->path, "somebody reads it", why);
    enum err e = put(t, count, why);
    give(t->fd, LOCK_CONTENT);
    return e;
}

/** Take the lease, and forget what the last server left before anybody sees it under ours. */
static enum err begin(struct tally *t, const struct tally_count *nobody, struct diag *why)
{
    t->fd = open(t->path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (t->fd < 0)
        return fail(ERR_IO, t->path, strerror(errno), why);
    if (!await(t->fd, LOCK_CONTENT, F_WRLCK))
        return fail(ERR_BUSY, t->path, "it stays locked by another program", why);
    enum err e = ERR_OK;
    if (take(t->fd, LOCK_LEASE, F_WRLCK))
        e = put(t, nobody, why);
    else
        e = fail(ERR_BUSY, t->path, "another server counts its clients there", why);
    give(t->fd, LOCK_CONTENT);
    return e;
}

enum err tally_open(const struct config *c, struct tally **ret, struct diag *why)
{
    struct tally *t = calloc(1, sizeof *t);
    struct tally_count *nobody = calloc(c->n_nodes, sizeof *nobody);
    enum err e = ERR_NOMEM;

    if (t != NULL)
        *t = (struct tally){c, config_state_path(c, TALLY_FILE), -1};
    if (t != NULL && t->path != NULL && nobody != NULL)
        e = begin(t, nobody, why);
    else
        diag_set(why, 0, "out of memory");
    free(nobody);
    if (e != ERR_OK) {
        tally_close(t);
        return e;
    }
    *ret = t;
    return ERR_OK;
}

void tally_close(struct tally *t)
{
    if (t == NULL)
        return;
    if (t->fd >= 0)
        (void)close(t->fd);
    free(t->path);
    free(t);
}

/* ---- the shell ---- */

static enum err look_up(const json_t *all, const char *path, const struct node *node,
                        struct tally_count *ret, struct diag *why)
{
    const json_t *one = json_object_get(all, node->name);
    json_int_t clients = json_integer_value(json_object_get(one, "clients"));
    json_int_t polling = json_integer_value(json_object_get(one, "polling"));

    if (one == NULL) /* the server was started with another configuration */
        return fail(ERR_NOTFOUND, path, "the node is not in it", why);
    if (clients < 0 || clients > UINT_MAX || polling < 0 || polling > clients)
        return fail(ERR_CORRUPT, path, "not written by cuicsim", why);
    *ret = (struct tally_count){(unsigned)clients, (unsigned)polling};
    return ERR_OK;
}

static enum err read_file(int fd, const char *path, const struct node *node,
                          struct tally_count *ret, struct diag *why)
{
    struct flock lease = byte_of(LOCK_LEASE, F_RDLCK);

    if (!await(fd, LOCK_CONTENT, F_RDLCK))
        return fail(ERR_BUSY, path, "it stays locked by another program", why);
    if (fcntl(fd, F_GETLK, &lease) != 0)
        return fail(ERR_IO, path, strerror(errno), why);
    if (lease.l_type == F_UNLCK)
        return fail(ERR_NOTFOUND, path, "no server runs", why);
    if (lseek(fd, 0, SEEK_END) == 0) /* no room on the disk for it */
        return fail(ERR_NOTFOUND, path, "the server could not write it", why);
    (void)lseek(fd, 0, SEEK_SET);
    json_t *all = json_loadfd(fd, 0, NULL);
    enum err e = all == NULL ? fail(ERR_CORRUPT, path, "not written by cuicsim", why)
                             : look_up(all, path, node, ret, why);
    json_decref(all);
    return e;
}

enum err tally_read(const struct config *c, const struct node *node, struct tally_count *ret,
                    struct diag *why)
{
    auto_text *path = config_state_path(c, TALLY_FILE);

    if (path == NULL)
        return fail(ERR_NOMEM, TALLY_FILE, "out of memory", why);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(errno == ENOENT ? ERR_NOTFOUND : ERR_IO, path, strerror(errno), why);
    enum err e = read_file(fd, path, node, ret, why);
    (void)close(fd); /* and no lock is ours any more */
    return e;
}
