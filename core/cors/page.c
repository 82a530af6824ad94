#include "page.h"

#include <stdio.h>
#include <string.h>

#include "base/form.h"

#define CULPRIT_SHOWN 64 /* bytes of untrusted text on a page */

#define PAGE_HEAD(title)                                                                           \
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" title         \
    "</title>\n<style>body{font-family:sans-serif;max-width:44em;margin:2em auto;padding:0 1em;"   \
    "line-height:1.5}h1{font-size:1.3em}code{background:#eee;color:#222;padding:0 .3em}</style>\n" \
    "</head>\n<body>\n"
#define PAGE_TAIL "</body>\n</html>\n"

/** A writer into a page: what does not fit is left away, `n` never passes the end. */
struct out {
    char *text;
    size_t n;
};

static void put(struct out *o, const char *text)
{
    size_t n = strlen(text);

    if (n > PAGE_MAX - 1 - o->n)
        n = PAGE_MAX - 1 - o->n;
    memcpy(o->text + o->n, text, n);
    o->n += n;
    o->text[o->n] = '\0';
}

/** Put text that may hold anything. */
static void put_escaped(struct out *o, const char *text)
{
    for (; *text != '\0'; text++) {
        char one[2] = {*text, '\0'};
        const char *entity = form_entity(*text);
        put(o, entity == NULL ? one : entity);
    }
}

static void put_culprit(struct out *o, struct slice culprit)
{
    char shown[CULPRIT_SHOWN + 1];

    if (culprit.at == NULL || culprit.n == 0)
        return;
    put(o, "<p>Refused: <code>");
    put_escaped(o, text_copy_defused(shown, sizeof shown, culprit));
    put(o, culprit.n > CULPRIT_SHOWN ? "\xe2\x80\xa6</code></p>\n" : "</code></p>\n");
}

/** Fill up to the wanted length with a comment, then close the page. */
static struct slice pad(struct out *o, size_t bytes)
{
    static const char open[] = "<!-- ";
    static const char close[] = " -->\n";
    size_t fixed = strlen(open) + strlen(close) + strlen(PAGE_TAIL);
    size_t dots = bytes - o->n - fixed;

    put(o, open);
    memset(o->text + o->n, '.', dots);
    for (size_t i = 79; i < dots; i += 80)
        o->text[o->n + i] = '\n';
    o->n += dots;
    put(o, close);
    put(o, PAGE_TAIL);
    return (struct slice){o->text, o->n};
}

struct slice page_refusal(enum cors_reason reason, struct slice culprit, char to[PAGE_MAX])
{
    const struct reason *r = reason_get(reason);
    struct out o = {to, 0};

    put(&o, PAGE_HEAD("403 Forbidden: cross-origin request refused"));
    put(&o, "<h1>403 Forbidden: ");
    put(&o, r->title);
    put(&o, "</h1>\n<p>");
    put(&o, r->why);
    put(&o, "</p>\n");
    put_culprit(&o, culprit);
    put(&o, "<p>");
    put(&o, r->remedy);
    put(&o, "</p>\n<p>Reason code: <code>");
    put(&o, r->code);
    put(&o, "</code>. This answer comes from cuicsim, a simulation of Cisco Unified Intelligence "
            "Center. A real node answers with the same status, type and length, and with a page "
            "of its own, which is not known. A browser shows this page to no script: it only "
            "reports that the answer lacks an access-control-allow-origin header.</p>\n");
    return pad(&o, PAGE_REFUSAL_BYTES);
}

const char *page_status_text(unsigned status)
{
    switch (status) {
    case 200:
        return "OK";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    default:
        return "";
    }
}

struct slice page_error(unsigned status, const char *detail, char to[PAGE_MAX])
{
    struct out o = {to, 0};
    char line[64];

    (void)snprintf(line, sizeof line, "%u %s", status, page_status_text(status));
    put(&o, PAGE_HEAD("Error"));
    put(&o, "<h1>");
    put(&o, line);
    put(&o, "</h1>\n<p>");
    if (detail != NULL)
        put_escaped(&o, detail);
    put(&o, "</p>\n<p>This answer comes from cuicsim, a simulation.</p>\n");
    put(&o, PAGE_TAIL);
    return (struct slice){to, o.n};
}

struct slice page_home(const char *node, char to[PAGE_MAX])
{
    struct out o = {to, 0};

    put(&o, PAGE_HEAD("Simulated Cisco Unified Intelligence Center"));
    put(&o, "<h1>Simulated Cisco Unified Intelligence Center: node ");
    put_escaped(&o, node);
    put(&o, "</h1>\n<p>This is cuicsim, not the product. If you see this page without a "
            "certificate warning, this browser trusts the lab's certificates, and a gadget on "
            "another origin may now call this server.</p>\n<p>What it answers to another origin "
            "is decided by the list that <code>utils cuic cors allowed_origin list</code> shows "
            "in the <code>admin:</code> shell of this node.</p>\n");
    put(&o, PAGE_TAIL);
    return (struct slice){to, o.n};
}

struct slice page_security(const char *node, char to[PAGE_MAX])
{
    struct out o = {to, 0};

    put(&o, PAGE_HEAD("Live Data"));
    put(&o, "<h1>Live Data of node ");
    put_escaped(&o, node);
    put(&o, "</h1>\n<p>The certificate of this server is accepted; you may close this window. "
            "Gadgets that show live data need that once for each port.</p>\n"
            "<p>This answer comes from cuicsim, a simulation.</p>\n");
    put(&o, PAGE_TAIL);
    return (struct slice){to, o.n};
}
