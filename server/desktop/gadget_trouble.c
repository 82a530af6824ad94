#include "gadget_trouble.h"

#include <stdio.h>
#include <string.h>

#include "assets.h"
#include "desk_pages.h"
#include "filtered.h"

#define PAGE_TOP 65536 /* bytes */

/** @param kind  "failure", or "note" for what is no failure */
static struct app_answer page(struct exchange *x, unsigned status, const char *kind,
                              const char *said, const char *why, const char *remedy)
{
    const char *const text[] = {kind, said, why, remedy};
    struct form_value value[] = {
        {"KIND", {NULL, 0}}, {"SAID", {NULL, 0}}, {"WHY", {NULL, 0}}, {"REMEDY", {NULL, 0}}};
    struct buf escaped[4];
    struct buf to;
    struct asset file = {.type = DESK_HTML};

    buf_init(&to, PAGE_TOP);
    for (size_t i = 0; i < 4; i++) {
        buf_init(&escaped[i], PAGE_TOP);
        (void)form_escape(&escaped[i], slice_of(text[i]));
        value[i].value = (struct slice){buf_text(&escaped[i]), escaped[i].n};
    }
    (void)assets_find("desktop/page/trouble.html", &file);
    (void)form_fill(&to, file.body, value, 4);
    for (size_t i = 0; i < 4; i++)
        buf_clear(&escaped[i]);
    struct app_answer a = desk_text(x, status, DESK_HTML, &to);
    a.csp = DESK_CSP;
    return a;
}

/** The sentence of Shindig, which administrators search for. */
static struct app_answer not_retrieved(struct exchange *x, const char *url, unsigned status,
                                       const char *why, const char *remedy)
{
    struct buf said;

    buf_init(&said, PAGE_TOP);
    (void)buf_puts(&said, "Unable to retrieve spec for ");
    if (url[0] == '/')
        desk_origin(x, &said);
    (void)buf_printf(&said, "%s. HTTP error %u", url, status);
    struct app_answer a = page(x, status, "failure", buf_text(&said), why, remedy);
    buf_clear(&said);
    return a;
}

struct app_answer trouble_xml(struct exchange *x, const char *url, const char *why)
{
    struct buf said;

    buf_init(&said, PAGE_TOP);
    (void)buf_printf(&said, "The gadget's XML cannot be used: %s", url);
    struct app_answer a =
        page(x, 500, "failure", buf_text(&said), why,
             "Mend the XML, then reload the desktop. It is an OpenSocial <Module> with "
             "<ModulePrefs> and a <Content>; HTML stands in a CDATA section.");
    buf_clear(&said);
    return a;
}

struct app_answer trouble_missing(struct exchange *x, const char *url)
{
    struct buf remedy;

    buf_init(&remedy, PAGE_TOP);
    (void)buf_printf(
        &remedy,
        "Put the file there, readable for the server and no symbolic link, or mend the "
        "layout. gadget_dir is %s.",
        x->config->gadget_dir);
    struct app_answer a = not_retrieved(x, url, 404, "There is no such file in the gadget folder.",
                                        buf_text(&remedy));
    buf_clear(&remedy);
    return a;
}

struct app_answer trouble_large(struct exchange *x, const char *url)
{
    return not_retrieved(x, url, 500, "The file is larger than a gadget's XML may be here (2 MiB).",
                         "Put scripts and pictures into files of their own beside it.");
}

/** UNVERIFIED: which number Finesse prints when there was no answer; settled by a layout with a
 *  host that is down, and one whose certificate is not trusted. */
static const struct fault_row {
    unsigned status;
    const char *why, *remedy;
} faults[] = {
    [FETCH_FINE] = {500, "", ""},
    [FETCH_BAD_URL] = {400,
                       "Finesse's server could not use this URL: a gadget is a path such as "
                       "/3rdpartygadget/files/X.xml, or https://HOST[:PORT]/PATH.",
                       "Mend the URL in the layout."},
    [FETCH_FOREIGN] = {403, "The host is not one of this lab.", "Name a host of this lab."},
    [FETCH_UNRESOLVED] =
        {504, "Finesse's server does not know this host.",
         "Is the name in the layout spelt as in 'lab hosts'? On a real node: utils "
         "network ping HOST."},
    [FETCH_REFUSED] =
        {504,
         "Nobody answered Finesse's server at this host and port. No CORS request was "
         "made: the gadget's XML comes first.",
         "Is the port right, and does the node's web proxy run? utils service list."},
    [FETCH_CERTIFICATE] =
        {500,
         "Finesse's server does not trust the certificate that it was shown. No CORS request was "
         "made: the gadget's XML comes first, and no list of origins matters to that.",
         "On a real Finesse node upload the certificate of that host, or its CA's, as tomcat-trust "
         "(Cisco Unified OS Administration, Security, Certificate Management), then restart Cisco "
         "Finesse Tomcat. The URL must name the host as the certificate does. Here what counts is "
         "ca.crt in cert_dir: 'make certs'."},
    [FETCH_TIMEOUT] = {504, "The host took too long to answer Finesse's server.",
                       "Is the host busy, or its service restarting?"},
    [FETCH_TOO_LARGE] = {500, "The answer is larger than a gadget's XML may be here (2 MiB).",
                         "Is this the URL of a gadget's XML?"},
    [FETCH_STATUS] = {500, "The host answered Finesse's server, but not with the gadget.", ""},
    [FETCH_OTHER] = {500, "Finesse's server could not fetch the gadget.", "The log says more."},
    [FETCH_BUSY] = {503, "Finesse's server fetches too much at once, or stops.",
                    "Reload the desktop in a moment."},
};

static const char *remedy_of(const struct fetched *got)
{
    if (got->fault != FETCH_STATUS)
        return faults[got->fault].remedy;
    if (got->status == 404)
        return "Mend the path in the layout; release 12.6 has .xml where older ones had .jsp.";
    if (got->status == 502 || got->status == 503)
        return "The service behind the node's web proxy does not run, or not yet: utils service "
               "list.";
    return "Is this the URL of a gadget's XML, which anybody may read?";
}

struct app_answer trouble_fetch(struct exchange *x, const char *url, size_t n_tried,
                                const struct fetched *got)
{
    const struct fault_row *row = &faults[got->fault];
    struct buf why;

    buf_init(&why, PAGE_TOP);
    (void)buf_puts(&why, row->why);
    if (got->detail[0] != '\0')
        (void)buf_printf(&why, " (%s)", got->detail);
    if (n_tried > 1)
        (void)buf_printf(&why,
                         " That is the last of %zu hosts: the gadget's own and its "
                         "alternateHosts.",
                         n_tried);
    struct app_answer a = not_retrieved(x, url, got->status >= 400 ? got->status : row->status,
                                        buf_text(&why), remedy_of(got));
    buf_clear(&why);
    return a;
}

struct app_answer trouble_foreign(struct exchange *x, const char *url)
{
    struct buf said;

    buf_init(&said, PAGE_TOP);
    (void)buf_printf(&said, "No gadget of the layout: %s", url);
    struct app_answer a = page(x, 403, "failure", buf_text(&said),
                               "Finesse's server fetches the URLs of the layout, and no others.",
                               "Add the gadget to the layout, then reload the desktop.");
    buf_clear(&said);
    return a;
}

struct app_answer trouble_layout(struct exchange *x, const char *url, const char *why)
{
    struct buf said;

    buf_init(&said, PAGE_TOP);
    (void)buf_printf(&said, "There is no layout to look for this gadget in: %s", url);
    struct app_answer a = page(x, 500, "failure", buf_text(&said), why, "Mend the layout.");
    buf_clear(&said);
    return a;
}

struct app_answer trouble_relative(struct exchange *x, const char *url, bool has_alternates)
{
    return not_retrieved(
        x, url, 404,
        has_alternates ? "A URL without a host is a path on Finesse itself, and nothing is there. "
                         "alternateHosts counts for URLs with a host only, as in the product."
                       : "A URL without a host is a path on Finesse itself, and nothing is there.",
        "A gadget of CUIC is written https://HOST:8444/cuicui/gadget/...; a file of yours is "
        "/3rdpartygadget/files/....");
}

struct app_answer trouble_component(struct exchange *x, const char *url)
{
    struct buf said;

    buf_init(&said, PAGE_TOP);
    (void)buf_printf(&said, "A component of Finesse itself: %s", url);
    struct app_answer a =
        page(x, 200, "note", buf_text(&said), "The simulated desktop does not have it.",
             "Nothing is wrong with the layout. The agent's state is in the desktop's header.");
    buf_clear(&said);
    return a;
}

struct app_answer trouble_session(struct exchange *x)
{
    return page(x, 401, "failure", "Nobody has signed in", "Gadgets are shown within a desktop.",
                "Open /desktop/ and sign in.");
}
