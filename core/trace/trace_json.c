#include "trace_json.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"

#define LATIN1_MAX (1U << 20)

/* Without memory a member is left out, and with none for the object itself all of it. */
static void set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

/* ---- bytes ---- */

static json_t *latin1(struct slice text)
{
    struct buf utf8;

    buf_init(&utf8, LATIN1_MAX);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x80)
            (void)buf_putc(&utf8, (char)(0xc0 | (c >> 6)));
        (void)buf_putc(&utf8, (char)(c < 0x80 ? c : 0x80 | (c & 0x3f)));
    }
    json_t *string = utf8.state == ERR_OK ? json_stringn(buf_text(&utf8), utf8.n) : NULL;
    buf_clear(&utf8);
    return string;
}

json_t *trace_json_text(struct slice text)
{
    if (text.at == NULL)
        return json_null();
    json_t *string = json_stringn(text.at, text.n); /* NULL: no UTF-8 */
    return string == NULL ? latin1(text) : string;
}

struct slice trace_head_line(struct slice *rest)
{
    struct slice line = {rest->at, 0};

    while (line.n < rest->n && rest->at[line.n] != '\n')
        line.n++;
    size_t used = line.n < rest->n ? line.n + 1 : line.n;
    if (used > 0)
        *rest = (struct slice){rest->at + used, rest->n - used};
    if (line.n > 0 && line.at[line.n - 1] == '\r')
        line.n--;
    return line;
}

bool trace_head_field(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    struct slice line = trace_head_line(rest);
    const char *colon = line.n == 0 ? NULL : memchr(line.at, ':', line.n);
    size_t name = colon == NULL ? line.n : (size_t)(colon - line.at);

    if (line.n == 0)
        return false;
    *ret_name = (struct slice){line.at, name};
    *ret_value = colon == NULL ? (struct slice){line.at + line.n, 0}
                               : slice_trim((struct slice){colon + 1, line.n - name - 1});
    return true;
}

/* ---- a record ---- */

static void set_text(json_t *object, const char *key, const struct trace_exchange *x,
                     enum trace_text t)
{
    set(object, key, trace_json_text(x->text[t]));
}

static json_t *number(uint64_t n)
{
    return json_integer((json_int_t)(n > INT64_MAX ? INT64_MAX : n));
}

static json_t *client(const struct trace_exchange *x)
{
    json_t *o = json_object();

    set_text(o, "address", x, TRACE_CLIENT);
    set(o, "port", json_integer(x->client_port));
    set(o, "connection", json_integer(x->connection));
    set(o, "run", json_integer(x->run));
    return o;
}

static json_t *tls(const struct trace_exchange *x)
{
    json_t *o = json_object();

    set_text(o, "version", x, TRACE_TLS);
    set_text(o, "name", x, TRACE_SNI);
    return o;
}

static json_t *request(const struct trace_exchange *x, bool is_whole)
{
    json_t *o = json_object();

    set_text(o, "method", x, TRACE_METHOD);
    set_text(o, "target", x, TRACE_TARGET);
    set_text(o, "version", x, TRACE_VERSION);
    set_text(o, "host", x, TRACE_HOST);
    set_text(o, "origin", x, TRACE_ORIGIN);
    set_text(o, "request_method", x, TRACE_REQUEST_METHOD);
    set_text(o, "request_headers", x, TRACE_REQUEST_HEADERS);
    set_text(o, "private_network", x, TRACE_PRIVATE_NETWORK);
    set(o, "body_bytes", number(x->request_bytes));
    if (is_whole) {
        set_text(o, "head", x, TRACE_REQUEST_HEAD);
        set_text(o, "body", x, TRACE_REQUEST_BODY);
    }
    return o;
}

static json_t *decision(const struct trace_exchange *x)
{
    const struct reason *reason = trace_reason(x);

    if (x->text[TRACE_REASON].at == NULL)
        return json_null();
    json_t *o = json_object();
    set_text(o, "class", x, TRACE_CLASS);
    set(o, "allowed", x->text[TRACE_CLASS].at == NULL ? json_null() : json_boolean(x->is_allowed));
    set_text(o, "reason", x, TRACE_REASON);
    set_text(o, "culprit", x, TRACE_CULPRIT);
    if (reason != NULL) {
        set(o, "title", json_string(reason->title));
        set(o, "why", json_string(reason->why));
        set(o, "remedy", json_string(reason->remedy));
    }
    return o;
}

static json_t *response(const struct trace_exchange *x, bool is_whole)
{
    if (x->status == 0)
        return json_null();
    json_t *o = json_object();
    set(o, "status", json_integer(x->status));
    set(o, "sent", json_boolean(x->is_sent));
    set(o, "body_bytes", number(x->response_bytes));
    if (is_whole) {
        set_text(o, "head", x, TRACE_RESPONSE_HEAD);
        set_text(o, "body", x, TRACE_RESPONSE_BODY);
    }
    return o;
}

static json_t *cut(const struct trace_exchange *x)
{
    json_t *names = json_array();

    for (size_t i = 0; i < TRACE_TEXTS; i++)
        if ((x->cut & (1U << i)) != 0)
            (void)json_array_append_new(names, json_string(trace_text_name((enum trace_text)i)));
    return names;
}

static void set_exchange(json_t *o, const struct trace_exchange *x, int64_t partner, bool is_whole)
{
    bool has_request = x->kind != TRACE_RESET;

    set_text(o, "node", x, TRACE_NODE);
    set_text(o, "service", x, TRACE_SERVICE);
    set_text(o, "server", x, TRACE_SERVER);
    set(o, "client", client(x));
    set(o, "tls", tls(x));
    set(o, "request", has_request ? request(x, is_whole) : json_null());
    set(o, "decision", decision(x));
    set(o, "response", x->kind == TRACE_EXCHANGE ? response(x, is_whole) : json_null());
    set(o, "partner", partner == 0 ? json_null() : json_integer(partner));
    set_text(o, "fault", x, TRACE_FAULT);
    set(o, "cut", cut(x));
}

json_t *trace_json(const struct trace_exchange *x, int64_t partner, bool is_whole)
{
    char at[CLOCK_ISO_DATE];
    json_t *o = json_object();

    clock_iso_date(x->at_us, at);
    set(o, "id", x->id == 0 ? json_null() : json_integer(x->id));
    set(o, "kind", json_string(trace_kind_name(x->kind)));
    set(o, "time", json_string(at));
    set(o, "duration_us", json_integer(x->duration_us));
    if (x->kind != TRACE_GAP)
        set_exchange(o, x, partner, is_whole);
    else
        set(o, "dropped", number(x->dropped));
    if (x->kind == TRACE_SOCKET_END) {
        set(o, "messages_in", number(x->messages_in));
        set(o, "messages_out", number(x->messages_out));
    }
    set_text(o, "note", x, TRACE_NOTE);
    return o;
}
