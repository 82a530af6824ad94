#include "live_inside.h"

/* ---- payloads ---- */

static void add_packet(struct buf *to, size_t units, struct slice text)
{
    (void)buf_printf(to, "%zu:", units);
    (void)buf_add(to, text);
}

/** What is queued, as far as one answer holds it. */
static void take_all(struct live_session *s, struct buf *to)
{
    struct live_text *t = NULL;

    while (to->n < LIVE_PAYLOAD && (t = live_session_take(s)) != NULL) {
        add_packet(to, t->units, (struct slice){t->text, t->n});
        live_text_unref(t);
    }
}

/** The packets of a session whose poll is to be answered, at least one. */
static void fill(struct live_session *s, struct buf *to)
{
    if (s->transport == LIVE_POLLING)
        take_all(s, to);
    if (s->is_closed && !live_session_has_more(s))
        add_packet(to, 1, slice_of("1"));
    else if (to->n == 0)
        add_packet(to, 1, slice_of("6"));
}

/* ---- requests ---- */

enum live_refusal live_poll_open(struct live *l, size_t node, struct slice token, struct buf *to)
{
    enum live_refusal r = LIVE_BAD_TOKEN;

    live_lock(l);
    if (live_token_use(l, node, token)) {
        struct live_session *s = live_session_new(l, node, LIVE_POLLING);
        r = s == NULL ? LIVE_FULL : LIVE_FINE;
        if (s != NULL)
            take_all(s, to);
        live_session_unref(s);
    }
    live_unlock(l);
    return r;
}

static enum live_refusal find_polling(struct live *l, size_t node, struct slice sid,
                                      struct live_session **ret)
{
    struct live_session *s = live_session_find(l, node, sid);

    if (s == NULL)
        return LIVE_UNKNOWN_SESSION;
    if (s->transport != LIVE_POLLING)
        return LIVE_BAD_REQUEST;
    *ret = s;
    return LIVE_FINE;
}

static void answer(struct live_session *s, struct live_wait *w, struct buf *to)
{
    fill(s, to);
    w->sent_to = live_session_ref(s);
}

static void park(struct live_session *s, struct live_wait *w)
{
    struct live *l = s->live;

    s->noop_ms = live_now_ms(l) + (int64_t)l->config->ping_seconds * 1000;
    s->wait = w;
    w->session = live_session_ref(s);
    w->park(w);
}

static enum live_refusal begin_poll(struct live *l, size_t node, struct slice sid,
                                    struct live_wait *w, struct buf *to)
{
    struct live_session *s = NULL;
    enum live_refusal r = find_polling(l, node, sid, &s);

    if (r != LIVE_FINE)
        return r;
    if (s->wait != NULL) {
        live_session_close(s);
        return LIVE_OVERLAP;
    }
    if (live_session_has_more(s) || s->is_upgrading)
        answer(s, w, to);
    else
        park(s, w);
    return LIVE_FINE;
}

enum live_refusal live_poll_get(struct live *l, size_t node, struct slice sid, struct live_wait *w,
                                struct buf *to)
{
    enum live_refusal r = LIVE_FINE;

    live_lock(l);
    struct live_session *s = w->session;
    if (s == NULL) {
        r = begin_poll(l, node, sid, w, to);
    } else { /* resumed; its session may be closed by now, and be in no table */
        w->session = NULL;
        answer(s, w, to);
        live_session_unref(s);
    }
    live_unlock(l);
    return r;
}

static enum live_refusal receive_all(struct live_session *s, struct slice body)
{
    struct engineio_packet packet;
    enum err e = ERR_OK;

    if (body.n == 0)
        return LIVE_BAD_REQUEST;
    for (size_t n = 0; n < ENGINEIO_PACKETS_MAX && e == ERR_OK; n++) {
        e = engineio_payload_next(&body, &packet);
        if (e == ERR_OK && !live_session_receive(s, &packet))
            e = ERR_SYNTAX;
    }
    return e == ERR_NOTFOUND ? LIVE_FINE : LIVE_BAD_REQUEST;
}

enum live_refusal live_poll_post(struct live *l, size_t node, struct slice sid, struct slice body)
{
    struct live_session *s = NULL;

    live_lock(l);
    enum live_refusal r = find_polling(l, node, sid, &s);
    if (r == LIVE_FINE) {
        live_session_ref(s);
        r = receive_all(s, body);
        if (r != LIVE_FINE)
            live_session_close(s);
        live_session_unref(s);
    }
    live_unlock(l);
    return r;
}

void live_wait_end(struct live *l, struct live_wait *w, bool is_sent)
{
    if (w->session == NULL && w->sent_to == NULL)
        return;
    live_lock(l);
    if (w->session != NULL) { /* resumed, but the connection ended before it was answered */
        if (w->session->wait == w)
            w->session->wait = NULL;
        live_session_close(w->session);
    }
    if (w->sent_to != NULL && !is_sent)
        live_session_close(w->sent_to);
    live_session_unref(w->session);
    live_session_unref(w->sent_to);
    w->session = NULL;
    w->sent_to = NULL;
    live_unlock(l);
}
