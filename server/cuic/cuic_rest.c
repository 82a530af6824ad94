#include "cuic_rest.h"

#include <string.h>

#include "cuic_login.h"
#include "filtered.h"

/* UNVERIFIED: what the calls answer that are listed without a public sample: about, crossdomain,
 * status, locales, usersessiondetail, drf; settled by each of them on a real node. */

static struct app_answer about(struct exchange *x, const struct rest_call *call)
{
    (void)call;
    return filtered_json(x, 200, REST_TYPE,
                         json_pack("{s:s, s:s, s:s, s:s}", "product",
                                   "Cisco Unified Intelligence Center", "version", "12.6.2", "node",
                                   x->profile.node, "simulator", "cuicsim " CUICSIM_VERSION));
}

static struct app_answer crossdomain(struct exchange *x, const struct rest_call *call)
{
    struct app_answer a =
        filtered_json(x, 200, REST_TYPE, json_pack("{s:s}", "userName", call->login));

    if (a.status == 200 && !cuic_login_begin(x, call->login, NULL, &a))
        return rest_error(x, 503, "no-random-bytes", "There are no random bytes for a session.");
    return a;
}

struct app_answer rest_status(struct exchange *x)
{
    return filtered_json(x, 200, REST_TYPE,
                         json_pack("{s:s, s:s}", "status", "ONLINE", "node", x->profile.node));
}

static struct app_answer status(struct exchange *x, const struct rest_call *call)
{
    (void)call;
    return rest_status(x);
}

/** Other languages come with a language pack, and there is none. */
struct app_answer rest_locales(struct exchange *x)
{
    return filtered_json(x, 200, REST_TYPE,
                         json_pack("{s:[{s:s, s:s}]}", "locales", "locale", "en_US", "name",
                                   "English (United States)"));
}

static struct app_answer locales(struct exchange *x, const struct rest_call *call)
{
    (void)call;
    return rest_locales(x);
}

static struct app_answer sessions(struct exchange *x, const struct rest_call *call)
{
    (void)call;
    return filtered_json(
        x, 200, REST_TYPE,
        json_pack("{s:o}", "sessions", cuic_session_list(x->cuic, x->request->node)));
}

/** Backups of the appliance are not simulated: none is scheduled. */
static struct app_answer schedules(struct exchange *x, const struct rest_call *call)
{
    (void)call;
    return filtered_json(x, 200, REST_TYPE, json_pack("{s:[]}", "schedules"));
}

static struct app_answer nothing(struct exchange *x, const struct rest_call *call)
{
    (void)call;
    return rest_error(x, 404, "not-found", "The simulated CUIC has no REST call of this path.");
}

/* ---- rows ---- */

/** "{locale}" and "{id}" are one part of a path, "*" the rest of it. A slash at the end does not
 *  count. */
static const struct rest_row {
    const char *path;
    const char *method;
    struct app_answer (*answer)(struct exchange *x, const struct rest_call *call);
} rows[] = {
    {"/cuic/rest/about", "GET", about},
    {"/cuic/rest/crossdomain", "GET", crossdomain},
    {"/cuic/rest/status/*", "GET", status},
    {"/cuic/rest/locales/*", "GET", locales},
    {"/cuic/rest/usersessiondetail/*", "GET", sessions},
    {"/cuic/rest/genericservices/drf/*", "GET", schedules},
    {"/cuic/rest/{locale}/views/{id}", "GET", rest_view},
    {"/cuic/rest/{locale}/reports/execute/newRest", "POST", rest_start},
    {"/cuic/rest/{locale}/reports/execute/{id}", "GET", rest_poll},
    {"/cuic/rest/{locale}/initialData", "POST", rest_initial},
    {"/cuic/rest/*", NULL, nothing},
};

/** "en_US". */
static bool is_locale(struct slice s)
{
    return s.n == 5 && ascii_is_alpha((unsigned char)s.at[0]) &&
           ascii_is_alpha((unsigned char)s.at[1]) && s.at[2] == '_' &&
           ascii_is_alpha((unsigned char)s.at[3]) && ascii_is_alpha((unsigned char)s.at[4]);
}

/** Take the part in front of the next slash off, and the slash. */
static struct slice take_part(struct slice *path)
{
    const char *slash = path->n == 0 ? NULL : memchr(path->at, '/', path->n);
    struct slice part = {path->at, slash == NULL ? path->n : (size_t)(slash - path->at)};
    size_t used = slash == NULL ? part.n : part.n + 1;

    *path = (struct slice){path->at + used, path->n - used};
    return part;
}

static bool fits(const char *pattern, struct slice path, struct rest_call *call)
{
    struct slice want = slice_of(pattern);

    call->locale = call->id = (struct slice){NULL, 0};
    while (want.n > 0 || path.n > 0) {
        if (slice_is(want, "*"))
            return true;
        struct slice wanted = take_part(&want);
        struct slice part = take_part(&path);
        if (slice_is(wanted, "{locale}") && is_locale(part))
            call->locale = part;
        else if (slice_is(wanted, "{id}") && part.n > 0)
            call->id = part;
        else if (!slice_same(wanted, part))
            return false;
    }
    return true;
}

const struct rest_row *rest_find(const char *path, struct rest_call *ret)
{
    struct slice text = slice_of(path);
    size_t i = 0;

    if (text.n > 0 && text.at[text.n - 1] == '/')
        text.n--;
    while (i < sizeof rows / sizeof rows[0] - 1 && !fits(rows[i].path, text, ret))
        i++;
    return &rows[i];
}

static bool fits_method(const struct exchange *x, const char *method)
{
    return method == NULL || filtered_is_method(x, method) ||
           (strcmp(method, "GET") == 0 && filtered_is_method(x, "HEAD"));
}

struct app_answer rest_answer(struct exchange *x, const struct rest_row *row,
                              const struct rest_call *call)
{
    if (fits_method(x, row->method))
        return row->answer(x, call);
    struct app_answer a =
        rest_error(x, 405, "method-not-allowed", "This path does not know this method.");
    a.allow = strcmp(row->method, "GET") == 0 ? "GET,OPTIONS" : "POST,OPTIONS";
    return a;
}

/** UNVERIFIED: the form of errors; settled by a report id that is not there on a real node. */
struct app_answer rest_error(struct exchange *x, unsigned status_code, const char *code,
                             const char *message)
{
    return filtered_json(x, status_code, REST_TYPE,
                         json_pack("{s:{s:s, s:s}}", "error", "code", code, "message", message));
}
