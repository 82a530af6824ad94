#include "request.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/** Where the fields that matter are collected while MHD walks over all of them. */
struct fields {
    struct request *request;
    struct cors_request *cors;
    unsigned n_hosts;
};

/** Is the word one of those between commas, in any case? */
static bool has_word(struct slice list, const char *word)
{
    while (list.n > 0) {
        const char *comma = memchr(list.at, ',', list.n);
        size_t n = comma == NULL ? list.n : (size_t)(comma - list.at);
        if (slice_is_nocase(slice_trim((struct slice){list.at, n}), word))
            return true;
        n += comma == NULL ? 0 : 1;
        list = (struct slice){list.at + n, list.n - n};
    }
    return false;
}

static void note_connection(struct request *rq, struct slice value)
{
    rq->asks_close = rq->asks_close || has_word(value, "close");
    rq->asks_keep_alive = rq->asks_keep_alive || has_word(value, "keep-alive");
}

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_size,
                               const char *value, size_t value_size)
{
    struct fields *f = cls;
    struct slice name = {key, key_size};
    struct slice *field = NULL;

    (void)kind;
    if (slice_is_nocase(name, "host")) {
        field = &f->cors->host;
        f->n_hosts++;
    } else if (slice_is_nocase(name, "origin")) {
        field = &f->cors->origin;
    } else if (slice_is_nocase(name, "access-control-request-method")) {
        field = &f->cors->request_method;
    } else if (slice_is_nocase(name, "access-control-request-headers")) {
        field = &f->cors->request_headers;
    } else if (slice_is_nocase(name, "access-control-request-private-network")) {
        field = &f->cors->private_network;
    } else if (slice_is_nocase(name, "connection")) {
        note_connection(f->request, (struct slice){value, value == NULL ? 0 : value_size});
    }
    if (field != NULL && field->at == NULL)
        *field = (struct slice){value == NULL ? "" : value, value == NULL ? 0 : value_size};
    return MHD_YES;
}

/** Could this be the host[:port] of a URL? @source RFC 3986 section 3.2, without user information
 */
static bool is_host(struct slice host)
{
    for (size_t i = 0; i < host.n; i++) {
        unsigned char c = (unsigned char)host.at[i];
        if (!ascii_is_alnum(c) && (c == '\0' || strchr("-._~:[]!$&'()*+,;=%", c) == NULL))
            return false;
    }
    const char *colon = host.n == 0 ? NULL : memchr(host.at, ':', host.n);
    if (colon == NULL || host.at[0] == '[')
        return true;
    for (const char *p = colon + 1; p < host.at + host.n; p++)
        if (!ascii_is_digit((unsigned char)*p))
            return false;
    return true;
}

/** Take "https://host[:port]" off the front of an absolute-form target; its host replaces the Host
 *  field. @source RFC 9112 section 3.2.2 */
static enum request_fault split_target(const char *url, struct request *rq)
{
    size_t scheme = 0;

    rq->path = url;
    if (url[0] == '/' || strcmp(url, "*") == 0)
        return REQUEST_FINE;
    if (strncasecmp(url, "https://", 8) == 0)
        scheme = 8;
    else if (strncasecmp(url, "http://", 7) == 0)
        scheme = 7;
    else
        return REQUEST_BAD_TARGET;
    const char *slash = strchr(url + scheme, '/');
    size_t n = slash == NULL ? strlen(url + scheme) : (size_t)(slash - url) - scheme;
    if (n == 0)
        return REQUEST_BAD_TARGET;
    rq->cors.host = (struct slice){url + scheme, n};
    rq->path = slash == NULL ? "/" : slash;
    return REQUEST_FINE;
}

static bool is_head_too_large(struct MHD_Connection *connection, const struct config *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    return info != NULL && info->header_size > c->max_header_bytes;
}

static enum request_fault find_fault(struct MHD_Connection *connection, const struct config *c,
                                     const struct fields *f, const char *url, struct request *rq)
{
    enum request_fault target = split_target(url, rq); /* first: the log wants the path */

    if (is_head_too_large(connection, c))
        return REQUEST_HEAD_TOO_LARGE;
    if (f->n_hosts > 1)
        return REQUEST_TWO_HOSTS;
    if (f->n_hosts == 0 && strcmp(rq->version, MHD_HTTP_VERSION_1_0) != 0)
        return REQUEST_NO_HOST;
    rq->cors.host = slice_trim(rq->cors.host);
    if (target == REQUEST_FINE && !is_host(rq->cors.host))
        return REQUEST_BAD_HOST;
    return target;
}

void request_read(struct MHD_Connection *connection, const struct config *c, enum site site,
                  const char *url, const char *method, const char *version, struct request *ret)
{
    *ret = (struct request){
        .method = method, .path = "/", .version = version, .connection = connection};
    ret->cors.method = slice_of(method);
    ret->cors.is_https = true;
    struct fields f = {ret, &ret->cors, 0};
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, collect, &f);
    ret->fault = find_fault(connection, c, &f, url, ret);
    ret->node = config_node_by_host(c, site, ret->cors.host);
    struct slice host = ret->cors.host;
    ret->is_localhost = host.n >= 9 && slice_is_nocase((struct slice){host.at, 9}, "localhost") &&
                        (host.n == 9 || host.at[9] == ':');
}

static int hex_digit(char c)
{
    if (ascii_is_digit((unsigned char)c))
        return c - '0';
    c = (char)ascii_lower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t request_unescape(void *nothing, struct MHD_Connection *connection, char *text)
{
    char *to = text;

    (void)nothing;
    (void)connection;
    for (const char *p = text; *p != '\0';) {
        int high = p[0] == '%' ? hex_digit(p[1]) : -1;
        int low = high < 0 ? -1 : hex_digit(p[2]);
        bool is_code = low >= 0 && high + low > 0;
        int c = is_code ? high * 16 + low : *p;
        *to++ = (char)c;
        p += is_code ? 3 : 1;
    }
    *to = '\0';
    return (size_t)(to - text);
}

const char *request_path(const char *url)
{
    struct request rq = {.path = "/"};

    return split_target(url, &rq) == REQUEST_FINE ? rq.path : "/";
}

static struct slice look_up(const struct request *rq, enum MHD_ValueKind kind, const char *name)
{
    const char *value = NULL;
    size_t n = 0;

    if (MHD_lookup_connection_value_n(rq->connection, kind, name, strlen(name), &value, &n) !=
            MHD_YES ||
        value == NULL)
        return (struct slice){NULL, 0};
    return (struct slice){value, n};
}

struct slice request_header(const struct request *rq, const char *name)
{
    return slice_trim(look_up(rq, MHD_HEADER_KIND, name));
}

struct slice request_argument(const struct request *rq, const char *name)
{
    return look_up(rq, MHD_GET_ARGUMENT_KIND, name);
}

struct slice request_cookie(const struct request *rq, const char *name)
{
    return look_up(rq, MHD_COOKIE_KIND, name);
}

/** A caller's function, for MHD's. */
struct each {
    bool (*call)(void *arg, struct slice name, struct slice value);
    void *arg;
};

static enum MHD_Result pass_on(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_size,
                               const char *value, size_t value_size)
{
    const struct each *each = cls;
    struct slice text = {value == NULL ? "" : value, value == NULL ? 0 : value_size};

    (void)kind;
    return each->call(each->arg, (struct slice){key, key_size}, text) ? MHD_YES : MHD_NO;
}

void request_arguments(const struct request *rq,
                       bool (*each)(void *arg, struct slice name, struct slice value), void *arg)
{
    struct each e = {each, arg};

    (void)MHD_get_connection_values_n(rq->connection, MHD_GET_ARGUMENT_KIND, pass_on, &e);
}

bool request_has_word(const struct request *rq, const char *header, const char *word)
{
    return has_word(request_header(rq, header), word);
}

static enum MHD_Result write_field(void *cls, enum MHD_ValueKind kind, const char *key,
                                   size_t key_size, const char *value, size_t value_size)
{
    const struct slice line[] = {
        {key, key_size}, {": ", 2}, {value, value == NULL ? 0 : value_size}, {"\r\n", 2}};

    (void)kind;
    return buf_add_all(cls, line, sizeof line / sizeof line[0]) == ERR_OK ? MHD_YES : MHD_NO;
}

void request_write_head(const struct request *rq, struct slice target, struct buf *to)
{
    (void)buf_puts(to, rq->method);
    (void)buf_putc(to, ' ');
    (void)buf_add(to, target);
    (void)buf_putc(to, ' ');
    (void)buf_puts(to, rq->version);
    (void)buf_puts(to, "\r\n");
    (void)MHD_get_connection_values_n(rq->connection, MHD_HEADER_KIND, write_field, to);
    (void)buf_puts(to, "\r\n");
}

unsigned request_fault_status(enum request_fault fault)
{
    return fault == REQUEST_BODY_TOO_LARGE ? 413 : 400;
}

const char *request_fault_text(enum request_fault fault)
{
    switch (fault) {
    case REQUEST_FINE:
        return "";
    case REQUEST_HEAD_TOO_LARGE:
        return "The request's head is larger than limits.header_bytes allows.";
    case REQUEST_BODY_TOO_LARGE:
        return "The request's body is larger than limits.body_bytes allows.";
    case REQUEST_NO_HOST:
        return "The request has no Host header.";
    case REQUEST_TWO_HOSTS:
        return "The request has more than one Host header.";
    case REQUEST_BAD_HOST:
        return "The request's Host is not a host with an optional port.";
    case REQUEST_BAD_TARGET:
        return "The request's target is neither a path nor an http or https URL nor '*'.";
    }
    return "";
}

uint64_t request_content_length(struct MHD_Connection *connection)
{
    unsigned long n = 0;
    const char *text =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

    if (text == NULL || text_to_ulong(slice_of(text), 0, UINT64_MAX, &n) != ERR_OK)
        return 0;
    return n;
}
