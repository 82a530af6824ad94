#include "fault_vfs.h"

#include <check.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

#define KINDS 8 /* SQLite has a table of methods for each kind of file */

/** A copy of the methods of one kind of file, with ours in it. SQLite hands us the file, and that
 *  points to `methods`: the first member, so that the rest is found from there. */
struct kind {
    struct sqlite3_io_methods methods;
    const struct sqlite3_io_methods *real;
};

static struct kind kinds[KINDS];
static sqlite3_vfs shim;
static sqlite3_vfs *real;
/* Set by the test, looked at by whatever thread writes. */
static atomic_int left = -1;
static atomic_bool has_failed;
static atomic_bool kills;

static int write_or_fail(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    const struct kind *kind = (const void *)file->pMethods;

    if (left == 0) {
        if (kills)
            (void)raise(SIGKILL);
        has_failed = true;
        return SQLITE_FULL;
    }
    left -= left > 0 ? 1 : 0;
    return kind->real->xWrite(file, bytes, n, offset);
}

static int no_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return SQLITE_OK;
}

static struct kind *find_kind(const struct sqlite3_io_methods *methods)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].real == NULL) {
            kinds[i].methods = *methods;
            kinds[i].methods.xWrite = write_or_fail;
            kinds[i].methods.xSync = no_sync;
            kinds[i].real = methods;
        }
        if (kinds[i].real == methods)
            return &kinds[i];
    }
    ck_abort_msg("SQLite has more than %d kinds of files", KINDS);
    return NULL;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
    (void)vfs;
    int rc = real->xOpen(real, name, file, flags, ret);

    if (file->pMethods != NULL)
        file->pMethods = &find_kind(file->pMethods)->methods;
    return rc;
}

void fault_vfs_install(void)
{
    real = sqlite3_vfs_find("unix");
    ck_assert_ptr_nonnull(real);
    shim = *real;
    shim.zName = "fault";
    shim.pNext = NULL;
    shim.xOpen = open_file;
    fault_vfs_fail_after(-1);
    ck_assert_int_eq(sqlite3_vfs_register(&shim, 1), SQLITE_OK);
}

void fault_vfs_remove(void)
{
    ck_assert_int_eq(sqlite3_vfs_unregister(&shim), SQLITE_OK);
    ck_assert_int_eq(sqlite3_vfs_register(real, 1), SQLITE_OK);
}

void fault_vfs_fail_after(int n)
{
    left = n;
    has_failed = false;
    kills = false;
}

void fault_vfs_kill_after(int n)
{
    left = n;
    kills = true;
}

bool fault_vfs_has_failed(void)
{
    return has_failed;
}
