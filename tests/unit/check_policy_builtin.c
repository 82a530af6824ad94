/* What a service has without being told: the settings of a fresh one and the built-in headers. */
#include "check_policy_builtin.h"

#include <string.h>

#include "base/buf.h"
#include "cors/policy.h"
#include "support.h"

#define DEFAULT_METHODS "DELETE,POST,GET,OPTIONS,PUT"
#define DEFAULT_ALLOWED                                                                            \
    "referer,peripheralid,origin,access-control-request-method,locale,accept,authorization,"       \
    "domain,x-requested-with,access-control-request-headers,content-type,"                         \
    "access-control-request-private-network,user-agent"
#define DEFAULT_EXPOSED                                                                            \
    "access-control-allow-origin,access-control-allow-credentials,access-control-max-age,"         \
    "access-control-allow-headers,access-control-allow-methods,"                                   \
    "access-control-allow-private-network"

#define FINESSE_ALLOWED                                                                            \
    "authorization,requestid,origin,x-requested-with,access-control-request-headers,range,"        \
    "content-type,access-control-request-method,accept"
#define FINESSE_EXPOSED                                                                            \
    "access-control-allow-origin,access-control-allow-credentials,access-control-max-age,"         \
    "access-control-allow-headers,access-control-allow-methods"

static const struct default_row {
    const char *name;
    enum service service;
    const char *allowed;
    const char *exposed;
} default_rows[] = {
    {"cuic", SERVICE_CUIC, DEFAULT_ALLOWED, DEFAULT_EXPOSED},
    {"live-data", SERVICE_LIVE_DATA, DEFAULT_ALLOWED, DEFAULT_EXPOSED},
    {"finesse", SERVICE_FINESSE, FINESSE_ALLOWED, FINESSE_EXPOSED},
};

START_TEST(defaults)
{
    const struct default_row *row = &default_rows[_i];
    struct policy_spec spec = policy_spec_default(row->service);
    struct policy *p = make_policy(&spec);

    ck_assert_msg(!p->enabled, "expected CORS disabled");
    ck_assert_msg(!p->private_network, "expected private network access off");
    ck_assert_msg(!p->any_origin, "expected a list, not '*'");
    ck_assert_msg(p->credentials, "expected credentials");
    ck_assert_str_eq(p->max_age_text, "600");
    ck_assert_str_eq(hdrlist_text(p->methods), DEFAULT_METHODS);
    ck_assert_str_eq(hdrlist_text(p->allowed_headers), row->allowed);
    ck_assert_str_eq(hdrlist_text(p->exposed_headers), row->exposed);
    ck_assert_msg(p->n_origins == 0, "expected no origin, got %zu", p->n_origins);
    policy_free(p);
    policy_free(NULL);
}
END_TEST

/** "NULL: CUIC's" is said of both lists in policy.h. */
START_TEST(null_builtin_means_the_products)
{
    struct policy_spec spec = {.enabled = true, .max_age_s = 600};
    struct policy *p = make_policy(&spec);

    ck_assert_str_eq(hdrlist_text(p->allowed_headers), DEFAULT_ALLOWED);
    ck_assert_str_eq(hdrlist_text(p->exposed_headers), DEFAULT_EXPOSED);
    policy_free(p);
}
END_TEST

/** Custom names join the built-in ones; a built-in one added again changes nothing. */
START_TEST(custom_names)
{
    static const char *const allowed[] = {"requestid", "origin"};
    static const char *const exposed[] = {"x-one"};
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);

    spec.custom_allowed = allowed;
    spec.n_custom_allowed = COUNT(allowed);
    spec.custom_exposed = exposed;
    spec.n_custom_exposed = COUNT(exposed);
    struct policy *p = make_policy(&spec);
    ck_assert_msg(hdrlist_count(p->allowed_headers) == 14, "expected 14 allowed, got %zu",
                  hdrlist_count(p->allowed_headers));
    ck_assert_msg(strstr(hdrlist_text(p->allowed_headers), "authorization,requestid,domain"),
                  "requestid is not where a HashSet puts it: %s", hdrlist_text(p->allowed_headers));
    ck_assert_msg(hdrlist_count(p->exposed_headers) == 7, "expected 7 exposed, got %zu",
                  hdrlist_count(p->exposed_headers));
    ck_assert(hdrlist_has(p->exposed_headers, slice_of("x-one")));
    ck_assert(!hdrlist_has(p->allowed_headers, slice_of("x-one")));
    policy_free(p);
}
END_TEST

#define ALLOWED                                                                                    \
    "content-type,x-requested-with,accept,origin,authorization,access-control-request-method,"     \
    "access-control-request-headers"
#define EXPOSED                                                                                    \
    "access-control-allow-origin,access-control-allow-credentials,access-control-allow-methods,"   \
    "access-control-allow-headers,access-control-max-age"

/* As documented and captured, in the product's order. */
static const struct builtin_row {
    const char *name;
    enum service service;
    enum list list;
    const char *want;
} builtin_rows[] = {
    {"cuic-allowed", SERVICE_CUIC, LIST_ALLOWED_HEADERS,
     ALLOWED ",locale,domain,peripheralid,"
             "referer,user-agent,access-control-request-private-network"},
    {"cuic-exposed", SERVICE_CUIC, LIST_EXPOSED_HEADERS,
     EXPOSED ",access-control-allow-private-network"},
    {"live-data-allowed", SERVICE_LIVE_DATA, LIST_ALLOWED_HEADERS,
     ALLOWED ",locale,domain,"
             "peripheralid,referer,user-agent,access-control-request-private-network"},
    {"live-data-exposed", SERVICE_LIVE_DATA, LIST_EXPOSED_HEADERS,
     EXPOSED ",access-control-allow-private-network"},
    {"finesse-allowed", SERVICE_FINESSE, LIST_ALLOWED_HEADERS, ALLOWED ",requestid,range"},
    {"finesse-exposed", SERVICE_FINESSE, LIST_EXPOSED_HEADERS, EXPOSED},
};

START_TEST(builtin)
{
    const struct builtin_row *row = &builtin_rows[_i];
    size_t n = 0;
    const char *const *at = policy_builtin_headers(row->service, row->list, &n);
    struct buf got;

    buf_init(&got, 1024);
    for (size_t i = 0; i < n; i++)
        (void)buf_printf(&got, "%s%s", i == 0 ? "" : ",", at[i]);
    ck_assert_msg(strcmp(buf_text(&got), row->want) == 0, "%s: expected %s, got %s", row->name,
                  row->want, buf_text(&got));
    buf_clear(&got);
}
END_TEST

static const struct is_builtin_row {
    const char *name;
    enum service service;
    enum list list;
    struct slice header;
    bool want;
} is_builtin_rows[] = {
    {"cuic", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT("content-type"), true},
    {"any-case", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT("Content-TYPE"), true},
    {"last-of-cuic", SERVICE_CUIC, LIST_ALLOWED_HEADERS,
     LIT("Access-Control-Request-Private-Network"), true},
    {"not-finesse's", SERVICE_FINESSE, LIST_ALLOWED_HEADERS,
     LIT("access-control-request-private-network"), false},
    {"requestid-of-finesse", SERVICE_FINESSE, LIST_ALLOWED_HEADERS, LIT("requestId"), true},
    {"requestid-of-cuic", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT("requestid"), false},
    {"requestid-of-live-data", SERVICE_LIVE_DATA, LIST_ALLOWED_HEADERS, LIT("requestid"), false},
    {"range-of-finesse", SERVICE_FINESSE, LIST_ALLOWED_HEADERS, LIT("RANGE"), true},
    {"peripheralid-of-live-data", SERVICE_LIVE_DATA, LIST_ALLOWED_HEADERS, LIT("PeripheralID"),
     true},
    {"peripheralid-of-finesse", SERVICE_FINESSE, LIST_ALLOWED_HEADERS, LIT("peripheralid"), false},
    {"allowed-is-not-exposed", SERVICE_FINESSE, LIST_EXPOSED_HEADERS, LIT("content-type"), false},
    {"exposed", SERVICE_FINESSE, LIST_EXPOSED_HEADERS, LIT("Access-Control-Max-Age"), true},
    {"exposed-is-not-allowed", SERVICE_FINESSE, LIST_ALLOWED_HEADERS, LIT("access-control-max-age"),
     false},
    {"exposed-of-cuic", SERVICE_CUIC, LIST_EXPOSED_HEADERS,
     LIT("access-control-allow-private-network"), true},
    {"exposed-of-finesse", SERVICE_FINESSE, LIST_EXPOSED_HEADERS,
     LIT("access-control-allow-private-network"), false},
    {"start-of-one", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT("content"), false},
    {"longer", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT("content-types"), false},
    {"nul-behind", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT("origin\0"), false},
    {"blank-before", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT(" origin"), false},
    {"empty", SERVICE_CUIC, LIST_ALLOWED_HEADERS, LIT(""), false},
    {"no-text", SERVICE_FINESSE, LIST_EXPOSED_HEADERS, NO_TEXT, false},
};

START_TEST(is_builtin)
{
    const struct is_builtin_row *row = &is_builtin_rows[_i];
    bool got = policy_is_builtin_header(row->service, row->list, row->header);

    ck_assert_msg(got == row->want, "%s: %s: expected %d, got %d", row->name, shown(row->header),
                  row->want, got);
}
END_TEST

TCase *tcase_policy_builtin(void)
{
    TCase *tc = tcase_create("built-in");

    add_rows(tc, defaults, COUNT(default_rows));
    tcase_add_test(tc, null_builtin_means_the_products);
    tcase_add_test(tc, custom_names);
    add_rows(tc, builtin, COUNT(builtin_rows));
    add_rows(tc, is_builtin, COUNT(is_builtin_rows));
    return tc;
}
