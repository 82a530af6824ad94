#include "reason.h"

static const struct reason table[REASON_COUNT] = {
    [REASON_NO_ORIGIN] = {"no-origin", "Not a CORS request",
                          "The request has no Origin header, so CORS does not apply.", ""},
    [REASON_SAME_ORIGIN] = {"same-origin", "Not a CORS request",
                            "The Origin is that of the server itself, so CORS does not apply.", ""},
    [REASON_DISABLED_PASSED] = {"cors-disabled-passed", "CORS is disabled",
                                "CORS is disabled on this node, so no CORS header is added and the "
                                "browser refuses the answer.",
                                "Enable CORS with 'utils cuic cors enable', then restart the "
                                "service."},
    [REASON_PREFLIGHT_ALLOWED] = {"preflight-allowed", "Preflight allowed",
                                  "The origin, the method and every header asked for are listed.",
                                  ""},
    [REASON_ACTUAL_ALLOWED] = {"actual-allowed", "Cross-origin request allowed",
                               "The origin and the method are listed.", ""},
    [REASON_DISABLED] = {"cors-disabled", "CORS is disabled",
                         "CORS is disabled on this node, so every cross-origin request is refused; "
                         "the list itself is kept.",
                         "Enable CORS with 'utils cuic cors enable', then restart the service."},
    [REASON_ORIGIN_EMPTY] = {"origin-empty", "Empty origin",
                             "The Origin header is there but empty.",
                             "Send the page's origin, or no Origin header at all; browsers never "
                             "send an empty one."},
    [REASON_ORIGIN_MALFORMED] = {"origin-malformed", "Malformed origin",
                                 "The Origin header is not a URI with a scheme, or holds a "
                                 "character that no origin has.",
                                 "Send scheme://host[:port] as browsers do; look for a proxy that "
                                 "rewrites the header."},
    [REASON_ORIGIN_NULL] = {"origin-null", "The origin is null",
                            "The page has the opaque origin 'null' (a file, a sandboxed frame or a "
                            "redirect across origins), and 'null' cannot be listed.",
                            "Serve the page over https from a host of its own, without a sandbox "
                            "or a redirect on the way."},
    [REASON_ORIGIN_NOT_LISTED] = {"origin-not-listed", "Origin not in the allowed list",
                                  "No entry of this node's allowed-origin list equals the Origin "
                                  "header: scheme, host and port are compared as one string.",
                                  "Add it with 'utils cuic cors allowed_origin add' on every node, "
                                  "then restart the service."},
    [REASON_REQUEST_METHOD_BLANK] = {"request-method-blank", "Blank request method",
                                     "The preflight's Access-Control-Request-Method header is "
                                     "empty.",
                                     "Name the method of the request that is to follow; browsers "
                                     "always do."},
    [REASON_REQUEST_METHOD_NOT_ALLOWED] = {"request-method-not-allowed",
                                           "Requested method not allowed",
                                           "The preflight asks for a method outside DELETE, POST, "
                                           "GET, OPTIONS and PUT (compared case-sensitively).",
                                           "Use one of the five methods; no command changes "
                                           "them."},
    [REASON_METHOD_NOT_ALLOWED] = {"method-not-allowed", "Method not allowed across origins",
                                   "The request's own method is outside DELETE, POST, GET, OPTIONS "
                                   "and PUT (compared case-sensitively; HEAD is not among them).",
                                   "Use one of the five methods; no command changes them."},
    [REASON_REQUEST_HEADER_BLANK] = {"request-header-blank", "Empty name among requested headers",
                                     "The Access-Control-Request-Headers list has an empty member "
                                     "at its beginning or in its middle.",
                                     "Send names separated by single commas; browsers do."},
    [REASON_REQUEST_HEADER_NOT_ALLOWED] = {"request-header-not-allowed",
                                           "Requested header not allowed",
                                           "The preflight asks for a request header that is not in "
                                           "this node's allowed_headers list.",
                                           "Add it with 'utils cuic cors allowed_headers add' on "
                                           "every node, then restart the service."},
    [REASON_PROXY_DOWN] = {"proxy-down", "The web proxy does not run",
                           "The node's web proxy does not run, so the connection is reset before "
                           "any request is read.",
                           "Start it with 'utils service start Cisco Web Proxy Service'."},
    [REASON_SERVICE_DOWN] = {"service-down", "The service does not run",
                             "The service behind the proxy is stopped or restarts, so the proxy "
                             "answers 502 without any CORS header.",
                             "Look with 'utils service list', and start it or wait."},
    [REASON_REDIRECTED] = {"redirected", "Redirected before the filter",
                           "The path is answered with a redirect that has no CORS header; browsers "
                           "follow none of a preflight.",
                           "Call the address that the redirect leads to."},
    [REASON_LOGIN] = {"login-required", "A login is asked for before the filter",
                      "The path is behind a login, whose 401 comes before the filter and has no "
                      "CORS header.",
                      "Send a login along; a preflight needs none."},
    [REASON_OUTSIDE] = {"outside-filter", "Outside the filter",
                        "The path is none that the CORS filter guards, so the answer has no CORS "
                        "header, whatever is listed.",
                        "Correct the path; the list has no part in it."},
};

const struct reason *reason_get(enum cors_reason r)
{
    return &table[r];
}
