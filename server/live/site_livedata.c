#include "site_livedata.h"

#include <gnutls/crypto.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "filtered.h"
#include "live/engineio.h"
#include "login.h"

#define APP_ALLOW   "GET,POST,OPTIONS"
#define PAYLOAD_MAX (512U << 10)                           /* bytes of an answer to a poll */
#define WS_GUID     "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 section 1.3 */
#define JSON_TYPE   "application/json"

typedef struct app_answer app(struct exchange *x);

/** The way of every request: the filter of Live Data, then the application. */
static void filtered(struct exchange *x, app *answer)
{
    struct app_answer a = {.status = 200};
    const struct service_view *view = filtered_view(x, SERVICE_LIVE_DATA);

    if (view == NULL)
        return;
    if (filtered_ask(x, view)) {
        if (filtered_is_method(x, "OPTIONS"))
            a.allow = APP_ALLOW;
        else
            a = answer(x);
    }
    if (!x->is_parked && x->socket == NULL)
        filtered_reply(x, view, &a);
}

/* ---- pages ---- */

static struct app_answer not_here(struct exchange *x)
{
    return filtered_error(x, 404, "Live Data has nothing at this path.");
}

static struct app_answer only_get(struct exchange *x)
{
    struct app_answer a = filtered_error(x, 405, "This can only be read.");

    a.allow = APP_ALLOW;
    return a;
}

static struct app_answer security(struct exchange *x)
{
    if (!filtered_is_method(x, "GET") && !filtered_is_method(x, "HEAD"))
        return only_get(x);
    return (struct app_answer){.status = 200,
                               .content_type = "text/html;charset=utf-8",
                               .body = page_security(x->profile.node, x->reply.page)};
}

void livedata_security(struct exchange *x)
{
    filtered(x, security);
}

void livedata_elsewhere(struct exchange *x)
{
    filtered(x, not_here);
}

/* ---- tokens ---- */

static struct app_answer token(struct exchange *x)
{
    char login[LOGIN_MAX];
    char text[LIVE_TOKEN];

    if (!filtered_is_method(x, "GET"))
        return only_get(x);
    if (login_of(x->request, x->live, login) != LOGIN_FINE) {
        struct app_answer a = filtered_error(x, 401, LOGIN_HELP);
        a.authenticate = "Basic realm=\"Live Data\"";
        return a;
    }
    if (!live_token_new(x->live, x->request->node, text))
        return filtered_error(x, 503, "There are no random bytes for a token.");
    return filtered_json(x, 200, JSON_TYPE, json_pack("{s:s}", "token", text));
}

void livedata_token(struct exchange *x)
{
    filtered(x, token);
}

/* ---- Engine.IO ---- */

/** @source Engine.IO 3 for the codes 0 to 4, a later version for 5.
 *  UNVERIFIED: the status and message for a bad token; settled by a connection to a real node with
 *  one. 401 tells it from the filter's 403. */
static struct app_answer refuse(struct exchange *x, enum live_refusal r)
{
    static const struct row {
        unsigned status;
        int code;
        const char *message;
    } rows[] = {
        [LIVE_UNKNOWN_TRANSPORT] = {400, 0, "Transport unknown"},
        [LIVE_UNKNOWN_SESSION] = {400, 1, "Session ID unknown"},
        [LIVE_BAD_METHOD] = {400, 2, "Bad handshake method"},
        [LIVE_BAD_REQUEST] = {400, 3, "Bad request"},
        [LIVE_BAD_TOKEN] = {401, 4, "Token unknown, used or expired"},
        [LIVE_BAD_VERSION] = {400, 5, "Unsupported protocol version"},
        [LIVE_OVERLAP] = {500, 3, "Overlap from client"},
        [LIVE_FULL] = {503, 3, "Too many sessions"},
    };
    const struct row *row = &rows[r];

    struct app_answer a =
        filtered_json(x, row->status, JSON_TYPE,
                      json_pack("{s:i, s:s}", "code", row->code, "message", row->message));
    if (r == LIVE_BAD_TOKEN)
        a.authenticate = "Bearer realm=\"Live Data\"";
    return a;
}

static struct app_answer payload(struct exchange *x, struct buf *text)
{
    size_t n = text->n;

    x->text = buf_take(text);
    if (x->text == NULL) { /* what was taken from the queue is lost */
        live_wait_end(x->live, x->wait, false);
        return refuse(x, LIVE_FULL);
    }
    return (struct app_answer){
        .status = 200, .content_type = "text/plain; charset=UTF-8", .body = {x->text, n}};
}

static struct app_answer poll_get(struct exchange *x, struct slice sid)
{
    struct buf text;
    enum live_refusal r = LIVE_FINE;

    buf_init(&text, PAYLOAD_MAX);
    if (sid.n == 0)
        r = live_poll_open(x->live, x->request->node, request_argument(x->request, "token"), &text);
    else
        r = live_poll_get(x->live, x->request->node, sid, x->wait, &text);
    /* Who parked it may have been resumed by now, by another thread: nothing of `wait` is ours. */
    x->is_parked = r == LIVE_FINE && text.n == 0 && text.state == ERR_OK;
    if (r == LIVE_FINE && !x->is_parked)
        return payload(x, &text);
    buf_clear(&text);
    if (r != LIVE_FINE)
        return refuse(x, r);
    return (struct app_answer){.status = 200}; /* looked at by nobody: it waits */
}

static struct app_answer poll_post(struct exchange *x, struct slice sid)
{
    if (sid.n == 0)
        return refuse(x, LIVE_BAD_METHOD);
    if (x->is_body_cut)
        return filtered_error(x, 413, "No packet is as large as that.");
    enum live_refusal r = live_poll_post(x->live, x->request->node, sid, x->body);
    if (r != LIVE_FINE)
        return refuse(x, r);
    return (struct app_answer){.status = 200, .content_type = "text/html", .body = slice_of("ok")};
}

static struct app_answer polling(struct exchange *x, struct slice sid)
{
    if (request_argument(x->request, "j").at != NULL) /* a script tag, which no CORS can guard */
        return refuse(x, LIVE_BAD_REQUEST);
    if (filtered_is_method(x, "GET"))
        return poll_get(x, sid);
    if (filtered_is_method(x, "POST"))
        return poll_post(x, sid);
    return refuse(x, LIVE_BAD_METHOD);
}

/** The proof that a handshake was understood. @source RFC 6455 section 4.2.2 */
static bool make_accept(struct slice key, char to[32])
{
    char text[24 + sizeof WS_GUID];
    unsigned char digest[20];
    gnutls_datum_t plain = {digest, sizeof digest};
    gnutls_datum_t coded = {NULL, 0};

    if (key.n != 24)
        return false;
    memcpy(text, key.at, key.n);
    memcpy(text + key.n, WS_GUID, sizeof WS_GUID);
    if (gnutls_hash_fast(GNUTLS_DIG_SHA1, text, key.n + sizeof WS_GUID - 1, digest) != 0 ||
        gnutls_base64_encode2(&plain, &coded) != 0)
        return false;
    bool fits = coded.size < 32;
    if (fits) {
        memcpy(to, coded.data, coded.size);
        to[coded.size] = '\0';
    }
    gnutls_free(coded.data);
    return fits;
}

static bool is_handshake(struct exchange *x)
{
    const struct request *rq = x->request;

    return filtered_is_method(x, "GET") && strcmp(rq->version, MHD_HTTP_VERSION_1_1) == 0 &&
           request_has_word(rq, "Upgrade", "websocket") &&
           request_has_word(rq, "Connection", "upgrade") &&
           slice_is(request_header(rq, "Sec-WebSocket-Version"), "13") &&
           make_accept(request_header(rq, "Sec-WebSocket-Key"), x->accept);
}

/** UNVERIFIED: that an origin which is not listed is refused here too, where a browser does not
 * ask; settled by a handshake with such an origin. */
static struct app_answer websocket(struct exchange *x, struct slice sid)
{
    struct live_socket *s = NULL;

    if (!is_handshake(x))
        return refuse(x, LIVE_BAD_REQUEST);
    enum live_refusal r =
        live_socket_open(x->live, x->request->node, request_argument(x->request, "token"), sid, &s);
    if (r != LIVE_FINE)
        return refuse(x, r);
    profile_outer(&x->profile, 101, NULL, NULL, NULL, &x->reply);
    x->reply.header[x->reply.n_headers++] = (struct reply_header){"upgrade", "websocket"};
    x->reply.header[x->reply.n_headers++] =
        (struct reply_header){"sec-websocket-accept", x->accept};
    x->socket = s;
    return (struct app_answer){.status = 101};
}

static struct app_answer socketio(struct exchange *x)
{
    struct slice transport = request_argument(x->request, "transport");
    struct slice sid = request_argument(x->request, "sid");

    if (!slice_is(request_argument(x->request, "EIO"), ENGINEIO_VERSION))
        return refuse(x, LIVE_BAD_VERSION);
    if (slice_is(transport, "polling"))
        return polling(x, sid);
    if (slice_is(transport, "websocket"))
        return websocket(x, sid);
    return refuse(x, LIVE_UNKNOWN_TRANSPORT);
}

void livedata_socketio(struct exchange *x)
{
    filtered(x, socketio);
}
