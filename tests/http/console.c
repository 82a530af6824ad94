#include "console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void console_start(struct lab *l, const char *extra)
{
    char text[4096];

    (void)snprintf(text, sizeof text, CONSOLE_LINES "%s", extra);
    start_article(l, text);
}

const char *console_origin(const struct lab *l)
{
    static _Thread_local char text[CONSOLE_ORIGIN];

    (void)snprintf(text, sizeof text, "https://localhost:%u", l->port[0]);
    return text;
}

/* ---- requests ---- */

struct wire_response console_ask(const struct lab *l, const char *method, const char *path,
                                 const char *lines, const char *body)
{
    struct wire *w = wire_open(l->port[0], "localhost");
    struct wire_response r;

    wire_say(w, "%s %s HTTP/1.1\r\nHost: localhost:%u\r\n%s", method, path, l->port[0], lines);
    if (body != NULL)
        wire_say(w, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        wire_say(w, "\r\n");
    bool is_head = strcmp(method, "HEAD") == 0;
    ck_assert_msg(is_head ? wire_read_head(w, &r) : wire_read(w, &r), "%s %s: no answer", method,
                  path);
    wire_close(w);
    return r;
}

char *console_text(const struct lab *l, const char *path)
{
    struct wire_response r = console_ask(l, "GET", path, "", NULL);

    ck_assert_msg(r.status == 200, "%s: %u %s", path, r.status, r.body);
    char *text = strdup(r.body);
    wire_response_clear(&r);
    return text;
}

static json_t *parse(const char *text, const char *what)
{
    json_error_t error;
    json_t *object = json_loads(text, 0, &error);

    ck_assert_msg(object != NULL, "%s: %s: %s", what, error.text, text);
    return object;
}

json_t *console_json(const struct lab *l, const char *path)
{
    struct wire_response r = console_ask(l, "GET", path, "", NULL);

    ck_assert_msg(r.status == 200, "%s: %u %s", path, r.status, r.body);
    ck_assert_str_eq(wire_field(&r, "content-type"), "application/json");
    json_t *object = parse(r.body, path);
    wire_response_clear(&r);
    return object;
}

unsigned console_change(const struct lab *l, const char *order, json_t **ret)
{
    char lines[CONSOLE_PATH];
    const char *token = strstr(l->console, "#token=");

    ck_assert_msg(token != NULL, "no token: '%s'", l->console);
    (void)snprintf(lines, sizeof lines,
                   "Origin: %s\r\nX-Console-Token: %s\r\nContent-Type: application/json\r\n",
                   console_origin(l), token + 7);
    struct wire_response r = console_ask(l, "POST", "/api/change", lines, order);
    unsigned status = r.status;
    if (ret != NULL)
        *ret = parse(r.body, order);
    wire_response_clear(&r);
    return status;
}

unsigned gadget(const struct lab *l, const char *host, const char *method, const char *path,
                const char *lines)
{
    struct wire *w = wire_open(l->port[1], host);
    struct wire_response r;

    wire_say(w, "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", method, path, host, lines);
    bool is_there = strcmp(method, "HEAD") == 0 ? wire_read_head(w, &r) : wire_read(w, &r);
    unsigned status = is_there ? r.status : 0;
    wire_response_clear(&r);
    wire_close(w);
    return status;
}

json_t *json_at(json_t *from, const char *path)
{
    char copy[256];
    char *save = NULL;

    (void)snprintf(copy, sizeof copy, "%s", path);
    for (char *word = strtok_r(copy, ".", &save); word != NULL && from != NULL;
         word = strtok_r(NULL, ".", &save))
        from = json_is_array(from) ? json_array_get(from, strtoul(word, NULL, 10))
                                   : json_object_get(from, word);
    return from;
}

const char *text_at(json_t *from, const char *path)
{
    const char *text = json_string_value(json_at(from, path));

    return text == NULL ? "(none)" : text;
}

/* ---- the stream ---- */

struct events {
    struct wire *wire;
    char *text; /* of the chunks so far, from `at` on not looked at */
    size_t n, room, at;
    bool is_over;
    char name[32];
    char id[64];
};

struct events *events_open(const struct lab *l, const char *lines)
{
    struct events *e = calloc(1, sizeof *e);
    struct wire_response r;

    ck_assert_ptr_nonnull(e);
    e->wire = wire_open(l->port[0], "localhost");
    wire_say(e->wire, "GET /api/events HTTP/1.1\r\nHost: localhost:%u\r\n%s\r\n", l->port[0],
             lines);
    ck_assert(wire_read_head(e->wire, &r));
    ck_assert_uint_eq(r.status, 200);
    ck_assert_str_eq(wire_field(&r, "content-type"), "text/event-stream");
    ck_assert_str_eq(wire_field(&r, "transfer-encoding"), "chunked");
    wire_response_clear(&r);
    return e;
}

void events_close(struct events *e)
{
    if (e == NULL)
        return;
    wire_close(e->wire);
    free(e->text);
    free(e);
}

struct wire *events_wire(struct events *e)
{
    return e->wire;
}

static void add_text(struct events *e, const char *text, size_t n)
{
    if (e->n + n + 1 > e->room) {
        e->room = 2 * (e->n + n + 1);
        e->text = realloc(e->text, e->room);
        ck_assert_ptr_nonnull(e->text);
    }
    memcpy(e->text + e->n, text, n);
    e->n += n;
    e->text[e->n] = '\0';
}

/** Read one more chunk; false when there is none any more. */
static bool read_chunk(struct events *e)
{
    char size[16];
    size_t n = 0;

    while (n < sizeof size - 1) {
        char *c = wire_read_bytes(e->wire, 1);
        if (c == NULL)
            return false;
        size[n++] = *c;
        free(c);
        if (size[n - 1] == '\n')
            break;
    }
    size[n] = '\0';
    unsigned long bytes = strtoul(size, NULL, 16);
    char *data = wire_read_bytes(e->wire, bytes + 2);
    if (data == NULL)
        return false;
    ck_assert_msg(strcmp(data + bytes, "\r\n") == 0, "a chunk that does not end");
    add_text(e, data, bytes);
    free(data);
    e->is_over = bytes == 0;
    return bytes > 0;
}

/** The next block of lines up to an empty one, without it; NULL at the end. */
static char *next_block(struct events *e)
{
    for (;;) {
        char *end = e->text == NULL ? NULL : strstr(e->text + e->at, "\n\n");
        if (end != NULL) {
            char *block = strndup(e->text + e->at, (size_t)(end - e->text) - e->at);
            e->at = (size_t)(end - e->text) + 2;
            return block;
        }
        if (e->at > 0) {
            memmove(e->text, e->text + e->at, e->n - e->at + 1);
            e->n -= e->at;
            e->at = 0;
        }
        if (!read_chunk(e))
            return NULL;
    }
}

/** The value of a field of the block; NULL for none. free() it. */
static char *field(const char *block, const char *name)
{
    size_t n = strlen(name);

    for (const char *line = block; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n' ? 1 : 0;
        if (strncmp(line, name, n) == 0 && strncmp(line + n, ": ", 2) == 0)
            return strndup(line + n + 2, strcspn(line + n + 2, "\n"));
        if (strchr(line, '\n') == NULL)
            break;
    }
    return NULL;
}

static bool next(struct events *e, json_t **ret)
{
    char *block = next_block(e);

    if (block == NULL)
        return false;
    char *name = field(block, "event");
    char *id = field(block, "id");
    char *data = field(block, "data");
    bool is_event = name != NULL && data != NULL;
    if (id != NULL)
        (void)snprintf(e->id, sizeof e->id, "%s", id);
    if (is_event) {
        (void)snprintf(e->name, sizeof e->name, "%s", name);
        *ret = parse(data, name);
    } else {
        ck_assert_msg(block[0] == ':', "neither an event nor a comment: %s", block);
    }
    free(name);
    free(id);
    free(data);
    free(block);
    return is_event ? true : next(e, ret);
}

const char *events_next(struct events *e, json_t **ret)
{
    ck_assert_msg(next(e, ret), "the stream has ended");
    return e->name;
}

const char *events_id(const struct events *e)
{
    return e->id;
}

json_t *events_await(struct events *e, const char *name)
{
    json_t *data = NULL;

    while (strcmp(events_next(e, &data), name) != 0)
        json_decref(data);
    return data;
}

json_t *events_await_target(struct events *e, const char *target)
{
    for (;;) {
        json_t *data = events_await(e, "exchanges");
        json_t *list = json_object_get(data, "list");
        size_t i = 0;
        json_t *x = NULL;
        json_t *found = NULL;
        json_array_foreach(list, i, x)
        {
            const char *has = json_string_value(json_object_get(x, "target"));
            if (has != NULL && strcmp(has, target) == 0)
                found = json_incref(x);
        }
        json_decref(data);
        if (found != NULL)
            return found;
    }
}

bool events_ended_well(struct events *e)
{
    json_t *data = NULL;

    while (next(e, &data))
        json_decref(data);
    return e->is_over;
}
