#include "trace_options.h"

#include <string.h>

#include "base/clock.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define SHOWN_MAX 128 /* bytes of a typed word in a message */
#define DAY_US    86400000000
#define FOR_MAX_S 86400

/* ---- times ---- */

static unsigned long number(struct slice *rest, size_t digits, bool *is_good)
{
    unsigned long n = 0;
    struct slice text = {rest->at, digits};

    if (rest->n < digits || text_to_ulong(text, 0, 1000000, &n) != ERR_OK) {
        *is_good = false;
        return 0;
    }
    *rest = (struct slice){rest->at + digits, rest->n - digits};
    return n;
}

static bool skip(struct slice *rest, const char *any_of)
{
    if (rest->n == 0 || strchr(any_of, rest->at[0]) == NULL)
        return false;
    *rest = (struct slice){rest->at + 1, rest->n - 1};
    return true;
}

/** Days from 1970 to a day of the Gregorian calendar; a year begins in March here, so that the leap
 *  day is its last. */
static int64_t days(unsigned long year, unsigned long month, unsigned long day)
{
    int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t m = month <= 2 ? (int64_t)month + 9 : (int64_t)month - 3;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + (int64_t)day - 1 - 719468;
}

static bool is_day(unsigned long year, unsigned long month, unsigned long day)
{
    static const unsigned length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return year >= 1970 && month >= 1 && month <= 12 && day >= 1 &&
           day <= length[month - 1] + (month == 2 && is_leap ? 1U : 0U);
}

/** ".5": digits of a second, behind the point. */
static int64_t fraction_us(struct slice *rest)
{
    int64_t us = 0;

    for (int64_t unit = 100000; rest->n > 0 && ascii_is_digit((unsigned char)rest->at[0]);
         unit /= 10) {
        us += unit * (rest->at[0] - '0');
        *rest = (struct slice){rest->at + 1, rest->n - 1};
    }
    return us;
}

static int64_t read_clock(struct slice *rest, bool *is_good)
{
    unsigned long hour = number(rest, 2, is_good);
    unsigned long second = 0;
    int64_t us = 0;

    *is_good = *is_good && skip(rest, ":");
    unsigned long minute = number(rest, 2, is_good);
    if (*is_good && skip(rest, ":")) {
        second = number(rest, 2, is_good);
        if (skip(rest, "."))
            us = fraction_us(rest);
    }
    *is_good = *is_good && hour < 24 && minute < 60 && second < 60;
    return (int64_t)(hour * 3600 + minute * 60 + second) * 1000000 + us;
}

static enum err read_date(struct slice text, int64_t *ret_us)
{
    bool is_good = true;
    int64_t clock = 0;
    unsigned long year = number(&text, 4, &is_good);

    is_good = is_good && skip(&text, "-");
    unsigned long month = number(&text, 2, &is_good);
    is_good = is_good && skip(&text, "-");
    unsigned long day = number(&text, 2, &is_good);
    if (is_good && skip(&text, "T"))
        clock = read_clock(&text, &is_good);
    (void)skip(&text, "Z");
    if (!is_good || text.n > 0 || !is_day(year, month, day))
        return ERR_SYNTAX;
    *ret_us = days(year, month, day) * DAY_US + clock;
    return ERR_OK;
}

/** "90s", "10m", "2h", "3d". */
static enum err read_span(struct slice text, int64_t *ret_us)
{
    static const char units[] = "smhd";
    static const int64_t seconds[] = {1, 60, 3600, 86400};
    const char *unit = text.n < 2 ? NULL : strchr(units, text.at[text.n - 1]);
    unsigned long n = 0;

    if (unit == NULL || *unit == '\0' ||
        text_to_ulong((struct slice){text.at, text.n - 1}, 0, 1000000, &n) != ERR_OK)
        return ERR_SYNTAX;
    *ret_us = (int64_t)n * seconds[unit - units] * 1000000;
    return ERR_OK;
}

enum err trace_read_time(struct slice text, long long now_us, int64_t *ret_us)
{
    int64_t ago = 0;

    if (read_span(text, &ago) != ERR_OK)
        return read_date(text, ret_us);
    *ret_us = ago < now_us ? now_us - ago : 1;
    return ERR_OK;
}

/* ---- values ---- */

static enum result bad_value(struct call *c, const char *option, struct slice value,
                             const char *wanted)
{
    char shown[SHOWN_MAX];

    return call_misuse(c, "%s %s: %s", option, text_copy_defused(shown, sizeof shown, value),
                       wanted);
}

/** Keep a value as text of its own. */
static bool keep(struct slice value, char to[TRACE_OPTION_MAX], const char **ret)
{
    if (value.n >= TRACE_OPTION_MAX || memchr(value.at, '\0', value.n) != NULL)
        return false;
    memcpy(to, value.at, value.n);
    to[value.n] = '\0';
    *ret = to;
    return true;
}

static enum result take_node(struct call *c, struct slice value, struct trace_options *o)
{
    const struct node *node = config_find_node(c->sh->config, value);

    if (node == NULL)
        return bad_value(c, "--node", value, "no node of the configuration has this name");
    (void)keep(slice_of(node->name), o->node, &o->filter.node);
    return RESULT_DONE;
}

static enum result take_service(struct call *c, struct slice value, struct trace_options *o)
{
    for (size_t i = 0; i < SITE_COUNT; i++)
        if (slice_is(value, site_name((enum site)i)) && keep(value, o->service, &o->filter.service))
            return RESULT_DONE;
    return bad_value(c, "--service", value, "it is cuic, live-data, finesse or console");
}

static enum result take_client(struct call *c, struct slice value, struct trace_options *o)
{
    return keep(value, o->client, &o->filter.client)
               ? RESULT_DONE
               : bad_value(c, "--client", value, "no address is as long as that");
}

/** A whole origin, or a part of one. */
static enum result take_origin(struct call *c, struct slice value, struct trace_options *o)
{
    if (!keep(value, o->origin, &o->filter.origin))
        return bad_value(c, "--origin", value, "no origin is recorded as long as that");
    o->filter.is_origin_part = strstr(o->origin, "://") == NULL && strcmp(o->origin, "null") != 0;
    return RESULT_DONE;
}

static enum result take_reason(struct call *c, struct slice value, struct trace_options *o)
{
    struct buf codes;

    for (enum cors_reason r = 0; r < REASON_COUNT; r++)
        if (slice_is(value, reason_get(r)->code) && keep(value, o->reason, &o->filter.reason))
            return RESULT_DONE;
    buf_init(&codes, 4096);
    for (enum cors_reason r = 0; r < REASON_COUNT; r++)
        (void)buf_printf(&codes, "%s%s", r == 0 ? "it is one of " : ", ", reason_get(r)->code);
    enum result result = bad_value(c, "--reason", value, buf_text(&codes));
    buf_clear(&codes);
    return result;
}

/** "403", or "4xx" for all that begin so; "0" is no answer at all. */
static enum result take_status(struct call *c, struct slice value, struct trace_options *o)
{
    unsigned long n = 0;

    o->filter.has_status = true;
    if (value.n == 3 && slice_is((struct slice){value.at + 1, 2}, "xx") && value.at[0] >= '1' &&
        value.at[0] <= '5') {
        o->filter.status = (unsigned)(value.at[0] - '0') * 100;
        o->filter.status_to = o->filter.status + 99;
        return RESULT_DONE;
    }
    if (text_to_ulong(value, 0, 999, &n) != ERR_OK)
        return bad_value(c, "--status", value,
                         "a status as 403, a class of them as 4xx, or 0 for no answer");
    o->filter.status = o->filter.status_to = (unsigned)n;
    return RESULT_DONE;
}

static enum result take_limit(struct call *c, struct slice value, struct trace_options *o)
{
    return text_to_ulong(value, 1, 1000000000, &o->filter.last) == ERR_OK
               ? RESULT_DONE
               : bad_value(c, "--limit", value, "a number from 1 on");
}

static enum result take_time(struct call *c, const char *option, struct slice value,
                             long long now_us, int64_t *ret_us)
{
    return trace_read_time(value, now_us, ret_us) == ERR_OK
               ? RESULT_DONE
               : bad_value(c, option, value,
                           "a time such as 10m or 2h ago, or 2026-11-22T01:02:03 in UTC");
}

static enum result take_for(struct call *c, struct slice value, struct trace_options *o)
{
    int64_t us = 0;

    if (read_span(value, &us) != ERR_OK || us > (int64_t)FOR_MAX_S * 1000000)
        return bad_value(c, "--for", value, "a time such as 30s or 10m, at most a day");
    o->for_ms = us / 1000;
    return RESULT_DONE;
}

/* ---- options ---- */

enum option { NODE, SERVICE, CLIENT, ORIGIN, STATUS, REASON, SINCE, UNTIL, LIMIT, JSON, FOR };

static const struct {
    const char *name;
    unsigned takes;
} options[] = {
    [NODE] = {"--node", TRACE_TAKES_FILTER},     [SERVICE] = {"--service", TRACE_TAKES_FILTER},
    [CLIENT] = {"--client", TRACE_TAKES_FILTER}, [ORIGIN] = {"--origin", TRACE_TAKES_FILTER},
    [STATUS] = {"--status", TRACE_TAKES_FILTER}, [REASON] = {"--reason", TRACE_TAKES_FILTER},
    [SINCE] = {"--since", TRACE_TAKES_FILTER},   [UNTIL] = {"--until", TRACE_TAKES_FILTER},
    [LIMIT] = {"--limit", TRACE_TAKES_FILTER},   [JSON] = {"--json", TRACE_TAKES_JSON},
    [FOR] = {"--for", TRACE_TAKES_FOR},
};

static enum result unknown_option(struct call *c, unsigned takes, struct slice word)
{
    char shown[SHOWN_MAX];
    struct buf names;

    buf_init(&names, 512);
    for (size_t i = 0; i < COUNT(options); i++)
        if ((options[i].takes & takes) != 0)
            (void)buf_printf(&names, " %s", options[i].name);
    enum result r = call_misuse(c, "No option '%s' here; there %s%s",
                                text_copy_defused(shown, sizeof shown, word),
                                names.n == 0 ? "is none" : "are", buf_text(&names));
    buf_clear(&names);
    return r;
}

/** Split "--name=value". @return the option, COUNT(options) when it is none */
static size_t find(struct slice word, unsigned takes, struct slice *ret_value)
{
    const char *equals = memchr(word.at, '=', word.n);
    struct slice name = {word.at, equals == NULL ? word.n : (size_t)(equals - word.at)};
    size_t i = 0;

    while (i < COUNT(options) &&
           ((options[i].takes & takes) == 0 || !slice_is(name, options[i].name)))
        i++;
    *ret_value =
        equals == NULL ? (struct slice){NULL, 0} : (struct slice){equals + 1, word.n - name.n - 1};
    return i;
}

static enum result take_value(struct call *c, enum option option, struct slice value,
                              long long now_us, struct trace_options *o)
{
    switch (option) {
    case NODE:
        return take_node(c, value, o);
    case SERVICE:
        return take_service(c, value, o);
    case CLIENT:
        return take_client(c, value, o);
    case ORIGIN:
        return take_origin(c, value, o);
    case STATUS:
        return take_status(c, value, o);
    case REASON:
        return take_reason(c, value, o);
    case SINCE:
        return take_time(c, "--since", value, now_us, &o->filter.since_us);
    case UNTIL:
        return take_time(c, "--until", value, now_us, &o->filter.until_us);
    case LIMIT:
        return take_limit(c, value, o);
    case FOR:
        return take_for(c, value, o);
    case JSON:
        break;
    }
    return RESULT_DONE;
}

enum result trace_options_read(struct call *c, unsigned takes, long long now_us,
                               struct trace_options *ret)
{
    enum result r = RESULT_DONE;

    *ret = (struct trace_options){.for_ms = -1};
    for (size_t i = 0; r == RESULT_DONE && i < c->n_args; i++) {
        struct slice word = c->args[i];
        struct slice value;
        bool is_option = word.n > 2 && word.at[0] == '-' && word.at[1] == '-';
        size_t option = is_option ? find(word, takes, &value) : COUNT(options);
        if (!is_option && (takes & TRACE_TAKES_NAME) != 0 && ret->name.at == NULL) {
            ret->name = word;
        } else if (option == COUNT(options)) {
            r = unknown_option(c, takes, word);
        } else if (option == JSON) {
            ret->is_json = true;
        } else if (value.at == NULL && i + 1 == c->n_args) {
            r = call_misuse(c, "%s needs a value behind it", options[option].name);
        } else {
            value = value.at == NULL ? c->args[++i] : value;
            r = take_value(c, (enum option)option, value, now_us, ret);
        }
    }
    return r;
}
