#include "cuic_pages.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "filtered.h"

#define PAGES_MAX (16U << 20) /* bytes */

struct app_answer pages_text(struct exchange *x, unsigned status, const char *type,
                             struct buf *text)
{
    size_t n = text->n;

    x->text = buf_take(text);
    if (x->text == NULL)
        return filtered_error(x, 503, "The simulator is out of memory.");
    return (struct app_answer){.status = status, .content_type = type, .body = {x->text, n}};
}

struct app_answer pages_fill(struct exchange *x, const char *asset, const struct form_value *values,
                             size_t n)
{
    struct asset file;
    struct buf text;

    if (!assets_find(asset, &file))
        return filtered_error(x, 404, "This file is not built in.");
    buf_init(&text, PAGES_MAX);
    (void)form_fill(&text, file.body, values, n);
    return pages_text(x, 200, file.type, &text);
}

/** "https://HOST" as the client wrote it, or the node's hostname when it wrote none. */
static void put_origin(const struct exchange *x, struct buf *to)
{
    struct slice host = x->request->cors.host;

    (void)buf_puts(to, "https://");
    if (host.n > 0)
        (void)buf_add(to, host);
    else
        (void)buf_puts(to, x->config->nodes[x->request->node].hostname);
}

/* ---- gadgets ---- */

/** The port of the Host field with its colon; n == 0: none. */
static struct slice port_of(struct slice host)
{
    const char *bracket = host.n == 0 ? NULL : memchr(host.at, ']', host.n);
    const char *from = bracket == NULL ? host.at : bracket;
    const char *colon = host.n == 0 ? NULL : memchr(from, ':', host.n - (size_t)(from - host.at));

    if (colon == NULL)
        return (struct slice){NULL, 0};
    return (struct slice){colon, host.n - (size_t)(colon - host.at)};
}

/** Where Live Data is: on the node's own address, and if it is not there on the other nodes'.
 *  UNVERIFIED: how the product tells its gadgets; settled by the XML of a real node. */
static json_t *live_data_hosts(const struct exchange *x, const char *origin)
{
    struct slice port = port_of(x->request->cors.host);
    json_t *hosts = json_pack("[s]", origin);

    for (size_t i = 0; i < x->config->n_nodes; i++) {
        struct buf text;
        if (i == x->request->node)
            continue;
        buf_init(&text, 512);
        (void)buf_printf(&text, "https://%s", x->config->nodes[i].hostname);
        (void)buf_add(&text, port);
        (void)json_array_append_new(hosts, json_string(buf_text(&text)));
        buf_clear(&text);
    }
    return hosts;
}

static bool add_parameter(void *arg, struct slice name, struct slice value)
{
    json_t *parameters = arg;
    char key[64];

    if (name.n >= sizeof key || name.n == 0)
        return true;
    memcpy(key, name.at, name.n);
    key[name.n] = '\0';
    if (json_object_get(parameters, key) == NULL)
        (void)json_object_set_new(parameters, key, json_stringn(value.at, value.n));
    return true;
}

/** JSON that may stand in a script in CDATA: no '<', '>' or '&', and ASCII alone. */
static void put_script_json(struct buf *to, json_t *j)
{
    char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII);

    if (text == NULL)
        to->state = ERR_NOMEM;
    for (const char *p = text; p != NULL && *p != '\0'; p++)
        if (strchr("<>&", *p) != NULL)
            (void)buf_printf(to, "\\u%04x", (unsigned)(unsigned char)*p);
        else
            (void)buf_putc(to, *p);
    free(text);
    json_decref(j);
}

/** What the gadget's script is given. */
static void put_config(const struct exchange *x, const char *origin, struct buf *to)
{
    json_t *parameters = json_object();

    request_arguments(x->request, add_parameter, parameters);
    put_script_json(to, json_pack("{s:s, s:o, s:o}", "cuic", origin, "liveData",
                                  live_data_hosts(x, origin), "parameters", parameters));
}

/** The height in pixels that the layout asks for. */
static void put_height(const struct exchange *x, struct buf *to)
{
    unsigned long height = 310;

    (void)text_to_ulong(request_argument(x->request, "gadgetHeight"), 1, 10000, &height);
    (void)buf_printf(to, "%lu", height);
}

/** @param asset  its template */
static struct app_answer fill_gadget(struct exchange *x, const char *asset)
{
    struct buf origin;
    struct buf script;
    struct buf config;
    struct buf height;

    buf_init(&origin, 4096);
    buf_init(&script, 4096);
    buf_init(&config, PAGES_MAX);
    buf_init(&height, 16);
    put_origin(x, &origin);
    (void)form_escape(&script, slice_of(buf_text(&origin)));
    put_config(x, buf_text(&origin), &config);
    put_height(x, &height);
    const struct form_value values[] = {{"CUIC", {buf_text(&script), script.n}},
                                        {"CONFIG", {buf_text(&config), config.n}},
                                        {"HEIGHT", {buf_text(&height), height.n}}};
    struct app_answer a = config.state == ERR_OK
                              ? pages_fill(x, asset, values, sizeof values / sizeof values[0])
                              : filtered_error(x, 503, "The simulator is out of memory.");
    buf_clear(&origin);
    buf_clear(&script);
    buf_clear(&config);
    buf_clear(&height);
    return a;
}

struct app_answer pages_gadget(struct exchange *x, const char *name)
{
    static const char jsp[] = ".jsp";
    size_t n = strlen(name);

    if (strcmp(name, "LiveData/LiveDataGadget.xml") == 0)
        return fill_gadget(x, "cuic/gadget/LiveDataGadget.xml");
    if (strcmp(name, "Historical/HistoricalGadget.xml") == 0)
        return fill_gadget(x, "cuic/gadget/HistoricalGadget.xml");
    if (n >= sizeof jsp - 1 && strcmp(name + n - (sizeof jsp - 1), jsp) == 0)
        return filtered_error(x, 404,
                              "This release does not support .jsp gadgets: write .xml in the "
                              "desktop layout (utils finesse layout updateCuicGadgetUrl 12.6.1+ "
                              "rewrites it).");
    return filtered_error(x, 404,
                          "There are /cuicui/gadget/LiveData/LiveDataGadget.xml and "
                          "/cuicui/gadget/Historical/HistoricalGadget.xml.");
}
