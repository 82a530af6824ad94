/* `lab explain --console`: what browsers print, joined with the state of a real store. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/console_text.h"
#include "diagnose/mistake.h"
#include "explain_lab.h"
#include "suites.h"

#define TIMEOUT_S 60
#define P8        "https://finessep.uccelab.tac:8445"
#define S8        "https://finesses.uccelab.tac:8445"
#define PUB       "https://cuicpub.uccelab.tac:8444/cuic/"
#define SUB       "https://cuicsub.uccelab.tac:8444/cuic/"
#define FIN       "https://finessep.uccelab.tac:8445/finesse/api/User"
#define PROXY     "Cisco Web Proxy Service"
#define REPORTING "Intelligence Center Reporting Service"

#define ACCESS(url, origin)                                                                        \
    "Access to fetch at '" url "' from origin '" origin "' has been blocked by CORS policy: "
#define PREFLIGHT "Response to preflight request doesn't pass access control check: "
#define MISSING   "No 'Access-Control-Allow-Origin' header is present on the requested resource."
#define BLOCKED(url)                                                                               \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at " url ". (Reason: "

static const struct console_case {
    const char *name;
    const char *set_up; /* "NODE: COMMAND", NULL for none */
    const char *options;
    const char *text;
    const char *code;
    const char *verdict; /* NULL: it is not compared with any settings */
    const char *mistake; /* first; NULL: none at all */
    const char *command; /* the first one; NULL: none */
} cases[] = {
    {"missing", NULL, "", ACCESS(SUB, P8) MISSING, "kMissingAllowOriginHeader", "refused",
     "other-node-only", "cuicsub: utils cuic cors allowed_origin add " P8},
    {"missing-on-preflight", NULL, "", ACCESS(SUB, P8) PREFLIGHT MISSING,
     "kPreflightMissingAllowOriginHeader", "refused", "other-node-only",
     "cuicsub: utils cuic cors allowed_origin add " P8},
    {"missing-in-quotes", NULL, "", "\"" ACCESS(SUB, P8) MISSING "\"", "kMissingAllowOriginHeader",
     "refused", "other-node-only", "cuicsub: utils cuic cors allowed_origin add " P8},
    {"missing-in-lines", NULL, "",
     "gadget.js:42 Access to fetch at '" SUB "' from origin\n'" P8
     "' has been blocked by CORS policy:\n" PREFLIGHT "\n" MISSING "\ngadget.js:42 GET " SUB
     " net::ERR_FAILED",
     "kPreflightMissingAllowOriginHeader", "refused", "other-node-only",
     "cuicsub: utils cuic cors allowed_origin add " P8},
    {"listed-and-missing-on-preflight", NULL, "", ACCESS(PUB, S8) PREFLIGHT MISSING,
     "kPreflightMissingAllowOriginHeader", "allowed", "preflight-unknown", NULL},
    {"with-the-header", NULL, "--headers requestid", ACCESS(PUB, S8) PREFLIGHT MISSING,
     "kPreflightMissingAllowOriginHeader", "refused", "header-not-allowed",
     "cuicpub: utils cuic cors allowed_headers add requestid"},
    {"with-the-method", NULL, "--method PATCH", ACCESS(PUB, S8) PREFLIGHT MISSING,
     "kPreflightMissingAllowOriginHeader", "refused", "method-not-allowed", NULL},
    {"mended-since", NULL, "", ACCESS(PUB, S8) MISSING, "kMissingAllowOriginHeader", "allowed",
     "mended-since", NULL},
    {"live-data-by-path", NULL, "",
     ACCESS("https://cuicsub.uccelab.tac/socket.io/?EIO=3&transport=polling", P8) MISSING,
     "kMissingAllowOriginHeader", "refused", "other-node-only",
     "cuicsub: utils live-data cors allowed_origin add " P8},
    {"live-data-by-port", NULL, "",
     ACCESS("https://cuicsub.uccelab.tac:12005/livedata/token/new", P8) MISSING,
     "kMissingAllowOriginHeader", "refused", "other-node-only",
     "cuicsub: utils live-data cors allowed_origin add " P8},
    {"stopped", "cuicpub: utils service stop " REPORTING, "", ACCESS(PUB, S8) PREFLIGHT MISSING,
     "kPreflightMissingAllowOriginHeader", "unreached", "service-stopped",
     "cuicpub: utils service start " REPORTING},
    {"null", NULL, "", ACCESS(PUB, "null") MISSING, "kMissingAllowOriginHeader", "refused",
     "origin-null", NULL},
    {"method", NULL, "",
     ACCESS(PUB, S8) "Method PATCH is not allowed by Access-Control-Allow-Methods in preflight "
                     "response.",
     "kMethodDisallowedByPreflightResponse", "refused", "method-not-allowed", NULL},
    {"header", NULL, "",
     ACCESS(PUB, S8) "Request header field requestid is not allowed by "
                     "Access-Control-Allow-Headers in preflight response.",
     "kHeaderDisallowedByPreflightResponse", "refused", "header-not-allowed",
     "cuicpub: utils cuic cors allowed_headers add requestid"},
    {"slash", NULL, "",
     ACCESS("https://cuicpub.uccelab.tac/cuic", S8) PREFLIGHT
     "Redirect is not allowed for a preflight request.",
     "kPreflightDisallowedRedirect", "unreached", "path-without-slash", NULL},
    {"login", NULL, "",
     ACCESS(PUB, S8) PREFLIGHT "Redirect is not allowed for a preflight request.",
     "kPreflightDisallowedRedirect", "allowed", "login-in-front", NULL},
    {"login-of-sso", NULL, "",
     "Access to fetch at 'https://ids.uccelab.tac:8553/ids/saml' (redirected from '" PUB
     "') from origin '" S8 "' has been blocked by CORS policy: " MISSING,
     "kMissingAllowOriginHeader", "allowed", "login-in-front", NULL},
    {"multiple", NULL, "",
     ACCESS(PUB, S8) "The 'Access-Control-Allow-Origin' header contains multiple values '" S8
                     ", " S8 "', but only one is allowed.",
     "kMultipleAllowOriginValues", "allowed", "headers-changed", NULL},
    {"value-of-another-page", NULL, "",
     ACCESS(PUB, S8) "The 'Access-Control-Allow-Origin' header has a value '" P8
                     "' that is not equal to the supplied origin.",
     "kAllowOriginMismatch", "allowed", "http-cache", NULL},
    {"value-of-nobody", NULL, "",
     ACCESS(PUB, S8) "The 'Access-Control-Allow-Origin' header has a value 'https://x.example' "
                     "that is not equal to the supplied origin.",
     "kAllowOriginMismatch", "allowed", "headers-changed", NULL},
    {"wildcard-of-finesse", NULL, "",
     ACCESS(FIN, "https://portal.example.com") "The value of the 'Access-Control-Allow-Origin' "
                                               "header in the response must not be the wildcard "
                                               "'*' when the request's credentials mode is "
                                               "'include'.",
     "kWildcardOriginNotAllowed", "allowed", "wildcard-with-credentials",
     "finessep: utils finesse cors enable"},
    {"private-network", NULL, "",
     ACCESS(PUB, S8) PREFLIGHT
     "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for "
     "this private network request targeting the `local` address space.",
     "kPreflightMissingAllowPrivateNetwork", "allowed", "private-network-off",
     "cuicpub: utils cuic cors private-network-access enable"},
    {"local-network", NULL, "",
     ACCESS(PUB, S8) "Permission was denied for this request to access the `local` address space.",
     "kLocalNetworkAccessPermissionDenied", "allowed", "local-network", NULL},
    {"certificate", NULL, "--origin " S8, "GET " PUB " net::ERR_CERT_AUTHORITY_INVALID",
     "ERR_CERT_AUTHORITY_INVALID", "allowed", "certificate", NULL},
    {"certificate-and-not-listed", NULL, "--origin " P8,
     "GET " SUB " net::ERR_CERT_COMMON_NAME_INVALID", "ERR_CERT_COMMON_NAME_INVALID", "refused",
     "certificate", NULL},
    {"tls", NULL, "--origin " S8, "GET " PUB " net::ERR_SSL_PROTOCOL_ERROR",
     "ERR_SSL_PROTOCOL_ERROR", "allowed", "tls", NULL},
    {"name", NULL, "--origin " S8, "GET " PUB " net::ERR_NAME_NOT_RESOLVED",
     "ERR_NAME_NOT_RESOLVED", "allowed", "name-resolution", NULL},
    {"refused", NULL, "--origin " S8, "GET " PUB " net::ERR_CONNECTION_REFUSED",
     "ERR_CONNECTION_REFUSED", "allowed", "no-listener", NULL},
    {"reset", NULL, "--origin " S8, "GET " PUB " net::ERR_CONNECTION_RESET", "ERR_CONNECTION_RESET",
     "allowed", "cut-off", NULL},
    {"reset-by-a-stopped-proxy", "cuicpub: utils service stop " PROXY, "--origin " S8,
     "GET " PUB " net::ERR_CONNECTION_RESET", "ERR_CONNECTION_RESET", "unreached", "proxy-stopped",
     "cuicpub: utils service start " PROXY},
    {"redirects", NULL, "--origin " S8, "GET " PUB " net::ERR_TOO_MANY_REDIRECTS",
     "ERR_TOO_MANY_REDIRECTS", "allowed", "bad-redirect", NULL},
    {"no-cors", NULL, "--origin " S8, "GET " PUB " net::ERR_BLOCKED_BY_ORB", "ERR_BLOCKED_BY_ORB",
     "allowed", "page-mode", NULL},
    {"extension", NULL, "--origin " S8, "GET " PUB " net::ERR_BLOCKED_BY_CLIENT",
     "ERR_BLOCKED_BY_CLIENT", "allowed", "browser-setting", NULL},
    {"mixed", NULL, "",
     "Mixed Content: The page at '" S8 "/desktop' was loaded over HTTPS, but requested an insecure "
     "resource 'http://cuicpub.uccelab.tac/cuic/'. This request has been blocked; the content must "
     "be served over HTTPS.",
     "mixed-content", "allowed", "mixed-content", NULL},
    {"policy-of-the-page", NULL, "--origin " S8,
     "Connecting to '" PUB "' violates the following Content Security Policy directive: "
     "\"connect-src 'self'\". The action has been blocked.",
     "page-policy", "allowed", "page-policy", NULL},
    {"firefox-403", NULL, "--origin " P8,
     BLOCKED(SUB) "CORS header \xe2\x80\x98"
                  "Access-Control-Allow-Origin\xe2\x80\x99 missing). Status code: 403.",
     "CORSMissingAllowOrigin2", "refused", "other-node-only",
     "cuicsub: utils cuic cors allowed_origin add " P8},
    {"firefox-401", NULL, "--origin " S8,
     BLOCKED(PUB) "CORS header 'Access-Control-Allow-Origin' missing). Status code: 401.",
     "CORSMissingAllowOrigin2", "allowed", "login-in-front", NULL},
    {"firefox-502", NULL, "--origin " S8,
     BLOCKED(PUB) "CORS header 'Access-Control-Allow-Origin' missing). Status code: 502.",
     "CORSMissingAllowOrigin2", "allowed", "server-error", NULL},
    {"firefox-no-answer", NULL, "--origin " S8,
     BLOCKED(PUB) "CORS request did not succeed). Status code: (null).", "CORSDidNotSucceed",
     "allowed", "no-answer", NULL},
    {"firefox-no-answer-of-a-stopped-proxy", "cuicpub: utils service stop " PROXY, "--origin " S8,
     BLOCKED(PUB) "CORS request did not succeed). Status code: (null).", "CORSDidNotSucceed",
     "unreached", "proxy-stopped", "cuicpub: utils service start " PROXY},
    {"firefox-switched-off", NULL, "--origin " S8, BLOCKED(PUB) "CORS disabled).", "CORSDisabled",
     "allowed", "browser-setting", NULL},

    /* what cannot be compared is explained all the same */
    {"no-origin", NULL, "", "GET " PUB " net::ERR_CERT_DATE_INVALID", "ERR_CERT_DATE_INVALID", NULL,
     NULL, NULL},
    {"no-url", NULL, "--origin " S8, "TypeError: Failed to fetch", "failed-to-fetch", NULL, NULL,
     NULL},
    {"no-url-but-a-node", NULL, "--node cuicsub --origin " P8, "TypeError: Failed to fetch",
     "failed-to-fetch", "refused", "other-node-only",
     "cuicsub: utils cuic cors allowed_origin add " P8},
    {"another-host", NULL, "", ACCESS("https://cuic.customer.example/cuic/", P8) MISSING,
     "kMissingAllowOriginHeader", NULL, NULL, NULL},
    {"another-host-but-a-node", NULL, "--node cuicsub",
     ACCESS("https://cuic.customer.example/cuic/", P8) MISSING, "kMissingAllowOriginHeader",
     "refused", "other-node-only", "cuicsub: utils cuic cors allowed_origin add " P8},
    {"this-machine", NULL, "", ACCESS("https://localhost:8444/cuic/", S8) MISSING,
     "kMissingAllowOriginHeader", "allowed", "mended-since", NULL},
};

static json_t *ask(const struct console_case *k)
{
    char line[EXPLAIN_LINE_BYTES];
    json_error_t error;

    (void)snprintf(line, sizeof line, "lab explain %s --console %s", k->options, k->text);
    char *text = explain_run("cuicpub", line, true, RESULT_DONE);
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(object != NULL, "%s: %s in %s", k->name, error.text, text);
    free(text);
    return object;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static void expect_command(const struct console_case *k, const json_t *first)
{
    const json_t *c = json_array_get(json_object_get(first, "commands"), 0);
    char got[EXPLAIN_LINE_BYTES] = "";

    if (c != NULL)
        (void)snprintf(got, sizeof got, "%s: %s", text_at(c, "node"), text_at(c, "command"));
    ck_assert_msg(strcmp(got, k->command == NULL ? "" : k->command) == 0,
                  "%s: expected '%s', got '%s'", k->name, k->command == NULL ? "" : k->command,
                  got);
}

static void expect_console(const struct console_case *k, const json_t *answer)
{
    static const char *const key[] = {"browser", "code",   "says",   "url",
                                      "origin",  "method", "header", "status"};
    const json_t *console = json_object_get(answer, "console");

    ck_assert_uint_eq(json_object_size(console), COUNT(key));
    for (size_t i = 0; i < COUNT(key); i++)
        ck_assert_msg(json_object_get(console, key[i]) != NULL, "%s: no %s", k->name, key[i]);
    ck_assert_msg(strcmp(text_at(console, "code"), k->code) == 0, "%s: expected %s, got %s",
                  k->name, k->code, text_at(console, "code"));
    ck_assert_str_ne(text_at(console, "says"), "");
}

START_TEST(console)
{
    const struct console_case *k = &cases[_i];
    const struct explain_row row = {.name = k->name, .set_up = {k->set_up}};

    explain_set_up(&row, "");
    json_t *answer = ask(k);
    char *all = json_dumps(answer, JSON_COMPACT);
    const json_t *first = json_array_get(json_object_get(answer, "diagnoses"), 0);
    expect_console(k, answer);
    if (k->verdict == NULL)
        ck_assert_msg(json_is_null(json_object_get(answer, "verdict")) &&
                          json_is_null(json_object_get(answer, "reason")),
                      "%s: %s", k->name, all);
    else
        ck_assert_msg(strcmp(text_at(answer, "verdict"), k->verdict) == 0, "%s: %s", k->name, all);
    ck_assert_msg(strcmp(text_at(first, "mistake"), k->mistake == NULL ? "" : k->mistake) == 0,
                  "%s: expected %s first, got %s", k->name, k->mistake == NULL ? "" : k->mistake,
                  all);
    expect_command(k, first);
    free(all);
    json_decref(answer);
    explain_tear_down();
}
END_TEST

/** An unknown text is answered with all that would be known. */
START_TEST(unrecognised)
{
    const struct explain_row row = {.name = "unrecognised"};
    size_t n = 0;
    const struct console_row *known = console_rows(&n);

    explain_set_up(&row, "");
    char *text =
        explain_run("cuicpub", "lab explain --console It does not work", true, RESULT_FAILED);
    json_t *answer = json_loads(text, 0, NULL);
    ck_assert_str_ne(text_at(answer, "error"), "");
    for (size_t i = 0; i < n; i++) {
        char flat[65536]; /* lines are broken at blanks */
        size_t used = 0;
        for (const char *p = text_at(answer, "text"); *p != '\0' && used < sizeof flat - 1; p++)
            if (*p != '\n' && !(*p == ' ' && used > 0 && flat[used - 1] == ' '))
                flat[used++] = *p;
            else if (*p == '\n')
                flat[used++] = ' ';
        flat[used] = '\0';
        ck_assert_msg(strstr(flat, known[i].find) != NULL, "'%s' is not offered", known[i].find);
    }
    json_decref(answer);
    free(text);
    explain_tear_down();
}
END_TEST

static bool is_in(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = words; p != NULL && *p != '\0'; p += strcspn(p, " ")) {
        p += strspn(p, " ");
        if (strcspn(p, " ") == n && strncmp(p, word, n) == 0)
            return true;
    }
    return false;
}

/** Each mistake of the table is shown by a row of these suites. */
START_TEST(every_mistake_is_shown)
{
    for (int m = 1; m < MISTAKE_COUNT; m++) {
        const char *code = mistake_get((enum mistake)m)->code;
        bool is_shown = m == MISTAKE_METHOD_CASE; /* no page can make it: tests/unit */
        for (size_t i = 0; i < explain_n_rows && !is_shown; i++)
            is_shown =
                strcmp(explain_rows[i].mistake, code) == 0 || is_in(explain_rows[i].also, code);
        for (size_t i = 0; i < COUNT(cases) && !is_shown; i++)
            is_shown = cases[i].mistake != NULL && strcmp(cases[i].mistake, code) == 0;
        ck_assert_msg(is_shown, "no row shows %s", code);
    }
}
END_TEST

Suite *suite_explain_console(void)
{
    Suite *s = suite_create("explain_console");
    TCase *tc = tcase_create("console");

    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_loop_test(tc, console, 0, (int)COUNT(cases));
    tcase_add_test(tc, unrecognised);
    tcase_add_test(tc, every_mistake_is_shown);
    suite_add_tcase(s, tc);
    return s;
}
