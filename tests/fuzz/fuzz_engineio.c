/* What a client of Live Data sends: a polling payload, whose packets are also read as those of a
 * WebSocket and as Socket.IO's. */
#include "fuzz.h"
#include "live/engineio.h"

#define OUT_MAX (16 * ENGINEIO_PACKET_MAX)

static int is_within(struct slice part, struct slice whole)
{
    return part.n == 0 || (part.at >= whole.at && part.at + part.n <= whole.at + whole.n);
}

/** What was understood is written, and read again as the same. */
static void check_event(const struct socketio_packet *packet)
{
    struct socketio_packet again;
    json_t *args = NULL;
    json_t *args_again = NULL;
    struct buf to;

    if (socketio_event_read(packet->data, &args) != ERR_OK)
        return;
    REQUIRE(json_is_array(args) && json_is_string(json_array_get(args, 0)));
    buf_init(&to, OUT_MAX);
    REQUIRE(socketio_packet_write(&to, packet->type, NULL, packet->has_id ? &packet->id : NULL,
                                  args) == ERR_OK);
    struct slice text = {buf_text(&to) + 1, to.n - 1};
    REQUIRE(socketio_packet_read(text, &again) == ERR_OK);
    REQUIRE(again.type == packet->type && again.has_id == packet->has_id);
    REQUIRE(again.id == packet->id);
    REQUIRE(socketio_event_read(again.data, &args_again) == ERR_OK);
    REQUIRE(json_equal(args, args_again));
    json_decref(args);
    json_decref(args_again);
    buf_clear(&to);
}

static void check_socketio(struct slice text)
{
    struct socketio_packet packet;
    enum err e = socketio_packet_read(text, &packet);

    if (e != ERR_OK) {
        REQUIRE(e == ERR_SYNTAX || e == ERR_LIMIT);
        return;
    }
    REQUIRE(packet.nsp.n > 0 && packet.nsp.at[0] == '/');
    REQUIRE(is_within(packet.data, text));
    check_event(&packet);
}

static void check_packet(struct slice text)
{
    struct engineio_packet packet;
    size_t units = 0;

    if (engineio_packet_read(text, &packet) != ERR_OK)
        return;
    REQUIRE(packet.type <= ENGINEIO_NOOP && packet.data.n + 1 == text.n);
    REQUIRE(engineio_length(text, &units) == ERR_OK);
    REQUIRE(units >= 1 && units <= text.n);
    if (packet.type == ENGINEIO_MESSAGE)
        check_socketio(packet.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = input_of(data, size);
    struct slice rest = all;
    struct engineio_packet packet;
    enum err e;

    check_packet(all);
    check_socketio(all);
    while ((e = engineio_payload_next(&rest, &packet)) == ERR_OK) {
        REQUIRE(is_within(packet.data, all) && is_within(rest, all));
        REQUIRE(rest.n + packet.data.n + 3 <= size);
        check_packet((struct slice){packet.data.at - 1, packet.data.n + 1});
    }
    REQUIRE(e == ERR_NOTFOUND || e == ERR_SYNTAX || e == ERR_LIMIT);
    REQUIRE((e == ERR_NOTFOUND) == (rest.n == 0));
    return 0;
}
