#include "live_frames.h"

#include <stdlib.h>
#include <string.h>

#include "live/engineio.h"

#define READ_MAX    65536 /* bytes of one client before the next one has its turn */
#define FILL_BYTES  16384 /* in frames, before more is queued */
#define BACKLOG_MAX 65536 /* in frames: nothing is read from who does not read our answers */

bool live_frames_keep_early(struct live_frames *f, struct slice early)
{
    if (early.n == 0)
        return true;
    f->early = malloc(early.n);
    if (f->early == NULL)
        return false;
    memcpy(f->early, early.at, early.n);
    f->n_early = early.n;
    return true;
}

/* ---- heads ----
 * wslay looks at the length that a head announces only when the first byte of the payload has come,
 * so it would wait for a message that is never sent, and never taken. So heads are looked at here
 * as they pass by. @source RFC 6455 section 5.2 */

static size_t head_bytes(const struct live_scan *s)
{
    unsigned length = s->n_head < 2 ? 0 : s->head[1] & 0x7fU;

    return length < 126 ? 2 : length == 126 ? 4 : 10;
}

static void take_head(struct live_scan *s)
{
    bool is_control = (s->head[0] & 8U) != 0;
    bool goes_on = (s->head[0] & 15U) == WSLAY_CONTINUATION_FRAME;
    uint64_t n = s->head[1] & 0x7fU;

    if (s->n_head > 2)
        n = 0;
    for (size_t i = 2; i < s->n_head; i++)
        n = n << 8 | s->head[i];
    s->n_head = 0;
    s->is_too_large = n > ENGINEIO_PACKET_MAX;
    if (s->is_too_large)
        return;
    s->left = n + ((s->head[1] & 0x80U) != 0 ? 4 : 0);
    if (is_control) /* may stand within a message */
        return;
    s->message = (goes_on ? s->message : 0) + n;
    s->is_too_large = s->message > ENGINEIO_PACKET_MAX;
}

static void scan(struct live_scan *s, const uint8_t *bytes, size_t n)
{
    while (n > 0 && !s->is_too_large) {
        size_t passed = s->left < n ? (size_t)s->left : n;
        s->left -= passed;
        bytes += passed;
        n -= passed;
        if (n == 0)
            return;
        s->head[s->n_head++] = *bytes++;
        n--;
        if (s->n_head == head_bytes(s))
            take_head(s);
    }
}

/* ---- reading ---- */

static void on_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *arg,
                       void *data)
{
    struct live_frames *f = data;

    (void)ctx;
    if (f->is_closing)
        return;
    if (arg->opcode == WSLAY_BINARY_FRAME)
        live_frames_close(f, WSLAY_CODE_UNSUPPORTED_DATA);
    else if (arg->opcode == WSLAY_TEXT_FRAME &&
             !f->on_text(f->arg, (struct slice){(const char *)arg->msg, arg->msg_length}))
        live_frames_close(f, WSLAY_CODE_PROTOCOL_ERROR);
}

static size_t take_early(struct live_frames *f, uint8_t *to, size_t room)
{
    size_t left = f->n_early - f->early_read;
    size_t taken = left < room ? left : room;

    if (taken > 0)
        memcpy(to, f->early + f->early_read, taken);
    f->early_read += taken;
    return taken;
}

/** @return how many bytes; 0 when there are none now, or the turn is over, or the client gone */
static size_t take_record(struct live_frames *f, uint8_t *to, size_t room)
{
    if (room > f->read_left)
        room = f->read_left;
    if (room == 0)
        return 0;
    ssize_t n = gnutls_record_recv(f->tls, to, room);
    if (n <= 0 && n != GNUTLS_E_AGAIN && n != GNUTLS_E_INTERRUPTED)
        f->is_eof = true;
    if (n <= 0)
        return 0;
    f->read_left -= (size_t)n;
    return (size_t)n;
}

static ssize_t on_receive(wslay_event_context_ptr ctx, uint8_t *to, size_t room, int flags,
                          void *data)
{
    struct live_frames *f = data;
    size_t n = take_early(f, to, room);

    (void)flags;
    if (n == 0)
        n = take_record(f, to, room);
    if (n > 0) {
        scan(&f->scan, to, n);
        return (ssize_t)n;
    }
    wslay_event_set_error(ctx, f->is_eof ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

bool live_frames_wants_input(const struct live_frames *f)
{
    return wslay_event_want_read(f->ctx) &&
           wslay_event_get_queued_msg_length(f->ctx) <= BACKLOG_MAX;
}

bool live_frames_read(struct live_frames *f)
{
    if (!live_frames_wants_input(f))
        return false;
    f->read_left = READ_MAX;
    if (wslay_event_recv(f->ctx) != 0) {
        f->is_broken = !f->is_eof; /* no frame at all: wslay has queued a close frame for it */
        return false;
    }
    if (f->scan.is_too_large && wslay_event_get_read_enabled(f->ctx)) /* wslay does not know yet */
        live_frames_close(f, WSLAY_CODE_MESSAGE_TOO_BIG);
    return f->read_left == 0;
}

/* ---- writing ---- */

bool live_frames_has_room(const struct live_frames *f)
{
    return !f->is_eof && !f->is_blocked && !f->is_broken && !f->is_closing &&
           wslay_event_get_queued_msg_length(f->ctx) < FILL_BYTES;
}

void live_frames_queue(struct live_frames *f, struct slice text)
{
    struct wslay_event_msg m = {WSLAY_TEXT_FRAME, (const uint8_t *)text.at, text.n};

    if (wslay_event_queue_msg(f->ctx, &m) != 0)
        f->is_eof = true;
}

bool live_frames_is_sent(const struct live_frames *f)
{
    return !wslay_event_want_write(f->ctx);
}

void live_frames_close(struct live_frames *f, uint16_t code)
{
    if (f->is_closing)
        return;
    f->is_closing = true;
    if (wslay_event_queue_close(f->ctx, code, NULL, 0) != 0)
        f->is_eof = true;
}

/** The session is corked: it takes all, and sends it together in flush. */
static ssize_t on_send(wslay_event_context_ptr ctx, const uint8_t *bytes, size_t n, int flags,
                       void *data)
{
    struct live_frames *f = data;
    ssize_t sent = gnutls_record_send(f->tls, bytes, n);

    (void)flags;
    if (sent > 0)
        return sent;
    wslay_event_set_error(ctx, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

/** Send what is corked. False when it could not all be sent. */
static bool flush(struct live_frames *f)
{
    int sent = gnutls_record_uncork(f->tls, 0);

    f->is_blocked = sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED;
    if (sent < 0 && !f->is_blocked)
        f->is_eof = true;
    return sent >= 0;
}

bool live_frames_send(struct live_frames *f)
{
    if (f->is_blocked)
        return flush(f);
    if (f->is_eof || !wslay_event_want_write(f->ctx))
        return false;
    gnutls_record_cork(f->tls);
    if (wslay_event_send(f->ctx) != 0)
        f->is_eof = true;
    return !f->is_eof && flush(f);
}

/* ---- beginning and end ---- */

bool live_frames_begin(struct live_frames *f, gnutls_session_t tls,
                       bool (*on_text)(void *arg, struct slice text), void *arg)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_receive, .send_callback = on_send, .on_msg_recv_callback = on_message};

    f->tls = tls;
    f->on_text = on_text;
    f->arg = arg;
    if (wslay_event_context_server_init(&f->ctx, &callbacks, f) != 0) {
        f->ctx = NULL;
        return false;
    }
    wslay_event_config_set_max_recv_msg_length(f->ctx, ENGINEIO_PACKET_MAX);
    return true;
}

void live_frames_clear(struct live_frames *f)
{
    if (f->ctx != NULL)
        wslay_event_context_free(f->ctx);
    f->ctx = NULL;
    free(f->early);
    f->early = NULL;
}

bool live_frames_is_over(const struct live_frames *f)
{
    return f->is_eof || f->is_broken ||
           (!f->is_blocked && !wslay_event_want_read(f->ctx) && !wslay_event_want_write(f->ctx));
}

bool live_frames_was_closed(const struct live_frames *f)
{
    return f->ctx != NULL && wslay_event_get_close_received(f->ctx) != 0;
}

unsigned live_frames_close_code(const struct live_frames *f, bool is_ours)
{
    unsigned code = is_ours ? wslay_event_get_status_code_sent(f->ctx)
                            : wslay_event_get_status_code_received(f->ctx);

    /* These two stand for no code at all. */
    return code == WSLAY_CODE_NO_STATUS_RCVD || code == WSLAY_CODE_ABNORMAL_CLOSURE ? 0 : code;
}
