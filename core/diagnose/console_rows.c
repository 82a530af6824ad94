#include "console_text.h"

/* Parts of messages, in straight quotes. What a message says of itself is left out: the frames
 * "Access to fetch at ..." and "Cross-Origin Request Blocked: ..." are console_text.c's. */

#define ACAO "'Access-Control-Allow-Origin'"
#define ACAC "'Access-Control-Allow-Credentials'"
#define ACAM "Access-Control-Allow-Methods"
#define ACAH "Access-Control-Allow-Headers"

#define CHROMIUM CONSOLE_CHROMIUM
#define FIREFOX  CONSOLE_FIREFOX

/* No blame: the settings must tell. */
#define BY_SETTINGS MISTAKE_NONE, POSSIBLE

#define SAYS_MISSING                                                                               \
    "The answer had no Access-Control-Allow-Origin header. The product's 403 has none, and so "    \
    "have "                                                                                        \
    "answers that something else than the filter made."
#define SAYS_STAR                                                                                  \
    "The answer allows every origin ('*'), and the request was sent with credentials; browsers "   \
    "do "                                                                                          \
    "not take both."
#define SAYS_MULTIPLE                                                                              \
    "The answer has more than one Access-Control-Allow-Origin: two programs on the way both "      \
    "write "                                                                                       \
    "CORS headers."
#define SAYS_MISMATCH                                                                              \
    "The answer allows another origin than the page's: a fixed one, or one that was cached for "   \
    "another page."
#define SAYS_CREDENTIALS                                                                           \
    "The request was sent with credentials, and the answer does not say exactly 'true' to them."
#define SAYS_METHOD "The answer to the preflight allows other methods than the page's."
#define SAYS_HEADER "The answer to the preflight does not allow a header that the page sets."
#define SAYS_TOKEN  "A list in the answer to the preflight is not written as a list of names."
#define SAYS_STATUS                                                                                \
    "The preflight got an error status although CORS headers are there: something adds them to "   \
    "errors as well."
#define SAYS_REDIRECT "The preflight was answered with a redirect, which browsers never follow."
#define SAYS_CERT                                                                                  \
    "This is no CORS error: the browser does not trust the server's certificate, and ended the "   \
    "connection."
#define SAYS_LOST "This is no CORS error: the connection ended before the whole answer was there."
#define SAYS_LOCAL                                                                                 \
    "The browser asks the user before a page of a public address may call a private one, and "     \
    "there "                                                                                       \
    "was no permission. Nothing was sent."
#define SAYS_POLICY                                                                                \
    "This is no CORS error: the content security policy of the page forbids the request. Nothing " \
    "was sent."
#define SAYS_MIXED "This is no CORS error: a page that came by https may not call http."
#define SAYS_BLOCKED                                                                               \
    "The page asked without CORS (mode 'no-cors', a script or a picture), and may not read the "   \
    "answer."
#define SAYS_REDIRECTED "A redirect leads to where no request across origins may follow."

static const struct console_row rows[] = {
    /* Chromium's private network access, gone by version 156 */
    {"kPreflightMissingAllowPrivateNetwork", CHROMIUM, "Access-Control-Allow-Private-Network", NULL,
     DETAIL_NONE, true, MISTAKE_PRIVATE_NETWORK_OFF, CERTAIN,
     "The preflight asked whether a page of a public address may reach this private one, and the "
     "answer does not say so."},
    {"kLocalNetworkAccessPermissionDenied", CHROMIUM,
     "Permission was denied for this request to access the", NULL, DETAIL_NONE, false,
     MISTAKE_LOCAL_NETWORK, CERTAIN, SAYS_LOCAL},
    {"kInsecureLocalNetwork", CHROMIUM,
     "is not a secure context and the resource is in more-private address space", NULL, DETAIL_NONE,
     false, MISTAKE_LOCAL_NETWORK, CERTAIN,
     "A page that came by http may not call a more private network at all. Nothing was sent."},
    {"kInvalidLocalNetworkAccess", CHROMIUM, "had a target IP address space of", NULL, DETAIL_NONE,
     false, MISTAKE_PAGE_MODE, LIKELY,
     "The script named an address space (targetAddressSpace) that is not the server's."},

    /* the preflight */
    {"kPreflightDisallowedRedirect", CHROMIUM, "Redirect is not allowed for a preflight request",
     NULL, DETAIL_NONE, true, MISTAKE_LOGIN, LIKELY, SAYS_REDIRECT},
    {"kPreflightInvalidStatus", CHROMIUM, "It does not have HTTP ok status", NULL, DETAIL_NONE,
     true, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_STATUS},
    {"kInvalidAllowMethodsPreflightResponse", CHROMIUM, "Cannot parse " ACAM, NULL, DETAIL_NONE,
     true, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_TOKEN},
    {"kInvalidAllowHeadersPreflightResponse", CHROMIUM, "Cannot parse " ACAH, NULL, DETAIL_NONE,
     true, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_TOKEN},
    {"kMethodDisallowedByPreflightResponse", CHROMIUM, "is not allowed by " ACAM, NULL,
     DETAIL_METHOD, true, BY_SETTINGS, SAYS_METHOD},
    {"kHeaderDisallowedByPreflightResponse", CHROMIUM, "is not allowed by " ACAH, NULL,
     DETAIL_HEADER, true, BY_SETTINGS, SAYS_HEADER},

    /* the headers of any answer */
    {"kWildcardOriginNotAllowed", CHROMIUM, "must not be the wildcard '*'", NULL, DETAIL_NONE,
     false, MISTAKE_WILDCARD, CERTAIN, SAYS_STAR},
    {"kMultipleAllowOriginValues", CHROMIUM, ACAO " header contains multiple values", NULL,
     DETAIL_VALUE_AFTER, false, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_MULTIPLE},
    {"kInvalidAllowOriginValue", CHROMIUM, ACAO " header contains the invalid value", NULL,
     DETAIL_VALUE_AFTER, false, MISTAKE_HEADERS_CHANGED, LIKELY,
     "Access-Control-Allow-Origin is there and holds no origin."},
    {"kAllowOriginMismatch", CHROMIUM, "that is not equal to the supplied origin", NULL,
     DETAIL_VALUE, false, MISTAKE_HTTP_CACHE, LIKELY, SAYS_MISMATCH},
    {"kInvalidAllowCredentials", CHROMIUM, "which must be 'true'", ACAC, DETAIL_VALUE, false,
     MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_CREDENTIALS},
    {"kMissingAllowOriginHeader", CHROMIUM,
     "No " ACAO " header is present on the requested resource", NULL, DETAIL_NONE, false,
     BY_SETTINGS, SAYS_MISSING},

    /* redirects and modes */
    {"kRedirectContainsCredentials", CHROMIUM,
     "contains a username and password, which is disallowed", NULL, DETAIL_NONE, false,
     MISTAKE_REDIRECT, CERTAIN,
     "The answer redirects to a URL with a user name, which requests across origins may not "
     "follow."},
    {"kCorsDisabledScheme", CHROMIUM,
     "Cross origin requests are only supported for protocol schemes", NULL, DETAIL_NONE, false,
     MISTAKE_REDIRECT, LIKELY,
     "The request, or a redirect of it, goes to a scheme that knows no CORS, such as ftp."},
    {"kCorsDisabledScheme", CHROMIUM, "URL scheme \"", "\" is not supported", DETAIL_NONE, false,
     MISTAKE_PAGE_MODE, CERTAIN,
     "The page calls a scheme that knows no CORS, such as ftp. Nothing was sent."},
    {"kDisallowedByMode", CHROMIUM,
     "Request mode is \"same-origin\" but the URL's origin is not same", NULL, DETAIL_NONE, false,
     MISTAKE_PAGE_MODE, CERTAIN,
     "The script asked for its own origin only (mode 'same-origin'). Nothing was sent."},
    {"unsafe-attempt", CHROMIUM, "Domains, protocols and ports must match", NULL, DETAIL_NONE,
     false, MISTAKE_PAGE_MODE, LIKELY,
     "A request for the page's own origin was redirected to another one."},
    {"local-resource", CHROMIUM, "Not allowed to load local resource", NULL, DETAIL_NONE, false,
     MISTAKE_PAGE_MODE, CERTAIN,
     "The page calls a file: URL, which pages of a server may not. Nothing was sent."},

    /* Firefox */
    {"CORSDisabled", FIREFOX, "CORS disabled", NULL, DETAIL_NONE, false, MISTAKE_BROWSER_SETTING,
     CERTAIN, "CORS is switched off in this Firefox (content.cors.disable)."},
    {"CORSOriginHeaderNotAdded", FIREFOX, "CORS header 'Origin' cannot be added", NULL, DETAIL_NONE,
     false, MISTAKE_BROWSER_SETTING, LIKELY,
     "Firefox could not add the Origin header; an extension or a part of the browser made the "
     "request."},
    {"CORSExternalRedirectNotAllowed", FIREFOX, "CORS request external redirect not allowed", NULL,
     DETAIL_NONE, true, MISTAKE_LOGIN, LIKELY, SAYS_REDIRECT},
    {"CORSRequestNotHttp", FIREFOX, "CORS request not http", NULL, DETAIL_NONE, false,
     MISTAKE_REDIRECT, LIKELY,
     "The request, or a redirect of it, goes to a scheme that is not http or https."},
    {"CORSMissingAllowOrigin2", FIREFOX, "CORS header " ACAO " missing", NULL, DETAIL_NONE, false,
     BY_SETTINGS, SAYS_MISSING},
    {"CORSMultipleAllowOriginNotAllowed", FIREFOX, "Multiple CORS header " ACAO " not allowed",
     NULL, DETAIL_NONE, false, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_MULTIPLE},
    {"CORSAllowOriginNotMatchingOrigin", FIREFOX, "CORS header " ACAO " does not match", NULL,
     DETAIL_VALUE_AFTER, false, MISTAKE_HTTP_CACHE, LIKELY, SAYS_MISMATCH},
    {"CORSNotSupportingCredentials", FIREFOX,
     "Credential is not supported if the CORS header " ACAO " is '*'", NULL, DETAIL_NONE, false,
     MISTAKE_WILDCARD, CERTAIN, SAYS_STAR},
    {"CORSMissingAllowCredentials", FIREFOX, "expected 'true' in CORS header " ACAC, NULL,
     DETAIL_NONE, false, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_CREDENTIALS},
    {"CORSInvalidAllowMethod", FIREFOX, "invalid token", "CORS header '" ACAM "'",
     DETAIL_VALUE_AFTER, true, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_TOKEN},
    {"CORSInvalidAllowHeader", FIREFOX, "invalid token", "CORS header '" ACAH "'",
     DETAIL_VALUE_AFTER, true, MISTAKE_HEADERS_CHANGED, LIKELY, SAYS_TOKEN},
    {"CORSMethodNotFound", FIREFOX, "Did not find method in CORS header '" ACAM "'", NULL,
     DETAIL_NONE, true, BY_SETTINGS, SAYS_METHOD},
    {"CORSMissingAllowHeaderFromPreflight2", FIREFOX,
     "is not allowed according to header '" ACAH "'", NULL, DETAIL_HEADER, true, BY_SETTINGS,
     SAYS_HEADER},
    {"CORSMissingAllowHeaderFromPreflight", FIREFOX, "missing token", "CORS header '" ACAH "'",
     DETAIL_HEADER_AFTER, true, BY_SETTINGS, SAYS_HEADER},
    {"CORSPreflightDidNotSucceed", FIREFOX, "CORS preflight", "did not succeed", DETAIL_NONE, true,
     BY_SETTINGS, SAYS_STATUS},

    /* Not CORS, though people take it for that */
    {"mixed-content", CHROMIUM, "Mixed Content: The page at", NULL, DETAIL_NONE, false,
     MISTAKE_MIXED_CONTENT, CERTAIN, SAYS_MIXED},
    {"mixed-content", FIREFOX, "Blocked loading mixed active content", NULL, DETAIL_NONE, false,
     MISTAKE_MIXED_CONTENT, CERTAIN, SAYS_MIXED},
    {"page-policy", CHROMIUM, "violates the following Content Security Policy directive", NULL,
     DETAIL_NONE, false, MISTAKE_PAGE_POLICY, CERTAIN, SAYS_POLICY},
    {"page-policy", CHROMIUM, "because it violates the document's Content Security Policy", NULL,
     DETAIL_NONE, false, MISTAKE_PAGE_POLICY, CERTAIN, SAYS_POLICY},
    {"page-policy", FIREFOX, "page's settings blocked", NULL, DETAIL_NONE, false,
     MISTAKE_PAGE_POLICY, CERTAIN, SAYS_POLICY},
    {"ERR_CERT_COMMON_NAME_INVALID", CHROMIUM, "ERR_CERT_COMMON_NAME_INVALID", NULL, DETAIL_NONE,
     false, MISTAKE_CERTIFICATE, CERTAIN,
     "This is no CORS error: the certificate is for another host name than the URL's."},
    {"ERR_CERT_DATE_INVALID", CHROMIUM, "ERR_CERT_DATE_INVALID", NULL, DETAIL_NONE, false,
     MISTAKE_CERTIFICATE, CERTAIN,
     "This is no CORS error: the certificate has expired, or counts from a later day on."},
    {"ERR_CERT_AUTHORITY_INVALID", CHROMIUM, "ERR_CERT_AUTHORITY_INVALID", NULL, DETAIL_NONE, false,
     MISTAKE_CERTIFICATE, CERTAIN,
     "This is no CORS error: the certificate is self-signed, or of a CA that this browser does not "
     "know."},
    {"ERR_CERT", CHROMIUM, "net::ERR_CERT_", NULL, DETAIL_NONE, false, MISTAKE_CERTIFICATE, CERTAIN,
     SAYS_CERT},
    {"ERR_BAD_SSL_CLIENT_AUTH_CERT", CHROMIUM, "ERR_BAD_SSL_CLIENT_AUTH_CERT", NULL, DETAIL_NONE,
     false, MISTAKE_CERTIFICATE, LIKELY,
     "This is no CORS error: the server asks for a certificate of the client."},
    {"ERR_SSL_VERSION_OR_CIPHER_MISMATCH", CHROMIUM, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH", NULL,
     DETAIL_NONE, false, MISTAKE_TLS, CERTAIN,
     "This is no CORS error: the server offers only old versions of TLS."},
    {"ERR_SSL_PROTOCOL_ERROR", CHROMIUM, "net::ERR_SSL_", NULL, DETAIL_NONE, false, MISTAKE_TLS,
     CERTAIN, "This is no CORS error: TLS failed; perhaps the port speaks none."},
    {"ERR_NAME_NOT_RESOLVED", CHROMIUM, "ERR_NAME_NOT_RESOLVED", NULL, DETAIL_NONE, false,
     MISTAKE_NAME, CERTAIN,
     "This is no CORS error: the browser finds no address for the host name."},
    {"ERR_CONNECTION_REFUSED", CHROMIUM, "ERR_CONNECTION_REFUSED", NULL, DETAIL_NONE, false,
     MISTAKE_NO_LISTENER, CERTAIN,
     "This is no CORS error: nobody listens at that address and port."},
    {"ERR_UNSAFE_PORT", CHROMIUM, "ERR_UNSAFE_PORT", NULL, DETAIL_NONE, false, MISTAKE_NO_LISTENER,
     CERTAIN, "This is no CORS error: browsers never connect to this port."},
    {"ERR_CONNECTION_RESET", CHROMIUM, "ERR_CONNECTION_RESET", NULL, DETAIL_NONE, false,
     MISTAKE_CUT_OFF, LIKELY, SAYS_LOST},
    {"ERR_CONNECTION_CLOSED", CHROMIUM, "ERR_CONNECTION_CLOSED", NULL, DETAIL_NONE, false,
     MISTAKE_CUT_OFF, LIKELY, SAYS_LOST},
    {"ERR_EMPTY_RESPONSE", CHROMIUM, "ERR_EMPTY_RESPONSE", NULL, DETAIL_NONE, false,
     MISTAKE_CUT_OFF, LIKELY, SAYS_LOST},
    {"ERR_CONTENT_LENGTH_MISMATCH", CHROMIUM, "ERR_CONTENT_LENGTH_MISMATCH", NULL, DETAIL_NONE,
     false, MISTAKE_CUT_OFF, LIKELY, SAYS_LOST},
    {"ERR_INCOMPLETE_CHUNKED_ENCODING", CHROMIUM, "ERR_INCOMPLETE_CHUNKED_ENCODING", NULL,
     DETAIL_NONE, false, MISTAKE_CUT_OFF, LIKELY, SAYS_LOST},
    {"content-length", FIREFOX, "exceeds response Body", NULL, DETAIL_NONE, false, MISTAKE_CUT_OFF,
     LIKELY, SAYS_LOST},
    {"ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH", CHROMIUM, "ERR_RESPONSE_HEADERS_MULTIPLE_",
     NULL, DETAIL_NONE, false, MISTAKE_HEADERS_CHANGED, LIKELY,
     "This is no CORS error: the answer has headers twice that may stand there once."},
    {"ERR_TOO_MANY_REDIRECTS", CHROMIUM, "ERR_TOO_MANY_REDIRECTS", NULL, DETAIL_NONE, false,
     MISTAKE_REDIRECT, LIKELY, "This is no CORS error: the redirects lead round in a circle."},
    {"ERR_INVALID_REDIRECT", CHROMIUM, "ERR_INVALID_REDIRECT", NULL, DETAIL_NONE, false,
     MISTAKE_REDIRECT, LIKELY, SAYS_REDIRECTED},
    {"ERR_UNSAFE_REDIRECT", CHROMIUM, "ERR_UNSAFE_REDIRECT", NULL, DETAIL_NONE, false,
     MISTAKE_REDIRECT, LIKELY, SAYS_REDIRECTED},
    {"ERR_BLOCKED_BY_ORB", CHROMIUM, "ERR_BLOCKED_BY_ORB", NULL, DETAIL_NONE, false,
     MISTAKE_PAGE_MODE, LIKELY, SAYS_BLOCKED},
    {"ERR_BLOCKED_BY_RESPONSE", CHROMIUM, "ERR_BLOCKED_BY_RESPONSE", NULL, DETAIL_NONE, false,
     MISTAKE_PAGE_MODE, LIKELY, SAYS_BLOCKED},
    {"embedder-policy", FIREFOX, "Cross-Origin-Embedder-Policy", NULL, DETAIL_NONE, false,
     MISTAKE_PAGE_MODE, LIKELY, SAYS_BLOCKED},
    {"ERR_BLOCKED_BY_CLIENT", CHROMIUM, "ERR_BLOCKED_BY_CLIENT", NULL, DETAIL_NONE, false,
     MISTAKE_BROWSER_SETTING, CERTAIN,
     "This is no CORS error: an extension of this browser blocked the request."},
    {"ERR_TIMED_OUT", CHROMIUM, "TIMED_OUT", NULL, DETAIL_NONE, false, MISTAKE_NO_ANSWER, CERTAIN,
     "This is no CORS error: no answer came in time."},
    {"timeout", CONSOLE_ANY, "TimeoutError: ", NULL, DETAIL_NONE, false, MISTAKE_NO_ANSWER, CERTAIN,
     "This is no CORS error: the script waited, and no answer came in time."},

    /* What says least */
    {"CORSDidNotSucceed", FIREFOX, "CORS request did not succeed", NULL, DETAIL_NONE, false,
     MISTAKE_NO_ANSWER, LIKELY,
     "Firefox got no answer at all. It says so for certificates it does not trust, names it does "
     "not find and ports where nobody listens; no list was asked."},
    {"status", CONSOLE_ANY, "the server responded with a status of", NULL, DETAIL_NONE, false,
     BY_SETTINGS,
     "The answer had an error status. Another line tells whether the page was kept from reading "
     "it."},
    {"ERR_FAILED", CHROMIUM, "net::ERR_FAILED", NULL, DETAIL_NONE, false, BY_SETTINGS,
     "The browser blocked the answer; another line of the console, above this one, tells why."},
    {"failed-to-fetch", CONSOLE_ANY, "Failed to fetch", NULL, DETAIL_NONE, false, BY_SETTINGS,
     "This is all that a script gets to see; another line of the console tells why."},
    {"failed-to-fetch", FIREFOX, "NetworkError when attempting to fetch resource", NULL,
     DETAIL_NONE, false, BY_SETTINGS,
     "This is all that a script gets to see; another line of the console tells why."},
};

const struct console_row *console_rows(size_t *ret_n)
{
    *ret_n = sizeof rows / sizeof rows[0];
    return rows;
}

const char *console_browser_name(enum console_browser b)
{
    static const char *const name[] = {"Chromium", "Firefox", "Any browser"};

    return name[b];
}
