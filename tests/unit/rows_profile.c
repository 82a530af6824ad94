#include "rows_profile.h"

#include "support.h"

#define LISTED "https://finesses.uccelab.tac:8445"

/* ---- pieces of answers ---- */
#define SERVER "server: nginx\n"
#define HTML   "content-type: text/html;charset=utf-8\n"
#define JSON   "content-type: application/json;charset=UTF-8\n"
#define HSTS   "strict-transport-security: max-age=31536000; includeSubDomains\n"
#define CONTAINER                                                                                  \
    "set-cookie: JSESSIONID=<id>; Path=/cuic; Secure; HttpOnly; SameSite=Strict\n"                 \
    "pragma: No-cache\n"                                                                           \
    "cache-control: no-cache\n"                                                                    \
    "expires: Thu, 01 Jan 1970 00:00:00 GMT\n"                                                     \
    "x-frame-options: SAMEORIGIN\n"                                                                \
    "x-xss-protection: 1; mode=block\n"                                                            \
    "x-content-type-options: nosniff\n"
#define CSP                                                                                        \
    "content-security-policy: default-src 'self' ; "                                               \
    "script-src 'self' data: 'unsafe-inline' 'unsafe-eval' ; "                                     \
    "style-src 'self' data: 'unsafe-inline' blob: ; "                                              \
    "img-src 'self' data: 'unsafe-inline' ; connect-src 'self' "                                   \
    "https://cuicpub.uccelab.tac:443 wss://cuicpub.uccelab.tac:443 "                               \
    "https://cuicsub.uccelab.tac:443 wss://cuicsub.uccelab.tac:443 ;\n"
#define VARY           "vary: Origin\n"
#define VARY_LISTS     "vary: origin,access-control-request-method,Access-Control-Request-Headers\n"
#define VARY_LISTS_ANY "vary: access-control-request-method,Access-Control-Request-Headers\n"
#define ORIGIN         "access-control-allow-origin: " LISTED "\n"
#define ORIGIN_ANY     "access-control-allow-origin: *\n"
#define CREDENTIALS    "access-control-allow-credentials: true\n"
#define EXPOSED                                                                                    \
    "access-control-expose-headers: access-control-allow-origin,access-control-allow-credentials," \
    "access-control-max-age,access-control-allow-headers,access-control-allow-methods,"            \
    "access-control-allow-private-network\n"
#define AGE "access-control-max-age: 600\n"
#define LISTS                                                                                      \
    "access-control-allow-methods: DELETE,POST,GET,OPTIONS,PUT\n"                                  \
    "access-control-allow-headers: referer,peripheralid,origin,access-control-request-method,"     \
    "locale,accept,authorization,domain,x-requested-with,access-control-request-headers,"          \
    "content-type,access-control-request-private-network,user-agent\n"
#define PRIVATE_NETWORK "access-control-allow-private-network: true\n"
#define ALLOW           "allow: GET,POST,OPTIONS,PUT,DELETE\n"

#define REFUSED      "403\n" SERVER HTML HSTS CONTAINER
#define ACTUAL       "200\n" SERVER JSON HSTS CONTAINER CSP VARY ORIGIN CREDENTIALS EXPOSED
#define BARE_200     "200\n" SERVER HSTS CONTAINER CSP
#define PREFLIGHT_OK BARE_200 VARY_LISTS ORIGIN CREDENTIALS EXPOSED AGE LISTS

/* ---- requests ---- */
#define AT .host = LIT("cuicpub.uccelab.tac"), .is_https = true
#define REQUEST(method_text, origin_text)                                                          \
    {                                                                                              \
        AT, .method = LIT(method_text), .origin = LIT(origin_text)                                 \
    }
#define PREFLIGHT(origin_text)                                                                     \
    {                                                                                              \
        AT, .method = LIT("OPTIONS"), .origin = LIT(origin_text), .request_method = LIT("GET")     \
    }
#define PREFLIGHT_PRIVATE                                                                          \
    {                                                                                              \
        AT, .method = LIT("OPTIONS"), .origin = LIT(LISTED), .request_method = LIT("GET"),         \
            .private_network = LIT("true")                                                         \
    }

/* ---- what the application answers ---- */
static const struct app_answer answers_json = {
    .status = 200, .content_type = "application/json;charset=UTF-8", .body = LIT("{\"a\":1}")};
static const struct app_answer answers_options = {.status = 200,
                                                  .allow = "GET,POST,OPTIONS,PUT,DELETE"};
static const struct app_answer answers_401 = {
    .status = 401, .content_type = "text/html;charset=utf-8", .body = LIT("<p>log in</p>")};

/* ---- other policies ---- */
static void disable(struct policy_spec *spec)
{
    spec->enabled = false;
}

static void enable_private_network(struct policy_spec *spec)
{
    spec->private_network = true;
}

static void allow_any(struct policy_spec *spec)
{
    spec->any_origin = true;
    spec->credentials = false;
    spec->max_age_s = 0;
    spec->n_builtin_exposed = 0;
}

static void send_less(struct policy_spec *spec)
{
    spec->credentials = false;
    spec->max_age_s = 0;
    spec->n_builtin_exposed = 0;
}

static void add_requestid(struct policy_spec *spec)
{
    static const char *const name[] = {"requestid"};

    spec->custom_exposed = name;
    spec->n_custom_exposed = 1;
    spec->max_age_s = 5;
}

const struct filtered_row filtered_rows[] = {
    {"options-allowed", .rq = REQUEST("OPTIONS", LISTED), .app = &answers_options,
     .want = PREFLIGHT_OK ALLOW},
    {"preflight-allowed", .rq = PREFLIGHT(LISTED), .app = &answers_options, .want = PREFLIGHT_OK},
    {"preflight-allowed-no-app", .rq = PREFLIGHT(LISTED), .want = PREFLIGHT_OK},
    {"preflight-refused", .rq = PREFLIGHT("https://evil.example"), .want = REFUSED},
    {"get-allowed", .rq = REQUEST("GET", LISTED), .app = &answers_json, .want = ACTUAL},
    {"get-allowed-and-401", .rq = REQUEST("GET", LISTED), .app = &answers_401,
     .want = "401\n" SERVER HTML HSTS CONTAINER CSP VARY ORIGIN CREDENTIALS EXPOSED},
    {"get-refused", .rq = REQUEST("GET", "https://evil.example"), .app = &answers_json,
     .want = REFUSED},
    {"head-refused", .rq = REQUEST("HEAD", LISTED), .app = &answers_json, .want = REFUSED},
    {"origin-empty-refused", .rq = REQUEST("GET", ""), .app = &answers_json, .want = REFUSED},
    {"no-origin", .rq = {AT, .method = LIT("GET")}, .app = &answers_json,
     .want = "200\n" SERVER JSON HSTS CONTAINER CSP VARY},
    {"no-origin-options", .rq = {AT, .method = LIT("OPTIONS"), .request_method = LIT("GET")},
     .app = &answers_options, .want = BARE_200 VARY ALLOW},
    {"same-origin", .rq = REQUEST("GET", "https://cuicpub.uccelab.tac"), .app = &answers_json,
     .want = "200\n" SERVER JSON HSTS CONTAINER CSP VARY},

    {"disabled-passed", disable, CORS_DISABLED_PASS, .rq = REQUEST("GET", LISTED),
     .app = &answers_json, .want = "200\n" SERVER JSON HSTS CONTAINER CSP},
    {"disabled-passed-preflight", disable, CORS_DISABLED_PASS, .rq = PREFLIGHT(LISTED),
     .app = &answers_options, .want = BARE_200 ALLOW},
    {"disabled-refused", disable, CORS_DISABLED_REFUSE, .rq = PREFLIGHT(LISTED), .want = REFUSED},

    {"no-hsts", .no_hsts = true, .rq = REQUEST("GET", LISTED), .app = &answers_json,
     .want = "200\n" SERVER JSON CONTAINER CSP VARY ORIGIN CREDENTIALS EXPOSED},
    {"no-hsts-refused", .no_hsts = true, .rq = PREFLIGHT("null"),
     .want = "403\n" SERVER HTML CONTAINER},

    {"private-network", enable_private_network, .rq = PREFLIGHT_PRIVATE,
     .want = PREFLIGHT_OK PRIVATE_NETWORK},
    {"private-network-not-asked", enable_private_network, .rq = PREFLIGHT(LISTED),
     .want = PREFLIGHT_OK},
    {"private-network-off", .rq = PREFLIGHT_PRIVATE, .want = PREFLIGHT_OK},

    {"less-on-preflight", send_less, .rq = PREFLIGHT(LISTED),
     .want = BARE_200 VARY_LISTS ORIGIN LISTS},
    {"less-on-get", send_less, .rq = REQUEST("GET", LISTED), .app = &answers_json,
     .want = "200\n" SERVER JSON HSTS CONTAINER CSP VARY ORIGIN},
    {"other-settings", add_requestid, .rq = PREFLIGHT(LISTED),
     .want = BARE_200 VARY_LISTS ORIGIN CREDENTIALS
     "access-control-expose-headers: access-control-allow-origin,"
     "access-control-allow-credentials,access-control-max-age,requestid,"
     "access-control-allow-headers,access-control-allow-methods,"
     "access-control-allow-private-network\n"
     "access-control-max-age: 5\n" LISTS},
    /* With '*' there is no "vary: Origin", so the field first comes up behind allow-origin.
     * Recorded: oracle-cases.jsonl, any-preflight. */
    {"any-preflight", allow_any, .rq = PREFLIGHT("https://evil.example"),
     .want = BARE_200 ORIGIN_ANY VARY_LISTS_ANY LISTS},
    {"any-get", allow_any, .rq = REQUEST("GET", "https://evil.example"), .app = &answers_json,
     .want = "200\n" SERVER JSON HSTS CONTAINER CSP ORIGIN_ANY},
    {"any-no-origin", allow_any, .rq = {AT, .method = LIT("GET")}, .app = &answers_json,
     .want = "200\n" SERVER JSON HSTS CONTAINER CSP},
};
const size_t filtered_n_rows = COUNT(filtered_rows);

const struct outer_row outer_rows[] = {
    {"302-to-the-context", 302, .location = "/cuic/",
     .want = "302\n" SERVER HSTS "location: /cuic/\n"},
    {"200-options-star", 200, .allow = "GET, HEAD",
     .want = "200\n" SERVER HSTS "allow: GET, HEAD\n"},
    {"400", 400, .has_page = true, .want = "400\n" SERVER HTML HSTS},
    {"404", 404, .detail = "No such page.", .has_page = true, .want = "404\n" SERVER HTML HSTS},
    {"405", 405, .allow = "GET", .has_page = true, .want = "405\n" SERVER HTML HSTS "allow: GET\n"},
    {"413", 413, .has_page = true, .want = "413\n" SERVER HTML HSTS},
    {"502", 502, .detail = "<stopped>", .has_page = true, .want = "502\n" SERVER HTML HSTS},
    {"503", 503, .has_page = true, .want = "503\n" SERVER HTML HSTS},
    {"503-no-hsts", 503, .no_hsts = true, .has_page = true, .want = "503\n" SERVER HTML},
};
const size_t outer_n_rows = COUNT(outer_rows);
