#include "desk_pages.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "filtered.h"
#include "gadget_files.h"
#include "hexid.h"

void desk_reply(struct exchange *x, const struct app_answer *app)
{
    if (!x->is_parked)
        profile_finesse(&x->profile, NULL, NULL, app, &x->reply);
}

struct app_answer desk_text(struct exchange *x, unsigned status, const char *type, struct buf *text)
{
    size_t n = text->n;

    x->text = buf_take(text);
    if (x->text == NULL)
        return filtered_error(x, 503, "The simulator is out of memory.");
    return (struct app_answer){.status = status, .content_type = type, .body = {x->text, n}};
}

struct app_answer desk_error(struct exchange *x, unsigned status, const char *message)
{
    return filtered_json(x, status, DESK_JSON, json_pack("{s:s}", "error", message));
}

struct app_answer desk_only(struct exchange *x, const char *allow)
{
    struct app_answer a = filtered_error(x, 405, "This path does not know this method.");

    a.allow = allow;
    return a;
}

bool desk_session(const struct exchange *x, struct desk_user *ret)
{
    struct slice id = request_cookie(x->request, DESK_COOKIE);

    return id.n > 0 && desk_who(x->desk, x->request->node, id, ret);
}

struct slice desk_host(const struct exchange *x, unsigned *ret_port)
{
    struct slice host = x->request->cors.host;
    size_t n = host.n;
    unsigned long port = 443;

    while (n > 0 && ascii_is_digit((unsigned char)host.at[n - 1]))
        n--;
    if (n > 0 && host.at[n - 1] == ':' &&
        text_to_ulong((struct slice){host.at + n, host.n - n}, 1, 65535, &port) == ERR_OK)
        host.n = n - 1;
    if (host.n == 0)
        host = slice_of(x->config->nodes[x->request->node].hostname);
    *ret_port = (unsigned)port;
    return host;
}

void desk_origin(const struct exchange *x, struct buf *to)
{
    struct slice host = x->request->cors.host;

    (void)buf_puts(to, "https://");
    (void)buf_add(to, host.n > 0 ? host : slice_of(x->config->nodes[x->request->node].hostname));
}

bool desk_is_own(const struct exchange *x)
{
    struct slice origin = x->request->cors.origin;
    struct buf own;

    if (origin.at == NULL)
        return true;
    buf_init(&own, 1024);
    desk_origin(x, &own);
    bool is = slice_is_nocase(slice_trim(origin), buf_text(&own));
    buf_clear(&own);
    return is;
}

/* ---- the layout ---- */

static struct layout *read_layout(const char *path, struct diag *why)
{
    struct layout *l = NULL;
    struct diag what = {0, ""};
    struct buf text;

    buf_init(&text, LAYOUT_BYTES_MAX + 1);
    enum err e = gadget_file_read_path(path, &text);
    if (e != ERR_OK)
        diag_set(why, 0, "%s: %s", path,
                 e == ERR_LIMIT ? "too large for a layout"
                                : "there is no layout, or it cannot be read");
    else if (layout_parse((struct slice){buf_text(&text), text.n}, &l, &what) != ERR_OK)
        diag_set(why, 0, "%s: %s", path, what.text);
    buf_clear(&text);
    return l;
}

struct layout *desk_layout(const struct exchange *x, struct diag *why)
{
    return read_layout(x->config->layout, why);
}

void desk_check_layout(const struct config *c)
{
    struct diag why = {0, ""};
    struct layout *l = c->n_finesse == 0 ? NULL : read_layout(c->layout, &why);

    if (c->n_finesse == 0)
        return;
    if (l == NULL)
        log_warning("%s; desktops stay empty until it is mended", why.text);
    for (size_t i = 0; l != NULL && i < l->n_notes; i++)
        log_warning("%s: %s", c->layout, l->note[i]);
    layout_free(l);
}

struct layout_user desk_layout_user(const struct desk_user *user, char id[16])
{
    (void)snprintf(id, 16, "%u", user->id);
    return (struct layout_user){id, user->team, user->is_supervisor ? user->team : ""};
}
