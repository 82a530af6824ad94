#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "site_path.h"

/** The host without its port. */
static struct slice name_of(struct slice host)
{
    size_t n = host.n;

    while (n > 0 && ascii_is_digit((unsigned char)host.at[n - 1]))
        n--;
    return n > 0 && host.at[n - 1] == ':' ? (struct slice){host.at, n - 1} : host;
}

static struct slice port_of(struct slice host)
{
    struct slice name = name_of(host);

    if (name.n == host.n)
        return (struct slice){NULL, 0};
    return (struct slice){host.at + name.n + 1, host.n - name.n - 1};
}

/** This machine, by whatever name but a node's. */
static bool is_this_machine(struct slice name)
{
    return slice_is_nocase(name, "localhost") || slice_is(name, "127.0.0.1") ||
           slice_is(name, "[::1]");
}

/** Is the port Live Data's alone: one of the product's, or one of this lab's? */
static bool is_live_port(const struct config *c, struct slice port)
{
    if (slice_is(port, "12005") || slice_is(port, "12008"))
        return true;
    for (size_t i = 0; port.n > 0 && i < c->n_endpoints; i++) {
        const char *text = c->endpoints[i].text;
        const char *colon = strrchr(text, ':');
        if (c->endpoints[i].site == SITE_LIVE_DATA && colon != NULL && slice_is(port, colon + 1))
            return true;
    }
    return false;
}

static enum service service_of(const struct config *c, const struct node *node,
                               const struct place *p)
{
    enum service s = site_path_service(node->platform, p->path);

    return s == SERVICE_CUIC && is_live_port(c, port_of(p->host)) ? SERVICE_LIVE_DATA : s;
}

void explain_place(const struct config *c, struct slice url, struct place *ret)
{
    struct console_url parts;

    console_split_url(url, &parts);
    *ret = (struct place){.host = parts.host, .path = parts.path};
    const struct node *node = config_find_node(c, name_of(parts.host));
    ret->is_address = node == NULL && is_this_machine(name_of(parts.host));
    if (ret->is_address)
        node = &c->nodes[0];
    ret->is_known = parts.host.n > 0 && node != NULL;
    if (!ret->is_known)
        return;
    ret->node = (size_t)(node - c->nodes);
    if (ret->path.n == 0)
        ret->path = slice_of("/");
    ret->service = service_of(c, node, ret);
}

void explain_console_place(const struct config *c, const struct console_line *line,
                           struct place *ret)
{
    explain_place(c, line->url, ret);
    if (!ret->is_known && line->redirected_from.at != NULL)
        explain_place(c, line->redirected_from, ret);
}

/** A value of another page's is a cached answer's; any other one, no node of ours wrote. */
static enum mistake judge_value(struct slice value, const struct policy *running)
{
    bool is_listed = value.at != NULL && policy_find_origin(running, value) != NULL;

    return is_listed ? MISTAKE_HTTP_CACHE : MISTAKE_HEADERS_CHANGED;
}

struct seen explain_seen(const struct console_line *line, const struct policy *running)
{
    const struct console_row *row = line->row;
    struct seen s = {row->blames, row->certainty, line->status, line->is_preflight};

    if (s.blames == MISTAKE_HTTP_CACHE)
        s.blames = judge_value(line->value, running);
    if (s.blames == MISTAKE_NONE && line->redirected_from.at != NULL) {
        s.blames = MISTAKE_LOGIN;
        s.certainty = LIKELY;
    }
    return s;
}

char *explain_console_code(const struct console_line *line, char to[CONSOLE_CODE_MAX])
{
    const char *code = line->row->code;

    if (line->is_preflight && !line->row->is_preflight && code[0] == 'k')
        (void)snprintf(to, CONSOLE_CODE_MAX, "kPreflight%s", code + 1);
    else
        (void)snprintf(to, CONSOLE_CODE_MAX, "%s", code);
    return to;
}
