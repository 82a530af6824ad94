#include <gnutls/gnutls.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/form.h"
#include "desk_pages.h"
#include "desktop/gadget.h"
#include "filtered.h"
#include "gadget_files.h"
#include "gadget_trouble.h"

/* A gadget's frame: the gadget's XML, from the gadget folder or from another server, as a page of
 * this origin. In the product that is Apache Shindig, a part of Finesse. */

#define URL_MAX  8192
#define PAGE_TOP (4U << 20) /* bytes of the page that is made */
#define FILES    "/3rdpartygadget/files/"
#define LANG     "en"
#define COUNTRY  "US"

/** Stand first in a gadget's page; its own scripts rely on them. The style is like Shindig's. */
static const char scripts[] = "<style>body{margin:0;padding:0;background:#fff;color:#000;"
                              "font-family:arial,sans-serif}</style>\n"
                              "<script src=\"/gadgets/js/gadgets.js\"></script>\n";

/** One frame that is being made. */
struct making {
    struct exchange *x;
    struct desk_user user;
    const char *url;  /* as the desktop asked for it */
    const char *from; /* where the XML came from: that, or the same on an alternate host */
};

/* ---- the page ---- */

/** What gadgets send as Basic, here with the login and a password that nobody looks at. */
static json_t *authorization(const struct desk_user *u)
{
    char text[CENTRE_NAME_MAX + 16];
    int n = snprintf(text, sizeof text, "%s:cuicsim", u->login);
    gnutls_datum_t plain = {(unsigned char *)text, n < 0 ? 0 : (unsigned)n};
    gnutls_datum_t coded = {NULL, 0};

    if (gnutls_base64_encode2(&plain, &coded) != 0)
        return NULL;
    json_t *j = json_stringn((const char *)coded.data, coded.size);
    gnutls_free(coded.data);
    return j;
}

/** What Finesse's container sets in every gadget's preferences.
 *  UNVERIFIED: host and port for REST calls; in the product they are the server's own, which it
 *  calls for the gadget. Here they are those that the browser has. Settled by a gadget that prints
 *  its preferences. */
static json_t *container_prefs(const struct making *m)
{
    const struct desk_user *u = &m->user;
    unsigned port = 0;
    struct slice host = desk_host(m->x, &port);
    json_t *name = json_stringn(host.at, host.n);
    json_t *number = json_sprintf("%u", port);
    json_t *j = json_pack(
        "{s:s, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:s, s:O, s:o, s:s, s:o, s:s, s:s, s:s, s:s, "
        "s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s}",
        "scheme", "https", "host", name, "hostPort", number, "restHost", name, "localhostFQDN",
        name, "localhostPort", number, "xmppDomain", name, "hostName", name, "restScheme", "https",
        "port", number, "id", json_sprintf("%u", u->id), "loginId", u->login, "authorization",
        authorization(u), "firstName", u->first_name, "lastName", u->last_name, "teamName", u->team,
        "role", u->is_supervisor ? "Supervisor" : "Agent", "mobileAgentMode", "",
        "mobileAgentDialNumber", "", "extension", json_sprintf("%u", u->extension), "country",
        COUNTRY, "language", LANG, "locale", LANG "_" COUNTRY, "compatibilityMode", "false",
        "systemAuthMode", "NON_SSO");
    if (j != NULL) {
        (void)json_object_set_new(j, "teamId", json_sprintf("%u", u->team_id));
        (void)json_object_set_new(j, "pubsubDomain",
                                  json_sprintf("pubsub.%s", json_string_value(name)));
    }
    json_decref(name);
    json_decref(number);
    return j;
}

static json_t *frame_config(const struct making *m, const struct gadget *g,
                            const struct gadget_content *c, json_t *prefs, json_t *texts)
{
    struct slice module = request_argument(m->x->request, "mid");
    unsigned height = c->preferred_height > 0 ? c->preferred_height : g->height;

    return json_pack("{s:s, s:s, s:o, s:i, s:O, s:O, s:O*}", "title", g->title, "url", m->url,
                     "moduleId", json_stringn(module.at == NULL ? "" : module.at, module.n),
                     "height", (int)height, "features", g->features, "prefs", prefs, "messages",
                     texts);
}

/** Of a URL in the gadget folder: what stands behind the folder's own path. */
static struct slice local_path(const char *url)
{
    const char *path = url + strlen(FILES);

    return (struct slice){path, strcspn(path, "?#")};
}

/** The texts in the user's language. A bundle beside a gadget in our folder is read; one on another
 *  server is not, which docs/desktop.md says.
 * @return a new reference, NULL for none */
static json_t *read_texts(const struct making *m, const struct gadget *g, struct diag *why)
{
    const struct gadget_locale *l = gadget_locale(g, LANG, COUNTRY);
    struct buf path;
    struct buf bundle;
    struct slice document = {NULL, 0};

    if (l == NULL)
        return json_object();
    buf_init(&path, URL_MAX);
    buf_init(&bundle, GADGET_FILE_MAX);
    bool is_local = strncmp(m->from, FILES, strlen(FILES)) == 0;
    if (is_local && l->messages != NULL && strstr(l->messages, "://") == NULL) {
        struct slice folder = local_path(m->from);
        while (folder.n > 0 && folder.at[folder.n - 1] != '/')
            folder.n--;
        if (form_decode(folder, &path) && form_decode(slice_of(l->messages), &path) &&
            gadget_file_read(m->x->config->gadget_dir, buf_text(&path), &bundle) == ERR_OK)
            document = (struct slice){buf_text(&bundle), bundle.n};
    }
    json_t *texts = gadget_messages(l, document, why);
    buf_clear(&path);
    buf_clear(&bundle);
    return texts;
}

/** The URL that relative ones count from. */
static void put_base(const struct making *m, struct buf *to)
{
    if (m->from[0] == '/')
        desk_origin(m->x, to);
    for (const char *p = m->from; *p != '\0'; p++)
        if (*p == ' ')
            (void)buf_puts(to, "%20");
        else
            (void)buf_putc(to, *p);
}

static struct app_answer print_page(struct making *m, const struct gadget *g,
                                    const struct gadget_content *c, json_t *prefs, json_t *texts,
                                    json_t *config)
{
    struct slice module = request_argument(m->x->request, "mid");
    char id[16];
    struct buf base;
    struct buf text;

    buf_init(&base, URL_MAX);
    buf_init(&text, PAGE_TOP);
    put_base(m, &base);
    const struct gadget_frame frame = {
        buf_text(&base), text_copy_defused(id, sizeof id, module), scripts, LANG, prefs, texts,
        config};
    gadget_page(&text, g, c, &frame);
    struct app_answer a = desk_text(m->x, 200, DESK_HTML, &text);
    a.csp = GADGET_CSP;
    buf_clear(&base);
    buf_clear(&text);
    return a;
}

static struct app_answer page(struct making *m, const struct gadget *g,
                              const struct gadget_content *c)
{
    struct diag why = {0, ""};
    json_t *container = container_prefs(m);
    json_t *prefs = container == NULL ? NULL : gadget_prefs(g, container);
    json_t *texts = read_texts(m, g, &why);
    json_t *config = prefs == NULL ? NULL : frame_config(m, g, c, prefs, texts);
    struct app_answer a;

    if (texts == NULL)
        a = trouble_xml(m->x, m->from, why.text);
    else if (config == NULL)
        a = filtered_error(m->x, 503, "The simulator is out of memory.");
    else
        a = print_page(m, g, c, prefs, texts, config);
    json_decref(container);
    json_decref(prefs);
    json_decref(texts);
    json_decref(config);
    return a;
}

/** A gadget that is a page elsewhere: the frame goes there, with the preferences as parameters. */
static struct app_answer elsewhere(struct making *m, const struct gadget *g,
                                   const struct gadget_content *c)
{
    struct buf to;
    char separator = memchr(c->href.at, '?', c->href.n) == NULL ? '?' : '&';

    if (c->href.n < 8 || memcmp(c->href.at, "https://", 8) != 0)
        return trouble_xml(m->x, m->from, "the href of a Content of type url is to be https://...");
    for (size_t i = 0; i < c->href.n; i++)
        if ((unsigned char)c->href.at[i] <= ' ' || (unsigned char)c->href.at[i] >= 0x7f)
            return trouble_xml(m->x, m->from, "the href of a Content of type url is no URL");
    buf_init(&to, URL_MAX);
    (void)buf_add(&to, c->href);
    for (size_t i = 0; i < g->n_prefs; i++, separator = '&') {
        (void)buf_printf(&to, "%cup_", separator);
        (void)form_encode(&to, slice_of(g->pref[i].name));
        (void)buf_putc(&to, '=');
        (void)form_encode(&to, slice_of(g->pref[i].value));
    }
    m->x->text = buf_take(&to);
    if (m->x->text == NULL)
        return filtered_error(m->x, 503, "The URL is too long.");
    return (struct app_answer){.status = 302, .location = m->x->text, .csp = GADGET_CSP};
}

static struct app_answer render(struct making *m, struct slice document)
{
    struct gadget *g = NULL;
    struct diag why = {0, ""};
    struct slice view = request_argument(m->x->request, "view");
    char name[64] = "default";

    if (gadget_parse(document, &g, &why) != ERR_OK)
        return trouble_xml(m->x, m->from, why.text);
    if (view.n > 0)
        (void)text_copy_defused(name, sizeof name, view);
    const struct gadget_content *c = gadget_view(g, name);
    struct app_answer a = c->is_url ? elsewhere(m, g, c) : page(m, g, c);
    gadget_free(g);
    return a;
}

/* ---- where the XML comes from ---- */

static struct app_answer local(struct making *m)
{
    struct buf name;
    struct buf text;
    enum err e = ERR_NOTFOUND;

    buf_init(&name, URL_MAX);
    buf_init(&text, GADGET_BYTES_MAX + 1);
    if (form_decode(local_path(m->url), &name))
        e = gadget_file_read(m->x->config->gadget_dir, buf_text(&name), &text);
    buf_clear(&name);
    struct app_answer a = e == ERR_OK      ? render(m, (struct slice){buf_text(&text), text.n})
                          : e == ERR_LIMIT ? trouble_large(m->x, m->url)
                                           : trouble_missing(m->x, m->url);
    buf_clear(&text);
    return a;
}

/** The same URL on another host, which may bring a port of its own. False: no URL with a host. */
static bool put_alternate(const char *url, struct slice host, struct buf *to)
{
    const char *authority = strstr(url, "://");

    if (authority == NULL)
        return false;
    authority += 3;
    size_t n = strcspn(authority, "/?#");
    const char *colon = memchr(authority, ':', n);
    (void)buf_add(to, (struct slice){url, (size_t)(authority - url)});
    (void)buf_add(to, host);
    if (colon != NULL && memchr(host.at, ':', host.n) == NULL)
        (void)buf_add(to, (struct slice){colon, n - (size_t)(colon - authority)});
    return buf_puts(to, authority + n) == ERR_OK;
}

/** The URLs to try: the gadget's own, then that of each alternate host. */
struct urls {
    size_t n;
    struct buf text[FETCH_URLS_MAX];
};

static void find_urls(const char *url, const char *alternate_hosts, struct urls *ret)
{
    struct slice rest = slice_of(alternate_hosts == NULL ? "" : alternate_hosts);

    buf_init(&ret->text[0], URL_MAX);
    (void)buf_puts(&ret->text[0], url);
    ret->n = 1;
    while (rest.n > 0 && ret->n < FETCH_URLS_MAX) {
        const char *comma = memchr(rest.at, ',', rest.n);
        size_t n = comma == NULL ? rest.n : (size_t)(comma - rest.at);
        struct slice host = slice_trim((struct slice){rest.at, n});
        buf_init(&ret->text[ret->n], URL_MAX);
        if (host.n > 0 && put_alternate(url, host, &ret->text[ret->n]))
            ret->n++;
        else
            buf_clear(&ret->text[ret->n]);
        n += comma == NULL ? 0 : 1;
        rest = (struct slice){rest.at + n, rest.n - n};
    }
}

static struct app_answer use_fetched(struct making *m, const struct urls *urls, struct fetched *got)
{
    m->from = buf_text(&urls->text[got->url]);
    if (got->fault == FETCH_FINE)
        return render(m, (struct slice){buf_text(&got->body), got->body.n});
    return trouble_fetch(m->x, m->from, urls->n, got);
}

/** @param gadget  of the layout, whose URL it is: nothing else is fetched */
static struct app_answer remote(struct making *m, const struct layout_gadget *gadget)
{
    struct fetcher *f = desk_fetcher(m->x->desk);
    struct fetch_order order = {.max_bytes = GADGET_BYTES_MAX};
    struct app_answer a = {.status = 200};
    struct fetched got;
    struct urls urls;

    find_urls(m->url, gadget->alternate_hosts, &urls);
    for (; order.n_urls < urls.n; order.n_urls++)
        order.url[order.n_urls] = buf_text(&urls.text[order.n_urls]);
    if (fetch_end(f, m->x->fetch, &got)) {
        a = use_fetched(m, &urls, &got);
        fetched_clear(&got);
    } else if (fetch_begin(f, &order, m->x->fetch) == FETCH_FINE) {
        m->x->is_parked = true; /* and perhaps resumed by now, by another thread */
    } else {
        got = (struct fetched){.fault = FETCH_BUSY};
        a = trouble_fetch(m->x, m->url, 1, &got);
    }
    for (size_t i = 0; i < urls.n; i++)
        buf_clear(&urls.text[i]);
    return a;
}

/* ---- what may be shown ---- */

/** Is this gadget's URL, for this user, the one that is asked for? */
static bool is_asked(const struct making *m, const struct layout_gadget *g)
{
    char id[16];
    struct layout_user words = desk_layout_user(&m->user, id);
    struct buf url;

    buf_init(&url, URL_MAX);
    layout_url(&url, g->url, &words);
    bool is = strcmp(buf_text(&url), m->url) == 0;
    buf_clear(&url);
    return is;
}

static const struct layout_gadget *find_in(const struct making *m, const struct layout_column *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (is_asked(m, &c->gadget[i]))
            return &c->gadget[i];
    return NULL;
}

/** The gadget of any role, which is not a secret. NULL: the layout has no such URL. */
static const struct layout_gadget *find_gadget(const struct making *m, const struct layout *l)
{
    const struct layout_gadget *g = NULL;

    for (size_t i = 0; g == NULL && i < l->n_roles; i++) {
        const struct layout_role *r = &l->role[i];
        g = find_in(m, &r->page);
        for (size_t t = 0; g == NULL && t < r->n_tabs; t++)
            for (size_t c = 0; g == NULL && c < r->tab[t].n_columns; c++)
                g = find_in(m, &r->tab[t].column[c]);
    }
    return g;
}

static struct app_answer from_layout(struct making *m)
{
    struct diag why = {0, ""};
    struct layout *l = desk_layout(m->x, &why);
    struct app_answer a;

    if (l == NULL)
        return trouble_layout(m->x, m->url, why.text);
    const struct layout_gadget *g = find_gadget(m, l);
    if (g == NULL)
        a = trouble_foreign(m->x, m->url);
    else if (m->url[0] == '/')
        a = trouble_relative(m->x, m->url, g->alternate_hosts != NULL);
    else
        a = remote(m, g);
    layout_free(l);
    return a;
}

struct app_answer gadget_frame(struct exchange *x)
{
    struct making m = {.x = x};
    struct slice url = request_argument(x->request, "url");

    if (!desk_session(x, &m.user))
        return trouble_session(x);
    if (url.n == 0 || url.n >= URL_MAX)
        return trouble_foreign(x, "");
    m.url = m.from = url.at; /* MHD ends it with NUL */
    if (strncmp(m.url, FILES, strlen(FILES)) == 0)
        return local(&m);
    if (layout_is_component(url))
        return trouble_component(x, m.url);
    return from_layout(&m);
}
