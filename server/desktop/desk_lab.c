/* What the simulator tells gadgets beyond the product: where the lab's sites are, and why a request
 * across origins fails. It only reads. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"
#include "desk_pages.h"
#include "diagnose/diagnose_json.h"
#include "diagnose/explain.h"
#include "diagnose/site_path.h"
#include "filtered.h"
#include "store/store.h"

#define READ_BUSY_MS 2000
#define URL_MAX      2048

/* ---- who may ask ---- */

/** A name of the site or of this machine. Any other one is a page's that had its name's address
 *  changed to ours, which makes our answers its own. */
static bool is_known_host(const struct exchange *x)
{
    const struct config *c = x->config;
    unsigned port = 0;
    struct slice host = desk_host(x, &port);
    bool is_known = slice_is_nocase(host, "localhost") || slice_is(host, "127.0.0.1") ||
                    slice_is(host, "[::1]");

    for (size_t i = c->n_nodes; i < config_all_nodes(c) && !is_known; i++)
        is_known = slice_is_nocase(host, c->nodes[i].hostname);
    return is_known;
}

bool desk_may_ask(const struct exchange *x)
{
    return is_known_host(x) && desk_is_own(x);
}

static struct app_answer refuse(struct exchange *x)
{
    return desk_error(x, 403, "Only gadgets of this desktop may ask for that.");
}

/* ---- where the sites are ---- */

/** The port at which a browser finds a site; 0: the site has no address. A port that the system
 *  picks is known only to whoever maps the product's to it. */
static unsigned port_of(const struct config *c, enum site site, unsigned product)
{
    for (size_t i = 0; i < c->n_endpoints; i++) {
        const struct sockaddr_in *v4 = (const void *)&c->endpoints[i].addr;
        const struct sockaddr_in6 *v6 = (const void *)&c->endpoints[i].addr;
        unsigned port = ntohs(v4->sin_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
        if (c->endpoints[i].site == site)
            return port == 0 ? product : port;
    }
    return 0;
}

static const struct place_row {
    enum platform platform;
    enum site site;
    enum service service;
    unsigned port; /* of the product */
} place_rows[] = {
    {PLATFORM_CUIC, SITE_CUIC, SERVICE_CUIC, 443},
    {PLATFORM_CUIC, SITE_LIVE_DATA, SERVICE_LIVE_DATA, 12005},
    {PLATFORM_FINESSE, SITE_FINESSE, SERVICE_FINESSE, 8445},
};

static json_t *place_json(const struct node *n, const struct place_row *row, unsigned port)
{
    char number[16] = "";

    if (port != 443)
        (void)snprintf(number, sizeof number, ":%u", port);
    return json_pack(
        "{s:s, s:s, s:o}", "node", n->name, "title", service_title(row->service), "url",
        json_sprintf("https://%s%s%s", n->hostname, number, site_path_usual(row->service)));
}

/** One URL for each service that the page could ask: on all nodes but its own, which is no other
 *  origin. */
struct app_answer desk_places(struct exchange *x)
{
    const struct config *c = x->config;
    json_t *all = json_array();

    if (!desk_may_ask(x)) {
        json_decref(all);
        return refuse(x);
    }
    for (size_t i = 0; i < config_all_nodes(c); i++)
        for (size_t k = 0; k < sizeof place_rows / sizeof place_rows[0]; k++) {
            const struct place_row *row = &place_rows[k];
            unsigned port = port_of(c, row->site, row->port);
            if (row->platform == c->nodes[i].platform && i != x->request->node && port != 0)
                (void)json_array_append_new(all, place_json(&c->nodes[i], row, port));
        }
    return filtered_json(x, 200, DESK_JSON, json_pack("{s:o}", "places", all));
}

/* ---- why a request fails ---- */

static enum err load(const struct config *c, struct situation **ret, struct diag *why)
{
    struct store *s = NULL;
    enum err e = store_open_reader(c, READ_BUSY_MS, &s, why);

    if (e == ERR_OK)
        e = store_load_situation(s, c, clock_now_ms(), ret, why);
    store_close(s);
    return e;
}

/** What `lab explain --json` says, with the mistakes' titles and what else a page wants to show. */
static json_t *findings_json(const struct exchange *x, const struct findings *f)
{
    const struct question *q = f->question;
    json_t *object = diagnose_json(f);
    json_t *list = json_object_get(object, "diagnoses");

    for (size_t i = 0; i < json_array_size(list); i++)
        (void)json_object_set_new(json_array_get(list, i), "title",
                                  json_string(mistake_get(f->at[i].mistake)->title));
    if (object != NULL) {
        (void)json_object_set_new(object, "known", json_true());
        (void)json_object_set_new(object, "node", json_string(x->config->nodes[q->node].name));
        (void)json_object_set_new(object, "service", json_string(service_title(q->service)));
        (void)json_object_set_new(object, "waits_for_restart",
                                  json_boolean(x->config->apply_changes == APPLY_ON_RESTART));
    }
    return object;
}

/** An argument; `at` NULL when it is not there or empty. */
static struct slice argument(const struct exchange *x, const char *name)
{
    struct slice value = slice_trim(request_argument(x->request, name));

    return value.n == 0 ? (struct slice){NULL, 0} : value;
}

static struct app_answer diagnosed(struct exchange *x, const struct place *p,
                                   const struct page_request *rq)
{
    struct diag why = {0, ""};
    struct situation *s = NULL;
    struct question q;
    struct findings f;

    enum err e = question_of_page(x->config, p->node, p->service, rq, &q, &why);
    if (e != ERR_OK)
        return desk_error(x, 400, why.text);
    e = load(x->config, &s, &why);
    if (e != ERR_OK)
        return desk_error(x, 503, why.text[0] == '\0' ? err_text(e) : why.text);
    diagnose(s, &q, NULL, &f);
    json_t *object = findings_json(x, &f);
    situation_free(s);
    return filtered_json(x, 200, DESK_JSON, object);
}

/** ?url=U&origin=O&method=M&headers=H,H: would this request of a page pass, and why not? Of a host
 *  that is no node of the lab: {"known": false}. */
struct app_answer desk_explain(struct exchange *x)
{
    struct page_request rq = {.origin = argument(x, "origin"),
                              .method = argument(x, "method"),
                              .headers = argument(x, "headers")};
    struct slice url = argument(x, "url");
    struct place p;

    if (!desk_may_ask(x))
        return refuse(x);
    if (url.at == NULL || rq.origin.at == NULL || url.n > URL_MAX)
        return desk_error(x, 400, "The url that was called and the page's origin are needed.");
    explain_place(x->config, url, &p);
    if (!p.is_known)
        return filtered_json(x, 200, DESK_JSON, json_pack("{s:b}", "known", 0));
    rq.path = p.path;
    if (!p.is_address)
        rq.host = p.host;
    return diagnosed(x, &p, &rq);
}
