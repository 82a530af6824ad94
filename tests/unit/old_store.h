#ifndef CUICSIM_TESTS_OLD_STORE_H
#define CUICSIM_TESTS_OLD_STORE_H

/** SQL that makes a store of version 1, as cuicsim 0.1 made it: the tables, and lists, flags and
 *  nodes to be carried over. Never to be edited: such stores are out there. */
extern const char old_store_schema[];
extern const char old_store_rows[];

/** A query for everything that is in it. */
extern const char old_store_all[];

/** How SQLite keeps such a file: with a first start that was cut off it is not in WAL mode yet. */
#define OLD_STORE_JOURNALS 2
extern const char *const old_store_journals[OLD_STORE_JOURNALS];

/** Make the file of one, in the folder of stores.h; remove whatever file is there. */
void old_store_make(const char *journal);
void old_store_remove(void);
int old_store_version(void); /* of the file that is there */

/** Opened, it must be of this version and have everything of old_store_rows. */
void old_store_expect_carried(const char *when);

#endif
