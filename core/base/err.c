#include "base/err.h"

const char *err_text(enum err e)
{
    switch (e) {
    case ERR_OK:
        return "no error";
    case ERR_NOMEM:
        return "out of memory";
    case ERR_SYNTAX:
        return "syntax error";
    case ERR_LIMIT:
        return "limit exceeded";
    case ERR_NOTFOUND:
        return "not found";
    case ERR_EXISTS:
        return "already present";
    case ERR_IO:
        return "input/output error";
    case ERR_DB:
        return "database error";
    case ERR_BUSY:
        return "locked by another process";
    case ERR_FULL:
        return "disk full";
    case ERR_READONLY:
        return "read-only";
    case ERR_CORRUPT:
        return "not a database, or damaged";
    case ERR_VERSION:
        return "made by a newer version";
    case ERR_INTERRUPTED:
        return "interrupted";
    case ERR_TIMEOUT:
        return "nothing came in time";
    case ERR_TLS:
        return "certificate or key not usable";
    }
    return "unknown error";
}
