#include "scratch.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define AT_ONCE   8
#define BYTES_MAX (1U << 20)

static char dir[SCRATCH_PATH];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

void scratch_set_up(void)
{
    (void)snprintf(dir, sizeof dir, "/tmp/cuicsim-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(chmod(dir, 0755), 0);
}

void scratch_tear_down(void)
{
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_dir(void)
{
    return dir;
}

const char *scratch_path(const char *name)
{
    static char path[AT_ONCE][2 * SCRATCH_PATH];
    static size_t next;
    char *to = path[next++ % AT_ONCE];

    (void)snprintf(to, sizeof path[0], "%s/%s", dir, name);
    return to;
}

void scratch_write_bytes(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    ck_assert_msg(f != NULL, "%s cannot be written", path);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

const char *scratch_write(const char *name, const char *text)
{
    const char *path = scratch_path(name);

    scratch_write_bytes(path, text, strlen(text));
    return path;
}

char *scratch_read(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    char *bytes = malloc(BYTES_MAX + 1);

    ck_assert_msg(f != NULL, "%s cannot be read", path);
    ck_assert_ptr_nonnull(bytes);
    *ret_n = fread(bytes, 1, BYTES_MAX, f);
    ck_assert_msg(feof(f) != 0, "%s: over %u bytes", path, BYTES_MAX);
    (void)fclose(f);
    bytes[*ret_n] = '\0';
    return bytes;
}
