#include <stdlib.h>
#include <string.h>

#include "live_inside.h"

#define TOPICS_MAX 16 /* of one event */

/* ---- subscriptions ---- */

static bool make_bits(struct live_session *s, enum centre_kind kind)
{
    size_t n = s->live->n_entities[kind] / 8 + 1;

    if (s->bits[kind] == NULL)
        s->bits[kind] = calloc(n, 1);
    if (s->pending[kind] == NULL)
        s->pending[kind] = calloc(n, 1);
    return s->bits[kind] != NULL && s->pending[kind] != NULL;
}

static void add(struct live_session *s, enum centre_kind kind, size_t i)
{
    uint8_t bit = (uint8_t)(1U << (i % 8));

    if ((s->bits[kind][i / 8] & bit) == 0) {
        s->bits[kind][i / 8] |= bit;
        s->live->entity[kind][i].subscribers++;
        s->live->n_subscriptions++;
    }
    if ((s->pending[kind][i / 8] & bit) == 0) { /* asked for again: sent again */
        s->pending[kind][i / 8] |= bit;
        s->n_pending++;
    }
}

static void drop(struct live_session *s, enum centre_kind kind, size_t i)
{
    uint8_t bit = (uint8_t)(1U << (i % 8));

    if (!live_bit(s->bits[kind], i))
        return;
    s->bits[kind][i / 8] &= (uint8_t)~bit;
    s->live->entity[kind][i].subscribers--;
    s->live->n_subscriptions--;
    if (live_bit(s->pending[kind], i)) {
        s->pending[kind][i / 8] &= (uint8_t)~bit;
        s->n_pending--;
    }
}

void live_event_unsubscribe_all(struct live_session *s)
{
    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++)
        for (size_t i = 0; s->bits[kind] != NULL && i < s->live->n_entities[kind]; i++)
            drop(s, (enum centre_kind)kind, i);
}

/** A team's topic is about its agents as well. */
static bool change(struct live_session *s, const struct topic *topic, bool is_on)
{
    void (*one)(struct live_session *, enum centre_kind, size_t) = is_on ? add : drop;

    if (!make_bits(s, topic->kind) || !make_bits(s, CENTRE_AGENT))
        return false;
    for (size_t k = 0; k < topic->n; k++) {
        one(s, topic->kind, topic->index[k]);
        if (topic->kind != CENTRE_TEAM)
            continue;
        const struct team *team = centre_team(s->live->centre, topic->index[k]);
        for (size_t i = 0; i < team->n; i++)
            one(s, CENTRE_AGENT, team->first + i);
    }
    return true;
}

/* ---- answers ---- */

static void say(struct live_session *s, enum socketio_type type, const char *nsp,
                const unsigned long *id, json_t *data)
{
    struct buf text;

    buf_init(&text, (size_t)2 * ENGINEIO_PACKET_MAX);
    if (data != NULL && socketio_packet_write(&text, type, nsp, id, data) == ERR_OK)
        live_session_push_text(s, buf_text(&text));
    else
        live_session_close(s); /* an answer that cannot be given must not be waited for */
    buf_clear(&text);
    json_decref(data);
}

/** UNVERIFIED: how the product refuses a topic; settled by subscribing to a wrong one. Socket.IO's
 *  own error packet reaches the client's "error" handler. */
static void say_error(struct live_session *s, const char *text)
{
    say(s, SOCKETIO_ERROR, NULL, NULL, json_string(text));
}

/* ---- events ---- */

static void subscribe(struct live_session *s, const char *text, bool is_on)
{
    struct topic topic;
    struct diag why = {0, ""};
    enum err e = topic_parse(s->live->centre, slice_of(text), &topic, &why);

    if (e != ERR_OK)
        say_error(s, why.text[0] == '\0' ? err_text(e) : why.text);
    else if (!change(s, &topic, is_on))
        say_error(s, err_text(ERR_NOMEM));
    else
        say(s, SOCKETIO_EVENT, NULL, NULL,
            json_pack("[s, s]", is_on ? "subscribed" : "unsubscribed", text));
}

static void event(struct live_session *s, const json_t *args, const unsigned long *id)
{
    const char *name = json_string_value(json_array_get(args, 0));
    bool is_on = strcmp(name, "subscribe") == 0;
    size_t n = json_array_size(args);

    if (!is_on && strcmp(name, "unsubscribe") != 0) {
        say_error(s, "there are the events subscribe and unsubscribe");
        return;
    }
    if (n < 2 || n > TOPICS_MAX + 1) {
        say_error(s, "one to 16 topics such as \"Agent=1001,1002\" have to follow");
        return;
    }
    for (size_t i = 1; i < n && !s->is_closed; i++) {
        const char *topic = json_string_value(json_array_get(args, i));
        if (topic == NULL)
            say_error(s, "a topic is a text such as \"Agent=1001,1002\"");
        else
            subscribe(s, topic, is_on);
    }
    if (id != NULL && !s->is_closed)
        say(s, SOCKETIO_ACK, NULL, id, json_array());
    if (s->live->n_subscriptions > 0)
        (void)pthread_cond_broadcast(&s->live->tick);
    if (s->n_pending > 0)
        live_session_wake(s);
}

/** There is the root only. */
static bool other_namespace(struct live_session *s, const struct socketio_packet *packet)
{
    char nsp[128];

    if (packet->type != SOCKETIO_CONNECT)
        return true;
    if (packet->nsp.n >= sizeof nsp)
        return false;
    memcpy(nsp, packet->nsp.at, packet->nsp.n);
    nsp[packet->nsp.n] = '\0';
    say(s, SOCKETIO_ERROR, nsp, NULL, json_string("Invalid namespace"));
    return true;
}

static bool receive_event(struct live_session *s, const struct socketio_packet *packet)
{
    json_t *args = NULL;

    if (socketio_event_read(packet->data, &args) != ERR_OK)
        return false;
    if (s->is_connected)
        event(s, args, packet->has_id ? &packet->id : NULL);
    json_decref(args);
    return true;
}

bool live_event_receive(struct live_session *s, struct slice text)
{
    struct socketio_packet packet;

    if (socketio_packet_read(text, &packet) != ERR_OK)
        return false;
    if (!slice_is(packet.nsp, SOCKETIO_ROOT))
        return other_namespace(s, &packet);
    switch (packet.type) {
    case SOCKETIO_CONNECT:
        if (!s->is_connected)
            live_session_push_text(s, "40");
        s->is_connected = true;
        return true;
    case SOCKETIO_DISCONNECT:
        s->is_connected = false;
        live_event_unsubscribe_all(s);
        return true;
    case SOCKETIO_EVENT:
        return receive_event(s, &packet);
    case SOCKETIO_ACK:
    case SOCKETIO_ERROR:
        return true;
    }
    return false;
}
