#include "term_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

#define FILE_BYTES_MAX 262144 /* beyond it the older half is dropped */
#define LINE_BYTES_MAX 4096   /* of a line that is kept */

/** Ours alone: not a name that a second link or another owner could turn against us. */
static bool is_usable(int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1)
        return false;
    return st.st_uid != geteuid() || (st.st_mode & 07777) == 0600 || fchmod(fd, 0600) == 0;
}

int history_open(const char *path)
{
    /* O_NONBLOCK: a pipe of that name must not hold up the shell. */
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

    if (fd >= 0 && !is_usable(fd)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/** For the moment of one change. Where locks do not work we go without one. */
static void lock(int fd, short type)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET};

    while (fcntl(fd, F_SETLKW, &l) != 0 && errno == EINTR) {
        /* a moment at most: nobody holds it for longer */
    }
}

/** Move the text to its second line; it becomes empty when it has none. */
static void drop_line(char *text)
{
    const char *from = strchr(text, '\n');

    if (from == NULL)
        text[0] = '\0';
    else
        while ((*text++ = *++from) != '\0') {
            /* one byte after the other */
        }
}

/** The last bytes of the file, from the start of a line on. @return NULL: nothing to be had */
static char *read_tail(int fd, size_t max)
{
    struct stat st;
    size_t n = 0;
    ssize_t got = 0;

    if (fstat(fd, &st) != 0 || st.st_size <= 0)
        return NULL;
    bool is_cut = (size_t)st.st_size > max;
    size_t want = is_cut ? max : (size_t)st.st_size;
    char *text = calloc(1, want + 1);
    while (text != NULL && n < want &&
           (got = pread(fd, text + n, want - n, st.st_size - (off_t)(want - n))) > 0)
        n += (size_t)got;
    if (text != NULL && is_cut)
        drop_line(text);
    return text;
}

void history_load(int fd, void (*each)(void *arg, const char *line), void *arg)
{
    lock(fd, F_RDLCK);
    auto_text *text = read_tail(fd, FILE_BYTES_MAX);
    lock(fd, F_UNLCK);
    char *save = NULL;

    if (text == NULL)
        return;
    for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        each(arg, line);
}

static void write_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        text += done;
        n -= (size_t)done;
    }
}

/** In place, under the lock: other sessions have this very file open. */
static void make_room(int fd)
{
    auto_text *text = read_tail(fd, FILE_BYTES_MAX / 2);

    if (text != NULL && ftruncate(fd, 0) == 0)
        write_all(fd, text, strlen(text));
}

/** Is a line, cut off by a full disk, the last thing in the file? */
static bool has_torn_end(int fd, off_t size)
{
    char last = '\n';

    return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

void history_append(int fd, const char *line)
{
    struct buf text;
    struct stat st;

    if (strlen(line) > LINE_BYTES_MAX)
        return;
    lock(fd, F_WRLCK);
    if (fstat(fd, &st) == 0) {
        if (st.st_size > FILE_BYTES_MAX)
            make_room(fd);
        buf_init(&text, LINE_BYTES_MAX + 2);
        (void)buf_printf(&text, "%s%s\n", has_torn_end(fd, st.st_size) ? "\n" : "", line);
        write_all(fd, buf_text(&text), text.n);
        buf_clear(&text);
    }
    lock(fd, F_UNLCK);
}
