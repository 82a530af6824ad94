#include "gadget_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_MAX 255 /* bytes of a name */

static bool is_part(struct slice part)
{
    if (part.n == 0 || part.n > PART_MAX || part.at[0] == '.')
        return false;
    for (size_t i = 0; i < part.n; i++)
        if ((unsigned char)part.at[i] < ' ' || part.at[i] == 0x7f || part.at[i] == '\\')
            return false;
    return true;
}

/** The part before the next '/', NUL-terminated, which is taken off the path. */
static bool take_part(const char **path, char part[PART_MAX + 1])
{
    size_t n = strcspn(*path, "/");

    if (!is_part((struct slice){*path, n}))
        return false;
    memcpy(part, *path, n);
    part[n] = '\0';
    *path += n + ((*path)[n] == '/' ? 1 : 0);
    return true;
}

/** Folder by folder, none of them a symbolic link. @return a descriptor, or -1 with errno */
static int open_beneath(const char *folder, const char *path)
{
    char part[PART_MAX + 1];
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    while (at >= 0) {
        int below = -1;
        const char *slash = strchr(path, '/');
        int flags = slash != NULL ? O_RDONLY | O_DIRECTORY : O_RDONLY | O_NONBLOCK;
        errno = ENOENT;
        if (take_part(&path, part))
            below = openat(at, part, flags | O_NOFOLLOW | O_CLOEXEC);
        int e = errno;
        (void)close(at);
        errno = e;
        at = below;
        if (slash == NULL)
            return at;
    }
    return at;
}

static enum err read_all(int fd, struct buf *to)
{
    char piece[16384];
    ssize_t n;

    while ((n = read(fd, piece, sizeof piece)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_IO;
        enum err e = buf_add(to, (struct slice){piece, (size_t)n});
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/** Read what a descriptor, which is closed, or -1 with errno, leads to. */
static enum err read_file(int fd, struct buf *to)
{
    struct stat st;

    if (fd < 0)
        return errno == EMFILE || errno == ENFILE || errno == EIO ? ERR_IO : ERR_NOTFOUND;
    enum err e = ERR_NOTFOUND;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        e = (uintmax_t)st.st_size > to->max ? ERR_LIMIT : read_all(fd, to);
    (void)close(fd);
    return e;
}

enum err gadget_file_read(const char *folder, const char *path, struct buf *to)
{
    return read_file(open_beneath(folder, path), to);
}

enum err gadget_file_read_path(const char *path, struct buf *to)
{
    return read_file(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), to);
}
