#include "live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void live_start(struct lab *l, const char *extra)
{
    char text[1024];

    (void)snprintf(text, sizeof text, LIVE_LINES "%s", extra);
    start_article(l, text);
}

struct wire_response live_ask(struct wire *w, const char *method, const char *path,
                              const char *lines, const char *body)
{
    struct wire_response r;

    wire_say(w, "%s %s HTTP/1.1\r\nHost: " PUB "\r\n%s", method, path, lines);
    if (body != NULL)
        wire_say(w, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        wire_say(w, "\r\n");
    ck_assert_msg(wire_read(w, &r), "%s %s: no answer", method, path);
    return r;
}

unsigned live_status(const struct lab *l, const char *method, const char *path, const char *lines,
                     const char *body)
{
    struct wire *w = wire_open(l->port[0], PUB);
    struct wire_response r = live_ask(w, method, path, lines, body);
    unsigned status = r.status;

    wire_response_clear(&r);
    wire_close(w);
    return status;
}

const char *live_token(const struct lab *l, const char *host, char to[64])
{
    static const char before[] = "{\"token\":\"";
    struct wire *w = wire_open(l->port[0], host);
    struct wire_response r;

    wire_say(w, "GET /livedata/token/new?domain=CCX HTTP/1.1\r\nHost: %s\r\n" BASIC "\r\n", host);
    ck_assert(wire_read(w, &r));
    ck_assert_uint_eq(r.status, 200);
    ck_assert_msg(strncmp(r.body, before, strlen(before)) == 0, "%s", r.body);
    const char *from = r.body + strlen(before);
    size_t n = strcspn(from, "\"");
    ck_assert_msg(n > 16 && n < 64 && strcmp(from + n, "\"}") == 0, "%s", r.body);
    memcpy(to, from, n);
    to[n] = '\0';
    wire_response_clear(&r);
    wire_close(w);
    return to;
}

struct wire *live_poll(const struct lab *l, char sid[SID_MAX])
{
    struct wire *w = wire_open(l->port[0], PUB);
    char token[64];
    char path[256];
    unsigned length = 0;
    int used = 0;

    (void)snprintf(path, sizeof path, EIO "&transport=polling&token=%s&t=x&b64=1",
                   live_token(l, PUB, token));
    struct wire_response r = live_ask(w, "GET", path, LIVE_ORIGIN, NULL);
    ck_assert_uint_eq(r.status, 200);
    ck_assert_str_eq(wire_field(&r, "content-type"), "text/plain; charset=UTF-8");
    ck_assert_str_eq(wire_field(&r, "access-control-allow-origin"), LISTED);
    ck_assert_msg(sscanf(r.body, "%u:0{\"sid\":\"%20[A-Za-z0-9_-]\"%n", &length, sid, &used) == 2,
                  "%s", r.body);
    const char *rest = strchr(r.body, ':') + 1 + length;
    ck_assert_uint_eq(strlen(sid), 20);
    ck_assert_str_eq(rest, "2:40");
    ck_assert_ptr_nonnull(strstr(r.body, ",\"upgrades\":[\"websocket\"],\"pingInterval\":"));
    wire_response_clear(&r);
    return w;
}

void live_send_get(struct wire *w, const char *sid)
{
    wire_say(
        w, "GET " EIO "&transport=polling&sid=%s HTTP/1.1\r\nHost: " PUB "\r\n" LIVE_ORIGIN "\r\n",
        sid);
}

char *live_read_get(struct wire *w)
{
    struct wire_response r;

    ck_assert(wire_read(w, &r));
    ck_assert_msg(r.status == 200, "%u %s", r.status, r.body);
    char *body = strdup(r.body);
    wire_response_clear(&r);
    return body;
}

char *live_get(struct wire *w, const char *sid)
{
    live_send_get(w, sid);
    return live_read_get(w);
}

unsigned live_post(struct wire *w, const char *sid, const char *payload)
{
    char path[128];

    (void)snprintf(path, sizeof path, EIO "&transport=polling&sid=%s", sid);
    struct wire_response r = live_ask(
        w, "POST", path, LIVE_ORIGIN "Content-Type: text/plain;charset=UTF-8\r\n", payload);
    unsigned status = r.status;
    if (status == 200)
        ck_assert_str_eq(r.body, "ok");
    wire_response_clear(&r);
    return status;
}

char *live_next(const char **payload)
{
    char *colon = NULL;
    size_t n = strtoul(*payload, &colon, 10);

    if (**payload == '\0')
        return NULL;
    ck_assert_msg(*colon == ':' && strlen(colon + 1) >= n, "%s", *payload);
    char *packet = strndup(colon + 1, n);
    *payload = colon + 1 + n;
    return packet;
}

struct wire *live_ws(const struct lab *l)
{
    struct wire *w = wire_open(l->port[0], PUB);
    char token[64];
    char path[256];

    (void)snprintf(path, sizeof path, EIO "&transport=websocket&token=%s",
                   live_token(l, PUB, token));
    struct wire_response r = ws_ask(w, PUB, path, LIVE_ORIGIN);
    ck_assert_uint_eq(r.status, 101);
    wire_response_clear(&r);
    char *text = ws_read_text(w, NULL);
    ck_assert_msg(text != NULL && strncmp(text, "0{\"sid\":\"", 9) == 0 &&
                      strstr(text, "\"upgrades\":[]") != NULL,
                  "%s", text);
    free(text);
    text = ws_read_text(w, NULL);
    ck_assert_str_eq(text, "40");
    free(text);
    return w;
}

void live_ws_subscribe(struct wire *w, const char *topic)
{
    char text[256];
    char want[256];
    char *got = NULL;

    (void)snprintf(text, sizeof text, "42[\"subscribe\",\"%s\"]", topic);
    (void)snprintf(want, sizeof want, "42[\"subscribed\",\"%s\"]", topic);
    ws_say(w, text);
    for (;;) {
        got = ws_read_text(w, NULL);
        ck_assert_ptr_nonnull(got);
        if (strncmp(got, "42[\"message\"", 12) != 0)
            break;
        free(got); /* of another topic */
    }
    ck_assert_str_eq(got, want);
    free(got);
}

char *live_ws_message(struct wire *w)
{
    char *text = NULL;

    while ((text = ws_read_text(w, NULL)) != NULL && strncmp(text, "42[\"message\"", 12) != 0)
        free(text);
    ck_assert_ptr_nonnull(text);
    return text;
}
