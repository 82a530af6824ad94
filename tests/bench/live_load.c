#include "live_load.h"

#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "proc.h"
#include "ws.h"

#define PING_EVERY_MS 20000 /* the server asks for one in 25 seconds */
#define EVENTS_MAX    256
#define FIRST_ROOM    8192
#define LOGIN         "YWdlbnQxMDAxOng=" /* agent1001:x */

void load_init(struct load *l, unsigned port, const char *host, size_t room)
{
    *l = (struct load){.port = port, .host = host, .room = room};
    l->client = calloc(room, sizeof *l->client);
    ck_assert_ptr_nonnull(l->client);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    ck_assert_int_ge(l->epoll, 0);
    l->tokens = wire_open(port, host);
}

void load_clear(struct load *l)
{
    for (size_t i = 0; i < l->n; i++) {
        wire_close(l->client[i].w);
        free(l->client[i].bytes);
        judge_clear(&l->client[i].stream);
    }
    wire_close(l->tokens);
    free(l->client);
    (void)close(l->epoll);
}

/* ---- connecting ---- */

static void take_token(struct load *l, char to[128])
{
    struct wire_response r;

    wire_say(l->tokens,
             "GET /livedata/token/new?domain=CCX HTTP/1.1\r\nHost: %s\r\n"
             "Authorization: Basic " LOGIN "\r\n\r\n",
             l->host);
    ck_assert_msg(wire_read(l->tokens, &r) && r.status == 200, "no token: %u %s", r.status, r.body);
    json_t *answer = json_loads(r.body, 0, NULL);
    const char *token = json_string_value(json_object_get(answer, "token"));
    ck_assert_msg(token != NULL, "no token: %s", r.body);
    (void)snprintf(to, 128, "%s", token);
    json_decref(answer);
    wire_response_clear(&r);
}

static void expect(struct wire *w, const char *begin)
{
    char *text = ws_read_text(w, NULL);

    ck_assert_msg(text != NULL && strncmp(text, begin, strlen(begin)) == 0, "%s instead of %s...",
                  text == NULL ? "nothing" : text, begin);
    free(text);
}

/** From now on nobody waits for this one alone. */
static void watch(struct load *l, struct load_client *c)
{
    int fd = SSL_get_fd(wire_ssl(c->w));
    struct epoll_event e = {.events = EPOLLIN};

    e.data.ptr = c;
    ck_assert_int_eq(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
    ck_assert_int_eq(epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e), 0);
}

struct load_client *load_connect(struct load *l)
{
    struct load_client *c = &l->client[l->n];
    char token[128];
    char path[256];

    ck_assert_uint_lt(l->n, l->room);
    take_token(l, token);
    (void)snprintf(path, sizeof path, "/socket.io/?EIO=3&transport=websocket&token=%s", token);
    c->w = wire_open(l->port, l->host);
    l->n++;
    struct wire_response r = ws_ask(c->w, l->host, path, "");
    ck_assert_msg(r.status == 101, "client %zu: %u %s", l->n, r.status, r.body);
    wire_response_clear(&r);
    expect(c->w, "0{\"sid\":\"");
    expect(c->w, "40");
    c->bytes = wire_take_rest(c->w, &c->n);
    c->room = c->n;
    /* Not all at one moment. */
    c->ping_ms = test_now_ms() + PING_EVERY_MS / 2 + (long long)(l->n * 7 % (PING_EVERY_MS / 2));
    watch(l, c);
    return c;
}

void load_subscribe(struct load_client *c, const char *topic)
{
    size_t n = strlen(topic) + 32;
    char *text = malloc(n);

    ck_assert_ptr_nonnull(text);
    (void)snprintf(text, n, "42[\"subscribe\",\"%s\"]", topic);
    ws_say(c->w, text);
    c->n_topics++;
    free(text);
}

/* ---- reading ---- */

static void take_text(struct load_client *c, const char *text, size_t n)
{
    static const char subscribed[] = "42[\"subscribed\",";
    struct judge_message m;

    if (judge_read(text, n, &m))
        judge_add(&c->stream, m);
    else if (n > strlen(subscribed) && memcmp(text, subscribed, strlen(subscribed)) == 0)
        c->n_confirmed++;
    else if (n >= 1 && text[0] == '3')
        c->n_pongs++;
    else
        ck_abort_msg("not expected: %.*s", (int)(n < 200 ? n : 200), text);
}

static void take_close(struct load_client *c, const unsigned char *data, size_t n)
{
    c->close_code = n >= 2 ? (unsigned)data[0] << 8 | data[1] : 1005;
    (void)ws_send(c->w, 0x80 | WS_CLOSE, data, n >= 2 ? 2 : 0);
}

/** The frame at the beginning of n bytes. @return its length; 0 when it is not whole yet */
static size_t take_frame(struct load_client *c, const char *bytes, size_t n)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t head = n < 2 || at[1] < 126 ? 2 : at[1] == 126 ? 4 : 10;
    size_t length = 0;

    if (n < head)
        return 0;
    if (at[1] >= 128) /* no ck_assert here: each one is written down by Check when it holds */
        ck_abort_msg("a server's frame is masked");
    for (size_t i = 2; i < head; i++)
        length = length << 8 | at[i];
    if (head == 2)
        length = at[1];
    if (n - head < length)
        return 0;
    if (at[0] == (0x80 | WS_TEXT))
        take_text(c, bytes + head, length);
    else if (at[0] == (0x80 | WS_CLOSE))
        take_close(c, at + head, length);
    else
        ck_abort_msg("a frame that begins with %02x", at[0]);
    return head + length;
}

static void take_frames(struct load_client *c)
{
    size_t done = 0;
    size_t n = 0;

    while ((n = take_frame(c, c->bytes + done, c->n - done)) > 0)
        done += n;
    c->n -= done;
    if (c->n > 0 && done > 0)
        memmove(c->bytes, c->bytes + done, c->n);
}

/** @return whether there may be more */
static bool receive(struct load_client *c)
{
    size_t got = 0;

    if (c->room - c->n < FIRST_ROOM / 2) {
        c->room = c->room < FIRST_ROOM ? FIRST_ROOM : c->room * 2;
        c->bytes = realloc(c->bytes, c->room);
        if (c->bytes == NULL)
            ck_abort_msg("out of memory");
    }
    ERR_clear_error();
    int rc = SSL_read_ex(wire_ssl(c->w), c->bytes + c->n, c->room - c->n, &got);
    c->n += got;
    if (rc == 1)
        return true;
    c->is_closed = SSL_get_error(wire_ssl(c->w), rc) != SSL_ERROR_WANT_READ;
    return false;
}

static void read_client(struct load *l, struct load_client *c)
{
    while (receive(c))
        take_frames(c);
    if (c->is_closed)
        (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, SSL_get_fd(wire_ssl(c->w)), NULL);
}

static void ping(struct load *l)
{
    long long now = test_now_ms();

    for (size_t i = 0; i < l->n; i++) {
        struct load_client *c = &l->client[i];
        if (c->is_closed || c->close_code != 0 || now < c->ping_ms)
            continue;
        ws_say(c->w, "2");
        c->n_pings++;
        c->ping_ms = now + PING_EVERY_MS;
    }
}

void load_turn(struct load *l, int wait_ms)
{
    struct epoll_event event[EVENTS_MAX];
    int n = 0;

    do {
        n = epoll_wait(l->epoll, event, EVENTS_MAX, wait_ms);
        for (int i = 0; i < n; i++)
            read_client(l, event[i].data.ptr);
        wait_ms = 0;
    } while (n == EVENTS_MAX); /* else many clients would keep one from being read */
    if (!l->is_ending)
        ping(l);
}

size_t load_open(const struct load *l, size_t first)
{
    size_t n = 0;

    for (size_t i = first; i < l->n; i++)
        n += l->client[i].is_closed ? 0 : 1;
    return n;
}

size_t load_messages(const struct load *l, size_t first)
{
    size_t n = 0;

    for (size_t i = first; i < l->n; i++)
        n += l->client[i].stream.n;
    return n;
}
