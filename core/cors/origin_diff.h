#ifndef CUICSIM_ORIGIN_DIFF_H
#define CUICSIM_ORIGIN_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/** How one entry of an allowed-origin list misses an Origin. The first ones are ways of spelling:
 *  an entry that has any of them is never equal to what a browser sends. */
enum origin_miss {
    MISS_INVISIBLE = 1 << 0, /* blanks, control bytes, characters that do not show */
    MISS_UPPER_CASE = 1 << 1,
    MISS_SLASH = 1 << 2,        /* a slash at the end */
    MISS_PATH = 1 << 3,         /* more than that behind the host: path, query, fragment */
    MISS_USER = 1 << 4,         /* a user name before the host */
    MISS_DEFAULT_PORT = 1 << 5, /* ":443" of https or ":80" of http written out */
    MISS_NOT_ASCII = 1 << 6,    /* letters outside ASCII, which may look like others */
    MISS_SCHEME_TEXT = 1 << 7,  /* no scheme, or a misspelt one */
    MISS_WILDCARD = 1 << 8,     /* a '*' that somebody took for a wildcard */
    MISS_SEVERAL = 1 << 9,      /* the origin is one of several in one entry */
    MISS_OTHERWISE = 1 << 10,   /* spelt otherwise, such as ":08445" */

    MISS_PORT_MISSING = 1 << 11, /* the entry has no port, the origin has */
    MISS_PORT_SURPLUS = 1 << 12, /* the other way round */
    MISS_PORT_OTHER = 1 << 13,
    MISS_HTTP_LISTED = 1 << 14, /* the entry is http, the origin https */
    MISS_HTTPS_LISTED = 1 << 15,
    MISS_HOST = 1 << 16 /* see enum host_relation */
};
#define MISS_SPELLING (MISS_PORT_MISSING - 1) /* all ways of spelling */

/** How the host of an entry and that of an origin are related, if at all. */
enum host_relation {
    HOST_SAME,
    HOST_SHORT_LISTED,   /* the entry has the short name, the origin the full one */
    HOST_FULL_LISTED,    /* the other way round */
    HOST_ADDRESS_LISTED, /* the entry has an address, the origin a name */
    HOST_NAME_LISTED,    /* the other way round */
    HOST_OTHER_DOMAIN,   /* the same first label in another domain */
    HOST_SIBLING,        /* two machines of a pair by their names: finesse1 and finesse2 */
    HOST_NEAR,           /* `distance` edits apart */
    HOST_UNRELATED
};

struct origin_diff {
    unsigned misses; /* bits of enum origin_miss; 0: they are equal */
    enum host_relation host;
    size_t distance; /* of the hosts, for HOST_NEAR */
};

#define SPELLING_MAX 320 /* bytes: over the longest origin, with room for what does not belong */

/** Whatever somebody wrote for an origin, taken apart as it was probably meant. */
struct origin_spelling {
    unsigned odd;            /* bits of MISS_SPELLING: what no browser sends */
    bool is_https;           /* also when there is no scheme */
    char host[SPELLING_MAX]; /* lower case, without what does not show; a '~' for each letter
                                outside ASCII */
    unsigned port;           /* as written, or the scheme's default */
    bool has_port;           /* one is written that is not the default */
};

/** @return false when it cannot be meant for an http or https origin at all */
bool origin_spell(struct slice text, struct origin_spelling *ret);

/** "https://host:port" as a browser would spell it; "" when there is no host, or one with letters
 *  outside ASCII. Returns `to`. */
char *origin_respell(const struct origin_spelling *s, char to[SPELLING_MAX + 16]);

/** Compare an entry with an Origin. Pure, any bytes.
 * @param origin  as the browser sent it
 * @param wanted  the same, spelt
 * @return false when the entry cannot be meant for an origin at all */
bool origin_compare(struct slice entry, struct slice origin, const struct origin_spelling *wanted,
                    struct origin_diff *ret);

/** Bytes at the start of `s` that are one character which does not show, or a blank; 0 when the
 *  first one shows. */
size_t text_invisible(struct slice s);

#endif
