/* A request, one field a line behind a byte of flags, against one of a few fixed policies. A line
 * "-" is a field that the request has not. */
#include "cors/decide.h"
#include "fuzz.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum flag { FLAG_HTTPS = 1, FLAG_PASS = 2, FLAG_DISABLED = 4, FLAG_ANY = 8, FLAG_CUSTOM = 16 };
#define POLICIES 8 /* by the last three flags */

static const struct policy *policy_for(unsigned flags)
{
    static const char *const origins[] = {
        "https://finessep.uccelab.tac",
        "https://finesses.uccelab.tac:8445",
        "http://a",
        "https://[2001:db8::1]",
        "https://Upper.example",
        "file://",
    };
    static const char *const custom[] = {"requestid", "x-a"};
    static struct policy *made[POLICIES];
    size_t i = flags / FLAG_DISABLED % POLICIES;
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);

    spec.enabled = (flags & FLAG_DISABLED) == 0;
    spec.any_origin = (flags & FLAG_ANY) != 0;
    spec.private_network = (flags & FLAG_CUSTOM) != 0;
    spec.custom_allowed = custom;
    spec.n_custom_allowed = (flags & FLAG_CUSTOM) != 0 ? COUNT(custom) : 0;
    spec.origins = origins;
    spec.n_origins = COUNT(origins);
    if (made[i] == NULL)
        REQUIRE(policy_new(&spec, &made[i]) == ERR_OK);
    return made[i];
}

static struct slice take_field(struct slice *rest)
{
    struct slice field = take_until(rest, '\n');

    return slice_is(field, "-") ? (struct slice){NULL, 0} : field;
}

/** Is `part` within `whole`? */
static bool is_within(struct slice part, struct slice whole)
{
    return whole.at != NULL && part.at >= whole.at && part.at + part.n <= whole.at + whole.n;
}

static void check_refused(const struct cors_request *rq, const struct cors_decision *d)
{
    REQUIRE(d->reason >= REASON_DISABLED && d->class != CORS_NOT);
    REQUIRE(d->adds == CORS_ADDS_NOTHING && d->allow_origin == NULL && !d->adds_private_network);
    REQUIRE(rq->origin.at != NULL);
    REQUIRE(d->culprit.at == NULL || is_within(d->culprit, rq->method) ||
            is_within(d->culprit, rq->request_method) ||
            is_within(d->culprit, rq->request_headers));
    if (d->reason == REASON_REQUEST_HEADER_NOT_ALLOWED)
        REQUIRE(d->culprit.n > 0);
}

/** Nothing is allowed across origins but for a listed origin, by an enabled policy. */
static void check_allowed(const struct policy *p, const struct cors_request *rq,
                          const struct cors_decision *d)
{
    const char *listed = policy_find_origin(p, slice_trim(rq->origin));

    REQUIRE(d->reason < REASON_DISABLED && d->culprit.at == NULL && d->class != CORS_INVALID);
    if (d->class == CORS_NOT) {
        REQUIRE(d->adds <= CORS_ADDS_VARY && d->allow_origin == NULL && !d->adds_private_network);
        return;
    }
    REQUIRE(p->enabled && rq->origin.at != NULL && (p->any_origin || listed != NULL));
    REQUIRE(d->adds >= CORS_ADDS_ORIGIN && d->allow_origin != NULL);
    REQUIRE(p->any_origin ? strcmp(d->allow_origin, "*") == 0 : d->allow_origin == listed);
    REQUIRE(!d->adds_private_network || (d->class == CORS_PREFLIGHT && p->private_network));
    REQUIRE((d->adds == CORS_ADDS_LISTS) == slice_is(rq->method, "OPTIONS"));
    REQUIRE((d->class == CORS_PREFLIGHT) == (d->reason == REASON_PREFLIGHT_ALLOWED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = input_of(data, size);
    struct cors_request rq = {.is_https = false};

    if (size == 0)
        return 0;
    unsigned flags = data[0];
    rest = (struct slice){rest.at + 1, rest.n - 1};
    rq.is_https = (flags & FLAG_HTTPS) != 0;
    rq.method = take_until(&rest, '\n');
    rq.host = take_field(&rest);
    rq.origin = take_field(&rest);
    rq.request_method = take_field(&rest);
    rq.request_headers = take_field(&rest);
    rq.private_network = take_field(&rest);
    const struct policy *p = policy_for(flags);
    enum cors_disabled_answer disabled =
        (flags & FLAG_PASS) != 0 ? CORS_DISABLED_PASS : CORS_DISABLED_REFUSE;
    struct cors_decision d = cors_decide(p, &rq, disabled);
    struct cors_decision again = cors_decide(p, &rq, disabled);
    REQUIRE(d.reason == again.reason && d.class == again.class && d.adds == again.adds &&
            d.allow_origin == again.allow_origin && d.culprit.at == again.culprit.at);
    if (d.is_allowed)
        check_allowed(p, &rq, &d);
    else
        check_refused(&rq, &d);
    return 0;
}
