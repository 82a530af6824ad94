#include "mistake.h"

/* What stands in braces is filled in by diagnose_text.c:
 *   {origin} {entry} {differs} {distance} {should}   the Origin, an entry of the list, how they
 * differ {node} {service} {other} {others} {appliance} {state}   where {path} {method} {methods}
 * {upper} {headers} {bad} {near} {count} {max} {status} {why} {pending} {guarded} */

#define NO_COMMAND "{no_command}."

/* An entry that can only have been meant for this origin, and that equals what no browser sends. */
#define ODD_ENTRY                                                                                  \
    "{node} lists {entry} for {service}, with {differs}, and the browser sends {origin}: no "      \
    "entry "                                                                                       \
    "is equal to that."

static const struct mistake_row table[] = {
    [MISTAKE_NONE] = {"", "", MEND_ELSEWHERE, "", ""},

    [MISTAKE_PROXY_STOPPED] =
        {"proxy-stopped", "The web proxy is stopped", MEND_COMMANDS,
         "{appliance} of {node} is stopped, so its connections are reset before any request.", ""},
    [MISTAKE_PROXY_RESTARTING] = {"proxy-restarting", "The web proxy restarts", MEND_TIME,
                                  "{appliance} of {node} is {state}, so its connections are reset.",
                                  "Wait until 'utils service list' shows it STARTED."},
    [MISTAKE_SERVICE_STOPPED] =
        {"service-stopped", "The service is stopped", MEND_COMMANDS,
         "{appliance} of {node} is stopped, so the proxy answers 502 without any CORS header.", ""},
    [MISTAKE_SERVICE_RESTARTING] =
        {"service-restarting", "The service restarts", MEND_TIME,
         "{appliance} of {node} is {state}, so the proxy answers 502 without any CORS header.",
         "Wait until 'utils service list' shows it STARTED."},
    [MISTAKE_PATH_NO_SLASH] =
        {"path-without-slash", "The path lacks its slash", MEND_ELSEWHERE,
         "{path} is redirected to {path}/ before the filter, and browsers follow no redirect of a "
         "preflight.",
         "Call {path}/ with the slash" NO_COMMAND},
    [MISTAKE_PATH_OUTSIDE] =
        {"path-outside", "The path is outside the filter", MEND_ELSEWHERE,
         "No CORS filter guards {path}, so its answer has no CORS header.",
         "Correct the path; the filter of {service} guards what begins with {guarded}, in lower "
         "case" NO_COMMAND},
    [MISTAKE_LOGIN] =
        {"login-in-front", "A login stands in front of the filter", MEND_ELSEWHERE,
         "The answer asks for a login before the filter adds a CORS header, and a preflight never "
         "carries a login.",
         "Log in first, or call a path that needs none, such as /cuic/; a request that brings its "
         "own login has the header authorization" NO_COMMAND},

    [MISTAKE_ORIGIN_EMPTY] =
        {"origin-empty", "The Origin is empty", MEND_ELSEWHERE,
         "The request has an Origin header without a value, which browsers never send.",
         "Look for a proxy or a test client that empties it" NO_COMMAND},
    [MISTAKE_ORIGIN_MALFORMED] =
        {"origin-malformed", "The Origin is malformed", MEND_ELSEWHERE,
         "{origin} is no origin at all, and browsers never send such a one.",
         "Look for a proxy or a test client that writes it" NO_COMMAND},
    [MISTAKE_ORIGIN_NULL] =
        {"origin-null", "The origin is null", MEND_ELSEWHERE,
         "The page's origin is 'null': it was opened as a file, or in a sandboxed frame, or the "
         "request was redirected from another origin.",
         "Serve the page over https without sandbox and redirect; 'null' cannot be "
         "listed" NO_COMMAND},
    [MISTAKE_ORIGIN_FILE] =
        {"origin-file", "The page is a file", MEND_ELSEWHERE,
         "The page was opened as a file ({origin}), and a file cannot be listed.",
         "Serve the page over https" NO_COMMAND},
    [MISTAKE_ORIGIN_SCHEME] =
        {"origin-scheme", "The origin is neither http nor https", MEND_ELSEWHERE,
         "The list takes http and https only, and the page's origin is {origin}.",
         "Serve the page over https; extensions and apps need a page of their own" NO_COMMAND},
    [MISTAKE_ORIGIN_SPELLING] =
        {"origin-spelling", "The Origin is not as browsers spell it", MEND_ELSEWHERE,
         "{origin} has {differs}; a browser would send {should}.",
         "Mend the client that sends it, or ask again for {should}" NO_COMMAND},
    [MISTAKE_ORIGIN_UNLISTABLE] = {"origin-unlistable", "The origin cannot be listed",
                                   MEND_ELSEWHERE,
                                   "{origin} is refused by 'allowed_origin add': {why}.",
                                   "Open the page by another name" NO_COMMAND},

    [MISTAKE_DISABLED] =
        {"cors-disabled", "CORS is disabled", MEND_COMMANDS,
         "CORS is disabled for {service} on {node}, so {origin} is refused whatever is listed.",
         ""},
    [MISTAKE_ENTRY_INVISIBLE] = {"invisible-character",
                                 "A blank or invisible character in the list", MEND_COMMANDS,
                                 ODD_ENTRY, ""},
    [MISTAKE_ENTRY_UPPER_CASE] = {"upper-case", "Upper case in the list", MEND_COMMANDS, ODD_ENTRY,
                                  ""},
    [MISTAKE_ENTRY_SLASH] = {"trailing-slash", "A slash at the end of the entry", MEND_COMMANDS,
                             ODD_ENTRY, ""},
    [MISTAKE_ENTRY_PATH] = {"path-in-entry", "A path in the entry", MEND_COMMANDS, ODD_ENTRY, ""},
    [MISTAKE_ENTRY_USER] = {"user-in-entry", "A user name in the entry", MEND_COMMANDS, ODD_ENTRY,
                            ""},
    [MISTAKE_ENTRY_DEFAULT_PORT] = {"default-port-written", "The default port is written out",
                                    MEND_COMMANDS, ODD_ENTRY, ""},
    [MISTAKE_ENTRY_NOT_ASCII] = {"letter-not-ascii", "A letter outside ASCII in the list",
                                 MEND_COMMANDS, ODD_ENTRY, ""},
    [MISTAKE_ENTRY_SCHEME] = {"scheme-in-entry", "The entry's scheme is missing or misspelt",
                              MEND_COMMANDS, ODD_ENTRY, ""},
    [MISTAKE_ENTRY_WILDCARD] =
        {"wildcard-in-entry", "A wildcard in the list", MEND_COMMANDS,
         "{node} lists {entry} for {service}, but '*' stands for nothing there: {origin} has to be "
         "an entry of its own.",
         ""},
    [MISTAKE_ENTRY_SEVERAL] =
        {"several-in-entry", "Several origins in one entry", MEND_COMMANDS,
         "{node} lists {entry} for {service} as one entry, and {origin} is only a part of it.", ""},
    [MISTAKE_ENTRY_SPELLING] =
        {"entry-spelling", "The entry is spelt otherwise", MEND_COMMANDS,
         "{node} lists {entry} for {service}, and the browser spells it {origin}.", ""},
    [MISTAKE_OTHER_NODE] = {"other-node-only", "Listed only on another node", MEND_COMMANDS,
                            "{origin} is listed for {service} on {others}, and not on {node}: "
                            "every node has a list of "
                            "its own.",
                            ""},
    [MISTAKE_CUIC_ONLY] = {"cuic-only", "Listed for CUIC, not for Live Data", MEND_COMMANDS,
                           "{origin} is in {node}'s list for CUIC, and not in its list for Live "
                           "Data: both are needed "
                           "for a Live Data gadget.",
                           ""},
    [MISTAKE_LIVE_DATA_ONLY] =
        {"live-data-only", "Listed for Live Data, not for CUIC", MEND_COMMANDS,
         "{origin} is in {node}'s list for Live Data, and not in its list for CUIC.", ""},
    [MISTAKE_PORT_MISSING] = {"port-missing", "The port is missing in the list", MEND_COMMANDS,
                              "{node} lists {entry} for {service}, and the page's origin is "
                              "{origin}: the port is a part "
                              "of it.",
                              ""},
    [MISTAKE_PORT_OTHER] = {"other-port", "Another port is listed", MEND_COMMANDS,
                            "{node} lists {entry} for {service}, and the page's origin is "
                            "{origin}: another port makes "
                            "another origin.",
                            ""},
    [MISTAKE_PORT_SURPLUS] =
        {"port-surplus", "Listed with a port only", MEND_COMMANDS,
         "{node} lists {entry} for {service}, and the page's origin is {origin}, without a port.",
         ""},
    [MISTAKE_HTTP_LISTED] =
        {"http-listed", "Listed with http instead of https", MEND_COMMANDS,
         "{node} lists {entry} for {service}, and the page's origin is {origin}: the scheme is a "
         "part of it.",
         ""},
    [MISTAKE_HTTPS_LISTED] =
        {"https-listed", "Listed with https, but the page came by http", MEND_COMMANDS,
         "{node} lists {entry} for {service}, and the page's origin is {origin}: the scheme is a "
         "part of it.",
         "Better than listing it: open the page by https."},
    [MISTAKE_SHORT_LISTED] =
        {"short-name-listed", "The short name is listed", MEND_COMMANDS,
         "{node} lists {entry} for {service}, the short name, and the page was opened as {origin}.",
         ""},
    [MISTAKE_FULL_LISTED] =
        {"full-name-listed", "The page was opened by its short name", MEND_COMMANDS,
         "{node} lists {entry} for {service}, the full name, and the page was opened as {origin}.",
         "Better than listing it: open the page by the full name, which its certificate has."},
    [MISTAKE_ADDRESS_LISTED] =
        {"address-listed", "An address is listed, not the name", MEND_COMMANDS,
         "{node} lists {entry} for {service}, an address, and the page was opened as {origin}.",
         ""},
    [MISTAKE_NAME_LISTED] =
        {"name-listed", "The page was opened by its address", MEND_COMMANDS,
         "{node} lists {entry} for {service}, a name, and the page was opened as {origin}.",
         "Better than listing it: open the page by its name, which its certificate has."},
    [MISTAKE_OTHER_DOMAIN] =
        {"other-domain", "The same name in another domain is listed", MEND_COMMANDS,
         "{node} lists {entry} for {service}, and the page's origin is {origin}: the same name in "
         "another domain.",
         ""},
    [MISTAKE_OTHER_FINESSE] =
        {"other-finesse-node", "The other Finesse node is listed", MEND_COMMANDS,
         "{node} lists {entry} for {service}, the other machine of the pair, and not {origin}.",
         ""},
    [MISTAKE_TYPING] =
        {"typing-mistake", "Probably a typing mistake", MEND_COMMANDS,
         "{node} lists {entry} for {service}, which is {distance} away from {origin}.",
         "Delete the wrong one when nothing uses it."},
    [MISTAKE_REVERSE_PROXY] =
        {"reverse-proxy", "A reverse proxy's origin is not listed", MEND_COMMANDS,
         "{origin} looks like a reverse proxy's, and {node} does not list it for {service}.",
         "A proxy's origins are needed on all nodes, for CUIC and for Live Data."},
    [MISTAKE_OWN_NAME] = {"own-name", "The node's own name, another origin", MEND_COMMANDS,
                          "{origin} is {node}'s own name with another port or scheme, so it is "
                          "another origin, and it "
                          "is not listed for {service}.",
                          ""},
    [MISTAKE_LIST_EMPTY] = {"list-empty", "The list is empty", MEND_COMMANDS,
                            "{node} lists no origin at all for {service}, so {origin} is refused.",
                            ""},
    [MISTAKE_NOT_LISTED] =
        {"not-listed", "The origin is not listed", MEND_COMMANDS,
         "{node} lists {count} for {service}, and none of them resembles {origin}.", ""},
    [MISTAKE_LIST_FULL] =
        {"list-full", "The list is full", MEND_ELSEWHERE,
         "{origin} would make {node}'s list longer than the {max} characters that it may have.",
         "Delete what nobody needs with 'utils finesse cors allowed_origin delete', then add it; "
         "which entries, no command can know."},
    [MISTAKE_NOT_RESTARTED] =
        {"not-restarted", "Configured, but the service was not restarted", MEND_COMMANDS,
         "{node} has {pending} configured for {service}, but not running: {appliance} reads its "
         "settings when it starts.",
         ""},

    [MISTAKE_METHOD_BLANK] =
        {"method-blank", "The preflight names no method", MEND_ELSEWHERE,
         "Access-Control-Request-Method is there but blank, which browsers never send.",
         "Mend the client that sends it" NO_COMMAND},
    [MISTAKE_METHOD_CASE] = {"method-case", "The method is not in upper case", MEND_ELSEWHERE,
                             "Methods are compared with their case: {method} is none of {methods}.",
                             "Write {upper}; no command changes the methods."},
    [MISTAKE_METHOD] =
        {"method-not-allowed", "The method is not allowed", MEND_ELSEWHERE,
         "{method} is none of the methods that {service} allows across origins: {methods}.",
         "Use one of these; no command changes the methods."},
    [MISTAKE_HEADER_BLANK] =
        {"header-blank", "An empty name among the headers", MEND_ELSEWHERE,
         "Access-Control-Request-Headers has an empty name at its beginning or in its middle.",
         "Mend the client that sends it" NO_COMMAND},
    [MISTAKE_HEADER_UNLISTABLE] =
        {"header-unlistable", "No header can have this name", MEND_ELSEWHERE,
         "The preflight asks for the header {bad}, which 'allowed_headers add' refuses: {why}.",
         "Mend the name" NO_COMMAND},
    [MISTAKE_HEADER] =
        {"header-not-allowed", "A request header is not allowed", MEND_COMMANDS,
         "The preflight asks for {headers}, not among the headers that {node} allows for "
         "{service}{near}.",
         ""},

    [MISTAKE_PREFLIGHT_UNKNOWN] =
        {"preflight-unknown", "The preflight asked for more", MEND_ELSEWHERE,
         "The origin is listed and running, so what {node} refuses must be the method or a header "
         "that the preflight asks for.",
         "Read both in the browser's network panel, and ask again with --method and --headers."},
    [MISTAKE_RESTART_BREAKS] =
        {"restart-breaks-it", "The next restart will refuse it", MEND_COMMANDS,
         "It is allowed by what runs on {node}, and refused by what is configured for {service}: "
         "{why}.",
         ""},
    [MISTAKE_OTHER_NODE_REFUSES] =
        {"other-node-refuses", "Another node refuses it", MEND_ELSEWHERE,
         "The same request is refused on {others}, where a gadget goes after a failover.",
         "Ask there as well, with --node {other}; every node has settings of its own."},
    [MISTAKE_PRIVATE_NETWORK_OFF] =
        {"private-network-off", "Private network access is off", MEND_COMMANDS,
         "The browser asks whether pages of public addresses may reach {node}, and private network "
         "access is not running for {service} there.",
         ""},
    [MISTAKE_WILDCARD] =
        {"wildcard-with-credentials", "'*' does not go with credentials", MEND_COMMANDS,
         "{node} answers every origin with '*' ({service} is at enable_all), which browsers refuse "
         "for requests with credentials.",
         ""},

    [MISTAKE_NOTHING] =
        {"nothing-wrong", "Nothing is wrong on the server", MEND_ELSEWHERE,
         "{node} allows this request: what the browser still reports comes from elsewhere.",
         "Look at certificate, name, cache and page, as follows" NO_COMMAND},
    [MISTAKE_MENDED] =
        {"mended-since", "It would be allowed now", MEND_ELSEWHERE,
         "{node} allows this request now, so it was mended since, or something in front of {node} "
         "answered.",
         "Try again; if it stays, compare the answer's 'server' header and body with {node}'s "
         "own."},
    [MISTAKE_SERVER_ERROR] =
        {"server-error", "An error made outside the filter", MEND_ELSEWHERE,
         "The answer was {status} without CORS headers: the proxy or the application made it, not "
         "the filter.",
         "Look into the answer itself; the list has no part in it" NO_COMMAND},
    [MISTAKE_HEADERS_CHANGED] =
        {"headers-changed", "CORS headers that the product does not send", MEND_ELSEWHERE,
         "The product never answers so: something on the way adds, repeats or replaces CORS "
         "headers.",
         "Look for a reverse proxy or load balancer with CORS rules of its own" NO_COMMAND},
    [MISTAKE_CERTIFICATE] = {"certificate", "The certificate", MEND_ELSEWHERE,
                             "A certificate that the browser does not trust ends the connection "
                             "before any request, and "
                             "no page can ask the user.",
                             "Open the URL in a tab: it must show no warning" NO_COMMAND},
    [MISTAKE_TLS] =
        {"tls", "TLS fails", MEND_ELSEWHERE,
         "Browser and server agree on no TLS version or cipher, or the port speaks no TLS.",
         "Check port and protocol; the list has no part in it" NO_COMMAND},
    [MISTAKE_NAME] = {"name-resolution", "The name", MEND_ELSEWHERE,
                      "The browser must find the host name, and at the right address.",
                      "Compare with 'lab hosts'" NO_COMMAND},
    [MISTAKE_NO_LISTENER] =
        {"no-listener", "Nobody listens at the port", MEND_ELSEWHERE,
         "The connection was refused or the port is one that browsers never use.",
         "Compare the URL's port with the server's 'listening' lines" NO_COMMAND},
    [MISTAKE_NO_ANSWER] =
        {"no-answer", "There was no answer", MEND_ELSEWHERE,
         "There was no answer at all, so no list was asked: certificate, name, port or network.",
         "Open the URL in a tab: it shows the real error" NO_COMMAND},
    [MISTAKE_CUT_OFF] =
        {"cut-off", "The connection was cut off", MEND_ELSEWHERE,
         "The connection ended before or within the answer: a proxy or service that stops, or a "
         "firewall.",
         "Look at the services of {node} and the network; the list has no part in it" NO_COMMAND},
    [MISTAKE_REDIRECT] = {"bad-redirect", "A redirect that browsers do not follow", MEND_ELSEWHERE,
                          "The answer redirects to where no request across origins may go.",
                          "Call the final address itself" NO_COMMAND},
    [MISTAKE_HTTP_CACHE] =
        {"http-cache", "A cached answer", MEND_ELSEWHERE,
         "An answer without 'vary: Origin' that was cached for another page, or in a tab, is used "
         "again.",
         "Empty the browser's cache, and look for a proxy that drops Vary" NO_COMMAND},
    [MISTAKE_PREFLIGHT_CACHE] =
        {"preflight-cache", "A cached preflight", MEND_ELSEWHERE,
         "A preflight that was allowed counts for 600 seconds (max-age); a refused one is never "
         "kept.",
         "Close the browser, or wait ten minutes; proxies may keep one for five" NO_COMMAND},
    [MISTAKE_MIXED_CONTENT] = {"mixed-content", "Mixed content", MEND_ELSEWHERE,
                               "A page that came by https may not call http.",
                               "Write https in the URL" NO_COMMAND},
    [MISTAKE_LOCAL_NETWORK] =
        {"local-network", "Private network access", MEND_ELSEWHERE,
         "A page of a public address needs the user's permission to call a private one.",
         "Grant it in the browser, or serve the page from the private network" NO_COMMAND},
    [MISTAKE_PAGE_POLICY] =
        {"page-policy", "The page's own policy", MEND_ELSEWHERE,
         "The content security policy of the page, or of the browser, blocks the request before it "
         "is sent.",
         "Change the policy of the page that makes the request" NO_COMMAND},
    [MISTAKE_PAGE_MODE] =
        {"page-mode", "The page asked for no CORS", MEND_ELSEWHERE,
         "The script's own mode ('same-origin' or 'no-cors') forbids to read the answer.",
         "Use mode 'cors' in the script" NO_COMMAND},
    [MISTAKE_BROWSER_SETTING] =
        {"browser-setting", "A setting of the browser", MEND_ELSEWHERE,
         "CORS is switched off in the browser, or an extension changes the request.",
         "Try a fresh profile without extensions" NO_COMMAND},
};

_Static_assert(sizeof table / sizeof table[0] == MISTAKE_COUNT, "mistakes are not counted");

const struct mistake_row *mistake_get(enum mistake m)
{
    return &table[m];
}

const char *certainty_name(enum certainty c)
{
    static const char *const name[] = {"certain", "likely", "possible"};

    return name[c];
}
