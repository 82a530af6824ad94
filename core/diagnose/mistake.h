#ifndef CUICSIM_MISTAKE_H
#define CUICSIM_MISTAKE_H

/** What may be behind a refusal. Each owns one row of one table; shell, console, trace, documents
 *  and tests take its words from there. */
enum mistake {
    MISTAKE_NONE,

    /* the request does not come to the filter */
    MISTAKE_PROXY_STOPPED,
    MISTAKE_PROXY_RESTARTING,
    MISTAKE_SERVICE_STOPPED,
    MISTAKE_SERVICE_RESTARTING,
    MISTAKE_PATH_NO_SLASH,
    MISTAKE_PATH_OUTSIDE,
    MISTAKE_LOGIN,

    /* an Origin that no list can hold */
    MISTAKE_ORIGIN_EMPTY,
    MISTAKE_ORIGIN_MALFORMED,
    MISTAKE_ORIGIN_NULL,
    MISTAKE_ORIGIN_FILE,
    MISTAKE_ORIGIN_SCHEME,
    MISTAKE_ORIGIN_SPELLING,
    MISTAKE_ORIGIN_UNLISTABLE,

    /* the settings */
    MISTAKE_DISABLED,
    MISTAKE_ENTRY_INVISIBLE,
    MISTAKE_ENTRY_UPPER_CASE,
    MISTAKE_ENTRY_SLASH,
    MISTAKE_ENTRY_PATH,
    MISTAKE_ENTRY_USER,
    MISTAKE_ENTRY_DEFAULT_PORT,
    MISTAKE_ENTRY_NOT_ASCII,
    MISTAKE_ENTRY_SCHEME,
    MISTAKE_ENTRY_WILDCARD,
    MISTAKE_ENTRY_SEVERAL,
    MISTAKE_ENTRY_SPELLING,
    MISTAKE_OTHER_NODE,
    MISTAKE_CUIC_ONLY,
    MISTAKE_LIVE_DATA_ONLY,
    MISTAKE_PORT_MISSING,
    MISTAKE_PORT_OTHER,
    MISTAKE_PORT_SURPLUS,
    MISTAKE_HTTP_LISTED,
    MISTAKE_HTTPS_LISTED,
    MISTAKE_SHORT_LISTED,
    MISTAKE_FULL_LISTED,
    MISTAKE_ADDRESS_LISTED,
    MISTAKE_NAME_LISTED,
    MISTAKE_OTHER_DOMAIN,
    MISTAKE_OTHER_FINESSE,
    MISTAKE_TYPING,
    MISTAKE_REVERSE_PROXY,
    MISTAKE_OWN_NAME,
    MISTAKE_LIST_EMPTY,
    MISTAKE_NOT_LISTED,
    MISTAKE_LIST_FULL,
    MISTAKE_NOT_RESTARTED,

    /* method and headers */
    MISTAKE_METHOD_BLANK,
    MISTAKE_METHOD_CASE,
    MISTAKE_METHOD,
    MISTAKE_HEADER_BLANK,
    MISTAKE_HEADER_UNLISTABLE,
    MISTAKE_HEADER,

    /* allowed, but */
    MISTAKE_PREFLIGHT_UNKNOWN,
    MISTAKE_RESTART_BREAKS,
    MISTAKE_OTHER_NODE_REFUSES,
    MISTAKE_PRIVATE_NETWORK_OFF,
    MISTAKE_WILDCARD,

    /* nothing wrong with the lists: the network, the page, the browser */
    MISTAKE_NOTHING,
    MISTAKE_MENDED,
    MISTAKE_SERVER_ERROR,
    MISTAKE_HEADERS_CHANGED,
    MISTAKE_CERTIFICATE,
    MISTAKE_TLS,
    MISTAKE_NAME,
    MISTAKE_NO_LISTENER,
    MISTAKE_NO_ANSWER,
    MISTAKE_CUT_OFF,
    MISTAKE_REDIRECT,
    MISTAKE_HTTP_CACHE,
    MISTAKE_PREFLIGHT_CACHE,
    MISTAKE_MIXED_CONTENT,
    MISTAKE_LOCAL_NETWORK,
    MISTAKE_PAGE_POLICY,
    MISTAKE_PAGE_MODE,
    MISTAKE_BROWSER_SETTING
};
#define MISTAKE_COUNT ((int)MISTAKE_BROWSER_SETTING + 1)

/** How sure it is that this is what went wrong. */
enum certainty {
    CERTAIN, /* follows from the settings, the states and the request alone */
    LIKELY,  /* something was probably meant so */
    POSSIBLE /* one explanation among several */
};
const char *certainty_name(enum certainty c); /* "certain" */

/** What takes a mistake away. */
enum mend {
    MEND_COMMANDS, /* of the shell */
    MEND_TIME,     /* waiting */
    MEND_ELSEWHERE /* no command: the page, a client, the network or the browser */
};

struct mistake_row {
    const char *code;  /* "port-missing": stable, for JSON and tests */
    const char *title; /* a few words, capitalised, no full stop */
    enum mend mend;
    const char *why;  /* one sentence, with {names} that diagnose_text.c fills in */
    const char *todo; /* what to do, one sentence; "" where the commands say it all */
};

/** Never NULL; of MISTAKE_NONE all is "". */
const struct mistake_row *mistake_get(enum mistake m);

#endif
