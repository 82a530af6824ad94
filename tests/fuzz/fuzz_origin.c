/* An entry of the allowed-origin list, in both modes; and two lines as an Origin field and a Host
 * field. */
#include "cors/origin.h"
#include "fuzz.h"

static void check_failure(struct slice text, enum err e, const struct diag *why)
{
    REQUIRE(e == ERR_SYNTAX || e == ERR_LIMIT);
    REQUIRE(why->offset <= text.n);
    REQUIRE(why->text[0] != '\0' && is_harmless(why->text));
}

/** What is accepted is kept as typed, reads the same again, and is what a browser could send. */
static void check_success(struct slice text, enum origin_mode mode, const struct origin *o)
{
    struct origin again;
    struct diag why = {0, ""};

    REQUIRE(text.n <= ORIGIN_MAX && slice_is(text, o->text));
    REQUIRE(o->port >= 1 && o->port <= 65535);
    REQUIRE(o->has_port || o->port == (o->is_https ? 443U : 80U));
    REQUIRE(strstr(o->text, o->host) != NULL && o->host[0] != '\0' && is_harmless(o->text));
    REQUIRE(origin_parse(slice_of(o->text), mode, &again, &why) == ERR_OK);
    REQUIRE(memcmp(o, &again, sizeof again) == 0);
    REQUIRE(origin_is_wellformed(text));
}

/** A browser on the listed host sends this entry as its own origin. */
static void check_same(struct slice text, const struct origin *o)
{
    char host[ORIGIN_MAX + 1];

    (void)snprintf(host, sizeof host, "%s%s", o->host, o->has_port ? strrchr(o->text, ':') : "");
    REQUIRE(origin_is_same(text, o->is_https, slice_of(host)));
    REQUIRE(!origin_is_same(text, !o->is_https, slice_of(host)));
}

static void check_entry(struct slice text)
{
    struct origin lax;
    struct origin strict;
    struct diag why = {0, ""};

    memset(&lax, 0, sizeof lax);
    memset(&strict, 0, sizeof strict);
    enum err e = origin_parse(text, ORIGIN_LAX, &lax, &why);
    REQUIRE(origin_parse(text, ORIGIN_LAX, &lax, NULL) == e);
    if (e == ERR_OK)
        check_success(text, ORIGIN_LAX, &lax);
    else
        check_failure(text, e, &why);
    enum err e_strict = origin_parse(text, ORIGIN_STRICT, &strict, &why);
    if (e_strict != ERR_OK) {
        check_failure(text, e_strict, &why);
        return;
    }
    REQUIRE(e == ERR_OK && memcmp(&lax, &strict, sizeof lax) == 0);
    check_success(text, ORIGIN_STRICT, &strict);
    check_same(text, &strict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = input_of(data, size);
    struct slice rest = text;

    check_entry(text);
    struct slice origin = take_until(&rest, '\n');
    struct slice host = take_until(&rest, '\n');
    (void)origin_is_wellformed(origin);
    for (int is_https = 0; is_https < 2; is_https++)
        if (origin_is_same(origin, is_https == 1, host))
            REQUIRE(host.n > 0 && origin.n > host.n);
    return 0;
}
