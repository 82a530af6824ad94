#ifndef CUICSIM_TESTS_FAULT_VFS_H
#define CUICSIM_TESTS_FAULT_VFS_H

#include <stdbool.h>

/** SQLite's way to the disk, as a store opened from now on takes it: nothing is synced, which makes
 *  the tests fast, and writes fail as on a full disk once they are told to. */
void fault_vfs_install(void);
void fault_vfs_remove(void);

/** Let `n` further writes through, and fail all that follow; -1: none fails. */
void fault_vfs_fail_after(int n);

/** Let `n` further writes through, and end the process by SIGKILL at the next one. */
void fault_vfs_kill_after(int n);

/** Whether a write has failed since the last fault_vfs_fail_after. */
bool fault_vfs_has_failed(void);

#endif
