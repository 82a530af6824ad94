#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store_internal.h"

#define DIR_MODE 0755

static enum err make_folder(const struct config *c, struct diag *why)
{
    if (mkdir(c->state_dir, DIR_MODE) == 0 || errno == EEXIST)
        return ERR_OK;
    diag_set(why, 0, "%s: cannot make the state folder: %s", c->state_dir, strerror(errno));
    return ERR_IO;
}

enum err db_note_file(struct store *s, struct diag *why)
{
    struct stat st;

    if (stat(s->path, &st) != 0) {
        diag_set(why, 0, "%s: %s", s->path, strerror(errno));
        return errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
    }
    s->file = (struct store_file){st.st_dev, st.st_ino};
    return ERR_OK;
}

static enum err connect_file(struct store *s, int flags, unsigned busy_ms, struct diag *why)
{
    int rc = sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc != SQLITE_OK)
        return db_fail(s, rc, why);
    (void)sqlite3_extended_result_codes(s->db, 1);
    (void)sqlite3_busy_timeout(s->db, (int)busy_ms);
    return ERR_OK;
}

enum err db_open_writer(struct store *s, const struct config *c, unsigned busy_ms, struct diag *why)
{
    enum err e = make_folder(c, why);

    if (e == ERR_OK)
        e = connect_file(s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, busy_ms, why);
    return e == ERR_OK && sqlite3_db_readonly(s->db, "main") == 1 ? db_fail(s, SQLITE_READONLY, why)
                                                                  : e;
}

enum err db_open_reader(struct store *s, const struct schema *wanted, unsigned busy_ms,
                        struct diag *why)
{
    enum err e = db_note_file(s, why);

    if (e == ERR_OK)
        e = connect_file(s, SQLITE_OPEN_READWRITE, busy_ms, why);
    return e == ERR_OK ? schema_check(s, wanted, why) : e;
}

void db_close(struct store *s)
{
    (void)sqlite3_finalize(s->data_version);
    (void)sqlite3_close(s->db);
    free(s->path);
}

/** Only stat(): opening and closing the file itself would drop SQLite's locks on it. */
enum err db_check_same_file(const struct store *s, struct diag *why)
{
    struct stat st;

    if (stat(s->path, &st) == 0 && st.st_dev == s->file.device && st.st_ino == s->file.inode)
        return ERR_OK;
    diag_set(why, 0, "%s: the file was replaced or removed", s->path);
    return ERR_NOTFOUND;
}

/** The mode changes only when the file is not in it yet: the change needs the file alone. */
enum err db_use_wal(struct store *s, bool is_durable, struct diag *why)
{
    enum err e =
        db_exec(s, is_durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", why);

    return e == ERR_OK ? db_exec(s, "PRAGMA journal_mode = WAL", why) : e;
}
