#include "rows_decide.h"

#include "support.h"

#define LISTED   "https://finesses.uccelab.tac:8445"
#define UNLISTED "https://finessep.uccelab.tac:8445"

/* ---- requests: further fields may follow each of these ---- */
#define AT                                .host = LIT("cuicpub.uccelab.tac"), .is_https = true
#define REQUEST(method_text, origin_text) AT, .method = LIT(method_text), .origin = LIT(origin_text)
#define PREFLIGHT(from, asked)            REQUEST("OPTIONS", from), .request_method = LIT(asked)
#define ASKS_FOR(names)                   PREFLIGHT(LISTED, "GET"), .request_headers = LIT(names)

/* ---- outcomes ---- */
#define PASSES(why, what) .class = CORS_NOT, .is_allowed = true, .reason = (why), .adds = (what)
#define PREFLIGHT_OK                                                                               \
    .class = CORS_PREFLIGHT, .is_allowed = true, .reason = REASON_PREFLIGHT_ALLOWED,               \
    .adds = CORS_ADDS_LISTS, .allow_origin = LISTED
#define ACTUAL_OK(what)                                                                            \
    .class = CORS_ACTUAL, .is_allowed = true, .reason = REASON_ACTUAL_ALLOWED, .adds = (what),     \
    .allow_origin = LISTED
#define REFUSED(kind, why)           .class = (kind), .reason = (why)
#define REFUSED_FOR(kind, why, what) .class = (kind), .reason = (why), .culprit = LIT(what)

#define HEADER_REFUSED(what) REFUSED_FOR(CORS_PREFLIGHT, REASON_REQUEST_HEADER_NOT_ALLOWED, what)

#define METHOD_REFUSED(what) REFUSED_FOR(CORS_PREFLIGHT, REASON_REQUEST_METHOD_NOT_ALLOWED, what)

#define HEADER_BLANK REFUSED_FOR(CORS_PREFLIGHT, REASON_REQUEST_HEADER_BLANK, "")

const struct decide_row decide_rows[] = {
    /* not CORS */
    {"no-origin", .rq = {AT, .method = LIT("GET")}, PASSES(REASON_NO_ORIGIN, CORS_ADDS_VARY)},
    {"no-origin-options", .rq = {AT, .method = LIT("OPTIONS"), .request_method = LIT("GET")},
     PASSES(REASON_NO_ORIGIN, CORS_ADDS_VARY)},
    {"no-origin-unknown-method", .rq = {AT, .method = LIT("FOO")},
     PASSES(REASON_NO_ORIGIN, CORS_ADDS_VARY)},
    {"no-origin-any", POLICY_ANY, .rq = {AT, .method = LIT("GET")},
     PASSES(REASON_NO_ORIGIN, CORS_ADDS_NOTHING)},
    {"same-origin", .rq = {REQUEST("GET", "https://cuicpub.uccelab.tac")},
     PASSES(REASON_SAME_ORIGIN, CORS_ADDS_VARY)},
    {"same-origin-padded", .rq = {REQUEST("GET", " https://cuicpub.uccelab.tac:443\t")},
     PASSES(REASON_SAME_ORIGIN, CORS_ADDS_VARY)},
    {"same-origin-preflight", .rq = {PREFLIGHT("https://cuicpub.uccelab.tac", "PATCH")},
     PASSES(REASON_SAME_ORIGIN, CORS_ADDS_VARY)},
    {"same-origin-any", POLICY_ANY, .rq = {REQUEST("GET", "https://cuicpub.uccelab.tac")},
     PASSES(REASON_SAME_ORIGIN, CORS_ADDS_NOTHING)},
    {"same-origin-no-host-field",
     .rq = {.is_https = true, .method = LIT("GET"), .origin = LIT("https://cuicpub.uccelab.tac")},
     REFUSED(CORS_ACTUAL, REASON_ORIGIN_NOT_LISTED)},

    /* CORS disabled */
    {"disabled-refused", POLICY_DISABLED, .rq = {REQUEST("GET", LISTED)},
     REFUSED(CORS_ACTUAL, REASON_DISABLED)},
    {"disabled-refused-preflight", POLICY_DISABLED, .rq = {PREFLIGHT(LISTED, "GET")},
     REFUSED(CORS_PREFLIGHT, REASON_DISABLED)},
    {"disabled-refused-null", POLICY_DISABLED, .rq = {REQUEST("GET", "null")},
     REFUSED(CORS_ACTUAL, REASON_DISABLED)},
    {"disabled-refused-malformed", POLICY_DISABLED, .rq = {REQUEST("GET", "finesse")},
     REFUSED(CORS_INVALID, REASON_ORIGIN_MALFORMED)},
    {"disabled-refused-no-origin", POLICY_DISABLED, .rq = {AT, .method = LIT("GET")},
     PASSES(REASON_NO_ORIGIN, CORS_ADDS_VARY)},
    {"disabled-refused-same-origin", POLICY_DISABLED,
     .rq = {REQUEST("GET", "https://cuicpub.uccelab.tac")},
     PASSES(REASON_SAME_ORIGIN, CORS_ADDS_VARY)},
    {"fresh-refused", POLICY_FRESH, .rq = {PREFLIGHT(LISTED, "GET")},
     REFUSED(CORS_PREFLIGHT, REASON_DISABLED)},
    {"disabled-passed", POLICY_DISABLED, CORS_DISABLED_PASS, .rq = {REQUEST("GET", LISTED)},
     PASSES(REASON_DISABLED_PASSED, CORS_ADDS_NOTHING)},
    {"disabled-passed-preflight", POLICY_DISABLED, CORS_DISABLED_PASS,
     .rq = {PREFLIGHT(LISTED, "PATCH")}, PASSES(REASON_DISABLED_PASSED, CORS_ADDS_NOTHING)},
    {"disabled-passed-malformed", POLICY_DISABLED, CORS_DISABLED_PASS, .rq = {REQUEST("GET", "%")},
     PASSES(REASON_DISABLED_PASSED, CORS_ADDS_NOTHING)},
    {"disabled-passed-no-origin", POLICY_DISABLED, CORS_DISABLED_PASS,
     .rq = {AT, .method = LIT("GET")}, PASSES(REASON_NO_ORIGIN, CORS_ADDS_NOTHING)},
    {"enabled-whatever-disabled-means", POLICY_RECORDED, CORS_DISABLED_PASS,
     .rq = {REQUEST("GET", UNLISTED)}, REFUSED(CORS_ACTUAL, REASON_ORIGIN_NOT_LISTED)},

    /* the origin */
    {"origin-empty", .rq = {REQUEST("GET", "")}, REFUSED(CORS_INVALID, REASON_ORIGIN_EMPTY)},
    {"origin-only-blanks", .rq = {PREFLIGHT(" \t ", "GET")},
     REFUSED(CORS_INVALID, REASON_ORIGIN_EMPTY)},
    {"origin-malformed", .rq = {REQUEST("GET", "finesses.uccelab.tac")},
     REFUSED(CORS_INVALID, REASON_ORIGIN_MALFORMED)},
    {"origin-percent", .rq = {PREFLIGHT("https://a%20b", "GET")},
     REFUSED(CORS_INVALID, REASON_ORIGIN_MALFORMED)},
    {"origin-star", .rq = {REQUEST("GET", "*")}, REFUSED(CORS_INVALID, REASON_ORIGIN_MALFORMED)},
    {"origin-malformed-any", POLICY_ANY, .rq = {REQUEST("GET", "https://a https://b")},
     REFUSED(CORS_INVALID, REASON_ORIGIN_MALFORMED)},
    {"origin-null", .rq = {REQUEST("GET", "null")}, REFUSED(CORS_ACTUAL, REASON_ORIGIN_NULL)},
    {"origin-null-preflight", .rq = {PREFLIGHT("null", "GET")},
     REFUSED(CORS_PREFLIGHT, REASON_ORIGIN_NULL)},
    {"origin-file", .rq = {REQUEST("GET", "file:///C:/x")},
     REFUSED(CORS_ACTUAL, REASON_ORIGIN_NOT_LISTED)},
    {"origin-not-listed", .rq = {REQUEST("GET", UNLISTED)},
     REFUSED(CORS_ACTUAL, REASON_ORIGIN_NOT_LISTED)},
    {"origin-not-listed-preflight", .rq = {PREFLIGHT(UNLISTED, "PATCH")},
     REFUSED(CORS_PREFLIGHT, REASON_ORIGIN_NOT_LISTED)},
    {"origin-slash", .rq = {REQUEST("GET", LISTED "/")},
     REFUSED(CORS_ACTUAL, REASON_ORIGIN_NOT_LISTED)},
    {"origin-upper", .rq = {REQUEST("GET", "https://FINESSES.uccelab.tac:8445")},
     REFUSED(CORS_ACTUAL, REASON_ORIGIN_NOT_LISTED)},
    {"origin-padded", .rq = {REQUEST("GET", "  " LISTED "\t")}, ACTUAL_OK(CORS_ADDS_ORIGIN)},

    /* actual requests */
    {"get", .rq = {REQUEST("GET", LISTED)}, ACTUAL_OK(CORS_ADDS_ORIGIN)},
    {"post", .rq = {REQUEST("POST", LISTED)}, ACTUAL_OK(CORS_ADDS_ORIGIN)},
    {"put", .rq = {REQUEST("PUT", LISTED)}, ACTUAL_OK(CORS_ADDS_ORIGIN)},
    {"delete", .rq = {REQUEST("DELETE", LISTED)}, ACTUAL_OK(CORS_ADDS_ORIGIN)},
    {"options-without-request-method", .rq = {REQUEST("OPTIONS", LISTED)},
     ACTUAL_OK(CORS_ADDS_LISTS)},
    {"get-with-request-method",
     .rq = {REQUEST("GET", LISTED), .request_method = LIT("PATCH"), .request_headers = LIT("x")},
     ACTUAL_OK(CORS_ADDS_ORIGIN)},
    {"get-with-blank-request-method", .rq = {REQUEST("GET", LISTED), .request_method = LIT("")},
     ACTUAL_OK(CORS_ADDS_ORIGIN)},
    {"head", .rq = {REQUEST("HEAD", LISTED)},
     REFUSED_FOR(CORS_ACTUAL, REASON_METHOD_NOT_ALLOWED, "HEAD")},
    {"patch", .rq = {REQUEST("PATCH", LISTED)},
     REFUSED_FOR(CORS_ACTUAL, REASON_METHOD_NOT_ALLOWED, "PATCH")},
    {"options-lower-case", .rq = {REQUEST("options", LISTED), .request_method = LIT("GET")},
     REFUSED_FOR(CORS_ACTUAL, REASON_METHOD_NOT_ALLOWED, "options")},
    {"head-any", POLICY_ANY, .rq = {REQUEST("HEAD", LISTED)},
     REFUSED_FOR(CORS_ACTUAL, REASON_METHOD_NOT_ALLOWED, "HEAD")},
    {"get-any", POLICY_ANY, .rq = {REQUEST("GET", "https://evil.example")}, .class = CORS_ACTUAL,
     .is_allowed = true, .reason = REASON_ACTUAL_ALLOWED, .adds = CORS_ADDS_ORIGIN,
     .allow_origin = "*"},
    {"get-any-listed-too", POLICY_ANY, .rq = {REQUEST("GET", LISTED)}, .class = CORS_ACTUAL,
     .is_allowed = true, .reason = REASON_ACTUAL_ALLOWED, .adds = CORS_ADDS_ORIGIN,
     .allow_origin = "*"},
    {"null-any", POLICY_ANY, .rq = {PREFLIGHT("null", "GET")}, .class = CORS_PREFLIGHT,
     .is_allowed = true, .reason = REASON_PREFLIGHT_ALLOWED, .adds = CORS_ADDS_LISTS,
     .allow_origin = "*"},
    {"file-any", POLICY_ANY, .rq = {PREFLIGHT("file:///x", "GET")}, .class = CORS_PREFLIGHT,
     .is_allowed = true, .reason = REASON_PREFLIGHT_ALLOWED, .adds = CORS_ADDS_LISTS,
     .allow_origin = "*"},

    /* preflights: the method asked for */
    {"preflight", .rq = {PREFLIGHT(LISTED, "GET")}, PREFLIGHT_OK},
    {"preflight-for-options", .rq = {PREFLIGHT(LISTED, "OPTIONS")}, PREFLIGHT_OK},
    {"preflight-padded", .rq = {PREFLIGHT(" \t" LISTED "  ", "  PUT\t")}, PREFLIGHT_OK},
    {"request-method-empty", .rq = {PREFLIGHT(LISTED, "")},
     REFUSED(CORS_INVALID, REASON_REQUEST_METHOD_BLANK)},
    {"request-method-only-blanks", .rq = {PREFLIGHT(LISTED, "  \t")},
     REFUSED(CORS_INVALID, REASON_REQUEST_METHOD_BLANK)},
    {"request-method-lower", .rq = {PREFLIGHT(LISTED, "get")}, METHOD_REFUSED("get")},
    {"request-method-head", .rq = {PREFLIGHT(LISTED, "HEAD")}, METHOD_REFUSED("HEAD")},
    {"request-method-padded", .rq = {PREFLIGHT(LISTED, " PATCH ")}, METHOD_REFUSED("PATCH")},
    {"request-method-list", .rq = {PREFLIGHT(LISTED, "GET,POST")}, METHOD_REFUSED("GET,POST")},
    {"request-method-star", .rq = {PREFLIGHT(LISTED, "*")}, METHOD_REFUSED("*")},
    {"method-is-judged-before-headers",
     .rq = {PREFLIGHT(LISTED, "PATCH"), .request_headers = LIT("x-unknown")},
     METHOD_REFUSED("PATCH")},

    /* preflights: the headers asked for */
    {"headers-one", .rq = {ASKS_FOR("authorization")}, PREFLIGHT_OK},
    {"headers-odd-case", .rq = {ASKS_FOR("AuThOrIzAtIoN, Content-TYPE")}, PREFLIGHT_OK},
    {"headers-padded", .rq = {ASKS_FOR(" authorization ,\tcontent-type ")}, PREFLIGHT_OK},
    {"headers-empty", .rq = {ASKS_FOR("")}, PREFLIGHT_OK},
    {"headers-only-blanks", .rq = {ASKS_FOR(" \t ")}, PREFLIGHT_OK},
    {"headers-trailing-comma", .rq = {ASKS_FOR("authorization,")}, PREFLIGHT_OK},
    {"headers-trailing-comma-padded", .rq = {ASKS_FOR(" authorization,, ")}, PREFLIGHT_OK},
    {"headers-only-commas", .rq = {ASKS_FOR(",,,")}, PREFLIGHT_OK},
    {"headers-only-commas-padded", .rq = {ASKS_FOR(" ,,, ")}, PREFLIGHT_OK},
    {"headers-empty-middle", .rq = {ASKS_FOR("authorization,,content-type")}, HEADER_BLANK},
    {"headers-empty-lead", .rq = {ASKS_FOR(",authorization")}, HEADER_BLANK},
    {"headers-blank-middle", .rq = {ASKS_FOR("authorization, ,content-type")}, HEADER_BLANK},
    {"headers-blank-before-last-comma", .rq = {ASKS_FOR("authorization, ,")}, HEADER_BLANK},
    {"headers-unknown", .rq = {ASKS_FOR("x-unknown")}, HEADER_REFUSED("x-unknown")},
    {"headers-known-and-unknown", .rq = {ASKS_FOR("authorization, X-Unknown ,x-other")},
     HEADER_REFUSED("X-Unknown")},
    {"headers-blank-inside", .rq = {ASKS_FOR("auth orization")}, HEADER_REFUSED("auth orization")},
    {"headers-star", .rq = {ASKS_FOR("*")}, HEADER_REFUSED("*")},
    {"headers-star-any", POLICY_ANY, .rq = {ASKS_FOR("*")}, HEADER_REFUSED("*")},
    {"headers-safelisted", .rq = {ASKS_FOR("accept-language")}, HEADER_REFUSED("accept-language")},
    {"headers-requestid", .rq = {ASKS_FOR("requestid")}, HEADER_REFUSED("requestid")},
    {"headers-requestid-added", POLICY_CUSTOM, .rq = {ASKS_FOR("requestId")}, PREFLIGHT_OK},
    {"headers-private-network-by-name", .rq = {ASKS_FOR("access-control-request-private-network")},
     PREFLIGHT_OK},

    /* private network access */
    {"private-network-off", .rq = {PREFLIGHT(LISTED, "GET"), .private_network = LIT("true")},
     PREFLIGHT_OK},
    {"private-network-on", POLICY_PRIVATE_NETWORK,
     .rq = {PREFLIGHT(LISTED, "GET"), .private_network = LIT("true")}, PREFLIGHT_OK,
     .adds_private_network = true},
    {"private-network-padded", POLICY_PRIVATE_NETWORK,
     .rq = {PREFLIGHT(LISTED, "GET"), .private_network = LIT(" true\t")}, PREFLIGHT_OK,
     .adds_private_network = true},
    {"private-network-not-asked", POLICY_PRIVATE_NETWORK, .rq = {PREFLIGHT(LISTED, "GET")},
     PREFLIGHT_OK},
    {"private-network-upper", POLICY_PRIVATE_NETWORK,
     .rq = {PREFLIGHT(LISTED, "GET"), .private_network = LIT("TRUE")}, PREFLIGHT_OK},
    {"private-network-false", POLICY_PRIVATE_NETWORK,
     .rq = {PREFLIGHT(LISTED, "GET"), .private_network = LIT("false")}, PREFLIGHT_OK},
    {"private-network-empty", POLICY_PRIVATE_NETWORK,
     .rq = {PREFLIGHT(LISTED, "GET"), .private_network = LIT("")}, PREFLIGHT_OK},
    {"private-network-actual", POLICY_PRIVATE_NETWORK,
     .rq = {REQUEST("OPTIONS", LISTED), .private_network = LIT("true")},
     ACTUAL_OK(CORS_ADDS_LISTS)},
    {"private-network-not-listed", POLICY_PRIVATE_NETWORK,
     .rq = {PREFLIGHT(UNLISTED, "GET"), .private_network = LIT("true")},
     REFUSED(CORS_PREFLIGHT, REASON_ORIGIN_NOT_LISTED)},
};
const size_t decide_n_rows = COUNT(decide_rows);

struct policy *make_policy_kind(enum policy_kind kind)
{
    static const char *const custom[] = {"requestid"};
    struct policy_spec spec =
        kind == POLICY_FRESH ? policy_spec_default(SERVICE_CUIC) : recorded_spec();

    if (kind == POLICY_DISABLED)
        spec.enabled = false;
    spec.private_network = kind == POLICY_PRIVATE_NETWORK;
    spec.any_origin = kind == POLICY_ANY;
    if (kind == POLICY_CUSTOM) {
        spec.custom_allowed = custom;
        spec.n_custom_allowed = COUNT(custom);
    }
    return make_policy(&spec);
}
