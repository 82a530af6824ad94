#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "trace_json.h"

#ifndef CUICSIM_VERSION
#define CUICSIM_VERSION "unknown"
#endif

#define URL_MAX     16384
#define DECODED_MAX 8192

static void set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *pair(struct slice name, struct slice value)
{
    json_t *o = json_object();

    set(o, "name", trace_json_text(name.at == NULL ? slice_of("") : name));
    set(o, "value", trace_json_text(value.at == NULL ? slice_of("") : value));
    return o;
}

/** What is before the separator; the rest then begins behind it. */
static struct slice split(struct slice *rest, char separator)
{
    const char *at = rest->n == 0 ? NULL : memchr(rest->at, separator, rest->n);
    size_t n = at == NULL ? rest->n : (size_t)(at - rest->at);
    struct slice part = {rest->at, n};
    size_t used = at == NULL ? n : n + 1;

    if (used > 0)
        *rest = (struct slice){rest->at + used, rest->n - used};
    return part;
}

/* ---- the URL ---- */

/** May this byte stand in a URL as it is? @source RFC 3986 section 2, '%' included */
static bool is_url_byte(unsigned char c)
{
    return ascii_is_alnum(c) || (c != '\0' && strchr("-._~:/?[]@!$&'()*+,;=%", c) != NULL);
}

/** A host that a URL parser takes; another one is given the node's name instead. */
static bool is_host(struct slice host)
{
    for (size_t i = 0; i < host.n; i++)
        if (!ascii_is_alnum((unsigned char)host.at[i]) &&
            (host.at[i] == '\0' || strchr("-._:[]", host.at[i]) == NULL))
            return false;
    return host.n > 0;
}

static void put_escaped(struct buf *to, struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (is_url_byte(c))
            (void)buf_putc(to, (char)c);
        else
            (void)buf_printf(to, "%%%02X", c);
    }
}

/** Without the scheme and host of an absolute form. */
static struct slice path_of(struct slice target)
{
    size_t slashes = 0;

    if (target.n == 0 || target.at[0] == '/')
        return target;
    for (size_t i = 0; i < target.n; i++) {
        slashes += target.at[i] == '/' ? 1 : 0;
        if (slashes == 3)
            return (struct slice){target.at + i, target.n - i};
    }
    return slashes == 2 ? slice_of("/") : target;
}

static json_t *url(const struct trace_exchange *x)
{
    static const enum trace_text names[] = {TRACE_HOST, TRACE_SNI, TRACE_NODE};
    struct slice target = x->text[TRACE_TARGET];
    struct slice host = slice_of("unknown");
    struct buf text;

    for (size_t i = sizeof names / sizeof names[0]; i-- > 0;)
        if (is_host(x->text[names[i]]))
            host = x->text[names[i]];
    buf_init(&text, URL_MAX);
    (void)buf_puts(&text, "https://");
    (void)buf_add(&text, host);
    struct slice path = path_of(target);
    if (path.n == 0 || path.at[0] != '/')
        (void)buf_putc(&text, '/'); /* "*" */
    put_escaped(&text, path);
    json_t *string = json_stringn(buf_text(&text), text.n);
    buf_clear(&text);
    return string;
}

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, ascii_lower((unsigned char)c));

    return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

/** Percent-decode; `to` has room for all of it. */
static struct slice decode(struct slice from, char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < from.n; i++) {
        int high = from.at[i] == '%' && i + 2 < from.n ? hex(from.at[i + 1]) : -1;
        int low = high < 0 ? -1 : hex(from.at[i + 2]);
        to[n++] = (char)(low < 0 ? (from.at[i] == '+' ? ' ' : from.at[i]) : high * 16 + low);
        i += low < 0 ? 0 : 2;
    }
    return (struct slice){to, n};
}

static json_t *query(const struct trace_exchange *x)
{
    struct slice rest = x->text[TRACE_TARGET];
    json_t *list = json_array();
    char name[DECODED_MAX];
    char value[DECODED_MAX];

    (void)split(&rest, '?');
    while (rest.n > 0) {
        struct slice both = split(&rest, '&');
        struct slice raw = split(&both, '=');
        if (raw.n < sizeof name && both.n < sizeof value)
            (void)json_array_append_new(list, pair(decode(raw, name), decode(both, value)));
    }
    return list;
}

/* ---- fields ---- */

/** The fields of a head; it may be NULL. */
static struct slice fields_of(struct slice head)
{
    (void)trace_head_line(&head);
    return head;
}

static json_t *headers(struct slice head)
{
    struct slice rest = fields_of(head);
    json_t *list = json_array();
    struct slice name;
    struct slice value;

    while (trace_head_field(&rest, &name, &value))
        (void)json_array_append_new(list, pair(name, value));
    return list;
}

/** The first field of this name; `at` NULL for none. */
static struct slice field(struct slice head, const char *want)
{
    struct slice rest = fields_of(head);
    struct slice name;
    struct slice value;

    while (trace_head_field(&rest, &name, &value))
        if (slice_is_nocase(name, want))
            return value;
    return (struct slice){NULL, 0};
}

static json_t *set_cookie(struct slice value)
{
    struct slice content = split(&value, ';');
    struct slice name = split(&content, '=');
    json_t *o = pair(slice_trim(name), content);

    while (value.n > 0) {
        struct slice attribute = slice_trim(split(&value, ';'));
        struct slice key = split(&attribute, '=');
        if (slice_is_nocase(key, "path"))
            set(o, "path", trace_json_text(attribute));
        else if (slice_is_nocase(key, "domain"))
            set(o, "domain", trace_json_text(attribute));
        else if (slice_is_nocase(key, "httponly"))
            set(o, "httpOnly", json_true());
        else if (slice_is_nocase(key, "secure"))
            set(o, "secure", json_true());
    }
    return o;
}

static void add_cookies(json_t *list, struct slice value)
{
    while (value.n > 0) {
        struct slice content = slice_trim(split(&value, ';'));
        struct slice name = split(&content, '=');
        (void)json_array_append_new(list, pair(name, content));
    }
}

/** @param is_request  those of Cookie fields, else those of Set-Cookie fields */
static json_t *cookies(struct slice head, bool is_request)
{
    struct slice rest = fields_of(head);
    json_t *list = json_array();
    struct slice name;
    struct slice value;

    while (trace_head_field(&rest, &name, &value)) {
        if (is_request && slice_is_nocase(name, "cookie"))
            add_cookies(list, value);
        else if (!is_request && slice_is_nocase(name, "set-cookie"))
            (void)json_array_append_new(list, set_cookie(value));
    }
    return list;
}

static json_t *text_or(struct slice text, const char *otherwise)
{
    return text.n > 0 ? trace_json_text(text) : json_string(otherwise);
}

/* ---- an entry ---- */

static json_t *request(const struct trace_exchange *x)
{
    struct slice head = x->text[TRACE_REQUEST_HEAD];
    struct slice body = x->text[TRACE_REQUEST_BODY];
    json_t *o = json_object();

    set(o, "method", text_or(x->text[TRACE_METHOD], "-"));
    set(o, "url", url(x));
    set(o, "httpVersion", text_or(x->text[TRACE_VERSION], "unknown"));
    set(o, "cookies", cookies(head, true));
    set(o, "headers", headers(head));
    set(o, "queryString", query(x));
    set(o, "headersSize", json_integer(head.at == NULL ? -1 : (json_int_t)head.n));
    set(o, "bodySize", json_integer((json_int_t)x->request_bytes));
    if (body.n > 0) {
        json_t *data = json_object();
        set(data, "mimeType", text_or(field(head, "content-type"), "x-unknown"));
        set(data, "text", trace_json_text(body));
        set(o, "postData", data);
    }
    return o;
}

/** "Forbidden" of "HTTP/1.1 403 Forbidden". */
static struct slice status_text(struct slice head)
{
    struct slice line = trace_head_line(&head);

    (void)split(&line, ' ');
    (void)split(&line, ' ');
    return line;
}

static json_t *content(const struct trace_exchange *x)
{
    struct slice body = x->text[TRACE_RESPONSE_BODY];
    json_t *o = json_object();

    set(o, "size", json_integer((json_int_t)x->response_bytes));
    set(o, "mimeType", text_or(field(x->text[TRACE_RESPONSE_HEAD], "content-type"), "x-unknown"));
    if (body.n > 0)
        set(o, "text", trace_json_text(body));
    return o;
}

static json_t *response(const struct trace_exchange *x)
{
    struct slice head = x->text[TRACE_RESPONSE_HEAD];
    struct slice rest = head;
    struct slice line = trace_head_line(&rest);
    json_t *o = json_object();

    set(o, "status", json_integer(x->status));
    set(o, "statusText", text_or(status_text(head), ""));
    set(o, "httpVersion", text_or(split(&line, ' '), "unknown"));
    set(o, "cookies", cookies(head, false));
    set(o, "headers", headers(head));
    set(o, "content", content(x));
    set(o, "redirectURL", text_or(field(head, "location"), ""));
    set(o, "headersSize", json_integer(head.at == NULL ? -1 : (json_int_t)head.n));
    set(o, "bodySize", json_integer(x->status == 0 ? -1 : (json_int_t)x->response_bytes));
    return o;
}

static json_t *timings(double ms)
{
    static const char *const unknown[] = {"blocked", "dns", "connect", "ssl"};
    json_t *o = json_object();

    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        set(o, unknown[i], json_integer(-1));
    set(o, "send", json_integer(0));
    set(o, "wait", json_real(ms));
    set(o, "receive", json_integer(0));
    return o;
}

/** The address of "127.0.0.1:8444", "[::1]:8444". */
static struct slice address(struct slice server)
{
    while (server.n > 0 && server.at[server.n - 1] != ':')
        server.n--;
    server.n -= server.n > 0 ? 1 : 0;
    if (server.n >= 2 && server.at[0] == '[')
        server = (struct slice){server.at + 1, server.n - 2};
    return server;
}

static const char *resource_type(const struct trace_exchange *x)
{
    if (slice_is(x->text[TRACE_CLASS], "preflight"))
        return "preflight";
    return x->status == 101 ? "websocket" : "fetch";
}

/** All of the record that the other members do not tell. */
static json_t *own(const struct trace_exchange *x, int64_t partner)
{
    static const char *const told[] = {"time", "duration_us", "request", "response"};
    json_t *o = trace_json(x, partner, false);

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        (void)json_object_del(o, told[i]);
    return o;
}

json_t *trace_har_entry(const struct trace_exchange *x, int64_t partner)
{
    double ms = (double)x->duration_us / 1000;
    char at[CLOCK_ISO_DATE];
    char connection[24];
    json_t *o = json_object();

    clock_iso_date(x->at_us, at);
    (void)snprintf(connection, sizeof connection, "%lld", (long long)x->connection);
    set(o, "startedDateTime", json_string(at));
    set(o, "time", json_real(ms));
    set(o, "request", request(x));
    set(o, "response", response(x));
    set(o, "cache", json_object());
    set(o, "timings", timings(ms));
    set(o, "serverIPAddress", text_or(address(x->text[TRACE_SERVER]), "0.0.0.0"));
    set(o, "connection", json_string(connection));
    set(o, "_resourceType", json_string(resource_type(x)));
    set(o, "_cuicsim", own(x, partner));
    return o;
}

json_t *trace_har(uint64_t dropped)
{
    char comment[80];
    json_t *creator = json_pack("{s:s, s:s}", "name", "cuicsim", "version", CUICSIM_VERSION);
    json_t *log = json_pack("{s:s}", "version", "1.2");

    set(log, "creator", creator);
    if (dropped > 0) {
        (void)snprintf(comment, sizeof comment, "%llu exchanges could not be recorded",
                       (unsigned long long)dropped);
        set(log, "comment", json_string(comment));
    }
    set(log, "entries", json_array());
    return json_pack("{s:o}", "log", log);
}
