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
