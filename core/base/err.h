#ifndef CUICSIM_BASE_ERR_H
#define CUICSIM_BASE_ERR_H

/** What a function of this project reports; 0 is good. The first failure wins and is passed up
 *  unchanged, together with a struct diag that says what and where. */
enum err {
    ERR_OK = 0,
    ERR_NOMEM,       /* out of memory */
    ERR_SYNTAX,      /* text that does not follow its grammar */
    ERR_LIMIT,       /* longer, larger or more than allowed */
    ERR_NOTFOUND,    /* no such node, entry or file */
    ERR_EXISTS,      /* present already, or in use by another */
    ERR_IO,          /* a system call failed */
    ERR_DB,          /* SQLite failed in a way none of the following names */
    ERR_BUSY,        /* the store stayed locked by another process */
    ERR_FULL,        /* no room on the disk */
    ERR_READONLY,    /* the store can be read, not written */
    ERR_CORRUPT,     /* the store is not a database, or a damaged one */
    ERR_VERSION,     /* the store was made by a newer version of the programs */
    ERR_INTERRUPTED, /* the user pressed Ctrl-C */
    ERR_TIMEOUT,     /* nothing came in time */
    ERR_TLS,         /* certificate or key missing, damaged, expired or not matching */
};

/** Short lower-case text such as "out of memory"; never NULL. */
const char *err_text(enum err e);

#endif
