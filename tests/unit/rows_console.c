#include "rows_console.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define U    "https://cuicpub.uccelab.tac/cuic/"
#define O    "https://finessep.uccelab.tac:8445"
#define S    "https://finesses.uccelab.tac:8445"
#define ACAO "'Access-Control-Allow-Origin'"

/* Chromium's frame, and its second line. */
#define FETCH     "Access to fetch at '" U "' from origin '" O "' has been blocked by CORS policy: "
#define PREFLIGHT FETCH "Response to preflight request doesn't pass access control check: "
#define MISSING   "No " ACAO " header is present on the requested resource."
#define STAR                                                                                       \
    "The value of the " ACAO " header in the response must not be the wildcard '*' when the "      \
    "request's credentials mode is 'include'."
#define VALID " Have the server send the header with a valid value."
#define VALID_131                                                                                  \
    " Have the server send the header with a valid value, or, if an opaque response serves your "  \
    "needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled."

/* Firefox's frame, with the quotes that it prints. */
#define BLOCKED                                                                                    \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at " U ". (Reason: "
#define LQ "\xe2\x80\x98"
#define RQ "\xe2\x80\x99"

const struct console_sample console_samples[] = {
    /* --- Chromium, on the answer itself --- */
    {"missing", FETCH MISSING, "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U,
     .origin = O},
    {"missing-131",
     FETCH MISSING " If an opaque response serves your needs, set the request's mode to 'no-cors' "
                   "to fetch the resource with CORS disabled.",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"missing-xhr",
     "Access to XMLHttpRequest at '" U "' from origin '" O
     "' has been blocked by CORS policy: " MISSING,
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"missing-event-source",
     "Access to resource at '" U "' from origin '" O "' has been blocked by CORS policy: " MISSING,
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"missing-image",
     "Access to image at '" U "' from origin 'null' has been blocked by CORS policy: " MISSING,
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = "null"},
    {"missing-with-second-line",
     FETCH MISSING "\ngadget.js:42 \n GET " U " net::ERR_FAILED 403 (Forbidden)",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .method = "GET", .status = 403},
    {"missing-with-source-before", "gadget.js:42 " FETCH MISSING, "kMissingAllowOriginHeader",
     .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"missing-with-url-of-source-before",
     "https://finessep.uccelab.tac:8445/3rdpartygadget/files/gadget.js:42 " FETCH MISSING,
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"missing-of-the-same-url-posted", FETCH MISSING " POST " U " net::ERR_FAILED",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .method = "POST"},
    {"missing-and-another-url", FETCH MISSING " POST https://other.example/ net::ERR_FAILED",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"redirected-to-a-login",
     "Access to fetch at 'https://ids.uccelab.tac:8553/ids/saml' (redirected from '" U
     "') from origin '" O "' has been blocked by CORS policy: " MISSING,
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM,
     .url = "https://ids.uccelab.tac:8553/ids/saml", .redirected_from = U, .origin = O},
    {"wildcard", FETCH STAR, "kWildcardOriginNotAllowed", .browser = CONSOLE_CHROMIUM, .url = U,
     .origin = O},
    {"wildcard-xhr",
     "Access to XMLHttpRequest at '" U "' from origin '" O
     "' has been blocked by CORS policy: " STAR
     " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the "
     "withCredentials attribute.",
     "kWildcardOriginNotAllowed", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"multiple",
     FETCH "The " ACAO " header contains multiple values '" O ", *', but only one is "
           "allowed." VALID,
     "kMultipleAllowOriginValues", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .value = O ", *"},
    {"multiple-131",
     FETCH "The " ACAO " header contains multiple values '*, *', but only one is "
           "allowed." VALID_131,
     "kMultipleAllowOriginValues", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .value = "*, *"},
    {"invalid", FETCH "The " ACAO " header contains the invalid value 'finessep'." VALID,
     "kInvalidAllowOriginValue", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .value = "finessep"},
    {"invalid-and-empty", FETCH "The " ACAO " header contains the invalid value ''." VALID,
     "kInvalidAllowOriginValue", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O, .value = ""},
    {"mismatch",
     FETCH "The " ACAO " header has a value '" S "' that is not equal to the supplied "
           "origin." VALID,
     "kAllowOriginMismatch", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O, .value = S},
    {"mismatch-131",
     FETCH "The " ACAO " header has a value 'null' that is not equal to the "
           "supplied origin." VALID_131,
     "kAllowOriginMismatch", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O, .value = "null"},
    {"credentials",
     FETCH "The value of the 'Access-Control-Allow-Credentials' header in the response is 'True' "
           "which must be 'true' when the request's credentials mode is 'include'.",
     "kInvalidAllowCredentials", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .value = "True"},
    {"credentials-missing",
     FETCH "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which "
           "must be 'true' when the request's credentials mode is 'include'.",
     "kInvalidAllowCredentials", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O, .value = ""},
    {"redirect-with-user",
     FETCH "Redirect location '' contains a username and password, which is disallowed for "
           "cross-origin requests.",
     "kRedirectContainsCredentials", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"redirect-to-ftp",
     FETCH "Cross origin requests are only supported for protocol schemes: chrome, "
           "chrome-extension, chrome-untrusted, data, http, https, isolated-app.",
     "kCorsDisabledScheme", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"scheme",
     "Fetch API cannot load ftp://cuicpub.uccelab.tac/. URL scheme \"ftp\" is not supported.",
     "kCorsDisabledScheme", .browser = CONSOLE_CHROMIUM},
    {"mode",
     "Fetch API cannot load " U ". Request mode is \"same-origin\" but the URL's origin is not "
     "same as the request origin " O ".",
     "kDisallowedByMode", .browser = CONSOLE_CHROMIUM, .url = U},
    {"unsafe-attempt",
     "Unsafe attempt to load URL " U " from frame with URL " O
     "/desktop. Domains, protocols and ports must match.",
     "unsafe-attempt", .browser = CONSOLE_CHROMIUM, .url = U},
    {"file", "Not allowed to load local resource: file:///etc/hosts", "local-resource",
     .browser = CONSOLE_CHROMIUM},

    /* --- Chromium, on the preflight --- */
    {"preflight-missing", PREFLIGHT MISSING, "kMissingAllowOriginHeader",
     .browser = CONSOLE_CHROMIUM, .url = U, .origin = O, .is_preflight = true},
    {"preflight-missing-403", PREFLIGHT MISSING "\nPUT " U " net::ERR_FAILED",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .method = "PUT", .is_preflight = true},
    {"preflight-broken-into-lines",
     "Access to fetch at\r\n'https://cuicpub.uccelab\n.tac/cuic/' from origin\n"
     "'https://finessep.uccelab.tac:\n8445' has been blocked\nby CORS policy: Response to "
     "preflight\nrequest doesn't pass access control check: No 'Access-Control-Allow-Origin'\n"
     "header is present on the requested resource.",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .is_preflight = true},
    {"preflight-in-curly-quotes",
     "\xe2\x80\x9c"
     "Access to fetch at " LQ U RQ " from origin " LQ O RQ
     " has been blocked by CORS policy: Response to preflight request doesn" RQ
     "t pass access control check: No " LQ "Access-Control-Allow-Origin" RQ
     " header is present on the requested resource.\xe2\x80\x9d",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .is_preflight = true},
    {"preflight-with-odd-blanks",
     "Access\tto\xc2\xa0"
     "fetch   at '" U "' from\xe2\x80\x89origin '" O
     "' has been blocked by CORS policy: Response to preflight request doesn't pass access "
     "control check: No\xe2\x80\x8b 'Access-Control-Allow-Origin' header is present on the "
     "requested resource.",
     "kMissingAllowOriginHeader", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .is_preflight = true},
    {"preflight-wildcard", PREFLIGHT STAR, "kWildcardOriginNotAllowed", .browser = CONSOLE_CHROMIUM,
     .url = U, .origin = O, .is_preflight = true},
    {"preflight-status", PREFLIGHT "It does not have HTTP ok status.", "kPreflightInvalidStatus",
     .browser = CONSOLE_CHROMIUM, .url = U, .origin = O, .is_preflight = true},
    {"preflight-redirect", PREFLIGHT "Redirect is not allowed for a preflight request.",
     "kPreflightDisallowedRedirect", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .is_preflight = true},
    {"preflight-methods-bad",
     FETCH "Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
     "kInvalidAllowMethodsPreflightResponse", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .is_preflight = true},
    {"preflight-headers-bad",
     FETCH "Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
     "kInvalidAllowHeadersPreflightResponse", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .is_preflight = true},
    {"preflight-method",
     FETCH "Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.",
     "kMethodDisallowedByPreflightResponse", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .method = "PATCH", .is_preflight = true},
    {"preflight-header",
     FETCH "Request header field x-requested-with is not allowed by Access-Control-Allow-Headers "
           "in preflight response.",
     "kHeaderDisallowedByPreflightResponse", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .header = "x-requested-with", .is_preflight = true},

    /* --- Chromium, networks more private --- */
    {"local-network",
     FETCH "Permission was denied for this request to access the `loopback` "
           "address space.",
     "kLocalNetworkAccessPermissionDenied", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"local-network-insecure",
     FETCH "The request client is not a secure context and the resource is in more-private address "
           "space `local`.",
     "kInsecureLocalNetwork", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"local-network-target",
     FETCH "Request had a target IP address space of `local` yet the resource is in address space "
           "`loopback`.",
     "kInvalidLocalNetworkAccess", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O},
    {"private-network-131",
     PREFLIGHT "No 'Access-Control-Allow-Private-Network' header was present in the preflight "
               "response for this private network request targeting the `local` address space.",
     "kPreflightMissingAllowPrivateNetwork", .browser = CONSOLE_CHROMIUM, .url = U, .origin = O,
     .is_preflight = true},

    /* --- Chromium, no CORS at all --- */
    {"cert-name", "GET " U " net::ERR_CERT_COMMON_NAME_INVALID", "ERR_CERT_COMMON_NAME_INVALID",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"cert-date", "OPTIONS " U " net::ERR_CERT_DATE_INVALID", "ERR_CERT_DATE_INVALID",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "OPTIONS"},
    {"cert-authority", "gadget.js:7 GET " U " net::ERR_CERT_AUTHORITY_INVALID",
     "ERR_CERT_AUTHORITY_INVALID", .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"cert-other", "Failed to load resource: net::ERR_CERT_REVOKED", "ERR_CERT",
     .browser = CONSOLE_CHROMIUM},
    {"client-cert", "GET " U " net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "ERR_BAD_SSL_CLIENT_AUTH_CERT",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"tls-version", "GET " U " net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
     "ERR_SSL_VERSION_OR_CIPHER_MISMATCH", .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"no-tls", "GET " U " net::ERR_SSL_PROTOCOL_ERROR", "ERR_SSL_PROTOCOL_ERROR",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"name", "GET " U " net::ERR_NAME_NOT_RESOLVED", "ERR_NAME_NOT_RESOLVED",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"refused", "POST https://cuicsub.uccelab.tac:8444/cuic/ net::ERR_CONNECTION_REFUSED",
     "ERR_CONNECTION_REFUSED", .browser = CONSOLE_CHROMIUM,
     .url = "https://cuicsub.uccelab.tac:8444/cuic/", .method = "POST"},
    {"unsafe-port", "GET https://cuicpub.uccelab.tac:6000/ net::ERR_UNSAFE_PORT", "ERR_UNSAFE_PORT",
     .browser = CONSOLE_CHROMIUM, .url = "https://cuicpub.uccelab.tac:6000/", .method = "GET"},
    {"reset", U ":1 Failed to load resource: net::ERR_CONNECTION_RESET", "ERR_CONNECTION_RESET",
     .browser = CONSOLE_CHROMIUM, .url = U},
    {"closed", "GET " U " net::ERR_CONNECTION_CLOSED", "ERR_CONNECTION_CLOSED",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"empty", "GET " U " net::ERR_EMPTY_RESPONSE", "ERR_EMPTY_RESPONSE",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"short", "GET " U " net::ERR_CONTENT_LENGTH_MISMATCH 200 (OK)", "ERR_CONTENT_LENGTH_MISMATCH",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"chunk", "GET " U " net::ERR_INCOMPLETE_CHUNKED_ENCODING 200 (OK)",
     "ERR_INCOMPLETE_CHUNKED_ENCODING", .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"two-lengths", "GET " U " net::ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH",
     "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH", .browser = CONSOLE_CHROMIUM, .url = U,
     .method = "GET"},
    {"redirects", "GET " U " net::ERR_TOO_MANY_REDIRECTS", "ERR_TOO_MANY_REDIRECTS",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"redirect-invalid", "GET " U " net::ERR_INVALID_REDIRECT", "ERR_INVALID_REDIRECT",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"redirect-unsafe", "GET " U " net::ERR_UNSAFE_REDIRECT", "ERR_UNSAFE_REDIRECT",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"orb", "GET " U " net::ERR_BLOCKED_BY_ORB", "ERR_BLOCKED_BY_ORB", .browser = CONSOLE_CHROMIUM,
     .url = U, .method = "GET"},
    {"corp", "GET " U " net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin 200 (OK)",
     "ERR_BLOCKED_BY_RESPONSE", .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"coep", "GET " U " net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep",
     "ERR_BLOCKED_BY_RESPONSE", .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"extension", "GET " U " net::ERR_BLOCKED_BY_CLIENT", "ERR_BLOCKED_BY_CLIENT",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"connect-timeout", "GET " U " net::ERR_CONNECTION_TIMED_OUT", "ERR_TIMED_OUT",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET"},
    {"mixed",
     "Mixed Content: The page at '" O "/desktop' was loaded over HTTPS, but requested an insecure "
     "resource 'http://cuicpub.uccelab.tac/cuic/'. This request has been blocked; the content must "
     "be served over HTTPS.",
     "mixed-content", .browser = CONSOLE_CHROMIUM, .url = "http://cuicpub.uccelab.tac/cuic/",
     .origin = O},
    {"csp",
     "Connecting to '" U "' violates the following Content Security Policy directive: "
     "\"connect-src 'self'\". The action has been blocked.",
     "page-policy", .browser = CONSOLE_CHROMIUM, .url = U},
    {"csp-second-line",
     "Refused to connect because it violates the document's Content Security Policy.",
     "page-policy", .browser = CONSOLE_CHROMIUM},

    /* --- Firefox --- */
    {"firefox-missing",
     BLOCKED "CORS header " LQ "Access-Control-Allow-Origin" RQ " missing). Status code: 403.",
     "CORSMissingAllowOrigin2", .browser = CONSOLE_FIREFOX, .url = U, .status = 403},
    {"firefox-missing-and-failed",
     BLOCKED "CORS header " LQ "Access-Control-Allow-Origin" RQ
             " missing). Status code: 403.\n" BLOCKED
             "CORS request did not succeed). Status code: (null).",
     "CORSMissingAllowOrigin2", .browser = CONSOLE_FIREFOX, .url = U, .status = 403},
    {"firefox-missing-straight", BLOCKED "CORS header " ACAO " missing). Status code: 200.",
     "CORSMissingAllowOrigin2", .browser = CONSOLE_FIREFOX, .url = U, .status = 200},
    {"firefox-missing-old", BLOCKED "CORS header " ACAO " missing).", "CORSMissingAllowOrigin2",
     .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-broken-into-lines",
     "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the\nremote resource "
     "at https://cuicpub.uccelab.tac/\ncuic/. (Reason: CORS header\n" LQ
     "Access-Control-Allow-Origin" RQ " missing). Status code:\n401.",
     "CORSMissingAllowOrigin2", .browser = CONSOLE_FIREFOX, .url = U, .status = 401},
    {"firefox-star",
     BLOCKED "Credential is not supported if the CORS header " LQ "Access-Control-Allow-Origin" RQ
             " is " LQ "*" RQ ").",
     "CORSNotSupportingCredentials", .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-multiple",
     BLOCKED "Multiple CORS header " LQ "Access-Control-Allow-Origin" RQ " not allowed).",
     "CORSMultipleAllowOriginNotAllowed", .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-mismatch",
     BLOCKED "CORS header " LQ "Access-Control-Allow-Origin" RQ " does not match " LQ S RQ ").",
     "CORSAllowOriginNotMatchingOrigin", .browser = CONSOLE_FIREFOX, .url = U, .value = S},
    {"firefox-credentials",
     BLOCKED "expected " LQ "true" RQ " in CORS header " LQ "Access-Control-Allow-Credentials" RQ
             ").",
     "CORSMissingAllowCredentials", .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-did-not-succeed", BLOCKED "CORS request did not succeed). Status code: (null).",
     "CORSDidNotSucceed", .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-not-http", BLOCKED "CORS request not http).", "CORSRequestNotHttp",
     .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-redirect", BLOCKED "CORS request external redirect not allowed).",
     "CORSExternalRedirectNotAllowed", .browser = CONSOLE_FIREFOX, .url = U, .is_preflight = true},
    {"firefox-preflight", BLOCKED "CORS preflight response did not succeed). Status code: 403.",
     "CORSPreflightDidNotSucceed", .browser = CONSOLE_FIREFOX, .url = U, .status = 403,
     .is_preflight = true},
    {"firefox-preflight-old", BLOCKED "CORS preflight channel did not succeed).",
     "CORSPreflightDidNotSucceed", .browser = CONSOLE_FIREFOX, .url = U, .is_preflight = true},
    {"firefox-methods-bad",
     BLOCKED "invalid token " LQ "GET PUT" RQ " in CORS header " LQ
             "Access-Control-Allow-Methods" RQ ").",
     "CORSInvalidAllowMethod", .browser = CONSOLE_FIREFOX, .url = U, .value = "GET PUT",
     .is_preflight = true},
    {"firefox-headers-bad",
     BLOCKED "invalid token " LQ "a b" RQ " in CORS header " LQ "Access-Control-Allow-Headers" RQ
             ").",
     "CORSInvalidAllowHeader", .browser = CONSOLE_FIREFOX, .url = U, .value = "a b",
     .is_preflight = true},
    {"firefox-method",
     BLOCKED "Did not find method in CORS header " LQ "Access-Control-Allow-Methods" RQ ").",
     "CORSMethodNotFound", .browser = CONSOLE_FIREFOX, .url = U, .is_preflight = true},
    {"firefox-header",
     BLOCKED "header " LQ "x-requested-with" RQ " is not allowed according to header " LQ
             "Access-Control-Allow-Headers" RQ " from CORS preflight response).",
     "CORSMissingAllowHeaderFromPreflight2", .browser = CONSOLE_FIREFOX, .url = U,
     .header = "x-requested-with", .is_preflight = true},
    {"firefox-header-old",
     BLOCKED "missing token " LQ "x-requested-with" RQ " in CORS header " LQ
             "Access-Control-Allow-Headers" RQ " from CORS preflight channel).",
     "CORSMissingAllowHeaderFromPreflight", .browser = CONSOLE_FIREFOX, .url = U,
     .header = "x-requested-with", .is_preflight = true},
    {"firefox-disabled", BLOCKED "CORS disabled).", "CORSDisabled", .browser = CONSOLE_FIREFOX,
     .url = U},
    {"firefox-origin", BLOCKED "CORS header " LQ "Origin" RQ " cannot be added).",
     "CORSOriginHeaderNotAdded", .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-mixed",
     "Blocked loading mixed active content "
     "\xe2\x80\x9chttp://cuicpub.uccelab.tac/cuic/\xe2\x80\x9d",
     "mixed-content", .browser = CONSOLE_FIREFOX, .url = "http://cuicpub.uccelab.tac/cuic/"},
    {"firefox-csp",
     "Content-Security-Policy: The page" RQ "s settings blocked the loading of a resource "
     "(connect-src) at " U " because it violates the following directive: \xe2\x80\x9c"
     "connect-src " RQ "self" RQ "\xe2\x80\x9d",
     "page-policy", .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-coep",
     "The resource at \xe2\x80\x9c" U "\xe2\x80\x9d was blocked due to its "
     "Cross-Origin-Resource-Policy header (or lack thereof). See Cross-Origin-Embedder-Policy.",
     "embedder-policy", .browser = CONSOLE_FIREFOX, .url = U},
    {"firefox-length", "Content-Length header of network response exceeds response Body.",
     "content-length", .browser = CONSOLE_FIREFOX},

    /* --- what says least --- */
    {"only-failed", "GET " U " net::ERR_FAILED", "ERR_FAILED", .browser = CONSOLE_CHROMIUM,
     .url = U, .method = "GET"},
    {"only-failed-with-status", "GET " U " net::ERR_FAILED 403 (Forbidden)", "ERR_FAILED",
     .browser = CONSOLE_CHROMIUM, .url = U, .method = "GET", .status = 403},
    {"status-only",
     "Failed to load resource: the server responded with a status of 500 (Internal Server Error)",
     "status", .browser = CONSOLE_ANY, .status = 500},
    {"script", "Uncaught (in promise) TypeError: Failed to fetch", "failed-to-fetch",
     .browser = CONSOLE_ANY},
    {"script-firefox", "TypeError: NetworkError when attempting to fetch resource.",
     "failed-to-fetch", .browser = CONSOLE_FIREFOX},
    {"script-timeout", "TimeoutError: signal timed out", "timeout", .browser = CONSOLE_ANY},

    /* --- nothing that is known --- */
    {"unknown", "It does not work", .code = NULL},
    {"unknown-with-url", "What about " U " ?", .code = NULL, .url = U},
    {"unknown-empty", "", .code = NULL},
    {"unknown-only-blanks", " \n\t ", .code = NULL},
    {"unknown-frame", "Access to fetch at '" U "' from origin '" O "' was fine", .code = NULL,
     .url = U, .origin = O},
};
const size_t console_n_samples = COUNT(console_samples);
