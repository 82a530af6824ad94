#include <stdlib.h>
#include <string.h>

#include "mask.h"
#include "trace.h"
#include "trace_internal.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void copy(struct buf *to, struct slice text)
{
    (void)buf_add(to, text);
}

static const struct spec {
    const char *name;
    size_t max;
    void (*put)(struct buf *to, struct slice text);
} specs[TRACE_TEXTS] = {
    [TRACE_NODE] = {"node", 64, copy},
    [TRACE_SERVICE] = {"service", 32, copy},
    [TRACE_CLIENT] = {"client", 64, copy},
    [TRACE_SERVER] = {"server", 64, copy},
    [TRACE_TLS] = {"tls", 16, copy},
    [TRACE_SNI] = {"sni", 256, copy},
    [TRACE_METHOD] = {"method", 64, copy},
    [TRACE_TARGET] = {"target", 4096, mask_url},
    [TRACE_VERSION] = {"version", 16, copy},
    [TRACE_HOST] = {"host", 320, mask_url},
    [TRACE_ORIGIN] = {"origin", 512, mask_url},
    [TRACE_REQUEST_METHOD] = {"request_method", 64, copy},
    [TRACE_REQUEST_HEADERS] = {"request_headers", 2048, copy},
    [TRACE_PRIVATE_NETWORK] = {"private_network", 64, copy},
    [TRACE_CLASS] = {"class", 16, copy},
    [TRACE_REASON] = {"reason", 64, copy},
    [TRACE_CULPRIT] = {"culprit", 256, copy},
    [TRACE_FAULT] = {"fault", 128, copy},
    [TRACE_NOTE] = {"note", 256, copy},
    [TRACE_REQUEST_HEAD] = {"request_head", 16384, mask_head},
    [TRACE_RESPONSE_HEAD] = {"response_head", 16384, mask_head},
    [TRACE_REQUEST_BODY] = {"request_body", 65536, mask_body},
    [TRACE_RESPONSE_BODY] = {"response_body", 65536, mask_body},
};

#define TEXTS_MAX (256U << 10) /* over the sum of all bounds */

const char *trace_text_name(enum trace_text t)
{
    return specs[t].name;
}

size_t trace_text_max(enum trace_text t)
{
    return specs[t].max;
}

static const char *const kind_names[] = {
    [TRACE_EXCHANGE] = "exchange",
    [TRACE_SOCKET_END] = "websocket-end",
    [TRACE_RESET] = "reset",
    [TRACE_GAP] = "gap",
};

const char *trace_kind_name(enum trace_kind k)
{
    return kind_names[k];
}

enum trace_kind trace_kind_of(const char *name)
{
    for (size_t i = 0; i < COUNT(kind_names); i++)
        if (strcmp(kind_names[i], name) == 0)
            return (enum trace_kind)i;
    return TRACE_EXCHANGE;
}

/** Cut a text at its bound, so that no secret is uncovered: the end of a line, or of a host, may be
 *  what tells what the text before it is. */
static struct slice cut_text(const struct spec *spec, struct slice text)
{
    bool may_be_user = text.at[0] != '/' && memchr(text.at, '@', spec->max) == NULL;

    text.n = spec->max;
    if (spec->put == mask_url && may_be_user)
        text.n = 0;
    while (spec->put == mask_head && text.n > 0 && text.at[text.n - 1] != '\n')
        text.n--;
    return text;
}

/** Append one text within its bound. */
static void put_text(struct buf *to, const struct spec *spec, struct slice text, bool *ret_cut)
{
    size_t begin = to->n;

    *ret_cut = text.n > spec->max;
    if (*ret_cut)
        text = cut_text(spec, text);
    spec->put(to, text);
    if (to->n - begin <= spec->max)
        return;
    to->n = begin + spec->max;
    *ret_cut = true;
}

/** FNV-1a. @source http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash(uint64_t h, struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.at[i]) * 1099511628211U;
    return (h ^ 0xff) * 1099511628211U; /* a byte that ends it */
}

/** Only the masked target goes in: the number must tell nothing about a secret. */
static int64_t compute_pair(const struct trace_exchange *x)
{
    static const enum trace_text part[] = {TRACE_NODE, TRACE_CLIENT, TRACE_ORIGIN, TRACE_TARGET};
    uint64_t h = 14695981039346656037U;

    if (x->text[TRACE_ORIGIN].at == NULL || x->kind != TRACE_EXCHANGE)
        return 0;
    for (size_t i = 0; i < COUNT(part); i++)
        h = hash(h, x->text[part[i]]);
    return (int64_t)(h >> 1) + 1;
}

/** What all texts take, unless masking makes them much longer. */
static size_t guess_bytes(const struct trace_exchange *x)
{
    size_t n = 256;

    for (size_t i = 0; i < TRACE_TEXTS; i++)
        n += x->text[i].n < specs[i].max ? x->text[i].n : specs[i].max;
    return n;
}

/** Texts move while the buffer grows: first where they begin, then the slices. */
struct trace_exchange *trace_exchange_new(const struct trace_exchange *from)
{
    struct trace_exchange *x = malloc(sizeof *x);
    size_t begin[TRACE_TEXTS];
    struct buf texts;

    if (x == NULL)
        return NULL;
    *x = *from;
    x->cut = 0;
    buf_init(&texts, TEXTS_MAX);
    (void)buf_reserve(&texts, guess_bytes(from));
    for (size_t i = 0; i < TRACE_TEXTS; i++) {
        bool is_cut = false;
        begin[i] = texts.n;
        if (from->text[i].at != NULL)
            put_text(&texts, &specs[i], from->text[i], &is_cut);
        x->text[i].n = texts.n - begin[i];
        x->cut |= is_cut ? 1U << i : 0U;
    }
    x->texts_bytes = texts.room;
    x->texts = buf_take(&texts);
    if (x->texts == NULL) {
        free(x);
        return NULL;
    }
    for (size_t i = 0; i < TRACE_TEXTS; i++)
        if (from->text[i].at != NULL)
            x->text[i].at = x->texts + begin[i];
    atomic_init(&x->users, 1);
    x->pair = compute_pair(x);
    return x;
}

struct trace_exchange *trace_exchange_ref(struct trace_exchange *x)
{
    atomic_fetch_add(&x->users, 1);
    return x;
}

void trace_exchange_unref(struct trace_exchange *x)
{
    if (x == NULL || atomic_fetch_sub(&x->users, 1) != 1)
        return;
    free(x->texts);
    free(x);
}

size_t trace_exchange_bytes(const struct trace_exchange *x)
{
    return sizeof *x + x->texts_bytes;
}

struct cors_request trace_cors_request(const struct trace_exchange *x)
{
    return (struct cors_request){
        .method = x->text[TRACE_METHOD],
        .host = x->text[TRACE_HOST],
        .is_https = true,
        .origin = x->text[TRACE_ORIGIN],
        .request_method = x->text[TRACE_REQUEST_METHOD],
        .request_headers = x->text[TRACE_REQUEST_HEADERS],
        .private_network = x->text[TRACE_PRIVATE_NETWORK],
    };
}

const struct reason *trace_reason(const struct trace_exchange *x)
{
    for (enum cors_reason r = 0; r < REASON_COUNT; r++)
        if (slice_is(x->text[TRACE_REASON], reason_get(r)->code))
            return reason_get(r);
    return NULL;
}
