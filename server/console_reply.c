#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console_inside.h"

/* Nothing inline, nothing from elsewhere, no markup from text, in nobody's frame. */
#define CSP                                                                                        \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; "                                                                                     \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "                                \
    "require-trusted-types-for 'script'; trusted-types 'none'"

#define REFUSAL_MAX 512

static void add(struct reply *r, const char *name, const char *value)
{
    r->header[r->n_headers++] = (struct reply_header){name, value};
}

void console_reply(struct exchange *x, unsigned status, const char *type, struct slice body)
{
    struct reply *r = &x->reply;

    r->status = status;
    r->n_headers = 0;
    r->body = body;
    add(r, "date", x->profile.date);
    add(r, "content-type", type);
    add(r, "cache-control", "no-store");
    add(r, "content-security-policy", CSP);
    add(r, "x-content-type-options", "nosniff");
    add(r, "x-frame-options", "DENY");
    add(r, "referrer-policy", "no-referrer");
    add(r, "cross-origin-resource-policy", "same-origin");
    add(r, "cross-origin-opener-policy", "same-origin");
}

void console_reply_json(struct exchange *x, unsigned status, json_t *object)
{
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);

    json_decref(object);
    free(x->text);
    x->text = text;
    if (text == NULL)
        console_reply(x, 500, "text/plain;charset=utf-8", slice_of("out of memory\n"));
    else
        console_reply(x, status, "application/json", slice_of(text));
}

void console_refuse(struct exchange *x, unsigned status, const char *fmt, ...)
{
    char text[REFUSAL_MAX];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text - 1, fmt, ap);
    va_end(ap);
    text_defuse(text);
    if (strncmp(x->request->path, "/api/", 5) == 0) {
        console_reply_json(x, status, json_pack("{s:s}", "error", text));
        return;
    }
    (void)n;
    size_t end = strlen(text);
    memcpy(x->reply.page, text, end);
    x->reply.page[end] = '\n';
    console_reply(x, status, "text/plain;charset=utf-8", (struct slice){x->reply.page, end + 1});
}

/** Bytes of the UTF-8 sequence at `s`; 0 when the first byte belongs to none.
 *  @source RFC 3629 section 4 */
static size_t sequence(struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.at;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    if (n == 0 || n > s.n || p[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if (n > 1 && ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
                  (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)))
        return 0;
    return n;
}

json_t *console_text(struct slice text)
{
    struct buf clean;

    if (text.at == NULL)
        return json_null();
    buf_init(&clean, 3 * text.n + 1);
    for (size_t i = 0, n = 0; i < text.n; i += n == 0 ? 1 : n) {
        n = sequence((struct slice){text.at + i, text.n - i});
        (void)buf_add(&clean, n == 0 ? slice_of("\xef\xbf\xbd") : (struct slice){text.at + i, n});
    }
    json_t *string = clean.state == ERR_OK ? json_stringn(buf_text(&clean), clean.n) : NULL;
    buf_clear(&clean);
    return string;
}
