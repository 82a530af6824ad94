#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "desk_pages.h"
#include "filtered.h"

/* gadgets.io.makeRequest: the server makes a gadget's request, so that no browser's rules apply.
 * Only hosts of this lab are asked, for a simulator is no way out of somebody's network. */

#define HEADERS_MAX 32
#define BODY_TOP    (1U << 20) /* bytes of an answer */
#define HEADER_MAX  4096       /* bytes of a header */

/** Letters, digits and what else a method's or a header's name has. @source RFC 9110 section 5.6.2
 */
static bool is_token(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        if (!ascii_is_alnum((unsigned char)text[i]) && strchr("!#$%&'*+-.^_`|~", text[i]) == NULL)
            return false;
    return n > 0 && n < 64;
}

static bool is_value(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

/** The headers that a gadget asks for, as lines. */
struct lines {
    size_t n;
    struct buf text[HEADERS_MAX];
    const char *line[HEADERS_MAX + 1];
};

/** Those that say how the message is built are the client's own. */
static bool may_be_set(const char *name)
{
    static const char *const own[] = {"Host",       "Content-Length", "Transfer-Encoding",
                                      "Connection", "Expect",         "Upgrade"};

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (slice_is_nocase(slice_of(name), own[i]))
            return false;
    return true;
}

static bool read_headers(json_t *headers, struct lines *ret)
{
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach(headers, name, value)
    {
        const char *text = json_string_value(value);
        if (text == NULL || !is_token(name) || !is_value(text) || ret->n == HEADERS_MAX)
            return false;
        if (!may_be_set(name))
            continue;
        struct buf *line = &ret->text[ret->n];
        buf_init(line, HEADER_MAX);
        (void)buf_printf(line, "%s: %s", name, text);
        ret->line[ret->n++] = buf_text(line);
        if (line->state != ERR_OK)
            return false;
    }
    return true;
}

/* ---- the answer ---- */

static json_t *headers_json(const struct buf *lines)
{
    json_t *j = json_object();
    const char *at = buf_text(lines);

    while (*at != '\0') {
        size_t n = strcspn(at, "\n");
        const char *colon = memchr(at, ':', n);
        if (colon != NULL) {
            struct slice value =
                slice_trim((struct slice){colon + 1, n - (size_t)(colon - at) - 1});
            char name[128];
            struct slice key = {at, (size_t)(colon - at)};
            (void)json_object_set_new(j, text_copy_defused(name, sizeof name, key),
                                      json_stringn(value.at, value.n));
        }
        at += n + (at[n] == '\n' ? 1 : 0);
    }
    return j;
}

static const char *const fault_text[] = {
    [FETCH_FINE] = "",
    [FETCH_BAD_URL] = "The URL is not https://HOST[:PORT]/PATH.",
    [FETCH_FOREIGN] = "The simulator's server makes requests to hosts of this lab only.",
    [FETCH_UNRESOLVED] = "The host is not known.",
    [FETCH_REFUSED] = "Nobody answered at this host and port.",
    [FETCH_CERTIFICATE] = "The certificate is not trusted by Finesse's server.",
    [FETCH_TIMEOUT] = "The host took too long to answer.",
    [FETCH_TOO_LARGE] = "The answer is larger than 1 MiB.",
    [FETCH_STATUS] = "",
    [FETCH_OTHER] = "The request failed.",
    [FETCH_BUSY] = "The server makes too many requests at once, or stops.",
};

/** "rc" is the status, as in Shindig's answers. */
static struct app_answer pass_on(struct exchange *x, const struct fetched *got)
{
    bool is_fine = got->fault == FETCH_FINE;
    json_t *body = is_fine ? json_stringn(buf_text(&got->body), got->body.n) : json_string("");

    if (body == NULL) /* not UTF-8: a gadget gets text only */
        return desk_error(x, 200, "The answer is not text in UTF-8.");
    return filtered_json(x, 200, DESK_JSON,
                         json_pack("{s:i, s:o, s:o, s:s}", "rc",
                                   is_fine                       ? (int)got->status
                                   : got->fault == FETCH_FOREIGN ? 403
                                                                 : 504,
                                   "body", body, "headers", headers_json(&got->headers), "error",
                                   fault_text[got->fault]));
}

static struct app_answer begin(struct exchange *x, json_t *ask)
{
    struct lines headers = {.n = 0};
    const char *url = json_string_value(json_object_get(ask, "url"));
    const char *method = json_string_value(json_object_get(ask, "method"));
    json_t *body = json_object_get(ask, "body");
    struct app_answer a = {.status = 200};
    struct fetch_order order = {.n_urls = 1,
                                .url = {url},
                                .method = method == NULL ? "GET" : method,
                                .headers = headers.line,
                                .body = {json_string_value(body), json_string_length(body)},
                                .max_bytes = BODY_TOP,
                                .takes_any = true,
                                .nodes_only = true};
    struct fetched busy = {.fault = FETCH_BUSY};

    if (url == NULL || !is_value(url) || !is_token(order.method) ||
        !read_headers(json_object_get(ask, "headers"), &headers))
        a = desk_error(x, 400, "The body is to be {\"url\", \"method\", \"headers\", \"body\"}.");
    else if (fetch_begin(desk_fetcher(x->desk), &order, x->fetch) == FETCH_FINE)
        x->is_parked = true; /* and perhaps resumed by now, by another thread */
    else
        a = pass_on(x, &busy);
    for (size_t i = 0; i < headers.n; i++)
        buf_clear(&headers.text[i]);
    return a;
}

struct app_answer gadget_request(struct exchange *x)
{
    struct desk_user user;
    struct fetched got;
    struct app_answer a;

    if (fetch_end(desk_fetcher(x->desk), x->fetch, &got)) {
        a = pass_on(x, &got);
        fetched_clear(&got);
        return a;
    }
    if (!desk_session(x, &user))
        return desk_error(x, 401, "Nobody has signed in.");
    json_t *ask = x->is_body_cut ? NULL : json_loadb(x->body.at, x->body.n, 0, NULL);
    a = begin(x, ask);
    json_decref(ask);
    return a;
}
