#include <string.h>

#include "cuic/shapes.h"
#include "cuic_login.h"
#include "cuic_pages.h"
#include "filtered.h"

/* The way into CUIC's own pages: Login.jsp, its form, and Main.jsp. */

#define TARGET_MAX 2048 /* bytes; a header line has to fit into what the HTTP library allows */
#define ESCAPED    6    /* bytes of one, as HTML, at most */
#define MAIN       "/cuicui/Main.jsp"

/* ---- where to go ---- */

static bool put_argument(void *arg, struct slice name, struct slice value)
{
    struct buf *to = arg;

    (void)buf_putc(to, memchr(buf_text(to), '?', to->n) == NULL ? '?' : '&');
    (void)form_encode(to, name);
    (void)buf_putc(to, '=');
    (void)form_encode(to, value);
    return true;
}

/** A redirection; the location is in the text of `x`, which has no body then. */
static struct app_answer redirect(struct exchange *x, struct buf *location)
{
    x->text = buf_take(location);
    if (x->text == NULL)
        return filtered_error(x, 503, "The simulator is out of memory.");
    return (struct app_answer){.status = 302, .location = x->text};
}

struct app_answer pages_to_login(struct exchange *x)
{
    static const char page[] = "/cuicui/Login.jsp";
    struct buf target;
    struct buf location;

    buf_init(&target, TARGET_MAX);
    buf_init(&location, (size_t)2 * TARGET_MAX);
    (void)buf_puts(&target, x->request->path);
    request_arguments(x->request, put_argument, &target);
    (void)buf_printf(&location, "%s?target=", page);
    (void)form_encode(&location, slice_of(buf_text(&target)));
    if (target.state != ERR_OK || location.state != ERR_OK) { /* it is not led back then */
        buf_reset(&location);
        (void)buf_puts(&location, page);
    }
    buf_clear(&target);
    return redirect(x, &location);
}

/** A page of ours, and nothing that could end a header line. */
static bool is_target(struct slice target)
{
    static const char ours[] = "/cuicui/";

    if (target.n < sizeof ours - 1 || memcmp(target.at, ours, sizeof ours - 1) != 0)
        return false;
    for (size_t i = 0; i < target.n; i++)
        if (target.at[i] <= 0x20 || target.at[i] > 0x7e)
            return false;
    return true;
}

/* ---- the form ---- */

static struct app_answer form(struct exchange *x, struct slice target, const char *message)
{
    struct buf escaped;
    struct slice node = slice_of(x->profile.node);

    buf_init(&escaped, (size_t)ESCAPED * TARGET_MAX);
    (void)form_escape(&escaped, target);
    const struct form_value values[] = {{"TARGET", {buf_text(&escaped), escaped.n}},
                                        {"MESSAGE", slice_of(message)},
                                        {"NODE", node}};
    struct app_answer a =
        pages_fill(x, "cuic/pages/login.html", values, sizeof values / sizeof values[0]);
    buf_clear(&escaped);
    return a;
}

struct app_answer pages_login(struct exchange *x)
{
    struct slice target = request_argument(x->request, "target");

    return form(x, is_target(target) && target.n <= TARGET_MAX ? target : slice_of(MAIN), "");
}

/** UNVERIFIED: that a wrong login gets the form again with status 200, and what the fields are
 *  called beside j_username, j_password and j_domain; settled by the page of a real node. */
struct app_answer pages_check(struct exchange *x)
{
    struct buf name;
    struct buf target;
    char login[LOGIN_MAX];
    struct app_answer a;

    buf_init(&name, 255);
    buf_init(&target, TARGET_MAX);
    if (!form_find(x->body, "target", &target) ||
        !is_target((struct slice){buf_text(&target), target.n})) {
        buf_reset(&target);
        (void)buf_puts(&target, MAIN);
    }
    bool is_fine = form_find(x->body, "j_username", &name) &&
                   login_check((struct slice){buf_text(&name), name.n}, x->live, login);
    if (!is_fine)
        a = form(x, (struct slice){buf_text(&target), target.n},
                 "Invalid user name or password. The simulation knows its agents, agent1001 and "
                 "on, with any password.");
    else
        a = redirect(x, &target);
    if (a.status == 302 && !cuic_login_begin(x, login, "/cuicui", &a))
        a = filtered_error(x, 503, "There are no random bytes for a session.");
    buf_clear(&name);
    buf_clear(&target);
    return a;
}

/* ---- the first page ---- */

static void put_report(struct buf *to, const struct shape_report *r)
{
    (void)buf_printf(
        to,
        "<tr><td>%s - %s</td><td>%s</td><td><a "
        "href=\"/cuicui/permalink/?viewId=%s&amp;linkType=htmlType&amp;viewType=Grid\">"
        "<code>%s</code></a></td></tr>\n",
        r->name, r->view,
        r->is_live   ? "Live Data"
        : r->is_open ? "historical, permalink without login"
                     : "historical",
        r->id, r->id);
}

struct app_answer pages_main(struct exchange *x)
{
    char login[LOGIN_MAX];
    struct buf reports;
    size_t n = 0;
    const struct shape_report *all = shape_reports(&n);

    if (cuic_login_who(x, login) != LOGIN_FINE)
        return pages_to_login(x);
    buf_init(&reports, 65536);
    for (size_t i = 0; i < n; i++)
        put_report(&reports, &all[i]);
    const struct form_value values[] = {
        {"USER", slice_of(login[0] == '\0' ? "a user of single sign-on" : login)},
        {"NODE", slice_of(x->profile.node)},
        {"REPORTS", {buf_text(&reports), reports.n}}};
    struct app_answer a =
        pages_fill(x, "cuic/pages/main.html", values, sizeof values / sizeof values[0]);
    buf_clear(&reports);
    return a;
}
